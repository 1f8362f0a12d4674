"""Writing one edit: a line in the log and the table of current marks, inside the transaction that is open."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from annotator.core.annotation import Edit
from annotator.core.errors import EditRefused
from annotator.core.history import LogEntry
from annotator.core.marks import Mark
from annotator.core.words import tr
from annotator.store.rows import mark_to_row, marks_to_log, state_to_log

_REMOVE = (
    'DELETE FROM marks WHERE seq = ? AND annotator = ? AND kind = ? AND layer = ? AND start = ? AND "end" = ? '
    "AND label = ? AND rejected = ? RETURNING proposer"
)
_LOG = (
    "INSERT INTO edits (seq, annotator, made_at, title, removed, added, state, undoes, batch, fixed, seconds) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
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
) -> LogEntry:
    """Write `edit` of annotator row `who` on document row `seq`.

    Raises:
        EditRefused: The file holds other marks or another state than the edit starts from; roll back.
    """
    at = now()
    first = "INSERT OR IGNORE INTO annotations VALUES (?, ?, 'todo', '', 0.0, ?)"
    connection.execute(first, (seq, who, at))
    known = dict(origins)
    for mark in edit.removed:
        row = connection.execute(_REMOVE, (seq, who, *mark_to_row(mark))).fetchone()
        if row is None:
            raise _changed_elsewhere()
        if row[0] is not None:
            known.setdefault(mark, row[0])
    removed, added = marks_to_log(edit.removed, known), marks_to_log(edit.added, known)
    values = (seq, who, at, edit.title, removed, added, state_to_log(edit.state), undoes, batch, int(fixed), seconds)
    entry = LogEntry(connection.execute(_LOG, values).lastrowid or 0, edit.title, at, undoes, batch, fixed)
    rows = [(seq, who, *mark_to_row(mark), entry.id, known.get(mark)) for mark in edit.added]
    try:
        connection.executemany(_ADD, rows)
    except sqlite3.IntegrityError:
        raise _changed_elsewhere() from None
    _write_state(connection, seq, who, edit, at, seconds)
    return entry


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
