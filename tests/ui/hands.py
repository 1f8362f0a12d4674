"""A person at the keyboard and mouse of the real window: what tests, walks and benchmarks press and click."""

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.core.marks import Mark, Span
from annotator.core.page import Page
from annotator.ui.application import Workplace
from annotator.ui.page_layout import PageLayout
from annotator.ui.painting import button_rects, head_rects, notch_rect, tick_rect

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton


class Hands:
    """Presses keys and moves the mouse; every action is one event of the window system and waits for its effect."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self.window = workplace.window
        self.view = workplace.window.page_view
        self.desk = workplace.desk
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.view.setFocus()
        QApplication.processEvents()

    @property
    def page(self) -> Page:
        return self.desk.page

    @property
    def marks(self) -> frozenset[Mark]:
        return self.page.annotation.marks

    @property
    def layout(self) -> PageLayout:
        layout = self.view._layout
        assert layout is not None
        return layout

    # Keyboard

    def press(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = NONE, *, times: int = 1) -> None:
        """Press a key chord on the page."""
        for _ in range(times):
            QTest.keyClick(self.view, key, modifiers)
        QApplication.processEvents()

    def put_caret(self, position: int) -> None:
        """Walk the caret to a position by arrow keys, from the nearer end of its line."""
        self.click(position)
        while self.desk.caret != position:
            before = self.desk.caret
            self.press(Key.Key_Right if before < position else Key.Key_Left)
            assert self.desk.caret != before, "the caret is stuck"

    # Mouse

    def rect(self, start: int, end: int | None = None) -> QRectF:
        """The first rectangle of a stretch of text in the viewport, scrolled into sight."""
        layout, bar = self.layout, self.view.verticalScrollBar()
        rect = layout.stretch_rects(start, start + 1 if end is None else end)[0]
        self._scroll_to(rect)
        return self._seen(layout.stretch_rects(start, start + 1 if end is None else end)[0], bar.value())

    def last_rect(self, start: int, end: int) -> QRectF:
        """The last rectangle of a stretch of text in the viewport."""
        return self._seen(self.layout.stretch_rects(start, end)[-1], self.view.verticalScrollBar().value())

    def heading(self, mark: Mark) -> QRectF:
        """The heading of a boundary in the viewport, scrolled into sight."""
        layout = self.layout
        number = layout.block_number(mark.start)

        def find() -> QRectF:
            top = layout.blockBoundingRect(layout.lay_out(number)).top()
            return next(rect for boundary, rect in head_rects(layout, number, top) if boundary == mark)

        self._scroll_to(find())
        return self._seen(find(), self.view.verticalScrollBar().value())

    def heading_buttons(self, mark: Mark) -> tuple[QPoint, QPoint]:
        """Where the accept and the reject button of a heading are."""
        accept, reject = button_rects(self.layout, self.heading(mark))
        return accept.center().toPoint(), reject.center().toPoint()

    def notch(self, mark: Mark) -> QPoint:
        """Where the handle of a boundary inside a paragraph can be taken."""
        self.rect(mark.start)
        rect = self._seen(notch_rect(self.layout, mark), self.view.verticalScrollBar().value())
        return QPoint(round(rect.center().x()), round(rect.top() + 2))

    def tick(self, mark: Mark) -> QPoint:
        """Where the tick of a boundary on the rail is."""
        self.rect(mark.start)
        layout = self.layout
        number = layout.block_number(mark.start)
        top = layout.blockBoundingRect(layout.lay_out(number)).top() + layout.head_room(number)
        ticks = layout.marks.ticks(layout.text, *layout.block_range(number))
        rect = tick_rect(layout, top, ticks.index(mark))
        return self._seen(rect, self.view.verticalScrollBar().value()).center().toPoint()

    def before(self, position: int) -> QPoint:
        """A point on the leading part of the character at a position, clear of the edge."""
        rect = self.rect(position)
        step = min(rect.width() / 3, 3)
        return QPoint(round(rect.left() + step), round(rect.center().y()))

    def start_edge(self, span: Span) -> QPoint:
        rect = self.rect(span.start, span.end)
        return QPoint(round(rect.left()), round(rect.center().y()))

    def end_edge(self, span: Span) -> QPoint:
        self.rect(span.end - 1)
        rect = self.last_rect(span.start, span.end)
        return QPoint(round(rect.right()), round(rect.center().y()))

    def click(self, at: int | QPoint, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Click on a character or a point of the viewport."""
        point = self.before(at) if isinstance(at, int) else at
        QTest.mouseClick(self.view.viewport(), button, modifiers, point)
        QApplication.processEvents()

    def double_click(self, at: int | QPoint) -> None:
        point = self.before(at) if isinstance(at, int) else at
        QTest.mouseDClick(self.view.viewport(), LEFT, NONE, point)
        QApplication.processEvents()

    def drag(self, start: QPoint, stop: QPoint) -> None:
        """Press at one point of the viewport, move to another, let go."""
        viewport = self.view.viewport()
        QTest.mousePress(viewport, LEFT, NONE, start)
        for step in range(1, 6):
            QTest.mouseMove(viewport, start + (stop - start) * step / 5)
            QApplication.processEvents()
        QTest.mouseRelease(viewport, LEFT, NONE, stop)
        QApplication.processEvents()

    def _scroll_to(self, rect: QRectF) -> None:
        bar, height = self.view.verticalScrollBar(), self.view.viewport().height()
        if rect.top() - 60 < bar.value() or rect.bottom() + 60 > bar.value() + height:
            bar.setValue(max(0, int(rect.center().y() - height / 2)))
            QApplication.processEvents()

    @staticmethod
    def _seen(rect: QRectF, scrolled: int) -> QRectF:
        return rect.translated(0, -scrolled)
