import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.core.annotation import Status
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Span
from tests.app.conftest import FIRST, PROPOSED, at, boundary, span
from tests.app.desks import decided, in_one_edit, refused, rejected, set_selection

BIDEN = span("Joe Biden", "PERSON")
OVERLAP = span("Biden met", "ORG")
PARIS = span("Paris", "ORG")


def test_a_page_opens_with_the_first_unresolved_item_in_focus(desk: Desk) -> None:
    assert desk.focus == PROPOSED[0][0]
    assert desk.unresolved() == [mark for mark, _ in PROPOSED]
    assert desk.page.annotation.state.status is Status.TODO


def test_accept_takes_the_proposal_and_goes_to_the_next(desk: Desk) -> None:
    in_one_edit(desk, lambda: deeds.accept(desk))
    assert decided(desk) == {PROPOSED[0][0]}
    assert desk.page.annotation.state.status is Status.IN_PROGRESS
    desk.focus_on(BIDEN)
    deeds.accept(desk)
    assert BIDEN in decided(desk)
    assert rejected(desk) == {OVERLAP}, "what cannot stand beside it is answered by the same key"
    assert desk.focus == PARIS


def test_accept_on_a_decided_mark_goes_on_without_an_edit(desk: Desk) -> None:
    deeds.accept(desk)
    desk.focus_on(PROPOSED[0][0])
    n = len(desk.session.log())
    deeds.accept(desk)
    assert desk.focus == BIDEN
    assert len(desk.session.log()) == n


def test_accepting_one_after_the_other_resolves_the_page_and_then_says_so(desk: Desk) -> None:
    for _ in range(6):
        deeds.accept(desk)
    assert desk.unresolved() == []
    assert len(decided(desk)) == 6
    refused(desk, lambda: deeds.accept(desk), "Nothing is unresolved on this page")


def test_accept_round_the_end_goes_to_the_first_that_is_left(desk: Desk) -> None:
    desk.focus_on(span("Ann Lee", "PERSON"))
    deeds.accept(desk)
    assert desk.focus == PROPOSED[0][0]


def test_reject_answers_a_proposal_and_goes_to_the_next(desk: Desk) -> None:
    desk.focus_on(BIDEN)
    in_one_edit(desk, lambda: deeds.reject(desk))
    assert decided(desk) == set()
    assert rejected(desk) == {BIDEN}
    assert not desk.page.is_pending(BIDEN)
    desk.focus_on(OVERLAP)
    deeds.reject(desk)
    assert desk.focus == PARIS


def test_reject_takes_a_decided_mark_away_and_keeps_that_it_was_proposed(desk: Desk) -> None:
    desk.focus_on(BIDEN)
    deeds.accept(desk)
    desk.focus_on(BIDEN)
    in_one_edit(desk, lambda: deeds.reject(desk))
    assert decided(desk) == set()
    assert rejected(desk) == {BIDEN, OVERLAP}


def test_reject_of_a_mark_made_by_hand_leaves_no_rejection(desk: Desk) -> None:
    desk.set_caret(at(FIRST, "She"))
    deeds.press_label_key(desk, "1")
    deeds.reject(desk)
    assert decided(desk) == rejected(desk) == set()


def test_remove_leaves_the_focus_where_it_is(desk: Desk) -> None:
    in_one_edit(desk, lambda: deeds.remove(desk, PARIS))
    assert rejected(desk) == {PARIS}
    assert desk.focus == PROPOSED[0][0]


def test_reject_without_a_focus_is_refused(desk: Desk) -> None:
    desk.focus_on(None)
    refused(desk, lambda: deeds.reject(desk), "Nothing is in focus")


def test_a_label_key_relabels_a_proposal_and_keeps_what_was_proposed(desk: Desk) -> None:
    desk.focus_on(PARIS)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "3"))
    gpe = span("Paris", "GPE")
    assert decided(desk) == {gpe}
    assert rejected(desk) == {PARIS}
    desk.focus_on(gpe)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "4"))
    assert decided(desk) == {span("Paris", "LOC")}
    assert rejected(desk) == {PARIS}
    assert desk.focus == span("Paris", "LOC")


def test_relabelling_an_accepted_mark_keeps_the_proposal_as_rejected(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.accept(desk)
    desk.focus_on(PARIS)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "3"))
    assert decided(desk) == {span("Paris", "GPE")}
    assert rejected(desk) == {PARIS}


def test_relabelling_back_to_what_was_proposed_takes_the_rejection_back(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.press_label_key(desk, "3")
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "2"))
    assert decided(desk) == {PARIS}
    assert rejected(desk) == set()


def test_the_key_of_its_own_label_accepts_a_proposal(desk: Desk) -> None:
    desk.focus_on(PARIS)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "2"))
    assert decided(desk) == {PARIS}
    refused(desk, lambda: deeds.press_label_key(desk, "2"), "It has this label already.")


def test_a_label_key_works_in_capitals_too(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.press_label_key(desk, "P")
    assert decided(desk) == {span("Paris", "PRODUCT")}


@pytest.mark.parametrize("key", ["z", "", "ß"])
def test_a_key_without_a_label_is_refused(desk: Desk, key: str) -> None:
    desk.focus_on(PARIS)
    refused(desk, lambda: deeds.press_label_key(desk, key), "No label of “Entities” has the key")


def test_label_keys_on_a_boundary_give_the_labels_of_its_layer(desk: Desk) -> None:
    second = boundary("Second", "teaser")
    desk.focus_on(second)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "1"))
    assert decided(desk) == {boundary("Second", "article")}
    assert rejected(desk) == {second}
    refused(desk, lambda: deeds.press_label_key(desk, "9"), "No label of “Articles” has the key 9.")


def test_a_label_key_labels_the_word_under_the_caret(desk: Desk) -> None:
    desk.set_caret(at(FIRST, "said") + 2)
    assert desk.focus is None
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "1"))
    assert decided(desk) == {span("said", "PERSON")}
    assert desk.focus == span("said", "PERSON")


def test_a_label_key_with_no_word_at_the_caret_is_refused(desk: Desk) -> None:
    desk.set_caret(at(FIRST, "\n\n") + 1)
    refused(desk, lambda: deeds.press_label_key(desk, "1"), "There is no word at the caret.")


def test_a_label_key_labels_the_selection_grown_to_whole_words(desk: Desk) -> None:
    start = at(FIRST, "said yes")
    set_selection(desk, start + 1, start + 7)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "7"))
    assert decided(desk) == {span("said yes", "NORP")}
    assert desk.selection is None


def test_a_selection_made_backwards_is_the_same_selection(desk: Desk) -> None:
    start = at(FIRST, "said yes")
    desk.set_caret(start, start + 8)
    deeds.press_label_key(desk, "7")
    assert decided(desk) == {span("said yes", "NORP")}


def test_a_selection_of_blanks_is_refused(desk: Desk) -> None:
    set_selection(desk, at(FIRST, "\n\n"), at(FIRST, "\n\n") + 3)
    refused(desk, lambda: deeds.press_label_key(desk, "1"), "There is no word at the caret.")


def test_a_new_span_over_others_makes_them_give_way_in_one_edit(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.accept(desk)
    desk.set_caret(at(FIRST, "met"))
    desk.focus_on(None)
    deeds.press_label_key(desk, "2")
    assert rejected(desk) == {OVERLAP}
    set_selection(desk, at(FIRST, "Biden"), at(FIRST, "Paris") + 5)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "9"))
    assert decided(desk) == {span("Biden met Ann in Paris", "EVENT")}
    assert rejected(desk) == {BIDEN, OVERLAP, PARIS}


def test_labelling_just_where_a_span_stands_relabels_it(desk: Desk) -> None:
    set_selection(desk, PARIS.start, PARIS.end)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "3"))
    assert decided(desk) == {span("Paris", "GPE")}
    assert rejected(desk) == {PARIS}


def test_labelling_again_what_was_rejected_takes_the_rejection_back(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.reject(desk)
    desk.set_caret(PARIS.start)
    in_one_edit(desk, lambda: deeds.press_label_key(desk, "2"))
    assert decided(desk) == {PARIS}
    assert rejected(desk) == set()


def test_a_label_of_segments_on_a_word_is_refused(desk: Desk) -> None:
    layer = desk.page.schema.by_name["articles"]
    desk.set_caret(at(FIRST, "said"))
    refused(desk, lambda: deeds.give_label(desk, layer.labels[0], layer), "No Articles boundary is in focus")


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (deeds.start_left, "in Paris"),
        (deeds.end_right, "Paris."),
        (deeds.start_left_by_character, " Paris"),
        (deeds.start_right_by_character, "aris"),
        (deeds.end_left_by_character, "Pari"),
        (deeds.end_right_by_character, "Paris."),
    ],
)
@pytest.mark.parametrize("accepted", [False, True])
def test_an_edge_moves_by_one_key(desk: Desk, deed: object, words: str, accepted: bool) -> None:
    assert callable(deed)
    desk.focus_on(PARIS)
    if accepted:
        deeds.accept(desk)
        desk.focus_on(PARIS)
    in_one_edit(desk, lambda: deed(desk))
    assert decided(desk) == {span(words, "ORG")}
    assert rejected(desk) == {PARIS}, "the rejected proposal is kept"
    desk.focus_on(span(words, "ORG"))


def test_an_edge_shrinks_by_a_token(desk: Desk) -> None:
    desk.focus_on(BIDEN)
    in_one_edit(desk, lambda: deeds.start_right(desk))
    assert decided(desk) == {span("Biden", "PERSON")}
    desk.focus_on(BIDEN) if desk.page.is_pending(BIDEN) else desk.focus_on(span("Biden", "PERSON"))
    deeds.start_left(desk)
    in_one_edit(desk, lambda: deeds.end_left(desk))
    assert decided(desk) == {span("Joe", "PERSON")}


def test_edges_that_come_back_to_the_proposal_take_the_rejection_back(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.end_right(desk)
    deeds.end_left(desk)
    assert decided(desk) == {PARIS}
    assert rejected(desk) == set()


def test_an_edge_that_reaches_another_span_makes_it_give_way(desk: Desk) -> None:
    desk.focus_on(PARIS)
    for _ in range(3):
        deeds.start_left(desk)
    assert decided(desk) == {span("met Ann in Paris", "ORG")}
    assert rejected(desk) == {PARIS, OVERLAP}
    assert desk.page.is_pending(BIDEN)


@pytest.mark.parametrize("deed", [deeds.start_right, deeds.end_left])
def test_an_edge_does_not_pass_the_other(desk: Desk, deed: object) -> None:
    assert callable(deed)
    desk.focus_on(PARIS)
    refused(desk, lambda: deed(desk), "The edge has nowhere further to go.")


def test_an_edge_does_not_leave_the_text(desk: Desk) -> None:
    desk.focus_on(BIDEN)
    refused(desk, lambda: deeds.start_left(desk), "The edge has nowhere further to go.")
    refused(desk, lambda: deeds.start_left_by_character(desk), "The edge has nowhere further to go.")
    desk.set_caret(len(FIRST) - 1)
    deeds.press_label_key(desk, "1")
    assert desk.focus == Span(len(FIRST) - 1, len(FIRST), "entities", "PERSON")
    refused(desk, lambda: deeds.end_right(desk), "The edge has nowhere further to go.")
    refused(desk, lambda: deeds.end_right_by_character(desk), "The edge has nowhere further to go.")


def test_a_token_is_not_cut_inside_a_letter_with_its_accent(desk: Desk) -> None:
    desk.set_caret(at(FIRST, "of e"))
    deeds.press_label_key(desk, "1")
    deeds.end_right(desk)
    assert decided(desk) == {span("of e\u0301lan", "PERSON")}
    deeds.start_left(desk)
    assert decided(desk) == {span("😀 of e\u0301lan", "PERSON")}


def test_edges_of_a_boundary_are_refused(desk: Desk) -> None:
    refused(desk, lambda: deeds.end_right(desk), "A boundary has no edges")
    desk.focus_on(None)
    refused(desk, lambda: deeds.end_right(desk), "Nothing is in focus")


def test_a_drag_moves_an_edge_in_one_edit(desk: Desk) -> None:
    in_one_edit(desk, lambda: deeds.resize(desk, PARIS, PARIS.start - 3, PARIS.end))
    assert decided(desk) == {span("in Paris", "ORG")}
    moved = span("in Paris", "ORG")
    refused(desk, lambda: deeds.resize(desk, moved, 5, 5), "does not lie in the text")
    refused(desk, lambda: deeds.resize(desk, moved, 5, len(FIRST) + 1), "does not lie in the text")
    refused(desk, lambda: deeds.resize(desk, moved, moved.start, moved.end), "nowhere further")


def test_a_mark_that_is_gone_is_refused(desk: Desk) -> None:
    gone = span("said", "PERSON")
    refused(desk, lambda: deeds.remove(desk, gone), "The mark is not on the page any more.")
    refused(desk, lambda: deeds.resize(desk, gone, gone.start, gone.end + 1), "not on the page any more")


def test_nothing_can_be_done_before_a_page_is_open(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk = open_desk()
    for deed in (deeds.accept, deeds.finish, deeds.add_boundary, Desk.next_unresolved, Desk.next_mark):
        with pytest.raises(EditRefused, match="No page is open"):
            deed(desk)


def test_a_boundary_at_the_opening_of_the_page_can_be_accepted_and_taken_away(desk: Desk) -> None:
    opening = Boundary(0, "articles", "article")
    deeds.accept(desk)
    desk.focus_on(opening)
    in_one_edit(desk, lambda: deeds.reject(desk))
    assert rejected(desk) == {opening}
