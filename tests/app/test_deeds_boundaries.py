from collections.abc import Callable

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.core.marks import Boundary
from tests.app.conftest import FIRST, at, boundary, span
from tests.app.desks import decided, in_one_edit, refused, rejected

SECOND_PIECE = boundary("Second", "teaser")
SHE, HE, IT, LAST = (at(FIRST, words) for words in ("She", "He said", "It goes", "Last"))


def article(position: int) -> Boundary:
    return Boundary(position, "articles", "article")


def accepted(desk: Desk, mark: Boundary) -> None:
    desk.focus_on(mark)
    deeds.accept(desk)
    desk.focus_on(mark)


def test_b_opens_a_segment_at_the_line_and_pressed_again_at_the_sentence(desk: Desk) -> None:
    desk.set_caret(HE + 3)
    in_one_edit(desk, lambda: deeds.add_boundary(desk))
    assert decided(desk) == {article(SHE)}
    desk.session.undo()
    desk.set_caret(HE + 3)
    deeds.add_boundary(desk)
    assert (desk.focus, desk.caret) == (article(SHE), HE + 3)
    deeds.add_boundary(desk)
    assert decided(desk) == {article(HE)}
    assert (desk.focus, desk.caret) == (article(HE), HE + 3)


def test_b_pressed_a_third_time_opens_the_line_too(desk: Desk) -> None:
    desk.set_caret(HE + 3)
    for _ in range(2):
        deeds.add_boundary(desk)
    deeds.add_boundary(desk)
    assert decided(desk) == {article(HE), article(SHE)}


def test_b_on_a_line_that_opens_a_segment_opens_one_at_the_sentence(desk: Desk) -> None:
    accepted(desk, SECOND_PIECE)
    desk.set_caret(IT + 4)
    in_one_edit(desk, lambda: deeds.add_boundary(desk))
    assert decided(desk) == {SECOND_PIECE, Boundary(IT, "articles", "teaser")}
    refused(desk, lambda: deeds.add_boundary(desk), "A segment opens here already")


def test_b_on_the_first_sentence_of_a_line_that_opens_a_segment_is_refused(desk: Desk) -> None:
    accepted(desk, SECOND_PIECE)
    for caret in (SECOND_PIECE.position + 4, SECOND_PIECE.position, SECOND_PIECE.position - 2):
        desk.set_caret(caret)
        refused(desk, lambda: deeds.add_boundary(desk), "A segment opens here already")


@pytest.mark.parametrize("caret", [-2, -1, 0, 5])
def test_b_on_an_indented_line_snaps_to_its_first_visible_character(desk: Desk, caret: int) -> None:
    position = SECOND_PIECE.position
    desk.focus_on(SECOND_PIECE)
    deeds.reject(desk)
    desk.choose_layer("articles")
    desk.set_caret(position + caret)
    desk.focus_on(None)
    deeds.add_boundary(desk)
    assert decided(desk) == {article(position)}


def test_b_where_a_boundary_is_proposed_takes_the_proposal(desk: Desk) -> None:
    desk.set_caret(SECOND_PIECE.position + 3)
    in_one_edit(desk, lambda: deeds.add_boundary(desk))
    assert decided(desk) == {SECOND_PIECE}
    assert rejected(desk) == set()


def test_b_on_the_first_line_labels_the_first_segment_and_then_cuts_at_the_sentence(desk: Desk) -> None:
    desk.focus_on(article(0))
    deeds.reject(desk)
    desk.set_caret(4)
    desk.focus_on(None)
    in_one_edit(desk, lambda: deeds.add_boundary(desk))
    assert decided(desk) == {article(0)}
    refused(desk, lambda: deeds.add_boundary(desk), "A segment opens here already")


def test_b_in_the_second_sentence_of_the_first_line_cuts_there(desk: Desk) -> None:
    deeds.open_page(desk, desk.queue.items[3].id)
    text = desk.page.text
    desk.set_caret(at(text, "first") + 2)
    deeds.add_boundary(desk)
    assert decided(desk) == {article(at(text, "Still"))}


def test_b_on_a_blank_line_opens_a_segment_there(desk: Desk) -> None:
    blank = at(FIRST, "\n\n") + 1
    desk.set_caret(blank)
    deeds.add_boundary(desk)
    assert decided(desk) == {article(blank)}


def test_b_works_in_the_layer_of_the_boundary_in_focus_and_in_the_one_chosen(desk: Desk) -> None:
    desk.focus_on(boundary("Second", "body", "blocks"))
    desk.set_caret(LAST + 3)
    deeds.add_boundary(desk)
    assert decided(desk) == {Boundary(LAST, "blocks", "headline")}
    Desk.next_layer(desk)
    desk.set_caret(LAST + 3)
    deeds.add_boundary(desk)
    assert decided(desk) == {Boundary(LAST, "blocks", "headline"), article(LAST)}


def test_a_new_segment_takes_the_label_of_the_one_it_is_cut_from(desk: Desk) -> None:
    accepted(desk, SECOND_PIECE)
    desk.set_caret(LAST)
    deeds.add_boundary(desk)
    assert decided(desk) == {SECOND_PIECE, Boundary(LAST, "articles", "teaser")}


def test_shift_b_opens_a_segment_exactly_at_the_caret(desk: Desk) -> None:
    desk.set_caret(HE + 4)
    in_one_edit(desk, lambda: deeds.add_boundary_here(desk))
    assert decided(desk) == {article(HE + 4)}
    refused(desk, lambda: deeds.add_boundary_here(desk), "is there already.")
    desk.set_caret(len(FIRST))
    desk.focus_on(None)
    refused(desk, lambda: deeds.add_boundary_here(desk), "lies outside the text")


def test_a_boundary_moves_by_line(desk: Desk) -> None:
    desk.focus_on(SECOND_PIECE)
    in_one_edit(desk, lambda: deeds.boundary_up(desk))
    assert decided(desk) == {Boundary(SHE, "articles", "teaser")}
    assert rejected(desk) == {SECOND_PIECE}
    deeds.boundary_down(desk)
    assert decided(desk) == {SECOND_PIECE}
    assert rejected(desk) == set()
    in_one_edit(desk, lambda: deeds.boundary_down(desk))
    assert decided(desk) == {Boundary(LAST, "articles", "teaser")}
    refused(desk, lambda: deeds.boundary_down(desk), "The boundary has nowhere further to go.")


def test_a_boundary_inside_a_line_moves_up_to_its_start_first(desk: Desk) -> None:
    desk.set_caret(HE)
    deeds.add_boundary_here(desk)
    deeds.boundary_up(desk)
    assert decided(desk) == {article(SHE)}


def test_a_boundary_moves_by_sentence_within_its_line_and_beyond(desk: Desk) -> None:
    desk.focus_on(SECOND_PIECE)
    in_one_edit(desk, lambda: deeds.boundary_right(desk))
    assert decided(desk) == {Boundary(IT, "articles", "teaser")}
    for _ in range(2):
        deeds.boundary_left(desk)
    assert decided(desk) == {Boundary(HE, "articles", "teaser")}
    deeds.boundary_left(desk)
    refused(desk, lambda: deeds.boundary_left(desk), "The boundary has nowhere further to go.")


def test_a_boundary_steps_over_another_of_its_layer(desk: Desk) -> None:
    desk.set_caret(SHE)
    deeds.add_boundary(desk)
    desk.set_caret(LAST)
    deeds.add_boundary(desk)
    accepted(desk, SECOND_PIECE)
    refused(desk, lambda: deeds.boundary_up(desk), "The boundary has nowhere further to go.")
    deeds.boundary_left(desk)
    assert Boundary(HE, "articles", "teaser") in decided(desk)
    refused(desk, lambda: deeds.move_boundary(desk, article(LAST), SHE), "Another boundary stands there already.")


def test_a_boundary_that_lands_on_a_proposed_one_answers_it(desk: Desk) -> None:
    desk.set_caret(LAST)
    deeds.add_boundary(desk)
    in_one_edit(desk, lambda: deeds.boundary_up(desk))
    assert decided(desk) == {article(SECOND_PIECE.position)}
    assert rejected(desk) == {SECOND_PIECE}


@pytest.mark.parametrize("deed", [deeds.boundary_up, deeds.boundary_down, deeds.boundary_left, deeds.boundary_right])
def test_the_first_segment_stays_where_it_is(desk: Desk, deed: Callable[[Desk], None]) -> None:
    words = "nowhere further" if deed in (deeds.boundary_up, deeds.boundary_left) else "stays where it is"
    refused(desk, lambda: deed(desk), words)


@pytest.mark.parametrize("deed", [deeds.boundary_up, deeds.boundary_right])
def test_a_span_is_not_moved_as_a_boundary(desk: Desk, deed: Callable[[Desk], None]) -> None:
    desk.focus_on(span("Paris", "ORG"))
    refused(desk, lambda: deed(desk), "A span is in focus, not a boundary; [ ] and { } move its edges.")


def test_a_drag_of_a_boundary_goes_anywhere_in_the_text(desk: Desk) -> None:
    in_one_edit(desk, lambda: deeds.move_boundary(desk, SECOND_PIECE, IT + 1))
    moved = Boundary(IT + 1, "articles", "teaser")
    assert decided(desk) == {moved}
    refused(desk, lambda: deeds.move_boundary(desk, moved, 0), "The opening of the page stays where it is.")
    refused(desk, lambda: deeds.move_boundary(desk, moved, len(FIRST)), "lies outside the text")


def test_backspace_joins_a_segment_with_the_one_before(desk: Desk) -> None:
    accepted(desk, SECOND_PIECE)
    in_one_edit(desk, lambda: deeds.join(desk))
    assert decided(desk) == set()
    assert rejected(desk) == {SECOND_PIECE}


def test_backspace_on_a_proposed_boundary_rejects_it_and_goes_on(desk: Desk) -> None:
    desk.focus_on(SECOND_PIECE)
    in_one_edit(desk, lambda: deeds.join(desk))
    assert rejected(desk) == {SECOND_PIECE}


def test_backspace_joins_at_the_caret_when_no_boundary_is_in_focus(desk: Desk) -> None:
    desk.set_caret(SHE)
    deeds.add_boundary(desk)
    desk.set_caret(0)
    desk.set_caret(SHE)
    assert desk.focus is None
    in_one_edit(desk, lambda: deeds.join(desk))
    assert decided(desk) == set()
    desk.set_caret(HE)
    refused(desk, lambda: deeds.join(desk), "No boundary is in focus")


def test_the_first_segment_has_none_to_join(desk: Desk) -> None:
    refused(desk, lambda: deeds.join(desk), "The first segment has none before it to join.")
    deeds.accept(desk)
    desk.focus_on(article(0))
    refused(desk, lambda: deeds.join(desk), "The first segment has none before it to join.")
