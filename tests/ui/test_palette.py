from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.ui.palette import Palette
from tests.ui.hands import CTRL, LEFT, NONE, Hands, Key


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    return open_window(make_text_corpus("One page.", "Two pages."))


def in_palette(hands: Hands, deed: Callable[[Palette], None]) -> None:
    """Open the palette by its key and do something in it."""
    seen: list[Palette] = []

    def act() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, Palette):
            seen.append(found)
            deed(found)
            if found.isVisible():
                found.reject()

    QTimer.singleShot(100, act)
    hands.press("k", CTRL)
    assert len(seen) == 1


def test_parts_of_words_find_a_command_and_return_does_it(hands: Hands) -> None:
    found: list[list[str]] = []

    def act(palette: Palette) -> None:
        QTest.keyClicks(palette.words, "pag nex")
        found.append([palette.rows.item(i).text() for i in range(palette.rows.count())])
        QTest.keyClick(palette.words, Key.Key_Return)

    in_palette(hands, act)
    assert any("Next page" in row and "Ctrl+PgDown" in row for row in found[0])
    assert all("pag" in row.casefold() and "nex" in row.casefold() for row in found[0])


def test_what_is_chosen_is_done(hands: Hands) -> None:
    def act(palette: Palette) -> None:
        QTest.keyClicks(palette.words, "go: next page")
        QTest.keyClick(palette.words, Key.Key_Return)

    in_palette(hands, act)
    assert hands.page.text == "Two pages."
    assert hands.window.focusWidget() is hands.view


def test_down_and_up_move_in_the_list_round_its_ends(hands: Hands) -> None:
    rows: list[int] = []

    def act(palette: Palette) -> None:
        for key in (Key.Key_Down, Key.Key_Up, Key.Key_Up):
            QTest.keyClick(palette.words, key)
            rows.append(palette.rows.currentRow())
        rows.append(palette.rows.count() - 1)

    in_palette(hands, act)
    assert rows[:2] == [1, 0]
    assert rows[2] == rows[3]


def test_one_click_on_a_row_is_enough(hands: Hands) -> None:
    def act(palette: Palette) -> None:
        QTest.keyClicks(palette.words, "go: next page")
        QTest.mouseClick(
            palette.rows.viewport(), LEFT, NONE, palette.rows.visualItemRect(palette.rows.item(0)).center()
        )

    in_palette(hands, act)
    assert hands.page.text == "Two pages."


def test_words_that_no_command_has_leave_nothing_to_choose(hands: Hands) -> None:
    chosen: list[str] = []

    def act(palette: Palette) -> None:
        QTest.keyClicks(palette.words, "zzzz")
        for key in (Key.Key_Down, Key.Key_Return):
            QTest.keyClick(palette.words, key)
        chosen.append(palette.chosen)
        assert palette.isVisible()

    in_palette(hands, act)
    assert chosen == [""]
