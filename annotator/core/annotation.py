"""An annotation is a frozen set of marks; an edit removes some and adds others. Undo is the swapped edit."""

from dataclasses import dataclass, field
from enum import StrEnum

from annotator.core.errors import EditRefused
from annotator.core.marks import Mark
from annotator.core.words import tr


class Status(StrEnum):
    """How far an annotator is with a document."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    SKIPPED = "skipped"
    UNSURE = "unsure"


class Choice(StrEnum):
    """How an annotator came to work on a document."""

    UNKNOWN = ""
    """Nothing is known of it: the work was imported, or made on many pages at once."""
    RANDOM = "random"
    """Drawn at random from those that were left."""
    ORDER = "order"
    """The next one as they were imported."""
    GAIN = "gain"
    """The one whose proposals left most to decide for its length."""
    DOUBT = "doubt"
    """The one with most doubtful proposals, or from a queue of pages with doubtful proposals."""
    HAND = "hand"
    """Picked from the list, by a search or by a filter."""


def choice_title(choice: Choice) -> str:
    """A way of choosing in the user's words."""
    return {
        Choice.UNKNOWN: tr("not known how"),
        Choice.RANDOM: tr("at random"),
        Choice.ORDER: tr("in the order of import"),
        Choice.GAIN: tr("by expected gain"),
        Choice.DOUBT: tr("by doubtful proposals"),
        Choice.HAND: tr("by hand"),
    }[choice]


@dataclass(frozen=True, slots=True)
class State:
    """Status of a document for one annotator, with a note (why it is unsure, say)."""

    status: Status = Status.TODO
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Remove these marks, add those, and perhaps change the state of the document."""

    title: str
    """What it does, for the undo menu and the history: "Accept PERSON “Trump”"."""
    removed: frozenset[Mark] = frozenset()
    added: frozenset[Mark] = frozenset()
    state: tuple[State, State] | None = None
    """State before and after, where the edit changes it."""

    def inverse(self) -> "Edit":
        """The edit that takes this one back."""
        state = None if self.state is None else (self.state[1], self.state[0])
        return Edit(self.title, self.added, self.removed, state)

    @property
    def changes_nothing(self) -> bool:
        """Whether applying it would leave everything as it is."""
        return self.removed == self.added and (self.state is None or self.state[0] == self.state[1])


@dataclass(frozen=True, slots=True)
class Annotation:
    """All marks of one annotator on one document."""

    document_id: str
    annotator: str
    marks: frozenset[Mark] = field(default_factory=frozenset)
    state: State = State()

    def apply(self, edit: Edit) -> "Annotation":
        """The annotation after `edit`.

        Raises:
            EditRefused: The edit removes a mark that is not there, adds one that is, or starts from another state.
        """
        kept = self.marks - edit.removed
        if len(kept) != len(self.marks) - len(edit.removed) or not kept.isdisjoint(edit.added):
            raise EditRefused(
                tr("“{title}” does not fit the page as it is now; nothing was changed.", title=edit.title)
            )
        state = self.state
        if edit.state is not None:
            if edit.state[0] != state:
                raise EditRefused(
                    tr("“{title}” does not fit the state of the page; nothing was changed.", title=edit.title)
                )
            state = edit.state[1]
        return Annotation(self.document_id, self.annotator, kept | edit.added, state)
