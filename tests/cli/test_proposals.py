"""`annotator score-entities` and `annotator train`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotator.app.learning import finished_page, settings_for
from annotator.app.settings import find_schema
from annotator.cli import proposals
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import schema_from_toml
from annotator.propose import learning
from annotator.propose.learned_models import LearnedModel, ModelFolder, models_folder
from annotator.propose.training import TrainSettings
from annotator.store.corpus import Corpus
from tests.propose.test_learning_boundaries import page

ROW = {
    "text": "Angela Merkel met Emmanuel Macron in Paris.",
    "spans": [
        {"start": 0, "end": 13, "label": "PERSON"},
        {"start": 18, "end": 33, "label": "PERSON"},
        {"start": 37, "end": 42, "label": "GPE"},
    ],
}


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    proposals.register(made)
    made.command("other")(lambda: None)
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    return path


def test_score_entities_prints_a_table(app: typer.Typer, data: Path) -> None:
    done = CliRunner().invoke(app, ["score-entities", str(data)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "PERSON" in done.stdout
    assert "over the bare pipeline" in done.stdout
    assert "words a second" in done.stdout


def test_score_entities_prints_json(app: typer.Typer, data: Path) -> None:
    done = CliRunner().invoke(app, ["score-entities", str(data), "--json", "--limit", "1"], catch_exceptions=False)
    report = json.loads(done.stdout)
    assert report["total"]["recall"] == 1.0
    assert report["texts"] == 1
    assert report["speed"] > 0


def test_score_entities_names_the_line_that_is_wrong(app: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        CliRunner().invoke(app, ["score-entities", str(path)], catch_exceptions=False)


SHIPS = """
name = "ships"
[[layers]]
name = "entities"
kind = "spans"
[[layers.labels]]
name = "VESSEL"
"""


@pytest.fixture
def ships(tmp_path: Path) -> Path:
    """A corpus with eight finished pages about ships and two that nobody has opened."""
    path = tmp_path / "ships.corpus"
    records = []
    for number in range(10):
        name = ["Northern Star", "Sea Prince", "Blue Heron"][number % 3]
        document = make_document(f"Page {number}. The crew of the {name} left the port. The {name} sank.\n")
        spans = {
            Span(at, at + len(name), "entities", "VESSEL")
            for at in range(len(document.text))
            if document.text.startswith(name, at)
        }
        works = (Work(Annotation(document.id, "ann", frozenset(spans), State(Status.DONE))),) if number < 8 else ()
        records.append(Record(document, works))
    with Corpus.create(path, schema_from_toml(SHIPS)) as corpus:
        corpus.add_records(records)
    return path


def test_train_learns_from_finished_pages_and_proposes_on_unopened_ones(
    app: typer.Typer, ships: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "TrainSettings", lambda: TrainSettings(epochs=1, steps=30, rehearsal=0.0))
    done = CliRunner().invoke(app, ["train", str(ships), "--json"], catch_exceptions=False)
    report = json.loads(done.stdout)
    attempt = report["learned"]["attempt"]
    assert report["finished"] == 8
    assert report["proposed"] == 2
    assert attempt["pages"] == 8
    assert attempt["kept"] == (attempt["low"] > 0)
    with Corpus.open(ships) as corpus:
        unopened = [record for record in corpus.records() if not record.works]
        assert report["marks"] == sum(len(corpus.proposals(record.document.id)) for record in unopened) >= 4
        opened = [record for record in corpus.records() if record.works]
        assert not any(corpus.proposals(record.document.id) for record in opened)
        assert settings_for(corpus).model == (str(tmp) if (tmp := models_of(ships).in_use("entities")) else None)


def models_of(corpus: Path) -> ModelFolder:
    return ModelFolder(models_folder(corpus))


def test_train_goes_back_and_says_what_is_in_use(app: typer.Typer, ships: Path) -> None:
    attempt = LearnedModel(0, "entities", "", 9, 0.5, 0.6, 0.01, 0.2, 0, kept=True)
    models_of(ships).add(attempt, lambda path: path.mkdir())
    done = CliRunner().invoke(app, ["train", str(ships), "--back"], catch_exceptions=False)
    assert "In use again for entities: the one that comes with the program" in done.stdout
    with pytest.raises(InputError, match="nothing to go back from"):
        CliRunner().invoke(app, ["train", str(ships), "--back"], catch_exceptions=False)


def test_train_needs_finished_pages(app: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "empty.corpus"
    Corpus.create(path, schema_from_toml(SHIPS)).close()
    with pytest.raises(InputError, match="at least 8 finished pages"):
        CliRunner().invoke(app, ["train", str(path)], catch_exceptions=False)


def test_gold_stands_before_the_work_of_annotators() -> None:
    document = make_document("Acme and Beta.")
    works = [
        Work(Annotation(document.id, name, frozenset({Span(*edges, "entities", "VESSEL")}), State(status)))
        for name, edges, status in (
            ("ann", (0, 4), Status.DONE),
            (GOLD, (9, 13), Status.DONE),
            ("bob", (5, 8), Status.TODO),
        )
    ]
    page = finished_page(Record(document, tuple(works)))
    assert page is not None
    assert page.spans == {Span(9, 13, "entities", "VESSEL")}
    assert finished_page(Record(document, (works[2],))) is None


@pytest.fixture
def tides(tmp_path: Path) -> Path:
    """A corpus of one site with ten finished pages, one that somebody has opened and two that nobody has."""
    path = tmp_path / "tides.corpus"
    records = []
    for number in range(13):
        done = page(number)
        state = State(Status.DONE if number < 10 else Status.IN_PROGRESS)
        works = (Work(Annotation(done.document.id, "ann", done.boundaries, state)),) if number < 11 else ()
        records.append(Record(done.document, works))
    with Corpus.create(path, find_schema("news")) as corpus:
        corpus.add_records(records)
    return path


def test_train_learns_the_layout_of_a_site_and_says_why_it_could_not_learn_entities(
    app: typer.Typer, tides: Path
) -> None:
    done = CliRunner().invoke(app, ["train", str(tides)], catch_exceptions=False)
    assert "article boundaries and blocks: on pages held out, F1 0." in done.stdout
    assert "Kept and in use: boundaries-0001." in done.stdout
    assert "at least 8 finished pages with entities; there are 0" in done.stdout
    assert "2 pages that nobody had opened were proposed anew" in done.stdout
    with Corpus.open(tides) as corpus:
        layouts = settings_for(corpus).layouts
        assert layouts is not None
        proposed = [record for record in corpus.records() if record.proposals]
        assert all(not record.works for record in proposed)
        assert len(proposed) == 2
        names = {proposal.proposer for record in proposed for proposal in record.proposals}
        assert any(name.endswith(layouts.digest) for name in names)
    back = CliRunner().invoke(app, ["train", str(tides), "--back"], catch_exceptions=False)
    assert "In use again for article boundaries and blocks: the one that comes with the program" in back.stdout
    with Corpus.open(tides) as corpus:
        assert settings_for(corpus).layouts is None
    with pytest.raises(InputError, match="at least 8 finished pages with entities"):
        CliRunner().invoke(app, ["train", str(tides), "--only", "entities"], catch_exceptions=False)
