"""Learning the layouts of a corpus' sites: compare by cross-validation, keep it only if it is better."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from annotator.core.marks import Boundary
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.propose.boundaries import ARTICLES_LAYER, BLOCKS_LAYER, segment_page, shipped_model
from annotator.propose.boundary_model import BoundaryModel
from annotator.propose.learned_models import LearnedModel, Learns, ModelFolder
from annotator.propose.learning import (
    FEWEST_PAGES,
    HELD_OUT,
    Counts,
    TooFewPages,
    f1_of,
    gain_interval,
    read_held_out,
)
from annotator.propose.lines import Paragraph
from annotator.propose.page_decode import Reading
from annotator.propose.page_proposal import KINDS, PageProposal
from annotator.propose.site_layouts import ReadPage, SiteLayouts, fit_layouts, patterns_of, read_layouts, site_of
from annotator.propose.source_furniture import with_repeated_lines
from annotator.propose.training import FinishedPage

LAYOUTS = "layouts.json"
"""File in a learned model's folder with what was learned."""
FOLDS = 5


def base_of(model: BoundaryModel) -> str:
    """Ten hexadecimal digits that differ where the boundary model does; what was learned holds for one model only."""
    card = json.dumps(dict(model.card), sort_keys=True, default=str)
    return hashlib.sha256(card.encode() + model.opens.value.tobytes()).hexdigest()[:10]


def layouts_in_use(folder: ModelFolder) -> SiteLayouts | None:
    """What was learned and is in use; None where nothing is, or where it was learned for another boundary model.

    Raises:
        InputError: It cannot be read.
    """
    path, model = folder.in_use(Learns.BOUNDARIES), shipped_model()
    if path is None or model is None:
        return None
    layouts = read_layouts(path / LAYOUTS)
    return layouts if layouts.base == base_of(model) else None


def learn_boundaries(
    pages: Sequence[FinishedPage],
    schema: Schema,
    folder: ModelFolder,
    *,
    seed: int = 0,
    folds: int = FOLDS,
    progress: Callable[[str, float], None] | None = None,
) -> LearnedModel:
    """Learn the layouts of finished pages and put that into use if it is better than what is in use.

    Better means: the 95 % interval of the gain in F1 over article boundaries and blocks together, on pages that it was
    not learned from, lies above zero, and F1 of article boundaries alone is not lower.

    Args:
        pages: Finished pages. One document may be there once.
        schema: Schema of the corpus.
        folder: Where the models of the corpus lie.
        seed: Seed of folds and bootstrap: the same seed on the same pages gives the same answer.
        folds: Parts of the cross-validation.
        progress: Called with what is being done and the share of all that is done; may raise `Cancelled`, after which
            nothing has changed.

    Raises:
        TooFewPages: There are too few finished pages with boundaries, or the boundary model is not there.
    """
    layers = _layers(schema)
    useful = [page for page in pages if any(mark.layer in layers for mark in page.boundaries)]
    useful.sort(key=lambda page: page.document.id)
    if len(useful) < FEWEST_PAGES:
        text = "Learning boundaries needs at least {least} finished pages with boundaries; there are {n}."
        raise TooFewPages(tr(text, least=FEWEST_PAGES, n=len(useful)))
    model = shipped_model()
    if model is None:
        raise TooFewPages(tr("The boundary model is not installed, so nothing can be learned for it."))
    tell = progress or (lambda _what, _share: None)
    judge = _Judge(useful, schema, model, lambda share: tell(tr("reading"), 0.6 * share))
    dealt = list(range(len(useful)))
    random.Random(seed).shuffle(dealt)
    after: list[Counts] = [(0, 0, 0)] * len(useful)
    after_articles: list[Counts] = [(0, 0, 0)] * len(useful)
    for number in range(folds):
        tell(tr("comparing"), 0.6 + 0.3 * number / folds)
        held = set(dealt[number::folds])
        layouts = fit_layouts([judge.read[at] for at in range(len(useful)) if at not in held], base_of(model))
        for at in held:
            after[at], after_articles[at] = judge.counts(at, layouts)
    in_use = layouts_in_use(folder)
    before_all = [judge.counts(at, in_use) for at in range(len(useful))]
    before, before_articles = ([row[part] for row in before_all] for part in (0, 1))
    if in_use is not None and (path := folder.in_use(Learns.BOUNDARIES)) is not None:
        # On pages that it was learned from, what is in use is judged by its own cross-validation.
        known = read_held_out(path / HELD_OUT)
        for at, page in enumerate(useful):
            before[at] = known.get(page.document.id, before[at])
            before_articles[at] = known.get(f"{page.document.id} {ARTICLES_LAYER}", before_articles[at])
    low, high = gain_interval(before, after, seed)
    kept = low > 0.0 and f1_of(after_articles) >= f1_of(before_articles)
    attempt = LearnedModel(
        0, Learns.BOUNDARIES.value, "", len(useful), f1_of(before), f1_of(after), low, high, seed, kept
    )
    if kept:
        tell(tr("training"), 0.95)
        layouts = fit_layouts(judge.read, base_of(model))
        held_out = {page.document.id: counts for page, counts in zip(useful, after, strict=True)}
        held_out |= {
            f"{page.document.id} {ARTICLES_LAYER}": counts for page, counts in zip(useful, after_articles, strict=True)
        }
        attempt = folder.add(attempt, lambda path: _write(layouts, held_out, path))
    else:
        attempt = folder.add(attempt)
    tell(tr("done"), 1.0)
    return attempt


def _layers(schema: Schema) -> Collection[str]:
    return {
        name
        for name in (ARTICLES_LAYER, BLOCKS_LAYER)
        if (layer := schema.by_name.get(name)) is not None and layer.kind is LayerKind.SEGMENTS
    }


def _write(layouts: SiteLayouts, held_out: dict[str, Counts], path: Path) -> None:
    path.mkdir()
    layouts.save(path / LAYOUTS)
    (path / HELD_OUT).write_text(json.dumps(held_out), encoding="utf-8")


class _Judge:
    """Reads finished pages with the boundary model and counts what is proposed right on them."""

    def __init__(
        self, pages: Sequence[FinishedPage], schema: Schema, model: BoundaryModel, progress: Callable[[float], None]
    ) -> None:
        self._pages = pages
        self._schema = schema
        self._layers = _layers(schema)
        self._model = model
        self._kinds = self._kinds_by_label()
        self._repeated: list[frozenset[str]] = []
        self.read: list[ReadPage] = []
        for number, (document, repeated) in enumerate(with_repeated_lines(page.document for page in pages)):
            progress(number / len(pages))
            seen: list[tuple[Sequence[Paragraph], Reading]] = []
            segment_page(document.text, model, repeated, lambda page, reading, seen=seen: seen.append((page, reading)))  # type: ignore[misc]
            self._repeated.append(repeated)
            self.read.append(self._read(pages[number], seen))

    def _kinds_by_label(self) -> dict[str, int]:
        layer = self._schema.by_name.get(BLOCKS_LAYER)
        if layer is None or BLOCKS_LAYER not in self._layers:
            return {}
        labels = {label: number for number, kind in enumerate(KINDS) if (label := layer.map_label(kind)) is not None}
        # A kicker on a line of its own is read as a headline; inside a line it is found by other means.
        kicker = layer.map_label("kicker")
        return labels if kicker is None else {kicker: KINDS.index("headline"), **labels}

    def _read(self, page: FinishedPage, seen: Sequence[tuple[Sequence[Paragraph], Reading]]) -> ReadPage:
        import numpy as np

        if not seen:
            return ReadPage([], np.zeros(0), np.zeros((0, len(KINDS))), np.zeros(0), np.zeros(0, int))
        paragraphs, reading = seen[0]
        opens = {mark.position for mark in page.boundaries if mark.layer == ARTICLES_LAYER}
        blocks = sorted(mark for mark in page.boundaries if mark.layer == BLOCKS_LAYER)
        true_opens = np.array([float(p.start in opens) for p in paragraphs])
        if not opens:
            true_opens[:] = np.nan
        true_kinds = np.full(len(paragraphs), -1)
        at = -1
        for i, paragraph in enumerate(paragraphs):
            while at + 1 < len(blocks) and blocks[at + 1].position <= paragraph.start:
                at += 1
            if at >= 0 and not any(paragraph.start < mark.position < paragraph.end for mark in blocks[at + 1 : at + 2]):
                true_kinds[i] = self._kinds.get(blocks[at].label, -1)
        patterns = patterns_of(site_of(page.document.source), reading.looks)
        return ReadPage(patterns, reading.opens.copy(), reading.kinds.copy(), true_opens, true_kinds)

    def counts(self, at: int, layouts: SiteLayouts | None) -> tuple[Counts, Counts]:
        """Right, proposed and true marks of a page: of both layers, and of articles alone."""
        page = self._pages[at]
        revise = partial(layouts.revise, site_of(page.document.source)) if layouts else None
        found = self._marks(segment_page(page.document.text, self._model, self._repeated[at], revise))
        true = {mark for mark in page.boundaries if mark.layer in self._layers}
        return _count(found, true), _count(_articles(found), _articles(true))

    def _marks(self, proposal: PageProposal) -> set[Boundary]:
        rows = [(a.position, ARTICLES_LAYER, a.label) for a in proposal.articles]
        rows += [(b.position, BLOCKS_LAYER, b.kind) for b in proposal.blocks]
        return {
            Boundary(position, layer, label)
            for position, layer, theirs in rows
            if layer in self._layers and (label := self._schema.by_name[layer].map_label(theirs)) is not None
        }


def _articles(marks: Collection[Boundary]) -> set[Boundary]:
    return {mark for mark in marks if mark.layer == ARTICLES_LAYER}


def _count(found: Collection[Boundary], true: Collection[Boundary]) -> Counts:
    return len(set(found) & set(true)), len(found), len(true)
