import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.conflicts import find_conflict
from annotator.core.marks import Boundary, Labelled, Rejection, Span
from tests.core.values import EVERYTHING, TEXT, blank_page, marks


@given(st.frozensets(marks(30), max_size=10))
def test_marks_clash_here_when_they_clash_on_a_page(found: frozenset[Labelled]) -> None:
    page = blank_page(TEXT)
    clash = any(page.conflicts(mark, found) for mark in found)
    assert (find_conflict(found, EVERYTHING) is not None) is clash


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Boundary(3, "blocks", "body"), Boundary(3, "blocks", "headline"), "two boundaries of “blocks” stand at 3"),
        (Span(0, 4, "entities", "ORG"), Span(3, 5, "entities", "ORG"), "0–4 and 3–5 of “entities” overlap"),
        (Span(0, 4, "quotes", "quote"), Span(0, 4, "quotes", "source"), "two spans of “quotes” cover 0–4"),
    ],
)
def test_the_clash_is_named_with_its_place(one: Labelled, other: Labelled, reason: str) -> None:
    assert reason in str(find_conflict([other, one], EVERYTHING))
    assert find_conflict([one, Rejection(other)], EVERYTHING) is None
