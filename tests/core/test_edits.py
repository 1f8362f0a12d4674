import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Edit, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.edits import (
    accept,
    accept_rest,
    add_boundary,
    add_span,
    describe,
    join,
    move_boundary,
    reject,
    relabel,
    resize_span,
    set_document_label,
    set_state,
)
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, DocumentLabel, Rejection, Span
from tests.core.values import EVERYTHING, TEXT, blank_page, conflicting, edits, proposals, propose

JOE = Span(0, 9, "entities", "PERSON")
BIDEN = Span(4, 9, "entities", "PERSON")
CNN = Span(TEXT.index("CNN"), TEXT.index("CNN") + 3, "entities", "ORG")
LINE = Boundary(TEXT.index("\n") + 1, "articles", "article")
FIRST = Boundary(0, "articles", "article")


@settings(max_examples=200)
@given(st.data())
def test_whatever_a_person_does_can_be_taken_back(data: st.DataObject) -> None:
    page = blank_page(TEXT, data.draw(proposals(len(TEXT))))
    for _ in range(3):
        edit = data.draw(edits(page))
        if edit is not None:
            done = page.after(edit)
            assert done.after(edit.inverse()) == page
            assert edit.title
            assert not edit.changes_nothing or edit == Edit(edit.title)
            page = done


@settings(max_examples=200)
@given(st.data())
def test_accepting_the_rest_leaves_nothing_pending_and_nothing_that_clashes(data: st.DataObject) -> None:
    page = blank_page(TEXT, data.draw(proposals(len(TEXT), most=60)))
    for edit in data.draw(st.lists(edits(page), max_size=1)):
        page = page.after(edit) if edit else page
    done = page.after(accept_rest(page))
    assert done.pending == ()
    assert done.annotation.state.status is Status.DONE
    assert find_conflict(done.annotation.marks, EVERYTHING) is None
    assert set(done.decided) >= set(page.decided)
    answered = {mark for mark in page.pending if done.is_decided(mark) or done.is_rejected(mark)}
    assert answered == set(page.pending)
    left_out = [mark for mark in page.pending if done.is_rejected(mark)]
    assert all(done.conflicts(mark, done.decided) for mark in left_out)


@given(st.data())
def test_accepting_above_a_score_decides_nothing_below_it(data: st.DataObject) -> None:
    page = blank_page(TEXT, data.draw(proposals(len(TEXT), most=30)))
    edit = accept_rest(page, minimum=0.5)
    for mark in edit.added:
        inner = mark.mark if isinstance(mark, Rejection) else mark
        score = page.proposed[inner].score
        assert score is None or score >= 0.5
    assert conflicting(page.after(edit)) == []


def test_of_two_that_exclude_each_other_the_better_score_is_accepted() -> None:
    page = blank_page(TEXT, [propose(JOE, 0.4), propose(BIDEN, 0.9), propose(CNN, None)])
    edit = accept_rest(page)
    assert edit.added == {BIDEN, CNN, Rejection(JOE)}
    assert edit.state == (State(), State(Status.DONE))


def test_at_equal_scores_the_longer_span_is_accepted() -> None:
    page = blank_page(TEXT, [propose(BIDEN, 0.5), propose(JOE, 0.5)])
    assert accept_rest(page).added == {JOE, Rejection(BIDEN)}


def test_all_document_labels_are_accepted_even_in_a_layer_with_overlap() -> None:
    labels = [DocumentLabel("tone", "calm"), DocumentLabel("tone", "angry"), DocumentLabel("topic", "sport")]
    page = blank_page(TEXT, [propose(mark) for mark in labels])
    assert accept_rest(page).added == set(labels)


def test_finishing_a_finished_page_changes_nothing() -> None:
    page = blank_page()
    done = page.after(accept_rest(page))
    assert accept_rest(done).changes_nothing


def test_accepting_takes_the_mark_and_starts_the_page() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    edit = accept(page, JOE)
    assert edit == Edit("Accept PERSON “Joe Biden”", added=frozenset([JOE]), state=(State(), State(Status.IN_PROGRESS)))
    with pytest.raises(EditRefused, match="decided already"):
        accept(page.after(edit), JOE)


def test_accepting_rejects_the_pending_marks_it_excludes() -> None:
    page = blank_page(TEXT, [propose(JOE), propose(BIDEN)])
    assert accept(page, JOE).added == {JOE, Rejection(BIDEN)}


def test_rejecting_a_proposal_keeps_the_word_that_it_is_wrong() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    edit = reject(page, JOE)
    assert (edit.removed, edit.added) == (frozenset(), {Rejection(JOE)})
    assert edit.title == "Reject PERSON “Joe Biden”"


def test_removing_ones_own_mark_leaves_no_rejection() -> None:
    page = blank_page()
    page = page.after(add_span(page, 0, 9, "entities", "PERSON"))
    edit = reject(page, JOE)
    assert (edit.removed, edit.added) == ({JOE}, frozenset())
    assert edit.title == "Remove PERSON “Joe Biden”"


def test_removing_an_accepted_mark_rejects_it_and_does_not_bring_it_back_as_pending() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    page = page.after(accept(page, JOE))
    page = page.after(reject(page, JOE))
    assert page.pending == page.decided == ()
    assert page.is_rejected(JOE)


def test_a_rejected_mark_can_be_added_by_hand() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    page = page.after(reject(page, JOE))
    edit = add_span(page, 0, 9, "entities", "PERSON")
    assert (edit.removed, edit.added) == ({Rejection(JOE)}, {JOE})


def test_another_label_keeps_the_word_on_the_first() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    org = Span(0, 9, "entities", "ORG")
    edit = relabel(page, JOE, "ORG")
    assert edit.added == {org, Rejection(JOE)}
    back = relabel(page.after(edit), org, "PERSON")
    assert (back.removed, back.added) == ({org, Rejection(JOE)}, {JOE})


def test_giving_a_proposal_its_own_label_accepts_it() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    assert relabel(page, JOE, "PERSON") == accept(page, JOE)
    with pytest.raises(EditRefused, match="has this label already"):
        relabel(page.after(accept(page, JOE)), JOE, "PERSON")


def test_a_span_makes_way_for_the_one_put_over_it() -> None:
    page = blank_page()
    page = page.after(add_span(page, 4, 9, "entities", "PERSON"))
    edit = add_span(page, 0, 9, "entities", "PERSON")
    assert (edit.removed, edit.added) == ({BIDEN}, {JOE})


def test_spans_of_a_layer_with_overlap_stay_beside_each_other() -> None:
    page = blank_page()
    page = page.after(add_span(page, 0, 9, "quotes", "quote"))
    page = page.after(add_span(page, 4, 12, "quotes", "quote"))
    assert len(page.decided) == 2
    edit = add_span(page, 0, 9, "quotes", "source")
    assert edit.removed == {Span(0, 9, "quotes", "quote")}


def test_an_edge_moves_and_the_old_span_is_rejected_if_it_was_proposed() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    edit = resize_span(page, JOE, 4, 9)
    assert edit.added == {BIDEN, Rejection(JOE)}
    assert edit.title == "Move edge of PERSON “Joe Biden” to “Biden”"


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 3), (0, len(TEXT) + 1)])
def test_an_edge_cannot_leave_the_text_or_cross_the_other(start: int, end: int) -> None:
    page = blank_page(TEXT, [propose(JOE)])
    with pytest.raises(EditRefused, match="does not lie in the text"):
        resize_span(page, JOE, start, end)


def test_a_boundary_moves_and_joins() -> None:
    page = blank_page(TEXT, [propose(LINE)])
    page = page.after(move_boundary(page, LINE, 4))
    assert page.decided == (Boundary(4, "articles", "article"),)
    assert page.is_rejected(LINE)
    page = page.after(join(page, page.decided[0]))  # type: ignore[arg-type]
    assert page.decided == ()


def test_the_opening_of_the_page_stays_where_it_is() -> None:
    page = blank_page(TEXT, [propose(FIRST), propose(LINE)])
    page = page.after(accept(page, FIRST))
    for position in (0, -1, 5):
        with pytest.raises(EditRefused, match="stays where it is"):
            move_boundary(page, FIRST, position)
    with pytest.raises(EditRefused, match="stays where it is"):
        move_boundary(page, LINE, 0)
    with pytest.raises(EditRefused, match="none before it"):
        join(page, FIRST)


def test_a_boundary_cannot_move_onto_another_or_past_the_end() -> None:
    page = blank_page()
    page = page.after(add_boundary(page, 4, "articles", "teaser"))
    page = page.after(add_boundary(page, 9, "articles", "article"))
    nine = Boundary(9, "articles", "article")
    with pytest.raises(EditRefused, match="stands there already"):
        move_boundary(page, nine, 4)
    with pytest.raises(EditRefused, match="outside the text"):
        move_boundary(page, nine, len(TEXT))
    with pytest.raises(EditRefused, match="nowhere further"):
        move_boundary(page, nine, 9)


def test_a_boundary_may_stand_where_one_of_another_layer_stands() -> None:
    page = blank_page()
    page = page.after(add_boundary(page, 4, "articles", "article"))
    page = page.after(add_boundary(page, 4, "blocks", "headline"))
    assert len(page.decided) == 2
    page = page.after(add_boundary(page, 4, "articles", "teaser"))
    assert Boundary(4, "articles", "article") not in page.decided


def test_a_document_label_is_set_and_taken_away_once() -> None:
    page = blank_page()
    page = page.after(set_document_label(page, "topic", "sport", on=True))
    assert page.decided == (DocumentLabel("topic", "sport"),)
    with pytest.raises(EditRefused, match="there already"):
        set_document_label(page, "topic", "sport", on=True)
    page = page.after(set_document_label(page, "topic", "sport", on=False))
    with pytest.raises(EditRefused, match="not on the page any more"):
        set_document_label(page, "topic", "sport", on=False)


def test_unknown_labels_are_refused() -> None:
    page = blank_page(TEXT, [propose(JOE)])
    with pytest.raises(EditRefused, match="has no label “body”"):
        relabel(page, JOE, "body")
    with pytest.raises(EditRefused, match="has no layer “nowhere”"):
        add_span(page, 0, 3, "nowhere", "X")


def test_a_state_is_set_once_and_keeps_its_note() -> None:
    page = blank_page()
    page = page.after(set_state(page, Status.UNSURE, "two headlines?"))
    page = page.after(set_state(page, Status.DONE))
    assert page.annotation.state == State(Status.DONE, "two headlines?")
    with pytest.raises(EditRefused, match="marked so already"):
        set_state(page, Status.DONE)


def test_a_mark_is_described_on_one_line_and_short() -> None:
    page = blank_page("a\n" * 200 + "{braces}")
    words = describe(page, Span(0, 400, "entities", "ORG"))
    assert "\n" not in words
    assert len(words) < 60
    braces = Span(400, 408, "entities", "ORG")
    page = page.after(add_span(page, 400, 408, "entities", "ORG"))
    assert reject(page, braces).title == "Remove ORG “{braces}”"
