"""A corpus with proposals by the real proposers, and the real window on a corpus."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from annotator.app.proposing import propose
from annotator.app.sample import sample_records
from annotator.app.settings import Settings, find_schema
from annotator.core.document import make_document
from annotator.core.proposal import Proposal
from annotator.core.record import Record
from annotator.propose.table import make_proposers
from annotator.store.corpus import Corpus
from annotator.ui.application import Workplace, make_application
from tests.ui.hands import Hands

ANNOTATOR = "ann"
_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the off-screen platform says of every window is no fault of the window."""
    for item in items:
        if _FOLDER in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(scope="session")
def proposed_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed page and two sample pages, with what the real proposers say of them. Copied, never used itself."""
    path = tmp_path_factory.mktemp("proposed") / "seed.corpus"
    with Corpus.create(path, find_schema("news"), "Seed corpus") as corpus:
        corpus.add_records(sample_records()[:3])
        propose(corpus, make_proposers(None, corpus.schema))
    return path


@pytest.fixture
def seed_corpus(proposed_corpus: Path, tmp_path: Path) -> Path:
    """The seed page and two sample pages with proposals, in a file of this test alone."""
    path = tmp_path / "seed.corpus"
    shutil.copyfile(proposed_corpus, path)
    return path


@pytest.fixture
def make_text_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Makes a corpus of texts, with proposals for the first of them."""

    def make(*texts: str, proposals: Sequence[Proposal] = (), schema: str = "news") -> Path:
        path = tmp_path / "texts.corpus"
        documents = [make_document(text) for text in texts]
        with Corpus.create(path, find_schema(schema)) as corpus:
            corpus.add_records(Record(document) for document in documents)
            if proposals:
                corpus.save_proposals("rules", "1", [(documents[0], proposals)])
        return path

    return make


@pytest.fixture
def open_window(qapp: QApplication) -> Iterator[Callable[..., Hands]]:
    """Opens the real window on a corpus, off-screen, with hands at its keyboard and mouse."""
    make_application()
    qapp.setStyle("Fusion")
    opened: list[Workplace] = []

    def open_(path: Path, *, annotator: str = ANNOTATOR, theme: str = "light", zoom: int = 100) -> Hands:
        workplace = Workplace(path, Settings(theme=theme, zoom=zoom), annotator)
        opened.append(workplace)
        workplace.start()
        return Hands(workplace)

    yield open_
    for workplace in opened:
        close_window(workplace)


def close_window(workplace: Workplace) -> None:
    """Close a window and let Qt carry out what it put off."""
    workplace.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
