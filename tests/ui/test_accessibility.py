"""What a screen reader can say: every control has a name, and the page can be read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from annotator.app.schema_changes import SchemaDraft
from annotator.app.settings import Settings
from annotator.ui.export_dialog import ExportDialog
from annotator.ui.import_dialog import ImportDialog
from annotator.ui.key_sheet import KeySheet
from annotator.ui.keys_dialog import KeysDialog
from annotator.ui.palette import Palette
from annotator.ui.schema_dialog import SchemaDialog
from annotator.ui.welcome import Welcome
from tests.ui.hands import Hands, Key

Open = Callable[..., Hands]


def nameless(window: QWidget) -> list[str]:
    """The visible controls that take the keyboard and for which a screen reader has no name."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy():
            continue
        if widget.objectName().startswith("qt_") or type(widget).__name__ in {
            "QScrollArea",
            "QTabBar",
            "QSplitterHandle",
        }:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def test_a_control_without_a_name_would_be_found(open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    line = QLineEdit(hands.window)
    line.show()
    assert nameless(hands.window) == ["QLineEdit "]


def test_every_control_of_the_window_has_a_name(open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    hands.window.find_bar.ask()
    hands.window.toggle_history()
    assert nameless(hands.window) == []


@pytest.mark.parametrize("name", ["import", "export", "welcome", "schema", "keys", "sheet", "palette"])
def test_every_control_of_a_dialog_has_a_name(name: str, open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    window, schema = hands.window, hands.page.schema
    make: dict[str, Callable[[], QDialog]] = {
        "import": lambda: ImportDialog((), schema, window),
        "export": lambda: ExportDialog(["ann"], schema, ["boundaries 1"], window),
        "welcome": lambda: Welcome(Settings(), window),
        "schema": lambda: SchemaDialog(SchemaDraft(hands.desk.session.corpus), window),
        "keys": lambda: KeysDialog(Settings(), schema, window),
        "sheet": lambda: KeySheet(schema, {}, window),
        "palette": lambda: Palette(window.actions_by_name, window),
    }
    dialog = make[name]()
    dialog.show()
    assert nameless(dialog) == []
    dialog.close()
    dialog.deleteLater()


def test_the_page_text_caret_and_selection_are_readable(open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    interface = QAccessible.queryAccessibleInterface(hands.view)
    assert interface is not None
    text = interface.textInterface()
    assert text is not None
    assert text.characterCount() == len(hands.page.text)
    assert text.text(0, 40) == hands.page.text[:40]
    hands.desk.set_caret(25, 6)
    assert text.cursorPosition() == 25
    assert text.selectionCount() == 1
    hands.press(Key.Key_Escape)
    assert text.selectionCount() == 0
