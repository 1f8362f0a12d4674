"""Numbers that describe the paragraphs of a page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from annotator.propose.lines import paragraphs
from annotator.propose.looks import looks_of
from annotator.propose.page_features import FEATURES, fill_lead, page_matrix
from annotator.propose.site_patterns import FURNITURE, furniture_in

PAGES_FILE = Path(__file__).parents[1] / "data" / "boundaries" / "pages.jsonl"
STORY = "The council met on Monday and, after a long debate, voted to keep the old library open for a year."
SUMMARIES = [
    f"{opening}, and the people who live there say that they want to be heard before anything is decided about it."
    for opening in (
        "A road is to be widened",
        "The theatre may be sold",
        "Two schools will close",
        "A river is dredged",
    )
]


def columns(text: str, *names: str) -> list[list[float]]:
    matrix = page_matrix(looks_of(paragraphs(text)))
    return [[float(row[FEATURES.index(name)]) for name in names] for row in matrix]


def test_in_a_list_that_starts_and_ends_so_the_dates_lead() -> None:
    lines = [line for day, text in enumerate(SUMMARIES, 1) for line in (f"{day} March 2021", text)]
    rows = columns("\n".join(["Latest news", *lines]), "leads_pairs", "ends_pairs")
    assert [row[0] for row in rows[1:]] == [1.0, 0.0] * 4
    assert [row[1] for row in rows[1:]] == [0.0, 1.0] * 4


def test_in_a_list_the_other_way_round_the_summaries_lead() -> None:
    lines = [line for day, text in enumerate(SUMMARIES, 1) for line in (text, f"{day} March 2021")]
    rows = columns("\n".join(lines), "leads_pairs", "ends_pairs", "pairs")
    assert [row[0] for row in rows] == [1.0, 0.0] * 4
    assert all(row[2] == 4.0 for row in rows)


def test_paragraphs_of_one_kind_take_no_turns() -> None:
    assert columns("\n".join([STORY] * 5), "pairs", "leads_pairs") == [[0.0, -1.0]] * 5


TITLES = [
    "Town hall reopens after repair",
    "Old mill bought by village",
    "New ferry for the south shore",
    "Bakers win prize again",
]


def test_a_line_of_the_site_above_a_list_is_no_turn_of_it() -> None:
    lines = [line for day, title in enumerate(TITLES, 1) for line in (f"{day} March 2021", title)]
    rows = columns("\n".join([STORY, "Pick of the day", *lines]), "leads_pairs", "ends_pairs", "pairs")
    assert [row[0] for row in rows[2:]] == [1.0, 0.0] * 4
    assert [row[1] for row in rows[2:]] == [0.0, 1.0] * 4
    assert all(row[2] == 4.0 for row in rows[1:])


def test_a_line_of_the_site_below_a_list_is_no_turn_of_it() -> None:
    lines = [line for day, title in enumerate(TITLES, 1) for line in (title, f"{day} March 2021")]
    rows = columns("\n".join([STORY, *lines, "Ask us"]), "leads_pairs", "ends_pairs")
    assert [row[0] for row in rows[1:9]] == [1.0, 0.0] * 4
    assert [row[1] for row in rows[1:9]] == [0.0, 1.0] * 4


def test_of_a_list_that_starts_and_ends_alike_either_may_lead() -> None:
    lines = [line for day in (1, 2, 3) for line in (f"{day} March 2021", "Old mill bought by village")]
    rows = columns("\n".join([STORY, *lines, "4 March 2021"]), "leads_pairs", "ends_pairs")
    assert rows[1:] == [[1.0, 1.0], [0.0, 0.0]] * 3 + [[1.0, 1.0]]


def test_the_lead_score_is_held_against_the_others_of_the_page() -> None:
    matrix = page_matrix(looks_of(paragraphs("\n".join([STORY, *SUMMARIES]))))
    fill_lead(matrix, [0.0, 4.0, -1.0, -1.0, -2.0])
    apart, peak, below = (matrix[:, FEATURES.index(name)] for name in ("lead_apart", "lead_peak", "lead_below"))
    assert int(np.argmax(apart)) == int(np.argmax(peak)) == 1
    assert below[1] == 0.0
    assert below[4] == np.float32(0.8)


def test_groups_of_furniture_are_found_as_by_their_patterns_alone() -> None:
    texts = [
        paragraph.text
        for line in PAGES_FILE.read_text(encoding="utf-8").splitlines()
        for paragraph in paragraphs(json.loads(line)["text"])
    ]
    texts += [
        "© 2020 The Herald",
        "Get the BBC News app",
        "Don’t miss out",
        "By continuing you agree",
        "Share on Twitter",
    ]
    assert len(texts) > 100
    for text in texts:
        assert furniture_in(text) == {name: bool(pattern.search(text.lower())) for name, pattern in FURNITURE.items()}
