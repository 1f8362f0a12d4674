"""What a page of Insights is made of: tables and pictures as values, and how they are written to files."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

from annotator.agreement.disagreements import Filter
from annotator.core.words import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from annotator.app.insights_plots import Colours

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    value: Value
    """What it is sorted by and written to files; None where it is not defined."""
    text: str
    """As it is shown."""
    cases: Filter | None = None
    """The places in Review that the number stands for."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The first column names the row."""

    name: str
    """What its file is called, without an ending."""
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str = ""
    """What a reader must know to read it; may be empty."""

    def to_csv(self) -> str:
        """The table as CSV with a heading line; numbers unrounded, what is not defined empty."""
        out = StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([["" if cell.value is None else cell.value for cell in row] for row in self.rows])
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot, drawn when it is asked for."""

    name: str
    """What its file is called, without an ending."""
    title: str
    about: str
    """What it shows, for those who do not see it."""
    draw: Callable[["Colours"], "Figure"]
    hits: Mapping[tuple[int, int], Filter] = field(default_factory=dict)
    """The places in Review behind a column and a row of the plot; the column is -1 where the whole row counts."""

    def cases_at(self, x: float, y: float) -> Filter | None:
        """The cases behind a place in data coordinates; None where there are none."""
        return self.hits.get((round(x), round(y))) or self.hits.get((-1, round(y)))


@dataclass(frozen=True, slots=True)
class Section:
    """One page of Insights."""

    name: str
    title: str
    words: tuple[str, ...] = ()
    """Sentences above tables and pictures."""
    parts: tuple[Table | Picture, ...] = ()
    layer: str = ""
    """The layer it is about; empty where it is about the whole corpus."""

    def tables(self) -> list[Table]:
        """Its tables."""
        return [part for part in self.parts if isinstance(part, Table)]

    def pictures(self) -> list[Picture]:
        """Its pictures."""
        return [part for part in self.parts if isinstance(part, Picture)]


def words(text: str) -> Cell:
    """A cell that holds words."""
    return Cell(text, text)


def count(n: int, cases: Filter | None = None) -> Cell:
    """A cell that holds a number of things; nothing opens where there are none."""
    return Cell(n, f"{n:,}", cases if n else None)


def measure(value: float | None, cases: Filter | None = None, digits: int = 3) -> Cell:
    """A cell that holds a measure."""
    return Cell(value, tr("n/a") if value is None else f"{value:.{digits}f}", cases if value is not None else None)


def share(above: float, below: float) -> Cell:
    """A cell that holds a share, shown in per cent."""
    return Cell(above / below, f"{100 * above / below:.0f} %") if below else Cell(None, tr("n/a"))


def amount(value: float | None, digits: int = 1) -> Cell:
    """A cell that holds an amount; empty where there is none."""
    return Cell(None, "") if value is None else Cell(value, f"{value:,.{digits}f}")
