"""The database schema as an append-only list of steps. A step, once released, is never changed: add another."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x616E6E6F
"""Marks a SQLite file as a corpus ("anno")."""

_FIRST = """
CREATE TABLE corpus (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schemas (
    serial INTEGER PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body)),
    saved_at TEXT NOT NULL
) STRICT;

CREATE TABLE annotators (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE documents (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 64),
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    published TEXT NOT NULL,
    meta TEXT NOT NULL CHECK (json_valid(meta)),
    length INTEGER NOT NULL,
    imported_at TEXT NOT NULL
) STRICT;

CREATE TABLE texts (
    seq INTEGER PRIMARY KEY REFERENCES documents (seq),
    text TEXT NOT NULL
) STRICT;

CREATE TABLE annotations (
    seq INTEGER NOT NULL REFERENCES documents (seq),
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    status TEXT NOT NULL CHECK (status IN ('todo', 'in_progress', 'done', 'skipped', 'unsure')),
    note TEXT NOT NULL,
    seconds REAL NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (seq, annotator)
) STRICT, WITHOUT ROWID;

CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL REFERENCES documents (seq),
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    made_at TEXT NOT NULL,
    title TEXT NOT NULL,
    removed TEXT NOT NULL CHECK (json_valid(removed)),
    added TEXT NOT NULL CHECK (json_valid(added)),
    state TEXT CHECK (state IS NULL OR json_valid(state)),
    undoes INTEGER REFERENCES edits (id),
    batch INTEGER,
    fixed INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0.0
) STRICT;

CREATE INDEX edits_of_page ON edits (seq, annotator);

CREATE INDEX edits_of_annotator ON edits (annotator);

CREATE INDEX edits_of_batch ON edits (batch) WHERE batch IS NOT NULL;

CREATE TRIGGER edits_stay BEFORE UPDATE ON edits BEGIN SELECT raise(ABORT, 'the edit log is append only'); END;

CREATE TRIGGER edits_last BEFORE DELETE ON edits BEGIN SELECT raise(ABORT, 'the edit log is append only'); END;

CREATE TABLE marks (
    seq INTEGER NOT NULL,
    annotator INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    layer TEXT NOT NULL,
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" >= start),
    label TEXT NOT NULL,
    rejected INTEGER NOT NULL,
    edit INTEGER NOT NULL REFERENCES edits (id),
    proposer TEXT,
    PRIMARY KEY (seq, annotator, kind, layer, start, "end", label, rejected),
    FOREIGN KEY (seq, annotator) REFERENCES annotations (seq, annotator)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    first_used TEXT NOT NULL,
    UNIQUE (name, version)
) STRICT;

CREATE TABLE proposals (
    seq INTEGER NOT NULL REFERENCES documents (seq),
    proposer INTEGER NOT NULL REFERENCES proposers (id),
    kind INTEGER NOT NULL,
    layer TEXT NOT NULL,
    start INTEGER NOT NULL CHECK (start >= 0),
    "end" INTEGER NOT NULL CHECK ("end" >= start),
    label TEXT NOT NULL,
    score REAL CHECK (score IS NULL OR (score >= 0.0 AND score <= 1.0)),
    reason TEXT NOT NULL,
    PRIMARY KEY (seq, proposer, kind, layer, start, "end", label)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposed (
    seq INTEGER NOT NULL REFERENCES documents (seq),
    name TEXT NOT NULL,
    proposer INTEGER NOT NULL REFERENCES proposers (id),
    made_at TEXT NOT NULL,
    PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID
"""

_QUEUE = """
CREATE TABLE uncertainty (
    seq INTEGER PRIMARY KEY REFERENCES documents (seq),
    lowest REAL NOT NULL,
    doubt REAL NOT NULL
) STRICT;

INSERT INTO uncertainty
SELECT seq, min(score), sum(min(score, 1.0 - score)) FROM proposals WHERE score IS NOT NULL GROUP BY seq;

CREATE INDEX marks_by_label ON marks (annotator, layer, label, seq) WHERE rejected = 0;

CREATE INDEX proposals_by_label ON proposals (layer, label, seq);

CREATE TABLE assignments (
    seq INTEGER NOT NULL REFERENCES documents (seq),
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    assigned_at TEXT NOT NULL,
    PRIMARY KEY (seq, annotator)
) STRICT, WITHOUT ROWID
"""

_GOLD = """
CREATE TABLE gold_decisions (
    id INTEGER PRIMARY KEY,
    edit INTEGER NOT NULL REFERENCES edits (id),
    seq INTEGER NOT NULL REFERENCES documents (seq),
    place TEXT NOT NULL,
    layer TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    votes INTEGER NOT NULL,
    voters INTEGER NOT NULL,
    marks TEXT NOT NULL CHECK (json_valid(marks)),
    who TEXT NOT NULL
) STRICT;

CREATE INDEX gold_decisions_of_page ON gold_decisions (seq)
"""

_CHOICE = """
ALTER TABLE annotations ADD COLUMN choice TEXT NOT NULL DEFAULT ''
"""

_PACKAGES = """
CREATE TABLE packages (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE package_pages (
    package INTEGER NOT NULL REFERENCES packages (key),
    seq INTEGER NOT NULL REFERENCES documents (seq),
    base INTEGER NOT NULL,
    PRIMARY KEY (package, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE package_edits (
    package INTEGER NOT NULL REFERENCES packages (key),
    theirs INTEGER NOT NULL,
    ours INTEGER REFERENCES edits (id),
    PRIMARY KEY (package, theirs)
) STRICT, WITHOUT ROWID
"""

_STEPS: tuple[tuple[str, str], ...] = (
    ("first", _FIRST),
    ("queue", _QUEUE),
    ("gold", _GOLD),
    ("choice", _CHOICE),
    ("packages", _PACKAGES),
)

FILE_VERSION = len(_STEPS)
"""The version this program writes; `PRAGMA user_version` of a corpus file."""


def migrate(
    connection: sqlite3.Connection,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> None:
    """Bring a corpus file to `FILE_VERSION`, all steps or none. Nothing happens when it is there already.

    Args:
        connection: In autocommit mode, with no transaction open.
        before: Called once nobody else can write, before the first step.
        after: Called in the same transaction, after the last step.
    """
    from sqlite_utils import Database, Migrations

    steps = Migrations("annotator")
    for name, script in _STEPS:
        steps(name=name)(_step(script))
    database = Database(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < FILE_VERSION:
            if before:
                before()
            steps.apply(database)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FILE_VERSION}")
            if after:
                after()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _step(script: str) -> Callable[["Database"], None]:
    """A migration that runs one SQL script statement by statement, inside the transaction that is open."""

    def run(database: "Database") -> None:
        statement = ""
        for piece in script.split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                database.conn.execute(statement)
                statement = ""

    return run
