import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from annotator.cli import app
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.cli.conftest import Run

HEAVY = ["PySide6", "spacy", "numpy", "sqlite_utils", "pyarrow", "scipy", "sklearn", "rich.progress", "annotator.ui"]
MAIN_JOB = {"open", "demo", "new", "import", "propose", "export", "info", "check", "keys"}


def names_in(program: typer.Typer, before: str = "") -> Iterator[str]:
    """The commands of a program and of its groups, as they are called."""
    for command in program.registered_commands:
        assert command.callback is not None
        yield before + (command.name or command.callback.__name__.strip("_").replace("_", "-"))
    for group in program.registered_groups:
        assert group.typer_instance is not None
        yield from names_in(group.typer_instance, f"{before}{group.name or group.typer_instance.info.name} ")


NAMES = sorted(names_in(app))


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def loaded_by(code: str) -> list[str]:
    """Which heavy modules a new process has loaded after `code`."""
    ask = f"import sys\n{code}\nprint([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stderr.splitlines()[-1].replace("'", '"'))
    return found


def test_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("import annotator.cli") == []


def test_reading_what_a_corpus_holds_loads_nothing_heavy(seed_corpus: Path) -> None:
    call = f"import annotator.cli\ntry: annotator.cli.main(['info', {str(seed_corpus)!r}])\nexcept SystemExit: pass"
    assert loaded_by(call) == []


def test_every_command_of_the_main_job_is_there() -> None:
    assert set(NAMES) >= MAIN_JOB


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_every_command_has_an_example(run: Run, name: str) -> None:
    shown = run(*name.split(), "--help")
    assert (shown.code, shown.err) == (0, "")
    _, _, example = shown.out.partition("Example: ")
    assert f"annotator {name} " in f"{example} "
    assert run(*name.split(), "-h").out == shown.out


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    assert all(f" {name.split()[0]} " in shown.out for name in NAMES)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["new"],
        ["info", "a", "b"],
        ["--nope"],
        ["import", "a.corpus"],
        ["export", "a.corpus"],
        ["new", "a", "-x"],
    ],
)
def test_the_wrong_words_end_with_2_and_say_how_it_goes(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert "Usage: " in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.usefixtures("no_display")
def test_the_window_without_a_display_is_a_sentence(run: Run, seed_corpus: Path) -> None:
    wanted = (
        "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. "
        "`annotator demo --walk` shows the program without one."
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    assert run().sentence == wanted
    assert run("open", seed_corpus).sentence == wanted


def test_the_window_on_an_off_screen_platform_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run().sentence.startswith("QT_QPA_PLATFORM=offscreen shows no window.")


def test_opening_a_corpus_that_is_not_there_is_said_before_the_display(run: Run, tmp_path: Path) -> None:
    assert run("open", tmp_path / "nope.corpus").sentence.startswith("There is no corpus at ")


def test_what_a_terminal_cannot_show_is_written_out(seed_corpus: Path, command: list[str]) -> None:
    done = subprocess.run(
        [*command, "keys", str(seed_corpus)],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"New corpus\\u2026" in done.stdout


def test_a_reader_that_stops_early_is_no_error(seed_corpus: Path, command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([*command, "keys"], stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert b"Traceback" not in done.stderr


# demo


@pytest.mark.slow
def test_the_demo_walks_through_the_main_job_off_screen(tmp_path: Path, command: list[str]) -> None:
    out = tmp_path / "out"
    walk = [*command, "demo", "--walk", "--out", str(out)]
    done = subprocess.run(walk, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    deeds = ["accepted", "rejected", "relabelled", "moved", "added", "joined", "undid", "finished", "exported"]
    for deed in (*deeds, "moved an edge", "moved the boundary", "added the boundary"):
        assert deed in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["sample.corpus", "sample.jsonl", "window.png"]
    assert (out / "window.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    with Corpus.open(out / "sample.corpus") as corpus:
        assert check_corpus(corpus) == []
        documents = len(corpus)
        assert "demo" in corpus.annotators()
    lines = [json.loads(line) for line in (out / "sample.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == documents
    (finished,) = [work for line in lines for work in line["annotations"] if work["annotator"] == "demo"]
    assert finished["status"] == "done"

    again = subprocess.run(walk, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert f"{out / 'sample.corpus'} is there already and is used as it is." in again.stdout


def test_a_demo_that_cannot_make_its_folder_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    said = run("demo", "--walk", "--out", tmp_path / "file" / "out").sentence
    assert "the folder cannot be made" in said


def test_a_demo_with_a_pipeline_that_is_not_there_leaves_no_corpus(run: Run, tmp_path: Path) -> None:
    assert "xx_nowhere" in run("demo", "--walk", "--out", tmp_path, "--model", "xx_nowhere").sentence
    assert not (tmp_path / "sample.corpus").exists()


def test_a_demo_that_was_cut_short_is_made_anew(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.corpus.part").write_bytes(b"half a file")
    run("demo", "--walk", "--out", tmp_path, "--model", "xx_nowhere")
    with sqlite3.connect(tmp_path / "sample.corpus.part") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone()[0] > 0
    connection.close()
