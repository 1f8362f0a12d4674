"""Where annotators disagree, by place."""

import json
import random
from collections import Counter
from hashlib import blake2b
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.disagreements import (
    Filter,
    Kind,
    count_kinds,
    disagreements,
    in_order,
    label_counts,
    places,
    same_text,
)
from annotator.core.annotation import Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span, mark_to_json
from annotator.core.record import Record
from annotator.core.schema import Label, Layer, LayerKind, Schema
from tests.agreement.simulator import SCHEMA, Rates, corpus, record, truths, work

TEXT = "One line about President Trump here.\nTwo.\nThree lines.\nFour.\nFive.\nSix the end."
PAGE = make_document(TEXT)
LINES = [0, 37, 42, 55, 61, 67]
NEWS = Schema("news", 1, (*SCHEMA.layers, Layer("topic", LayerKind.DOCUMENT, labels=(Label("sport"), Label("war")))))


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def at(line: int, label: str = "article") -> Boundary:
    return Boundary(LINES[line], "articles", label)


def found(*lanes: set[Mark]) -> list[Kind | None]:
    names = "abcdefg"
    made = record(PAGE, {names[i]: frozenset(lane) for i, lane in enumerate(lanes)})
    return [place.kind for place in places(made, NEWS)]


@pytest.mark.parametrize(
    ("lanes", "kinds"),
    [
        ([{at(2)}, set()], [Kind.BOUNDARY_MISSING]),
        ([{at(2)}, {at(3)}], [Kind.BOUNDARY_MOVED]),
        ([{at(2)}, {at(4)}], [Kind.BOUNDARY_MISSING, Kind.BOUNDARY_MISSING]),
        ([{at(2)}, {at(3)}, set()], [Kind.BOUNDARY_MISSING]),
        ([{at(2), at(3)}, {at(2)}, {at(3)}], [Kind.BOUNDARY_MISSING, Kind.BOUNDARY_MISSING]),
        ([{at(2)}, {at(2, "teaser")}], [Kind.SEGMENT_LABEL]),
        ([{at(0)}, {at(0, "teaser")}], [Kind.SEGMENT_LABEL]),
        ([{at(0)}, set()], [Kind.SEGMENT_LABEL]),
        ([{at(0)}, {at(1)}], [Kind.SEGMENT_LABEL, Kind.BOUNDARY_MISSING]),
        ([{at(2)}, {at(2)}], [None]),
        ([{span(0, 3)}, set()], [Kind.SPAN_MISSING]),
        ([{span(0, 3)}, {span(0, 3, "ORG")}], [Kind.SPAN_LABEL]),
        ([{span(0, 3)}, {span(0, 8)}], [Kind.EDGES]),
        ([{span(0, 3)}, {span(0, 8, "ORG")}], [Kind.BOTH]),
        ([{span(0, 3)}, {span(0, 3, "ORG")}, {span(0, 8)}], [Kind.BOTH]),
        ([{span(0, 3), span(4, 8)}, {span(0, 8)}], [Kind.SPAN_MISSING]),
        ([{span(0, 3)}, {span(3, 8)}], [Kind.SPAN_MISSING, Kind.SPAN_MISSING]),
        ([{span(0, 3)}, {span(0, 4)}], [None]),
        ([{span(0, 3)}, {span(0, 3), Rejection(span(4, 8))}], [None]),
        ([{DocumentLabel("topic", "war")}, set()], [Kind.DOCUMENT_LABEL]),
        ([{at(2), span(0, 3)}, {at(2)}], [None, Kind.SPAN_MISSING]),
    ],
)
def test_a_place_has_the_kind_of_what_differs(lanes: list[set[Mark]], kinds: list[Kind | None]) -> None:
    assert found(*lanes) == kinds


def test_many_annotators_at_one_place_make_one_row() -> None:
    lanes = {"a": {span(21, 30)}, "b": {span(31, 36)}, "c": {span(21, 36)}, "d": set()}
    made = places(record(PAGE, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS)
    assert len(made) == 1
    assert made[0].annotators == 4
    assert {version.annotators for version in made[0].versions} == {("a",), ("b",), ("c",), ("d",)}


@pytest.mark.parametrize(
    ("a", "b", "slight"),
    [((11, 30), (21, 30), False), ((15, 30), (25, 30), True), ((25, 30), (25, 36), False), ((25, 35), (25, 36), True)],
)
def test_edges_that_differ_by_a_title_or_punctuation_are_slight(
    a: tuple[int, int], b: tuple[int, int], slight: bool
) -> None:
    page = make_document("Line about the President Trump here.")
    lanes = {"a": frozenset({span(*a)}), "b": frozenset({span(*b)})}
    (place,) = places(record(page, lanes), NEWS)
    assert place.kind is Kind.EDGES
    assert place.slight is slight


def test_only_finished_work_of_two_annotators_is_looked_at() -> None:
    one = work(PAGE, "a", frozenset({span(0, 3)}))
    unfinished = work(PAGE, "b", frozenset(), Status.IN_PROGRESS)
    gold = work(PAGE, "gold", frozenset())
    assert places(Record(PAGE, (one, unfinished, gold)), NEWS) == []


def test_the_key_of_a_place_stays_when_an_annotator_joins_who_adds_nothing_new() -> None:
    lanes = {"a": frozenset({span(0, 3)}), "b": frozenset({span(0, 8)})}
    (before,) = places(record(PAGE, lanes), NEWS)
    (after,) = places(record(PAGE, {**lanes, "c": frozenset({span(0, 8)})}), NEWS)
    (changed,) = places(record(PAGE, {**lanes, "c": frozenset({span(4, 8)})}), NEWS)
    assert before.key == after.key
    assert before.key != changed.key


def test_the_queue_goes_by_kind_then_the_most_even_split_then_the_rarer_label_then_the_text() -> None:
    page = make_document("aaa bbb ccc ddd eee fff ggg hhh\niii")
    lanes: dict[str, set[Mark]] = {name: {span(0, 3, "GPE"), span(4, 7, "GPE")} for name in "abcd"}
    lanes["a"] |= {span(8, 11, "GPE"), span(12, 15, "ORG"), span(16, 19, "ORG"), Boundary(32, "articles", "article")}
    lanes["b"] |= {span(16, 19, "ORG")}
    lanes["c"] |= {span(20, 23, "GPE")}
    made = places(record(page, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS)
    queue = in_order(made, label_counts(made))
    assert [(place.kind, place.start) for place in queue] == [
        (Kind.BOUNDARY_MISSING, 32),
        (Kind.SPAN_MISSING, 16),
        (Kind.SPAN_MISSING, 12),
        (Kind.SPAN_MISSING, 8),
        (Kind.SPAN_MISSING, 20),
        (None, 0),
        (None, 4),
    ]


def test_a_filter_shows_what_was_asked_for() -> None:
    lanes = {"a": {at(2), span(0, 3)}, "b": {span(0, 3, "ORG")}, "c": {span(0, 3, "ORG")}}
    boundary, entity = places(record(PAGE, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS)
    assert Filter().shows(boundary)
    assert Filter(kinds=frozenset({Kind.SPAN_LABEL})).shows(entity)
    assert not Filter(kinds=frozenset({Kind.SPAN_LABEL})).shows(boundary)
    assert not Filter(layers=frozenset({"articles"})).shows(entity)
    assert Filter(labels=frozenset({"ORG"})).shows(entity)
    assert not Filter(labels=frozenset({"GPE"})).shows(entity)
    assert Filter(annotators=frozenset({"a", "b"})).shows(entity)
    assert not Filter(annotators=frozenset({"b", "c"})).shows(entity)
    assert Filter(annotators=frozenset({"b"})).shows(entity)
    assert not Filter(document_id="other").shows(entity)
    assert Filter(confused=("ORG", "PERSON")).shows(entity)
    assert not Filter(confused=("ORG", "")).shows(entity)
    assert not Filter(confused=("ORG", "PERSON"), annotators=frozenset({"b", "c"})).shows(entity)
    assert Filter(confused=("", "article")).shows(boundary)


def test_the_key_of_a_place_is_that_of_its_marks_as_json() -> None:
    """Decisions are kept under it, so that it must stay as it was."""
    lanes = {"a": {span(0, 3), at(2)}, "b": {span(0, 3, 'O"R\\Gé')}}
    for place in places(record(PAGE, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS):
        whole = [place.document_id, place.layer, [mark_to_json(mark) for mark in place.marks]]
        body = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        assert place.key == blake2b(body.encode(), digest_size=12).hexdigest()


def test_a_kind_is_that_between_the_two_annotators_who_are_asked_for() -> None:
    """With a third who marked nothing there, the place as a whole is one where a span is missing."""
    lanes = {"a": {span(0, 3)}, "b": {span(0, 3, "ORG")}, "c": {span(0, 5)}, "d": set[Mark]()}
    (place,) = places(record(PAGE, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS)
    assert place.kind is Kind.SPAN_MISSING

    def shown(kind: Kind, *names: str) -> bool:
        return Filter(kinds=frozenset({kind}), annotators=frozenset(names)).shows(place)

    assert [kind for kind in (Kind.SPAN_MISSING, Kind.SPAN_LABEL, Kind.EDGES, Kind.BOTH) if shown(kind)] == [
        Kind.SPAN_MISSING
    ]
    assert shown(Kind.SPAN_LABEL, "a", "b")
    assert not shown(Kind.SPAN_MISSING, "a", "b")
    assert shown(Kind.EDGES, "a", "c")
    assert not shown(Kind.SPAN_LABEL, "a", "c")
    assert shown(Kind.BOTH, "b", "c")
    assert shown(Kind.SPAN_MISSING, "c", "d")
    assert shown(Kind.SPAN_MISSING, "a")


def test_the_same_text_with_the_same_readings_is_one_group_whoever_holds_them() -> None:
    page = make_document("Trump met Ford. Then TRUMP left, and Trump came. Ford too.")
    lanes: dict[str, set[Mark]] = {
        "a": {span(0, 5), span(21, 26, "ORG"), span(10, 14)},
        "b": {span(0, 5, "ORG"), span(21, 26), span(37, 42)},
    }
    made = places(record(page, {name: frozenset(marks) for name, marks in lanes.items()}), NEWS)
    groups = same_text(made)
    assert [[place.start for place in group] for group in groups] == [[0, 21], [10], [37]]


def test_places_of_pages_without_text_or_with_blanks_only_are_none() -> None:
    assert places(record(make_document(""), {"a": frozenset(), "b": frozenset()}), NEWS) == []
    blank = make_document("   \n\n  x")
    lanes = {"a": frozenset({Boundary(2, "articles", "article")}), "b": frozenset({Boundary(0, "articles", "article")})}
    assert [place.kind for place in places(record(blank, lanes), NEWS)] == [None]


marks_of_a_page = st.frozensets(
    st.one_of(
        st.builds(at, st.integers(0, 5), st.sampled_from(["article", "teaser"])),
        st.builds(
            lambda start, length, label: span(start, min(len(TEXT), start + length), label),
            st.integers(0, len(TEXT) - 9),
            st.integers(1, 9),
            st.sampled_from(["PERSON", "ORG"]),
        ),
    ),
    max_size=8,
)


@given(st.lists(marks_of_a_page, min_size=2, max_size=4))
def test_every_mark_is_in_exactly_one_place(lanes: list[frozenset[Mark]]) -> None:
    made = places(record(PAGE, {f"p{i}": lane for i, lane in enumerate(lanes)}), NEWS)
    keys = [place.key for place in made]
    assert len(set(keys)) == len(keys)
    held = Counter(mark for place in made for mark in place.marks)
    assert set(held.values()) <= {1}
    for place in made:
        assert sum(len(version.annotators) for version in place.versions) == len(lanes)


@given(marks_of_a_page)
def test_who_marks_alike_disagrees_nowhere(marks: frozenset[Mark]) -> None:
    assert disagreements(record(PAGE, {"a": marks, "b": marks, "c": marks}), NEWS) == []


@given(st.lists(marks_of_a_page, min_size=3, max_size=3))
def test_the_order_and_the_names_of_annotators_change_no_place(lanes: list[frozenset[Mark]]) -> None:
    seen = set()
    for order in permutations(range(3)):
        made = places(record(PAGE, {"abc"[i]: lanes[j] for i, j in enumerate(order)}), NEWS)
        seen.add(tuple((place.key, place.kind, place.evenness, place.slight) for place in made))
    assert len(seen) == 1


RATES = Rates(
    drop_boundary=0.1,
    add_boundary=0.03,
    move_boundary=0.3,
    relabel_boundary=0.1,
    drop_span=0.1,
    add_span=0.01,
    relabel_span=0.1,
    widen_span=0.1,
    widen_and_relabel_span=0.05,
)


@pytest.mark.parametrize("seed", range(5))
def test_simulated_mistakes_are_found_and_counted_by_kind(seed: int) -> None:
    made: Counter[Kind] = Counter()
    counted: Counter[Kind] = Counter()
    for page, mistakes in corpus({"truth": Rates(), "other": RATES}, seed, copies=4):
        here = sum(count_kinds(disagreements(page, SCHEMA)).values(), Counter())
        assert here == mistakes
        made += mistakes
        counted += here
    assert counted == made
    assert set(made) == set(Kind) - {Kind.DOCUMENT_LABEL}


@pytest.mark.parametrize("field", list(Rates.__dataclass_fields__))
def test_a_rate_alone_gives_one_kind_about_as_often_as_it_says(field: str) -> None:
    kinds = {
        "drop_boundary": Kind.BOUNDARY_MISSING,
        "add_boundary": Kind.BOUNDARY_MISSING,
        "move_boundary": Kind.BOUNDARY_MOVED,
        "relabel_boundary": Kind.SEGMENT_LABEL,
        "drop_span": Kind.SPAN_MISSING,
        "add_span": Kind.SPAN_MISSING,
        "relabel_span": Kind.SPAN_LABEL,
        "widen_span": Kind.EDGES,
        "widen_and_relabel_span": Kind.BOTH,
    }
    counted: Counter[Kind] = Counter()
    for page, _ in corpus({"truth": Rates(), "other": Rates(**{field: 0.3})}, seed=1):
        counted += sum(count_kinds(disagreements(page, SCHEMA)).values(), Counter())
    assert set(counted) == {kinds[field]}
    if field in ("drop_span", "relabel_span"):
        total = sum(isinstance(mark, Span) for _, marks in truths() for mark in marks)
        assert counted[kinds[field]] / total == pytest.approx(0.3, abs=0.05)


def test_a_page_of_a_thousand_marks_is_clustered_without_delay_by_its_size() -> None:
    chance = random.Random(0)
    page = make_document("word " * 3000)
    lanes = {
        name: frozenset(span(5 * i, 5 * i + 4) for i in sorted(chance.sample(range(3000), 1000))) for name in "abc"
    }
    made = places(record(page, lanes), NEWS)
    assert sum(place.annotators for place in made) == 3 * len(made)
