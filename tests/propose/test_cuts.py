"""Kickers and decks inside teaser lines."""

from __future__ import annotations

import pytest

from annotator.propose.boundaries import shipped_model
from annotator.propose.cuts import candidates, cut_line, kicker_end

LINE = (
    "RUBBER STAMP? The latest appointment drew dissenting voices On their last day at work, the staff went home early"
)


@pytest.mark.parametrize(
    ("line", "kicker"),
    [
        (LINE, "RUBBER STAMP?"),
        ("PAY GAP: Bonuses are a method of payment", "PAY GAP:"),
        ("'COCAINE OF THE POOR': Worse still, it is easy to make", "'COCAINE OF THE POOR':"),
        ("SUMMIT | Leaders meet in the mountains", "SUMMIT |"),
    ],
)
def test_a_kicker_ends_behind_its_mark(line: str, kicker: str) -> None:
    assert line[: kicker_end(line)] == kicker


@pytest.mark.parametrize(
    "line", ["The WHO: a history", "He said: no", "A HUNTER who killed a rabbit fell ill.", "", "NASA"]
)
def test_running_text_opens_with_no_kicker(line: str) -> None:
    assert kicker_end(line) is None


def test_candidates_for_the_lead_are_token_starts_behind_the_kicker() -> None:
    start = LINE.index("The latest")
    found = candidates(LINE, start)
    assert LINE.index("On their") in found
    assert all(position > start and LINE[position - 1] == " " and not LINE[position].islower() for position in found)


def test_without_a_model_only_the_kicker_is_cut_off() -> None:
    cuts = cut_line(LINE, None)
    assert cuts is not None
    assert (cuts.deck, cuts.lead) == (LINE.index("The latest"), None)


def test_a_line_of_nothing_but_a_kicker_is_not_cut() -> None:
    assert cut_line("RUBBER STAMP? ", None) is None


@pytest.mark.parametrize(
    "dateline",
    [
        "MANILA — ",
        "Muscat: ",
        "Zihuatanejo- ",
        "Durban, May 20 2022 (IPS) - ",
        "KUALA LUMPUR: ",
        "CAIRO - 25 July 2022: ",
        "Hanoi (VNA) – ",
    ],
)
def test_a_dateline_starts_the_lead(dateline: str) -> None:
    deck = "GRAIN SHIPS: Ministers will meet for a second time next week about the ports and their workers"
    line = f"{deck} {dateline}The harbour of the city was closed on Monday after a storm"
    cuts = cut_line(line, shipped_model())
    assert cuts is not None
    assert cuts.lead == line.index(dateline)
