"""How pages are chosen, and that the corpus keeps it."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app import deeds
from annotator.app.choosing import by_gain, expected_gain
from annotator.app.desk import Desk
from annotator.app.queue import Filter, Order
from annotator.core.annotation import Choice, Status
from annotator.store.documents import Summary


def summary(name: str, doubt: float, length: int = 1000) -> Summary:
    return Summary(name, name, "", Status.TODO, None, doubt, length)


def kept(desk: Desk) -> list[Choice]:
    """What the corpus keeps of how the annotator came to each page."""
    return [item.choice for item in desk.session.corpus.summaries("ann")]


def test_many_doubtful_proposals_on_a_short_page_promise_most() -> None:
    rows = [summary("a", 3.0, 3000), summary("b", 2.0, 1000), summary("c", 2.0, 10), summary("d", 0.0)]
    assert [expected_gain(item) for item in rows] == [1.0, 2.0, 2.0, 0.0]


@given(st.dictionaries(st.text(max_size=4), st.floats(0, 10), max_size=60), st.integers(0, 99), st.floats(0, 1))
def test_every_page_has_one_place_in_an_order_by_gain(gains: dict[str, float], seed: int, share: float) -> None:
    items = [summary(name, gain) for name, gain in gains.items()]
    order = by_gain(items, chosen={}, seed=seed, random_share=share)
    assert sorted(item.id for item, _ in order) == sorted(gains)
    assert order == by_gain(items[::-1], chosen={}, seed=seed, random_share=share)
    drawn = sum(choice is Choice.RANDOM for _, choice in order)
    assert abs(drawn - share * len(order)) <= 1
    best = [item.doubt for item, choice in order if choice is Choice.GAIN]
    assert best == sorted(best, reverse=True)


@given(st.integers(1, 60), st.integers(1, 7))
def test_the_random_share_holds_however_often_the_order_is_made(count: int, at_once: int) -> None:
    left = {str(n): summary(str(n), n % 7) for n in range(count)}
    chosen: Counter[Choice] = Counter()
    while left:
        for item, choice in by_gain(list(left.values()), chosen=chosen)[:at_once]:
            del left[item.id]
            chosen[choice] += 1
        assert abs(chosen[Choice.RANDOM] - 0.2 * sum(chosen.values())) <= 1


def test_how_a_page_was_chosen_is_kept_with_the_first_edit_on_it(desk: Desk) -> None:
    deeds.open_start(desk)
    assert kept(desk) == [Choice.UNKNOWN] * 4
    deeds.accept(desk)
    desk.queue.show(Filter(order=Order.RANDOM))
    deeds.open_page(desk, desk.page.document.id)
    deeds.undo(desk)
    deeds.mark_done(desk)
    assert kept(desk) == [Choice.ORDER, *[Choice.UNKNOWN] * 3]


@pytest.mark.parametrize(
    ("wanted", "choice"),
    [
        (Filter(), Choice.ORDER),
        (Filter(order=Order.RANDOM), Choice.RANDOM),
        (Filter(order=Order.UNSURE), Choice.DOUBT),
        (Filter(order=Order.GAIN), Choice.GAIN),
        (Filter(low_scores=True), Choice.DOUBT),
        (Filter(order=Order.RANDOM, words="page"), Choice.HAND),
    ],
)
def test_the_next_page_is_chosen_as_the_queue_is_ordered(desk: Desk, wanted: Filter, choice: Choice) -> None:
    desk.queue.show(wanted)
    deeds.finish(desk)
    following = desk.page.document.id
    deeds.mark_done(desk)
    (item,) = (item for item in desk.session.corpus.summaries("ann") if item.id == following)
    assert item.choice is choice


def test_a_page_picked_from_the_list_is_chosen_by_hand_unless_the_queue_has_it_next(desk: Desk) -> None:
    second, fourth = (desk.queue.items[n].id for n in (1, 3))
    deeds.open_page(desk, fourth)
    deeds.mark_done(desk)
    desk.session.open(desk.queue.items[0].id)
    deeds.open_page(desk, second)
    deeds.mark_done(desk)
    assert kept(desk) == [Choice.UNKNOWN, Choice.ORDER, Choice.UNKNOWN, Choice.HAND]


def test_every_fifth_page_is_random_also_after_a_restart(open_desk: Callable[..., Desk]) -> None:
    for _ in range(4):
        desk = open_desk()
        desk.queue.show(Filter(order=Order.GAIN))
        following = desk.queue.next_open("")
        assert following is not None
        desk.session.open(following, desk.queue.choice(following))
        deeds.mark_done(desk)
    assert Counter(kept(open_desk())) == {Choice.GAIN: 4}
    queue = open_desk().queue
    queue.show(Filter(order=Order.GAIN, statuses=frozenset({Status.TODO, Status.DONE})))
    left = [summary("next", 0.0), summary("other", 5.0)]
    assert by_gain(left, chosen=Counter(item.choice for item in queue.items))[0][1] is Choice.RANDOM


def test_work_on_many_pages_at_once_says_nothing_of_how_they_are_chosen(desk: Desk) -> None:
    from annotator.core.edits import set_state

    other = desk.queue.items[2].id
    page = desk.session.corpus.page(other, "ann")
    desk.session.do_all([(other, set_state(page, Status.UNSURE))])
    assert kept(desk)[2] is Choice.UNKNOWN
    desk.session.open(other, Choice.RANDOM)
    deeds.mark_done(desk)
    assert kept(desk)[2] is Choice.RANDOM
