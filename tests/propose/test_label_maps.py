"""Labels of a corpus that a pipeline's labels stand for, learned from finished pages."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.schema import Label, Layer, LayerKind
from annotator.propose.consistency import Entity
from annotator.propose.label_maps import learn_map, read_map, with_map, write_map


def layer(*labels: str, **mapping: str) -> Layer:
    return Layer("e", LayerKind.SPANS, labels=tuple(map(Label, labels)), mapping=MappingProxyType(mapping))


def page(*pairs: tuple[str, str], other: str = "") -> tuple[list[Entity], list[Span]]:
    """Entities and the spans with the same edges; no span where its label is empty."""
    entities = [Entity(10 * at, 10 * at + 5, theirs) for at, (theirs, _) in enumerate(pairs)]
    spans = [Span(10 * at, 10 * at + 5, "e", ours) for at, (_, ours) in enumerate(pairs) if ours]
    if other:
        spans += [Span(span.start, span.end, other, "Elsewhere") for span in spans]
    return entities, spans


PERSONS = page(("PERSON", "Person"), ("PERSON", "Person"), ("PERSON", "Person"), ("GPE", "Place"), ("GPE", ""))


def test_a_label_stands_for_the_one_that_its_entities_mostly_have() -> None:
    assert learn_map(layer("Person", "Place"), [PERSONS]) == {"PERSON": "Person"}
    assert learn_map(layer("Person", "Place"), [PERSONS] * 3) == {"PERSON": "Person", "GPE": "Place"}
    assert learn_map(layer("Person", "Place"), [page(*[("PERSON", "Person")] * 3, other="quotes")]) == {
        "PERSON": "Person"
    }


@pytest.mark.parametrize(
    "pairs",
    [
        [("ORG", "Firm"), ("ORG", "Firm")],
        [("ORG", "Firm")] * 5 + [("ORG", "Party")] * 4,
        [("ORG", "Firm")] * 5 + [("ORG", "")] * 12,
    ],
    ids=["too few", "of two minds", "mostly nothing"],
)
def test_what_is_not_clear_is_not_mapped(pairs: list[tuple[str, str]]) -> None:
    assert learn_map(layer("Firm", "Party"), [page(*pairs)]) == {}


def test_what_the_schema_says_stands() -> None:
    pages = [page(*[("PERSON", "Person"), ("GPE", "Place"), ("ORG", "Person")] * 4)]
    said = layer("Person", "Place", "ORG", PERSON="", GPE="Place")
    assert learn_map(said, pages) == {}
    both = with_map(said, {"PERSON": "Person", "ORG": "Person"})
    assert both.map_label("PERSON") is None
    assert both.map_label("ORG") == "ORG"
    assert with_map(layer("Person"), {"PERSON": "Person", "GPE": "Gone"}).map_label("PERSON") == "Person"
    assert with_map(layer("Person"), {"GPE": "Gone"}).map_label("GPE") is None


def test_a_map_is_read_as_it_was_written_and_refused_when_it_is_no_map(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    assert read_map(path) == {}
    write_map(path, {"PERSON": "Persön"})
    assert read_map(path) == {"PERSON": "Persön"}
    for text in ("[1]", "{"):
        path.write_text(text, "utf-8")
        with pytest.raises(InputError, match="cannot be read"):
            read_map(path)
