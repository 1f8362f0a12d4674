import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import (
    line_start,
    line_starts,
    sentence_start,
    sentence_starts,
    snap,
    token_at,
    token_end_after,
    token_end_before,
    token_start_after,
    token_start_before,
    word_at,
)

texts = st.one_of(
    st.text(st.sampled_from("ab1_ \n.,'’-$❤👩🚀\u200d\ufe0f\u0301\U0001f3fd北\u00ad"), max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


def tokens(text: str) -> list[tuple[int, int]]:
    """All tokens, by walking from start to start."""
    found = []
    start = 0 if text and not text[0].isspace() else token_start_after(text, 0)
    while start is not None:
        token = token_at(text, start)
        assert token is not None
        found.append(token)
        start = token_start_after(text, start)
    return found


@given(texts)
def test_every_visible_character_lies_in_exactly_one_token(text: str) -> None:
    found = tokens(text)
    owners = [[token for token in found if token[0] <= i < token[1]] for i in range(len(text))]
    for i, character in enumerate(text):
        assert len(owners[i]) == (0 if character.isspace() else 1)
        if owners[i]:
            assert token_at(text, i) == owners[i][0]


@given(texts, st.integers(0, 20))
def test_steps_go_to_the_nearest_edge(text: str, position: int) -> None:
    position = min(position, len(text))
    found = tokens(text)
    starts, ends = [start for start, _ in found], [end for _, end in found]
    assert token_start_before(text, position) == max((at for at in starts if at < position), default=None)
    assert token_start_after(text, position) == min((at for at in starts if at > position), default=None)
    assert token_end_before(text, position) == max((at for at in ends if at < position), default=None)
    assert token_end_after(text, position) == min((at for at in ends if at > position), default=None)


@given(texts, st.integers(0, 20), st.integers(0, 20))
def test_snapping_grows_to_whole_tokens_and_is_stable(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    snapped = snap(text, start, end)
    if not text[start:end].strip():
        assert snapped is None
        return
    assert snapped is not None
    found = tokens(text)
    assert snapped[0] in {token[0] for token in found}
    assert snapped[1] in {token[1] for token in found}
    assert text[start:end].strip() in text[snapped[0] : snapped[1]]
    assert snap(text, *snapped) == snapped


@given(texts, st.integers(0, 20))
def test_a_word_holds_the_place_that_was_asked_for(text: str, position: int) -> None:
    position = min(position, len(text))
    found, token = word_at(text, position), token_at(text, position)
    assert (found is None) == (token is None)
    if found and token:
        assert 0 <= found[0] <= token[0] < found[1] <= len(text)
        assert found[0] <= position <= found[1]


@pytest.mark.parametrize(
    ("text", "tokens_in_it"),
    [
        ("F-150", ["F", "-", "150"]),
        ("don’t", ["don", "’", "t"]),
        ("e\u0301lan, q\u0323\u0307", ["e\u0301lan", ",", "q\u0323\u0307"]),
        ("北京大学。新闻", ["北京大学", "。", "新闻"]),
        ("ภาษาไทย", ["ภาษาไทย"]),
        ("हिन्दी शब्द", ["हिन्दी", "शब्द"]),
        ("soft\u00adhyphen", ["soft\u00adhyphen"]),
        ("ok❤️abc", ["ok", "❤️", "abc"]),
        ("(❤️)", ["(", "❤️", ")"]),
        ("a👩‍👩‍👧‍👦b", ["a", "👩‍👩‍👧‍👦", "b"]),
        ("👩🏽‍🚀👍🏽", ["👩🏽‍🚀", "👍🏽"]),
        ("می‌خواهم", ["می‌خواهم"]),
        ("\u0301a b", ["\u0301a", "b"]),
        ("nul\x00bell", ["nul", "\x00", "bell"]),
        ("a\u2028b\u00a0c", ["a", "b", "c"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_tokens(text: str, tokens_in_it: list[str]) -> None:
    assert [text[start:end] for start, end in tokens(text)] == tokens_in_it


@pytest.mark.parametrize(
    ("text", "asked", "word"),
    [
        ("a Ford F-150 truck", "150", "F-150"),
        ("a Ford F-150 truck", "F-", "F-150"),
        ("paid US$550 million", "550", "US$550"),
        ("paid US$550 million", "US", "US$550"),
        ("paid $550,000.50 to", "000", "550,000.50"),
        ("Trump's plan", "Trump", "Trump"),
        ("Trump’s plan", "Trump", "Trump"),
        ("Trump's plan", "s plan", "Trump's"),
        ("the workers' union", "workers", "workers"),
        ("O’Neill said", "Neill", "O’Neill"),
        ("McDonald's's menu", "McDonald", "McDonald's"),
        ("U.S. troops", "U", "U.S"),
        ("AT&T and", "AT", "AT&T"),
        ("to a@b.org now", "org", "a@b.org"),
        ("end. Next", "end", "end"),
        ("in 北京, today", "京", "北京"),
        ("👩‍🚀 flew", "🚀", "👩‍🚀"),
    ],
)
def test_a_double_click_means_the_whole_word(text: str, asked: str, word: str) -> None:
    found = word_at(text, text.index(asked))
    assert found is not None
    assert text[found[0] : found[1]] == word


def test_a_place_right_after_a_token_means_that_token() -> None:
    assert token_at("ab cd", 2) == (0, 2)
    assert token_at("ab", 2) == (0, 2)
    assert token_at("ab  cd", 3) is None
    assert token_at("", 0) is None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed.", ["He left. ", "She stayed."]),
        ("Dr. Smith met Mr. Jones. They spoke.", ["Dr. Smith met Mr. Jones. ", "They spoke."]),
        ("The U.S. Senate voted. Sen. Lee lost!", ["The U.S. Senate voted. ", "Sen. Lee lost!"]),
        ("On Jan. 6 it began. J. Doe came.", ["On Jan. 6 it began. ", "J. Doe came."]),
        ("“Stop!” he said. “Why?” “No.”", ["“Stop!” ", "he said. ", "“Why?” ", "“No.”"]),
        ("Wait... What?! Yes.", ["Wait... ", "What?! ", "Yes."]),
        ("北京很大。上海也是！对吗？是", ["北京很大。", "上海也是！", "对吗？", "是"]),
        ("It cost 3.5 million. At 5 p.m. He left", ["It cost 3.5 million. ", "At 5 p.m. He left"]),
        ("no end", ["no end"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    for before in ("", "Line above. \n"):
        page = before + text + "\nBelow."
        starts = list(sentence_starts(page, len(before), len(before) + len(text)))
        ends = [*starts[1:], len(before) + len(text)]
        assert [page[start:end] for start, end in zip(starts, ends, strict=True)] == sentences
        for start, end in zip(starts, ends, strict=True):
            assert sentence_start(page, start) == sentence_start(page, end - 1) == start


def test_an_empty_stretch_has_no_sentence() -> None:
    assert list(sentence_starts("abc", 2, 2)) == []


@given(texts, st.integers(0, 20))
def test_a_sentence_opens_in_its_line_at_or_before_the_place(text: str, position: int) -> None:
    position = min(position, len(text))
    found = sentence_start(text, position)
    assert line_start(text, position) <= found <= position
    assert "\n" not in text[found:position]


@pytest.mark.parametrize("run", [".", "!) ", "\u0301", "❤️", "👩\u200d", "北", "a-", "A. ", "’s"])
def test_a_long_line_of_one_thing_is_walked_in_one_go(run: str) -> None:
    text = run * (400_000 // len(run))
    starts = list(sentence_starts(text, 0, len(text)))
    assert starts[0] == 0
    found = token_at(text, len(text) // 2)
    assert found is None or found[0] <= len(text) // 2 <= found[1]


@given(texts)
def test_line_starts_are_the_first_visible_characters(text: str) -> None:
    found = line_starts(text)
    assert found == sorted(set(found))
    assert len(found) == sum(1 for line in text.split("\n") if line.strip())
    for start in found:
        assert not text[start].isspace()
        assert not text[line_start(text, start) : start].strip()
