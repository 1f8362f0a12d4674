"""Scoring proposals against labelled pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.core.errors import InputError
from annotator.propose.boundary_score import (
    LabelledPage,
    calibration_error,
    load_pages,
    pk,
    reliability,
    score_boundaries,
    score_page,
    window_diff,
)
from annotator.propose.page_proposal import ArticleStart, BlockStart, PageProposal

TEXT = "One.\nTwo.\nSUM: Three four\nFive"
PAGE = LabelledPage(
    "p",
    TEXT,
    (10, 26),
    ((0, 4, "body"), (5, 9, "body"), (10, 25, "teaser"), (26, 30, "headline")),
    ((10, 14, "kicker"), (15, 20, "deck")),
    "seedlike",
)


def proposal(boundaries: tuple[int, ...], kinds: dict[int, str], cuts: tuple[int, ...] = ()) -> PageProposal:
    articles = [ArticleStart(position, "article", 0.9, "") for position in (0, *boundaries)]
    blocks = [BlockStart(position, kind, 0.8, "", kind) for position, kind in kinds.items()]
    blocks += [BlockStart(position, "teaser", 0.8, "", "teaser", inner=True) for position in cuts]
    return PageProposal(tuple(articles), tuple(sorted(blocks, key=lambda block: block.position)))


GOLD = proposal((10, 26), {0: "body", 5: "body", 10: "teaser", 26: "headline"}, (21,))


def test_the_gold_itself_scores_full_marks() -> None:
    values = score_boundaries([PAGE], lambda text: GOLD).figures["all"]
    for name in (
        "precision",
        "recall",
        "f1",
        "f1_macro",
        "wholly_right",
        "block_accuracy",
        "block_macro_f1",
        "cut_accuracy",
    ):
        assert values[name] == 1.0
    assert values["pk"] == values["window_diff"] == 0.0


def test_wrong_and_missed_boundaries_are_counted_apart() -> None:
    result = score_page(PAGE, proposal((5, 26), {0: "body", 5: "teaser", 10: "teaser", 26: "headline"}))
    assert (result.hit, result.wrong, result.missed) == (1, 1, 1)
    assert [gold == found for gold, found in result.kinds] == [True, False, True, True]
    assert (result.cuts, result.cuts_found) == (1, 0)


def test_a_gold_block_without_a_start_of_its_own_takes_the_kind_around_it() -> None:
    result = score_page(PAGE, proposal((), {0: "body"}))
    assert result.kinds == [("body", "body"), ("body", "body"), ("teaser", "body"), ("headline", "body")]


def test_no_proposal_at_all_is_scored_and_not_an_error() -> None:
    values = score_boundaries([PAGE], lambda text: PageProposal()).figures["all"]
    assert (values["recall"], values["f1"], values["block_accuracy"]) == (0.0, 0.0, 0.0)


def test_pk_and_window_diff_agree_with_the_worked_example() -> None:
    # Twelve units, reference cuts at 4 and 8, window 2. A near miss at 5 is seen by two of ten windows.
    assert pk([4, 8], [5, 8], 12, 2) == pytest.approx(2 / 10)
    assert window_diff([4, 8], [5, 8], 12, 2) == pytest.approx(2 / 10)
    # A cut too many beside a right one is seen by WindowDiff in full and by Pk in part.
    assert pk([4, 8], [4, 5, 8], 12, 2) < window_diff([4, 8], [4, 5, 8], 12, 2)


def test_calibration_error_is_the_mean_gap_between_score_and_share_right() -> None:
    scored = [(0.95, True)] * 9 + [(0.95, False)] + [(0.55, True), (0.55, False)]
    assert calibration_error(scored) == pytest.approx((10 * 0.05 + 2 * 0.05) / 12)
    assert [row["count"] for row in reliability(scored)] == [2, 10]
    assert calibration_error([]) == 0.0


def test_intervals_hold_the_figure_and_are_the_same_for_one_seed() -> None:
    pages = [PAGE] * 6
    segments = iter([GOLD, GOLD, GOLD, proposal((10,), {0: "body"}), GOLD, proposal((), {0: "body"})] * 2)
    first = score_boundaries(pages, lambda text: next(segments), seed=3)
    second = score_boundaries(pages, lambda text: next(segments), seed=3)
    low, high = first.intervals["all"]["f1"]
    assert low <= first.figures["all"]["f1"] <= high
    assert first.intervals == second.intervals


def test_figures_are_given_by_variant_and_for_stitched_and_real_pages() -> None:
    real = LabelledPage("r", TEXT, (10, 26), PAGE.blocks, (), "real")
    report = score_boundaries([PAGE, real], lambda text: GOLD)
    assert set(report.figures) == {"all", "stitched", "real", "seedlike"}
    assert "cut_accuracy" not in report.figures["real"]
    assert json.loads(json.dumps(report.to_json()))["figures"]["real"]["pages"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": "a"}',
        '{"text": "ab", "boundaries": [7], "blocks": []}',
        '{"text": "ab", "boundaries": [], "blocks": [{"start": 0, "end": 9, "kind": "body"}]}',
        '{"text": 5, "boundaries": [], "blocks": []}',
    ],
)
def test_a_line_that_is_no_labelled_page_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text('{"text": "ab", "boundaries": [1], "blocks": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"pages\.jsonl, line 2"):
        load_pages(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        load_pages(tmp_path / "nowhere.jsonl")
