"""Whole articles recovered from labelled pages, as material for more training pages.

An article that occurs on several pages is kept once, in its longest version.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from annotator.propose.boundary_score import LabelledPage

_PREFIX = 45
"""Code points of a lead by which two versions of one article are recognised."""
_DATELINE = re.compile(r"^[A-Z][\w ]{2,20}, [A-Z][a-z]{2} \d{1,2} \([A-Z]{2,4}\): ")
_TRAIL = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?|Read more(?:\.\.\.)?|\[\.\.\.\])\s*$")


@dataclass(slots=True)
class Article:
    """An openly licensed article."""

    paragraphs: list[str]
    """The lead first; sub-headlines are kept among them."""
    subheads: set[int] = field(default_factory=set)
    """Which of the paragraphs are sub-headlines."""
    headline: str = ""
    kickers: set[str] = field(default_factory=set)
    decks: set[str] = field(default_factory=set)
    weight: float = 1.0
    """How much its paragraphs count when the lead score is fitted."""

    @property
    def lead(self) -> str:
        """The first paragraph."""
        return self.paragraphs[0]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([self.headline, *self.paragraphs])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a labelled page between two article boundaries."""

    start: int
    end: int
    blocks: tuple[tuple[str, str], ...]
    """Kind and text of its blocks, white space folded."""
    kicker: str
    deck: str
    lead: str
    """The teaser's text behind kicker and deck; empty where there is no kicker."""


def stretches(page: LabelledPage) -> list[Stretch]:
    """The stretches of a page in order."""
    edges = [0, *page.boundaries, len(page.text)]
    found = []
    for start, end in itertools.pairwise(edges):
        blocks = [(a, b, kind) for a, b, kind in page.blocks if start <= a < end]
        pieces = {kind: (a, b) for a, b, kind in page.cuts if start <= a < end}
        kicker = deck = lead = ""
        if "deck" in pieces:
            kicker = page.text[slice(*pieces["kicker"])] if "kicker" in pieces else ""
            deck = _folded(page.text[slice(*pieces["deck"])])
            holder = next((b for a, b, _ in blocks if a <= pieces["deck"][0] < b), end)
            lead = _folded(page.text[pieces["deck"][1] : holder])
        texts = tuple((kind, _folded(page.text[a:b])) for a, b, kind in blocks)
        found.append(Stretch(start, end, texts, kicker, deck, lead))
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def _key(lead: str) -> str:
    return _DATELINE.sub("", lead)[:_PREFIX].lower()


def articles_of(pages: Iterable[LabelledPage], *, least: int = 3) -> list[Article]:
    """Articles of at least `least` paragraphs found on the pages, with the headlines and kickers seen for them."""
    whole: dict[str, Article] = {}
    headlines: dict[str, str] = {}
    kickers: dict[str, set[str]] = {}
    decks: dict[str, set[str]] = {}
    for page in pages:
        for stretch in stretches(page):
            _collect(stretch, whole, headlines, kickers, decks)
    found = []
    for key, article in whole.items():
        if len(article.paragraphs) - len(article.subheads) >= least:
            article.headline = headlines.get(key, "")
            article.kickers = kickers.get(key, set())
            article.decks = decks.get(key, set())
            found.append(article)
    return sorted(found, key=lambda article: article.lead)


def _collect(
    stretch: Stretch,
    whole: dict[str, Article],
    headlines: dict[str, str],
    kickers: dict[str, set[str]],
    decks: dict[str, set[str]],
) -> None:
    body = [text for kind, text in stretch.blocks if kind == "body"]
    heads = [text for kind, text in stretch.blocks if kind == "headline"]
    teasers = [text for kind, text in stretch.blocks if kind == "teaser"]
    if stretch.lead and len(stretch.lead) > _PREFIX:
        key = _key(stretch.lead)
        kickers.setdefault(key, set()).add(stretch.kicker)
        decks.setdefault(key, set()).add(stretch.deck)
        return
    if len(teasers) == 2 and len(teasers[0]) < 130 and len(teasers[1]) > _PREFIX and not body:
        headlines.setdefault(_key(teasers[1]), teasers[0])
        return
    if not body or len(body[0]) < _PREFIX or body[0][:1].islower():
        return
    key = _key(body[0])
    first = stretch.blocks.index(("body", body[0]))
    opening = [text for kind, text in stretch.blocks[:first] if kind == "headline"]
    if opening and not opening[-1].isdigit():
        headlines[key] = opening[-1]
        if len(opening) > 1 and opening[0].isupper():
            kickers.setdefault(key, set()).add(opening[0] + ":")
    paragraphs = [
        text for kind, text in stretch.blocks[first:] if kind == "body" or (kind == "headline" and text in heads)
    ]
    known = whole.get(key)
    if known is None or len(known.paragraphs) < len(paragraphs):
        subheads = {number for number, text in enumerate(paragraphs) if text in heads}
        whole[key] = Article(paragraphs, subheads)


def shingles(text: str, size: int = 8) -> set[int]:
    """Hashes of every run of `size` words: texts that share one hold the same passage."""
    words = re.findall(r"\w+", text.lower())
    return {hash(tuple(words[i : i + size])) for i in range(len(words) - size + 1)}
