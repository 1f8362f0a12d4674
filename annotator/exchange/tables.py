"""Tables: CSV, TSV, Parquet and Arrow, a document a row, with a column for the text."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.encoding import decode, marked_encoding
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
    csv.field_size_limit(MAX_LINE)
    where = f"{file.name}:1"
    with file.open() as stream, io.TextIOWrapper(stream, _encoding(file, options), newline="") as text:
        try:
            header = text.readline(1 << 20)
            delimiter = max(_DELIMITERS, key=header.count)
            columns = next(csv.reader([header], delimiter=delimiter), [])
            _check_columns(columns, options, file.name)
            reader = csv.reader(text, delimiter=delimiter)
            for cells in reader:
                where = f"{file.name}:{reader.line_num + 1}"
                if len(cells) != len(columns):
                    if cells:
                        reason = tr("{where}: {n} cells for {m} columns.", where=where, n=len(cells), m=len(columns))
                        yield BadRecord(where, reason)
                    continue
                yield _row(dict(zip(columns, cells, strict=True)), where, options)
        except (csv.Error, UnicodeError) as error:
            yield BadRecord(where, tr("{where}: cannot be read: {error}.", where=where, error=error))


def _encoding(file: RawFile, options: ImportOptions) -> str:
    """The encoding by mark, else UTF-8 where the start of the file is that, else a guess from the start, reported."""
    head = file.head()
    if marked := marked_encoding(head):
        return {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(marked[0], "utf-32")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        _, guessed = decode(head, file.name)
        options.report.encodings[guessed] += 1
        return guessed
    return "utf-8"


def read_parquet(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from each row of a Parquet or Arrow file; columns as for CSV.

    Raises:
        InputError: The file is no table, or has no column for the text.
    """
    number = 0
    for schema, rows in arrow_batches(file):
        _check_columns(schema.names, options, file.name)
        for row in rows:
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


def arrow_batches(file: RawFile) -> "Iterator[tuple[pyarrow.Schema, list[dict[str, Any]]]]":
    """The rows of a Parquet file, or of an Arrow file or stream, some at a time, with their schema.

    Raises:
        InputError: It is none of these, or breaks off; what came before has been given.
    """
    need("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    source: Any = str(file.path) if file.path is not None else io.BytesIO(file.read())
    try:
        if file.head().startswith(b"PAR1"):
            with pq.ParquetFile(source) as table:
                for batch in table.iter_batches(_BATCH):
                    yield batch.schema, batch.to_pylist()
            return
        with pa.OSFile(source) if isinstance(source, str) else pa.PythonFile(source) as opened:
            reader = pa.ipc.open_file if file.head().startswith(b"ARROW1") else pa.ipc.open_stream
            with reader(opened) as batches:
                count = getattr(batches, "num_record_batches", None)
                for batch in batches if count is None else (batches.get_batch(i) for i in range(count)):
                    # Arrow takes offsets as they stand in the file: wrong ones end the process when values are read.
                    batch.validate(full=True)
                    yield batch.schema, batch.to_pylist()
    # pyarrow raises errors of many kinds for damaged files.
    except Exception as error:  # noqa: BLE001
        reason = str(error).split("\n", 1)[0][:200]
        raise InputError(tr("{name}: not a table that can be read: {error}.", name=file.name, error=reason)) from None


def is_table(head: bytes) -> bool:
    """Whether a file starts like Parquet or Arrow."""
    return head.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"))
