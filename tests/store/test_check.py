import sqlite3
from pathlib import Path

import pytest

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.edits import accept, accept_rest, add_span, set_state
from annotator.core.marks import Boundary, DocumentLabel, Rejection, Span
from annotator.core.record import Record, Work
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.core.values import EVERYTHING, HOSTILE, TEXT, propose

JOE = Span(0, 9, "entities", "PERSON")


@pytest.fixture
def worked(path: Path) -> Path:
    """A corpus with every kind of content, closed."""
    marks = frozenset([Boundary(4, "blocks", "body"), DocumentLabel("topic", "sport"), Rejection(JOE)])
    with Corpus.create(path, EVERYTHING) as corpus:
        documents = [make_document(TEXT), *(make_document(raw) for raw in HOSTILE.values() if len(raw) < 100)]
        for document in documents:
            work = Work(Annotation(document.id, "bob", marks if document.text == TEXT else frozenset()))
            proposed = (propose(JOE, 0.7), propose(Boundary(0, "articles", "article"))) if document.text == TEXT else ()
            corpus.add_records([Record(document, (work,), proposed)])
        id_ = documents[0].id
        corpus.apply(id_, "ann", accept(corpus.page(id_, "ann"), JOE), origins={JOE: "rules 1"})
        corpus.apply(id_, "ann", add_span(corpus.page(id_, "ann"), 20, 25, "entities", "ORG"))
        entry = corpus.apply(id_, "ann", set_state(corpus.page(id_, "ann"), Status.UNSURE, "who?"))
        corpus.apply(id_, "ann", corpus.logged(entry.id).edit.inverse(), undoes=entry.id)
        corpus.apply(id_, "ann", accept_rest(corpus.page(id_, "ann")))
        assert corpus.page(id_, "ann").annotation.state == State(Status.DONE)
    return path


def plant(path: Path, statement: str) -> None:
    """Change the file behind the program's back."""
    program = sqlite3.connect(path)
    program.execute("DROP TRIGGER edits_stay")
    program.execute("DROP TRIGGER edits_last")
    program.execute("PRAGMA ignore_check_constraints = ON")
    for piece in statement.split(";"):
        assert program.execute(piece).rowcount > 0
    program.commit()
    program.close()


def test_a_sound_file_gives_no_problem(worked: Path) -> None:
    told: list[int] = []
    with Corpus.open(worked) as corpus:
        assert check_corpus(corpus, told.append) == []
        assert told == list(range(1, len(corpus) + 1))


SQL = "UPDATE marks SET"
ANN = "annotator = (SELECT id FROM annotators WHERE name = 'ann')"
CORRUPTIONS = {
    "a letter of the text": (
        "UPDATE texts SET text = replace(text, 'Biden', 'Bidem')",
        "not the one that was imported",
    ),
    "a shorter text": ("UPDATE texts SET text = substr(text, 1, 10)", "length kept of the text"),
    "a lost text": ("DELETE FROM texts WHERE seq = 1", "has lost its text"),
    "an offset": (f"{SQL} start = start + 1 WHERE kind = 2 AND {ANN} AND label = 'ORG'", "log and marks differ"),
    "an offset outside": (f"{SQL} \"end\" = 10000 WHERE label = 'ORG'", "does not lie in the text"),
    "a label": (f"{SQL} label = 'GPE' WHERE label = 'ORG'", "log and marks differ (2 marks)"),
    "an unknown label": (f"{SQL} label = 'NOBODY' WHERE label = 'ORG'", "has no label “NOBODY”"),
    "a proposer": (f"{SQL} proposer = 'other 1' WHERE proposer IS NOT NULL", "log and marks differ"),
    "an edit number": (f"{SQL} edit = 1 WHERE label = 'ORG'", "log and marks differ"),
    "a rejection": (f"{SQL} rejected = 0 WHERE rejected = 1", "log and marks differ"),
    "a deleted mark": ("DELETE FROM marks WHERE label = 'ORG'", "log and marks differ (1 marks)"),
    "a mark from nowhere": (
        "INSERT INTO marks SELECT seq, annotator, kind, layer, 30, 33, label, rejected, edit, NULL FROM marks "
        "WHERE label = 'ORG'",
        "log and marks differ (1 marks)",
    ),
    "an overlap": (
        "INSERT INTO marks SELECT seq, annotator, kind, layer, 21, 33, label, rejected, edit, NULL FROM marks "
        "WHERE label = 'ORG'",
        "overlap, which its schema does not allow",
    ),
    "a status": (f"UPDATE annotations SET status = 'todo' WHERE status = 'done' AND {ANN}", "log and status differ"),
    "a line of the log": ("DELETE FROM edits WHERE title LIKE 'Accept PERSON%'", "the log cannot be replayed"),
    "marks in the log": ("""UPDATE edits SET added = '[]' WHERE title LIKE 'Add %'""", "log and marks differ"),
    "no JSON in the log": ("""UPDATE edits SET added = '[' WHERE title LIKE 'Add %'""", "cannot be checked"),
    "no mark in the log": ("""UPDATE edits SET added = '[{}]' WHERE title LIKE 'Add %'""", "cannot be checked"),
    "all of one's work": (f"DELETE FROM marks WHERE {ANN}; DELETE FROM annotations WHERE {ANN}", "the log has edits"),
    "work without a page": (f"DELETE FROM annotations WHERE {ANN}", "“marks” points to a row of “annotations”"),
    "an orphan text": ("INSERT INTO texts VALUES (999, 'x')", "Row 999 of “texts” points to a row of “documents”"),
    "an orphan proposal": (
        'INSERT INTO proposals SELECT 999, proposer, kind, layer, start, "end", label, score, reason FROM proposals',
        "“proposals” points to a row of “documents”",
    ),
    "a proposal outside": ('UPDATE proposals SET "end" = 10000 WHERE kind = 2', "proposal of rules 1: A span from 0"),
    "a lost annotator": ("DELETE FROM annotators WHERE name = 'ann'", "points to a row of “annotators”"),
    "broken metadata": ("UPDATE documents SET meta = '[]' WHERE seq = 1", "cannot be checked"),
    "an unknown status": ("UPDATE annotations SET status = 'lost'", "CHECK constraint failed in annotations"),
}


@pytest.mark.parametrize(("statement", "problem"), CORRUPTIONS.values(), ids=CORRUPTIONS.keys())
def test_a_planted_corruption_is_found(worked: Path, statement: str, problem: str) -> None:
    plant(worked, statement)
    with Corpus.open(worked) as corpus:
        found = check_corpus(corpus)
    assert found
    assert any(problem in line for line in found), found
    assert all("\n" not in line for line in found)


def test_pages_overwritten_with_rubbish_are_found_and_not_raised(worked: Path) -> None:
    size = worked.stat().st_size
    content = bytearray(worked.read_bytes())
    content[size // 2 : size // 2 + 8192] = b"\xa5" * 8192
    worked.write_bytes(content)
    with Corpus.open(worked) as corpus:
        found = check_corpus(corpus)
    assert any("integrity check" in line or "cannot be checked" in line for line in found)


def test_a_file_beyond_a_list_says_so(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.store.check._MOST", 3)
    plant(worked, "UPDATE texts SET text = text || '!'")
    with Corpus.open(worked) as corpus:
        found = check_corpus(corpus)
    assert len(found) == 4
    assert found[-1] == "There are more problems than the 3 listed."
