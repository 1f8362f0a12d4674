"""Plain text and Markdown: one file a document, or one document a line."""

from collections.abc import Iterator

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.encoding import decode
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.json_files import lines_of


def read_text(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """One document from a text file, or one from each line that is not blank where `options.lines` says so."""
    if options.lines:
        yield from _read_lines(file)
        return
    text, encoding = decode(file.read(), file.name)
    if encoding != "utf-8":
        options.report.encodings[encoding] += 1
    if not text.strip():
        options.report.skipped[tr("files without text")] += 1
        return
    try:
        yield Record(make_document(text, source=file.name))
    except InputError as error:
        yield BadRecord(file.name, f"{file.name}: {error}")


def _read_lines(file: RawFile) -> Iterator[Record | BadRecord]:
    for where, line in lines_of(file):
        if isinstance(line, BadRecord):
            yield line
        elif line.strip():
            try:
                yield Record(make_document(line, source=where))
            except InputError as error:
                yield BadRecord(where, f"{where}: {error}", line)
