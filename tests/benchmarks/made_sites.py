"""Pages of five made-up sites, each in one layout of its own, from the articles of a JSONL file (`text`).

The boundary model was fitted on none of these layouts. They hold what real sites have and the model is known to be
weak at: dates before or after the teaser they belong to, links between paragraphs, furniture in another language, whole
articles one after another with a slug, numbered lists.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotator.core.document import Document, make_document
from annotator.core.marks import Boundary

NAMES = ("Ana Ferreira", "Tom Okafor", "Lin Mei", "Petra Novak", "Sam Reyes", "Ruth Adeyemi", "Jonas Lind")
MONTHS = ("January", "March", "April", "June", "September", "November")


@dataclass(frozen=True, slots=True)
class Story:
    """An article to lay out."""

    headline: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page with its gold."""

    document: Document
    boundaries: frozenset[Boundary]


def stories(path: Path) -> list[Story]:
    """The articles of the file that have a headline-like start and several paragraphs."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n+", json.loads(line)["text"])]
        kept = [part for part in paragraphs if len(part) > 80]
        if len(kept) >= 4:
            words = re.sub(r"[^\w\s'’-]", "", kept[0]).split()[:9]
            found.append(Story(" ".join(words), tuple(kept[:14])))
    return found


class _Page:
    """Lines with kinds, put together."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._marks: set[Boundary] = set()
        self._at = 0
        self._open: int | None = None
        self._kinds: list[str] = []

    def add(self, text: str, kind: str, *, opens: bool = False) -> None:
        """One more line; the first one of a page always opens."""
        if opens or not self._lines:
            self._close()
            self._open = self._at
        self._lines.append(text)
        self._marks.add(Boundary(self._at, "blocks", kind))
        self._kinds.append(kind)
        self._at += len(text) + 1

    def _close(self) -> None:
        if self._open is not None:
            label = "article" if "body" in self._kinds else "teaser"
            self._marks.add(Boundary(self._open, "articles", label))
        self._kinds = []

    def done(self, source: str) -> SitePage:
        self._close()
        return SitePage(make_document("\n".join(self._lines), source=source), frozenset(self._marks))


def _date(draw: random.Random) -> str:
    return f"{draw.randint(1, 28)} {draw.choice(MONTHS)} 20{draw.randint(18, 24)}"


def _cut(draw: random.Random, story: Story) -> str:
    return " ".join(story.paragraphs[0][: draw.randint(90, 170)].split()[:-1])


def _harbour(draw: random.Random, some: Sequence[Story]) -> SitePage:
    page, story = _Page(), some[0]
    page.add("Harbour Post | World | Region | Sport | Opinion", "boilerplate")
    page.add(story.headline, "headline")
    page.add(f"Posted by {draw.choice(NAMES)} on {_date(draw)}", "byline")
    for number, text in enumerate(story.paragraphs):
        page.add(text, "body")
        if number % 3 == 1 and number + 1 < len(story.paragraphs):
            page.add(f"ALSO ON HARBOUR: {draw.choice(some[1:]).headline}", "teaser")
    page.add("Tell the Harbour desk what you saw", "boilerplate")
    for other in some[1:7]:
        page.add(_date(draw), "byline", opens=True)
        page.add(other.headline, "teaser")
    page.add("Harbour Post is printed on recycled paper", "boilerplate")
    return page.done("https://harbour.example/story")


def _kurier(draw: random.Random, some: Sequence[Story]) -> SitePage:
    page, story = _Page(), some[0]
    page.add("Startseite Politik Wirtschaft Ausland", "boilerplate")
    page.add("Ausland", "headline")
    page.add(story.headline, "headline")
    page.add(f"Von {draw.choice(NAMES)}, {_date(draw)}", "byline")
    for number, text in enumerate(story.paragraphs):
        page.add(text, "body")
        if number == 1:
            page.add("Anzeige", "boilerplate")
        if number == 2:
            page.add(f"Lesen Sie auch: {some[-1].headline}", "teaser")
    page.add("Mehr zum Thema", "boilerplate")
    for other in some[1:8]:
        page.add(f"{other.headline} {_cut(draw, other)} weiterlesen", "teaser", opens=True)
    page.add("Kommentare anzeigen", "boilerplate")
    return page.done("https://kurier.example/welt")


def _ledger(draw: random.Random, some: Sequence[Story]) -> SitePage:
    page, story = _Page(), some[0]
    page.add(story.headline, "headline")
    for text in story.paragraphs:
        page.add(text, "body")
    page.add(f"{draw.choice(NAMES)} writes for the Ledger from the coast", "byline")
    for other in some[1:9]:
        page.add(other.headline, "teaser", opens=True)
        page.add(re.split(r"(?<=[.!?])\s", other.paragraphs[0])[0], "teaser")
        page.add(f"{_date(draw)} | {draw.randint(0, 90)} notes", "byline")
    return page.done("https://ledger.example/a")


def _wire(draw: random.Random, some: Sequence[Story]) -> SitePage:
    page = _Page()
    for number, story in enumerate(some[:5]):
        page.add(
            f"coast-{story.headline.split()[0].lower()} {draw.randint(1, 9)}/{draw.randint(10, 99)}",
            "headline",
            opens=number > 0,
        )
        for text in story.paragraphs[: draw.randint(4, 8)]:
            page.add(text, "body")
        hands = f"{draw.choice(('lk', 'mm', 'tso'))}/{draw.choice(('ab', 'rw'))}"
        page.add(f"{hands} ends {draw.randint(10, 23)}.{draw.randint(10, 59)}", "byline")
    return page.done("https://wire.example/bulletin")


def _island(draw: random.Random, some: Sequence[Story]) -> SitePage:
    page, story = _Page(), some[0]
    page.add(f"Pic: {draw.choice(NAMES)}, harbour side", "photo")
    page.add(story.headline, "headline")
    for number, text in enumerate(story.paragraphs):
        page.add(text, "body")
        if number == 0:
            page.add(f"Words and pictures {draw.choice(NAMES)}", "byline")
    page.add("The Ten", "boilerplate")
    for number, other in enumerate(some[1:9], 1):
        page.add(f"({number}) {other.headline} > {_cut(draw, other)}", "teaser", opens=True)
        if number == 4:
            page.add("Hear the tide tables on our line", "boilerplate")
    return page.done("https://island.example/x")


SITES: tuple[Callable[[random.Random, Sequence[Story]], SitePage], ...] = (_harbour, _kurier, _ledger, _wire, _island)


def make_pages(told: Sequence[Story], count: int, seed: int) -> list[SitePage]:
    """Pages of all sites in turn, in an order drawn at random; an article is used once as a whole."""
    draw = random.Random(seed)
    order = list(told)
    draw.shuffle(order)
    pages = []
    for number in range(count):
        site = SITES[number % len(SITES)]
        size = 5 if site is _wire else 1
        own, order = order[:size], order[size:] or list(told)
        others = draw.sample(list(told), 12)
        pages.append(site(draw, [*own, *(story for story in others if story not in own)]))
    draw.shuffle(pages)
    return pages
