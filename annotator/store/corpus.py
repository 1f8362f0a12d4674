"""Corpus: the documents, schema, annotators, edits, marks and proposals of one SQLite file."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Self

from annotator.core.errors import SchemaError
from annotator.core.page import Page, make_page
from annotator.core.record import Record, check_marks
from annotator.core.schema import Schema, schema_to_json
from annotator.core.schema_edits import SchemaChange
from annotator.core.sheet import Sheet
from annotator.core.words import tr
from annotator.store.connection import connect
from annotator.store.documents import Documents, Summary
from annotator.store.edit_log import EditLog
from annotator.store.journal import now
from annotator.store.proposals import Proposals
from annotator.store.rows import labelled_from_row
from annotator.store.schema_changes import ChangeReport, write_schema_change
from annotator.store.sheets import read_sheets
from annotator.store.transfer import AddReport, read_records, write_records

__all__ = ["Corpus", "Summary"]


class Corpus(Documents, EditLog, Proposals):
    """One corpus file, open. It belongs to the thread that opened it; use it as a context manager or close it.

    Every method that reads or writes raises `CorpusError` when the file cannot be read or written; a failed write
    leaves the file as it was.
    """

    @classmethod
    def create(cls, path: Path, schema: Schema, name: str = "") -> Self:
        """Make a corpus file.

        Raises:
            CorpusError: Something stands at `path` already, or it cannot be written.
        """

        def fill(connection: sqlite3.Connection) -> None:
            rows = [("name", name or path.stem), ("created_at", now())]
            connection.executemany("INSERT INTO corpus (key, value) VALUES (?, ?)", rows)
            _save_schema(connection, schema)

        return cls(path, connect(path, create=True, fill=fill))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a corpus file, migrating an older one after a backup.

        Raises:
            CorpusError: There is none, it is no corpus, or it is newer than this program.
        """
        return cls(path, connect(path))

    def set_schema(self, schema: Schema) -> None:
        """Save a schema; the ones before it are kept.

        Raises:
            SchemaError: Somebody has used a label that the schema does not have.
        """
        with self._writing():
            _check_use(self._connection, schema)
            _save_schema(self._connection, schema)
        self._schema = None

    def change_schema(
        self, change: SchemaChange, progress: Callable[[int, int | None], None] | None = None
    ) -> ChangeReport:
        """Save the schema that a change ends in and relabel or remove marks and proposals as it says, in one step.

        Args:
            change: From the schema as it is to another.
            progress: Called with the pages done and the pages in all; may raise `Cancelled`, which leaves the file as
                it was.

        Raises:
            SchemaError: Marks or proposals would be left that do not fit the new schema, or the schema of the file is
                not the one that the change starts from.
        """
        with self._writing():
            report = write_schema_change(self, self._connection, change, progress)
            _save_schema(self._connection, change.after)
        self._schema = None
        return report

    def reload_schema(self) -> Schema:
        """The schema as the file has it now, where another connection may have changed it."""
        self._schema = None
        return self.schema

    def page(self, document_id: str, annotator: str) -> Page:
        """One document as this annotator sees it.

        Raises:
            CorpusError: There is no such document, or its marks do not fit its text.
        """
        document = self.document(document_id)
        annotation = self.annotation(document_id, annotator)
        where = tr("{path}, page {id}", path=self.path, id=document_id[:12])
        check_marks(annotation.marks, self.schema, document.text, where)
        proposals = self.proposals(document_id)
        known = [item for item in proposals if self.schema.problem(item.mark, document.text) is None]
        return make_page(document, self.schema, annotation, known)

    def add_records(self, records: Iterable[Record], progress: Callable[[int], None] | None = None) -> AddReport:
        """Add documents with their works and proposals, all of them or, when something fails, none.

        A document that is here already is not added again; work and proposals on it that are not here are.

        Args:
            records: They are read one by one; memory stays flat.
            progress: Called with the number read so far; may raise `Cancelled`, which leaves the file as it was.

        Raises:
            InputError: A mark does not fit the schema, the text or another mark, or a score does not lie between 0
                and 1.
        """
        with self._writing(durable=False):
            return write_records(self, self._connection, records, progress)

    def records(self, document_ids: Collection[str] | None = None) -> Iterator[Record]:
        """Every document, or those named, with all works and proposals, in the order of their import.

        They are read through a connection of their own, as the file stood when reading began.

        Raises:
            CorpusError: A document that was named is not there.
        """
        return read_records(self.path, document_ids)

    def sheets(self) -> Iterator[Sheet]:
        """Every document with the marks of those who have finished it, as rows; several times quicker than `records`.

        They are read through a connection of their own, as the file stood when reading began.
        """
        return read_sheets(self.path, self.schema)


def _save_schema(connection: sqlite3.Connection, schema: Schema) -> None:
    body = json.dumps(schema_to_json(schema), ensure_ascii=False)
    connection.execute("INSERT INTO schemas (body, saved_at) VALUES (?, ?)", (body, now()))


def _check_use(connection: sqlite3.Connection, schema: Schema) -> None:
    for kind, layer, label in connection.execute("SELECT DISTINCT kind, layer, label FROM marks"):
        if problem := schema.problem_within(labelled_from_row(kind, layer, 0, 1, label), 1):
            raise SchemaError(
                tr("{problem} Marks of the corpus use it; the schema was left as it is.", problem=problem)
            )
