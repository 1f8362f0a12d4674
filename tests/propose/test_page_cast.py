"""What a place on a page parts: names and words that end there, start there, or run through."""

from __future__ import annotations

import numpy as np
import pytest

from annotator.propose import page_cast
from annotator.propose.lines import paragraphs
from annotator.propose.looks import Look, looks_of
from annotator.propose.page_cast import CAST, cast_part

FIRST = [
    "The mayor of Springfield, Helen Marsh, opened a bridge over the river on Monday.",
    "Marsh said the bridge would bring trade to Springfield and spare drivers the ferry.",
    "Drivers had waited years for the bridge, and the ferry was often late, Marsh said.",
    "The river rose twice last winter, and the ferry to Springfield had to stop.",
]
SECOND = [
    "Researchers in Oslo have found a whale fossil under a car park, Anna Berg said.",
    "Berg, who studies fossils, said the whale had swum near Oslo a million years ago.",
    "The fossil will be shown in a museum, where visitors can see the whale from above.",
    "A second whale may lie under the car park, and Berg wants the museum to dig on.",
]


def looks(texts: list[str]) -> list[Look]:
    return looks_of(paragraphs("\n".join(texts)))


def column(texts: list[str], name: str) -> np.ndarray:
    return cast_part(looks(texts))[:, CAST.index(name)]


def test_names_that_were_used_again_and_again_all_stop_at_a_join() -> None:
    ends = column(FIRST + SECOND, "kept_names_end_4")
    assert ends[4] == 1.0
    assert column(FIRST + SECOND, "kept_names_start_4")[4] == 1.0
    assert ends[2] < 1.0


def test_words_stop_and_start_most_at_a_join() -> None:
    texts = FIRST + SECOND
    for name in ("words_end_4", "words_start_4"):
        values = column(texts, name)
        assert int(np.argmax(values[1:])) + 1 == 4
    assert int(np.argmin(column(texts, "words_through_4")[1:])) + 1 == 4


def test_nothing_stands_on_the_first_paragraph_that_stood_before() -> None:
    assert column(FIRST, "covered")[0] == 0.0
    assert column(FIRST, "covers")[0] > 0.0


def test_a_long_page_worked_on_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    page = looks((FIRST + SECOND) * 6)
    whole = cast_part(page)
    monkeypatch.setattr(page_cast, "_BLOCK", 7)
    np.testing.assert_array_equal(cast_part(page), whole)


@pytest.mark.parametrize("texts", [["1.", "2."], ["–"], ["Photo: AFP"]])
def test_lines_without_words_have_columns_too(texts: list[str]) -> None:
    found = cast_part(looks(texts))
    assert found.shape == (len(texts), len(CAST))
    assert found.dtype == np.float32
