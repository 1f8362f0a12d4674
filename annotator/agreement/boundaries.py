"""Agreement on boundaries: where annotators open segments in a text of `length` units.

A segmentation is a set of unit indices in `1..length - 1`, the first units of all segments but the first. A unit is
the smallest stretch that is never cut: a block of a page, a sentence, a character. Measures are None where not defined.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations

NEAR = 1
"""Units between two boundaries that still count as one boundary in two places."""


def boundaries_from_masses(masses: Sequence[int]) -> tuple[frozenset[int], int]:
    """Boundaries and length from the lengths of the segments, in order."""
    ends = list(accumulate(masses))
    return frozenset(ends[:-1]), ends[-1] if ends else 0


@dataclass(frozen=True, slots=True)
class Edits:
    """How one segmentation becomes another (boundary edit distance with transpositions over one unit)."""

    matches: int
    """Boundaries both have."""
    near: int
    """Boundaries that stand one unit apart."""
    missed: int
    """Boundaries that only one of them has."""

    def __add__(self, other: "Edits") -> "Edits":
        """The edits of two texts together."""
        return Edits(self.matches + other.matches, self.near + other.near, self.missed + other.missed)


def boundary_edits(a: Collection[int], b: Collection[int]) -> Edits:
    """Compare two sets of boundaries: equal, one unit apart (each used once, leftmost first), or missing in one.

    Source: Fournier (2013), Evaluating text segmentation using boundary edit distance, ACL.
    """
    first, second = set(a), set(b)
    only_a, only_b = first - second, second - first
    near = 0
    for position in sorted(only_a | only_b):
        following = position + NEAR
        if position in only_a and following in only_b:
            only_a.discard(position)
            only_b.discard(following)
            near += 1
        elif position in only_b and following in only_a:
            only_b.discard(position)
            only_a.discard(following)
            near += 1
    return Edits(len(first & second), near, len(only_a) + len(only_b))


def boundary_similarity(edits: Edits) -> float | None:
    """Boundary similarity B: 1 minus the weighted edits by their number; two texts without boundaries agree wholly.

    Source: Fournier (2013), with transpositions over one unit, each at half weight.
    """
    total = edits.matches + edits.near + edits.missed
    return 1.0 if total == 0 else (edits.matches + 0.5 * edits.near) / total


def segmentation_similarity(edits: Edits, length: int) -> float | None:
    """Segmentation similarity S: 1 minus the weighted edits by the places where a boundary could stand.

    Source: Fournier and Inkpen (2012), Segmentation similarity and agreement, NAACL.
    """
    return None if length < 2 else 1 - (edits.missed + 0.5 * edits.near) / (length - 1)


def boundary_f1(a: Collection[int], b: Collection[int], within: int = 0) -> float | None:
    """F1 of one set of boundaries against the other; None where both are empty.

    Args:
        a: Boundaries of one annotator.
        b: Boundaries of the other; swapping them changes nothing.
        within: Units two boundaries may lie apart and still match, each used once.
    """
    total = len(set(a)) + len(set(b))
    return None if total == 0 else 2 * matched_boundaries(a, b, within) / total


def matched_boundaries(a: Collection[int], b: Collection[int], within: int = 0) -> int:
    """How many boundaries can be paired one to one, the same ones first, then those at most `within` units apart."""
    first, second = set(a), set(b)
    matched = len(first & second)
    if within == 0:
        return matched
    rest_a, rest_b = sorted(first - second), sorted(second - first)
    i = j = 0
    while i < len(rest_a) and j < len(rest_b):
        if abs(rest_a[i] - rest_b[j]) <= within:
            matched, i, j = matched + 1, i + 1, j + 1
        elif rest_a[i] < rest_b[j]:
            i += 1
        else:
            j += 1
    return matched


def precision_recall(found: Collection[int], reference: Collection[int]) -> tuple[float | None, float | None]:
    """Share of `found` that is in `reference`, and share of `reference` that was found; None of an empty set."""
    both = len(set(found) & set(reference))
    return (both / len(set(found)) if found else None, both / len(set(reference)) if reference else None)


def default_window(reference: Collection[int], length: int) -> int:
    """Half the mean segment of the reference, rounded, and at least 2."""
    return max(2, round(length / (len(set(reference)) + 1) / 2))


def window_diff(
    reference: Collection[int], other: Collection[int], length: int, *, window: int | None = None
) -> float | None:
    """Share of windows in which two segmentations hold a different number of boundaries.

    Args:
        reference: Boundaries taken as correct.
        other: Boundaries compared with them.
        length: Units in the text.
        window: Units between the two ends of a window; `default_window` where not given.

    Returns:
        From 0.0, the same count in every window, to 1.0; None where no window fits.

    Source: Pevzner and Hearst (2002), Computational Linguistics 28(1).
    """
    counts = windows(reference, other, length, window)
    return counts.differing / counts.total if counts.total else None


def pk(reference: Collection[int], other: Collection[int], length: int, *, window: int | None = None) -> float | None:
    """Share of windows whose ends lie in one segment for one segmentation and in two for the other.

    Args and returns are those of `window_diff`.

    Source: Beeferman, Berger and Lafferty (1999), Machine Learning 34.
    """
    counts = windows(reference, other, length, window)
    return counts.split_differently / counts.total if counts.total else None


@dataclass(frozen=True, slots=True)
class Windows:
    """Counts over all windows of a text."""

    total: int
    differing: int
    """Windows with a different number of boundaries."""
    split_differently: int
    """Windows with a boundary for one only."""


def windows(reference: Collection[int], other: Collection[int], length: int, window: int | None = None) -> Windows:
    """Slide a window over the text and count what WindowDiff and Pk need."""
    k = default_window(reference, length) if window is None else window
    total = length - k
    if k < 1 or total < 1:
        return Windows(0, 0, 0)
    before_a, before_b = _cumulative(reference, length), _cumulative(other, length)
    differing = split = 0
    for start in range(total):
        in_a = before_a[start + k] - before_a[start]
        in_b = before_b[start + k] - before_b[start]
        differing += in_a != in_b
        split += (in_a > 0) != (in_b > 0)
    return Windows(total, differing, split)


def _cumulative(boundaries: Collection[int], length: int) -> list[int]:
    marks = [0] * (length + 1)
    for boundary in boundaries:
        if 0 < boundary < length:
            marks[boundary] = 1
    return list(accumulate(marks))


Segmentations = Mapping[str, tuple[Collection[int], int]]
"""For each annotator, the boundaries of one text and its length."""


def actual_agreement(texts: Iterable[Segmentations]) -> float | None:
    """Boundary similarity of all pairs of annotators in all texts, pooled by the number of edits."""
    total = Edits(0, 0, 0)
    pairs = 0
    for text in texts:
        for a, b in combinations(sorted(text), 2):
            total += boundary_edits(text[a][0], text[b][0])
            pairs += 1
    return boundary_similarity(total) if pairs else None


def boundary_pi(texts: Sequence[Segmentations]) -> float | None:
    """Fleiss' multi-pi over boundary similarity: chance has all annotators open segments equally often.

    The expected agreement counts boundaries, not segments, and each text counts the same in it.

    Source: Fournier (2013), Evaluating text segmentation using boundary edit distance, ACL.
    """
    rates = [len(set(placed)) / (length - 1) for text in texts for placed, length in text.values() if length > 1]
    return pi_from_rate(actual_agreement(texts), sum(rates) / len(rates) if rates else None)


def boundary_kappa(texts: Sequence[Segmentations]) -> float | None:
    """Fleiss' multi-kappa over boundary similarity: chance has each annotator open segments at their own rate.

    Source: Fournier (2013).
    """
    totals: dict[str, tuple[int, int]] = {}
    for text in texts:
        for annotator, (boundaries, length) in text.items():
            placed, places = totals.get(annotator, (0, 0))
            totals[annotator] = (placed + len(set(boundaries)), places + max(0, length - 1))
    return kappa_from_rates(actual_agreement(texts), [placed / n for placed, n in totals.values() if n])


def pi_from_rate(actual: float | None, rate: float | None) -> float | None:
    """`boundary_pi` from the actual agreement and the mean share of the places at which a boundary stands."""
    return _corrected(actual, None if rate is None else rate**2)


def kappa_from_rates(actual: float | None, rates: Sequence[float]) -> float | None:
    """`boundary_kappa` from the actual agreement and every annotator's share of the places with a boundary."""
    pairs = [a * b for a, b in combinations(rates, 2)]
    return _corrected(actual, sum(pairs) / len(pairs) if pairs else None)


def _corrected(observed: float | None, expected: float | None) -> float | None:
    if observed is None or expected is None or expected >= 1:
        return None
    return (observed - expected) / (1 - expected)
