from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from annotator.app import deeds
from annotator.app.occurrences import Deed, Scope
from annotator.core.marks import Boundary, Labelled, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.store.corpus import Corpus
from annotator.ui.occurrences_dialog import OccurrencesDialog, wanted_at
from tests.ui.hands import CTRL, SHIFT, Hands, Key

FIRST = "Ann Lee met Ann.\nThen Ann left.\nAnother piece about Ann here. ann"
SECOND = "Ann again, and Ann Lee."
THIRD = "Nobody is here."
LONG = Span(0, 7, "entities", "PERSON")
ANN = Span(12, 15, "entities", "PERSON")
PROPOSED = (LONG, ANN, Boundary(0, "articles", "article"), Boundary(32, "articles", "article"))
PLACES = [12, 22, 52]
"""Where "Ann" stands on the first page outside the longer name."""


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    path = make_text_corpus(FIRST, SECOND, THIRD, proposals=[Proposal(mark, 0.9, "", "rules") for mark in PROPOSED])
    found = open_window(path)
    found.desk.focus_on(ANN)
    return found


@pytest.fixture
def dialog(hands: Hands) -> Iterator[OccurrencesDialog]:
    made = open_dialog(hands)
    yield made
    made.deleteLater()


def open_dialog(hands: Hands, deed: Deed = Deed.LABEL, scope: Scope = Scope.PAGE) -> OccurrencesDialog:
    found = wanted_at(hands.desk, deed)
    assert found is not None
    return OccurrencesDialog(hands.desk, found[0], scope, found[1], hands.window)


def anns(hands: Hands) -> list[int]:
    """Where a decided person called Ann stands on the open page."""
    marks = (mark for mark in hands.page.decided if isinstance(mark, Span) and mark.label == "PERSON")
    return [mark.start for mark in marks if mark.end - mark.start == 3]


def undoable(hands: Hands) -> int:
    return len(hands.desk.session.history.undo)


def stored(hands: Hands, text: str) -> frozenset[Labelled | Rejection]:
    """The marks of the document with this text, as the file has them."""
    corpus = hands.desk.session.corpus
    id_ = next(item.id for item in hands.desk.queue.items if corpus.document(item.id).text == text)
    return corpus.annotation(id_, hands.desk.session.annotator).marks


def choose(dialog: OccurrencesDialog, scope: Scope) -> None:
    dialog.scope.setCurrentIndex(dialog.scope.findData(scope.value))


def rows(dialog: OccurrencesDialog) -> list[str]:
    return [dialog.rows.item(i).text() for i in range(dialog.rows.count())]


def tick(dialog: OccurrencesDialog, row: int, state: Qt.CheckState) -> None:
    dialog.rows.item(row).setCheckState(state)


def test_what_is_listed_is_done_on_the_page_at_once_as_one_edit(hands: Hands, dialog: OccurrencesDialog) -> None:
    assert anns(hands) == PLACES
    assert undoable(hands) == 1
    assert len(rows(dialog)) == 4
    assert "⟦Ann⟧" in rows(dialog)[0]
    assert "inside PERSON “Ann Lee”" in rows(dialog)[0]
    assert not dialog.rows.item(0).flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert dialog.count.text().startswith("3 places done")
    dialog.accept()
    assert anns(hands) == PLACES
    hands.press("z", CTRL)
    assert anns(hands) == []
    assert hands.page.is_pending(ANN), "one undo takes all of it back"


def test_a_tick_does_it_anew_as_one_edit(hands: Hands, dialog: OccurrencesDialog) -> None:
    tick(dialog, 2, Qt.CheckState.Unchecked)
    assert anns(hands) == [12, 52]
    assert undoable(hands) == 1
    assert dialog.count.text().startswith("2 places done")
    tick(dialog, 1, Qt.CheckState.Unchecked)
    tick(dialog, 3, Qt.CheckState.Unchecked)
    assert anns(hands) == []
    assert undoable(hands) == 0
    assert dialog.count.text().startswith("0 places done")
    tick(dialog, 3, Qt.CheckState.Checked)
    assert anns(hands) == [52]
    assert undoable(hands) == 1


def test_cancel_takes_everything_back(hands: Hands, dialog: OccurrencesDialog) -> None:
    tick(dialog, 2, Qt.CheckState.Unchecked)
    dialog.reject()
    assert hands.marks == frozenset()
    assert hands.page.is_pending(ANN)
    assert undoable(hands) == 0
    assert stored(hands, FIRST) == frozenset()


def test_scope_case_words_and_label_do_it_anew(hands: Hands, dialog: OccurrencesDialog) -> None:
    choose(dialog, Scope.ARTICLE)
    assert anns(hands) == [12, 22], "the article that holds the focus"
    choose(dialog, Scope.PAGE)
    dialog.case.setChecked(False)
    assert anns(hands) == [*PLACES, 62]
    dialog.case.setChecked(True)
    dialog.whole.setChecked(False)
    assert anns(hands) == PLACES
    dialog.label.setCurrentIndex(dialog.label.findData("ORG"))
    assert anns(hands) == []
    assert sum(isinstance(mark, Span) and mark.label == "ORG" for mark in hands.page.decided) == 3
    assert undoable(hands) == 1


def test_the_place_in_focus_is_labelled_though_another_proposal_overlaps_it(hands: Hands) -> None:
    hands.desk.set_caret(3, 0)
    dialog = open_dialog(hands)
    assert anns(hands) == [0, *PLACES]
    assert hands.page.is_rejected(LONG)
    dialog.reject()
    assert hands.page.is_pending(LONG)
    dialog.deleteLater()


def test_over_the_corpus_it_is_done_by_the_button_and_one_undo_takes_it_back_on_every_page(hands: Hands) -> None:
    dialog = open_dialog(hands, scope=Scope.CORPUS)
    assert anns(hands) == []
    assert hands.desk.session.log() == []
    assert "5 places on 2 pages" in dialog.count.text()
    assert any("[Ann again" in row for row in rows(dialog)), "rows of several pages name the page"
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    dialog.deleteLater()
    assert anns(hands) == PLACES
    assert stored(hands, SECOND) == {Span(0, 3, "entities", "PERSON"), Span(15, 18, "entities", "PERSON")}
    hands.press("z", CTRL)
    assert stored(hands, FIRST) == stored(hands, SECOND) == frozenset()
    hands.press("z", CTRL | SHIFT)
    assert anns(hands) == PLACES
    assert len(stored(hands, SECOND)) == 2


def test_over_the_corpus_cancel_does_nothing(hands: Hands) -> None:
    dialog = open_dialog(hands, scope=Scope.CORPUS)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).click()
    dialog.deleteLater()
    assert hands.desk.session.log() == []
    assert stored(hands, SECOND) == frozenset()


def test_from_the_page_to_the_corpus_what_was_done_live_is_taken_back(hands: Hands, dialog: OccurrencesDialog) -> None:
    choose(dialog, Scope.CORPUS)
    assert anns(hands) == []
    choose(dialog, Scope.PAGE)
    assert anns(hands) == PLACES


def test_a_page_changed_since_keeps_its_part_and_that_is_said(hands: Hands) -> None:
    dialog = open_dialog(hands, scope=Scope.CORPUS)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    dialog.deleteLater()
    here = hands.page.document.id
    hands.press(Key.Key_PageDown, CTRL)
    assert hands.page.text == SECOND
    hands.desk.focus_on(Span(0, 3, "entities", "PERSON"))
    hands.press("2")
    deeds.open_page(hands.desk, here)
    hands.press("z", CTRL)
    assert anns(hands) == []
    assert stored(hands, SECOND) == {Span(0, 3, "entities", "ORG"), Span(15, 18, "entities", "PERSON")}
    assert "1 page was changed since and stays." in hands.window.statusBar().currentMessage()


def test_places_on_other_pages_only_are_taken_back_by_one_undo_too(hands: Hands) -> None:
    dialog = open_dialog(hands)
    dialog.accept()
    dialog.deleteLater()
    hands.desk.focus_on(ANN)
    elsewhere = open_dialog(hands, scope=Scope.CORPUS)
    elsewhere.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    elsewhere.deleteLater()
    assert len(stored(hands, SECOND)) == 2
    hands.press("z", CTRL)
    assert stored(hands, SECOND) == frozenset()
    assert anns(hands) == PLACES, "what was done before on this page stays"
    hands.press("z", CTRL)
    assert anns(hands) == []


def test_a_file_that_cannot_be_written_is_said_and_the_dialog_stays(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.store import connection

    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.0)
    dialog = open_dialog(hands, scope=Scope.CORPUS)
    dialog.show()
    hands.desk.session.corpus.connection.execute("PRAGMA busy_timeout = 0")
    with Corpus.open(hands.workplace.path) as other:
        other.connection.execute("BEGIN IMMEDIATE")
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
        assert dialog.isVisible()
        assert dialog.count.text().endswith(".")
        assert "places" not in dialog.count.text()
        other.connection.execute("ROLLBACK")
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert not dialog.isVisible()
    dialog.deleteLater()
    assert anns(hands) == PLACES


def test_relabel_and_remove_use_the_same_list(hands: Hands) -> None:
    open_dialog(hands).accept()
    hands.desk.focus_on(ANN)
    hands.press("2")
    relabel = open_dialog(hands, Deed.RELABEL)
    assert relabel.windowTitle() == "Relabel all “Ann”"
    assert [mark.start for mark in hands.page.decided if mark.label == "ORG"] == PLACES
    relabel.accept()
    hands.desk.focus_on(Span(12, 15, "entities", "ORG"))
    remove = open_dialog(hands, Deed.REMOVE)
    assert not any(isinstance(mark, Span) for mark in hands.page.decided)
    remove.reject()
    assert [mark.start for mark in hands.page.decided if mark.label == "ORG"] == PLACES
    for made in (relabel, remove):
        made.deleteLater()


@pytest.mark.parametrize(("key", "modifiers"), [("d", CTRL), ("d", CTRL | SHIFT), ("x", CTRL | SHIFT)])
def test_the_keys_of_the_table_open_the_list_and_escape_leaves_all_as_it_was(
    hands: Hands, key: str, modifiers: Qt.KeyboardModifier
) -> None:
    seen: list[str] = []

    def escape() -> None:
        found = QApplication.activeModalWidget()
        assert isinstance(found, OccurrencesDialog)
        seen.append(found.windowTitle())
        QTest.keyClick(found, Key.Key_Escape)

    QTimer.singleShot(100, escape)
    before = hands.marks
    hands.press(key, modifiers)
    assert len(seen) == 1
    assert hands.marks == before
    assert hands.page.is_pending(ANN)


def test_without_span_or_selection_it_is_said_what_to_do(hands: Hands) -> None:
    hands.press(Key.Key_Escape)
    hands.press("d", CTRL)
    assert "Focus a span or select some text first" in hands.window.statusBar().currentMessage()


def test_a_selection_means_its_words_without_the_blanks_around(hands: Hands) -> None:
    hands.desk.set_caret(22, 16)
    hands.desk.set_caret(26, 21)
    found = wanted_at(hands.desk, Deed.LABEL)
    assert found is not None
    assert (found[0].text, found[1]) == ("Ann", (22, 25))
    hands.desk.set_caret(17, 16)
    assert wanted_at(hands.desk, Deed.LABEL) is None
