"""Calibrated scores of entities."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from annotator.core.errors import InputError
from annotator.propose.consistency import Entity
from annotator.propose.entity_scores import (
    EntityScores,
    fit_scores,
    log_odds,
    page_features,
    read_scores,
    shipped_scores,
    write_scores,
)

TEXT = "Trump met Trump and the TRUMP board."


def test_the_surer_the_pipeline_the_higher_the_score() -> None:
    scores = shipped_scores()
    found = [scores.score_page("Paris", [Entity(0, 5, "GPE", chance)])[0] for chance in (0.05, 0.5, 0.9, 0.999)]
    assert found == sorted(found)
    assert found[-1] > 0.85 > 0.5 > found[0]


def test_another_label_for_the_same_string_lowers_the_score_and_the_same_raises_it() -> None:
    scores = shipped_scores()
    alone = scores.score_page(TEXT, [Entity(0, 5, "PERSON", 0.8)])[0]
    agreed = scores.score_page(TEXT, [Entity(0, 5, "PERSON", 0.8), Entity(10, 15, "PERSON", 0.8)])[0]
    torn = scores.score_page(TEXT, [Entity(0, 5, "PERSON", 0.8), Entity(10, 15, "ORG", 0.8)])[0]
    assert torn < alone < agreed


def test_a_pipeline_that_does_not_say_how_sure_it_is_gets_no_score() -> None:
    assert shipped_scores().score_page(TEXT, [Entity(0, 5, "PERSON")]) == [None]


def test_features_name_what_they_saw() -> None:
    first, second = page_features(TEXT, [Entity(0, 5, "PERSON", 0.5), Entity(24, 29, "ORG", 0.99)])
    assert first == {"one": 1.0, "label PERSON": 1.0, "sureness": 0.0, "one word": 1.0}
    assert second["capitals"] == 1.0
    assert second["sureness above 2"] == pytest.approx(log_odds(0.99) - 2)


def test_fitting_finds_the_weights_that_made_the_data() -> None:
    draw = random.Random(5)
    truth = EntityScores({"one": -0.5, "a": 2.0, "b": -1.0})
    rows = []
    for _ in range(8000):
        features = {"one": 1.0, "a": draw.random(), "b": float(draw.random() < 0.5)}
        rows.append((features, draw.random() < truth.score(features)))
    fitted = fit_scores(rows)
    for name, weight in truth.weights.items():
        assert fitted.weights[name] == pytest.approx(weight, abs=0.2)


def test_without_data_fitting_gives_back_the_prior() -> None:
    prior = {"one": 0.3, "label ORG": -0.2}
    assert fit_scores([], prior=prior).weights == pytest.approx(prior)


def test_scores_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_scores(path, EntityScores({"one": 0.25}, "made here"), {"entities": 3})
    assert read_scores(path) == EntityScores({"one": 0.25}, "made here")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"format": "annotator-entity-scores", "version": 2, "weights": {}}'])
def test_a_file_that_holds_no_scores_is_refused(tmp_path: Path, body: str) -> None:
    path = tmp_path / "scores.json"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(InputError, match="no entity scores can be read"):
        read_scores(path)


def test_the_shipped_scores_say_how_well_they_are_calibrated() -> None:
    path = Path(__file__).parents[2] / "resources" / "models" / "entity_scores.json"
    measured = json.loads(path.read_text(encoding="utf-8"))["measured"]
    assert measured["calibration_error"] < 0.05
    assert max(measured["calibration_error_by_fold"]) < 0.05
    assert measured["auc"] > measured["auc_label_only"]
