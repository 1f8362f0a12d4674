"""Bylines and dates that come again and again in a list: whether they open its items or end them.

What stands at the ends of the list tells: a list that starts with an item and ends with a byline has its bylines below
the items, one that starts with a byline and ends with an item has them above. A single line seldom shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotator.propose.page_proposal import KINDS

if TYPE_CHECKING:
    import numpy as np

TURN_FEATURES = ("turns", "turns_above", "turns_below", "turns_lead", "turns_vote")
_TEASER, _HEADLINE, _BYLINE, _BOILERPLATE = (
    KINDS.index(kind) for kind in ("teaser", "headline", "byline", "boilerplate")
)
_MOST_BETWEEN = 4
"""Lines of an item between two bylines of a list."""
_MOST = 20


def turns(opens: Sequence[float], kinds: np.ndarray) -> list[list[float]]:
    """Numbers for the lines of a page, in the order of TURN_FEATURES.

    Args:
        opens: Chance of the first pass that an article starts at each line.
        kinds: Its chances of the kinds, in the order of KINDS; shape (lines, len(KINDS)).

    Returns:
        For every line how many bylines its list has, at most 20, or 0 outside of lists; the chance that an item stands
        above the first of them, and below the last; the difference of the two, with the sign that it has for an opening
        at this line; and how much more often bylines were seen to open than the lines below them.
    """
    best = kinds.argmax(axis=1).tolist()
    item = (kinds[:, _TEASER] + kinds[:, _HEADLINE]).tolist()
    count = len(best)
    rows = [[0.0, math.nan, math.nan, math.nan, math.nan] for _ in range(count)]
    for groups in _lists(best):
        first, last = groups[0][0], groups[-1][1]
        above = item[first - 1] if first else 0.0
        below = item[last + 1] if last + 1 < count else 0.0
        behind = [end + 1 for _, end in groups if end + 1 < count]
        vote = sum(opens[start] for start, _ in groups) / len(groups) - sum(opens[i] for i in behind) / len(behind)
        for i in range(first, min(count, last + 2)):
            rows[i] = [float(min(_MOST, len(groups))), above, below, math.nan, vote]
        for start, _ in groups:
            rows[start][3] = below - above
        for i in behind:
            rows[i][3] = above - below
    return rows


def _lists(best: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Lists, each as the first and last line of its bylines; bylines without a line between them count as one."""
    groups: list[tuple[int, int]] = []
    for i, kind in enumerate(best):
        if kind == _BOILERPLATE or (groups and i - groups[-1][1] > _MOST_BETWEEN + 1):
            if len(groups) > 1:
                yield groups
            groups = []
        if kind == _BYLINE:
            if groups and groups[-1][1] == i - 1:
                groups[-1] = (groups[-1][0], i)
            else:
                groups.append((i, i))
    if len(groups) > 1:
        yield groups
