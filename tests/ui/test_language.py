import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabWidget,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from annotator.app.commands import COMMANDS, menus
from annotator.app.schema_changes import SchemaDraft
from annotator.app.settings import Settings, data_path
from annotator.core.words import tr
from annotator.store.corpus import Corpus
from annotator.ui.application import _speak
from annotator.ui.export_dialog import ExportDialog
from annotator.ui.import_dialog import ImportDialog
from annotator.ui.key_sheet import KeySheet
from annotator.ui.keys_dialog import KeysDialog
from annotator.ui.palette import Palette
from annotator.ui.schema_dialog import SchemaDialog
from annotator.ui.welcome import Welcome
from tests.ui.hands import Hands

LETTERS = re.compile(r"[A-Za-z]{3}")
FIELD = re.compile(r"\{[^{}]*\}")


def _english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The English texts that read otherwise in German: whole ones, and patterns of those with fields."""
    path = data_path("resources", "translations") / "de" / "LC_MESSAGES" / "annotator.po"
    whole, patterns = set(), []
    for message in read_po(io.BytesIO(path.read_bytes()), locale="de"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in ids:
            if not text or text in strings:
                continue
            if not FIELD.search(text):
                whole.add(text)
            elif LETTERS.search(FIELD.sub("", text)):
                escaped = (re.escape(part) for part in re.split(r"(\{[^{}]*\})", text))
                values = (
                    r"[\d.,]+" if part == r"\{n\}" else ".+" if part.startswith(r"\{") else part for part in escaped
                )
                patterns.append(re.compile("".join(values), re.DOTALL))
    return frozenset(whole), tuple(patterns)


ENGLISH, ENGLISH_WITH_FIELDS = _english()


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    _speak("de")
    yield
    _speak("en")


def texts_of(widget: QWidget) -> Iterator[str]:
    """What a person can read, or have read to them, in a widget and all it holds."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.windowTitle(), each.accessibleName(), each.accessibleDescription(), each.toolTip())
        match each:
            case QLabel() | QAbstractButton():
                yield each.text()
            case QLineEdit():
                yield each.placeholderText()
            case QComboBox():
                yield from (each.itemText(i) for i in range(each.count()))
            case QGroupBox():
                yield each.title()
            case QTabWidget():
                yield from (each.tabText(i) for i in range(each.count()))
            case QTreeWidget():
                yield from (each.headerItem().text(i) for i in range(each.columnCount()))
            case QAbstractItemView():
                yield each.statusTip()
    for action in widget.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())


def is_english(text: str) -> bool:
    return text in ENGLISH or any(pattern.fullmatch(text) for pattern in ENGLISH_WITH_FIELDS)


def english_in(widget: QWidget) -> list[str]:
    texts = {text for text in texts_of(widget) if text}
    assert len(texts) > 2, "nothing was gathered"
    return sorted(text for text in texts if is_english(text))


def letters_of(widget: QWidget) -> list[str]:
    """The letters after & on the buttons and labels of a widget; forms that take turns may share a text."""
    shown = [*widget.findChildren(QAbstractButton), *(label for label in widget.findChildren(QLabel) if label.buddy())]
    found = (re.search(r"&(\w)", text) for text in {each.text() for each in shown})
    return [letter.group(1).casefold() for letter in found if letter]


def test_english_texts_are_told_from_german_ones() -> None:
    assert is_english("Queue")
    assert is_english("Queue: 3 to do, 4 done")
    assert not is_english("Warteschlange")
    assert not is_english("Warteschlange: 3 zu tun, 4 fertig")


def test_an_english_window_is_full_of_english(open_window: Callable[..., Hands], seed_corpus: Path) -> None:
    found = english_in(open_window(seed_corpus).window)
    assert {"Accept", "Queue of documents", "filter by title or source", "any status", "Quit"} <= set(found)


def test_the_window_speaks_german(german: None, open_window: Callable[..., Hands], seed_corpus: Path) -> None:
    window = open_window(seed_corpus).window
    assert [action.text() for action in window.menuBar().actions()] == [
        "Datei", "Bearbeiten", "Markierung", "Grenze", "Gehe zu", "Adjudikation", "Ansicht", "Hilfe",
    ]  # fmt: skip
    titles = {command.name: tr(command.title) for command in COMMANDS if not command.name.startswith("review_")}
    assert {name: window.actions_by_name[name].text() for name in titles} == titles
    assert [action.text() for action in window.menuBar().actions()] == [tr(menu) for menu in menus()]
    texts = set(texts_of(window))
    assert {"Annehmen", "Rückgängig", "Rest annehmen, nächste Seite", "Warteschlange der Dokumente"} <= texts
    assert {"jeder Status", "nach Titel oder Quelle filtern", "Auf der Seite suchen"} <= texts
    bar = {label.text() for label in window.statusBar().findChildren(QLabel)}
    assert any(re.fullmatch(r"Seite \d+ von \d+", text) for text in bar)
    assert any(re.fullmatch(r"\d+ offen", text) for text in bar)


def test_no_english_is_left_in_the_german_window(
    german: None, open_window: Callable[..., Hands], seed_corpus: Path
) -> None:
    hands = open_window(seed_corpus)
    assert english_in(hands.window) == []
    hands.press("b")
    hands.window.toggle_history()
    hands.window.find_bar.ask()
    QApplication.processEvents()
    assert english_in(hands.window) == []


@pytest.mark.parametrize("view", ["review", "insights"])
def test_no_english_is_left_in_the_other_views(
    view: str, german: None, open_window: Callable[..., Hands], seed_corpus: Path, qtbot: QtBot
) -> None:
    hands = open_window(seed_corpus)
    built = hands.window.views.view(view)
    qtbot.waitUntil(lambda: not hands.window.jobs.isVisible())
    assert english_in(built) == []


def test_no_english_is_left_in_the_dialogs(
    german: None, open_window: Callable[..., Hands], seed_corpus: Path, qtbot: QtBot
) -> None:
    hands = open_window(seed_corpus)
    schema = hands.page.schema
    for dialog in (
        Welcome(Settings()),
        KeySheet(schema, {}, hands.window),
        KeysDialog(Settings(), schema, hands.window),
        Palette(hands.window.actions_by_name, hands.window),
        ImportDialog((), schema, hands.window),
        ExportDialog(["ann"], schema, ["boundaries 1"], hands.window),
    ):
        qtbot.addWidget(dialog)
        assert english_in(dialog) == [], dialog
        assert not {button.text() for button in dialog.findChildren(QAbstractButton)} & {"Cancel", "Close", "&OK"}


def test_the_schema_dialog_is_german_and_each_letter_stands_once(german: None, seed_corpus: Path, qtbot: QtBot) -> None:
    with Corpus.open(seed_corpus) as corpus:
        dialog = SchemaDialog(SchemaDraft(corpus))
        qtbot.addWidget(dialog)
        assert english_in(dialog) == []
        letters = letters_of(dialog)
        assert len(letters) > 10
        assert sorted({letter for letter in letters if letters.count(letter) > 1}) == []


def test_buttons_of_qt_are_german_too(german: None, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "Abbrechen"


def test_the_window_is_english_again_afterwards(open_window: Callable[..., Hands], seed_corpus: Path) -> None:
    _speak("de")
    _speak("en")
    window = open_window(seed_corpus).window
    assert window.menuBar().actions()[0].text() == "File"
    assert window.actions_by_name["quit"].text() == "Quit"
