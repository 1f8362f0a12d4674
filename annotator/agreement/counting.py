"""What is counted of one document for the agreement report, so that everything after is sums over documents.

A key starts with the name of a layer and of a count; pairs of annotators are `(a, b)` in alphabetical order.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotator.agreement.boundaries import Edits, boundary_edits, default_window, windows
from annotator.agreement.coding import coincidences
from annotator.agreement.lanes import NOTHING, line_labels, opened, units_of
from annotator.agreement.spans import Unit, classify, compare
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.schema import Layer, LayerKind

Pair = tuple[str, str]


class Counts:
    """Where counts go: those of one document of which draws are kept, and sums over all documents of the others."""

    def __init__(self, plain: defaultdict[Hashable, float]) -> None:
        self.drawn: defaultdict[Hashable, float] = defaultdict(float)
        self.plain = plain

    def next(self) -> dict[Hashable, float]:
        """What was counted of the document that ends here; the next one begins."""
        done = self.drawn
        self.drawn = defaultdict(float)
        return done


Lanes = Mapping[str, list[Labelled]]
"""The marks of one layer of every annotator who has finished, as they are compared."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one document gave for one layer."""

    scores: list[float]
    """The headline score of every pair that has one."""
    differing: list[tuple[str, str, int, int]]
    """Labels of one annotator and another and where, for pairs that are not equal; `NOTHING` where one has no mark."""


def count_layer(counts: Counts, layer: Layer, lanes: Lanes, lines: Sequence[int]) -> Seen:
    """Add the counts of one layer of one document to `counts`; `lines` are where its lines start."""
    for name, marks in lanes.items():
        counts.plain[layer.name, "marks", name] += len(marks)
        for label, n in Counter([mark.label for mark in marks]).items():
            counts.plain[layer.name, "uses", name, label] += n
    if len(lanes) < 2:
        return Seen([], [])
    if layer.kind is LayerKind.SPANS:
        return _count_spans(counts, layer.name, lanes)
    if layer.kind is LayerKind.SEGMENTS:
        return _count_segments(counts, layer.name, lanes, lines)
    labels = {name: " + ".join(sorted(mark.label for mark in marks)) or NOTHING for name, marks in lanes.items()}
    return Seen([], _count_items(counts, layer.name, {name: [label] for name, label in labels.items()}, [0]))


def span_units(marks: list[Labelled]) -> set[Unit]:
    """Spans as the units that `annotator.agreement.spans` compares."""
    return {(mark.start, mark.end, mark.label) for mark in marks if isinstance(mark, Span)}


def _count_spans(counts: Counts, layer: str, lanes: Lanes) -> Seen:
    units = {name: span_units(marks) for name, marks in lanes.items()}
    edges = {name: {(start, end) for start, end, _ in each} for name, each in units.items()}
    labels = {name: Counter([label for _, _, label in each]) for name, each in units.items()}
    scores: list[float] = []
    differing: list[tuple[str, str, int, int]] = []
    for pair in combinations(units, 2):
        a, b = units[pair[0]], units[pair[1]]
        n_a, n_b = len(a), len(b)
        counts.plain[layer, "documents", pair] += 1
        if not n_a and not n_b:
            continue
        same = a & b
        exact = len(same)
        counts.plain[layer, "n_a", pair] += n_a
        counts.plain[layer, "n_b", pair] += n_b
        counts.drawn[layer, "exact", pair] += exact
        counts.drawn[layer, "units", pair] += n_a + n_b
        counts.drawn[layer, "edges", pair] += len(edges[pair[0]] & edges[pair[1]])
        counts.drawn[layer, "stretches", pair] += len(edges[pair[0]]) + len(edges[pair[1]])
        matched = Counter([label for _, _, label in same])
        for side in pair:
            for label, n in labels[side].items():
                counts.drawn[layer, "label units", pair, label] += n
        for label, n in matched.items():
            counts.drawn[layer, "label exact", pair, label] += n
        for label, n in matched.items():
            counts.plain[layer, "confusion", label, label] += n
        counts.plain[layer, "class exact", pair] += exact
        counts.drawn[layer, "overlap", pair] += exact
        if exact < max(n_a, n_b):
            pairs, overlapping = compare(a - same, b - same)
            counts.drawn[layer, "overlap", pair] += overlapping
            classes = classify(pairs)
            for name in ("label", "edge", "both", "only_a", "only_b"):
                counts.plain[layer, f"class {name}", pair] += getattr(classes, name)
            for one, other in pairs:
                mine, theirs = one[2] if one else NOTHING, other[2] if other else NOTHING
                counts.plain[layer, "confusion", mine, theirs] += 1
                if mine != theirs:
                    known = one or other
                    differing.append((mine, theirs, *(known[:2] if known else (0, 0))))
        scores.append(2 * exact / (n_a + n_b))
    return Seen(scores, differing)


def _count_segments(counts: Counts, layer: str, lanes: Lanes, lines: Sequence[int]) -> Seen:
    boundaries = {name: [m for m in marks if isinstance(m, Boundary)] for name, marks in lanes.items()}
    units = units_of(lines, [boundary for each in boundaries.values() for boundary in each])
    placed = {name: opened(each, units) for name, each in boundaries.items()}
    length = units.length
    if length > 1:
        for name, each in placed.items():
            counts.plain[layer, "rates", ""] += len(each) / (length - 1)
            counts.plain[layer, "rated", ""] += 1
            counts.plain[layer, "placed", name] += len(each)
            counts.plain[layer, "places", name] += length - 1
    counts.plain[layer, "pages", ""] += 1
    counts.plain[layer, "pages alike", ""] += len(set(placed.values())) == 1
    scores = []
    for pair in combinations(placed, 2):
        a, b = placed[pair[0]], placed[pair[1]]
        counts.plain[layer, "documents", pair] += 1
        counts.plain[layer, "alike", pair] += a == b
        edits = Edits(len(a), 0, 0) if a == b else boundary_edits(a, b)
        counts.plain[layer, "n_a", pair] += len(a)
        counts.plain[layer, "n_b", pair] += len(b)
        counts.drawn[layer, "exact", pair] += edits.matches
        counts.drawn[layer, "units", pair] += len(a) + len(b)
        counts.drawn[layer, "within", pair] += edits.matches + edits.near
        counts.plain[layer, "near", pair] += edits.near
        counts.plain[layer, "missed", pair] += edits.missed
        counts.plain[layer, "similar", pair] += edits.matches + 0.5 * edits.near
        counts.plain[layer, "edits", pair] += edits.matches + edits.near + edits.missed
        if a == b:
            counts.plain[layer, "windows", pair] += 2 * max(0, length - default_window(a, length))
        else:
            for found in (windows(a, b, length), windows(b, a, length)):
                counts.plain[layer, "windows", pair] += found.total
                counts.plain[layer, "windows differing", pair] += found.differing
                counts.plain[layer, "windows split", pair] += found.split_differently
        if a or b:
            scores.append(2 * edits.matches / (len(a) + len(b)))
    labelled = {name: line_labels(each, lines) for name, each in boundaries.items()}
    return Seen(scores, _count_items(counts, layer, labelled, lines))


def _count_items(
    counts: Counts, layer: str, labels: Mapping[str, list[str]], positions: Sequence[int]
) -> list[tuple[str, str, int, int]]:
    """Count fixed items, each with a label of every annotator; items that nobody labelled are left out."""
    differing: list[tuple[str, str, int, int]] = []
    kept = [i for i in range(len(positions)) if any(each[i] != NOTHING for each in labels.values())]
    if not kept:
        return differing
    items = Counter(tuple(each[i] for each in labels.values()) for i in kept)
    n = len(labels)
    for item, times in items.items():
        uses = Counter(item)
        for values, weight in coincidences([item]).items():
            counts.drawn[layer, "coincidence", *values] += times * weight
        counts.plain[layer, "items", n] += times
        counts.plain[layer, "item agreement", n] += times * sum(c * (c - 1) for c in uses.values()) / (n * (n - 1))
        for label, c in uses.items():
            counts.plain[layer, "item uses", n, label] += times * c
        for (first, second), (one, other) in zip(combinations(labels, 2), combinations(item, 2), strict=True):
            counts.plain[layer, "table", (first, second), one, other] += times
            counts.plain[layer, "confusion", one, other] += times
    for pair in combinations(labels, 2):
        if labels[pair[0]] == labels[pair[1]]:
            continue
        before = None
        for i in kept:
            one, other = labels[pair[0]][i], labels[pair[1]][i]
            # A run of lines in one segment is one example.
            if one != other and (one, other) != before:
                differing.append((one, other, positions[i], positions[i]))
            before = (one, other)
    return differing
