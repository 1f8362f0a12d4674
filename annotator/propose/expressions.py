"""Regular expressions from a file, proposed where they match. Each page has a time limit, so that none can hang."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Layer, Schema
from annotator.core.words import tr
from annotator.propose.entities import entity_layer, unwrapped

MAX_FILE = 1_000_000
"""Largest file of expressions, in bytes."""
SECONDS = 2.0
"""Time that all expressions together may take on one page."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression and the label of what it matches."""

    pattern: str
    label: str
    group: str | int = 0
    """The group that is the span; the whole match when 0."""
    score: float | None = None
    reason: str = ""


def read_expressions(path: Path) -> list[Expression]:
    """The expressions of a TOML file: `[[expressions]]` with `pattern`, `label` and perhaps `group`, `score`, `reason`.

    Raises:
        InputError: The file cannot be read, or an expression is wrong; names it.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError(tr("{path}: larger than {n} bytes.", path=path, n=MAX_FILE))
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("expressions")
    except OSError as error:
        raise InputError(tr("{path}: {reason}.", path=path, reason=error.strerror or error)) from None
    except ValueError as error:
        raise InputError(tr("{path}: not TOML in UTF-8: {reason}.", path=path, reason=error)) from None
    if not isinstance(rows, list) or not rows:
        raise InputError(tr("{path}: holds no [[expressions]].", path=path))
    found = []
    for number, row in enumerate(rows, 1):
        where = tr("{path}, expression {n}", path=path, n=number)
        found.append(_expression(row, where))
    return found


def _expression(row: Any, where: str) -> Expression:
    if not isinstance(row, dict) or not set(row) <= {"pattern", "label", "group", "score", "reason"}:
        raise InputError(tr("{where}: needs `pattern` and `label`, may have `group`, `score`, `reason`.", where=where))
    pattern, label, group = row.get("pattern"), row.get("label"), row.get("group", 0)
    score, reason = row.get("score"), row.get("reason", "")
    if not (isinstance(pattern, str) and pattern and isinstance(label, str) and isinstance(reason, str)):
        raise InputError(tr("{where}: `pattern`, `label` and `reason` must be texts.", where=where))
    if score is not None and not (isinstance(score, int | float) and 0 <= score <= 1):
        raise InputError(tr("{where}: `score` must lie between 0 and 1.", where=where))
    expression = Expression(pattern, label, group, None if score is None else float(score), reason)
    compiled = _compiled(expression, where)
    if group not in compiled.groupindex and group not in range(compiled.groups + 1):
        raise InputError(tr("{where}: the pattern has no group “{group}”.", where=where, group=group))
    return expression


def _compiled(expression: Expression, where: str) -> Any:
    try:
        regex = import_module("regex")
    except ImportError:
        raise InputError(
            tr("Expressions need the package `regex`, which is not installed: pip install regex.")
        ) from None
    try:
        return regex.compile(expression.pattern)
    except regex.error as error:
        text = "{where}: the pattern is no regular expression: {reason}."
        raise InputError(tr(text, where=where, reason=error)) from None


class ExpressionProposer:
    """Proposes what regular expressions match. The text is as stored; a span is trimmed of blanks."""

    def __init__(
        self,
        expressions: Sequence[Expression],
        *,
        layer: str | None = None,
        seconds: float = SECONDS,
        name: str = "expressions",
    ) -> None:
        """Compiles the expressions.

        Args:
            expressions: What to look for; where two match the same stretch, the first wins.
            layer: Span layer; the first of the schema when None.
            seconds: Time that all of them together may take on one page.
            name: What the proposals name as their proposer.

        Raises:
            InputError: A pattern is no regular expression, or the package `regex` is not installed.
        """
        self.name = name
        self.version = hashlib.sha256(repr(list(expressions)).encode()).hexdigest()[:10]
        self._layer = layer
        self._seconds = seconds
        self._patterns = [(expression, _compiled(expression, expression.pattern)) for expression in expressions]

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """What the expressions match, in text order, none overlapping.

        Raises:
            InputError: A page takes longer than the limit, or the layer does not have a label that is given.
        """
        layer = entity_layer(schema, self._layer)
        for document in documents:
            yield tuple(self._on_page(document, layer)) if layer is not None else ()

    def _on_page(self, document: Document, layer: Layer) -> Iterator[Proposal]:
        text = unwrapped(document.text)
        until = monotonic() + self._seconds
        taken: list[tuple[int, int, Proposal]] = []
        for expression, pattern in self._patterns:
            label = layer.map_label(expression.label)
            if label is None:
                said = "The expression “{pattern}” gives the label “{label}”, which the layer “{layer}” does not have."
                raise InputError(tr(said, pattern=expression.pattern, label=expression.label, layer=layer.name))
            try:
                for match in pattern.finditer(text, timeout=max(0.001, until - monotonic())):
                    start, end = match.span(expression.group)
                    piece = text[start:end]
                    start, end = end - len(piece.lstrip()), start + len(piece.rstrip())
                    if start < end:
                        reason = expression.reason or tr("matches {pattern}", pattern=expression.pattern)
                        mark = Span(start, end, layer.name, label)
                        taken.append((start, -end, Proposal(mark, expression.score, reason, self.name)))
            except TimeoutError:
                said = (
                    "The expression “{pattern}” takes more than {seconds} seconds on the page “{title}”; make it "
                    "simpler, for instance without one repetition inside another."
                )
                text_ = tr(said, pattern=expression.pattern, seconds=self._seconds, title=document.title)
                raise InputError(text_) from None
        clear = 0
        for start, end, proposal in sorted(taken, key=lambda item: item[:2]):
            if start >= clear:
                yield proposal
                clear = -end
