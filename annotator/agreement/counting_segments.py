"""Counts of segments and of fixed items on some documents at once: see `annotator.agreement.counting`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotator.agreement.bootstrap import Sums
from annotator.agreement.counting import PAGE_BITS, Columns, Difference, Drawn, Page, Seen
from annotator.agreement.lanes import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from annotator.agreement.counting import Bools, Floats, Ints

_POSITION = (1 << PAGE_BITS) - 1


def count_segments(sums: Sums, drawn: Drawn, layer: str, columns: Columns, pages: Sequence[Page]) -> Seen:
    """Add the counts of a layer of segments: boundaries, and the label of every line."""
    import numpy as np

    sizes = [len(page.lines) for page in pages]
    line_page = np.repeat(np.arange(len(pages)), sizes)
    lines = np.array([at for page in pages for at in page.lines], dtype=np.int64) + (line_page << PAGE_BITS)
    first = np.array([page.lines[0] if sizes[n] else 0 for n, page in enumerate(pages)], dtype=np.int64)
    scores = _count_boundaries(sums, drawn, layer, columns, lines, first + (np.arange(len(pages)) << PAGE_BITS))
    codes = np.zeros((len(columns.names), len(lines)), dtype=np.int64)
    for n in range(len(columns.names)):
        own = columns.who == n
        starts, labels = columns.start[own], columns.label[own]
        order = np.argsort(starts, kind="stable")
        found = np.searchsorted(starts[order], lines, side="right") - 1
        # Of several boundaries at one place the last one counts; one on an earlier page labels nothing.
        known = found >= 0
        known[known] = (starts[order][found[known]] >> PAGE_BITS) == line_page[known]
        codes[n, known] = labels[order][found[known]]
    items = _Items(codes, columns.labels, lines, line_page)
    return Seen(scores, list(count_items(sums, drawn, layer, columns, items)))


def _count_boundaries(
    sums: Sums, drawn: Drawn, layer: str, columns: Columns, lines: "Ints", first: "Ints"
) -> list[tuple["Bools", "Floats"]]:
    import numpy as np

    pages = columns.pages
    # A page is cut where its lines start, and where anyone opens a segment inside one: see `lanes.Units`.
    inside = columns.start[columns.start > first[columns.page]]
    units = np.unique(np.concatenate([first, lines, inside]))
    page = units >> PAGE_BITS
    length = np.bincount(page, minlength=pages)
    opens = np.concatenate([[0], np.cumsum(length)[:-1]])
    place = np.arange(len(units)) - opens[page]
    number = np.searchsorted(units, columns.start, side="right") - 1
    valid = number > opens[columns.page]
    placed = np.zeros((len(columns.names), len(units)), dtype=bool)
    placed[columns.who[valid], number[valid]] = True
    counts = np.array([np.bincount(page[each], minlength=pages) for each in placed])
    reached = np.cumsum(placed, axis=1)

    plain = sums.plain
    long = length > 1
    for n, name in enumerate(columns.names):
        where = columns.finished[n] & long
        plain[layer, "rates", ""] += float((counts[n][where] / (length[where] - 1)).sum())
        plain[layer, "rated", ""] += int(where.sum())
        plain[layer, "placed", name] += int(counts[n][where].sum())
        plain[layer, "places", name] += int((length[where] - 1).sum())
    scores = []
    unlike = np.zeros(pages, dtype=bool)
    for pair, a, b, both in columns.pairs():
        matches = np.bincount(page[placed[a] & placed[b]], minlength=pages)
        only = (placed[a] ^ placed[b]) & both[page]
        near = _near(page, placed[a], only, pages)
        differing = np.bincount(page[only], minlength=pages)
        missed = differing - 2 * near
        total = np.where(both, counts[a] + counts[b], 0)
        unlike |= differing > 0
        drawn.add((layer, "exact", pair), matches)
        drawn.add((layer, "units", pair), total)
        drawn.add((layer, "within", pair), matches + near)
        for name, n in (
            ("documents", both.sum()),
            ("n_a", counts[a][both].sum()),
            ("n_b", counts[b][both].sum()),
            ("edits", (matches + near + missed).sum()),
            ("alike", (both & (differing == 0)).sum()),
            ("near", near.sum()),
            ("missed", missed.sum()),
        ):
            plain[layer, name, pair] += int(n)
        plain[layer, "similar", pair] += float((matches + 0.5 * near).sum())
        for reference in (a, b):
            window = np.maximum(2, np.rint(length / (counts[reference] + 1) / 2)).astype(np.int64)
            plain[layer, "windows", pair] += int(np.maximum(0, length - window)[both].sum())
            starts = np.flatnonzero(((differing > 0) & both)[page] & (place < (length - window)[page]))
            ends = starts + window[page[starts]]
            in_a, in_b = reached[a][ends] - reached[a][starts], reached[b][ends] - reached[b][starts]
            plain[layer, "windows differing", pair] += int((in_a != in_b).sum())
            plain[layer, "windows split", pair] += int(((in_a > 0) != (in_b > 0)).sum())
        some = total > 0
        scores.append((some, np.divide(2.0 * matches, total, out=np.zeros(pages), where=some)))
    plain[layer, "pages", ""] += pages
    plain[layer, "pages alike", ""] += int(pages - unlike.sum())
    return scores


def _near(page: "Ints", placed: "Bools", only: "Bools", pages: int) -> "Ints":
    """How many boundaries stand one unit apart, by document; `boundaries.boundary_edits` says how they are paired.

    Taken from the left, each used once, they pair up inside runs in which every unit opens a segment for one of the
    two only, in turn. No boundary stands on the first unit of a document, so that a run never leaves it.
    """
    import numpy as np

    at = np.flatnonzero(only)
    if not len(at):
        return np.zeros(pages, dtype=np.int64)
    goes_on = (np.diff(at) == 1) & (placed[at[1:]] != placed[at[:-1]])
    run = np.concatenate([[0], np.cumsum(~goes_on)])
    sizes = np.bincount(run)
    begins = at[np.concatenate([[True], ~goes_on])]
    found: Ints = np.bincount(page[begins], weights=sizes // 2, minlength=pages).astype(np.int64)
    return found


class _Items:
    """Fixed items: the number of the label of each annotator, by annotator and item, and where they stand."""

    def __init__(self, codes: "Ints", labels: Sequence[str], positions: "Ints", pages: "Ints") -> None:
        self.codes = codes
        self.labels = labels
        self.positions = positions
        self.pages = pages


def whole_pages(layer: str, columns: Columns, pages: Sequence[Page]) -> _Items:
    """Documents as the items: all labels of one annotator together are the label."""
    import numpy as np

    joined = [
        {name: " + ".join(sorted(label for _, _, label in rows)) or NOTHING for name, rows in page.lanes[layer].items()}
        for page in pages
    ]
    labels = sorted({NOTHING, *(label for page in joined for label in page.values())})
    numbers = {label: n for n, label in enumerate(labels)}
    codes = [[numbers[page.get(name, NOTHING)] for page in joined] for name in columns.names]
    everywhere = np.arange(len(pages))
    return _Items(np.array(codes, dtype=np.int64), labels, everywhere << PAGE_BITS, everywhere)


def count_items(sums: Sums, drawn: Drawn, layer: str, columns: Columns, items: _Items) -> Iterator[Difference]:
    """Add the counts of fixed items, and say where labels differ; items that nobody labelled are left out."""
    import numpy as np

    kinds = len(items.labels)
    labelled = (items.codes > 0).any(axis=0)
    codes, pages = items.codes[:, labelled], items.pages[labelled]
    positions = (items.positions[labelled] & _POSITION).tolist()
    raters = columns.finished.sum(axis=0)[pages]
    finished = columns.finished[:, pages]
    plain = sums.plain
    for n, times in enumerate(np.bincount(raters).tolist()):
        if times:
            plain[layer, "items", n] += times
            there = finished & (raters == n)
            for code, uses in enumerate(np.bincount(codes[there]).tolist()):
                if uses:
                    plain[layer, "item uses", n, items.labels[code]] += uses
    cells: list[NDArray[np.int64]] = []
    where: list[NDArray[np.int64]] = []
    for pair, a, b, _ in columns.pairs():
        both = np.flatnonzero(finished[a] & finished[b])
        one, other = codes[a][both], codes[b][both]
        cell = one * kinds + other
        for each, n in enumerate(np.bincount(cell).tolist()):
            if n:
                mine, theirs = items.labels[each // kinds], items.labels[each % kinds]
                plain[layer, "table", pair, mine, theirs] += n
                plain[layer, "confusion", mine, theirs] += n
        for n, equal in enumerate(np.bincount(raters[both][one == other]).tolist()):
            if equal:
                plain[layer, "item pairs equal", n] += equal
        cells += [cell, other * kinds + one]
        where += [both, both]
        # A run of lines in one segment is one example.
        fresh = np.ones(len(both), dtype=bool)
        fresh[1:] = (cell[1:] != cell[:-1]) | (pages[both][1:] != pages[both][:-1])
        for at in np.flatnonzero(fresh & (one != other)).tolist():
            item = int(both[at])
            mine, theirs = items.labels[int(one[at])], items.labels[int(other[at])]
            yield Difference(int(pages[item]), mine, theirs, positions[item], positions[item])
    if cells:
        met, items_met = np.concatenate(cells), np.concatenate(where)
        used, numbers = np.unique(met, return_inverse=True)
        keys = [(layer, "coincidence", items.labels[x // kinds], items.labels[x % kinds]) for x in used.tolist()]
        drawn.add_by(keys, pages[items_met], numbers, 1 / (raters[items_met] - 1))
