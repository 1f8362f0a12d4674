"""doccano's JSON lines, with `label` as a list of `[start, end, name]`.

Older files say `labels`; projects with relations say `entities`, as objects with `start_offset` and `end_offset`. Lists
of a text and an object with `entities`, as spaCy's examples were before DocBin, are read too.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import DocumentLabel, Labelled
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, merge_neighbours, status_named
from annotator.exchange.json_files import read_objects
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing, about_document
from annotator.exchange.plain_json import about
from annotator.exchange.strict_json import dump_json, text_field
from annotator.exchange.writing import writing_text

_SPAN_KEYS = ("label", "labels", "entities")
_OURS = frozenset({*_SPAN_KEYS, "cats", "relations", "Comments", "comments", "annotator", "username", "status"})


def write_doccano(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every work, and one for a document without work.

    Segments are spans over the page: the doccano project must allow overlapping spans. Document labels stand under
    `cats`, as in projects for intent detection.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, notes=True)
    names = LabelNames(schema)
    with writing_text(path) as out:
        for record in records:
            works: list[Work | None] = [*outgoing.works(record)]
            for work in works or [None]:
                line, marks = _line(record.document, work, outgoing, names)
                out.write(dump_json(line))
                out.write("\n")
                report.wrote(marks)
    return report


def _line(document: Document, work: Work | None, outgoing: Outgoing, names: LabelNames) -> tuple[dict[str, Any], int]:
    marks = outgoing.marks(document, work.annotation if work else None)
    spans = [
        [item.start, item.end, names.write(item.layer, item.label)] for item in outgoing.stretches(document, marks)
    ]
    cats = [names.write(mark.layer, mark.label) for mark in marks if isinstance(mark, DocumentLabel)]
    line: dict[str, Any] = {"text": document.text, "label": spans}
    if cats:
        line["cats"] = cats
    if work is not None:
        state = work.annotation.state
        if state.note:
            line["Comments"] = [state.note]
        line |= {"annotator": work.annotation.annotator, "status": state.status.value}
    return line | about_document(document), len(spans) + len(cats)


def read_doccano(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The lines of a file; those of one text that follow each other become one record. Relations are counted."""
    names = LabelNames(options.schema)

    def convert(data: dict[str, Any], where: str) -> Iterator[Record]:
        yield _record(data, where, options, names)

    return merge_neighbours(read_objects(file, convert, pairs=True), options)


def _record(data: dict[str, Any], where: str, options: ImportOptions, names: LabelNames) -> Record:
    incoming = Incoming(text_field(data, options.text_field, where, None), where, options, names)
    incoming.describe(about(data, where, _OURS | {options.text_field, "id"}))
    marks: list[Labelled | None] = []
    for key in _SPAN_KEYS:
        value = data.get(key) or []
        for item in [value] if isinstance(value, str) else value:
            marks.append(_mark(item, incoming, where))
    cats = data.get("cats") or []
    if isinstance(cats, dict):
        cats = [name for name, score in cats.items() if isinstance(score, int | float) and score >= 0.5]
    marks += [incoming.document_label(name) for name in (cats if isinstance(cats, list) else [cats])]
    if relations := data.get("relations"):
        options.report.skipped[tr("relations")] += len(relations)
    comments = data.get("Comments") or data.get("comments") or []
    note = "\n".join(text for text in comments if isinstance(text, str)) if isinstance(comments, list) else ""
    annotator = text_field(data, "annotator", where) or text_field(data, "username", where)
    status = status_named(data.get("status"))
    if not (marks or annotator or status or note):
        return incoming.record()
    return incoming.record([incoming.work(marks, annotator, status or Status.DONE, note=note)])


def _mark(item: object, incoming: Incoming, where: str) -> Labelled | None:
    match item:
        case [start, end, name]:
            return incoming.span(start, end, name)
        case {"start_offset": start, "end_offset": end, "label": name}:
            return incoming.span(start, end, name)
        case str():
            return incoming.document_label(item)
        case _:
            raise InputError(
                tr(
                    "{where}: a label is [start, end, name], or has start_offset, end_offset and label.",
                    where=where,
                )
            )
