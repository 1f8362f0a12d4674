"""Forms for one label and for one layer of a schema that is being changed."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.schema_changes import SchemaDraft
from annotator.core import schema_edits
from annotator.core.errors import SchemaError
from annotator.core.schema import Layer, LayerKind
from annotator.core.words import tr
from annotator.ui.main_window import GuideView


def swatch(colour: str, frame: QColor, size: int) -> QIcon:
    """A square of a label's colour, `size` pixels wide, with a frame that can be seen on any ground."""
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor(colour))
    painter = QPainter(pixmap)
    painter.setPen(frame)
    painter.drawRect(0, 0, size - 1, size - 1)
    painter.end()
    return QIcon(pixmap)


def kind_title(kind: LayerKind) -> str:
    """A kind of layer in the user's words."""
    return {
        LayerKind.SEGMENTS: tr("segments of the text"),
        LayerKind.SPANS: tr("spans in the text"),
        LayerKind.DOCUMENT: tr("labels of the whole document"),
    }[kind]


class GuidelineEditor(QTabWidget):
    """Markdown to write, and a preview that shows it as the window will. Nothing is fetched."""

    left = Signal()
    """The user has stopped writing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = _Source(self.left.emit)
        self.source.setAccessibleName(tr("Guideline, in Markdown"))
        self.source.setTabChangesFocus(True)
        self.preview = GuideView()
        self.preview.setAccessibleName(tr("Preview of the guideline"))
        self._title = ""
        self.addTab(self.source, tr("&Write"))
        self.addTab(self.preview, tr("Pre&view"))
        self.setMinimumHeight(self.fontMetrics().height() * 9)
        self.currentChanged.connect(self._shown)

    def show_text(self, title: str, text: str) -> None:
        """Show the guideline of what is called `title`."""
        self._title = title
        if self.source.toPlainText() != text:
            self.source.setPlainText(text)
        self._shown()

    def text(self) -> str:
        """The guideline as it stands."""
        return self.source.toPlainText()

    def _shown(self) -> None:
        self.preview.show_text(self._title, self.text())


class _Source(QPlainTextEdit):
    def __init__(self, left: Callable[[], None]) -> None:
        super().__init__()
        self._left = left

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._left()


class LabelForm(QWidget):
    """Name, title, colour, key, code and guideline of one label."""

    edited = Signal()
    """A field was left or a colour chosen: time to call `commit`."""

    def __init__(self, draft: SchemaDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self._at = ("", "")
        self.name, self.title, self.key, self.code = (QLineEdit() for _ in range(4))
        self.key.setMaxLength(1)
        self.code.setMaxLength(6)
        self.colour = QPushButton()
        self.colour.setAutoDefault(False)
        self.colour.clicked.connect(self._choose_colour)
        self.guideline = GuidelineEditor()
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (tr("&Name"), self.name, tr("Name: what is stored and exported, one word")),
            (tr("&Title"), self.title, tr("Title: what the window shows; the name where empty")),
            (tr("&Key"), self.key, tr("Key: the letter or digit that gives this label")),
            (tr("C&ode"), self.code, tr("Code: up to six characters, drawn beside a mark")),
            (tr("&Colour"), self.colour, tr("Colour")),
        )
        for word, widget, spoken in rows:
            widget.setAccessibleName(spoken)
            widget.setToolTip(spoken)
            form.addRow(word, widget)
            if isinstance(widget, QLineEdit):
                widget.editingFinished.connect(self.edited)
        self.use = QLabel()
        self.use.setWordWrap(True)
        form.addRow(tr("Used by"), self.use)
        form.addRow(QLabel(tr("Guideline (Markdown)")))
        form.addRow(self.guideline)
        self.guideline.left.connect(self.edited)

    @property
    def at(self) -> tuple[str, str]:
        """Layer and label that the form shows."""
        return self._at

    def show_label(self, layer: str, label: str, use: str) -> None:
        """Show a label of the draft and how much it is used."""
        self._at = (layer, label)
        of = self.draft.schema.by_name[layer].by_name[label]
        self.name.setText(of.name)
        self.title.setText(of.title)
        self.title.setPlaceholderText(of.name)
        self.key.setText(of.key.upper())
        self.code.setText(of.code)
        self.code.setPlaceholderText(of.short)
        self.guideline.show_text(of.shown, of.guideline)
        self.use.setText(use or tr("nothing yet"))
        self._show_colour(of.colour)

    def commit(self) -> str:
        """Put what the fields say into the draft; gives the name of the label.

        Raises:
            SchemaError: A field does not fit; those before it are in the draft.
        """
        layer, label = self._at
        if self.draft.schema.find(layer, label) is None:
            return label
        name = self.name.text().strip()
        if name != label:
            self.draft.rename_label(layer, label, name)
            self._at = (layer, name)
        of = self.draft.schema.by_name[layer].by_name[name]
        key = self.key.text().strip().lower()
        if key != of.key:
            if problem := self.draft.key_problem(layer, name, key):
                raise SchemaError(problem)
            self.draft.edit(schema_edits.set_label_key, layer, name, key)
        for value, old, deed in (
            (self.title.text().strip(), of.title, schema_edits.set_label_title),
            (self.code.text().strip(), of.code, schema_edits.set_label_code),
            (self.guideline.text(), of.guideline, schema_edits.set_label_guideline),
        ):
            if value != old:
                self.draft.edit(deed, layer, name, value)
        return name

    def _choose_colour(self) -> None:
        layer, label = self._at
        now = QColor(self.draft.schema.by_name[layer].by_name[label].colour)
        options = QColorDialog.ColorDialogOption.DontUseNativeDialog
        chosen = QColorDialog.getColor(now, self, tr("Colour of “{label}”", label=label), options)
        if chosen.isValid() and chosen != now:
            self.set_colour(chosen.name())

    def set_colour(self, colour: str) -> None:
        """Give the label a colour, `#rrggbb`."""
        self.draft.edit(schema_edits.recolour_label, *self._at, colour)
        self._show_colour(colour)
        self.edited.emit()

    def _show_colour(self, colour: str) -> None:
        frame = self.palette().color(QPalette.ColorRole.ButtonText)
        self.colour.setIcon(swatch(colour, frame, self.fontMetrics().height()))
        self.colour.setText(tr("{colour} – choose…", colour=colour))
        self.colour.setAccessibleName(tr("Colour {colour}, choose another", colour=colour))


class LayerForm(QWidget):
    """Name, title, overlap, guideline and mapping of one layer."""

    edited = Signal()

    def __init__(self, draft: SchemaDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self._at = ""
        self.name, self.title = QLineEdit(), QLineEdit()
        self.name.setAccessibleName(tr("Name of the layer, one word"))
        self.title.setAccessibleName(tr("Title: what the window shows; the name where empty"))
        self.kind = QLabel()
        self.overlap = QCheckBox(tr("Spans may &overlap"))
        self.guideline = GuidelineEditor()
        self.mapping = MappingTable()
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(tr("&Name"), self.name)
        form.addRow(tr("&Title"), self.title)
        form.addRow(tr("Holds"), self.kind)
        form.addRow(self.overlap)
        form.addRow(QLabel(tr("Guideline (Markdown)")))
        form.addRow(self.guideline)
        form.addRow(QLabel(tr("Labels of proposers and files")))
        form.addRow(self.mapping)
        for line in (self.name, self.title):
            line.editingFinished.connect(self.edited)
        self.overlap.clicked.connect(self.edited)
        self.guideline.left.connect(self.edited)
        self.mapping.edited.connect(self.edited)

    @property
    def at(self) -> str:
        """The layer that the form shows."""
        return self._at

    def show_layer(self, layer: str) -> None:
        """Show a layer of the draft."""
        self._at = layer
        of = self.draft.schema.by_name[layer]
        self.name.setText(of.name)
        self.name.setReadOnly(layer in self.draft.change.before.by_name)
        self.name.setToolTip(tr("Marks hold the name of their layer; its title can change."))
        self.title.setText(of.title)
        self.title.setPlaceholderText(of.name)
        self.kind.setText(kind_title(of.kind))
        self.overlap.setVisible(of.kind is LayerKind.SPANS)
        self.overlap.setChecked(of.overlap)
        self.guideline.show_text(of.shown, of.guideline)
        self.mapping.show_layer(of)

    def commit(self) -> str:
        """Put what the fields say into the draft; gives the name of the layer.

        Raises:
            SchemaError: A field does not fit; those before it are in the draft.
        """
        if self._at not in self.draft.schema.by_name:
            return self._at
        name = self.name.text().strip()
        if name != self._at:
            self.draft.rename_layer(self._at, name)
            self._at = name
        of = self.draft.schema.by_name[name]
        if self.title.text().strip() != of.title:
            self.draft.edit(schema_edits.set_layer_title, name, self.title.text())
        if of.kind is LayerKind.SPANS and self.overlap.isChecked() != of.overlap:
            self.draft.edit(schema_edits.set_overlap, name, self.overlap.isChecked())
        if self.guideline.text() != of.guideline:
            self.draft.edit(schema_edits.set_layer_guideline, name, self.guideline.text())
        if (mapping := self.mapping.mapping()) != dict(of.mapping):
            self.draft.edit(schema_edits.set_mapping, name, mapping)
        return name


class MappingTable(QWidget):
    """What a proposer or a file calls something, and which label of the layer it becomes."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[str] = []
        self.rows = QTableWidget(0, 2)
        self.rows.setHorizontalHeaderLabels([tr("Their label"), tr("becomes")])
        self.rows.setAccessibleName(tr("Mapping of labels"))
        self.rows.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.rows.verticalHeader().hide()
        self.rows.setTabKeyNavigation(False)
        self.rows.setMinimumHeight(self.fontMetrics().height() * 7)
        self.rows.itemChanged.connect(lambda _: self.edited.emit())
        self.add = QPushButton(tr("Add a li&ne"))
        self.add.clicked.connect(self._add)
        self.remove = QPushButton(tr("Take the line a&way"))
        self.remove.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.rows)
        layout.addLayout(buttons)

    def show_layer(self, layer: Layer) -> None:
        """Show the mapping of a layer."""
        labels = [label.name for label in layer.labels]
        if labels == self._labels and self.mapping() == dict(layer.mapping):
            return
        self._labels = labels
        self.rows.blockSignals(True)
        self.rows.setRowCount(0)
        for theirs, ours in layer.mapping.items():
            self._append(theirs, ours)
        self.rows.blockSignals(False)
        self.remove.setEnabled(self.rows.rowCount() > 0)

    def mapping(self) -> dict[str, str]:
        """The mapping as it stands; lines that name nothing are left out."""
        found = {}
        for row in range(self.rows.rowCount()):
            item, ours = self.rows.item(row, 0), self.rows.cellWidget(row, 1)
            if item is not None and isinstance(ours, QComboBox) and item.text().strip():
                found[item.text()] = str(ours.currentData())
        return found

    def _append(self, theirs: str, ours: str) -> None:
        row = self.rows.rowCount()
        self.rows.insertRow(row)
        self.rows.setItem(row, 0, QTableWidgetItem(theirs))
        choice = QComboBox()
        choice.addItem(tr("(dropped)"), "")
        for label in self._labels:
            choice.addItem(label, label)
        choice.setCurrentIndex(max(choice.findData(ours), 0))
        choice.setAccessibleName(tr("What “{label}” becomes", label=theirs or tr("a new line")))
        choice.activated.connect(lambda _: self.edited.emit())
        self.rows.setCellWidget(row, 1, choice)

    def _add(self) -> None:
        self.rows.blockSignals(True)
        self._append("", "")
        self.rows.blockSignals(False)
        self.remove.setEnabled(True)
        row = self.rows.rowCount() - 1
        self.rows.setCurrentCell(row, 0)
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
        item = self.rows.item(row, 0)
        if item is not None:
            self.rows.editItem(item)

    def _remove(self) -> None:
        row = self.rows.currentRow() if self.rows.currentRow() >= 0 else self.rows.rowCount() - 1
        self.rows.removeRow(row)
        self.remove.setEnabled(self.rows.rowCount() > 0)
        self.edited.emit()
