"""The schema is changed with the window open: the page shows it, and undo goes on from there."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from annotator.core import edits
from annotator.core.marks import Span
from annotator.store.check import check_corpus
from annotator.ui.schema_dialog import SchemaDialog
from tests.ui.hands import Hands


def test_a_label_renamed_in_the_window_is_renamed_on_the_open_page(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot
) -> None:
    hands = open_window(make_text_corpus("Joe was seen by Ann."))
    window, session = hands.workplace.window, hands.workplace.desk.session
    session.do(edits.add_span(session.opened, 0, 3, "entities", "PERSON"))

    def rename() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, SchemaDialog)
        dialog._show_all("entities", "PERSON")
        dialog.label_form.name.setText("HUMAN")
        with qtbot.waitSignal(dialog.changed):
            dialog.apply.click()
        qtbot.waitUntil(lambda: dialog._job is None)
        QTimer.singleShot(0, read_what_was_told)
        dialog.close_button.click()

    def read_what_was_told() -> None:
        told = QApplication.activeModalWidget()
        if isinstance(told, QDialog):
            told.accept()

    QTimer.singleShot(0, rename)
    window.actions_by_name["edit_schema"].trigger()
    assert session.opened.decided == (Span(0, 3, "entities", "HUMAN"),)
    assert session.undo_title() == ""
    window.page_view.setFocus(Qt.FocusReason.OtherFocusReason)
    session.do(edits.add_span(session.opened, 16, 19, "entities", "HUMAN"))
    session.undo()
    assert session.opened.decided == (Span(0, 3, "entities", "HUMAN"),)
    assert check_corpus(session.corpus) == []
