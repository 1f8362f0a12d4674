"""Find in the page: a line below the text, hits underlined, Return to the next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from annotator.core.words import tr, trn


class FindBar(QWidget):
    """Asks for words; says which and whether to go on to the next (Return) or the one before (Shift+Return)."""

    words_changed = Signal(str)
    step = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("find in page"))
        self.words.setAccessibleName(tr("Find in page"))
        self.count = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self.words)
        for sign, name, by in (("▲", tr("Previous hit"), -1), ("▼", tr("Next hit"), 1)):
            button = QToolButton()
            button.setText(sign)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _checked=False, by=by: self.step.emit(by))
            layout.addWidget(button)
        layout.addWidget(self.count)
        self.words.textChanged.connect(self.words_changed)
        self.hide()

    def ask(self) -> None:
        """Come up and take the keyboard."""
        self.show()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()
        self.words_changed.emit(self.words.text())

    def show_count(self, n: int) -> None:
        """Say how many hits there are."""
        self.count.setText(trn("{n} hit", "{n} hits", n))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.closed.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return
        super().keyPressEvent(event)
