from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import schema_edits as edits
from annotator.core.errors import SchemaError
from annotator.core.schema import LayerKind, Schema, schema_from_toml
from annotator.core.schema_edits import SchemaChange
from tests.core.schemas import names, schemas
from tests.core.values import EVERYTHING

CONLL = schema_from_toml(Path("resources/schemas/conll.toml").read_text("utf-8"))


def names_of(schema: Schema, layer: str) -> list[str]:
    return [label.name for label in schema.by_name[layer].labels]


def test_a_label_is_added_last_with_a_colour_of_its_own() -> None:
    after = edits.add_label(CONLL, "entities", "TITLE")
    assert names_of(after, "entities") == [*names_of(CONLL, "entities"), "TITLE"]
    assert after.by_name["entities"].labels[-1].colour not in [
        label.colour for label in CONLL.by_name["entities"].labels
    ]
    assert after.version == CONLL.version + 1


def test_a_renamed_label_keeps_its_place_and_the_mapping_follows() -> None:
    after = edits.rename_label(CONLL, "entities", "PER", "HUMAN")
    assert names_of(after, "entities")[names_of(CONLL, "entities").index("PER")] == "HUMAN"
    assert after.by_name["entities"].map_label("PERSON") == "HUMAN"
    assert after.by_name["entities"].by_name["HUMAN"].title == CONLL.by_name["entities"].by_name["PER"].title


@pytest.mark.parametrize(("to", "mapped"), [("ORG", "ORG"), ("", None)])
def test_what_was_mapped_to_a_removed_label_goes_where_its_marks_go(to: str, mapped: str | None) -> None:
    after = edits.remove_label(CONLL, "entities", "LOC", to)
    assert "LOC" not in names_of(after, "entities")
    assert after.by_name["entities"].map_label("GPE") == mapped


@pytest.mark.parametrize(("index", "order"), [(0, "GPE PERSON ORG"), (1, "PERSON GPE ORG"), (9, "PERSON ORG GPE")])
def test_a_label_moves_to_a_place(index: int, order: str) -> None:
    assert names_of(edits.move_label(EVERYTHING, "entities", "GPE", index), "entities") == order.split()


def test_every_field_of_a_label_can_be_changed() -> None:
    schema = edits.set_label_key(EVERYTHING, "entities", "ORG", "O")
    schema = edits.set_label_code(schema, "entities", "ORG", " ORGA ")
    schema = edits.set_label_title(schema, "entities", "ORG", "Organization")
    schema = edits.set_label_guideline(schema, "entities", "ORG", "*Not* a place.")
    schema = edits.recolour_label(schema, "entities", "ORG", "#AABBCC")
    label = schema.by_name["entities"].by_name["ORG"]
    assert (label.key, label.code, label.title, label.guideline, label.colour) == (
        "o",
        "ORGA",
        "Organization",
        "*Not* a place.",
        "#aabbcc",
    )
    assert schema.version == EVERYTHING.version + 5


def test_every_field_of_a_layer_can_be_changed() -> None:
    schema = edits.set_overlap(EVERYTHING, "entities", True)
    schema = edits.set_layer_title(schema, "entities", "Names")
    schema = edits.set_layer_guideline(schema, "entities", "Longest stretch.")
    schema = edits.set_mapping(schema, "entities", {"PER": "PERSON", "DATE": ""})
    layer = schema.by_name["entities"]
    assert (layer.overlap, layer.title, layer.guideline) == (True, "Names", "Longest stretch.")
    assert dict(layer.mapping) == {"PER": "PERSON", "DATE": ""}


def test_layers_are_added_moved_and_removed() -> None:
    schema = edits.add_layer(EVERYTHING, "events", LayerKind.SPANS, "event")
    assert names_of(schema, "events") == ["event"]
    schema = edits.move_layer(schema, "events", 0)
    assert schema.layers[0].name == "events"
    assert "events" not in edits.remove_layer(schema, "events").by_name


REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("has a label “ORG” already", lambda: edits.add_label(EVERYTHING, "entities", "ORG")),
    ("A label needs a `name` that is a word", lambda: edits.add_label(EVERYTHING, "entities", "two words")),
    ("has no layer “nothing”", lambda: edits.add_label(EVERYTHING, "nothing", "X")),
    ("has no label “NONE”", lambda: edits.rename_label(EVERYTHING, "entities", "NONE", "X")),
    ("has a label “ORG” already. To put", lambda: edits.rename_label(EVERYTHING, "entities", "GPE", "ORG")),
    ("has no other label “GPE”", lambda: edits.remove_label(EVERYTHING, "entities", "GPE", "GPE")),
    ("the only label", lambda: edits.remove_label(one_label(), "entities", "ORG")),
    ("`colour` must look like", lambda: edits.recolour_label(EVERYTHING, "entities", "GPE", "red")),
    ("must be one letter or digit", lambda: edits.set_label_key(EVERYTHING, "entities", "GPE", "?")),
    ("belongs to “Organization”", lambda: edits.set_label_key(CONLL, "entities", "PER", org_key().upper())),
    ("at most six characters", lambda: edits.set_label_code(EVERYTHING, "entities", "GPE", "PLACES!")),
    ("Only spans can overlap", lambda: edits.set_overlap(EVERYTHING, "blocks", True)),
    ("names no label", lambda: edits.set_mapping(EVERYTHING, "entities", {" ": "ORG"})),
    ("which is no label here", lambda: edits.set_mapping(EVERYTHING, "entities", {"X": "Y"})),
    ("has a layer “topic” already", lambda: edits.add_layer(EVERYTHING, "topic", LayerKind.DOCUMENT, "x")),
    ("is the only layer", lambda: edits.remove_layer(edits_only_layer(), "entities")),
]


def one_label() -> Schema:
    return edits.remove_label(edits.remove_label(EVERYTHING, "entities", "GPE"), "entities", "PERSON")


def org_key() -> str:
    return CONLL.by_name["entities"].by_name["ORG"].key


def edits_only_layer() -> Schema:
    schema = EVERYTHING
    for layer in EVERYTHING.layers:
        if layer.name != "entities":
            schema = edits.remove_layer(schema, layer.name)
    return schema


@pytest.mark.parametrize(("sentence", "deed"), REFUSED, ids=[sentence for sentence, _ in REFUSED])
def test_what_does_not_fit_is_refused_with_a_sentence(sentence: str, deed: Callable[[], object]) -> None:
    with pytest.raises(SchemaError, match=sentence) as caught:
        deed()
    assert str(caught.value)[0].isupper() or str(caught.value)[0] in "“`"


@given(schemas(), names, st.data())
def test_a_label_renamed_there_and_back_is_what_it_was(schema: Schema, name: str, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(schema.layers))
    old = data.draw(st.sampled_from(layer.labels)).name
    if name in layer.by_name:
        return
    change = SchemaChange.start(schema).rename_label(layer.name, old, name)
    assert change.target(layer.name, old) == name
    back = change.rename_label(layer.name, name, old)
    assert back.changes_nothing
    assert back.after.layers == schema.layers


def test_marks_follow_a_label_through_renames_and_removals() -> None:
    change = SchemaChange.start(EVERYTHING).rename_label("entities", "ORG", "COMPANY")
    change = change.remove_label("entities", "COMPANY", "GPE").rename_label("entities", "GPE", "PLACE")
    assert dict(change.moves) == {("entities", "ORG"): "PLACE", ("entities", "GPE"): "PLACE"}
    assert change.sources("entities", "PLACE") == ["ORG", "GPE"]
    gone = change.remove_label("entities", "PLACE")
    assert dict(gone.moves) == {("entities", "ORG"): "", ("entities", "GPE"): ""}
    again = gone.to(edits.add_label(gone.after, "entities", "ORG"))
    assert again.target("entities", "ORG") == ""
    assert not again.changes_nothing


def test_two_labels_can_swap_their_names() -> None:
    change = SchemaChange.start(EVERYTHING).rename_label("entities", "ORG", "between")
    change = change.rename_label("entities", "GPE", "ORG").rename_label("entities", "between", "GPE")
    assert dict(change.moves) == {("entities", "ORG"): "GPE", ("entities", "GPE"): "ORG"}


def test_a_removed_layer_takes_its_marks_along() -> None:
    change = SchemaChange.start(EVERYTHING).remove_layer("topic")
    assert dict(change.moves) == {("topic", "sport"): "", ("topic", "politics"): ""}


def test_a_finished_change_is_one_version_on_and_understands_the_old_names() -> None:
    change = SchemaChange.start(EVERYTHING).rename_label("entities", "ORG", "COMPANY").remove_label("entities", "GPE")
    done = change.finish()
    assert done.after.version == EVERYTHING.version + 1
    assert dict(done.after.by_name["entities"].mapping) == {"ORG": "COMPANY"}
    assert done.after.by_name["entities"].map_label("ORG") == "COMPANY"
    assert change.finish(9).after.version == 9
