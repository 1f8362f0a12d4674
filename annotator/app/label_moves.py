"""Labels that become others, as a person writes them: `PERSON=PER`, `entities/GPE=`."""

from collections.abc import Iterable

from annotator.core.errors import InputError
from annotator.core.schema import Schema
from annotator.core.words import tr


def move_of(pair: str, option: str, schema: Schema) -> tuple[str, str, str]:
    """Layer, old label and new label of a pair such as `entities/PERSON=PER`.

    Args:
        pair: What was written: the old label, perhaps with its layer, an equals sign, and the new one or nothing.
        option: Where it was written, for the message.
        schema: Has the old label.

    Raises:
        InputError: The pair has another form, or no layer or several have the label.
    """
    old, equals, to = pair.partition("=")
    wanted, _, label = old.rpartition("/")
    if not equals or not label or (option == "--rename" and not to):
        form = "OLD=NEW" if option == "--rename" else "LABEL=TO"
        raise InputError(tr("{option} {pair}: write it as {form}.", option=option, pair=pair, form=form))
    found = [layer.name for layer in schema.layers if label in layer.by_name and wanted in ("", layer.name)]
    if not found:
        raise InputError(tr("{option} {pair}: the corpus has no label “{label}”.", option=option, pair=pair, label=old))
    if len(found) > 1:
        ways = ", ".join(f"{layer}/{label}" for layer in found)
        raise InputError(
            tr("{option} {pair}: several layers have “{label}”; write one of {ways}.",
               option=option, pair=pair, label=label, ways=ways)
        )  # fmt: skip
    layer, slash, rest = to.rpartition("/")
    return found[0], label, rest if slash and layer == found[0] else to


def moves_of(pairs: Iterable[str], option: str, schema: Schema) -> dict[tuple[str, str], str]:
    """What becomes of the labels (layer, label); nothing where their marks are left out. Raises as `move_of` does."""
    return {(layer, label): to for layer, label, to in (move_of(pair, option, schema) for pair in pairs)}
