import importlib.util
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.app import display

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring all Qt needs")


@pytest.fixture
def offscreen_plugin() -> Path:
    specification = importlib.util.find_spec("PySide6")
    assert specification is not None
    assert specification.origin is not None
    return Path(specification.origin).parent / "Qt" / "plugins" / "platforms" / "libqoffscreen.so"


@pytest.fixture
def broken_plugin(offscreen_plugin: Path, tmp_path: Path) -> Path:
    """The offscreen plugin, asking for two libraries that no system has."""
    contents = offscreen_plugin.read_bytes()
    for library, absent in [
        (b"libstdc++.so.6\0", b"libabsent.so.6\0"),
        (b"libgcc_s.so.1\0", b"libgone_.so.1\0"),
    ]:
        assert library in contents
        contents = contents.replace(library, absent)
    broken = tmp_path / offscreen_plugin.name
    broken.write_bytes(contents)
    return broken


@pytest.fixture
def x_server() -> Iterator[str]:
    """The DISPLAY of an X server that runs for the length of a test."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        ready, _, _ = select.select([numbers], [], [], 30)
        number = numbers.readline().strip() if ready else ""
    try:
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(30)


@linux_only
def test_nothing_is_missing_where_the_tests_run() -> None:
    assert display.missing_libraries("offscreen") == []


@linux_only
def test_every_missing_library_of_a_file_is_named(broken_plugin: Path) -> None:
    missing = display._missing_from([broken_plugin])
    assert {"libabsent.so.6", "libgone_.so.1"} <= set(missing)


@linux_only
def test_the_first_missing_library_is_named_where_ldd_is_not_there(
    broken_plugin: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = display._missing_from([broken_plugin])
    assert len(missing) == 1
    assert ".so." in missing[0]


@linux_only
def test_all_that_the_offscreen_plugin_asks_for_is_looked_at(offscreen_plugin: Path) -> None:
    files = display._qt_files(offscreen_plugin.parents[3], "offscreen")
    assert offscreen_plugin in files
    assert {"QtCore", "QtGui", "QtWidgets"} <= {file.name.partition(".")[0] for file in files}


def test_packages_are_named_once_and_in_order() -> None:
    libraries = ["libxcb-cursor.so.0", "libgthread-2.0.so.0", "libglib-2.0.so.0", "libunheard.so.1"]
    assert display.debian_packages(libraries) == ["libglib2.0-0", "libxcb-cursor0"]


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["libEGL.so.1", "libGL.so.1"], ["apt-get install libegl1 libgl1"]),
        (["libEGL.so.1", "libunheard.so.1"], ["apt-get install libegl1", "libunheard.so.1"]),
        (["libunheard.so.1"], ["libunheard.so.1"]),
    ],
)
def test_one_sentence_says_what_to_install(
    missing: list[str], named: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(display, "missing_libraries", lambda platform: missing)
    assert display.main(["offscreen"]) == 1
    said = capsys.readouterr().err
    assert all(words in said for words in named)
    assert said.count("\n") == 1


def test_one_platform_that_can_be_loaded_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "missing_libraries", lambda platform: ["libEGL.so.1"] if platform == "wayland" else [])
    assert display.library_problem(["wayland", "xcb"]) is None
    problem = display.library_problem(["wayland"])
    assert problem is not None
    assert "libegl1" in problem


def test_a_python_without_qt_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    problem = display.library_problem(["offscreen"])
    assert problem is not None
    assert "Qt is not installed" in problem


@linux_only
def test_the_check_passes_here_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert display.main(["offscreen"]) == 0
    assert capsys.readouterr() == ("", "")


@linux_only
@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ":63999"}, "DISPLAY=:63999"),
        ({"WAYLAND_DISPLAY": "wayland-63999"}, "wayland-63999"),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":63999"}, "QT_QPA_PLATFORM=offscreen"),
        ({"QT_QPA_PLATFORM": "minimal"}, "QT_QPA_PLATFORM=minimal"),
    ],
)
def test_no_display_is_told_and_drawn_off_screen(env: dict[str, str], named: str) -> None:
    problem = display.display_problem(env)
    assert problem is not None
    assert named in problem
    assert display.platforms_for(env) == ["offscreen"]


@linux_only
@pytest.mark.xvfb
def test_an_x_server_that_answers_is_no_problem(x_server: str) -> None:
    assert display.display_problem({"DISPLAY": x_server}) is None
    assert display.platforms_for({"DISPLAY": x_server}) == ["xcb"]
    assert display.platforms_for({"DISPLAY": x_server, "QT_QPA_PLATFORM": "wayland;xcb"}) == ["xcb"]


@linux_only
def test_an_x_server_is_found_over_the_network_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        assert display.platforms_for({"DISPLAY": f"127.0.0.1:{number}.0"}) == ["xcb"]
    assert display.platforms_for({"DISPLAY": f"127.0.0.1:{number}.0"}) == ["offscreen"]


@linux_only
@pytest.mark.parametrize("named", ["nonsense", ":", "host:", ":one", "127.0.0.1:99999", "/a/path"])
def test_a_display_that_cannot_be_is_no_display(named: str) -> None:
    assert display.display_problem({"DISPLAY": named}) is not None


@linux_only
def test_a_wayland_display_that_listens_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The path of a socket may hold about 100 bytes, so its folder is left out.
    monkeypatch.chdir(tmp_path)
    env = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "."}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind("wayland-0")
        server.listen()
        assert display.display_problem(env) is None
        assert display.platforms_for(env) == ["wayland"]


@linux_only
def test_a_platform_that_needs_neither_is_left_alone() -> None:
    env = {"QT_QPA_PLATFORM": "vnc:size=640x480"}
    assert display.platforms_for(env) == ["vnc"]
    assert display.display_problem(env) is None


def test_qt_is_not_imported_by_the_check() -> None:
    program = "import sys, annotator.app.display as d; d.main(['offscreen']); sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
