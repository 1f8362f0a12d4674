"""Learning from finished pages: train on, compare by cross-validation, keep it only if it is better."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.schema import Layer, Schema
from annotator.core.words import tr
from annotator.propose.entities import LABELS, LEAST_LEARNED, OWN_SCORES, SpacyProposer, entity_layer
from annotator.propose.entity_scores import EntityScores, fit_scores, page_features, shipped_scores, write_scores
from annotator.propose.label_maps import learn_map, read_map, with_map, write_map
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
    """Calibration error of the shipped scores on held-out pages; None without entities."""
    calibration_after: float | None
    """The same of scores fitted on the other pages."""


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
    from annotator.propose.entity_report import calibration_error

    start = model or DEFAULT_MODEL
    settings = settings or TrainSettings()
    tell = progress or (lambda _what, _share: None)
    pages = sorted(pages, key=lambda page: page.document.id)
    dealt = list(range(len(pages)))
    random.Random(seed).shuffle(dealt)
    parts = [sorted(dealt[part::folds]) for part in range(folds)]
    before = _before(pages, found, folder.in_use("entities"), start)
    seen = [found for _, found in SpacyProposer(start).entities(page.document for page in pages)]
    judged = [_Judged([], 0)] * len(pages)
    for number, held in enumerate(parts):
        others = [page for at, page in enumerate(pages) if at not in set(held)]

        def told(share: float, number: int = number) -> None:
            tell(tr("comparing"), (number + share) / (folds + 1))

        labels = learn_map(found, ((seen[at], page.spans) for at, page in enumerate(pages) if at not in set(held)))
        mapped = with_map(found, labels)
        nlp, _ = train(start, mapped, others, rehearsal, seed=seed, settings=settings, progress=told)
        there = _judge(SpacyProposer(start, nlp=nlp, learned_labels=labels), mapped, [pages[at] for at in held])
        for at, page_there in zip(held, there, strict=True):
            judged[at] = page_there
    after: list[Counts] = [(0, 0, 0)] * len(pages)
    held_scores: list[tuple[float, bool]] = []
    for held in parts:
        # Scores, too, are those of the other parts.
        scores = _fit_scores(page for at, page in enumerate(judged) if at not in set(held))
        for at in held:
            after[at] = judged[at].counts(scores, LEAST_LEARNED)
            held_scores += [(scores.score(features), right) for features, right, _ in judged[at].rows]
    low, high = gain_interval(before, after, seed)
    scores = _fit_scores(judged)
    attempt = LearnedModel(0, "entities", "", len(useful), f1_of(before), f1_of(after), low, high, seed, kept=low > 0.0)
    crossing = 0
    if attempt.kept:
        labels = learn_map(found, ((found_there, page.spans) for found_there, page in zip(seen, pages, strict=True)))
        learned, crossing = train(
            start,
            with_map(found, labels),
            pages,
            rehearsal,
            seed=seed,
            settings=settings,
            progress=lambda share: tell(tr("training"), (folds + share) / (folds + 1)),
        )
        held_out = {page.document.id: counts for page, counts in zip(pages, after, strict=True)}
        attempt = folder.add(attempt, lambda path: _write(learned, scores, labels, held_out, path))
    else:
        attempt = folder.add(attempt)
    tell(tr("done"), 1.0)
    shipped = shipped_scores()
    unfitted = [(shipped.score(features), right) for page in judged for features, right, _ in page.rows]
    return LearnReport(attempt, crossing, calibration_error(unfitted), calibration_error(held_scores))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a pipeline found on a page."""

    rows: list[tuple[dict[str, float], bool, bool]]
    """Of every entity: its features, whether it is right, and whether anything says how sure it is."""
    true: int
    """True spans of the page."""

    def counts(self, scores: EntityScores, least: float) -> Counts:
        """Counts of what would be proposed with these scores, from this score on."""
        shown = [right for features, right, sure in self.rows if not sure or scores.score(features) >= least]
        return sum(shown), len(shown), self.true


def _judge(proposer: SpacyProposer, layer: Layer, pages: Sequence[FinishedPage]) -> list[_Judged]:
    """What a pipeline finds on finished pages, as `propose` would."""
    judged = []
    stream = proposer.entities(page.document for page in pages)
    for page, (document, entities) in zip(pages, stream, strict=True):
        truth = {(s.start, s.end, s.label) for s in page.spans if s.layer == layer.name}
        rows = [
            (features, (entity.start, entity.end, label) in truth, entity.chance is not None or bool(entity.rule))
            for entity, features in zip(entities, page_features(document.text, entities), strict=True)
            if (label := layer.map_label(entity.label)) is not None
        ]
        judged.append(_Judged(rows, len(truth)))
    return judged


def _fit_scores(judged: Iterable[_Judged]) -> EntityScores:
    rows = [(features, right) for page in judged for features, right, _ in page.rows]
    return fit_scores(rows, penalty=4.0, prior=shipped_scores().weights)


def _before(pages: Sequence[FinishedPage], layer: Layer, in_use: Path | None, start: str) -> list[Counts]:
    """What the pipeline in use gets right on each page, on those that it was trained on by its own cross-validation."""
    if in_use is None:
        return _counts_as_proposed(SpacyProposer(start), layer, pages)
    known = read_held_out(in_use / HELD_OUT)
    proposer = SpacyProposer(str(in_use))
    now = _counts_as_proposed(proposer, with_map(layer, read_map(in_use / LABELS)), pages)
    return [known.get(page.document.id, counts) for page, counts in zip(pages, now, strict=True)]


def _counts_as_proposed(proposer: SpacyProposer, layer: Layer, pages: Sequence[FinishedPage]) -> list[Counts]:
    return [page.counts(proposer.scores, proposer.least) for page in _judge(proposer, layer, pages)]


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


def _write(
    nlp: Language, scores: EntityScores, labels: Mapping[str, str], held_out: Mapping[str, Counts], path: Path
) -> None:
    pages = len(held_out)
    nlp.meta["description"] = f"Trained on {pages} finished pages."
    nlp.to_disk(path)
    write_scores(
        path / OWN_SCORES, EntityScores(scores.weights, f"Fitted on {pages} finished pages."), {"pages": pages}
    )
    write_map(path / LABELS, labels)
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
