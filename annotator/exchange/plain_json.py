"""Plain JSON lines: a text with perhaps a title, a source, a date and more, and nobody's work."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from annotator.core.document import Document, make_document
from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.exchange.strict_json import dump_json, parse_object, storable, text_field

_TITLE, _SOURCE, _PUBLISHED = ("title",), ("source", "url"), ("published", "date")

_NAMED = 8
"""So many fields are named where the one that holds the text is not there."""


class About(NamedTuple):
    """What a JSON object says of a document beside its text."""

    title: str
    source: str
    published: str
    meta: dict[str, str]


def read_plain_json_line(line: str, where: str, text_field_name: str = "text") -> Document:
    """A document from a JSON object with a text and perhaps `title`, `source` or `url`, `published` or `date`, `meta`.

    Every other field is kept in the document's meta, as JSON where it is no text.

    Args:
        line: The line, with or without its line end.
        where: File and line, as errors name them.
        text_field_name: The field that holds the text.

    Raises:
        InputError: The line is not strict JSON, or the text is missing or cannot be stored.
    """
    return document_from_json(parse_object(line, where), where, text_field_name)


def document_from_json(
    data: Mapping[str, Any], where: str, text_field_name: str = "text", columns: Mapping[str, str] | None = None
) -> Document:
    """As `read_plain_json_line`, for a line that is parsed already.

    Args:
        data: The object.
        where: File and line, as errors name them.
        text_field_name: The field that holds the text.
        columns: As for `about`.

    Raises:
        InputError: As `read_plain_json_line`.
    """
    if text_field_name not in data and data:
        names = ", ".join(list(data)[:_NAMED])
        raise InputError(
            tr("{where}: `{key}` is missing; there are: {names}.", where=where, key=text_field_name, names=names)
        )
    raw = text_field(data, text_field_name, where, None)
    title, source, published, meta = about(data, where, {text_field_name}, columns)
    try:
        return make_document(raw, title=title, source=source, published=published, meta=meta)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def about(
    data: Mapping[str, Any], where: str, used: Collection[str], columns: Mapping[str, str] | None = None
) -> About:
    """Title, source, date and meta of an object.

    Args:
        data: The object.
        where: File and line, as errors name them.
        used: Fields that mean something else.
        columns: Which field holds the `title`, the `source` and the date `published`, where the usual names do not.

    Raises:
        InputError: A field holds a lone surrogate.
    """
    taken = set(used)
    found: list[str] = []
    for names in (_TITLE, _SOURCE, _PUBLISHED):
        wanted = (columns or {}).get(names[0])
        name = next(
            (n for n in ((wanted,) if wanted else names) if isinstance(data.get(n), str) and n not in taken), ""
        )
        taken.add(name)
        found.append(text_field(data, name, where) if name else "")
    meta = data.get("meta")
    rest: dict[str, Any] = {key: value for key, value in data.items() if key not in taken}
    if isinstance(meta, dict) and "meta" in rest:
        del rest["meta"]
        rest.update(meta)
    kept = {
        key: value if isinstance(value, str) else dump_json(value) for key, value in rest.items() if value is not None
    }
    if not all(storable(text) for pair in kept.items() for text in pair):
        raise InputError(tr("{where}: a field holds half of a surrogate pair, which cannot be stored.", where=where))
    return About(found[0], found[1], found[2], kept)
