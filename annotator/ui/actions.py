"""The command table as Qt actions: for menus, keys, palette and tool tips. Nothing else makes an action."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from annotator.app.commands import COMMANDS, Command, Place, keys_of, menus
from annotator.core.words import tr


def build_actions(
    window: QWidget,
    page_view: QWidget,
    run: Callable[[Command], None],
    chosen: Mapping[str, str],
) -> dict[str, QAction]:
    """An action for every command, by name. Keys of the review are heard once its widgets have the actions.

    Args:
        window: Where keys that work anywhere are heard.
        page_view: Where keys of the page are heard.
        run: Does what a command says.
        chosen: Keys that the user chose, by command name.
    """
    actions = {}
    for command in COMMANDS:
        action = QAction(tr(command.title), window)
        action.setObjectName(command.name)
        action.setMenuRole(QAction.MenuRole.QuitRole if command.name == "quit" else QAction.MenuRole.NoRole)
        action.triggered.connect(lambda _checked=False, command=command: run(command))
        if command.place is not Place.ANYWHERE:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            if command.place is Place.PAGE:
                page_view.addAction(action)
        else:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            window.addAction(action)
        actions[command.name] = action
    set_keys(actions, chosen)
    return actions


def set_keys(actions: Mapping[str, QAction], chosen: Mapping[str, str]) -> None:
    """Give every action its key, the user's choice in the place of its own."""
    for command in COMMANDS:
        keys = keys_of(command, chosen)
        actions[command.name].setShortcuts([QKeySequence(key) for key in keys])
        shown = " / ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
        actions[command.name].setToolTip(f"{tr(command.title)} ({shown})" if shown else tr(command.title))


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> None:
    """Put every action into its menu."""
    for title, commands in menus().items():
        menu = bar.addMenu(tr(title))
        menu.setToolTipsVisible(True)
        for command in commands:
            menu.addAction(actions[command.name])
