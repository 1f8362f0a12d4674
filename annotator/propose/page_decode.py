"""One decision for a whole page, from what the second pass says of its paragraphs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.propose.boundary_model import BoundaryModel
from annotator.propose.lines import Paragraph
from annotator.propose.looks import Look, looks_of
from annotator.propose.page_context import context_matrix
from annotator.propose.page_features import fill_lead, page_matrix
from annotator.propose.page_proposal import KINDS

if TYPE_CHECKING:
    import numpy as np


@dataclass(slots=True)
class Reading:
    """What the model says of every paragraph of a page."""

    looks: list[Look]
    leads: list[float]
    opens: np.ndarray
    """Chance that an article starts there; 1 for the first paragraph."""
    kinds: np.ndarray
    """Chances of KINDS; shape (paragraphs, len(KINDS))."""


def read_page(page: Sequence[Paragraph], model: BoundaryModel) -> Reading:
    """Both passes over a page."""
    import numpy as np

    looks = looks_of(page)
    leads = model.lead([(look.text, len(look.full), len(look.singles)) for look in looks])
    matrix = page_matrix(looks)
    fill_lead(matrix, leads)
    opens = model.first_opens.probabilities(matrix)[:, 0]
    kinds = model.first_kinds.probabilities(matrix)
    wide = np.hstack([matrix, context_matrix(looks, opens, kinds, leads)])
    opens = model.opens.probabilities(wide)[:, 0]
    opens[0] = 1.0
    return Reading(looks, leads, opens, model.kinds.probabilities(wide))


_HEAD, _TEXT, _LINK, _TEASER_HEAD, _TEASER, _TEASER_ON = range(6)
"""What an article is in after a paragraph: before its text, in its text, at a link inside it; a teaser before its text,
at its first paragraph, at a later one."""
_COMPLETE = frozenset((_TEXT, _TEASER, _TEASER_ON))
"""What an article or teaser may end in."""
KIND_WEIGHT = 0.3
"""How much a kind's chance counts beside an opening's, as kinds and openings were judged from the same lines."""
UNLIKELY, LONG_TEASER, UNFINISHED = -6.0, -3.0, -1.0
"""Log chances of what the guideline does not allow, of a teaser of three paragraphs or more, of a page that ends in a
head or a link."""
_LEAST = 1e-4
LONG, LONG_OPENING = 110, 0.5
"""Code points from which a paragraph counts as text, and by how much its log odds of opening an article are raised: on
publishers that were not fitted on, openings in running text are missed more often than made up."""


class _Offers:
    """The best way found so far into every state at one paragraph."""

    def __init__(self, chance: list[float]) -> None:
        self.chance = chance
        self.values = [-math.inf] * 6
        self.steps: list[tuple[int, int, bool]] = [(-1, 0, False)] * 6

    def __call__(self, state: int, value: float, before: int, kind: int, opens: bool) -> None:
        """Take the way from state `before` by a paragraph of this kind if it is better."""
        value += self.chance[kind]
        if value > self.values[state]:
            self.values[state], self.steps[state] = value, (before, kind, opens)


def decide(reading: Reading) -> tuple[list[int], list[int]]:
    """The likeliest division of the page into articles with their kinds, all at once.

    An article has a head (headline, byline, photo), text, and links only where its text goes on; a teaser has a head
    and one or two paragraphs of its own. Within a head only one paragraph opens: a photo above a headline and the
    headline below it are rivals. Boilerplate opens nothing. The division with the highest product of chances is found
    by dynamic programming (Viterbi 1967) in time proportional to the paragraphs.

    Returns:
        Paragraphs at which an article starts, the first included, and the kind of every paragraph as an index of KINDS.
    """
    import numpy as np

    count = len(reading.opens)
    kinds = (KIND_WEIGHT * np.log(np.clip(reading.kinds, _LEAST, 1.0))).tolist()
    raised = np.where([look.chars >= LONG for look in reading.looks], math.exp(LONG_OPENING), 1.0)
    chances = np.clip(reading.opens * raised / (1.0 - reading.opens + reading.opens * raised), _LEAST, 1.0 - _LEAST)
    opening, going = np.log(chances).tolist(), np.log(1.0 - chances).tolist()
    body, teaser, boilerplate = (KINDS.index(name) for name in ("body", "teaser", "boilerplate"))
    heads = [KINDS.index(name) for name in ("headline", "byline", "photo")]
    best: list[float] = [-math.inf] * 6
    trail: list[list[tuple[int, int, bool]]] = []
    for i in range(count):
        chance = kinds[i]
        head = max(heads, key=chance.__getitem__)
        other = max(head, boilerplate, key=chance.__getitem__)

        offer = _Offers(kinds[i])
        if i == 0:
            for state, kind in ((_TEXT, body), (_TEASER, teaser), (_HEAD, other), (_TEASER_HEAD, other)):
                offer(state, 0.0, -1, kind, True)
        for state, value in enumerate(best if i else ()):
            if value == -math.inf:
                continue
            inside = value if state in (_HEAD, _TEASER_HEAD) else value + going[i]
            offer(state, inside, state, other, False)
            if state in (_HEAD, _TEXT, _LINK):
                offer(_TEXT, inside, state, body, False)
                offer(*((_HEAD, inside + UNLIKELY) if state == _HEAD else (_LINK, inside)), state, teaser, False)
            else:
                longer = inside + (LONG_TEASER if state == _TEASER_ON else 0.0)
                offer(_TEASER if state == _TEASER_HEAD else _TEASER_ON, longer, state, teaser, False)
                offer(_TEXT, inside + UNLIKELY, state, body, False)
            fresh = value + opening[i] + (0.0 if state in _COMPLETE else UNLIKELY)
            offer(_TEXT, fresh, state, body, True)
            offer(_TEASER, fresh, state, teaser, True)
            offer(_HEAD, fresh, state, head, True)
            offer(_TEASER_HEAD, fresh, state, head, True)
        best = offer.values
        trail.append(offer.steps)
    state = max(range(6), key=lambda s: best[s] + (0.0 if s in _COMPLETE else UNFINISHED))
    starts, chosen = [], []
    for i in range(count - 1, -1, -1):
        before, kind, opens = trail[i][state]
        chosen.append(kind)
        if opens:
            starts.append(i)
        state = before
    return starts[::-1], chosen[::-1]
