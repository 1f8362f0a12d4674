"""Time on a page is stored with the edits, and idle time does not count."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.store.corpus import Corpus
from annotator.ui import main_window
from tests.ui.conftest import ANNOTATOR
from tests.ui.hands import Hands, Key


def test_only_the_time_between_signs_of_life_is_stored(
    open_window: Callable[..., Hands], seed_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(main_window.time, "monotonic", lambda: now[0])
    hands = open_window(seed_corpus)
    hands.press(Key.Key_Tab)
    for pause in (10.0, 190.0, 5.0):
        now[0] += pause
        hands.press(Key.Key_Tab)
    hands.press(Key.Key_Return)
    now[0] += 7.0
    hands.press("x")
    with Corpus.open(seed_corpus) as corpus:
        record = next(corpus.records([hands.page.document.id]))
    work = record.work_of(ANNOTATOR)
    assert work is not None
    assert work.seconds == pytest.approx(10.0 + 5.0 + 7.0)
