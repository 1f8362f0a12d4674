"""The page of a review: gold on the text, and below each line that is in dispute a row for every annotator."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QTextBlock, QTextLine

from annotator.app.reviewing import DIGITS
from annotator.core.marks import Labelled, Span
from annotator.core.page import Page
from annotator.core.schema import Label
from annotator.ui.page_layout import PageLayout
from annotator.ui.page_marks import PageMarks
from annotator.ui.painting import Painter

Lanes = Mapping[Labelled, tuple[int, ...]]
"""Marks with the numbers of the lanes that hold them, from 1."""
SEPARATE = DIGITS
"""Up to so many lanes each has a row of its own, and a digit that takes its version."""
_FEW = 3
"""Up to so many lanes are named at a boundary."""


class LaneMarks(PageMarks):
    """Gold, what all agree on as if proposed, and what annotators made of the places in dispute."""

    def __init__(
        self,
        page: Page,
        lanes: Lanes | None = None,
        stretches: Iterable[tuple[int, int]] = (),
        count: int = 0,
        place: tuple[int, int] | None = None,
    ) -> None:
        """Take the marks of a page.

        Args:
            page: Gold as its annotation; boundaries in dispute, and what all agree on, as its proposals.
            lanes: The marks in dispute.
            stretches: Start and end of the places in dispute, below which lanes are drawn.
            count: How many lanes there are.
            place: Start and end of the place that is asked about.
        """
        super().__init__(page)
        self.lanes = lanes or {}
        self.count = count
        self.place = place
        self._disputed = sorted(
            ((mark, lane) for mark, numbers in self.lanes.items() if isinstance(mark, Span) for lane in numbers),
            key=lambda item: (item[0].start, item[1]),
        )
        self._disputed_starts = [mark.start for mark, _ in self._disputed]
        self._reach = max((mark.end - mark.start for mark, _ in self._disputed), default=0)
        self.stretches = sorted(stretches)
        self._stretch_starts = [start for start, _ in self.stretches]
        self._stretch_reach = max((end - start for start, end in self.stretches), default=0)

    def lanes_in(self, start: int, end: int) -> list[tuple[int, Span]]:
        """The spans in dispute that touch a stretch of text, each with its lane."""
        first = bisect_left(self._disputed_starts, start - self._reach)
        last = bisect_right(self._disputed_starts, end)
        return [(lane, span) for span, lane in self._disputed[first:last] if span.end > start and span.start < end]

    def rows_in(self, start: int, end: int) -> list[tuple[tuple[int, ...], list[Span]]]:
        """The rows below a stretch of text: which lanes each stands for, and what these have there.

        Each lane has a row of its own. Where lanes are too many to be read, those with the same spans share one, the
        most of them first.
        """
        found = self.lanes_in(start, end)
        if self.count <= SEPARATE:
            return [((lane,), [span for of, span in found if of == lane]) for lane in range(1, self.count + 1)]
        by_lane: dict[int, list[Span]] = {lane: [] for lane in range(1, self.count + 1)}
        for lane, span in found:
            by_lane[lane].append(span)
        alike: dict[tuple[Span, ...], list[int]] = {}
        for lane, spans in by_lane.items():
            alike.setdefault(tuple(spans), []).append(lane)
        rows = sorted(alike.items(), key=lambda row: (-len(row[1]), row[1]))
        return [(tuple(lanes), list(spans)) for spans, lanes in rows]

    def places_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """The places in dispute that touch a stretch of text."""
        first = bisect_left(self._stretch_starts, start - self._stretch_reach)
        last = bisect_right(self._stretch_starts, end)
        return [item for item in self.stretches[first:last] if item[1] > start and item[0] < end]


@dataclass(frozen=True, slots=True)
class Bar:
    """What one annotator marked on one line, as drawn."""

    lane: int
    """The lane, or the first of those that share the row."""
    span: Span
    rect: QRectF
    first: bool
    """Whether the span starts here."""


class LaneLayout(PageLayout):
    """A page layout with room for lanes below the lines that have any."""

    def _depth(self, line: QTextLine, block_start: int, spans: list[Span]) -> int:
        start, end = self.line_range(line, block_start)
        return super()._depth(line, block_start, spans) + self.lane_rows(start, end)

    def lane_rows(self, start: int, end: int) -> int:
        """How many rows of lanes a line of text has."""
        marks = self.marks
        if not isinstance(marks, LaneMarks) or not marks.places_in(start, end):
            return 0
        return marks.count if marks.count <= SEPARATE else len(marks.rows_in(start, end))

    def line_range(self, line: QTextLine, block_start: int) -> tuple[int, int]:
        """Start and end of a line of the paragraph that starts at `block_start`."""
        block_qt = self.offsets.to_qt(block_start)
        start = self.offsets.from_qt(block_qt + line.textStart())
        return start, self.offsets.from_qt(block_qt + line.textStart() + line.textLength())

    def lane_lines(self, number: int, block: QTextBlock, top: float) -> list[tuple[int, int, float]]:
        """The lines of a paragraph that have lanes: start and end of the line, and the top of its first lane."""
        found = []
        block_start, block_end = self.block_range(number)
        spans = self.marks.spans_in(block_start, block_end)
        layout = block.layout()
        for i in range(layout.lineCount()):
            line = layout.lineAt(i)
            start, end = self.line_range(line, block_start)
            if self.lane_rows(start, end):
                above = super()._depth(line, block_start, spans)
                found.append((start, end, top + line.y() + self.line_height + self.code_height * above))
        return found

    def bars(self, number: int, block: QTextBlock, top: float, line: tuple[int, int, float]) -> list[Bar]:
        """What annotators marked on a line that has lanes."""
        start, end, y = line
        found = []
        marks = self.marks
        for row, (lanes, spans) in enumerate(marks.rows_in(start, end) if isinstance(marks, LaneMarks) else ()):
            for span in spans:
                low, high = max(span.start, start), min(span.end, end)
                for i, rect in enumerate(self.block_rects(number, block, top, low, high)):
                    box = QRectF(
                        rect.left() - 1, y + row * self.code_height + 1, rect.width() + 2, self.code_height - 2
                    )
                    found.append(Bar(lanes[0], span, box, first=i == 0 and span.start >= start))
        return found

    def lane_at(self, point: QPointF) -> tuple[int, Span] | None:
        """The lane and span drawn at a point of the page."""
        for number, block, top in self.visible_blocks(point.y(), point.y() + 1):
            for line in self.lane_lines(number, block, top):
                for bar in self.bars(number, block, top, line):
                    if bar.rect.contains(point):
                        return bar.lane, bar.span
        return None


class LanePainter(Painter):
    """Draws the page of a review."""

    def _code(self, mark: Labelled, label: Label, *, pending: bool) -> str:
        numbers = self._lanes_of(mark)
        if not numbers:
            return super()._code(mark, label, pending=pending)
        # A tick on the rail has no room for more.
        shown = ",".join(map(str, numbers)) if len(numbers) <= _FEW else f"×{len(numbers)}"
        return f"{label.short} {shown}"

    def _score(self, mark: Labelled) -> str:
        numbers = self._lanes_of(mark)
        return "  " + " · ".join(map(str, numbers)) if numbers else ""

    def _lanes_of(self, mark: Labelled) -> tuple[int, ...]:
        marks = self.layout.marks
        return marks.lanes.get(mark, ()) if isinstance(marks, LaneMarks) and marks.is_pending(mark) else ()

    def _draw_text(self, painter: QPainter, number: int, block: QTextBlock, top: float) -> None:
        super()._draw_text(painter, number, block, top)
        layout, marks = self.layout, self.layout.marks
        if not isinstance(layout, LaneLayout) or not isinstance(marks, LaneMarks):
            return
        start, end = layout.block_range(number)
        if marks.place is not None and marks.place[0] < end and start < marks.place[1]:
            painter.setPen(QPen(QColor(self.look.theme.focus), 2.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for rect in layout.block_rects(number, block, top, *marks.place):
                painter.drawRoundedRect(rect.adjusted(-3, -1, 3, 1), 5, 5)
        painter.setFont(self._code_font(bold=True))
        for line in layout.lane_lines(number, block, top):
            bars = layout.bars(number, block, top, line)
            self._draw_numbers(painter, layout, marks, line)
            for bar in bars:
                self._draw_bar(painter, layout, bar)
            self._draw_gaps(painter, layout, number, block, top, line)

    def _draw_numbers(
        self, painter: QPainter, layout: LaneLayout, marks: LaneMarks, line: tuple[int, int, float]
    ) -> None:
        painter.setPen(QColor(self.look.theme.muted))
        for row, (lanes, _) in enumerate(marks.rows_in(line[0], line[1])):
            box = QRectF(layout.column_left - 30, line[2] + row * layout.code_height, 22, layout.code_height)
            shown = str(lanes[0]) if len(lanes) == 1 else f"×{len(lanes)}"
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_bar(self, painter: QPainter, layout: LaneLayout, bar: Bar) -> None:
        theme, label = self.look.theme, self._label(bar.span)
        painter.setPen(self._pen(theme.label_ink(label.colour), pending=False, width=1.2))
        painter.setBrush(QBrush(QColor(theme.label_fill(label.colour, pending=False))))
        painter.drawRoundedRect(bar.rect, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if bar.first:
            wide = QFontMetricsF(painter.font()).horizontalAdvance(label.short) + 6 <= bar.rect.width()
            painter.setPen(QColor(theme.text if wide else theme.label_ink(label.colour)))
            left = bar.rect.left() + 4 if wide else bar.rect.right() + 3
            box = QRectF(left, bar.rect.top(), layout.column_width, bar.rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label.short)

    def _draw_gaps(
        self,
        painter: QPainter,
        layout: LaneLayout,
        number: int,
        block: QTextBlock,
        top: float,
        line: tuple[int, int, float],
    ) -> None:
        """A dash where a lane has nothing at a place in dispute."""
        marks = layout.marks
        if not isinstance(marks, LaneMarks):
            return
        painter.setPen(QPen(QColor(self.look.theme.muted), 1.4))
        for start, end in marks.places_in(line[0], line[1]):
            if start < line[0]:
                continue
            empty = [
                row
                for row, (_, spans) in enumerate(marks.rows_in(line[0], line[1]))
                if not any(span.start < end and start < span.end for span in spans)
            ]
            for rect in layout.block_rects(number, block, top, start, min(end, line[1]))[:1]:
                for row in empty:
                    y = line[2] + (row + 0.5) * layout.code_height
                    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + 10, y))
