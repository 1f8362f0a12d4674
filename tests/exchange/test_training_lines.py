import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.exchange.chat import instruction
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.gliner import write_gliner
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without, written
from tests.exchange.strategies import EVERYTHING, NEWS, records

TEXT = "Mayor resigns\n\nJohn Smith of the Bank of England left. 😀\nPhoto: AFP\n"


def record_of(*marks: Mark, text: str = TEXT, name: str = "gold") -> Record:
    document = make_document(text)
    return Record(document, (Work(Annotation(document.id, name, frozenset(marks), State(Status.DONE))),))


def line(name: str, record: Record, **options: object) -> Any:
    return json.loads(written(name, [record], **options))


@given(records())
def test_gliner_lines_bring_back_spans_that_begin_and_end_with_tokens(record: Record) -> None:
    found, report, reading = through("gliner", [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    assert not reading.report.losses
    assert sum(len(item.works[0].annotation.marks) for item in found) == report.marks
    first = min(record.works, key=lambda work: work.annotation.annotator).annotation.marks
    inside = report.losses.by_reason["It does not begin and end with a token."]
    assert report.marks + inside == sum(isinstance(mark, Span) for mark in first)


def test_gliner_counts_tokens_and_includes_the_last() -> None:
    record = record_of(Span(15, 25, "entities", "PERSON"), Span(33, 48, "entities", "WORK_OF_ART"))
    data = json.loads(written("gliner", [record], NEWS))
    assert data["tokenized_text"][2:4] == ["John", "Smith"]
    assert data["ner"][0] == [2, 3, "person"]
    assert data["ner"][1][:2] == [6, 8]
    assert data["ner"][1][2] == data["ner"][1][2].lower()


def test_gliner_says_what_its_trainer_passes_over_and_writes_it_all_the_same(tmp_path: Path) -> None:
    text = "word " * 400 + "end"
    wide, fitting = Span(0, 13 * 5 - 1, "entities", "ORG"), Span(0, 12 * 5 - 1, "entities", "ORG")
    before, behind = Span(383 * 5, 383 * 5 + 4, "entities", "ORG"), Span(384 * 5, 384 * 5 + 4, "entities", "ORG")
    record = record_of(wide, fitting, before, behind, text=text)
    report = write_gliner([record], NEWS, tmp_path / "lines.jsonl", ExportOptions())
    assert (report.marks, len(report.losses)) == (4, 0)
    assert report.passed_over.by_reason == {
        "It has more than 12 tokens.": 1,
        "The text goes on after 384 tokens.": 1,
    }
    assert [(loss.offset, loss.what[:20]) for loss in report.passed_over.listed] == [
        (0, "ORG “word word word "),
        (384 * 5, "1 span after the cut"),
    ]
    assert "max_len" in report.notes[0]
    short = record_of(fitting, text="word " * 384)
    report = write_gliner([short], NEWS, tmp_path / "short.jsonl", ExportOptions())
    assert (len(report.passed_over), report.notes) == (0, [])


def test_gliner_lines_of_others_are_read() -> None:
    tokens = ["Apple", "Inc.", "is", "in", "Cupertino"]
    text = json.dumps({"tokenized_text": tokens, "ner": [[0, 1, "org"], [4, 4, "GPE"], [0, 9, "org"]]})
    good = json.dumps({"tokenized_text": tokens, "ner": [[0, 1, "org"], [4, 4, "GPE"]]})
    stream = io.BytesIO(f"{good}\n{text}\n".encode())
    options = ImportOptions(NEWS)
    found, bad = read_documents(["-"], schema=NEWS, stdin=stream, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 10, "entities", "ORG"), Span(17, 26, "entities", "GPE")}
    assert isinstance(bad, BadRecord)
    assert options.report.formats == {"gliner": 1}


def test_chat_lines_name_paragraphs_and_texts() -> None:
    record = record_of(
        Boundary(0, "articles", "article"),
        Boundary(57, "articles", "teaser"),
        Boundary(0, "blocks", "headline"),
        Boundary(15, "blocks", "body"),
        Span(15, 25, "entities", "PERSON"),
        DocumentLabel("topic", "politics"),
    )
    data = line("chat", record)
    system, user, assistant = data["messages"]
    assert [m["role"] for m in data["messages"]] == ["system", "user", "assistant"]
    assert system["content"] == instruction(EVERYTHING, ExportOptions())
    assert user["content"].split("\n")[0] == "<p id=1>Mayor resigns</p>"
    assert json.loads(assistant["content"]) == {
        "articles": [{"from": 1, "to": 2, "label": "article"}, {"from": 3, "to": 3, "label": "teaser"}],
        "blocks": [{"from": 1, "to": 1, "label": "headline"}, {"from": 2, "to": 3, "label": "body"}],
        "entities": [{"p": 2, "text": "John Smith", "label": "PERSON"}],
        "quotes": [],
        "topic": ["politics"],
    }


@given(records())
def test_chat_lines_hold_every_mark_or_count_it(record: Record) -> None:
    if not record.works:
        return
    first = min(record.works, key=lambda work: work.annotation.annotator)
    alone = Record(record.document, (first,))
    _, report = None, through_report("chat", alone)
    lost = sum(report.losses.by_reason.values()) - bool(first.annotation.state.note)
    assert report.marks + lost == len(first.annotation.marks)


def through_report(name: str, record: Record) -> Any:
    import tempfile
    from pathlib import Path

    from annotator.exchange.formats import find_format

    row = find_format(name)
    assert row.write is not None
    with tempfile.TemporaryDirectory() as folder:
        return row.write([record], EVERYTHING, Path(folder) / "out", ExportOptions())


@pytest.mark.parametrize("name", ["segments", "blocks"])
@given(record=records())
def test_segment_files_hold_every_segment_or_count_it(name: str, record: Record) -> None:
    report = through_report(name, record)
    if not record.works:
        assert report.left_out == {"without an annotation": 1}
        return
    first = min(record.works, key=lambda work: work.annotation.annotator).annotation.marks
    boundaries = sum(isinstance(mark, Boundary) for mark in first)
    assert report.marks == (boundaries if record.document.text else 0)


def test_segments_come_back_through_the_reader_of_prodigy() -> None:
    record = record_of(Boundary(0, "articles", "article"), Boundary(57, "articles", "teaser"))
    (back,), report, _ = through("segments", [record])
    assert back == without(record, Rejection)
    assert (report.marks, len(report.losses)) == (2, 0)


def test_blocks_are_lines_with_labels_and_tags() -> None:
    record = record_of(
        Boundary(15, "articles", "article"),
        Boundary(57, "articles", "teaser"),
        Boundary(15, "blocks", "headline"),
        Boundary(57, "blocks", "teaser"),
        Boundary(64, "blocks", "body"),
    )
    blocks = line("blocks", record)["blocks"]
    assert [(b["text"], b["label"], b["bio"], b["article"]) for b in blocks] == [
        ("Mayor resigns", None, "O", None),
        ("John Smith of the Bank of England left. 😀", "headline", "B-article", 0),
        ("Photo:", "teaser", "B-teaser", 1),
        ("AFP", "body", "I-teaser", 1),
    ]
    assert all(TEXT[b["start"] : b["end"]] == b["text"] for b in blocks)


def test_masses_count_lines_for_every_annotator() -> None:
    one = record_of(Boundary(15, "articles", "article"), Boundary(20, "articles", "teaser"), name="ann")
    two = record_of(Boundary(0, "articles", "article"), Boundary(57, "articles", "article"), name="bob")
    both = Record(one.document, (*one.works, *two.works))
    assert line("masses", both) == {
        "segmentation_type": "linear",
        "items": {one.document.id: {"ann": [1, 2], "bob": [2, 1]}},
    }
    report = through_report("masses", both)
    assert [(loss.offset, loss.reason) for loss in report.losses.listed] == [(20, "It does not open a line.")]


@given(records())
def test_masses_add_up_to_the_lines(record: Record) -> None:
    items = line("masses", record)["items"]
    lines = [x for x in record.document.text.split("\n") if x.strip()]
    for coders in items.values():
        assert all(sum(masses) == len(lines) and min(masses) > 0 for masses in coders.values())


def test_documents_without_an_annotation_are_left_out() -> None:
    report = through_report("gliner", Record(make_document("x")))
    assert (report.documents, report.left_out) == (0, {"without an annotation": 1})
    assert write_gliner is not None
    assert held(record_of(), Span) == []
