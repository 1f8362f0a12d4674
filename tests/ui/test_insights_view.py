"""The Insights view with real figures, a real job bar and a real mouse."""

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from annotator.agreement.disagreements import Filter
from annotator.agreement.report import agreement_report
from annotator.app.insights_parts import Cell, Picture, Table, words
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.store.corpus import Corpus
from annotator.ui.application import make_application
from annotator.ui.insights_picture import PictureView
from annotator.ui.insights_table import InsightsTable
from annotator.ui.insights_view import InsightsView, save_part
from annotator.ui.jobs import JobBar
from annotator.ui.theme import NAMES, load_theme
from tests.agreement.simulator import SCHEMA, Rates, corpus
from tests.ui.hands import Hands

RATES = {
    "ana": Rates(drop_span=0.1, relabel_span=0.1, drop_boundary=0.7),
    "ben": Rates(widen_span=0.1, move_boundary=0.3),
    "cai": Rates(add_span=0.01, relabel_boundary=0.2),
}
WAIT = 60_000
"""Milliseconds."""


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pages by three annotators with known mistakes."""
    path = tmp_path_factory.mktemp("several") / "several.corpus"
    with Corpus.create(path, SCHEMA, "Several") as created:
        created.add_records(made for made, _ in corpus(RATES, seed=1))
    return path


class Window:
    """The view beside a job bar, as in the main window."""

    def __init__(self, path: Path, theme: str) -> None:
        self.frame = QWidget()
        self.jobs = JobBar()
        self.view = InsightsView(lambda: Corpus.open(path), load_theme(theme), self.jobs)
        row = QHBoxLayout(self.frame)
        row.addWidget(self.view)
        row.addWidget(self.jobs)
        self.frame.resize(1100, 700)
        self.asked: list[object] = []
        self.said: list[str] = []
        self.view.cases_asked.connect(self.asked.append)
        self.view.said.connect(self.said.append)
        self.jobs.said.connect(self.said.append)

    def table(self, name: str) -> InsightsTable:
        return next(table for table in self.view.tables if table.table.name == name)

    def picture(self, name: str) -> PictureView:
        found = next(each for each in self.view.pictures if isinstance(each, PictureView) and each.picture.name == name)
        assert isinstance(found, PictureView)
        return found


@pytest.fixture
def open_view(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[..., Window]]:
    """Opens the view on a corpus and waits for its figures."""
    make_application()
    opened: list[Window] = []

    def open_(path: Path, *, theme: str = "light", wait: bool = True) -> Window:
        window = Window(path, theme)
        opened.append(window)
        if wait:
            with qtbot.waitSignal(window.view.shown, timeout=WAIT):
                window.frame.show()
            qtbot.waitUntil(lambda: not window.jobs.busy)
        return window

    yield open_
    for window in opened:
        window.jobs.wait()
        window.frame.close()
        window.frame.deleteLater()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()


def click_cell(table: InsightsTable, row: int, column: int) -> None:
    index = table.model().index(row, column)
    table.scrollTo(index)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())


# Reading


def test_the_figures_are_read_when_the_view_is_first_shown(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    with Corpus.open(several) as opened:
        expected = agreement_report(opened.records(), opened.schema).to_json()
    assert window.view.insights is not None
    assert window.view.insights.report.to_json() == expected
    assert window.view.contents.count() == 10
    window.view.show_section("agreement", "entities")
    exact = window.table("agreement-entities").cell_at(0, 1)
    assert exact.value == expected["layers"]["entities"]["exact_f1"]["mean"]


def test_nothing_is_read_before_the_view_is_shown(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several, wait=False)
    QApplication.processEvents()
    assert not window.jobs.busy
    assert window.view.insights is None


def test_the_figures_are_read_when_other_work_is_done(
    open_view: Callable[..., Window], several: Path, qtbot: QtBot
) -> None:
    window = open_view(several, wait=False)
    over = Event()
    window.jobs.start("Other", lambda report: over.wait(WAIT / 1000), lambda _: None)
    window.frame.show()
    window.view.read()
    assert window.said == ["Other work is running; read the figures when it is done."]
    assert window.view.insights is None
    with qtbot.waitSignal(window.view.shown, timeout=WAIT):
        over.set()
    assert window.view.insights is not None


def test_thousands_of_pages_are_read_while_the_window_answers(
    open_view: Callable[..., Window], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "large.corpus"
    with Corpus.create(path, SCHEMA) as created:
        created.add_records(made for made, _ in corpus({"ana": Rates(), "ben": Rates(drop_span=0.2)}, 1, copies=143))
        assert len(created) > 2000
    window = open_view(path, wait=False)
    ticks: list[int] = []
    beat = QTimer(window.frame)
    beat.timeout.connect(lambda: ticks.append(1))
    beat.start(10)
    steps: list[tuple[int, int]] = []
    with qtbot.waitSignal(window.view.shown, timeout=4 * WAIT):
        window.frame.show()
        assert window.jobs.busy
        assert window.jobs._job is not None
        window.jobs._job.progressed.connect(lambda done, total: steps.append((done, total)))
    beat.stop()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert len(ticks) > 20, "the window stood still"
    assert steps[-1] == (4004, 4004)
    assert window.view.insights is not None
    assert window.view.insights.report.documents == 2002


def test_reading_can_be_stopped_and_asked_for_again(
    open_view: Callable[..., Window], several: Path, qtbot: QtBot
) -> None:
    window = open_view(several, wait=False)
    with qtbot.waitSignal(window.jobs.said, timeout=WAIT):
        window.frame.show()
        window.jobs.cancel()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert window.view.insights is None
    assert window.view.state.text() == "The figures were not read."
    with qtbot.waitSignal(window.view.shown, timeout=WAIT):
        window.view.again.click()
    assert window.view.insights is not None


def test_a_corpus_that_cannot_be_read_is_said_in_a_sentence(
    open_view: Callable[..., Window], tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_view(tmp_path / "none.corpus", wait=False)
    with qtbot.waitSignal(window.jobs.said, timeout=WAIT):
        window.frame.show()
    qtbot.waitUntil(lambda: window.view.again.isEnabled() and not window.jobs.busy)
    assert "none.corpus" in window.said[0]


def test_a_corpus_without_work_shows_sentences(open_view: Callable[..., Window], tmp_path: Path) -> None:
    path = tmp_path / "new.corpus"
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([Record(make_document("One page."))])
    window = open_view(path)
    for section in window.view.sections:
        window.view.show_section(section.name, section.layer)
        assert window.view.section == section
        assert section.words


def test_who_is_blind_is_shown_their_own_progress_alone(
    open_view: Callable[..., Window], several: Path, qtbot: QtBot
) -> None:
    window = open_view(several, wait=False)
    window.view.show_only("ben")
    with qtbot.waitSignal(window.view.shown, timeout=WAIT):
        window.frame.show()
    assert [section.name for section in window.view.sections] == ["progress", "time"]
    window.view.show_only("")
    assert len(window.view.sections) > 10


# Cases


def test_a_click_on_the_confusion_asks_for_its_places(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    table = window.table("confusion-entities")
    click_cell(table, 0, 2)
    click_cell(table, 1, 4)
    click_cell(table, 0, 1)
    own = frozenset({"entities"})
    assert window.asked == [Filter(layers=own, confused=("ORG", "PERSON")), Filter(layers=own, confused=("", "ORG"))]


def test_return_on_a_number_asks_for_its_places(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    window.view.show_section("annotators", "entities")
    table = window.table("annotator-matrix-entities")
    table.setCurrentIndex(table.model().index(0, 2))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert window.asked == [Filter(layers=frozenset({"entities"}), annotators=frozenset({"ana", "ben"}))]


def test_a_click_in_a_picture_asks_for_the_places_of_its_cell(
    open_view: Callable[..., Window], several: Path, qtbot: QtBot
) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    picture = window.picture("confusion-entities")
    canvas = picture.canvas
    QApplication.processEvents()
    canvas.draw()
    (axes,) = canvas.figure.axes
    for column, row in ((1, 0), (0, 0)):
        x, y = axes.transData.transform((column, row))
        at = QPoint(round(x / canvas.device_pixel_ratio), round(canvas.height() - y / canvas.device_pixel_ratio))
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert window.asked == [Filter(layers=frozenset({"entities"}), confused=("ORG", "PERSON"))]


# Tables


def test_a_table_sorts_numbers_as_numbers(open_view: Callable[..., Window], several: Path) -> None:
    rows = tuple((words(name), Cell(n, str(n))) for name, n in (("a", 9), ("b", 100), ("c", None), ("d", 20)))
    table = InsightsTable(Table("t", "T", ("name", "n"), rows), load_theme("light"))
    assert [table.cell_at(row, 0).text for row in range(4)] == ["a", "b", "c", "d"]
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [table.cell_at(row, 0).text for row in range(4)] == ["c", "a", "d", "b"]
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [table.cell_at(row, 0).text for row in range(4)] == ["b", "d", "a", "c"]
    table.deleteLater()


def test_a_screen_reader_hears_row_column_and_number(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    table = window.table("confusion-entities")
    spoken = QAccessible.queryAccessibleInterface(table)
    assert spoken.text(QAccessible.Text.Name) == "Confusion of labels: entities (spans)"
    cell = table.model().index(0, 2)
    n = table.cell_at(0, 2).value
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == f"PERSON, ORG: {n}"
    assert cell.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    picture = QAccessible.queryAccessibleInterface(window.picture("confusion-entities").canvas)
    assert picture.text(QAccessible.Text.Name) == "Confusion of labels: entities (spans)"
    assert picture.text(QAccessible.Text.Description)


def test_tab_leaves_a_table(open_view: Callable[..., Window], several: Path, qtbot: QtBot) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    window.frame.activateWindow()
    qtbot.waitActive(window.frame)
    table = window.table("confusion-entities")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not table


# Pictures and files


def test_a_picture_is_saved_as_png_and_as_svg(open_view: Callable[..., Window], several: Path, tmp_path: Path) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    picture: Picture = window.picture("confusion-entities").picture
    save_part(picture, tmp_path / "c.png")
    save_part(picture, tmp_path / "c.svg")
    assert QImage(str(tmp_path / "c.png")).width() > 300
    drawn = (tmp_path / "c.svg").read_text("utf-8")
    assert "PERSON" in drawn
    assert "Confusion of labels" in drawn
    with pytest.raises(InputError, match="cannot be written"):
        save_part(picture, tmp_path / "no" / "c.png")


def test_a_table_is_saved_where_the_user_says(
    open_view: Callable[..., Window], several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    path = tmp_path / "confusion"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "Table (*.csv)"))
    buttons = window.view.area.widget().findChildren(QToolButton)
    next(button for button in buttons if button.text() == "Save as CSV…").click()
    table = window.table("confusion-entities").table
    with (tmp_path / "confusion.csv").open(encoding="utf-8", newline="") as lines:
        assert list(csv.reader(lines)) == [
            list(table.columns),
            *([str(cell.value) for cell in cells] for cells in table.rows),
        ]
    assert window.said[-1].endswith("confusion.csv")


@pytest.mark.parametrize("theme", NAMES)
def test_every_section_is_drawn_in_every_theme(theme: str, open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several, theme=theme)
    ground = load_theme(theme).background
    seen = 0
    for section in window.view.sections:
        window.view.show_section(section.name, section.layer)
        QApplication.processEvents()
        for each in window.view.pictures:
            image = each.grab().toImage()
            assert image.pixelColor(2, 2).name() == ground
            colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3)
                       for y in range(0, image.height(), 3)}  # fmt: skip
            assert len(colours) > 3
            seen += 1
    assert seen > 8


def test_another_theme_is_drawn_at_once(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    window.view.set_theme(load_theme("dark"))
    QApplication.processEvents()
    image = window.picture("confusion-entities").grab().toImage()
    assert image.pixelColor(2, 2).name() == load_theme("dark").background


def test_the_wheel_over_a_picture_moves_the_page(open_view: Callable[..., Window], several: Path) -> None:
    window = open_view(several)
    window.view.show_section("confusion", "entities")
    canvas = window.picture("confusion-entities").canvas
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    canvas.wheelEvent(wheel)
    assert not wheel.isAccepted()


def test_a_click_in_the_real_window_opens_the_cases_in_review(
    open_window: Callable[..., Hands], several: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "own.corpus"
    shutil.copyfile(several, path)
    hands = open_window(path, annotator="dora")
    window = hands.window
    window.show_view("insights")
    view = window.views.view("insights")
    assert isinstance(view, InsightsView)
    qtbot.waitUntil(lambda: view.insights is not None and not window.jobs.busy, timeout=WAIT)
    view.show_section("confusion", "entities")
    asked: list[object] = []
    view.cases_asked.connect(asked.append)
    click_cell(next(table for table in view.tables if table.table.name == "confusion-entities"), 0, 2)
    assert asked == [Filter(layers=frozenset({"entities"}), confused=("ORG", "PERSON"))]
    assert window.views.current == "review"
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=WAIT)


def test_the_plots_are_not_loaded_before_they_are_drawn() -> None:
    probe = "import sys; import annotator.ui.insights_view; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
