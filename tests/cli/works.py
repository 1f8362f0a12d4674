"""Corpora with the work of several annotators, for tests of import and export."""

import random
from pathlib import Path

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.store.corpus import Corpus
from tests.cli.conftest import Run

SENTENCE = "Ann Lee leads Acme."
PERSON, ORG = Span(0, 7, "entities", "PERSON"), Span(14, 18, "entities", "ORG")
DONE, BEGUN = Status.DONE, Status.IN_PROGRESS


def page(number: int, *works: tuple[str, Status], marks: frozenset[Mark] = frozenset({PERSON, ORG})) -> Record:
    """A page that begins with `SENTENCE` and is like no other, with the works of these annotators and a proposal."""
    words = random.Random(number)
    rest = " ".join("".join(words.choices("abcdefghijklmnopqrst", k=8)) for _ in range(60))
    text = f"{SENTENCE}\n{rest}\n"
    document = make_document(text, published=f"20{10 + number}-03-05", source=f"https://s{number}.org/")
    made = tuple(Work(Annotation(document.id, who, marks, State(status))) for who, status in works)
    return Record(document, made, (Proposal(PERSON, 0.5, "", "rules 1"),))


def fill(path: Path, *records: Record) -> Path:
    with Corpus.open(path) as corpus:
        corpus.add_records(records)
    return path


def works_in(path: Path) -> list[list[tuple[str, str, int]]]:
    """Annotator, status and number of marks of every work in a corpus."""
    with Corpus.open(path) as corpus:
        return [
            [(w.annotation.annotator, w.annotation.state.status.value, len(w.annotation.marks)) for w in record.works]
            for record in corpus.records()
        ]


def usage_of(run: Run, *arguments: object) -> str:
    """What is said, in one line, of words that are wrong."""
    done = run(*arguments)
    assert (done.code, done.out) == (2, ""), done
    return " ".join(done.err.replace("│", " ").split())
