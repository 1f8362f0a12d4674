"""The geometry of a page: a text document layout that lays out a paragraph when it is first looked at.

It leaves room between the lines for label codes and above a line for an article's heading. Positions are code points
of the page; what Qt is told in UTF-16 units has `_qt` in its name.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextBlock,
    QTextDocument,
    QTextFrame,
    QTextInlineObject,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from annotator.core.marks import Span
from annotator.ui.offsets import Offsets, shown_text
from annotator.ui.page_marks import PageMarks

COLUMN_CHARACTERS = 72
"""Width of the text column, in average characters."""
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class PageLayout(QAbstractTextDocumentLayout):
    """Places the lines of a page and says where a position, a span or a point lies. Drawing is given to `painting`."""

    def __init__(self, document: QTextDocument, text: str, marks: PageMarks, font: QFont, width: float) -> None:
        super().__init__(document)
        self.text = text
        self.marks = marks
        self.offsets = Offsets(text)
        self.drawer: Callable[[QPainter, QRectF], None] | None = None
        """Draws what lies in a rectangle of the page."""
        self._shown, self._breaks = shown_text(text)
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._shown))]
        self._blocks: list[QTextBlock] = []
        self._laid: list[bool] = []
        self._mixed: dict[int, bool] = {}
        self._heights: list[float] = []
        self._tops: list[float] = []
        self._stale = True
        self.set_font(font, width)

    def load(self) -> None:
        """Give the document its text; once."""
        self.document().setPlainText(self._shown)

    # Measures

    def set_font(self, font: QFont, width: float) -> None:
        """Measure anew for a font and a viewport width in pixels."""
        self.document().setDefaultFont(font)
        metrics = QFontMetricsF(font)
        self.code_font = QFont(font)
        self.code_font.setFamilies(["Noto Sans", "DejaVu Sans", "Segoe UI", "sans-serif"])
        self.code_font.setStyleHint(QFont.StyleHint.SansSerif)
        self.code_font.setPointSizeF(max(6.0, font.pointSizeF() * 0.62))
        self.code_metrics = QFontMetricsF(self.code_font)
        self.ascent, self.line_height = metrics.ascent(), metrics.height()
        self.code_height = self.code_metrics.height()
        self.gap = self.line_height * 0.22
        self.head_height = self.code_height * 2.4
        character = metrics.averageCharWidth()
        self.rail = self.code_metrics.horizontalAdvance("M" * 5) + 26
        margin = character * 1.5
        self.column_width = max(character * 12, min(character * COLUMN_CHARACTERS, width - self.rail - 2 * margin))
        self.column_left = self.rail + max(margin, (width - self.rail - self.column_width) / 2)
        self.viewport_width = width
        self._estimate()

    def _estimate(self) -> None:
        per_line = max(
            8.0, self.column_width / max(1.0, QFontMetricsF(self.document().defaultFont()).averageCharWidth())
        )
        step = self.line_height + self.code_height
        ends = [*self._starts[1:], len(self._shown) + 1]
        self._heights = [
            max(1.0, -(-(end - start) // per_line)) * step + self.gap
            for start, end in zip(self._starts, ends, strict=True)
        ]
        self._laid = [False] * len(self._starts)
        self._stale = True

    def _place(self) -> None:
        if self._stale:
            self._tops = [0.0, *accumulate(self._heights)]
            self._stale = False

    def forget(self, positions: list[int]) -> None:
        """Lay out the lines at these positions anew, as their marks have changed."""
        for position in positions:
            self._laid[self.block_number(position)] = False

    def block_number(self, position: int) -> int:
        """The paragraph that holds a position."""
        return max(0, bisect_right(self._starts, position) - 1)

    def block_range(self, number: int) -> tuple[int, int]:
        """Start and end of a paragraph, its line end left out."""
        last = number + 1 == len(self._starts)
        return self._starts[number], len(self._shown) if last else self._starts[number + 1] - 1

    def block_count(self) -> int:
        """How many paragraphs there are."""
        return len(self._starts)

    def head_room(self, number: int) -> float:
        """Pixels above the first line of a paragraph that headings of segments take."""
        start, end = self.block_range(number)
        return self.head_height * len(self.marks.headings(self.text, start, end, first=number == 0))

    def lay_out(self, number: int) -> QTextBlock:
        """The paragraph, with its lines placed."""
        block = self._blocks[number]
        if self._laid[number]:
            return block
        start, end = self.block_range(number)
        layout = block.layout()
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTabStopDistance(self.column_width / 12)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        spans = self.marks.spans_in(start, end)
        before = start - 1 in self._breaks
        y = self.head_room(number) + (0.0 if before else self.gap)
        layout.beginLayout()
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(self.column_width)
            line.setPosition(QPointF(self.column_left, y))
            y += self.line_height + self.code_height * self._depth(line, start, spans)
        layout.endLayout()
        height = y + (0.0 if end in self._breaks else self.gap)
        self._laid[number] = True
        if abs(height - self._heights[number]) > 0.5:
            self._heights[number] = height
            self._stale = True
        return block

    def _depth(self, line: QTextLine, block_start: int, spans: list[Span]) -> int:
        if len(spans) < 2:
            return 1
        block_qt = self.offsets.to_qt(block_start)
        start = self.offsets.from_qt(block_qt + line.textStart())
        end = self.offsets.from_qt(block_qt + line.textStart() + line.textLength())
        return max((self.marks.level(span) + 1 for span in spans if span.start < end and start < span.end), default=1)

    # Asked by Qt

    def documentChanged(self, from_: int, removed: int, added: int) -> None:
        self._blocks = []
        block = self.document().begin()
        while block.isValid():
            self._blocks.append(block)
            block = block.next()
        if len(self._blocks) == len(self._starts):
            self._estimate()
            self.documentSizeChanged.emit(self.documentSize())

    def documentSize(self) -> QSizeF:
        self._place()
        return QSizeF(self.viewport_width, self._tops[-1] + self.line_height * 2)

    def pageCount(self) -> int:
        return 1

    def frameBoundingRect(self, frame: QTextFrame) -> QRectF:
        return QRectF(QPointF(0, 0), self.documentSize())

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        number = block.blockNumber()
        if not 0 <= number < len(self._blocks):
            return QRectF()
        self.lay_out(number)
        self._place()
        return QRectF(0.0, self._tops[number], self.viewport_width, self._heights[number])

    def hitTest(self, point: Any, accuracy: Qt.HitTestAccuracy) -> int:
        return self.offsets.to_qt(self.position_at(QPointF(point))[0])

    def draw(self, painter: QPainter, context: QAbstractTextDocumentLayout.PaintContext) -> None:
        if self.drawer is not None:
            self.drawer(painter, context.clip)

    def resizeInlineObject(self, item: QTextInlineObject, position: int, format_: object) -> None:
        """There are none."""

    def positionInlineObject(self, item: QTextInlineObject, position: int, format_: object) -> None:
        """There are none."""

    # Asked by the page view

    def visible_blocks(self, top: float, bottom: float) -> Iterator[tuple[int, QTextBlock, float]]:
        """The paragraphs between two heights: number, paragraph laid out, top. What lies above does not move."""
        self._place()
        number = max(0, bisect_right(self._tops, top) - 1)
        y = self._tops[min(number, len(self._tops) - 1)]
        while number < len(self._starts) and y < bottom:
            block = self.lay_out(number)
            yield number, block, y
            y += self._heights[number]
            number += 1

    def size_changed(self) -> bool:
        """Whether laying out has changed the height of the page since it was last placed."""
        return self._stale

    def position_at(self, point: QPointF) -> tuple[int, bool]:
        """The position nearest to a point, and whether the point lies on the text of its line."""
        number, line, y = self._line_at(point)
        layout = self._blocks[number].layout()
        inside = self.column_left <= point.x() <= self.column_left + line.naturalTextWidth() + 4
        position = self._position(number, self._nearest(layout, line, point.x(), mixed=self._is_mixed(number)))
        return position, inside and line.y() <= y <= line.y() + self.line_height + self.code_height

    def character_at(self, point: QPointF) -> int:
        """The character drawn at a point, or nearest to it on its line."""
        number, line, _ = self._line_at(point)
        if self._is_mixed(number):
            return self._position(number, self._cell(self._blocks[number].layout(), line, point.x())[0])
        return self._position(number, int(line.xToCursor(point.x(), QTextLine.CursorPosition.CursorOnCharacter)))

    def _line_at(self, point: QPointF) -> tuple[int, QTextLine, float]:
        """The paragraph and line at a point, and how far the point lies below the top of the paragraph."""
        self._place()
        number = min(max(0, bisect_right(self._tops, point.y()) - 1), len(self._starts) - 1)
        layout = self.lay_out(number).layout()
        y = point.y() - self._tops[number]
        line = layout.lineAt(0)
        for i in range(layout.lineCount()):
            line = layout.lineAt(i)
            if y < line.y() + self.line_height + self.code_height:
                break
        return number, line, y

    def _position(self, number: int, inner_qt: int) -> int:
        return self.offsets.from_qt(self.offsets.to_qt(self._starts[number]) + inner_qt)

    def _is_mixed(self, number: int) -> bool:
        """Whether a paragraph holds right-to-left text."""
        if number not in self._mixed:
            self._mixed[number] = _RTL.search(self.text, *self.block_range(number)) is not None
        return self._mixed[number]

    def _nearest(self, layout: QTextLayout, line: QTextLine, x: float, *, mixed: bool) -> int:
        """The caret stop nearest to `x`, in UTF-16 units of the paragraph.

        Qt's own answer skips to the end of the text beside a letter with several combining marks, and to the wrong
        character where two directions meet.
        """
        if mixed:
            return self._cell(layout, line, x)[1]
        on_qt = int(line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter))
        stops_qt = [stop for stop in (on_qt, layout.nextCursorPosition(on_qt)) if self._is_on(layout, line, stop)]
        return min([*stops_qt, int(line.xToCursor(x))], key=lambda stop: abs(self._x(line, stop) - x))

    def _cell(self, layout: QTextLayout, line: QTextLine, x: float) -> tuple[int, int]:
        """The character of a line nearest to `x` and the nearer of the caret stops beside it, in UTF-16 units."""
        best = (float("inf"), line.textStart(), line.textStart())
        at_qt, end_qt = line.textStart(), line.textStart() + line.textLength()
        while at_qt < end_qt:
            after_qt = max(layout.nextCursorPosition(at_qt), at_qt + 1)
            for run in line.glyphRuns(at_qt, after_qt - at_qt):
                box = run.boundingRect()
                away = max(box.left() - x, x - box.right(), 0.0)
                if away < best[0]:
                    leading = (x < box.center().x()) != run.isRightToLeft()
                    stop = at_qt if leading or not self._is_on(layout, line, after_qt) else after_qt
                    best = (away, at_qt, stop)
            at_qt = after_qt
        return best[1], best[2]

    @staticmethod
    def _is_on(layout: QTextLayout, line: QTextLine, stop_qt: int) -> bool:
        """Whether a caret at this place stands on this line; one at its end belongs to the next, if there is one."""
        end_qt = line.textStart() + line.textLength()
        return stop_qt < end_qt or (stop_qt == end_qt and line.lineNumber() + 1 == layout.lineCount())

    def line_of(self, position: int) -> tuple[QTextLine, float, int]:
        """The line that shows a position, the top of its paragraph, and the start of its paragraph."""
        number = self.block_number(position)
        block = self.lay_out(number)
        self._place()
        start = self._starts[number]
        inner_qt = self.offsets.to_qt(position) - self.offsets.to_qt(start)
        return block.layout().lineForTextPosition(inner_qt), self._tops[number], start

    def caret_rect(self, position: int) -> QRectF:
        """Where a caret before the character at `position` is drawn, in pixels of the page."""
        line, top, start = self.line_of(position)
        if not line.isValid():
            return QRectF(self.column_left, top + self.gap, 2, self.line_height)
        x = self._x(line, self.offsets.to_qt(position) - self.offsets.to_qt(start))
        return QRectF(x - 1, top + line.y(), 2, self.line_height)

    def stretch_rects(self, start: int, end: int) -> list[QRectF]:
        """The rectangles that a stretch of text covers, one or more a line, in pixels of the page."""
        rects: list[QRectF] = []
        first, last = self.block_number(start), self.block_number(max(start, end - 1))
        for number in range(first, last + 1):
            block_start, block_end = self.block_range(number)
            block = self.lay_out(number)
            self._place()
            rects.extend(self._line_rects(number, block, max(start, block_start), min(end, block_end)))
        return rects

    def block_rects(self, number: int, block: QTextBlock, top: float, start: int, end: int) -> list[QRectF]:
        """As `stretch_rects`, for what lies in one paragraph that is laid out with its top at `top`."""
        block_start, block_end = self.block_range(number)
        return list(self._line_rects(number, block, max(start, block_start), min(end, block_end), top))

    def _line_rects(
        self, number: int, block: QTextBlock, start: int, end: int, top: float | None = None
    ) -> Iterator[QRectF]:
        layout = block.layout()
        block_start = self._starts[number]
        block_qt = self.offsets.to_qt(block_start)
        start_qt, end_qt = self.offsets.to_qt(start) - block_qt, self.offsets.to_qt(end) - block_qt
        y = self._tops[number] if top is None else top
        if start_qt >= end_qt:
            return
        # An edge between a letter and its combining marks has no place of its own.
        if not layout.isValidCursorPosition(start_qt):
            start_qt = layout.previousCursorPosition(start_qt)
        if not layout.isValidCursorPosition(end_qt):
            end_qt = layout.nextCursorPosition(end_qt)
        first = layout.lineForTextPosition(start_qt).lineNumber()
        mixed = self._is_mixed(number)
        for i in range(max(first, 0), layout.lineCount()):
            line = layout.lineAt(i)
            line_start, line_end = line.textStart(), line.textStart() + line.textLength()
            if line_start >= end_qt:
                break
            low, high = max(start_qt, line_start), min(end_qt, line_end)
            if low >= high:
                continue
            for left, right in self._runs(line, low, high) if mixed else [(self._x(line, low), self._x(line, high))]:
                yield QRectF(min(left, right), y + line.y(), abs(right - left), self.line_height)

    @staticmethod
    def _runs(line: QTextLine, low_qt: int, high_qt: int) -> list[tuple[float, float]]:
        """Left and right of the visual runs of a stretch on a line with right-to-left text."""
        boxes = (run.boundingRect() for run in line.glyphRuns(low_qt, high_qt - low_qt))
        runs: list[tuple[float, float]] = []
        for left, right in sorted((box.left(), box.right()) for box in boxes):
            if runs and left <= runs[-1][1] + 0.5:
                runs[-1] = (runs[-1][0], max(right, runs[-1][1]))
            else:
                runs.append((left, right))
        return runs

    @staticmethod
    def _x(line: QTextLine, at_qt: int) -> float:
        found = line.cursorToX(at_qt)
        return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
