"""JSON lines: native ones with all work, or plain ones with a text field."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.json_files import read_objects
from annotator.exchange.native import is_native, record_from_json, write_record
from annotator.exchange.plain_json import document_from_json
from annotator.exchange.writing import writing_text


def read_jsonl(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The records of native lines and the documents of plain lines, which may be mixed."""

    def convert(data: dict[str, Any], where: str) -> Iterator[Record | BadRecord]:
        if is_native(data):
            yield record_from_json(data, options.schema, where)
        else:
            yield Record(document_from_json(data, where, options.text_field))

    return read_objects(file, convert)


def write_jsonl(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """One native line a record, with all works and proposals it holds. Nothing is lost.

    Raises:
        InputError: As `write_record`.
    """
    report = ExportReport(files=[path])
    with writing_text(path) as out:
        for record in records:
            out.write(write_record(record, schema))
            out.write("\n")
            report.wrote(sum(len(work.annotation.marks) for work in record.works))
    return report
