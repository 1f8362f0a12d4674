"""What the dialogs for import and export are made of."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QPushButton

from annotator.core.errors import InputError


def button(title: str, deed: Callable[[], None]) -> QPushButton:
    """A button that does `deed`."""
    made = QPushButton(title)
    made.clicked.connect(deed)
    return made


def choice(name: str, *entries: tuple[str, object]) -> QComboBox:
    """A box to choose from, with its accessible name and entries of title and value."""
    box = QComboBox()
    box.setAccessibleName(name)
    for title, value in entries:
        box.addItem(title, value)
    return box


def why_not(read: Callable[[], object]) -> str:
    """What is wrong with what the user wrote; empty where nothing is."""
    try:
        read()
    except InputError as error:
        return str(error)
    return ""
