"""Keys that the user chooses for commands: what may be chosen, and why not."""

from collections.abc import Mapping

from annotator.app.commands import COMMANDS, Command, Place, chord_of, key_conflicts, keys_of
from annotator.core.errors import InputError
from annotator.core.schema import Schema
from annotator.core.words import tr

_MODIFIERS = ("Ctrl+", "Alt+", "Shift+", "Meta+")
_CARET = {"Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown"}
_NO_SCHEMA = Schema("none", 1, ())


def split_key(key: str) -> tuple[frozenset[str], str]:
    """The modifiers of a key as Qt writes it, and the key itself: "Ctrl++" is {"Ctrl"} and "+"."""
    found = set()
    while modifier := next((word for word in _MODIFIERS if key.startswith(word) and len(key) > len(word)), ""):
        found.add(modifier[:-1])
        key = key[len(modifier) :]
    return frozenset(found), key


def choose_key(command: Command, key: str, schema: Schema | None, chosen: Mapping[str, str]) -> dict[str, str]:
    """The user's keys with another one for a command; "" leaves it without a key.

    Args:
        command: The command.
        key: The key as Qt writes it, such as "Ctrl+Shift+K"; what the command has of its own puts it back to that.
        schema: Its labels have keys too.
        chosen: The user's keys so far, by the name of the command.

    Raises:
        InputError: The key means something else there, or cannot work there.
    """
    known = {name: value for name, value in chosen.items() if any(item.name == name for item in COMMANDS)}
    if key and (problem := _unfit(command, key)):
        raise InputError(problem)
    new = {name: value for name, value in known.items() if name != command.name}
    if chord_of(key) != chord_of(command.key):
        new[command.name] = key
    before = set(key_conflicts(schema or _NO_SCHEMA, known))
    for problem in key_conflicts(schema or _NO_SCHEMA, new):
        if problem not in before:
            raise InputError(tr("{problem} “{command}” was left as it is.", problem=problem, command=tr(command.title)))
    return new


def reset_key(command: Command, schema: Schema | None, chosen: Mapping[str, str]) -> dict[str, str]:
    """The user's keys with a command back at its own.

    Raises:
        InputError: The user has given that key to another command.
    """
    return choose_key(command, command.key, schema, chosen)


def shown_keys(command: Command, chosen: Mapping[str, str]) -> str:
    """The keys of a command as lists show them."""
    return " / ".join(keys_of(command, chosen))


def _unfit(command: Command, key: str) -> str:
    if chord_of(key) == chord_of(command.key):
        return ""
    modifiers, rest = split_key(key)
    types = not modifiers & {"Ctrl", "Alt", "Meta"} and not (rest[:1] == "F" and rest[1:].isdigit())
    if command.place is Place.ANYWHERE and types:
        return tr(
            "“{command}” works while you type in a field too, so its key needs Ctrl or Alt, or is one of F1 to F12; "
            "{key} is not.",
            command=tr(command.title),
            key=key,
        )
    own = {chord_of(item) for other in COMMANDS for item in (other.key, *other.also)}
    if rest in _CARET and "Alt" not in modifiers and chord_of(key) not in own:
        return tr("{key} moves the caret on the page; choose another.", key=key)
    if rest == "Esc" and not modifiers:
        return tr("Esc leaves what is open; choose another.")
    return ""
