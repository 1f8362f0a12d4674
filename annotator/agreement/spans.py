"""Agreement on spans: labelled stretches of text, compared as sets.

A unit is `(start, end, label)` in code points, end exclusive, without blanks at its edges. Scores are None where both
sides are empty: nobody can agree or disagree about nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

Unit = tuple[int, int, str]


def f1(matches: float, n_a: int, n_b: int) -> float | None:
    """Harmonic mean of precision and recall from the number of matches and of units on both sides."""
    return 2 * matches / (n_a + n_b) if n_a + n_b else None


def exact_f1(a: Collection[Unit], b: Collection[Unit]) -> float | None:
    """F1 of units equal in start, end and label.

    Source: Hripcsak and Rothschild (2005), JAMIA 12(3), on F1 as agreement where there are no fixed items.
    """
    first, second = set(a), set(b)
    return f1(len(first & second), len(first), len(second))


def edges_f1(a: Collection[Unit], b: Collection[Unit]) -> float | None:
    """F1 of stretches equal in start and end, whatever their labels."""
    first, second = _edges(a), _edges(b)
    return f1(len(first & second), len(first), len(second))


def overlap_f1(a: Collection[Unit], b: Collection[Unit]) -> float | None:
    """F1 of units of one label that share at least one character, each used once."""
    first, second = set(a), set(b)
    return f1(overlap_matches(first, second), len(first), len(second))


def overlap_matches(a: Collection[Unit], b: Collection[Unit]) -> int:
    """How many units of the same label can be paired one to one, equal ones first, then by largest overlap."""
    first, second = set(a), set(b)
    return len(first & second) + compare(first - second, second - first)[1]


def align(a: Collection[Unit], b: Collection[Unit]) -> list[tuple[Unit | None, Unit | None]]:
    """Pair units one to one: equal ones, then those with equal edges, then by largest overlap; the rest stand alone.

    Returns:
        The pairs in text order. Swapping `a` and `b` swaps each pair and changes nothing else.
    """
    first, second = set(a), set(b)
    pairs: list[tuple[Unit | None, Unit | None]] = [(unit, unit) for unit in first & second]
    return sorted(pairs + compare(first - second, second - first)[0], key=_pair_order)


def compare(rest_a: Collection[Unit], rest_b: Collection[Unit]) -> tuple[list[tuple[Unit | None, Unit | None]], int]:
    """As `align`, in no order, for units that the other side does not have as they are; and how many share a label.

    The second number is what they add to `overlap_matches`, which pairs units of one label only.
    """
    met = list(_overlapping(sorted(rest_a), sorted(rest_b)))
    met_a, met_b = {one for one, _ in met}, {other for _, other in met}
    # Where each meets one other only, there is nothing to choose.
    chosen = len(met_a) < len(met) or len(met_b) < len(met)
    aligned = _one_to_one(met) if chosen else met
    used_a, used_b = ({one for one, _ in aligned}, {other for _, other in aligned}) if chosen else (met_a, met_b)
    pairs: list[tuple[Unit | None, Unit | None]] = list(aligned)
    pairs += [(unit, None) for unit in rest_a if unit not in used_a]
    pairs += [(None, unit) for unit in rest_b if unit not in used_b]
    alike = [(one, other) for one, other in met if one[2] == other[2]]
    return pairs, len(_one_to_one(alike)) if chosen else len(alike)


def _pair_order(pair: tuple[Unit | None, Unit | None]) -> tuple[Unit, Unit]:
    present = sorted(unit for unit in pair if unit is not None)
    return present[0], present[-1]


def _closest(pair: tuple[Unit, Unit]) -> tuple[bool, int, int, Unit, Unit]:
    """Sort key of pairs that overlap: equal edges first, then the largest overlap; the same when the pair is turned."""
    one, other = pair
    shared = min(one[1], other[1]) - max(one[0], other[0])
    apart = abs(one[0] - other[0]) + abs(one[1] - other[1])
    return (apart > 0, -shared, apart, one, other) if one < other else (apart > 0, -shared, apart, other, one)


def _one_to_one(met: Iterable[tuple[Unit, Unit]]) -> list[tuple[Unit, Unit]]:
    used_a, used_b = set(), set()
    pairs = []
    for pair in sorted(met, key=_closest):
        one, other = pair
        if one not in used_a and other not in used_b:
            used_a.add(one)
            used_b.add(other)
            pairs.append(pair)
    return pairs


def _overlapping(a: Sequence[Unit], b: Sequence[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """The pairs of units that share a character, of two lists in text order."""
    active: list[Unit] = []
    i, n = 0, len(b)
    for one in a:
        start, end = one[0], one[1]
        while i < n and b[i][0] < end:
            active.append(b[i])
            i += 1
        if active:
            active = [other for other in active if other[1] > start]
            for other in active:
                if other[0] < end:
                    yield one, other


def _edges(units: Iterable[Unit]) -> set[tuple[int, int]]:
    return {(start, end) for start, end, _ in units}


@dataclass(frozen=True, slots=True)
class Classes:
    """What became of two annotators' units, pair by pair."""

    exact: int = 0
    label: int = 0
    """Equal edges, another label."""
    edge: int = 0
    """Overlap and the same label, other edges."""
    both: int = 0
    """Overlap only."""
    only_a: int = 0
    only_b: int = 0

    def __add__(self, other: "Classes") -> "Classes":
        """The classes of two documents together."""
        return Classes(
            self.exact + other.exact,
            self.label + other.label,
            self.edge + other.edge,
            self.both + other.both,
            self.only_a + other.only_a,
            self.only_b + other.only_b,
        )

    @property
    def n_a(self) -> int:
        """Units of the first annotator."""
        return self.exact + self.label + self.edge + self.both + self.only_a

    @property
    def n_b(self) -> int:
        """Units of the second annotator."""
        return self.exact + self.label + self.edge + self.both + self.only_b


def classify(pairs: Iterable[tuple[Unit | None, Unit | None]]) -> Classes:
    """Count the kinds of pairs that `align` makes."""
    return Classes(**count_classes(pairs))


def count_classes(pairs: Iterable[tuple[Unit | None, Unit | None]]) -> Counter[str]:
    """As `classify`, by the names of the fields; those that do not occur are left out."""
    counts: Counter[str] = Counter()
    for one, other in pairs:
        if one is None or other is None:
            counts["only_b" if one is None else "only_a"] += 1
        elif one[:2] == other[:2]:
            counts["exact" if one == other else "label"] += 1
        else:
            counts["edge" if one[2] == other[2] else "both"] += 1
    return counts


def semeval_f1(classes: Classes) -> dict[str, float | None]:
    """The four scores of SemEval-2013 task 9.1, from classes.

    Returns:
        `strict` (edges and label), `exact` (edges), `partial` (edges, an overlap counts half), `ent_type` (label and
        any overlap).

    Source: Segura-Bedmar, Martínez and Herrero-Zazo (2013), SemEval-2013 task 9.
    """
    c = classes
    correct = {
        "strict": float(c.exact),
        "exact": float(c.exact + c.label),
        "partial": c.exact + c.label + 0.5 * (c.edge + c.both),
        "ent_type": float(c.exact + c.edge),
    }
    return {name: f1(value, c.n_a, c.n_b) for name, value in correct.items()}


def token_f1(a: Collection[int], b: Collection[int], tokens: int) -> tuple[float | None, float | None]:
    """F1 over single tokens of one label: of those that carry it, and of those that do not.

    Their mean flatters rare labels, as nearly all tokens do not carry them.
    """
    first, second = set(a), set(b)
    both, either = len(first & second), len(first | second)
    return f1(both, len(first), len(second)), f1(tokens - either, tokens - len(first), tokens - len(second))


def intersection_over_union(a: Unit, b: Unit) -> float:
    """Characters two stretches share, by the characters either covers; labels do not count."""
    shared = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return shared / (a[1] - a[0] + b[1] - b[0] - shared)


def share_at_least(values: Sequence[float], threshold: float) -> float | None:
    """Share of values that reach a threshold, as where pairs count as equal from some intersection over union on."""
    return sum(value >= threshold for value in values) / len(values) if values else None
