"""What to import and how it is read. It asks; a job does."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)

from annotator.app.transfer import FORMATS, ImportOptions, Role, parse_columns
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.ui.transfer_fields import button, choice, why_not


class ImportDialog(QDialog):
    """Asks for files and folders, how to read them, and what their marks become."""

    def __init__(self, paths: Sequence[str] = (), schema: Schema | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import"))
        self.resize(560, 320)
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Files and folders to import"))
        self.files.addItems(list(paths))
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Format"))
        self.format.addItem(tr("recognise from the content"), "")
        for item in FORMATS:
            if item.read is not None:
                self.format.addItem(f"{item.name}: {tr(item.title)}", item.name)
        self.field = QLineEdit("text")
        self.field.setAccessibleName(tr("Field that holds the text"))
        self.role = QComboBox()
        self.role.setAccessibleName(tr("What marks become"))
        for title, role in (
            (tr("what the files say"), Role.AS_WRITTEN),
            (tr("nothing: only the texts come in"), Role.DOCUMENTS),
            (tr("proposals to decide on"), Role.PROPOSALS),
            (tr("work of an annotator"), Role.ANNOTATIONS),
            (tr("gold"), Role.GOLD),
        ):
            self.role.addItem(title, role.value)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Annotator or proposer of the marks"))
        self.name.setPlaceholderText(tr("as the files say"))
        self.role.currentIndexChanged.connect(self._named)
        self.columns = QLineEdit()
        self.columns.setAccessibleName(tr("Columns or fields that hold title, source and date"))
        self.columns.setPlaceholderText(tr("by their names, or: {example}", example="title=headline, source=link"))
        self.columns.textChanged.connect(self._check)
        self.lines = choice(tr("Plain text"), (tr("a document a file"), False), (tr("a document a line"), True))
        self.html = choice(
            tr("Web pages"), (tr("all text as the reader sees it"), "blocks"), (tr("the main text alone"), "main")
        )
        self.strict = choice(
            tr("Records that cannot be read"),
            (tr("are left out and listed"), False),
            (tr("stop the import, with nothing imported"), True),
        )
        self.rejects = QLineEdit()
        self.rejects.setAccessibleName(tr("File that gets the records that cannot be read"))
        self.rejects.setPlaceholderText(tr("no file: they are only listed"))
        self.layer = choice(tr("Layer into which spans go"), (tr("found by their label"), ""))
        for layer in schema.of_kind(LayerKind.SPANS) if schema else ():
            self.layer.addItem(layer.title, layer.name)
        self.utf16 = choice(
            tr("How Label Studio files count"),
            (tr("in characters"), False),
            (tr("in UTF-16 units, as its page does"), True),
        )
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.hide()
        row = QHBoxLayout()
        for title, deed in ((tr("Files…"), self._add_files), (tr("Folder…"), self._add_folder)):
            row.addWidget(button(title, deed))
        self.remove = button(tr("Take off the list"), self._take_off)
        row.addWidget(self.remove)
        kept = QHBoxLayout()
        kept.addWidget(self.rejects)
        self.browse = button(tr("Browse…"), self._browse)
        kept.addWidget(self.browse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.form = form = QFormLayout(self)
        form.addRow(tr("From"), self.files)
        form.addRow("", row)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("Text field"), self.field)
        form.addRow(tr("Columns"), self.columns)
        form.addRow(tr("Plain text"), self.lines)
        form.addRow(tr("Web pages"), self.html)
        form.addRow(tr("Marks become"), self.role)
        form.addRow(tr("Whose"), self.name)
        form.addRow(tr("Spans go to"), self.layer)
        form.addRow(tr("Offsets count"), self.utf16)
        form.addRow(tr("Bad records"), self.strict)
        form.addRow(tr("Kept in"), kept)
        form.addRow(self.told)
        form.addRow(self.buttons)
        self.format.currentIndexChanged.connect(self._suit)
        self.files.itemSelectionChanged.connect(self._suit)
        self.strict.currentIndexChanged.connect(self._suit)
        self._named()
        self._suit()
        self._check()

    def becomes(self) -> tuple[Role, str]:
        """What the marks of the files become, and whose; an empty name for those that the files name."""
        role = Role(self.role.currentData())
        return role, " ".join(self.name.text().split()) if self.name.isEnabled() else ""

    def options(self, schema: Schema) -> ImportOptions:
        """How files are read.

        Raises:
            InputError: The columns are none.
        """
        return ImportOptions(
            schema,
            text_field=self.field.text().strip() or "text",
            columns=parse_columns(self.columns.text()),
            lines=self.lines.currentData(),
            html=self.html.currentData(),
            layer=self.layer.currentData(),
            utf16=self.utf16.currentData() and self.form.isRowVisible(self.utf16),
        )

    def rejects_file(self) -> Path | None:
        """The file that gets the records that cannot be read; None where none is wanted."""
        name = self.rejects.text().strip()
        return Path(name).expanduser() if name and self.rejects.isEnabled() else None

    def _suit(self) -> None:
        """Offer what fits: a file for bad records where they do not stop the import, UTF-16 for Label Studio."""
        self.form.setRowVisible(self.utf16, self.format.currentData() in {"", "label-studio"})
        self.rejects.setEnabled(not self.strict.currentData())
        self.browse.setEnabled(self.rejects.isEnabled())
        self.remove.setEnabled(bool(self.files.selectedItems()))

    def _named(self) -> None:
        self.name.setEnabled(Role(self.role.currentData()) in {Role.PROPOSALS, Role.ANNOTATIONS})

    def paths(self) -> list[str]:
        """What to import."""
        return [self.files.item(i).text() for i in range(self.files.count())]

    def _add_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files to import"))
        self.files.addItems(names)
        self._check()

    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder to import"))
        if name:
            self.files.addItem(name)
        self._check()

    def _take_off(self) -> None:
        for item in self.files.selectedItems():
            self.files.takeItem(self.files.row(item))
        self._check()

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("File for bad records"), self.rejects.text())
        if name:
            self.rejects.setText(name)

    def _check(self) -> None:
        wrong = why_not(lambda: parse_columns(self.columns.text()))
        self.told.setText(wrong)
        self.told.setVisible(bool(wrong))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.files.count() > 0 and not wrong)
