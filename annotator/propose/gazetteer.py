"""Strings from a gazetteer file, proposed wherever they stand as whole words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.propose.entities import entity_layer, unwrapped
from annotator.propose.string_tree import Key, StringTree, string_key

MAX_FILE = 200_000_000
"""Largest gazetteer file, in bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A string of a gazetteer and the label it stands for."""

    text: str
    label: str
    score: float | None = None


def read_gazetteer(path: Path) -> list[Entry]:
    """The entries of a gazetteer: tab-separated `string`, `label` and perhaps `score`, or JSONL with those as fields.

    Empty lines and lines that start with `#` are left out; `text` may stand for `string` in JSONL.

    Raises:
        InputError: The file cannot be read, or a line is no entry; names the line.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError(tr("{path}: larger than {n} bytes; split the gazetteer.", path=path, n=MAX_FILE))
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(tr("{path}: {reason}.", path=path, reason=error.strerror or error)) from None
    except UnicodeDecodeError as error:
        raise InputError(tr("{path} is not UTF-8 text (byte {n}).", path=path, n=error.start)) from None
    entries = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                entries.append(_entry(line))
            except (ValueError, KeyError, TypeError):
                text = "{path}, line {line}: needs a string and a label with a tab between, or JSON with both."
                raise InputError(tr(text, path=path, line=number)) from None
    return entries


def _entry(line: str) -> Entry:
    if line.lstrip().startswith("{"):
        row = json.loads(line)
        text, label, score = row.get("string", row.get("text")), row["label"], row.get("score")
    else:
        text, label, *rest = line.split("\t")
        score = float(rest[0]) if rest and rest[0].strip() else None
    if not (isinstance(text, str) and isinstance(label, str) and string_key(text) and label.strip()):
        raise ValueError
    if score is not None and not 0.0 <= float(score) <= 1.0:
        raise ValueError
    return Entry(text.strip(), label.strip(), None if score is None else float(score))


class GazetteerProposer:
    """Proposes the strings of a gazetteer, the longest where several match; case counts."""

    def __init__(self, entries: Sequence[Entry], *, layer: str | None = None, name: str = "gazetteer") -> None:
        self.name = name
        self._layer = layer
        self._entries: dict[Key, Entry] = {}
        for entry in entries:
            self._entries.setdefault(string_key(entry.text), entry)
        self._tree = StringTree(self._entries)
        rows = sorted((key, entry.label, entry.score or 0.0) for key, entry in self._entries.items())
        self.version = hashlib.sha256(repr(rows).encode()).hexdigest()[:10]

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """Whole-word occurrences of the entries.

        Raises:
            InputError: The layer does not have a label that the gazetteer gives.
        """
        layer = entity_layer(schema, self._layer)
        labels = {}
        if layer is not None:
            for entry in self._entries.values():
                label = layer.map_label(entry.label)
                if label is None and layer.mapping.get(entry.label) != "":
                    text = (
                        "The gazetteer gives “{string}” the label “{label}”, which the layer “{layer}” does not have."
                    )
                    raise InputError(tr(text, string=entry.text, label=entry.label, layer=layer.name))
                labels[entry.label] = label
        for document in documents:
            found = []
            for start, end, key in self._tree.longest_matches(unwrapped(document.text)) if layer is not None else ():
                entry = self._entries[key]
                label = labels[entry.label]
                if layer is not None and label is not None:
                    reason = tr("stands in the gazetteer")
                    found.append(Proposal(Span(start, end, layer.name, label), entry.score, reason, self.name))
            yield tuple(found)
