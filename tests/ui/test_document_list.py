from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from annotator.app.queue import Order
from annotator.core.annotation import Status
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from tests.ui.hands import CTRL, SHIFT, Hands, Key

TEXTS = ("Ann met Bob.", "Rome is old.", "Zürich is new.", *(f"Page {n}." for n in range(9)))


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    return open_window(
        make_text_corpus(*TEXTS, proposals=[Proposal(Span(0, 3, "entities", "PERSON"), 0.3, "", "rules")])
    )


def shown(hands: Hands) -> list[str]:
    model = hands.window.documents.model
    return [str(model.data(model.index(i))).split("  ", 1)[1] for i in range(model.rowCount())]


def choose(box: QComboBox, value: object) -> None:
    values = [box.itemData(i) for i in range(box.count())]
    box.setCurrentIndex([tuple(item) if isinstance(item, list) else item for item in values].index(value))


def test_the_queue_is_filtered_by_status_and_counts(hands: Hands) -> None:
    documents = hands.window.documents
    hands.press(Key.Key_Return, CTRL)
    assert "11 to do, 1 done" in documents.heading.text()
    choose(documents.status, Status.DONE.value)
    assert shown(hands) == [TEXTS[0]]
    assert "1 shown" in documents.heading.text()
    choose(documents.status, "")
    assert shown(hands) == list(TEXTS)


def test_the_flag_unsure_is_a_status_to_filter_by(hands: Hands) -> None:
    from annotator.app import deeds

    deeds.mark_page(hands.desk, Status.UNSURE, "who is Bob?")
    choose(hands.window.documents.status, Status.UNSURE.value)
    assert shown(hands) == [TEXTS[0]]


def test_a_part_of_title_or_source_filters_in_any_case(hands: Hands, qtbot: QtBot) -> None:
    QTest.keyClicks(hands.window.documents.words, "rOME")
    qtbot.waitUntil(lambda: shown(hands) == [TEXTS[1]])
    hands.window.documents.words.clear()
    qtbot.waitUntil(lambda: shown(hands) == list(TEXTS))


def test_low_scores_and_labels_filter(hands: Hands) -> None:
    documents = hands.window.documents
    documents.low.setChecked(True)
    assert shown(hands) == [TEXTS[0]]
    documents.low.setChecked(False)
    choose(documents.label, ("entities", "PERSON"))
    assert shown(hands) == [TEXTS[0]]
    choose(documents.label, ("entities", "ORG"))
    assert shown(hands) == []
    choose(documents.label, ("", ""))
    assert shown(hands) == list(TEXTS)


def test_the_random_order_is_the_same_every_time_and_the_unsure_come_first(hands: Hands) -> None:
    documents = hands.window.documents
    choose(documents.order, Order.RANDOM.value)
    mixed = shown(hands)
    assert sorted(mixed) == sorted(TEXTS)
    assert mixed != list(TEXTS)
    choose(documents.order, Order.IMPORT.value)
    assert shown(hands) == list(TEXTS)
    choose(documents.order, Order.RANDOM.value)
    assert shown(hands) == mixed
    QTest.keyClicks(documents.words, "page")
    documents.apply()
    assert shown(hands) == [text for text in mixed if "Page" in text]
    documents.words.clear()
    choose(documents.order, Order.UNSURE.value)
    documents.apply()
    assert shown(hands)[0] == TEXTS[0]


def test_a_search_shows_the_pages_found_and_clearing_it_shows_all(hands: Hands, qtbot: QtBot) -> None:
    line = hands.window.documents.search
    hands.press("f", CTRL | SHIFT)
    QTest.keyClicks(line, "zurich")
    QTest.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: shown(hands) == [TEXTS[2]], timeout=5_000)
    qtbot.waitUntil(lambda: not hands.window.jobs.busy)
    hands.window.documents.document_chosen.emit(hands.desk.queue.shown[0].id)
    assert list(hands.view._look.hits) == [(0, 6)]
    line.clear()
    assert shown(hands) == list(TEXTS)
    assert not hands.view._look.hits


def test_the_open_page_stays_in_sight_when_the_queue_is_filtered(hands: Hands) -> None:
    documents = hands.window.documents
    hands.press(Key.Key_PageDown, CTRL)
    assert documents.view.currentIndex().row() == 1
    choose(documents.order, Order.RANDOM.value)
    place = hands.desk.queue.place(hands.page.document.id)
    assert documents.view.currentIndex().row() == place
    assert hands.page.text == TEXTS[1], "filtering opens no page"


def test_arrow_keys_in_the_queue_open_pages(hands: Hands) -> None:
    hands.press("2", CTRL)
    assert hands.window.documents.view.hasFocus()
    QTest.keyClick(hands.window.documents.view, Key.Key_Down)
    assert hands.page.text == TEXTS[1]


def test_rows_say_the_status_to_the_eye_and_to_the_ear(hands: Hands) -> None:
    hands.press(Key.Key_Return, CTRL)
    model = hands.window.documents.model
    assert str(model.data(model.index(0))).startswith("●")
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == f"done: {TEXTS[0]}"
