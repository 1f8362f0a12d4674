"""The measures held against other people's programs on thousands of random inputs.

Known faults of these programs are left out: see each test. segeval and bratiaa come as source only and have a place of
their own: `make oracles` installs them into `.venv-readers`; `ANNOTATOR_READERS` names another folder that has them.
"""

import json
import math
import os
import random
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from annotator.agreement import boundaries, coding, gamma, pairing, spans

SEED = 20
READERS = Path(os.environ.get("ANNOTATOR_READERS", ".venv-readers")).absolute()


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


def ask(script: str, questions: object, folder: Path) -> Any:
    """What a script of `tests/readers` prints about these questions, in the interpreter that has its program."""
    python = READERS / "oracles" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"there are no oracles in {READERS.name}: `make oracles` installs segeval and bratiaa")
    path = folder / "questions.json"
    path.write_text(json.dumps(questions), "utf-8")
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), str(Path(__file__).parents[1] / "readers" / script), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def random_texts(chance: random.Random) -> dict[str, dict[str, list[int]]]:
    """Texts of three annotators, in which two at least open a segment."""
    items = {}
    while not items:
        for item in range(chance.randint(1, 4)):
            first, second = random_masses(chance)
            items[f"item{item}"] = {"a": first, "b": second, "c": chance.choice([first, second, [sum(first)]])}
        if any(sum(len(masses) > 1 for masses in item.values()) < 2 for item in items.values()):
            items = {}
    return items


def test_boundary_measures_are_those_of_segeval(tmp_path: Path) -> None:
    """Precision and recall of segeval are wrong, and it raises where neither has a boundary: neither is asked."""
    questions, own = [], []
    for a, b in segmentations(3000):
        (found, length), (reference, _) = boundaries.boundaries_from_masses(a), boundaries.boundaries_from_masses(b)
        if not found and not reference:
            continue
        edits = boundaries.boundary_edits(found, reference)
        windows = length > boundaries.default_window(reference, length)
        questions.append((a, b, windows))
        own.append(
            {
                "boundary_similarity": boundaries.boundary_similarity(edits),
                "segmentation_similarity": boundaries.segmentation_similarity(edits, length),
                "window_diff": boundaries.window_diff(reference, found, length) if windows else None,
                "pk": boundaries.pk(reference, found, length) if windows else None,
            }
        )
    chance = random.Random(SEED)
    data = [random_texts(chance) for _ in range(500)]
    said = ask("with_segeval.py", {"pairs": questions, "data": data}, tmp_path)
    assert len(said["pairs"]) > 2500
    for mine, theirs in zip(own, said["pairs"], strict=True):
        assert mine == pytest.approx(theirs)
    for items, theirs in zip(data, said["data"], strict=True):
        texts = [
            {name: boundaries.boundaries_from_masses(masses) for name, masses in item.items()}
            for item in items.values()
        ]
        assert boundaries.boundary_pi(texts) == pytest.approx(theirs["pi"])
        assert boundaries.boundary_kappa(texts) == pytest.approx(theirs["kappa"])


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


def test_exact_f1_is_that_of_bratiaa(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    questions, own = [], []
    for _ in range(300):
        documents = []
        for _ in range(5):
            first = random_spans(chance)
            documents.append({"x": first, "y": random_spans(chance, near=first), "z": random_spans(chance, near=first)})
        scores = []
        for pair in (("x", "y"), ("x", "z"), ("y", "z")):
            a, b = ({(n, *unit) for n, lanes in enumerate(documents) for unit in lanes[name]} for name in pair)
            scores.append(spans.f1(len(a & b), len(a), len(b)))
        if None not in scores:
            questions.append(documents)
            own.append([value for value in scores if value is not None])
    said = ask("with_bratiaa.py", questions, tmp_path)
    assert len(said) > 200
    for scores, (mean, deviation) in zip(own, said, strict=True):
        assert sum(scores) / 3 == pytest.approx(mean)
        assert math.sqrt(sum((value - sum(scores) / 3) ** 2 for value in scores) / 3) == pytest.approx(deviation)


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
