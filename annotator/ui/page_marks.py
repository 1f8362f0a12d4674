"""The marks of a page as the page view asks for them: by paragraph, with the level of each span's code."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.page import Page
from annotator.core.schema import LayerKind


class PageMarks:
    """Decided and pending marks of one page, in text order."""

    def __init__(self, page: Page, minimum_score: float = 0.0, hidden: frozenset[str] = frozenset()) -> None:
        segments = [layer.name for layer in page.schema.of_kind(LayerKind.SEGMENTS)]
        self.page = page
        self.line_layer = segments[0] if segments else ""
        """The layer whose boundaries are drawn as lines across the column."""
        self.rail_layers = segments[1:]
        """The layers whose boundaries are drawn as ticks on the rail, or as notches inside a paragraph."""
        pending = page.pending
        if minimum_score > 0.0:
            pending = tuple(mark for mark in page.pending if _shown(page, mark, minimum_score))
        spans: list[Span] = []
        boundaries: list[Boundary] = []
        for mark in (*page.decided, *pending):
            if isinstance(mark, Span):
                if mark.label not in hidden:
                    spans.append(mark)
            elif isinstance(mark, Boundary):
                boundaries.append(mark)
        self._spans = sorted(spans, key=lambda span: (span.start, -span.end))
        self._span_starts = [span.start for span in self._spans]
        self._longest = max((span.end - span.start for span in self._spans), default=0)
        self._boundaries = sorted(boundaries, key=lambda mark: mark.position)
        self._positions = [mark.position for mark in self._boundaries]
        self._levels = _levels(self._spans)

    def is_pending(self, mark: Labelled) -> bool:
        """Whether the mark is a proposal that nobody has resolved."""
        return not self.page.is_decided(mark)

    def level(self, span: Span) -> int:
        """How far below the line the span's code stands: 0 right under it."""
        return self._levels.get(span, 0)

    def spans_in(self, start: int, end: int) -> list[Span]:
        """The spans that touch a stretch of text."""
        first = bisect_left(self._span_starts, start - self._longest)
        last = bisect_right(self._span_starts, end)
        return [span for span in self._spans[first:last] if span.end > start and span.start < end]

    def boundaries_in(self, start: int, end: int) -> list[Boundary]:
        """The boundaries at `start <= position < end`, of every layer."""
        return self._boundaries[bisect_left(self._positions, start) : bisect_left(self._positions, end)]

    def headings(self, text: str, start: int, end: int, *, first: bool) -> list[Boundary]:
        """The boundaries of the line layer that open at the first visible character of a paragraph."""
        found = [mark for mark in self.boundaries_in(start, end + 1) if mark.layer == self.line_layer]
        return [mark for mark in found if not text[start : mark.position].strip() or (first and mark.position == 0)]

    def notches(self, text: str, start: int, end: int) -> list[Boundary]:
        """The boundaries of every layer that open inside a paragraph."""
        return [mark for mark in self.boundaries_in(start + 1, end) if text[start : mark.position].strip()]

    def ticks(self, text: str, start: int, end: int) -> list[Boundary]:
        """The boundaries of the rail layers that open a paragraph."""
        return [
            mark
            for mark in self.boundaries_in(start, max(end, start + 1))
            if mark.layer != self.line_layer and not text[start : mark.position].strip()
        ]

    def segment_at(self, position: int) -> tuple[int, Boundary | None]:
        """Number (from 1) and boundary of the segment of the line layer that holds a position."""
        last: Boundary | None = None
        number = 0
        for mark in self._boundaries:
            if mark.layer != self.line_layer:
                continue
            if mark.position > position:
                break
            if last is None or mark.position != last.position:
                number += 1
                if number == 1 and mark.position > 0:
                    number = 2
            last = mark
        return max(number, 1), last


def _shown(page: Page, mark: Labelled, minimum_score: float) -> bool:
    score = page.proposed[mark].score
    return score is None or score >= minimum_score


def _levels(spans: Sequence[Span]) -> dict[Span, int]:
    """The lowest free level of each span, where only overlapping spans need different ones; 0 is not listed."""
    levels: dict[Span, int] = {}
    open_: list[tuple[int, int]] = []
    reach = 0
    for span in spans:
        if span.start >= reach:
            open_, reach = [(span.end, 0)], span.end
            continue
        open_ = [(end, level) for end, level in open_ if end > span.start]
        used = {level for _, level in open_}
        level = next(level for level in range(len(used) + 1) if level not in used)
        if level:
            levels[span] = level
        open_.append((span.end, level))
        reach = max(reach, span.end)
    return levels
