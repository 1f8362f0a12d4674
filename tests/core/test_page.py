from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core import page as page_module
from annotator.core.annotation import Annotation, Edit
from annotator.core.conflicts import find_conflict
from annotator.core.edits import accept_rest
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Rejection, Span, text_order
from annotator.core.page import Page, make_page
from annotator.core.proposal import Proposal
from tests.core.values import (
    EVERYTHING,
    TEXT,
    blank_page,
    conflicting,
    edits,
    is_sorted,
    many_proposals,
    marks,
    proposals,
    propose,
    short_texts,
)


def anew(page: Page, found: Sequence[Proposal]) -> Page:
    return make_page(page.document, page.schema, page.annotation, found)


@settings(max_examples=200)
@given(short_texts, st.data())
def test_a_page_after_edits_equals_one_made_from_scratch(text: str, data: st.DataObject) -> None:
    page = blank_page(text)
    for _ in range(data.draw(st.integers(0, 2))):
        early = data.draw(edits(page))
        page = page.after(early) if early else page
    found = data.draw(proposals(len(page.text)))
    page = anew(page, found)
    start = page
    done: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 8))):
        edit = data.draw(edits(page))
        if edit is None:
            continue
        before, page = page, page.after(edit)
        done.append(edit)
        assert page == anew(page, found)
        assert page.after(edit.inverse()) == before
        assert conflicting(page) == []
        assert find_conflict(page.annotation.marks, EVERYTHING) is None
        assert is_sorted(page.decided)
        assert is_sorted(page.pending)
        assert all(EVERYTHING.problem(mark, page.text) is None for mark in page.annotation.marks)
    for edit in reversed(done):
        page = page.after(edit.inverse())
    assert page == start


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_an_edit_of_many_marks_is_worked_in_as_well_as_one_of_few(seed: int) -> None:
    found = many_proposals(seed, 150)
    page = blank_page(TEXT, found)
    edit = accept_rest(page)
    assert len(edit.added) > 40
    done = page.after(edit)
    assert done == anew(done, found)
    assert done.after(edit.inverse()) == page
    assert conflicting(done) == []


@settings(max_examples=40)
@given(st.data())
def test_both_ways_of_working_an_edit_in_agree(data: st.DataObject) -> None:
    found = many_proposals(data.draw(st.integers(0, 10**6)), 50)
    page = blank_page(TEXT, found)
    edit = data.draw(edits(page).filter(lambda edit: edit is not None))
    assert edit is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_module, "_FEW", -1)
        many = page.after(edit)
        patch.setattr(page_module, "_FEW", 10**6)
        few = page.after(edit)
    assert many == few


@settings(max_examples=150)
@given(st.data())
def test_what_is_pending_is_neither_decided_nor_rejected_nor_excluded(data: st.DataObject) -> None:
    length = len(TEXT)
    found = data.draw(proposals(length, most=30))
    decided = data.draw(st.lists(marks(length), max_size=8))
    own: list[Span | Boundary] = []
    page = blank_page(TEXT)
    for mark in decided:
        if isinstance(mark, Span | Boundary) and not page.conflicts(mark, own):
            own.append(mark)
    rejected = data.draw(st.lists(st.sampled_from([item.mark for item in found]), max_size=4)) if found else []
    annotation = Annotation(
        page.document.id, "ann", frozenset([*own, *(Rejection(mark) for mark in rejected if mark not in own)])
    )
    page = make_page(page.document, EVERYTHING, annotation, found)
    assert set(page.decided) == set(own)
    expected = {
        item.mark
        for item in found
        if item.mark not in own and item.mark not in rejected and not page.conflicts(item.mark, own)
    }
    assert set(page.pending) == expected
    for mark in page.proposed:
        assert page.is_pending(mark) is (mark in expected)
        assert page.is_decided(mark) is (mark in own)


def test_the_best_score_speaks_for_a_mark_put_forward_twice() -> None:
    mark = Span(0, 3, "entities", "PERSON")
    scores = {"a 1": 0.2, "b 1": 0.9, "c 1": None, "d 1": 0.9}
    found = [propose(mark, score, proposer) for proposer, score in scores.items()]
    assert blank_page(TEXT, found).proposed == {mark: found[1]}


def test_a_decided_mark_hides_the_proposals_it_excludes_until_it_goes() -> None:
    joe, biden = Span(0, 9, "entities", "PERSON"), Span(4, 9, "entities", "PERSON")
    line, teaser = Boundary(4, "articles", "article"), Boundary(4, "articles", "teaser")
    page = blank_page(TEXT, [propose(biden), propose(teaser)])
    edit = Edit("by hand", added=frozenset([joe, line]))
    hidden = page.after(edit)
    assert hidden.pending == ()
    assert hidden.after(Edit("gone", removed=frozenset([joe, line]))).pending == (teaser, biden)


def test_an_edit_from_another_page_is_refused() -> None:
    page = blank_page()
    with pytest.raises(EditRefused):
        page.after(Edit("x", removed=frozenset([Span(0, 3, "entities", "PERSON")])))


@given(st.data())
def test_segments_lie_end_to_end_over_the_text(data: st.DataObject) -> None:
    found = data.draw(proposals(len(TEXT)))
    page = blank_page(TEXT, found)
    for edit in data.draw(st.lists(edits(page), max_size=1)):
        page = page.after(edit) if edit else page
    for layer in ("articles", "blocks"):
        for with_pending in (False, True):
            segments = page.segments(layer, with_pending=with_pending)
            assert "".join(page.text[item.start : item.end] for item in segments) == page.text
            shown = {item.boundary for item in segments if item.boundary}
            wanted = [*page.decided, *(page.pending if with_pending else ())]
            places = {mark.position for mark in wanted if isinstance(mark, Boundary) and mark.layer == layer}
            assert {item.position for item in shown} == places
            assert all(item.start == item.boundary.position for item in segments if item.boundary)
            assert all(item.boundary or item.start == 0 for item in segments)


def test_an_empty_page_has_no_segments() -> None:
    assert blank_page("").segments("articles") == []


def test_a_page_nobody_has_marked_is_one_segment_without_a_label() -> None:
    (only,) = blank_page().segments("articles")
    assert (only.start, only.end, only.label) == (0, len(TEXT), "")


@given(st.lists(marks(30), max_size=30), marks(30))
def test_conflicts_are_mutual(others: list[Span | Boundary], mark: Span | Boundary) -> None:
    page = blank_page(TEXT)
    for other in page.conflicts(mark, others):
        assert mark in page.conflicts(other, [mark])
        assert text_order(other) != text_order(mark)
