from hypothesis import example, given
from hypothesis import strategies as st

from annotator.core.document import normalize_text
from annotator.ui.offsets import LONGEST_BLOCK, Offsets, shown_text
from tests.core.values import HOSTILE

any_text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text(st.sampled_from("a \n😀𐍈e\u0301\u200d\u05d0\u0000\u2028\u2029\u00a0\ufeff\ufdd0\ufffc"), max_size=60),
    st.sampled_from([normalize_text(text) for text in HOSTILE.values() if len(text) < 100]),
)
long_lines = st.builds(
    lambda words, blank, count: blank.join(words * count)[: 4 * LONGEST_BLOCK],
    st.lists(
        st.sampled_from(["a", "word", "😀", "x" * 700, "y" * (LONGEST_BLOCK + 10), "a\nb"]), min_size=1, max_size=8
    ),
    st.sampled_from([" ", "  ", "\u00a0", "\n"]),
    st.integers(1, 60),
)


def length_qt(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(any_text)
def test_a_position_is_as_many_units_as_the_text_before_it_has(text: str) -> None:
    offsets = Offsets(text)
    assert offsets.length_qt == length_qt(text)
    for position in range(len(text) + 1):
        assert offsets.to_qt(position) == length_qt(text[:position])


@given(any_text)
def test_units_lead_back_to_the_position_they_came_from(text: str) -> None:
    offsets = Offsets(text)
    for position in range(len(text) + 1):
        assert offsets.from_qt(offsets.to_qt(position)) == position


@given(any_text)
@example("😀")
@example("a😀😀b")
def test_a_unit_inside_a_surrogate_pair_belongs_to_the_character_before_it(text: str) -> None:
    offsets = Offsets(text)
    for position, character in enumerate(text):
        if character > "\uffff":
            assert offsets.from_qt(offsets.to_qt(position) + 1) == position


@given(st.one_of(any_text, long_lines))
def test_what_is_shown_has_as_many_characters_and_units_at_every_place(text: str) -> None:
    shown, _ = shown_text(text)
    assert len(shown) == len(text)
    assert [len(one.encode("utf-16-le")) for one in shown] == [len(one.encode("utf-16-le")) for one in text]


@given(st.one_of(any_text, long_lines))
def test_only_what_qt_takes_as_its_own_is_shown_as_something_else(text: str) -> None:
    shown, breaks = shown_text(text)
    for position, (one, other) in enumerate(zip(text, shown, strict=True)):
        if one != other:
            assert position in breaks or one in "\x00\u2029\ufffc" or "\ufdd0" <= one <= "\ufdef"
    assert not set(shown) & set("\x00\u2029\ufffc\ufdd0\ufdef")


@given(long_lines)
@example("word " * 5_000)
@example("x" * 20_000)
@example("x" * (LONGEST_BLOCK + 1) + " y")
def test_long_lines_are_broken_at_blanks_only(text: str) -> None:
    shown, breaks = shown_text(text)
    assert all(text[position] == " " and shown[position] == "\n" for position in breaks)
    assert {at for at, (one, other) in enumerate(zip(text, shown, strict=True)) if one != other} == breaks


@given(st.lists(st.integers(1, 300), min_size=20, max_size=200))
def test_a_line_with_blanks_in_it_is_shown_in_short_pieces(lengths: list[int]) -> None:
    text = " ".join("w" * length for length in lengths)
    text = " ".join([text] * (2 * LONGEST_BLOCK // len(text) + 1))
    shown, breaks = shown_text(text)
    assert max(len(piece) for piece in shown.split("\n")) <= LONGEST_BLOCK
    assert len(breaks) == shown.count("\n")


def test_a_line_of_a_megabyte_is_shown_in_pieces_of_the_same_length_in_all() -> None:
    text = HOSTILE["one long line"]
    shown, breaks = shown_text(text)
    assert len(shown) == len(text)
    assert len(breaks) >= len(text) // LONGEST_BLOCK
    assert max(len(piece) for piece in shown.split("\n")) <= LONGEST_BLOCK
