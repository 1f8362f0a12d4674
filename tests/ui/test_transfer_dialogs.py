"""What the dialogs for import and export ask, and what the window does with the answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QDialogButtonBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from annotator.app.transfer import FORMATS, Role, Whose
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Span
from annotator.core.record import Record, Work
from annotator.exchange.format import ExportOptions
from annotator.store.corpus import Corpus
from annotator.ui.export_dialog import ExportDialog
from annotator.ui.import_dialog import ImportDialog
from tests.exchange.strategies import NEWS
from tests.ui.hands import Hands

TEXT = "Joe was seen by Ann."
SPANS = [{"start": 0, "end": 3, "label": "PERSON"}]


def pick(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))
    assert box.currentData() == value


def may_go(dialog: ImportDialog | ExportDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


@pytest.fixture
def export_dialog(qtbot: QtBot) -> Iterator[ExportDialog]:
    dialog = ExportDialog(["ann", "bob", "gold"], NEWS, ["boundaries 1"])
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def import_dialog(qtbot: QtBot) -> ImportDialog:
    dialog = ImportDialog(["pages"], NEWS)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_every_control_has_a_name(import_dialog: ImportDialog, export_dialog: ExportDialog) -> None:
    for dialog in (import_dialog, export_dialog):
        for kind in (QComboBox, QSpinBox, QLineEdit):
            for control in dialog.findChildren(kind):
                inner = isinstance(control.parent(), QSpinBox | QComboBox)
                assert inner or control.accessibleName(), control


def test_the_export_dialog_offers_what_fits_the_format_until_something_else_is_chosen(
    export_dialog: ExportDialog,
) -> None:
    assert [export_dialog.format.itemData(i) for i in range(export_dialog.format.count())] == [
        row.name for row in FORMATS if row.write is not None
    ]
    assert export_dialog.whose_work() == (Whose.ALL, "")
    pick(export_dialog.format, "conll")
    assert export_dialog.whose_work() == (Whose.BEST, "")
    pick(export_dialog.format, "jsonl")
    assert export_dialog.whose_work() == (Whose.ALL, "")
    pick(export_dialog.whose, "annotator bob")
    pick(export_dialog.format, "spacy")
    assert export_dialog.whose_work() == (Whose.ANNOTATOR, "bob")
    assert export_dialog.whose.findData("annotator gold") == -1


def test_the_import_dialog_says_how_files_are_read(import_dialog: ImportDialog) -> None:
    usual = import_dialog.options(NEWS)
    assert (usual.text_field, dict(usual.columns), usual.lines, usual.html) == ("text", {}, False, "blocks")
    import_dialog.columns.setText("title=headline, source=link")
    pick(import_dialog.lines, True)
    pick(import_dialog.html, "main")
    chosen = import_dialog.options(NEWS)
    assert (dict(chosen.columns), chosen.lines) == ({"title": "headline", "source": "link"}, True)
    assert chosen.html == "main"
    assert may_go(import_dialog)
    import_dialog.columns.setText("colour=red")
    assert not may_go(import_dialog)
    assert "colour=red" in import_dialog.told.text()
    assert import_dialog.told.isVisible()


def test_conditions_and_the_licence_are_asked_for(export_dialog: ExportDialog) -> None:
    export_dialog.path.setText("out")
    export_dialog.where.setText("status=done label=NOBODY")
    assert not may_go(export_dialog)
    assert "NOBODY" in export_dialog.about.text()
    export_dialog.where.setText("segment=teaser")
    assert not may_go(export_dialog)
    export_dialog.where.setText("status=done label=PERSON")
    assert may_go(export_dialog)
    assert not export_dialog.licence.isEnabled()
    pick(export_dialog.format, "brat")
    assert export_dialog.licence.isEnabled()
    export_dialog.licence.setText("cc-by-4.0")
    assert export_dialog.request().about.licence == "cc-by-4.0"


def test_the_export_dialog_gives_a_request(export_dialog: ExportDialog) -> None:
    assert not may_go(export_dialog)
    export_dialog.path.setText(" out ")
    assert may_go(export_dialog)
    assert (export_dialog.request().out, export_dialog.request().split) == (Path("out"), None)
    pick(export_dialog.per, True)
    assert export_dialog.whose_work() == (Whose.BEST, "")
    assert export_dialog.request().per_article
    pick(export_dialog.divided, "split")
    export_dialog.seed.setValue(7)
    split = export_dialog.request().split
    assert split is not None
    assert (split.seed, [name for name, _ in split.sides]) == (7, ["train", "dev", "test"])
    pick(export_dialog.divided, "folds")
    export_dialog.folds.setValue(3)
    folds = export_dialog.request().split
    assert folds is not None
    assert len(folds.sides) == 3


def test_the_export_dialog_shows_the_fields_of_the_way_it_divides_alone(export_dialog: ExportDialog) -> None:
    def shown() -> list[bool]:
        return [field.isVisible() for field in (export_dialog.shares, export_dialog.folds, export_dialog.seed)]

    assert shown() == [False, False, False]
    pick(export_dialog.divided, "split")
    assert shown() == [True, False, True]
    pick(export_dialog.divided, "folds")
    assert shown() == [False, True, True]


def test_the_export_dialog_says_what_is_wrong_before_anything_is_written(export_dialog: ExportDialog) -> None:
    export_dialog.path.setText("out")
    pick(export_dialog.divided, "split")
    export_dialog.shares.setText("80")
    assert not may_go(export_dialog)
    assert "A split looks like 80/10/10" in export_dialog.about.text()
    export_dialog.shares.setText("80/20")
    assert may_go(export_dialog)
    pick(export_dialog.per, True)
    pick(export_dialog.whose, "all")
    assert not may_go(export_dialog)
    assert "By article" in export_dialog.about.text()


def test_the_export_dialog_offers_sides_by_source_and_those_of_an_earlier_export(export_dialog: ExportDialog) -> None:
    export_dialog.path.setText("out")
    export_dialog.keep.setText("old/splits.json")
    assert not export_dialog.by_source.isVisible()
    assert not export_dialog.keep.isVisible()
    assert export_dialog.request().keep is None
    for way in ("split", "folds"):
        pick(export_dialog.divided, way)
        assert export_dialog.by_source.isVisible()
        export_dialog.by_source.setChecked(way == "folds")
        request = export_dialog.request()
        assert request.split is not None
        assert request.split.by_source == (way == "folds")
        assert request.keep == Path("old/splits.json")


def test_the_export_dialog_asks_for_layers_and_for_what_one_format_alone_offers(export_dialog: ExportDialog) -> None:
    export_dialog.path.setText("out")
    fields = (export_dialog.utf16, export_dialog.columns, export_dialog.language)
    assert not any(field.isVisible() for field in fields)
    assert export_dialog.request().options == ExportOptions()
    pick(export_dialog.utf16, True)
    pick(export_dialog.columns, 2)
    export_dialog.language.setText("de")
    told = {
        "label-studio": (True, 4, "en"),
        "conll": (False, 2, "en"),
        "spacy": (False, 4, "de"),
        "iob2": (False, 4, "en"),
    }
    for name, wanted in told.items():
        pick(export_dialog.format, name)
        options = export_dialog.request().options
        assert (options.utf16, options.columns, options.language) == wanted
        assert sum(field.isVisible() for field in fields) == (name != "iob2")
    for box in export_dialog.layers[1:]:
        box.setChecked(False)
    assert export_dialog.request().options.layers == {NEWS.layers[0].name}
    export_dialog.layers[0].setChecked(False)
    assert not may_go(export_dialog)
    assert "Choose a layer" in export_dialog.about.text()


def test_the_export_dialog_grows_with_what_it_shows(export_dialog: ExportDialog) -> None:
    pick(export_dialog.divided, "split")
    for name in ("conll", "gliner", "webanno-tsv"):
        pick(export_dialog.format, name)
        QApplication.processEvents()
        label = export_dialog.about
        assert label.height() >= label.heightForWidth(label.width())


def test_what_a_format_holds_is_shown_whole_from_the_start(export_dialog: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.waitExposed(export_dialog):
        export_dialog.show()
    about = export_dialog.about
    for number in range(export_dialog.format.count()):
        export_dialog.format.setCurrentIndex(number)
        qtbot.waitUntil(lambda: about.height() >= about.heightForWidth(about.width()), timeout=2000)
        assert export_dialog.height() >= export_dialog.form.totalMinimumSize().height()


def test_the_export_dialog_offers_proposals_by_the_name_of_their_proposer_alone(export_dialog: ExportDialog) -> None:
    pick(export_dialog.whose, "proposals boundaries 1")
    assert export_dialog.whose_work() == (Whose.PROPOSALS, "boundaries 1")
    pick(export_dialog.format, "conll")
    assert export_dialog.whose_work() == (Whose.PROPOSALS, "boundaries 1")


def test_the_import_dialog_asks_for_a_layer_for_utf16_and_for_a_file_of_rejects(import_dialog: ImportDialog) -> None:
    pick(import_dialog.layer, "entities")
    pick(import_dialog.utf16, True)
    import_dialog.rejects.setText("rejects.jsonl")
    options = import_dialog.options(NEWS)
    assert (options.layer, options.utf16) == ("entities", True)
    assert import_dialog.rejects_file() == Path("rejects.jsonl")
    pick(import_dialog.format, "doccano")
    assert not import_dialog.utf16.isVisible()
    assert not import_dialog.options(NEWS).utf16
    pick(import_dialog.strict, True)
    assert import_dialog.rejects_file() is None


def test_a_file_can_be_taken_off_the_list(import_dialog: ImportDialog) -> None:
    import_dialog.files.addItem("wrong.txt")
    assert not import_dialog.remove.isEnabled()
    import_dialog.files.setCurrentRow(1)
    import_dialog.remove.click()
    assert import_dialog.paths() == ["pages"]
    import_dialog.files.setCurrentRow(0)
    import_dialog.remove.click()
    assert not may_go(import_dialog)


def test_the_import_dialog_asks_whose_marks_are_where_that_is_open(import_dialog: ImportDialog) -> None:
    assert may_go(import_dialog)
    assert import_dialog.becomes() == (Role.AS_WRITTEN, "")
    import_dialog.name.setText("  old  model ")
    for role in Role:
        pick(import_dialog.role, role.value)
        named = role in {Role.PROPOSALS, Role.ANNOTATIONS}
        assert import_dialog.name.isEnabled() == named
        assert import_dialog.becomes() == (role, "old model" if named else "")


def answer(deed: Callable[[QDialog], None]) -> None:
    """Answer the next dialog and press OK."""

    def do() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        deed(dialog)
        dialog.accept()

    QTimer.singleShot(0, do)


def told(hands: Hands) -> list[str]:
    """What the box that tells of a job says; it is closed."""
    boxes = [box for box in hands.workplace.window.findChildren(QDialog) if box.isVisible()]
    lines = [line for box in boxes for line in f"{box.text()}\n{box.informativeText()}".splitlines()]  # type: ignore[attr-defined]
    for box in boxes:
        box.accept()
    return lines


def test_the_window_exports_the_best_divided_and_says_what_left_and_what_stayed(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot, tmp_path: Path
) -> None:
    path = make_text_corpus("A page without work.")
    with Corpus.open(path) as corpus:
        for text in (TEXT, "Eve was seen by nobody in Hull on Monday."):
            document = make_document(text)
            marks = frozenset({Span(0, 3, "entities", "PERSON")})
            corpus.add_records([Record(document, (Work(Annotation(document.id, "bob", marks, State(Status.DONE))),))])
    hands = open_window(path)
    window, out = hands.workplace.window, tmp_path / "out"

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ExportDialog)
        pick(dialog.format, "iob2")
        pick(dialog.divided, "split")
        dialog.shares.setText("50/50")
        dialog.seed.setValue(4)
        dialog.path.setText(str(out))

    answer(fill)
    window.actions_by_name["export_corpus"].trigger()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert sorted(file.name for file in out.iterdir()) == [
        "README.md",
        "manifest.json",
        "splits.json",
        "test.iob2",
        "train.iob2",
    ]
    first, *rest = told(hands)
    assert first == f"Wrote {out}: 2 documents, 2 marks."
    assert rest[:2] == ["left, the one finished annotation: 2", "stayed behind, neither gold nor finished: 1"]
    assert rest[2].startswith("divided with seed 4: train ")


def test_the_window_imports_marks_as_work_of_the_one_who_is_named(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot, tmp_path: Path
) -> None:
    path, source = make_text_corpus(TEXT), tmp_path / "tasks.jsonl"
    source.write_text(json.dumps({"text": TEXT, "spans": SPANS, "answer": "accept"}) + "\n")
    hands = open_window(path)
    window = hands.workplace.window

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ImportDialog)
        dialog.files.addItem(str(source))
        pick(dialog.role, "annotations")
        dialog.name.setText("zoe")

    answer(fill)
    window.actions_by_name["import_documents"].trigger()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert window.statusBar().currentMessage() == "0 documents added (1 there already, 1 annotation added)"
    with Corpus.open(path) as corpus:
        (record,) = corpus.records()
    assert [work.annotation.annotator for work in record.works] == ["zoe"]
    assert record.works[0].annotation.marks == {Span(0, 3, "entities", "PERSON")}


def test_the_window_keeps_bad_records_in_the_file_that_was_named(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot, tmp_path: Path
) -> None:
    source, rejects = tmp_path / "pages.jsonl", tmp_path / "rejects.jsonl"
    source.write_text('{"text": 3}\n{"title": "no text"}\n')
    hands = open_window(make_text_corpus(TEXT))

    def fill(dialog: QDialog) -> None:
        assert isinstance(dialog, ImportDialog)
        dialog.files.addItem(str(source))
        dialog.rejects.setText(str(rejects))

    answer(fill)
    hands.workplace.window.actions_by_name["import_documents"].trigger()
    qtbot.waitUntil(lambda: not hands.workplace.window.jobs.busy)
    assert told(hands) == [
        "0 documents added",
        "pages.jsonl:1: `text` must be a text; it is a number.",
        "pages.jsonl:2: `text` is missing; there are: title.",
        "2 records could not be read; the rest was imported.",
        f"Bad records are kept in {rejects}.",
    ]
    assert len(rejects.read_text().splitlines()) == 2
