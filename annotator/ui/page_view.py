"""The document: text, spans, boundaries, caret. Keys and clicks on it become calls of the desk."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.core import tokens
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.words import tr
from annotator.ui.label_bar import LabelBar
from annotator.ui.page_hits import Hit, drop_position, hit_at
from annotator.ui.page_layout import PageLayout
from annotator.ui.page_marks import PageMarks
from annotator.ui.painting import Look, Painter
from annotator.ui.theme import Theme

READING_FACES = ["Noto Serif", "Georgia", "Liberation Serif", "DejaVu Serif", "serif"]
FONT_SIZE = 12.5
"""Size of the page text at 100 %, in points."""
_USUAL_SYSTEM_SIZE = 12.0
"""Points up to which a system's own text counts as of usual size."""


@dataclass(slots=True)
class Drag:
    """An edge or a boundary on its way."""

    hit: Hit
    origin: QPoint
    moved: bool = False


class PageView(QTextEdit):
    """Shows one page. Every change goes through the desk; the text itself is never edited here."""

    refused = Signal(str)
    """A deed did not fit; the sentence says why."""
    active = Signal()
    """The user pressed a key, clicked or scrolled."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layout: PageLayout | None = None
        self._painter: Painter | None = None
        self._look = Look(theme)
        self._zoom = 100
        self._following = False
        self._drag: Drag | None = None
        self._own_document: QTextDocument | None = None
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Page"))
        self.setAccessibleDescription(tr("The text of the page with its marks; Tab goes to the next unresolved mark."))
        self.label_bar = LabelBar(self.viewport())
        self.label_bar.label_pressed.connect(lambda label, layer: self.do(lambda: deeds.give_label(desk, label, layer)))
        self.label_bar.accepted.connect(lambda: self.do(lambda: deeds.accept(desk)))
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.selectionChanged.connect(self._cursor_moved)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.active.emit())

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
        if desk.selection is None:
            self.label_bar.hide()
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

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.active.emit()
        text = event.text()
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier) == Qt.KeyboardModifier.NoModifier
        pointed, self._look.pointed = self._look.pointed, None
        if plain and len(text) == 1 and text.isalnum():
            if pointed is not None and self._desk.selection is None:
                self._desk.set_caret(pointed[0])
            self.do(lambda: deeds.press_label_key(self._desk, text.lower()))
            event.accept()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys of the command table come before those that a text widget would take for itself, such as Ctrl+D."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Tab belongs to the commands of the page."""
        return False

    def _cursor_moved(self) -> None:
        if self._following or self._layout is None:
            return
        cursor = self.textCursor()
        offsets = self._layout.offsets
        caret, anchor = offsets.from_qt(cursor.position()), offsets.from_qt(cursor.anchor())
        if (caret, anchor) != (self._desk.caret, self._desk.anchor):
            self._desk.set_caret(caret, anchor)

    def do(self, deed: Callable[[], None]) -> None:
        """Do something at the desk; when it is refused, say why."""
        try:
            deed()
        except AnnotatorError as error:
            self.refused.emit(str(error))

    def copy(self) -> None:
        """Put the selected text on the clipboard.

        The clipboard makes the data itself: data made here would outlive Python where the platform keeps it to the end.
        """
        if self._desk.selection is not None:
            QApplication.clipboard().setText(self._selected())

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self._selected())
        return data

    def _selected(self) -> str:
        """The selected text as it is stored, not as Qt shows it."""
        return "" if self._desk.selection is None else self._desk.page.text[slice(*self._desk.selection)]

    # Mouse

    def hit(self, point: QPoint) -> Hit | None:
        """What lies under a point of the viewport."""
        return None if self._layout is None else hit_at(self._layout, self._on_page(point), self._desk.focus)

    def _on_page(self, point: QPoint | QPointF) -> QPointF:
        return QPointF(point.x(), point.y() + self.verticalScrollBar().value())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.active.emit()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._look.pointed = None
        self.label_bar.hide()
        point = event.position().toPoint()
        hit = self.hit(point)
        if event.button() == Qt.MouseButton.RightButton:
            if hit is not None:
                self.do(lambda: deeds.remove(self._desk, hit.mark))
            return
        if event.button() != Qt.MouseButton.LeftButton or hit is None or hit.part == "body":
            super().mousePressEvent(event)
            return
        if hit.part == "accept" or (hit.part == "code" and self._desk.page.is_pending(hit.mark)):
            self._desk.focus_on(hit.mark)
            self.do(lambda: deeds.accept(self._desk))
        elif hit.part == "reject":
            self._desk.focus_on(hit.mark)
            self.do(lambda: deeds.reject(self._desk))
        else:
            self._drag = Drag(hit, point)
            if hit.part in {"handle", "rail"}:
                self._desk.focus_on(hit.mark)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        drag = self._drag
        if drag is None:
            super().mouseMoveEvent(event)
            self._show_pointer(point)
            if not event.buttons():
                self._point_at(point)
            return
        if not drag.moved and (point - drag.origin).manhattanLength() < QApplication.startDragDistance():
            return
        drag.moved = True
        self._look.dragged = self._drop_position(point, drag.hit)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            super().mouseReleaseEvent(event)
            self._offer_labels()
            return
        self._look.dragged = None
        self.viewport().update()
        point = event.position().toPoint()
        if not drag.moved:
            if drag.hit.part in {"start", "end", "code"}:
                self._desk.focus_on(drag.hit.mark)
            else:
                self._offer_labels()
            return
        position = self._drop_position(point, drag.hit)
        match drag.hit.mark:
            case Boundary() as boundary:
                self.do(lambda: deeds.move_boundary(self._desk, boundary, position))
            case Span() as span if drag.hit.part == "start":
                self.do(lambda: deeds.resize(self._desk, span, min(position, span.end - 1), span.end))
            case Span() as span:
                self.do(lambda: deeds.resize(self._desk, span, span.start, max(position, span.start + 1)))
            case _:
                pass

    def _offer_labels(self) -> None:
        """Show the label bar at the selection, or at the focused boundary."""
        desk, layout = self._desk, self._layout
        layer = desk.label_layer
        if layout is None or layer is None or not (desk.selection or isinstance(desk.focus, Boundary)):
            self.label_bar.hide()
            return
        rect = layout.caret_rect(max(desk.selection) if desk.selection else desk.caret)
        y = int(rect.bottom() - self.verticalScrollBar().value() + layout.code_height)
        pending = desk.selection is None and desk.focus is not None and desk.page.is_pending(desk.focus)
        self.label_bar.show_at(QPoint(int(rect.left()), y), layer, accept=pending)

    def _point_at(self, point: QPoint) -> None:
        """Take note of the word under the pointer: a label key pressed now is meant for it."""
        layout = self._layout
        at = self._on_page(point)
        pointed = None
        if layout is not None and at.x() > layout.column_left and layout.position_at(at)[1]:
            pointed = tokens.word_at(layout.text, layout.character_at(at))
        if pointed != self._look.pointed:
            self._look.pointed = pointed
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._look.pointed = None
        self.viewport().update()
        super().leaveEvent(event)

    def _drop_position(self, point: QPoint, hit: Hit) -> int:
        free = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        return 0 if self._layout is None else drop_position(self._layout, self._on_page(point), hit, snap=not free)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click selects a word, as in every text program."""
        if self._layout is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = QPointF(event.position().x(), event.position().y() + self.verticalScrollBar().value())
        found = tokens.word_at(self._layout.text, self._layout.character_at(at))
        if found is not None:
            self._desk.set_caret(found[1], found[0])
            self._offer_labels()

    def _show_pointer(self, point: QPoint) -> None:
        hit = self.hit(point)
        shapes = {
            "start": Qt.CursorShape.SizeHorCursor,
            "end": Qt.CursorShape.SizeHorCursor,
            "handle": Qt.CursorShape.SizeVerCursor,
        }
        shape = (
            shapes.get(hit.part, Qt.CursorShape.ArrowCursor)
            if hit and hit.part != "body"
            else Qt.CursorShape.IBeamCursor
        )
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button removes; there is no menu."""
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return self._show_tip(event)
        return super().viewportEvent(event)

    def _show_tip(self, event: QEvent) -> bool:
        from PySide6.QtGui import QHelpEvent
        from PySide6.QtWidgets import QToolTip

        if isinstance(event, QHelpEvent):
            hit = self.hit(event.pos())
            tip = f"<p>{escape(self.describe(hit.mark)).replace(chr(10), '<br>')}</p>" if hit else ""
            QToolTip.showText(event.globalPos(), tip, self.viewport())
        return True

    def describe(self, mark: Labelled) -> str:
        """What a mark is, in plain words: label, state, score, proposer, reason."""
        page = self._desk.page
        label = page.schema.find(mark.layer, mark.label)
        lines = [f"{label.shown if label else mark.label} ({mark.label})"]
        proposal = page.proposed.get(mark)
        if page.is_pending(mark):
            lines.append(tr("proposed, not decided yet"))
        if proposal is not None:
            score = "" if proposal.score is None else f" · {proposal.score:.2f}"
            lines.append(f"{proposal.proposer}{score}")
            if proposal.reason:
                lines.append(proposal.reason)
        return "\n".join(lines)
