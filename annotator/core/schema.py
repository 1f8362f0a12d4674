"""The schema of a corpus: its layers and their labels, read from TOML, and what may stand on a page."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from annotator.core.errors import SchemaError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.words import tr

_NAME = re.compile(r"[^\W\d][\w.-]{0,63}")
_BARE = re.compile(r"[\s\"']")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MAX_SCHEMA = 1_000_000
"""Longest schema file, in characters."""


class LayerKind(StrEnum):
    """What the marks of a layer are."""

    SEGMENTS = "segments"
    SPANS = "spans"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a layer."""

    name: str
    """What is stored and exported, such as "PERSON"."""
    title: str = ""
    """What the window shows, such as "Person"; the name where empty."""
    colour: str = "#5b6770"
    """`#rrggbb`; the window derives light and dark variants with enough contrast."""
    key: str = ""
    """One character that gives this label; empty for none."""
    code: str = ""
    """Short code drawn beside a mark, at most six characters; the name where empty."""
    guideline: str = ""
    """Markdown shown to the annotator."""

    @property
    def shown(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def short(self) -> str:
        """The short code, or the start of the name where there is none."""
        return self.code or self.name[:6]


@dataclass(frozen=True)
class Layer:
    """A named kind of mark: segments, spans or document labels."""

    name: str
    kind: LayerKind
    title: str = ""
    labels: tuple[Label, ...] = ()
    overlap: bool = False
    """Whether spans of this layer may overlap or nest."""
    guideline: str = ""
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """A proposer's label to a label of this layer; "" drops it. Labels not listed keep their name."""

    @cached_property
    def by_name(self) -> Mapping[str, Label]:
        """Labels by name."""
        return {label.name: label for label in self.labels}

    @property
    def shown(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    def map_label(self, theirs: str) -> str | None:
        """The label of this layer for a proposer's label, or None where there is none."""
        name = self.mapping.get(theirs, theirs)
        return name if name in self.by_name else None


@dataclass(frozen=True)
class Schema:
    """Layers and labels of a corpus."""

    name: str
    version: int
    layers: tuple[Layer, ...]
    title: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Layer]:
        """Layers by name."""
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def span_labels(self) -> Mapping[str, Mapping[str, Label]]:
        """The labels of the layers of spans, by layer and name."""
        return {layer.name: layer.by_name for layer in self.layers if layer.kind is LayerKind.SPANS}

    def of_kind(self, kind: LayerKind) -> Iterator[Layer]:
        """The layers of one kind, in order."""
        return (layer for layer in self.layers if layer.kind is kind)

    def find(self, layer: str, label: str) -> Label | None:
        """That label, or None."""
        found = self.by_name.get(layer)
        return found.by_name.get(label) if found else None

    def problem(self, mark: Mark, text: str) -> str | None:
        """What is wrong with `mark` on a page of this text, as a sentence; None when nothing is."""
        return self.problem_within(mark, len(text))

    def problem_within(self, mark: Mark, length: int) -> str | None:
        """As `problem`, for a page of `length` code points."""
        if isinstance(mark, Rejection):
            mark = mark.mark
        layer = self.by_name.get(mark.layer)
        if layer is None:
            return tr("The schema “{schema}” has no layer “{layer}”.", schema=self.name, layer=mark.layer)
        if mark.label not in layer.by_name:
            return tr("The layer “{layer}” has no label “{label}”.", layer=mark.layer, label=mark.label)
        return _shape_problem(mark, layer, length)


def _shape_problem(mark: Labelled, layer: Layer, length: int) -> str | None:
    fits: dict[type, LayerKind] = {
        Boundary: LayerKind.SEGMENTS,
        Span: LayerKind.SPANS,
        DocumentLabel: LayerKind.DOCUMENT,
    }
    if fits[type(mark)] is not layer.kind:
        return tr(
            "The layer “{layer}” holds {kind}, which this mark is not.",
            layer=layer.name,
            kind=layer.kind.value,
        )
    match mark:
        case Boundary(position) if position != 0 and not 0 < position < length:
            return tr(
                "A boundary at {n} lies outside the text, which has {length} characters.",
                n=position,
                length=length,
            )
        case Span(start, end) if not 0 <= start < end <= length:
            return tr(
                "A span from {start} to {end} does not lie in the text, which has {length} characters.",
                start=start,
                end=end,
                length=length,
            )
    return None


def overlapping(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """The spans that share at least one character with `start <= i < end`."""
    return [span for span in spans if span.start < end and start < span.end]


# Reading and writing


def schema_from_toml(text: str, where: str = "schema") -> Schema:
    """A schema from TOML text; `where` names the file in errors.

    Raises:
        SchemaError: The text is not TOML, or says something a schema cannot; names the line.
    """
    if len(text) > MAX_SCHEMA:
        raise SchemaError(tr("{where}: a schema file has at most {n} characters.", where=where, n=MAX_SCHEMA))
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise SchemaError(tr("{where}: arrays or tables are nested too deeply.", where=where)) from None
    except ValueError as error:
        raise SchemaError(tr("{where}: not valid TOML: {error}.", where=where, error=error)) from None
    return _read(data, _Where(where, text))


def schema_from_json(
    data: Mapping[str, Any],
    where: str = "schema",
    *,
    line: Callable[[int | None, int | None, str], int] | None = None,
) -> Schema:
    """A schema from the plain values that `schema_to_json` gives.

    Args:
        data: The values.
        where: Names the file in errors.
        line: Gives the line, from 1, of a layer and label by their numbers and a key such as `mapping.PER`.

    Raises:
        SchemaError: The values are not a schema.
    """
    return _read(data, _Where(where, "", line))


def schema_to_json(schema: Schema) -> dict[str, Any]:
    """The schema as plain JSON values."""
    return {
        "name": schema.name,
        "version": schema.version,
        "title": schema.title,
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind.value,
                "title": layer.title,
                "overlap": layer.overlap,
                "guideline": layer.guideline,
                "mapping": dict(layer.mapping),
                "labels": [asdict(label) for label in layer.labels],
            }
            for layer in schema.layers
        ],
    }


@dataclass(frozen=True)
class _Where:
    """Finds the line of a table or key in TOML text, for errors that name it."""

    file: str
    text: str
    find: Callable[[int | None, int | None, str], int] | None = None

    def fail(self, reason: str, layer: int | None = None, label: int | None = None, key: str = "") -> SchemaError:
        line = self.find(layer, label, key) if self.find else self._line(layer, label, key)
        place = tr("{file}, line {line}", file=self.file, line=line) if line else self.file
        return SchemaError(f"{place}: {reason}")

    def _line(self, layer: int | None, label: int | None, key: str) -> int:
        """The line of a key such as `name` or `mapping.PER`, else that of its table; 0 where there is no text."""
        at_layer = at_label = -1
        prefix, quoted = "", False
        best = 1 if self.text else 0
        for number, raw in enumerate(self.text.split("\n"), 1):
            inside_text = quoted
            quoted ^= (raw.count('"""') + raw.count("'''")) % 2 == 1
            if inside_text:
                continue
            line = _BARE.sub("", raw)
            name = line.partition("=")[0]
            if line.startswith("[[layers]]"):
                at_layer, at_label, prefix = at_layer + 1, -1, ""
            elif line.startswith("[[layers.labels]]"):
                at_label, prefix = at_label + 1, ""
            elif line.startswith("[layers."):
                name = line[len("[layers.") :].partition("]")[0]
                prefix = f"{name}."
            elif prefix:
                name = prefix + name
            in_label = at_label == (-1 if label is None else label) or (label is None and name.startswith("mapping"))
            if at_layer == (-1 if layer is None else layer) and in_label:
                if line.startswith("[[") or (key and name == key.partition(".")[0]):
                    best = number
                if key and name == _BARE.sub("", key):
                    return number
        return best


def _read(data: object, where: _Where) -> Schema:
    if not isinstance(data, Mapping):
        raise where.fail(tr("a schema is a table with `name` and `layers`."))
    name = _text(data, "name", where)
    if not _NAME.fullmatch(name):
        raise where.fail(tr("`name` must be a word; it is “{name}”.", name=name), key="name")
    version = data.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise where.fail(tr("`version` must be a whole number from 1."), key="version")
    _known(data, {"name", "version", "title", "layers"}, where)
    rows = data.get("layers")
    if not isinstance(rows, list) or not rows:
        raise where.fail(tr("a schema needs at least one [[layers]] table."))
    layers = tuple(_read_layer(row, where, i) for i, row in enumerate(rows))
    for i, layer in enumerate(layers):
        if layer.name in {other.name for other in layers[:i]}:
            raise where.fail(tr("the layer “{layer}” stands twice.", layer=layer.name), layer=i, key="name")
    return Schema(name=name, version=version, title=_text(data, "title", where), layers=layers)


def _read_layer(row: object, where: _Where, index: int) -> Layer:
    if not isinstance(row, dict):
        raise where.fail(tr("`layers` must be tables."), layer=index)
    _known(row, {"name", "kind", "title", "overlap", "guideline", "mapping", "labels"}, where, index)
    name = _text(row, "name", where, index)
    if not _NAME.fullmatch(name):
        raise where.fail(tr("a layer needs a `name` that is a word; it is “{name}”.", name=name), index, key="name")
    kind = _text(row, "kind", where, index)
    if kind not in set(LayerKind):
        reason = tr("`kind` must be one of {kinds}; it is “{kind}”.", kinds=", ".join(LayerKind), kind=kind)
        raise where.fail(reason, index, key="kind")
    overlap = row.get("overlap", False)
    if not isinstance(overlap, bool):
        raise where.fail(tr("`overlap` must be true or false."), index, key="overlap")
    rows = row.get("labels")
    if not isinstance(rows, list) or not rows:
        raise where.fail(tr("the layer “{layer}” needs at least one [[layers.labels]] table.", layer=name), index)
    labels = tuple(_read_label(label, where, index, i) for i, label in enumerate(rows))
    for i, label in enumerate(labels):
        before = labels[:i]
        if label.name in {other.name for other in before}:
            reason = tr("the label “{label}” stands twice in “{layer}”.", label=label.name, layer=name)
            raise where.fail(reason, index, i, "name")
        if label.key and label.key in {other.key for other in before}:
            reason = tr("the key “{key}” is given twice in “{layer}”.", key=label.key, layer=name)
            raise where.fail(reason, index, i, "key")
    mapping = row.get("mapping", {})
    known = {label.name for label in labels} | {""}
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise where.fail(tr("`mapping` must be a table of texts."), index, key="mapping")
    for theirs, ours in mapping.items():
        if ours not in known:
            reason = tr("`mapping` turns “{theirs}” into “{ours}”, which is no label here.", theirs=theirs, ours=ours)
            raise where.fail(reason, index, key=f"mapping.{theirs}")
    return Layer(
        name=name,
        kind=LayerKind(kind),
        title=_text(row, "title", where, index),
        labels=labels,
        overlap=overlap,
        guideline=_text(row, "guideline", where, index),
        mapping=MappingProxyType(dict(mapping)),
    )


def _read_label(row: object, where: _Where, layer: int, index: int) -> Label:
    if not isinstance(row, dict):
        raise where.fail(tr("`labels` must be tables."), layer, index)
    _known(row, set(Label.__slots__), where, layer, index)
    values = {key: _text(row, key, where, layer, index) for key in Label.__slots__ if key in row}
    if not _NAME.fullmatch(values.get("name", "")):
        raise where.fail(tr("a label needs a `name` that is a word."), layer, index, "name")
    if not _COLOUR.fullmatch(values.setdefault("colour", "#5b6770")):
        reason = tr("`colour` must look like #1f6fb2; it is “{colour}”.", colour=values["colour"])
        raise where.fail(reason, layer, index, "colour")
    key = values.get("key", "")
    if key and not (len(key) == 1 and key.isalnum()):
        raise where.fail(tr("`key` must be one letter or digit; it is “{key}”.", key=key), layer, index, "key")
    if len(values.get("code", "")) > 6:
        raise where.fail(
            tr("`code` has at most six characters; it is “{code}”.", code=values["code"]),
            layer,
            index,
            "code",
        )
    return Label(**values)


def _known(
    row: Mapping[str, Any], names: set[str], where: _Where, layer: int | None = None, label: int | None = None
) -> None:
    for key in row:
        if key not in names:
            reason = tr("“{key}” means nothing here; known are {names}.", key=key, names=", ".join(sorted(names)))
            raise where.fail(reason, layer, label, key)


def _text(row: Mapping[str, Any], key: str, where: _Where, layer: int | None = None, label: int | None = None) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise where.fail(tr("`{key}` must be a text.", key=key), layer, label, key)
    return value
