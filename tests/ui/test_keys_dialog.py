from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.commands import COMMANDS, Command
from annotator.app.settings import Settings, find_schema
from annotator.ui.actions import set_keys
from annotator.ui.keys_dialog import KeysDialog, key_of
from tests.ui.hands import Hands

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., KeysDialog]:
    def make_(**keys: str) -> KeysDialog:
        dialog = KeysDialog(Settings(keys=keys), find_schema("news"))
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
            dialog.activateWindow()
        return dialog

    return make_


@pytest.mark.parametrize(
    ("key", "modifiers", "written"),
    [
        (Qt.Key.Key_X, NONE, "X"),
        (Qt.Key.Key_X, SHIFT, "Shift+X"),
        (Qt.Key.Key_Question, SHIFT, "?"),
        (Qt.Key.Key_BraceLeft, SHIFT | ALT, "Alt+{"),
        (Qt.Key.Key_Plus, CTRL | SHIFT, "Ctrl++"),
        (Qt.Key.Key_Backtab, SHIFT, "Shift+Tab"),
        (Qt.Key.Key_Return, CTRL, "Ctrl+Return"),
        (Qt.Key.Key_5, Qt.KeyboardModifier.KeypadModifier, "5"),
        (Qt.Key.Key_Control, CTRL, ""),
        (Qt.Key.Key_F1, NONE, "F1"),
        (Qt.Key.Key_PageDown, CTRL, "Ctrl+PgDown"),
    ],
)
def test_a_press_is_written_as_the_command_table_writes_keys(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, written: str
) -> None:
    assert key_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == written


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_key_of_the_table_can_be_recorded(command: Command) -> None:
    for key in (command.key, *command.also):
        if key:
            combination = QKeySequence(key)[0]
            press = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers())
            assert QKeySequence(key_of(press)) == QKeySequence(key)


def test_a_command_gets_the_key_that_is_pressed(make: Callable[..., KeysDialog], qtbot: QtBot) -> None:
    dialog = make()
    dialog.choose("reject")
    dialog.rows.setFocus()
    qtbot.keyClick(dialog.rows, Qt.Key.Key_Return)
    assert dialog.recorder.isChecked()
    with qtbot.waitSignal(dialog.keys_changed) as changed:
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_R, CTRL)
    assert changed.args == [{"reject": "Ctrl+R"}]
    assert dialog.keys == {"reject": "Ctrl+R"}
    row = dialog._rows["reject"]
    assert (row.text(1), row.text(2)) == ("Ctrl+R", "X / Del")
    assert not dialog.recorder.isChecked()


def test_tab_and_return_are_recorded_and_esc_leaves_it(make: Callable[..., KeysDialog], qtbot: QtBot) -> None:
    dialog = make(next_unresolved="Alt+J")
    dialog.choose("next_unresolved")
    dialog.recorder.click()
    qtbot.keyClick(dialog.recorder, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.keys == {"next_unresolved": "Alt+J"}
    dialog.recorder.click()
    qtbot.keyClick(dialog.recorder, Qt.Key.Key_Shift, SHIFT)
    assert dialog.recorder.isChecked()
    qtbot.keyClick(dialog.recorder, Qt.Key.Key_Tab)
    assert dialog.keys == {}
    dialog.recorder.listen()
    dialog.words.setFocus()
    assert not dialog.recorder.isChecked()


def test_a_conflict_is_named_and_refused(make: Callable[..., KeysDialog], qtbot: QtBot) -> None:
    dialog = make()
    dialog.choose("reject")
    with qtbot.assertNotEmitted(dialog.keys_changed):
        for key in (Qt.Key.Key_B, Qt.Key.Key_1):
            dialog.recorder.listen()
            qtbot.keyClick(dialog.recorder, key)
            assert "“Reject or remove” was left as it is" in dialog.message.text()
    assert "label “Article”" in dialog.message.text()
    assert dialog.keys == {}


def test_keys_are_taken_away_and_put_back_one_by_one_and_all(make: Callable[..., KeysDialog], qtbot: QtBot) -> None:
    dialog = make(undo="Alt+U")
    dialog.choose("reject")
    assert not dialog.reset.isEnabled()
    dialog.clear.click()
    assert dialog.keys == {"undo": "Alt+U", "reject": ""}
    assert not dialog.clear.isEnabled()
    dialog.reset.click()
    assert dialog.keys == {"undo": "Alt+U"}
    with qtbot.waitSignal(dialog.keys_changed) as changed:
        dialog.reset_all.click()
    assert changed.args == [{}]
    assert not dialog.reset_all.isEnabled()


def test_the_search_finds_commands_by_word_and_by_key(make: Callable[..., KeysDialog]) -> None:
    dialog = make()

    def shown() -> set[str]:
        return {name for name, row in dialog._rows.items() if not row.isHidden() and not row.parent().isHidden()}

    dialog.words.setText("skip")
    assert shown() == {"skip"}
    assert dialog.chosen is not None
    assert dialog.chosen.name == "skip"
    dialog.words.setText("ctrl+shift+z")
    assert shown() == {"redo", "review_redo"}
    dialog.words.setText("no such words")
    assert shown() == set()
    dialog.words.setText("")
    assert shown() == {command.name for command in COMMANDS}


def test_every_control_is_reachable_by_tab_and_named(make: Callable[..., KeysDialog], qtbot: QtBot) -> None:
    dialog = make(reject="Ctrl+R")
    dialog.choose("reject")
    dialog.words.setFocus()
    seen: set[QWidget] = set()
    for _ in range(10):
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.add(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    buttons = {dialog.recorder, dialog.clear, dialog.reset, dialog.reset_all, dialog.close_button}
    assert seen == {dialog.words, dialog.rows, *buttons}
    for widget in seen:
        assert widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text())


def test_a_changed_key_works_in_the_window_at_once(
    make: Callable[..., KeysDialog], make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands]
) -> None:
    hands = open_window(make_text_corpus("One page."))
    actions = hands.workplace.window.actions_by_name
    dialog = make()
    dialog.keys_changed.connect(lambda keys: set_keys(actions, keys))
    dialog.choose("reject")
    dialog.record("Ctrl+R")
    assert [key.toString() for key in actions["reject"].shortcuts()] == ["Ctrl+R"]
    assert "Ctrl+R" in actions["reject"].toolTip()
    dialog.reset_all.click()
    assert [key.toString() for key in actions["reject"].shortcuts()] == ["X", "Del"]
