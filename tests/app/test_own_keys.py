import pytest

from annotator.app.commands import COMMANDS, Command, key_conflicts
from annotator.app.own_keys import choose_key, reset_key, shown_keys, split_key
from annotator.app.settings import find_schema
from annotator.core.errors import InputError

NEWS = find_schema("news")


def command(name: str) -> Command:
    return next(item for item in COMMANDS if item.name == name)


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("Ctrl++", ({"Ctrl"}, "+")),
        ("+", (set(), "+")),
        ("Ctrl+Shift+K", ({"Ctrl", "Shift"}, "K")),
        ("F5", (set(), "F5")),
    ],
)
def test_a_key_is_split_into_modifiers_and_itself(key: str, parts: tuple[set[str], str]) -> None:
    assert split_key(key) == parts


def test_a_chosen_key_takes_the_place_of_all_keys_a_command_had() -> None:
    keys = choose_key(command("reject"), "Ctrl+R", NEWS, {})
    assert keys == {"reject": "Ctrl+R"}
    assert shown_keys(command("reject"), keys) == "Ctrl+R"
    assert key_conflicts(NEWS, keys) == []


def test_no_key_is_a_choice_too() -> None:
    keys = choose_key(command("reject"), "", NEWS, {})
    assert keys == {"reject": ""}
    assert shown_keys(command("reject"), keys) == ""


@pytest.mark.parametrize("key", ["X", "x"])
def test_its_own_key_puts_a_command_back(key: str) -> None:
    assert choose_key(command("reject"), key, NEWS, {"reject": "Ctrl+R", "undo": "Alt+U"}) == {"undo": "Alt+U"}
    assert reset_key(command("reject"), NEWS, {"reject": ""}) == {}


def test_a_key_that_was_freed_can_be_given_to_another_command_and_then_not_reset() -> None:
    keys = choose_key(command("reject"), "Ctrl+R", NEWS, {})
    keys = choose_key(command("add_boundary"), "X", NEWS, keys)
    assert key_conflicts(NEWS, keys) == []
    with pytest.raises(InputError, match="X means “Reject or remove” and “Add a boundary"):
        reset_key(command("reject"), NEWS, keys)


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("reject", "B", "B means .*“Reject or remove” was left as it is"),
        ("reject", "ctrl+z", "means"),
        ("reject", "1", "of the label “Article” means “Reject or remove”"),
        ("quit", "Q", "needs Ctrl or Alt"),
        ("quit", "Shift+Q", "needs Ctrl or Alt"),
        ("quit", "Return", "needs Ctrl or Alt"),
        ("reject", "Left", "moves the caret"),
        ("reject", "Ctrl+Shift+End", "moves the caret"),
        ("reject", "Esc", "leaves what is open"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_with_a_sentence(name: str, key: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        choose_key(command(name), key, NEWS, {})


@pytest.mark.parametrize(("name", "key"), [("quit", "F9"), ("quit", "Alt+Q"), ("reject", "Alt+Home"), ("reject", "R")])
def test_a_key_that_fits_is_taken(name: str, key: str) -> None:
    assert choose_key(command(name), key, None, {}) == {name: key}


def test_a_conflict_that_is_there_already_does_not_bar_other_keys() -> None:
    old = {"reject": "B"}
    assert choose_key(command("undo"), "Alt+U", NEWS, old) == {"reject": "B", "undo": "Alt+U"}


def test_commands_that_are_gone_are_forgotten() -> None:
    assert choose_key(command("undo"), "Alt+U", NEWS, {"no_such_command": "B"}) == {"undo": "Alt+U"}


@pytest.mark.parametrize("item", COMMANDS, ids=lambda item: item.name)
def test_every_command_can_be_put_back_to_its_own_key(item: Command) -> None:
    assert reset_key(item, NEWS, {item.name: "Ctrl+Alt+Shift+F12"}) == {}
