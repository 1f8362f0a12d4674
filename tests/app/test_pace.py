from hypothesis import given
from hypothesis import strategies as st

from annotator.app.pace import IDLE_LIMIT, Pace


def test_time_between_signs_of_life_counts() -> None:
    pace = Pace()
    for at in (100.0, 103.0, 110.0):
        pace.touch(at)
    assert pace.total == 10.0
    assert pace.take() == 10.0
    assert pace.take() == 0.0
    pace.touch(112.0)
    assert (pace.take(), pace.total) == (2.0, 12.0)


def test_the_first_sign_of_life_counts_nothing() -> None:
    pace = Pace()
    pace.touch(1_000_000.0)
    assert pace.take() == pace.total == 0.0


def test_a_pause_counts_only_up_to_the_limit() -> None:
    pace = Pace()
    pace.touch(0.0)
    pace.touch(IDLE_LIMIT)
    assert pace.take() == IDLE_LIMIT
    pace.touch(2 * IDLE_LIMIT + 0.1)
    assert pace.take() == 0.0
    pace.touch(2 * IDLE_LIMIT + 1.1)
    assert pace.take() > 0.9


def test_another_page_starts_at_nothing() -> None:
    pace = Pace()
    pace.touch(0.0)
    pace.touch(30.0)
    pace.open_page()
    assert pace.take() == pace.total == 0.0
    pace.touch(31.0)
    assert pace.total == 1.0


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_time_never_runs_backwards_nor_beyond_the_clock(times: list[float]) -> None:
    pace = Pace()
    for at in times:
        pace.touch(at)
    assert 0.0 <= pace.total <= IDLE_LIMIT * max(0, len(times) - 1)
    assert pace.take() == pace.total
