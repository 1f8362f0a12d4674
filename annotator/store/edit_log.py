"""Annotations, edits and their log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from annotator.core.annotation import Annotation, Choice, Edit, State, Status
from annotator.core.errors import CorpusError, EditRefused
from annotator.core.history import LogEntry, LoggedEdit
from annotator.core.marks import Mark
from annotator.core.record import GOLD
from annotator.core.words import tr
from annotator.store.connection import said
from annotator.store.corpus_file import CorpusFile
from annotator.store.gold import GoldDecision, read_decisions, write_decisions
from annotator.store.journal import write_edit
from annotator.store.rows import (
    edit_from_log,
    mark_from_row,
)


def _entry(id_: int, title: str, made_at: str, undoes: int | None, batch: int | None, fixed: int) -> LogEntry:
    return LogEntry(id_, title, made_at, undoes, batch, bool(fixed))


class EditLog(CorpusFile):
    """Edits of a corpus file: each is one transaction, and none is ever changed."""

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
        choice: Choice = Choice.UNKNOWN,
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
            choice: How the annotator came to the document; kept with the first edit that says it.

        Raises:
            EditRefused: An added mark does not fit the schema or the text, or the file has other marks or another
                state than the edit starts from.
            CorpusError: The file could not be written.
        """
        with self._writing():
            entry = self._write(
                document_id, annotator, edit, origins, undoes=undoes, batch=batch, seconds=seconds, choice=choice
            )
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

    def finished_documents(self) -> set[str]:
        """The documents that somebody has finished."""
        rows = self._all("SELECT DISTINCT d.id FROM annotations a JOIN documents d USING (seq) WHERE a.status = 'done'")
        return {id_ for (id_,) in rows}

    def with_several_finished(self) -> list[str]:
        """The documents that two or more annotators have finished, gold not counted, in the order of their import."""
        rows = self._all(
            "SELECT d.id FROM annotations a JOIN documents d USING (seq) WHERE a.status = 'done' "
            "AND a.annotator NOT IN (SELECT id FROM annotators WHERE name = ?) "
            "GROUP BY a.seq HAVING count(*) > 1 ORDER BY a.seq",
            GOLD,
        )
        return [id_ for (id_,) in rows]

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
        choice: Choice = Choice.UNKNOWN,
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
            choice=choice,
        )
