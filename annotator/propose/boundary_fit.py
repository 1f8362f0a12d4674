"""Fitting of the boundary model. Needs scikit-learn (the extra `fit`); running the model does not.

Two passes of gradient-boosted trees look at every paragraph: the first sees the page around it, the second also what
the first says of the whole page. The second is fitted on what the first says of articles it has not seen: articles are
dealt into parts, pages are made from the articles of one part, and each part is judged by a first pass fitted on the
others. Everything is drawn from one seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.propose.boosting import binned, boosted
from annotator.propose.boundary_model import FORMAT, BoundaryModel, Trees
from annotator.propose.boundary_score import LabelledPage
from annotator.propose.cut_fit import fit_cuts
from annotator.propose.cuts import CUT_FEATURES
from annotator.propose.lead import LeadScorer, fit_lead
from annotator.propose.lines import Paragraph, paragraphs
from annotator.propose.looks import NAME_TOKEN, Look, looks_of, names_of
from annotator.propose.page_context import SECOND_FEATURES, context_matrix
from annotator.propose.page_features import FEATURES, fill_lead, page_matrix
from annotator.propose.page_forms import make_page
from annotator.propose.page_proposal import KINDS
from annotator.propose.stitching import Material, PageMaker
from annotator.propose.training_articles import Article, articles_of, stretches

if TYPE_CHECKING:
    import numpy as np

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, from 0.0 to 1.0."""
VERSION = "4"
PARTS = 3
FIRST, FIRST_KINDS, SECOND_KINDS = 1.2, 0.2, 0.33
"""Rounds for openings and for kinds in the first pass, and for kinds in the second, beside those for openings there."""
_SECOND_OPENS: dict[str, Any] = {"max_features": 0.15, "l2_regularization": 20.0}
"""The second pass sees what the first found in many columns: where each split is chosen among few, it is less sure."""
MATERIAL = "article"
"""Variant of pages that hold one whole article: other pages are made of it, itself it is no page to fit on."""


@dataclass(slots=True)
class Sheet:
    """A labelled page with its features and targets."""

    page: LabelledPage
    paragraphs: list[Paragraph]
    looks: list[Look]
    matrix: np.ndarray
    opens: np.ndarray
    """bool (paragraphs,): whether an article starts there; the first is left out of fitting."""
    kinds: np.ndarray
    """int (paragraphs,): index into KINDS."""
    weight: float = 1.0
    part: int = 0
    leads: list[float] | None = None


def sheet_of(page: LabelledPage, weight: float = 1.0, part: int = 0) -> Sheet | None:
    """The sheet of a page; None for a page without text or blocks."""
    import numpy as np

    found = paragraphs(page.text)
    if not found or not page.blocks:
        return None
    looks = looks_of(found)
    boundaries = set(page.boundaries)
    blocks = sorted(page.blocks)
    kinds, number = [], 0
    for paragraph in found:
        while number + 1 < len(blocks) and blocks[number + 1][0] <= paragraph.start:
            number += 1
        kinds.append(KINDS.index(blocks[number][2]) if blocks[number][2] in KINDS else 0)
    opens = np.array([paragraph.start in boundaries for paragraph in found])
    return Sheet(page, found, looks, page_matrix(looks), opens, np.array(kinds), weight, part)


def _lead_scorer(articles: Sequence[Article], seed: int) -> LeadScorer:
    texts, weights = [], []
    for article in articles:
        for number, text in enumerate(article.paragraphs):
            if number not in article.subheads and len(text) > 40:
                full, singles = names_of(NAME_TOKEN.findall(text))
                texts.append(((text, len(full), len(singles)), number == 0))
                weights.append(article.weight)
    return fit_lead(texts, weights, seed)


def _leads_apart(sheet: Sheet, scorers: Sequence[LeadScorer], home: Mapping[str, int]) -> list[float]:
    """Lead scores of a page, each by the scorer that has not seen the article."""
    parts = [home.get(_start_key(look.text), sheet.part) for look in sheet.looks]
    found = [0.0] * len(parts)
    for part in set(parts):
        places = [i for i, own in enumerate(parts) if own == part]
        looks = [sheet.looks[i] for i in places]
        scores = scorers[part]([(look.text, len(look.full), len(look.singles)) for look in looks])
        for i, score in zip(places, scores, strict=True):
            found[i] = score
    return found


def _start_key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower())[:7])


def deal(articles: Sequence[Article], material: Material, parts: int) -> list[int]:
    """A part for every article, articles that are alike in the same part where that is possible."""
    left = set(range(len(articles)))
    order: list[int] = []
    while left:
        current = min(left)
        while current in left:
            left.discard(current)
            order.append(current)
            current = next((n for n in material.neighbours[current] if n in left), -1)
    part = [0] * len(articles)
    for place, index in enumerate(order):
        part[index] = min(parts - 1, place * parts // len(order))
    return part


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How much is made and fitted."""

    seed: int = 0
    made: int = 4200
    """Pages made besides the labelled ones, for each member."""
    labelled_weight: float = 3.0
    """Weight of a page of the evaluation forms, and of its articles in the lead score; others weigh 1."""
    trees: int = 200
    """Rounds of boosting for openings in the second pass of a member; the other trees are in proportion."""
    members: int = 1
    """Models that are fitted, each on pages of its own, and averaged."""


def fit_model(
    pages: Sequence[LabelledPage], settings: FitSettings | None = None, progress: Progress | None = None
) -> BoundaryModel:
    """Fit a model, without its calibration, which `calibrated` adds.

    Args:
        pages: Labelled pages; those whose variant is empty or `aug` count as extra layouts and weigh less.
        settings: How much is made and fitted.
        progress: Told what is being done.

    Raises:
        AnnotatorError: scikit-learn is missing, or the pages hold too few articles to fit on.
    """
    import numpy as np

    settings = settings or FitSettings()
    tell = progress or (lambda _text, _share: None)
    tell(tr("fitting the lead score"), 0.0)
    ground = _ground(pages, settings)

    def member(number: int) -> _Member:
        seed = settings.seed * settings.members + number
        return _fit_member(
            ground,
            replace(settings, seed=seed),
            lambda text, share: tell(text, 0.1 + 0.9 * (number + share) / settings.members),
        )

    members = [member(number) for number in range(settings.members)]
    card = {
        "format": FORMAT,
        "version": VERSION,
        "features": list(FEATURES),
        "second_features": list(SECOND_FEATURES),
        "cut_features": list(CUT_FEATURES),
        "kinds": list(KINDS),
        "training": {
            "pages": len(pages),
            "made": settings.made,
            "trees": settings.trees,
            "members": settings.members,
            "articles": len(ground.articles),
            "paragraphs": sum(one.paragraphs for one in members),
            "seed": settings.seed,
        },
    }
    even = np.array([[0.0, 1.0], [0.0, 1.0]], dtype=np.float32)
    passes = (mean_trees(several) for several in zip(*(one.passes for one in members), strict=True))
    return BoundaryModel(card, ground.lead.words, ground.lead.traits, even, even, *passes)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all members are fitted on, and the lead scores, which they share."""

    pages: Sequence[LabelledPage]
    articles: list[Article]
    parts: list[int]
    """The part of every article."""
    headlines: list[str]
    lead: LeadScorer
    lead_parts: list[LeadScorer]
    """For every part, the scorer fitted on the articles of the others."""


@dataclass(frozen=True, slots=True)
class _Member:
    """One of the models that are averaged."""

    passes: tuple[Trees, ...]
    """In the order of `BoundaryModel`."""
    paragraphs: int


def _ground(pages: Sequence[LabelledPage], settings: FitSettings) -> _Ground:
    articles = articles_of(pages)
    labelled = {article.lead for article in articles_of([page for page in pages if page.variant != MATERIAL])}
    for article in articles:
        article.weight = settings.labelled_weight if article.lead in labelled else 1.0
    if len(articles) < 2 * PARTS:
        raise AnnotatorError(
            tr(
                "Only {n} whole articles were found on these pages; at least {least} are needed to fit on.",
                n=len(articles),
                least=2 * PARTS,
            )
        )
    headlines = sorted(
        {
            text
            for p in pages
            for s in stretches(p)
            for kind, text in s.blocks
            if kind == "teaser" and 20 < len(text) < 120 and s.blocks[0][1] == text
        }
    )
    parts = deal(articles, Material.of(articles), PARTS)
    lead_parts = [
        _lead_scorer([a for a, p in zip(articles, parts, strict=True) if p != k], settings.seed) for k in range(PARTS)
    ]
    return _Ground(pages, articles, parts, headlines, _lead_scorer(articles, settings.seed), lead_parts)


def mean_trees(several: Sequence[Trees]) -> Trees:
    """Trees whose sum is the mean of the sums of others, leaf for leaf."""
    import numpy as np

    width = max(trees.left.shape[1] for trees in several)

    def stacked(name: str) -> np.ndarray:
        arrays = (getattr(trees, name) for trees in several)
        return np.concatenate([np.pad(array, ((0, 0), (0, width - array.shape[1]))) for array in arrays])

    return Trees(
        feature=stacked("feature"),
        threshold=stacked("threshold"),
        left=stacked("left"),
        right=stacked("right"),
        missing_left=stacked("missing_left"),
        value=stacked("value") / np.float32(len(several)),
        output=np.concatenate([trees.output for trees in several]),
        baseline=np.stack([trees.baseline for trees in several]).mean(axis=0),
        depth=max(trees.depth for trees in several),
    )


def _fit_member(ground: _Ground, settings: FitSettings, tell: Progress) -> _Member:
    import numpy as np

    rng = random.Random(settings.seed)
    tell(tr("making pages"), 0.0)
    sheets: list[Sheet] = []
    makers = []
    for k in range(PARTS):
        own = Material.of(
            [a for a, p in zip(ground.articles, ground.parts, strict=True) if p == k], ground.headlines[k::PARTS]
        )
        makers.append(PageMaker(own, rng))
        for number in range(settings.made // PARTS):
            sheet = sheet_of(make_page(own, rng, number), 1.0, k)
            if sheet:
                sheets.append(sheet)
    for number, page in enumerate(ground.pages):
        if page.variant == MATERIAL:
            continue
        sheet = sheet_of(page, 1.0 if page.variant in ("", "aug") else settings.labelled_weight, number % PARTS)
        if sheet:
            sheets.append(sheet)
    home = {_start_key(text): p for a, p in zip(ground.articles, ground.parts, strict=True) for text in a.paragraphs}
    for sheet in sheets:
        sheet.leads = _leads_apart(sheet, ground.lead_parts, home)
        fill_lead(sheet.matrix, sheet.leads)
    tell(tr("fitting the first pass"), 0.4)
    judged: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for k in range(PARTS):
        opens, kinds = _fit_pass([s for s in sheets if s.part != k], None, settings)
        for sheet in sheets:
            if sheet.part == k:
                judged[id(sheet)] = (opens.probabilities(sheet.matrix)[:, 0], kinds.probabilities(sheet.matrix))
    first_opens, first_kinds = _fit_pass(sheets, None, settings)
    tell(tr("fitting the second pass"), 0.7)
    wide = {id(s): np.hstack([s.matrix, context_matrix(s.looks, *judged[id(s)], s.leads or [])]) for s in sheets}
    opens, kinds = _fit_pass(sheets, wide, settings)
    tell(tr("fitting the cuts inside lines"), 0.9)
    cuts = fit_cuts(
        makers,
        ground.lead_parts,
        ground.pages,
        rng,
        lines=settings.made // PARTS,
        rounds=max(1, settings.trees // 2),
        seed=settings.seed,
        labelled_weight=settings.labelled_weight,
    )
    return _Member((first_opens, first_kinds, opens, kinds, cuts), sum(len(s.kinds) for s in sheets))


def _fit_pass(
    sheets: Sequence[Sheet], wide: dict[int, np.ndarray] | None, settings: FitSettings
) -> tuple[Trees, Trees]:
    """Trees for openings and for kinds: of the second pass where there are wide rows, else of the first."""
    import numpy as np

    bins = binned(np.vstack([s.matrix if wide is None else wide[id(s)] for s in sheets]))
    weight = np.concatenate([np.full(len(s.kinds), s.weight) for s in sheets])
    inner = np.concatenate([np.arange(len(s.kinds)) > 0 for s in sheets])
    target = np.concatenate([s.opens for s in sheets])
    kinds = np.concatenate([s.kinds for s in sheets])
    options: dict[str, Any] = {}
    for_opens, for_kinds = FIRST, FIRST_KINDS
    if wide is not None:
        for_opens, for_kinds, options = 1.0, SECOND_KINDS, _SECOND_OPENS
    rounds = max(1, round(settings.trees * for_opens))
    opens = boosted(bins.some(inner), target[inner], weight[inner], rounds, settings.seed, **options)
    return opens, boosted(
        bins,
        kinds,
        weight,
        max(1, round(settings.trees * for_kinds)),
        settings.seed,
        len(KINDS),
        max_leaf_nodes=20,
        max_depth=6,
        learning_rate=0.16,
    )
