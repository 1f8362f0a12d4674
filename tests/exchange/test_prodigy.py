import io
import json
from typing import Any

from hypothesis import given

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without, written
from tests.exchange.strategies import EVERYTHING, records


def read(*tasks: dict[str, Any] | str, options: ImportOptions | None = None) -> list[Record | BadRecord]:
    lines = "\n".join(task if isinstance(task, str) else json.dumps(task) for task in tasks)
    options = options or ImportOptions(EVERYTHING)
    return list(read_documents(["-"], schema=EVERYTHING, stdin=io.BytesIO(lines.encode()), options=options))


def marks_of(found: Record | BadRecord) -> frozenset[Mark]:
    assert isinstance(found, Record), found
    return found.works[0].annotation.marks


TEXT = "Mayor resigns\nWhere 😀 John  Smith's duck?"
DOCUMENT = make_document(TEXT, title="Mayor", source="example.org", meta={"k": "v", "title": "t"})
MARKS: frozenset[Mark] = frozenset(
    {Boundary(14, "blocks", "teaser"), Span(22, 33, "entities", "PERSON"), DocumentLabel("topic", "politics")}
)
RECORD = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", MARKS, State(Status.DONE))),))


@given(records())
def test_tasks_bring_back_spans_segments_labels_and_states(record: Record) -> None:
    (back,), report, _ = through("prodigy", [record])
    assert back == without(record, Rejection)
    lost = len(record.proposals) + len(held(record, Rejection))
    lost += sum(bool(work.annotation.state.note) for work in record.works)
    lost += 0 if record.document.text else len(held(record, Boundary))
    assert len(report.losses) == lost
    assert report.marks == len(held(back, Boundary, Span, DocumentLabel))


@given(records())
def test_tokens_cover_the_text_and_every_span_begins_and_ends_with_one(record: Record) -> None:
    for line in written("prodigy", [record]).split("\n")[:-1]:
        task = json.loads(line)
        text, tokens = task["text"], task["tokens"]
        assert "".join(token["text"] + " " * token["ws"] for token in tokens) == text
        for number, token in enumerate(tokens):
            assert token["id"] == number
            assert text[token["start"] : token["end"]] == token["text"] != ""
        for span in task["spans"]:
            assert tokens[span["token_start"]]["start"] == span["start"]
            last = tokens[span["token_end"]]
            assert last["end"] + last["ws"] == span["end"] or last["end"] == span["end"]


def test_a_task_looks_as_prodigy_writes_it() -> None:
    task = json.loads(written("prodigy", [RECORD]))
    assert task["spans"] == [
        {"start": 14, "end": 41, "token_start": 3, "token_end": 11, "label": "blocks/teaser"},
        {"start": 22, "end": 33, "token_start": 5, "token_end": 7, "label": "entities/PERSON"},
    ]
    assert task["tokens"][:4] == [
        {"text": "Mayor", "start": 0, "end": 5, "id": 0, "ws": True},
        {"text": "resigns", "start": 6, "end": 13, "id": 1, "ws": False},
        {"text": "\n", "start": 13, "end": 14, "id": 2, "ws": False},
        {"text": "Where", "start": 14, "end": 19, "id": 3, "ws": True},
    ]
    assert (task["answer"], task["accept"], task["_view_id"]) == ("accept", ["politics"], "spans_manual")
    assert (task["title"], task["meta"], task["_session_id"]) == ("Mayor", {"k": "v", "title": "t"}, "ann")
    assert -(2**31) <= task["_input_hash"] < 2**31


def test_a_task_as_prodigy_writes_it_is_read() -> None:
    task = {
        "text": "Where is John Smith of Acme?",
        "meta": {"section": "Cooking"},
        "tokens": [],
        "spans": [
            {"start": 9, "end": 19, "token_start": 2, "token_end": 3, "label": "PERSON"},
            {"start": 23, "end": 27, "token_start": 5, "token_end": 5, "label": "INGRED"},
        ],
        "answer": "accept",
        "_input_hash": -768143800,
        "_task_hash": -1459747024,
        "_session_id": "news-ann",
        "_view_id": "ner_manual",
    }
    options = ImportOptions(EVERYTHING)
    (found,) = read(task, options=options)
    assert marks_of(found) == {Span(9, 19, "entities", "PERSON")}
    assert isinstance(found, Record)
    assert found.works[0].annotation.annotator == "news-ann"
    assert found.works[0].annotation.state.status is Status.DONE
    assert dict(found.document.meta) == {"section": "Cooking"}
    assert options.report.formats == {"prodigy": 1}
    (loss,) = options.report.losses.listed
    assert (loss.offset, loss.what, loss.reason) == (23, "INGRED", "The schema has no label for it.")


def test_binary_tasks_of_one_text_become_one_annotation() -> None:
    def task(start: int, end: int, answer: str) -> dict[str, Any]:
        spans = [{"start": start, "end": end, "label": "ORG"}]
        return {"text": "Acme Inc. sued Beta", "spans": spans, "answer": answer, "_view_id": "ner"}

    (found,) = read(task(0, 9, "accept"), task(15, 19, "reject"), task(0, 4, "accept"))
    assert marks_of(found) == {Span(0, 9, "entities", "ORG"), Rejection(Span(15, 19, "entities", "ORG"))}


def test_offsets_into_a_text_with_carriage_returns_still_fit() -> None:
    (found,) = read(
        {"text": "\ufeffa\r\nJohn\r\n", "spans": [{"start": 4, "end": 8, "label": "ORG"}], "answer": "accept"}
    )
    assert isinstance(found, Record)
    assert found.document.text == "a\nJohn\n"
    assert marks_of(found) == {Span(2, 6, "entities", "ORG")}


def test_spans_that_do_not_fit_make_a_bad_record() -> None:
    good = {"text": "Acme", "spans": [{"start": 0, "end": 4, "label": "ORG"}], "answer": "accept"}
    found = read(
        good,
        {"text": "Acme", "spans": [{"start": 0, "end": 5, "label": "ORG"}]},
        {"text": "Acme", "spans": [{"start": 0, "end": 4, "label": "ORG", "text": "Beta"}]},
        {"text": "Acme", "spans": [{"start": "0", "end": 4, "label": "ORG"}]},
    )
    reasons = [item.reason for item in found if isinstance(item, BadRecord)]
    assert len(reasons) == 3
    assert "does not lie in the text" in reasons[0]
    assert "should read 'Beta'" in reasons[1]
    assert "whole-number offsets" in reasons[2]


def test_an_unanswered_task_without_marks_is_only_a_document() -> None:
    (found,) = read({"text": "Acme", "spans": []})
    assert isinstance(found, Record)
    assert found.works == ()


def test_the_same_records_give_the_same_bytes() -> None:
    assert written("prodigy", [RECORD]) == written("prodigy", [RECORD])
