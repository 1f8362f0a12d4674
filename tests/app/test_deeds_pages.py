from collections.abc import Callable

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.queue import Filter
from annotator.core.annotation import Status
from annotator.core.marks import Span
from tests.app.conftest import FIRST, PROPOSED, span
from tests.app.desks import decided, in_one_edit, refused, rejected


def ids(desk: Desk) -> list[str]:
    return [item.id for item in desk.queue.items]


def statuses(desk: Desk) -> list[Status]:
    desk.queue.reload()
    return [item.status for item in desk.queue.items]


def test_finish_accepts_what_is_left_in_one_edit_and_opens_the_next_page(desk: Desk) -> None:
    first = desk.page.document.id
    desk.focus_on(span("Paris", "ORG"))
    deeds.reject(desk)
    n = len(desk.session.log())
    deeds.finish(desk)
    assert desk.page.document.id == ids(desk)[1]
    assert statuses(desk)[0] is Status.DONE
    assert len(desk.session.corpus.log(first, "ann")) == n + 1
    desk.session.undo()
    assert desk.page.document.id == first, "undo goes to the page edited last"
    assert desk.page.annotation.state.status is Status.IN_PROGRESS
    assert decided(desk) == set()
    desk.session.redo()
    assert decided(desk) == {mark for mark, _ in PROPOSED} - {span("Paris", "ORG"), span("Biden met", "ORG")}
    assert rejected(desk) == {span("Paris", "ORG"), span("Biden met", "ORG")}, "the better score stays"


def test_finish_leaves_alone_what_lies_below_the_least_score(desk: Desk) -> None:
    desk.minimum_score = 0.5
    assert span("Paris", "ORG") not in desk.unresolved()
    first = desk.page.document.id
    deeds.finish(desk)
    deeds.open_page(desk, first)
    assert desk.page.annotation.state.status is Status.DONE
    assert span("Paris", "ORG") not in decided(desk)
    assert desk.page.is_pending(span("Paris", "ORG"))


def test_finishing_page_after_page_comes_to_an_end(desk: Desk) -> None:
    for _ in range(4):
        deeds.finish(desk)
    assert statuses(desk) == [Status.DONE] * 4
    page = desk.page
    deeds.finish(desk)
    assert desk.page is page


def test_finish_goes_round_to_a_page_that_was_left(desk: Desk) -> None:
    deeds.open_page(desk, ids(desk)[3])
    deeds.finish(desk)
    assert desk.page.document.id == ids(desk)[0]


def test_finish_stays_inside_the_filter(desk: Desk) -> None:
    desk.queue.show(Filter(words="ann lee"))
    deeds.open_page(desk, ids(desk)[1])
    deeds.finish(desk)
    assert desk.page.document.id == ids(desk)[1]


def test_skip_leaves_a_page_out_and_goes_on(desk: Desk) -> None:
    deeds.skip(desk)
    assert desk.page.document.id == ids(desk)[1]
    assert statuses(desk)[0] is Status.SKIPPED
    deeds.open_page(desk, ids(desk)[0])
    n = len(desk.session.log())
    deeds.skip(desk)
    assert desk.page.document.id == ids(desk)[1]
    assert len(desk.session.corpus.log(ids(desk)[0], "ann")) == n


def test_skip_on_the_last_page_goes_to_one_that_asks_for_work(desk: Desk) -> None:
    deeds.open_page(desk, ids(desk)[3])
    deeds.skip(desk)
    assert statuses(desk)[3] is Status.SKIPPED
    assert desk.page.document.id == ids(desk)[0]


def test_a_page_is_marked_with_a_note_in_one_edit(desk: Desk) -> None:
    in_one_edit(desk, lambda: deeds.mark_page(desk, Status.UNSURE, "where does it end?"))
    assert desk.page.annotation.state.note == "where does it end?"
    refused(desk, lambda: deeds.mark_page(desk, Status.UNSURE), "The page is marked so already.")


def test_a_page_that_was_done_stays_done_when_it_is_corrected(desk: Desk) -> None:
    deeds.mark_page(desk, Status.DONE)
    desk.focus_on(span("Paris", "ORG"))
    deeds.accept(desk)
    assert desk.page.annotation.state.status is Status.DONE


def test_pages_are_stepped_through_and_the_ends_are_said(desk: Desk) -> None:
    refused(desk, lambda: deeds.previous_page(desk), "This is the first page.")
    for wanted in ids(desk)[1:]:
        deeds.next_page(desk)
        assert desk.page.document.id == wanted
    refused(desk, lambda: deeds.next_page(desk), "This is the last page.")
    deeds.previous_page(desk)
    assert desk.page.document.id == ids(desk)[2]


def test_the_program_starts_on_the_page_that_was_open_last(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    deeds.open_start(desk)
    assert desk.page.document.id == ids(desk)[0], "the first that asks for work"
    deeds.open_page(desk, ids(desk)[2])
    again = open_desk()
    deeds.open_start(again)
    assert again.page.document.id == ids(desk)[2]
    other = open_desk("bob")
    deeds.open_start(other)
    assert other.page.document.id == ids(desk)[0], "where others are is none of their business"


def test_the_program_starts_on_the_first_page_when_all_are_done(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    for id_ in ids(desk):
        deeds.open_page(desk, id_)
        deeds.mark_page(desk, Status.DONE)
    desk.session.corpus.set_value("open:ann", "")
    again = open_desk()
    deeds.open_start(again)
    assert again.page.document.id == ids(desk)[0]


def test_tab_visits_only_what_is_unresolved_in_text_order_and_round(desk: Desk) -> None:
    order = [mark for mark, _ in PROPOSED]
    visited = [desk.focus]
    for _ in order:
        desk.next_unresolved()
        visited.append(desk.focus)
    assert visited == [*order, order[0]]
    desk.previous_unresolved()
    assert desk.focus == order[-1]
    deeds.accept(desk)
    desk.focus_on(order[-1])
    desk.previous_unresolved()
    assert desk.focus == order[-2]


def test_tab_goes_on_from_the_caret_when_nothing_is_in_focus(desk: Desk) -> None:
    desk.set_caret(FIRST.index("He said"))
    desk.next_unresolved()
    assert desk.focus == PROPOSED[4][0]
    desk.set_caret(FIRST.index("He said"))
    desk.previous_unresolved()
    assert desk.focus == PROPOSED[3][0]


def test_every_mark_can_be_visited_decided_or_not(desk: Desk) -> None:
    deeds.accept(desk)
    desk.focus_on(PROPOSED[0][0])
    desk.next_mark()
    assert desk.focus == PROPOSED[1][0]
    desk.previous_mark()
    assert desk.focus == PROPOSED[0][0]
    deeds.open_page(desk, ids(desk)[2])
    refused(desk, desk.next_mark, "There are no marks on this page.")
    refused(desk, desk.next_unresolved, "Nothing is unresolved on this page")


def test_the_focus_follows_the_caret_and_a_selection_takes_it_away(desk: Desk) -> None:
    paris = span("Paris", "ORG")
    desk.set_caret(paris.start + 2)
    assert desk.focus == paris
    desk.set_caret(paris.end)
    assert desk.focus is None
    desk.set_caret(paris.start + 1)
    desk.set_caret(paris.start + 3, paris.start)
    assert desk.focus is None
    assert desk.selection == (paris.start, paris.start + 3)


def test_where_spans_overlap_the_shortest_comes_into_focus(desk: Desk) -> None:
    desk.set_caret(span("Biden", "ORG").start + 1)
    assert isinstance(desk.focus, Span)
    assert desk.marks_at(5) == [span("Joe Biden", "PERSON"), span("Biden met", "ORG")]


def test_a_layer_that_is_not_there_is_refused(desk: Desk) -> None:
    refused(desk, lambda: desk.choose_layer("nope"), "The schema has no layer “nope”.")


def test_label_keys_follow_what_is_in_focus(desk: Desk) -> None:
    assert desk.label_layer is not None
    assert desk.label_layer.name == "articles"
    desk.set_caret(span("Paris", "ORG").start)
    assert desk.label_layer.name == "entities"
    desk.set_caret(3, 0)
    assert desk.label_layer.name == "entities"


@pytest.mark.parametrize("spent", [0.0, 12.5])
def test_time_spent_is_kept_with_the_edit(open_desk: Callable[..., Desk], spent: float) -> None:
    desk = open_desk("ann", lambda: spent)
    deeds.open_start(desk)
    deeds.accept(desk)
    deeds.accept(desk)
    (record,) = desk.session.corpus.records([desk.page.document.id])
    work = record.work_of("ann")
    assert work is not None
    assert work.seconds == 2 * spent
