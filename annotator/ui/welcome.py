"""The welcome page: open a corpus, make one, try the sample."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from annotator.app.sample import check_opens, make_corpus, make_sample
from annotator.app.settings import Settings
from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.ui.jobs import JobBar, Report

FILTER = "*.corpus"


class Welcome(QDialog):
    """Asks which corpus to work on; `chosen` is its path after the dialog was accepted."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen: Path | None = None
        self.setWindowTitle(tr("Welcome – annotator"))
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        heading = QLabel(tr("Annotate news pages"))
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setBold(True)
        heading.setFont(font)
        layout.addWidget(heading)
        about = QLabel(tr("A corpus is one file. Nothing has to be saved, nothing leaves this computer."))
        about.setWordWrap(True)
        layout.addWidget(about)
        for title, deed in (
            (tr("Open a corpus…"), self._open),
            (tr("Make a corpus…"), self._new),
            (tr("Try the sample corpus…"), self._sample),
        ):
            button = QPushButton(title)
            button.clicked.connect(deed)
            layout.addWidget(button)
        recent = [Path(path) for path in settings.recent if _stands(path)]
        if recent:
            layout.addWidget(QLabel(tr("Opened last")))
        for path in recent:
            button = QPushButton(f"{path.name}  ({path.parent})".replace("&", "&&"))
            button.clicked.connect(lambda _checked=False, path=path: self._choose(path))
            layout.addWidget(button)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(self.message)
        self.jobs = JobBar()
        self.jobs.said.connect(self.message.setText)
        layout.addWidget(self.jobs)

    def _choose(self, path: Path) -> None:
        try:
            check_opens(path)
        except AnnotatorError as error:
            self.message.setText(str(error))
            return
        self.chosen = path
        self.accept()

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Open a corpus"), "", tr("Corpus") + f" ({FILTER});;* (*)")
        if name:
            self._choose(Path(name))

    def _new(self) -> None:
        path = self._ask_new(tr("Make a corpus"))
        if path is None:
            return
        try:
            make_corpus(path)
        except AnnotatorError as error:
            self.message.setText(str(error))
            return
        self._choose(path)

    def _sample(self) -> None:
        path = self._ask_new(tr("Where to put the sample corpus"))
        if path is None:
            return
        if path.exists():
            self.message.setText(tr("{path} is there already and was left as it is; choose another name.", path=path))
            return
        self.message.setText("")

        def work(report: Report) -> Path:
            unfinished = path.with_name(path.name + ".part")
            try:
                _clear_away(unfinished)
                make_sample(unfinished, progress=lambda _name, done, total: report(done, total))
                return unfinished.rename(path)
            finally:
                _clear_away(unfinished)

        self.jobs.start(tr("Making the sample corpus"), work, self._choose)

    def done(self, result: int) -> None:
        """Close, and stop what runs."""
        self.jobs.wait()
        super().done(result)

    def _ask_new(self, title: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, title, "", tr("Corpus") + f" ({FILTER})")
        if not name:
            return None
        return Path(name) if name.endswith(".corpus") else Path(name + ".corpus")


def _clear_away(path: Path) -> None:
    """Remove a corpus that was not finished, with the files SQLite keeps beside it."""
    for leftover in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm", "-journal"))):
        leftover.unlink(missing_ok=True)


def _stands(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False
