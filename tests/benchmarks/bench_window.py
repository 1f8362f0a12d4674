"""The window: start, edits from key press to painted, opening, scrolling, and a queue of 100,000 documents."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.app.sample import make_sample
from annotator.app.settings import Settings, find_schema
from annotator.core.document import make_document
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record
from annotator.store.corpus import Corpus
from tests.benchmarks import make_corpus
from tests.benchmarks.figures import Series

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"words": 850, "spans": 60}
"""A page of about 5 kB with 60 spans."""
LARGE = {"words": 170_000, "spans": 5_000}
"""A page of about 1 MB with 5,000 spans."""
EDITS = 500
DOCUMENTS = 100_000

_IMPORT = "import PySide6.QtWidgets, time; print([time.monotonic(), time.process_time()])"
_EMPTY = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print([time.monotonic(), time.process_time()], flush=True)
        app.exit()
app = QApplication([])
window = Window()
window.show()
app.exec()
"""
_WINDOW = """
import json, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from annotator.ui.application import make_application

class Watch(QObject):
    def eventFilter(self, item, event):
        if event.type() == QEvent.Type.Paint:
            for window in app.topLevelWidgets():
                view = getattr(window, "page_view", None)
                if view is not None and item is view.viewport() and window.desk.session.page is not None:
                    QTimer.singleShot(0, self.painted)
        return False
    def painted(self):
        app.removeEventFilter(self)
        with open("/proc/self/status") as status:
            rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        print(json.dumps([time.monotonic(), time.process_time(), rss / 1024, "spacy" in sys.modules]), flush=True)
        app.exit()

app = make_application()
watch = Watch()
app.installEventFilter(watch)
from pathlib import Path
import annotator.cli.window
from annotator.ui.application import run_window
run_window(Path(sys.argv[1]), "bench")
"""


def measure_start(corpus: Path | None = None, runs: int = 9) -> list[Series]:
    """From starting Python to a window that has painted its first page, beside what Qt alone costs.

    Args:
        corpus: The corpus to open; the sample corpus with its proposals when None.
        runs: How often each is started, in turn.
    """
    bare = Series("Python with PySide6.QtWidgets imported")
    empty = Series("an empty Qt window painted")
    window = Series("annotator open, sample corpus: first page painted")
    beyond = Series("the same, beyond importing PySide6", "600 ms")
    memory = Series("memory then, spaCy not loaded", unit="MB")
    with tempfile.TemporaryDirectory() as folder:
        if corpus is None:
            corpus = Path(folder) / "sample.corpus"
            make_sample(corpus)
        for run in range(runs + 1):
            times = []
            for series, code in ((bare, _IMPORT), (empty, _EMPTY), (window, _WINDOW)):
                seconds, processor, *rest = _child(code, corpus, folder)
                times.append((seconds, processor))
                if rest:
                    assert not rest[1], "spaCy was loaded"
                    memory.values.append(rest[0])
                if run:
                    series.add(seconds, processor)
            if run:
                beyond.add(times[2][0] - times[0][0], times[2][1] - times[0][1])
    return [bare, empty, window, beyond, memory]


def _child(code: str, corpus: Path, folder: str) -> list[Any]:
    """Seconds from starting Python to what the code waits for, processor seconds, and what else it says."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus)],
        cwd=ROOT,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    at, *rest = json.loads(done.stdout)
    return [at - start, *rest]


def _environment(folder: str) -> dict[str, str]:
    return os.environ | {"QT_QPA_PLATFORM": "offscreen", "ANNOTATOR_CONFIG": folder}


def page_records(pages: Iterable[dict[str, Any]]) -> list[tuple[Record, list[Proposal]]]:
    """Made documents as records, with their spans as proposals."""
    found = []
    for page in pages:
        spans = [Span(span["start"], span["end"], "entities", span["label"]) for span in page["spans"]]
        found.append((Record(make_document(page["text"])), [Proposal(span, 0.9, "made", "bench") for span in spans]))
    return found


def make_file(path: Path, pages: Sequence[tuple[Record, list[Proposal]]]) -> Path:
    """A corpus of these documents and proposals."""
    with Corpus.create(path, find_schema("news"), "Bench") as corpus:
        corpus.add_records(record for record, _ in pages)
        if any(proposals for _, proposals in pages):
            corpus.save_proposals("bench", "1", [(record.document, proposals) for record, proposals in pages])
    return path


@contextmanager
def window_on(path: Path) -> Iterator[Any]:
    """Hands at a real window, off-screen."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from annotator.ui.application import Workplace, make_application
    from tests.ui.hands import Hands

    make_application()
    workplace = Workplace(path, Settings(theme="light"), "bench")
    workplace.start()
    try:
        yield Hands(workplace)
    finally:
        workplace.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Painted:
    """Waits until the page has been painted."""

    def __init__(self, hands: Any) -> None:
        from PySide6.QtCore import QEvent, QObject

        class Watch(QObject):
            count = 0

            def eventFilter(self, item: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint:
                    self.count += 1
                return False

        self._watch = Watch()
        self._viewport = hands.view.viewport()
        self._viewport.installEventFilter(self._watch)

    def wait(self) -> None:
        """Let Qt do all that is due, and see that the page was painted."""
        from PySide6.QtWidgets import QApplication

        before = self._watch.count
        QApplication.processEvents()
        if self._watch.count == before:
            self._viewport.repaint()
        assert self._watch.count > before, "nothing was painted"


def measure_edits(edits: int = EDITS) -> list[Series]:
    """One edit, from key press to stored with `synchronous=FULL` and painted."""
    return [
        _edits("one edit, 5 kB and 60 spans: key press to stored and painted", "p95 16 ms", SMALL, edits),
        _edits("one edit, 1 MB and 5,000 spans: key press to stored and painted", "p95 33 ms", LARGE, edits),
    ]


def _edits(title: str, wanted: str, size: dict[str, int], edits: int) -> Series:
    from PySide6.QtTest import QTest

    from tests.ui.hands import CTRL, NONE, Key

    series = Series(title, wanted)
    with tempfile.TemporaryDirectory() as folder:
        path = make_file(Path(folder) / "edits.corpus", page_records(make_corpus.documents(1, **size)))
        with window_on(path) as hands:
            painted = Painted(hands)
            session = hands.desk.session
            assert session.corpus.query("PRAGMA synchronous") == [(2,)]
            keys = [(Key.Key_Return, NONE), (Key.Key_X, NONE), ("2", NONE), (Key.Key_Z, CTRL), (Key.Key_Return, NONE)]
            step = 0
            while len(series.values) < edits:
                if len(hands.desk.unresolved()) < 3:
                    while session.undo_title() and len(hands.desk.unresolved()) < size["spans"] // 2:
                        _press(QTest, hands, painted, series, Key.Key_Z, CTRL)
                elif hands.desk.focus is None or not hands.page.is_pending(hands.desk.focus):
                    hands.press(Key.Key_Tab)
                _press(QTest, hands, painted, series, *keys[step % len(keys)])
                step += 1
            series.cut(edits)
    return series


def _press(test: Any, hands: Any, painted: Painted, series: Series, key: Any, modifiers: Any) -> None:
    before = len(hands.desk.session.log())
    with series.timed():
        test.keyClick(hands.view, key, modifiers)
        painted.wait()
    if len(hands.desk.session.log()) != before + 1:
        series.cut(len(series.values) - 1)


def measure_opening() -> list[Series]:
    """The next page, from key press to painted."""
    from PySide6.QtTest import QTest

    from tests.ui.hands import CTRL, Key

    small = Series("next page, 5 kB and 60 spans: key press to painted", "30 ms")
    large = Series("next page, 1 MB and 5,000 spans: key press to painted", "150 ms")
    with tempfile.TemporaryDirectory() as folder:
        pages = page_records(make_corpus.documents(40, **SMALL))
        path = make_file(Path(folder) / "small.corpus", pages)
        with window_on(path) as hands:
            painted = Painted(hands)
            for key in [Key.Key_PageDown] * 39 + [Key.Key_PageUp] * 39:
                with small.timed():
                    QTest.keyClick(hands.view, key, CTRL)
                    painted.wait()
        big = page_records(make_corpus.documents(1, **LARGE, seed=1))
        path = make_file(Path(folder) / "large.corpus", [pages[0], *big])
        with window_on(path) as hands:
            painted = Painted(hands)
            for _ in range(20):
                with large.timed():
                    QTest.keyClick(hands.view, Key.Key_PageDown, CTRL)
                    painted.wait()
                assert len(hands.page.text) > 900_000
                hands.press(Key.Key_PageUp, CTRL)
    return [small, large]


def measure_scrolling(frames: int = 400) -> list[Series]:
    """A frame of the 1 MB page while it scrolls."""
    wheel = Series("scrolling 1 MB by 60 pixels: one frame", "16.7 ms")
    jump = Series("scrolling 1 MB by a screen never seen: one frame", "")
    with tempfile.TemporaryDirectory() as folder:
        path = make_file(Path(folder) / "large.corpus", page_records(make_corpus.documents(1, **LARGE)))
        with window_on(path) as hands:
            painted = Painted(hands)
            bar = hands.view.verticalScrollBar()
            for series, step in ((wheel, 60), (jump, 3 * hands.view.viewport().height())):
                for _ in range(frames):
                    with series.timed():
                        bar.setValue(bar.value() + step)
                        painted.wait()
    return [wheel, jump]


def measure_queue(documents: int = DOCUMENTS) -> list[Series]:
    """A corpus of many documents: start, memory, filter, open, and one edit."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from tests.ui.hands import CTRL, NONE, Key

    n = f"{documents:,} documents"
    start = Series(f"{n}: annotator open to first page painted")
    memory = Series(f"{n}: memory then, spaCy not loaded", "300 MB", unit="MB")
    status = Series(f"{n}: another status chosen, list painted", "150 ms")
    typed = Series(f"{n}: words in the filter line, from the end of typing to painted", "150 ms")
    opened = Series(f"{n}: next page, key press to painted", "30 ms")
    edited = Series(f"{n}: one edit, key press to stored and painted", "p95 16 ms")
    with tempfile.TemporaryDirectory() as folder:
        pages = page_records(make_corpus.documents(documents, words=60, spans=0))
        first = page_records(make_corpus.documents(1, **SMALL, seed=7))
        path = make_file(Path(folder) / "queue.corpus", [*first, *pages])
        del pages
        for _ in range(4):
            seconds, processor, rss, spacy = _child(_WINDOW, path, folder)
            assert not spacy, "spaCy was loaded"
            start.add(seconds, processor)
            memory.values.append(rss)
        with window_on(path) as hands:
            painted = Painted(hands)
            for key in (Key.Key_Return, Key.Key_X) * 12:
                _press(QTest, hands, painted, edited, key, NONE)
            for key in [Key.Key_PageDown] * 20 + [Key.Key_PageUp] * 20:
                with opened.timed():
                    QTest.keyClick(hands.view, key, CTRL)
                    painted.wait()
            queue = hands.window.documents
            for row in (1, 2, 3, 0) * 3:
                with status.timed():
                    queue.status.setCurrentIndex(row)
                    QApplication.processEvents()
            for words in ("r", "re", "report 99", "court", "zzz", "", "99", "", "said", ""):
                queue.words.setText(words)
                with typed.timed():
                    queue.apply()
                    QApplication.processEvents()
    return [start, memory, status, typed, opened, edited]
