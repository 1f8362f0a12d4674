"""JSON from outside, read strictly: no duplicate keys, no NaN, no lone surrogates, no absurd nesting or size."""

import json
import math
from collections.abc import Mapping
from typing import Any

from annotator.core.errors import InputError
from annotator.core.words import tr

MAX_LINE = 256 * 1024 * 1024
"""Longest JSON value, in code points: room for the longest document with every character escaped in part."""


def parse_json(text: str, where: str) -> Any:
    """The value of a JSON text.

    Args:
        text: The whole JSON text.
        where: File and line, as errors name them.

    Raises:
        InputError: The text is not strict JSON: syntax, a key that stands twice, NaN or Infinity, a number too long to
            read, nesting deeper than the interpreter reads, or more than `MAX_LINE` characters.
    """
    if len(text) > MAX_LINE:
        raise InputError(
            tr(
                "{where}: {n} characters are too long; at most {limit} are read.",
                where=where,
                n=len(text),
                limit=MAX_LINE,
            )
        )
    try:
        return _DECODER.decode(text)
    except _Refused as error:
        reason = str(error)
    except json.JSONDecodeError as error:
        reason = tr("not valid JSON: {error} at character {n}.", error=error.msg, n=error.pos)
    except RecursionError:
        reason = tr("the JSON is nested too deeply.")
    except ValueError as error:
        reason = tr("not valid JSON: {error}.", error=error)
    raise InputError(f"{where}: {reason}")


def parse_object(text: str, where: str) -> dict[str, Any]:
    """As `parse_json`, for a text that must hold an object.

    Raises:
        InputError: As `parse_json`, or the value is something else.
    """
    value = parse_json(text, where)
    if not isinstance(value, dict):
        raise InputError(tr("{where}: a JSON object was expected; this is {kind}.", where=where, kind=kind_of(value)))
    return value


def kind_of(value: object) -> str:
    """What a JSON value is, in the user's words."""
    match value:
        case None:
            return "null"
        case bool():
            return tr("true or false")
        case str():
            return tr("a text")
        case int() | float():
            return tr("a number")
        case list():
            return tr("a list")
        case _:
            return tr("an object")


def storable(value: str) -> bool:
    """Whether a text can be written as UTF-8: it holds no lone surrogate."""
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def text_field(data: Mapping[str, Any], key: str, where: str, default: str | None = "") -> str:
    """A text under `key`.

    Args:
        data: The object that holds it.
        key: Its name.
        where: File and line, as errors name them.
        default: What a missing key or null stands for; None where the text must be there.

    Raises:
        InputError: It is missing, no text, or holds a lone surrogate.
    """
    value = data.get(key, default)
    if type(value) is not str:
        if value is None and default is not None:
            return default
        if key in data:
            raise InputError(
                tr("{where}: `{key}` must be a text; it is {kind}.", where=where, key=key, kind=kind_of(value))
            )
        raise InputError(tr("{where}: `{key}` is missing.", where=where, key=key))
    if not storable(value):
        raise InputError(
            tr("{where}: `{key}` holds half of a surrogate pair, which cannot be stored.", where=where, key=key)
        )
    return value


def list_field(data: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """A list of objects under `key`; empty where the key is missing.

    Raises:
        InputError: It is something else.
    """
    value = data.get(key, [])
    if not isinstance(value, list):
        raise InputError(
            tr("{where}: `{key}` must be a list; it is {kind}.", where=where, key=key, kind=kind_of(value))
        )
    if not set(map(type, value)) <= {dict}:
        other = next(item for item in value if type(item) is not dict)
        reason = tr("{where}: `{key}` must hold objects; one is {kind}.", where=where, key=key, kind=kind_of(other))
        raise InputError(reason)
    return value


def number_field(data: Mapping[str, Any], key: str, where: str, default: float | None = None) -> float:
    """A finite number under `key`.

    Raises:
        InputError: It is missing without a default, no number, or too large.
    """
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            tr("{where}: `{key}` must be a number; it is {kind}.", where=where, key=key, kind=kind_of(value))
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(tr("{where}: `{key}` is too large a number.", where=where, key=key))
    return number


def only_keys(data: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Refuse keys that mean nothing, as they would be lost.

    Raises:
        InputError: Names the first such key.
    """
    if not data.keys() <= known:
        key = min(data.keys() - known)
        raise InputError(
            tr(
                "{where}: {key} means nothing here; known are {names}.",
                where=where,
                key=repr(key)[:100],
                names=", ".join(sorted(known)),
            )
        )


def dump_json(value: object) -> str:
    """A JSON text on one line, without blanks, every character as it is; keys stay in their order."""
    return _ENCODER.encode(value)


class _Refused(ValueError):
    """JSON that the grammar allows and this reader does not; the message is for the user."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused(tr("the key {key} stands twice in one object.", key=repr(key)[:100]))
            seen.add(key)
    return value


def _constant(name: str) -> Any:
    raise _Refused(tr("{name} is no JSON number.", name=name))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)
