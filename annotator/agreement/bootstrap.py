"""Sums over documents with a bootstrap over the same documents, in memory that does not grow with them.

Each of the draws gives a document a weight, a Poisson number of mean 1, in place of how often it would be drawn with
replacement; the weighted sums of a draw are those of one resampled corpus. A weight depends on the seed and the id of
the document only, so that the order of documents changes nothing.

Source: Hanley and MacGibbon (2006), Creating non-parametric bootstrap samples using Poisson frequencies, Computer
Methods and Programs in Biomedicine 83; percentile intervals: Efron and Tibshirani (1993), chapter 13.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from hashlib import shake_128
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

DRAWS = 1000
ENOUGH = 10
"""Documents below which no interval is given."""
PLENTY = 30
"""Documents below which an interval is called rough."""
_BATCH = 256


class Sums:
    """Named sums over documents, and the same sums in each draw of the bootstrap."""

    def __init__(self, seed: int, draws: int = DRAWS) -> None:
        import numpy as np

        self.documents = 0
        self.plain: defaultdict[Hashable, float] = defaultdict(float)
        """Sums of which no draws are kept; add to them here."""
        self._seed = seed
        self._draws = draws
        self._columns: dict[Hashable, int] = {}
        self._ids: list[str] = []
        self._cells: tuple[list[int], list[int], list[float]] = ([], [], [])
        self._totals: NDArray[np.float64] = np.zeros(0)
        self._drawn: NDArray[np.float64] = np.zeros((0, draws))
        self._table = _poisson_table()

    def add(self, document_id: str, counts: Mapping[Hashable, float]) -> None:
        """Count one document, in the sums and in every draw."""
        known = self._columns
        if not known.keys() >= counts.keys():
            for key in counts:
                known.setdefault(key, len(known))
        columns, rows, values = self._cells
        columns.extend(map(known.__getitem__, counts))
        rows.extend(repeat(len(self._ids), len(counts)))
        values.extend(counts.values())
        self.documents += 1
        self._ids.append(document_id)
        if len(self._ids) >= _BATCH:
            self._flush()

    def add_many(self, document_ids: Sequence[str], counts: "Mapping[Hashable, NDArray[np.float64]]") -> None:
        """Count several documents; each key has a number for each of them."""
        import numpy as np

        self._flush()
        if not document_ids:
            return
        for key in counts:
            self._columns.setdefault(key, len(self._columns))
        table = np.zeros((len(self._columns), len(document_ids)), dtype=np.float32)
        for key, row in counts.items():
            table[self._columns[key]] = row
        self._add_table(document_ids, table)

    def __getitem__(self, key: Hashable) -> float:
        """The sum over all documents; 0 for a key never counted."""
        self._flush()
        column = self._columns.get(key)
        return self.plain.get(key, 0.0) if column is None else float(self._totals[column])

    def names(self) -> list[Hashable]:
        """All keys that were counted."""
        return [*self._columns, *self.plain]

    def drawn(self, key: Hashable) -> "Draws":
        """The sum in each draw; zeros for a key of which only the sum is kept."""
        import numpy as np

        self._flush()
        column = self._columns.get(key)
        return np.zeros(self._draws) if column is None else self._drawn[column]

    def _flush(self) -> None:
        import numpy as np

        if not self._ids:
            return
        table = np.zeros((len(self._columns), len(self._ids)), dtype=np.float32)
        columns, rows, values = self._cells
        table[columns, rows] = values
        ids, self._ids, self._cells = self._ids, [], ([], [], [])
        self._add_table(ids, table)

    def _add_table(self, document_ids: Sequence[str], table: "NDArray[np.float32]") -> None:
        """Add counts, a row a key and a column a document."""
        import numpy as np

        more = len(self._columns) - len(self._totals)
        if more:
            self._totals = np.concatenate([self._totals, np.zeros(more)])
            self._drawn = np.concatenate([self._drawn, np.zeros((more, self._draws))])
        self._totals += table.sum(axis=1, dtype=np.float64)
        self._drawn += table @ self._weights(document_ids)

    def _weights(self, document_ids: Sequence[str]) -> "NDArray[np.float32]":
        """The weights of documents, a row each: two bytes of a stream of bytes of its own for each draw."""
        import numpy as np

        size = 2 * self._draws
        streams = (shake_128(f"{self._seed}:{document_id}".encode()).digest(size) for document_id in document_ids)
        drawn: NDArray[np.uint16] = np.frombuffer(b"".join(streams), dtype="<u2").reshape(-1, self._draws)
        return np.take(self._table, drawn)


def _poisson_table() -> "NDArray[np.float32]":
    """A Poisson number of mean 1 for each of 65,536 equally likely cases."""
    import numpy as np

    reached, edges = 0.0, []
    for k in range(9):
        reached += math.exp(-1) / math.factorial(k)
        edges.append(round(reached * 65536))
    return np.searchsorted(np.array(edges), np.arange(65536), side="right").astype(np.float32)


def ratio(above: "Draws", below: "Draws") -> "Draws":
    """One sum by another in each draw; NaN where nothing can be divided."""
    import numpy as np

    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0)


def mean_of(values: Sequence["Draws"]) -> "Draws":
    """Mean in each draw of the values that are defined in it."""
    import numpy as np

    table = np.stack(values)
    known = ~np.isnan(table)
    return ratio(np.where(known, table, 0.0).sum(axis=0), known.sum(axis=0).astype(float))


def interval(values: "Draws", documents: int, level: float = 0.95) -> tuple[float, float] | None:
    """Percentile interval over the draws; None below `ENOUGH` documents or where most draws are not defined."""
    import numpy as np

    known = values[~np.isnan(values)]
    if documents < ENOUGH or len(known) < len(values) / 2:
        return None
    low, high = np.percentile(known, [50 * (1 - level), 50 * (1 + level)])
    return float(low), float(high)


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of the values that are defined; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
