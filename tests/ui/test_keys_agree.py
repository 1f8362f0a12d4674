"""The command table, the menus, the palette, the key sheet and the page in the guide say the same."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from annotator.app.commands import COMMANDS, key_conflicts, keys_of, menus
from annotator.app.key_page import key_page
from annotator.app.settings import find_schema
from annotator.core.words import tr
from annotator.ui.key_sheet import KeySheet
from annotator.ui.palette import Palette
from tests.ui.hands import Hands

PAGE = Path("docs/keys.md")
REWRITE = "ANNOTATOR_DOCS"
"""Set this variable to have the page written anew."""

Line = tuple[str, str]
"""What a command is called and its keys."""

TABLE: dict[str, list[Line]] = {
    menu: [(command.title, " / ".join(keys_of(command, {}))) for command in commands]
    for menu, commands in menus().items()
}


def test_no_key_of_the_table_or_the_shipped_schemas_means_two_things() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    for name in ("news", "conll"):
        assert key_conflicts(find_schema(name), {}) == []


def test_menus_hold_every_command_with_its_keys(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands]
) -> None:
    window = open_window(make_text_corpus("One page.")).workplace.window
    found: dict[str, list[str]] = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text().replace("&", "")] = [entry.objectName() for entry in menu.actions() if entry.objectName()]
    assert found == {tr(menu): [command.name for command in commands] for menu, commands in menus().items()}
    for command in COMMANDS:
        action = window.actions_by_name[command.name]
        assert action.shortcuts() == [QKeySequence(key) for key in keys_of(command, {})]
        for key in keys_of(command, {}):
            assert not QKeySequence(key).isEmpty()


def test_the_key_sheet_shows_the_table_and_the_label_keys(qtbot: QtBot) -> None:
    news = find_schema("news")
    sheet = KeySheet(news, {})
    qtbot.addWidget(sheet)
    found: dict[str, list[Line]] = {}
    for i in range(sheet.rows.topLevelItemCount()):
        heading = sheet.rows.topLevelItem(i)
        assert heading is not None
        rows = [heading.child(j) for j in range(heading.childCount())]
        found[heading.text(0)] = [(row.text(0), row.text(1)) for row in rows if row is not None]
    labels = {
        tr("Labels: {layer}", layer=layer.shown): [
            (f"{label.shown} ({label.short})", label.key.upper()) for label in layer.labels if label.key
        ]
        for layer in news.layers
    }
    assert found == TABLE | labels


def test_the_page_in_the_guide_is_what_the_table_says() -> None:
    page = key_page(find_schema("news"))
    if os.environ.get(REWRITE):
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == page, f"{PAGE} is stale: run this test once with {REWRITE}=1"


def test_the_page_has_a_row_for_every_command_and_every_label_key() -> None:
    page = key_page(find_schema("news"))
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| What |"))]
    lines = [line for commands in TABLE.values() for line in commands]
    assert len(rows) == len(lines) + sum(
        1 for layer in find_schema("news").layers for label in layer.labels if label.key
    )
    for title, keys in lines:
        written = " / ".join(f"`{key}`" for key in keys.split(" / ")) if keys else ""
        assert f"| {title} | {written} |" in rows


def test_the_palette_lists_every_command_but_itself_with_its_keys(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot
) -> None:
    window = open_window(make_text_corpus("One page.")).workplace.window
    for action in window.actions_by_name.values():
        # What cannot be done in the view at hand is not offered there.
        action.setEnabled(True)
    palette = Palette(window.actions_by_name)
    qtbot.addWidget(palette)
    found = {}
    for i in range(palette.rows.count()):
        item = palette.rows.item(i)
        assert item is not None
        found[item.data(Qt.ItemDataRole.UserRole)] = item.text()
    native = QKeySequence.SequenceFormat.NativeText
    wanted = {}
    for command in COMMANDS:
        keys = " / ".join(QKeySequence(key).toString(native) for key in keys_of(command, {}))
        wanted[command.name] = f"{tr(command.menu)}: {tr(command.title)}" + (f"   {keys}" if keys else "")
    del wanted["palette"]
    assert found == wanted
