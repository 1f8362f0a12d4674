"""Entities put right over a page."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.propose.consistency import Entity, make_consistent, reason_for, tidy_edges


def at(text: str, *found: tuple[str, str]) -> list[Entity]:
    """Entities for strings in the order in which they stand in the text."""
    entities = []
    position = 0
    for string, label in found:
        start = text.index(string, position)
        position = start + len(string)
        entities.append(Entity(start, position, label))
    return entities


def shown(text: str, entities: list[Entity]) -> list[tuple[str, str]]:
    return [(text[entity.start : entity.end], entity.label) for entity in entities]


def consistent(text: str, *found: tuple[str, str]) -> list[tuple[str, str]]:
    return shown(text, make_consistent(text, at(text, *found)))


@pytest.mark.parametrize(
    ("text", "given_", "tidied"),
    [
        ("Sanae Takaichi’s plan", ("Sanae Takaichi’s", "PERSON"), ("Sanae Takaichi", "PERSON")),
        ("Japan's plan", ("Japan's", "GPE"), ("Japan", "GPE")),
        ("the Democrats’ plan", ("the Democrats’", "NORP"), ("Democrats", "NORP")),
        ("at McDonald's today", ("McDonald's", "ORG"), ("McDonald's", "ORG")),
        ("in the United Nations", ("the United Nations", "ORG"), ("United Nations", "ORG")),
        ("read The Hobbit", ("The Hobbit", "WORK_OF_ART"), ("The Hobbit", "WORK_OF_ART")),
        ("in the 20th century", ("the 20th century", "DATE"), ("the 20th century", "DATE")),
        ("the “Arab League", ("“Arab League", "ORG"), ("Arab League", "ORG")),
        ("the Congress (INC) won", ("Congress (INC)", "ORG"), ("Congress (INC)", "ORG")),
        ("won JD(S in", ("JD(S", "ORG"), ("JD(S", "ORG")),
        ("a $14,700 prize", ("14,700", "MONEY"), ("$14,700", "MONEY")),
        ("some US$5 million", ("5 million", "MONEY"), ("US$5 million", "MONEY")),
        ("by 15 per cent more", ("15", "CARDINAL"), ("15 per cent", "PERCENT")),
        ("by 15% more", ("15", "MONEY"), ("15%", "PERCENT")),
        ("two of them", ("two", "CARDINAL"), ("two", "CARDINAL")),
    ],
)
def test_edges_are_tidied(text: str, given_: tuple[str, str], tidied: tuple[str, str]) -> None:
    assert shown(text, tidy_edges(text, at(text, given_))) == [tidied]


def test_a_currency_that_was_an_entity_of_its_own_becomes_part_of_the_amount() -> None:
    text = "as much as US$550 billion and 15 % per cent"
    found = tidy_edges(text, at(text, ("US", "GPE"), ("550 billion", "MONEY"), ("15", "CARDINAL"), ("% per", "ORG")))
    assert shown(text, found) == [("US$550 billion", "MONEY"), ("15 %", "PERCENT")]


def test_articles_stay_where_they_are_wanted() -> None:
    text = "in the United Nations"
    assert shown(text, tidy_edges(text, at(text, ("the United Nations", "ORG")), articles=True)) == [
        ("the United Nations", "ORG")
    ]


def test_a_surname_takes_the_label_of_the_full_name() -> None:
    text = "Donald Trump came. Trump spoke; Trump left for Tokyo."
    assert consistent(text, ("Donald Trump", "PERSON"), ("Trump", "ORG"), ("Trump", "PERSON"), ("Tokyo", "GPE")) == [
        ("Donald Trump", "PERSON"),
        ("Trump", "PERSON"),
        ("Trump", "PERSON"),
        ("Tokyo", "GPE"),
    ]


def test_a_family_name_that_stands_first_takes_it_too() -> None:
    text = "Tik Chi-yuen bowed out. “It used to be free,” Tik said."
    assert consistent(text, ("Tik Chi-yuen", "PERSON"), ("Tik", "ORG"))[1] == ("Tik", "PERSON")


def test_a_place_that_is_also_a_surname_stays_a_place_after_in() -> None:
    text = "Michael Jordan flew. He was in Jordan. Jordan won."
    found = consistent(text, ("Michael Jordan", "PERSON"), ("Jordan", "GPE"), ("Jordan", "GPE"))
    assert found[1:] == [("Jordan", "GPE"), ("Jordan", "GPE")]


def test_a_surname_that_the_pipeline_missed_is_added() -> None:
    text = "Howard Lutnick asked. Mr Lutnick’s call came late, as Lutnick said."
    found = make_consistent(text, at(text, ("Howard Lutnick", "PERSON")))
    assert shown(text, found) == [("Howard Lutnick", "PERSON"), ("Lutnick", "PERSON"), ("Lutnick", "PERSON")]
    assert reason_for(found[1]) == "named in full on this page: “Howard Lutnick”"
    assert reason_for(found[0]) == ""


def test_a_surname_inside_another_name_is_not_added() -> None:
    text = "Howard Lutnick asked. Brandon Lutnick and the Lutnick Foundation and Lutnick-like and @Lutnick too."
    assert consistent(text, ("Howard Lutnick", "PERSON")) == [("Howard Lutnick", "PERSON")]


def test_an_acronym_takes_the_label_of_what_it_stands_for() -> None:
    text = "China Manned Space Agency (CMSA) said. CMSA waits; the CMSA too."
    assert consistent(text, ("China Manned Space Agency", "ORG"), ("CMSA", "PERSON"), ("CMSA", "GPE")) == [
        ("China Manned Space Agency", "ORG"),
        ("CMSA", "ORG"),
        ("CMSA", "ORG"),
        ("CMSA", "ORG"),
    ]


def test_letters_in_brackets_that_do_not_fit_are_no_acronym() -> None:
    text = "Ford Motor (NYSE) fell. NYSE closed."
    assert consistent(text, ("Ford Motor", "ORG"), ("NYSE", "PRODUCT"), ("NYSE", "PRODUCT"))[1:] == [
        ("NYSE", "PRODUCT"),
        ("NYSE", "PRODUCT"),
    ]


def test_the_more_frequent_label_draws_only_where_that_was_seen_to_help() -> None:
    text = "Danok, Danok, Danok; Alibaba, Alibaba, Alibaba"
    found = consistent(
        text,
        *(("Danok", label) for label in ("GPE", "GPE", "ORG")),
        *(("Alibaba", label) for label in ("ORG", "ORG", "PERSON")),
    )
    assert [label for _, label in found] == ["GPE", "GPE", "GPE", "ORG", "ORG", "PERSON"]


def test_numbers_are_never_relabelled() -> None:
    text = "Agnes May came in May; in May."
    assert consistent(text, ("Agnes May", "PERSON"), ("May", "DATE"), ("May", "DATE"))[1:] == [("May", "DATE")] * 2


def test_a_pipeline_that_calls_people_per_keeps_its_own_label() -> None:
    text = "Donald Trump came. Trump spoke. Mr Trump left."
    assert consistent(text, ("Donald Trump", "PER"), ("Trump", "ORG")) == [
        ("Donald Trump", "PER"),
        ("Trump", "PER"),
        ("Trump", "PER"),
    ]


@given(
    st.lists(
        st.sampled_from(["Ann Lee", "Lee", "Lee’s", "the", "ANC (AC)", "AC", "5 %", "in", "\n", "😀"]), max_size=30
    ),
    st.data(),
)
def test_whatever_comes_in_entities_stay_apart_and_in_the_text(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    entities, position = [], 0
    while position < len(text):
        start = data.draw(st.integers(position, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        if start < end:
            entities.append(Entity(start, end, data.draw(st.sampled_from(["PERSON", "ORG", "GPE", "MONEY", "DATE"]))))
        position = end + 1
    tidied = tidy_edges(text, entities)
    found = make_consistent(text, tidied)
    assert [(e.start, e.end) for e in found if not e.rule.startswith("missed")] == [(e.start, e.end) for e in tidied]
    for entity in found:
        assert entity.start < entity.end <= len(text)
        if entity.rule.startswith("missed"):
            assert all(entity.end <= other.start or other.end <= entity.start for other in found if other is not entity)
    assert all(a.end <= b.start for a, b in pairwise(tidied))
