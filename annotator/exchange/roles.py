"""What marks that come in are to be: nothing, proposals, an annotator's work, or gold."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from annotator.core.marks import Rejection, text_order
from annotator.core.proposal import Proposal
from annotator.core.record import GOLD, Record
from annotator.core.words import tr
from annotator.exchange.conflicts import without_conflicts
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.incoming import UNNAMED


class Role(StrEnum):
    """What marks become."""

    AS_WRITTEN = "as-written"
    """What the file says they are."""
    DOCUMENTS = "documents"
    """Left out."""
    PROPOSALS = "proposals"
    ANNOTATIONS = "annotations"
    GOLD = "gold"


def in_role(
    records: Iterable[Record | BadRecord], role: Role, options: ImportOptions, name: str = ""
) -> Iterator[Record | BadRecord]:
    """Records whose marks are what `role` says; bad records pass through.

    Args:
        records: What a reader gave.
        role: What the marks become.
        options: Its report counts what the role cannot hold: several works of one document as one, rejections as
            proposals, conflicts among them.
        name: The annotator, or the proposer; empty keeps the names of the file, and `imported` where it has none.
    """
    for record in records:
        if isinstance(record, BadRecord) or (role is Role.AS_WRITTEN and not name):
            yield record
        elif role is Role.DOCUMENTS:
            yield Record(record.document)
        elif role is Role.PROPOSALS:
            yield _as_proposals(record, options, name)
        else:
            yield _as_work(record, options, GOLD if role is Role.GOLD else name)


def _as_proposals(record: Record, options: ImportOptions, name: str) -> Record:
    found = dict.fromkeys(record.proposals)
    for work in record.works:
        proposer = name or work.annotation.annotator
        for mark in sorted(work.annotation.marks, key=text_order):
            if isinstance(mark, Rejection):
                _lose(options, record, mark.start, tr("A rejection is no proposal."), mark.label)
            else:
                found[Proposal(mark, None, "", proposer)] = None
    return Record(record.document, (), tuple(found))


def _as_work(record: Record, options: ImportOptions, name: str) -> Record:
    if not name or not record.works:
        return record
    first, *others = sorted(record.works, key=lambda work: work.annotation.annotator != UNNAMED)
    for other in others:
        reason = tr("Only one annotation of a document can become that of {name}.", name=name)
        _lose(options, record, 0, reason, other.annotation.annotator)
    marks = [mark for mark in first.annotation.marks if not isinstance(mark, Rejection)]
    kept, lost = without_conflicts(marks, options.schema)
    for mark in lost:
        _lose(options, record, mark.start, tr("It overlaps another mark, which its layer does not allow."), mark.label)
    rejections = [mark for mark in first.annotation.marks if isinstance(mark, Rejection)]
    annotation = replace(first.annotation, annotator=name, marks=frozenset([*kept, *rejections]))
    return replace(record, works=(replace(first, annotation=annotation),))


def _lose(options: ImportOptions, record: Record, offset: int, reason: str, what: str) -> None:
    options.report.losses.add(record.document.id, offset, reason, what)
