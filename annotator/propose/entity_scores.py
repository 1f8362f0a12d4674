"""Calibrated scores for entities: a logistic regression on cheap features, shipped as numbers.

A score is the chance that both edges and the label are right. docs/decisions/0051 has how it was fitted and measured.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.propose.consistency import NOT_NAMES, Entity

FORMAT = "annotator-entity-scores"
_MAX_FILE = 1_000_000
_SURE = 2.0
"""Log odds above which sureness counts with a slope of its own."""
_LIMIT = 8.5


@dataclass(frozen=True)
class EntityScores:
    """Weights of the features; one that is not listed weighs nothing."""

    weights: Mapping[str, float]
    about: str = ""
    """What it was fitted on."""

    def score(self, features: Mapping[str, float]) -> float:
        """The chance that an entity with these features is right."""
        total = sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-total))

    def score_page(self, text: str, entities: Sequence[Entity]) -> list[float | None]:
        """The score of each entity of a page; None where neither the pipeline nor a rule says how sure it is."""
        found = page_features(text, entities)
        return [
            None if entity.chance is None and not entity.rule else round(self.score(features), 4)
            for entity, features in zip(entities, found, strict=True)
        ]


def page_features(text: str, entities: Sequence[Entity]) -> Iterator[dict[str, float]]:
    """The features of each entity of a page, by name; those that are zero are left out.

    Log odds of the pipeline's sureness, and the part of them above 2; label; rule; the logarithm of how many other
    mentions of the string have the label; the share that have another; one word, four or more; all capitals, none.
    """
    strings = [text[entity.start : entity.end] for entity in entities]
    every = Counter(strings)
    alike = Counter((string, entity.label) for string, entity in zip(strings, entities, strict=True))
    for entity, string in zip(entities, strings, strict=True):
        features = {"one": 1.0, f"label {entity.label}": 1.0}
        if entity.rule:
            features[f"rule {entity.rule}"] = 1.0
        elif entity.chance is not None:
            odds = log_odds(entity.chance)
            features["sureness"] = odds
            if odds > _SURE:
                features["sureness above 2"] = odds - _SURE
        same = alike[string, entity.label]
        if same > 1:
            features["alike"] = math.log(min(same, 11))
        if every[string] > same:
            features["unlike"] = 1 - same / every[string]
        if entity.label not in NOT_NAMES:
            words = string.count(" ") + 1
            if words == 1:
                features["one word"] = 1.0
            elif words >= 4:
                features["four words"] = 1.0
            if string.isupper() and len(string) > 3:
                features["capitals"] = 1.0
            elif string == string.lower():
                features["no capital"] = 1.0
        yield features


def log_odds(chance: float) -> float:
    """The logarithm of `chance / (1 - chance)`, kept between -8.5 and 8.5."""
    if chance <= 0.0:
        return -_LIMIT
    if chance >= 1.0:
        return _LIMIT
    return max(-_LIMIT, min(_LIMIT, math.log(chance / (1 - chance))))


def read_scores(path: Path) -> EntityScores:
    """Scores from a JSON file.

    Raises:
        InputError: The file cannot be read or is no file of entity scores.
    """
    try:
        if path.stat().st_size > _MAX_FILE:
            raise ValueError(tr("it is too large"))
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != 1:
            raise ValueError(tr("it does not say that it holds entity scores of version 1"))
        weights = {str(name): float(value) for name, value in data["weights"].items()}
        if not all(math.isfinite(value) for value in weights.values()):
            raise ValueError(tr("a weight is no number"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            tr("{path}: no entity scores can be read from it: {reason}.", path=path, reason=error)
        ) from None
    return EntityScores(weights, str(data.get("about", "")))


def write_scores(path: Path, scores: EntityScores, measured: Mapping[str, Any]) -> None:
    """Write scores as JSON, with what was measured of them."""
    body = {
        "format": FORMAT,
        "version": 1,
        "about": scores.about,
        "measured": dict(measured),
        "weights": {name: round(value, 4) for name, value in sorted(scores.weights.items())},
    }
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_scores() -> EntityScores:
    """The scores that come with the program.

    Raises:
        InputError: The file is not there.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    return read_scores((inside if inside.is_dir() else package.parent) / "resources" / "models" / "entity_scores.json")


def fit_scores(
    rows: Iterable[tuple[Mapping[str, float], bool]], *, penalty: float = 1.0, prior: Mapping[str, float] | None = None
) -> EntityScores:
    """Weights that make what was right likely: logistic regression by Newton's method, penalised towards a prior.

    Args:
        rows: Features of an entity, and whether it was right.
        penalty: Weight of the squared distance from the prior.
        prior: Weights to start from and to be drawn towards; zero when None.
    """
    import numpy as np

    pairs = list(rows)
    names = sorted({name for features, _ in pairs for name in features} | set(prior or {}))
    at = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(pairs), len(names)))
    right = np.array([answer for _, answer in pairs], dtype=float)
    for number, (features, _) in enumerate(pairs):
        for name, value in features.items():
            table[number, at[name]] = value
    centre = np.array([(prior or {}).get(name, 0.0) for name in names])
    weights = centre.copy()
    for _ in range(50):
        chances = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (chances - right) + penalty * (weights - centre)
        curve = (table * (chances * (1 - chances))[:, None]).T @ table + penalty * np.eye(len(names))
        move = np.linalg.solve(curve, slope)
        weights = weights - move
        if float(np.abs(move).max(initial=0.0)) < 1e-7:
            break
    return EntityScores({name: float(weight) for name, weight in zip(names, weights, strict=True)})
