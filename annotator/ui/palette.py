"""The command palette: every command, found by typing a part of its words."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from annotator.app.commands import COMMANDS
from annotator.core.words import tr


class Palette(QDialog):
    """Asks for a command; `chosen` is its name after the dialog was accepted."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = ""
        self._actions = actions
        self.setWindowTitle(tr("Commands"))
        self.resize(520, 420)
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("type a part of a command"))
        self.words.setAccessibleName(tr("Part of a command"))
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Commands"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addWidget(self.rows)
        self.words.textChanged.connect(self._filter)
        self.words.returnPressed.connect(self._take)
        self.rows.itemActivated.connect(self._take)
        self.rows.itemClicked.connect(self._take)
        self.words.installEventFilter(self)
        self._filter("")

    def _filter(self, words: str) -> None:
        self.rows.clear()
        wanted = words.casefold().split()
        for command in COMMANDS:
            if command.name == "palette" or not self._actions[command.name].isEnabled():
                continue
            shown = f"{tr(command.menu)}: {tr(command.title)}"
            if all(word in shown.casefold() for word in wanted):
                keys = " / ".join(
                    key.toString(QKeySequence.SequenceFormat.NativeText)
                    for key in self._actions[command.name].shortcuts()
                )
                item = QListWidgetItem(f"{shown}   {keys}" if keys else shown)
                item.setData(Qt.ItemDataRole.UserRole, command.name)
                self.rows.addItem(item)
        self.rows.setCurrentRow(0)

    def _take(self) -> None:
        item = self.rows.currentItem()
        if item is not None:
            self.chosen = item.data(Qt.ItemDataRole.UserRole)
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move in the list while the words have the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.rows.count():
                self.rows.setCurrentRow((self.rows.currentRow() + step) % self.rows.count())
                return True
        return super().eventFilter(watched, event)
