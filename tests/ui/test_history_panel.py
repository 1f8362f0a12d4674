from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from annotator.core.marks import Mark, Span
from annotator.store.check import check_corpus
from tests.ui.hands import CTRL, LEFT, NONE, Hands, Key


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    found = open_window(make_text_corpus("Ann met Bob in Rome."))
    found.press("h", CTRL)
    return found


def label(hands: Hands, words: str, key: str) -> None:
    hands.desk.set_caret(hands.page.text.index(words))
    hands.press(key)


def lines(hands: Hands) -> list[str]:
    rows = hands.window.history.rows
    return [rows.item(i).text() for i in range(rows.count())]


def click(hands: Hands, row: int) -> None:
    rows = hands.window.history.rows
    rows.scrollToItem(rows.item(row))
    QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualItemRect(rows.item(row)).center())


def test_a_click_goes_back_to_a_point_and_forward_again_and_the_log_only_grows(hands: Hands) -> None:
    states: list[frozenset[Mark]] = [hands.marks]
    for words, key in (("Ann", "1"), ("Bob", "1"), ("Rome", "3")):
        label(hands, words, key)
        states.append(hands.marks)
    assert len(set(states)) == 4
    log = hands.desk.session.log()
    assert len(lines(hands)) == 4
    for row in (1, 3, 0, 2, 0, 3):
        click(hands, row)
        assert hands.marks == states[row]
        assert lines(hands)[row].startswith("▸")
        assert sum(line.startswith("▸") for line in lines(hands)) == 1
        assert sum("[undone]" in line for line in lines(hands)) == 3 - row
        newer = hands.desk.session.log()
        assert newer[: len(log)] == log, "nothing is erased"
        assert len(newer) > len(log)
        log = newer
    document = hands.page.document.id
    corpus = hands.desk.session.corpus
    assert corpus.log(document, hands.desk.session.annotator) == log
    assert corpus.annotation(document, hands.desk.session.annotator) == hands.page.annotation
    assert check_corpus(corpus) == []


def test_a_row_says_what_was_done_by_whom_and_when(hands: Hands) -> None:
    label(hands, "Ann", "1")
    first, done = lines(hands)
    assert "As opened first" in first
    assert "Ann" in done
    assert hands.desk.session.annotator in done
    made_at = hands.desk.session.log()[0].made_at
    assert made_at[:10] in done
    assert made_at[11:19] in done


def test_return_on_a_row_does_the_same_as_a_click(hands: Hands) -> None:
    label(hands, "Ann", "1")
    rows = hands.window.history.rows
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Up)
    QTest.keyClick(rows, Key.Key_Return)
    assert hands.marks == frozenset()


def test_after_going_back_a_new_edit_leaves_what_was_undone_behind(hands: Hands) -> None:
    label(hands, "Ann", "1")
    click(hands, 0)
    label(hands, "Bob", "2")
    assert hands.marks == {Span(8, 11, "entities", "ORG")}
    assert not any("[undone]" in line for line in lines(hands))
    assert len(hands.desk.session.log()) == 3


def test_the_panel_goes_away_and_comes_back_up_to_date(hands: Hands) -> None:
    hands.press("h", CTRL)
    assert not hands.window.history.isVisible()
    label(hands, "Ann", "1")
    hands.press("h", CTRL)
    assert len(lines(hands)) == 2
