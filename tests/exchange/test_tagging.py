from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.exchange.tagging import decode_tags, encode_tags
from annotator.exchange.tokenizing import covering_tokens, sentence_spans, token_spans
from tests.exchange.strategies import texts


@st.composite
def tagged(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, str]]]:
    spans, at = [], 0
    for gap, length, label in draw(
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from(["PER", "ORG", "a-b"])), max_size=5)
    ):
        spans.append((at + gap, at + gap + length - 1, label))
        at += gap + length
    return at + draw(st.integers(0, 2)), spans


@pytest.mark.parametrize("scheme", ["iob2", "bilou"])
@given(tagged())
def test_tags_bring_back_the_spans(scheme: str, case: tuple[int, list[tuple[int, int, str]]]) -> None:
    count, spans = case
    tags = encode_tags(count, spans, scheme)
    assert len(tags) == count
    assert list(decode_tags(tags)) == spans


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("I-PER I-PER O I-LOC", [(0, 1, "PER"), (3, 3, "LOC")]),
        ("I-PER B-PER I-PER", [(0, 0, "PER"), (1, 2, "PER")]),
        ("I-PER I-ORG", [(0, 0, "PER"), (1, 1, "ORG")]),
        ("B-PER B-PER", [(0, 0, "PER"), (1, 1, "PER")]),
        ("S-PER B-ORG I-ORG E-ORG", [(0, 0, "PER"), (1, 3, "ORG")]),
        ("U-PER B-ORG L-ORG U-ORG", [(0, 0, "PER"), (1, 2, "ORG"), (3, 3, "ORG")]),
        ("L-PER L-PER", [(0, 0, "PER"), (1, 1, "PER")]),
        ("O O", []),
    ],
)
def test_other_schemes_are_read(tags: str, spans: list[tuple[int, int, str]]) -> None:
    assert list(decode_tags(tags.split())) == spans


@given(texts, st.lists(st.integers(0, 60)))
def test_tokens_hold_every_visible_character_once_and_end_at_every_cut(text: str, cuts: list[int]) -> None:
    tokens = token_spans(text, cuts)
    assert "".join(text[a:b] for a, b in tokens) == "".join(c for c in text if not c.isspace())
    assert all(a < b for a, b in tokens)
    assert not any(a < cut < b for a, b in tokens for cut in cuts)


@given(texts, st.lists(st.integers(0, 60)))
def test_covering_tokens_make_the_text_again(text: str, cuts: list[int]) -> None:
    tokens = covering_tokens(text, cuts)
    assert "".join(text[a:b] + " " * space for a, b, space in tokens) == text
    assert not any(a < cut < b for a, b, _ in tokens for cut in cuts)


@given(texts, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=4))
def test_no_sentence_ends_inside_a_stretch_that_stays_whole(text: str, whole: list[tuple[int, int]]) -> None:
    sentences = sentence_spans(text, whole)
    assert sentences == sorted(sentences)
    for (_, end), (start, _) in pairwise(sentences):
        assert end <= start
        assert not any(a < end and b > start for a, b in whole)
    held = {at for a, b in sentences for at in range(a, b)}
    assert all(character.isspace() or at in held for at, character in enumerate(text))
