from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import schema as schema_module
from annotator.core.errors import SchemaError
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.schema import (
    LayerKind,
    Schema,
    overlapping,
    schema_from_json,
    schema_from_toml,
    schema_to_json,
)
from tests.core.values import EVERYTHING, layer

SOUND = '''\
name = "own"
version = 2
title = "Our schema"

[[layers]]
name = "blocks"
kind = "segments"
guideline = """
name = "not a key, but text"
[[layers]]
"""

[[layers.labels]]
name = "headline"
key = "1"
colour = "#aa0000"

[[layers.labels]]
name = "body"
key = "2"
code = "BODY"

[[layers]]
name = "entities"
kind = "spans"
overlap = false

[[layers.labels]]
name = "PERSON"

[layers.mapping]
PER = "PERSON"
"name" = ""
'''


@pytest.fixture(params=["news", "conll"])
def shipped(request: pytest.FixtureRequest) -> Schema:
    path = Path(f"resources/schemas/{request.param}.toml")
    return schema_from_toml(path.read_text("utf-8"), path.name)


def test_a_shipped_schema_is_sound_and_survives_json(shipped: Schema) -> None:
    assert schema_from_json(schema_to_json(shipped)) == shipped
    assert {item.kind for item in shipped.layers} >= {LayerKind.SEGMENTS, LayerKind.SPANS}


def test_a_shipped_schema_gives_every_key_and_code_once_in_a_layer(shipped: Schema) -> None:
    for item in shipped.layers:
        keys = [label.key for label in item.labels if label.key]
        codes = [label.short for label in item.labels]
        assert len(set(keys)) == len(keys)
        assert len(set(codes)) == len(codes)


def test_a_sound_schema_is_read_as_it_is_written() -> None:
    own = schema_from_toml(SOUND)
    assert (own.name, own.version, own.title) == ("own", 2, "Our schema")
    assert [item.name for item in own.layers] == ["blocks", "entities"]
    assert own.by_name["blocks"].labels[1].short == "BODY"
    assert own.by_name["blocks"].labels[0].short == "headli"
    assert own.by_name["entities"].map_label("PER") == "PERSON"
    assert own.by_name["entities"].map_label("name") is None
    assert own.by_name["entities"].map_label("ORG") is None
    found = own.find("blocks", "body")
    assert found is not None
    assert found.shown == "body"
    assert own.find("blocks", "nothing") is None
    assert own.find("nothing", "body") is None


MISTAKES: list[tuple[str, str, int, str]] = [
    ('name = "own"', "name = 5", 1, "`name` must be a text"),
    ('name = "own"', 'name = "two words"', 1, "`name` must be a word"),
    ("version = 2", "version = 0", 2, "`version`"),
    ("version = 2", "version = true", 2, "`version`"),
    ('title = "Our schema"', "title = 1", 3, "`title`"),
    ('title = "Our schema"', 'titel = "x"', 3, "“titel” means nothing"),
    ('kind = "segments"', 'kind = "paragraphs"', 7, "`kind` must be one of segments, spans, document"),
    ('name = "blocks"', 'name = "1st"', 6, "a layer needs a `name`"),
    ('name = "entities"', 'name = "blocks"', 24, "stands twice"),
    ('key = "2"', 'key = "1"', 20, "the key “1” is given twice"),
    ('key = "2"', 'key = "ab"', 20, "`key` must be one letter"),
    ('key = "2"', 'key = "+"', 20, "`key` must be one letter"),
    ('name = "body"', 'name = "headline"', 19, "“headline” stands twice"),
    ('name = "body"', 'name = ""', 19, "a label needs a `name`"),
    ('name = "body"\n', "", 18, "a label needs a `name`"),
    ('code = "BODY"', 'code = "TOOLONG"', 21, "at most six characters"),
    ('code = "BODY"', 'color = "#ffffff"', 21, "“color” means nothing"),
    ('colour = "#aa0000"', 'colour = "red"', 16, "`colour` must look like"),
    ("overlap = false", 'overlap = "no"', 26, "`overlap` must be true or false"),
    ('PER = "PERSON"', 'PER = "PERSONS"', 32, "no label here"),
    ('PER = "PERSON"', "PER = 1", 31, "`mapping` must be a table of texts"),
    ('[[layers.labels]]\nname = "PERSON"\n', "", 23, "needs at least one [[layers.labels]]"),
]


@pytest.mark.parametrize(("sound", "wrong", "line", "reason"), MISTAKES)
def test_a_mistake_is_named_with_file_and_line(sound: str, wrong: str, line: int, reason: str) -> None:
    assert SOUND.count(sound) == 1
    with pytest.raises(SchemaError) as caught:
        schema_from_toml(SOUND.replace(sound, wrong), "own.toml")
    assert str(caught.value).startswith(f"own.toml, line {line}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = \n", "not valid TOML: .*line 1"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "9" * 5_000, "not valid TOML"),
        ('name = "a"\nname = "b"', "not valid TOML"),
        ("", "own.toml: `name` must be a word"),
        ('name = "a"', "own.toml, line 1: a schema needs at least one"),
        ('name = "a"\nlayers = [1]', "`layers` must be tables"),
        ('name = "a"\nlayers = [{name = "x", kind = "spans", labels = [2]}]', "`labels` must be tables"),
    ],
)
def test_what_is_no_schema_at_all_is_refused_in_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        schema_from_toml(text, "own.toml")


def test_a_schema_file_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_module, "MAX_SCHEMA", 20)
    with pytest.raises(SchemaError, match="at most 20 characters"):
        schema_from_toml(SOUND)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "kind", "labels", "layers", "version", "key"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_a_schema_or_refused_in_a_sentence(value: Any) -> None:
    try:
        found = schema_from_json(value)
    except SchemaError as error:
        reason = str(error)
    else:
        reason = "schema: sound"
        assert schema_from_json(schema_to_json(found)) == found
    assert reason.startswith("schema: ")


@pytest.mark.parametrize(
    "mark",
    [
        Boundary(0, "blocks", "body"),
        Boundary(9, "blocks", "body"),
        Span(0, 10, "entities", "ORG"),
        Span(9, 10, "entities", "ORG"),
        DocumentLabel("topic", "sport"),
        Rejection(Span(0, 10, "entities", "ORG")),
    ],
)
def test_a_mark_in_the_text_has_no_problem(mark: Mark) -> None:
    assert EVERYTHING.problem(mark, "0123456789") is None


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        (Boundary(10, "blocks", "body"), "outside the text, which has 10"),
        (Boundary(-1, "blocks", "body"), "outside the text"),
        (Span(3, 3, "entities", "ORG"), "does not lie in the text"),
        (Span(4, 3, "entities", "ORG"), "does not lie in the text"),
        (Span(-1, 3, "entities", "ORG"), "does not lie in the text"),
        (Span(9, 11, "entities", "ORG"), "does not lie in the text"),
        (Span(0, 1, "entities", "body"), "has no label “body”"),
        (Span(0, 1, "nowhere", "ORG"), "has no layer “nowhere”"),
        (Span(0, 1, "blocks", "body"), "holds segments, which this mark is not"),
        (Boundary(1, "entities", "ORG"), "holds spans"),
        (DocumentLabel("entities", "ORG"), "holds spans"),
        (Boundary(1, "topic", "sport"), "holds document"),
        (Rejection(Span(9, 11, "entities", "ORG")), "does not lie in the text"),
    ],
)
def test_a_mark_that_does_not_fit_is_explained(mark: Mark, reason: str) -> None:
    problem = EVERYTHING.problem(mark, "0123456789")
    assert problem is not None
    assert reason in problem


def test_an_empty_page_takes_a_label_and_an_opening_but_no_span() -> None:
    assert EVERYTHING.problem(Boundary(0, "blocks", "body"), "") is None
    assert EVERYTHING.problem(DocumentLabel("topic", "sport"), "") is None
    assert EVERYTHING.problem(Span(0, 0, "entities", "ORG"), "") is not None
    assert EVERYTHING.problem(Span(0, 1, "entities", "ORG"), "") is not None


def test_spans_that_touch_do_not_overlap() -> None:
    spans = [Span(0, 3, "entities", "ORG"), Span(3, 5, "entities", "ORG"), Span(5, 9, "entities", "ORG")]
    assert overlapping(spans, 3, 5) == [spans[1]]
    assert overlapping(spans, 2, 6) == spans


def test_layers_are_found_by_kind() -> None:
    own = Schema("x", 1, (layer("a", LayerKind.SPANS, "A"), layer("b", LayerKind.DOCUMENT, "B")))
    assert [item.name for item in own.of_kind(LayerKind.SPANS)] == ["a"]
    assert own.by_name["a"].shown == "a"
