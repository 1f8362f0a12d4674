"""Agreement on units in a continuum: Krippendorff's alphas for annotators who find and label stretches of text.

A unit is `(start, end)`, end exclusive, on a continuum of `length` points from `begin`. The units of one annotator and
label must not overlap; what lies between them is a gap. Values are None where no disagreement could be expected.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

Stretch = tuple[int, int]
Unit = tuple[int, int, str]


def alpha_u(raters_by_label: Mapping[str, Sequence[Sequence[Stretch]]], length: int, begin: int = 0) -> float | None:
    """Krippendorff's alpha for unitizing, all labels together.

    Args:
        raters_by_label: For each label, the units of every annotator.
        length: Points of the continuum.
        begin: Where it begins.

    Source: Krippendorff (1995), Sociological Methodology 25; (2004), Content Analysis, pages 251 to 256.
    """
    observed = sum(alpha_u_observed(raters, length, begin) for raters in raters_by_label.values())
    expected = sum(alpha_u_expected(raters, length, begin) for raters in raters_by_label.values())
    return None if expected <= 0 else 1 - observed / expected


def alpha_u_observed(raters: Sequence[Sequence[Stretch]], length: int, begin: int = 0) -> float:
    """Observed disagreement of one label: squared differences of what meets, by pairs and length squared."""
    rater_sections = [list(_sections(units, length, begin)) for units in raters]
    m = len(raters)
    total = sum(_squared_differences(a, b) for a, b in combinations(rater_sections, 2))
    return 2 * total / (m * (m - 1) * length**2)


def alpha_u_expected(raters: Sequence[Sequence[Stretch]], length: int, begin: int = 0) -> float:
    """Disagreement of one label if its units and gaps were combined by chance."""
    units: Counter[int] = Counter()
    gaps: Counter[int] = Counter()
    for rater in raters:
        for start, end, is_unit in _sections(rater, length, begin):
            (units if is_unit else gaps)[end - start] += 1
    return expected_from_lengths(units, gaps, len(raters) * length, length)


def expected_from_lengths(units: Mapping[int, int], gaps: Mapping[int, int], points: int, length: int) -> float:
    """`alpha_u_expected` from how often each length of a unit and of a gap occurs.

    Args:
        units: Number of units by length, all annotators together.
        gaps: Number of gaps by length.
        points: Annotators times the points of the continuum.
        length: Points of the continuum.
    """
    count = sum(units.values())
    total = 0.0
    for n, times in units.items():
        apart = (count - 1) * (2 * n**3 - 3 * n**2 + n) / 3
        inside = n**2 * sum(many * (gap - n + 1) for gap, many in gaps.items() if gap >= n)
        total += times * (apart + inside)
    # Same unit with itself is no pair.
    pairs = points * (points - 1) - sum(times * n * (n - 1) for n, times in units.items())
    return 2 * total / length / pairs if pairs > 0 else 0.0


def alpha_u_pooled(texts: Sequence[tuple[Mapping[str, Sequence[Sequence[Stretch]]], int]]) -> float | None:
    """`alpha_u` over several texts as one continuum, in which no gap reaches across the end of a text.

    Args:
        texts: For each text the units by label and annotator, and its length; the same annotators in all.
    """
    length = sum(n for _, n in texts)
    # In order, so that sums of fractions come out the same each time.
    labels = sorted({label for text, _ in texts for label in text})
    raters = {len(each) for text, _ in texts for each in text.values()}
    if len(raters) != 1 or length == 0:
        return None
    m = raters.pop()
    observed = expected = 0.0
    for label in labels:
        units: Counter[int] = Counter()
        gaps: Counter[int] = Counter()
        for text, n in texts:
            each = text.get(label, [()] * m)
            observed += alpha_u_observed(each, n) * (n / length) ** 2
            for rater in each:
                for start, end, is_unit in _sections(rater, n, 0):
                    (units if is_unit else gaps)[end - start] += 1
        expected += expected_from_lengths(units, gaps, m * length, length)
    return None if expected <= 0 else 1 - observed / expected


def _sections(units: Iterable[Stretch], length: int, begin: int) -> Iterable[tuple[int, int, bool]]:
    at = begin
    for start, end in sorted(units):
        if start < at:
            raise ValueError("Units of one annotator and label must not overlap.")
        if start > at:
            yield at, start, False
        yield start, end, True
        at = end
    if at < begin + length:
        yield at, begin + length, False


def _squared_differences(a: Sequence[tuple[int, int, bool]], b: Sequence[tuple[int, int, bool]]) -> int:
    total = i = j = 0
    while i < len(a) and j < len(b):
        start_a, end_a, unit_a = a[i]
        start_b, end_b, unit_b = b[j]
        if unit_a and unit_b:
            total += (start_a - start_b) ** 2 + (end_a - end_b) ** 2
        elif unit_a and start_b <= start_a and end_a <= end_b:
            total += (end_a - start_a) ** 2
        elif unit_b and start_a <= start_b and end_b <= end_a:
            total += (end_b - start_b) ** 2
        i, j = i + (end_a <= end_b), j + (end_b <= end_a)
    return total


def unitized_alpha(raters: Sequence[Sequence[Unit]], length: int, *, labels: bool = True) -> float | None:
    """Krippendorff's unitized alpha over coinciding lengths; gaps are a value of their own, and so are labels.

    Args:
        raters: Every annotator's units, which must not overlap.
        length: Points of the continuum, from 0.
        labels: Whether labels count; without them only where something is marked.

    Source: Krippendorff, Mathet, Bouvry and Widlöcher (2016), Quality & Quantity 50(6).
    """
    coded = [_coded(units, length, labels) for units in raters]
    m = len(coded)
    observed: Counter[tuple[str, str]] = Counter()
    for a, b in combinations(coded, 2):
        for first, second, points in _meetings(a, b):
            observed[first, second] += points
            observed[second, first] += points
    margin: Counter[str] = Counter()
    for (value, _), points in observed.items():
        margin[value] += points
    scaled = {value: points / (m - 1) for value, points in margin.items()}
    total = sum(scaled.values())
    with_self: Counter[str] = Counter()
    for units_and_gaps in coded:
        for start, end, value in units_and_gaps:
            # A unit cannot meet itself; the points of a gap stand singly.
            with_self[value] += (end - start) ** 2 if value else end - start
    pairs = total**2 - sum(with_self.values())
    if pairs <= 0:
        return None
    agreed = sum(points for (a, b), points in observed.items() if a == b) / (m - 1)
    by_chance = total * sum(points**2 - with_self[value] for value, points in scaled.items()) / pairs
    return None if total - by_chance <= 0 else 1 - (total - agreed) / (total - by_chance)


def _coded(units: Sequence[Unit], length: int, labels: bool) -> list[tuple[int, int, str]]:
    names = {(start, end): f"={label}" if labels else "=" for start, end, label in units}
    return [
        (start, end, names[start, end] if unit else "")
        for start, end, unit in _sections([(start, end) for start, end, _ in units], length, 0)
    ]


def _meetings(a: Sequence[tuple[int, int, str]], b: Sequence[tuple[int, int, str]]) -> Iterable[tuple[str, str, int]]:
    i = j = 0
    while i < len(a) and j < len(b):
        points = min(a[i][1], b[j][1]) - max(a[i][0], b[j][0])
        yield a[i][2], b[j][2], points
        end_a, end_b = a[i][1], b[j][1]
        i, j = i + (end_a <= end_b), j + (end_b <= end_a)
