"""The manner of a paragraph as numbers."""

from __future__ import annotations

import pytest

from annotator.propose.lead_traits import LIMIT, TRAITS, lead_traits, tokens_of


def traits(text: str) -> dict[str, float]:
    return dict(zip(TRAITS, lead_traits(text, tokens_of(text), 0, 0), strict=True))


def test_a_paragraph_without_words_has_every_trait_at_zero() -> None:
    assert lead_traits("…", tokens_of("…"), 0, 0) == [0.0] * len(TRAITS)


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("We will build it, Helen Marsh said on Monday.", "full_said"),
        ("We will build it, Marsh said on Monday.", "single_said"),
        ("We will build it, Mr Marsh said on Monday.", "single_said"),
        ("We will build it, he said on Monday.", "pronoun_said"),
    ],
)
def test_who_speaks_is_named_in_full_by_surname_or_by_pronoun(text: str, trait: str) -> None:
    found = traits(text)
    speakers = {name: found[name] for name in ("full_said", "single_said", "pronoun_said")}
    assert speakers == {"full_said": 0.0, "single_said": 0.0, "pronoun_said": 0.0, trait: 1.0}


def test_a_pronoun_before_any_name_refers_back() -> None:
    assert traits("After the vote she thanked Helen Marsh.")["pronoun_leads"] == 1.0
    assert traits("Mayor Helen Marsh said she had won.")["pronoun_leads"] == 0.0


def test_only_the_first_sentence_counts_as_first() -> None:
    found = traits("A man was arrested on Tuesday. A woman was killed on Friday.")
    assert (found["day_first"], found["event_first"]) == (1.0, 1.0)
    assert found["first_words"] == 6.0
    assert found["sentences"] == 3.0


def test_an_initial_ends_no_sentence() -> None:
    assert traits("George W. Bush of the U.S. spoke in Texas on Monday")["sentences"] == 1.0


def test_only_the_start_of_a_long_paragraph_is_looked_at() -> None:
    text = "The court sat. " * 200
    assert traits(text) == traits(text[:LIMIT]) | {"chars": float(LIMIT)}
