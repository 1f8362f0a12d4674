"""What is counted of one document for the agreement report, so that everything after is sums over documents.

A key starts with the name of a layer and of a count; pairs of annotators are `(a, b)` in alphabetical order.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from annotator.agreement.boundaries import Edits, Windows, boundary_edits, default_window, windows
from annotator.agreement.coding import coincidences
from annotator.agreement.lanes import NOTHING, label_at_lines, units_with
from annotator.agreement.spans import Unit, compare, count_classes
from annotator.core.schema import Layer, LayerKind
from annotator.core.sheet import Row

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


Lanes = Mapping[str, Sequence[Row]]
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
    uses = {name: Counter([label for _, _, label in rows]) for name, rows in lanes.items()}
    for name, rows in lanes.items():
        counts.plain[layer.name, "marks", name] += len(rows)
        for label, n in uses[name].items():
            counts.plain[layer.name, "uses", name, label] += n
    if len(lanes) < 2:
        return Seen([], [])
    _count_uses(counts, layer.name, uses)
    if layer.kind is LayerKind.SPANS:
        return _count_spans(counts, layer.name, {name: set(rows) for name, rows in lanes.items()}, uses)
    if layer.kind is LayerKind.SEGMENTS:
        return _count_segments(counts, layer.name, lanes, lines)
    labels = {name: " + ".join(sorted(label for _, _, label in rows)) or NOTHING for name, rows in lanes.items()}
    return Seen([], _count_items(counts, layer.name, {name: [label] for name, label in labels.items()}, [0]))


def _count_uses(counts: Counts, layer: str, uses: Mapping[str, Counter[str]]) -> None:
    """Labels used on pages that others have finished too, by each annotator and by the mean of those others."""
    everyone: Counter[str] = Counter()
    for own in uses.values():
        everyone.update(own)
    others = len(uses) - 1
    for label, n in everyone.items():
        for name, own in uses.items():
            counts.plain[layer, "shared uses", name, label] += own[label]
            counts.plain[layer, "uses beside", name, label] += (n - own[label]) / others


def _count_spans(counts: Counts, layer: str, units: Mapping[str, set[Unit]], uses: Mapping[str, Counter[str]]) -> Seen:
    plain, drawn = counts.plain, counts.drawn
    # Where no two spans of anyone start at one place, equal spans have equal edges, and only the others are looked at.
    apart = all(len({start for start, _, _ in each}) == len(each) for each in units.values())
    edges = {} if apart else {name: {(start, end) for start, end, _ in each} for name, each in units.items()}
    labels = {
        # A span that only blanks tell from another is one with it, so that labels are counted anew there.
        name: uses[name] if uses[name].total() == len(each) else Counter([label for _, _, label in each])
        for name, each in units.items()
    }
    scores: list[float] = []
    differing: list[tuple[str, str, int, int]] = []
    for pair in combinations(units, 2):
        a, b = units[pair[0]], units[pair[1]]
        n_a, n_b = len(a), len(b)
        plain[layer, "documents", pair] += 1
        if not n_a and not n_b:
            continue
        same = a & b
        exact = len(same)
        plain[layer, "n_a", pair] += n_a
        plain[layer, "n_b", pair] += n_b
        drawn[layer, "exact", pair] += exact
        drawn[layer, "units", pair] += n_a + n_b
        rest_a, rest_b = a - same, b - same
        if apart:
            alike = {(start, end) for start, end, _ in rest_a}.intersection([(start, end) for start, end, _ in rest_b])
            drawn[layer, "edges", pair] += exact + len(alike)
            drawn[layer, "stretches", pair] += n_a + n_b
        else:
            drawn[layer, "edges", pair] += len(edges[pair[0]] & edges[pair[1]])
            drawn[layer, "stretches", pair] += len(edges[pair[0]]) + len(edges[pair[1]])
        for side in pair:
            for label, n in labels[side].items():
                drawn[layer, "label units", pair, label] += n
        for label, n in Counter([label for _, _, label in same]).items():
            drawn[layer, "label exact", pair, label] += n
            plain[layer, "confusion", label, label] += n
        plain[layer, "class exact", pair] += exact
        overlapping = 0
        if rest_a or rest_b:
            pairs, overlapping = compare(rest_a, rest_b)
            for name, n in count_classes(pairs).items():
                plain[layer, f"class {name}", pair] += n
            for one, other in pairs:
                mine, theirs = one[2] if one else NOTHING, other[2] if other else NOTHING
                plain[layer, "confusion", mine, theirs] += 1
                if mine != theirs:
                    known = one or other
                    differing.append((mine, theirs, *(known[:2] if known else (0, 0))))
        drawn[layer, "overlap", pair] += exact + overlapping
        scores.append(2 * exact / (n_a + n_b))
    return Seen(scores, differing)


def _count_segments(counts: Counts, layer: str, lanes: Lanes, lines: Sequence[int]) -> Seen:
    plain, drawn = counts.plain, counts.drawn
    units = units_with(lines, {start for rows in lanes.values() for start, _, _ in rows})
    placed = {name: units.opened(start for start, _, _ in rows) for name, rows in lanes.items()}
    length = units.length
    if length > 1:
        for name, each in placed.items():
            plain[layer, "rates", ""] += len(each) / (length - 1)
            plain[layer, "rated", ""] += 1
            plain[layer, "placed", name] += len(each)
            plain[layer, "places", name] += length - 1
    plain[layer, "pages", ""] += 1
    plain[layer, "pages alike", ""] += len(set(placed.values())) == 1
    scores = []
    for pair in combinations(placed, 2):
        a, b = placed[pair[0]], placed[pair[1]]
        plain[layer, "documents", pair] += 1
        alike = a == b
        edits = Edits(len(a), 0, 0) if alike else boundary_edits(a, b)
        plain[layer, "n_a", pair] += len(a)
        plain[layer, "n_b", pair] += len(b)
        drawn[layer, "exact", pair] += edits.matches
        drawn[layer, "units", pair] += len(a) + len(b)
        drawn[layer, "within", pair] += edits.matches + edits.near
        plain[layer, "similar", pair] += edits.matches + 0.5 * edits.near
        plain[layer, "edits", pair] += edits.matches + edits.near + edits.missed
        if alike:
            plain[layer, "alike", pair] += 1
            plain[layer, "windows", pair] += 2 * max(0, length - default_window(a, length))
        else:
            plain[layer, "near", pair] += edits.near
            plain[layer, "missed", pair] += edits.missed
            for found in _both_ways(a, b, length):
                plain[layer, "windows", pair] += found.total
                plain[layer, "windows differing", pair] += found.differing
                plain[layer, "windows split", pair] += found.split_differently
        if a or b:
            scores.append(2 * edits.matches / (len(a) + len(b)))
    labelled = {name: label_at_lines(rows, lines) for name, rows in lanes.items()}
    return Seen(scores, _count_items(counts, layer, labelled, lines))


def _both_ways(a: frozenset[int], b: frozenset[int], length: int) -> tuple[Windows, Windows]:
    """The windows with either side as the reference; they are counted once where both give windows of one size."""
    found = windows(a, b, length)
    return found, found if len(a) == len(b) else windows(b, a, length)


Item = tuple[str, ...]


@lru_cache(maxsize=4096)
def _of_item(item: Item) -> tuple[Mapping[tuple[Any, Any], float], float, Mapping[str, int]]:
    """What every item with these labels adds: its coincidences, its agreement, and the uses of its labels."""
    uses = Counter(item)
    n = len(item)
    return coincidences([item]), sum(c * (c - 1) for c in uses.values()) / (n * (n - 1)), uses


def _add_items(counts: Counts, layer: str, names: Iterable[str], items: Mapping[Item, int]) -> None:
    """Add how often each item occurs."""
    plain, drawn = counts.plain, counts.drawn
    pairs = list(combinations(names, 2))
    for item, times in items.items():
        met, agreement, uses = _of_item(item)
        n = len(item)
        for values, weight in met.items():
            drawn[layer, "coincidence", *values] += times * weight
        plain[layer, "items", n] += times
        plain[layer, "item agreement", n] += times * agreement
        for label, c in uses.items():
            plain[layer, "item uses", n, label] += times * c
        for pair, (one, other) in zip(pairs, combinations(item, 2), strict=True):
            plain[layer, "table", pair, one, other] += times
            plain[layer, "confusion", one, other] += times


def _count_items(
    counts: Counts, layer: str, labels: Mapping[str, list[str]], positions: Sequence[int]
) -> list[tuple[str, str, int, int]]:
    """Count fixed items, each with a label of every annotator; items that nobody labelled are left out."""
    differing: list[tuple[str, str, int, int]] = []
    n = len(labels)
    nobody = (NOTHING,) * n
    rows = [
        (item, at) for item, at in zip(zip(*labels.values(), strict=True), positions, strict=True) if item != nobody
    ]
    if not rows:
        return differing
    _add_items(counts, layer, labels, Counter([item for item, _ in rows]))
    for i, j in combinations(range(n), 2):
        before = None
        for item, at in rows:
            one, other = item[i], item[j]
            # A run of lines in one segment is one example.
            if one != other and (one, other) != before:
                differing.append((one, other, at, at))
            before = (one, other)
    return differing
