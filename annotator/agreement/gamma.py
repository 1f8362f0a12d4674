"""The gamma agreement: how well units can be aligned, against units placed by chance.

A unit is `(start, end, label)`. The disorder of an alignment is the mean dissimilarity of what it pairs, by the mean
number of units of an annotator. Gamma is 1 minus observed by expected disorder; the expected one is the mean over
random samples, so the sampler, the seed and the number of samples belong to the value.

Source: Mathet, Widlöcher and Métivier (2015), Computational Linguistics 41(3); gamma-cat: Mathet (2017), CL 43(3).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random
from statistics import fmean, pstdev

from annotator.agreement.pairing import least_cost
from annotator.core.errors import AnnotatorError
from annotator.core.words import tr

Unit = tuple[float, float, str]
Aligned = tuple[Unit | None, ...]
Sampler = Callable[[Sequence[Sequence[Unit]], float, Random], list[list[Unit]]]


_FEWER = 1e-7
"""What one group more costs, so that of two equal alignments the one with fewer groups is taken."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much position, label and a missing partner count."""

    position: float = 3.0
    label: float = 1.0
    empty: float = 1.0


@dataclass(frozen=True, slots=True)
class Gamma:
    """A gamma value with all that it depends on."""

    value: float | None
    categorical: float | None
    """Gamma-cat: labels only, given the best alignment; see `label_disorder`."""
    observed: float | None
    expected: float | None
    samples: int
    seed: int


def gamma(
    raters: Sequence[Sequence[Unit]],
    length: float,
    *,
    weights: Weights = Weights(),
    samples: int = 30,
    seed: int = 0,
    sampler: Sampler | None = None,
    categorical: bool = True,
) -> Gamma:
    """Gamma of two or more annotators on one text.

    Args:
        raters: Every annotator's units.
        length: Characters of the text, for the circular shifts.
        weights: Weights of the dissimilarity.
        samples: Random texts over which the expected disorder is averaged.
        seed: Seed of the random texts.
        sampler: Makes a random text; `circular_shifts` where not given.
        categorical: Whether gamma-cat is computed too.

    Returns:
        A value of None where an annotator marked nothing: there is nothing to align.

    Raises:
        AnnotatorError: Three or more annotators need scipy, which is not there.
    """
    if len(raters) < 2 or not all(raters):
        return Gamma(None, None, None, None, 0, seed)
    observed, observed_label = _disorders(raters, weights, categorical)
    chance = Random(seed)
    random_texts = [
        _disorders((sampler or circular_shifts)(raters, length, chance), weights, categorical) for _ in range(samples)
    ]
    expected = sum(total for total, _ in random_texts) / samples
    known = [value for _, value in random_texts if value is not None]
    expected_label = sum(known) / len(known) if known else 0.0
    return Gamma(
        value=1 - observed / expected if expected > 0 else None,
        categorical=1 - observed_label / expected_label if expected_label > 0 and observed_label is not None else None,
        observed=observed,
        expected=expected,
        samples=samples,
        seed=seed,
    )


def _disorders(raters: Sequence[Sequence[Unit]], weights: Weights, categorical: bool) -> tuple[float, float | None]:
    if len(raters) == 2 and not categorical:
        gains = -sum(cost + _FEWER for *_, cost in _pairing(raters[0], raters[1], weights))
        units = len(raters[0]) + len(raters[1])
        return (weights.empty * units - gains) / (units / 2), None
    best = best_alignment(raters, weights)
    return disorder(best, raters, weights), label_disorder(best, weights) if categorical else None


def position_dissimilarity(a: Unit, b: Unit) -> float:
    """Squared sum of the differences of both edges, by the sum of the lengths."""
    return ((abs(a[0] - b[0]) + abs(a[1] - b[1])) / (a[1] - a[0] + b[1] - b[0])) ** 2


def _dissimilarity(a: Unit, b: Unit, weights: Weights) -> float:
    return weights.empty * (weights.position * position_dissimilarity(a, b) + weights.label * (a[2] != b[2]))


def _tuple_disorder(units: Sequence[Unit | None], weights: Weights) -> float:
    pairs = list(combinations(units, 2))
    return sum(weights.empty if a is None or b is None else _dissimilarity(a, b, weights) for a, b in pairs) / len(
        pairs
    )


def disorder(alignment: Sequence[Aligned], raters: Sequence[Sequence[Unit]], weights: Weights) -> float:
    """Sum of the mean dissimilarities within each aligned group, by the mean number of units of an annotator."""
    mean_units = sum(len(units) for units in raters) / len(raters)
    return sum(_tuple_disorder(units, weights) for units in alignment) / mean_units


def label_disorder(alignment: Sequence[Aligned], weights: Weights) -> float | None:
    """Mean dissimilarity of labels within aligned groups, close pairs weighing more; None where nothing was marked.

    A unit beside an annotator who marked nothing there counts as a pair with different labels, at full weight.
    Gamma-cat as first described leaves such pairs out; the values in use, of pygamma-agreement, count them.
    """
    total = weight = 0.0
    for group in alignment:
        units = [unit for unit in group if unit is not None]
        alone = len(units) * (len(group) - len(units)) * weights.empty
        weight += alone
        total += alone * weights.empty
        for a, b in combinations(units, 2):
            w = max(0.0, 1 - weights.position * position_dissimilarity(a, b)) / (len(units) - 1)
            weight += w
            total += w * weights.empty * (a[2] != b[2])
    return total / weight if weight else None


def best_alignment(raters: Sequence[Sequence[Unit]], weights: Weights) -> list[Aligned]:
    """The alignment of least disorder: every unit in exactly one group, at most one unit an annotator in a group.

    Where several have the least disorder, one with the fewest groups.

    Raises:
        AnnotatorError: Three or more annotators need scipy, which is not there.
    """
    if len(raters) == 2:
        return list(_align_two(raters[0], raters[1], weights))
    return list(_align_many(raters, weights))


def _align_two(a: Sequence[Unit], b: Sequence[Unit], weights: Weights) -> Iterator[Aligned]:
    left_a, left_b = set(range(len(a))), set(range(len(b)))
    for i, j, _ in _pairing(a, b, weights):
        yield a[i], b[j]
        left_a.discard(i)
        left_b.discard(j)
    yield from ((a[i], None) for i in sorted(left_a))
    yield from ((None, b[j]) for j in sorted(left_b))


def _pairing(a: Sequence[Unit], b: Sequence[Unit], weights: Weights) -> list[tuple[int, int, float]]:
    """Which units are paired, and what each pair costs less than two units without a partner, as a negative number."""
    order = sorted((start, j) for j, (start, _, _) in enumerate(b))
    starts = [start for start, _ in order]
    longest = max((end - start for start, end, _ in b), default=0.0)
    # Edges further apart than this cost more than two units without a partner.
    reach = (2.1 / weights.position) ** 0.5 if weights.position else float("inf")
    costs = {}
    for i, one in enumerate(a):
        far = reach * (one[1] - one[0] + longest)
        for at in range(bisect_left(starts, one[0] - far), bisect_right(starts, one[0] + far)):
            j = order[at][1]
            cost = _dissimilarity(one, b[j], weights) - 2 * weights.empty - _FEWER
            if cost < 0:
                costs[i, j] = cost
    return [(i, j, costs[i, j]) for i, j in least_cost(costs)]


def _align_many(raters: Sequence[Sequence[Unit]], weights: Weights) -> Iterator[Aligned]:
    """Choose among all groups that are better than their units alone: an exact cover of least cost."""
    try:
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csc_array
    except ImportError:
        raise AnnotatorError(
            tr("Gamma of three or more annotators needs scipy; install it, or compare pairs.")
        ) from None
    starts = [0]
    for units in raters:
        starts.append(starts[-1] + len(units))
    groups = [(indices, cost) for indices, cost in _useful_groups(raters, weights)]
    rows = [starts[rater] + i for indices, _ in groups for rater, i in enumerate(indices) if i is not None]
    columns = [k for k, (indices, _) in enumerate(groups) for i in indices if i is not None]
    cover = csc_array((np.ones(len(rows)), (rows, columns)), shape=(starts[-1], len(groups)))
    found = milp(
        np.array([cost + _FEWER for _, cost in groups]),
        constraints=LinearConstraint(cover, 1, 1),
        integrality=np.ones(len(groups)),
        bounds=Bounds(0, 1),
    )
    for k, value in enumerate(found.x):
        if value > 0.5:
            yield tuple(None if i is None else raters[rater][i] for rater, i in enumerate(groups[k][0]))


def _useful_groups(
    raters: Sequence[Sequence[Unit]], weights: Weights
) -> Iterator[tuple[tuple[int | None, ...], float]]:
    n = len(raters)
    limit = n * n * (n - 1) / 2 * weights.empty
    near: dict[tuple[int, int, int], set[int]] = {}
    for p, q in combinations(range(n), 2):
        for i, one in enumerate(raters[p]):
            near[p, i, q] = {j for j, other in enumerate(raters[q]) if _dissimilarity(one, other, weights) <= limit}

    def extend(chosen: tuple[int | None, ...]) -> Iterator[tuple[int | None, ...]]:
        rater = len(chosen)
        if rater == n:
            if any(i is not None for i in chosen):
                yield chosen
            return
        yield from extend((*chosen, None))
        allowed = set(range(len(raters[rater])))
        for p, i in enumerate(chosen):
            if i is not None:
                allowed &= near[p, i, rater]
        for i in sorted(allowed):
            yield from extend((*chosen, i))

    for indices in extend(()):
        units = [None if i is None else raters[rater][i] for rater, i in enumerate(indices)]
        cost = _tuple_disorder(units, weights)
        if cost <= sum(i is not None for i in indices) * weights.empty + 1e-9:
            yield indices, cost


def circular_shifts(raters: Sequence[Sequence[Unit]], length: float, chance: Random) -> list[list[Unit]]:
    """As many annotators, each one of the given ones shifted around the text, at least half a unit from each other."""
    everything = [unit for units in raters for unit in units]
    apart = sum(end - start for start, end, _ in everything) / len(everything) / 2
    pivots: list[float] = []
    shuffled = []
    for _ in raters:
        for _attempt in range(100):
            pivot = float(chance.randrange(max(1, int(length))))
            if all(apart <= abs(pivot - other) <= length - apart for other in pivots):
                break
        pivots.append(pivot)
        moved = [((start + pivot) % length, end - start, label) for start, end, label in chance.choice(raters)]
        shuffled.append([(start, start + size, label) for start, size, label in moved])
    return shuffled


def similar_texts(raters: Sequence[Sequence[Unit]], _length: float, chance: Random) -> list[list[Unit]]:
    """Annotators who mark as many units as the given ones, with their spread of gaps, lengths and labels."""
    counts = [float(len(units)) for units in raters]
    sizes = [end - start for units in raters for start, end, _ in units]
    gaps = [b[0] - a[1] for units in raters for a, b in pairwise(sorted(units))]
    gaps += [first for units in raters if (first := min(units)[0]) > 0]
    labels = [label for units in raters for _, _, label in units]

    count, size, gap = ((fmean(values), pstdev(values)) if values else (0.0, 0.0) for values in (counts, sizes, gaps))
    shuffled = []
    for _ in raters:
        at = 0.0
        units = []
        for _unit in range(max(1, int(chance.gauss(*count)))):
            start = at + chance.gauss(*gap)
            at = start + max(1e-6, abs(chance.gauss(*size)))
            units.append((start, at, chance.choice(labels)))
        shuffled.append(units)
    return shuffled
