"""Native JSONL: one document a line with all its work and proposals, lossless and in one fixed form.

`docs/native-jsonl.schema.json` describes a line and `docs/formats.md` explains it. Offsets are code points, ends are
exclusive. What `write_record` wrote, `read_record` gives back; writing that again gives the same bytes.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from annotator.core.annotation import Annotation, Choice, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import MAX_TEXT, Document, normalize_text, text_id
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.native_writing import NATIVE_VERSION as NATIVE_VERSION
from annotator.exchange.native_writing import canonical as canonical
from annotator.exchange.native_writing import write_record as write_record
from annotator.exchange.strict_json import (
    kind_of,
    list_field,
    number_field,
    only_keys,
    parse_object,
    storable,
    text_field,
)

_RECORD_KEYS = frozenset(
    {"annotator", "id", "text", "title", "source", "published", "meta", "schema", "annotations", "proposals"}
)
_WORK_KEYS = frozenset(
    {"annotator", "status", "note", "seconds", "choice", "segments", "spans", "labels", "rejections"}
)
_SEGMENT_KEYS = frozenset({"start", "end", "label", "layer", "proposer"})
_SPAN_KEYS = frozenset({"start", "end", "label", "layer", "text", "proposer"})
_BOUNDARY_KEYS = frozenset({"position", "label", "layer", "proposer"})
_LABEL_KEYS = frozenset({"layer", "label", "proposer"})
_PROPOSAL_KEYS = frozenset({"score", "reason"})
_SCHEMA_KEYS = frozenset({"name", "version"})
_STATUS = {status.value: status for status in Status}
_CHOICE = {choice.value: choice for choice in Choice}

_M = TypeVar("_M", bound=Labelled)


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
    choice = text_field(item, "choice", where)
    if choice not in _CHOICE:
        raise InputError(
            tr(
                "{where}: `choice` must be one of {names}; it is “{choice}”.",
                where=where,
                names=", ".join(filter(None, _CHOICE)),
                choice=choice,
            )
        )
    origins: dict[Mark, str] = {}
    others: list[tuple[Mark, Mapping[str, Any]]] = []
    others += reader.segments(list_field(item, "segments", where))
    spans, apart = reader.spans(list_field(item, "spans", where), others, origins)
    others += ((reader.document_label(label), label) for label in list_field(item, "labels", where))
    others += ((Rejection(reader.any_mark(mark)), mark) for mark in list_field(item, "rejections", where))
    marks: frozenset[Mark] = frozenset([*spans, *(mark for mark, _ in others)])
    if len(marks) != len(spans) + len(others):
        raise InputError(tr("{where}: a mark of “{name}” stands twice.", where=where, name=annotator))
    if not apart and (problem := find_conflict(marks, reader.schema)):
        raise InputError(f"{where}: {problem}")
    origins |= {
        mark: text_field(source, "proposer", where) for mark, source in others if source.get("proposer") is not None
    }
    state = State(_STATUS[status], text_field(item, "note", where))
    return Work(Annotation(document.id, annotator, marks, state), MappingProxyType(origins), seconds, _CHOICE[choice])


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

    def spans(
        self, items: list[dict[str, Any]], others: list[tuple[Mark, Mapping[str, Any]]], origins: dict[Mark, str]
    ) -> tuple[list[Span], bool]:
        """The spans of a list that are as simple as most are; all others go to `others`, or are refused by `span`.

        Where simple ones come from goes to `origins`.

        Returns:
            The spans, and whether all of the list are sure to share no character with one another.
        """
        text, labels, length = self.text, self.schema.span_labels, len(self.text)
        found: list[Span] = []
        reached = 0
        apart = True
        for item in items:
            try:
                start, end, layer, label = item["start"], item["end"], item["layer"], item["label"]
                proposer = None if len(item) == 5 else item["proposer"]
                simple = (
                    type(start) is int
                    and type(end) is int
                    and 0 <= start < end <= length
                    and item["text"] == text[start:end]
                    and label in labels[layer]
                    and len(item) < 7
                    and (proposer is None or (type(proposer) is str and storable(proposer)))
                )
            except (KeyError, TypeError):
                simple = False
            if simple:
                span = Span(start, end, layer, label)
                found.append(span)
                if proposer is not None:
                    origins[span] = proposer
                apart = apart and start >= reached
                reached = end
            else:
                others.append((self.span(item), item))
                apart = False
        return found, apart

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
