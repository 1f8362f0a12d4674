"""The keys of all commands, to look at and to change: choose a command, press the new key."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.commands import COMMANDS, Command, key_conflicts, menus
from annotator.app.own_keys import choose_key, reset_key, shown_keys
from annotator.app.settings import Settings
from annotator.core.errors import AnnotatorError
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.ui.schema_fates import fit_to_screen

_BARE = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_unknown)
_NAME = Qt.ItemDataRole.UserRole


def key_of(event: QKeyEvent) -> str:
    """What was pressed, as the command table writes keys; "" for a modifier alone."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in _BARE:
        return ""
    if key == Qt.Key.Key_Backtab:
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    character = chr(key) if key < 0x110000 else ""
    if character.isprintable() and character and not character.isalnum() and character != " ":
        # "?" says already that Shift was held.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)


class KeyRecorder(QPushButton):
    """A button that, once pressed, takes the next key as the answer. Esc, or leaving it, takes it back."""

    recorded = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.toggled.connect(self._toggled)
        self._toggled(False)

    def _toggled(self, listening: bool) -> None:
        self.setText(tr("Press the key now; Esc leaves it as it is") if listening else tr("&Press a new key…"))
        if listening:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text()))

    def listen(self) -> None:
        """Take the next key."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setChecked(True)

    def event(self, event: QEvent) -> bool:
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._pressed(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def _pressed(self, event: QKeyEvent) -> None:
        key = key_of(event)
        if key:
            self.setChecked(False)
            if key != "Esc":
                self.recorded.emit(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.setChecked(False)
        super().focusOutEvent(event)


class KeysDialog(QDialog):
    """The command table with its keys. `keys` is the user's choice as it stands, command name to key."""

    keys_changed = Signal(object)
    """The user's keys, after every change that fits."""

    def __init__(self, settings: Settings, schema: Schema | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys: dict[str, str] = dict(settings.keys)
        self._schema = schema
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.setWindowTitle(tr("Keys of commands"))
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Search commands and keys"))
        self.words.setAccessibleName(tr("Search commands and keys"))
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._filter)
        self.rows = QTreeWidget()
        self.rows.setAccessibleName(tr("Commands and their keys"))
        self.rows.setHeaderLabels([tr("Command"), tr("Key"), tr("Its own key")])
        header = self.rows.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.rows.currentItemChanged.connect(self._show_buttons)
        self.rows.itemActivated.connect(self._activated)
        self.recorder = KeyRecorder()
        self.recorder.recorded.connect(self.record)
        self.clear = self._button(tr("&No key"), lambda: self.record(""))
        self.reset = self._button(tr("&Reset"), self._reset)
        self.reset_all = self._button(tr("Reset &all"), self._reset_all)
        self.close_button = self._button(tr("Close"), self.accept)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setMinimumHeight(self.fontMetrics().height() * 3)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        line, last = QHBoxLayout(), QHBoxLayout()
        for button in (self.recorder, self.clear, self.reset):
            line.addWidget(button)
        line.addStretch(1)
        last.addWidget(self.reset_all)
        last.addStretch(1)
        last.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        for widget in (self.words, self.rows, self.message):
            layout.addWidget(widget)
        layout.insertLayout(2, line)
        layout.addLayout(last)
        self._fill()
        self._say_conflicts()
        fit_to_screen(self, 100, 42)

    def _button(self, text: str, deed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: deed())
        return button

    def _fill(self) -> None:
        for menu, commands in menus().items():
            heading = QTreeWidgetItem(self.rows, [tr(menu)])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = self.font()
            font.setBold(True)
            heading.setFont(0, font)
            heading.setFirstColumnSpanned(True)
            for command in commands:
                row = QTreeWidgetItem(heading)
                row.setData(0, _NAME, command.name)
                self._rows[command.name] = row
            heading.setExpanded(True)
        self._show_keys()
        self.rows.setCurrentItem(next(iter(self._rows.values())))

    def _show_keys(self) -> None:
        for command in COMMANDS:
            row, keys = self._rows[command.name], shown_keys(command, self.keys)
            row.setText(0, tr(command.title))
            row.setText(1, keys)
            row.setText(2, shown_keys(command, {}) if command.name in self.keys else "")
            spoken = tr("{command}: {keys}", command=tr(command.title), keys=keys or tr("no key"))
            row.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        self._show_buttons()

    @property
    def chosen(self) -> Command | None:
        """The command in the chosen row."""
        row = self.rows.currentItem()
        name = row.data(0, _NAME) if row is not None else None
        return next((command for command in COMMANDS if command.name == name), None)

    def choose(self, name: str) -> None:
        """Choose the row of a command."""
        self.rows.setCurrentItem(self._rows[name])

    def _show_buttons(self) -> None:
        command = self.chosen
        self.recorder.setEnabled(command is not None)
        self.clear.setEnabled(command is not None and bool(shown_keys(command, self.keys)))
        self.reset.setEnabled(command is not None and command.name in self.keys)
        self.reset_all.setEnabled(bool(self.keys))
        what = tr(command.title) if command else ""
        self.recorder.setAccessibleName(tr("Press a new key for “{command}”", command=what))
        self.clear.setAccessibleName(tr("No key for “{command}”", command=what))
        self.reset.setAccessibleName(tr("Reset the key of “{command}”", command=what))

    def _activated(self, _row: QTreeWidgetItem) -> None:
        if self.chosen is not None:
            self.recorder.listen()

    def record(self, key: str) -> None:
        """Give the chosen command a key; "" for none. What does not fit is refused with a sentence."""
        if (command := self.chosen) is not None:
            said = tr("“{command}” has the key {key} now.", command=tr(command.title), key=key)
            none = tr("“{command}” has no key now.", command=tr(command.title))
            self._attempt(lambda: choose_key(command, key, self._schema, self.keys), said if key else none)
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reset(self) -> None:
        if (command := self.chosen) is not None:
            keys = shown_keys(command, {}) or tr("none")
            said = tr("“{command}” has its own key again: {key}.", command=tr(command.title), key=keys)
            self._attempt(lambda: reset_key(command, self._schema, self.keys), said)

    def _reset_all(self) -> None:
        self._attempt(dict, tr("Every command has its own key again."))
        self._say_conflicts()

    def _say_conflicts(self) -> None:
        if self._schema is not None and (problems := key_conflicts(self._schema, self.keys)):
            self._say("⚠ " + " ".join(problems))

    def _attempt(self, deed: Callable[[], Mapping[str, str]], said: str) -> None:
        try:
            keys = dict(deed())
        except AnnotatorError as error:
            self._say(f"⚠ {error}")
            return
        self.keys = keys
        self._show_keys()
        self._say(said)
        self.keys_changed.emit(dict(keys))

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _filter(self, words: str) -> None:
        wanted = words.casefold()
        first = None
        for i in range(self.rows.topLevelItemCount()):
            heading = self.rows.topLevelItem(i)
            if heading is None:
                continue
            seen = 0
            for j in range(heading.childCount()):
                row = heading.child(j)
                if row is not None:
                    hidden = wanted not in f"{row.text(0)} {row.text(1)}".casefold()
                    row.setHidden(hidden)
                    seen += not hidden
                    first = first or (None if hidden else row)
            heading.setHidden(seen == 0)
        current = self.rows.currentItem()
        if first is not None and (current is None or current.isHidden()):
            self.rows.setCurrentItem(first)
