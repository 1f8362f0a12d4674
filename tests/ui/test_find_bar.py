from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.ui.hands import CTRL, NONE, SHIFT, Hands, Key

TEXT = "Ann met Bob.\nThen ann left; Ánn stayed."
PLACES = [(0, 3), (18, 21), (28, 31)]


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    return open_window(make_text_corpus(TEXT, "Bob alone."))


def ask(hands: Hands, words: str) -> None:
    hands.press("f", CTRL)
    QTest.keyClicks(hands.window.find_bar.words, words)


def hits(hands: Hands) -> list[tuple[int, int]]:
    return list(hands.view._look.hits)


def test_hits_are_underlined_and_counted_while_typing(hands: Hands) -> None:
    ask(hands, "ann")
    assert hands.window.find_bar.isVisible()
    assert hits(hands) == PLACES
    assert hands.window.find_bar.count.text() == "3 hits"
    QTest.keyClicks(hands.window.find_bar.words, "x")
    assert hits(hands) == []
    assert hands.window.find_bar.count.text() == "0 hits"


def test_return_goes_on_and_shift_return_back_round_the_ends(hands: Hands) -> None:
    ask(hands, "ann")
    line, seen = hands.window.find_bar.words, []
    for modifiers in (NONE, NONE, NONE, SHIFT, SHIFT):
        QTest.keyClick(line, Key.Key_Return, modifiers)
        seen.append(hands.desk.selection)
    assert seen == [PLACES[1], PLACES[2], PLACES[0], PLACES[2], PLACES[1]]


def test_the_buttons_do_the_same(hands: Hands) -> None:
    ask(hands, "ann")
    back, on = hands.window.find_bar.findChildren(QToolButton)
    on.click()
    assert hands.desk.selection == PLACES[1]
    back.click()
    assert hands.desk.selection == PLACES[0]


def test_escape_takes_the_bar_away_and_asking_again_shows_the_hits_of_the_words_that_stand_there(hands: Hands) -> None:
    ask(hands, "ann")
    QTest.keyClick(hands.window.find_bar.words, Key.Key_Escape)
    assert not hands.window.find_bar.isVisible()
    assert hits(hands) == []
    hands.press("f", CTRL)
    assert hands.window.find_bar.words.selectedText() == "ann"
    assert hits(hands) == PLACES
    assert hands.window.find_bar.count.text() == "3 hits"


def test_the_next_page_is_looked_through_too(hands: Hands) -> None:
    ask(hands, "bob")
    assert hits(hands) == [(8, 11)]
    QTest.keyClick(hands.window.find_bar.words, Key.Key_PageDown, CTRL)
    assert hands.page.text == "Bob alone."
    assert hits(hands) == [(0, 3)]


def test_a_string_is_found_inside_words_too(hands: Hands) -> None:
    ask(hands, "ta")
    assert hits(hands) == [(TEXT.index("stayed") + 1, TEXT.index("stayed") + 3)]
