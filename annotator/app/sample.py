"""The sample corpus: the seed page and openly licensed news pages, with proposals and some finished work."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotator.app.proposing import ProposeReport, propose
from annotator.app.sample_works import sample_works
from annotator.app.settings import data_path, find_schema
from annotator.core.document import Document, make_document
from annotator.core.record import Record
from annotator.propose.table import make_proposers
from annotator.store.corpus import Corpus


def sample_records() -> list[Record]:
    """The seed page and the sample pages, as documents."""
    seeds = [
        Record(make_document(path.read_text(encoding="utf-8"), source="seeds", meta={"file": path.name}))
        for path in sorted(data_path("seeds").glob("*.txt"))
    ]
    return seeds + [Record(document) for document, _ in _sample_pages()]


def _sample_pages() -> list[tuple[Document, dict[str, Any]]]:
    lines = data_path("corpora", "pages.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [json.loads(line) for line in lines]
    return [
        (
            make_document(
                page["text"],
                title=page.get("title", ""),
                source=page.get("source", ""),
                meta={"licence": page.get("licence", ""), "name": page["id"]},
            ),
            page,
        )
        for page in pages
    ]


def make_corpus(path: Path, schema: str = "news", name: str = "") -> None:
    """Make an empty corpus.

    Raises:
        CorpusError: Something stands at `path` already, or it cannot be written.
        InputError: There is no such schema.
    """
    Corpus.create(path, find_schema(schema), name).close()


def check_opens(path: Path) -> None:
    """See that a corpus can be opened, so that what is open stays where it cannot.

    Raises:
        CorpusError: There is none, it is no corpus, or it is newer than this program.
    """
    Corpus.open(path).close()


def make_sample(
    path: Path, *, model: str | None = None, progress: Callable[[str, int, int], None] | None = None
) -> list[ProposeReport]:
    """Make the sample corpus at `path` and propose marks for it.

    Raises:
        CorpusError: Something stands at `path` already, or it cannot be written.
        InputError: The pipeline for entities cannot be loaded.
    """
    with Corpus.create(path, find_schema("news"), "Sample: news pages") as corpus:
        corpus.add_records(sample_records())
        reports = propose(corpus, make_proposers(None, corpus.schema, model=model), progress=progress)
        pages = [(document, line, corpus.proposals(document.id)) for document, line in _sample_pages()]
        corpus.add_records(sample_works(pages, corpus.schema))
        return reports
