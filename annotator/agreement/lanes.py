"""What annotators who have finished a document made of it, in the form in which it is compared.

Blanks at the edges of spans are trimmed, boundaries stand on the first visible character of their segment, rejections
are left out: none of these is a disagreement.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Annotation, Status
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record
from annotator.core.schema import LayerKind
from annotator.core.sheet import Row

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

    def opened(self, positions: Iterable[int]) -> frozenset[int]:
        """The units that open a segment where boundaries stand at these positions."""
        return frozenset([index for position in positions if (index := bisect_right(self.starts, position) - 1) > 0])


def units_with(lines: Sequence[int], positions: Iterable[int]) -> Units:
    """As `units_of`, for boundaries of which only the positions are known."""
    first = lines[0] if lines else 0
    return Units(sorted({first, *lines, *(position for position in positions if position > first)}))


def units_of(lines: Sequence[int], boundaries: Iterable[Boundary]) -> Units:
    """The units of a page on which these boundaries, of all annotators, stand.

    Args:
        lines: Where its lines start, as `annotator.core.tokens.line_starts` gives it.
        boundaries: Of one layer.
    """
    return units_with(lines, {boundary.position for boundary in boundaries})


def opened(boundaries: Iterable[Boundary], units: Units) -> frozenset[int]:
    """The units that open a segment, as a segmentation in the sense of `annotator.agreement.boundaries`."""
    return units.opened(boundary.position for boundary in boundaries)


def line_labels(boundaries: Iterable[Boundary], lines: Sequence[int]) -> list[str]:
    """The label of the segment in which each line starts; `NOTHING` before the first boundary."""
    return label_at_lines([(each.position, each.position, each.label) for each in boundaries], lines)


def label_at_lines(rows: Iterable[Row], lines: Sequence[int]) -> list[str]:
    """As `line_labels`, for boundaries as rows."""
    labels = {start: label for start, _, label in rows}
    positions = sorted(labels)
    found = []
    last = len(positions)
    at = 0
    now = NOTHING
    for line in lines:
        while at < last and positions[at] <= line:
            now = labels[positions[at]]
            at += 1
        found.append(now)
    return found


def tidy_rows(rows: Collection[Row], text: str, kind: LayerKind, first: int) -> list[Row]:
    """The marks of one layer as they are compared; see `trimmed`, which does the same to marks.

    Args:
        rows: As a sheet holds them.
        text: Of the document.
        kind: Of the layer.
        first: Where the first visible character of the text stands.
    """
    if kind is LayerKind.DOCUMENT:
        return list(rows)
    if kind is LayerKind.SPANS:
        found = [row for row in rows if text[row[0]] not in BLANKS and text[row[1] - 1] not in BLANKS]
    else:
        found = [row for row in rows if not row[0] or (first < row[0] < len(text) and text[row[0]] not in BLANKS)]
    if len(found) == len(rows):
        return found
    spans = kind is LayerKind.SPANS
    tidied = (trimmed(Span(a, b, "", x) if spans else Boundary(a, "", x), text) for a, b, x in rows)
    return [(mark.start, mark.end, mark.label) for mark in tidied if mark is not None]


BLANKS = frozenset(
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What `str.isspace` holds for, written out as asking it of every character takes longer than reading a corpus."""
