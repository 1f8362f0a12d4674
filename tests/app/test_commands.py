from collections import Counter
from dataclasses import replace

import pytest

from annotator.app.commands import COMMANDS, Command, Place, chord_of, key_conflicts, key_sheet, keys_of, menus
from annotator.app.settings import data_path, find_schema
from annotator.core.schema import Label, Layer, LayerKind, Schema

SHIPPED = sorted(path.stem for path in data_path("resources", "schemas").glob("*.toml"))
COMMAND = {command.name: command for command in COMMANDS}


def schema_with(*labels: Label) -> Schema:
    return Schema("test", 1, (Layer("entities", LayerKind.SPANS, labels=labels),))


def test_schemas_are_shipped() -> None:
    assert {"news", "conll"} <= set(SHIPPED)


def test_every_command_has_a_name_of_its_own_a_title_and_a_menu() -> None:
    assert [name for name, n in Counter(command.name for command in COMMANDS).items() if n > 1] == []
    assert all(command.name.isidentifier() and command.title and command.menu for command in COMMANDS)
    titles = Counter(command.title for command in COMMANDS)
    assert [title for title, n in titles.items() if n > 1] == []


@pytest.mark.parametrize("place", [Place.PAGE, Place.REVIEW])
def test_no_key_is_used_twice_in_one_place(place: Place) -> None:
    here = [command for command in COMMANDS if command.place in (place, Place.ANYWHERE)]
    keys = Counter(chord_of(key) for command in here for key in keys_of(command, {}))
    assert [key for key, n in keys.items() if n > 1] == []


def test_a_key_may_mean_one_thing_on_the_page_and_another_in_the_review() -> None:
    assert keys_of(COMMAND["undo"], {})[0] == keys_of(COMMAND["review_undo"], {})[0]
    assert key_conflicts(schema_with(), {}) == []
    assert key_conflicts(schema_with(), {"review_next": "M"}) != []


@pytest.mark.parametrize("name", SHIPPED)
def test_the_label_keys_of_a_shipped_schema_mean_one_thing(name: str) -> None:
    assert key_conflicts(find_schema(name), {}) == []


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("accept", ("Return", "Enter")),
        ("finish", ("Ctrl+Return", "Ctrl+Enter")),
        ("reject", ("X", "Del")),
        ("start_left", ("[",)),
        ("start_right", ("]",)),
        ("end_left", ("{",)),
        ("end_right", ("}",)),
        ("start_left_character", ("Alt+[",)),
        ("end_right_character", ("Alt+}",)),
        ("boundary_up", ("Alt+Up",)),
        ("boundary_down", ("Alt+Down",)),
        ("add_boundary", ("B",)),
        ("add_boundary_here", ("Shift+B",)),
        ("join", ("Backspace",)),
        ("undo", ("Ctrl+Z",)),
        ("redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
        ("next_unresolved", ("Tab",)),
        ("previous_unresolved", ("Shift+Tab",)),
    ],
)
def test_the_keys_of_the_main_job_are_those_of_the_design(name: str, keys: tuple[str, ...]) -> None:
    assert keys_of(COMMAND[name], {}) == keys


def test_keys_that_have_a_meaning_in_search_fields_work_on_the_page_only() -> None:
    for command in COMMANDS:
        for key in keys_of(command, {}):
            if len(key) == 1 or key in {"Return", "Enter", "Tab", "Shift+Tab", "Backspace", "Del", "Shift+B"}:
                assert command.place in (Place.PAGE, Place.REVIEW), command.name


def test_a_chosen_key_stands_in_the_place_of_all_keys_of_a_command() -> None:
    accept = COMMAND["accept"]
    assert keys_of(accept, {"accept": "Space"}) == ("Space",)
    assert keys_of(accept, {"accept": ""}) == ()
    assert keys_of(accept, {"reject": "Space"}) == ("Return", "Enter")
    assert keys_of(Command("none", "None", "", "File"), {}) == ()


def test_a_chosen_key_that_is_taken_is_refused_with_both_names() -> None:
    (sentence,) = key_conflicts(find_schema("news"), {"accept": "X"})
    assert sentence == "X means “Accept and go to the next” and “Reject or remove”."
    assert key_conflicts(find_schema("news"), {"accept": "X", "reject": "Return"}) == []


@pytest.mark.parametrize("spelled", ["shift+ctrl+z", "CTRL+SHIFT+Z", "Shift+Ctrl+Z"])
def test_a_key_is_the_same_however_it_is_spelled(spelled: str) -> None:
    assert len(key_conflicts(find_schema("news"), {"accept": spelled})) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Delete", "Del"), ("PgDown", "pagedown"), ("Ctrl++", "ctrl++"), ("Shift+Ctrl++", "Ctrl+Shift++")],
)
def test_two_spellings_of_one_key(one: str, other: str) -> None:
    assert chord_of(one) == chord_of(other)


def test_different_keys_stay_different() -> None:
    keys = ["+", "Ctrl++", "Ctrl+=", "Ctrl", "b", "Shift+B", "[", "Alt+[", "{", "?", ""]
    assert len({chord_of(key) for key in keys}) == len(keys)


@pytest.mark.parametrize("key", ["b", "X", "B"])
def test_a_label_key_that_is_a_command_on_the_page_is_refused_with_a_sentence(key: str) -> None:
    (sentence,) = key_conflicts(schema_with(Label("PERSON", "Person", key=key)), {})
    assert sentence.startswith(f"The key {key.upper()} of the label “Person” means “")
    assert sentence.endswith("on the page; choose another.")
    taken = next(command.name for command in COMMANDS if chord_of(command.key) == key.lower())
    assert key_conflicts(schema_with(Label("PERSON", "Person", key=key)), {taken: "F9"}) == []


def test_a_remap_onto_a_label_key_is_refused() -> None:
    assert len(key_conflicts(find_schema("conll"), {"next_mark": "1"})) == len(find_schema("conll").layers)


def test_one_letter_in_two_cases_is_one_key() -> None:
    (sentence,) = key_conflicts(schema_with(Label("A", key="p"), Label("B", key="P")), {})
    assert sentence == "The key P means “A” and “B” in “entities”."


def test_the_menus_hold_every_command_once_in_order() -> None:
    found = [command for commands in menus().values() for command in commands]
    assert sorted(command.name for command in found) == sorted(COMMAND)
    assert list(menus()) == list(dict.fromkeys(command.menu for command in COMMANDS))


@pytest.mark.parametrize("name", [*SHIPPED, None])
def test_the_key_sheet_names_every_command_with_its_keys_and_every_label_key(name: str | None) -> None:
    schema = find_schema(name) if name else None
    sheet = key_sheet(schema, {"accept": "Space"})
    rows = [row for heading, rows in sheet if not heading.startswith("Labels: ") for row in rows]
    wanted = [(" / ".join(keys_of(command, {"accept": "Space"})), command.title) for command in COMMANDS]
    assert sorted(rows) == sorted(wanted)
    assert ("Space", COMMAND["accept"].title) in rows
    labels = [row for heading, rows in sheet if heading.startswith("Labels: ") for row in rows]
    with_key = [label for layer in (schema.layers if schema else ()) for label in layer.labels if label.key]
    assert labels == [(label.key.upper(), f"{label.shown} ({label.short})") for label in with_key]


def test_a_layer_without_label_keys_has_no_heading() -> None:
    bare = replace(schema_with(Label("A")).layers[0], name="bare")
    assert all("bare" not in heading for heading, _ in key_sheet(Schema("test", 1, (bare,)), {}))
