"""What the card of an export says without anyone telling it."""

from pathlib import Path

import pytest

from annotator.app.transfer import CardFacts, ExportRequest, export_corpus, find_format
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import Cancelled
from annotator.core.marks import Mark, Rejection, Span
from annotator.core.record import GOLD, Record, Work
from annotator.store.corpus import Corpus
from tests.exchange.strategies import CONLL

PERSON, ORG = Span(0, 4, "entities", "PER"), Span(12, 16, "entities", "ORG")


def work(document_id: str, name: str, *marks: Mark, status: Status = Status.DONE) -> Work:
    origins = dict.fromkeys(marks, "spacy 3") if name == "ann" else {}
    return Work(Annotation(document_id, name, frozenset(marks), State(status)), origins)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    found = []
    for number in range(6):
        source, meta = f"https://www.s{number % 2}.example/{number}", {"licence": "CC BY 4.0"} if number == 0 else {}
        document = make_document(f"John is with Acme, page {number}.", source=source, meta=meta)
        works = [
            work(document.id, "ann", PERSON, Rejection(Span(5, 7, "entities", "LOC"))),
            work(document.id, "ben", PERSON, *([ORG] if number else []), status=Status.DONE),
            work(document.id, GOLD, PERSON),
        ]
        found.append(Record(document, tuple(works)))
    corpus = Corpus.create(tmp_path / "news.corpus", CONLL)
    corpus.add_records(found)
    return corpus


def test_the_card_stands_on_its_own(corpus: Corpus, tmp_path: Path) -> None:
    about = CardFacts(licences={"s1.example": "all rights reserved"})
    with corpus:
        export_corpus(corpus, ExportRequest("huggingface", tmp_path / "out", about=about))
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    for words in (
        "6 documents",
        "- gold, adjudicated: 6",
        "- annotator 1: 6\n- annotator 2: 6",
        "On 6 pages that two or more annotators have finished:\n\n- ",
        "two people mark the same stretch the same way in ",
        "| spacy 3 | 6 | 6 | 50% |",
        "| s0.example | CC BY 4.0 | 1 |",
        "| s0.example | not stated | 2 |",
        "| s1.example | all rights reserved | 3 |",
        "6 × gold",
    ):
        assert words in card, words
    assert "(" in card.split("two people mark", 1)[1].split("\n", 1)[0]
    assert "ann:" not in card
    assert "ben" not in card


def test_one_file_has_no_card_and_reads_the_corpus_once(corpus: Corpus, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with corpus:
        request = ExportRequest("jsonl", tmp_path / "out.jsonl")
        export_corpus(corpus, request, lambda read, total: told.append((read, total)))
    assert told[-1] == (6, 6)


def test_the_rounds_of_a_folder_are_told_from_the_start_and_can_be_stopped(corpus: Corpus, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def stop(read: int, total: int) -> None:
        told.append((read, total))
        if read == 8:
            raise Cancelled("Stopped.")

    assert find_format("brat").folder
    with corpus, pytest.raises(Cancelled):
        export_corpus(corpus, ExportRequest("brat", tmp_path / "out"), stop)
    assert {total for _, total in told} == {18}
    assert not (tmp_path / "out").exists()
