"""The views beside the annotator's page: how they are made and tied to the window."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from annotator.app import deeds
from annotator.app.commands import COMMANDS, Place, keys_of
from annotator.app.desk import Desk
from annotator.app.settings import Settings
from annotator.core.words import tr
from annotator.ui.main_window import MainWindow
from annotator.ui.theme import Theme
from annotator.ui.views import ANNOTATE, INSIGHTS, OWN_VERSION, REVIEW


class Workplace(Protocol):
    """What the views need of the place where the parts meet."""

    settings: Settings
    desk: Desk
    window: MainWindow
    theme: Theme

    @property
    def path(self) -> Any: ...
    def open_corpus(self) -> Any: ...


def offer_views(place: Workplace) -> None:
    """Offer the review and the insights. Neither is loaded before it is asked for."""
    window = place.window
    window.views.offer(REVIEW, lambda: _make_review(place))
    window.views.offer(INSIGHTS, lambda: _make_insights(place))
    window.add_commands({"review_changes": lambda: _review(place).show_changes(place.desk.session.annotator)})
    window.views.view_shown.connect(lambda name: _review(place).enter() if name == REVIEW else None)
    window.enable_actions()


def _review(place: Workplace) -> Any:
    return place.window.views.view(REVIEW)


def _make_review(place: Workplace) -> QWidget:
    from annotator.ui.review_view import ReviewView

    window, actions = place.window, place.window.actions_by_name
    view = ReviewView(place.desk.session, window.jobs, place.open_corpus, place.theme)
    view.set_zoom(place.settings.zoom)
    chosen = place.settings.keys
    view.set_keys(
        {command.name: tr(command.title) for command in COMMANDS},
        {command.name: next(iter(keys_of(command, chosen)), "") for command in COMMANDS},
    )
    for command in COMMANDS:
        if command.place is Place.REVIEW or command.name == "show_keys":
            view.addAction(actions[command.name])
    view.said.connect(window.say)
    view.informed.connect(window.inform)
    view.writing_changed.connect(partial(_writing_changed, window, view))
    view.titles_changed.connect(partial(_show_titles, window))
    view.place_asked.connect(partial(_show_place, place))
    window.view_pages[REVIEW] = view.page_view
    window.view_desks[REVIEW] = view.desk
    window.view_commands[REVIEW] = {**view.commands(), **_in_its_own_way(view)}
    return view


def _in_its_own_way(view: Any) -> dict[str, Callable[[], None]]:
    return {
        "undo": lambda: view.draft.undo() if view.page_view.writing else view.undo(),
        "redo": lambda: view.draft.redo() if view.page_view.writing else view.redo(),
        "focus_page": view.page_view.setFocus,
        "focus_queue": view.list.view.setFocus,
        "next_page": lambda: view.step_page(1),
        "previous_page": lambda: view.step_page(-1),
    }


def _writing_changed(window: MainWindow, view: Any, writing: bool) -> None:
    """The keys of the page are heard in the review only while an own version is written there."""
    for name in OWN_VERSION - {"show_keys"}:
        if writing:
            view.page_view.addAction(window.actions_by_name[name])
        else:
            view.page_view.removeAction(window.actions_by_name[name])
    window.enable_actions(writing=writing)


def _show_titles(window: MainWindow, undo: str, redo: str) -> None:
    for name, word, title in (("review_undo", tr("Undo"), undo), ("review_redo", tr("Redo"), redo)):
        window.actions_by_name[name].setText(f"{word}: {title}" if title else word)


def _show_place(place: Workplace, document_id: str, position: int) -> None:
    """Show a place in the annotator's own page."""

    def show() -> None:
        place.window.show_view(ANNOTATE)
        deeds.open_page(place.desk, document_id)
        place.desk.set_caret(position)

    place.window.attempt(show)


def _make_insights(place: Workplace) -> QWidget:
    from annotator.ui.insights_view import InsightsView

    view = InsightsView(place.open_corpus, place.theme, place.window.jobs)
    view.cases_asked.connect(partial(_show_cases, place))
    view.said.connect(place.window.say)
    session = place.desk.session
    if session.corpus.edited_pages(session.annotator):
        view.show_only(session.annotator)
    return view


def _show_cases(place: Workplace, wanted: Any) -> None:
    """Open in the review the cases behind a number of the insights."""
    _review(place).show_cases(wanted)
    place.window.show_view(REVIEW)
