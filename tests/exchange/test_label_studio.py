import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.label_studio import interface_xml
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without, written
from tests.exchange.strategies import EVERYTHING, NEWS, records


def read(*tasks: dict[str, Any], options: ImportOptions | None = None) -> list[Record | BadRecord]:
    options = options or ImportOptions(NEWS)
    return list(read_documents(["-"], schema=NEWS, stdin=io.BytesIO(json.dumps(tasks).encode()), options=options))


def region(start: int, end: int, text: str, label: str = "PERSON", **more: object) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": "x", "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


@pytest.mark.parametrize("utf16", [False, True])
@given(record=records())
def test_tasks_bring_back_everything_but_rejections_notes_and_origins(utf16: bool, record: Record) -> None:
    options, reading = ExportOptions(utf16=utf16), ImportOptions(EVERYTHING, utf16=utf16)
    (back,), report, _ = through("label-studio", [record], options=options, reading=reading)
    if record.document.text:
        assert back == without(record, Rejection, proposals=True, seconds=True)
    lost = len(held(record, Rejection)) + sum(bool(work.annotation.state.note) for work in record.works)
    if not record.document.text:
        lost += len(held(record, Boundary)) + sum(isinstance(p.mark, Boundary) for p in record.proposals)
    assert len(report.losses) == lost


@given(records())
def test_ids_are_unique_and_every_control_stands_in_the_interface(record: Record) -> None:
    (task,) = json.loads(written("label-studio", [record]))
    root = ElementTree.fromstring(interface_xml(EVERYTHING, ExportOptions()))
    controls = {(child.get("name"), child.get("toName")) for child in root if child.tag in ("Labels", "Choices")}
    regions = [r for holder in task["annotations"] + task["predictions"] for r in holder["result"]]
    assert len({r["id"] for r in regions}) == len(regions)
    assert all((r["from_name"], r["to_name"]) in controls for r in regions)
    for r in regions:
        if r["type"] == "labels":
            assert task["data"]["text"][r["value"]["start"] : r["value"]["end"]] == r["value"]["text"]


def test_a_task_looks_as_label_studio_imports_it() -> None:
    document = make_document("😀 John Smith left.", title="T")
    span = Span(2, 12, "entities", "PERSON")
    marks: frozenset[Mark] = frozenset({span})
    work = Work(Annotation(document.id, "gold", marks, State(Status.DONE)), {span: "spacy"}, 4.5)
    record = Record(document, (work,), (Proposal(span, 0.9, "a name", "spacy 1"),))
    (task,) = json.loads(written("label-studio", [record], NEWS, utf16=True))
    assert task["data"] == {"text": document.text, "doc_id": document.id, "title": "T"}
    (annotation,) = task["annotations"]
    assert (annotation["lead_time"], annotation["ground_truth"], annotation["was_cancelled"]) == (4.5, True, False)
    assert "completed_by" not in annotation
    assert annotation["result"] == [
        {
            "id": "a0-0",
            "from_name": "entities",
            "to_name": "text",
            "type": "labels",
            "origin": "prediction",
            "value": {"start": 3, "end": 13, "text": "John Smith", "labels": ["PERSON"]},
        }
    ]
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("spacy 1", 0.9)
    assert prediction["result"][0]["meta"] == {"text": ["a name"]}


def test_no_records_give_an_empty_list() -> None:
    assert json.loads(written("label-studio", [])) == []


def test_an_export_of_label_studio_is_read() -> None:
    task = {
        "id": 1,
        "data": {"text": "Text: Berlin,  Germany.", "url": "https://example.org"},
        "annotations": [
            {
                "id": 1036,
                "completed_by": {"id": 10, "email": "ann@example.org"},
                "was_cancelled": False,
                "lead_time": 4.288,
                "result": [
                    region(6, 12, "Berlin", "GPE"),
                    {"from_id": "a", "to_id": "b", "type": "relation"},
                    {"from_name": "kind", "to_name": "text", "type": "choices", "value": {"choices": ["sport"]}},
                ],
            },
            {"completed_by": 11, "was_cancelled": True, "result": []},
        ],
        "predictions": [
            {"model_version": "seg-1", "result": [region(6, 12, "Berlin", "LOC", score=0.91)]},
            {"result": [region(15, 22, "Germany", "GPE", score=17)]},
            5,
        ],
    }
    options = ImportOptions(NEWS)
    (found,) = read(task, options=options)
    assert isinstance(found, Record)
    assert found.document.source == "https://example.org"
    ann, other = found.works
    assert (ann.annotation.annotator, ann.annotation.state.status, ann.seconds) == (
        "ann@example.org",
        Status.DONE,
        4.288,
    )
    assert ann.annotation.marks == {Span(6, 12, "entities", "GPE")}
    assert (other.annotation.annotator, other.annotation.state.status) == ("user 11", Status.SKIPPED)
    assert found.proposals == (
        Proposal(Span(6, 12, "entities", "LOC"), 0.91, "", "seg-1"),
        Proposal(Span(15, 22, "entities", "GPE"), None, "", "label-studio"),
    )
    assert options.report.skipped == {
        "regions that are no labels": 1,
        "predictions of which the file has only the number": 1,
    }
    assert [loss.what for loss in options.report.losses.listed] == ["sport", "17"]
    assert options.report.formats == {"label-studio": 1}


def test_offsets_of_its_page_that_count_utf16_are_noticed() -> None:
    options = ImportOptions(NEWS)
    task = {"data": {"text": "😀😀 John"}, "annotations": [{"result": [region(5, 9, "John")]}]}
    (found,) = read(task, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(3, 7, "entities", "PERSON")}
    assert options.report.encodings == {"UTF-16 offsets": 1}


def test_a_region_up_to_the_end_that_counts_utf16_is_noticed() -> None:
    (found,) = read({"data": {"text": "😀 ok"}, "annotations": [{"result": [region(0, 5, "😀 ok")]}]})
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 4, "entities", "PERSON")}


def test_layers_are_found_by_the_control_where_labels_stand_in_several() -> None:
    document = make_document("a page")
    marks: frozenset[Mark] = frozenset(
        {Boundary(0, "articles", "teaser"), Boundary(2, "blocks", "teaser"), DocumentLabel("topic", "sport")}
    )
    record = Record(document, (Work(Annotation(document.id, "ann", marks)),))
    (back,), _, _ = through("label-studio", [record])
    assert back.works[0].annotation.marks == marks


@pytest.mark.parametrize(
    "task",
    [
        {"annotations": [], "data": "x"},
        {"annotations": [], "data": {"body": "x"}},
        {"data": {"text": "Berlin"}, "annotations": [{"result": [region(0, 6, "Bern")]}]},
        {"data": {"text": "Berlin"}, "annotations": [{"result": [region(0, 7, "Berlin!")]}]},
        {"data": {"text": "Berlin"}, "annotations": [{"result": {}}]},
    ],
)
def test_a_task_that_does_not_fit_is_reported_and_the_rest_goes_on(task: dict[str, Any]) -> None:
    good = {"data": {"text": "Rome"}, "annotations": []}
    bad, found = read(task, good)
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("standard input, item 1: ")
    assert isinstance(found, Record)


def test_the_interface_names_every_layer_and_label() -> None:
    root = ElementTree.fromstring(interface_xml(NEWS, ExportOptions(layers=frozenset({"entities"}))))
    labels, text = list(root)
    assert (labels.get("name"), labels.get("toName")) == ("entities", "text")
    assert [label.get("value") for label in labels] == [label.name for label in NEWS.by_name["entities"].labels]
    assert (text.get("name"), text.get("value")) == ("text", "$text")


def test_a_region_that_starts_with_a_mark_of_byte_order_inside_the_text_is_read() -> None:
    task = {"data": {"text": "a \ufeffJohn"}, "annotations": [{"result": [region(2, 7, "\ufeffJohn")]}]}
    (found,) = read(task)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(2, 7, "entities", "PERSON")}
