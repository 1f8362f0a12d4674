"""Corpus: the documents, schema, annotators, edits, marks and proposals of one SQLite file."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.document import Document
from annotator.core.errors import CorpusError, EditRefused, InputError, SchemaError
from annotator.core.history import LogEntry, LoggedEdit
from annotator.core.marks import Mark
from annotator.core.page import Page, make_page
from annotator.core.proposal import Proposal
from annotator.core.record import GOLD, Record, check_marks
from annotator.core.schema import Schema, schema_from_json, schema_to_json
from annotator.core.schema_edits import SchemaChange
from annotator.core.words import tr
from annotator.store.connection import connect, said, transaction
from annotator.store.doubts import update_doubt
from annotator.store.gold import GoldDecision, read_decisions, write_decisions
from annotator.store.journal import now, write_edit
from annotator.store.rows import (
    document_from_row,
    edit_from_log,
    labelled_from_row,
    mark_from_row,
    mark_to_row,
    proposal_from_row,
)
from annotator.store.schema_changes import ChangeReport, write_schema_change
from annotator.store.transfer import AddReport, check_proposals, read_records, write_records


@dataclass(frozen=True, slots=True)
class Summary:
    """A document as a queue shows it."""

    id: str
    title: str
    source: str
    status: Status
    lowest: float | None = None
    """The lowest score among its proposals, 0.0 to 1.0; None where there are none with a score."""
    doubt: float = 0.0
    """How many of its proposals are wrong, as their scores have it; see `store.doubts`."""


class Corpus:
    """One corpus file, open. It belongs to the thread that opened it; use it as a context manager or close it.

    Every method that reads or writes raises `CorpusError` when the file cannot be read or written; a failed write
    leaves the file as it was.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._schema: Schema | None = None
        self._annotators: dict[str, int] = {}

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

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # The corpus itself

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

    # Documents

    def __len__(self) -> int:
        row = self._one("SELECT count(*) FROM documents")
        return int(row[0]) if row else 0

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            CorpusError: There is none.
        """
        row = self._one(
            "SELECT id, text, title, source, published, meta FROM documents JOIN texts USING (seq) WHERE id = ?",
            document_id,
        )
        if row is None:
            raise CorpusError(tr("The corpus has no document {id}.", id=document_id[:12]))
        return document_from_row(*row)

    def summaries(self, annotator: str) -> list[Summary]:
        """All documents in the order of their import, with where this annotator stands."""
        rows = self._all(
            "SELECT d.id, d.title, d.source, coalesce(a.status, 'todo'), u.lowest, coalesce(u.doubt, 0.0) "
            "FROM documents d LEFT JOIN annotations a ON a.seq = d.seq "
            "AND a.annotator = (SELECT id FROM annotators WHERE name = ?) "
            "LEFT JOIN uncertainty u ON u.seq = d.seq ORDER BY d.seq",
            annotator,
        )
        statuses = {status.value: status for status in Status}
        return [Summary(row[0], row[1], row[2], statuses[row[3]], row[4], row[5]) for row in rows]

    def with_label(self, annotator: str, layer: str, label: str) -> set[str]:
        """The documents on which this annotator, or a proposal, has put this label."""
        rows = self._all(
            "SELECT id FROM documents WHERE seq IN ("
            "SELECT seq FROM marks WHERE rejected = 0 AND layer = ? AND label = ? "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?) "
            "UNION SELECT seq FROM proposals WHERE layer = ? AND label = ?)",
            layer,
            label,
            annotator,
            layer,
            label,
        )
        return {id_ for (id_,) in rows}

    def holding(self, text: str, *, match_case: bool = True) -> list[str]:
        """The documents whose text holds a string, in the order of their import; blanks must be the same.

        Without `match_case` only the case of unaccented Latin letters is passed over.
        """
        first = text.split()[0] if text.split() else text
        test = "instr(text, ?) > 0" if match_case else "text LIKE '%' || ? || '%' ESCAPE '\\'"
        value = first if match_case else first.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._all(f"SELECT id FROM documents JOIN texts USING (seq) WHERE {test} ORDER BY seq", value)
        return [id_ for (id_,) in rows]

    # Pages and edits

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

    def annotation(self, document_id: str, annotator: str) -> Annotation:
        """What this annotator has on this document; empty and to do when nothing."""
        state = self._one(
            "SELECT status, note FROM annotations WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?)",
            document_id,
            annotator,
        )
        if state is None:
            return Annotation(document_id, annotator)
        rows = self._all(
            'SELECT kind, layer, start, "end", label, rejected FROM marks '
            "WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?)",
            document_id,
            annotator,
        )
        marks = frozenset(mark_from_row(*row) for row in rows)
        return Annotation(document_id, annotator, marks, State(Status(state[0]), state[1]))

    def apply(
        self,
        document_id: str,
        annotator: str,
        edit: Edit,
        *,
        origins: Mapping[Mark, str] = MappingProxyType({}),
        undoes: int | None = None,
        batch: int | None = None,
        seconds: float = 0.0,
        decisions: Iterable[GoldDecision] = (),
    ) -> LogEntry:
        """Make an edit: the log and the current marks change in one durable transaction, or neither does.

        Args:
            document_id: The document.
            annotator: Who makes it.
            edit: What changes.
            origins: The proposer behind an added mark that a proposal put forward.
            undoes: The log entry that this edit takes back.
            batch: A number shared by edits over several documents that were one action.
            seconds: Time on the page since the edit before, idle time left out.
            decisions: What an edit of gold decides, and why.

        Raises:
            EditRefused: An added mark does not fit the schema or the text, or the file has other marks or another
                state than the edit starts from.
            CorpusError: The file could not be written.
        """
        with self._writing():
            entry = self._write(document_id, annotator, edit, origins, undoes=undoes, batch=batch, seconds=seconds)
            write_decisions(self._connection, self.seq(document_id), entry.id, decisions)
            return entry

    def apply_all(
        self,
        edits: Sequence[tuple[str, Edit, Mapping[Mark, str]]],
        annotator: str,
        undoes: Sequence[int | None] = (),
        decisions: Sequence[Iterable[GoldDecision]] = (),
    ) -> list[LogEntry]:
        """Make edits on several documents in one transaction, as one batch: all of them, or none.

        Args:
            edits: Document, edit and origins of each.
            annotator: Who makes them.
            undoes: The log entry that each edit takes back, in the same order; empty when they undo nothing.
            decisions: What each edit of gold decides, in the same order; empty when they decide nothing.
        """
        with self._writing():
            newest = "SELECT coalesce(max(batch), 0) + 1 FROM edits WHERE batch IS NOT NULL"
            batch = self._connection.execute(newest).fetchone()[0]
            entries = [
                self._write(document, annotator, edit, origins, undoes=back, batch=batch)
                for (document, edit, origins), back in zip(edits, undoes or [None] * len(edits), strict=True)
            ]
            for (document, _, _), entry, decided in zip(edits, entries, decisions, strict=False):
                write_decisions(self._connection, self.seq(document), entry.id, decided)
            return entries

    def log(self, document_id: str, annotator: str) -> list[LogEntry]:
        """The log of this annotator's edits on this document, oldest first, without the marks."""
        rows = self._all(
            "SELECT id, title, made_at, undoes, batch, fixed FROM edits "
            "WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?) ORDER BY id",
            document_id,
            annotator,
        )
        return [_entry(*row[:6]) for row in rows]

    def logged(self, entry_id: int) -> LoggedEdit:
        """One line of the log with its marks.

        Raises:
            CorpusError: There is no such line.
        """
        rows = self.logged_where("e.id = ?", entry_id)
        if not rows:
            raise CorpusError(tr("The log has no entry {n}.", n=entry_id))
        return rows[0]

    def batch(self, number: int) -> list[LoggedEdit]:
        """The edits over several documents that were one action."""
        return self.logged_where("e.batch IS NOT NULL AND e.batch = ?", number)

    def logged_where(self, condition: str, *values: object) -> list[LoggedEdit]:
        """Log entries that an SQL condition on `e` (edits), `d` (documents), `a` (annotators) selects, oldest first."""
        rows = self._all(
            "SELECT e.id, e.title, e.made_at, e.undoes, e.batch, e.fixed, d.id, a.name, e.removed, e.added, e.state "
            "FROM edits e JOIN documents d ON d.seq = e.seq JOIN annotators a ON a.id = e.annotator "
            f"WHERE {condition} ORDER BY e.id",
            *values,
        )
        found = []
        for row in rows:
            edit, origins = edit_from_log(row[1], row[8], row[9], row[10])
            found.append(LoggedEdit(_entry(*row[:6]), row[6], row[7], edit, origins))
        return found

    def last_edited(self, annotator: str) -> str | None:
        """The document of this annotator's newest edit, or None."""
        row = self._one(
            "SELECT d.id FROM edits e JOIN documents d USING (seq) "
            "WHERE e.annotator = (SELECT id FROM annotators WHERE name = ?) ORDER BY e.id DESC LIMIT 1",
            annotator,
        )
        return str(row[0]) if row else None

    def edited_pages(self, annotator: str) -> list[str]:
        """The documents that this annotator has edited here, newest edit first; imported work does not count."""
        rows = self._all(
            "SELECT d.id FROM edits e JOIN documents d USING (seq) WHERE NOT e.fixed "
            "AND e.annotator = (SELECT id FROM annotators WHERE name = ?) GROUP BY e.seq ORDER BY max(e.id) DESC",
            annotator,
        )
        return [id_ for (id_,) in rows]

    def done_today(self, annotator: str) -> int:
        """How many pages this annotator has finished since midnight, local time."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        row = self._one(
            "SELECT count(DISTINCT e.seq) FROM edits e "
            "JOIN annotations a ON a.seq = e.seq AND a.annotator = e.annotator "
            "WHERE e.annotator = (SELECT id FROM annotators WHERE name = ?) AND e.made_at >= ? AND e.state IS NOT NULL "
            "AND a.status = 'done'",
            annotator,
            midnight.isoformat(timespec="milliseconds"),
        )
        return int(row[0]) if row else 0

    def gold_decisions(self, document_id: str) -> list[GoldDecision]:
        """Where the gold of a document comes from, place by place, oldest first; what was undone does not count."""
        seq = self.seq(document_id)
        with said(self.path):
            return read_decisions(self._connection, seq)

    def with_several_finished(self) -> list[str]:
        """The documents that two or more annotators have finished, gold not counted, in the order of their import."""
        rows = self._all(
            "SELECT d.id FROM annotations a JOIN documents d USING (seq) WHERE a.status = 'done' "
            "AND a.annotator NOT IN (SELECT id FROM annotators WHERE name = ?) "
            "GROUP BY a.seq HAVING count(*) > 1 ORDER BY a.seq",
            GOLD,
        )
        return [id_ for (id_,) in rows]

    # Proposals

    def proposals(self, document_id: str) -> list[Proposal]:
        """What was put forward on this document."""
        rows = self._all(
            'SELECT kind, layer, start, "end", label, score, reason, name, version FROM proposals p '
            "JOIN proposers r ON r.id = p.proposer WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            'ORDER BY p.proposer, kind, layer, start, "end", label',
            document_id,
        )
        return [proposal_from_row(*row) for row in rows]

    def to_propose(self, name: str, version: str, *, force: bool = False) -> list[str]:
        """The documents that this version of a proposer has not seen yet; all of them with `force`."""
        if force:
            return [id_ for (id_,) in self._all("SELECT id FROM documents ORDER BY seq")]
        rows = self._all(
            "SELECT id FROM documents WHERE seq NOT IN (SELECT p.seq FROM proposed p JOIN proposers r "
            "ON r.id = p.proposer WHERE p.name = ? AND r.version = ?) ORDER BY seq",
            name,
            version,
        )
        return [id_ for (id_,) in rows]

    def save_proposals(
        self,
        name: str,
        version: str,
        items: Iterable[tuple[Document, Sequence[Proposal]]],
        *,
        layers: Collection[str] | None = None,
    ) -> int:
        """Put what a proposer gave in the place of what it gave before, in one transaction; say how many marks.

        Of a mark given twice the better score is kept. Nobody else can write while `items` is read.

        Args:
            name: Name of the proposer, one word.
            version: Its version.
            items: Documents, each with what was proposed for it.
            layers: The layers it was run for: what it gave for others before stays. None for all.

        Raises:
            InputError: A proposed mark does not fit the schema, the text or `layers`, or a score does not lie between
                0 and 1.
        """
        if " " in name or not name:
            raise InputError(tr("A proposer's name is one word; “{name}” is not.", name=name))
        count = 0
        limits = None if layers is None else json.dumps(sorted(layers))
        with self._writing(durable=False):
            key = self.proposer_key(name, version)
            for document, proposals in items:
                seq = self.seq(document.id)
                where = tr("{name}, page {id}", name=name, id=document.id[:12])
                check_proposals(proposals, self.schema, document.text, where)
                if layers is not None and any(item.mark.layer not in layers for item in proposals):
                    raise InputError(tr("{where}: a proposal for a layer that was not asked for.", where=where))
                best: dict[Mark, Proposal] = {}
                for item in sorted(proposals, key=lambda item: item.score or 0.0):
                    best[item.mark] = item
                self._connection.execute(
                    "DELETE FROM proposals WHERE seq = ? AND proposer IN (SELECT id FROM proposers WHERE name = ?) "
                    "AND (? IS NULL OR layer IN (SELECT value FROM json_each(?)))",
                    (seq, name, limits, limits),
                )
                insert = "INSERT OR REPLACE INTO proposed VALUES (?, ?, ?, ?)"
                self._connection.execute(insert, (seq, name, key, now()))
                self._connection.executemany(
                    "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(seq, key, *mark_to_row(item.mark)[:5], item.score, item.reason) for item in best.values()],
                )
                update_doubt(self._connection, seq)
                count += len(best)
        return count

    def proposer_key(self, name: str, version: str) -> int:
        """The row of a proposer, made on first use; inside a transaction."""
        insert = "INSERT OR IGNORE INTO proposers (name, version, first_used) VALUES (?, ?, ?)"
        self._connection.execute(insert, (name, version, now()))
        find = "SELECT id FROM proposers WHERE name = ? AND version = ?"
        return int(self._connection.execute(find, (name, version)).fetchone()[0])

    # Whole records

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

    # Within the store

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

    def _write(
        self,
        document_id: str,
        annotator: str,
        edit: Edit,
        origins: Mapping[Mark, str],
        *,
        undoes: int | None,
        batch: int | None,
        seconds: float = 0.0,
    ) -> LogEntry:
        row = self._one("SELECT seq, length FROM documents WHERE id = ?", document_id)
        if row is None:
            raise CorpusError(tr("The corpus has no document {id}.", id=document_id[:12]))
        seq, length = row
        for mark in edit.added:
            if problem := self.schema.problem_within(mark, length):
                raise EditRefused(problem)
        who = self.annotator_key(annotator)
        return write_edit(
            self._connection,
            seq,
            who,
            edit,
            origins,
            undoes=undoes,
            batch=batch,
            seconds=seconds,
            schema=self.schema,
        )

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


def _entry(id_: int, title: str, made_at: str, undoes: int | None, batch: int | None, fixed: int) -> LogEntry:
    return LogEntry(id_, title, made_at, undoes, batch, bool(fixed))


def _save_schema(connection: sqlite3.Connection, schema: Schema) -> None:
    body = json.dumps(schema_to_json(schema), ensure_ascii=False)
    connection.execute("INSERT INTO schemas (body, saved_at) VALUES (?, ?)", (body, now()))


def _check_use(connection: sqlite3.Connection, schema: Schema) -> None:
    for kind, layer, label in connection.execute("SELECT DISTINCT kind, layer, label FROM marks"):
        if problem := schema.problem_within(labelled_from_row(kind, layer, 0, 1, label), 1):
            raise SchemaError(
                tr("{problem} Marks of the corpus use it; the schema was left as it is.", problem=problem)
            )
