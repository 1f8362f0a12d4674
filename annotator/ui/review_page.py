"""The page in the middle of a review. It shows gold and lanes; an own version is written in it as on any page."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTextEdit, QWidget

from annotator.app.desk import Desk
from annotator.core.marks import Labelled
from annotator.core.words import tr
from annotator.ui.page_marks import PageMarks
from annotator.ui.page_view import PageView
from annotator.ui.review_marks import LaneLayout, LaneMarks, LanePainter, Lanes
from annotator.ui.theme import Theme

_STEPS = 8
"""How often at most what comes into sight is laid out before a place is."""


class ReviewPage(PageView):
    """Shows a page of the review. While no own version is written, clicks and keys only say what they point at."""

    place_pointed = Signal(object)
    """A mark, or a position in code points, was clicked."""
    version_pointed = Signal(object, int)
    """A mark in dispute was double-clicked, or its check was clicked; the lane, or 0 for whoever holds it."""
    place_emptied = Signal(object)
    """A mark or a position was clicked with the right button, or its cross was clicked."""

    make_layout = LaneLayout
    make_painter = LanePainter

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        self._lanes: Lanes = {}
        self._stretches: tuple[tuple[int, int], ...] = ()
        self._count = 0
        self._place: tuple[int, int] | None = None
        self.writing = False
        """Whether an own version is being written."""
        super().__init__(desk, theme, parent)
        self.setAccessibleName(tr("Page in review"))
        self.setAccessibleDescription(tr("The text with gold and, below it, the marks of each annotator."))

    def make_marks(self) -> PageMarks:
        return LaneMarks(self._desk.page, self._lanes, self._stretches, self._count, self._place)

    def _scroll_to(self, mark: Labelled | None) -> None:
        """Bring the caret into sight, also where lanes of paragraphs that were never laid out push it down."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        for _ in range(_STEPS):
            super()._scroll_to(mark)
            layout = self._layout
            if layout is None:
                return
            for _seen in layout.visible_blocks(bar.value(), bar.value() + height):
                pass
            if not layout.size_changed():
                return
            self._resized()

    def set_lanes(
        self, lanes: Lanes, stretches: Iterable[tuple[int, int]], count: int, place: tuple[int, int] | None
    ) -> None:
        """What is in dispute, for the next time that marks are shown; see `LaneMarks`."""
        self._lanes, self._stretches, self._count, self._place = lanes, tuple(stretches), count, place

    def mark_at(self, point: QPoint) -> tuple[Labelled | int | None, str, int]:
        """What lies under a point of the viewport: mark or position, the part of the mark, the lane."""
        layout = self._layout
        if layout is None:
            return None, "", 0
        at = self._on_page(point)
        if isinstance(layout, LaneLayout) and (lane := layout.lane_at(at)) is not None:
            return lane[1], "lane", lane[0]
        hit = self.hit(point)
        if hit is not None:
            return hit.mark, hit.part, 0
        position, on_text = layout.position_at(at)
        return (position if on_text else None), "text", 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.writing:
            super().mousePressEvent(event)
            return
        self.active.emit()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        found, part, _ = self.mark_at(event.position().toPoint())
        if found is None:
            return
        if event.button() == Qt.MouseButton.RightButton or part == "reject":
            self.place_emptied.emit(found)
        elif part == "accept":
            self.version_pointed.emit(found, 0)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.place_pointed.emit(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.writing:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.writing:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.writing:
            super().mouseDoubleClickEvent(event)
            return
        found, part, lane = self.mark_at(event.position().toPoint())
        if part == "lane":
            self.version_pointed.emit(found, lane)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.writing:
            super().keyPressEvent(event)
            return
        self.active.emit()
        # Letters without a command mean nothing here; arrows and page keys scroll as in any text program.
        if not (event.text() and event.text().isprintable()):
            QTextEdit.keyPressEvent(self, event)
