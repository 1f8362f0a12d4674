"""Plots of agreement and progress, drawn by matplotlib, which is imported when the first one is drawn.

Each function gives a `Figure` that a window can embed and that `to_svg` and `to_png` save. Colours are neutral and no
value is called good or bad; text is never read as mathematics. The same values give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from annotator.core.errors import AnnotatorError
from annotator.core.words import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#33414e"
FILL = "#7b93a8"
PALE = "#dfe6ec"
_STATUS = {
    "done": "#52708b",
    "in_progress": "#93adc2",
    "unsure": "#c2a878",
    "skipped": "#b9b4ad",
    "todo": "#e6eaee",
}


@contextmanager
def _style() -> Iterator[None]:
    try:
        import matplotlib
    except ImportError:
        raise AnnotatorError(tr("Plots are drawn by matplotlib, which is not installed; install it.")) from None
    settings: Any = {
        "svg.hashsalt": "annotator",
        "svg.fonttype": "none",
        "text.parse_math": False,
        "font.family": "sans-serif",
        "font.size": 9.0,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    with matplotlib.rc_context(settings):
        yield


def interval_bars(
    rows: Sequence[tuple[str, float | None, Sequence[float] | None]], title: str, target: float | None = None
) -> "Figure":
    """One dot a row on a scale from 0 to 1, with a line for its interval; a row without a value stays empty.

    Args:
        rows: Name, value and interval.
        title: Shown above.
        target: A line that the reader has set for themselves.
    """
    with _style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 0.9 + 0.28 * max(1, len(rows))), layout="constrained")
        axes = figure.add_subplot()
        for y, (_, value, interval) in enumerate(rows):
            if interval is not None:
                axes.plot(list(interval), [y, y], color=FILL, linewidth=3, solid_capstyle="butt")
            if value is not None:
                axes.plot([value], [y], "o", color=INK, markersize=5)
                axes.annotate(f"{value:.2f}", (1.02, y), va="center", annotation_clip=False)
        if target is not None:
            axes.axvline(target, color=INK, linestyle=":", linewidth=1)
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
        axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)
        axes.set_xlim(min([0.0, *(value for _, value, _ in rows if value is not None)]), 1.0)
        axes.grid(axis="x", color=PALE)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set_title(title, loc="left", fontsize=10)
        return figure


def matrix(
    names: Sequence[str], values: Mapping[tuple[str, str], float], title: str, *, form: str = "{:.2f}"
) -> "Figure":
    """A square table of values, darker where they are higher; cells without a value stay empty.

    Args:
        names: Rows and columns.
        values: By row and column.
        title: Shown above.
        form: How a value is written.
    """
    with _style():
        import numpy as np
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.figure import Figure

        n = len(names)
        table = np.full((n, n), np.nan)
        for (row, column), value in values.items():
            table[names.index(row), names.index(column)] = value
        figure = Figure(figsize=(1.6 + 0.55 * n, 1.2 + 0.42 * n), layout="constrained")
        axes = figure.add_subplot()
        top = float(np.nanmax(table)) if values else 1.0
        colours = LinearSegmentedColormap.from_list("neutral", ["#ffffff", "#a9bccb"])
        if n:
            axes.imshow(table, cmap=colours, vmin=0.0, vmax=max(top, 1e-9), aspect="auto")
        for (row, column), value in values.items():
            axes.text(names.index(column), names.index(row), form.format(value), ha="center", va="center", fontsize=8)
        axes.set_xticks(range(n), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(n), names)
        axes.set_title(title, loc="left", fontsize=10)
        return figure


def progress_bars(progress: Mapping[str, Mapping[str, float]], title: str, words: Mapping[str, str]) -> "Figure":
    """Documents by status, one bar an annotator.

    Args:
        progress: By annotator, documents by status.
        title: Shown above.
        words: What each status is called.
    """
    with _style():
        from matplotlib.figure import Figure

        names = list(progress)
        figure = Figure(figsize=(6.4, 1.1 + 0.32 * max(1, len(names))), layout="constrained")
        axes = figure.add_subplot()
        left = [0.0] * len(names)
        for status, colour in _STATUS.items():
            widths = [float(progress[name].get(status, 0)) for name in names]
            if any(widths):
                axes.barh(range(len(names)), widths, left=left, color=colour, label=words.get(status, status))
                left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(max(1, len(names)) - 0.5, -0.5)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        if names:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), ncols=5, frameon=False, fontsize=8)
        axes.set_title(title, loc="left", fontsize=10)
        return figure


def to_svg(figure: "Figure") -> bytes:
    """The figure as SVG, with its text as text."""
    return _saved(figure, "svg", metadata={"Date": None, "Creator": None})


def to_png(figure: "Figure", dots_per_inch: int = 150) -> bytes:
    """The figure as PNG."""
    return _saved(figure, "png", dpi=dots_per_inch, metadata={"Software": None})


def _saved(figure: "Figure", form: str, **options: Any) -> bytes:
    out = BytesIO()
    with _style():
        figure.savefig(out, format=form, **options)
    return out.getvalue()
