"""Slow work off the GUI thread: shown with progress, stopped with a button, its result handed to the GUI thread."""

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from annotator.core.errors import AnnotatorError, Cancelled
from annotator.core.words import tr

Report = Callable[[int, int | None], None]
"""Called by the work with what is done and what there is in all; raises `Cancelled` when the user stopped it."""


_TELL = 0.05
"""Seconds between two words of progress; more often would keep the window from its own work."""


class Job(QThread):
    """One piece of slow work. It must open its own corpus, as a connection belongs to one thread."""

    progressed = Signal(int, int)
    succeeded = Signal(object)
    stopped = Signal(str)
    """It was cancelled or failed; the sentence says why."""

    def __init__(self, work: Callable[[Report], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.results: list[Any] = []
        """What the work returned; empty where it was stopped or failed."""
        self._work = work
        self._told = 0.0

    def run(self) -> None:
        try:
            self.results = [self._work(self._report)]
        except Cancelled:
            self.stopped.emit(tr("Stopped; what was done before is kept."))
        except AnnotatorError as error:
            self.stopped.emit(str(error))
        except MemoryError:
            self.stopped.emit(tr("There is not enough memory for this; what was done before is kept."))
        except OSError as error:
            self.stopped.emit(tr("This could not be done: {error}.", error=error.strerror or error))
        except Exception as error:
            self.stopped.emit(tr("This failed by a mistake in the program ({error}).", error=repr(error)))
            raise
        else:
            self.succeeded.emit(self.results[0])

    def _report(self, done: int, total: int | None) -> None:
        if self.isInterruptionRequested():
            raise Cancelled(tr("Stopped."))
        now = time.monotonic()
        if now - self._told >= _TELL or done == total:
            self._told = now
            self.progressed.emit(done, total or 0)


class JobBar(QWidget):
    """Shows the job that is running. One runs at a time."""

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._title = ""
        self._then: Callable[[Any], None] | None = None
        """What to do with the result, once there is one."""
        self._label = QLabel()
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = QToolButton()
        self._cancel.setText(tr("Stop"))
        self._cancel.clicked.connect(self.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._label, self._bar, self._cancel):
            layout.addWidget(widget)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._job is not None

    def start(self, title: str, work: Callable[[Report], Any], then: Callable[[Any], None]) -> None:
        """Run `work` and hand its result to `then`, which may start the next job.

        Refused with a sentence while another job runs.
        """
        if self._job is not None:
            self.said.emit(tr("Wait until “{title}” is done, or stop it.", title=self._title))
            return
        job = Job(work, self)
        self._job = job
        self._title = title
        self._then = then
        self._label.setText(title)
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        job.progressed.connect(self._progressed)
        job.stopped.connect(self.said)
        job.finished.connect(self._finished)
        self.show()
        job.start()

    def _progressed(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._label.setText(self._title if total else f"{self._title} {done}")

    def _finished(self) -> None:
        job, then = self._job, self._then
        if job is None or not job.isFinished():
            return
        self._job = self._then = None
        self.hide()
        job.deleteLater()
        if then is not None and job.results:
            try:
                then(job.results[0])
            except AnnotatorError as error:
                self.said.emit(str(error))

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        if self._job is not None:
            self._job.requestInterruption()
            self._cancel.setEnabled(False)

    def wait(self) -> None:
        """Stop the job and wait until it has; nobody is left to be told what came of it."""
        job, self._job = self._job, None
        self._then = None
        if job is not None:
            job.requestInterruption()
            job.wait()
            job.deleteLater()
        self.hide()
