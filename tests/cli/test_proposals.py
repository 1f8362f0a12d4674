"""`annotator score-entities` and `annotator train`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotator.cli import proposals
from annotator.core.errors import InputError

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
