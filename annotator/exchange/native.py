"""Native JSONL: one document a line with all its work and proposals, lossless and in one fixed form.

`docs/native-jsonl.schema.json` describes a line and `docs/formats.md` explains it. Offsets are code points, ends are
exclusive. What `write_record` wrote, `read_record` gives back; writing that again gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from annotator.core.annotation import Annotation, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import MAX_TEXT, Document, normalize_text, text_id
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, text_order
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work, check_marks
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.strict_json import (
    dump_json,
    kind_of,
    list_field,
    number_field,
    only_keys,
    parse_object,
    storable,
    text_field,
)

NATIVE_VERSION = 1
"""The number under the key `annotator` that says a line is native, and of which form."""

_RECORD_KEYS = frozenset(
    {"annotator", "id", "text", "title", "source", "published", "meta", "schema", "annotations", "proposals"}
)
_WORK_KEYS = frozenset({"annotator", "status", "note", "seconds", "segments", "spans", "labels", "rejections"})
_SEGMENT_KEYS = frozenset({"start", "end", "label", "layer", "proposer"})
_SPAN_KEYS = frozenset({"start", "end", "label", "layer", "text", "proposer"})
_BOUNDARY_KEYS = frozenset({"position", "label", "layer", "proposer"})
_LABEL_KEYS = frozenset({"layer", "label", "proposer"})
_PROPOSAL_KEYS = frozenset({"score", "reason"})
_SCHEMA_KEYS = frozenset({"name", "version"})
_STATUS = {status.value: status for status in Status}

_M = TypeVar("_M", bound=Labelled)


def canonical(record: Record) -> Record:
    """The same record in the order in which it is written: works by annotator, proposals in text order, each once."""
    return replace(
        record,
        works=tuple(sorted(record.works, key=lambda work: work.annotation.annotator)),
        proposals=tuple(sorted(set(record.proposals), key=_proposal_order)),
    )


# Writing


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
    if problem := find_conflict(annotation.marks, schema):
        raise InputError(f"{where}: {problem}")
    marks = sorted(annotation.marks, key=text_order)

    def origin(mark: Mark) -> dict[str, str]:
        return {"proposer": work.origins[mark]} if mark in work.origins else {}

    return {
        "annotator": annotation.annotator,
        "status": annotation.state.status.value,
        "note": annotation.state.note,
        "seconds": float(work.seconds),
        "segments": [
            {
                "start": start,
                "end": end,
                "label": boundary.label if boundary else None,
                "layer": layer,
                **(origin(boundary) if boundary else {}),
            }
            for layer, start, end, boundary in _segments(marks, len(text))
        ],
        "spans": [{**_mark_to_json(mark, text), **origin(mark)} for mark in marks if isinstance(mark, Span)],
        "labels": [{**_mark_to_json(mark, text), **origin(mark)} for mark in marks if isinstance(mark, DocumentLabel)],
        "rejections": [
            {**_mark_to_json(mark.mark, text), **origin(mark)} for mark in marks if isinstance(mark, Rejection)
        ],
    }


def _segments(marks: Iterable[Mark], length: int) -> Iterator[tuple[str, int, int, Boundary | None]]:
    layers: dict[str, list[Boundary]] = {}
    for mark in marks:
        if isinstance(mark, Boundary):
            layers.setdefault(mark.layer, []).append(mark)
    for layer, boundaries in sorted(layers.items()):
        if boundaries[0].position > 0:
            yield layer, 0, boundaries[0].position, None
        ends = [boundary.position for boundary in boundaries[1:]] + [length]
        for boundary, end in zip(boundaries, ends, strict=True):
            yield layer, boundary.position, end, boundary


def _mark_to_json(mark: Labelled, text: str) -> dict[str, Any]:
    match mark:
        case Span(start, end, layer, label):
            return {"start": start, "end": end, "label": label, "layer": layer, "text": text[start:end]}
        case Boundary(position, layer, label):
            return {"position": position, "label": label, "layer": layer}
        case DocumentLabel(layer, label):
            return {"layer": layer, "label": label}


def _proposal_order(proposal: Proposal) -> tuple[Any, ...]:
    score = -1.0 if proposal.score is None else proposal.score
    return (*text_order(proposal.mark), proposal.proposer, proposal.reason, score)


# Reading


def is_native(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object says that it is a native line, of whatever version."""
    return type(data.get("annotator")) is int


def read_record(line: str, schema: Schema, where: str) -> Record:
    """The record of a native line.

    Args:
        line: The line, with or without its line end.
        schema: The schema of the corpus it goes into.
        where: File and line, as errors name them.

    Raises:
        InputError: Anything about the line is wrong; names the place and the reason.
    """
    return record_from_json(parse_object(line, where), schema, where)


def record_from_json(data: Mapping[str, Any], schema: Schema, where: str) -> Record:
    """As `read_record`, for a line that is parsed already.

    Raises:
        InputError: As `read_record`.
    """
    version = data.get("annotator")
    if type(version) is not int:
        raise InputError(tr("{where}: not a native line: `annotator` must be {n}.", where=where, n=NATIVE_VERSION))
    if version != NATIVE_VERSION:
        raise InputError(
            tr(
                "{where}: the line has form {version}; this program reads form {n}. Use a newer one.",
                where=where,
                version=version,
                n=NATIVE_VERSION,
            )
        )
    only_keys(data, _RECORD_KEYS, where)
    schema_data = data.get("schema", {})
    if not isinstance(schema_data, dict):
        raise InputError(tr("{where}: `schema` must be an object.", where=where))
    only_keys(schema_data, _SCHEMA_KEYS, where)
    document = _read_document(data, where)
    reader = _MarkReader(document.text, schema, where)
    works = tuple(_read_work(item, document, reader) for item in list_field(data, "annotations", where))
    names = [work.annotation.annotator for work in works]
    for name in names:
        if names.count(name) > 1:
            raise InputError(tr("{where}: the annotator “{name}” has two annotations.", where=where, name=name))
    proposals = tuple(_read_proposal(item, reader) for item in list_field(data, "proposals", where))
    return canonical(Record(document, works, proposals))


def _read_document(data: Mapping[str, Any], where: str) -> Document:
    text = text_field(data, "text", where, None)
    if len(text) > MAX_TEXT:
        raise InputError(tr("{where}: the text is longer than {n} characters.", where=where, n=MAX_TEXT))
    if normalize_text(text) != text:
        raise InputError(
            tr(
                "{where}: the text holds carriage returns or starts with U+FEFF, so its offsets count characters that "
                "are not stored; write it with plain line feeds.",
                where=where,
            )
        )
    claimed = text_field(data, "id", where, None)
    if claimed != text_id(text):
        raise InputError(tr("{where}: `id` is not the SHA-256 of the text; one of the two was changed.", where=where))
    return Document(
        id=claimed,
        text=text,
        title=text_field(data, "title", where),
        source=text_field(data, "source", where),
        published=text_field(data, "published", where),
        meta=_read_meta(data, where),
    )


def _read_meta(data: Mapping[str, Any], where: str) -> Mapping[str, str]:
    meta = data.get("meta", {})
    if not isinstance(meta, dict):
        raise InputError(tr("{where}: `meta` must be an object; it is {kind}.", where=where, kind=kind_of(meta)))
    if not all(map(storable, meta)):
        raise InputError(tr("{where}: a key of `meta` holds half of a surrogate pair.", where=where))
    return MappingProxyType({key: text_field(meta, key, f"{where}: meta") for key in meta})


def _read_work(item: Mapping[str, Any], document: Document, reader: "_MarkReader") -> Work:
    where = reader.where
    only_keys(item, _WORK_KEYS, where)
    annotator = text_field(item, "annotator", where, None)
    if not annotator:
        raise InputError(tr("{where}: an annotation needs an `annotator`.", where=where))
    status = text_field(item, "status", where, Status.TODO.value)
    if status not in _STATUS:
        raise InputError(
            tr(
                "{where}: `status` must be one of {names}; it is “{status}”.",
                where=where,
                names=", ".join(_STATUS),
                status=status,
            )
        )
    seconds = number_field(item, "seconds", where, 0.0)
    if seconds < 0:
        raise InputError(tr("{where}: `seconds` is negative.", where=where))
    found: list[tuple[Mark, Mapping[str, Any]]] = []
    found += reader.segments(list_field(item, "segments", where))
    found += ((reader.span(span), span) for span in list_field(item, "spans", where))
    found += ((reader.document_label(label), label) for label in list_field(item, "labels", where))
    found += ((Rejection(reader.any_mark(mark)), mark) for mark in list_field(item, "rejections", where))
    marks = frozenset(mark for mark, _ in found)
    if len(marks) != len(found):
        raise InputError(tr("{where}: a mark of “{name}” stands twice.", where=where, name=annotator))
    if problem := find_conflict(marks, reader.schema):
        raise InputError(f"{where}: {problem}")
    origins = {mark: text_field(source, "proposer", where) for mark, source in found if "proposer" in source}
    state = State(_STATUS[status], text_field(item, "note", where))
    return Work(Annotation(document.id, annotator, marks, state), MappingProxyType(origins), seconds)


def _read_proposal(item: Mapping[str, Any], reader: "_MarkReader") -> Proposal:
    where = reader.where
    score = None
    if item.get("score") is not None:
        score = number_field(item, "score", where)
        if not 0.0 <= score <= 1.0:
            raise InputError(tr("{where}: `score` must lie between 0 and 1; it is {score}.", where=where, score=score))
    return Proposal(
        reader.any_mark(item, _PROPOSAL_KEYS),
        score,
        text_field(item, "reason", where),
        text_field(item, "proposer", where, None),
    )


class _MarkReader:
    """Reads the marks of one line and holds each against text and schema."""

    def __init__(self, text: str, schema: Schema, where: str) -> None:
        self.text = text
        self.schema = schema
        self.where = where

    def any_mark(self, item: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> Labelled:
        """A boundary where there is a `position`, a span where there is a `start`, else a document label."""
        if "position" in item:
            only_keys(item, _BOUNDARY_KEYS | extra, self.where)
            return self.checked(Boundary(self._offset(item, "position"), *self._labels(item)))
        if "start" in item or "end" in item:
            return self.span(item, extra)
        return self.document_label(item, extra)

    def span(self, item: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> Span:
        only_keys(item, _SPAN_KEYS | extra if extra else _SPAN_KEYS, self.where)
        span = self.checked(Span(self._offset(item, "start"), self._offset(item, "end"), *self._labels(item)))
        surface = item.get("text")
        if surface != self.text[span.start : span.end]:
            raise InputError(
                tr(
                    "{where}: the span {start}–{end} should read {claimed}, but the text there is {found}; "
                    "offsets must count code points.",
                    where=self.where,
                    start=span.start,
                    end=span.end,
                    claimed=repr(surface)[:100],
                    found=repr(self.text[span.start : span.end])[:100],
                )
            )
        return span

    def document_label(self, item: Mapping[str, Any], extra: frozenset[str] = frozenset()) -> DocumentLabel:
        only_keys(item, _LABEL_KEYS | extra, self.where)
        return self.checked(DocumentLabel(*self._labels(item)))

    def segments(self, items: list[dict[str, Any]]) -> Iterator[tuple[Boundary, Mapping[str, Any]]]:
        """The boundaries that open the segments, which must lie end to end over the text, layer by layer."""
        reached: dict[str, int] = {}
        for item in sorted(items, key=lambda item: (self._offset(item, "start"), self._offset(item, "end"))):
            only_keys(item, _SEGMENT_KEYS, self.where)
            start, end = self._offset(item, "start"), self._offset(item, "end")
            layer = text_field(item, "layer", self.where, None)
            if start != reached.get(layer, 0) or (start >= end and self.text) or (start == 0 and layer in reached):
                raise InputError(
                    tr(
                        "{where}: the segments of “{layer}” must lie end to end; "
                        "one from {start} to {end} does not follow.",
                        where=self.where,
                        layer=layer,
                        start=start,
                        end=end,
                    )
                )
            reached[layer] = end
            if item.get("label", "") is not None:
                yield self.checked(Boundary(start, *self._labels(item))), item
            elif start > 0 or "proposer" in item or layer not in self.schema.by_name or end == len(self.text):
                raise InputError(
                    tr(
                        "{where}: only the first of several segments of a layer may have no label; "
                        "one from {start} has none.",
                        where=self.where,
                        start=start,
                    )
                )
        for layer, end in reached.items():
            if end != len(self.text):
                raise InputError(
                    tr(
                        "{where}: the segments of “{layer}” end at {end}; the text has {n} characters.",
                        where=self.where,
                        layer=layer,
                        end=end,
                        n=len(self.text),
                    )
                )

    def checked(self, mark: _M) -> _M:
        if problem := self.schema.problem(mark, self.text):
            raise InputError(f"{self.where}: {problem}")
        return mark

    def _offset(self, item: Mapping[str, Any], key: str) -> int:
        value = item.get(key)
        if type(value) is not int:
            raise InputError(
                tr(
                    "{where}: `{key}` must be a whole number; it is {kind}.",
                    where=self.where,
                    key=key,
                    kind=kind_of(value),
                )
            )
        return value

    def _labels(self, item: Mapping[str, Any]) -> tuple[str, str]:
        return text_field(item, "layer", self.where, None), text_field(item, "label", self.where, None)
