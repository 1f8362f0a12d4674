"""Fitting of the cuts inside teaser lines. Needs scikit-learn (the extra `fit`)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.propose.boosting import binned, boosted
from annotator.propose.boundary_model import Trees
from annotator.propose.boundary_score import LabelledPage
from annotator.propose.cuts import candidates, cut_matrix, kicker_end
from annotator.propose.lead import LeadScorer
from annotator.propose.patterns import DATELINE
from annotator.propose.stitching import PageMaker

DATELINES, FIRST_WORDS, NO_DECK = 0.25, 0.06, 0.06
"""Shares of the made teaser lines whose lead gets a dateline, whose lead gets its first word in capitals, and that lose
their deck."""


def _opened(text: str, lead: int, maker: PageMaker, rng: random.Random) -> str:
    """The line, for a part of all lines with a dateline at its lead or with the lead's first word in capitals."""
    way, rest = rng.random(), text[lead:]
    if way < DATELINES and rest[:1].isalpha() and not DATELINE.match(rest):
        return text[:lead] + maker.wide_dateline() + rest
    if way > 1.0 - FIRST_WORDS:
        word, blank, behind = rest.partition(" ")
        return text[:lead] + word.upper() + blank + behind
    return text


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    lead: int | None
    """Where the lead starts; None where it follows the kicker."""
    part: int
    weight: float


def fit_cuts(
    makers: Sequence[PageMaker],
    leads: Sequence[LeadScorer],
    pages: Sequence[LabelledPage],
    rng: random.Random,
    *,
    lines: int,
    rounds: int,
    seed: int,
    labelled_weight: float,
) -> Trees:
    """Fit what chooses among the candidates of a line.

    Args:
        makers: Make teaser lines, one for each part of the articles.
        leads: For every part a lead score that has not seen its articles.
        pages: Labelled pages, whose decks count too.
        rng: Every draw.
        lines: Lines that every maker is asked for.
        rounds: Of boosting.
        seed: Of the fit.
        labelled_weight: Weight of a line of a labelled page; made ones weigh 1.
    """
    import numpy as np

    rows: list[np.ndarray] = []
    target: list[bool] = []
    weight: list[float] = []
    for line in (*_made(makers, rng, lines), *_labelled(pages, labelled_weight, len(makers))):
        kicker = kicker_end(line.text)
        if kicker is None:
            continue
        start = kicker + len(line.text[kicker:]) - len(line.text[kicker:].lstrip())
        positions = candidates(line.text, start)
        if positions and (line.lead is None or line.lead in positions):
            rows.append(cut_matrix(line.text, start, positions, leads[line.part]))
            target.extend(position == line.lead for position in positions)
            weight.extend([line.weight] * len(positions))
    return boosted(
        binned(np.vstack(rows)),
        np.array(target),
        np.array(weight),
        rounds,
        seed,
        max_leaf_nodes=16,
        max_depth=6,
        learning_rate=0.08,
    )


def _made(makers: Sequence[PageMaker], rng: random.Random, lines: int) -> Iterator[_Line]:
    for part, maker in enumerate(makers):
        for _ in range(max(60, lines)):
            piece = maker.teaser_line(
                rng.choice(maker.material.articles), rng.choice(("cut", "cut", "ellipsis", "full")), kicker=1.0
            )
            if not piece.deck:
                continue
            if rng.random() < NO_DECK:
                kicker = kicker_end(piece.text) or 0
                yield _Line(f"{piece.text[:kicker]} {piece.text[piece.deck :]}", None, part, 1.0)
            else:
                yield _Line(_opened(piece.text, piece.deck, maker, rng), piece.deck, part, 1.0)


def _labelled(pages: Sequence[LabelledPage], weight: float, parts: int) -> Iterator[_Line]:
    for number, page in enumerate(pages):
        for start, end, kind in page.cuts:
            block = next((b for b in page.blocks if b[0] <= start < b[1]), None)
            if kind == "deck" and block:
                lead = end + len(page.text[end:]) - len(page.text[end:].lstrip()) - block[0]
                yield _Line(page.text[block[0] : block[1]].replace("\n", " "), lead, number % parts, weight)
