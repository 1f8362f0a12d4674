"""A desk on a real corpus file: four pages of news, two of them with proposals."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from annotator.app.desk import Desk
from annotator.app.queue import Queue
from annotator.app.session import Session
from annotator.app.settings import find_schema
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record
from annotator.store import connection
from annotator.store.corpus import Corpus

FIRST = (
    "Joe Biden met Ann in Paris.\n"
    "She said no. He said yes.\n"
    "\n"
    "  Second piece by Ann Lee. It goes on.\n"
    "Last line 😀 of e\u0301lan."
)
SECOND = "Ann Lee won.\nShe left."
THIRD = "Nothing was proposed here."
FOURTH = "One line only. Still the first line."


def at(text: str, words: str) -> int:
    """Where `words` stand in `text`, which holds them."""
    position = text.find(words)
    assert position >= 0, words
    return position


def span(words: str, label: str, text: str = FIRST) -> Span:
    start = at(text, words)
    return Span(start, start + len(words), "entities", label)


def boundary(words: str, label: str, layer: str = "articles", text: str = FIRST) -> Boundary:
    return Boundary(at(text, words), layer, label)


PROPOSED: list[tuple[Labelled, float | None]] = [
    (Boundary(0, "articles", "article"), 0.9),
    (span("Joe Biden", "PERSON"), 0.95),
    (span("Biden met", "ORG"), 0.2),
    (span("Paris", "ORG"), 0.4),
    (boundary("Second", "teaser"), 0.7),
    (boundary("Second", "body", "blocks"), None),
    (span("Ann Lee", "PERSON"), None),
]
"""Marks put forward on the first page, two of which exclude each other, in text order."""


@pytest.fixture(scope="session")
def made_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "news.corpus"
    with Corpus.create(path, find_schema("news")) as corpus:
        pages = [make_document(text, source=f"page{n}.txt") for n, text in enumerate((FIRST, SECOND, THIRD, FOURTH), 1)]
        corpus.add_records(Record(page) for page in pages)
        first = [Proposal(mark, score, "", "rules 1") for mark, score in PROPOSED]
        second = [Proposal(span("Ann Lee", "PERSON", SECOND), 0.5, "", "rules 1")]
        corpus.save_proposals("rules", "1", [(pages[0], first), (pages[1], second)])
    return path


@pytest.fixture
def corpus_file(made_corpus: Path, tmp_path: Path) -> Path:
    """A corpus file of this test alone."""
    return Path(shutil.copy(made_corpus, tmp_path))


@pytest.fixture
def open_desk(corpus_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Desk]]:
    """Opens a desk on the corpus, as starting the program does; a locked file is refused without waiting."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.0)
    with ExitStack() as stack:

        def opened(annotator: str = "ann", seconds: Callable[[], float] = lambda: 0.0) -> Desk:
            corpus = stack.enter_context(Corpus.open(corpus_file))
            return Desk(Session(corpus, annotator), Queue(corpus, annotator), seconds)

        yield opened


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A desk with the first page open."""
    made = open_desk()
    made.session.open(made.queue.items[0].id)
    return made
