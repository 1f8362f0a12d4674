"""Writes native JSONL; see `annotator.exchange.native` for what it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.core.conflicts import find_conflict
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, in_text_order, text_order
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work, check_marks
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.strict_json import dump_json, storable

NATIVE_VERSION = 1
"""The number under the key `annotator` that says a line is native, and of which form."""


def canonical(record: Record) -> Record:
    """The same record in the order in which it is written: works by annotator, proposals in text order, each once."""
    return replace(
        record,
        works=tuple(sorted(record.works, key=lambda work: work.annotation.annotator)),
        proposals=tuple(sorted(set(record.proposals), key=_proposal_order)),
    )


def write_record(record: Record, schema: Schema, only: str | None = None) -> str:
    """One native line, without the line end.

    Args:
        record: What to write. An origin of a mark that is not in its annotation is not written.
        schema: The schema of the corpus; every mark is held against it.
        only: Write this annotator's work alone, without proposals and without the others.

    Raises:
        InputError: A mark does not fit the schema, the text or another mark, an annotator stands twice, or a text
            holds a lone surrogate.
    """
    document = record.document
    where = document.title or document.id[:12]
    if only is not None:
        record = replace(record, works=tuple(w for w in record.works if w.annotation.annotator == only), proposals=())
    ordered = canonical(record)
    names = [work.annotation.annotator for work in ordered.works]
    if len(set(names)) != len(names):
        raise InputError(tr("{where}: an annotator has two annotations of one document.", where=where))
    line: dict[str, Any] = {
        "annotator": NATIVE_VERSION,
        "id": document.id,
        "text": document.text,
        "title": document.title,
        "source": document.source,
    }
    if document.published:
        line["published"] = document.published
    line["meta"] = dict(sorted(document.meta.items()))
    line["schema"] = {"name": schema.name, "version": schema.version}
    line["annotations"] = [_work_to_json(work, document.text, schema, where) for work in ordered.works]
    check_marks((proposal.mark for proposal in ordered.proposals), schema, document.text, where)
    line["proposals"] = [
        {
            **_mark_to_json(proposal.mark, document.text),
            "score": proposal.score,
            "reason": proposal.reason,
            "proposer": proposal.proposer,
        }
        for proposal in ordered.proposals
    ]
    try:
        written = dump_json(line)
    except ValueError:
        raise InputError(tr("{where}: a score or a time is no finite number.", where=where)) from None
    if not storable(written):
        raise InputError(tr("{where}: a text holds half of a surrogate pair, which cannot be written.", where=where))
    return written


def _work_to_json(work: Work, text: str, schema: Schema, where: str) -> dict[str, Any]:
    annotation = work.annotation
    check_marks(annotation.marks, schema, text, where)
    boundaries: dict[str, list[Boundary]] = {}
    spans: list[Span] = []
    labels: list[DocumentLabel] = []
    rejections: list[Rejection] = []
    for mark in annotation.marks:
        if isinstance(mark, Span):
            spans.append(mark)
        elif isinstance(mark, Boundary):
            boundaries.setdefault(mark.layer, []).append(mark)
        elif isinstance(mark, DocumentLabel):
            labels.append(mark)
        else:
            rejections.append(mark)
    ordered = in_text_order(spans)
    if not (_apart(ordered) and all(_apart(sorted(found)) for found in boundaries.values())) and (
        problem := find_conflict(annotation.marks, schema)
    ):
        raise InputError(f"{where}: {problem}")
    origins = work.origins

    def written(mark: Mark, item: dict[str, Any]) -> dict[str, Any]:
        if origins and mark in origins:
            item["proposer"] = origins[mark]
        return item

    return {
        "annotator": annotation.annotator,
        "status": annotation.state.status.value,
        "note": annotation.state.note,
        "seconds": float(work.seconds),
        **({"choice": work.choice.value} if work.choice else {}),
        "segments": [
            written(boundary, item) if boundary else item for boundary, item in _segments(boundaries, len(text))
        ],
        "spans": [_span_to_json(span, text, origins.get(span) if origins else None) for span in ordered],
        "labels": [written(mark, _mark_to_json(mark, text)) for mark in sorted(labels)],
        "rejections": [written(m, _mark_to_json(m.mark, text)) for m in sorted(rejections, key=text_order)],
    }


def _apart(marks: Iterable[Labelled]) -> bool:
    """Whether marks in text order are sure to exclude none another: each starts behind the one before."""
    reached = -1
    for mark in marks:
        if mark.start <= reached:
            return False
        reached = max(mark.start, mark.end - 1)
    return True


def _segments(
    boundaries: Mapping[str, list[Boundary]], length: int
) -> Iterator[tuple[Boundary | None, dict[str, Any]]]:
    for layer, found in sorted(boundaries.items()):
        found.sort()
        if found[0].position > 0:
            yield None, {"start": 0, "end": found[0].position, "label": None, "layer": layer}
        ends = [boundary.position for boundary in found[1:]] + [length]
        for boundary, end in zip(found, ends, strict=True):
            yield boundary, {"start": boundary.position, "end": end, "label": boundary.label, "layer": layer}


def _span_to_json(span: Span, text: str, origin: str | None) -> dict[str, Any]:
    start, end = span.start, span.end
    item = {"start": start, "end": end, "label": span.label, "layer": span.layer, "text": text[start:end]}
    if origin is not None:
        item["proposer"] = origin
    return item


def _mark_to_json(mark: Labelled, text: str) -> dict[str, Any]:
    match mark:
        case Span():
            return _span_to_json(mark, text, None)
        case Boundary(position, layer, label):
            return {"position": position, "label": label, "layer": layer}
        case DocumentLabel(layer, label):
            return {"layer": layer, "label": label}


def _proposal_order(proposal: Proposal) -> tuple[Any, ...]:
    score = -1.0 if proposal.score is None else proposal.score
    return (*text_order(proposal.mark), proposal.proposer, proposal.reason, score)
