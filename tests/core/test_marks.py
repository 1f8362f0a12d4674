import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InputError
from annotator.core.marks import (
    Boundary,
    DocumentLabel,
    Mark,
    Rejection,
    Span,
    mark_from_json,
    mark_to_json,
    text_order,
    with_label,
)
from tests.core.values import marks

any_mark = st.one_of(marks(50), marks(50).map(Rejection))


@given(any_mark)
def test_a_mark_survives_json(mark: Mark) -> None:
    assert mark_from_json(json.loads(json.dumps(mark_to_json(mark)))) == mark


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "span",
        7,
        None,
        {"layer": "entities"},
        {"layer": 1, "label": "PERSON"},
        {"layer": "entities", "label": None},
        {"layer": "entities", "label": "PERSON", "start": 1},
        {"layer": "entities", "label": "PERSON", "end": 1},
        {"layer": "entities", "label": "PERSON", "start": 1.0, "end": 2},
        {"layer": "entities", "label": "PERSON", "start": "1", "end": 2},
        {"layer": "entities", "label": "PERSON", "start": True, "end": 2},
        {"layer": "blocks", "label": "body", "position": None},
        {"layer": "blocks", "label": "body", "position": 1, "rejected": "false"},
        {"layer": "blocks", "label": "body", "position": 1, "rejected": 1},
    ],
)
def test_json_that_is_no_mark_is_refused_and_shown(value: Any) -> None:
    with pytest.raises(InputError, match="A mark needs"):
        mark_from_json(value)


def test_a_huge_value_is_shown_cut() -> None:
    with pytest.raises(InputError) as caught:
        mark_from_json({"layer": "x" * 10_000})
    assert len(str(caught.value)) < 400


@given(st.lists(any_mark, unique=True))
def test_text_order_tells_all_marks_apart(found: list[Mark]) -> None:
    assert len({text_order(mark) for mark in found}) == len(found)


def test_text_order_puts_outer_before_inner_and_openings_before_spans() -> None:
    ordered: list[Mark] = [
        DocumentLabel("topic", "sport"),
        Boundary(0, "articles", "article"),
        Boundary(0, "blocks", "headline"),
        Rejection(Boundary(0, "blocks", "headline")),
        Span(0, 9, "entities", "ORG"),
        Span(0, 3, "entities", "GPE"),
        Span(1, 3, "entities", "GPE"),
    ]
    shuffled = ordered[3:] + ordered[:3]
    assert sorted(shuffled, key=text_order) == ordered


@given(marks(50))
def test_another_label_changes_nothing_else(mark: Any) -> None:
    other = with_label(mark, "other")
    assert other.label == "other"
    assert with_label(other, mark.label) == mark
    assert (other.start, other.end, other.layer) == (mark.start, mark.end, mark.layer)


@given(marks(50))
def test_a_rejection_stands_where_its_mark_stands(mark: Any) -> None:
    no = Rejection(mark)
    assert (no.start, no.end, no.layer, no.label) == (mark.start, mark.end, mark.layer, mark.label)
    assert no != mark
