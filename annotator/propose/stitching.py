"""Pieces of training pages made from whole articles, and how they are laid out on a page with their gold."""

from __future__ import annotations

import math
import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from annotator.propose import page_furniture as furniture
from annotator.propose import patterns as forms
from annotator.propose.boundary_score import LabelledPage
from annotator.propose.lines import sentence_starts
from annotator.propose.own_lines import site_line
from annotator.propose.training_articles import Article


@dataclass(slots=True)
class Piece:
    """One logical paragraph of a page to be laid out."""

    text: str
    kind: str
    opens: bool = False
    kicker: int = 0
    """Code points of the kicker at its start."""
    deck: int = 0
    """Position in it at which the lead behind the deck starts; 0 where there is no deck."""


@dataclass(slots=True)
class Material:
    """Articles and headlines to draw from."""

    articles: list[Article]
    headlines: list[str] = field(default_factory=list)
    neighbours: list[list[int]] = field(default_factory=list)
    """For every article, the articles most like it, the likest first."""

    @classmethod
    def of(cls, articles: Sequence[Article], headlines: Sequence[str] = ()) -> Material:
        """Material with the likeness of its articles worked out."""
        kept = list(articles)
        known = [article.headline for article in kept if article.headline]
        made = [" ".join(article.lead.split()[:8]).rstrip(".,;:") for article in kept[:1]]
        return cls(kept, sorted({*known, *headlines}) or made, _neighbours(kept))


def _neighbours(articles: Sequence[Article], most: int = 4) -> list[list[int]]:
    bags = [{w.lower()[:6] for w in a.text.split() if len(w) > 4 and w.lower() not in forms.STOP} for a in articles]
    frequency = Counter(word for bag in bags for word in bag)
    weight = {word: math.log(len(bags) / count) for word, count in frequency.items()}
    size = [math.sqrt(math.fsum(weight[w] for w in bag)) or 1.0 for bag in bags]
    found = []
    for i, bag in enumerate(bags):
        likeness = [
            (math.fsum(weight[w] for w in bag & other) / (size[i] * size[j]), j)
            for j, other in enumerate(bags)
            if j != i
        ]
        found.append([j for _, j in sorted(likeness, reverse=True)[:most]])
    return found


def _sentences(text: str) -> list[str]:
    starts = sentence_starts(text)
    return [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _title_case(text: str) -> str:
    return " ".join(
        w if w[:1].isupper() or (len(w) < 4 and n) else w[:1].upper() + w[1:] for n, w in enumerate(text.split(" "))
    )


def _recased(rng: random.Random) -> Callable[[str], str]:
    roll = rng.random()
    return _title_case if roll < 0.3 else (str.upper if roll < 0.36 else str)


class PageMaker:
    """Makes pages from material; every page is decided by the state of `rng` alone."""

    def __init__(self, material: Material, rng: random.Random) -> None:
        self.material, self.rng = material, rng

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def some(self, count: int) -> list[Article]:
        """Articles drawn without repetition."""
        return self.rng.sample(self.material.articles, min(count, len(self.material.articles)))

    def headline(self, article: Article) -> str:
        """Its headline, or one made of the start of its lead."""
        if article.headline:
            return article.headline
        words = _sentences(article.lead)[0].rstrip('.!?”"').split()
        return " ".join(words[: self.rng.randint(5, 9)])

    def article(self, article: Article, *, least: int = 2, most: int = 40, plain: float = 0.4) -> list[Piece]:
        """A whole article, or its first paragraphs, with what stands above and between them."""
        rng = self.rng
        pieces: list[Piece] = []
        if not self.chance(plain):
            if self.chance(0.18):
                kicker = rng.choice(sorted(article.kickers) or ["IN FOCUS:"]).rstrip(":? ").strip("'")
                pieces.append(Piece(kicker, "headline"))
            if self.chance(0.8):
                pieces.append(Piece(self.headline(article), "headline"))
            if self.chance(0.45):
                pieces.extend(Piece(furniture.byline(rng), "byline") for _ in range(1 + self.chance(0.15)))
            if self.chance(0.06) and len(pieces) > 1:
                rng.shuffle(pieces)
        count = min(len(article.paragraphs), rng.randint(least, max(least, most)))
        count = len(article.paragraphs) if self.chance(0.5) and most >= 12 else count
        body = article.paragraphs[:count]
        heads = self.chance(0.08) and count > 7
        photos, links = self.chance(0.5), self.chance(0.14)
        upper = self.chance(0.5)
        prefix = rng.choice(furniture.LINK_PREFIXES) + " " if self.chance(0.6) else ""
        split, notices = self.chance(0.12), self.chance(0.2)
        dateline = self.dateline() if self.chance(0.1) else ""
        cut_at = count - 1 if self.chance(0.08) else -1
        for number, text in enumerate(body):
            if number in article.subheads:
                pieces.append(Piece(text, "headline"))
                continue
            if heads and number and number % 4 == 0:
                pieces.append(Piece(rng.choice(furniture.INSIDE_HEADS), "headline"))
            text = dateline + text if number == 0 and not text.startswith(("“", '"')) else text
            if number == cut_at and len(text) > 160:
                text = " ".join(text[: rng.randint(80, len(text) - 20)].split(" ")[:-1])
            parts = _sentences(text) if split and len(text) > 220 else [text]
            pieces.extend(Piece(part, "body") for part in parts)
            if photos and self.chance(0.16) and number < count - 1:
                pieces.append(self._photo(article))
            if links and self.chance(0.2) and number < count - 1:
                title = rng.choice(self.material.headlines)
                pieces.append(Piece(prefix + (title.upper() if upper else title), "teaser"))
            if notices and self.chance(0.12) and number < count - 1:
                pieces.append(Piece(site_line(rng), "boilerplate"))
        if photos and self.chance(0.08):
            place = next((n for n, piece in enumerate(pieces) if piece.kind == "body"), 0)
            pieces.insert(place, self._photo(article))
        if self.chance(0.05):
            name = furniture.person(rng)
            pieces.append(
                Piece(
                    rng.choice(
                        (
                            f"{name} is a reporter for the {rng.choice(furniture.OUTLETS)}.",
                            f"{name} contributed to this report",
                            f"Additional reporting by {name}",
                            f"First published on {furniture.date(rng)}",
                            f"Reporting by {name}; Editing by {furniture.person(rng)}",
                        )
                    ),
                    "byline",
                )
            )
        if photos and pieces[0].kind == "headline" and self.chance(0.3):
            pieces.insert(0, self._photo(article))
        pieces[0].opens = True
        return pieces

    def wide_dateline(self) -> str:
        """A dateline in one of the forms of many agencies, most of them without a hint in capitals."""
        rng = self.rng
        city, month = rng.choice((*furniture.CITIES, *furniture.LONG_CITIES)), rng.choice(furniture.MONTHS)
        place = rng.choice((city, city.upper()))
        agency, dash = rng.choice(("AP", "AFP", "Reuters", "Xinhua", "IPS", "UPI")), rng.choice(("—", "–", "-", "--"))
        day, year = rng.randint(1, 28), rng.randint(1998, 2025)
        return rng.choice(
            (
                f"{place} {dash} ",
                f"{place}{dash} ",
                f"{place}: ",
                f"{place}, {month[:3]} {day} ({agency}) {dash} ",
                f"{place}, {month} {day} {year} ({agency}) {dash} ",
                f"{place} {dash} {day} {month} {year}: ",
                f"{place}, {month} {day}: ",
                f"{place} ({agency}) {dash} ",
                f"{place} /{agency}/. ",
                f"{place}, {rng.choice(furniture.CITIES)} {dash} ",
            )
        )

    def dateline(self) -> str:
        rng = self.rng
        city = rng.choice(furniture.CITIES)
        month, day = rng.choice(furniture.MONTHS)[:3], rng.randint(1, 28)
        return rng.choice(
            (
                f"{city.upper()} — ",
                f"{city.upper()} – ",
                f"{city.upper()} ({rng.choice(('AP', 'AFP', 'Reuters'))}) - ",
                f"{city}, {month} {day} (ANI): ",
                f"{city}: ",
                f"{city.upper()}: ",
            )
        )

    def _photo(self, article: Article) -> Piece:
        rng = self.rng
        if self.chance(0.45):
            return Piece(furniture.credit(rng), "photo")
        text = rng.choice(article.paragraphs)
        sentences = [s for s in _sentences(text) if 25 < len(s) < 170 and s[:1].isupper()]
        names = re.findall(r"[A-Z][a-z]+ [A-Z][a-z]+", text) or [furniture.person(rng)]
        return Piece(furniture.caption(rng, rng.choice(sentences or [f"{names[0]}."]), rng.choice(names)), "photo")

    def lead(self, article: Article, form: str) -> str:
        """The start of an article as a teaser shows it; `form` is one of cut, ellipsis, full, clip, bare."""
        rng = self.rng
        text = article.lead
        if (
            len(text) < 260
            and len(article.paragraphs) > 1
            and 1 not in article.subheads
            and form in ("cut", "ellipsis")
        ):
            text += " " + article.paragraphs[1]
        sentences = _sentences(article.lead)
        if form == "full":
            return " ".join(sentences[: rng.choice((1, 1, 1, 2, 2, 3))])
        if form == "bare":
            return sentences[0].rstrip(".") if len(sentences[0]) < 260 else " ".join(sentences[0].split()[:18])
        if form == "clip":
            limit = rng.choice((90, 93, 100, 110, 120, 140, 150, 180, 190, 200, 210))
            if len(text) <= limit + 10:
                return text
            head = text[:limit] if self.chance(0.5) else text[:limit].rsplit(" ", 1)[0]
            return head.rstrip() + rng.choice(("…", "...", "…", " ...", " …"))
        words = text.split()
        length = rng.randint(40, 105) if form == "cut" else rng.randint(25, 105)
        if len(words) <= length:
            length = max(8, len(words) - rng.randint(2, 9))
        head = " ".join(words[:length]).rstrip()
        if form == "cut":
            return head.rstrip(".")
        return head.rstrip(".,") + rng.choice(("...", "…", " [...]", " ...", "… Read more", "... Read more"))

    def teaser_line(self, article: Article, form: str, *, kicker: float) -> Piece:
        """A teaser on one line, perhaps with a kicker and a deck run into its lead."""
        lead = self.lead(article, form)
        if not self.chance(kicker):
            return Piece(lead, "teaser", opens=True)
        head = self.rng.choice(sorted(article.kickers) or [self._kicker(article)])
        deck = self._deck(article)
        if not deck:
            return Piece(lead, "teaser", opens=True)
        text = f"{head} {deck} {lead}"
        return Piece(text, "teaser", True, len(head), len(head) + len(deck) + 2)

    def _kicker(self, article: Article) -> str:
        words = [w.strip(".,“”\"'’?") for w in self.headline(article).split() if len(w) > 3]
        size = min(len(words), self.rng.choice((1, 2, 2, 3)))
        start = self.rng.randrange(max(1, len(words) - size))
        return (
            " ".join(words[start : start + size]).upper() + self.rng.choice((":", ":", ":", "?"))
            if words
            else "IN FOCUS:"
        )

    def _deck(self, article: Article) -> str:
        if article.decks and self.chance(0.4):
            return self.rng.choice(sorted(article.decks))
        sentences = [
            s
            for n, text in enumerate(article.paragraphs)
            if n
            for s in _sentences(text)
            if 50 < len(s) < 175 and s.endswith((".", "”")) and s[:1].isupper()
        ]
        return self.rng.choice(sentences).rstrip(".”") if sentences else ""

    def teasers(self, count: int, style: str) -> list[list[Piece]]:
        """Teasers in one style; each is a list of pieces."""
        rng = self.rng
        recase = _recased(rng)
        form = rng.choice(("full", "full", "full", "clip", "ellipsis", "bare"))
        more = (
            rng.choice((" Read more...", " Read more", " Continue reading", " Read more »"))
            if self.chance(0.12)
            else ""
        )
        mixed = self.chance(0.25)
        by = rng.randrange(furniture.BYLINE_FORMS) if self.chance(0.5) else None
        kicker = rng.choice((0.0, 0.4, 0.8)) if style in ("cut", "ellipsis", "sentence") else 0.0
        found = []
        for number, article in enumerate(self.some(count), 1):
            shape = rng.choice(("full", "clip", form, form)) if mixed else form
            title = Piece(recase(self.headline(article)), "teaser")
            summary = Piece(self.lead(article, shape) + (more if self.chance(0.8) else ""), "teaser")
            name = Piece(furniture.byline(rng, by), "byline")
            rank = Piece(f"{number}" + ("." if by else ""), "headline")
            label = Piece(rng.choice(furniture.SECTIONS), "headline")
            match style:
                case "cut" | "ellipsis":
                    group = [self.teaser_line(article, style, kicker=kicker)]
                case "sentence":
                    group = [self.teaser_line(article, "full", kicker=kicker)]
                case "headline":
                    group = [Piece(recase(rng.choice(self.material.headlines)), "teaser")]
                case "headline_summary":
                    group = [title, summary]
                case "byline_summary":
                    group = [name, summary]
                case "summary_byline":
                    group = [summary, name]
                case "headline_byline_summary":
                    group = [title, name, summary]
                case "headline_byline":
                    group = [title, name]
                case "byline_headline":
                    group = [name, title]
                case "headline_summary_byline":
                    group = [title, summary, name]
                case "rank":
                    group = [rank, title] if self.chance(0.5) else [rank, name, summary]
                case "label_headline":
                    group = [label, title] if self.chance(0.6) else [label, title, summary]
                case _:
                    group = [summary]
            group[0].opens = True
            found.append(group)
        return found


def lay_out(pieces: Sequence[Piece], layout: str, rng: random.Random, name: str, form: str) -> LabelledPage:
    """Put pieces on a page.

    Args:
        pieces: The logical paragraphs in order.
        layout: lines, blank (an empty line between), wrap, indent (wrapped, first lines set in), wrapblank, one_line.
        rng: Draws the width and the indent of wrapped pages.
        name: Id of the page.
        form: Its variant.
    """
    width = rng.choice((60, 66, 72, 72, 76, 78, 80))
    indent = " " * rng.choice((2, 3, 4, 4)) if layout == "indent" else ""
    between = {"blank": "\n\n", "wrapblank": "\n\n", "one_line": " "}.get(layout, "\n")
    text = ""
    boundaries, blocks, cuts = [], [], []
    for piece in pieces:
        if text:
            text += between
        start = len(text)
        if layout in ("wrap", "indent", "wrapblank"):
            inset = indent if piece.kind == "body" else ""
            shown = "\n".join(
                textwrap.wrap(piece.text, width, initial_indent=inset, break_long_words=False, break_on_hyphens=False)
            )
            start += len(inset)
        else:
            shown = inset = ""
            shown = piece.text
        text += shown
        blocks.append((start, len(text), piece.kind))
        if piece.opens and start > len(inset):
            boundaries.append(start)
        if piece.deck:
            cuts.append((start, start + piece.kicker, "kicker"))
            cuts.append((start + piece.kicker + 1, start + piece.deck - 1, "deck"))
    return LabelledPage(name, text, tuple(boundaries), tuple(blocks), tuple(cuts), form)
