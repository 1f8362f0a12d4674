"""Writing one edit: a line in the log and the table of current marks, inside the transaction that is open."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from annotator.core.annotation import Choice, Edit, State
from annotator.core.errors import EditRefused
from annotator.core.history import LogEntry
from annotator.core.marks import Boundary, Mark, Span, in_text_order
from annotator.core.record import Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.store.rows import mark_to_row, marks_from_log, marks_to_log, marks_to_rows, state_to_log

_REMOVE = (
    'DELETE FROM marks WHERE seq = ? AND annotator = ? AND kind = ? AND layer = ? AND start = ? AND "end" = ? '
    "AND label = ? AND rejected = ? RETURNING proposer"
)
_LOG = (
    "INSERT INTO edits (seq, annotator, made_at, title, removed, added, state, undoes, batch, fixed, seconds) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BESIDE = (
    'SELECT "end" FROM marks WHERE seq = ? AND annotator = ? AND kind = 2 AND layer = ? AND start < ? AND rejected = 0 '
    'AND (start, "end", label) <> (?, ?, ?) ORDER BY start DESC LIMIT 1'
)
"""The span before or in a stretch, which in a layer without overlap is the only one that can reach into it."""
_SAME_PLACE = (
    "SELECT 1 FROM marks WHERE seq = ? AND annotator = ? AND kind = ? AND layer = ? AND start = ? "
    'AND "end" = ? AND label <> ? AND rejected = 0'
)
_ADD = "INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def now() -> str:
    """The time in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_edit(
    connection: sqlite3.Connection,
    seq: int,
    who: int,
    edit: Edit,
    origins: Mapping[Mark, str],
    *,
    undoes: int | None = None,
    batch: int | None = None,
    fixed: bool = False,
    seconds: float = 0.0,
    schema: Schema | None = None,
    choice: Choice = Choice.UNKNOWN,
    at: str = "",
) -> LogEntry:
    """Write `edit` of annotator row `who` on document row `seq`.

    A mark that comes back with `undoes` keeps the proposer it came from.

    Args:
        connection: With a transaction open.
        seq: The document.
        who: The annotator.
        edit: What changes.
        origins: The proposer behind a mark.
        undoes: The log entry that this edit takes back.
        batch: A number shared by edits that were one action.
        fixed: Whether the edit cannot be undone.
        seconds: Time on the page since the edit before.
        schema: Says which marks exclude each other; None where that is known to be right.
        choice: How the annotator came to the document; kept where nothing was known of it.
        at: When it was made, as `now` gives it; empty for now.

    Raises:
        EditRefused: The file holds other marks or another state than the edit starts from; roll back.
    """
    at = at or now()
    first = "INSERT OR IGNORE INTO annotations VALUES (?, ?, 'todo', '', 0.0, ?, '')"
    connection.execute(first, (seq, who, at))
    if choice:
        came = "UPDATE annotations SET choice = ? WHERE seq = ? AND annotator = ? AND choice = ''"
        connection.execute(came, (choice.value, seq, who))
    known = dict(origins)
    for mark in edit.removed:
        row = connection.execute(_REMOVE, (seq, who, *mark_to_row(mark))).fetchone()
        if row is None:
            raise _changed_elsewhere()
        if row[0] is not None:
            known.setdefault(mark, row[0])
    if undoes is not None:
        for mark, origin in _origins_behind(connection, undoes, seq, who).items():
            known.setdefault(mark, origin)
    marks = in_text_order(edit.added)
    removed, added = marks_to_log(in_text_order(edit.removed), known), marks_to_log(marks, known)
    values = (seq, who, at, edit.title, removed, added, state_to_log(edit.state), undoes, batch, int(fixed), seconds)
    entry = LogEntry(connection.execute(_LOG, values).lastrowid or 0, edit.title, at, undoes, batch, fixed)
    try:
        connection.executemany(_ADD, marks_to_rows(marks, seq, who, entry.id, known))
    except sqlite3.IntegrityError:
        raise _changed_elsewhere() from None
    if schema and any(_excluded(connection, seq, who, mark, schema) for mark in edit.added):
        raise _changed_elsewhere()
    _write_state(connection, seq, who, edit, at, seconds)
    return entry


def write_first_edit(connection: sqlite3.Connection, seq: int, who: int, work: Work, title: str, at: str) -> bool:
    """Write work of annotator row `who` on document row `seq`, who has none there yet, as one edit that stays.

    Args:
        connection: With a transaction open.
        seq: The document.
        who: The annotator.
        work: Known to fit the document and the schema.
        title: What the log calls it.
        at: The time, as `now` gives it.

    Returns:
        False where that annotator has work on that document already; nothing is written then.
    """
    annotation, state = work.annotation, work.annotation.state
    first = "INSERT OR IGNORE INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?)"
    values = (seq, who, state.status.value, state.note, work.seconds, at, work.choice.value)
    if connection.execute(first, values).rowcount != 1:
        return False
    change = None if state == State() else state_to_log((State(), state))
    marks = in_text_order(annotation.marks)
    added = marks_to_log(marks, work.origins)
    line = (seq, who, at, title, "[]", added, change, None, None, 1, work.seconds)
    entry = connection.execute(_LOG, line).lastrowid or 0
    connection.executemany(_ADD, marks_to_rows(marks, seq, who, entry, work.origins))
    return True


def _origins_behind(connection: sqlite3.Connection, entry: int, seq: int, who: int) -> dict[Mark, str]:
    find = "SELECT removed, added FROM edits WHERE id = ? AND seq = ? AND annotator = ? AND NOT fixed"
    row = connection.execute(find, (entry, seq, who)).fetchone()
    if row is None:
        raise EditRefused(tr("There is nothing on this page that this could take back. Nothing was changed."))
    return marks_from_log(row[0])[1] | marks_from_log(row[1])[1]


def _excluded(connection: sqlite3.Connection, seq: int, who: int, mark: Mark, schema: Schema) -> bool:
    """Whether a mark just added shares its place with another, as `Page.conflicts` has it."""
    if isinstance(mark, Span) and not schema.by_name[mark.layer].overlap:
        beside = (seq, who, mark.layer, mark.end, mark.start, mark.end, mark.label)
        row = connection.execute(_BESIDE, beside).fetchone()
        return row is not None and row[0] > mark.start
    if isinstance(mark, Span | Boundary):
        place = (seq, who, *mark_to_row(mark)[:5])
        return connection.execute(_SAME_PLACE, place).fetchone() is not None
    return False


def _write_state(connection: sqlite3.Connection, seq: int, who: int, edit: Edit, at: str, seconds: float) -> None:
    if edit.state is None:
        change = "UPDATE annotations SET seconds = seconds + ?, updated_at = ? WHERE seq = ? AND annotator = ?"
        connection.execute(change, (seconds, at, seq, who))
        return
    before, after = edit.state
    cursor = connection.execute(
        "UPDATE annotations SET seconds = seconds + ?, updated_at = ?, status = ?, note = ? "
        "WHERE seq = ? AND annotator = ? AND status = ? AND note = ?",
        (seconds, at, after.status.value, after.note, seq, who, before.status.value, before.note),
    )
    if cursor.rowcount != 1:
        raise _changed_elsewhere()


def _changed_elsewhere() -> EditRefused:
    return EditRefused(
        tr("The page was changed by another program since it was opened; open it again. Nothing was changed.")
    )
