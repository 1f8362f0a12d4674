import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from annotator.core.annotation import Annotation, Choice, State, Status
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.card import CardFacts
from annotator.exchange.export import ExportRequest, export_records
from annotator.exchange.formats import FORMATS
from annotator.exchange.selection import Selection, Whose
from annotator.exchange.sources import read_documents
from annotator.exchange.splits import parse_split
from tests.exchange.strategies import NEWS
from tests.exchange.test_splits import story


def page(number: int, *names: str, text: str = "") -> Record:
    document = make_document(
        text or story(number), source=f"https://s{number % 3}.example/x", meta={"licence": "CC BY 4.0"}
    )
    half = document.text.index(". ") + 2
    span = Span(0, 3, "entities", "PERSON")
    gone = Rejection(Span(4, 6, "entities", "ORG"))
    marks: frozenset[Mark] = frozenset(
        {Boundary(0, "articles", "article"), Boundary(half, "articles", "teaser"), span, gone}
    )
    origins = {span: "spacy", gone: "spacy"}
    works = tuple(
        Work(Annotation(document.id, name, marks, State(Status.DONE)), origins, choice=_choice(name)) for name in names
    )
    return Record(document, works, (Proposal(span, 0.5, "", "spacy"),))


def _choice(name: str) -> Choice:
    return {"ann": Choice.RANDOM, "bob": Choice.GAIN}.get(name, Choice.UNKNOWN)


RECORDS = [page(n, "gold") for n in range(40)] + [page(50, "ann"), page(51, "ann", "bob"), page(52)]


def test_training_files_hold_the_best_annotation_and_native_ones_everything(tmp_path: Path) -> None:
    best = export_records(lambda: iter(RECORDS), NEWS, ExportRequest("prodigy", tmp_path / "p.jsonl"))
    assert best.written.documents == 41
    assert best.selected.chosen == {"gold": 40, "the one finished annotation": 1}
    assert best.selected.left_out == {"several finished annotations and no gold": 1, "neither gold nor finished": 1}
    every = export_records(lambda: iter(RECORDS), NEWS, ExportRequest("jsonl", tmp_path / "n.jsonl"))
    assert every.selected.choices == {Choice.UNKNOWN: 41, Choice.RANDOM: 1, Choice.GAIN: 1}
    assert every.written.documents == 43
    found = list(read_documents([tmp_path / "n.jsonl"], schema=NEWS))
    assert [x.document.id for x in found if isinstance(x, Record)] == [x.document.id for x in RECORDS]


def test_articles_can_leave_one_by_one_and_by_label(tmp_path: Path) -> None:
    whole = export_records(lambda: iter(RECORDS), NEWS, ExportRequest("jsonl", tmp_path / "a.jsonl", per_article=True))
    assert whole.written.documents == 82
    only = ExportRequest("jsonl", tmp_path / "b.jsonl", per_article=True, article_labels=frozenset({"teaser"}))
    assert export_records(lambda: iter(RECORDS), NEWS, only).written.documents == 41


@pytest.mark.parametrize("name", [row.name for row in FORMATS if row.write is not None])
def test_every_format_divides_deterministically_with_card_manifest_and_sides(tmp_path: Path, name: str) -> None:
    for out in ("one", "two"):
        request = ExportRequest(name, tmp_path / out, Selection(Whose.GOLD), split=parse_split("60/20/20"))
        outcome = export_records(lambda: iter(RECORDS), NEWS, request)
    one, two = ((tmp_path / out / "manifest.json").read_bytes() for out in ("one", "two"))
    assert one == two
    assert outcome.plan is not None
    assert outcome.written.documents in (40, 80)
    files = json.loads(one)["files"]
    for relative, said in files.items():
        data = (tmp_path / "one" / relative).read_bytes()
        assert (said["sha256"], said["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    sides = json.loads((tmp_path / "one/splits.json").read_text("utf-8"))
    assert sides["documents"] == outcome.plan.sides
    for side in ("train", "validation" if name == "huggingface" else "dev", "test"):
        assert any(side in relative for relative in files)


def test_the_sides_of_files_are_those_of_the_plan(tmp_path: Path) -> None:
    request = ExportRequest("jsonl", tmp_path / "out", split=parse_split("60/20/20"))
    outcome = export_records(lambda: iter(RECORDS), NEWS, request)
    assert outcome.plan is not None
    for side in ("train", "dev", "test"):
        found = read_documents([tmp_path / "out" / f"{side}.jsonl"], schema=NEWS)
        there = [x.document.id for x in found if isinstance(x, Record)]
        assert there == [x.document.id for x in RECORDS if outcome.plan.sides[x.document.id] == side]


def test_an_export_to_the_same_folder_keeps_every_document_on_its_side(tmp_path: Path) -> None:
    request = ExportRequest("jsonl", tmp_path / "out", split=parse_split("60/20/20"))
    first = export_records(lambda: iter(RECORDS[:20]), NEWS, request).plan
    second = export_records(lambda: iter(RECORDS), NEWS, request).plan
    kept = replace(request, out=tmp_path / "other", keep=tmp_path / "out" / "splits.json")
    third = export_records(lambda: iter(RECORDS), NEWS, kept).plan
    assert first is not None
    assert second is not None
    assert third is not None
    assert {key: second.sides[key] for key in first.sides} == first.sides
    assert third.sides == second.sides


def test_the_card_says_what_how_many_who_and_under_which_licence(tmp_path: Path) -> None:
    facts = CardFacts("News: a set", "Pages.", ("en",), "cc-by-4.0", "By hand.", "κ 0.9 (0.8 to 1.0)")
    request = ExportRequest("huggingface", tmp_path / "out", split=parse_split("60/20/20"), about=facts)
    export_records(lambda: iter(RECORDS), NEWS, request)
    card = (tmp_path / "out/README.md").read_text("utf-8")
    _, front, body = card.split("---\n", 2)
    data = yaml.safe_load(front)
    assert (data["pretty_name"], data["language"], data["license"]) == ("News: a set", ["en"], "cc-by-4.0")
    assert data["size_categories"] == ["n<1K"]
    names = data["dataset_info"]["features"][2]["sequence"]["class_label"]["names"]
    assert (names["0"], names["1"]) == ("O", "B-PERSON")
    assert [x["split"] for x in data["configs"][0]["data_files"]] == ["train", "validation", "test"]
    for words in (
        "41 documents",
        "| entities | PERSON |",
        "κ 0.9 (0.8 to 1.0)",
        "gold, adjudicated: 40",
        "annotator 1: 1",
        "| spacy | 41 | 41 |",
        "| s0.example | CC BY 4.0 |",
        "- 1 × left out: neither gold nor finished",
        "- 40 × not known how\n- 1 × at random",
        "A piece that is here to be read, whole or long.",
        "× Rejections are not held.",
        "seed 0",
    ):
        assert words in body
    assert "ann:" not in body


def test_requests_that_make_no_sense_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    for request, reason in [
        (ExportRequest("csv", tmp_path / "x"), "can be read, but not written"),
        (ExportRequest("docx", tmp_path / "x"), "There is no format"),
        (ExportRequest("jsonl", tmp_path / "x", article_labels=frozenset({"teaser"})), "export by article"),
        (ExportRequest("jsonl", tmp_path / "x", split=parse_split("1/1"), keep=tmp_path / "no"), "There is no file"),
    ]:
        with pytest.raises(InputError, match=reason):
            export_records(lambda: iter(RECORDS), NEWS, request)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_breaks_leaves_no_half_file_and_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    out.write_text("old", "utf-8")

    def broken() -> object:
        yield RECORDS[0]
        raise InputError("gone")

    with pytest.raises(InputError, match="gone"):
        export_records(broken, NEWS, ExportRequest("jsonl", out))  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert out.read_text("utf-8") == "old"
    folder = ExportRequest("jsonl", tmp_path / "set", split=parse_split("1/1"))
    with pytest.raises(InputError, match="gone"):
        export_records(broken, NEWS, folder)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
