"""The table of proposers."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.schema import LayerKind, schema_from_toml
from annotator.propose.strings import StringCounts
from annotator.propose.table import PROPOSERS, ProposerSettings, make_proposers

SCHEMA = schema_from_toml(
    (Path(__file__).parents[2] / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8")
)
COUNTS = StringCounts({("Tik",): {"PERSON": 3}}, {("Tik",): 3})


def test_every_row_stands_under_its_own_name() -> None:
    assert all(name == row.name and row.about for name, row in PROPOSERS.items())
    assert {row.kind for row in PROPOSERS.values()} <= set(LayerKind)


def test_the_entity_layer_gets_the_pipeline_and_nothing_for_segments() -> None:
    assert [proposer.name for proposer in make_proposers({"entities"}, SCHEMA)] == ["spacy"]


def test_strings_are_proposed_once_something_was_counted() -> None:
    names = [p.name for p in make_proposers({"entities"}, SCHEMA, settings=ProposerSettings(strings=COUNTS))]
    assert names == ["spacy", "strings"]
    empty = ProposerSettings(strings=StringCounts())
    assert [p.name for p in make_proposers({"entities"}, SCHEMA, settings=empty)] == ["spacy"]


def test_a_named_model_stands_before_the_one_in_the_settings() -> None:
    with pytest.raises(InputError, match="xx_named"):
        make_proposers({"entities"}, SCHEMA, model="xx_named", settings=ProposerSettings(model="xx_setting"))


def test_an_unknown_layer_is_refused_with_the_layers_there_are() -> None:
    with pytest.raises(InputError, match=r"no layer “entity”; it has articles, blocks, entities"):
        make_proposers(["entity"], SCHEMA)


def test_only_marks_of_the_wanted_layers_come_out() -> None:
    (strings,) = (
        p
        for p in make_proposers(["entities"], SCHEMA, settings=ProposerSettings(strings=COUNTS))
        if p.name == "strings"
    )
    (found,) = strings.propose([make_document("Tik spoke.")], SCHEMA)
    assert {p.mark.layer for p in found} == {"entities"}
    assert len(found) == 1
