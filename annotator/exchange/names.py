"""What labels are called in files that know no layers, and which mark such a name means."""

import re
from functools import cached_property

from annotator.core.schema import Layer, LayerKind, Schema

_SEPARATORS = re.compile(r"[\s_./-]+")


class LabelNames:
    """One flat name for every label of a schema, and back.

    A label is called by its own name; where that name stands in several layers, by `layer/label`, which no label name
    can be.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    @cached_property
    def _flat(self) -> dict[tuple[str, str], str]:
        every = [(layer.name, label.name) for layer in self._schema.layers for label in layer.labels]
        times: dict[str, int] = {}
        for _, label in every:
            times[label] = times.get(label, 0) + 1
        return {(layer, label): label if times[label] == 1 else f"{layer}/{label}" for layer, label in every}

    @cached_property
    def _marks(self) -> dict[str, tuple[str, str]]:
        return {flat: pair for pair, flat in self._flat.items()}

    @cached_property
    def _folded(self) -> dict[str, list[tuple[str, str]]]:
        folded: dict[str, list[tuple[str, str]]] = {}
        for (layer, label), flat in self._flat.items():
            for name in {_fold(flat), _fold(label), _fold(self._title(layer, label))} - {""}:
                folded.setdefault(name, []).append((layer, label))
        return folded

    def write(self, layer: str, label: str) -> str:
        """The flat name of a label."""
        return self._flat[layer, label]

    def natural(self, layer: str, label: str) -> str:
        """The title in lower case, as models that read label names want it: `work of art`.

        Where several labels share it, the flat name.
        """
        flat = self.write(layer, label)
        for name in (_fold(self._title(layer, label)), _fold(flat)):
            if self._folded.get(name) == [(layer, label)]:
                return name
        return flat

    def read(self, name: str, into: str = "") -> tuple[str, str] | None:
        """The layer and the label that a name from a file means, or None where the schema has no such label.

        Args:
            name: The name in the file. A layer's mapping is applied; case and separators matter only between labels
                that differ in nothing else.
            into: The layer it must belong to; empty for any, layers of spans first.
        """
        if into:
            layer = self._schema.by_name.get(into)
            label = layer.map_label(name) if layer else None
            return None if label is None else (into, label)
        if found := self._marks.get(name):
            return found
        for layer in sorted(self._schema.layers, key=_spans_first):
            if (label := layer.map_label(name)) is not None:
                return layer.name, label
            if layer.mapping.get(name) == "":
                return None
        candidates = self._folded.get(_fold(name), [])
        spans = [pair for pair in candidates if self._schema.by_name[pair[0]].kind is LayerKind.SPANS]
        best = spans or candidates
        return best[0] if len(best) == 1 else None

    def _title(self, layer: str, label: str) -> str:
        found = self._schema.find(layer, label)
        return found.title if found else ""


def _spans_first(layer: Layer) -> int:
    return 0 if layer.kind is LayerKind.SPANS else 1


def _fold(name: str) -> str:
    return _SEPARATORS.sub(" ", name).strip().casefold()
