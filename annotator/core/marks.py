"""Marks: boundaries, spans, document labels, and rejections of them. Plain values, equal when their fields are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, TypeVar

from annotator.core.errors import InputError
from annotator.core.words import tr


@dataclass(frozen=True, slots=True, order=True)
class Boundary:
    """A position at which a segment opens; it carries the label of the segment it opens."""

    position: int
    """Code point before which the segment opens; 0 labels the first segment."""
    layer: str
    label: str

    @property
    def start(self) -> int:
        """The position, so that marks can be put in text order by one name."""
        return self.position

    @property
    def end(self) -> int:
        """The position again: a boundary has no length."""
        return self.position


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled stretch of text, `start <= i < end`."""

    start: int
    end: int
    layer: str
    label: str
    """Name of a label of that layer in the corpus schema, such as "PERSON"."""


@dataclass(frozen=True, slots=True, order=True)
class DocumentLabel:
    """A label of the whole document."""

    layer: str
    label: str

    @property
    def start(self) -> int:
        """Zero: a document label sorts before everything in the text."""
        return 0

    @property
    def end(self) -> int:
        """Zero."""
        return 0


Labelled = Boundary | Span | DocumentLabel
"""A mark that says something of the text."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """An annotator's word that a proposed mark is wrong."""

    mark: Labelled

    @property
    def start(self) -> int:
        """Where the rejected mark starts."""
        return self.mark.start

    @property
    def end(self) -> int:
        """Where the rejected mark ends."""
        return self.mark.end

    @property
    def layer(self) -> str:
        """The layer of the rejected mark."""
        return self.mark.layer

    @property
    def label(self) -> str:
        """The label of the rejected mark."""
        return self.mark.label


Mark = Labelled | Rejection

_M = TypeVar("_M", bound=Mark)

_KIND_ORDER = {DocumentLabel: 0, Boundary: 1, Span: 2}


def text_order(mark: Mark) -> tuple[int, int, int, str, str, int]:
    """Sort key: where a mark starts, document labels and boundaries before spans, longer spans first."""
    inner = mark.mark if isinstance(mark, Rejection) else mark
    return (
        inner.start,
        _KIND_ORDER[type(inner)],
        -inner.end,
        inner.layer,
        inner.label,
        1 if inner is not mark else 0,
    )


def in_text_order(marks: Iterable[_M]) -> list[_M]:
    """Marks sorted by `text_order`; where no two start at one place, which is the usual case, by their start alone."""
    found = sorted(marks, key=_START)
    starts = [mark.start for mark in found]
    if len(set(starts)) < len(starts):
        found.sort(key=text_order)
    return found


_START = attrgetter("start")


def with_label(mark: Labelled, label: str) -> Labelled:
    """The same mark under another label."""
    return replace(mark, label=label)


def mark_to_json(mark: Mark) -> dict[str, Any]:
    """A mark as plain JSON values; `mark_from_json` is its inverse."""
    match mark:
        case Rejection(inner):
            return {**mark_to_json(inner), "rejected": True}
        case Boundary(position, layer, label):
            return {"position": position, "layer": layer, "label": label}
        case Span(start, end, layer, label):
            return {"start": start, "end": end, "layer": layer, "label": label}
        case DocumentLabel(layer, label):
            return {"layer": layer, "label": label}


def mark_from_json(value: Mapping[str, Any]) -> Mark:
    """The mark that `mark_to_json` wrote.

    Raises:
        InputError: A field is missing or has the wrong type.
    """
    try:
        layer, label = value["layer"], value["label"]
        if not (isinstance(layer, str) and isinstance(label, str)):
            raise TypeError
        mark: Labelled
        if "position" in value:
            mark = Boundary(_offset(value["position"]), layer, label)
        elif "start" in value or "end" in value:
            mark = Span(_offset(value["start"]), _offset(value["end"]), layer, label)
        else:
            mark = DocumentLabel(layer, label)
        rejected = value.get("rejected", False)
        if not isinstance(rejected, bool):
            raise TypeError
    except (KeyError, TypeError):
        raise InputError(
            tr(
                "A mark needs `layer`, `label` and whole-number offsets; this one has {value}.",
                value=repr(value)[:200],
            )
        ) from None
    return Rejection(mark) if rejected else mark


def _offset(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value
