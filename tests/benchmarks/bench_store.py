"""The store: one durable edit, and reading a page."""

import tempfile
from pathlib import Path

from annotator.core import edits
from annotator.store.corpus import Corpus
from tests.benchmarks import make_corpus
from tests.benchmarks.bench_window import EDITS, LARGE, SMALL, make_file, page_records
from tests.benchmarks.figures import Series


def measure_store(count: int = EDITS) -> list[Series]:
    """Edits with `synchronous=FULL`, and pages read, without a window."""
    rows = []
    for name, size in (("5 kB and 60 spans", SMALL), ("1 MB and 5,000 spans", LARGE)):
        edit = Series(f"store: one durable edit, {name}")
        read = Series(f"store: a page read, {name}")
        with tempfile.TemporaryDirectory() as folder:
            path = make_file(Path(folder) / "store.corpus", page_records(make_corpus.documents(1, **size)))
            with Corpus.open(path) as corpus:
                (summary,) = corpus.summaries("bench")
                page = corpus.page(summary.id, "bench")
                while len(edit.values) < count:
                    deed = edits.accept(page, page.pending[0])
                    for change in (deed, deed.inverse()):
                        page = page.after(change)
                        with edit.timed():
                            corpus.apply(summary.id, "bench", change)
                for _ in range(20):
                    with read.timed():
                        corpus.page(summary.id, "bench")
        rows += [edit, read]
    return rows
