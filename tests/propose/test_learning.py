"""Learning from finished pages."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import Cancelled, InputError
from annotator.core.marks import Span
from annotator.core.schema import Schema, schema_from_toml
from annotator.propose.entities import SpacyProposer
from annotator.propose.learned_models import LearnedModel, ModelFolder, models_folder
from annotator.propose.learning import learn_entities
from annotator.propose.training import FinishedPage, PipelineLabels, TrainSettings

SCHEMA = schema_from_toml(
    """
name = "ships"
[[layers]]
name = "entities"
kind = "spans"
[[layers.labels]]
name = "VESSEL"
[[layers.labels]]
name = "PER"
[layers.mapping]
PERSON = "PER"
"""
)
SETTINGS = TrainSettings(epochs=1, steps=45, rehearsal=0.0)


def finished(count: int) -> list[FinishedPage]:
    """Pages about ships, which the pipeline does not know, and people, whom it does."""
    draw = random.Random(7)
    pages = []
    for number in range(count):
        text, spans = f"Report {number}.\n", set()
        for _ in range(6):
            name = draw.choice(["Northern Star", "Sea Prince", "Blue Heron", "Iron Duke", "Morning Tide", "Old Glory"])
            for before, string, label, after in (
                ("The crew of the ", name, "VESSEL", " left the port on board. "),
                ("Later ", draw.choice(["Angela Merkel", "Tony Blair"]), "PER", " spoke to the press.\n"),
            ):
                text += before
                spans.add(Span(len(text), len(text) + len(string), "entities", label))
                text += string + after
        pages.append(FinishedPage(make_document(text), frozenset(spans)))
    return pages


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelFolder, LearnedModel]:
    folder = ModelFolder(tmp_path_factory.mktemp("corpus") / "ships.models")
    report = learn_entities(finished(12), SCHEMA, folder, seed=3, settings=SETTINGS)
    assert report.crossing == 0
    assert report.calibration_after is not None
    return folder, report.attempt


def test_a_label_that_the_pipeline_did_not_know_is_learned_and_kept(learned: tuple[ModelFolder, LearnedModel]) -> None:
    folder, attempt = learned
    assert attempt.kept
    assert attempt.gain > 0.1
    assert 0 < attempt.low <= attempt.gain <= attempt.high
    model = folder.in_use("entities")
    assert model is not None
    proposer = SpacyProposer(str(model))
    document = make_document("The crew of the Grey Goose left the port. Later Tony Blair spoke.")
    (found,) = proposer.propose([document], SCHEMA)
    assert ("Grey Goose", "VESSEL") in {(document.text[p.mark.start : p.mark.end], p.mark.label) for p in found}
    assert ("Tony Blair", "PER") in {(document.text[p.mark.start : p.mark.end], p.mark.label) for p in found}
    assert proposer.version.startswith("entities-0001 ")


def test_one_call_goes_back(learned: tuple[ModelFolder, LearnedModel], tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "m")
    attempt = LearnedModel(0, "entities", "", 9, 0.5, 0.6, 0.01, 0.2, 0, kept=True)
    for _ in range(2):
        folder.add(attempt, lambda path: path.mkdir())
    assert folder.in_use("entities") == tmp_path / "m" / "entities-0002"
    assert folder.go_back("entities") == tmp_path / "m" / "entities-0001"
    assert folder.go_back("entities") is None
    with pytest.raises(InputError, match="nothing to go back from"):
        folder.go_back("entities")


IDLE = TrainSettings(epochs=0, steps=0)


def test_labels_of_the_pipeline_that_stand_for_one_of_the_corpus_are_learned_without_training(tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "m")
    assert learn_entities(finished(9), SCHEMA, folder, settings=IDLE).attempt.kept
    model = folder.in_use("entities")
    assert model is not None
    learned = json.loads((model / "labels.json").read_text("utf-8"))
    assert learned
    assert set(learned.values()) == {"VESSEL"}
    assert "PERSON" not in learned


def test_what_is_not_better_is_not_kept(tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "m")
    pages = []
    for page in finished(9):
        (found,) = SpacyProposer().propose([page.document], SCHEMA)
        pages.append(FinishedPage(page.document, frozenset(p.mark for p in found if isinstance(p.mark, Span))))
    attempt = learn_entities(pages, SCHEMA, folder, settings=IDLE).attempt
    assert not attempt.kept
    assert attempt.gain == pytest.approx(0.0)
    assert folder.in_use("entities") is None
    assert [row.kept for row in folder.history()] == [False]
    assert [path.name for path in folder.path.iterdir()] == ["history.json"]


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    pages = finished(8)
    settings = TrainSettings(epochs=1, steps=0)
    first, second = (
        learn_entities(order, SCHEMA, ModelFolder(tmp_path / name), seed=5, settings=settings).attempt
        for name, order in (("a", pages), ("b", pages[::-1]))
    )
    assert first == second


def test_a_stopped_training_changes_nothing(tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "m")
    seen = []

    def stop(what: str, share: float) -> None:
        seen.append(share)
        if share > 0.3:
            raise Cancelled(what)

    with pytest.raises(Cancelled):
        learn_entities(finished(9), SCHEMA, folder, settings=SETTINGS, progress=stop)
    assert seen == sorted(seen)
    assert not folder.path.exists()


def test_too_few_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 8 finished pages with entities; there are 3"):
        learn_entities(finished(3), SCHEMA, ModelFolder(tmp_path), settings=SETTINGS)


def test_a_schema_without_spans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no layer of spans"):
        learn_entities(finished(9), Schema("none", 1, ()), ModelFolder(tmp_path), settings=SETTINGS)


def test_labels_go_to_the_pipelines_own_where_the_schema_maps_them() -> None:
    labels = PipelineLabels(SCHEMA.by_name["entities"], ["DATE", "GPE", "PERSON"])
    assert labels.new == ["VESSEL"]
    assert labels.theirs("PER", None) == "PERSON"
    assert labels.theirs("VESSEL", "PERSON") == "VESSEL"
    assert labels.is_dropped("DATE")
    assert not labels.is_dropped("PERSON")


def test_half_a_model_is_never_left_in_place(tmp_path: Path) -> None:
    folder = ModelFolder(tmp_path / "m")

    def fail(path: Path) -> None:
        path.mkdir()
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        folder.add(LearnedModel(0, "entities", "", 9, 0.5, 0.6, 0.01, 0.2, 0, kept=True), fail)
    assert folder.in_use("entities") is None
    assert folder.history() == []


def test_a_history_that_is_no_history_is_refused(tmp_path: Path) -> None:
    (tmp_path / "history.json").write_text(json.dumps({"version": 1, "models": [{"x": 1}]}), encoding="utf-8")
    with pytest.raises(InputError, match="move the folder away"):
        ModelFolder(tmp_path).history()


def test_models_lie_beside_the_corpus() -> None:
    assert models_folder(Path("a/news.corpus")) == Path("a/news.models")
