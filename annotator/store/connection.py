"""Opening a corpus file: pragmas, versions, transactions, and SQLite's errors as sentences."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from annotator.core.errors import AnnotatorError, CorpusError
from annotator.core.words import tr
from annotator.store.migrations import APPLICATION_ID, FILE_VERSION, migrate

BUSY_SECONDS = 10.0
"""How long to wait for another program that is writing before saying so."""


def connect(
    path: Path, *, create: bool = False, fill: Callable[[sqlite3.Connection], None] | None = None
) -> sqlite3.Connection:
    """A connection to the corpus at `path`, migrated to the version of this program.

    An older file is copied to `NAME.vN.backup` beside it before it is migrated.

    Args:
        path: The file.
        create: Make it; whatever stands there is left alone.
        fill: With `create`, writes what every corpus holds, in the transaction that makes its tables.

    Raises:
        CorpusError: The file is missing, is no corpus, is newer than this program, or cannot be used.
    """
    with said(path):
        if create:
            _reserve(path)
        else:
            check_header(path)
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
            try:
                if create:
                    migrate(connection, after=(lambda: fill(connection)) if fill else None)
                else:
                    _update(connection, path)
                for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY"):
                    connection.execute(f"PRAGMA {pragma}")
            except BaseException:
                connection.close()
                raise
        except BaseException:
            if create:
                for suffix in ("", "-journal", "-wal", "-shm"):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)
            raise
    return connection


def _reserve(path: Path) -> None:
    """Make an empty file, in one step, so that two programs cannot both think they made it."""
    try:
        path.open("xb").close()
    except FileExistsError:
        message = tr("{path} is there already and was left as it is; choose another name.", path=path)
        raise CorpusError(message) from None


def check_header(path: Path) -> None:
    """Refuse what is no corpus by its first bytes, as SQLite may write to a file it opens.

    Raises:
        CorpusError: There is no such file, or it is no corpus.
    """
    if not path.is_file():
        raise CorpusError(tr("There is no corpus at {path}; `annotator new` makes one.", path=path))
    try:
        found = application_id(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT:
            raise
        return  # The write-ahead log may hold the pages that the file lacks: `_update` looks again.
    if found != APPLICATION_ID:
        raise _no_corpus(path)


def _no_corpus(path: Path) -> CorpusError:
    return CorpusError(tr("{path} is not a corpus; it was left as it is.", path=path))


def application_id(path: Path) -> int | None:
    """The application id in the header of an SQLite file; None for any other file.

    SQLite reads it, not Python: closing a file lets go of all locks that this process holds on it, those of a corpus
    that the window has open among them. Another program that then closes the corpus takes itself for the last one and
    deletes the write-ahead log into which the window goes on writing, so that its edits are lost. `immutable` keeps
    SQLite from writing to a file that may not be ours.

    Raises:
        sqlite3.OperationalError: The file cannot be read.
        sqlite3.DatabaseError: It is an SQLite file, and damaged; with the code `SQLITE_CORRUPT` also one that is
            shorter than it says, as after a power cut between log and file.

    Source: "How To Corrupt An SQLite Database File", section 2.2.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        try:
            found: int = connection.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                return None
            raise
    return found if path.stat().st_size else None


def _update(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _no_corpus(path)
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FILE_VERSION:
        raise CorpusError(
            tr(
                "{path} was written by a newer annotator (file version {theirs}, this one reads up to {ours}); "
                "install the newer one. The file was left as it is.",
                path=path,
                theirs=version,
                ours=FILE_VERSION,
            )
        )
    if version == FILE_VERSION:
        return
    target = _free_name(Path(f"{path}.v{version}.backup"))
    try:
        migrate(connection, before=lambda: _back_up(path, target))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _free_name(path: Path) -> Path:
    """`path`, or the first of `path.2`, `path.3`, ... that does not exist: a backup never replaces another."""
    names = (path if n == 1 else path.with_name(f"{path.name}.{n}") for n in count(1))
    return next(name for name in names if not name.exists())


def _back_up(path: Path, target: Path) -> None:
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a `CorpusError` that names the file."""
    try:
        yield
    except AnnotatorError:
        raise
    except sqlite3.OperationalError as error:
        raise CorpusError(_sentence(path, str(error))) from error
    except sqlite3.IntegrityError as error:
        message = tr("{path}: this does not fit the rules of the file ({error}); nothing was changed.")
        raise CorpusError(message.format(path=path, error=error)) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise CorpusError(
            tr(
                "{path}: the file is damaged ({error}); nothing was changed. Restore it from a backup.",
                path=path,
                error=error,
            )
        ) from error
    except UnicodeEncodeError as error:
        message = tr("{path}: half of a surrogate pair cannot be stored; nothing was changed.", path=path)
        raise CorpusError(message) from error
    except OSError as error:
        raise CorpusError(
            tr("{path}: {error}; nothing was changed.", path=path, error=error.strerror or str(error))
        ) from error


def _sentence(path: Path, error: str) -> str:
    if "locked" in error or "busy" in error:
        return tr("{path} is being written by another program; nothing was changed. Try again in a moment.", path=path)
    if "readonly" in error or "read-only" in error:
        return tr("{path} cannot be written: it is read-only. Nothing was changed.", path=path)
    if "disk" in error and "full" in error:
        return tr("{path} cannot be written: the disk is full. Nothing was changed; make room and repeat.", path=path)
    if "unable to open" in error:
        return tr("{path} cannot be opened: check the folder and its permissions.", path=path)
    return tr("{path}: the corpus could not be read or written ({error}); nothing was changed.", path=path, error=error)


@contextmanager
def transaction(connection: sqlite3.Connection, *, durable: bool = True) -> Iterator[None]:
    """All of the block, or nothing of it.

    Args:
        connection: In autocommit mode, with no transaction open.
        durable: Whether the commit must survive a power cut (`synchronous=FULL`), or only a crash (`NORMAL`).
    """
    if not durable:
        connection.execute("PRAGMA synchronous = NORMAL")
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    finally:
        if not durable:
            connection.execute("PRAGMA synchronous = FULL")
