from collections.abc import Callable

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.queue import Filter, Order, Queue
from annotator.core.annotation import Status
from tests.app.conftest import FIRST, FOURTH, SECOND, THIRD


@pytest.fixture
def queue(desk: Desk) -> Queue:
    return desk.queue


def titles(queue: Queue) -> list[str]:
    return [item.title.split()[0] for item in queue.shown]


def ids(queue: Queue) -> list[str]:
    return [item.id for item in queue.items]


def test_documents_stand_in_the_order_of_their_import(queue: Queue) -> None:
    assert titles(queue) == [text.split()[0] for text in (FIRST, SECOND, THIRD, FOURTH)]
    assert [queue.place(id_) for id_ in ids(queue)] == [0, 1, 2, 3]
    assert queue.place("nowhere") is None


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("", 4), ("ANN LEE", 1), ("page3", 1), ("PAGE", 4), ("nowhere", 0)],
)
def test_words_are_found_in_title_and_source_in_any_case(queue: Queue, words: str, wanted: int) -> None:
    queue.show(Filter(words=words))
    assert len(queue.shown) == wanted
    assert len(queue.items) == 4


def test_a_filter_by_status_and_documents_and_score(desk: Desk, queue: Queue) -> None:
    deeds.mark_page(desk, Status.UNSURE)
    queue.show(Filter(statuses=frozenset({Status.UNSURE})))
    assert titles(queue) == ["Joe"]
    queue.show(Filter(statuses=frozenset({Status.TODO}), documents={ids(queue)[0], ids(queue)[2]}))
    assert titles(queue) == ["Nothing"]
    queue.show(Filter(low_scores=True))
    assert titles(queue) == ["Joe", "Ann"]


def test_a_status_that_changes_stays_in_sight_until_the_queue_is_filtered_anew(desk: Desk, queue: Queue) -> None:
    queue.show(Filter(statuses=frozenset({Status.TODO})))
    deeds.accept(desk)
    assert queue.shown[0].status is Status.IN_PROGRESS
    assert len(queue.shown) == 4
    queue.show(queue.filter)
    assert titles(queue) == ["Ann", "Nothing", "One"]


def test_a_document_that_is_not_shown_still_gets_its_status(desk: Desk, queue: Queue) -> None:
    queue.show(Filter(words="page2"))
    deeds.accept(desk)
    assert queue.items[0].status is Status.IN_PROGRESS
    assert queue.shown[0].status is Status.TODO
    queue.set_status("nowhere", Status.DONE)


def test_the_next_open_document_goes_round_and_leaves_out_what_is_finished(queue: Queue) -> None:
    first, second, third, fourth = ids(queue)
    assert queue.next_open("") == first
    assert queue.next_open(first) == second
    assert queue.next_open(fourth) == first
    for status in (Status.DONE, Status.SKIPPED, Status.UNSURE):
        queue.set_status(second, status)
        assert queue.next_open(first) == third
    queue.set_status(third, Status.IN_PROGRESS)
    assert queue.next_open(first) == third
    for id_ in (first, third, fourth):
        queue.set_status(id_, Status.DONE)
    assert queue.next_open(first) is None


def test_the_open_page_itself_is_not_next(queue: Queue) -> None:
    first, *rest = ids(queue)
    for id_ in rest:
        queue.set_status(id_, Status.DONE)
    assert queue.next_open(first) is None
    assert queue.next_open(rest[0]) == first


def test_steps_end_at_both_ends_and_start_at_the_first(queue: Queue) -> None:
    first, second, third, fourth = ids(queue)
    assert queue.step(first, 1) == second
    assert queue.step(first, 3) == fourth
    assert queue.step(first, -1) is None
    assert queue.step(fourth, 1) is None
    assert queue.step("nowhere", 1) == first
    queue.show(Filter(words="page3"))
    assert queue.step(first, 1) == third
    queue.show(Filter(words="nothing like it"))
    assert queue.step(first, 1) is None
    assert queue.next_open(first) is None


def test_counts_are_of_all_documents(desk: Desk, queue: Queue) -> None:
    assert queue.counts() == {status: 4 if status is Status.TODO else 0 for status in Status}
    deeds.accept(desk)
    queue.show(Filter(words="nowhere"))
    assert queue.counts()[Status.TODO] == 3
    assert queue.counts()[Status.IN_PROGRESS] == 1
    deeds.undo(desk)
    assert queue.counts()[Status.TODO] == 4


def test_statuses_are_those_of_the_annotator_who_sits_here(open_desk: Callable[..., Desk], desk: Desk) -> None:
    deeds.mark_page(desk, Status.DONE)
    assert open_desk("bob").queue.counts()[Status.TODO] == 4
    assert open_desk().queue.counts()[Status.DONE] == 1


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_random_order_is_the_same_every_time_and_keeps_its_order_in_a_filter(queue: Queue, seed: int) -> None:
    queue.show(Filter(order=Order.RANDOM, seed=seed))
    once = [item.id for item in queue.shown]
    queue.show(Filter(order=Order.RANDOM, seed=seed))
    assert [item.id for item in queue.shown] == once
    assert sorted(once) == sorted(ids(queue))
    kept = {once[0], once[2], once[3]}
    queue.show(Filter(order=Order.RANDOM, seed=seed, documents=kept))
    assert [item.id for item in queue.shown] == [once[0], once[2], once[3]]


def test_the_least_sure_documents_can_come_first(queue: Queue) -> None:
    queue.show(Filter(order=Order.UNSURE))
    doubts = [item.doubt for item in queue.shown]
    assert doubts == sorted(doubts, reverse=True)
    assert titles(queue)[0] == "Joe"
