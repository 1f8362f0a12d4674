"""Where an article starts and what each block is: proposals for a whole page at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from annotator.core.document import Document
from annotator.core.marks import Boundary
from annotator.core.proposal import Proposal
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.propose.boundary_model import BoundaryModel, calibrated, load_model
from annotator.propose.cuts import CUT_FEATURES, LineCuts, cut_line
from annotator.propose.lines import Paragraph, paragraphs
from annotator.propose.page_context import SECOND_FEATURES
from annotator.propose.page_decode import Reading, decide, read_page
from annotator.propose.page_features import FEATURES
from annotator.propose.page_proposal import ARTICLE, KINDS, TEASER, ArticleStart, BlockStart, PageProposal
from annotator.propose.reasons import kind_reason, opening_reason
from annotator.propose.rules import kinds_by_rule, openings_by_rule
from annotator.propose.site_layouts import SiteLayouts, site_of
from annotator.propose.source_furniture import with_repeated_lines

ARTICLES_LAYER, BLOCKS_LAYER = "articles", "blocks"
MOST_PARAGRAPHS = 20_000
"""Paragraphs of a page from which on the rules decide: the model takes about half a millisecond for each."""
LATIN_SHARE = 0.3
"""Share of Latin letters under which a page is taken to be in a script that the model was not fitted on."""
SUSPECT, REPEATED_ODDS = 0.1, 8.0
"""Chance of boilerplate from which a repeated line is taken to be more so, and by how much its odds rise."""
Revise = Callable[[Sequence[Paragraph], Reading], None]
"""Changes in place what the model read on a page, before the page is decided."""
_SAMPLE = 3_000
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def shipped_model_path() -> Path:
    """The model file that comes with the program."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    return (inside if inside.is_dir() else package.parent) / "resources" / "models" / "boundaries.npz"


def read_model(path: Path) -> BoundaryModel:
    """A boundary model from a file.

    Raises:
        InputError: The file is no boundary model, or was fitted on other features than this version computes.
    """
    return load_model(path, FEATURES, SECOND_FEATURES, CUT_FEATURES)


@lru_cache(maxsize=1)
def shipped_model() -> BoundaryModel | None:
    """The model that comes with the program, read once; None when it is not installed, which leaves the rules."""
    path = shipped_model_path()
    return read_model(path) if path.is_file() else None


def segment_page(
    text: str, model: BoundaryModel | None = None, repeated: Collection[str] = (), revise: Revise | None = None
) -> PageProposal:
    """Articles and blocks of a page, decided together.

    Args:
        text: The page; positions in the result are code points of it.
        model: A fitted model; the shipped one when None, and the rules where there is none.
        repeated: Lines that other pages of the same source hold too; those that look like boilerplate are taken for it.
        revise: What was learned of the site, if anything.
    """
    model = model or shipped_model()
    page = paragraphs(text)
    if not page:
        return PageProposal()
    if not _latin(text):
        return _whole_page()
    if model is None or len(page) > MOST_PARAGRAPHS:
        return segment_by_rules(text)
    reading = read_page(page, model)
    if repeated:
        _weigh_repeated(page, reading, repeated)
    if revise is not None:
        revise(page, reading)
    starts, kinds = decide(reading)
    names = [KINDS[kind] for kind in kinds]
    shapes = Counter(reading.looks[i].shape for i in starts)
    articles = [
        ArticleStart(
            page[i].start if i else 0,
            label,
            calibrated(model.calibration, float(reading.opens[i])) if i else 1.0,
            opening_reason(reading.looks, reading.leads, shapes, names, i),
        )
        for i, label in zip(starts, _labels(starts, names), strict=True)
    ]
    return PageProposal(tuple(articles), tuple(_blocks(page, reading, starts, names, model)))


def _whole_page() -> PageProposal:
    reason = tr("the model knows no page in this script; it is left whole")
    return PageProposal((ArticleStart(0, ARTICLE, 0.5, reason),), (BlockStart(0, KINDS[0], 0.5, reason, KINDS[0]),))


def _weigh_repeated(page: Sequence[Paragraph], reading: Reading, repeated: Collection[str]) -> None:
    """Raise the odds of boilerplate where a line is repeated over its source and already looks somewhat like it.

    Links to the same articles are repeated too; they do not look like boilerplate and stay what they are.
    """
    boilerplate = KINDS.index("boilerplate")
    for i, paragraph in enumerate(page):
        row = reading.kinds[i]
        if row[boilerplate] >= SUSPECT and paragraph.text in repeated:
            row[boilerplate] *= REPEATED_ODDS
            row /= row.sum()
            reading.opens[i] *= 1.0 - row[boilerplate] if i else 1.0


def _latin(text: str) -> bool:
    """Whether enough of the letters are Latin for the model to say anything of the page."""
    sample = text[:_SAMPLE]
    latin = len(_LATIN.findall(sample))
    return latin >= LATIN_SHARE * len(_LETTER.findall(sample))


def _labels(starts: Sequence[int], kinds: Sequence[str]) -> list[str]:
    """`teaser` for an article without text of its own, `article` for the others."""
    labels = []
    for start, end in zip(starts, [*starts[1:], len(kinds)], strict=True):
        inside = kinds[start:end]
        labels.append(TEASER if "body" not in inside and ("teaser" in inside or "headline" in inside) else ARTICLE)
    return labels


def _blocks(
    page: Sequence[Paragraph], reading: Reading, starts: Sequence[int], kinds: Sequence[str], model: BoundaryModel
) -> Iterator[BlockStart]:
    opening = set(starts)
    for i, paragraph in enumerate(page):
        kind = kinds[i]
        if paragraph.soft and i not in opening and i and kind == kinds[i - 1]:
            continue
        position = paragraph.start if i else 0
        chance = calibrated(model.kind_calibration, float(reading.kinds[i].max()))
        reason = kind_reason(reading.looks[i], kind)
        cuts = cut_line(paragraph.text, model) if kind == "teaser" else None
        if cuts is None:
            yield BlockStart(position, kind, chance, reason, kind)
        else:
            yield from _cut_blocks(paragraph, position, cuts, chance)


def _cut_blocks(paragraph: Paragraph, position: int, cuts: LineCuts, chance: float) -> Iterator[BlockStart]:
    kicker = tr("capitals up to a colon or question mark open the line")
    yield BlockStart(position, "kicker", chance, kicker, "teaser")
    behind = "teaser" if cuts.lead is None else "deck"
    reason = tr("it follows the kicker")
    yield BlockStart(paragraph.start + cuts.deck, behind, chance, reason, "teaser", inner=True)
    if cuts.lead is not None:
        reason = tr("a sentence starts here without a full stop before it, and reads like the start of an article")
        yield BlockStart(paragraph.start + cuts.lead, "teaser", cuts.score, reason, "teaser", inner=True)


def segment_by_rules(text: str) -> PageProposal:
    """The proposal of the rule set alone. Scores are three fixed steps; reasons name the rule."""
    page = paragraphs(text)
    if not page:
        return PageProposal()
    kinds = kinds_by_rule(page)
    openings = openings_by_rule(page, kinds)
    starts = [number for number, (opens, _, _) in enumerate(openings) if opens]
    articles = [
        ArticleStart(page[i].start if i else 0, label, openings[i][1], openings[i][2])
        for i, label in zip(starts, _labels(starts, kinds), strict=True)
    ]
    blocks = []
    for number, (paragraph, kind) in enumerate(zip(page, kinds, strict=True)):
        position = paragraph.start if number else 0
        reason = tr("the form of the line, by rule")
        cuts = cut_line(paragraph.text, None) if kind == "teaser" else None
        if cuts is None:
            blocks.append(BlockStart(position, kind, 0.75, reason, kind))
        else:
            blocks.extend(_cut_blocks(paragraph, position, cuts, 0.75))
    return PageProposal(tuple(articles), tuple(blocks))


class BoundaryProposer:
    """Proposes where articles start (layer `articles`) and what each block is (layer `blocks`)."""

    def __init__(
        self,
        model: Path | BoundaryModel | None = None,
        *,
        layouts: SiteLayouts | None = None,
        name: str = "boundaries",
    ) -> None:
        """Reads the model.

        Args:
            model: A model or its file; the shipped one when None.
            layouts: What was learned of the sites of the corpus.
            name: What the proposals name as their proposer.

        Raises:
            InputError: The file is no boundary model, or one of another version.
        """
        self.name = name
        self._model = read_model(model) if isinstance(model, Path) else model or shipped_model()
        self._layouts = layouts if self._model else None
        self.is_learned = self._layouts is not None
        """Whether what it proposes was learned, in part, from finished pages."""
        self.version = self._model.version if self._model else "rules"
        if self._layouts:
            self.version += f"+{self._layouts.digest}"

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """Boundaries of both layers, in text order, one sequence a document; labels the schema lacks are left out."""
        layers = {
            name: layer
            for name in (ARTICLES_LAYER, BLOCKS_LAYER)
            if (layer := schema.by_name.get(name)) is not None and layer.kind is LayerKind.SEGMENTS
        }
        for document, repeated in with_repeated_lines(documents):
            revise = partial(self._layouts.revise, site_of(document.source)) if self._layouts else None
            page = segment_page(document.text, self._model, repeated, revise) if layers else PageProposal()
            found = [(a.position, ARTICLES_LAYER, a.label, a.score, a.reason) for a in page.articles]
            found += [(b.position, BLOCKS_LAYER, b.kind, b.score, b.reason) for b in page.blocks]
            yield tuple(
                Proposal(Boundary(position, layer, label), round(score, 4), reason, self.name)
                for position, layer, theirs, score, reason in sorted(found)
                if layer in layers and (label := layers[layer].map_label(theirs)) is not None
            )
