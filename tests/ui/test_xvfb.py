"""Once on a real X server, started by the test."""

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.store.corpus import Corpus
from tests.ui.conftest import ANNOTATOR

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from annotator.app.settings import Settings
from annotator.ui.application import Workplace, make_application
from tests.ui.hands import Hands, Key

make_application()
assert QGuiApplication.platformName() == "xcb", QGuiApplication.platformName()
workplace = Workplace(Path(sys.argv[1]), Settings(theme="light"), sys.argv[2])
workplace.start()
assert QTest.qWaitForWindowExposed(workplace.window, 20_000)
hands = Hands(workplace)
first = hands.desk.focus
hands.press(Key.Key_Return)
assert first in hands.marks, hands.marks
screen = QGuiApplication.primaryScreen().grabWindow(0).toImage()
points = [(x, y) for x in range(0, screen.width(), 7) for y in range(0, screen.height(), 7)]
print(screen.width(), screen.height(), len({screen.pixelColor(*point).name() for point in points}))
workplace.close()
"""
_WAIT = 30.0
"""Seconds in which the X server has to say its number."""


@pytest.fixture
def x_display() -> Iterator[str]:
    """The name of a display that Xvfb serves; the server chooses a number that is free."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed; .ci/run installs it")
    reader, writer = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(arguments, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            ready, _, _ = select.select([reader], [], [], _WAIT)
            number = os.read(reader, 16).decode().strip() if ready else ""
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            os.close(reader)
            server.terminate()


@pytest.mark.xvfb
def test_the_window_shows_on_an_x_server_and_return_accepts(x_display: str, seed_corpus: Path) -> None:
    environment = os.environ | {"DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    arguments = [sys.executable, "-c", CHILD, str(seed_corpus), ANNOTATOR]
    done = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    width, height, colours = map(int, done.stdout.split())
    assert (width, height) == (1280, 900)
    assert colours > 10, "the screen is blank"
    with Corpus.open(seed_corpus) as corpus:
        document_id = next(iter(corpus.edited_pages(ANNOTATOR)), None)
        assert document_id is not None
        assert len(corpus.annotation(document_id, ANNOTATOR).marks) == 1
