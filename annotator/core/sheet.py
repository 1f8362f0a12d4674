"""A sheet: what the annotators who have finished a document made of it, as rows.

Measures over a whole corpus read sheets. A million marks as rows are read and compared several times faster than as
values of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotator.core.annotation import Status
from annotator.core.marks import Mark, Rejection
from annotator.core.record import GOLD, Record

Row = tuple[int, int, str]
"""Start, end (exclusive) and label of a mark. A boundary ends where it starts; a document label does both at 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with the marks of everyone who has finished it. Gold is no annotator, and rejections are no marks."""

    document_id: str
    title: str
    text: str
    statuses: Mapping[str, tuple[Status, float]]
    """Of everyone who has opened the document: how far they are, and the seconds they spent."""
    rows: Mapping[str, Mapping[str, list[Row]]]
    """By annotator who has finished, in alphabetical order, and by layer; each layer's rows are sorted."""
    proposers: Mapping[str, frozenset[str]]
    """By annotator who has finished: whose proposals they accepted or rejected."""


def sheet_of(record: Record) -> Sheet:
    """The sheet of a record."""
    works = {work.annotation.annotator: work for work in record.works if work.annotation.annotator != GOLD}
    done = sorted(name for name, work in works.items() if work.annotation.state.status is Status.DONE)
    return Sheet(
        record.document.id,
        record.document.title,
        record.document.text,
        {name: (work.annotation.state.status, work.seconds) for name, work in works.items()},
        {name: _rows(works[name].annotation.marks) for name in done},
        {name: frozenset(works[name].origins.values()) for name in done},
    )


def _rows(marks: Iterable[Mark]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for mark in marks:
        if not isinstance(mark, Rejection):
            found.setdefault(mark.layer, []).append((mark.start, mark.end, mark.label))
    for rows in found.values():
        # In one order, so that sums of fractions come out the same wherever the rows come from.
        rows.sort()
    return found
