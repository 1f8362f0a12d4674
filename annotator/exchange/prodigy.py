"""Prodigy's JSON lines: a task a line, with tokens and spans. `token_end` is inclusive, `end` is not."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import DocumentLabel
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, merge_neighbours, status_named
from annotator.exchange.json_files import read_objects
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing, Stretch, about_document
from annotator.exchange.plain_json import about
from annotator.exchange.strict_json import dump_json, list_field, text_field
from annotator.exchange.tokenizing import TokenIndex, covering_tokens
from annotator.exchange.writing import writing_text

_ANSWER_OF = {Status.DONE: "accept", Status.SKIPPED: "ignore"}
_STATUS_OF = {"accept": Status.DONE, "ignore": Status.SKIPPED, "reject": Status.SKIPPED}
_BINARY_VIEWS = frozenset({"ner", "spans", "classification", "text"})
_OURS = frozenset(
    {
        *("text", "tokens", "spans", "answer", "accept", "options", "status", "_input_hash", "_task_hash"),
        *("_view_id", "_session_id", "_annotator_id", "_timestamp", "_is_binary"),
    }
)


def write_prodigy(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A task for every work, and one without an answer for a document without work.

    Segments are spans over the page, so they lie over the entities: view them with `spans_manual`. Pages that are not
    finished have no `answer`.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses)
    names = LabelNames(schema)
    with writing_text(path) as out:
        for record in records:
            works: list[Work | None] = [*outgoing.works(record)]
            for work in works or [None]:
                task, marks = _task(record.document, work, outgoing, names)
                out.write(dump_json(task))
                out.write("\n")
                report.wrote(marks)
    return report


def _task(document: Document, work: Work | None, outgoing: Outgoing, names: LabelNames) -> tuple[dict[str, Any], int]:
    text = document.text
    marks = outgoing.marks(document, work.annotation if work else None)
    stretches = outgoing.stretches(document, marks)
    tokens = covering_tokens(text, [edge for item in stretches for edge in (item.start, item.end)])
    index = TokenIndex([(start, end) for start, end, _ in tokens])
    spans = [span for item in stretches if (span := _span(item, index, names)) is not None]
    labels = [names.write(mark.layer, mark.label) for mark in marks if isinstance(mark, DocumentLabel)]
    task: dict[str, Any] = {
        "text": text,
        **about_document(document),
        "tokens": [
            {"text": text[start:end], "start": start, "end": end, "id": number, "ws": space}
            for number, (start, end, space) in enumerate(tokens)
        ],
        "spans": spans,
    }
    if labels:
        task["options"] = [
            {"id": name, "text": label.shown}
            for layer in outgoing.schema.of_kind(LayerKind.DOCUMENT)
            for label in layer.labels
            for name in [names.write(layer.name, label.name)]
        ]
        task["accept"] = labels
    task["_input_hash"] = _hash(text)
    task["_task_hash"] = _hash(dump_json([text, spans, labels]))
    task["_view_id"] = (
        "spans_manual" if any(item.is_segment for item in stretches) or _overlap(stretches) else "ner_manual"
    )
    if work is not None:
        task["_session_id"] = work.annotation.annotator
        task["status"] = work.annotation.state.status.value
        if answer := _ANSWER_OF.get(work.annotation.state.status):
            task["answer"] = answer
    return task, len(spans) + len(labels)


def _span(item: Stretch, index: TokenIndex, names: LabelNames) -> dict[str, Any] | None:
    covered = index.covering(item.start, item.end)
    assert covered is not None
    return {
        "start": item.start,
        "end": item.end,
        "token_start": covered[0],
        "token_end": covered[1],
        "label": names.write(item.layer, item.label),
    }


def _overlap(stretches: list[Stretch]) -> bool:
    reach = 0
    for item in stretches:
        if item.start < reach:
            return True
        reach = max(reach, item.end)
    return False


def _hash(text: str) -> int:
    """A stable signed number of 32 bits; Prodigy's own recipes compute theirs anew."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "big", signed=True)


def read_prodigy(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The tasks of a file; those of one text that follow each other become one record.

    A rejected task of a binary view rejects its spans; any other rejected task is a page that was skipped.
    """
    names = LabelNames(options.schema)

    def convert(data: dict[str, Any], where: str) -> Iterator[Record]:
        yield _record(data, where, options, names)

    return merge_neighbours(read_objects(file, convert), options)


def _record(data: dict[str, Any], where: str, options: ImportOptions, names: LabelNames) -> Record:
    incoming = Incoming(text_field(data, options.text_field, where, None), where, options, names)
    items = list_field(data, "spans", where)
    used = _OURS | {options.text_field} | ({"label"} if "label" in data and not items else set())
    incoming.describe(about(data, where, used))
    marks = [incoming.span(item.get("start"), item.get("end"), item.get("label"), item.get("text")) for item in items]
    accepted = data.get("accept")
    if not isinstance(accepted, list | None):
        raise InputError(tr("{where}: `accept` must be a list.", where=where))
    marks += [incoming.document_label(name) for name in accepted or []]
    if "label" in used:
        marks.append(incoming.document_label(data["label"]))
    answer = text_field(data, "answer", where)
    annotator = text_field(data, "_annotator_id", where) or text_field(data, "_session_id", where)
    if not (marks or answer or annotator):
        return incoming.record()
    if answer == "reject" and (data.get("_is_binary") is True or data.get("_view_id") in _BINARY_VIEWS):
        return incoming.record([incoming.work((), annotator, rejected=marks)])
    status = status_named(data.get("status")) or _STATUS_OF.get(answer, Status.IN_PROGRESS)
    return incoming.record([incoming.work(marks, annotator, status)])
