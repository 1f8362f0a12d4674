import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtWidgets import QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from annotator.core.errors import AnnotatorError, InputError
from annotator.ui.jobs import JobBar, Report
from tests.ui.hands import Hands


class Gate:
    """Work that goes on step by step, as the test lets it."""

    def __init__(self) -> None:
        self.here = threading.Semaphore(0)
        self.on = threading.Semaphore(0)

    def __call__(self, report: Report) -> str:
        for n in range(1, 4):
            self.here.release()
            assert self.on.acquire(timeout=20)
            report(n, 3)
        return "result"


@pytest.fixture
def bar(qtbot: QtBot) -> JobBar:
    made = JobBar()
    qtbot.addWidget(made, before_close_func=lambda _: made.wait())
    made.sentences = []  # type: ignore[attr-defined]
    made.said.connect(made.sentences.append)  # type: ignore[attr-defined]
    return made


def said(bar: JobBar) -> list[str]:
    return list(bar.sentences)  # type: ignore[attr-defined]


def run(qtbot: QtBot, bar: JobBar, work: Callable[[Report], Any]) -> list[Any]:
    """Start work and wait until it is over; what came of it."""
    results: list[Any] = []
    bar.start("Working", work, results.append)
    assert bar.busy
    assert not bar.isHidden()
    qtbot.waitUntil(lambda: not bar.busy, timeout=20_000)
    assert bar.isHidden()
    return results


def test_work_runs_on_another_thread_and_its_result_comes_back_to_this_one(qtbot: QtBot, bar: JobBar) -> None:
    threads: list[Any] = []

    def work(_: Report) -> int:
        threads.append(QThread.currentThread())
        return 42

    results: list[Any] = []
    bar.start("Working", work, lambda result: results.append((result, QThread.currentThread())))
    qtbot.waitUntil(lambda: not bar.busy)
    here = QCoreApplication.instance().thread()  # type: ignore[union-attr]
    assert results == [(42, here)]
    assert threads[0] is not here
    assert said(bar) == []


def test_progress_is_shown(qtbot: QtBot, bar: JobBar) -> None:
    gate = Gate()
    bar.start("Working", gate, lambda _: None)
    progress = bar.findChild(QProgressBar)
    assert progress is not None
    assert progress.maximum() == 0, "nothing is known yet"
    for _ in range(3):
        gate.on.release()
    qtbot.waitUntil(lambda: progress.value() == 3)
    assert progress.maximum() == 3
    qtbot.waitUntil(lambda: not bar.busy)


def test_a_flood_of_progress_does_not_flood_the_window(qtbot: QtBot, bar: JobBar) -> None:
    told: list[int] = []

    def work(report: Report) -> None:
        for n in range(1, 20_001):
            report(n, 20_000)

    bar.start("Working", work, lambda _: None)
    assert bar._job is not None
    bar._job.progressed.connect(lambda n, _: told.append(n))
    qtbot.waitUntil(lambda: not bar.busy, timeout=20_000)
    assert told[-1] == 20_000
    assert len(told) < 2_000


def test_where_the_end_is_not_known_the_count_is_shown(qtbot: QtBot, bar: JobBar) -> None:
    gate = threading.Semaphore(0)

    def work(report: Report) -> None:
        report(7, None)
        assert gate.acquire(timeout=20)

    bar.start("Importing", work, lambda _: None)
    qtbot.waitUntil(lambda: bar._label.text() == "Importing 7")
    gate.release()
    qtbot.waitUntil(lambda: not bar.busy)


def test_work_is_stopped_by_the_button_and_says_so(qtbot: QtBot, bar: JobBar) -> None:
    gate = Gate()
    results: list[str] = []
    bar.start("Working", gate, results.append)
    assert gate.here.acquire(timeout=20)
    (stop,) = bar.findChildren(QToolButton)
    stop.click()
    gate.on.release()
    qtbot.waitUntil(lambda: not bar.busy)
    assert said(bar) == ["Stopped; what was done before is kept."]
    assert results == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputError("page.txt, line 3: no text."), "page.txt, line 3: no text."),
        (MemoryError(), "not enough memory"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_a_failure_is_a_sentence(qtbot: QtBot, bar: JobBar, error: Exception, sentence: str) -> None:
    def work(_: Report) -> None:
        raise error

    assert run(qtbot, bar, work) == []
    (told,) = said(bar)
    assert sentence in told
    assert told.endswith(".")


def test_a_mistake_in_the_program_is_said_too(qtbot: QtBot, bar: JobBar) -> None:
    def work(_: Report) -> None:
        raise ZeroDivisionError("n / 0")

    with qtbot.captureExceptions() as caught:
        assert run(qtbot, bar, work) == []
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    assert "mistake in the program" in said(bar)[0]


def test_a_refusal_of_what_follows_is_said(qtbot: QtBot, bar: JobBar) -> None:
    def then(_: object) -> None:
        raise AnnotatorError("The list could not be read.")

    bar.start("Working", lambda _: None, then)
    qtbot.waitUntil(lambda: not bar.busy)
    assert said(bar) == ["The list could not be read."]


def test_one_job_runs_at_a_time(qtbot: QtBot, bar: JobBar) -> None:
    gate = Gate()
    results: list[str] = []
    bar.start("Importing", gate, results.append)
    bar.start("Exporting", lambda _: "other", results.append)
    assert said(bar) == ["Wait until “Importing” is done, or stop it."]
    for _ in range(3):
        gate.on.release()
    qtbot.waitUntil(lambda: not bar.busy)
    assert results == ["result"]


def test_what_follows_a_job_may_start_the_next(qtbot: QtBot, bar: JobBar) -> None:
    results: list[str] = []
    bar.start("One", lambda _: "one", lambda one: bar.start("Two", lambda _: one + " two", results.append))
    qtbot.waitUntil(lambda: bool(results) and not bar.busy)
    assert results == ["one two"]
    assert said(bar) == []


def test_waiting_stops_the_work_and_hands_nothing_on(qtbot: QtBot, bar: JobBar) -> None:
    ready = threading.Event()

    def work(report: Report) -> str:
        ready.set()
        return "late"

    results: list[str] = []
    bar.start("Working", work, results.append)
    assert ready.wait(20)
    bar.wait()
    assert not bar.busy
    QCoreApplication.processEvents()
    assert results == []
    assert run(qtbot, bar, lambda _: "next") == ["next"]


def test_a_window_closed_while_a_job_runs_ends_it_first(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands], qtbot: QtBot
) -> None:
    hands = open_window(make_text_corpus("One page."))
    started = threading.Event()
    results: list[int] = []

    def work(report: Report) -> int:
        n = 0
        while True:
            n += 1
            report(n, None)
            started.set()

    hands.window.jobs.start("Working", work, results.append)
    assert started.wait(20)
    hands.window.close()
    assert not hands.window.jobs.busy
    assert results == []


def test_work_that_ends_as_the_window_closes_touches_nothing_any_more(
    make_text_corpus: Callable[..., Path], open_window: Callable[..., Hands]
) -> None:
    hands = open_window(make_text_corpus("One page."))
    done = threading.Event()

    def work(_: Report) -> None:
        done.set()

    results: list[None] = []
    hands.window.jobs.start("Working", work, results.append)
    assert done.wait(20)
    hands.window.close()
    QCoreApplication.processEvents()
    assert results == []
