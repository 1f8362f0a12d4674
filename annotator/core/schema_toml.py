"""A schema as TOML text for people to read and change; `schema_from_toml` reads it back to the same schema."""

import re
from collections.abc import Iterator

from annotator.core.schema import Label, Layer, LayerKind, Schema

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def schema_to_toml(schema: Schema) -> str:
    """The schema as TOML: name first, layers and labels in their order, long guidelines line by line."""
    return "".join(f"{line}\n" for line in _schema_lines(schema))


def _schema_lines(schema: Schema) -> Iterator[str]:
    yield f"name = {_text(schema.name)}"
    yield f"version = {schema.version}"
    if schema.title:
        yield f"title = {_text(schema.title)}"
    for layer in schema.layers:
        yield from _layer_lines(layer)


def _layer_lines(layer: Layer) -> Iterator[str]:
    yield from ("", "[[layers]]", f"name = {_text(layer.name)}", f"kind = {_text(layer.kind.value)}")
    if layer.title:
        yield f"title = {_text(layer.title)}"
    if layer.overlap or layer.kind is LayerKind.SPANS:
        yield f"overlap = {str(layer.overlap).lower()}"
    if layer.guideline:
        yield f"guideline = {_text(layer.guideline)}"
    for label in layer.labels:
        yield from _label_lines(label)
    if layer.mapping:
        yield from ("", "[layers.mapping]")
        for theirs, ours in layer.mapping.items():
            yield f"{_key(theirs)} = {_text(ours)}"


def _label_lines(label: Label) -> Iterator[str]:
    yield from ("", "[[layers.labels]]", f"name = {_text(label.name)}")
    for key in ("title", "colour", "key", "code", "guideline"):
        value = getattr(label, key)
        if value:
            yield f"{key} = {_text(value)}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else f'"{_escape(name)}"'


def _text(value: str) -> str:
    """A basic string, over several lines where the text has several."""
    if "\n" not in value:
        return f'"{_escape(value)}"'
    return '"""\n' + "\n".join(_escape(line) for line in value.split("\n")) + '"""'


def _escape(value: str) -> str:
    return "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c) for c in value)
