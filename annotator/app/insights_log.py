"""What the log of edits says for Insights: pages finished and time by day, and what became of proposals.

A proposal is accepted where its mark is held, changed where it was rejected for a mark that the annotator put in its
place, rejected otherwise. What was undone does not count.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from annotator.core.annotation import Status
from annotator.core.record import GOLD
from annotator.store.corpus import Corpus

IMPORTED = ""
"""The day of work that came with an import: when it was done is not known."""
_PAGES_AT_ONCE = 200

_Place = tuple[str, int, int, str]
"""layer, start, end, label; -1 for both ends of a document label."""


class Outcome(StrEnum):
    """What became of a proposal."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    """Another label or other edges, by hand."""
    REJECTED = "rejected"
    LEFT = "left"
    """Neither, on a finished page on which the annotator decided others."""


@dataclass
class Day:
    """What an annotator did on one day."""

    pages: int = 0
    """Pages finished then, and finished still."""
    seconds: float = 0.0
    """On all pages, finished or not; idle time left out."""


@dataclass
class LogCounts:
    """What the log amounts to. Days are ISO dates, local time; `IMPORTED` for work that was imported."""

    days: defaultdict[tuple[str, str], Day] = field(default_factory=lambda: defaultdict(Day))
    """By annotator and day."""
    outcomes: Counter[tuple[str, str, str, Outcome]] = field(default_factory=Counter)
    """By proposer, layer and label of the proposal."""
    by_day: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    """By proposer and day of the decision."""


@dataclass(frozen=True, slots=True)
class _Entry:
    at: str
    removed: str
    added: str
    state: str | None
    fixed: bool
    seconds: float


def read_log(corpus: Corpus, progress: Callable[[int], None]) -> LogCounts:
    """Go through the log of every page; gold is left out.

    Args:
        corpus: Open on this thread.
        progress: Called with the number of pages gone through; may raise `Cancelled`.
    """
    counts = LogCounts()
    last = corpus.query("SELECT coalesce(max(seq), 0) FROM documents")[0][0]
    gone = 0
    for first in range(1, last + 1, _PAGES_AT_ONCE):
        pages = (first, first + _PAGES_AT_ONCE - 1)
        for name, entries in _pages(corpus, *pages):
            _count_page(counts, name, entries)
        gone += corpus.query("SELECT count(*) FROM documents WHERE seq BETWEEN ? AND ?", *pages)[0][0]
        progress(gone)
    return counts


def _pages(corpus: Corpus, first: int, last: int) -> Iterator[tuple[str, list[_Entry]]]:
    rows = corpus.query(
        "SELECT e.seq, e.annotator, a.name, e.made_at, e.removed, e.added, e.state, e.fixed, e.seconds FROM edits e "
        "JOIN annotators a ON a.id = e.annotator WHERE e.seq BETWEEN ? AND ? AND a.name <> ? "
        "ORDER BY e.seq, e.annotator, e.id",
        first,
        last,
        GOLD,
    )
    page: tuple[int, int] | None = None
    entries: list[_Entry] = []
    owner = ""
    for seq, who, name, *columns in rows:
        if (seq, who) != page:
            if entries:
                yield owner, entries
            page, owner, entries = (seq, who), name, []
        at, removed, added, state, fixed, seconds = columns
        entries.append(_Entry(at, removed, added, state, bool(fixed), seconds))
    if entries:
        yield owner, entries


def _count_page(counts: LogCounts, name: str, entries: Iterable[_Entry]) -> None:
    finished: str | None = None
    fates = _Fates()
    for entry in entries:
        day = IMPORTED if entry.fixed else _day(entry.at[:16])
        if entry.seconds:
            counts.days[name, day].seconds += entry.seconds
        if entry.state is not None:
            (before, _), (after, _) = json.loads(entry.state)
            if after == Status.DONE.value != before:
                finished = day
            elif after != Status.DONE.value:
                finished = None
        fates.follow(json.loads(entry.removed), json.loads(entry.added), day, fixed=entry.fixed)
    if finished is not None:
        counts.days[name, finished].pages += 1
    for place, proposer, day, outcome in fates.outcomes():
        counts.outcomes[proposer, place[0], place[3], outcome] += 1
        counts.by_day[proposer, day, outcome] += 1


@lru_cache(maxsize=4096)
def _day(minute: str) -> str:
    return datetime.fromisoformat(f"{minute}+00:00").astimezone().date().isoformat()


class _Fates:
    """What became of the proposals of one page under one annotator's hands, edit by edit."""

    def __init__(self) -> None:
        self._accepted: dict[_Place, tuple[str, str]] = {}
        self._rejected: dict[_Place, tuple[str, str]] = {}
        self._instead: dict[_Place, set[_Place]] = {}
        """By a mark made by hand: the rejected proposals in whose place it stands."""

    def follow(
        self, removed: Iterable[Mapping[str, Any]], added: Iterable[Mapping[str, Any]], day: str, *, fixed: bool
    ) -> None:
        """Take note of one edit, given as the marks in the log."""
        behind: list[tuple[_Place, set[_Place]]] = []
        for mark in removed:
            place = _place(mark)
            if mark.get("rejected"):
                self._rejected.pop(place, None)
            elif self._accepted.pop(place, None) is None and place in self._instead:
                behind.append((place, self._instead.pop(place)))
        own: list[_Place] = []
        for mark in added:
            place, proposer = _place(mark), mark.get("proposer")
            if mark.get("rejected"):
                if proposer:
                    self._rejected[place] = (proposer, day)
                    behind.append((place, {place}))
            elif proposer:
                self._accepted[place] = (proposer, day)
            else:
                own.append(place)
        if behind:
            for place in own:
                known = {each for old, several in behind if _replaces(place, old, fixed=fixed) for each in several}
                if known:
                    self._instead[place] = known

    def outcomes(self) -> Iterator[tuple[_Place, str, str, Outcome]]:
        """Every proposal that was decided, its proposer, the day, and what became of it."""
        changed = set().union(*self._instead.values())
        for place, (proposer, day) in self._accepted.items():
            yield place, proposer, day, Outcome.ACCEPTED
        for place, (proposer, day) in self._rejected.items():
            yield place, proposer, day, Outcome.CHANGED if place in changed else Outcome.REJECTED


def _place(mark: Mapping[str, Any]) -> _Place:
    if "position" in mark:
        return mark["layer"], mark["position"], mark["position"], mark["label"]
    return mark["layer"], mark.get("start", -1), mark.get("end", -1), mark["label"]


def _replaces(new: _Place, old: _Place, *, fixed: bool) -> bool:
    """Whether a mark stands in the place of another that went in the same edit.

    An import is one edit for a whole page, in which a boundary that moved cannot be told from one that is new.
    """
    if new[0] != old[0]:
        return False
    if old[1] == old[2]:
        return new[1] == old[1] or not fixed
    return new[1] < old[2] and old[1] < new[2]
