"""Handing pages out and merging work in the window."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QDialogButtonBox, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from annotator.app.schema_changes import SchemaDraft, apply_change
from annotator.app.settings import load_settings, settings_file
from annotator.core.annotation import Edit
from annotator.core.marks import Mark, Span
from annotator.store.assignments import read_assignments, save_assignments
from annotator.store.corpus import Corpus
from annotator.store.packages import make_package
from annotator.ui import application
from annotator.ui.package_dialogs import HandOutDialog, MergeDialog
from tests.ui.hands import Hands

ANN, BOB = Span(0, 3, "entities", "PERSON"), Span(8, 11, "entities", "PERSON")


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    return open_window(make_text_corpus("Ann met Bob.", "Two."))


def may_go(dialog: HandOutDialog | MergeDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def answer(fill: Callable[[QDialog], None]) -> None:
    """Fill in the dialog that opens next, and accept it."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        fill(dialog)
        dialog.accept()

    QTimer.singleShot(0, act)


def run(hands: Hands, qtbot: QtBot, command: str, fill: Callable[[QDialog], None]) -> None:
    answer(fill)
    hands.window.actions_by_name[command].trigger()
    qtbot.waitUntil(lambda: not hands.window.jobs.busy)


def test_every_control_has_a_name_and_ok_waits_for_what_is_needed(qtbot: QtBot, tmp_path: Path) -> None:
    out, merge = HandOutDialog({}, tmp_path), MergeDialog()
    for dialog in (out, merge):
        qtbot.addWidget(dialog)
        dialog.show()
        for kind in (QComboBox, QLineEdit, QListWidget):
            for control in dialog.findChildren(kind):
                assert isinstance(control.parent(), QComboBox) or control.accessibleName(), control
        assert not may_go(dialog)
    out.names.setText(" ann ,, bea  lee,")
    assert (out.annotators, out.every, may_go(out)) == (["ann", "bea lee"], True, True)
    out.pages.setCurrentIndex(2)
    assert (out.where.isEnabled(), out.conditions, may_go(out)) == (True, "", False)
    out.where.setText("status=todo")
    assert (out.conditions, out.every, may_go(out)) == ("status=todo", False, True)
    out.path.clear()
    assert not may_go(out)
    assigned = HandOutDialog({"ann": 3, "bea": 1}, tmp_path)
    qtbot.addWidget(assigned)
    assert (assigned.annotators, assigned.every, assigned.conditions) == (["ann", "bea"], False, "")


def test_pages_go_out_and_work_comes_back_in_the_window(hands: Hands, qtbot: QtBot, tmp_path: Path) -> None:
    name, page = hands.desk.session.annotator, hands.page.document.id
    save_assignments(hands.workplace.path, [(page, name)])

    def hand_out(dialog: QDialog) -> None:
        assert isinstance(dialog, HandOutDialog)
        assert dialog.annotators == [name]
        dialog.path.setText(str(tmp_path / "out"))

    run(hands, qtbot, "hand_out", hand_out)
    (made,) = (tmp_path / "out").iterdir()
    assert read_assignments(made) == [(page, name)]
    with Corpus.open(made) as package:
        package.apply(page, name, Edit("At home", added=frozenset({ANN})))

    def merge(dialog: QDialog) -> None:
        assert isinstance(dialog, MergeDialog)
        assert not dialog.conflicts.currentData()
        dialog.files.addItem(str(made))

    run(hands, qtbot, "merge_work", merge)
    assert hands.marks == {ANN}
    with Corpus.open(made) as package:
        package.apply(page, name, Edit("At home", added=frozenset({BOB})))
    hands.desk.session.do(Edit("Here", removed=frozenset({ANN})))
    run(hands, qtbot, "merge_work", merge)
    assert hands.marks == frozenset()

    def take(dialog: QDialog) -> None:
        merge(dialog)
        dialog.conflicts.setCurrentIndex(1)

    run(hands, qtbot, "merge_work", take)
    assert hands.marks == {ANN, BOB}
    hands.desk.session.undo()
    assert hands.marks == frozenset()


def test_labels_that_were_renamed_since_are_mapped_in_the_window(
    open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path], qtbot: QtBot, tmp_path: Path
) -> None:
    path, made = make_text_corpus("Ann met Bob."), tmp_path / "ann.corpus"
    with Corpus.open(path) as corpus:
        page = corpus.summaries("")[0].id
        make_package(corpus, "ann", [page], made)
        draft = SchemaDraft(corpus)
        draft.rename_label("entities", "PERSON", "HUMAN")
    apply_change(path, draft.change.finish(draft.schema.version))
    with Corpus.open(made) as package:
        package.apply(page, "ann", Edit("At home", added=frozenset({ANN})))
    hands = open_window(path)
    said: list[str] = []
    hands.window.jobs.said.connect(said.append)

    def merge(labels: str) -> Callable[[QDialog], None]:
        def fill(dialog: QDialog) -> None:
            assert isinstance(dialog, MergeDialog)
            dialog.files.addItem(str(made))
            dialog.labels.setText(labels)

        return fill

    def stored() -> frozenset[Mark]:
        with Corpus.open(path) as corpus:
            return corpus.page(page, "ann").annotation.marks

    run(hands, qtbot, "merge_work", merge(""))
    assert "entities/PERSON (1)" in said[-1]
    assert "Labels changed" in said[-1]
    run(hands, qtbot, "merge_work", merge("PERSON"))
    assert said[-1].startswith("Labels changed PERSON: write it as")
    assert stored() == frozenset()
    run(hands, qtbot, "merge_work", merge(" PERSON=HUMAN ,"))
    assert stored() == {Span(0, 3, "entities", "HUMAN")}


def test_a_package_opens_under_the_name_it_was_made_for_and_leaves_ones_own_as_it_was(
    make_text_corpus: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(json.dumps({"annotator": "lead"}))
    with Corpus.open(make_text_corpus("Ann met Bob.")) as corpus:
        package = make_package(corpus, "zoe", [corpus.summaries("")[0].id], tmp_path / "zoe.corpus").path
        plain = corpus.path
    opened: list[tuple[str, str]] = []

    class Stand(application.Workplace):
        def start(self) -> None:
            opened.append((self.session.annotator, self.settings.annotator))

    monkeypatch.setattr(application, "Workplace", Stand)
    monkeypatch.setattr(application.QApplication, "exec", lambda *_: 0)
    assert load_settings().annotator == "lead"
    for path, name in ((package, ""), (package, "bob"), (plain, "")):
        application.run_window(path, name)
    assert opened == [("zoe", "lead"), ("bob", "bob"), ("bob", "bob")]
