"""Documents into a corpus and records out of it, with a report of what was kept, left out and lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from annotator.core.annotation import Status
from annotator.core.errors import InputError
from annotator.core.record import GOLD, Record
from annotator.core.words import tr
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions, ImportReport
from annotator.exchange.formats import FORMATS, find_format
from annotator.exchange.sources import read_documents
from annotator.store.corpus import Corpus
from annotator.store.transfer import AddReport


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    added: AddReport
    read: ImportReport


def import_paths(
    corpus: Corpus,
    paths: Sequence[str | Path],
    *,
    text_field: str = "text",
    format_name: str | None = None,
    strict: bool = False,
    stdin: BinaryIO | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Bring files, folders or standard input into a corpus, in one transaction.

    Args:
        corpus: The corpus.
        paths: Files, folders, or `-` for standard input.
        text_field: The field of JSON lines that holds the text.
        format_name: Name of the format; None to recognise it.
        strict: Stop at the first record that cannot be read, with nothing imported.
        stdin: What `-` stands for.
        progress: Called with the number of records read; may raise `Cancelled`, which imports nothing.

    Raises:
        InputError: A path or format cannot be read at all, or, with `strict`, a record cannot be.
        CorpusError: The file cannot be written.
    """
    report = ImportReport()
    options = ImportOptions(corpus.schema, report, text_field)
    found = read_documents(paths, schema=corpus.schema, format=format_name, stdin=stdin, options=options)

    def records() -> Iterator[Record]:
        for item in found:
            if isinstance(item, Record):
                yield item
            elif strict:
                raise InputError(tr("{reason} Nothing was imported.", reason=item.reason))

    return Imported(corpus.add_records(records(), progress), report)


def export_records(
    corpus: Corpus,
    format_name: str,
    out: Path,
    *,
    gold: bool = False,
    annotator: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> ExportReport:
    """Write a corpus in a format, beside and renamed, so that a crash leaves no half file.

    Args:
        corpus: The corpus.
        format_name: A name from the table of formats.
        out: The file, or the folder for formats that need one.
        gold: Only documents with finished gold, and only that.
        annotator: Only this annotator's work, on the documents where there is some.
        progress: Called with the number of records written; may raise `Cancelled`, which leaves no file.

    Raises:
        InputError: The format or the annotator is not known, or the file cannot be written.
    """
    chosen = find_format(format_name)
    _check_target(out)
    if chosen.write is None:
        raise InputError(tr("The format “{name}” can be read, but not written.", name=format_name))
    if annotator is not None and annotator not in corpus.annotators():
        raise InputError(
            tr(
                "Nobody called “{name}” has worked on this corpus; there are {names}.",
                name=annotator,
                names=", ".join(corpus.annotators()) or tr("no annotators yet"),
            )
        )

    def records() -> Iterator[Record]:
        for number, record in enumerate(corpus.records(), 1):
            narrowed = narrow(record, gold=gold, annotator=annotator)
            if narrowed is not None:
                yield narrowed
            if progress:
                progress(number)

    try:
        return chosen.write(records(), corpus.schema, out, ExportOptions())
    except OSError as error:
        raise InputError(
            tr(
                "“{path}” cannot be written: {error}. What stood there before was kept.",
                path=out,
                error=error.strerror or error,
            )
        ) from error


_DATABASE = b"SQLite format 3\0"


def _check_target(out: Path) -> None:
    """Refuse to write over a corpus, or to a path that names no file."""
    if not out.name:
        raise InputError(tr("“{path}” names no file; nothing was written.", path=out))
    try:
        with out.open("rb") as file:
            taken = file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return
    if taken:
        raise InputError(tr("“{path}” is a corpus or another database; it was left as it is.", path=out))


def narrow(record: Record, *, gold: bool, annotator: str | None) -> Record | None:
    """What of a record is asked for, or None when nothing is."""
    if not gold and annotator is None:
        return record
    work = record.work_of(GOLD if gold else annotator or "")
    if work is None or (gold and work.annotation.state.status is not Status.DONE):
        return None
    return Record(record.document, (work,))


__all__ = [
    "FORMATS",
    "BadRecord",
    "ExportReport",
    "Imported",
    "export_records",
    "find_format",
    "import_paths",
    "narrow",
]
