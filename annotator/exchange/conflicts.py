"""Which marks of a file can stand together, and which are left over; the rule is `core.conflicts`."""

from bisect import bisect_left, insort
from collections.abc import Iterable

from annotator.core.marks import Boundary, Labelled, Span, text_order
from annotator.core.schema import Schema


def without_conflicts(marks: Iterable[Labelled], schema: Schema) -> tuple[list[Labelled], list[Labelled]]:
    """The marks that can stand together, the longest spans first taken, and the ones left over, both in text order."""
    kept: list[Labelled] = []
    lost: list[Labelled] = []
    places: set[tuple[str, int, int]] = set()
    taken: dict[str, list[tuple[int, int]]] = {}
    for mark in sorted(set(marks), key=lambda mark: (mark.start - mark.end, text_order(mark))):
        fits = True
        if isinstance(mark, Boundary | Span):
            place = (mark.layer, mark.start, mark.end)
            fits = place not in places
            if fits and isinstance(mark, Span) and not schema.by_name[mark.layer].overlap:
                fits = _take(taken.setdefault(mark.layer, []), mark.start, mark.end)
            places.add(place)
        (kept if fits else lost).append(mark)
    return sorted(kept, key=text_order), sorted(lost, key=text_order)


def longest_apart(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """Spans of any layers that share no character, the longest first taken, and the others, both in text order."""
    kept: list[Span] = []
    lost: list[Span] = []
    taken: list[tuple[int, int]] = []
    for span in sorted(set(spans), key=lambda span: (span.start - span.end, text_order(span))):
        (kept if _take(taken, span.start, span.end) else lost).append(span)
    return sorted(kept, key=text_order), sorted(lost, key=text_order)


def _take(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Add a stretch to a sorted list of stretches if it shares no character with one of them."""
    at = bisect_left(taken, (start, end))
    if (at < len(taken) and taken[at][0] < end) or (at > 0 and taken[at - 1][1] > start):
        return False
    insort(taken, (start, end))
    return True
