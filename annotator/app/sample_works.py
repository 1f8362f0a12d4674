"""Work on the sample pages, so that agreement, review and gold can be tried: two made-up annotators and some gold.

The gold boundaries and blocks come with the sample pages; the entities are those proposed. The annotators are made from
these by leaving out, moving and relabelling a few marks, the same ones every time.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from annotator.core import tokens
from annotator.core.annotation import Annotation, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import Document
from annotator.core.marks import Boundary, Labelled, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import Schema

ANNOTATORS = ("Ada (sample)", "Ben (sample)")
_WITH_GOLD = 3
_WITH_TWO = 8
"""Pages after those with gold that only both annotators have finished."""
_SLIP = 0.07
"""Chance that an annotator leaves out, moves or relabels a mark, each."""


def sample_works(
    pages: Sequence[tuple[Document, Mapping[str, Any], Sequence[Proposal]]], schema: Schema
) -> Iterator[Record]:
    """Records with the works to add, for the first of these pages.

    Args:
        pages: Document, its line in the sample with gold `boundaries` and `blocks`, and its proposals.
        schema: The news schema.
    """
    for i, (document, line, proposals) in enumerate(pages[: _WITH_GOLD + _WITH_TWO]):
        truth = [*_segments(line), *_entities(proposals, schema)]
        origins = {item.mark: item.proposer for item in proposals}
        works = [
            _work(document, name, _slipped(truth, document.text, schema, f"{name} {i}"), origins) for name in ANNOTATORS
        ]
        if i < _WITH_GOLD:
            works.append(_work(document, GOLD, truth, origins))
        yield Record(document, tuple(works))


def _work(document: Document, annotator: str, marks: Sequence[Labelled], origins: Mapping[Labelled, str]) -> Work:
    every: frozenset[Mark] = frozenset(marks)
    annotation = Annotation(document.id, annotator, every, State(Status.DONE))
    known: dict[Mark, str] = {mark: origins[mark] for mark in marks if mark in origins}
    return Work(annotation, known)


def _segments(line: Mapping[str, Any]) -> Iterator[Labelled]:
    kinds = {block["start"]: block["kind"] for block in line["blocks"]}
    for position in (0, *line["boundaries"]):
        yield Boundary(position, "articles", "teaser" if kinds.get(position) == "teaser" else "article")
    for position, kind in kinds.items():
        yield Boundary(position, "blocks", kind)


def _entities(proposals: Sequence[Proposal], schema: Schema) -> list[Labelled]:
    kept: list[Labelled] = []
    spans = (item.mark for item in proposals if isinstance(item.mark, Span))
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if find_conflict([*kept, span], schema) is None:
            kept.append(span)
    return kept


def _slipped(truth: Sequence[Labelled], text: str, schema: Schema, seed: str) -> list[Labelled]:
    random = Random(seed)
    lines = tokens.line_starts(text)
    after = dict(pairwise(lines))
    marks: list[Labelled] = []
    for mark in truth:
        slip = random.random() / _SLIP
        changed: Labelled | None = mark
        if slip < 1 and mark.start > 0:
            changed = None
        elif slip < 2:
            changed = _relabelled(mark, schema, random)
        elif slip < 3:
            changed = _moved(mark, text, after)
        if changed is not None and changed not in marks and find_conflict([*marks, changed], schema) is None:
            marks.append(changed)
    return marks


def _relabelled(mark: Labelled, schema: Schema, random: Random) -> Labelled:
    labels = [label.name for label in schema.by_name[mark.layer].labels[:4] if label.name != mark.label]
    label = random.choice(labels)
    if isinstance(mark, Span):
        return Span(mark.start, mark.end, mark.layer, label)
    return Boundary(mark.start, mark.layer, label)


def _moved(mark: Labelled, text: str, after: Mapping[int, int]) -> Labelled:
    if isinstance(mark, Span):
        end = tokens.token_end_before(text, mark.end)
        return Span(mark.start, end, mark.layer, mark.label) if end is not None and end > mark.start else mark
    if isinstance(mark, Boundary) and mark.position in after and mark.position > 0:
        return Boundary(after[mark.position], mark.layer, mark.label)
    return mark
