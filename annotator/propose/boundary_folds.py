"""Honest folds: pages judged by a model that saw none of their articles.

Pages of one collection share articles so widely that whole groups of pages cannot be held apart. Instead, what a fold's
pages hold is cut out of the pages that are fitted on: a stretch that shares a run of eight words with a judged page, or
its headline, is taken off its page, which stays a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotator.propose.boundary_score import LabelledPage
from annotator.propose.training_articles import shingles, stretches

_TEXT = ("body", "teaser", "headline")


def page_shingles(page: LabelledPage) -> set[int]:
    """The passages of a page, boilerplate, bylines and photos left out."""
    found: set[int] = set()
    for stretch in stretches(page):
        for kind, text in stretch.blocks:
            if kind in _TEXT:
                found |= shingles(text)
    return found


def folds_of(pages: Sequence[LabelledPage], count: int) -> list[list[int]]:
    """Indices of the pages of each fold, pages that share much text in one fold where that is possible."""
    passages = [page_shingles(page) for page in pages]
    left = set(range(len(pages)))
    size = -(-len(pages) // count)
    folds: list[list[int]] = []
    while left:
        first = min(left)
        left.discard(first)
        fold, held = [first], set(passages[first])
        while left and len(fold) < size:
            best = max(sorted(left), key=lambda i: len(passages[i] & held) / (len(passages[i]) + 1))
            left.discard(best)
            fold.append(best)
            held |= passages[best]
        folds.append(sorted(fold))
    return folds


def headlines_of(pages: Sequence[LabelledPage]) -> set[str]:
    """Short lines of text of the pages, by which an article without its text is known."""
    return {
        text.lower()
        for page in pages
        for stretch in stretches(page)
        for kind, text in stretch.blocks
        if kind in _TEXT and 20 < len(text) < 130
    }


def without(page: LabelledPage, passages: set[int], headlines: set[str]) -> LabelledPage | None:
    """The page without the stretches and blocks that hold one of the passages or headlines; None if nothing is left."""
    edges = [0, *page.boundaries, len(page.text)]
    drop: list[tuple[int, int]] = []
    for stretch in stretches(page):
        texts = [text for kind, text in stretch.blocks if kind in _TEXT]
        if any(shingles(text) & passages for text in texts) or (texts and texts[0].lower() in headlines):
            drop.append((stretch.start, stretch.end))
    for start, end, kind in page.blocks:
        folded = " ".join(page.text[start:end].split()).lower()
        if (
            kind == "teaser"
            and start not in edges
            and any(folded.endswith(line) for line in headlines if len(line) <= len(folded))
        ):
            drop.append((start, _next_start(page, end)))
    return _cut_out(page, drop) if drop else page


def _next_start(page: LabelledPage, end: int) -> int:
    return next((start for start, _, _ in page.blocks if start >= end), len(page.text))


def _cut_out(page: LabelledPage, drop: Sequence[tuple[int, int]]) -> LabelledPage | None:
    kept: list[tuple[int, int]] = []
    position = 0
    for start, end in sorted(drop):
        if start > position:
            kept.append((position, start))
        position = max(position, end)
    if position < len(page.text):
        kept.append((position, len(page.text)))
    moves: list[tuple[int, int, int]] = []
    length = 0
    for start, end in kept:
        moves.append((start, end, length - start))
        length += end - start

    def moved(start: int, end: int) -> tuple[int, int] | None:
        for low, high, by in moves:
            if low <= start and end <= high:
                return start + by, end + by
        return None

    blocks = [(*place, kind) for start, end, kind in page.blocks if (place := moved(start, end))]
    if not blocks:
        return None
    text = "".join(page.text[start:end] for start, end in kept)
    boundaries = [place[0] for b in page.boundaries if (place := moved(b, b + 1))]
    cuts = [(*place, kind) for start, end, kind in page.cuts if (place := moved(start, end))]
    first = blocks[0][0]
    return LabelledPage(
        page.id, text, tuple(b for b in boundaries if b > first), tuple(blocks), tuple(cuts), page.variant, page.ship
    )
