"""Strings already labelled in a corpus, proposed elsewhere."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.document import make_document
from annotator.core.marks import Span
from annotator.core.schema import schema_from_toml
from annotator.propose.string_tree import StringTree, string_key
from annotator.propose.strings import StringCounts, StringProposer, count_strings

SCHEMA = schema_from_toml(
    (Path(__file__).parents[2] / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8")
)


def spans(text: str, *labelled: tuple[str, str]) -> list[Span]:
    return [
        Span(at, at + len(string), "entities", label)
        for string, label in labelled
        for at in range(len(text))
        if text.startswith(string, at)
    ]


def proposed(counts: StringCounts, text: str) -> list[tuple[str, str]]:
    document = make_document(text)
    (found,) = StringProposer(counts).propose([document], SCHEMA)
    return [(document.text[p.mark.start : p.mark.end], p.mark.label) for p in found]


def counted(text: str, *labelled: tuple[str, str]) -> StringCounts:
    return count_strings([(text, spans(text, *labelled))], "entities")


def test_a_string_labelled_once_is_proposed_on_another_page() -> None:
    counts = counted("Tik Chi-yuen spoke.", ("Tik Chi-yuen", "PERSON"))
    assert proposed(counts, "On Friday Tik Chi-yuen left.") == [("Tik Chi-yuen", "PERSON")]


def test_the_longest_string_is_proposed_where_several_match() -> None:
    counts = counted("New York and New York Times.", ("New York Times", "ORG"))
    counts = StringCounts({**counts.labelled, ("New", "York"): {"GPE": 3}}, {**counts.seen, ("New", "York"): 3})
    assert proposed(counts, "The New York Times of New York.") == [("New York Times", "ORG"), ("New York", "GPE")]


def test_only_whole_words_match() -> None:
    counts = counted("Iran and Iran.", ("Iran", "GPE"))
    assert proposed(counts, "Iranian, Tehran-Iran, IRAN, Iran's Irana") == [("Iran", "GPE"), ("Iran", "GPE")]


def test_the_most_frequent_label_is_proposed_with_its_share_as_score() -> None:
    counts = StringCounts({("Washington",): {"GPE": 8, "PERSON": 1}}, {("Washington",): 9})
    (found,) = StringProposer(counts).propose([make_document("In Washington.")], SCHEMA)
    assert [p.mark.label for p in found] == ["GPE"]
    assert found[0].score == (8 + 0.5) / (9 + 1)
    assert found[0].reason == "labelled GPE 8 of 9 times on finished pages"


def test_a_string_that_mostly_stands_unlabelled_is_not_proposed() -> None:
    counts = counted("May came. It may be. May we? May I? May.", ("May came", "PERSON"))
    assert counts.seen[("May", "came")] == 1
    rare = StringCounts({("May",): {"DATE": 1}}, {("May",): 9})
    assert proposed(rare, "In May.") == []


def test_numbers_alone_are_not_proposed() -> None:
    assert proposed(counted("20 and 20.", ("20", "CARDINAL")), "It was 20.") == []


def test_a_non_breaking_space_and_a_soft_line_end_make_no_difference() -> None:
    counts = counted("Hong Kong is.", ("Hong Kong", "GPE"))
    assert proposed(counts, "In Hong\u00a0Kong.") == [("Hong\u00a0Kong", "GPE")]
    assert proposed(counts, "In Hong\nKong.") == []


def test_a_label_that_the_schema_does_not_have_is_left_out() -> None:
    assert proposed(counted("Acme is.", ("Acme", "COMPANY")), "At Acme.") == []


def test_spans_of_other_layers_are_not_counted() -> None:
    text = "Acme is."
    assert not count_strings([(text, [Span(0, 4, "topics", "ORG")])], "entities").labelled


def test_the_version_changes_with_the_counts_and_only_with_them() -> None:
    one = StringCounts({("A",): {"ORG": 1}, ("B",): {"ORG": 1}}, {("A",): 1})
    same = StringCounts({("B",): {"ORG": 1}, ("A",): {"ORG": 1}}, {("A",): 1})
    other = StringCounts({("A",): {"ORG": 2}, ("B",): {"ORG": 1}}, {("A",): 2})
    assert StringProposer(one).version == StringProposer(same).version != StringProposer(other).version


@given(
    st.lists(st.text(alphabet="ab .", min_size=1, max_size=6), max_size=6),
    st.text(alphabet="ab .\n", max_size=60),
)
def test_longest_matches_are_occurrences_and_do_not_overlap(strings: list[str], text: str) -> None:
    keys = {string_key(string) for string in strings} - {()}
    tree = StringTree(keys)
    every = set(tree.every_match(text))
    end_before = 0
    for start, end, key in tree.longest_matches(text):
        assert (start, end, key) in every
        assert string_key(text[start:end]) == key
        assert start >= end_before
        assert all(other[1] <= end for other in every if other[0] == start)
        end_before = end
    assert {key for _, _, key in every} <= keys
