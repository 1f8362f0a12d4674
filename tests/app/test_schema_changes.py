from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.app.schema_changes import (
    ChangeReport,
    LabelUse,
    SchemaDraft,
    apply_change,
    describe_change,
    describe_report,
    read_schema_file,
    write_schema_file,
)
from annotator.app.settings import find_schema
from annotator.core import schema_edits
from annotator.core.annotation import Edit
from annotator.core.document import make_document
from annotator.core.errors import InputError, SchemaError
from annotator.core.marks import Rejection, Span
from annotator.core.record import Record
from annotator.core.schema import LayerKind, schema_to_json
from annotator.core.schema_edits import SchemaChange
from annotator.store.corpus import Corpus

JOE = Span(0, 3, "entities", "PERSON")


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    documents = [make_document(f"Joe {n} said so.") for n in range(3)]
    with Corpus.create(tmp_path / "news.corpus", find_schema("news")) as made:
        made.add_records(Record(document) for document in documents)
        for document in documents[:2]:
            made.apply(document.id, "ana", Edit("Add", added=frozenset([JOE])))
        org = Rejection(replace(JOE, label="ORG"))
        made.apply(documents[0].id, "ben", Edit("Add", added=frozenset([JOE, org])))
        yield made


def test_a_draft_says_what_it_does_before_it_is_applied(corpus: Corpus) -> None:
    draft = SchemaDraft(corpus)
    draft.rename_label("entities", "PERSON", "PER")
    draft.remove_label("entities", "ORG", "PER")
    draft.remove_label("entities", "FAC")
    draft.edit(schema_edits.set_label_title, "entities", "PER", "Human")
    draft.edit(schema_edits.add_label, "entities", "TITLE")
    draft.edit(schema_edits.move_label, "entities", "GPE", 0)
    draft.edit(schema_edits.set_overlap, "entities", overlap=True)
    assert draft.summary() == [
        "“PERSON” becomes “PER”: 3 marks on 2 pages.",
        "“ORG” becomes “PER”: 1 rejection.",
        "“FAC” is removed; nothing uses it.",
        "“PER”: title changed.",
        "“TITLE” is new in “Entities”.",
        "The labels of “Entities” are in another order.",
        "Spans of “Entities” may overlap now.",
    ]
    assert corpus.reload_schema() == find_schema("news")
    report = apply_change(draft.path, draft.change.finish())
    assert describe_report(report) == [
        "3 marks relabelled.",
        "1 rejection removed.",
        "What was done before on 3 annotated pages can be read in the history, but not undone.",
    ]
    assert "PER" in corpus.reload_schema().by_name["entities"].by_name


def test_steps_of_a_draft_are_taken_back_one_by_one(corpus: Corpus) -> None:
    draft = SchemaDraft(corpus)
    assert not draft.can_undo
    draft.rename_label("entities", "PERSON", "PER")
    draft.remove_layer("blocks")
    draft.undo()
    assert dict(draft.change.moves) == {("entities", "PERSON"): "PER"}
    draft.undo()
    assert draft.change.changes_nothing
    assert draft.summary() == []


def test_a_refused_step_leaves_the_draft_as_it_was(corpus: Corpus) -> None:
    draft = SchemaDraft(corpus)
    with pytest.raises(SchemaError):
        draft.rename_label("entities", "PERSON", "two words")
    assert draft.change.changes_nothing
    assert not draft.can_undo


def test_use_follows_a_label_through_the_draft(corpus: Corpus) -> None:
    draft = SchemaDraft(corpus)
    draft.rename_label("entities", "PERSON", "PER")
    assert draft.use_of("entities", "PER").marks == {"ana": 2, "ben": 1}
    assert draft.use_of("entities", "PERSON").unused
    draft.remove_label("entities", "ORG", "PER")
    assert draft.use_of("entities", "PER").rejections == {"ben": 1}
    assert draft.lacking(find_schema("conll")) == []
    assert draft.lacking(find_schema("news")) == [("entities", "PER")]


def test_a_key_that_a_command_has_is_named(corpus: Corpus) -> None:
    draft = SchemaDraft(corpus)
    assert draft.key_problem("entities", "PERSON", "k") == ""
    assert "“Reject or remove”" in draft.key_problem("entities", "PERSON", "x")
    assert draft.key_problems() == []
    draft.edit(schema_edits.set_label_key, "entities", "PERSON", "x")
    assert len(draft.key_problems()) == 1
    own = SchemaDraft(corpus, {"reject": "k"})
    assert own.key_problem("entities", "PERSON", "x") == ""
    assert "“Reject or remove”" in own.key_problem("entities", "PERSON", "k")


def test_every_change_of_a_layer_is_told() -> None:
    news = find_schema("news")
    schema = schema_edits.add_layer(news, "events", LayerKind.SPANS, "event")
    schema = schema_edits.move_layer(schema_edits.remove_layer(schema, "blocks"), "articles", 9)
    schema = schema_edits.set_mapping(schema_edits.set_layer_title(schema, "entities", "Names"), "entities", {"P": ""})
    schema = schema_edits.set_layer_guideline(schema, "entities", "New.")
    assert describe_change(SchemaChange.start(news).to(schema), {}) == [
        "The layer “Blocks” is removed.",
        "The layer “events” is new, with event.",
        "The layer “Names”: title, guideline, mapping changed.",
    ]
    moved = schema_edits.move_layer(news, "articles", 9)
    assert describe_change(SchemaChange.start(news).to(moved), {}) == ["The layers are in another order."]


def test_a_report_counts_what_was_removed() -> None:
    report = ChangeReport(removed=2, proposals_relabelled=1, proposals_removed=3, cleared=1)
    assert describe_report(report)[:3] == ["2 marks removed.", "1 proposal relabelled.", "3 proposals removed."]
    assert describe_report(ChangeReport()) == []
    assert LabelUse().unused


# Files


def test_a_schema_file_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    write_schema_file(path, find_schema("conll"))
    assert read_schema_file(path) == find_schema("conll")
    assert list(tmp_path.iterdir()) == [path]


def test_a_schema_is_read_from_json_and_from_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    import json

    path = tmp_path / "own.json"
    path.write_text(json.dumps(schema_to_json(find_schema("news"))), encoding="utf-8-sig")
    assert read_schema_file(path) == find_schema("news")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'name = "\xff"', "is not UTF-8 text"),
        (b"#" * 4_000_001, "at most 1000000 characters"),
        (b"version = 0", r"own.toml, line 1: `name` must be a word"),
    ],
)
def test_a_file_that_is_no_schema_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_schema_file(path)


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_schema_file(tmp_path / "none" / "own.toml", find_schema("news"))
    with pytest.raises(InputError, match="could not be read"):
        read_schema_file(tmp_path / "none.toml")
    assert list(tmp_path.iterdir()) == []
