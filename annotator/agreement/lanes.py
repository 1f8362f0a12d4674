"""What annotators who have finished a document made of it, in the form in which it is compared.

Blanks at the edges of spans are trimmed, boundaries stand on the first visible character of their segment, rejections
are left out: none of these is a disagreement.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Annotation, Status
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record

NOTHING = ""
"""The label of a line or document that has none, and of a place that holds no mark."""


def finished(record: Record, annotators: Collection[str] | None = None) -> dict[str, Annotation]:
    """The annotations of a document that are done, by annotator in alphabetical order. Gold is no annotator.

    Args:
        record: A document with its works.
        annotators: Only these; everyone where not given.
    """
    found = {
        work.annotation.annotator: work.annotation
        for work in record.works
        if work.annotation.state.status is Status.DONE and work.annotation.annotator != GOLD
    }
    return {name: found[name] for name in sorted(found) if annotators is None or name in annotators}


def trimmed(mark: Labelled, text: str) -> Labelled | None:
    """The mark as it is compared; None where it holds or opens nothing but blanks."""
    match mark:
        case Span(start, end, layer, label):
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            if start == end:
                return None
            return mark if (start, end) == (mark.start, mark.end) else Span(start, end, layer, label)
        case Boundary(position, layer, label):
            if position == 0:
                return mark
            at = position
            while at < len(text) and text[at].isspace():
                at += 1
            if at == len(text):
                return None
            if text[:at].isspace():
                return Boundary(0, layer, label)
            return mark if at == position else Boundary(at, layer, label)
        case DocumentLabel():
            return mark


def compared(marks: Iterable[Mark], text: str) -> list[Labelled]:
    """All marks as they are compared, rejections left out."""
    return [mark for each in by_layer(marks, text).values() for mark in each]


def by_layer(marks: Iterable[Mark], text: str) -> dict[str, list[Labelled]]:
    """As `compared`, by layer."""
    found: dict[str, list[Labelled]] = {}
    for mark in marks:
        if isinstance(mark, Rejection):
            continue
        kept: Labelled = mark
        if not isinstance(mark, Span) or text[mark.start].isspace() or text[mark.end - 1].isspace():
            tidy = trimmed(mark, text)
            if tidy is None:
                continue
            kept = tidy
        layer = mark.layer
        if layer in found:
            found[layer].append(kept)
        else:
            found[layer] = [kept]
    return found


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a page: lines with text on them, cut where anyone opens a segment inside one."""

    starts: Sequence[int]
    """Where the units start, rising; the first is the first visible character of the page."""

    @property
    def length(self) -> int:
        """Number of units."""
        return len(self.starts)

    def index(self, position: int) -> int:
        """The unit that holds a position; 0 before the first."""
        return max(0, bisect_right(self.starts, position) - 1)


def units_of(lines: Sequence[int], boundaries: Iterable[Boundary]) -> Units:
    """The units of a page on which these boundaries, of all annotators, stand.

    Args:
        lines: Where its lines start, as `annotator.core.tokens.line_starts` gives it.
        boundaries: Of one layer.
    """
    first = lines[0] if lines else 0
    inside = {boundary.position for boundary in boundaries if boundary.position > first}
    return Units(sorted({first, *lines, *inside}))


def opened(boundaries: Iterable[Boundary], units: Units) -> frozenset[int]:
    """The units that open a segment, as a segmentation in the sense of `annotator.agreement.boundaries`."""
    return frozenset(index for boundary in boundaries if (index := units.index(boundary.position)) > 0)


def line_labels(boundaries: Iterable[Boundary], lines: Sequence[int]) -> list[str]:
    """The label of the segment in which each line starts; `NOTHING` before the first boundary."""
    labels: Mapping[int, str] = {boundary.position: boundary.label for boundary in boundaries}
    positions = sorted(labels)
    found = []
    for line in lines:
        at = bisect_right(positions, line) - 1
        found.append(labels[positions[at]] if at >= 0 else NOTHING)
    return found
