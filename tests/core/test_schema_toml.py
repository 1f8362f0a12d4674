from pathlib import Path

import pytest
from hypothesis import given

from annotator.core.errors import SchemaError
from annotator.core.schema import Schema, schema_from_toml
from annotator.core.schema_toml import schema_to_toml
from tests.core.schemas import schemas


@given(schemas())
def test_what_is_written_is_read_back_to_the_same_schema(schema: Schema) -> None:
    again = schema_from_toml(schema_to_toml(schema))
    assert again == schema
    assert [list(layer.mapping) for layer in again.layers] == [list(layer.mapping) for layer in schema.layers]


@pytest.mark.parametrize("name", ["news", "conll"])
def test_a_shipped_schema_comes_back_and_reads_as_it_was_written(name: str) -> None:
    shipped = Path(f"resources/schemas/{name}.toml").read_text("utf-8")
    written = schema_to_toml(schema_from_toml(shipped))
    assert schema_from_toml(written) == schema_from_toml(shipped)
    without_remarks = "\n".join(line for line in shipped.splitlines() if not line.startswith("#"))
    assert written.strip() == without_remarks.strip()


def test_a_mistake_made_in_written_text_is_found_on_its_line() -> None:
    written = schema_to_toml(schema_from_toml(Path("resources/schemas/conll.toml").read_text("utf-8")))
    lines = written.splitlines()
    at = lines.index('NORP = "MISC"')
    lines[at] = 'NORP = "NOTHING"'
    with pytest.raises(SchemaError, match=f"own.toml, line {at + 1}: "):
        schema_from_toml("\n".join(lines), "own.toml")
