"""How fast `annotator agreement` is on a corpus file, and whether its memory stays flat.

`python -m tests.benchmarks.bench_agreement [--keep FOLDER] [DOCUMENTS ...]`; 1,000 and 10,000 documents where none are
named, by three annotators with 30 spans each. 100,000 documents make a file of 2.7 GB, which takes some minutes; with
`--keep` it is made once and measured again each time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.store.corpus import Corpus
from tests.benchmarks.figures import Series

LABELS = ("PERSON", "ORG", "GPE", "DATE", "MONEY", "NORP")
SCHEMA = Schema(
    "bench",
    1,
    (
        Layer("articles", LayerKind.SEGMENTS, labels=(Label("article"), Label("teaser"))),
        Layer("blocks", LayerKind.SEGMENTS, labels=(Label("headline"), Label("body"))),
        Layer("entities", LayerKind.SPANS, labels=tuple(Label(name) for name in LABELS)),
    ),
)
TEXT = "\n".join(" ".join(["word"] * 47) for _ in range(10))
"""470 words in ten lines; agreement looks at no more of a text than its blanks and lines."""
SPANS = 30


def records(documents: int, seed: int = 0) -> Iterator[Record]:
    """Documents of three annotators who agree on about four fifths of their marks."""
    chance = random.Random(seed)
    lines = [i * len(TEXT.split("\n", 1)[0]) + i for i in range(10)]
    for n in range(documents):
        truth = [(5 * word, chance.choice(LABELS)) for word in sorted(chance.sample(range(0, 468, 2), SPANS))]
        document = make_document(f"{TEXT}\nPage {n}.", title=f"page {n}")
        works = []
        for name in ("ana", "ben", "cai"):
            marks: set[Mark] = {Boundary(0, "articles", "article"), Boundary(0, "blocks", "headline")}
            marks.update(Boundary(line, "blocks", "body") for line in lines[1:] if chance.random() < 0.9)
            marks.update(
                Boundary(line, "articles", "article") for line in (lines[3], lines[7]) if chance.random() < 0.9
            )
            for start, label in truth:
                drawn = chance.random()
                given = chance.choice(LABELS) if drawn < 0.1 else label
                marks.add(Span(start, start + (4 if drawn < 0.9 else 9), "entities", given))
            annotation = Annotation(document.id, name, frozenset(marks), State(Status.DONE))
            works.append(Work(annotation))
        yield Record(document, tuple(works))


def make(folder: Path, documents: int) -> Path:
    """The corpus of so many documents in a folder, made where it is not there yet."""
    path = folder / f"agreement-{documents}.corpus"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        for left in folder.glob(f"{unfinished.name}*"):
            left.unlink()
        with Corpus.create(unfinished, SCHEMA, path.stem) as corpus:
            corpus.add_records(records(documents))
        unfinished.rename(path)
    return path


def measure(path: Path) -> dict[str, float]:
    """Run `annotator agreement FILE --json` in a process of its own: seconds, processor seconds, peak memory in MB."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "annotator", "agreement", str(path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("annotator agreement failed")
    return {
        "seconds": time.perf_counter() - begun,
        "processor": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
        "exact_f1": json.loads(printed)["layers"]["entities"]["exact_f1"]["mean"],
    }


def measure_agreement() -> list[Series]:
    """Rows for the table of all benchmarks: 1,000 and 10,000 documents."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for documents in (1_000, 10_000):
            path = make(Path(folder), documents)
            runs = [measure(path) for _ in range(5 if documents == 1_000 else 1)]
            wanted = "2,000 ms" if documents == 1_000 else ""
            time_ = Series(f"{documents:,} documents by 3: annotator agreement, from the file", wanted)
            for run in runs:
                time_.add(run["seconds"], run["processor"])
            memory = Series(f"{documents:,} documents by 3: memory then", unit="MB")
            memory.values = [run["memory"] for run in runs]
            rows += [time_, memory]
    return rows


def main() -> None:
    """Print seconds, processor seconds and peak memory for each number of documents."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_agreement", description=__doc__)
    parser.add_argument("documents", nargs="*", type=int, metavar="DOCUMENTS")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the corpus files here, and use those there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = arguments.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for documents in arguments.documents or [1_000, 10_000]:
            found = measure(make(folder, documents))
            print(
                f"{documents:,} documents: {found['seconds']:.1f} s, {found['processor']:.1f} s of the processor, "
                f"peak memory {found['memory']:.0f} MB; exact F1 {found['exact_f1']:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
