"""An open corpus file: its connection, transactions, schema, annotators and settings."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from annotator.core.errors import CorpusError, InputError
from annotator.core.schema import Schema, schema_from_json
from annotator.core.words import tr
from annotator.store.connection import said, transaction
from annotator.store.journal import now


class CorpusFile:
    """One corpus file, open."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._schema: Schema | None = None
        self._annotators: dict[str, int] = {}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """What the corpus is called."""
        return self.value("name")

    def value(self, key: str) -> str:
        """A setting kept with the corpus, "" when it was never set."""
        row = self._one("SELECT value FROM corpus WHERE key = ?", key)
        return str(row[0]) if row else ""

    def set_value(self, key: str, value: str) -> None:
        """Keep a setting with the corpus."""
        with self._writing(durable=False):
            self._connection.execute("INSERT OR REPLACE INTO corpus (key, value) VALUES (?, ?)", (key, value))

    @property
    def schema(self) -> Schema:
        """The schema as last saved."""
        if self._schema is None:
            row = self._one("SELECT body FROM schemas ORDER BY serial DESC LIMIT 1")
            if row is None:
                raise CorpusError(tr("{path} holds no schema; restore it from a backup.", path=self.path))
            self._schema = schema_from_json(json.loads(row[0]), str(self.path))
        return self._schema

    def annotators(self) -> list[str]:
        """Everybody who has marked something here or was named as an annotator, in the order of their names."""
        return [name for (name,) in self._all("SELECT name FROM annotators ORDER BY name")]

    def add_annotator(self, name: str) -> None:
        """Make an annotator known; nothing happens when they are."""
        with self._writing():
            self.annotator_key(name)

    def annotator_key(self, name: str) -> int:
        """The row of an annotator, made on first use; inside a transaction.

        Raises:
            InputError: The name is blank.
        """
        if not name.strip():
            raise InputError(tr("An annotator needs a name."))
        if name not in self._annotators:
            insert = "INSERT OR IGNORE INTO annotators (name, created_at) VALUES (?, ?)"
            self._connection.execute(insert, (name, now()))
            row = self._connection.execute("SELECT id FROM annotators WHERE name = ?", (name,)).fetchone()
            self._annotators[name] = row[0]
        return self._annotators[name]

    def seq(self, document_id: str) -> int:
        """The row of a document.

        Raises:
            CorpusError: There is none.
        """
        row = self._one("SELECT seq FROM documents WHERE id = ?", document_id)
        if row is None:
            raise CorpusError(tr("The corpus has no document {id}.", id=document_id[:12]))
        return int(row[0])

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, in autocommit mode; for the other modules of the store."""
        return self._connection

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a question to the file; for the other modules of the store."""
        return self._all(sql, *values)

    def writing(self) -> AbstractContextManager[None]:
        """One durable transaction: all of the block, or nothing of it; for the other modules of the store."""
        return self._writing()

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        with said(self.path):
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with said(self.path):
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self, *, durable: bool = True) -> Iterator[None]:
        try:
            with said(self.path), transaction(self._connection, durable=durable):
                yield
        except BaseException:
            # Rows made in the transaction are gone with it.
            self._annotators.clear()
            raise
