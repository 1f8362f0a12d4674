"""Patterns that are only searched for where they can be found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.propose import patterns
from annotator.propose.guarded import Guarded

PAGES_FILE = Path(__file__).parents[1] / "data" / "boundaries" / "pages.jsonl"
GUARDED = {name: value for name, value in vars(patterns).items() if isinstance(value, Guarded)}


def test_without_a_piece_nothing_is_searched() -> None:
    found = Guarded(r"[ab]c", "a;c")
    assert found.search("xx") is None
    match = found.search("bc")
    assert match is not None
    assert match.span() == (0, 2)


@pytest.mark.parametrize("name", sorted(GUARDED))
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_a_pattern_matches_holds_one_of_its_pieces(name: str, data: st.DataObject) -> None:
    guarded = GUARDED[name]
    text = data.draw(st.from_regex(guarded.pattern))
    assert guarded.search(text) is not None


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_on_real_lines_the_pieces_change_nothing(name: str) -> None:
    guarded = GUARDED[name]
    lines = [
        line
        for page in PAGES_FILE.read_text(encoding="utf-8").splitlines()
        for line in json.loads(page)["text"].split("\n")
    ]
    shown = [(line, guarded.pattern.search(line)) for line in lines]
    assert all((guarded.search(line) is None) == (match is None) for line, match in shown)
