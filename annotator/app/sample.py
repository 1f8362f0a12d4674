"""The sample corpus: the seed page and openly licensed news pages, with proposals."""

import json
from collections.abc import Callable
from pathlib import Path

from annotator.app.proposing import ProposeReport, propose
from annotator.app.settings import data_path, find_schema
from annotator.core.document import make_document
from annotator.core.record import Record
from annotator.propose.table import make_proposers
from annotator.store.corpus import Corpus


def sample_records() -> list[Record]:
    """The seed page and the sample pages, as documents."""
    seeds = [
        Record(make_document(path.read_text(encoding="utf-8"), source="seeds", meta={"file": path.name}))
        for path in sorted(data_path("seeds").glob("*.txt"))
    ]
    lines = data_path("corpora", "pages.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [json.loads(line) for line in lines]
    return seeds + [
        Record(
            make_document(
                page["text"],
                title=page.get("title", ""),
                source=page.get("source", ""),
                meta={"licence": page.get("licence", ""), "name": page["id"]},
            )
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
        return propose(corpus, make_proposers(None, corpus.schema, model=model), progress=progress)
