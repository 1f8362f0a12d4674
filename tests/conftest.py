"""What holds for every test: folders of its own, English words, an off-screen Qt, and nothing left behind."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A slow machine is no fault of a test. Where a run decides whether work is taken in, it draws the same examples every
# time, so that it says something of the change and not of the draw.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "APPDATA": "config",
    "LOCALAPPDATA": "data",
}
_FINISHING = 5.0
"""Seconds that a thread which is about to end is given."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Config, cache, data and state folders of this test alone; platformdirs and Qt read them from the environment.

    So is the language: the program speaks English, whatever the system does.
    """
    home = tmp_path_factory.mktemp("home")
    for variable, name in _FOLDERS.items():
        folder = home / name
        folder.mkdir(exist_ok=True)
        monkeypatch.setenv(variable, str(folder))
    if sys.platform == "darwin":
        monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LANGUAGE", "en")
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest, own_folders: Path) -> Iterator[None]:
    """Fail a test that leaves a thread running or, once Qt was imported, a timer or a top-level widget.

    Timers are looked for among all objects, which takes a while: only after tests that ask for Qt.
    """
    timers = "qapp" in request.fixturenames
    threads = set(threading.enumerate())
    before = _qt_left(timers=timers)
    yield
    left = [thread for thread in threading.enumerate() if thread not in threads and _is_own(thread)]
    for thread in left:
        thread.join(_FINISHING)
    problems = [f"thread {thread.name}" for thread in left if thread.is_alive()]
    known = {id(item) for item in before}
    if any(id(item) not in known for item in _qt_left(timers=timers)):
        _delete_what_waits()
        problems += [repr(item) for item in _qt_left(timers=timers) if id(item) not in known]
    assert not problems, "the test left behind: " + ", ".join(problems)


def _is_own(thread: threading.Thread) -> bool:
    """Whether Python started the thread; Qt's pool keeps its own, idle, as long as the process lives."""
    return not isinstance(thread, threading._DummyThread)


def _qt_left(*, timers: bool) -> list[Any]:
    """Top-level widgets, running timers and running Qt threads; none where Qt was never imported."""
    core, widgets = sys.modules.get("PySide6.QtCore"), sys.modules.get("PySide6.QtWidgets")
    if core is None or core.QCoreApplication.instance() is None:
        return []
    found: list[Any] = list(widgets.QApplication.topLevelWidgets()) if widgets else []
    pool = core.QThreadPool.globalInstance()
    if not pool.waitForDone(int(_FINISHING * 1000)):
        found.append(pool)
    return [*found, *_qt_running(core)] if timers else found


def _qt_running(core: Any) -> Iterator[Any]:
    alive = sys.modules["shiboken6"].isValid
    own = (core.QThread.currentThread(), core.QCoreApplication.instance().thread())
    for item in gc.get_objects():
        kind = type(item)
        if issubclass(kind, core.QTimer):
            if alive(item) and item.isActive():
                yield item
        elif issubclass(kind, core.QThread) and item not in own and alive(item) and item.isRunning():
            yield item


def _delete_what_waits() -> None:
    """Carry out the deletions that Qt and Python put off."""
    core = sys.modules["PySide6.QtCore"]
    gc.collect()
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    core.QCoreApplication.processEvents()
