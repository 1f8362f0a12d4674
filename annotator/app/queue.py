"""The queue: which documents there are for an annotator, and which comes next."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, replace
from enum import StrEnum

from annotator.app.choosing import by_gain, shuffled
from annotator.core.annotation import Choice, Status
from annotator.store.corpus import Corpus, Summary

OPEN = frozenset({Status.TODO, Status.IN_PROGRESS})
"""Statuses that still ask for work."""


class Order(StrEnum):
    """In which order the queue shows documents."""

    IMPORT = "import"
    RANDOM = "random"
    UNSURE = "unsure"
    GAIN = "gain"
    """Pages that tell most first, every fifth one drawn at random; pages begun stand before them."""


LOW_SCORE = 0.6
"""A document with a proposal scored below this has low-score proposals."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to show, and in which order."""

    statuses: frozenset[Status] = frozenset()
    """Only these; empty for all."""
    words: str = ""
    """Only documents whose title or source holds this, in any case."""
    documents: Set[str] | None = None
    """Only these, such as the hits of a search or the documents with a label; None for all."""
    low_scores: bool = False
    """Only documents with a proposal scored below `LOW_SCORE`."""
    order: Order = Order.IMPORT
    seed: int = 0
    """Of the random order."""

    def admits(self, item: Summary) -> bool:
        """Whether the queue shows `item`."""
        if self.statuses and item.status not in self.statuses:
            return False
        if self.documents is not None and item.id not in self.documents:
            return False
        if self.low_scores and (item.lowest is None or item.lowest >= LOW_SCORE):
            return False
        words = self.words.casefold()
        return not words or words in item.title.casefold() or words in item.source.casefold()

    def arrange(self, items: list[Summary]) -> list[Summary]:
        """The items in the order asked for. The random order of a document does not depend on the others."""
        if self.order is Order.RANDOM:
            return shuffled(items, self.seed)
        if self.order is Order.UNSURE:
            return sorted(items, key=lambda item: -item.doubt)
        return items


_CHOICES = {
    Order.IMPORT: Choice.ORDER,
    Order.RANDOM: Choice.RANDOM,
    Order.UNSURE: Choice.DOUBT,
    Order.GAIN: Choice.GAIN,
}


class Queue:
    """The documents of a corpus as one annotator sees them, in order."""

    def __init__(self, corpus: Corpus, annotator: str) -> None:
        self._corpus = corpus
        self._annotator = annotator
        self.items: list[Summary] = []
        self.shown: list[Summary] = []
        self._item_at: dict[str, int] = {}
        self._shown_at: dict[str, int] = {}
        self._counts: dict[Status, int] = {}
        self._choices: dict[str, Choice] = {}
        self.filter = Filter()
        self.reload()

    def reload(self) -> None:
        """Read the documents anew."""
        self.items = self._corpus.summaries(self._annotator)
        self._item_at = {item.id: i for i, item in enumerate(self.items)}
        self._counts = dict.fromkeys(Status, 0) | Counter(item.status for item in self.items)
        self.show(self.filter)

    def show(self, wanted: Filter) -> None:
        """Show only what `wanted` admits."""
        self.filter = wanted
        admitted = [item for item in self.items if wanted.admits(item)]
        self._choices = {}
        if wanted.order is Order.GAIN:
            begun = [item for item in admitted if item.status is not Status.TODO]
            left = [item for item in admitted if item.status is Status.TODO]
            order = by_gain(left, chosen=Counter(item.choice for item in self.items), seed=wanted.seed)
            self.shown = [*begun, *(item for item, _ in order)]
            self._choices = {item.id: choice for item, choice in order}
        else:
            self.shown = wanted.arrange(admitted)
        self._shown_at = {item.id: i for i, item in enumerate(self.shown)}

    def set_status(self, document_id: str, status: Status) -> None:
        """Take note that a document now has this status. It stays in sight until the queue is filtered anew."""
        known = self._item_at.get(document_id)
        if known is not None:
            self._counts[self.items[known].status] -= 1
            self._counts[status] += 1
        for items, at in ((self.items, self._item_at), (self.shown, self._shown_at)):
            if (place := at.get(document_id)) is not None:
                items[place] = replace(items[place], status=status)

    def place(self, document_id: str) -> int | None:
        """Where a document stands among those shown, from 0."""
        return self._shown_at.get(document_id)

    def next_open(self, after: str) -> str | None:
        """The next document that asks for work, after this one and round to the start; None when there is none."""
        start = self.place(after)
        start = -1 if start is None else start
        order = [*self.shown[start + 1 :], *self.shown[: max(start, 0)]]
        return next((item.id for item in order if item.status in OPEN), None)

    def choice(self, document_id: str) -> Choice:
        """How a document is chosen that is opened because this queue has it next."""
        if self.filter.words or self.filter.documents is not None:
            return Choice.HAND
        if self.filter.low_scores:
            return Choice.DOUBT
        return self._choices.get(document_id) or _CHOICES[self.filter.order]

    def step(self, document_id: str, by: int) -> str | None:
        """The document `by` places further down, or up when negative; None past the ends."""
        place = self.place(document_id)
        if place is None:
            return self.shown[0].id if self.shown else None
        wanted = place + by
        return self.shown[wanted].id if 0 <= wanted < len(self.shown) else None

    def counts(self) -> dict[Status, int]:
        """Documents by status, all of them."""
        return dict(self._counts)
