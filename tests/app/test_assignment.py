"""Who gets which page."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.assignment import Method, plan
from annotator.core.errors import InputError

PAGES = [f"{n:064x}" for n in range(500)]
PEOPLE = ["ana", "ben", "cai", "dot"]

plans = st.fixed_dictionaries(
    {
        "annotators": st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=3, max_size=5, unique=True),
        "overlap": st.floats(0, 1),
        "per_document": st.integers(1, 3),
        "seed": st.integers(0, 1000),
        "method": st.sampled_from(list(Method)),
    }
)


@given(plans, st.integers(0, 120), st.integers(0, 120))
def test_documents_added_at_the_end_change_nothing_before_them(settings: dict, before: int, more: int) -> None:
    first = plan(PAGES[:before], **settings)
    assert plan(PAGES[: before + more], **settings)[: len(first)] == first


@given(plans, st.integers(1, 120))
def test_no_annotator_has_more_than_one_page_more_than_another(settings: dict, pages: int) -> None:
    load = Counter(name for _, name in plan(PAGES[:pages], **settings))
    counts = [load[name] for name in settings["annotators"]]
    assert max(counts) - min(counts) <= 1


@given(plans, st.integers(1, 200))
def test_the_share_of_pages_with_several_annotators_is_what_was_asked_for(settings: dict, pages: int) -> None:
    each = Counter(document for document, _ in plan(PAGES[:pages], **settings))
    assert set(each) == set(PAGES[:pages])
    assert set(each.values()) <= {1, settings["per_document"]}
    if settings["per_document"] > 1:
        several = sum(n > 1 for n in each.values())
        assert abs(several - settings["overlap"] * pages) <= 1


@given(plans, st.integers(1, 100), st.integers(1, 40))
def test_pages_given_away_stay_with_whom_they_were_given_to(settings: dict, before: int, more: int) -> None:
    first = plan(PAGES[:before], **settings)
    mixed = PAGES[before : before + more] + PAGES[:before]
    second = plan(mixed, **settings, already=first)
    assert {document for document, _ in second} == set(PAGES[before : before + more])
    load = Counter(name for _, name in first + second)
    counts = [load[name] for name in settings["annotators"]]
    assert max(counts) - min(counts) <= 1


def test_no_page_goes_to_one_annotator_twice() -> None:
    given_away = plan(PAGES, PEOPLE, overlap=1.0, per_document=3)
    assert len(given_away) == len(set(given_away))


def test_pairs_of_annotators_share_about_as_many_pages() -> None:
    by_page: dict[str, list[str]] = {}
    for document, name in plan(PAGES, PEOPLE, overlap=0.4, per_document=2):
        by_page.setdefault(document, []).append(name)
    pairs = Counter(pair for names in by_page.values() for pair in combinations(sorted(names), 2))
    assert len(pairs) == 6
    assert max(pairs.values()) - min(pairs.values()) <= 12


def test_another_seed_gives_another_plan_and_the_same_seed_the_same() -> None:
    assert plan(PAGES, PEOPLE, overlap=0.2, seed=1) == plan(PAGES, PEOPLE, overlap=0.2, seed=1)
    assert plan(PAGES, PEOPLE, overlap=0.2, seed=1) != plan(PAGES, PEOPLE, overlap=0.2, seed=2)


def test_the_order_in_which_annotators_are_named_changes_no_random_plan() -> None:
    assert plan(PAGES, PEOPLE, seed=3) == plan(PAGES, PEOPLE[::-1], seed=3)


def test_a_round_robin_goes_around_in_the_order_given() -> None:
    found = plan(PAGES[:4], ["zoe", "ana"], overlap=0.0, method=Method.ROUND_ROBIN)
    assert [name for _, name in found] == ["zoe", "ana", "zoe", "ana"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"annotators": ["ana"]}, "2 annotators a page were asked for, and there are 1"),
        ({"annotators": ["ana", "ana"]}, "named twice"),
        ({"annotators": ["ana", "gold"]}, "name of gold"),
        ({"annotators": PEOPLE, "overlap": 1.5}, "from 0 to 1"),
        ({"annotators": PEOPLE, "per_document": 0}, "one annotator at least"),
        ({"annotators": [], "overlap": 0.0}, "there are 0"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(arguments: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan(PAGES, **arguments)
