"""Marks of one annotation that cannot stand together, by the same rule as `Page.conflicts`."""

from collections.abc import Collection
from itertools import pairwise
from operator import attrgetter

from annotator.core.marks import Boundary, Mark, Span
from annotator.core.schema import Schema
from annotator.core.words import tr


def find_conflict(marks: Collection[Mark], schema: Schema) -> str | None:
    """Why these marks cannot be one annotation, as a sentence; None when they can.

    Two boundaries of a layer at one place, spans of a layer without overlap that share a character, and two labels of a
    layer on the very same stretch exclude each other.
    """
    places: set[tuple[str, int]] = set()
    every: list[Span] = []
    for mark in marks:
        if isinstance(mark, Span):
            every.append(mark)
        elif isinstance(mark, Boundary):
            place = (mark.layer, mark.position)
            if place in places:
                return tr("two boundaries of “{layer}” stand at {n}.", layer=mark.layer, n=mark.position)
            places.add(place)
    every.sort(key=attrgetter("start", "end"))
    if all(before.end <= span.start for before, span in pairwise(every)):
        return None
    spans: dict[str, list[Span]] = {}
    for span in every:
        spans.setdefault(span.layer, []).append(span)
    for layer, found in spans.items():
        free = schema.by_name[layer].overlap
        for before, span in pairwise(found):
            if (span.start, span.end) == (before.start, before.end):
                return tr("two spans of “{layer}” cover {a}–{b}.", layer=layer, a=span.start, b=span.end)
            if not free and span.start < before.end:
                return tr(
                    "the spans {a}–{b} and {c}–{d} of “{layer}” overlap, which its schema does not allow.",
                    layer=layer,
                    a=before.start,
                    b=before.end,
                    c=span.start,
                    d=span.end,
                )
    return None
