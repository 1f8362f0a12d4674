"""Logical paragraphs."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.propose.lines import paragraphs, wrap_width

LONG = (
    "The harbour master said on Monday that the new breakwater would be finished before the winter storms arrive, two "
    "years later than planned and at nearly twice the price that the council had agreed to when work began."
)
OTHER = (
    "Fishermen in the town have waited for it since a gale in 2009 sank eleven boats at their moorings, some of them "
    "have moved to the next harbour along the coast."
)


@given(st.text(alphabet="ab AB.\n\t \x00“”é漢ع", max_size=300))
def test_a_paragraph_is_the_page_code_point_for_code_point(text: str) -> None:
    end = 0
    for paragraph in paragraphs(text):
        assert end <= paragraph.start < paragraph.end <= len(text)
        assert paragraph.text == text[paragraph.start : paragraph.end].replace("\n", " ").replace("\t", " ")
        end = paragraph.end


@given(st.text(max_size=400))
def test_nothing_but_white_space_and_nul_is_left_between_paragraphs(text: str) -> None:
    found = paragraphs(text)
    edges = [0, *(edge for p in found for edge in (p.start, p.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        assert text[start:end].strip(" \t\r\n\f\v\u00a0\u200b\x00") == ""


@pytest.mark.parametrize("width", [60, 66, 72, 80])
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_hard_wrapped_lines_are_joined_to_the_paragraphs_they_were(width: int, between: str) -> None:
    texts = [LONG, OTHER] * 4
    page = between.join("\n".join(textwrap.wrap(text, width)) for text in texts)
    found = paragraphs(page)
    assert next(p.text for p in found if not p.soft).startswith("The harbour")
    starts = {page.index(textwrap.wrap(text, width)[0]) for text in texts}
    assert starts <= {p.start for p in found}
    assert len(found) <= len(texts) + 2


def test_first_lines_set_in_open_paragraphs() -> None:
    texts = [LONG, OTHER, LONG, OTHER]
    page = "\n".join("\n".join(textwrap.wrap(text, 70, initial_indent="    ")) for text in texts)
    assert [p.text.split()[0] for p in paragraphs(page)] == ["The", "Fishermen", "The", "Fishermen"]


def test_a_wrapped_page_of_many_short_lines_is_still_joined() -> None:
    text = (
        "The council voted on Monday to keep the old library open for another year, and the mayor thanked all of them."
    )
    wrapped = "\n".join(textwrap.fill(text, 60) for _ in range(6))
    titles = "\n".join(f"Town hall news number {n}" for n in range(1, 25))
    assert [p.text for p in paragraphs(f"{titles}\n{wrapped}")][24:] == [text] * 6


def test_an_address_longer_than_the_lines_does_not_hide_that_they_are_wrapped() -> None:
    texts = [LONG, OTHER] * 4
    address = "https://harbour.example/news/2019/11/the-new-breakwater-will-be-finished-before-the-winter-storms-arrive"
    page = "\n".join([address, *("\n".join(textwrap.wrap(text, 66)) for text in texts)])
    assert [p.text for p in paragraphs(page)] == [address, *texts]


def test_long_lines_are_not_taken_for_wrapped_ones() -> None:
    page = "\n".join([LONG, OTHER, "Short line", LONG])
    assert [p.text for p in paragraphs(page)] == [LONG, OTHER, "Short line", LONG]


def test_headlines_of_like_length_stay_lines_of_their_own() -> None:
    titles = [f"Council votes to move the old market number {n} out of town at last" for n in range(12)]
    assert [p.text for p in paragraphs("\n".join(titles))] == titles


def test_a_page_on_one_line_is_taken_apart_at_sentences() -> None:
    page = " ".join([LONG, OTHER] * 10)
    found = paragraphs(page)
    assert len(found) == 20
    assert {p.text for p in found} == {LONG, OTHER}
    assert all(p.soft for p in found[1:])


def test_too_few_lines_tell_no_wrap_width() -> None:
    assert wrap_width([70, 71], [(70, 6, True)]) is None


def test_an_empty_page_has_no_paragraphs() -> None:
    assert paragraphs("") == paragraphs(" \n\t\n ") == []
