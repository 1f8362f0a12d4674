import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.huggingface import class_names, write_huggingface, write_huggingface_splits
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without
from tests.exchange.strategies import CONLL, EVERYTHING, NEWS, records

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

DOCUMENT = make_document("Mayor resigns\nJohn Smith of Acme left 😀.", title="Mayor", meta={"k": "v"})
MARKS: frozenset[Mark] = frozenset(
    {
        Boundary(14, "blocks", "body"),
        Span(14, 24, "entities", "PERSON"),
        Span(28, 32, "entities", "ORG"),
    }
)
RECORD = Record(
    DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", MARKS - {Span(29, 32, "entities", "ORG")}, State(Status.DONE))),)
)


@settings(max_examples=25)
@given(records())
def test_rows_bring_back_all_marks_of_the_one_annotator(record: Record) -> None:
    found, report, reading = through("huggingface", [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    first = min(record.works, key=lambda work: work.annotation.annotator)
    alone = Record(record.document, (first,))
    assert found == [without(alone, Rejection)]
    assert not reading.report.losses
    assert report.marks == len(held(found[0], Span, Boundary, DocumentLabel))


def test_the_rows_have_tokens_tags_and_class_names(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    write_huggingface([RECORD], NEWS, tmp_path / "set", ExportOptions())
    table = pq.read_table(tmp_path / "set" / "data" / "train-00000-of-00001.parquet")
    row = table.to_pylist()[0]
    names = class_names(NEWS, ExportOptions())
    assert row["tokens"][:5] == ["Mayor", "resigns", "John", "Smith", "of"]
    assert [names[tag] for tag in row["ner_tags"]][2:6] == ["B-PERSON", "I-PERSON", "O", "B-ORG"]
    assert all(row["text"][s:].startswith(t) for s, t in zip(row["token_starts"], row["tokens"], strict=True))
    assert row["segments"] == [{"start": 14, "end": 40, "label": "body", "layer": "blocks"}]
    ids = json.loads((tmp_path / "set" / "label2id.json").read_text("utf-8"))
    assert (ids["O"], ids["B-PERSON"], ids["I-PERSON"]) == (0, 1, 2)
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text("utf-8"))
    assert sorted(manifest["files"]) == ["README.md", "data/train-00000-of-00001.parquet", "label2id.json"]


def test_the_same_records_give_the_same_bytes_and_an_own_folder_is_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        write_huggingface([RECORD], NEWS, tmp_path / "a", ExportOptions())
    write_huggingface([RECORD], NEWS, tmp_path / "b", ExportOptions())
    assert (tmp_path / "a/manifest.json").read_bytes() == (tmp_path / "b/manifest.json").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_the_whole_folder_is_read_without_what_lies_beside_the_data(tmp_path: Path) -> None:
    write_huggingface_splits({"train": [RECORD], "test": []}, NEWS, tmp_path / "set", ExportOptions())
    options = ImportOptions(NEWS)
    (found,) = read_documents([tmp_path / "set"], schema=NEWS, options=options)
    assert isinstance(found, Record)
    assert options.report.skipped == {"files that are no documents": 3}
    assert options.report.formats == {"huggingface": 1, "parquet": 1}


def table_file(path: Path, columns: dict[str, object], names: list[str] | None = None) -> Path:
    import pyarrow.parquet as pq

    table = pa.table(columns)
    if names is not None:
        feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
        info = json.dumps({"info": {"features": {"ner_tags": feature}}})
        table = table.replace_schema_metadata({"huggingface": info})
    pq.write_table(table, path)
    return path


EU = ["EU", "rejects", "German", "call"]


def test_a_data_set_of_others_is_read_by_its_class_names(tmp_path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
    columns = {"id": ["0", "1"], "tokens": [EU, ["x"]], "ner_tags": [[3, 0, 7, 0], [99]]}
    options = ImportOptions(CONLL)
    found, bad = read_documents([table_file(tmp_path / "a.parquet", columns, names)], schema=CONLL, options=options)
    assert isinstance(found, Record)
    assert found.document.text == "EU rejects German call"
    assert found.works[0].annotation.marks == {Span(0, 2, "entities", "ORG"), Span(11, 17, "entities", "MISC")}
    assert isinstance(bad, BadRecord)
    assert "which tag 99 is" in bad.reason
    assert options.report.formats == {"huggingface": 1}


def test_tags_as_texts_need_no_class_names(tmp_path: Path) -> None:
    columns = {"tokens": [EU], "ner_tags": [["B-ORG", "O", "O", "O"]]}
    (found,) = read_documents([table_file(tmp_path / "a.parquet", columns)], schema=CONLL)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 2, "entities", "ORG")}


def test_tokens_and_tags_of_different_length_are_reported(tmp_path: Path) -> None:
    columns = {"tokens": [EU], "ner_tags": [["B-ORG"]]}
    (bad,) = read_documents([table_file(tmp_path / "a.parquet", columns)], schema=CONLL)
    assert isinstance(bad, BadRecord)
    assert "one tag for each token" in bad.reason
    assert EVERYTHING.name == "everything"
