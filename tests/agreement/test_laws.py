"""Laws that every measure keeps: identity, symmetry, order, permutation, shift."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement import boundaries, coding, gamma, spans, unitizing

LENGTH = 60
units = st.sets(
    st.builds(
        lambda start, size, label: (start, min(LENGTH, start + size), label),
        st.integers(0, LENGTH - 1),
        st.integers(1, 12),
        st.sampled_from(["PER", "ORG", "LOC"]),
    ),
    max_size=10,
)
disjoint = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 6), st.sampled_from(["PER", "ORG"])), max_size=6).map(
    lambda steps: _laid_out(steps)
)
segmentation = st.sets(st.integers(1, LENGTH - 1), max_size=12)
items = st.lists(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=3, max_size=3), max_size=20)
pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=20)

SPAN_MEASURES = {"exact": spans.exact_f1, "edges": spans.edges_f1, "overlap": spans.overlap_f1}
PAIR_MEASURES = {
    "cohen": coding.cohen_kappa,
    "scott": coding.scott_pi,
    "ac1": coding.gwet_ac1,
    "alpha": coding.krippendorff_alpha,
    "observed": coding.observed_agreement,
    "s": lambda given: coding.bennett_s(given, 3),
}


def _laid_out(steps: list[tuple[int, int, str]]) -> list[spans.Unit]:
    found, at = [], 0
    for size, gap, label in steps:
        found.append((at + gap, at + gap + size, label))
        at += gap + size
    return found


@pytest.mark.parametrize("name", SPAN_MEASURES)
@given(a=units, b=units, by=st.integers(1, 1000))
def test_span_measures_are_symmetric_bounded_and_blind_to_where_the_text_starts(
    name: str, a: set[spans.Unit], b: set[spans.Unit], by: int
) -> None:
    measure = SPAN_MEASURES[name]
    value = measure(a, b)
    assert value == measure(b, a)
    assert value == measure(*({(start + by, end + by, label) for start, end, label in side} for side in (a, b)))
    assert measure(a, a) == (1.0 if a else None)
    assert (value is None) == (not a and not b)
    assert value is None or 0 <= value <= 1
    if bool(a) != bool(b):
        assert value == 0


@given(units, units)
def test_what_is_paired_by_more_than_another_measure_scores_no_less(a: set[spans.Unit], b: set[spans.Unit]) -> None:
    exact, overlap = spans.exact_f1(a, b), spans.overlap_f1(a, b)
    assert exact is None or overlap is None or exact <= overlap
    scores = spans.semeval_f1(spans.classify(spans.align(a, b)))
    known = {name: value for name, value in scores.items() if value is not None}
    if known:
        assert known["strict"] <= known["exact"] <= known["partial"]
        assert known["strict"] <= known["ent_type"]


@given(units, units)
def test_an_alignment_holds_every_unit_once_and_swaps_with_its_sides(a: set[spans.Unit], b: set[spans.Unit]) -> None:
    found = spans.align(a, b)
    assert sorted(one for one, _ in found if one) == sorted(a)
    assert sorted(other for _, other in found if other) == sorted(b)
    assert sorted(map(str, spans.align(b, a))) == sorted(str((other, one)) for one, other in found)
    assert all(one and other and one[0] < other[1] and other[0] < one[1] for one, other in found if one and other)


@given(segmentation, segmentation, st.integers(1, 30))
def test_boundary_measures_are_symmetric_and_blind_to_text_before_all_boundaries(
    a: set[int], b: set[int], by: int
) -> None:
    edits = boundaries.boundary_edits(a, b)
    assert edits == boundaries.boundary_edits(b, a)
    assert edits == boundaries.boundary_edits({i + by for i in a}, {i + by for i in b})
    assert edits.matches + edits.near <= min(len(a), len(b))
    assert 2 * (edits.matches + edits.near) + edits.missed == len(a) + len(b)
    for within in (0, 1, 3):
        value = boundaries.boundary_f1(a, b, within)
        assert value == boundaries.boundary_f1(b, a, within)
        assert boundaries.boundary_f1(a, a, within) == (1.0 if a else None)
        if within and value is not None:
            exact = boundaries.boundary_f1(a, b)
            assert exact is not None
            assert value >= exact
    assert boundaries.matched_boundaries(a, b, 1) == edits.matches + edits.near
    assert boundaries.boundary_similarity(boundaries.boundary_edits(a, a)) == 1


@given(segmentation, segmentation)
def test_window_measures_are_zero_for_equals_and_never_more_than_one(a: set[int], b: set[int]) -> None:
    for measure in (boundaries.window_diff, boundaries.pk):
        assert measure(a, a, LENGTH) == 0
        value = measure(a, b, LENGTH)
        assert value is not None
        assert 0 <= value <= 1
        assert measure(a, b, LENGTH, window=4) == measure(b, a, LENGTH, window=4)
    difference, split = boundaries.window_diff(a, b, LENGTH), boundaries.pk(a, b, LENGTH)
    assert difference is not None
    assert split is not None
    assert difference >= split


@given(st.lists(st.fixed_dictionaries(dict.fromkeys("abc", segmentation)), min_size=1, max_size=4))
def test_the_order_of_texts_and_the_names_of_annotators_change_nothing(texts: list[dict[str, set[int]]]) -> None:
    def value(order: tuple[int, ...], names: str) -> tuple[float | None, float | None]:
        given_texts = [{names["abc".index(name)]: (texts[i][name], LENGTH) for name in texts[i]} for i in order]
        return boundaries.boundary_pi(given_texts), boundaries.boundary_kappa(given_texts)

    first = value(tuple(range(len(texts))), "abc")
    for names in ("bca", "cab"):
        assert value(tuple(reversed(range(len(texts)))), names) == pytest.approx(first)


@given(items)
def test_alpha_does_not_depend_on_the_order_of_items_annotators_or_the_names_of_labels(
    given_items: list[list[str | None]],
) -> None:
    value = coding.krippendorff_alpha(given_items)
    assert coding.krippendorff_alpha(given_items[::-1]) == pytest.approx(value)
    for order in permutations(range(3)):
        assert coding.krippendorff_alpha([[item[i] for i in order] for item in given_items]) == pytest.approx(value)
    renamed = {"a": "x", "b": "y", "c": "z", None: None}
    assert coding.krippendorff_alpha([[renamed[v] for v in item] for item in given_items]) == pytest.approx(value)
    assert value is None or value <= 1 + 1e-12


@pytest.mark.parametrize("name", PAIR_MEASURES)
@given(given_pairs=pairs)
def test_measures_of_two_are_symmetric_and_one_for_equals(name: str, given_pairs: list[tuple[str, str]]) -> None:
    measure = PAIR_MEASURES[name]
    assert measure([(b, a) for a, b in given_pairs]) == pytest.approx(measure(given_pairs))
    same = measure([(a, a) for a, _ in given_pairs])
    assert same is None or same == pytest.approx(1)


def test_where_nothing_is_given_nothing_is_defined() -> None:
    assert [measure([]) for measure in PAIR_MEASURES.values()] == [None] * len(PAIR_MEASURES)
    assert coding.fleiss_kappa([]) is None
    assert coding.krippendorff_alpha([["a", None]]) is None
    assert boundaries.window_diff(set(), set(), 2) is None
    assert boundaries.boundary_pi([]) is None
    assert boundaries.segmentation_similarity(boundaries.Edits(0, 0, 0), 1) is None
    assert unitizing.alpha_u({}, 10) is None
    assert unitizing.alpha_u_pooled([]) is None
    assert unitizing.unitized_alpha([[], []], 10) is None
    assert gamma.gamma([[], [(0, 1, "a")]], 10).value is None


def test_where_chance_alone_agrees_on_everything_nothing_is_defined() -> None:
    same = [("a", "a")] * 5
    assert coding.cohen_kappa(same) is None
    assert coding.scott_pi(same) is None
    assert coding.krippendorff_alpha(same) is None
    assert coding.gwet_ac1(same) is None


def test_fleiss_kappa_needs_as_many_values_for_each_item() -> None:
    with pytest.raises(ValueError, match="same number"):
        coding.fleiss_kappa([["a", "b"], ["a", None]])


@given(disjoint, disjoint)
def test_unitized_alphas_are_symmetric_and_one_for_equals(a: list[spans.Unit], b: list[spans.Unit]) -> None:
    length = 100
    value = unitizing.unitized_alpha([a, b], length)
    assert unitizing.unitized_alpha([b, a], length) == pytest.approx(value)
    assert value is None or value <= 1 + 1e-12
    if a:
        assert unitizing.unitized_alpha([a, a], length) == pytest.approx(1)
    by_label = {
        label: [[(s, e) for s, e, other in side if other == label] for side in (a, b)] for label in ("PER", "ORG")
    }
    alpha = unitizing.alpha_u(by_label, length)
    turned = unitizing.alpha_u({label: raters[::-1] for label, raters in by_label.items()}, length)
    assert turned == pytest.approx(alpha)
    assert unitizing.alpha_u_pooled([(by_label, length)]) == pytest.approx(alpha)


def test_units_of_one_annotator_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="must not overlap"):
        unitizing.alpha_u_observed([[(0, 5), (3, 8)], []], 10)


@given(disjoint.filter(bool), disjoint.filter(bool), st.integers(0, 50))
def test_gamma_is_symmetric_one_for_equals_and_the_same_for_the_same_seed(
    a: list[spans.Unit], b: list[spans.Unit], seed: int
) -> None:
    weights = gamma.Weights()

    def least(one: list[spans.Unit], other: list[spans.Unit]) -> float:
        return gamma.disorder(gamma.best_alignment([one, other], weights), [one, other], weights)

    assert least(a, b) == pytest.approx(least(b, a))
    assert least(a, a) == 0
    shifted = [[(s + 7, e + 7, label) for s, e, label in side] for side in (a, b)]
    assert least(*shifted) == pytest.approx(least(a, b))
    first = gamma.gamma([a, b], 100, samples=5, seed=seed)
    assert first == gamma.gamma([a, b], 100, samples=5, seed=seed)
    plain = gamma.gamma([a, b], 100, samples=5, seed=seed, categorical=False)
    assert plain.value == pytest.approx(first.value)
    assert plain.observed == pytest.approx(first.observed, abs=1e-6)
