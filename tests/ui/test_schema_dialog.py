from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QColorDialog,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from annotator.app.schema_changes import SchemaDraft
from annotator.app.settings import find_schema
from annotator.core.annotation import Annotation
from annotator.core.document import make_document
from annotator.core.errors import Cancelled
from annotator.core.marks import Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.schema_toml import schema_to_toml
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.ui import schema_dialog as module
from annotator.ui.schema_dialog import SchemaDialog
from annotator.ui.schema_fates import UNDECIDED, FateDialog

JOE = Span(0, 3, "entities", "PER")
CNN = Span(9, 12, "entities", "ORG")


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    documents = [make_document(f"Joe {n} at CNN.") for n in range(3)]
    with Corpus.create(tmp_path / "own.corpus", find_schema("conll")) as made:
        made.add_records(
            Record(one, (Work(Annotation(one.id, "ann", frozenset([JOE, Rejection(CNN)]))),)) for one in documents
        )
        yield made


@pytest.fixture
def dialog(corpus: Corpus, qtbot: QtBot) -> SchemaDialog:
    made = SchemaDialog(SchemaDraft(corpus))
    qtbot.addWidget(made, before_close_func=lambda _: setattr(made, "_asked_to_discard", lambda: True))
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def answer(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Answers the question what becomes of marks; gives what was asked."""

    def prepare(**fates: str | None) -> list[str]:
        asked: list[str] = []

        def answered(fate_dialog: FateDialog) -> int:
            qtbot.addWidget(fate_dialog)
            assert not fate_dialog.go_on.isEnabled() or UNDECIDED not in fate_dialog.fates.values()
            for (_, label), choice in fate_dialog.choices.items():
                asked.append(f"{label}: " + ", ".join(choice.itemText(i) for i in range(choice.count())))
                choice.setCurrentIndex(max(choice.findData(fates.get(label)), 0))
            return int(None not in fates.values() and fate_dialog.go_on.isEnabled())

        monkeypatch.setattr(FateDialog, "exec", answered)
        return asked

    return prepare


def choose(dialog: SchemaDialog, layer: str, label: str = "") -> None:
    for item in dialog.tree._items():
        if dialog.tree._key_of(item) == (layer, label):
            dialog.tree.setCurrentItem(item)
            return
    raise AssertionError((layer, label))


def labels(schema: Schema, layer: str = "entities") -> list[str]:
    return [label.name for label in schema.by_name[layer].labels]


def marks(corpus: Corpus) -> set[Mark]:
    assert check_corpus(corpus) == []
    return {mark for record in corpus.records() for mark in record.works[0].annotation.marks}


def store(dialog: SchemaDialog, qtbot: QtBot) -> list[str]:
    with qtbot.waitSignal(dialog.changed) as stored:
        dialog.apply.click()
    qtbot.waitUntil(lambda: dialog._job is None)
    assert stored.args is not None
    told: list[str] = stored.args[0]
    return told


def test_a_renamed_label_is_stored_with_its_marks_and_told(dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot) -> None:
    choose(dialog, "entities", "PER")
    assert dialog.label_form.use.text() == "3 marks on 3 pages"
    dialog.label_form.name.selectAll()
    qtbot.keyClicks(dialog.label_form.name, "HUMAN")
    qtbot.keyClick(dialog.label_form.name, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.message.text().splitlines() == [
        "“PER” becomes “HUMAN”: 3 marks on 3 pages.",
        "The layer “Entities”: mapping changed.",
    ]
    assert labels(corpus.reload_schema()) == ["PER", "ORG", "LOC", "MISC"]
    told = store(dialog, qtbot)
    assert told[0] == "Stored: the schema is version 2 now."
    assert "3 marks relabelled." in told
    assert dialog.message.text().splitlines() == told
    assert labels(corpus.schema) == ["HUMAN", "ORG", "LOC", "MISC"]
    assert marks(corpus) == {Span(0, 3, "entities", "HUMAN"), Rejection(CNN)}
    dialog.apply.click()
    assert dialog._job is None
    assert dialog.message.text() == "Nothing is changed yet."
    assert dialog.tree.chosen_key == ("entities", "HUMAN")


def test_what_was_typed_is_stored_by_apply_without_leaving_the_field(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot
) -> None:
    choose(dialog, "entities", "PER")
    dialog.label_form.title.setFocus()
    dialog.label_form.title.selectAll()
    qtbot.keyClicks(dialog.label_form.title, "Human")
    store(dialog, qtbot)
    assert corpus.schema.by_name["entities"].by_name["PER"].title == "Human"


def test_every_field_of_a_label_is_stored(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(dialog, "entities", "ORG")
    form = dialog.label_form
    for field, text in ((form.title, "Firm"), (form.key, "o"), (form.code, "FIRM")):
        field.selectAll()
        qtbot.keyClicks(field, text)
    form.guideline.source.setPlainText("**Firms** only.")
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#123456"))
    form.colour.click()
    store(dialog, qtbot)
    label = corpus.schema.by_name["entities"].by_name["ORG"]
    assert (label.title, label.key, label.code, label.guideline, label.colour) == (
        "Firm",
        "o",
        "FIRM",
        "**Firms** only.",
        "#123456",
    )


def test_the_preview_shows_markdown_without_html_and_fetches_nothing(dialog: SchemaDialog) -> None:
    choose(dialog, "entities", "PER")
    editor = dialog.label_form.guideline
    editor.source.setPlainText("**bold** <b>kept</b> ![x](https://example.org/x.png)")
    editor.setCurrentIndex(1)
    shown = editor.preview.toPlainText()
    assert "<b>kept</b>" in shown
    assert "**" not in shown
    assert editor.preview.loadResource(2, "https://example.org/x.png") is None


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "two words", "that is a word"),
        ("name", "ORG", "has a label “ORG” already"),
        ("key", "x", "“Reject or remove”"),
        ("key", "2", "belongs to “Organization”"),
        ("key", "%", "one letter or digit"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_stored(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot, field: str, text: str, sentence: str
) -> None:
    choose(dialog, "entities", "PER")
    line = getattr(dialog.label_form, field)
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert sentence in dialog.message.text()
    assert dialog.draft.change.changes_nothing
    choose(dialog, "entities", "LOC")
    assert "⚠" in dialog.message.text()
    choose(dialog, "entities", "PER")
    assert getattr(dialog.label_form, field).text().lower() in ("per", "1")
    assert corpus.reload_schema() == find_schema("conll")


def test_labels_are_added_moved_and_removed_by_key(dialog: SchemaDialog, qtbot: QtBot) -> None:
    choose(dialog, "entities", "LOC")
    dialog.tree.setFocus()
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert labels(dialog.draft.schema) == ["PER", "LOC", "ORG", "MISC"]
    assert dialog.tree.chosen_key == ("entities", "LOC")
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert labels(dialog.draft.schema) == ["PER", "ORG", "MISC", "LOC"]
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Delete)
    assert labels(dialog.draft.schema) == ["PER", "ORG", "MISC"]
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Insert)
    assert labels(dialog.draft.schema) == ["PER", "ORG", "MISC", "LABEL"]
    assert dialog.label_form.name.hasFocus()
    assert dialog.label_form.name.selectedText() == "LABEL"
    for _ in range(5):
        dialog.undo.click()
    assert dialog.draft.change.changes_nothing
    assert labels(dialog.draft.schema) == ["PER", "ORG", "LOC", "MISC"]
    assert not dialog.undo.isEnabled()


def drop(dialog: SchemaDialog, layer: str, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drop the chosen row below another."""
    target = next(item for item in dialog.tree._items() if dialog.tree._key_of(item) == (layer, label))
    place = QPointF(dialog.tree.visualItemRect(target).center())
    below = QAbstractItemView.DropIndicatorPosition.BelowItem
    monkeypatch.setattr(dialog.tree, "dropIndicatorPosition", lambda: below)
    data = QMimeData()
    none = Qt.KeyboardModifier.NoModifier
    dialog.tree.dropEvent(QDropEvent(place, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, none))


def test_labels_and_layers_are_moved_by_dragging_among_their_own(
    dialog: SchemaDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(dialog, "entities", "PER")
    drop(dialog, "entities", "LOC", monkeypatch)
    assert labels(dialog.draft.schema) == ["ORG", "LOC", "PER", "MISC"]
    drop(dialog, "blocks", "body", monkeypatch)
    assert labels(dialog.draft.schema) == ["ORG", "LOC", "PER", "MISC"]
    choose(dialog, "articles")
    drop(dialog, "entities", "MISC", monkeypatch)
    assert [layer.name for layer in dialog.draft.schema.layers] == ["blocks", "entities", "articles"]


@pytest.mark.parametrize(
    ("fate", "left"),
    [("LOC", {Span(0, 3, "entities", "LOC"), Rejection(CNN)}), ("", {Rejection(CNN)}), (None, {JOE, Rejection(CNN)})],
)
def test_removing_a_label_in_use_asks_what_its_marks_become(
    dialog: SchemaDialog,
    corpus: Corpus,
    qtbot: QtBot,
    answer: Callable[..., list[str]],
    fate: str | None,
    left: set[Mark],
) -> None:
    asked = answer(PER=fate)
    choose(dialog, "entities", "PER")
    dialog.remove.click()
    assert asked == ["PER: Choose…, Relabel to ORG, Relabel to LOC, Relabel to MISC, Remove them"]
    if fate is None:
        assert dialog.draft.change.changes_nothing
    else:
        store(dialog, qtbot)
    assert marks(corpus) == left


def test_the_question_names_labels_and_counts_and_waits_for_every_answer(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot
) -> None:
    uses = {("entities", name): dialog.draft.use_of("entities", name) for name in ("PER", "ORG")}
    question = FateDialog(uses, corpus.schema, "Removing “Entities”")
    qtbot.addWidget(question)
    shown = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "takes away 2 labels that are in use" in shown
    assert "3 marks on 3 pages" in shown
    assert "3 rejections" in shown
    assert not question.go_on.isEnabled()
    choices = list(question.choices.values())
    assert [choices[0].itemData(i) for i in range(choices[0].count())] == [UNDECIDED, "LOC", "MISC", ""]
    choices[0].setCurrentIndex(1)
    assert not question.go_on.isEnabled()
    choices[1].setCurrentIndex(3)
    assert question.go_on.isEnabled()
    assert question.fates == {("entities", "PER"): "LOC", ("entities", "ORG"): ""}


def test_a_layer_is_removed_with_its_marks_after_asking(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot, answer: Callable[..., list[str]]
) -> None:
    asked = answer()
    choose(dialog, "entities")
    dialog.remove.click()
    assert asked == ["PER: Remove them", "ORG: Remove them"]
    store(dialog, qtbot)
    assert marks(corpus) == set()
    assert "entities" not in corpus.schema.by_name


def test_a_layer_is_added_named_and_given_a_mapping(dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot) -> None:
    dialog._add_layer(LayerKind.SPANS)
    form = dialog.layer_form
    form.name.setText("events")
    form.title.setText("Events")
    form.overlap.click()
    form.mapping.add.click()
    item, becomes = form.mapping.rows.item(0, 0), form.mapping.rows.cellWidget(0, 1)
    assert item is not None
    assert isinstance(becomes, QComboBox)
    item.setText("EVENT")
    becomes.setCurrentIndex(1)
    becomes.activated.emit(1)
    store(dialog, qtbot)
    layer = corpus.schema.by_name["events"]
    assert (layer.title, layer.overlap, dict(layer.mapping)) == ("Events", True, {"EVENT": "LABEL"})
    choose(dialog, "events")
    form.mapping.remove.click()
    store(dialog, qtbot)
    assert dict(corpus.schema.by_name["events"].mapping) == {}


def test_the_name_of_a_stored_layer_stays(dialog: SchemaDialog) -> None:
    choose(dialog, "entities")
    assert dialog.layer_form.name.isReadOnly()
    choose(dialog, "blocks")
    assert not dialog.layer_form.overlap.isVisible()


def test_a_schema_goes_out_as_toml_and_comes_in_after_asking(
    dialog: SchemaDialog,
    corpus: Corpus,
    qtbot: QtBot,
    tmp_path: Path,
    answer: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "own.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "own"), ""))
    dialog.export.click()
    assert path.read_text("utf-8") == schema_to_toml(find_schema("conll"))
    path.write_text(path.read_text("utf-8").replace('"PER"', '"HUMAN"'), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    asked = answer(PER="HUMAN")
    dialog.import_.click()
    assert asked[0].startswith("PER: Choose…, Relabel to HUMAN")
    store(dialog, qtbot)
    assert marks(corpus) == {Span(0, 3, "entities", "HUMAN"), Rejection(CNN)}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("bad.toml", 'name = "x"\nversion = 0\n', "bad.toml, line 2: `version`"),
        ("bad.json", '{"name": "x",\n"version": 0}', "bad.json, line 2: `version`"),
    ],
)
def test_a_file_with_mistakes_is_refused_with_line_and_reason(
    dialog: SchemaDialog, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    dialog.import_file(tmp_path / name)
    assert sentence in dialog.message.text()
    assert dialog.draft.change.changes_nothing


def test_keys_of_an_imported_schema_that_commands_have_are_named_and_not_stored(
    dialog: SchemaDialog, corpus: Corpus, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(schema_to_toml(find_schema("conll")).replace('key = "4"', 'key = "b"'), encoding="utf-8")
    dialog.import_file(path)
    assert "⚠ The key B" in dialog.message.text()
    dialog.apply.click()
    assert dialog._job is None
    assert corpus.reload_schema() == find_schema("conll")


def test_a_refusal_by_the_corpus_is_shown_and_the_draft_stays(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot
) -> None:
    choose(dialog, "entities", "PER")
    dialog.draft.rename_label("entities", "PER", "HUMAN")
    dialog._show_all("entities", "HUMAN")
    with Corpus.open(corpus.path) as other:
        draft = SchemaDraft(other)
        draft.rename_label("entities", "LOC", "PLACE")
        other.change_schema(draft.change.finish())
    dialog.apply.click()
    qtbot.waitUntil(lambda: dialog._job is None)
    assert "changed by another program" in dialog.message.text()
    assert dialog.apply.isEnabled()
    assert labels(dialog.draft.schema)[0] == "HUMAN"


def test_storing_can_be_stopped_and_leaves_the_corpus_as_it_was(
    dialog: SchemaDialog, corpus: Corpus, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_path: Path, _change: object, report: Callable[[int, int | None], None]) -> None:
        for done in range(1_000_000):
            report(done, 1_000_000)
        raise Cancelled("never")

    monkeypatch.setattr(module, "apply_change", slow)
    dialog.draft.rename_label("entities", "PER", "HUMAN")
    dialog._show_all("entities", "HUMAN")
    dialog.apply.click()
    assert dialog.progress.isVisible()
    assert not dialog.close_button.isEnabled()
    dialog.reject()
    assert dialog.isVisible()
    dialog.stop.click()
    qtbot.waitUntil(lambda: dialog._job is None)
    assert "Stopped" in dialog.message.text()
    assert not dialog.progress.isVisible()
    assert corpus.reload_schema() == find_schema("conll")


@pytest.mark.parametrize(("button", "open_"), [("Discard", False), ("Cancel", True)])
def test_closing_with_changes_asks(dialog: SchemaDialog, button: str, open_: bool) -> None:
    dialog.title.setText("Own")
    dialog._title_left()

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        box.button(getattr(QMessageBox.StandardButton, button)).click()

    QTimer.singleShot(0, press)
    dialog.close_button.click()
    assert dialog.isVisible() is open_


def test_closing_without_changes_asks_nothing(dialog: SchemaDialog) -> None:
    dialog.close_button.click()
    assert not dialog.isVisible()


def test_every_control_is_reachable_by_tab_and_named(dialog: SchemaDialog, qtbot: QtBot) -> None:
    for key in (("entities", "PER"), ("entities", "")):
        choose(dialog, *key)
        dialog.title.setFocus()
        seen: set[QWidget] = set()
        for _ in range(60):
            widget = QApplication.focusWidget()
            assert widget is not None
            seen.add(widget)
            qtbot.keyClick(widget, Qt.Key.Key_Tab)
        form = dialog.label_form if key[1] else dialog.layer_form
        wanted = [
            widget
            for of in (form, dialog)
            for widget in of.findChildren(QWidget)
            if widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
        ]
        left = [widget for widget in wanted if widget not in seen and not isinstance(widget, QScrollBar)]
        assert [repr(widget) for widget in left] == []
        for widget in seen:
            named = widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text())
            assert named or widget.metaObject().className() in ("QTabBar", "QScrollArea", "QCheckBox"), widget


def test_the_chosen_row_is_seen_after_a_click(dialog: SchemaDialog, qtbot: QtBot) -> None:
    item = next(item for item in dialog.tree._items() if dialog.tree._key_of(item) == ("blocks", "body"))
    place: QPoint = dialog.tree.visualItemRect(item).center()
    qtbot.mouseClick(dialog.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.label_form.name.text() == "body"
