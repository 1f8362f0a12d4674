"""Documents from whatever the user names: the one way in for the command line, the import dialog and the tests."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile, files_in
from annotator.exchange.format import BadRecord, ImportOptions, ImportReport
from annotator.exchange.formats import Format, find_format
from annotator.exchange.recognise import is_companion, recognise

_DATABASE = b"SQLite format 3\0"


def read_documents(
    paths: Sequence[str | Path],
    *,
    schema: Schema,
    text_field: str = "text",
    format: str | None = None,  # noqa: A002
    stdin: BinaryIO | None = None,
    options: ImportOptions | None = None,
) -> Iterator[Record | BadRecord]:
    """The records behind paths, one at a time; memory stays flat for files that hold one a line.

    Args:
        paths: Files, folders, zip files, or `-` for standard input.
        schema: The schema of the corpus; marks that come in are held against it.
        text_field: The field that holds the text, in formats with fields.
        format: Name of the format; None to recognise it from the content of each file.
        stdin: What `-` stands for.
        options: All a reader may be told, in place of `schema` and `text_field`; its report is filled on the way.

    Raises:
        InputError: A path does not exist, the format is not known or cannot be read. What is wrong with one file or
            record comes as a `BadRecord` instead, and the rest goes on.
    """
    chosen = None if format is None else find_format(format)
    if chosen is not None and chosen.read is None:
        raise InputError(tr("The format “{name}” can be written, but not read.", name=chosen.name))
    options = options or ImportOptions(schema, ImportReport(), text_field)
    return _read_all(files_in(paths, options.report.skipped, stdin, options.apart), chosen, options)


def _read_all(files: Iterator[RawFile], chosen: Format | None, options: ImportOptions) -> Iterator[Record | BadRecord]:
    report = options.report
    while True:
        where = ""
        try:
            file = next(files, None)
            if file is None:
                return
            where = file.name
            for found in _read_file(file, chosen, options):
                if isinstance(found, BadRecord):
                    report.refused(found)
                else:
                    report.records += 1
                yield found
        except InputError as error:
            bad = BadRecord(where, str(error))
        except OSError as error:
            bad = BadRecord(where, tr("{name}: cannot be read: {error}.", name=where, error=error.strerror or error))
        else:
            continue
        report.refused(bad)
        yield bad


def _read_file(file: RawFile, chosen: Format | None, options: ImportOptions) -> Iterator[Record | BadRecord]:
    if file.named and file.head().startswith(_DATABASE):
        raise InputError(
            tr(
                "{file}: a corpus or another database, and no document. `annotator merge` brings back the work of a "
                "file that was handed out.",
                file=file.name,
            )
        )
    name = None if is_companion(file) else chosen.name if chosen else recognise(file)
    if name is None:
        options.report.skipped[tr("files that are no documents")] += 1
        return
    reader = find_format(name).read
    if reader is None:
        raise InputError(tr("{file}: the format “{name}” can be written, but not read.", file=file.name, name=name))
    options.report.formats[name] += 1
    yield from reader(file, options)
