"""Plain JSON lines: a text with perhaps a title, a source, a date and more, and nobody's work."""

from collections.abc import Mapping
from typing import Any

from annotator.core.document import Document, make_document
from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.exchange.strict_json import dump_json, parse_object, storable, text_field

_TITLE, _SOURCE, _PUBLISHED = ("title",), ("source", "url"), ("published", "date")


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


def document_from_json(data: Mapping[str, Any], where: str, text_field_name: str = "text") -> Document:
    """As `read_plain_json_line`, for a line that is parsed already.

    Raises:
        InputError: As `read_plain_json_line`.
    """
    raw = text_field(data, text_field_name, where, None)
    used = {text_field_name, "meta"}
    found: list[str] = []
    for names in (_TITLE, _SOURCE, _PUBLISHED):
        name = next((name for name in names if isinstance(data.get(name), str) and name not in used), "")
        used.add(name)
        found.append(text_field(data, name, where) if name else "")
    meta = data.get("meta")
    if isinstance(meta, dict):
        rest = {**{key: value for key, value in data.items() if key not in used}, **meta}
    else:
        rest = {key: value for key, value in data.items() if key not in used - {"meta"}}
    kept = {
        key: value if isinstance(value, str) else dump_json(value) for key, value in rest.items() if value is not None
    }
    if not all(storable(text) for pair in kept.items() for text in pair):
        raise InputError(tr("{where}: a field holds half of a surrogate pair, which cannot be stored.", where=where))
    title, source, published = found
    try:
        return make_document(raw, title=title, source=source, published=published, meta=kept)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
