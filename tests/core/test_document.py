import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import document
from annotator.core.document import first_line, make_document, normalize_text, text_id
from annotator.core.errors import InputError
from tests.core.values import HOSTILE


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo\r\rthree\r", "one\ntwo\n\nthree\n"),
        ("\r\r\n\n", "\n\n\n"),
        ("\ufeffHeadline", "Headline"),
        ("\ufeff\ufeff", ""),
        ("inside\ufeff stays", "inside\ufeff stays"),
        ("\n\ufeffsecond line", "\n\ufeffsecond line"),
        ("", ""),
    ],
)
def test_line_ends_become_lf_and_leading_byte_order_marks_go(raw: str, stored: str) -> None:
    assert normalize_text(raw) == stored


@pytest.mark.parametrize(
    "name", ["astral", "zwj emoji", "combining", "right to left", "nbsp", "line separators", "nul"]
)
def test_every_other_character_is_kept(name: str) -> None:
    assert normalize_text(HOSTILE[name]) == HOSTILE[name]


@given(st.text())
def test_normalising_twice_changes_nothing(raw: str) -> None:
    try:
        once = normalize_text(raw)
    except InputError:
        return
    assert normalize_text(once) == once
    assert "\r" not in once
    assert not once.startswith("\ufeff")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff")))
def test_text_without_carriage_returns_and_byte_order_marks_is_stored_as_it_is(raw: str) -> None:
    assert normalize_text(raw) == raw


@pytest.mark.parametrize("code", [0xD83D, 0xDE00, 0xDCE9])
def test_half_a_surrogate_pair_is_refused_with_its_place_in_the_source(code: int) -> None:
    with pytest.raises(InputError, match=rf"U\+{code:04X}\) at character 6"):
        normalize_text(f"one\r\n\r{chr(code)}")


def test_a_text_that_is_too_long_is_refused_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_TEXT", 10)
    assert normalize_text("😀" * 10) == "😀" * 10
    with pytest.raises(InputError, match=r"11 characters; at most 10"):
        normalize_text("😀" * 11)


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_offset_is_a_code_point_of_the_stored_text(raw: str) -> None:
    made = make_document(raw)
    assert made.text == normalize_text(raw)
    assert made.id == hashlib.sha256(made.text.encode("utf-8")).hexdigest() == text_id(made.text)
    assert len(made.text.encode("utf-32-le")) == 4 * len(made.text)


def test_the_same_text_has_the_same_id_whatever_its_line_ends() -> None:
    assert make_document("\ufeffa\r\nb").id == make_document("a\nb").id


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("\n\n  A   headline \nMore", "A headline"),
        ("x" * 100, "x" * 80 + "…"),
        ("word " * 40, ("word " * 16).strip() + "…"),
    ],
)
def test_a_page_without_a_title_is_called_by_its_first_line(text: str, title: str) -> None:
    assert first_line(text) == title
    assert make_document(text).title == title


def test_metadata_that_no_file_can_hold_is_written_out_instead_of_refused() -> None:
    made = make_document("Text.", title="caf\udce9", source="/pages/caf\udce9.txt", meta={"k\ud800": "v\udfff"})
    assert made.title == "caf\\udce9"
    assert made.source == "/pages/caf\\udce9.txt"
    assert dict(made.meta) == {"k\\ud800": "v\\udfff"}


def test_metadata_cannot_be_changed_from_outside() -> None:
    meta = {"a": "1"}
    made = make_document("Text.", meta=meta)
    meta["a"] = "2"
    assert made.meta["a"] == "1"
    with pytest.raises(TypeError):
        made.meta["a"] = "3"  # type: ignore[index]
