"""The switch between the views of the window, at its top right."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from annotator.core.words import tr

VIEWS = ("annotate", "review", "insights")
"""The views, in the order of the switch; `show_` and the name is the command that shows one."""


class ViewSwitch(QWidget):
    """One button for each view, the one shown pressed down. It only asks: the window shows."""

    view_asked = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = {"annotate": tr("Annotate"), "review": tr("Review"), "insights": tr("Insights")}
        self.title = QLabel(title)
        self.title.setObjectName("heading")
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 8, 2)
        row.setSpacing(2)
        row.addWidget(self.title)
        row.addStretch(1)
        for name in VIEWS:
            button = QToolButton()
            button.setObjectName(f"view_{name}")
            button.setText(words[name])
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.clicked.connect(lambda _checked=False, name=name: self.view_asked.emit(name))
            self._group.addButton(button)
            row.addWidget(button)
            self.buttons[name] = button

    def show_tips(self, actions: Mapping[str, QAction]) -> None:
        """Show the key of each view."""
        for name, button in self.buttons.items():
            button.setToolTip(actions[f"show_{name}"].toolTip())

    def show_view(self, name: str) -> None:
        """Show which view is shown."""
        self.buttons[name].setChecked(True)
        for other, button in self.buttons.items():
            font = button.font()
            font.setBold(other == name)
            button.setFont(font)

    def offer(self, name: str, *, offered: bool) -> None:
        """Show or hide the button of a view."""
        self.buttons[name].setVisible(offered)
