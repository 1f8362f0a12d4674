"""Themes: the colours of the window, from `resources/themes`, and what a label looks like on them."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from annotator.app.colours import ink, tint
from annotator.app.settings import data_path

NAMES = ("light", "dark", "contrast")


@dataclass(frozen=True)
class Theme:
    """Colours as `#rrggbb`."""

    name: str
    dark: bool
    background: str
    text: str
    muted: str
    panel: str
    panel_text: str
    line: str
    focus: str
    selection: str
    caret: str
    wash: float
    """How strongly a decided mark is filled, from 0.0 to 1.0."""
    wash_pending: float
    """How strongly a proposal is filled."""

    def label_ink(self, colour: str) -> str:
        """A label colour that can be read on the page."""
        return ink(colour, self.background)

    def label_fill(self, colour: str, *, pending: bool) -> str:
        """The fill of a mark; the text of the page can be read on it."""
        return tint(colour, self.background, self.text, self.wash_pending if pending else self.wash)


@lru_cache
def load_theme(name: str) -> Theme:
    """The theme of that name; "system" follows what the desktop asks for."""
    if name not in NAMES:
        name = "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
    body = data_path("resources", "themes", f"{name}.toml").read_text(encoding="utf-8")
    return Theme(**tomllib.loads(body))


def palette_of(theme: Theme) -> QPalette:
    """The theme as a palette for the whole application."""
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.panel_text,
        role.Base: theme.background,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.panel,
        role.ButtonText: theme.panel_text,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.panel_text,
        role.PlaceholderText: theme.muted,
        role.Link: theme.focus,
        role.Mid: theme.line,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, which, QColor(theme.muted))
    return palette


def style_of(theme: Theme) -> str:
    """What a palette cannot say: headings in bold, a ring around what has the keyboard."""
    return (
        "QLabel#heading { font-weight: bold; }"
        f"QListView:focus, QLineEdit:focus, QComboBox:focus, QToolButton:focus, QCheckBox:focus, QTextBrowser:focus "
        f"{{ border: 2px solid {theme.focus}; }}"
        f"QFrame#label_bar {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 5px; }}"
        f"QToolTip {{ background: {theme.panel}; color: {theme.panel_text}; border: 1px solid {theme.line}; }}"
    )
