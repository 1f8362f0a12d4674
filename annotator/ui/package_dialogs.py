"""Which pages to hand out to whom as files, and which files to merge back. They ask; jobs do."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

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

from annotator.app.desk import Desk
from annotator.core.words import tr
from annotator.ui.jobs import Report
from annotator.ui.main_window import MainWindow

if TYPE_CHECKING:
    from annotator.app.packaging import MergeReport, Package

_ASSIGNED, _ALL, _CHOSEN = "assigned", "all", "chosen"


class Place(Protocol):
    """What handing out and merging need of the place where the parts meet."""

    path: Path
    desk: Desk
    window: MainWindow

    def open_corpus(self) -> Any: ...


class HandOutDialog(QDialog):
    """Asks who gets which pages, and where the files go."""

    def __init__(self, assigned: Mapping[str, int], folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Hand out pages as files"))
        self.resize(560, 220)
        self.names = QLineEdit(", ".join(assigned))
        self.names.setAccessibleName(tr("Annotators who get a file, parted by commas"))
        self.names.setPlaceholderText("ann, bea")
        self.pages = QComboBox()
        self.pages.setAccessibleName(tr("Which pages"))
        for title, way in (
            (tr("those assigned to each"), _ASSIGNED),
            (tr("all pages"), _ALL),
            (tr("those that conditions choose"), _CHOSEN),
        ):
            self.pages.addItem(title, way)
        self.pages.setCurrentIndex(0 if assigned else 1)
        self.where = QLineEdit()
        self.where.setAccessibleName(tr("Conditions on the pages"))
        self.where.setPlaceholderText("status=todo date>=2024")
        self.path = QLineEdit(str(folder / "handout"))
        self.path.setAccessibleName(tr("Folder for the files"))
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.path)
        row.addWidget(browse)
        told = _told(tr("Each file holds the pages, the proposals and that annotator's own work, and nobody else's."))
        self.buttons = _buttons(self)
        form = QFormLayout(self)
        form.addRow(tr("For"), self.names)
        form.addRow(tr("Pages"), self.pages)
        form.addRow(tr("Only"), self.where)
        form.addRow(tr("To"), row)
        form.addRow(told)
        form.addRow(self.buttons)
        for line in (self.names, self.where, self.path):
            line.textChanged.connect(self._check)
        self.pages.currentIndexChanged.connect(self._check)
        self._check()

    @property
    def annotators(self) -> list[str]:
        """Who gets a file."""
        return [name for part in self.names.text().split(",") if (name := " ".join(part.split()))]

    @property
    def conditions(self) -> str:
        """Conditions on the pages; empty where other pages were chosen."""
        return self.where.text().strip() if self.pages.currentData() == _CHOSEN else ""

    @property
    def every(self) -> bool:
        """Whether all pages were chosen."""
        return bool(self.pages.currentData() == _ALL)

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return Path(self.path.text().strip()).expanduser()

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder for the files"), self.path.text())
        if name:
            self.path.setText(name)

    def _check(self) -> None:
        chosen = self.pages.currentData() == _CHOSEN
        self.where.setEnabled(chosen)
        fine = bool(self.annotators and self.path.text().strip() and (self.conditions or not chosen))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(fine)


class MergeDialog(QDialog):
    """Asks for the files, and what to do where somebody worked on a page in both."""

    def __init__(self, paths: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Merge work from files"))
        self.resize(560, 260)
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Files to merge"))
        self.files.addItems(list(paths))
        self.conflicts = QComboBox()
        self.conflicts.setAccessibleName(tr("Where the annotator worked on a page here too"))
        self.conflicts.addItem(tr("leave the page as it is here"), False)
        self.conflicts.addItem(tr("take the work of the file, as one edit that can be undone"), True)
        self.labels = QLineEdit()
        self.labels.setAccessibleName(tr("What becomes of labels that the schema had when the files were made"))
        self.labels.setPlaceholderText("PERSON=PER, entities/GPE=")
        add = QPushButton(tr("Files…"))
        add.clicked.connect(self._add_files)
        self.buttons = _buttons(self)
        form = QFormLayout(self)
        form.addRow(tr("From"), self.files)
        form.addRow("", add)
        form.addRow(tr("Worked on in both"), self.conflicts)
        form.addRow(tr("Labels changed"), self.labels)
        form.addRow(_told(tr("What was merged before is not merged again. The files are only read.")))
        form.addRow(self.buttons)
        self._check()

    @property
    def paths(self) -> list[Path]:
        """What to merge."""
        return [Path(self.files.item(i).text()) for i in range(self.files.count())]

    @property
    def moves(self) -> list[str]:
        """What becomes of labels, each as `OLD=NEW`; nothing behind the sign leaves the marks of OLD out."""
        return [pair for part in self.labels.text().split(",") if (pair := part.strip())]

    def _add_files(self) -> None:
        kinds = tr("Corpus") + " (*.corpus);;* (*)"
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files to merge"), "", kinds)
        self.files.addItems(names)
        self._check()

    def _check(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.files.count() > 0)


def hand_out_pages(place: Place, ask: Callable[[QDialog], bool], tell: Callable[[str, list[str]], None]) -> None:
    """Ask who gets which pages, and write the files in the background."""
    from annotator.app.packaging import assigned_pages, hand_out, plan_handouts, told_package

    dialog = HandOutDialog(assigned_pages(place.path), place.path.parent, place.window)
    if not ask(dialog):
        return
    names, folder, where, every = dialog.annotators, dialog.folder, dialog.conditions, dialog.every

    def work(report: Report) -> "list[Package]":
        with place.open_corpus() as corpus:
            plan = plan_handouts(corpus, names, folder, where=where, every=every)
            return hand_out(corpus, plan, report)

    def told(made: "list[Package]") -> None:
        tell(tr("Hand out pages as files"), [told_package(package) for package in made])

    place.window.jobs.start(tr("Handing out"), work, told)


def merge_files(
    place: Place,
    ask: Callable[[QDialog], bool],
    tell: Callable[[str, list[str]], None],
    reload: Callable[[], None],
) -> None:
    """Ask for files, and merge them in the background: each as a whole, or not at all."""
    from annotator.app.label_moves import moves_of
    from annotator.app.packaging import merge_package, package_schema, told_left, told_merge

    dialog = MergeDialog((), place.window)
    if not ask(dialog):
        return
    paths, take, pairs = dialog.paths, bool(dialog.conflicts.currentData()), dialog.moves
    field = tr("Labels changed")

    def work(report: Report) -> "list[MergeReport]":
        with place.open_corpus() as corpus:
            moves = {path: moves_of(pairs, field, package_schema(path)) if pairs else {} for path in paths}
            return [merge_package(corpus, path, moves[path], take=take, progress=report) for path in paths]

    def told(reports: "list[MergeReport]") -> None:
        reload()
        lines = [line for each in reports for line in (*told_merge(each), *told_left(each))]
        tell(tr("Merge work from files"), lines)

    place.window.jobs.start(tr("Merging"), work, told)


def _told(words: str) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons
