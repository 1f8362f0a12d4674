"""The schema of the corpus, to look at and to change. Nothing is stored before "Apply"; then all of it, or nothing."""

from collections.abc import Callable, Container, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.schema_changes import (
    ChangeReport,
    LabelUse,
    SchemaDraft,
    apply_change,
    describe_report,
    read_schema_file,
    use_in_words,
    write_schema_file,
)
from annotator.core import schema_edits
from annotator.core.errors import AnnotatorError
from annotator.core.schema import LayerKind, Schema
from annotator.core.schema_edits import LabelKey
from annotator.core.words import tr
from annotator.ui.jobs import Job
from annotator.ui.schema_fates import FateDialog, fit_to_screen
from annotator.ui.schema_forms import LabelForm, LayerForm, kind_title
from annotator.ui.schema_tree import SchemaTree

_FILES = "*.toml *.json"


class SchemaDialog(QDialog):
    """Layers and labels on the left, the chosen one on the right, what a change does below."""

    changed = Signal(object)
    """A change was stored; says what it did, a list of sentences."""

    def __init__(self, draft: SchemaDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self._job: Job | None = None
        self.setWindowTitle(tr("Schema"))
        self.title = QLineEdit()
        self.title.setAccessibleName(tr("Title of the schema"))
        self.title.editingFinished.connect(self._title_left)
        self.tree = SchemaTree()
        self.label_form, self.layer_form = LabelForm(draft), LayerForm(draft)
        self.forms = QStackedWidget()
        for form in (self.label_form, self.layer_form):
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            area.setWidget(form)
            self.forms.addWidget(area)
            form.edited.connect(self.commit)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.setAccessibleName(tr("What the change does"))
        self._build()
        self.tree.chosen.connect(self._choose)
        self.tree.dropped.connect(self._drop)
        self._show_all(draft.schema.layers[0].name, "")
        fit_to_screen(self, 150, 44)
        self.splitter.setSizes([self.width() * 2 // 5, self.width() * 3 // 5])
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree)
        self.add_label = self._button(tr("Add &label"), self._add_label, "Ins")
        self.add_layer = self._button(tr("Add la&yer"), None)
        menu = QMenu(self.add_layer)
        for kind in LayerKind:
            menu.addAction(kind_title(kind), partial(self._add_layer, kind))
        self.add_layer.setMenu(menu)
        self.remove = self._button(tr("&Remove…"), self._remove, "Del")
        self.up = self._button(tr("&Up"), lambda: self._move(-1), "Alt+Up")
        self.down = self._button(tr("&Down"), lambda: self._move(1), "Alt+Down")
        for row in ((self.add_label, self.add_layer), (self.remove, self.up, self.down)):
            line = QHBoxLayout()
            for button in row:
                line.addWidget(button)
            column.addLayout(line)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.forms)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        self.undo = self._button(tr("U&ndo"), self._undo)
        self.import_ = self._button(tr("&Import…"), self._import)
        self.export = self._button(tr("&Export…"), self._export)
        self.apply = self._button(tr("&Apply"), self._apply)
        self.close_button = self._button(tr("Close"), self.reject)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Progress"))
        self.progress.hide()
        self.stop = self._button(tr("&Stop"), self._stop)
        self.stop.hide()
        bottom = QHBoxLayout()
        for widget in (self.undo, self.import_, self.export, self.progress, self.stop):
            bottom.addWidget(widget)
        bottom.addStretch(1)
        bottom.addWidget(self.apply)
        bottom.addWidget(self.close_button)
        top = QHBoxLayout()
        word = QLabel(tr("Sc&hema"))
        word.setBuddy(self.title)
        top.addWidget(word)
        top.addWidget(self.title)
        said = QScrollArea()
        said.setWidgetResizable(True)
        said.setWidget(self.message)
        said.setFixedHeight(self.fontMetrics().height() * 5)
        said.setAccessibleName(tr("What the change does"))
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(said)
        layout.addLayout(bottom)

    def _button(self, text: str, deed: Callable[[], object] | None, key: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        if deed is not None:
            button.clicked.connect(lambda: deed())
        if key:
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tr("{what} ({key}, in the list)", what=text.replace("&", "").rstrip("…"), key=shown))
            shortcut = QShortcut(QKeySequence(key), self.tree)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
        return button

    # Showing

    def _show_all(self, layer: str, label: str) -> None:
        """Show the draft anew, with this layer or label chosen where it is there."""
        self.title.setText(self.draft.schema.title)
        self.title.setPlaceholderText(self.draft.schema.name)
        self.tree.show_schema(self.draft.schema, self._marks, layer, label)
        self._choose(*self.tree.chosen_key)
        self._tell()

    def _marks(self, layer: str, label: str) -> int:
        return self.draft.use_of(layer, label).total

    def _choose(self, layer: str, label: str) -> None:
        if (layer, label) != self._shown_key():
            # What does not fit is told and not kept: the fields show another label from here on.
            self._commit()
        of = self.draft.schema.by_name.get(layer)
        if of is None:
            return
        if label:
            self.label_form.show_label(layer, label, use_in_words(self.draft.use_of(layer, label)))
        else:
            self.layer_form.show_layer(layer)
        self.forms.setCurrentIndex(0 if label else 1)
        self._show_buttons()

    def _shown_key(self) -> tuple[str, str]:
        return self.label_form.at if self.forms.currentIndex() == 0 else (self.layer_form.at, "")

    def _show_buttons(self) -> None:
        layer, label = self.tree.chosen_key
        layers = [item.name for item in self.draft.schema.layers]
        order = [item.name for item in self.draft.schema.by_name[layer].labels] if label else layers
        place = order.index(label or layer)
        self.up.setEnabled(place > 0)
        self.down.setEnabled(place + 1 < len(order))
        self.remove.setEnabled(len(order) > 1)
        self.undo.setEnabled(self.draft.can_undo)

    def _tell(self) -> None:
        """Say what the draft does and what is wrong with it."""
        lines = [*(f"⚠ {problem}" for problem in self.draft.key_problems()), *self.draft.summary()]
        self.message.setText("\n".join(lines) or tr("Nothing is changed yet."))
        self._show_buttons()

    def say(self, sentence: str) -> None:
        """Say what was refused, in the window and to a screen reader."""
        self.message.setText(f"⚠ {sentence}")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _attempt(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except AnnotatorError as error:
            self.say(str(error))
            return False
        return True

    # Editing

    def commit(self) -> None:
        """Put what the fields say into the draft and show what it does; say so where a field does not fit."""
        if self._commit():
            self._tell()

    def _commit(self) -> bool:
        form = self.label_form if self.forms.currentIndex() == 0 else self.layer_form
        fits = self._attempt(form.commit)
        self.tree.update_schema(self.draft.schema, self._marks)
        self._show_buttons()
        return fits

    def _title_left(self) -> None:
        if self.title.text().strip() != self.draft.schema.title:
            self.draft.edit(schema_edits.set_schema_title, self.title.text())
            self._tell()

    def _add_label(self) -> None:
        if not self._commit():
            return
        layer = self.tree.chosen_key[0]
        name = _free_name(tr("LABEL"), self.draft.schema.by_name[layer].by_name)
        if self._attempt(lambda: self.draft.edit(schema_edits.add_label, layer, name)):
            self._show_all(layer, name)
            self.label_form.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.label_form.name.selectAll()

    def _add_layer(self, kind: LayerKind) -> None:
        if not self._commit():
            return
        name = _free_name(tr("layer"), self.draft.schema.by_name)
        if self._attempt(lambda: self.draft.edit(schema_edits.add_layer, name, kind, tr("LABEL"))):
            self._show_all(name, "")
            self.layer_form.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.layer_form.name.selectAll()

    def _remove(self) -> None:
        if not self._commit():
            return
        layer, label = self.tree.chosen_key
        of = self.draft.schema.by_name[layer]
        names = [label] if label else [item.name for item in of.labels]
        leaving = {(layer, name): use for name in names if not (use := self.draft.use_of(layer, name)).unused}
        where = self.draft.schema if label else _without(self.draft.schema, layer)
        what = tr("Removing “{name}”", name=label or of.shown)
        fates = self._ask(leaving, where, what)
        if fates is None:
            return
        if label:
            done = self._attempt(lambda: self.draft.remove_label(layer, label, fates.get((layer, label), "")))
        else:
            done = self._attempt(lambda: self.draft.remove_layer(layer))
        if done:
            self._show_all(layer, "")
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self, leaving: Mapping[LabelKey, LabelUse], where: Schema, what: str) -> dict[LabelKey, str] | None:
        """What becomes of the marks of labels that leave; None when the user thinks better of it."""
        if not leaving:
            return {}
        dialog = FateDialog(leaving, where, what, self)
        agreed = bool(dialog.exec())
        fates = dialog.fates
        dialog.deleteLater()
        return fates if agreed else None

    def _move(self, step: int) -> None:
        layer, label = self.tree.chosen_key
        layers = [item.name for item in self.draft.schema.layers]
        order = [item.name for item in self.draft.schema.by_name[layer].labels] if label else layers
        self._move_to(layer, label, order.index(label or layer) + step)

    def _drop(self, layer: str, label: str, index: int) -> None:
        self._move_to(layer, label, index)

    def _move_to(self, layer: str, label: str, index: int) -> None:
        if not self._commit():
            return
        layer, label = self.tree.chosen_key
        if label:
            self.draft.edit(schema_edits.move_label, layer, label, index)
        else:
            self.draft.edit(schema_edits.move_layer, layer, index)
        self._show_all(layer, label)

    def _undo(self) -> None:
        self.draft.undo()
        self._show_all(*self.tree.chosen_key)

    # Files

    def _import(self) -> None:
        title = tr("Import a schema")
        name, _ = QFileDialog.getOpenFileName(self, title, "", tr("Schema") + f" ({_FILES})")
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Put the schema of a file in the place of the draft; ask about marks of labels that it lacks."""

        def read() -> None:
            schema = read_schema_file(path)
            leaving = {key: self.draft.use_of(*key) for key in self.draft.lacking(schema)}
            fates = self._ask(leaving, schema, tr("The schema in {file}", file=path.name))
            if fates is not None:
                self.draft.replace(schema, fates)
                self._show_all(*self.tree.chosen_key)

        if self._commit():
            self._attempt(read)

    def _export(self) -> None:
        if not self._commit():
            return
        suggested = f"{self.draft.schema.name}.toml"
        name, _ = QFileDialog.getSaveFileName(self, tr("Export the schema"), suggested, tr("Schema") + " (*.toml)")
        if name:
            self.export_file(Path(name) if name.endswith(".toml") else Path(name + ".toml"))

    def export_file(self, path: Path) -> None:
        """Write the draft as TOML."""
        if self._attempt(lambda: write_schema_file(path, self.draft.schema)):
            self.message.setText(tr("Wrote {path}.", path=path))

    # Storing

    def _apply(self) -> None:
        if not self._commit():
            return
        self._tell()
        if problems := self.draft.key_problems():
            self.say(" ".join(problems))
            return
        if self.draft.change.changes_nothing:
            return
        path, change = self.draft.path, self.draft.change.finish()
        self._job = Job(lambda report: apply_change(path, change, report), self)
        self._job.progressed.connect(self._progressed)
        self._job.succeeded.connect(self._stored)
        self._job.stopped.connect(self._refused)
        self._job.finished.connect(self._finished)
        self._show_working(True)
        self._job.start()

    def _show_working(self, working: bool) -> None:
        for widget in (self.splitter, self.title, self.undo, self.import_, self.export, self.apply, self.close_button):
            widget.setEnabled(not working)
        self.progress.setVisible(working)
        self.progress.setRange(0, 0)
        self.stop.setVisible(working)

    def _progressed(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.requestInterruption()

    def _stored(self, report: ChangeReport) -> None:
        told = [*self.draft.summary(), *describe_report(report)]
        chosen = self.tree.chosen_key
        self.draft = self.label_form.draft = self.layer_form.draft = self.draft.fresh()
        self._show_all(*chosen)
        version = tr("Stored: the schema is version {v} now.", v=self.draft.schema.version)
        self.message.setText("\n".join([version, *told]))
        self.changed.emit([version, *told])

    def _refused(self, sentence: str) -> None:
        self.say(sentence)

    def _finished(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self._show_working(False)
        self._show_buttons()

    def reject(self) -> None:
        """Close, after asking where changes would be lost."""
        if self._job is not None:
            return
        self._commit()
        if self.draft.change.changes_nothing or self._asked_to_discard():
            super().reject()

    def _asked_to_discard(self) -> bool:
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self)
        box.setWindowTitle(tr("Schema"))
        box.setText(tr("The changes are not stored yet."))
        box.setInformativeText("\n".join(self.draft.summary()[:8]))
        box.setStandardButtons(buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Cancel)
        answer = box.exec()
        box.deleteLater()
        return answer == buttons.Discard


def _free_name(stem: str, known: Container[str]) -> str:
    if stem not in known:
        return stem
    return next(name for n in range(2, 10_000) if (name := f"{stem}{n}") not in known)


def _without(schema: Schema, layer: str) -> Schema:
    return schema_edits.remove_layer(schema, layer) if len(schema.layers) > 1 else schema
