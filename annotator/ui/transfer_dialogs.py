"""What to import and how; what to export, in which format, to where. They ask; jobs do."""

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
    QPushButton,
    QWidget,
)

from annotator.app.transfer import FORMATS, find_format
from annotator.core.record import GOLD
from annotator.core.words import tr


class ImportDialog(QDialog):
    """Asks for files and folders, and how to read them."""

    def __init__(self, paths: Sequence[str] = (), parent: QWidget | None = None) -> None:
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
        row = QHBoxLayout()
        for title, deed in ((tr("Files…"), self._add_files), (tr("Folder…"), self._add_folder)):
            button = QPushButton(title)
            button.clicked.connect(deed)
            row.addWidget(button)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("From"), self.files)
        form.addRow("", row)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("Text field"), self.field)
        form.addRow(self.buttons)
        self._check()

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

    def _check(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.files.count() > 0)


class ExportDialog(QDialog):
    """Asks for format, whose work, and the file or folder."""

    def __init__(self, annotators: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self.resize(560, 200)
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Format"))
        for item in FORMATS:
            if item.write is not None:
                self.format.addItem(f"{item.name}: {tr(item.title)}", item.name)
        self.whose = QComboBox()
        self.whose.setAccessibleName(tr("Whose work"))
        self.whose.addItem(tr("everything: proposals and every annotator"), ("", False))
        self.whose.addItem(tr("only finished gold"), ("", True))
        for name in annotators:
            if name != GOLD:
                self.whose.addItem(tr("only {name}", name=name), (name, False))
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File or folder to write"))
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.path)
        row.addWidget(browse)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("What"), self.whose)
        form.addRow(tr("To"), row)
        form.addRow(self.about)
        form.addRow(self.buttons)
        self.path.textChanged.connect(self._check)
        self.format.currentIndexChanged.connect(self._describe)
        self._check()
        self._describe()

    def chosen(self) -> tuple[str, Path, str | None, bool]:
        """Format, path, annotator (None for all) and whether only gold is asked for."""
        annotator, gold = self.whose.currentData()
        return self.format.currentData(), Path(self.path.text().strip()).expanduser(), annotator or None, gold

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Export to"), self.path.text())
        if name:
            self.path.setText(name)

    def _check(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.path.text().strip()))

    def _describe(self) -> None:
        row = find_format(self.format.currentData())
        loses = tr("Left out and counted: {what}", what=tr(row.loses)) if row.loses else tr("Nothing is left out.")
        self.about.setText(f"{tr(row.holds)}\n{loses}")
