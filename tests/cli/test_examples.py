"""The examples of docs/commands.md are run, and give what stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from annotator.app.settings import data_path
from annotator.cli import corpus, exchange, window
from tests.cli.conftest import Run

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"


def examples() -> Iterator[tuple[str, str]]:
    """Each command of the page with what it should print; "…" there stands for anything."""
    for block in re.findall(r"^```console\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        command = ""
        printed: list[str] = []
        for line in [*block.splitlines(), "$ "]:
            if line.startswith("$ "):
                if command:
                    yield command, "\n".join(printed)
                command, printed = line[2:], []
            else:
                printed.append(line)


def section(name: str) -> str:
    body = DOCS.read_text(encoding="utf-8")
    _, found, rest = body.partition(f"\n## annotator {name}\n")
    assert found, f"docs/commands.md has no section on {name}"
    return rest.partition("\n## ")[0]


def main_commands() -> list[str]:
    program = typer.Typer()
    window.register(program)
    corpus.register(program)
    exchange.register(program)
    return [
        command.name or command.callback.__name__.strip("_")
        for command in program.registered_commands
        if command.callback is not None
    ]


@pytest.mark.parametrize("name", main_commands())
def test_every_command_has_a_section_with_all_its_options_and_an_example(run: Run, name: str) -> None:
    told = section(name)
    options = set(re.findall(r"--[a-z0-9-]+", run(name, "--help").out.partition("Options")[2])) - {"--help"}
    assert options == set(re.findall(r"^- `(--[a-z0-9-]+)`", told, re.MULTILINE))
    assert re.search(rf"^\$ (.*\| )?annotator {name}\b", told, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(not data_path("docs").is_dir() or os.name != "posix", reason="needs the checkout and a shell")
def test_every_example_runs_and_prints_what_the_page_says(tmp_path: Path) -> None:
    programs, here = tmp_path / "bin", tmp_path / "here"
    programs.mkdir()
    here.mkdir()
    program = programs / "annotator"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m annotator "$@"\n')
    program.chmod(0o755)
    env = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    env |= {"PATH": f"{programs}{os.pathsep}{env['PATH']}", "PYTHONPATH": str(DOCS.parents[1])}
    found = list(examples())
    assert len(found) > 15
    for command, wanted in found:
        done = subprocess.run(["sh", "-c", command], cwd=here, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
        pattern = r"[\s\S]*".join(re.escape(part) for part in wanted.split("…"))
        whole = f"{wanted}\n".endswith("…\n")
        assert re.match(pattern + ("" if whole else r"\s*$"), done.stdout), (command, done.stdout)
    assert (here / "mynews.jsonl").read_bytes()
    assert (here / "out" / "window.png").is_file()
