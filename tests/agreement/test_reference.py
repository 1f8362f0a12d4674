"""Every value of tests/data/agreement/reference.json is reproduced within its tolerance."""

import json
import statistics
from collections.abc import Callable, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from annotator.agreement import boundaries, coding, gamma, spans, unitizing

REFERENCE = {
    entry["name"]: entry
    for entry in json.loads((Path(__file__).parent.parent / "data/agreement/reference.json").read_text("utf-8"))
}
Values = Mapping[str, float | None]


def coding_values(given: Mapping[str, Any], wanted: str) -> float | None:
    if "contingency" in given:
        items = coding.items_from_contingency(given["contingency"], given["labels"])
    else:
        items = given.get("items") or list(zip(given["a"], given["b"], strict=True))
    measures: Mapping[str, Callable[[], float | None]] = {
        "observed": lambda: coding.observed_agreement(items),
        "S": lambda: coding.bennett_s(items, len(given["labels"])),
        "scott_pi": lambda: coding.scott_pi(items),
        "cohen_kappa": lambda: coding.cohen_kappa(items),
        "gwet_ac1": lambda: coding.gwet_ac1(items),
        "krippendorff_alpha_nominal": lambda: coding.krippendorff_alpha(items),
        "krippendorff_alpha_weighted": lambda: coding.krippendorff_alpha(
            items, lambda a, b: 0.0 if a == b else 0.5 if "Chck" in (a, b) else 1.0
        ),
    }
    return measures[wanted]()


def alpha_u_values(given: Mapping[str, Any], wanted: str) -> float | None:
    source = REFERENCE[given["units_from"]]["input"] if "units_from" in given else given
    stretch = given.get("stretch", 1)
    raters = {
        label: [[(start * stretch, end * stretch) for start, end in units] for units in each]
        for label, each in source["units_by_category_then_rater"].items()
    }
    length, begin = given["continuum_length"], given["continuum_begin"]
    kind, label = wanted.split("_")
    if kind == "Do":
        return unitizing.alpha_u_observed(raters[label], length, begin)
    if kind == "De":
        return unitizing.alpha_u_expected(raters[label], length, begin)
    chosen = raters if label == "all" else {label: raters[label]}
    return unitizing.alpha_u(chosen, length, begin)


def u_alpha_values(given: Mapping[str, Any], wanted: str) -> float | None:
    raters = [[tuple(unit) for unit in units] for units in given["units"]]
    return unitizing.unitized_alpha(raters, given["length"], labels=wanted == "u_alpha")


def span_values(given: Mapping[str, Any], wanted: str) -> float | None:
    a, b = ([tuple(unit) for unit in given[side]] for side in "ab")
    classes = spans.classify(spans.align(a, b))
    values: Values = {
        "exact_f1": spans.exact_f1(a, b),
        "edges_only_f1": spans.edges_f1(a, b),
        "overlap_same_label_f1": spans.overlap_f1(a, b),
        **{f"semeval_{name}_f1": value for name, value in spans.semeval_f1(classes).items()},
        **{f"cat_{name}": getattr(classes, name) for name in ("exact", "label", "edge", "only_a", "only_b")},
    }
    return values[wanted]


def span_multi_values(given: Mapping[str, Any], wanted: str) -> float | None:
    """Mean and standard deviation, over pairs of annotators, of F1 with the counts pooled over documents."""
    scope, what = wanted.rsplit("_", 1)
    kind, _, name = scope.partition("_")
    documents = given["documents"].items()
    annotators = sorted({annotator for _, lanes in documents for annotator in lanes})
    scores = []
    for one, other in combinations(annotators, 2):
        matches = n_a = n_b = 0
        for document, lanes in documents:
            if not {one, other} <= set(lanes) or (kind == "doc" and document != name):
                continue
            a, b = ({tuple(unit) for unit in lanes[who] if kind != "label" or unit[2] == name} for who in (one, other))
            matches, n_a, n_b = matches + len(a & b), n_a + len(a), n_b + len(b)
        score = spans.f1(matches, n_a, n_b)
        if score is not None:
            scores.append(score)
    return statistics.mean(scores) if what == "mean" else statistics.pstdev(scores)


def span_token_values(given: Mapping[str, Any], wanted: str) -> float | None:
    label = wanted.removeprefix("token_macro_f1_")
    tokens: list[set[int]] = [set(), set()]
    total = 0
    for document in given["documents"].values():
        lanes = [units for name, units in sorted(document.items()) if name != "tokens"]
        for side, units in zip(tokens, lanes, strict=True):
            side.update(total + i for start, end, name in units if name == label for i in range(start, end))
        total += document["tokens"]
    with_label, without = spans.token_f1(*tokens, total)
    assert with_label is not None
    assert without is not None
    return (with_label + without) / 2


def boundary_pair_values(given: Mapping[str, Any], wanted: str) -> float | None:
    found, length = boundaries.boundaries_from_masses(given["hypothesis_masses"])
    reference, reference_length = boundaries.boundaries_from_masses(given["reference_masses"])
    assert length == reference_length
    edits = boundaries.boundary_edits(found, reference)
    precision, recall = boundaries.precision_recall(found, reference)
    values: Values = {
        "B": boundaries.boundary_similarity(edits),
        "S": boundaries.segmentation_similarity(edits, length),
        "pk": boundaries.pk(reference, found, length),
        "windowdiff": boundaries.window_diff(reference, found, length),
        "boundary_f1": boundaries.boundary_f1(found, reference),
        "precision": precision,
        "recall": recall,
        "bed_matches": edits.matches,
        "bed_near": edits.near,
        "bed_miss": edits.missed,
    }
    return values[wanted]


def boundary_multi_values(given: Mapping[str, Any], wanted: str) -> float | None:
    assert given["n_t"] == boundaries.NEAR + 1
    texts = [
        {who: boundaries.boundaries_from_masses(masses) for who, masses in item.items()}
        for item in given["items"].values()
    ]
    measures = {
        "actual_agreement_B": boundaries.actual_agreement,
        "pi_B": boundaries.boundary_pi,
        "kappa_B": boundaries.boundary_kappa,
    }
    return measures[wanted](texts)


def boundary_string_values(given: Mapping[str, Any], wanted: str) -> float | None:
    assert wanted == "windowdiff"
    a, b = ({i for i, mark in enumerate(given[side], 1) if mark == "1"} for side in "ab")
    return boundaries.window_diff(a, b, len(given["a"]) + 1, window=given["k"])


def iou_values(given: Mapping[str, Any], wanted: str) -> float | None:
    assert wanted == "agreement"
    return spans.share_at_least(given["ious"], given["threshold"])


def disorder_values(given: Mapping[str, Any], wanted: str) -> float | None:
    weights = gamma.Weights(given["alpha"], given["beta"], given["deltaEmpty"])
    raters = [[tuple(unit) for unit in units] for units in given["units"]]
    if len(raters) > 2:
        pytest.importorskip("scipy", reason="three annotators are aligned by scipy")
    assert wanted == "best_alignment_disorder"
    return gamma.disorder(gamma.best_alignment(raters, weights), raters, weights)


def gamma_values(given: Mapping[str, Any], wanted: str) -> float | None:
    pytest.importorskip("scipy", reason="three annotators are aligned by scipy")
    found = gamma_of(json.dumps(given))
    return {
        "gamma": found.value,
        "gamma_cat": found.categorical,
        "best_alignment_disorder": found.observed,
    }[wanted]


@cache
def gamma_of(body: str) -> gamma.Gamma:
    given = json.loads(body)
    raters = [[tuple(unit) for unit in units] for units in given["units_by_annotator"].values()]
    return gamma.gamma(
        raters,
        max(unit[1] for units in raters for unit in units),
        weights=gamma.Weights(given["alpha"], given["beta"], given["delta_empty"]),
        sampler={"shuffle": gamma.circular_shifts, "statistical": gamma.similar_texts}[given["sampler"]],
        samples=20 if sum(map(len, raters)) > 100 else 150,
    )


KINDS: Mapping[str, Callable[[Mapping[str, Any], str], float | None]] = {
    "coding_pair": coding_values,
    "coding_multi": coding_values,
    "alpha_U_1995": alpha_u_values,
    "u_alpha_2016": u_alpha_values,
    "span_pair": span_values,
    "span_multi_f1": span_multi_values,
    "span_token_f1": span_token_values,
    "span_iou_docs": iou_values,
    "boundary_pair": boundary_pair_values,
    "boundary_multi": boundary_multi_values,
    "boundary_strings": boundary_string_values,
    "gamma_disorder": disorder_values,
    "gamma": gamma_values,
}
STATISTICAL = {"expected_disorder_ref", "gamma_ref"}
"""Values of another program's random samples, which its note says to compare loosely."""
LOOSE = 0.3
"""How far the mean of some thirty random texts of so few units may lie from another program's mean, relatively."""


@pytest.mark.parametrize(
    ("name", "key"),
    [(name, key) for name, entry in REFERENCE.items() for key in entry["expected"] if key not in STATISTICAL],
)
def test_a_reference_value_is_reproduced(name: str, key: str) -> None:
    entry = REFERENCE[name]
    found = KINDS[entry["kind"]](entry["input"], key)
    expected = entry["expected"][key]
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=entry["tolerance"])


@pytest.mark.parametrize("name", [name for name, entry in REFERENCE.items() if STATISTICAL & set(entry["expected"])])
def test_the_expected_disorder_is_near_that_of_another_program(name: str) -> None:
    given, expected = REFERENCE[name]["input"], REFERENCE[name]["expected"]
    raters = [[tuple(unit) for unit in units] for units in given["units"]]
    if len(raters) > 2:
        pytest.importorskip("scipy", reason="three annotators are aligned by scipy")
    found = gamma.gamma(
        raters,
        max(unit[1] for units in raters for unit in units),
        weights=gamma.Weights(given["alpha"], given["beta"], given["deltaEmpty"]),
        sampler=gamma.similar_texts,
        samples=100,
    )
    assert found.expected == pytest.approx(expected["expected_disorder_ref"], rel=LOOSE)
    assert found.value == pytest.approx(expected["gamma_ref"], abs=0.15)


def test_every_entry_of_the_reference_is_read() -> None:
    assert len(REFERENCE) == 56
    assert {entry["kind"] for entry in REFERENCE.values()} == set(KINDS)
