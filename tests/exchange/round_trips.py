"""What the round-trip tests of all formats share: write, read again, and take the stated losses off the original."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from annotator.core.annotation import Annotation, State
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.formats import find_format
from annotator.exchange.native import canonical
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import EVERYTHING


def through(
    name: str,
    records: Iterable[Record],
    schema: Schema = EVERYTHING,
    options: ExportOptions | None = None,
    reading: ImportOptions | None = None,
) -> tuple[list[Record], ExportReport, ImportOptions]:
    """The records that come back from a file of that format, with both reports."""
    row = find_format(name)
    assert row.write is not None
    reading = reading or ImportOptions(schema)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{row.suffix}"
        report = row.write(records, schema, path, options or ExportOptions())
        found = list(read_documents([path], schema=schema, format=name, options=reading))
    bad = [item for item in found if isinstance(item, BadRecord)]
    assert not bad
    return [canonical(item) for item in found if isinstance(item, Record)], report, reading


def written(name: str, records: Iterable[Record], schema: Schema = EVERYTHING, **options: object) -> str:
    """The text of the one file a format writes."""
    row = find_format(name)
    assert row.write is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{row.suffix}"
        row.write(records, schema, path, ExportOptions(**options))  # type: ignore[arg-type]
        return path.read_bytes().decode("utf-8")


def without(
    record: Record,
    *kinds: type[Mark],
    proposals: bool = False,
    notes: bool = False,
    seconds: bool = False,
    origins: bool = False,
) -> Record:
    """A record without marks of these kinds, and without what is not said to be kept. Marks of an empty text go."""
    works = []
    for work in record.works:
        annotation = work.annotation
        marks = frozenset(
            mark
            for mark in annotation.marks
            if not isinstance(mark, kinds) and (record.document.text or not isinstance(mark, Boundary))
        )
        state = annotation.state if notes else State(annotation.state.status)
        kept = Annotation(annotation.document_id, annotation.annotator, marks, state)
        works.append(Work(kept, work.origins if origins else {}, work.seconds if seconds else 0.0))
    return canonical(replace(record, works=tuple(works), proposals=record.proposals if proposals else ()))


def held(record: Record, *kinds: type[Mark]) -> list[Mark]:
    """The marks of those kinds in all works of a record."""
    return [mark for work in record.works for mark in work.annotation.marks if isinstance(mark, kinds)]


__all__ = ["Boundary", "DocumentLabel", "Rejection", "Span", "held", "through", "without", "written"]
