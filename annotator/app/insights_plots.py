"""The plots of Insights, drawn by matplotlib. Its import takes a while, so it is imported when the first is drawn.

Nothing is told by colour alone: lines have markers, bars have hatches or their number beside them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from annotator.app.colours import ink, tint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a6761d", "#56b4e9", "#7a7a7a")
"""Okabe and Ito (2008), which can be told apart whatever colours the reader sees; the yellow is left out."""
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo", "+++")
_NAMED = 30
"""Characters of a name that are written beside a bar."""
_TICKS = 7
"""Dates written below a plot, at most."""
_WIDTH = 7.0
"""Inches."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What a plot is drawn with; colours as `#rrggbb`."""

    background: str = "#ffffff"
    ink: str = "#22303c"
    line: str = "#cfd8df"
    fill: str = "#5f7f99"
    contrast: float = 3.0
    """The least contrast of lines and bars to the ground; 3 is what WCAG 2.2 asks for (success criterion 1.4.11)."""
    size: float = 9.0
    """Of the letters, in points."""

    def series(self) -> Iterator[tuple[str, str, str]]:
        """Colour, marker and hatch of one series after the other, without end."""
        colours = [ink(colour, self.background, self.contrast) for colour in _SERIES]
        return zip(cycle(colours), cycle(_MARKERS), cycle(_HATCHES))  # They have no end.


PRINT = Colours()
"""For pictures in files, which end up on white paper."""
_READABLE = 20
"""Columns of a matrix up to which its values are written into the cells."""


def load() -> None:
    """Import what drawing needs, so that the first plot does not wait for it."""
    import matplotlib.figure  # noqa: F401


@contextmanager
def style(colours: Colours) -> Iterator[None]:
    """Draw with these colours; text is never read as mathematics, and the same values give the same bytes."""
    import matplotlib

    settings: Any = {
        "svg.hashsalt": "annotator",
        "svg.fonttype": "none",
        "text.parse_math": False,
        "font.family": "sans-serif",
        "font.size": colours.size,
        "text.color": colours.ink,
        "figure.facecolor": colours.background,
        "savefig.facecolor": colours.background,
        "axes.facecolor": colours.background,
        "axes.edgecolor": colours.line,
        "axes.labelcolor": colours.ink,
        "hatch.color": colours.background,
        "legend.labelcolor": colours.ink,
        "xtick.color": colours.ink,
        "ytick.color": colours.ink,
    }
    with matplotlib.rc_context(settings):
        yield


def _axes(colours: Colours, height: float, width: float = _WIDTH) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    scale = colours.size / 9.0
    figure = Figure(figsize=(width, max(1.6, height * scale)), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return figure, axes


def _short(name: str) -> str:
    # The end is kept: it is where two versions of one proposer differ.
    return name if len(name) <= _NAMED else f"{name[: _NAMED // 2 - 1]}…{name[-_NAMED // 2 :]}"


def _rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.set_ylim(max(1, len(names)) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def _legend(figure: "Figure", columns: int = 5) -> None:
    figure.legend(loc="outside lower center", ncols=columns, frameon=False)


def stacked_bars(colours: Colours, values: Mapping[str, Mapping[str, float]], label: str) -> "Figure":
    """One bar a row, its parts one after the other.

    Args:
        colours: To draw with.
        values: By row and part.
        label: What is counted.
    """
    with style(colours):
        names = list(values)
        parts = list(dict.fromkeys(part for row in values.values() for part in row))
        figure, axes = _axes(colours, 1.3 + 0.34 * len(names))
        left = [0.0] * len(names)
        for part, (colour, _, hatch) in zip(parts, colours.series(), strict=False):
            widths = [float(values[name].get(part, 0.0)) for name in names]
            axes.barh(range(len(names)), widths, left=left, color=colour, hatch=hatch, label=part, height=0.7)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        _rows(axes, names)
        axes.set_xlabel(label)
        axes.grid(axis="x", color=colours.line, linewidth=0.6)
        if parts:
            _legend(figure)
        return figure


def bars(colours: Colours, values: Mapping[str, float], label: str) -> "Figure":
    """One bar a row, with its number beside it."""
    with style(colours):
        names = list(values)
        figure, axes = _axes(colours, 0.7 + 0.26 * len(names))
        drawn = axes.barh(range(len(names)), list(values.values()), color=colours.fill, height=0.7)
        axes.bar_label(drawn, labels=[f"{value:,.0f}" for value in values.values()], padding=3)
        _rows(axes, names)
        axes.set_xlabel(label)
        axes.margins(x=0.1)
        return figure


def lines(
    colours: Colours, days: Sequence[str], values: Mapping[str, Sequence[float | None]], label: str, top: float = 0.0
) -> "Figure":
    """One line a series over days; None leaves a gap.

    Args:
        colours: To draw with.
        days: ISO dates, rising.
        values: By series, one for each day.
        label: What is measured.
        top: Upper end of the scale; 0 for the highest value.
    """
    with style(colours):
        import numpy as np

        figure, axes = _axes(colours, 2.6)
        at = np.array(days, dtype="datetime64[D]")
        for (name, found), (colour, marker, _) in zip(values.items(), colours.series(), strict=False):
            known = np.array([np.nan if value is None else value for value in found], dtype=float)
            seen = ~np.isnan(known)
            axes.plot(at[seen], known[seen], color=colour, marker=marker, markersize=5, linewidth=1.4, label=name)
        step = max(1, -(-len(days) // _TICKS))
        axes.set_xticks(at[::step], days[::step])
        axes.locator_params(axis="y", integer=True)
        axes.set_ylim(0, top * 1.03 or None)
        axes.set_ylabel(label)
        axes.grid(axis="y", color=colours.line, linewidth=0.6)
        _legend(figure, 4)
        return figure


def boxes(colours: Colours, values: Mapping[str, Sequence[float]], label: str) -> "Figure":
    """One box a row: the middle half of the values, a line at the median, whiskers to the 5th and 95th of 100."""
    with style(colours):
        names = list(values)
        figure, axes = _axes(colours, 0.9 + 0.4 * len(names))
        if names:
            axes.boxplot(
                [list(found) for found in values.values()],
                positions=range(len(names)),
                orientation="horizontal",
                widths=0.55,
                whis=(5, 95),
                showfliers=False,
                patch_artist=True,
                boxprops={"facecolor": colours.fill, "edgecolor": colours.ink},
                medianprops={"color": colours.background, "linewidth": 2},
                whiskerprops={"color": colours.ink},
                capprops={"color": colours.ink},
            )
        _rows(axes, names)
        axes.set_xlim(left=0)
        axes.set_xlabel(label)
        axes.grid(axis="x", color=colours.line, linewidth=0.6)
        return figure


def interval_bars(colours: Colours, rows: Sequence[tuple[str, float | None, Sequence[float] | None]]) -> "Figure":
    """One dot a row on a scale from 0 to 1, with a line for its interval; a row without a value stays empty.

    Args:
        colours: To draw with.
        rows: Name, value and interval.
    """
    with style(colours):
        figure, axes = _axes(colours, 0.7 + 0.27 * len(rows))
        for y, (_, value, interval) in enumerate(rows):
            if interval is not None:
                axes.plot(list(interval), [y, y], color=colours.fill, linewidth=4, solid_capstyle="butt")
            if value is not None:
                axes.plot([value], [y], "o", color=colours.ink, markersize=5)
                axes.annotate(f"{value:.2f}", (1.02, y), va="center", annotation_clip=False)
        _rows(axes, [name for name, *_ in rows])
        axes.set_xlim(min([0.0, *(value for _, value, _ in rows if value is not None)]), 1.01)
        axes.grid(axis="x", color=colours.line, linewidth=0.6)
        return figure


def matrix(
    colours: Colours,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[int, int], float],
    form: str,
    top: float,
    plain: Collection[tuple[int, int]] = (),
) -> "Figure":
    """A table of values, stronger where they are higher; cells without a value stay empty.

    Args:
        colours: To draw with.
        rows: Names from top to bottom.
        columns: Names from left to right.
        values: By number of row and column.
        form: How a value is written.
        top: The value that is filled most strongly.
        plain: Cells that are not filled.

    Where the columns are too many, values would run into each other and only the filling is shown.
    """
    with style(colours):
        from matplotlib.patches import Rectangle

        width = max(2.6, min(_WIDTH + 3, 1.5 + 0.62 * len(columns)))
        figure, axes = _axes(colours, 1.3 + 0.36 * len(rows), width)
        for (y, x), value in values.items():
            strength = min(1.0, max(0.0, value / top)) if top > 0 and (y, x) not in plain else 0.0
            filled = tint(colours.fill, colours.background, colours.ink, 0.75 * strength)
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=filled, edgecolor=colours.line, linewidth=0.6))
            if len(columns) <= _READABLE:
                axes.text(x, y, form.format(value), ha="center", va="center", fontsize=0.9 * colours.size)
        axes.set_xticks(range(len(columns)), [_short(name) for name in columns])
        axes.tick_params(axis="x", rotation=90 if len(columns) > 8 else 30)
        for tick in axes.get_xticklabels():
            tick.set_horizontalalignment("center" if len(columns) > 8 else "right")
        axes.set_yticks(range(len(rows)), [_short(name) for name in rows])
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        for side in axes.spines.values():
            side.set_visible(False)
        return figure
