"""Hand documents out to an annotator as a corpus file of their own. What comes back is merged by `store.merging`.

A package is a corpus like any other, made anew, so that no byte of anybody else's work is in it. Three settings say
what it is. The corpus it came from remembers, page by page, the newest edit of that annotator that the package knows.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from annotator.core.errors import CorpusError, InputError
from annotator.core.record import GOLD, Record
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.store.assignments import save_assignments
from annotator.store.connection import check_header, connect, said
from annotator.store.corpus import Corpus
from annotator.store.journal import now

CORPUS_ID = "id"
"""Setting of a corpus from which packages were made: says which corpus it is."""
PACKAGE_ID = "package"
"""Setting of a package: says which one it is."""
PACKAGE_OF = "package_of"
"""Setting of a package: the `CORPUS_ID` of the corpus it came from."""
PACKAGE_ANNOTATOR = "package_annotator"
"""Setting of a package: whose it is."""

_PROGRESS_EVERY = 20


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was written."""

    path: Path
    annotator: str
    documents: int
    begun: int
    """Documents on which the annotator had work already, which went along."""
    proposals: int
    """Proposed marks that went along."""


def make_package(
    corpus: Corpus,
    annotator: str,
    document_ids: Sequence[str],
    out: Path,
    progress: Callable[[int], None] | None = None,
) -> Package:
    """Write a package with these documents, what this annotator has on them, and the proposals.

    The documents count as assigned to the annotator from then on. The file is written beside and renamed, so that what
    stands at `out` is whole.

    Args:
        corpus: The corpus.
        annotator: Whose it is; made known where there is nobody of that name.
        document_ids: At least one.
        out: The file to make.
        progress: Called with the documents written so far; may raise `Cancelled`, which leaves nothing behind.

    Raises:
        InputError: The annotator is gold or has no name, there is no document, or something stands at `out`.
        CorpusError: A document is not there, or a file cannot be read or written.
    """
    if annotator == GOLD:
        raise InputError(tr("“{name}” is the name of gold and cannot be given pages.", name=GOLD))
    if not annotator.strip():
        raise InputError(tr("An annotator needs a name."))
    if not document_ids:
        raise InputError(tr("There is no page to hand out to {name}.", name=annotator))
    if out.exists():
        raise InputError(tr("{path} is there already and was left as it is; choose another name.", path=out))
    unfinished = out.with_name(out.name + ".part")
    _remove(unfinished)
    schema = corpus.reload_schema()
    # Read before the work is: an edit made in between counts as one that the package does not know.
    bases = _newest_edits(corpus, annotator)
    identity = uuid4().hex
    counted = _Counted(annotator, progress)
    try:
        with Corpus.create(unfinished, schema, corpus.name) as package:
            package.add_records(counted.own(corpus.records(document_ids)))
            theirs = [number for (number,) in package.query("SELECT id FROM edits")]
        save_assignments(unfinished, [(document_id, annotator) for document_id in document_ids])
        with corpus.writing():
            corpus_id = _corpus_id(corpus.connection)
            _register(corpus, identity, annotator, [(id_, bases.get(id_, 0)) for id_ in document_ids], theirs)
        with Corpus.open(unfinished) as package:
            for key, value in ((PACKAGE_ID, identity), (PACKAGE_OF, corpus_id), (PACKAGE_ANNOTATOR, annotator)):
                package.set_value(key, value)
        with said(out):
            unfinished.rename(out)
    except BaseException:
        _remove(unfinished)
        raise
    return Package(out, annotator, len(document_ids), counted.begun, counted.proposals)


def package_annotator(path: Path) -> str:
    """Whose package the file at `path` is; "" where it is none, or cannot be read."""
    try:
        with said(path), closing(connect(path)) as connection:
            find = "SELECT value FROM corpus WHERE key = ?"
            row = connection.execute(find, (PACKAGE_ANNOTATOR,)).fetchone()
            return str(row[0]) if row else ""
    except CorpusError:
        return ""


def package_schema(path: Path) -> Schema:
    """The schema of a package, as it is there; the file is only read.

    Raises:
        CorpusError: It is no corpus, or cannot be read.
    """
    with copied_package(path) as copy, Corpus.open(copy) as package:
        return package.schema


@contextmanager
def copied_package(path: Path) -> Iterator[Path]:
    """A copy to read from: opening a corpus may migrate it, and an attachment or a stick may be read-only.

    SQLite makes it, not Python, for the reason that `connection.application_id` gives.
    """
    with said(path):
        check_header(path)
        # Beside a log, others may be writing; without one, `immutable` reads also where no file can be made.
        how = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
        # A folder that cannot be emptied on the spot is the system's to clear, and no reason to fail.
        with TemporaryDirectory(prefix="annotator-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / "package.corpus"
            with (
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
            yield copy


class _Counted:
    """Leaves of each record what is the annotator's own, and counts."""

    def __init__(self, annotator: str, progress: Callable[[int], None] | None) -> None:
        self._annotator = annotator
        self._progress = progress
        self.begun = 0
        self.proposals = 0

    def own(self, records: Iterable[Record]) -> Iterator[Record]:
        for number, record in enumerate(records, 1):
            work = record.work_of(self._annotator)
            self.begun += work is not None
            self.proposals += len(record.proposals)
            yield replace(record, works=() if work is None else (work,))
            if self._progress and number % _PROGRESS_EVERY == 0:
                self._progress(number)


def _newest_edits(corpus: Corpus, annotator: str) -> dict[str, int]:
    rows = corpus.query(
        "SELECT d.id, max(e.id) FROM edits e JOIN documents d USING (seq) "
        "WHERE e.annotator = (SELECT id FROM annotators WHERE name = ?) GROUP BY e.seq",
        annotator,
    )
    return dict(rows)


def _corpus_id(connection: sqlite3.Connection) -> str:
    connection.execute("INSERT OR IGNORE INTO corpus (key, value) VALUES (?, ?)", (CORPUS_ID, uuid4().hex))
    return str(connection.execute("SELECT value FROM corpus WHERE key = ?", (CORPUS_ID,)).fetchone()[0])


def _register(
    corpus: Corpus, identity: str, annotator: str, pages: Iterable[tuple[str, int]], theirs: Iterable[int]
) -> None:
    """Remember a package and what it knows of, inside the transaction that is open."""
    at, who, connection = now(), corpus.annotator_key(annotator), corpus.connection
    insert = "INSERT INTO packages (id, annotator, made_at) VALUES (?, ?, ?)"
    key = connection.execute(insert, (identity, who, at)).lastrowid
    for document_id, base in pages:
        seq = corpus.seq(document_id)
        connection.execute("INSERT INTO package_pages VALUES (?, ?, ?)", (key, seq, base))
        connection.execute("INSERT OR IGNORE INTO assignments VALUES (?, ?, ?)", (seq, who, at))
    connection.executemany("INSERT INTO package_edits VALUES (?, ?, NULL)", [(key, number) for number in theirs])


def _remove(path: Path) -> None:
    with said(path):
        for end in ("", "-journal", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
