"""The command line through `main()`, as a shell would call it."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.queue import Queue
from annotator.app.session import Session
from annotator.app.settings import data_path
from annotator.cli import main
from annotator.core.annotation import Status
from annotator.store.corpus import Corpus

SEED = data_path("seeds", "000_534b89eb22049aa7.txt")


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What a failed command says: one sentence, on standard error alone, without a traceback."""
        assert self.code == 1, self
        assert self.err.startswith("annotator: "), self
        assert self.err.count("\n") == 1, self
        assert self.err.rstrip().endswith("."), self
        assert "Traceback" not in self.err
        return self.err.removeprefix("annotator: ").strip()


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line and gives its exit code and what it printed."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return ran


@pytest.fixture
def corpus(tmp_path: Path, run: Run) -> Path:
    """An empty corpus of news."""
    path = tmp_path / "news.corpus"
    assert run("new", path).code == 0
    return path


@pytest.fixture(scope="session")
def proposed_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with the seed page and what the real proposers give for it."""
    path = tmp_path_factory.mktemp("seed") / "seed.corpus"
    for arguments in (["new", path], ["import", path, SEED], ["propose", path]):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert ended.value.code == 0
    return path


@pytest.fixture
def seed_corpus(proposed_seed: Path, tmp_path: Path) -> Path:
    """A copy of that corpus for this test alone."""
    return Path(shutil.copy(proposed_seed, tmp_path))


def texts(corpus: Path) -> list[str]:
    with Corpus.open(corpus) as opened:
        return [record.document.text for record in opened.records()]


def work_as(corpus: Path, annotator: str, status: Status | None = None) -> None:
    """Accept one mark and reject one on the first page."""
    with Corpus.open(corpus) as opened:
        desk = Desk(Session(opened, annotator), Queue(opened, annotator))
        deeds.open_start(desk)
        deeds.accept(desk)
        deeds.reject(desk)
        if status is not None:
            deeds.mark_page(desk, status)


@pytest.fixture
def worked(seed_corpus: Path) -> Path:
    """The seed page with work of ann and finished gold."""
    work_as(seed_corpus, "ann")
    work_as(seed_corpus, "gold", Status.DONE)
    return seed_corpus


@pytest.fixture
def command() -> list[str]:
    """The program as a process of its own."""
    return [sys.executable, "-m", "annotator"]
