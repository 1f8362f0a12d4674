import json
from pathlib import Path

import pytest
from hypothesis import given

from annotator.core.errors import SchemaError
from annotator.core.schema import Schema, schema_from_toml, schema_to_json
from annotator.core.schema_json import schema_from_json_text
from tests.core.schemas import schemas

CONLL = json.dumps(schema_to_json(schema_from_toml(Path("resources/schemas/conll.toml").read_text("utf-8"))), indent=1)


@given(schemas())
def test_the_json_of_a_schema_is_read_back_to_it(schema: Schema) -> None:
    assert schema_from_json_text(json.dumps(schema_to_json(schema))) == schema


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ('"version": 1', '"version": 0', "`version` must be"),
        ('"kind": "spans"', '"kind": "things"', "`kind` must be one of"),
        ('"name": "ORG"', '"name": "PER"', "stands twice"),
        ('"key": "4"', '"key": "ab"', "`key` must be one letter"),
        ('"NORP": "MISC"', '"NORP": "NONE"', "`mapping` turns “NORP”"),
        ('"title": "CoNLL-2003 entities"', '"titel": "x"', "“titel” means nothing"),
    ],
)
def test_a_mistake_is_named_with_its_line(right: str, wrong: str, reason: str) -> None:
    start = CONLL.index(right)
    if right == '"key": "4"':
        start = CONLL.rindex(right)
    line = CONLL.count("\n", 0, start) + 1
    with pytest.raises(SchemaError, match=f"own.json, line {line}: ") as caught:
        schema_from_json_text(CONLL[:start] + wrong + CONLL[start + len(right) :], "own.json")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"name": "x",\n "layers": [}', "own.json, line 2: not valid JSON"),
        ("[1, 2]", "own.json, line 1: a schema is a table"),
        ('"text"', "own.json, line 1: a schema is a table"),
        ('{"name": "x",\n"layers": [\n5]}', "own.json, line 3: `layers` must be tables"),
        ("[" * 200_000, "nested too deeply"),
        ("1" * 5_000, "not valid JSON"),
        (" " * 1_000_001, "at most 1000000 characters"),
    ],
)
def test_what_is_no_schema_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SchemaError, match=sentence):
        schema_from_json_text(text, "own.json")
