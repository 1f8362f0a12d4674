"""Counts of layers of spans on some documents at once: see `annotator.agreement.counting`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from annotator.agreement.bootstrap import Sums
from annotator.agreement.counting import PAGE_BITS, Columns, Difference, Drawn, Seen
from annotator.agreement.spans import Unit, compare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from annotator.agreement.counting import Bools, Ints

    Selection = NDArray[np.intp]

_POSITION = (1 << PAGE_BITS) - 1


class _Units(NamedTuple):
    """Different spans in text order."""

    page: "Ints"
    start: "Ints"
    end: "Ints"
    label: "Ints"
    stretch: "Ints"
    """Number of the stretch of text, which spans of several labels may share."""

    def of(self, chosen: "Bools | Selection") -> "_Units":
        """Some of them."""
        return _Units(*(column[chosen] for column in self))


def count_spans(sums: Sums, drawn: Drawn, layer: str, columns: Columns) -> Seen:
    """Add the counts of a layer of spans; all documents have two annotators or more."""
    import numpy as np

    pages, names, labels = columns.pages, columns.names, columns.labels
    units, has, marked = _units(columns)
    counts = np.array([np.bincount(units.page[each], minlength=pages) for each in has])
    stretch_page = units.page[np.unique(units.stretch, return_index=True)[1]]
    stretches = np.array([np.bincount(stretch_page[each], minlength=pages) for each in marked])
    plain = sums.plain
    seen = Seen([], [])
    for pair, a, b, both in columns.pairs():
        on_both = both[units.page]
        same = has[a] & has[b]
        exact = np.bincount(units.page[same], minlength=pages)
        total = np.where(both, counts[a] + counts[b], 0)
        plain[layer, "documents", pair] += int(both.sum())
        plain[layer, "n_a", pair] += int(counts[a][both].sum())
        plain[layer, "n_b", pair] += int(counts[b][both].sum())
        plain[layer, "class exact", pair] += int(exact.sum())
        drawn.add((layer, "exact", pair), exact)
        drawn.add((layer, "units", pair), total)
        drawn.add((layer, "edges", pair), np.bincount(stretch_page[marked[a] & marked[b]], minlength=pages))
        drawn.add((layer, "stretches", pair), np.where(both, stretches[a] + stretches[b], 0))
        keys = [(layer, "label units", pair, label) for label in labels]
        own = [units.of(has[n] & on_both) for n in (a, b)]
        drawn.add_by(keys, *(np.concatenate([x[column] for x in own]) for column in (0, 3)))
        keys = [(layer, "label exact", pair, label) for label in labels]
        drawn.add_by(keys, units.page[same], units.label[same])
        for code, n in enumerate(np.bincount(units.label[same]).tolist()):
            if n:
                plain[layer, "confusion", labels[code], labels[code]] += n
        rest_a, rest_b = units.of(has[a] & ~same & on_both), units.of(has[b] & ~same & on_both)
        one, other, overlapping = _aligned(rest_a, rest_b, labels, pages)
        drawn.add((layer, "overlap", pair), exact + overlapping)
        _add_classes(sums, layer, names[a], names[b], one, other, labels, seen)
        some = total > 0
        seen.scores.append((some, np.divide(2.0 * exact, total, out=np.zeros(pages), where=some)))
    return seen


def _units(columns: Columns) -> tuple[_Units, "Bools", "Bools"]:
    """The different spans; which of them each annotator has; which stretches of text each annotator has marked."""
    import numpy as np

    order = np.lexsort((columns.label, columns.end, columns.start))
    start, end, label = columns.start[order], columns.end[order], columns.label[order]
    first = np.ones(len(order), dtype=bool)
    moved = first.copy()
    moved[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    first[1:] = moved[1:] | (label[1:] != label[:-1])
    number, stretch = np.cumsum(first) - 1, np.cumsum(moved) - 1
    who = columns.who[order]
    has = np.zeros((len(columns.names), int(first.sum())), dtype=bool)
    has[who, number] = True
    marked = np.zeros((len(columns.names), int(moved.sum())), dtype=bool)
    marked[who, stretch] = True
    return _Units(start[first] >> PAGE_BITS, start[first], end[first], label[first], stretch[first]), has, marked


def _aligned(a: _Units, b: _Units, labels: Sequence[str], pages: int) -> tuple[_Units, _Units, "Ints"]:
    """Pair spans that the other side does not have as they are.

    Returns:
        The spans of either side, those of one pair in one row; a page of -1 where a span has no partner. And by
        document how many could be paired when only those of one label may be.
    """
    import numpy as np

    overlapping = np.zeros(pages, dtype=np.int64)
    meets_a = np.searchsorted(b.start, a.end) - np.searchsorted(np.sort(b.end), a.start, side="right")
    meets_b = np.searchsorted(a.start, b.end) - np.searchsorted(np.sort(a.end), b.start, side="right")
    # Where each meets one other at most, and nothing nests on either side, there is nothing to choose.
    chosen = np.zeros(pages, dtype=bool)
    for side, meets in ((a, meets_a), (b, meets_b)):
        chosen[side.page[meets > 1]] = True
        chosen[side.page[1:][side.start[1:] < side.end[:-1]]] = True
    with_partner = np.flatnonzero((meets_a == 1) & ~chosen[a.page])
    partner = np.searchsorted(b.start, a.end[with_partner]) - 1
    alone_a = np.flatnonzero((meets_a == 0) & ~chosen[a.page])
    alone_b = np.flatnonzero((meets_b == 0) & ~chosen[b.page])
    alike = a.label[with_partner] == b.label[partner]
    overlapping += np.bincount(a.page[with_partner][alike], minlength=pages)
    rows_a = [*with_partner.tolist(), *alone_a.tolist(), *[-1] * len(alone_b)]
    rows_b = [*partner.tolist(), *[-1] * len(alone_a), *alone_b.tolist()]
    for page in np.flatnonzero(chosen).tolist():
        found_a, found_b = _on_page(a, page, labels), _on_page(b, page, labels)
        pairs, n = compare(found_a, found_b)
        overlapping[page] = n
        rows_a += [-1 if one is None else found_a[one] for one, _ in pairs]
        rows_b += [-1 if other is None else found_b[other] for _, other in pairs]
    return _rows(a, rows_a), _rows(b, rows_b), overlapping


def _on_page(units: _Units, page: int, labels: Sequence[str]) -> dict[Unit, int]:
    import numpy as np

    first, last = np.searchsorted(units.page, [page, page + 1]).tolist()
    return {
        (int(units.start[n]) & _POSITION, int(units.end[n]) & _POSITION, labels[int(units.label[n])]): n
        for n in range(first, last)
    }


def _rows(units: _Units, rows: list[int]) -> _Units:
    """The spans of these numbers; one of page -1 and of label `NOTHING` for -1."""
    import numpy as np

    chosen = np.array(rows, dtype=np.intp)
    if not len(units.page):
        none = np.zeros(len(rows), dtype=np.int64)
        return _Units(none - 1, none, none, none, none)
    found = units.of(chosen)
    return found._replace(page=np.where(chosen < 0, -1, found.page), label=np.where(chosen < 0, 0, found.label))


def _add_classes(
    sums: Sums,
    layer: str,
    a: str,
    b: str,
    one: _Units,
    other: _Units,
    labels: Sequence[str],
    seen: Seen,
) -> None:
    """Add what became of the pairs, which labels met, and where they differ."""
    import numpy as np

    only_a, only_b = other.page < 0, one.page < 0
    both = ~(only_a | only_b)
    edges = (one.start == other.start) & (one.end == other.end)
    alike = one.label == other.label
    for name, where in (
        ("only_a", only_a),
        ("only_b", only_b),
        ("label", both & edges),
        ("edge", both & ~edges & alike),
        ("both", both & ~edges & ~alike),
    ):
        sums.plain[layer, f"class {name}", (a, b)] += int(where.sum())
    kinds = len(labels)
    met, times = np.unique(one.label * kinds + other.label, return_counts=True)
    for cell, n in zip(met.tolist(), times.tolist(), strict=True):
        sums.plain[layer, "confusion", labels[cell // kinds], labels[cell % kinds]] += n
    seen.differences += _differences(one, other, ~alike, only_b, labels)


def _differences(
    one: _Units, other: _Units, differ: "Bools", only_b: "Bools", labels: Sequence[str]
) -> Iterator[Difference]:
    import numpy as np

    page, start, end = (np.where(only_b, theirs, mine)[differ] for mine, theirs in zip(one[:3], other[:3], strict=True))
    columns = (page, one.label[differ], other.label[differ], start & _POSITION, end & _POSITION)
    for at, mine, theirs, first, last in zip(*(column.tolist() for column in columns), strict=True):
        yield Difference(at, labels[mine], labels[theirs], first, last)
