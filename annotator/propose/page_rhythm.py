"""Lines of a list that take turns, as date and title do: which of them leads a turn and which ends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from annotator.propose.looks import Look

_MOST = 20


def rhythm(looks: Sequence[Look], period: int) -> list[list[int]]:
    """Three columns for the lines of a page.

    Args:
        looks: The lines.
        period: Lines in a turn.

    Returns:
        1 where lines like this one lead the turns of their run, 0 where another does, -1 outside of runs; the same for
        what ends the turns; and the turns of the run, at most 20.
    """
    sorts = [_sort(look) for look in looks]
    leads, ends, turns = [-1] * len(looks), [-1] * len(looks), [0] * len(looks)
    for start, end in sorted(_runs(sorts, period), key=lambda run: run[0] - run[1]):
        first, last = _evened(looks, start, end, period)
        for i in range(start, end):
            if not turns[i]:
                turns[i] = min(_MOST, (end - start) // period)
                leads[i], ends[i] = int((i - first) % period == 0), int((last - 1 - i) % period == 0)
    return [leads, ends, turns]


def _sort(look: Look) -> int:
    """What a line could be in a list: 0 a byline, 1 a title, 2 text, 3 what the site adds."""
    if look.numbers["byline"]:
        return 0
    if look.chars >= 110 or look.end in ("full", "quote", "ellipsis", "more"):
        return 2
    return 3 if look.numbers["more_heading"] or look.numbers["site_groups"] else 1


def _runs(sorts: Sequence[int], period: int) -> Iterator[tuple[int, int]]:
    """Stretches of two turns or more in which every line is of the sort of the one a turn before it."""
    start = 0
    for i in range(period, len(sorts) + 1):
        if i < len(sorts) and sorts[i] == sorts[i - period]:
            continue
        if i - start >= 2 * period and len(set(sorts[start : start + period])) > 1:
            yield start, i
        start = i - period + 1


def _evened(looks: Sequence[Look], start: int, end: int, period: int) -> tuple[int, int]:
    """The run without what is over when its turns are counted: a line of the site that looks like one of the list.

    A list of dates and titles below a line that looks like a title has a title too many. What is left out are the lines
    at that end of the run that are less like the others in their place.
    """
    over = (end - start) % period
    if not over:
        return start, end
    stray = _unlike(looks, range(start, start + over), range(start + period, end), period)
    tail = _unlike(looks, range(end - over, end), range(start, end - period), period)
    if stray == tail:
        return start, end
    return (start + over, end) if stray > tail else (start, end - over)


def _unlike(looks: Sequence[Look], some: range, others: range, period: int) -> float:
    """How far lines are from the others in their place: in length and case, in how they end, in space above."""
    found = 0.0
    for i in some:
        fellows = [looks[j] for j in others if (j - i) % period == 0]
        sizes = [look.numbers["chars"] for look in fellows]
        middle = sum(sizes) / len(sizes)
        spread = (sum((size - middle) ** 2 for size in sizes) / len(sizes)) ** 0.5
        found += abs(looks[i].numbers["chars"] - middle) / (spread + 0.2)
        found += abs(looks[i].numbers["title"] - sum(look.numbers["title"] for look in fellows) / len(fellows))
        found += looks[i].end != Counter(look.end for look in fellows).most_common(1)[0][0]
        if i:  # the first line of a page has nothing above it
            found += looks[i].numbers["blank"] != Counter(f.numbers["blank"] for f in fellows).most_common(1)[0][0]
    return found
