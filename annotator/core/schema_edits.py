"""Functions that change a schema. Each gives a new schema with a higher version, or refuses with a sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from annotator.core.errors import SchemaError
from annotator.core.marks import Mark, Rejection, with_label
from annotator.core.schema import Label, Layer, LayerKind, Schema, schema_from_json, schema_to_json
from annotator.core.words import tr

LabelKey = tuple[str, str]
"""Name of a layer and name of a label in it."""

COLOURS = (
    "#1d4f91", "#9a4a00", "#2e6b34", "#8a2f5f", "#7a4fb5", "#a32020", "#0f6b75", "#6b5900",
    "#4256a8", "#a0307a", "#3f6212", "#5b6770",
)  # fmt: skip
"""Given to new labels in turn."""


# Labels


def add_label(schema: Schema, layer: str, name: str, *, colour: str = "") -> Schema:
    """The schema with one more label, last in its layer; its colour is one that the layer does not have yet.

    Raises:
        SchemaError: The name is no word, or the layer has it.
    """
    of = _layer(schema, layer)
    if name in of.by_name:
        raise SchemaError(tr("“{layer}” has a label “{label}” already; choose another name.", layer=layer, label=name))
    return _with_labels(schema, of, (*of.labels, Label(name, colour=colour or fresh_colour(of.labels))))


def rename_label(schema: Schema, layer: str, label: str, name: str) -> Schema:
    """The schema with a label under another name. What the mapping turned into the old name now becomes the new one.

    Raises:
        SchemaError: The name is no word, or the layer has it.
    """
    of = _layer(schema, layer)
    if name != label and name in of.by_name:
        reason = tr("“{layer}” has a label “{label}” already.", layer=layer, label=name)
        raise SchemaError(tr("{reason} To put two labels together, remove one and relabel its marks.", reason=reason))
    old = _label(of, label)
    labels = tuple(replace(old, name=name) if item is old else item for item in of.labels)
    return _with_labels(schema, of, labels, {theirs: name if ours == label else ours for theirs, ours in _pairs(of)})


def remove_label(schema: Schema, layer: str, label: str, to: str = "") -> Schema:
    """The schema without a label. What the mapping turned into it now becomes `to`, or is dropped where `to` is "".

    Raises:
        SchemaError: It is the last label of its layer, or `to` is no other label of it.
    """
    of = _layer(schema, layer)
    old = _label(of, label)
    if len(of.labels) == 1:
        raise SchemaError(
            tr("“{label}” is the only label of “{layer}”, and a layer needs one; remove the layer.",
               label=label, layer=layer)
        )  # fmt: skip
    if to and (to == label or to not in of.by_name):
        raise SchemaError(tr("“{layer}” has no other label “{label}” to take the marks.", layer=layer, label=to))
    labels = tuple(item for item in of.labels if item is not old)
    return _with_labels(schema, of, labels, {theirs: to if ours == label else ours for theirs, ours in _pairs(of)})


def move_label(schema: Schema, layer: str, label: str, index: int) -> Schema:
    """The schema with a label at another place in its layer, counted from 0; beyond the ends means at the end."""
    of = _layer(schema, layer)
    old = _label(of, label)
    rest = [item for item in of.labels if item is not old]
    rest.insert(max(index, 0), old)
    return _with_labels(schema, of, tuple(rest))


def recolour_label(schema: Schema, layer: str, label: str, colour: str) -> Schema:
    """The schema with a label in another colour, `#rrggbb`.

    Raises:
        SchemaError: It is no colour.
    """
    return _with_label(schema, layer, label, lambda old: replace(old, colour=colour.lower()))


def set_label_key(schema: Schema, layer: str, label: str, key: str) -> Schema:
    """The schema with another key for a label; "" takes its key away. Keys are kept in lower case.

    Raises:
        SchemaError: It is not one letter or digit, or another label of the layer has it.
    """
    key = key.strip().lower()
    for other in _layer(schema, layer).labels:
        if key and other.name != label and other.key.lower() == key:
            raise SchemaError(tr("The key {key} belongs to “{label}”; choose another.", key=key.upper(),
                                 label=other.shown))  # fmt: skip
    return _with_label(schema, layer, label, lambda old: replace(old, key=key))


def set_label_code(schema: Schema, layer: str, label: str, code: str) -> Schema:
    """The schema with another short code for a label; "" draws the start of its name.

    Raises:
        SchemaError: It has more than six characters.
    """
    return _with_label(schema, layer, label, lambda old: replace(old, code=code.strip()))


def set_label_title(schema: Schema, layer: str, label: str, title: str) -> Schema:
    """The schema with another title for a label; "" shows its name."""
    return _with_label(schema, layer, label, lambda old: replace(old, title=title.strip()))


def set_label_guideline(schema: Schema, layer: str, label: str, guideline: str) -> Schema:
    """The schema with another guideline for a label, in Markdown."""
    return _with_label(schema, layer, label, lambda old: replace(old, guideline=guideline))


# Layers


def set_schema_title(schema: Schema, title: str) -> Schema:
    """The schema with another title; "" shows its name."""
    return _checked(replace(schema, title=title.strip()), schema)


def rename_layer(schema: Schema, layer: str, name: str) -> Schema:
    """The schema with a layer under another name; for layers that have no marks yet.

    Raises:
        SchemaError: The name is no word, or the schema has it.
    """
    of = _layer(schema, layer)
    if name != layer and name in schema.by_name:
        raise SchemaError(tr("The schema has a layer “{layer}” already; choose another name.", layer=name))
    return _with_layer(schema, of, name=name)


def add_layer(schema: Schema, name: str, kind: LayerKind, first_label: str) -> Schema:
    """The schema with one more layer, last, that has one label.

    Raises:
        SchemaError: A name is no word, or the schema has the layer.
    """
    if name in schema.by_name:
        raise SchemaError(tr("The schema has a layer “{layer}” already; choose another name.", layer=name))
    layer = Layer(name, kind, labels=(Label(first_label, colour=COLOURS[0]),))
    return _checked(replace(schema, layers=(*schema.layers, layer)), schema)


def remove_layer(schema: Schema, layer: str) -> Schema:
    """The schema without a layer.

    Raises:
        SchemaError: It is the last.
    """
    of = _layer(schema, layer)
    if len(schema.layers) == 1:
        raise SchemaError(tr("“{layer}” is the only layer, and a schema needs one.", layer=layer))
    return _checked(replace(schema, layers=tuple(item for item in schema.layers if item is not of)), schema)


def move_layer(schema: Schema, layer: str, index: int) -> Schema:
    """The schema with a layer at another place, counted from 0; beyond the ends means at the end."""
    of = _layer(schema, layer)
    rest = [item for item in schema.layers if item is not of]
    rest.insert(max(index, 0), of)
    return _checked(replace(schema, layers=tuple(rest)), schema)


def set_layer_title(schema: Schema, layer: str, title: str) -> Schema:
    """The schema with another title for a layer; "" shows its name."""
    return _with_layer(schema, _layer(schema, layer), title=title.strip())


def set_layer_guideline(schema: Schema, layer: str, guideline: str) -> Schema:
    """The schema with another guideline for a layer, in Markdown."""
    return _with_layer(schema, _layer(schema, layer), guideline=guideline)


def set_overlap(schema: Schema, layer: str, overlap: bool) -> Schema:
    """The schema in which spans of a layer may overlap, or may not.

    Raises:
        SchemaError: It is no layer of spans.
    """
    of = _layer(schema, layer)
    if of.kind is not LayerKind.SPANS:
        raise SchemaError(tr("Only spans can overlap; “{layer}” holds {kind}.", layer=layer, kind=of.kind.value))
    return _with_layer(schema, of, overlap=overlap)


def set_mapping(schema: Schema, layer: str, mapping: Mapping[str, str]) -> Schema:
    """The schema in which labels of proposers and files become others of this layer; "" drops what has that label.

    Raises:
        SchemaError: A label is blank, or becomes one that the layer does not have.
    """
    if any(not theirs.strip() for theirs in mapping):
        raise SchemaError(tr("A line of the mapping names no label; name one or take the line away."))
    return _with_layer(schema, _layer(schema, layer), mapping=MappingProxyType(dict(mapping)))


def fresh_colour(labels: Iterable[Label]) -> str:
    """The first colour that none of these labels has, or the one used least."""
    used = [label.colour.lower() for label in labels]
    return min(COLOURS, key=used.count)


# Changes with what they do to marks


def moved_mark(mark: Mark, moves: Mapping[LabelKey, str]) -> Mark | None:
    """The mark, or the rejection, with the label that `moves` gives it; None where that is ""."""
    to = moves.get((mark.layer, mark.label), mark.label)
    if not to:
        return None
    if isinstance(mark, Rejection):
        return Rejection(with_label(mark.mark, to))
    return with_label(mark, to)


@dataclass(frozen=True)
class SchemaChange:
    """From one schema to another, with what becomes of the marks of labels that are renamed or gone. A value."""

    before: Schema
    after: Schema
    moves: Mapping[LabelKey, str] = field(default_factory=lambda: MappingProxyType({}))
    """Label of `before` to the label of the same layer in `after` that its marks get; "" takes them away.
    Marks of labels that are not listed keep theirs."""

    @classmethod
    def start(cls, schema: Schema) -> "SchemaChange":
        """No change yet."""
        return cls(schema, schema)

    @property
    def changes_nothing(self) -> bool:
        """Whether before and after are the same but for their versions."""
        return not self.moves and replace(self.after, version=self.before.version) == self.before

    def target(self, layer: str, label: str) -> str:
        """The label that marks with this label of `before` get; "" where they go."""
        return self.moves.get((layer, label), label)

    def sources(self, layer: str, label: str) -> list[str]:
        """The labels of `before` whose marks get this label of `after`."""
        of = self.before.by_name.get(layer)
        return [item.name for item in of.labels if self.target(layer, item.name) == label] if of else []

    def to(self, schema: Schema) -> "SchemaChange":
        """The change that ends in another schema; marks go where they went."""
        return replace(self, after=schema)

    def rename_label(self, layer: str, label: str, name: str) -> "SchemaChange":
        """With a label of `after` renamed; its marks follow.

        Raises:
            SchemaError: As `rename_label`.
        """
        return self.replace(rename_label(self.after, layer, label, name), {(layer, label): name})

    def remove_label(self, layer: str, label: str, to: str = "") -> "SchemaChange":
        """With a label of `after` gone; its marks get the label `to`, or go with it where `to` is "".

        Raises:
            SchemaError: As `remove_label`.
        """
        return self.replace(remove_label(self.after, layer, label, to), {(layer, label): to})

    def remove_layer(self, layer: str) -> "SchemaChange":
        """With a layer of `after` and all its marks gone.

        Raises:
            SchemaError: As `remove_layer`.
        """
        gone = {(layer, label.name): "" for label in _layer(self.after, layer).labels}
        return self.replace(remove_layer(self.after, layer), gone)

    def replace(self, schema: Schema, step: Mapping[LabelKey, str]) -> "SchemaChange":
        """With `schema` in the place of `after`; `step` says what becomes of marks that have a label of `after`."""
        moves = {}
        for layer in self.before.layers:
            for label in layer.labels:
                now = self.target(layer.name, label.name)
                then = step.get((layer.name, now), now) if now else ""
                if then != label.name:
                    moves[layer.name, label.name] = then
        return SchemaChange(self.before, schema, MappingProxyType(moves))

    def finish(self, version: int = 0) -> "SchemaChange":
        """The change as it is stored: the mapping understands proposers that still say an old name.

        Args:
            version: The version of the new schema; the next one where that is higher.
        """
        after = self.after
        for layer in after.layers:
            known = {label.name for label in layer.labels} | set(layer.mapping)
            added = {
                old: new
                for (of, old), new in self.moves.items()
                if of == layer.name and new in layer.by_name and old not in known
            }
            if added:
                after = _with_layer(after, _layer(after, layer.name), mapping={**layer.mapping, **added})
        return replace(self, after=replace(after, version=max(self.before.version + 1, version)))


def _layer(schema: Schema, name: str) -> Layer:
    layer = schema.by_name.get(name)
    if layer is None:
        raise SchemaError(tr("The schema “{schema}” has no layer “{layer}”.", schema=schema.name, layer=name))
    return layer


def _label(layer: Layer, name: str) -> Label:
    label = layer.by_name.get(name)
    if label is None:
        raise SchemaError(tr("The layer “{layer}” has no label “{label}”.", layer=layer.name, label=name))
    return label


def _pairs(layer: Layer) -> Iterable[tuple[str, str]]:
    return layer.mapping.items()


def _with_label(schema: Schema, layer: str, label: str, change: Callable[[Label], Label]) -> Schema:
    of = _layer(schema, layer)
    old = _label(of, label)
    return _with_labels(schema, of, tuple(change(old) if item is old else item for item in of.labels))


def _with_labels(
    schema: Schema, layer: Layer, labels: tuple[Label, ...], mapping: Mapping[str, str] | None = None
) -> Schema:
    if mapping is None:
        return _with_layer(schema, layer, labels=labels)
    return _with_layer(schema, layer, labels=labels, mapping=MappingProxyType(dict(mapping)))


def _with_layer(schema: Schema, layer: Layer, **values: object) -> Schema:
    changed = Layer(**{**{name: getattr(layer, name) for name in layer.__dataclass_fields__}, **values})
    return _checked(replace(schema, layers=tuple(changed if item is layer else item for item in schema.layers)), schema)


def _checked(schema: Schema, before: Schema) -> Schema:
    """The schema one version on, held against the same rules as one that is read from a file."""
    try:
        return schema_from_json(schema_to_json(replace(schema, version=before.version + 1)), "")
    except SchemaError as error:
        reason = str(error).removeprefix(": ")
        raise SchemaError(reason[:1].upper() + reason[1:]) from None
