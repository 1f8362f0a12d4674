"""Learning the layouts of a corpus' sites."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from annotator.app.settings import find_schema
from annotator.core.document import make_document
from annotator.core.errors import Cancelled, InputError
from annotator.core.marks import Boundary, Span
from annotator.propose.boundaries import BoundaryProposer, shipped_model
from annotator.propose.learned_models import ModelFolder
from annotator.propose.learning import TooFewPages
from annotator.propose.learning_boundaries import base_of, layouts_in_use, learn_boundaries
from annotator.propose.lines import paragraphs
from annotator.propose.page_decode import read_page
from annotator.propose.site_layouts import SORTS, ReadPage, fit_layouts, patterns_of, read_layouts, site_of
from annotator.propose.training import FinishedPage

SCHEMA = find_schema("news")
WORDS = ["harbour", "council", "voted", "ferry", "budget", "storm", "repair", "school", "market", "bridge", "flood"]


def page(number: int, source: str = "https://www.tide.example/a") -> FinishedPage:
    """A page of a site that puts an hour of high water on the line before the headline of a linked article."""
    draw = random.Random(number)

    def sentence(size: int) -> str:
        words = [draw.choice(WORDS) for _ in range(size)]
        return f"{words[0].capitalize()} {' '.join(words[1:])}."

    lines = [(sentence(8)[:-1], "headline", False)]
    lines += [(" ".join(sentence(12) for _ in range(3)), "body", False) for _ in range(4)]
    for _ in range(5):
        lines.append((f"high water {draw.randint(1, 12)}.{draw.randint(10, 59)}", "byline", True))
        lines.append((sentence(7)[:-1], "teaser", False))
    lines.append(("Tide Post rests on Sunday", "boilerplate", False))
    marks, at = {Boundary(0, "articles", "article")}, 0
    for text, kind, opens in lines:
        marks.add(Boundary(at, "blocks", kind))
        if opens:
            marks.add(Boundary(at, "articles", "teaser"))
        at += len(text) + 1
    document = make_document("\n".join(text for text, _, _ in lines), source=source)
    return FinishedPage(document, frozenset(), frozenset(marks))


@pytest.fixture(scope="module")
def pages() -> list[FinishedPage]:
    return [page(number) for number in range(12)]


def right(finished: FinishedPage, proposer: BoundaryProposer) -> int:
    (found,) = proposer.propose([finished.document], SCHEMA)
    return len({proposal.mark for proposal in found} & finished.boundaries)


def test_a_layout_is_learned_kept_and_used_on_pages_not_seen(pages: list[FinishedPage], tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "models")
    attempt = learn_boundaries(pages, SCHEMA, folder)
    assert attempt.kept
    assert 0.0 < attempt.low <= attempt.gain <= attempt.high
    layouts = layouts_in_use(folder)
    assert layouts is not None
    shipped, learned = BoundaryProposer(), BoundaryProposer(layouts=layouts)
    assert learned.version == f"{shipped.version}+{layouts.digest}"
    fresh = page(99)
    assert right(fresh, learned) > right(fresh, shipped)
    (found,) = learned.propose([fresh.document], SCHEMA)
    assert all(0.0 <= (proposal.score or 0.0) <= 1.0 for proposal in found)
    assert layouts == read_layouts(tmp_path / "models" / attempt.path / "layouts.json")


def test_the_same_seed_on_the_same_pages_gives_the_same(pages: list[FinishedPage], tmp_path: Path) -> None:
    digests = []
    for name, order in (("one", pages), ("two", pages[::-1])):
        folder = ModelFolder(tmp_path / name)
        assert learn_boundaries(order, SCHEMA, folder, seed=3).kept
        layouts = layouts_in_use(folder)
        digests.append(layouts and layouts.digest)
    assert digests[0] == digests[1]


def test_learning_again_from_the_same_pages_is_not_better_than_what_is_in_use(
    pages: list[FinishedPage], tmp_path: Path
) -> None:
    folder = ModelFolder(tmp_path / "models")
    first = learn_boundaries(pages, SCHEMA, folder)
    again = learn_boundaries(pages, SCHEMA, folder)
    assert again.before == again.after == first.after
    assert not again.kept
    assert folder.in_use("boundaries") == tmp_path / "models" / first.path
    assert folder.go_back("boundaries") is None
    assert layouts_in_use(folder) is None


def test_pages_on_which_the_model_is_right_teach_nothing(tmp_path: Path) -> None:
    given = []
    for number in range(8):
        document = page(number).document
        (found,) = BoundaryProposer().propose([document], SCHEMA)
        marks = frozenset(p.mark for p in found if isinstance(p.mark, Boundary))
        given.append(FinishedPage(document, frozenset(), marks))
    folder = ModelFolder(tmp_path / "models")
    attempt = learn_boundaries(given, SCHEMA, folder)
    assert attempt.before == 1.0
    assert not attempt.kept
    assert layouts_in_use(folder) is None


def test_too_few_pages_with_boundaries_are_refused(pages: list[FinishedPage], tmp_path: Path) -> None:
    bare = [FinishedPage(p.document, frozenset({Span(0, 1, "entities", "ORG")})) for p in pages]
    with pytest.raises(TooFewPages, match="at least 8 finished pages with boundaries; there are 7"):
        learn_boundaries([*pages[:7], *bare[7:]], SCHEMA, ModelFolder(tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("at", [0.1, 0.7, 0.95])
def test_stopped_half_way_nothing_has_changed(pages: list[FinishedPage], tmp_path: Path, at: float) -> None:
    def stop(_what: str, share: float) -> None:
        if share >= at:
            raise Cancelled

    with pytest.raises(Cancelled):
        learn_boundaries(pages, SCHEMA, ModelFolder(tmp_path), progress=stop)
    assert not list(tmp_path.iterdir())


def test_what_was_learned_for_another_boundary_model_is_not_used(pages: list[FinishedPage], tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path)
    attempt = learn_boundaries(pages, SCHEMA, folder)
    file = tmp_path / attempt.path / "layouts.json"
    data = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**data, "base": "0000000000"}), "utf-8")
    assert layouts_in_use(folder) is None


@pytest.mark.parametrize(
    "change",
    [{"format": "x"}, {"opens": [1.0]}, {"counts": {"a": [1.0]}}, {"counts": 3}, {"sorts": []}, {"kinds": ["x"] * 8}],
)
def test_a_file_that_is_no_layouts_is_refused_in_one_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    model = shipped_model()
    assert model is not None
    text = page(1).document.text
    reading = read_page(paragraphs(text), model)
    nothing = np.full(len(reading.opens), np.nan)
    read = ReadPage(
        patterns_of("s", reading.looks), reading.opens, reading.kinds, nothing, np.full(len(nothing), -1, dtype=int)
    )
    path = tmp_path / "layouts.json"
    fit_layouts([read], base_of(model)).save(path)
    assert len(read_layouts(path).opens) == 2 + len(SORTS)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")
    with pytest.raises(InputError, match="does not hold learned layouts"):
        read_layouts(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_layouts(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("source", "site"),
    [
        ("https://www.tide.example/a/b?c", "tide.example"),
        ("tide.example", "tide.example"),
        ("page1.txt", "page1.txt"),
        ("http://[broken", "http://[broken"),
        ("", ""),
    ],
)
def test_a_site_is_the_host_of_an_address(source: str, site: str) -> None:
    assert site_of(source) == site
