"""Opening a corpus file: pragmas, versions, transactions, and SQLite's errors as sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.core.errors import AnnotatorError, CorpusError
from annotator.core.words import tr
from annotator.store.migrations import APPLICATION_ID, FILE_VERSION, migrate


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection to the corpus at `path`, migrated to the version of this program.

    An older file is copied to `NAME.vN.backup` beside it before it is migrated.

    Raises:
        CorpusError: The file is missing, is no corpus, is newer than this program, or cannot be used.
    """
    if not create and not path.is_file():
        raise CorpusError(tr("There is no corpus at {path}; `annotator new` makes one.", path=path))
    if create and path.exists():
        raise CorpusError(tr("{path} is there already and was left as it is; choose another name.", path=path))
    with said(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=10.0)
        try:
            _check_version(connection, path, create=create)
            for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            if create:
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)
            raise
    return connection


def _check_version(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    application_id: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if create:
        migrate(connection)
        return
    if application_id != APPLICATION_ID:
        raise CorpusError(tr("{path} is not a corpus; it was left as it is.", path=path))
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
    if version < FILE_VERSION:
        _back_up(connection, Path(f"{path}.v{version}.backup"))
        migrate(connection)


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    copy = sqlite3.connect(unfinished)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    unfinished.replace(target)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a `CorpusError` that names the file."""
    try:
        yield
    except AnnotatorError:
        raise
    except sqlite3.OperationalError as error:
        raise CorpusError(_sentence(path, str(error))) from error
    except sqlite3.DatabaseError as error:
        raise CorpusError(
            tr("{path}: the file is not a readable corpus ({error}); nothing was changed.", path=path, error=error)
        ) from error
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
