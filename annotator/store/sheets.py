"""The marks of a whole corpus as rows, document by document, for measures: see `annotator.core.sheet`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from annotator.core.annotation import Status
from annotator.core.record import GOLD
from annotator.core.schema import LayerKind, Schema
from annotator.core.sheet import Row, Sheet
from annotator.store.connection import connect, said

_KINDS = {LayerKind.DOCUMENT: 0, LayerKind.SEGMENTS: 1, LayerKind.SPANS: 2}
_DOCUMENTS = "SELECT seq, id, title, text FROM documents JOIN texts USING (seq) ORDER BY seq"
_STATUSES = "SELECT annotator, status, seconds FROM annotations WHERE seq = ?"
_ROWS = (
    'SELECT start, "end", label FROM marks WHERE seq = ? AND annotator = ? AND kind = ? AND layer = ? AND rejected = 0 '
    'ORDER BY start, "end", label'
)
_PROPOSERS = "SELECT DISTINCT annotator, proposer FROM marks WHERE seq = ? AND proposer IS NOT NULL"


def read_sheets(path: Path, schema: Schema) -> Iterator[Sheet]:
    """The sheet of every document in the order of their import, as the file stood when reading began.

    Memory stays flat: the rows of one document are read at a time.

    Raises:
        CorpusError: The file cannot be read.
    """
    layers = [(layer.name, _KINDS[layer.kind]) for layer in schema.layers]
    with said(path), closing(connect(path)) as connection:
        connection.execute("BEGIN")
        names: dict[int, str] = dict(connection.execute("SELECT id, name FROM annotators WHERE name <> ?", (GOLD,)))
        for seq, id_, title, text in connection.execute(_DOCUMENTS):
            statuses: dict[str, tuple[Status, float]] = {}
            done: list[tuple[str, int]] = []
            for who, status, seconds in connection.execute(_STATUSES, (seq,)):
                if who in names:
                    statuses[names[who]] = Status(status), seconds
                    if status == Status.DONE:
                        done.append((names[who], who))
            done.sort()
            proposers: dict[int, set[str]] = {who: set() for _, who in done}
            for who, proposer in connection.execute(_PROPOSERS, (seq,)):
                if who in proposers:
                    proposers[who].add(proposer)
            yield Sheet(
                id_,
                title,
                text,
                statuses,
                {name: _rows(connection, seq, who, layers) for name, who in done},
                {name: frozenset(proposers[who]) for name, who in done},
            )


def _rows(connection: sqlite3.Connection, seq: int, who: int, layers: list[tuple[str, int]]) -> dict[str, list[Row]]:
    found = {}
    for layer, kind in layers:
        rows = connection.execute(_ROWS, (seq, who, kind, layer)).fetchall()
        if rows:
            found[layer] = rows
    return found
