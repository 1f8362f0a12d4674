"""Timed series, and the table that shows them."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Series:
    """One row of the table: milliseconds, or megabytes, of the same thing done many times."""

    title: str
    wanted: str = ""
    unit: str = "ms"
    values: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Milliseconds of processor time of each value: what it costs when nothing else runs and no disk is waited for."""

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add the milliseconds that the block takes."""
        start, used = time.perf_counter(), time.process_time()
        yield
        self.add(time.perf_counter() - start, time.process_time() - used)

    def add(self, seconds: float, processor: float) -> None:
        """Add one value, with the processor time it took."""
        self.values.append(seconds * 1000)
        self.processor.append(processor * 1000)

    def cut(self, length: int) -> None:
        """Keep the first values only."""
        del self.values[length:], self.processor[length:]

    def row(self) -> tuple[str, ...]:
        """Title, median, 95th percentile, the same of the processor time, number of values and what is wanted."""
        figures = [*_middle_and_end(self.values), *(_middle_and_end(self.processor) if self.processor else ("", ""))]
        return (f"{self.title} ({self.unit})", *figures, str(len(self.values)), self.wanted)


def _middle_and_end(values: list[float]) -> tuple[str, str]:
    ordered = sorted(values)
    return f"{statistics.median(ordered):.1f}", f"{ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]:.1f}"


def table(rows: list[Series]) -> str:
    """The series as a Markdown table."""
    head = ("what", "median", "p95", "CPU median", "CPU p95", "n", "wanted")
    cells = [head, *(series.row() for series in rows if series.values)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


Measure = Callable[[], list[Series]]
