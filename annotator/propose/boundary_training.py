"""From labelled files to a model file: fit, measure on articles not seen, calibrate, write."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.propose.boundaries import segment_page
from annotator.propose.boundary_fit import MATERIAL, FitSettings, Progress, fit_model
from annotator.propose.boundary_folds import folds_of, headlines_of, page_shingles, without
from annotator.propose.boundary_model import BoundaryModel
from annotator.propose.boundary_score import BoundaryReport, LabelledPage, load_pages, report_of, score_page

if TYPE_CHECKING:
    import numpy as np

EXTRA = "aug"
"""Variant of pages that are fitted on but not evaluated on, and of pages that name none."""
FOLDS = 5
FOLD_SHARE = 0.5
"""Pages made for a model of the cross-validation beside those made for the one that is written, to save time: with
fewer it is worse, so that the figures do not flatter."""
_CURVE_POINTS = 201


@dataclass(frozen=True)
class Fitted:
    """What fitting gives."""

    model: BoundaryModel
    report: BoundaryReport
    """Of every evaluated page, judged by a model that saw none of its articles."""
    left_out: int
    """Pages of the files that must not be shipped and were not fitted on."""


def fit_boundaries(
    data_paths: Sequence[Path],
    out_path: Path,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    settings: FitSettings | None = None,
    folds: int = FOLDS,
    workers: int = 1,
) -> Fitted:
    """Fit the boundary model on labelled pages and write it.

    The same files, seed and numbers give the same model. Pages with `"ship": false` are left out. Pages of a variant
    other than `aug` and `article` are also evaluated, by cross-validation over source articles; this calibrates the
    scores and is written into the model.

    Args:
        data_paths: Labelled JSONL files.
        out_path: The model file to write (`.npz`); an existing one is replaced only when fitting succeeded.
        seed: Of every draw.
        progress: Told what is being done; it may raise `Cancelled`, after which nothing was written.
        settings: How much is made and fitted; its seed gives way to `seed`.
        folds: Folds of the cross-validation.
        workers: Fits at the same time, each in a process of its own.

    Raises:
        InputError: A file cannot be read or holds no labelled pages.
        AnnotatorError: scikit-learn is missing, or there are too few articles or pages.
    """
    tell = progress or (lambda _text, _share: None)
    pages = [replace(page, variant=page.variant or EXTRA) for path in data_paths for page in load_pages(path)]
    files = [{"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in data_paths]
    kept = [page for page in pages if page.ship]
    judged = [page for page in kept if page.variant not in (EXTRA, MATERIAL)]
    extra = [page for page in kept if page.variant in (EXTRA, MATERIAL)]
    if len(judged) < 2 * folds:
        raise AnnotatorError(
            tr(
                "{n} pages can be evaluated; {folds} folds need at least {least}.",
                n=len(judged),
                folds=folds,
                least=2 * folds,
            )
        )
    settings = replace(settings or FitSettings(), seed=seed)
    fold_settings = replace(settings, made=round(settings.made * FOLD_SHARE))
    tell(tr("cross-validation over source articles"), 0.0)
    groups = folds_of(judged, folds)
    tasks = []
    for group in groups:
        inside = set(group)
        others = [page for i, page in enumerate(judged) if i not in inside] + list(extra)
        tasks.append((held_out_pages(others, [judged[i] for i in group]), fold_settings))
    readings: list[tuple[LabelledPage, BoundaryModel]] = []
    models = _fitted([*tasks, (kept, settings)], workers, lambda text, share: tell(text, 0.85 + 0.15 * share))
    for number, group in enumerate(groups):
        held_out = next(models)
        readings.extend((judged[i], held_out) for i in group)
        tell(tr("fold {n} of {folds} is done", n=number + 1, folds=folds), 0.85 * (number + 1) / folds)
    model = next(models)
    model = replace(model, card={**model.card, "training": {**model.card["training"], "files": files}})
    return _finished(model, readings, out_path, len(pages) - len(kept), seed)


def held_out_pages(pages: Sequence[LabelledPage], judged: Sequence[LabelledPage]) -> list[LabelledPage]:
    """The pages without anything that a judged page holds."""
    passages = set().union(*(page_shingles(page) for page in judged))
    headlines = headlines_of(judged)
    return [cut for page in pages if (cut := without(page, passages, headlines)) is not None]


_Task = tuple[list[LabelledPage], FitSettings]


def _fit(task: _Task) -> BoundaryModel:
    return fit_model(*task)


def _fitted(tasks: Sequence[_Task], workers: int, tell_last: Progress) -> Iterator[BoundaryModel]:
    """The models of the tasks in their order; the last one tells how far it is where it is fitted in this process."""
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            yield from pool.map(_fit, tasks)
        return
    for number, (pages, settings) in enumerate(tasks):
        yield fit_model(pages, settings, tell_last if number == len(tasks) - 1 else None)


def curve_of(chances: Sequence[float], right: Sequence[bool]) -> np.ndarray:
    """A rising curve from the model's chance to the share right, float32 (2, points).

    A logistic regression on the log odds. Source: Platt (1999), Advances in Large Margin Classifiers.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    grid = np.linspace(0.0, 1.0, _CURVE_POINTS)
    if len(set(right)) < 2:
        return np.array([grid, grid], dtype=np.float32)

    def odds(values: np.ndarray) -> np.ndarray:
        clipped = np.clip(values, 0.0005, 0.9995)
        return np.asarray(np.log(clipped / (1 - clipped)))[:, None]

    fitted = LogisticRegression(C=10.0).fit(odds(np.asarray(chances, dtype=np.float64)), np.asarray(right))
    curve: np.ndarray = fitted.predict_proba(odds(grid))[:, 1]
    return np.array([grid, np.maximum.accumulate(curve)], dtype=np.float32)


def _finished(
    model: BoundaryModel, judged: Sequence[tuple[LabelledPage, BoundaryModel]], out_path: Path, left_out: int, seed: int
) -> Fitted:
    opens: list[tuple[float, bool]] = []
    kinds: list[tuple[float, bool]] = []
    for page, held_out in judged:
        result = score_page(page, segment_page(page.text, held_out))
        opens.extend(result.scored)
        kinds.extend(result.scored_blocks)
    calibration = curve_of([score for score, _ in opens], [right for _, right in opens])
    kind_calibration = curve_of([score for score, _ in kinds], [right for _, right in kinds])
    results, seconds = [], 0.0
    for page, held_out in judged:
        ready = replace(held_out, calibration=calibration, kind_calibration=kind_calibration)
        begin = time.perf_counter()
        proposal = segment_page(page.text, ready)
        seconds += time.perf_counter() - begin
        results.append(score_page(page, proposal))
    report = report_of(results, seconds, seed=seed)
    quality = {group: {k: round(v, 4) for k, v in values.items()} for group, values in report.figures.items()}
    spans = {k: [round(x, 4) for x in v] for k, v in report.intervals["all"].items()}
    reliability = [{k: round(v, 4) for k, v in row.items()} for row in report.reliability]
    card = {**model.card, "quality": {"figures": quality, "intervals": spans, "reliability": reliability}}
    finished = replace(model, card=card, calibration=calibration, kind_calibration=kind_calibration)
    finished.save(out_path)
    return Fitted(finished, report, left_out)
