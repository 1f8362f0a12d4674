import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.session import Edited, Event, PageOpened
from annotator.core import edits
from annotator.core.annotation import Edit, Status
from annotator.core.errors import CorpusError, EditRefused
from annotator.core.marks import Boundary, Labelled, Rejection, Span
from annotator.store.check import check_corpus
from tests.app.conftest import FIRST, SECOND, THIRD, span
from tests.app.desks import decided, refused, stored

PARIS = span("Paris", "ORG")

DEEDS: dict[str, Callable[[Desk], None]] = {
    "accept": deeds.accept,
    "reject": deeds.reject,
    "relabel": lambda desk: deeds.press_label_key(desk, "2"),
    "edge": deeds.end_right,
    "edge by character": deeds.start_right_by_character,
    "span": lambda desk: deeds.add_span(
        desk, 28, 35, desk.page.schema.by_name["entities"], desk.page.schema.by_name["entities"].labels[0]
    ),
    "boundary": deeds.add_boundary_here,
    "move": lambda desk: deeds.move_boundary(desk, Boundary(57, "articles", "teaser"), 30),
    "join": lambda desk: deeds.remove(desk, Boundary(57, "articles", "teaser")),
    "unsure": lambda desk: deeds.mark_page(desk, Status.UNSURE, "why"),
    "finish": lambda desk: (deeds.finish(desk), deeds.previous_page(desk))[0],
}


@pytest.mark.parametrize("name", DEEDS)
def test_undo_and_redo_of_every_deed_reach_past_a_restart(open_desk: Callable[..., Desk], name: str) -> None:
    desk = open_desk()
    deeds.open_start(desk)
    desk.focus_on(desk.unresolved()[1])
    before = desk.page.annotation
    DEEDS[name](desk)
    after = desk.page.annotation
    assert after != before

    again = open_desk()
    deeds.open_start(again)
    title = again.session.undo_title()
    assert title
    assert again.page.annotation == after
    deeds.undo(again)
    assert again.page.annotation == before == stored(again)
    assert again.session.redo_title() == title

    third = open_desk()
    deeds.open_start(third)
    deeds.redo(third)
    assert third.page.annotation == after == stored(third)
    assert third.session.undo_title() == title
    assert check_corpus(third.session.corpus) == []
    refused(third, lambda: deeds.redo(third), "There is nothing to redo.")


def test_undo_shows_what_it_changed(desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.reject(desk)
    desk.focus_on(None)
    deeds.undo(desk)
    assert desk.focus == PARIS


def test_a_deed_after_an_undo_leaves_nothing_to_redo(desk: Desk) -> None:
    deeds.accept(desk)
    deeds.undo(desk)
    deeds.reject(desk)
    refused(desk, lambda: deeds.redo(desk), "There is nothing to redo.")


def test_nothing_to_undo_is_said_once(desk: Desk) -> None:
    refused(desk, lambda: deeds.undo(desk), "There is nothing to undo.")
    deeds.accept(desk)
    deeds.undo(desk)
    refused(desk, lambda: deeds.undo(desk), "There is nothing to undo.")
    assert desk.session.undo_title() == ""


def test_undo_goes_page_by_page_to_the_one_edited_before(desk: Desk) -> None:
    first, second, third, _ = (item.id for item in desk.queue.items)
    deeds.accept(desk)
    deeds.open_page(desk, second)
    deeds.accept(desk)
    deeds.open_page(desk, third)
    for page in (second, first):
        deeds.undo(desk)
        assert desk.page.document.id == page
        assert desk.page.annotation.marks == frozenset()
    with pytest.raises(EditRefused, match="nothing to undo"):
        deeds.undo(desk)


def test_undo_without_an_open_page_opens_the_one_edited_last(open_desk: Callable[..., Desk], desk: Desk) -> None:
    deeds.accept(desk)
    again = open_desk()
    again.session.undo()
    assert again.page.document.text == FIRST
    assert decided(again) == set()
    refused(again, again.session.undo, "There is nothing to undo.")


def test_undo_leaves_the_work_of_others_alone(open_desk: Callable[..., Desk], desk: Desk) -> None:
    deeds.accept(desk)
    other = open_desk("bob")
    deeds.open_start(other)
    refused(other, lambda: deeds.undo(other), "There is nothing to undo.")
    assert len(decided(desk)) == 1


def test_listeners_hear_of_an_edit_after_it_was_stored(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    heard: list[tuple[Event, bool]] = []
    desk.session.listen(lambda event: heard.append((event, stored(desk) == event.page.annotation)))
    deeds.open_start(desk)
    deeds.accept(desk)
    deeds.undo(desk)
    assert [type(event) for event, _ in heard] == [PageOpened, Edited, Edited]
    assert all(was_stored for _, was_stored in heard)


# Where marks come from


def origins(desk: Desk) -> dict[Labelled | Rejection, str]:
    (record,) = desk.session.corpus.records([desk.page.document.id])
    work = record.work_of("ann")
    assert work is not None
    return {mark: origin for mark, origin in work.origins.items() if isinstance(mark, Rejection | Span | Boundary)}


def test_accepted_and_rejected_marks_know_their_proposer_and_hand_made_ones_have_none(desk: Desk) -> None:
    deeds.accept(desk)
    desk.focus_on(PARIS)
    deeds.press_label_key(desk, "3")
    desk.set_caret(30)
    deeds.press_label_key(desk, "1")
    assert origins(desk) == {Boundary(0, "articles", "article"): "rules 1", Rejection(PARIS): "rules 1"}


def test_a_mark_keeps_its_proposer_through_undo_and_redo(desk: Desk) -> None:
    deeds.accept(desk)
    known = origins(desk)
    deeds.undo(desk)
    assert origins(desk) == {}
    deeds.redo(desk)
    assert origins(desk) == known
    desk.focus_on(Boundary(0, "articles", "article"))
    deeds.reject(desk)
    deeds.undo(desk)
    assert origins(desk) == known


# Several pages at once


def on_two_pages(desk: Desk) -> list[tuple[str, Edit]]:
    first, second = (desk.session.corpus.page(item.id, "ann") for item in desk.queue.items[:2])
    return [
        (first.document.id, edits.accept(first, span("Ann Lee", "PERSON"))),
        (second.document.id, edits.accept(second, span("Ann Lee", "PERSON", SECOND))),
    ]


def of(desk: Desk, number: int) -> frozenset[object]:
    return frozenset(desk.session.corpus.annotation(desk.queue.items[number].id, "ann").marks)


@pytest.mark.parametrize("where", [0, 1])
def test_a_batch_over_pages_is_one_undo_from_either_page(desk: Desk, where: int) -> None:
    desk.session.do_all(on_two_pages(desk))
    assert of(desk, 0) == {span("Ann Lee", "PERSON")}
    assert of(desk, 1) == {span("Ann Lee", "PERSON", SECOND)}
    deeds.open_page(desk, desk.queue.items[where].id)
    deeds.undo(desk)
    assert of(desk, 0) == of(desk, 1) == frozenset()
    assert decided(desk) == set()
    deeds.redo(desk)
    assert len(of(desk, 0)) == len(of(desk, 1)) == 1
    assert len(decided(desk)) == 1
    assert check_corpus(desk.session.corpus) == []


def test_a_batch_is_undone_after_a_restart_from_a_page_it_did_not_touch(
    open_desk: Callable[..., Desk], desk: Desk
) -> None:
    desk.session.do_all(on_two_pages(desk))
    again = open_desk()
    again.session.open(again.queue.items[2].id)
    deeds.undo(again)
    assert of(again, 0) == of(again, 1) == frozenset()


def test_a_batch_that_does_not_fit_on_one_page_changes_none(desk: Desk) -> None:
    wanted = on_two_pages(desk)
    wrong = Edit("Wrong", frozenset({span("Ann", "ORG", SECOND)}), frozenset())
    refused(desk, lambda: desk.session.do_all([wanted[0], (wanted[1][0], wrong)]), "does not fit the page")
    outside = Edit("Outside", frozenset(), frozenset({Span(0, 9_999, "entities", "ORG")}))
    refused(desk, lambda: desk.session.do_all([wanted[0], (wanted[1][0], outside)]), "does not lie in the text")
    assert of(desk, 0) == of(desk, 1) == frozenset()


def test_two_edits_of_a_batch_on_one_page_are_undone_in_turn(desk: Desk) -> None:
    page = desk.page
    first = edits.accept(page, PARIS)
    second = edits.relabel(page.after(first), PARIS, "GPE")
    desk.session.do_all([(page.document.id, first), (page.document.id, second)])
    assert decided(desk) == {span("Paris", "GPE")}
    deeds.undo(desk)
    assert decided(desk) == set()
    deeds.redo(desk)
    assert decided(desk) == {span("Paris", "GPE")}
    assert check_corpus(desk.session.corpus) == []


def test_an_empty_batch_is_no_edit(desk: Desk) -> None:
    desk.session.do_all([])
    assert desk.session.log() == []


def test_undo_of_a_batch_leaves_a_page_that_was_changed_since_and_says_so(desk: Desk) -> None:
    desk.session.do_all(on_two_pages(desk))
    deeds.open_page(desk, desk.queue.items[1].id)
    desk.focus_on(span("Ann Lee", "PERSON", SECOND))
    deeds.press_label_key(desk, "2")
    deeds.open_page(desk, desk.queue.items[0].id)
    deeds.undo(desk)
    assert of(desk, 0) == frozenset()
    assert span("Ann Lee", "ORG", SECOND) in of(desk, 1)
    assert desk.session.notice == "1 page was changed since and stays."
    deeds.accept(desk)
    deeds.undo(desk)
    assert desk.session.notice == ""
    assert check_corpus(desk.session.corpus) == []


def test_what_was_taken_back_on_its_own_page_is_not_taken_back_twice(desk: Desk) -> None:
    desk.session.do_all(on_two_pages(desk))
    deeds.open_page(desk, desk.queue.items[1].id)
    desk.focus_on(span("Ann Lee", "PERSON", SECOND))
    deeds.press_label_key(desk, "2")
    deeds.open_page(desk, desk.queue.items[0].id)
    deeds.undo(desk)
    deeds.redo(desk)
    deeds.undo(desk)
    deeds.open_page(desk, desk.queue.items[1].id)
    deeds.undo(desk)
    deeds.undo(desk)
    assert of(desk, 0) == of(desk, 1) == frozenset()
    assert check_corpus(desk.session.corpus) == []


# Writes that fail


def test_a_locked_file_leaves_page_and_file_as_they_were(desk: Desk, corpus_file: Path) -> None:
    desk.focus_on(PARIS)
    other = sqlite3.connect(corpus_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        says = "is being written by another program; nothing was changed."
        for deed in (deeds.accept, deeds.reject, deeds.end_right, deeds.finish, deeds.skip, deeds.next_page):
            with pytest.raises(CorpusError, match=says):
                deed(desk)
            assert desk.page.annotation == stored(desk)
            assert desk.session.log() == []
            assert desk.page.document.text == FIRST
            assert desk.focus == PARIS
        other.execute("ROLLBACK")
    finally:
        other.close()
    deeds.accept(desk)
    assert PARIS in decided(desk)


def test_a_locked_file_keeps_undo_as_it_was(desk: Desk, corpus_file: Path) -> None:
    deeds.accept(desk)
    other = sqlite3.connect(corpus_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        refused(desk, lambda: deeds.undo(desk), "being written by another program", CorpusError)
    finally:
        other.close()
    deeds.undo(desk)
    assert decided(desk) == set()


def test_a_read_only_file_is_said_and_nothing_changes(desk: Desk) -> None:
    desk.session.corpus.query("PRAGMA query_only = ON")
    refused(desk, lambda: deeds.accept(desk), "it is read-only. Nothing was changed.", CorpusError)
    desk.session.corpus.query("PRAGMA query_only = OFF")
    deeds.accept(desk)
    assert len(decided(desk)) == 1


def test_a_page_changed_by_another_program_is_not_overwritten(open_desk: Callable[..., Desk], desk: Desk) -> None:
    other = open_desk()
    other.session.open(desk.page.document.id)
    other.focus_on(PARIS)
    deeds.reject(other)
    kept = stored(desk)
    desk.focus_on(PARIS)
    with pytest.raises(EditRefused, match="changed by another program"):
        deeds.reject(desk)
    assert stored(desk) == kept
    desk.session.open(desk.page.document.id)
    assert decided(desk) == set()
    assert not desk.page.is_pending(PARIS)


def test_a_document_that_is_not_there_leaves_the_open_page(desk: Desk) -> None:
    refused(desk, lambda: desk.session.open("0" * 64), "The corpus has no document 000000000000.", CorpusError)


def test_annotators_see_only_their_own_marks(open_desk: Callable[..., Desk], desk: Desk) -> None:
    desk.focus_on(PARIS)
    deeds.accept(desk)
    other = open_desk("bob")
    other.session.open(desk.page.document.id)
    assert decided(other) == set()
    assert other.page.is_pending(PARIS)
    assert other.session.log() == []
    assert other.queue.items[0].status is Status.TODO


def test_a_page_without_proposals_is_a_page(desk: Desk) -> None:
    desk.session.open(desk.queue.items[2].id)
    assert desk.page.document.text == THIRD
    assert desk.focus is None
