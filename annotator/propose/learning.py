"""Learning from finished pages: train on, compare by cross-validation, keep it only if it is better."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.propose.entities import SpacyProposer, entity_layer
from annotator.propose.entity_scores import EntityScores, fit_scores, page_features, shipped_scores, write_scores
from annotator.propose.learned_models import LearnedModel, ModelFolder
from annotator.propose.pipelines import DEFAULT_MODEL
from annotator.propose.training import FinishedPage, TrainSettings, train

if TYPE_CHECKING:
    from spacy.language import Language

FEWEST_PAGES = 8
"""Finished pages below which nothing is learned: a comparison on fewer says nothing."""
FOLDS = 3
ROUNDS = 2000
"""Draws of the bootstrap."""
SCORES = "entity_scores.json"
"""File in a learned pipeline's folder with its scores."""
HELD_OUT = "held_out.json"
"""File there with what it got right on each page when that page was held out."""

Counts = tuple[int, int, int]
"""Right, proposed and true spans of a page."""


class TooFewPages(InputError):
    """There is not enough that is finished to learn this from."""


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What learning came to."""

    attempt: LearnedModel
    crossing: int
    """Spans that lie across the pipeline's tokens, which it could not learn from."""
    calibration_before: float | None
    """Calibration error of the scores on held-out pages; None without scores."""
    calibration_after: float | None


def learn_entities(
    pages: Sequence[FinishedPage],
    schema: Schema,
    folder: ModelFolder,
    *,
    rehearsal: Sequence[Document] = (),
    model: str | None = None,
    layer: str | None = None,
    seed: int = 0,
    folds: int = FOLDS,
    settings: TrainSettings | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> LearnReport:
    """Train the entity pipeline on finished pages and put it into use if it is better than the one in use.

    Better means: the 95 % interval of the gain in F1 on pages that it was not trained on lies above zero. The pages
    are dealt into folds; what is learned from the others is held against what is in use, page by page.

    Args:
        pages: Finished pages. One document may be there once.
        schema: Schema of the corpus.
        folder: Where the models of the corpus lie.
        rehearsal: Pages that nobody has finished; the pipeline goes on saying of them what it says now.
        model: The pipeline to train on; the default one when None. What was learned before is not trained on again: it
            has seen pages that would be held out.
        layer: Span layer; the first of the schema when None.
        seed: Seed of folds, training and bootstrap: the same seed on the same pages gives the same answer.
        folds: Parts of the cross-validation.
        settings: How long and how fast to train.
        progress: Called with what is being done and the share of all that is done; may raise `Cancelled`, after which
            nothing has changed.

    Raises:
        TooFewPages: There are too few finished pages, or no span layer.
        InputError: The pipeline cannot be used.
    """
    found = entity_layer(schema, layer)
    if found is None:
        raise TooFewPages(tr("The schema “{schema}” has no layer of spans to learn.", schema=schema.name))
    useful = [page for page in pages if any(span.layer == found.name for span in page.spans)]
    if len(useful) < FEWEST_PAGES:
        text = "Learning needs at least {least} finished pages with entities; there are {n}."
        raise TooFewPages(tr(text, least=FEWEST_PAGES, n=len(useful)))
    start = model or DEFAULT_MODEL
    settings = settings or TrainSettings()
    tell = progress or (lambda _what, _share: None)
    pages = sorted(pages, key=lambda page: page.document.id)
    dealt = list(range(len(pages)))
    random.Random(seed).shuffle(dealt)
    parts = [sorted(dealt[part::folds]) for part in range(folds)]
    before = _before(pages, schema, found.name, folder.in_use("entities"), start)
    after: list[Counts] = [(0, 0, 0)] * len(pages)
    rows: list[tuple[dict[str, float], bool]] = []
    for number, held in enumerate(parts):
        others = [page for at, page in enumerate(pages) if at not in set(held)]

        def told(share: float, number: int = number) -> None:
            tell(tr("comparing"), (number + share) / (folds + 1))

        nlp, _ = train(start, found, others, rehearsal, seed=seed, settings=settings, progress=told)
        judge = _Judge(start, schema, found.name, nlp)
        for at, counts in zip(held, judge.counts([pages[at] for at in held]), strict=True):
            after[at] = counts
        rows += judge.rows
    low, high = gain_interval(before, after, seed)
    scores = fit_scores(rows, penalty=4.0, prior=shipped_scores().weights)
    attempt = LearnedModel(0, "entities", "", len(useful), f1_of(before), f1_of(after), low, high, seed, kept=low > 0.0)
    crossing = 0
    if attempt.kept:
        learned, crossing = train(
            start,
            found,
            pages,
            rehearsal,
            seed=seed,
            settings=settings,
            progress=lambda share: tell(tr("training"), (folds + share) / (folds + 1)),
        )
        held_out = {page.document.id: counts for page, counts in zip(pages, after, strict=True)}
        attempt = folder.add(attempt, lambda path: _write(learned, scores, held_out, path))
    else:
        attempt = folder.add(attempt)
    tell(tr("done"), 1.0)
    return LearnReport(attempt, crossing, _error(rows, shipped_scores()), _error(rows, scores))


class _Judge:
    """Counts what a pipeline gets right, as `propose` would propose it, and keeps the features for its scores."""

    def __init__(self, model: str, schema: Schema, layer: str, nlp: Language | None = None) -> None:
        self._proposer = SpacyProposer(model, layer=layer, nlp=nlp)
        self._schema = schema
        self._layer = schema.by_name[layer]
        self.rows: list[tuple[dict[str, float], bool]] = []

    def counts(self, pages: Sequence[FinishedPage]) -> list[Counts]:
        answers = []
        scores = self._proposer.scores
        for page, (document, entities) in zip(
            pages, self._proposer.entities(page.document for page in pages), strict=True
        ):
            truth = {(s.start, s.end, s.label) for s in page.spans if s.layer == self._layer.name}
            right = proposed = 0
            chances = scores.score_page(document.text, entities)
            for entity, chance, features in zip(entities, chances, page_features(document.text, entities), strict=True):
                label = self._layer.map_label(entity.label)
                if label is None:
                    continue
                hit = (entity.start, entity.end, label) in truth
                self.rows.append((features, hit))
                if self._proposer.is_worth_proposing(chance):
                    proposed += 1
                    right += hit
            answers.append((right, proposed, len(truth)))
        return answers


def _before(pages: Sequence[FinishedPage], schema: Schema, layer: str, in_use: Path | None, start: str) -> list[Counts]:
    """What the pipeline in use gets right on each page, on those that it was trained on by its own cross-validation."""
    if in_use is None:
        return _Judge(start, schema, layer).counts(pages)
    known = read_held_out(in_use / HELD_OUT)
    now = _Judge(str(in_use), schema, layer).counts(pages)
    return [known.get(page.document.id, counts) for page, counts in zip(pages, now, strict=True)]


def read_held_out(file: Path) -> dict[str, Counts]:
    """What a learned model got right on each page while that page was held out; nothing where there is no such file.

    Raises:
        InputError: The file cannot be read.
    """
    if not file.is_file():
        return {}
    try:
        return {str(name): _counts(row) for name, row in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(tr("{path} cannot be read ({reason}).", path=file, reason=error)) from None


def _counts(row: Sequence[int]) -> Counts:
    right, proposed, true = row
    return int(right), int(proposed), int(true)


def _write(nlp: Language, scores: EntityScores, held_out: Mapping[str, Counts], path: Path) -> None:
    pages = len(held_out)
    nlp.meta["description"] = f"Trained on {pages} finished pages."
    nlp.to_disk(path)
    write_scores(path / SCORES, EntityScores(scores.weights, f"Fitted on {pages} finished pages."), {"pages": pages})
    (path / HELD_OUT).write_text(json.dumps(held_out), encoding="utf-8")


def f1_of(counts: Sequence[Counts]) -> float:
    """F1 over all pages together."""
    right, proposed, true = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * right / max(1, proposed + true))


def gain_interval(before: Sequence[Counts], after: Sequence[Counts], seed: int) -> tuple[float, float]:
    """The 95 % interval of the gain in F1, drawing pages with replacement."""
    import numpy as np

    table = np.array([[*old, *new] for old, new in zip(before, after, strict=True)], dtype=float)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(len(table), np.full(len(table), 1 / len(table)), size=ROUNDS)
    sums = times @ table
    old = 2 * sums[:, 0] / np.maximum(1, sums[:, 1] + sums[:, 2])
    new = 2 * sums[:, 3] / np.maximum(1, sums[:, 4] + sums[:, 5])
    low, high = np.quantile(new - old, [0.025, 0.975])
    return float(low), float(high)


def _error(rows: Sequence[tuple[Mapping[str, float], bool]], scores: EntityScores) -> float | None:
    from annotator.propose.entity_report import calibration_error

    return calibration_error([(scores.score(features), right) for features, right in rows])
