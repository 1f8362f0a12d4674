"""Pictures of the window on the seed page, in every theme: `make screenshots` keeps those the guides show."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from annotator.core.marks import Span
from annotator.ui.theme import NAMES, load_theme
from tests.ui.hands import Hands, Key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: the folder that ANNOTATOR_SCREENSHOTS names, or one of this test."""
    chosen = os.environ.get("ANNOTATOR_SCREENSHOTS")
    path = Path(chosen) if chosen else tmp_path
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.mark.parametrize("theme", NAMES)
def test_a_picture_of_the_window_shows_decided_and_pending_marks(
    theme: str, folder: Path, open_window: Callable[..., Hands], seed_corpus: Path
) -> None:
    hands = open_window(seed_corpus, theme=theme)
    hands.press(Key.Key_Return, times=14)
    hands.press(Key.Key_X)
    hands.view.verticalScrollBar().setValue(0)
    QApplication.processEvents()
    decided = next(mark for mark in hands.page.decided if isinstance(mark, Span))
    pending = next(mark for mark in hands.desk.unresolved() if isinstance(mark, Span) and mark != hands.desk.focus)
    picture = hands.window.grab()
    path = folder / ("window.png" if theme == "light" else f"window-{theme}.png")
    assert picture.save(str(path))
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1280, 800)
    colours = {image.pixelColor(x, y).name() for x in range(0, 1280, 9) for y in range(0, 800, 9)}
    assert len(colours) > 8
    page = load_theme(theme)
    assert fill_at(hands, picture, decided) == page.label_fill(colour_of(hands, decided), pending=False)
    assert fill_at(hands, picture, pending) == page.label_fill(colour_of(hands, pending), pending=True)
    assert picture_colour(hands, picture, 4, 1) == page.background


def colour_of(hands: Hands, span: Span) -> str:
    label = hands.page.schema.find(span.layer, span.label)
    assert label is not None
    return label.colour


def fill_at(hands: Hands, picture: QPixmap, span: Span) -> str:
    """The colour just inside the upper left corner of a mark's rectangle, above its letters."""
    rect = hands.layout.stretch_rects(span.start, span.end)[0]
    return picture_colour(hands, picture, round(rect.left()) + 3, round(rect.top()) + 2)


def picture_colour(hands: Hands, picture: QPixmap, x: int, y: int) -> str:
    """The colour of the page at a place in page pixels, where the page stands at its top."""
    viewport = hands.view.viewport()
    corner = viewport.mapTo(hands.window, viewport.rect().topLeft())
    return QColor(picture.toImage().pixelColor(corner.x() + x, corner.y() + y)).name()
