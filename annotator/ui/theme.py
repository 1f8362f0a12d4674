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

    contrast: float
    """The least contrast of a label's code and outline to the page."""

    def label_ink(self, colour: str) -> str:
        """A label colour that can be read on the page."""
        return ink(colour, self.background, self.contrast)

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
    """What a palette cannot say: headings in bold, edges that can be seen, a ring around what has the keyboard."""
    edge = theme.muted if theme.name == "contrast" else theme.line
    check = data_path("resources", "icons", f"check-{'white' if theme.dark else 'black'}.svg").as_posix()
    fields = (
        "QLineEdit",
        "QComboBox",
        "QListView",
        "QTreeView",
        "QTextBrowser",
        "QPlainTextEdit",
        "QSpinBox",
        "QTableView",
    )
    # On black, buttons need an edge of their own; one that cannot be pressed has a dashed one.
    buttons = (
        f"QPushButton {{ border: 1px solid {edge}; border-radius: 3px; padding: 4px 12px; }}"
        "QPushButton:disabled { border-style: dashed; }"
        f"QToolButton {{ border: 1px solid {edge}; border-radius: 3px; padding: 2px 4px; }}"
        if theme.name == "contrast"
        else ""
    )
    return (
        f"QSlider::groove:horizontal {{ height: 4px; background: {theme.muted}; border-radius: 2px; }}"
        f"QSlider::handle:horizontal {{ width: 14px; margin: -6px 0; border-radius: 7px; "
        f"background: {theme.background}; border: 2px solid {theme.text}; }}"
        f"QSlider::handle:horizontal:focus {{ border-color: {theme.focus}; }}"
        + buttons
        + "QLabel#heading { font-weight: bold; }"
        f"{', '.join(fields)} {{ border: 1px solid {edge}; border-radius: 3px; }}"
        "QLineEdit, QComboBox { padding: 3px; }"
        f"{', '.join(f'{field}:focus' for field in (*fields, 'QToolButton', 'QPushButton', 'QCheckBox'))} "
        f"{{ border: 2px solid {theme.focus}; border-radius: 3px; }}"
        "QCheckBox::indicator, QListView::indicator, QTreeView::indicator { width: 15px; height: 15px; "
        f"border: 1px solid {theme.muted}; border-radius: 3px; background: {theme.background}; }}"
        f"QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked "
        f"{{ image: url({check}); }}"
        "QListView::indicator:disabled { border-style: dashed; }"
        f"QFrame#label_bar {{ background: {theme.panel}; border: 1px solid {edge}; border-radius: 5px; }}"
        f"QToolTip {{ background: {theme.panel}; color: {theme.panel_text}; border: 1px solid {edge}; }}"
    )
