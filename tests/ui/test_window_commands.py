from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction

from annotator.app.commands import COMMANDS, Place
from annotator.ui import asking
from tests.ui.hands import Hands


@pytest.fixture
def hands(open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]) -> Hands:
    return open_window(make_text_corpus("Ann met Bob.", "Two."))


def trigger(hands: Hands, name: str) -> None:
    action = hands.window.actions_by_name[name]
    assert isinstance(action, QAction)
    action.trigger()


def test_every_command_of_the_table_does_something(hands: Hands) -> None:
    window = hands.window
    window.views.view("review")
    bound = {*window._window_commands, *window.view_commands.get("review", {})}
    deaf = [command.name for command in COMMANDS if command.deed is None and command.name not in bound]
    assert deaf == []
    assert {command.name for command in COMMANDS if command.place is Place.REVIEW} <= bound


def test_zoom_is_kept_and_ends_at_its_limits(hands: Hands) -> None:
    for name, wanted in (("zoom_in", 300), ("zoom_out", 60), ("zoom_reset", 100)):
        for _ in range(12):
            trigger(hands, name)
        assert hands.workplace.settings.zoom == hands.view._zoom == wanted


def test_search_and_guideline_bring_the_sides_back_where_only_the_page_is_shown(hands: Hands) -> None:
    for name in ("search", "guideline"):
        trigger(hands, "focus_mode")
        assert not hands.window.documents.isVisible()
        trigger(hands, name)
        assert hands.window.documents.isVisible()
        assert hands.window.side.isVisible()


def test_label_counts_stay_when_the_colours_change(hands: Hands) -> None:
    hands.desk.set_caret(0)
    hands.press("1")
    before = {name: button.text() for name, button in hands.window.labels._buttons.items()}
    trigger(hands, "theme_dark")
    assert {name: button.text() for name, button in hands.window.labels._buttons.items()} == before


def test_another_annotator_opens_the_same_corpus_anew(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ask_annotator", lambda *_: "ben")
    trigger(hands, "choose_annotator")
    assert hands.workplace.next == (hands.workplace.path, "ben")


def test_another_language_opens_the_same_page_anew(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ask_choice", lambda *_: 2)
    trigger(hands, "language")
    assert hands.workplace.settings.language == "de"
    assert hands.workplace.next == (hands.workplace.path, hands.desk.session.annotator)


def test_the_score_slider_hides_and_shows_proposals(open_window: Callable[..., Hands], seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    everything = hands.desk.unresolved()
    scored = [hands.page.proposed[mark].score for mark in everything]
    hands.window.score_slider.setValue(90)
    expected = [mark for mark, score in zip(everything, scored, strict=True) if score is None or score >= 0.9]
    assert hands.desk.unresolved() == expected
    assert 0 < len(expected) < len(everything)
    hands.window.score_slider.setValue(0)
    assert hands.desk.unresolved() == everything
