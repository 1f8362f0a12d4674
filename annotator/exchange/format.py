"""What all formats share: what readers and writers get, give and report, and what was lost on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.exchange.files import RawFile

LISTED = 1000
"""So many losses, and so many bad records, are listed one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A mark, or a part of one, that a format or the schema could not hold."""

    document_id: str
    offset: int
    """Code point at which the mark starts; 0 for what belongs to the whole document."""
    reason: str
    """Why, in words that are the same for every such mark, so that losses can be counted by reason."""
    what: str = ""
    """The mark itself, such as `PERSON “John Smith”`."""


@dataclass
class Losses:
    """Losses counted by reason; the first `LISTED` are kept one by one."""

    listed: list[Loss] = field(default_factory=list)
    by_reason: Counter[str] = field(default_factory=Counter)

    def add(self, document_id: str, offset: int, reason: str, what: str = "") -> None:
        """Count one loss."""
        self.by_reason[reason] += 1
        if len(self.listed) < LISTED:
            self.listed.append(Loss(document_id, offset, reason, what))

    def extend(self, other: "Losses") -> None:
        """Take over the losses of another part of the same job."""
        self.by_reason.update(other.by_reason)
        self.listed.extend(other.listed[: LISTED - len(self.listed)])

    def __len__(self) -> int:
        """How many there are, listed or not."""
        return self.by_reason.total()


@dataclass
class ExportReport:
    """What an export wrote, and what its format could not hold."""

    documents: int = 0
    """Documents, or articles, written."""
    marks: int = 0
    """Marks written. A mark the format holds in part is counted here and among the losses."""
    losses: Losses = field(default_factory=Losses)
    passed_over: Losses = field(default_factory=Losses)
    """What was written, but the program the format is for does not learn from it as it comes."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Documents that were not written, by reason."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the user, such as what to do with the files."""
    files: list[Path] = field(default_factory=list)
    """The files and folders written."""

    def wrote(self, marks: int) -> None:
        """Count one document with so many marks."""
        self.documents += 1
        self.marks += marks

    def extend(self, other: "ExportReport") -> None:
        """Take over what another part of the same export wrote."""
        self.documents += other.documents
        self.marks += other.marks
        self.losses.extend(other.losses)
        self.passed_over.extend(other.passed_over)
        self.left_out.update(other.left_out)
        self.notes.extend(note for note in other.notes if note not in self.notes)
        self.files.extend(other.files)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """Something in the input that could not be read; the rest goes on."""

    where: str
    """File and line, such as `pages.jsonl:12`."""
    reason: str
    """A whole sentence, the place included."""
    raw: str = ""
    """The input itself where it is a line, for a file of rejects."""


@dataclass
class ImportReport:
    """What an import found on its way. Readers add to it while they read."""

    records: int = 0
    bad: list[BadRecord] = field(default_factory=list)
    """The first `LISTED` bad records."""
    bad_count: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Files and parts that were left out, by reason: hidden files, links out of the folder, relations ..."""
    formats: Counter[str] = field(default_factory=Counter)
    """Files read, by format."""
    encodings: Counter[str] = field(default_factory=Counter)
    """Files read, by encoding, where it was not plain UTF-8."""
    losses: Losses = field(default_factory=Losses)
    """Marks the schema or the text could not take."""

    def refused(self, bad: BadRecord) -> None:
        """Count one bad record."""
        self.bad_count += 1
        if len(self.bad) < LISTED:
            self.bad.append(bad)


@dataclass(frozen=True)
class ImportOptions:
    """What a reader may be told, and where it reports."""

    schema: Schema
    report: ImportReport = field(default_factory=ImportReport)
    text_field: str = "text"
    """The field or column that holds the text."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Which column holds the `title`, the `source`, the date `published`, where names do not say so."""
    layer: str = ""
    """The layer into which spans go; empty to find it by the label."""
    lines: bool = False
    """Plain text: one document a line instead of one a file."""
    utf16: bool = False
    """Offsets count UTF-16 units, as JavaScript does."""
    html: str = "blocks"
    """`blocks` keeps all text as the reader sees it; `main` keeps the main text alone."""
    apart: frozenset[tuple[int, int]] = frozenset()
    """Device and number of files that are never opened: those of the corpus itself."""


@dataclass(frozen=True)
class ExportOptions:
    """What a writer may be told."""

    layers: frozenset[str] | None = None
    """Write these layers alone; None for all that the format can hold."""
    utf16: bool = False
    """Count UTF-16 units, as JavaScript does, in the formats that offer it."""
    columns: int = 4
    """Columns of CoNLL files, 2 or 4."""
    language: str = "en"
    """Language whose spaCy tokenizer cuts the tokens of a DocBin."""
    instruction: str = ""
    """What the system message of chat lines says; empty for the standard words."""

    def wants(self, layer: str) -> bool:
        """Whether marks of that layer are to be written."""
        return self.layers is None or layer in self.layers


class Importer(Protocol):
    """Reads one file. It raises `InputError` when the file as a whole cannot be read, and goes on past a bad record."""

    def __call__(self, file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]: ...


class Exporter(Protocol):
    """Writes records to a path, beside and renamed, and says what the format could not hold.

    A format that holds one annotation a document writes the first work and counts the others as lost.
    """

    def __call__(
        self, records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions
    ) -> ExportReport: ...
