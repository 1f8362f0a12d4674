"""The measures held against other people's programs on thousands of random inputs.

Known faults of these programs are left out: see each test.
"""

import math
import random
import warnings
from collections.abc import Iterator
from itertools import pairwise

import pytest

from annotator.agreement import boundaries, coding, gamma, pairing, spans

SEED = 20


def random_masses(chance: random.Random) -> tuple[list[int], list[int]]:
    """Two segmentations of one text of 4 to 40 units."""
    length = chance.randint(4, 40)

    def one() -> list[int]:
        rate = chance.choice([0.1, 0.3, 0.6])
        cuts = [0, *(i for i in range(1, length) if chance.random() < rate), length]
        return [b - a for a, b in pairwise(cuts)]

    return one(), one()


def segmentations(n: int) -> Iterator[tuple[list[int], list[int]]]:
    chance = random.Random(SEED)
    yield from (random_masses(chance) for _ in range(n))


@pytest.fixture(scope="module")
def segeval() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("segeval", reason="segeval 2.0.11 is compared with where it is installed")


def test_boundary_measures_are_those_of_segeval(segeval: object) -> None:
    """Precision and recall of segeval are wrong, and it raises where neither has a boundary: neither is asked."""
    compared = 0
    for a, b in segmentations(3000):
        (found, length), (reference, _) = boundaries.boundaries_from_masses(a), boundaries.boundaries_from_masses(b)
        if not found and not reference:
            continue
        edits = boundaries.boundary_edits(found, reference)
        assert boundaries.boundary_similarity(edits) == pytest.approx(float(segeval.boundary_similarity(a, b, n_t=2)))
        assert boundaries.segmentation_similarity(edits, length) == pytest.approx(
            float(segeval.segmentation_similarity(a, b, n_t=2))
        )
        window = boundaries.default_window(reference, length)
        if length > window:
            assert boundaries.window_diff(reference, found, length) == pytest.approx(float(segeval.window_diff(a, b)))
            assert boundaries.pk(reference, found, length) == pytest.approx(float(segeval.pk(a, b)))
        compared += 1
    assert compared > 2500


def test_agreement_of_several_on_boundaries_is_that_of_segeval(segeval: object) -> None:
    chance = random.Random(SEED)
    compared = 0
    for _ in range(500):
        items = {}
        for item in range(chance.randint(1, 4)):
            first, second = random_masses(chance)
            third = chance.choice([first, second, [sum(first)]])
            items[f"item{item}"] = {"a": first, "b": second, "c": third}
        texts = [
            {name: boundaries.boundaries_from_masses(masses) for name, masses in item.items()}
            for item in items.values()
        ]
        if any(sum(bool(placed) for placed, _ in text.values()) < 2 for text in texts):
            continue
        data = segeval.Dataset(items)
        assert boundaries.boundary_pi(texts) == pytest.approx(float(segeval.fleiss_pi_linear(data)))
        assert boundaries.boundary_kappa(texts) == pytest.approx(float(segeval.fleiss_kappa_linear(data)))
        compared += 1
    assert compared > 300


def test_windowdiff_and_pk_are_those_of_nltk() -> None:
    segmentation = pytest.importorskip(
        "nltk.metrics.segmentation", reason="NLTK is compared with where it is installed"
    )
    chance = random.Random(SEED)
    for _ in range(3000):
        length, window = chance.randint(6, 60), chance.randint(2, 5)
        a, b = ("".join(chance.choice("0001") for _ in range(length)) for _ in range(2))
        reference, other = ({i for i, mark in enumerate(text, 1) if mark == "1"} for text in (a, b))
        # A string of n marks is a text of n + 1 units.
        assert boundaries.window_diff(reference, other, length + 1, window=window) == pytest.approx(
            segmentation.windowdiff(a, b, window)
        )
        assert boundaries.pk(reference, other, length + 1, window=window) == pytest.approx(
            segmentation.pk(a, b, window)
        )


def test_agreement_on_items_is_that_of_nltk() -> None:
    """NLTK gives 1 where only one label was used and divides by zero for kappa there; such tables are left out."""
    agreement = pytest.importorskip("nltk.metrics.agreement", reason="NLTK is compared with where it is installed")
    chance = random.Random(SEED)
    for _ in range(2000):
        raters, labels = chance.randint(2, 4), "abcd"[: chance.randint(2, 4)]
        items = [[chance.choice(labels) for _ in range(raters)] for _ in range(chance.randint(2, 15))]
        if len({label for item in items for label in item}) < 2:
            continue
        task = agreement.AnnotationTask(
            data=[(f"r{r}", f"i{i}", label) for i, item in enumerate(items) for r, label in enumerate(item)]
        )
        assert coding.krippendorff_alpha(items) == pytest.approx(task.alpha())
        assert coding.observed_agreement(items) == pytest.approx(task.avg_Ao())
        if raters == 2:
            assert coding.scott_pi(items) == pytest.approx(task.pi())
            if coding.cohen_kappa(items) is not None:
                assert coding.cohen_kappa(items) == pytest.approx(task.kappa())
            assert coding.bennett_s(items, len(task.K)) == pytest.approx(task.S())


def test_fleiss_kappa_is_scott_pi_for_two() -> None:
    chance = random.Random(SEED)
    for _ in range(1000):
        items = [[chance.choice("abc"), chance.choice("abc")] for _ in range(chance.randint(2, 20))]
        assert coding.fleiss_kappa(items) == pytest.approx(coding.scott_pi(items), nan_ok=False)


def random_spans(chance: random.Random, *, near: list[spans.Unit] | None = None) -> list[spans.Unit]:
    """Spans that do not overlap, some of them copied from `near` as they are or a little changed."""
    found: list[spans.Unit] = []
    for start, end, label in near or ():
        start = max(0, start + chance.choice([0, 0, 0, 0, 1, -1]))
        end += chance.choice([0, 0, 0, 0, 1, -1])
        if chance.random() < 0.8 and end > start and (not found or start >= found[-1][1]):
            found.append((start, end, chance.choice([label, label, label, "ORG"])))
    at = found[-1][1] if found else 0
    for _ in range(chance.randint(0, 4)):
        start = at + chance.randint(1, 8)
        at = start + chance.randint(1, 6)
        found.append((start, at, chance.choice(["PER", "ORG", "LOC"])))
    return found


def unambiguous(a: list[spans.Unit], b: list[spans.Unit]) -> bool:
    """Whether every span overlaps at most one of the other side."""
    met = [(x, y) for x in a for y in b if x[0] < y[1] and y[0] < x[1]]
    return len({x for x, _ in met}) == len(met) == len({y for _, y in met})


def test_semeval_scores_are_those_of_nervaluate() -> None:
    """Partial and type scores are asked only where no span overlaps two of the other side.

    There nervaluate pairs spans in the order in which they come, and the scores depend on that order.
    """
    nervaluate = pytest.importorskip("nervaluate", reason="nervaluate is compared with where it is installed")
    chance = random.Random(SEED)
    compared = clear = 0
    for _ in range(3000):
        a = random_spans(chance)
        b = random_spans(chance, near=a)
        if not a or not b:
            continue
        lists = [[{"label": label, "start": start, "end": end - 1} for start, end, label in side] for side in (a, b)]
        overall = nervaluate.Evaluator([lists[0]], [lists[1]], tags=["PER", "ORG", "LOC"]).evaluate()["overall"]
        found = spans.semeval_f1(spans.classify(spans.align(a, b)))
        names = ["strict", "exact"]
        if unambiguous(a, b):
            names += ["partial", "ent_type"]
            clear += 1
        for name in names:
            assert found[name] == pytest.approx(overall[name].f1), (name, a, b)
        compared += 1
    assert compared > 2000
    assert clear > 1000


def test_exact_f1_is_that_of_bratiaa() -> None:
    bratiaa = pytest.importorskip("bratiaa.agree", reason="bratiaa 0.1.4 is compared with where it is installed")
    labels = ["LOC", "ORG", "PER"]
    chance = random.Random(SEED)
    compared = 0
    for _ in range(300):
        documents = []
        for _ in range(5):
            first = random_spans(chance)
            documents.append({"x": first, "y": random_spans(chance, near=first), "z": random_spans(chance, near=first)})

        def files(documents: list[dict[str, list[spans.Unit]]] = documents) -> Iterator[object]:
            for n, lanes in enumerate(documents):
                document = bratiaa.Document(f"{n}", f"{n}")
                document.ann_files = [bratiaa.AnnFile(name, units) for name, units in lanes.items()]
                yield document

        def evaluate(a: list[spans.Unit], b: list[spans.Unit], tokens: object = None) -> tuple[set, set, set]:
            first, second = ({_Mark(unit) for unit in side} for side in (a, b))
            return first & second, first, second

        task = bratiaa.F1Agreement(
            files, labels, evaluate, annotators=["x", "y", "z"], documents=[str(n) for n in range(5)]
        )
        own = []
        for pair in (("x", "y"), ("x", "z"), ("y", "z")):
            a, b = ({(n, *unit) for n, lanes in enumerate(documents) for unit in lanes[name]} for name in pair)
            own.append(spans.f1(len(a & b), len(a), len(b)))
        if None in own:
            continue
        mean, deviation = task.mean_sd_total()
        assert sum(own) / 3 == pytest.approx(float(mean))
        assert math.sqrt(sum((value - sum(own) / 3) ** 2 for value in own) / 3) == pytest.approx(float(deviation))
        compared += 1
    assert compared > 200


class _Mark(tuple):
    """A span as bratiaa counts it: equal as its fields are, with a label."""

    @property
    def label(self) -> str:
        return self[2]


def test_the_best_pairing_is_that_of_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="scipy is compared with where it is installed")
    import numpy as np

    chance = random.Random(SEED)
    for _ in range(2000):
        n, m = chance.randint(1, 8), chance.randint(1, 8)
        costs = {
            (i, j): -chance.random()
            for i in range(n)
            for j in range(m)
            if chance.random() < chance.choice([0.2, 0.6, 1])
        }
        table = np.zeros((n, m))
        for (i, j), cost in costs.items():
            table[i, j] = cost
        rows, columns = optimize.linear_sum_assignment(table)
        found = pairing.least_cost(costs)
        assert len({i for i, _ in found}) == len(found) == len({j for _, j in found})
        assert sum(costs[pair] for pair in found) == pytest.approx(float(table[rows, columns].sum()))


def test_a_long_chain_of_units_is_paired_without_a_table() -> None:
    n = 5000
    costs = (
        {(i, i): -1.0 for i in range(n)} | {(i, i + 1): -1.5 for i in range(n)} | {(i, i + 2): -0.2 for i in range(n)}
    )
    assert pairing.least_cost(costs) == [(i, i + 1) for i in range(n)]


def test_the_alignment_of_two_is_that_of_the_exact_cover_for_many() -> None:
    pytest.importorskip("scipy", reason="the exact cover is solved by scipy")
    chance = random.Random(SEED)
    weights = gamma.Weights()
    for _ in range(200):
        a = random_spans(chance) or [(0, 1, "PER")]
        b = random_spans(chance, near=a) or [(0, 1, "PER")]
        by_pairs = gamma.disorder(gamma.best_alignment([a, b], weights), [a, b], weights)
        by_cover = gamma.disorder(list(gamma._align_many([a, b], weights)), [a, b], weights)
        assert by_pairs == pytest.approx(by_cover, abs=1e-5)
