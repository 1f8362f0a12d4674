"""Where gold comes from: one row for every place decided, kept beside the edit of gold that decided it."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from annotator.core.marks import Labelled, Rejection, mark_from_json, mark_to_json


@dataclass(frozen=True, slots=True)
class GoldDecision:
    """What was decided about one place, by whom, and on what grounds."""

    place: str
    """Key of the place; empty for a mark where no annotator had one."""
    layer: str
    start: int
    end: int
    origin: str
    """Such as "majority", or "nothing here" for a place decided to hold nothing."""
    source: str
    """The annotator whose version was taken, where one was."""
    votes: int
    voters: int
    marks: tuple[Labelled, ...]
    who: str
    """The adjudicator."""
    edit: int = 0
    """The log entry of the edit that decided it; set by the store."""


def write_decisions(connection: sqlite3.Connection, seq: int, edit: int, decisions: Iterable[GoldDecision]) -> None:
    """Write the decisions of the edit just written, inside the transaction that is open."""
    connection.executemany(
        "INSERT INTO gold_decisions "
        "(edit, seq, place, layer, start, \"end\", origin, source, votes, voters, marks, who) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (edit, seq, item.place, item.layer, item.start, item.end, item.origin, item.source, item.votes, item.voters,
             json.dumps([mark_to_json(mark) for mark in item.marks], ensure_ascii=False), item.who)
            for item in decisions
        ],
    )  # fmt: skip


def read_decisions(connection: sqlite3.Connection, seq: int) -> list[GoldDecision]:
    """The decisions in force on a document row, oldest first: those of edits that were undone do not count."""
    undone = _undone(connection, seq)
    rows = connection.execute(
        'SELECT place, layer, start, "end", origin, source, votes, voters, marks, who, edit FROM gold_decisions '
        "WHERE seq = ? ORDER BY id",
        (seq,),
    )
    found = []
    for place, layer, start, end, origin, source, votes, voters, marks, who, edit in rows:
        if edit not in undone:
            parts = [mark_from_json(value) for value in json.loads(marks)]
            labelled = tuple(mark for mark in parts if not isinstance(mark, Rejection))
            found.append(GoldDecision(place, layer, start, end, origin, source, votes, voters, labelled, who, edit))
    return found


def _undone(connection: sqlite3.Connection, seq: int) -> set[int]:
    """Edits that are taken back: by an entry that is itself in force."""
    taken_back: dict[int, int] = dict(
        connection.execute("SELECT undoes, id FROM edits WHERE seq = ? AND undoes IS NOT NULL ORDER BY id", (seq,))
    )

    def in_force(entry: int) -> bool:
        by = taken_back.get(entry)
        return by is None or not in_force(by)

    return {entry for entry in taken_back if not in_force(entry)}
