"""Builds corpus, session, window and theme: the one place where the parts meet."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.pace import Pace
from annotator.app.queue import Queue
from annotator.app.session import Session
from annotator.app.settings import Settings, load_settings, save_settings
from annotator.store.corpus import Corpus
from annotator.ui.main_window import MainWindow
from annotator.ui.theme import Theme, load_theme, palette_of

ZOOMS = (60, 75, 90, 100, 115, 130, 150, 175, 200, 250, 300)


class Workplace:
    """One window on one corpus, with what it needs to run."""

    def __init__(self, path: Path, settings: Settings, annotator: str) -> None:
        self.settings = settings.with_recent(path)
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
        self.theme = load_theme(self.settings.theme)
        self.window = MainWindow(self.desk, self.pace, self.settings, self.theme, self._commands())
        self._apply_theme(self.theme)
        self.window.page_view.set_zoom(self.settings.zoom)
        hints = QApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    def start(self) -> None:
        """Open the page to begin with and show the window."""
        self.window.show()
        deeds.open_start(self.desk)

    def close(self) -> None:
        """Close window and file and keep the settings."""
        self.window.close()
        self.window.deleteLater()
        self.corpus.close()
        save_settings(self.settings)

    def _commands(self) -> dict[str, Callable[[], None]]:
        return {
            "zoom_in": lambda: self._zoom(1),
            "zoom_out": lambda: self._zoom(-1),
            "zoom_reset": lambda: self._set_zoom(100),
        }

    def _zoom(self, step: int) -> None:
        nearest = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self.settings.zoom))
        self._set_zoom(ZOOMS[min(max(nearest + step, 0), len(ZOOMS) - 1)])

    def _set_zoom(self, percent: int) -> None:
        self.settings = replace(self.settings, zoom=percent)
        self.window.page_view.set_zoom(percent)

    def _follow_system(self) -> None:
        if self.settings.theme == "system":
            load_theme.cache_clear()
            self._apply_theme(load_theme("system"))

    def _apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette_of(theme))
        self.window.setStyleSheet("QLabel#heading { font-weight: bold; }")
        self.window.page_view.set_theme(theme)
        self.window.labels.set_theme(theme)


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
    settings = load_settings()
    name = annotator or settings.annotator or default_annotator()
    workplace = Workplace(path, replace(settings, annotator=name), name)
    workplace.start()
    try:
        return application.exec()
    finally:
        workplace.close()


def run_start() -> int:
    """Open the window on the corpus used last, or the welcome page where there is none; gives the exit code."""
    make_application()
    for recent in load_settings().recent:
        if Path(recent).is_file():
            return run_window(Path(recent))
    from annotator.ui.welcome import Welcome

    welcome = Welcome(load_settings())
    if welcome.exec() and welcome.chosen is not None:
        return run_window(welcome.chosen)
    return 0


def default_annotator() -> str:
    """The name of the user at this computer, to start with."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "annotator"
