"""Builds corpus, session, window and theme: the one place where the parts meet."""

import gc
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, Qt, QtMsgType, QTranslator, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.language import speak
from annotator.app.pace import Pace
from annotator.app.queue import Queue
from annotator.app.search import find_documents
from annotator.app.session import Session
from annotator.app.settings import Settings, load_settings, save_settings
from annotator.core.words import tr
from annotator.store.corpus import Corpus
from annotator.store.packages import package_annotator
from annotator.ui.asking import ask_annotator
from annotator.ui.jobs import Report
from annotator.ui.main_window import MainWindow
from annotator.ui.offered_views import offer_views
from annotator.ui.theme import Theme, load_theme, palette_of, style_of
from annotator.ui.views import INSIGHTS, REVIEW
from annotator.ui.window_commands import WindowCommands


class Workplace:
    """One window on one corpus, with what it needs to run."""

    def __init__(self, path: Path, settings: Settings, annotator: str) -> None:
        self.path = path
        # Who looks into somebody's package does not go on under that name elsewhere.
        remembered = settings.annotator if annotator == package_annotator(path) else annotator
        self.settings = replace(settings.with_recent(path), annotator=remembered)
        self.next: tuple[Path | None, str] | None = None
        """Where to go when the window is closed: a corpus, or None for the welcome page, and who annotates there."""
        self.corpus = Corpus.open(path)
        try:
            self._build(annotator)
        except BaseException:
            self.corpus.close()
            raise

    def _build(self, annotator: str) -> None:
        self.pace = Pace()
        self.session = Session(self.corpus, annotator)
        self.queue = Queue(self.corpus, annotator)
        self.desk = Desk(self.session, self.queue, self.pace.take)
        self.desk.minimum_score = self.settings.minimum_score
        self.commands = WindowCommands(self)
        self.theme = load_theme(self.settings.theme)
        self.window = MainWindow(self.desk, self.pace, self.settings, self.theme, self.commands.table())
        self.window.files_dropped.connect(self.commands.import_documents)
        self.window.documents.search_asked.connect(self.search)
        self.window.documents.label_asked.connect(self._show_labelled)
        self._apply_theme(self.theme)
        self.window.set_zoom(self.settings.zoom)
        offer_views(self)
        QApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    def start(self) -> None:
        """Open the page to begin with and show the window; who annotates what is kept at once, should all be killed."""
        save_settings(self.settings)
        self.window.show()
        # Without a window manager, or after a question that was asked first, nobody else makes it the active one.
        self.window.activateWindow()
        deeds.open_start(self.desk)
        # What was loaded to get here stays until the end: looking through it for garbage would only make edits wait.
        gc.freeze()

    def close(self) -> None:
        """Close window and file and keep the settings."""
        gc.unfreeze()
        QApplication.styleHints().colorSchemeChanged.disconnect(self._follow_system)
        self.settings = replace(self.settings, minimum_score=self.desk.minimum_score)
        self.window.close()
        self.window.deleteLater()
        self.corpus.close()
        save_settings(self.settings)

    def open_corpus(self) -> Corpus:
        """The corpus once more, for work on another thread."""
        return Corpus.open(self.path)

    def leave_for(self, path: Path | None, annotator: str) -> None:
        """Close this window and go on with another corpus or annotator.

        Args:
            path: The corpus; None for the welcome page.
            annotator: Who annotates there; empty for whom the file is for, or the one chosen last.
        """
        self.next = (path, annotator)
        self.window.close_later()

    def search(self, words: str) -> None:
        """Show only the documents whose text holds `words`, underlined on the page; all when there are none."""
        self.window.show_search(words)
        if not words.strip():
            self.window.documents.show_found(None)
            return

        def work(report: Report) -> frozenset[str]:
            with self.open_corpus() as corpus:
                return find_documents(corpus, words, report)

        def show(found: frozenset[str]) -> None:
            if self.window.documents.search.text() == words:
                self.window.documents.show_found(found)

        self.window.jobs.start(tr("Searching"), work, show)

    def _show_labelled(self, layer: str, label: str) -> None:
        found = self.corpus.with_label(self.session.annotator, layer, label) if label else None
        self.window.documents.show_labelled(None if found is None else frozenset(found))

    def set_theme(self, name: str) -> None:
        """Use these colours from now on."""
        self.settings = replace(self.settings, theme=name)
        load_theme.cache_clear()
        self._apply_theme(load_theme(name))

    def _follow_system(self) -> None:
        if self.settings.theme == "system":
            self.set_theme("system")

    def _apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette_of(theme))
        self.window.setStyleSheet(style_of(theme))
        self.window.page_view.set_theme(theme)
        for view in (REVIEW, INSIGHTS):
            built: Any = self.window.views.built(view)
            if built is not None and hasattr(built, "set_theme"):
                built.set_theme(theme)
        self.window.labels.set_theme(theme)


def _speak(code: str) -> None:
    """Speak the language of the settings, Qt's own buttons too."""
    chosen = speak(code)
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    translator = QTranslator(application)
    if translator.load(f"qtbase_{chosen}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The Qt application, made on first use."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(["annotator", *arguments])
    qInstallMessageHandler(_pass_message)
    application.setApplicationName("annotator")
    application.setStyle("Fusion")
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
    return application


def _pass_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """What Qt has to say goes to standard error, but for what the off-screen platform says of every window."""
    if "propagateSizeHints" not in message:
        print(f"Qt: {message}", file=sys.stderr)  # noqa: T201


def run_window(path: Path, annotator: str = "") -> int:
    """Open the window on a corpus and stay until it is closed; gives the exit code."""
    application = make_application()
    wanted: tuple[Path | None, str] | None = (path, annotator)
    code = 0
    while wanted is not None:
        settings = load_settings()
        _speak(settings.language)
        target, name = wanted
        if target is None:
            target = _welcome(settings)
            if target is None:
                break
        # Work in a package must not go under a name that merging does not look for.
        name = (
            name
            or package_annotator(target)
            or settings.annotator
            or ask_annotator([], default_annotator(), None)
            or default_annotator()
        )
        workplace = Workplace(target, settings, name)
        workplace.start()
        try:
            code = application.exec()
        finally:
            wanted = workplace.next
            workplace.close()
    return code


def run_start() -> int:
    """Open the window on the corpus used last, or the welcome page where there is none; gives the exit code."""
    make_application()
    _speak(load_settings().language)
    for recent in load_settings().recent:
        if Path(recent).is_file():
            return run_window(Path(recent))
    chosen = _welcome(load_settings())
    return 0 if chosen is None else run_window(chosen)


def _welcome(settings: Settings) -> Path | None:
    from annotator.ui.welcome import Welcome

    theme = load_theme(settings.theme)
    make_application().setPalette(palette_of(theme))
    welcome = Welcome(settings)
    welcome.setStyleSheet(style_of(theme))
    try:
        return welcome.chosen if welcome.exec() else None
    finally:
        welcome.deleteLater()


def default_annotator() -> str:
    """The name of the user at this computer, to start with."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "annotator"
