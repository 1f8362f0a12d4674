"""Agreement on fixed items: every annotator gives each item one label, or none.

An item is a sequence of values, one an annotator; `None` is a missing value and is left out. Every measure is None
where it is not defined: without items, or where chance alone would already agree on everything.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

Value = Hashable
Item = Sequence[Value | None]
Coincidences = Mapping[tuple[Any, Any], float]
"""How often one annotator's value met another's, both ways round: symmetric, and summing to the number of values."""


def items_from_contingency(table: Sequence[Sequence[int]], labels: Sequence[Value] | None = None) -> list[Item]:
    """Two annotators' items from a table of counts, `table[i][j]` times the i-th label against the j-th."""
    names: Sequence[Value] = range(len(table)) if labels is None else labels
    return [(names[i], names[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def observed_agreement(items: Iterable[Item]) -> float | None:
    """Share of the pairs of values of one item that are equal, averaged over items; plain percent agreement for two."""
    shares = []
    for item in items:
        counts = Counter(value for value in item if value is not None)
        n = counts.total()
        if n > 1:
            shares.append(sum(c * (c - 1) for c in counts.values()) / (n * (n - 1)))
    return sum(shares) / len(shares) if shares else None


def _pairs(items: Iterable[Item]) -> list[tuple[Value, Value]]:
    return [(item[0], item[1]) for item in items if len(item) == 2 and item[0] is not None and item[1] is not None]


def _corrected(observed: float, expected: float) -> float | None:
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def cohen_kappa(items: Iterable[Item]) -> float | None:
    """Chance-corrected agreement of two annotators, each with their own distribution of labels.

    Source: Cohen (1960), Educational and Psychological Measurement 20(1).
    """
    pairs = _pairs(items)
    if not pairs:
        return None
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(count * second[value] for value, count in first.items()) / (n * n)
    return _corrected(sum(a == b for a, b in pairs) / n, expected)


def scott_pi(items: Iterable[Item]) -> float | None:
    """Chance-corrected agreement of two annotators who share one distribution of labels.

    Source: Scott (1955), Public Opinion Quarterly 19(3).
    """
    pairs = _pairs(items)
    if not pairs:
        return None
    n = len(pairs)
    uses = Counter(value for pair in pairs for value in pair)
    expected = sum(count * count for count in uses.values()) / (4 * n * n)
    return _corrected(sum(a == b for a, b in pairs) / n, expected)


def bennett_s(items: Iterable[Item], categories: int) -> float | None:
    """Agreement of two annotators against a chance by which all `categories` are equally likely.

    Source: Bennett, Alpert and Goldstein (1954), Public Opinion Quarterly 18(3).
    """
    pairs = _pairs(items)
    if not pairs or categories < 2:
        return None
    return _corrected(sum(a == b for a, b in pairs) / len(pairs), 1 / categories)


def gwet_ac1(items: Iterable[Item], categories: int | None = None) -> float | None:
    """First-order agreement coefficient, which stays high where one label is nearly always right.

    Args:
        items: Values of two or more annotators; items with one value count for the label distribution only.
        categories: How many labels there are; those that were used where not given.

    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1).
    """
    rows = [counts for item in items if (counts := Counter(value for value in item if value is not None))]
    labels = {value for counts in rows for value in counts}
    q = len(labels) if categories is None else categories
    judged = [counts for counts in rows if counts.total() > 1]
    if not judged:
        return None
    if q < 2:
        return None
    observed = sum(
        sum(c * (c - 1) for c in counts.values()) / (counts.total() * (counts.total() - 1)) for counts in judged
    ) / len(judged)
    shares = [sum(counts[value] / counts.total() for counts in rows) / len(rows) for value in labels]
    expected = sum(p * (1 - p) for p in shares) / (q - 1)
    return _corrected(observed, expected)


def fleiss_kappa(items: Iterable[Item]) -> float | None:
    """Scott's pi for any number of annotators; every item needs the same number of values.

    Raises:
        ValueError: Items have different numbers of values.

    Source: Fleiss (1971), Psychological Bulletin 76(5).
    """
    rows = [Counter(value for value in item if value is not None) for item in items]
    if not rows:
        return None
    n = rows[0].total()
    if any(row.total() != n for row in rows):
        raise ValueError("Fleiss' kappa needs the same number of values for every item.")
    if n < 2:
        return None
    observed = sum(sum(c * (c - 1) for c in row.values()) for row in rows) / (len(rows) * n * (n - 1))
    uses = sum(rows, Counter())
    expected = sum(c * c for c in uses.values()) / (len(rows) * n) ** 2
    return _corrected(observed, expected)


def coincidences(items: Iterable[Item]) -> Counter[tuple[Value, Value]]:
    """The coincidence matrix of Krippendorff's alpha: all pairs of values of one item, each 1 / (values - 1)."""
    table: Counter[tuple[Value, Value]] = Counter()
    for item in items:
        counts = Counter(value for value in item if value is not None)
        n = counts.total()
        if n < 2:
            continue
        for a, count_a in counts.items():
            for b, count_b in counts.items():
                pairs = count_a * (count_b - 1) if a == b else count_a * count_b
                if pairs:
                    table[a, b] += pairs / (n - 1)  # type: ignore[assignment] # A Counter adds up fractions as well.
    return table


def alpha_from_coincidences(
    table: Coincidences, distance: Callable[[Value, Value], float] | None = None
) -> float | None:
    """Krippendorff's alpha from a coincidence matrix; None where only one value was ever used."""
    margin: Counter[Value] = Counter()
    for (a, _), n in table.items():
        margin[a] += n  # type: ignore[assignment] # A Counter adds up fractions as well.
    total = sum(margin.values())
    if total <= 1:
        return None
    if distance is None:
        observed = total - sum(table.get((value, value), 0.0) for value in margin)
        expected = (total * total - sum(n * n for n in margin.values())) / (total - 1)
    else:
        observed = sum(n * distance(a, b) for (a, b), n in table.items())
        expected = sum(margin[a] * margin[b] * distance(a, b) for a in margin for b in margin) / (total - 1)
    return None if expected <= 0 else 1 - observed / expected


def krippendorff_alpha(items: Iterable[Item], distance: Callable[[Value, Value], float] | None = None) -> float | None:
    """Krippendorff's alpha for any number of annotators and missing values.

    Args:
        items: Items with one value are left out.
        distance: Squared difference of two values; nominal, 0 or 1, where not given.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    return alpha_from_coincidences(coincidences(items), distance)
