"""Draws a page: text, spans with their codes, headings and notches of boundaries, the rail, focus and caret."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QTextBlock, QTextLayout

from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.schema import Label
from annotator.core.words import tr
from annotator.ui.page_layout import PageLayout
from annotator.ui.theme import Theme


@dataclass
class Look:
    """What the drawing depends on besides the marks."""

    theme: Theme
    focus: Labelled | None = None
    caret: int = 0
    selection: tuple[int, int] | None = None
    hits: tuple[tuple[int, int], ...] = ()
    """Stretches found by a search, underlined."""
    has_keyboard: bool = True
    pointed: tuple[int, int] | None = None
    """The word under the pointer that a label key would label."""
    dragged: int | None = None
    """Where a boundary that is being dragged would land."""


def button_rects(layout: PageLayout, head: QRectF) -> tuple[QRectF, QRectF]:
    """Where the accept and the reject button of a proposed heading are, at its right end."""
    side = layout.code_height * 1.3
    top = head.center().y() - side / 2
    return (
        QRectF(head.right() - 2 * side - 6, top, side, side),
        QRectF(head.right() - side, top, side, side),
    )


def code_width(layout: PageLayout, span: Span) -> float:
    """How much room the short code of a span takes."""
    label = layout.marks.page.schema.find(span.layer, span.label)
    return layout.code_metrics.horizontalAdvance((label.short if label else span.label) + "??")


def code_rect(layout: PageLayout, span: Span, first: QRectF) -> QRectF:
    """Where the short code of a span is drawn: below its first rectangle, at its level."""
    top = first.bottom() + layout.code_height * layout.marks.level(span)
    return QRectF(first.left(), top, code_width(layout, span), layout.code_height)


def head_rects(layout: PageLayout, number: int, top: float) -> list[tuple[Boundary, QRectF]]:
    """The headings above a paragraph whose top is at `top`, with where they are drawn."""
    start, end = layout.block_range(number)
    found = layout.marks.headings(layout.text, start, end, first=number == 0)
    left, width, height = layout.rail, layout.viewport_width - layout.rail - 12, layout.head_height
    return [(mark, QRectF(left, top + i * height, width, height)) for i, mark in enumerate(found)]


def notch_rect(layout: PageLayout, boundary: Boundary) -> QRectF:
    """The handle of a boundary inside a paragraph."""
    caret = layout.caret_rect(boundary.position)
    size = layout.code_height * 0.8
    return QRectF(caret.center().x() - size / 2, caret.top() - size * 0.35, size, caret.height() + size * 0.35)


def notch_name_left(layout: PageLayout, boundary: Boundary, handle: QRectF) -> float:
    """Where the name of a boundary inside a paragraph starts: beside its handle, behind the code of a span there."""
    place = boundary.position
    widths = [code_width(layout, span) for span in layout.marks.spans_in(place, place + 1) if span.start == place]
    return max(handle.right() + 2, handle.center().x() + max(widths, default=0.0))


class Painter:
    """Draws the visible part of a page."""

    def __init__(self, layout: PageLayout, look: Look) -> None:
        self.layout = layout
        self.look = look

    def draw(self, painter: QPainter, clip: QRectF) -> None:
        """Draw what lies in `clip`, in pixels of the page."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self.look.theme.text))
        for number, block, top in self.layout.visible_blocks(clip.top(), clip.bottom()):
            self._draw_rail(painter, number, top)
            for boundary, rect in head_rects(self.layout, number, top):
                self._draw_heading(painter, boundary, rect)
            self._draw_text(painter, number, block, top)
            start, end = self.layout.block_range(number)
            for boundary in self.layout.marks.notches(self.layout.text, start, end):
                self._draw_notch(painter, boundary)
        if self.look.dragged is not None:
            self._draw_target(painter, self.look.dragged)

    def _label(self, mark: Labelled) -> Label:
        found = self.layout.marks.page.schema.find(mark.layer, mark.label)
        return found or Label(mark.label)

    def _code(self, mark: Labelled, label: Label, *, pending: bool) -> str:
        """What stands at a mark on the page."""
        return label.short + ("?" if pending else "")

    def _pen(self, colour: str, *, pending: bool, width: float = 1.4) -> QPen:
        pen = QPen(QColor(colour), width)
        if pending:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3.0, 2.4])
        return pen

    # Text and spans

    def _draw_text(self, painter: QPainter, number: int, block: QTextBlock, top: float) -> None:
        layout = self.layout
        start, end = layout.block_range(number)
        spans = layout.marks.spans_in(start, end)
        rects = {span: layout.block_rects(number, block, top, span.start, span.end) for span in spans}
        for span in spans:
            self._fill_span(painter, rects[span], span)
        if self.look.selection is not None:
            low, high = self.look.selection
            if low < end + 1 and high > start:
                for rect in layout.block_rects(number, block, top, low, high):
                    painter.fillRect(rect, QColor(self.look.theme.selection))
        for low, high in self.look.hits:
            if low < end and high > start:
                for rect in layout.block_rects(number, block, top, low, high):
                    painter.setPen(QPen(QColor(self.look.theme.focus), 2.5))
                    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if self.look.pointed is not None and self.look.pointed[0] < end and self.look.pointed[1] > start:
            painter.setPen(QPen(QColor(self.look.theme.focus), 1.5, Qt.PenStyle.DotLine))
            for rect in layout.block_rects(number, block, top, *self.look.pointed):
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(QColor(self.look.theme.text))
        text_layout: QTextLayout = block.layout()
        text_layout.draw(painter, QPointF(0.0, top), [], QRectF())
        for span in spans:
            if span.start >= start and rects[span]:
                self._name_span(painter, rects[span][0], span)
        if self.look.has_keyboard and start <= self.look.caret <= end:
            caret = layout.caret_rect(self.look.caret)
            painter.fillRect(caret, QColor(self.look.theme.caret))

    def _fill_span(self, painter: QPainter, rects: list[QRectF], span: Span) -> None:
        pending = self.layout.marks.is_pending(span)
        theme, label = self.look.theme, self._label(span)
        inset = 1.5 * self.layout.marks.level(span)
        focused = span == self.look.focus
        fill = QBrush(QColor(theme.label_fill(label.colour, pending=pending)))
        line = self._pen(theme.label_ink(label.colour), pending=pending, width=1.0 if pending else 1.2)
        for rect in rects:
            box = rect.adjusted(-1.5 + inset, inset, 1.5 - inset, -inset)
            painter.setBrush(fill)
            painter.setPen(line)
            painter.drawRoundedRect(box, 3, 3)
            if focused:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), 2.6))
                painter.drawRoundedRect(box.adjusted(-2.5, -2, 2.5, 2), 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _name_span(self, painter: QPainter, rect: QRectF, span: Span) -> None:
        theme, label = self.look.theme, self._label(span)
        pending = self.layout.marks.is_pending(span)
        level = self.layout.marks.level(span)
        text = self._code(span, label, pending=pending)
        painter.setFont(self._code_font(bold=not pending))
        painter.setPen(QColor(theme.label_ink(label.colour)))
        y = rect.bottom() + self.layout.code_height * (level + 0.78)
        painter.drawText(QPointF(rect.left(), y), text)

    def _code_font(self, *, bold: bool) -> QFont:
        font = QFont(self.layout.code_font)
        font.setBold(bold)
        font.setItalic(not bold)
        return font

    # Boundaries

    def _draw_heading(self, painter: QPainter, boundary: Boundary, rect: QRectF) -> None:
        theme, label = self.look.theme, self._label(boundary)
        pending = self.layout.marks.is_pending(boundary)
        ink = theme.label_ink(label.colour)
        painter.setFont(self._code_font(bold=not pending))
        metrics = self.layout.code_metrics
        middle = rect.center().y()
        number, _ = self.layout.marks.segment_at(boundary.position)
        layer = self.layout.marks.page.schema.by_name[boundary.layer]
        left_text = tr("{layer} {n}", layer=layer.labels[0].short, n=number)
        right_text = label.shown + (self._score(boundary) if pending else "")
        painter.setPen(QColor(ink))
        painter.drawText(QPointF(rect.left() + 22, middle + metrics.ascent() * 0.4), left_text)
        right = rect.right()
        if pending:
            accept, reject = button_rects(self.layout, rect)
            right = accept.left() - 8
            self._draw_button(painter, accept, "✓", ink)
            self._draw_button(painter, reject, "✗", ink)
        width = metrics.horizontalAdvance(right_text) * 1.1
        painter.setPen(QColor(ink))
        painter.drawText(QPointF(right - width, middle + metrics.ascent() * 0.4), right_text)
        painter.setPen(self._pen(ink, pending=pending, width=1.6 if pending else 2.4))
        x = rect.left() + 30 + metrics.horizontalAdvance(left_text) * 1.1
        painter.drawLine(QPointF(x, middle), QPointF(right - width - 8, middle))
        handle = QRectF(rect.left() + 4, middle - 6, 12, 12)
        painter.setBrush(QBrush(QColor(ink)) if not pending else QBrush(QColor(theme.background)))
        painter.setPen(self._pen(ink, pending=False))
        painter.drawRoundedRect(handle, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if boundary == self.look.focus:
            painter.setPen(QPen(QColor(theme.focus), 2.6))
            painter.drawRoundedRect(rect.adjusted(1, 3, 2, -3), 6, 6)

    def _score(self, mark: Labelled) -> str:
        proposal = self.layout.marks.page.proposed.get(mark)
        return "?" if proposal is None or proposal.score is None else f"? {proposal.score:.2f}"

    def _draw_button(self, painter: QPainter, rect: QRectF, sign: str, ink: str) -> None:
        painter.setPen(QPen(QColor(ink), 1.0))
        painter.drawRoundedRect(rect, 4, 4)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, sign)

    def _draw_notch(self, painter: QPainter, boundary: Boundary) -> None:
        theme, label = self.look.theme, self._label(boundary)
        pending = self.layout.marks.is_pending(boundary)
        ink = theme.label_ink(label.colour)
        rect = notch_rect(self.layout, boundary)
        x = rect.center().x()
        painter.setPen(self._pen(ink, pending=pending, width=1.8))
        painter.drawLine(QPointF(x, rect.top() + rect.width() * 0.6), QPointF(x, rect.bottom()))
        half = rect.width() / 2
        painter.setPen(self._pen(ink, pending=False, width=1.2))
        painter.setBrush(QBrush(QColor(theme.background if pending else ink)))
        painter.drawPolygon(
            [QPointF(x - half, rect.top()), QPointF(x + half, rect.top()), QPointF(x, rect.top() + half * 1.3)]
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(self._code_font(bold=not pending))
        name = self._code(boundary, label, pending=pending)
        left = notch_name_left(self.layout, boundary, rect)
        painter.drawText(QPointF(left, rect.bottom() + self.layout.code_height * 0.78), name)
        if boundary == self.look.focus:
            painter.setPen(QPen(QColor(theme.focus), 2.6))
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 3), 5, 5)

    def _draw_target(self, painter: QPainter, position: int) -> None:
        rect = self.layout.caret_rect(position)
        painter.setPen(QPen(QColor(self.look.theme.focus), 2.0))
        painter.drawLine(QPointF(self.layout.rail, rect.top()), QPointF(self.layout.viewport_width - 12, rect.top()))
        painter.drawLine(rect.topLeft(), rect.bottomLeft())

    # Rail

    def _draw_rail(self, painter: QPainter, number: int, top: float) -> None:
        layout, theme = self.layout, self.look.theme
        start, end = layout.block_range(number)
        y = top + layout.head_room(number)
        bottom = top + layout.blockBoundingRect(layout.lay_out(number)).height()
        _, boundary = layout.marks.segment_at(start if layout.head_room(number) == 0 else max(start, end - 1))
        if boundary is not None:
            label = self._label(boundary)
            pending = layout.marks.is_pending(boundary)
            painter.setPen(self._pen(theme.label_ink(label.colour), pending=pending, width=3.0))
            painter.drawLine(QPointF(7, y + 1), QPointF(7, bottom - 1))
        for i, tick in enumerate(layout.marks.ticks(layout.text, start, end)):
            rect = tick_rect(layout, y, i)
            label = self._label(tick)
            pending = layout.marks.is_pending(tick)
            ink = theme.label_ink(label.colour)
            painter.setPen(self._pen(ink, pending=pending, width=1.0))
            painter.setBrush(QBrush(QColor(theme.label_fill(label.colour, pending=pending))))
            painter.drawRoundedRect(rect, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setFont(self._code_font(bold=not pending))
            painter.setPen(QColor(theme.text))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._code(tick, label, pending=pending))
            if tick == self.look.focus:
                painter.setPen(QPen(QColor(theme.focus), 2.6))
                painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 5, 5)


def tick_rect(layout: PageLayout, y: float, index: int) -> QRectF:
    """Where the tick of a block is drawn on the rail; `y` is the top of its first line."""
    height = layout.code_height * 1.25
    return QRectF(13, y + layout.gap + 2 + index * (height + 2), layout.rail - 20, height)
