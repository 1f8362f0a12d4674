"""Lines that the pages of one source repeat."""

from __future__ import annotations

from annotator.core.document import Document, make_document
from annotator.propose.source_furniture import AHEAD, with_repeated_lines


def page(number: int, source: str = "site") -> Document:
    return make_document(f"Story {number}\nSome text of page {number}.\nFollow the Herald", source=source)


def test_a_line_on_three_pages_of_a_source_is_repeated_from_the_first_page_on() -> None:
    found = list(with_repeated_lines([page(1), page(2), page(3)]))
    assert [repeated for _, repeated in found] == [frozenset({"Follow the Herald"})] * 3


def test_pages_come_out_in_their_order_however_many() -> None:
    pages = [page(n) for n in range(AHEAD * 2 + 3)]
    assert [document for document, _ in with_repeated_lines(pages)] == pages


def test_two_pages_are_not_enough() -> None:
    assert all(not repeated for _, repeated in with_repeated_lines([page(1), page(2)]))


def test_sources_are_counted_apart_and_pages_without_one_not_at_all() -> None:
    pages = [page(n, source) for n, source in enumerate(["a", "b", "a", "b", "", "", ""])]
    assert all(not repeated for _, repeated in with_repeated_lines(pages))


def test_a_line_counts_once_a_page() -> None:
    pages = [make_document(f"{n}\nReply\nReply\nReply", source="s") for n in range(2)]
    assert all(not repeated for _, repeated in with_repeated_lines(pages))
