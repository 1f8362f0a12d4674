"""The main window: queue, page, labels, unresolved marks. It shows and asks; commands do."""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QSlider, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from annotator.app import deeds
from annotator.app.commands import COMMANDS, Command
from annotator.app.desk import Desk, DeskEvent, FocusMoved, LayerChosen
from annotator.app.pace import Pace
from annotator.app.search import find_on_page, places
from annotator.app.session import Edited, PageOpened
from annotator.app.settings import Settings
from annotator.core.edits import describe
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Rejection
from annotator.core.schema import Label, Layer
from annotator.core.words import tr
from annotator.ui.actions import build_actions, fill_menus
from annotator.ui.document_list import DocumentList
from annotator.ui.find_bar import FindBar
from annotator.ui.history_panel import HistoryPanel
from annotator.ui.jobs import JobBar
from annotator.ui.label_panel import LabelPanel
from annotator.ui.mark_list import MarkList
from annotator.ui.page_view import PageView
from annotator.ui.theme import Theme
from annotator.ui.view_switch import VIEWS
from annotator.ui.views import ANNOTATE, Views, is_enabled

MESSAGE_SECONDS = 8


class MainWindow(QMainWindow):
    """One corpus under one annotator's hands."""

    files_dropped = Signal(tuple)
    """Paths of files or folders dropped on the window."""

    def __init__(
        self,
        desk: Desk,
        pace: Pace,
        settings: Settings,
        theme: Theme,
        window_commands: dict[str, Callable[[], None]],
    ) -> None:
        super().__init__()
        self.desk = desk
        self.settings = settings
        self._pace = pace
        self._window_commands = {**self._own_commands(), **window_commands}
        self.page_view = PageView(desk, theme)
        self.documents = DocumentList(desk.queue, desk.session.corpus.schema)
        self.find_bar = FindBar()
        self.history = HistoryPanel(self)
        self.jobs = JobBar()
        self.goal = settings.daily_goal
        self.labels = LabelPanel(theme)
        self.unresolved = MarkList()
        self.unresolved_heading = QLabel()
        self.unresolved_heading.setObjectName("heading")
        self.score_slider = QSlider(Qt.Orientation.Horizontal)
        self.score_slider.setRange(0, 100)
        self.score_slider.setValue(round(desk.minimum_score * 100))
        self.score_slider.setAccessibleName(tr("Hide proposals scored below"))
        self.score_slider.setToolTip(tr("Hide proposals scored below"))
        self.score_slider.valueChanged.connect(lambda value: self.set_minimum_score(value / 100))
        self.guide = GuideView()
        self._search_words = ""
        self.view_commands: dict[str, Mapping[str, Callable[[], None]]] = {}
        """What a view does in its own way, by view and command."""
        self.view_desks: dict[str, Desk] = {}
        self.view_pages: dict[str, PageView] = {}
        self._build()
        self.setAcceptDrops(True)
        self.actions_by_name = build_actions(self, self.page_view, self.run, settings.keys)
        fill_menus(self.menuBar(), self.actions_by_name)
        self.views.switch.show_tips(self.actions_by_name)
        self.enable_actions()
        self.page_view.refused.connect(self.say)
        self.page_view.active.connect(lambda: pace.touch(time.monotonic()))
        self.documents.document_chosen.connect(self._open)
        self.labels.label_pressed.connect(self._label_pressed)
        self.labels.layer_chosen.connect(lambda name: self._attempt(lambda: desk.choose_layer(name)))
        self.unresolved.mark_chosen.connect(desk.focus_on)
        self.labels.boundary_asked.connect(self._add_boundary)
        self.finish_button.setToolTip(self.actions_by_name["finish"].toolTip())
        self.finish_button.clicked.connect(self.actions_by_name["finish"].trigger)
        self.find_bar.words_changed.connect(lambda _: self._find())
        self.find_bar.step.connect(self._find_step)
        self.find_bar.closed.connect(self._find_closed)
        self.history.point_chosen.connect(lambda point: self._attempt(lambda: deeds.go_to_point(desk, point)))
        self.history.visibilityChanged.connect(lambda _: self.history.show_session(desk.session))
        self.jobs.said.connect(self.say)
        desk.listen(self._heard)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_time)
        self._clock.start()
        self.setWindowTitle(tr("{corpus} – annotator", corpus=desk.session.corpus.name))
        self.resize(1280, 800)
        self.page_view.setFocus()

    def _build(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(self.labels, 3)
        lower = QVBoxLayout()
        lower.setContentsMargins(4, 0, 8, 0)
        lower.addWidget(self.unresolved_heading)
        lower.addWidget(self.score_slider)
        lower.addWidget(self.unresolved, 2)
        self.finish_button = QPushButton(tr("Accept the rest, next page"))
        lower.addWidget(self.finish_button)
        lower.addWidget(self.guide, 1)
        column.addLayout(lower, 2)
        self.side = side
        middle = QWidget()
        stack = QVBoxLayout(middle)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self.page_view)
        stack.addWidget(self.find_bar)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.history)
        self.history.hide()
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.documents, 0), (middle, 1), (side, 0)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([240, 780, 260])
        self.views = Views(self.desk.session.corpus.name, splitter)
        self.views.view_shown.connect(self._view_shown)
        self.setCentralWidget(self.views)
        self._stored = QLabel()
        self._place = QLabel()
        self._count = QLabel()
        self._time = QLabel()
        self._note = QLabel()
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._goal = QLabel()
        self._goal.hide()
        hint = QLabel(tr("? keys · Ctrl+K all commands"))
        for label, name in (
            (self._count, tr("Unresolved marks on this page")),
            (self._stored, tr("When the last edit was stored")),
            (self._place, tr("Place in the queue")),
            (self._time, tr("Time on this page")),
            (self._goal, tr("Pages done today")),
            (self._note, tr("Note on this page")),
        ):
            # The name stays the text itself, which is what a screen reader is to say.
            label.setAccessibleDescription(name)
            self.statusBar().addWidget(label)
        self._of_page = (self._count, self._stored, self._place, self._time, self._note)
        self.statusBar().addPermanentWidget(self.jobs)
        self.statusBar().addPermanentWidget(hint)

    def _own_commands(self) -> dict[str, Callable[[], None]]:
        return {
            "copy": lambda: self.page_view.copy(),
            **{f"show_{name}": partial(self.show_view, name) for name in VIEWS},
            "focus_page": lambda: self.page_view.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "focus_queue": lambda: self.documents.view.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "quit": self.close_later,
        }

    def close_later(self) -> None:
        """Close the window once the command that asked for it has returned."""
        QTimer.singleShot(0, self.close)

    # Doing

    def run(self, command: Command) -> None:
        """Do what a command says; when it is refused, say why."""
        view = self.views.current
        if view == ANNOTATE:
            self._pace.touch(time.monotonic())
        if own := self.view_commands.get(view, {}).get(command.name):
            self._attempt(own)
        elif command.deed is not None:
            deed, desk = command.deed, self.view_desks.get(view, self.desk)
            self._attempt(lambda: deed(desk))
        elif command.name in self._window_commands:
            self._attempt(self._window_commands[command.name])

    def attempt(self, deed: Callable[[], None]) -> None:
        """Do something; when it is refused, say why."""
        self._attempt(deed)

    def add_commands(self, commands: Mapping[str, Callable[[], None]]) -> None:
        """What to call for further commands, by name."""
        self._window_commands |= commands

    # Views

    def show_view(self, name: str) -> None:
        """Show the page of the annotator, the review or the insights."""
        self.views.show_view(name)

    def forget_views(self) -> None:
        """Build review and insights anew when they are shown next, as schema or keys have changed."""
        for kept in (self.view_pages, self.view_desks, self.view_commands):
            kept.clear()
        self.views.forget()

    def _view_shown(self, name: str) -> None:
        # Labels that come back would be drawn over a message that stands there.
        self.statusBar().clearMessage()
        for label in self._of_page:
            label.setVisible(name == ANNOTATE)
        self._goal.setVisible(name == ANNOTATE and bool(self.goal))
        if name != ANNOTATE:
            self.history.hide()
        self.enable_actions()
        self.take_keyboard()

    def enable_actions(self, *, writing: bool = False) -> None:
        """Enable what means something in the view that is shown; `writing`: an own version is written in the review."""
        view = self.views.current
        own = self.view_commands.get(view, {})
        for command in COMMANDS:
            action = self.actions_by_name[command.name]
            action.setEnabled(is_enabled(command, view, self.views.offered, own=own, writing=writing))

    def take_keyboard(self) -> None:
        """Give the keyboard to the page of the view that is shown."""
        view = self.views.current
        page = self.page_view if view == ANNOTATE else self.view_pages.get(view) or self.views.view(view)
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_zoom(self, percent: int) -> None:
        """Draw the text of every page in this size, 100 being normal."""
        for page in (self.page_view, *self.view_pages.values()):
            page.set_zoom(percent)

    def _attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except AnnotatorError as error:
            self.say(str(error))

    def _open(self, document_id: str) -> None:
        self._attempt(lambda: deeds.open_page(self.desk, document_id))

    def _label_pressed(self, label: Label, layer: Layer) -> None:
        self._attempt(lambda: deeds.give_label(self.desk, label, layer))
        self.page_view.setFocus()

    def _add_boundary(self, layer: str) -> None:
        def add() -> None:
            self.desk.choose_layer(layer)
            deeds.add_boundary(self.desk)

        self._attempt(add)
        self.page_view.setFocus()

    def say(self, sentence: str) -> None:
        """Tell the user something, on the status bar and to a screen reader."""
        self.statusBar().showMessage("⚠ " + sentence, MESSAGE_SECONDS * 1000)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def inform(self, sentence: str) -> None:
        """Tell the user that something is done."""
        self.statusBar().showMessage(sentence, MESSAGE_SECONDS * 1000)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def toggle_history(self) -> None:
        """Show or hide the history of the page."""
        self.history.setVisible(not self.history.isVisible())

    def toggle_sides(self) -> None:
        """Show only the page, or queue and labels beside it again."""
        shown = self.documents.isVisible()
        self.documents.setVisible(not shown)
        self.side.setVisible(not shown)

    def set_minimum_score(self, score: float) -> None:
        """Hide and pass over proposals scored below."""
        self.desk.minimum_score = score
        with QSignalBlocker(self.score_slider):
            self.score_slider.setValue(round(score * 100))
        if self.desk.session.page is not None:
            self.marks_hidden()

    def marks_hidden(self) -> None:
        """Other marks are hidden now."""
        self.page_view.refresh()
        self._show_lists()

    def set_goal(self, goal: int) -> None:
        """How many pages a day the annotator wants to do; 0 for none."""
        self.goal = goal
        self._show_goal()

    def show_search(self, words: str) -> None:
        """Underline the words of a search on every page."""
        self._search_words = words
        self._find()

    # Find

    def _hits(self) -> list[tuple[int, int]]:
        """What is found on the page: the string in the find bar as it stands, else the words of a search."""
        if self.desk.session.page is None:
            return []
        text = self.desk.page.text
        if self.find_bar.isVisible():
            return find_on_page(text, self.find_bar.words.text())
        return places(text, self._search_words)

    def _find(self) -> None:
        hits = self._hits()
        self.page_view.show_hits(hits)
        self.find_bar.show_count(len(hits))

    def _find_step(self, by: int) -> None:
        hits = self._hits()
        if not hits:
            return
        starts = [start for start, _ in hits]
        caret = self.desk.selection[0] if self.desk.selection else self.desk.caret
        place = bisect_right(starts, caret) if by > 0 else bisect_left(starts, caret) - 1
        start, end = hits[place % len(hits)]
        self.desk.set_caret(end, start)

    def _find_closed(self) -> None:
        self._find()
        self.page_view.setFocus()

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.files_dropped.emit(paths))

    # Showing

    def _heard(self, event: DeskEvent) -> None:
        match event:
            case PageOpened(page):
                self._pace.open_page()
                self.page_view.show_page()
                if self._search_words or self.find_bar.isVisible():
                    self._find()
                self.documents.show_open(page.document.id)
                self._stored.setText("")
                self._show_lists()
            case Edited(edit, _, page):
                inner = (mark.mark if isinstance(mark, Rejection) else mark for mark in edit.added | edit.removed)
                self.page_view.show_marks([mark.start for mark in inner])
                self.documents.status_changed(page.document.id)
                self._stored.setText(tr("stored {time}", time=f"{datetime.now().astimezone():%H:%M:%S}"))
                self._show_lists()
            case FocusMoved():
                self.page_view.show_focus()
                self._show_focus()
                self._speak_focus()
            case LayerChosen():
                self._show_focus()

    def _show_lists(self) -> None:
        desk = self.desk
        page = desk.page
        marks = desk.unresolved()
        self.unresolved.show_marks(page, marks)
        self.unresolved_heading.setText(tr("Unresolved: {n}", n=len(marks)))
        self._count.setText(tr("{n} unresolved", n=len(marks)))
        place = desk.queue.place(page.document.id)
        if place is not None:
            self._place.setText(tr("page {n} of {all}", n=place + 1, all=len(desk.queue.shown)))
        note = page.annotation.state.note
        self._note.setText(tr("Note: {note}", note=" ".join(note.split())[:80]) if note else "")
        self._show_focus()
        self._show_goal()
        self.history.show_session(desk.session)
        if desk.session.notice:
            self.say(desk.session.notice)
            desk.session.notice = ""
        for name, title in (("undo", desk.session.undo_title()), ("redo", desk.session.redo_title())):
            word = tr("Undo") if name == "undo" else tr("Redo")
            self.actions_by_name[name].setText(f"{word}: {title}" if title else word)

    def _speak_focus(self) -> None:
        """Tell a screen reader what is in focus."""
        focus = self.desk.focus
        if focus is not None and QAccessible.isActive():
            words = f"{describe(self.desk.page, focus)}. {self.page_view.describe(focus)}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.page_view, words))

    def _show_focus(self) -> None:
        desk = self.desk
        layer = desk.label_layer
        self.labels.show_layer(desk.page, layer)
        self.unresolved.show_focus(desk.focus)
        if layer is not None:
            label = layer.by_name.get(desk.focus.label) if desk.focus is not None else None
            title, text = (label.shown, label.guideline) if label else (layer.shown, layer.guideline)
            self.guide.show_text(title, text)

    def _show_goal(self) -> None:
        if self.goal:
            done = self.desk.session.corpus.done_today(self.desk.session.annotator)
            self._goal.setText(tr("{n} of {goal} pages today", n=done, goal=self.goal))
        self._goal.setVisible(bool(self.goal) and self.views.current == ANNOTATE)

    def _show_time(self) -> None:
        if self.desk.session.page is not None:
            minutes, seconds = divmod(int(self._pace.total), 60)
            self._time.setText(tr("{m} min {s} s", m=minutes, s=seconds))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        self.jobs.wait()
        super().closeEvent(event)


class GuideView(QTextBrowser):
    """The guideline of a label, as Markdown. It fetches nothing: no images, no links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName(tr("Guideline"))
        self._shown = ("", "")

    def show_text(self, title: str, text: str) -> None:
        """Show a guideline."""
        if (title, text) != self._shown:
            self._shown = (title, text)
            self.document().setMarkdown(f"**{title}**\n\n{text}", self.document().MarkdownFeature.MarkdownNoHTML)

    def loadResource(self, type_: int, name: object) -> None:
        """Nothing is fetched, whatever a guideline names."""
        return
