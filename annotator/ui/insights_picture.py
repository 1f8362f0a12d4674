"""Plots of Insights in the window: drawn in the colours of the theme, clicked, saved as PNG or SVG.

Importing this module imports matplotlib, so it is imported when the first plot is shown.
"""

import warnings
from pathlib import Path

from matplotlib.backend_bases import Event, MouseEvent
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from annotator.agreement.plots import to_png, to_svg
from annotator.app.insights_parts import Picture
from annotator.app.insights_plots import PRINT, Colours, style
from annotator.app.targets import write_file
from annotator.core.words import tr
from annotator.ui.theme import Theme

SCREEN_DOTS = 96
"""Dots per inch of a plot on a screen without scaling; Qt scales it with everything else."""


def colours_of(theme: Theme, points: float) -> Colours:
    """What plots are drawn with on this theme, with letters of so many points."""
    fill = "#4f86b0" if theme.dark else "#7396b3"
    least = 6.0 if theme.name == "contrast" else 3.0
    return Colours(theme.background, theme.text, theme.line, fill, least, max(8.0, points))


class _Canvas(FigureCanvasQTAgg):
    """Leaves the wheel to the page around it, and draws at its own pace."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        with warnings.catch_warnings():
            # A letter that the font lacks is drawn as a box; the table beside the plot has it.
            warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
            super().paintEvent(event)  # type: ignore[no-untyped-call]


class PictureView(QWidget):
    """One plot. It says which cases were asked for."""

    cases_asked = Signal(object)
    """The `Filter` behind a part of the plot."""

    def __init__(self, picture: Picture, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = picture
        self._theme = theme
        figure = picture.draw(colours_of(theme, self.font().pointSizeF()))
        figure.set_dpi(SCREEN_DOTS)
        width, height = figure.get_size_inches()
        self._size = QSize(round(width * SCREEN_DOTS), round(height * SCREEN_DOTS))
        self.canvas = _Canvas(figure)  # type: ignore[no-untyped-call]
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setAccessibleName(picture.title)
        self.canvas.setAccessibleDescription(picture.about)
        self.canvas.mpl_connect("button_release_event", self._clicked)
        self.canvas.mpl_connect("motion_notify_event", self._moved)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._size.height())
        self.setMaximumWidth(self._size.width() + 120)
        # The numbers in the cells of a matrix need their room; bars and lines give way.
        matrix = any(column >= 0 for column, _ in picture.hits)
        self.setMinimumWidth(self._size.width() if matrix else min(360, self._size.width()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)

    def sizeHint(self) -> QSize:
        return self._size

    def _cases(self, event: Event) -> object:
        if isinstance(event, MouseEvent) and event.xdata is not None and event.ydata is not None:
            return self.picture.cases_at(event.xdata, event.ydata)
        return None

    def _clicked(self, event: Event) -> None:
        cases = self._cases(event)
        if cases is not None:
            self.cases_asked.emit(cases)

    def _moved(self, event: Event) -> None:
        over = self._cases(event) is not None
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        self.canvas.setToolTip(tr("A click shows the cases in Review") if over else "")


def save_picture(picture: Picture, path: Path) -> None:
    """Write a plot, on white, as SVG where the name ends so, as PNG otherwise.

    Raises:
        InputError: The file cannot be written.
    """
    figure = picture.draw(PRINT)
    with warnings.catch_warnings(), style(PRINT):
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.axes[0].set_title(picture.title, loc="left")
        body = to_svg(figure) if path.suffix.lower() == ".svg" else to_png(figure)
    write_file(path, body)
