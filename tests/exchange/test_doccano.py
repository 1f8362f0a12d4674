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
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without, written
from tests.exchange.strategies import EVERYTHING, NEWS, records


def read(*lines: dict[str, Any], options: ImportOptions | None = None) -> list[Record | BadRecord]:
    data = "\n".join(map(json.dumps, lines)).encode()
    options = options or ImportOptions(NEWS)
    return list(read_documents(["-"], schema=NEWS, stdin=io.BytesIO(data), options=options))


@given(records())
def test_lines_bring_back_spans_segments_labels_states_and_notes(record: Record) -> None:
    (back,), report, _ = through("doccano", [record])
    assert back == without(record, Rejection, notes=True)
    empty = 0 if record.document.text else len(held(record, Boundary))
    assert len(report.losses) == len(record.proposals) + len(held(record, Rejection)) + empty
    assert report.marks == len(held(back, Boundary, Span, DocumentLabel))


def test_a_line_looks_as_doccano_imports_it() -> None:
    document = make_document("Head\n😀 John Smith left.", source="s")
    marks: frozenset[Mark] = frozenset({Boundary(5, "blocks", "body"), Span(7, 17, "entities", "PERSON")})
    state = State(Status.UNSURE, "who?")
    line = json.loads(
        written("doccano", [Record(document, (Work(Annotation(document.id, "ann", marks, state)),))], NEWS)
    )
    assert line["text"] == document.text
    assert line["label"] == [[5, 23, "body"], [7, 17, "PERSON"]]
    assert (line["Comments"], line["annotator"], line["status"]) == (["who?"], "ann", "unsure")


EU = "EU rejects German call to boycott British lamb."


@pytest.mark.parametrize(
    "line",
    [
        {"text": EU, "label": [[0, 2, "ORG"], [11, 17, "NORP"]]},
        {"text": EU, "labels": [[0, 2, "ORG"], [11, 17, "NORP"]]},
        {"id": 7, "text": EU, "label": [[0, 2, "ORG"], [11, 17, "NORP"]], "Comments": []},
        {
            "text": EU,
            "entities": [
                {"id": 0, "start_offset": 0, "end_offset": 2, "label": "ORG"},
                {"id": 1, "start_offset": 11, "end_offset": 17, "label": "NORP"},
            ],
            "relations": [{"from_id": 0, "to_id": 1, "type": "x"}],
        },
    ],
)
def test_every_shape_that_doccano_exports_is_read(line: dict[str, Any]) -> None:
    options = ImportOptions(NEWS)
    (found,) = read(line, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 2, "entities", "ORG"), Span(11, 17, "entities", "NORP")}
    assert found.works[0].annotation.state.status is Status.DONE
    assert options.report.formats == {"doccano": 1}
    assert options.report.skipped == ({"relations": 1} if "relations" in line else {})
    assert dict(found.document.meta) == {}


def test_overlapping_spans_keep_the_longer_one_and_count_the_other() -> None:
    options = ImportOptions(NEWS)
    (found,) = read({"text": EU, "label": [[0, 2, "ORG"], [0, 10, "EVENT"], [0, 1, "NOISE"]]}, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 10, "entities", "EVENT")}
    assert [(loss.offset, loss.what) for loss in options.report.losses.listed] == [(0, "NOISE"), (0, "ORG")]


def test_labels_of_the_whole_document_without_a_layer_for_them_are_counted() -> None:
    options = ImportOptions(NEWS)
    (found,) = read({"text": EU, "label": [[0, 2, "ORG"]], "cats": ["sport"]}, options=options)
    assert isinstance(found, Record)
    assert [loss.what for loss in options.report.losses.listed] == ["sport"]


@pytest.mark.parametrize("label", [[[0, 99, "ORG"]], [[2, 1, "ORG"]], [[0, 2]], [[0, 2, 3]], [{"start": 0}], [5]])
def test_labels_that_do_not_fit_make_a_bad_record(label: list[Any]) -> None:
    (_, bad) = read({"text": EU, "label": [[0, 2, "ORG"]]}, {"text": EU + "!", "label": label})[::-1]
    (bad,) = [item for item in (_, bad) if isinstance(item, BadRecord)]
    assert bad.reason.startswith("standard input:2: ")


def test_plain_lines_are_documents_only() -> None:
    (found,) = read({"text": EU, "label": []})
    assert isinstance(found, Record)
    assert found.works == ()
    assert EVERYTHING.name == "everything"


def test_pairs_of_a_text_and_its_entities_are_read(tmp_path: Path) -> None:
    pairs = [[EU, {"entities": [[0, 2, "ORG"]], "cats": {"sport": 1.0, "news": 0.0}}], [EU + "!", 5], [EU + "?", {}]]
    (tmp_path / "train.json").write_text(json.dumps(pairs), "utf-8")
    options = ImportOptions(NEWS)
    items = list(read_documents([tmp_path / "train.json"], schema=NEWS, options=options))
    (bad,) = [item for item in items if isinstance(item, BadRecord)]
    found, last = [item for item in items if isinstance(item, Record)]
    assert found.works[0].annotation.marks == {Span(0, 2, "entities", "ORG")}
    assert [loss.what for loss in options.report.losses.listed] == ["sport"]
    assert last.works == ()
    assert bad.reason.startswith("train.json, item 2: a list holds a text")
    assert options.report.formats == {"doccano": 1}
