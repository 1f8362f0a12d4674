"""How fast the agreement report is, and whether its memory stays flat.

`python -m tests.benchmarks.bench_agreement [DOCUMENTS ...]`; 1,000 and 100,000 documents where none are named, by three
annotators with 30 spans each. Documents are made as they are read, so that the memory is that of the report alone.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator

from annotator.agreement.report import agreement_report
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import Document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Label, Layer, LayerKind, Schema

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
"""470 words in ten lines; the report looks at no more of a text than its blanks and lines."""
SPANS = 30


def records(documents: int, seed: int = 0) -> Iterator[Record]:
    """Documents of three annotators who agree on about four fifths of their marks."""
    chance = random.Random(seed)
    lines = [i * len(TEXT.split("\n", 1)[0]) + i for i in range(10)]
    for n in range(documents):
        truth = [(5 * word, chance.choice(LABELS)) for word in sorted(chance.sample(range(0, 468, 2), SPANS))]
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
            annotation = Annotation(f"{n:064x}", name, frozenset(marks), State(Status.DONE))
            works.append(Work(annotation))
        yield Record(Document(f"{n:064x}", TEXT, f"page {n}"), tuple(works))


def main(arguments: list[str]) -> None:
    """Print seconds of the processor and the rise of peak memory for each number of documents."""
    for documents in [int(argument) for argument in arguments] or [1_000, 100_000]:
        begun = time.process_time()
        for _ in records(documents):
            pass
        making = time.process_time() - begun
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        report = agreement_report(records(documents), SCHEMA)
        taken = time.process_time() - begun
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{documents} documents: {taken - making:.2f} s (and {making:.2f} s to make them), "
            f"peak memory {after / 1024:.0f} MB, {(after - before) / 1024:+.0f} MB by the report; "
            f"exact F1 {report.layers['entities']['exact_f1']['mean']:.3f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
