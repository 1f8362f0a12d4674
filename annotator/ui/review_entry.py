"""The way into a review: who adjudicates, then the pages are read in the background."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from annotator.app.review_cases import Cases, read_cases
from annotator.app.reviewing import Choices, pages_of
from annotator.app.session import Session
from annotator.core.words import tr
from annotator.ui.jobs import JobBar, Report
from annotator.ui.review_dialogs import WhoAdjudicates

_WHO = "adjudicator:"
"""Key in the corpus, with the annotator of the window, under which the adjudicator's name is kept."""


class ReviewEntry(QStackedWidget):
    """Asks and reads; says when the name is known and when the pages are read."""

    named = Signal(str)
    cases_read = Signal(object)
    again_asked = Signal()
    _ended = Signal()
    """Reading ended without a result."""

    def __init__(
        self, session: Session, jobs: JobBar, open_corpus: Callable[[], Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._open_corpus = open_corpus
        self.who = WhoAdjudicates(lambda name: pages_of(session.corpus, name))
        self.state = QLabel()
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state.setWordWrap(True)
        self.again = QPushButton(tr("Read the pages"))
        self.again.clicked.connect(self.again_asked)
        self._waiting = QWidget()
        column = QVBoxLayout(self._waiting)
        column.addStretch(1)
        column.addWidget(self.state)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.addWidget(self.who)
        self.addWidget(self._waiting)
        self.who.named.connect(self._keep)
        self._ended.connect(lambda: self.show_state(tr("The pages were not read.")))

    @property
    def adjudicator(self) -> str:
        """Who adjudicates, as the corpus has it for the annotator of this window; "" until they were named."""
        return self._session.corpus.value(_WHO + self._session.annotator)

    @property
    def asks(self) -> bool:
        """Whether it asks who adjudicates."""
        return self.currentWidget() is self.who and self.isVisible()

    def ask(self) -> None:
        """Ask who adjudicates from now on."""
        self.setCurrentWidget(self.who)
        self.who.ask(self._session.corpus.annotators(), self.adjudicator or self._session.annotator)

    def _keep(self, name: str) -> None:
        self._session.corpus.set_value(_WHO + self._session.annotator, name)
        self.named.emit(name)

    def show_state(self, sentence: str, *, again: bool = True) -> None:
        """Say why there is nothing to see."""
        self.state.setText(sentence)
        self.again.setVisible(again)
        self.setCurrentWidget(self._waiting)

    def read(self, known: Cases | None, only: frozenset[str]) -> None:
        """Read the pages, or those that others have changed; see `read_cases`."""
        if self._jobs.busy:
            self.show_state(tr("Other work is running; read the pages when it is done."))
            return
        policy = Choices.of(self._session.corpus).policy
        self.show_state(tr("Reading the pages that two or more annotators have finished…"), again=False)

        def work(report: Report) -> Cases:
            read = None
            try:
                with self._open_corpus() as corpus:
                    read = read_cases(corpus, policy, report, known, only)
                    return read
            finally:
                if read is None:
                    self._ended.emit()

        self._jobs.start(tr("Reading"), work, self.cases_read.emit)
