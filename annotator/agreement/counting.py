"""What is counted of some documents at once for the agreement report, so that everything after is sums over documents.

A key starts with the name of a layer and of a count; pairs of annotators are `(a, b)` in alphabetical order.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.agreement.bootstrap import Sums
from annotator.agreement.lanes import NOTHING
from annotator.core.sheet import Row, Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

Pair = tuple[str, str]
PAGE_BITS = 40
"""Positions of all documents are put into one number each: that of the document, then as many bits of the position."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it is counted."""

    sheet: Sheet
    lines: Sequence[int]
    """Where its lines start."""
    lanes: Mapping[str, Mapping[str, Sequence[Row]]]
    """By layer, and by annotator who has finished, in alphabetical order: marks as they are compared."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The marks of one layer of some documents as columns, one item a mark; names and labels are numbers."""

    names: Sequence[str]
    """In alphabetical order."""
    labels: Sequence[str]
    """In alphabetical order after `NOTHING`, which is 0."""
    finished: "Bools"
    """By annotator and document."""
    who: "Ints"
    page: "Ints"
    start: "Ints"
    """With the document before it; see `PAGE_BITS`."""
    end: "Ints"
    label: "Ints"

    @property
    def pages(self) -> int:
        """Number of documents."""
        return int(self.finished.shape[1])

    def pairs(self) -> Iterator[tuple[Pair, int, int, "Bools"]]:
        """Pairs of annotators who share documents: their names, their numbers and which documents these are."""
        for a, b in combinations(range(len(self.names)), 2):
            both = self.finished[a] & self.finished[b]
            if both.any():
                yield (self.names[a], self.names[b]), a, b, both


class Difference(NamedTuple):
    """Where two annotators have different labels; `NOTHING` where one has no mark."""

    page: int
    """Number of the document among those counted."""
    one: str
    other: str
    start: int
    end: int


@dataclass(slots=True)
class Seen:
    """What some documents gave for one layer."""

    scores: list[tuple["Bools", "Floats"]]
    """The headline score of each pair by document, and for which documents there is one."""
    differences: list[Difference]


class Drawn:
    """Counts of each document, which go to the draws of the bootstrap."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.columns: dict[Hashable, Floats] = {}

    def add(self, key: Hashable, counts: "NDArray[Any]") -> None:
        """Add a number for each document."""
        known = self.columns.get(key)
        self.columns[key] = counts.astype(float) if known is None else known + counts

    def add_by(self, keys: Sequence[Hashable], pages: "Ints", which: "Ints", weights: "Floats | None" = None) -> None:
        """Count things, each of which lies on a document and belongs to the key of a number; unused keys stay away."""
        import numpy as np

        if not len(pages):
            return
        used, numbers = np.unique(which, return_inverse=True)
        flat = np.bincount(numbers * self.pages + pages, weights=weights, minlength=len(used) * self.pages)
        for at, row in zip(used.tolist(), flat.reshape(len(used), self.pages), strict=True):
            self.add(keys[at], row)


def columns_of(layer: str, pages: Sequence[Page]) -> Columns:
    """The marks of a layer as columns."""
    import numpy as np

    names = sorted({name for page in pages for name in page.lanes[layer]})
    numbers = {name: n for n, name in enumerate(names)}
    starts: list[int] = []
    ends: list[int] = []
    labels: list[str] = []
    lanes: list[tuple[int, int, int]] = []
    for n, page in enumerate(pages):
        for name, rows in page.lanes[layer].items():
            lanes.append((numbers[name], n, len(rows)))
            if rows:
                start, end, label = zip(*rows, strict=True)
                starts += start
                ends += end
                labels += label
    # "" sorts before every label.
    known = sorted({NOTHING, *labels})
    codes = {label: n for n, label in enumerate(known)}
    who, page_of, sizes = np.array(lanes, dtype=np.int64).reshape(-1, 3).T
    finished = np.zeros((len(names), len(pages)), dtype=bool)
    finished[who, page_of] = True
    base = np.repeat(page_of, sizes)
    return Columns(
        names,
        known,
        finished,
        np.repeat(who, sizes),
        base,
        np.array(starts, dtype=np.int64) + (base << PAGE_BITS),
        np.array(ends, dtype=np.int64) + (base << PAGE_BITS),
        np.array([codes[label] for label in labels], dtype=np.int64),
    )


def count_uses(sums: Sums, layer: str, columns: Columns) -> None:
    """Labels each annotator used; and on documents that others have finished too, also the mean of those others."""
    import numpy as np

    kinds = len(columns.labels)
    others = columns.finished.sum(axis=0) - 1
    shared = others > 0
    share = np.divide(1.0, others, out=np.zeros(columns.pages), where=shared)
    cells = columns.who * kinds + columns.label
    shape = (len(columns.names), kinds)

    def table(weights: "Floats | None" = None) -> "NDArray[Any]":
        return np.bincount(cells, weights=weights, minlength=shape[0] * kinds).reshape(shape)

    uses = table()
    own, own_share = table(shared[columns.page].astype(float)), table(share[columns.page])
    on_page = np.bincount(columns.page * kinds + columns.label, minlength=columns.pages * kinds)
    on_page = on_page.reshape(columns.pages, kinds)
    plain = sums.plain
    for n, name in enumerate(columns.names):
        plain[layer, "marks", name] += int(uses[n].sum())
        for code in np.flatnonzero(uses[n]).tolist():
            plain[layer, "uses", name, columns.labels[code]] += int(uses[n, code])
        where = columns.finished[n] & shared
        beside = share[where] @ on_page[where] - own_share[n]
        for code in np.flatnonzero(on_page[where].any(axis=0)).tolist():
            plain[layer, "shared uses", name, columns.labels[code]] += float(own[n, code])
            plain[layer, "uses beside", name, columns.labels[code]] += float(beside[code])
