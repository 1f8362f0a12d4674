"""Tables: CSV, TSV, Parquet and Arrow, a document a row, with a column for the text."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.encoding import marked_encoding
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.libraries import need
from annotator.exchange.plain_json import document_from_json
from annotator.exchange.strict_json import MAX_LINE

if TYPE_CHECKING:
    import pyarrow

_BATCH = 500
_DELIMITERS = ",;\t|"


def read_csv(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from each row of a CSV or TSV file with a header; the delimiter is found from the header.

    Columns beside the text become title, source and date by their names or by `options.columns`, else meta.

    Raises:
        InputError: There is no column for the text.
    """
    encoding, _ = marked_encoding(file.head()) or ("utf-8", 0)
    wide = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    csv.field_size_limit(MAX_LINE)
    with file.open() as stream, io.TextIOWrapper(stream, wide, newline="") as text:
        header = text.readline(1 << 20)
        delimiter = max(_DELIMITERS, key=header.count)
        columns = next(csv.reader([header], delimiter=delimiter), [])
        _check_columns(columns, options, file.name)
        reader = csv.reader(text, delimiter=delimiter)
        where = f"{file.name}:2"
        try:
            for cells in reader:
                where = f"{file.name}:{reader.line_num + 1}"
                if len(cells) != len(columns):
                    if cells:
                        reason = tr("{where}: {n} cells for {m} columns.", where=where, n=len(cells), m=len(columns))
                        yield BadRecord(where, reason)
                    continue
                yield _row(dict(zip(columns, cells, strict=True)), where, options)
        except (csv.Error, UnicodeDecodeError) as error:
            yield BadRecord(where, tr("{where}: cannot be read: {error}.", where=where, error=error))


def read_parquet(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from each row of a Parquet or Arrow file; columns as for CSV.

    Raises:
        InputError: The file is no table, or has no column for the text.
    """
    number = 0
    for batch in arrow_batches(file):
        _check_columns(batch.schema.names, options, file.name)
        for row in batch.to_pylist():
            number += 1
            yield _row(_plain(row), tr("{name}, row {n}", name=file.name, n=number), options)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them; dates and the like as text."""
    return {
        key: value if isinstance(value, str | int | float | bool | None) else str(value) for key, value in row.items()
    }


def _row(row: Mapping[str, Any], where: str, options: ImportOptions) -> Record | BadRecord:
    try:
        kept = {key: value for key, value in row.items() if value != ""} | {options.text_field: row[options.text_field]}
        return Record(document_from_json(kept, where, options.text_field, options.columns))
    except InputError as error:
        return BadRecord(where, str(error))


def _check_columns(columns: Iterable[str], options: ImportOptions, name: str) -> None:
    known = list(columns)
    for wanted in (options.text_field, *options.columns.values()):
        if wanted not in known:
            raise InputError(
                tr(
                    "{name}: there is no column “{wanted}”; there are {known}.",
                    name=name,
                    wanted=wanted,
                    known=", ".join(known)[:300],
                )
            )


def arrow_batches(file: RawFile) -> "Iterator[pyarrow.RecordBatch]":
    """The rows of a Parquet file, or of an Arrow file or stream, some at a time.

    Raises:
        InputError: It is none of these.
    """
    need("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    source: Any = str(file.path) if file.path is not None else io.BytesIO(file.read())
    try:
        if file.head().startswith(b"PAR1"):
            with pq.ParquetFile(source) as table:
                yield from table.iter_batches(_BATCH)
            return
        with pa.OSFile(source) if isinstance(source, str) else pa.PythonFile(source) as opened:
            reader = pa.ipc.open_file if file.head().startswith(b"ARROW1") else pa.ipc.open_stream
            with reader(opened) as batches:
                count = getattr(batches, "num_record_batches", None)
                yield from (batches if count is None else (batches.get_batch(i) for i in range(count)))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).split("\n", 1)[0]
        raise InputError(tr("{name}: not a table that can be read: {error}.", name=file.name, error=reason)) from None


def is_table(head: bytes) -> bool:
    """Whether a file starts like Parquet or Arrow."""
    return head.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"))
