"""Undo and redo, read from the log of edits: nothing is kept beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.core.annotation import Edit
from annotator.core.marks import Mark


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log, without the marks."""

    id: int
    title: str
    made_at: str
    """UTC, ISO 8601."""
    undoes: int | None = None
    """The entry that this one takes back."""
    batch: int | None = None
    """Entries over several documents that were one action share a batch."""
    fixed: bool = False
    """Whether it cannot be undone, such as an import."""


@dataclass(frozen=True, slots=True)
class LoggedEdit:
    """One line of the log with its marks."""

    entry: LogEntry
    document_id: str
    annotator: str
    edit: Edit
    origins: Mapping[Mark, str] = field(default_factory=lambda: MappingProxyType({}))
    """Which proposer the added and removed marks came from."""


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and redone, the next one last."""

    undo: tuple[LogEntry, ...]
    redo: tuple[LogEntry, ...]


def read_history(log: Iterable[LogEntry]) -> History:
    """The stacks that a log, oldest entry first, amounts to.

    An entry that undoes nothing is a deed. One that undoes a deed is an undo; one that undoes an undo is a redo.
    `History.undo` holds deeds and redos, `History.redo` holds undos: to act on any of them, apply its inverse.
    """
    undo: list[LogEntry] = []
    redo: list[LogEntry] = []
    undos: set[int] = set()
    for entry in log:
        if entry.undoes is None:
            redo.clear()
            if entry.fixed:
                undo.clear()
            else:
                undo.append(entry)
        elif entry.undoes in undos:
            redo = _without(redo, entry.undoes)
            undo.append(entry)
        else:
            undos.add(entry.id)
            undo = _without(undo, entry.undoes)
            redo.append(entry)
    return History(tuple(undo), tuple(redo))


def _without(entries: list[LogEntry], entry_id: int) -> list[LogEntry]:
    """The entries but one, which a batch may have taken back from below the newest."""
    if entries and entries[-1].id == entry_id:
        entries.pop()
        return entries
    return [entry for entry in entries if entry.id != entry_id]


def title_of(entry: LogEntry, log: Mapping[int, LogEntry]) -> str:
    """What the deed behind an undo or redo is called."""
    while entry.undoes is not None and entry.undoes in log:
        entry = log[entry.undoes]
    return entry.title
