import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from annotator.core.annotation import Annotation, Choice, State, Status
from annotator.core.document import make_document, text_id
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.native import canonical, is_native, read_record, write_record
from tests.exchange.strategies import EVERYTHING, records

LINE_SCHEMA = jsonschema.Draft202012Validator(json.loads(Path("docs/native-jsonl.schema.json").read_text("utf-8")))

TEXT = "Mayor resigns\n😀 John Smith left."
MARKS: frozenset[Mark] = frozenset(
    {
        Boundary(14, "articles", "teaser"),
        Boundary(0, "blocks", "headline"),
        Boundary(14, "blocks", "body"),
        Span(16, 26, "entities", "PERSON"),
        Span(16, 20, "quotes", "quote"),
        Span(16, 26, "quotes", "source"),
        DocumentLabel("topic", "politics"),
        Rejection(Span(0, 5, "entities", "PERSON")),
        Rejection(Boundary(5, "blocks", "body")),
    }
)
DOCUMENT = make_document(TEXT, title="Mayor", source="https://example.org/1", meta={"b": "2", "a": "1"})
RECORD = Record(
    DOCUMENT,
    (
        Work(
            Annotation(DOCUMENT.id, "ann", MARKS, State(Status.UNSURE, "which Smith?")),
            {Span(16, 26, "entities", "PERSON"): "spacy", Boundary(14, "articles", "teaser"): "rules"},
            12.5,
            Choice.RANDOM,
        ),
    ),
    (Proposal(Span(16, 26, "entities", "ORG"), 0.25, "a name", "spacy"),),
)


def line(**changes: object) -> str:
    return json.dumps({**json.loads(write_record(RECORD, EVERYTHING)), **changes})


def work_line(**changes: object) -> str:
    work = json.loads(write_record(RECORD, EVERYTHING))["annotations"][0]
    return line(annotations=[{**work, **changes}])


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_record(text, EVERYTHING, "news.jsonl:7")
    message = str(caught.value)
    assert message.startswith("news.jsonl:7: ")
    message.encode("utf-8")
    return message


@given(records())
def test_what_is_written_is_read_back_and_written_again_byte_for_byte(record: Record) -> None:
    written = write_record(record, EVERYTHING)
    back = read_record(written, EVERYTHING, "x")
    assert back == canonical(record)
    assert write_record(back, EVERYTHING) == written
    assert "\n" not in written
    assert "\r" not in written


@given(records())
def test_every_line_fits_the_published_json_schema(record: Record) -> None:
    LINE_SCHEMA.validate(json.loads(write_record(record, EVERYTHING)))


def test_a_line_has_fixed_keys_and_spells_every_mark_out() -> None:
    data = json.loads(write_record(RECORD, EVERYTHING))
    assert list(data) == ["annotator", "id", "text", "title", "source", "meta", "schema", "annotations", "proposals"]
    assert data["id"] == text_id(TEXT)
    assert list(data["meta"]) == ["a", "b"]
    assert data["schema"] == {"name": "everything", "version": 3}
    (work,) = data["annotations"]
    assert work["segments"] == [
        {"start": 0, "end": 14, "label": None, "layer": "articles"},
        {"start": 14, "end": 32, "label": "teaser", "layer": "articles", "proposer": "rules"},
        {"start": 0, "end": 14, "label": "headline", "layer": "blocks"},
        {"start": 14, "end": 32, "label": "body", "layer": "blocks"},
    ]
    assert work["spans"][0] == {
        "start": 16,
        "end": 26,
        "label": "PERSON",
        "layer": "entities",
        "text": "John Smith",
        "proposer": "spacy",
    }
    assert work["labels"] == [{"layer": "topic", "label": "politics"}]
    assert work["rejections"] == [
        {"start": 0, "end": 5, "label": "PERSON", "layer": "entities", "text": "Mayor"},
        {"position": 5, "label": "body", "layer": "blocks"},
    ]
    assert (work["status"], work["note"], work["seconds"]) == ("unsure", "which Smith?", 12.5)
    assert data["proposals"][0]["score"] == 0.25


def test_writing_one_annotator_leaves_the_others_and_the_proposals_out() -> None:
    bob = Work(Annotation(DOCUMENT.id, "bob"))
    both = replace(RECORD, works=(*RECORD.works, bob))
    data = json.loads(write_record(both, EVERYTHING, only="bob"))
    assert [work["annotator"] for work in data["annotations"]] == ["bob"]
    assert data["proposals"] == []


def test_the_order_of_works_and_proposals_does_not_change_the_line() -> None:
    bob = Work(Annotation(DOCUMENT.id, "bob"))
    other = Proposal(Boundary(5, "blocks", "body"), None, "", "rules")
    one = Record(DOCUMENT, (bob, *RECORD.works), (other, *RECORD.proposals))
    two = Record(DOCUMENT, (*RECORD.works, bob), (*RECORD.proposals, other, other))
    assert write_record(one, EVERYTHING) == write_record(two, EVERYTHING)


def test_unusual_line_breaks_in_the_text_stay_inside_the_line() -> None:
    record = Record(make_document("a\u2028b\u2029c\u0085d\x0b\x0c\x1ce\x00"))
    written = write_record(record, EVERYTHING)
    assert read_record(written + "\n", EVERYTHING, "x").document.text == record.document.text


def test_an_empty_document_may_carry_an_opening_boundary() -> None:
    document = make_document("")
    marks: frozenset[Mark] = frozenset({Boundary(0, "articles", "article")})
    record = Record(document, (Work(Annotation(document.id, "ann", marks)),))
    assert read_record(write_record(record, EVERYTHING), EVERYTHING, "x") == record


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[1]", "a JSON object was expected; this is a list"),
        ('{"annotator":1,"annotator":1}', "'annotator' stands twice"),
        ('{"annotator":NaN}', "NaN"),
        ('{"annotator":' + "9" * 5000 + "}", "not valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"text":"x"}', "not a native line"),
        (line(annotator=2), "Use a newer one"),
        (line(annotator=True), "not a native line"),
        (line(extra=1), "'extra' means nothing here"),
        (line(text=None), "`text` must be a text; it is null"),
        (line(text=5), "`text` must be a text; it is a number"),
        (line(text=TEXT + "!"), "`id` is not the SHA-256 of the text"),
        (line(text="a\r\nb", id=text_id("a\r\nb")), "plain line feeds"),
        (line(text="\ufeffa", id=text_id("\ufeffa")), "plain line feeds"),
        (line(text="\ud83d"), "half of a surrogate pair"),
        (line(title="\ud83d"), "half of a surrogate pair"),
        (line(meta={"\udc00": ""}), "half of a surrogate pair"),
        (line(meta={"a": 1}), "`a` must be a text; it is a number"),
        (line(meta=[]), "`meta` must be an object"),
        (line(schema=1), "`schema` must be an object"),
        (line(annotations={}), "`annotations` must be a list"),
        (line(annotations=[1]), "`annotations` must hold objects"),
        (line(annotations=[{"annotator": "a"}] * 2), "“a” has two annotations"),
        (line(annotations=[{"annotator": ""}]), "needs an `annotator`"),
        (line(annotations=[{"annotator": "a", "marks": []}]), "'marks' means nothing here"),
        (work_line(status="finished"), "`status` must be one of todo"),
        (work_line(seconds=-1), "negative"),
        (work_line(seconds=10**400), "too large"),
        (work_line(choice="luck"), "`choice` must be one of random, order, gain, doubt, hand; it is “luck”"),
        (work_line(seconds="1"), "`seconds` must be a number"),
        (work_line(note="\ud83d"), "half of a surrogate pair"),
        (work_line(spans=[{"start": 1.0, "end": 2, "layer": "entities", "label": "ORG"}]), "`start` must be a whole"),
        (work_line(spans=[{"start": True, "end": 2, "layer": "entities", "label": "ORG"}]), "`start` must be a whole"),
        (work_line(spans=[{"start": -2, "end": -1, "layer": "entities", "label": "ORG", "text": "t"}]), "does not lie"),
        (work_line(spans=[{"start": 3, "end": 99, "layer": "entities", "label": "ORG", "text": ""}]), "does not lie"),
        (work_line(spans=[{"start": 0, "end": 5, "layer": "entities", "label": "ORG"}]), "should read None"),
        (
            work_line(spans=[{"start": 17, "end": 27, "layer": "entities", "label": "ORG", "text": "John Smith"}]),
            "ohn S",
        ),
        (work_line(spans=[{"start": 0, "end": 5, "layer": "people", "label": "ORG", "text": "Mayor"}]), "no layer"),
        (work_line(spans=[{"start": 0, "end": 5, "layer": "entities", "label": "X", "text": "Mayor"}]), "no label “X”"),
        (
            work_line(spans=[{"start": 0, "end": 5, "layer": "blocks", "label": "body", "text": "Mayor"}]),
            "holds segments",
        ),
        (work_line(spans=json.loads(line())["annotations"][0]["spans"] * 2), "stands twice"),
        (work_line(labels=[{"layer": "topic", "label": "war"}]), "no label “war”"),
        (work_line(rejections=[{"position": 99, "layer": "blocks", "label": "body"}]), "outside the text"),
        (line(proposals=[{"layer": "topic", "label": "sport"}]), "`proposer` is missing"),
        (line(proposals=[{"layer": "topic", "label": "sport", "proposer": "p", "score": 1.5}]), "between 0 and 1"),
        (line(proposals=[{"layer": "topic", "label": "sport", "proposer": "p", "note": ""}]), "'note' means nothing"),
    ],
)
def test_a_wrong_line_is_refused_with_place_and_reason(text: str, reason: str) -> None:
    assert reason in refusal(text)


def segment(start: int, end: int, label: str | None = "body", layer: str = "blocks") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "layer": layer}


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        ([segment(1, 32)], "end to end"),
        ([segment(0, 10), segment(11, 32)], "end to end"),
        ([segment(0, 10), segment(9, 32)], "end to end"),
        ([segment(0, 10), segment(0, 32)], "end to end"),
        ([segment(0, 0), segment(0, 32)], "end to end"),
        ([segment(0, 31)], "end at 31"),
        ([segment(0, 33)], "end at 33"),
        ([segment(0, 10), segment(10, 32, None)], "only the first"),
        ([segment(0, 32, None)], "only the first"),
        ([segment(0, 32, None, "chapters")], "only the first"),
        ([segment(0, 10, None, "entities"), segment(10, 32, "ORG", "entities")], "holds spans"),
    ],
)
def test_segments_that_do_not_lie_end_to_end_are_refused(segments: list[dict[str, Any]], reason: str) -> None:
    assert reason in refusal(work_line(segments=segments))


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ({Boundary(3, "blocks", "body"), Boundary(3, "blocks", "headline")}, "two boundaries of “blocks” stand at 3"),
        ({Span(0, 5, "entities", "ORG"), Span(4, 8, "entities", "ORG")}, "overlap"),
        ({Span(0, 5, "quotes", "quote"), Span(0, 5, "quotes", "source")}, "two spans of “quotes” cover"),
        ({Span(0, 99, "quotes", "quote")}, "does not lie in the text"),
    ],
)
def test_marks_that_cannot_stand_together_are_not_written(marks: set[Mark], reason: str) -> None:
    record = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", frozenset(marks))),))
    with pytest.raises(InputError, match=reason):
        write_record(record, EVERYTHING)


def test_overlapping_spans_in_a_line_are_refused_where_the_schema_forbids_them() -> None:
    spans = [
        {"start": 0, "end": 5, "layer": "entities", "label": "ORG", "text": TEXT[0:5]},
        {"start": 4, "end": 8, "layer": "entities", "label": "ORG", "text": TEXT[4:8]},
    ]
    assert "overlap" in refusal(work_line(spans=spans))


def test_a_lone_surrogate_is_not_written() -> None:
    record = replace(RECORD, document=replace(DOCUMENT, title="\ud83d"))
    with pytest.raises(InputError, match="half of a surrogate pair"):
        write_record(record, EVERYTHING)


def test_a_score_that_is_no_number_is_not_written() -> None:
    record = replace(RECORD, proposals=(replace(RECORD.proposals[0], score=float("nan")),))
    with pytest.raises(InputError, match="finite"):
        write_record(record, EVERYTHING)


def test_a_plain_line_is_told_from_a_native_one() -> None:
    assert is_native(json.loads(line()))
    assert not is_native({"text": "x", "annotator": "Ann"})
