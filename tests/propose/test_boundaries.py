"""Proposals for whole pages: by the shipped model and by the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.document import make_document
from annotator.core.marks import Boundary
from annotator.core.schema import schema_from_toml
from annotator.core.tokens import token_at
from annotator.propose.boundaries import (
    BoundaryProposer,
    segment_by_rules,
    segment_page,
    shipped_model,
    shipped_model_path,
)
from annotator.propose.boundary_score import load_pages, score_boundaries
from annotator.propose.page_proposal import PageProposal

ROOT = Path(__file__).parents[2]
NEWS = schema_from_toml((ROOT / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8"))
PAGES = load_pages(ROOT / "tests" / "data" / "boundaries" / "pages.jsonl")
SEED = json.loads((ROOT / "tests" / "data" / "seed_gold.json").read_text(encoding="utf-8"))
SEED_TEXT = (ROOT / SEED["page"]).read_bytes().decode("utf-8")
SHARED = ROOT.parent / "shared" / "data" / "boundaries"
SEGMENTERS: list[Callable[[str], PageProposal]] = [segment_page, segment_by_rules]


def test_a_model_is_shipped() -> None:
    assert shipped_model() is not None


def test_the_seed_page_is_proposed_as_its_gold_says() -> None:
    found = segment_page(SEED_TEXT)
    assert list(found.boundaries) == SEED["boundaries"]
    assert [article.label for article in found.articles] == ["article", *["teaser"] * 4]
    whole = {block.position: block.whole for block in found.blocks if not block.inner}
    assert whole == {block["start"]: block["kind"] for block in SEED["blocks"]}


def test_kicker_deck_and_lead_of_the_seed_page_are_cut_apart() -> None:
    found = {block.position: block.kind for block in segment_page(SEED_TEXT).blocks}
    decks = [span for span in SEED["spans"] if span["kind"] == "deck"]
    assert len(decks) == 2
    for span in SEED["spans"]:
        assert found[span["start"]] == span["kind"]
    for deck in decks:
        assert found[deck["end"] + 1] == "teaser"


def test_the_sample_pages_are_proposed_well() -> None:
    values = score_boundaries(PAGES, segment_page).figures["all"]
    assert values["f1"] > 0.9
    assert values["block_accuracy"] > 0.9


@pytest.mark.skipif(not SHARED.is_dir(), reason="the scraped pages must not be published; they lie beside the checkout")
def test_scraped_pages_that_were_never_fitted_on_are_proposed_well() -> None:
    pages = [page for page in load_pages(SHARED / "dev.jsonl") if page.variant == "real"]
    values = score_boundaries(pages, segment_page).figures["all"]
    assert values["f1"] > 0.85
    assert values["block_accuracy"] > 0.85


@pytest.mark.parametrize("segment", SEGMENTERS)
@pytest.mark.parametrize("page", [*PAGES], ids=lambda page: page.id)
def test_positions_are_token_starts_in_rising_order(segment: Callable[[str], PageProposal], page: object) -> None:
    text = page.text  # type: ignore[attr-defined]
    found = segment(text)
    for positions in ([a.position for a in found.articles], [b.position for b in found.blocks]):
        assert positions[0] == 0
        assert positions == sorted(set(positions))
        for position in positions[1:]:
            token = token_at(text, position)
            assert token is not None
            assert token[0] == position


def test_every_proposal_has_a_score_and_a_reason() -> None:
    for page in PAGES:
        found = segment_page(page.text)
        for mark in (*found.articles, *found.blocks):
            assert 0.0 <= mark.score <= 1.0
            assert mark.reason


def test_reasons_name_what_stands_on_the_page() -> None:
    found = segment_page(SEED_TEXT)
    kicker = next(a for a in found.articles if SEED_TEXT[a.position :].startswith("RUBBER STAMP?"))
    assert "the line before ends in mid-sentence" in kicker.reason
    assert "an all-capitals kicker opens this one" in kicker.reason


@pytest.mark.parametrize("segment", SEGMENTERS)
def test_an_empty_page_gets_no_proposals(segment: Callable[[str], PageProposal]) -> None:
    assert segment("") == segment(" \n\n ") == PageProposal()


@pytest.mark.parametrize("segment", SEGMENTERS)
@pytest.mark.parametrize("text", ["A", "...", "\x00", "READ MORE", "One line that says one thing.", "1", "“"])
def test_a_page_of_one_short_line_is_one_article(segment: Callable[[str], PageProposal], text: str) -> None:
    assert segment(text).boundaries == ()


@pytest.mark.parametrize(
    "text",
    [
        "日本政府は来週、新しい防衛計画を発表する。\n首相は記者会見で説明した。\n野党は反対している。",
        "أعلنت الحكومة اليوم خطة جديدة.\nوقال الوزير إن العمل سيبدأ قريبا.\nورحبت المعارضة بالقرار.",
    ],
)
def test_a_page_in_a_script_the_model_does_not_know_is_left_whole(text: str) -> None:
    found = segment_page(text)
    assert found.boundaries == ()
    assert found.blocks[0].position == 0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aB.:?“”\n \x00é漢1,-…", max_size=400))
def test_no_page_makes_it_fail(text: str) -> None:
    for segment in SEGMENTERS:
        found = segment(text)
        assert all(0 <= mark.position < max(1, len(text)) for mark in (*found.articles, *found.blocks))


@pytest.mark.parametrize("unit", ["word ", "A sentence of six words here. ", "x", "KICKER: A ", "“", "Name Name "])
def test_a_million_code_points_on_one_line_are_worked_through(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    found = segment_page(text)
    assert found.articles[0].position == 0


def test_proposing_twice_gives_the_same() -> None:
    assert segment_page(PAGES[1].text) == segment_page(PAGES[1].text)


def test_the_proposer_gives_boundaries_of_both_layers_one_sequence_a_document() -> None:
    documents = [make_document(SEED_TEXT), make_document(""), make_document(PAGES[0].text)]
    proposer = BoundaryProposer()
    found = list(proposer.propose(documents, NEWS))
    assert [bool(proposals) for proposals in found] == [True, False, True]
    articles = [p.mark for p in found[0] if p.mark.layer == "articles"]
    assert [mark.start for mark in articles] == [0, *SEED["boundaries"]]
    for document, proposals in zip(documents, found, strict=True):
        for proposal in proposals:
            assert isinstance(proposal.mark, Boundary)
            assert NEWS.problem(proposal.mark, document.text) is None
            assert proposal.proposer == "boundaries"
            assert proposal.score is not None


def test_layers_and_labels_that_the_schema_lacks_are_left_out() -> None:
    text = """
name = "small"
version = 1
[[layers]]
name = "blocks"
kind = "segments"
[[layers.labels]]
name = "body"
"""
    (found,) = BoundaryProposer().propose([make_document(SEED_TEXT)], schema_from_toml(text))
    assert {(p.mark.layer, p.mark.label) for p in found} == {("blocks", "body")}  # type: ignore[union-attr]


def test_a_schema_without_segments_gets_nothing() -> None:
    text = (
        'name = "none"\nversion = 1\n[[layers]]\nname = "entities"\nkind = "spans"\n[[layers.labels]]\nname = "PER"\n'
    )
    assert list(BoundaryProposer().propose([make_document(SEED_TEXT)], schema_from_toml(text))) == [()]


def test_the_proposer_takes_a_model_file() -> None:
    assert BoundaryProposer(shipped_model_path()).version == BoundaryProposer().version
