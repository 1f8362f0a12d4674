"""Training pages in the forms that scraped news pages take, drawn at random from whole articles."""

from __future__ import annotations

import random
from collections.abc import Callable

from annotator.propose import page_furniture as furniture
from annotator.propose.boundary_score import LabelledPage
from annotator.propose.own_lines import site_line
from annotator.propose.stitching import Material, PageMaker, Piece, lay_out

TEASER_STYLES = (
    *(
        "cut",
        "ellipsis",
        "sentence",
        "headline",
        "headline",
        "headline",
        "headline_summary",
        "headline_summary",
        "summary",
    ),
    *("summary", "byline_summary", "summary_byline", "headline_byline_summary", "headline_byline", "byline_headline"),
    *("headline_summary_byline", "rank", "label_headline"),
)


def make_page(
    material: Material, rng: random.Random, number: int = 0, form: str = "", layout: str = ""
) -> LabelledPage:
    """One page, in a form and a layout drawn at random where they are not given.

    Args:
        material: The articles that it is made of.
        rng: Draws everything.
        number: Goes into its id.
        form: One of FORMS.
        layout: One of those of `lay_out`.

    Raises:
        KeyError: There is no such form.
    """
    form = form or rng.choices(list(FORMS), [weight for weight, _ in FORMS.values()])[0]
    maker = PageMaker(material, rng)
    pieces = FORMS[form][1](maker)
    if maker.chance(FRAMED.get(form, 0.0)):
        pieces = _with_site(maker, pieces)
    if not layout:
        layout = rng.choices(("lines", "blank", "wrap", "indent", "wrapblank", "one_line"), (62, 16, 7, 5, 8, 2))[0]
        if form in ("site", "site_list") and layout != "one_line":
            layout = rng.choices(("lines", "blank"), (75, 25))[0]
    return lay_out(pieces, layout, rng, f"made-{number}-{form}-{layout}", form)


def _seedlike(maker: PageMaker) -> list[Piece]:
    rng = maker.rng
    articles = maker.some(1)
    pieces = maker.article(articles[0], least=5, plain=0.55)
    style = rng.choice(("cut", "cut", "cut", "ellipsis", "sentence"))
    for group in maker.teasers(rng.randint(1, 6), style):
        pieces.extend(group)
    return pieces


def _whole(maker: PageMaker) -> list[Piece]:
    pieces: list[Piece] = []
    plain = maker.rng.choice((0.2, 0.5, 1.0))
    most = maker.rng.choice((5, 12, 40))
    for article in maker.some(maker.rng.randint(2, 5)):
        pieces.extend(maker.article(article, least=2, most=most, plain=plain))
    return pieces


def _same_topic(maker: PageMaker) -> list[Piece]:
    material, rng = maker.material, maker.rng
    first = rng.randrange(len(material.articles))
    chosen = [first, *rng.sample(material.neighbours[first], min(len(material.neighbours[first]), rng.randint(1, 3)))]
    rng.shuffle(chosen)
    pieces: list[Piece] = []
    for number, index in enumerate(chosen):
        article = material.articles[index]
        if number and maker.chance(0.45):
            form = rng.choice(("full", "full", "full", "cut"))
            text = article.lead if form == "full" and maker.chance(0.7) else maker.lead(article, form)
            pieces.append(Piece(text, "teaser", opens=True))
        else:
            pieces.extend(maker.article(article, least=3, most=14, plain=0.94))
    return pieces


def _briefs(maker: PageMaker) -> list[Piece]:
    dated = maker.chance(0.4)
    pieces = []
    for article in maker.some(maker.rng.randint(3, 9)):
        text = article.lead if maker.chance(0.7) else " ".join(article.paragraphs[:2])
        if dated and maker.chance(0.6):
            text = maker.dateline() + text
        pieces.append(Piece(text, "body", opens=True))
    return pieces


def _single(maker: PageMaker) -> list[Piece]:
    return maker.article(maker.some(1)[0], least=6)


def _headline_teasers(maker: PageMaker) -> list[Piece]:
    pieces = maker.article(maker.some(1)[0], least=4)
    style = maker.rng.choice(("headline_summary", "headline_summary", "headline", "headline_byline_summary"))
    for group in maker.teasers(maker.rng.randint(2, 7), style):
        pieces.extend(group)
    return pieces


def _site_block(maker: PageMaker, least: int, most: int) -> list[Piece]:
    rng = maker.rng
    count = rng.randint(least, most)
    if maker.chance(0.35):
        return [Piece(line, "boilerplate") for line in rng.sample(furniture.SECTIONS, min(count, 8))]
    return [Piece(site_line(rng, (line,)), "boilerplate") for line in rng.sample(furniture.SITE_LINES, count)]


def _with_site(maker: PageMaker, pieces: list[Piece]) -> list[Piece]:
    """Leading boilerplate joins the first article; trailing boilerplate the last."""
    if maker.chance(0.55):
        lead = _site_block(maker, 1, 6)
        pieces[0].opens = False
        pieces = [*lead, *pieces]
        pieces[0].opens = True
    if maker.chance(0.7):
        pieces = [*pieces, *_site_block(maker, 1, 9)]
    return pieces


def _site(maker: PageMaker) -> list[Piece]:
    """A scraped page: an article between what the site puts around it, then lists of teasers."""
    rng = maker.rng
    pieces = maker.article(maker.some(1)[0], least=3, plain=0.7)
    if maker.chance(0.15):
        before = [piece for group in maker.teasers(rng.randint(2, 10), "headline") for piece in group]
        pieces = [*before, *pieces]
    if maker.chance(0.55):
        pieces.extend(_site_block(maker, 1, 6))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        if maker.chance(0.4):
            pieces.append(Piece(site_line(rng, furniture.LIST_HEADINGS), "boilerplate"))
        scattered = maker.chance(0.12)
        for group in maker.teasers(rng.randint(1, 18), rng.choice(TEASER_STYLES)):
            pieces.extend(group)
            if scattered and maker.chance(0.15):
                pieces.append(Piece(site_line(rng), "boilerplate"))
    return pieces


def _site_list(maker: PageMaker) -> list[Piece]:
    """A page of teasers without an article."""
    rng = maker.rng
    pieces: list[Piece] = []
    for _ in range(rng.choice((1, 1, 2))):
        for group in maker.teasers(rng.randint(4, 20), rng.choice(TEASER_STYLES)):
            pieces.extend(group)
    return pieces


FORMS: dict[str, tuple[float, Callable[[PageMaker], list[Piece]]]] = {
    "seedlike": (22, _seedlike),
    "whole": (20, _whole),
    "same_topic": (18, _same_topic),
    "briefs": (5, _briefs),
    "single": (13, _single),
    "headline_teasers": (9, _headline_teasers),
    "site": (24, _site),
    "site_list": (2, _site_list),
}
"""Weight and maker of every form."""
FRAMED = {
    "seedlike": 0.12,
    "whole": 0.15,
    "same_topic": 0.1,
    "single": 0.5,
    "headline_teasers": 0.25,
    "site": 1.0,
    "site_list": 1.0,
}
"""Share of the pages of a form that stand between lines of a site."""
