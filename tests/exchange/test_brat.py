from pathlib import Path

import pytest
from hypothesis import given, settings

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema import schema_from_json
from annotator.exchange.brat import brat_names, write_brat
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import through
from tests.exchange.strategies import CONLL, EVERYTHING, layer_json, records

TEXT = "Viruca Atanes\nof Madrid 😀 said\n\nso."
DOCUMENT = make_document(TEXT)


def record(*marks: Mark) -> Record:
    work = Work(Annotation(DOCUMENT.id, "imported", frozenset(marks), State(Status.DONE)))
    return Record(DOCUMENT, (work,))


@settings(max_examples=40)
@given(records())
def test_every_mark_comes_back_or_is_counted(record: Record) -> None:
    (back,), report, reading = through("brat", [record])
    assert back.document.text == record.document.text
    assert not reading.report.losses
    works = sorted(record.works, key=lambda work: work.annotation.annotator)
    before = works[0].annotation.marks if works else frozenset()
    after = back.works[0].annotation.marks if back.works else frozenset()
    counted = {loss.offset for loss in report.losses.listed}
    assert report.marks == len(after)
    for mark in before - after:
        assert mark.start in counted


def test_files_look_as_brat_writes_them(tmp_path: Path) -> None:
    whole = record(Span(0, 13, "entities", "PERSON"), Span(17, 32, "quotes", "quote"), Boundary(14, "blocks", "teaser"))
    report = write_brat([whole], EVERYTHING, tmp_path / "out", ExportOptions())
    stem = DOCUMENT.id[:16]
    assert (tmp_path / f"out/{stem}.txt").read_bytes().decode() == TEXT
    assert (tmp_path / f"out/{stem}.ann").read_bytes().decode() == (
        "T1\tentities-PERSON 0 13\tViruca Atanes\n"
        "T2\tblocks-teaser 14 30;32 35\tof Madrid 😀 said so.\n"
        "T3\tquote 17 30\tMadrid 😀 said\n"
    )
    assert (report.marks, [loss.offset for loss in report.losses.listed]) == (3, [17])
    assert "[entities]\narticle\n" in (tmp_path / "out/annotation.conf").read_text("utf-8")


def test_a_folder_of_brat_is_read_with_each_text_once(tmp_path: Path) -> None:
    whole = record(
        Span(0, 13, "entities", "PERSON"), DocumentLabel("topic", "sport"), Rejection(Boundary(2, "blocks", "body"))
    )
    write_brat([whole], EVERYTHING, tmp_path / "out", ExportOptions())
    options = ImportOptions(EVERYTHING)
    (found,) = read_documents([tmp_path / "out"], schema=EVERYTHING, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 13, "entities", "PERSON")}
    assert options.report.skipped == {"files that are no documents": 3}


def test_files_of_others_with_carriage_returns_relations_and_notes_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Viruca\r\nAtanes of Madrid")
    (tmp_path / "a.ann").write_text(
        "T1\tPER 0 6;7 13\tViruca Atanes\nT2\tLOC 17 23\tMadrid\nR1\tIn Arg1:T1 Arg2:T2\n#1\tAnnotatorNotes T1\tcheck\n"
        "T3\tLOC 0 6;17 23\tViruca Madrid\nT4\tLOC 0 5\tMadrid\nT5 LOC\n",
        "utf-8",
    )
    options = ImportOptions(CONLL)
    *bad, found = read_documents([tmp_path / "a.ann"], schema=CONLL, options=options)
    assert isinstance(found, Record)
    assert found.document.text == "Viruca\nAtanes of Madrid"
    assert found.works[0].annotation.marks == {Span(0, 23, "entities", "LOC")}
    assert [item.where for item in bad if isinstance(item, BadRecord)] == ["a.ann:6", "a.ann:7"]
    assert options.report.skipped == {"relations, events and notes of brat": 2}
    assert options.report.losses.by_reason["The gap inside a span of several pieces."] == 1
    assert options.report.losses.by_reason["It overlaps another mark, which its layer does not allow."] == 2


def test_an_ann_file_without_its_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.ann").write_text("", "utf-8")
    (bad,) = read_documents([tmp_path / "a.ann"], schema=CONLL)
    assert isinstance(bad, BadRecord)
    assert "there is no a.txt beside it" in bad.reason


@pytest.mark.parametrize("labels", ["é è", "a.b a-b"])
def test_labels_that_brat_would_write_alike_are_told_apart(labels: str) -> None:
    schema = schema_from_json({"name": "s", "layers": [layer_json("x", "spans", labels)]})
    assert len(set(brat_names(schema).values())) == 2


def test_an_offset_of_thousands_of_digits_is_a_bad_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("John", "utf-8")
    (tmp_path / "a.ann").write_text(f"T1\tPER 0 {'9' * 5000}\tJohn\nT2\tPER 0 4\tJohn\n", "utf-8")
    bad, found = read_documents([tmp_path / "a.ann"], schema=CONLL)
    assert isinstance(bad, BadRecord)
    assert bad.where == "a.ann:1"
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 4, "entities", "PER")}
