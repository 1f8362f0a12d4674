"""Annotators held against gold: how often each is right, and what adjudication changed in their pages.

Only documents count whose gold is done and which the annotator has finished.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotator.agreement.lanes import compared, finished, units_of
from annotator.agreement.spans import Unit, align, f1
from annotator.core.annotation import Status
from annotator.core.marks import Boundary, Labelled, Span, text_order
from annotator.core.record import GOLD, Record
from annotator.core.schema import LayerKind, Schema
from annotator.core.tokens import line_starts


class Difference(StrEnum):
    """How an annotator's mark differs from gold."""

    RIGHT = "right"
    MISSED = "missed"
    """Gold has a mark, the annotator has none."""
    EXTRA = "extra"
    """The annotator has a mark, gold has none."""
    LABEL = "label"
    EDGES = "edges"
    """Span edges, or a boundary one block away."""
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Change:
    """One place in an annotator's page, and what gold holds there."""

    document_id: str
    annotator: str
    difference: Difference
    mine: Labelled | None
    gold: Labelled | None

    @property
    def layer(self) -> str:
        """The layer of both."""
        return _either(self).layer

    @property
    def label(self) -> str:
        """The label in gold, or the annotator's where gold has none."""
        return _either(self).label

    @property
    def start(self) -> int:
        """Where to jump to."""
        return min(mark.start for mark in (self.mine, self.gold) if mark is not None)


def _either(change: Change) -> Labelled:
    mark = change.gold or change.mine
    if mark is None:
        raise ValueError("A change has a mark on one side at least.")
    return mark


def compare_with_gold(record: Record, schema: Schema, annotator: str) -> list[Change]:
    """Every mark of an annotator or of gold, each with its counterpart, in text order; nothing unless both are done."""
    work = record.work_of(GOLD)
    mine = finished(record, [annotator]).get(annotator)
    if work is None or mine is None or work.annotation.state.status is not Status.DONE:
        return []
    found: list[Change] = []
    text = record.document.text
    for layer in schema.layers:
        own, gold = (
            [mark for mark in compared(annotation.marks, text) if mark.layer == layer.name]
            for annotation in (mine, work.annotation)
        )
        if layer.kind is LayerKind.SEGMENTS:
            pairs = _boundary_pairs(own, gold, text)
        elif layer.kind is LayerKind.SPANS:
            pairs = _span_pairs(own, gold, layer.name)
        else:
            pairs = [(mark, mark) for mark in own if mark in gold]
            pairs += [(mark, None) for mark in own if mark not in gold]
            pairs += [(None, mark) for mark in gold if mark not in own]
        found.extend(Change(record.document.id, annotator, _difference(one, other), one, other) for one, other in pairs)
    return sorted(found, key=lambda change: (change.start, text_order(_either(change))))


def changes(record: Record, schema: Schema, annotator: str) -> list[Change]:
    """What adjudication changed in an annotator's page, in text order."""
    found = compare_with_gold(record, schema, annotator)
    return [change for change in found if change.difference is not Difference.RIGHT]


Pairs = list[tuple[Labelled | None, Labelled | None]]


def _span_pairs(mine: Iterable[Labelled], gold: Iterable[Labelled], layer: str) -> Pairs:
    own, theirs = ({(mark.start, mark.end, mark.label) for mark in marks} for marks in (mine, gold))

    def span(unit: Unit | None) -> Span | None:
        return None if unit is None else Span(unit[0], unit[1], layer, unit[2])

    return [(span(one), span(other)) for one, other in align(own, theirs)]


def _boundary_pairs(mine: Iterable[Labelled], gold: Iterable[Labelled], text: str) -> Pairs:
    own = {mark.position: mark for mark in mine if isinstance(mark, Boundary)}
    theirs = {mark.position: mark for mark in gold if isinstance(mark, Boundary)}
    units = units_of(line_starts(text), [*own.values(), *theirs.values()])
    pairs: Pairs = [(own[position], theirs[position]) for position in own.keys() & theirs.keys()]
    left, waiting = sorted(own.keys() - theirs.keys()), sorted(theirs.keys() - own.keys())
    for position in left:
        near = next((p for p in waiting if p > 0 < position and abs(units.index(p) - units.index(position)) <= 1), None)
        if near is not None:
            waiting.remove(near)
        pairs.append((own[position], None if near is None else theirs[near]))
    pairs.extend((None, theirs[position]) for position in waiting)
    return pairs


def _difference(mine: Labelled | None, gold: Labelled | None) -> Difference:
    if mine is None:
        return Difference.MISSED
    if gold is None:
        return Difference.EXTRA
    if mine == gold:
        return Difference.RIGHT
    if (mine.start, mine.end) == (gold.start, gold.end):
        return Difference.LABEL
    return Difference.EDGES if mine.label == gold.label else Difference.BOTH


@dataclass(frozen=True, slots=True)
class Score:
    """How an annotator did against gold on one layer."""

    annotator: str
    layer: str
    documents: int
    differences: Mapping[Difference, int]
    by_label: Mapping[str, Mapping[Difference, int]]
    """The same by the label in gold, or the annotator's where gold has none."""
    confusion: Mapping[tuple[str, str], int]
    """How often each label of the annotator stands where gold has which; "" for nothing."""

    @property
    def precision(self) -> float | None:
        """Share of the annotator's marks that gold holds as they are."""
        return _share(self.differences, Difference.MISSED)

    @property
    def recall(self) -> float | None:
        """Share of the gold marks that the annotator made as they are."""
        return _share(self.differences, Difference.EXTRA)

    @property
    def f1(self) -> float | None:
        """F1 of exact marks."""
        return f1(self.differences.get(Difference.RIGHT, 0), *_sides(self.differences))

    def to_json(self) -> dict[str, Any]:
        """The score as plain JSON values; what is not defined is null."""
        return {
            "annotator": self.annotator,
            "layer": self.layer,
            "documents": self.documents,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "differences": {difference.value: self.differences.get(difference, 0) for difference in Difference},
            "by_label": {
                label: {difference.value: counts.get(difference, 0) for difference in Difference}
                for label, counts in sorted(self.by_label.items())
            },
            "confusion": [{"mine": mine, "gold": gold, "n": n} for (mine, gold), n in sorted(self.confusion.items())],
        }


def _sides(counts: Mapping[Difference, int]) -> tuple[int, int]:
    paired = sum(n for kind, n in counts.items() if kind not in (Difference.MISSED, Difference.EXTRA))
    return paired + counts.get(Difference.EXTRA, 0), paired + counts.get(Difference.MISSED, 0)


def _share(counts: Mapping[Difference, int], not_counted: Difference) -> float | None:
    below = sum(n for kind, n in counts.items() if kind is not not_counted)
    return counts.get(Difference.RIGHT, 0) / below if below else None


def against_gold(records: Iterable[Record], schema: Schema, annotators: Collection[str] | None = None) -> list[Score]:
    """Each annotator against gold, layer by layer, over all documents where both are done.

    Returns:
        Scores by annotator and in the order of the layers; none for an annotator without such a document.
    """
    documents: Counter[str] = Counter()
    by_label: defaultdict[tuple[str, str], defaultdict[str, Counter[Difference]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    confusion: defaultdict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for record in records:
        work = record.work_of(GOLD)
        if work is None or work.annotation.state.status is not Status.DONE:
            continue
        for name in finished(record, annotators):
            documents[name] += 1
            for change in compare_with_gold(record, schema, name):
                key = (name, change.layer)
                by_label[key][change.label][change.difference] += 1
                labels = (change.mine.label if change.mine else "", change.gold.label if change.gold else "")
                confusion[key][labels] += 1
    return [
        Score(
            name,
            layer.name,
            documents[name],
            sum(by_label[name, layer.name].values(), Counter()),
            dict(by_label[name, layer.name]),
            dict(confusion[name, layer.name]),
        )
        for name in sorted(documents)
        for layer in schema.layers
    ]
