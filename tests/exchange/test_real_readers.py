"""The programs that files are for read them, in interpreters of their own.

`make readers` installs them into `.venv-readers`; `ANNOTATOR_READERS` names another folder that has them. They have no
place beside the program: see docs/decisions/0034-format-libraries.md.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.core.marks import Boundary, DocumentLabel, Span
from annotator.core.record import Record
from annotator.exchange.export import ExportRequest, export_records
from annotator.exchange.format import ExportOptions
from annotator.exchange.huggingface import class_names, write_huggingface_splits
from annotator.exchange.names import LabelNames
from annotator.exchange.selection import Selection, Whose
from annotator.exchange.sources import read_documents
from tests.readers.pages import SCHEMA, page, pages

READERS = Path(os.environ.get("ANNOTATOR_READERS", ".venv-readers")).absolute()
SCRIPTS = Path(__file__).parents[1] / "readers"

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Runs a script of `tests/readers` in one of the environments and gives back what it printed last."""

    def asked(environment: str, script: str, *arguments: Path) -> Any:
        python = READERS / environment / "bin" / "python"
        if not python.exists():
            pytest.skip(f"there is no {environment} in {READERS.name}: `make readers` installs it")
        home = tmp_path / "readers"
        home.mkdir(exist_ok=True)
        variables = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home)}
        variables.pop("PYTHONPATH", None)
        command = [str(python), str(SCRIPTS / script), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=home, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return asked


def export(name: str, out: Path, options: ExportOptions | None = None, *, everything: bool = False) -> Path:
    """The pages in a format, written as the program writes them."""
    whose = Selection(Whose.ALL) if everything else None
    export_records(pages, SCHEMA, ExportRequest(name, out, whose, options=options or ExportOptions()))
    return out


def spans_on(record: Record) -> list[Span]:
    (work,) = record.works
    return sorted(mark for mark in work.annotation.marks if isinstance(mark, Span))


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_datasets_opens_the_folder_offline_and_what_it_saves_is_read(tmp_path: Path, ask: Ask) -> None:
    splits = {"train": pages(), "validation": [page("emoji")], "test": [page("arabic")]}
    write_huggingface_splits(splits, SCHEMA, tmp_path / "set", ExportOptions())
    said = ask("programs", "with_datasets.py", tmp_path / "set", tmp_path)
    assert {name: len(rows) for name, rows in said["rows"].items()} == {"train": 8, "validation": 1, "test": 1}
    assert said["names"] == class_names(SCHEMA, ExportOptions())
    for row, record in zip(said["rows"]["train"], pages(), strict=True):
        assert row["text"] == record.document.text
        found = [(span["start"], span["end"], span["layer"], span["label"]) for span in row["spans"]]
        assert sorted(found) == [(span.start, span.end, span.layer, span.label) for span in spans_on(record)]
        assert [row["text"][span["start"] : span["end"]] for span in row["spans"]] == [s["text"] for s in row["spans"]]
        starts = row["token_starts"]
        assert [row["text"][at : at + len(token)] for at, token in zip(starts, row["tokens"], strict=True)] == row[
            "tokens"
        ]
    emoji = said["rows"]["validation"][0]
    assert emoji["ner_tags"][4:6] == ["B-entities/PERSON", "I-entities/PERSON"]
    back = read_documents([tmp_path / "arrow"], schema=SCHEMA)
    assert [marks_of(item) for item in back] == [marks_of(record) for record in pages()]


def marks_of(found: object) -> frozenset[object]:
    assert isinstance(found, Record), found
    return frozenset(found.works[0].annotation.marks)


def test_label_studio_checks_every_region_and_converts_the_tasks(tmp_path: Path, ask: Ask) -> None:
    path = export("label-studio", tmp_path / "tasks.json", ExportOptions(utf16=True))
    said = ask("programs", "with_label_studio.py", path, tmp_path)
    assert said["errors"] == []
    assert said["controls"] == ["articles", "blocks", "entities", "quotes", "topic"]
    assert [row["text"] for row in said["min"]] == [record.document.text for record in pages()]
    for row, record in zip(said["min"], pages(), strict=True):
        text = record.document.text
        for layer in ("entities", "quotes"):
            wanted = [(text[span.start : span.end], span.label) for span in spans_on(record) if span.layer == layer]
            found = [(region["text"], region["labels"][0]) for region in row.get(layer, [])]
            assert sorted(found) == sorted(wanted)


def test_label_studio_imports_every_task_and_gives_the_same_marks_back(tmp_path: Path, ask: Ask) -> None:
    path = export("label-studio", tmp_path / "tasks.json", everything=True)
    server = tmp_path / "server"
    server.mkdir()
    said = ask("label-studio", "with_label_studio_server.py", path, server)
    assert said["status"] == 201
    counts = {name: said["said"][f"{name}_count"] for name in ("task", "annotation", "prediction")}
    assert counts == {"task": 8, "annotation": 8, "prediction": 16}
    back = list(read_documents([server / "exported.json"], schema=SCHEMA))
    assert sorted(map(str, map(text_and_marks, back))) == sorted(map(str, map(text_and_marks, pages())))


def text_and_marks(found: object) -> tuple[str, list[str]]:
    assert isinstance(found, Record), found
    return found.document.text, sorted(map(str, found.works[0].annotation.marks))


def test_doccano_imports_every_line_with_its_spans_and_two_columns(tmp_path: Path, ask: Ask) -> None:
    lines = export("doccano", tmp_path / "pages.jsonl")
    columns = export("iob2", tmp_path / "pages.iob2", ExportOptions(layers=frozenset({"entities"})))
    said = ask("programs", "with_doccano.py", lines, columns)
    assert said["jsonl"]["errors"] == []
    assert said["conll"]["errors"] == []
    names = LabelNames(SCHEMA)
    for found, record in zip(said["jsonl"]["pages"], pages(), strict=True):
        assert found["text"] == record.document.text
        every = {tuple(span) for span in found["spans"]}
        assert {(s.start, s.end, names.write(s.layer, s.label)) for s in spans_on(record)} <= every
        opened = [mark for mark in record.works[0].annotation.marks if isinstance(mark, Boundary)]
        assert {(mark.position, names.write(mark.layer, mark.label)) for mark in opened} <= {
            (start, label) for start, _, label in every
        }
        assert len(every) == len(spans_on(record)) + len(opened)
    surfaces = {
        (sentence["text"][start:end], label)
        for sentence in said["conll"]["pages"]
        for start, end, label in sentence["spans"]
    }
    assert {
        ("John Smith", "entities/PERSON"),
        ("محمد علي", "entities/PERSON"),
        ("ירושלים", "GPE"),
        ("北京", "GPE"),
    } <= (surfaces)


def test_gliner_makes_labels_of_every_span_that_lies_on_tokens(tmp_path: Path, ask: Ask) -> None:
    path = export("gliner", tmp_path / "pages.jsonl")
    said = ask("programs", "with_gliner.py", path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert said["spans"] == [sorted(row["ner"]) for row in rows]
    assert said["words"] == [row["tokenized_text"] for row in rows]
    assert {"input_ids", "labels", "span_idx", "words_mask"} <= set(said["inputs"])
    # Two spans of one page stand inside a word.
    assert sum(map(len, said["spans"])) == sum(len(spans_on(record)) for record in pages()) - 2


def test_seqeval_finds_the_spans_of_every_file_of_tags(tmp_path: Path, ask: Ask) -> None:
    files = [export(name, tmp_path / f"pages.{name}") for name in ("conll", "iob2", "bilou")]
    said = ask("programs", "with_seqeval.py", *files)
    assert said["conll"]["spans"] == said["iob2"]["spans"] == said["bilou"]["spans"]
    assert (said["conll"]["columns"], said["iob2"]["columns"]) == ([4], [2])
    assert said["conll"]["f1"] == said["iob2"]["f1"] == said["bilou"]["f1"] == 1.0
    found = {tuple(span) for span in said["conll"]["spans"]}
    assert {
        ("John Smith", "entities/PERSON"),
        ("3 % . Globex", "quote"),
        ("Mr . X . Smith Jr .", "entities/PERSON"),
    } <= (found)


def test_cassis_finds_the_spans_and_writes_them_as_xmi(tmp_path: Path, ask: Ask) -> None:
    folder = export("cas-json", tmp_path / "cas") / "data"
    said = ask("programs", "with_cassis.py", *(folder / f"{r.document.id[:16]}.json" for r in pages()))
    for found, record in zip(said, pages(), strict=True):
        text = record.document.text
        assert found["text"] == text
        assert sorted(map(tuple, found["spans"])) == [
            (span.start, span.end, span.label, text[span.start : span.end]) for span in spans_on(record)
        ]
        assert found["xmi"]


def test_the_pages_hold_what_readers_stumble_over() -> None:
    """Were the pages tame, the tests above would say nothing."""
    texts = [record.document.text for record in pages()]
    assert any(character > "\uffff" for text in texts for character in text)
    assert not any("\r" in text for text in texts)
    assert all(any(isinstance(mark, DocumentLabel) for mark in marks_of(record)) for record in pages())  # type: ignore[arg-type]
    spans = [spans_on(record) for record in pages()]
    assert any(one.end == two.start for found in spans for one in found for two in found)
    assert any(one.start <= two.start < two.end < one.end for found in spans for one in found for two in found)
    assert any("\n" in text[s.start : s.end] for text, found in zip(texts, spans, strict=True) for s in found)
