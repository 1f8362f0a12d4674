"""The display of a page: text, spans, boundaries, caret and focus, as they stand at the desk."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget

from annotator.app.desk import Desk
from annotator.core.marks import Boundary, Labelled
from annotator.core.words import tr
from annotator.ui.page_layout import PageLayout
from annotator.ui.page_marks import PageMarks
from annotator.ui.painting import Look, Painter
from annotator.ui.theme import Theme

READING_FACES = ["Noto Serif", "Georgia", "Liberation Serif", "DejaVu Serif", "serif"]
FONT_SIZE = 12.5
"""Size of the page text at 100 %, in points."""
_USUAL_SYSTEM_SIZE = 12.0
"""Points up to which a system's own text counts as of usual size."""


class PageDisplay(QTextEdit):
    """Shows one page and follows the desk; what hands do to it is not its business."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layout: PageLayout | None = None
        self._painter: Painter | None = None
        self._look = Look(theme)
        self._zoom = 100
        self._following = False
        self._own_document: QTextDocument | None = None
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(tr("Page"))
        self.setAccessibleDescription(tr("The text of the page with its marks; Tab goes to the next unresolved mark."))

    # What a page is made of; the page of a review shows more

    def make_marks(self) -> PageMarks:
        """The marks to show."""
        return PageMarks(self._desk.page, self._desk.minimum_score, self._desk.hidden_labels)

    make_layout: type[PageLayout] = PageLayout
    make_painter: type[Painter] = Painter

    # Showing

    def show_page(self) -> None:
        """Show the desk's page from its top, with the focus in sight."""
        page = self._desk.page
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        layout = self.make_layout(document, page.text, self.make_marks(), self._font(), self._width())
        document.setDocumentLayout(layout)
        layout.load()
        self._painter = self.make_painter(layout, self._look)
        layout.drawer = self._painter.draw
        old = self._own_document
        self._layout = layout
        self._following = True
        self.setDocument(document)
        self._following = False
        if old is not None:
            old.deleteLater()
        self._own_document = document
        self.verticalScrollBar().setValue(0)
        self.show_focus()
        # Another document is no reason for Qt to paint where nothing scrolls.
        self.viewport().update()

    def show_marks(self, touched: list[int]) -> None:
        """Show the desk's marks after an edit that touched marks starting at these positions."""
        if self._layout is None:
            return
        old, self._layout.marks = self._layout.marks, self.make_marks()
        self._layout.forget(touched)
        segments = [
            mark
            for marks in (old, self._layout.marks)
            for position in touched
            for mark in marks.boundaries_in(position, position + 1)
        ]
        if any(mark.layer == old.line_layer for mark in segments):
            self.viewport().update()
        else:
            self._draw_again(touched)

    def _draw_again(self, positions: Iterable[int]) -> None:
        """Draw the paragraphs at these positions anew, and no more of the page than that."""
        layout = self._layout
        if layout is None:
            return
        scrolled = self.verticalScrollBar().value()
        for number in {layout.block_number(position) for position in positions}:
            rect = layout.blockBoundingRect(layout.lay_out(number)).translated(0, -scrolled)
            self.viewport().update(rect.toAlignedRect().adjusted(0, -6, 0, 6))
        if layout.size_changed():
            self.viewport().update()

    def show_hits(self, hits: Sequence[tuple[int, int]]) -> None:
        """Underline these stretches, found by a search."""
        self._look.hits = tuple(hits)
        self.viewport().update()

    def refresh(self) -> None:
        """Show the desk's marks anew, such as after another choice of what to hide."""
        if self._layout is not None:
            self._layout.marks = self.make_marks()
            self._layout.set_font(self._font(), self._width())
            self._resized()

    def show_focus(self) -> None:
        """Show where focus, caret and selection are, and scroll there."""
        desk, layout = self._desk, self._layout
        if layout is None:
            return
        before = (self._look.focus, self._look.caret, self._look.selection)
        self._look.focus, self._look.caret, self._look.selection = desk.focus, desk.caret, desk.selection
        cursor = self.textCursor()
        caret_qt, anchor_qt = layout.offsets.to_qt(desk.caret), layout.offsets.to_qt(desk.anchor)
        if (cursor.position(), cursor.anchor()) != (caret_qt, anchor_qt):
            self._following = True
            cursor.setPosition(anchor_qt)
            cursor.setPosition(caret_qt, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
            self._following = False
        self._scroll_to(desk.focus)
        if before[2] is not None or desk.selection is not None:
            self.viewport().update()
        else:
            focused = [mark for mark in (before[0], desk.focus) if mark is not None]
            ends = (place for mark in focused for place in (mark.start, max(mark.start, mark.end - 1)))
            self._draw_again([min(before[1], len(layout.text)), desk.caret, *ends])

    def _scroll_to(self, mark: Labelled | None) -> None:
        layout = self._layout
        if layout is None:
            return
        rect = layout.caret_rect(self._desk.caret)
        head = layout.head_height if isinstance(mark, Boundary) else layout.line_height
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top, bottom = rect.top() - head - layout.line_height, rect.bottom() + 3 * layout.line_height
        if top < bar.value():
            bar.setValue(max(0, int(top)))
        elif bottom > bar.value() + height:
            bar.setValue(int(bottom - height * 0.7))

    def line_layer(self) -> str:
        """The layer whose boundaries are drawn across the column."""
        return self._layout.marks.line_layer if self._layout is not None else ""

    def set_theme(self, theme: Theme) -> None:
        """Draw in these colours."""
        self._look.theme = theme
        self.viewport().update()

    def set_zoom(self, percent: int) -> None:
        """Draw the text in this size, 100 being normal."""
        self._zoom = percent
        if self._layout is not None:
            position = self._top_position()
            self._layout.set_font(self._font(), self._width())
            self._resized()
            self.verticalScrollBar().setValue(int(self._layout.caret_rect(position).top()))

    def _font(self) -> QFont:
        font = QFont()
        font.setFamilies(READING_FACES)
        font.setStyleHint(QFont.StyleHint.Serif)
        # Whoever has asked the system for large text gets it here too.
        system = max(1.0, QApplication.font().pointSizeF() / _USUAL_SYSTEM_SIZE)
        font.setPointSizeF(FONT_SIZE * system * self._zoom / 100)
        return font

    def _width(self) -> float:
        return float(max(200, self.viewport().width()))

    def _top_position(self) -> int:
        if self._layout is None:
            return 0
        return self._layout.position_at(QPointF(self._layout.column_left, float(self.verticalScrollBar().value())))[0]

    def _resized(self) -> None:
        if self._layout is not None:
            self._layout.documentSizeChanged.emit(self._layout.documentSize())
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        position = self._top_position()
        super().resizeEvent(event)
        if self._layout is not None and self._layout.viewport_width != self._width():
            self._layout.set_font(self._font(), self._width())
            self._resized()
            self.verticalScrollBar().setValue(int(self._layout.caret_rect(position).top()) if position else 0)

    def paintEvent(self, event: object) -> None:
        super().paintEvent(event)  # type: ignore[arg-type]
        if self._layout is not None and self._layout.size_changed():
            self._resized()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._look.has_keyboard = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._look.has_keyboard = False
        self.viewport().update()
