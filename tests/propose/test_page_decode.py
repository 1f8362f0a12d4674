"""The division of a page into articles, decided at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.propose.lines import paragraphs
from annotator.propose.looks import Look, looks_of
from annotator.propose.page_decode import LONG, Reading, decide
from annotator.propose.page_proposal import KINDS


def short_lines(count: int) -> list[Look]:
    """As many short lines."""
    return looks_of(paragraphs("A short line\n\n" * count))


def reading(*rows: tuple[float, str]) -> Reading:
    """Short lines with chances of opening, and kinds that are nearly sure."""
    kinds = np.full((len(rows), len(KINDS)), 0.01)
    for row, (_, kind) in enumerate(rows):
        kinds[row, KINDS.index(kind)] = 0.95
    return Reading(short_lines(len(rows)), [], np.array([chance for chance, _ in rows]), kinds)


def starts(*rows: tuple[float, str]) -> list[int]:
    return decide(reading(*rows))[0]


def test_likely_openings_open_and_others_do_not() -> None:
    assert starts((1, "body"), (0.1, "body"), (0.9, "teaser"), (0.8, "teaser")) == [0, 2, 3]


def test_boilerplate_opens_nothing() -> None:
    assert starts((1, "body"), (0.9, "boilerplate"), (0.1, "body")) == [0]


def test_a_photo_and_the_headline_below_it_are_rivals() -> None:
    assert starts((1, "body"), (0.46, "photo"), (0.44, "headline"), (0.05, "body")) == [0, 1]
    assert starts((1, "body"), (0.15, "photo"), (0.8, "headline"), (0.05, "body")) == [0, 2]


def test_a_head_without_text_is_no_article() -> None:
    assert starts((1, "body"), (0.7, "byline"), (0.7, "body"), (0.1, "body")) in ([0, 1], [0, 2])


def test_a_link_inside_an_article_needs_text_behind_it() -> None:
    found, kinds = decide(reading((1, "body"), (0.3, "teaser"), (0.1, "body")))
    assert found == [0]
    assert [KINDS[k] for k in kinds] == ["body", "teaser", "body"]


def test_a_link_at_the_end_of_a_page_is_an_article_of_its_own() -> None:
    assert starts((1, "body"), (0.1, "body"), (0.4, "teaser")) == [0, 2]


def test_leading_boilerplate_belongs_to_the_first_article() -> None:
    assert starts((1, "boilerplate"), (0.2, "boilerplate"), (0.4, "headline"), (0.1, "body")) == [0]


def test_a_paragraph_of_text_opens_at_a_lower_chance_than_a_short_line() -> None:
    page = reading((1, "body"), (0.44, "body"), (0.44, "body"))
    assert decide(page)[0] == [0]
    (page.looks[1],) = looks_of(paragraphs("word " * (LONG // 5) + "word."))
    assert decide(page)[0] == [0, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_one_paragraph_is_decided_whatever_it_is(kind: str) -> None:
    assert decide(reading((1, kind))) == ([0], [KINDS.index(kind)])


@given(
    st.lists(st.tuples(st.floats(0, 1), st.lists(st.floats(0.001, 1), min_size=6, max_size=6)), min_size=1, max_size=30)
)
def test_every_page_is_divided_from_its_start_on(rows: list[tuple[float, list[float]]]) -> None:
    kinds = np.array([row for _, row in rows])
    found, chosen = decide(
        Reading(
            short_lines(len(rows)), [], np.array([chance for chance, _ in rows]), kinds / kinds.sum(axis=1)[:, None]
        )
    )
    assert found[0] == 0
    assert found == sorted(set(found))
    assert len(chosen) == len(rows)
    assert all(KINDS[chosen[i]] != "boilerplate" or i == 0 for i in found)
