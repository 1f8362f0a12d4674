"""`score-boundaries` and `fit-boundaries`."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from annotator.cli.boundaries import register
from annotator.core.errors import InputError

PAGES = Path(__file__).parents[1] / "data" / "boundaries" / "pages.jsonl"
APP = typer.Typer()
register(APP)


def test_scores_are_printed_for_all_pages_and_by_variant() -> None:
    result = CliRunner().invoke(APP, ["score-boundaries", str(PAGES)])
    assert result.exit_code == 0, result.output
    for word in ("precision", "recall", "F1", "Pk", "WinDiff", "wholly", "ECE", "seedlike", "pages a minute"):
        assert word in result.output


def test_json_holds_the_same_figures() -> None:
    result = CliRunner().invoke(APP, ["score-boundaries", str(PAGES), "--json"])
    figures = json.loads(result.output)["figures"]
    assert figures["all"]["pages"] == 12
    assert 0.9 < figures["all"]["f1"] <= 1.0


def test_the_rules_can_be_scored_beside_the_model() -> None:
    result = CliRunner().invoke(APP, ["score-boundaries", str(PAGES), "--rules", "--json"])
    assert 0.3 < json.loads(result.output)["figures"]["all"]["f1"] < 1.0


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(APP, ["score-boundaries", str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, InputError)


def test_a_model_file_that_is_none_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"nothing")
    result = CliRunner().invoke(APP, ["score-boundaries", str(PAGES), "--model", str(path)])
    assert isinstance(result.exception, InputError)
