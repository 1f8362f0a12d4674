"""The page under the hands: keys and clicks on it become calls of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.core import tokens
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.words import tr
from annotator.ui.label_bar import LabelBar
from annotator.ui.page_display import PageDisplay
from annotator.ui.page_hits import Hit, drop_position, hit_at
from annotator.ui.theme import Theme


@dataclass(slots=True)
class Drag:
    """An edge or a boundary on its way."""

    hit: Hit
    origin: QPoint
    moved: bool = False


class PageView(PageDisplay):
    """A page to work on. Every change goes through the desk; the text itself is never edited here."""

    refused = Signal(str)
    """A deed did not fit; the sentence says why."""
    active = Signal()
    """The user pressed a key, clicked or scrolled."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(desk, theme, parent)
        self._drag: Drag | None = None
        self.setAcceptDrops(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.label_bar = LabelBar(self.viewport())
        self.label_bar.label_pressed.connect(lambda label, layer: self.do(lambda: deeds.give_label(desk, label, layer)))
        self.label_bar.accepted.connect(lambda: self.do(lambda: deeds.accept(desk)))
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.selectionChanged.connect(self._cursor_moved)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.active.emit())

    def show_focus(self) -> None:
        """Show where focus, caret and selection are; without a selection there is nothing to label."""
        if self._layout is not None and self._desk.selection is None:
            self.label_bar.hide()
        super().show_focus()

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
        found = tokens.word_at(self._layout.text, self._layout.character_at(self._on_page(event.position())))
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
