"""The views of the window: a switch, and below it the view that is shown. A view is built when it is first shown."""

from collections.abc import Callable, Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from annotator.app.commands import Command, Place
from annotator.ui.view_switch import VIEWS, ViewSwitch

ANNOTATE, REVIEW, INSIGHTS = VIEWS
_ONLY_ANNOTATE = frozenset(
    {"find", "search", "show_history", "minimum_score", "filter_labels", "focus_mode", "guideline", "daily_goal",
     "next_page", "previous_page", "focus_page", "focus_queue"}
)  # fmt: skip
"""Commands that work anywhere in the window, but mean something on the page of an annotator only."""
OWN_VERSION = frozenset(
    {"reject", "start_left", "start_right", "end_left", "end_right", "start_left_character", "start_right_character",
     "end_left_character", "end_right_character", "add_boundary", "add_boundary_here", "boundary_up", "boundary_down",
     "boundary_left", "boundary_right", "join", "next_layer", "next_unresolved", "previous_unresolved", "next_mark",
     "previous_mark", "undo", "redo", "copy", "show_keys"}
)  # fmt: skip
"""Commands of the page that work while an own version is written in the review."""
_WHILE_WRITING = frozenset({"review_confirm", "review_cancel"})


def is_enabled(command: Command, view: str, offered: Collection[str], *, own: Collection[str], writing: bool) -> bool:
    """Whether a command means something now.

    Args:
        command: The command.
        view: The view that is shown.
        offered: The views that there are.
        own: Commands that this view does in its own way.
        writing: Whether an own version is being written in the review.
    """
    if command.name.startswith("show_") and command.name[5:] in VIEWS:
        return command.name[5:] in offered
    if command.place is Place.REVIEW:
        return view == REVIEW and writing == (command.name in _WHILE_WRITING)
    if view == ANNOTATE or command.name in own:
        return True
    if command.place is Place.PAGE:
        return (view == REVIEW and writing and command.name in OWN_VERSION) or command.name == "show_keys"
    return command.name not in _ONLY_ANNOTATE


class Views(QWidget):
    """The view that is shown, and the switch above it."""

    view_shown = Signal(str)

    def __init__(self, title: str, annotate: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = ANNOTATE
        self.switch = ViewSwitch(title)
        self._stack = QStackedWidget()
        self._stack.addWidget(annotate)
        self._built: dict[str, QWidget] = {ANNOTATE: annotate}
        self._makers: dict[str, Callable[[], QWidget]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.switch)
        column.addWidget(self._stack, 1)
        self.switch.view_asked.connect(self.show_view)
        self.switch.show_view(ANNOTATE)
        for name in VIEWS[1:]:
            self.switch.offer(name, offered=False)

    @property
    def offered(self) -> frozenset[str]:
        """The views that can be shown."""
        return frozenset({ANNOTATE, *self._makers})

    def offer(self, name: str, make: Callable[[], QWidget]) -> None:
        """Offer a view; `make` builds it when it is first asked for."""
        self._makers[name] = make
        self.switch.offer(name, offered=True)

    def built(self, name: str) -> QWidget | None:
        """A view that was built already."""
        return self._built.get(name)

    def view(self, name: str) -> QWidget:
        """A view, built now if it was not before."""
        if name not in self._built:
            self._built[name] = self._makers[name]()
            self._stack.addWidget(self._built[name])
        return self._built[name]

    def forget(self) -> None:
        """Let go of every view but the annotator's page; the one that is shown is built anew."""
        for name in [name for name in self._built if name != ANNOTATE]:
            widget = self._built.pop(name)
            self._stack.removeWidget(widget)
            widget.deleteLater()
        self.show_view(self.current)

    def show_view(self, name: str) -> None:
        """Show a view."""
        if name not in self.offered:
            return
        widget = self.view(name)
        self.current = name
        self._stack.setCurrentWidget(widget)
        self.switch.show_view(name)
        self.view_shown.emit(name)
