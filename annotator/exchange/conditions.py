"""What people write in a line: conditions on what leaves, such as `status=done label=PERSON`, and columns of tables."""

import shlex
from dataclasses import replace

from annotator.core.annotation import Status
from annotator.core.errors import InputError
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.selection import Selection

_SIGNS = (">=", "<=", "=", "~")
_COLUMNS = ("title", "source", "published")


def parse_columns(text: str) -> dict[str, str]:
    """The columns that `title=headline,source=link` names, by what they hold.

    Raises:
        InputError: It is no such list.
    """
    mapping = {}
    for part in filter(None, text.split(",")):
        name, _, column = (piece.strip() for piece in part.partition("="))
        if not column or name not in _COLUMNS:
            wanted = ",".join(f"{known}=COLUMN" for known in _COLUMNS)
            raise InputError(tr("Columns are named like {wanted}; “{part}” is none.", wanted=wanted, part=part))
        mapping[name] = column
    return mapping


def parse_where(text: str, selection: Selection, schema: Schema) -> tuple[Selection, frozenset[str] | None]:
    """A selection narrowed by conditions, and the labels of articles that leave.

    Conditions are parted by blanks, and all must hold; several values are parted by commas. There are `status=`,
    `label=` (of spans and documents), `segment=` (of articles, for an export by article), `date>=`, `date<=`, `date=`
    and `text~` with words to be found; words with blanks stand in quotes.

    Raises:
        InputError: A condition is none, or names a status or a label that does not exist.
    """
    segments: frozenset[str] | None = None
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise InputError(tr("The condition “{text}” cannot be read: {error}.", text=text, error=error)) from None
    for part in parts:
        key, sign, value = _parted(part)
        values = frozenset(value.split(","))
        match key, sign:
            case "status", "=":
                _known(values, set(Status), part)
                selection = replace(selection, statuses=frozenset(map(Status, values)))
            case "label", "=":
                _known(values, _labels(schema, LayerKind.SPANS) | _labels(schema, LayerKind.DOCUMENT), part)
                selection = replace(selection, labels=values)
            case "segment", "=":
                _known(values, _labels(schema, LayerKind.SEGMENTS), part)
                segments = values
            case "date", ">=":
                selection = replace(selection, since=value)
            case "date", "<=":
                selection = replace(selection, until=value)
            case "date", "=":
                selection = replace(selection, since=value, until=value)
            case "text", "~":
                selection = replace(selection, query=value)
            case _:
                raise _unknown(part)
    return selection, segments


def _parted(part: str) -> tuple[str, str, str]:
    found = [(part.find(sign), -len(sign), sign) for sign in _SIGNS if sign in part]
    if not found:
        raise _unknown(part)
    at, _, sign = min(found)
    key, value = part[:at], part[at + len(sign) :]
    if not value:
        raise _unknown(part)
    return key, sign, value


def _labels(schema: Schema, kind: LayerKind) -> set[str]:
    return {label.name for layer in schema.of_kind(kind) for label in layer.labels}


def _known(values: frozenset[str], known: set[str] | set[Status], part: str) -> None:
    for value in sorted(values - known):
        names = ", ".join(sorted(known))
        raise InputError(tr("In “{part}”, “{value}” is none of {names}.", part=part, value=value, names=names))


def _unknown(part: str) -> InputError:
    known = "status=, label=, segment=, date>=, date<=, date=, text~"
    return InputError(tr("“{part}” is no condition; there are {known}.", part=part, known=known))
