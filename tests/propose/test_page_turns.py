"""Bylines in lists: whether they open the items or end them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from annotator.propose.page_proposal import KINDS
from annotator.propose.page_turns import TURN_FEATURES, turns

_KIND = {"t": "teaser", "b": "byline", "x": "boilerplate", "p": "body", "h": "headline"}


def columns(page: str, opens: list[float] | None = None) -> dict[str, list[float]]:
    """The columns of a page with one letter for the kind of every line."""
    kinds = np.full((len(page), len(KINDS)), 0.01)
    for row, letter in zip(kinds, page, strict=True):
        row[KINDS.index(_KIND[letter])] = 0.95
    rows = turns(opens or [0.5] * len(page), kinds)
    return {name: [row[n] for row in rows] for n, name in enumerate(TURN_FEATURES)}


def test_bylines_lead_a_list_that_starts_with_one_and_ends_with_an_item() -> None:
    lead = columns("xbtbtbtx")["turns_lead"]
    assert [value > 0.5 for value in lead[1:7]] == [True, False] * 3


def test_bylines_end_the_items_of_a_list_that_starts_with_an_item() -> None:
    lead = columns("xtbtbtbx")["turns_lead"]
    assert [value > 0.5 for value in lead[3:7:2]] == [True, True]
    assert all(value < -0.5 for value in lead[2:7:2])


def test_the_text_of_an_article_above_a_list_is_no_item() -> None:
    lead = columns("hppppbtbt")["turns_lead"]
    assert lead[5] > 0.5 > lead[6]


@pytest.mark.parametrize("page", ["hbpppp", "tttt", "xxbx", "b", "btttttttb", "tbxtxbt"])
def test_lines_outside_of_lists_have_no_turns(page: str) -> None:
    found = columns(page)
    assert found["turns"] == [0.0] * len(page)
    assert all(math.isnan(value) for value in found["turns_lead"])


def test_two_lines_about_one_item_count_as_one_byline() -> None:
    assert columns("bbtbbtbbt")["turns"] == [3.0] * 9


def test_the_vote_says_which_lines_were_seen_to_open() -> None:
    assert columns("btbtbt", [0.9, 0.1, 0.8, 0.2, 0.7, 0.3])["turns_vote"] == pytest.approx([0.6] * 6)
