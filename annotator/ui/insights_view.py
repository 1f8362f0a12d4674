"""Insights: figures of the whole corpus as tables and plots, page by page. It computes in the background."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.insights import Insights, OpenCorpus, read_insights
from annotator.app.insights_parts import Picture, Section, Table
from annotator.app.insights_plots import load
from annotator.app.insights_tables import sections
from annotator.app.targets import write_file
from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.ui.insights_table import InsightsTable
from annotator.ui.jobs import JobBar, Report
from annotator.ui.theme import Theme

_BUSY = 200
"""Milliseconds between two looks whether other work is done."""


class InsightsView(QWidget):
    """The figures of one corpus. It reads them when it is shown for the first time, and when it is asked to."""

    cases_asked = Signal(object)
    """The `annotator.agreement.disagreements.Filter` behind a number: its places are to be shown in Review."""
    said = Signal(str)
    """What happened, or why something was refused."""
    shown = Signal()
    """The figures have been read and stand on the page."""
    _ended = Signal(str)
    """Reading ended without figures, and why."""

    def __init__(
        self,
        open_corpus: OpenCorpus,
        theme: Theme,
        jobs: JobBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_corpus = open_corpus
        self._theme = theme
        self._jobs = jobs
        self._reading = False
        self._asked = False
        self._only = ""
        self._waiting = QTimer(self)
        self._waiting.setInterval(_BUSY)
        self._waiting.timeout.connect(self._read_when_free)
        self.insights: Insights | None = None
        self.sections: list[Section] = []
        self._names: list[str] = []
        self.tables: list[InsightsTable] = []
        self.pictures: list[QWidget] = []
        self._build()
        self._ended.connect(self._show_end)

    def _build(self) -> None:
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.again = QPushButton(tr("Read again"))
        self.again.clicked.connect(self.read)
        self.everybody = QPushButton(tr("Figures of all annotators…"))
        self.everybody.clicked.connect(self._ask_for_all)
        self.everybody.hide()
        self.layer = QComboBox()
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.currentIndexChanged.connect(self._show_section)
        self._layer_title = QLabel(tr("Layer"))
        self._layer_title.setBuddy(self.layer)
        top = QHBoxLayout()
        top.addWidget(self._layer_title)
        top.addWidget(self.layer)
        top.addStretch(1)
        top.addWidget(self.state)
        top.addWidget(self.everybody)
        top.addWidget(self.again)
        self.contents = QListWidget()
        self.contents.setAccessibleName(tr("Pages of Insights"))
        self.contents.setMaximumWidth(230)
        self.contents.currentRowChanged.connect(self._section_chosen)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        right = QVBoxLayout()
        right.addLayout(top)
        right.addWidget(self.area)
        row = QHBoxLayout(self)
        row.addWidget(self.contents)
        row.addLayout(right, 1)
        for one, other in pairwise((self.contents, self.layer, self.again)):
            self.setTabOrder(one, other)
        self._show_layers([])
        self.setFocusProxy(self.contents)

    # Reading

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.insights is None and not self._reading and not self._asked:
            self._read_when_free()

    def hideEvent(self, event: QHideEvent) -> None:
        self._waiting.stop()
        super().hideEvent(event)

    def _read_when_free(self) -> None:
        """Read as soon as no other work runs."""
        if self._jobs.busy:
            self.state.setText(tr("The figures are read when other work is done."))
            self._waiting.start()
            return
        self._waiting.stop()
        self.read()

    def read(self) -> None:
        """Read the figures anew, in the background."""
        if self._jobs.busy:
            self.said.emit(tr("Other work is running; read the figures when it is done."))
            return
        self._reading = self._asked = True
        self.again.setEnabled(False)
        self.state.setText(tr("Reading the corpus…"))
        self._jobs.start(tr("Insights"), self._work, self._show)

    def _work(self, report: Report) -> Insights:
        found = None
        try:
            with self._open_corpus() as corpus:
                insights = read_insights(corpus, report)
            report(2 * insights.documents, 2 * insights.documents)
            load()
            found = insights
            return found
        finally:
            if found is None:
                self._ended.emit(tr("The figures were not read."))

    def _show_end(self, why: str) -> None:
        self._reading = False
        self.again.setEnabled(True)
        self.state.setText(why)

    def _show(self, insights: Insights) -> None:
        self.insights = insights
        self._show_end(tr("Read at {time}", time=f"{datetime.now().astimezone():%H:%M:%S}"))
        self._show_sections()
        self.shown.emit()

    def show_only(self, annotator: str) -> None:
        """Show an annotator who is to stay blind nothing but their own progress and time; "" shows all."""
        self._only = annotator
        self.everybody.setVisible(bool(annotator))
        self._show_sections()

    def _ask_for_all(self) -> None:
        """Annotators stay blind until adjudication: whoever wants to see more says that they may."""
        box = QMessageBox(self)
        box.setWindowTitle(tr("Figures of all annotators"))
        box.setText(tr("Agreement and the figures of others are for those who lead or adjudicate."))
        box.setInformativeText(tr("Annotators who see them do not work blind any more. Show them?"))
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.finished.connect(lambda answer: self.show_only("") if answer == QMessageBox.StandardButton.Yes else None)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _show_sections(self) -> None:
        if self.insights is None:
            return
        before = self._name
        self.sections = sections(self.insights, self._only)
        titles = {section.name: section.title for section in self.sections}
        self._names = list(titles)
        with QSignalBlocker(self.contents):
            self.contents.clear()
            self.contents.addItems(list(titles.values()))
            self.contents.setCurrentRow(self._names.index(before) if before in titles else 0)
        self._section_chosen()

    # Showing

    def show_section(self, name: str, layer: str = "") -> None:
        """Go to a page, and to the layer where it has pages of several."""
        if name in self._names:
            self.contents.setCurrentRow(self._names.index(name))
        if layer:
            self.layer.setCurrentIndex(self.layer.findData(layer))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        if self.insights is not None:
            self._show_section()

    @property
    def _name(self) -> str:
        row = self.contents.currentRow()
        return self._names[row] if 0 <= row < len(self._names) else ""

    @property
    def section(self) -> Section | None:
        """The page that is open."""
        name = self._name
        found = [section for section in self.sections if section.name == name]
        layer = self.layer.currentData() or ""
        return next((each for each in found if each.layer == layer), found[0] if found else None)

    def _section_chosen(self, _: int = 0) -> None:
        name = self._name
        self._show_layers([section.layer for section in self.sections if section.name == name and section.layer])
        self._show_section()

    def _show_layers(self, names: Sequence[str]) -> None:
        before = self.layer.currentData()
        with QSignalBlocker(self.layer):
            self.layer.clear()
            for name in names:
                layer = self.insights.schema.by_name[name] if self.insights else None
                self.layer.addItem(layer.shown if layer else name, name)
            chosen = before if before in names else self._used_first(names)
            self.layer.setCurrentIndex(self.layer.findData(chosen) if names else -1)
        for widget in (self.layer, self._layer_title):
            widget.setVisible(bool(names))

    def _used_first(self, names: Sequence[str]) -> str:
        """The first of these layers that anyone has used, so that Insights does not open on an empty page."""
        figures = self.insights.report.layers if self.insights else {}
        used = [name for name in names if name in figures and any(figures[name]["marks"].values())]
        return next(iter([*used, *names]), "")

    def _show_section(self) -> None:
        section = self.section
        self.tables, self.pictures = [], []
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 4, 12, 12)
        if section is not None:
            heading = QLabel(section.title)
            heading.setObjectName("heading")
            column.addWidget(heading)
            for sentence in section.words:
                column.addWidget(_sentence(sentence))
            for part in section.parts:
                self._add_part(column, part)
        column.addStretch(1)
        self.area.setWidget(page)

    def _add_part(self, column: QVBoxLayout, part: Table | Picture) -> None:
        title = QLabel(part.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setObjectName("heading")
        save = QToolButton()
        save.setText(tr("Save as CSV…") if isinstance(part, Table) else tr("Save as PNG or SVG…"))
        save.setAccessibleName(f"{save.text()} {part.title}")
        save.clicked.connect(lambda: self._ask_and_save(part))
        head = QHBoxLayout()
        head.setContentsMargins(0, 10, 0, 0)
        head.addWidget(title)
        head.addWidget(save)
        head.addStretch(1)
        column.addLayout(head)
        if isinstance(part, Table):
            if part.about:
                column.addWidget(_sentence(part.about))
            table = InsightsTable(part, self._theme)
            table.cases_asked.connect(self.cases_asked)
            self.tables.append(table)
            column.addWidget(table)
            return
        from annotator.ui.insights_picture import PictureView

        picture = PictureView(part, self._theme)
        picture.cases_asked.connect(self.cases_asked)
        self.pictures.append(picture)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignLeft)

    # Saving

    def _ask_and_save(self, part: Table | Picture) -> None:
        if isinstance(part, Table):
            kinds, ending = tr("Table (*.csv)"), "csv"
        else:
            kinds, ending = f"{tr('Picture (*.png)')};;{tr('Drawing (*.svg)')}", "png"
        name, kind = QFileDialog.getSaveFileName(self, tr("Save as"), f"{part.name}.{ending}", kinds)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".svg" if "*.svg" in kind else f".{ending}")
        try:
            save_part(part, path)
        except AnnotatorError as error:
            self.said.emit(str(error))
        else:
            self.said.emit(tr("Saved as {path}", path=path))


def save_part(part: Table | Picture, path: Path) -> None:
    """Write a table as CSV, a picture as SVG or PNG by the ending of the name.

    Raises:
        InputError: The file cannot be written.
    """
    if isinstance(part, Picture):
        from annotator.ui.insights_picture import save_picture

        save_picture(part, path)
        return
    write_file(path, part.to_csv())


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
