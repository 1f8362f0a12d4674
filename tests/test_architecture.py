"""Which way imports run: rules held against the source, each shown to fail, and what a start really loads."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_archon import archrule
from pytest_archon.failure import Failure, pop_failures

BELOW_APP = frozenset({"core", "agreement", "store", "propose", "exchange"})
MAY_IMPORT = {
    "core": frozenset({"core"}),
    "agreement": frozenset({"agreement", "core"}),
    "store": frozenset({"store", "core"}),
    "propose": frozenset({"propose", "core"}),
    "exchange": frozenset({"exchange", "core"}),
    "app": BELOW_APP | {"app"},
    "ui": frozenset({"ui", "app", "core", "propose", "agreement"}),
    "cli": BELOW_APP | {"cli", "app", "ui"},
}
"""Part: the parts that its modules may name, anywhere in them."""
NAMES_THE_STORE = "ui.application"
"""The one module of the interface that may: it is where the parts meet."""
HEAVY = ["PySide6", "shiboken6", "spacy", "thinc", "numpy", "scipy", "pyarrow", "sklearn", "sqlite_utils", "matplotlib"]
NO_QT = ["core", "agreement", "store", "propose", "exchange", "app"]


def _parts(package: str, allowed: frozenset[str]) -> Callable[..., bool]:
    def only_allowed_parts(module: str, direct: set[str], everything: object) -> bool:
        named = {name.split(".")[1] for name in direct if name.startswith(f"{package}.") and name.count(".")}
        extra = {"store"} if module == f"{package}.{NAMES_THE_STORE}" else set()
        return named <= allowed | extra | {"__version__"}

    return only_allowed_parts


def _only_library(package: str, also: frozenset[str]) -> Callable[..., bool]:
    def only_the_standard_library(module: str, direct: set[str], everything: object) -> bool:
        return {name.partition(".")[0] for name in direct} <= sys.stdlib_module_names | {package} | also

    return only_the_standard_library


def check_parts(package: str, part: str) -> None:
    rule = archrule(f"{part} imports only what lies below it")
    rule.match(f"{package}.{part}", f"{package}.{part}.*").should(
        _parts(package, MAY_IMPORT[part]), f"imports only {sorted(MAY_IMPORT[part])}"
    ).check(package, only_direct_imports=True)


def check_library(package: str, part: str, *also: str) -> None:
    rule = archrule(f"{part} stands on the standard library and {also}")
    rule.match(f"{package}.{part}", f"{package}.{part}.*").should(_only_library(package, frozenset(also))).check(
        package, only_direct_imports=True
    )


def check_no_qt(package: str, part: str) -> None:
    rule = archrule(f"{part} knows nothing of Qt", "only ui imports PySide6")
    rule.match(f"{package}.{part}", f"{package}.{part}.*").should_not_import(
        "PySide6", "PySide6.*", "shiboken6", "shiboken6.*"
    ).check(package, only_direct_imports=True)


def check_nothing_heavy(package: str) -> None:
    rule = archrule("nothing heavy at module level", "imported by the function that needs it")
    patterns = [pattern for name in HEAVY for pattern in (name, f"{name}.*")]
    rule.match(f"{package}.*").exclude(f"{package}.ui", f"{package}.ui.*").should_not_import(*patterns).check(
        package, only_direct_imports=True, only_toplevel_imports=True
    )


def check_window_on_demand(package: str) -> None:
    rule = archrule("the command line loads no window", "ui is imported by the command that opens it")
    rule.match(f"{package}.cli", f"{package}.cli.*", f"{package}.__main__").should_not_import(
        f"{package}.ui", f"{package}.ui.*"
    ).check(package, only_direct_imports=True, only_toplevel_imports=True)


# The source


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    check_parts("annotator", part)
    assert pop_failures() == []


def test_the_core_stands_on_the_standard_library() -> None:
    check_library("annotator", "core")
    assert pop_failures() == []


def test_the_store_stands_on_the_standard_library_and_sqlite_utils() -> None:
    check_library("annotator", "store", "sqlite_utils")
    assert pop_failures() == []


@pytest.mark.parametrize("part", NO_QT)
def test_only_the_interface_knows_qt(part: str) -> None:
    check_no_qt("annotator", part)
    assert pop_failures() == []


def test_nothing_heavy_is_imported_at_module_level() -> None:
    check_nothing_heavy("annotator")
    assert pop_failures() == []


def test_the_command_line_imports_the_window_only_where_it_opens_it() -> None:
    check_window_on_demand("annotator")
    assert pop_failures() == []


# The rules


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Makes a package laid out like the real one, with one module planted in it, and gives its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(module: str, source: str) -> str:
        package = f"planted_{len(list(tmp_path.iterdir()))}_{tmp_path.name}"
        for part in MAY_IMPORT:
            folder = tmp_path / package / part
            folder.mkdir(parents=True)
            (folder / "__init__.py").write_text("")
        (tmp_path / package / "__init__.py").write_text("")
        (tmp_path / package / "__main__.py").write_text(f"from {package}.cli import main\n")
        (tmp_path / package / f"{module.replace('.', '/')}.py").write_text(source.replace("PACKAGE", package))
        return package

    return make


Plant = Callable[[str, str], str]


def failures_of(module: str) -> list[Failure]:
    found = pop_failures()
    assert all(f"{module}'" in failure.reason for failure in found)
    return list(found)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core.planted", "from PACKAGE.store import x"),
        ("core.planted", "def late():\n    import PACKAGE.app"),
        ("agreement.planted", "from PACKAGE.store import x"),
        ("store.planted", "from PACKAGE import exchange"),
        ("propose.planted", "from PACKAGE.exchange import x"),
        ("exchange.planted", "from PACKAGE.store import x"),
        ("app.planted", "def late():\n    from PACKAGE.ui import x"),
        ("app.planted", "import PACKAGE.cli"),
        ("ui.planted", "from PACKAGE.store import x"),
        ("ui.planted", "from PACKAGE.exchange import x"),
        ("ui.planted", "import PACKAGE.cli"),
    ],
)
def test_an_import_that_runs_the_wrong_way_is_found(plant: Plant, module: str, line: str) -> None:
    check_parts(plant(module, line), module.partition(".")[0])
    assert failures_of(module)


def test_the_place_where_the_parts_meet_may_name_the_store(plant: Plant) -> None:
    check_parts(plant(NAMES_THE_STORE, "from PACKAGE.store import x"), "ui")
    assert failures_of(NAMES_THE_STORE) == []
    check_parts(plant(NAMES_THE_STORE, "from PACKAGE.cli import x"), "ui")
    assert failures_of(NAMES_THE_STORE)


@pytest.mark.parametrize("line", ["import numpy", "def late():\n    from yaml import load", "import sqlite_utils"])
def test_a_library_in_the_core_is_found(plant: Plant, line: str) -> None:
    check_library(plant("core.planted", line), "core")
    assert failures_of("core.planted")


def test_another_library_in_the_store_is_found(plant: Plant) -> None:
    package = plant("store.fine", "def late():\n    import sqlite_utils")
    check_library(package, "store", "sqlite_utils")
    assert failures_of("store.fine") == []
    check_library(plant("store.planted", "import requests"), "store", "sqlite_utils")
    assert failures_of("store.planted")


@pytest.mark.parametrize("part", NO_QT)
@pytest.mark.parametrize(
    "line", ["from PySide6.QtCore import QTimer", "def late():\n    import PySide6", "import shiboken6"]
)
def test_qt_outside_the_interface_is_found(plant: Plant, part: str, line: str) -> None:
    check_no_qt(plant(f"{part}.planted", line), part)
    assert failures_of(f"{part}.planted")


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_import_at_module_level_is_found(plant: Plant, name: str) -> None:
    check_nothing_heavy(plant("propose.planted", f"import {name}"))
    assert failures_of("propose.planted")
    check_nothing_heavy(plant("app.late", f"def late():\n    import {name}"))
    assert failures_of("app.late") == []


def test_a_window_imported_by_the_command_line_at_once_is_found(plant: Plant) -> None:
    check_window_on_demand(plant("cli.fine", "def late():\n    from PACKAGE.ui import x"))
    assert failures_of("cli.fine") == []
    check_window_on_demand(plant("cli.planted", "from PACKAGE.ui import x"))
    assert failures_of("cli.planted")


# What is really loaded

_LOADED = """
import importlib, pkgutil, sys
for part in sys.argv[2:]:
    package = importlib.import_module(f"annotator.{part}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
heavy = sys.argv[1].split(",")
print(" ".join(sorted(name for name in heavy if name in sys.modules)))
"""


@pytest.mark.parametrize("parts", [["app"], ["core"], ["store"], ["propose", "exchange", "agreement"], ["cli"]])
def test_importing_a_part_loads_nothing_heavy(parts: list[str]) -> None:
    command = [sys.executable, "-c", _LOADED, ",".join(HEAVY), *parts]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_probe_sees_what_is_loaded() -> None:
    command = [sys.executable, "-c", f"import numpy\n{_LOADED}", ",".join(HEAVY), "core"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["numpy"]
