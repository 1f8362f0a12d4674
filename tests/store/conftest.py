from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.document import Document, make_document
from annotator.core.record import Record
from annotator.store import connection
from annotator.store.corpus import Corpus
from tests.core.values import EVERYTHING, TEXT


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for another program's lock end at once."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.corpus"


@pytest.fixture
def corpus(path: Path) -> Iterator[Corpus]:
    with Corpus.create(path, EVERYTHING) as made:
        yield made


@pytest.fixture
def page_id(corpus: Corpus) -> str:
    """The id of the one document in the corpus."""
    document = make_document(TEXT)
    corpus.add_records([Record(document)])
    return document.id


@pytest.fixture
def three(corpus: Corpus) -> list[Document]:
    """Three documents in the corpus."""
    found = [make_document(f"Page {n} is by Joe Biden.\nLine two of {n}.") for n in range(3)]
    corpus.add_records(Record(document) for document in found)
    return found
