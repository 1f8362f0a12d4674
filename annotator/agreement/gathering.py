"""Reads the documents of a corpus for the agreement report, some at a time, and keeps sums, a sample and examples."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappush, heappushpop
from itertools import combinations
from zlib import crc32

from annotator.agreement.bootstrap import DRAWS, Sums
from annotator.agreement.counting import Difference, Drawn, Page, Pair, Seen, columns_of, count_uses
from annotator.agreement.counting_segments import count_items, count_segments, whole_pages
from annotator.agreement.counting_spans import count_spans
from annotator.agreement.lanes import tidy_rows
from annotator.agreement.spans import Unit
from annotator.core.schema import Layer, LayerKind, Schema
from annotator.core.sheet import Row, Sheet
from annotator.core.tokens import line_starts

EXAMPLES = 3
"""Examples kept of each pair of labels that are confused."""
SAMPLE = 30
"""Documents on which gamma and alpha for unitizing are computed; all of them where there are no more."""
_AROUND = 60
_PAGES = 256
"""Documents counted at once."""
_CHARACTERS = 2_000_000
"""Characters of the documents at hand from which on they are counted, so that long ones do not pile up."""


@dataclass(frozen=True, slots=True)
class Example:
    """One place where two annotators differ, with the text around it."""

    document_id: str
    title: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """What measures of continua need of one document."""

    length: int
    """Characters."""
    units: Mapping[str, Mapping[str, set[Unit]]]
    """By layer of spans and annotator."""


class Gatherer:
    """Reads documents and keeps sums, a small sample, and a few examples.

    Documents are counted some at a time; `finish` counts the last ones.
    """

    def __init__(
        self, schema: Schema, seed: int, *, annotators: Collection[str] | None = None, layers: Collection[str]
    ) -> None:
        self.seed = seed
        self.sums = Sums(seed)
        self.draws = DRAWS
        self.shared = 0
        self.alone = 0
        """Documents that only one annotator has finished."""
        self.names: set[str] = set()
        self.pairs: set[Pair] = set()
        self.extremes: dict[str, tuple[float, float]] = {}
        """Lowest and highest document by layer, the mean of its pairs."""
        self.progress: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.empty: Counter[str] = Counter()
        """Documents finished without a mark, by annotator."""
        self.same_start = 0
        """Documents that two annotators finished from proposals of one proposer."""
        self.examples: defaultdict[tuple[str, str, str], list[tuple[int, str, int, Example]]] = defaultdict(list)
        self._layers = [(layer, layer.name in layers) for layer in schema.layers]
        self._annotators = annotators
        self._pages: tuple[list[Page], list[Page]] = [], []
        """Documents not counted yet: those of one annotator, and those of several."""
        self._characters = 0
        self._sample: list[tuple[int, str, Sampled]] = []

    @property
    def sample(self) -> list[Sampled]:
        """The documents for measures that are too slow for all, in an order that depends on the seed only."""
        return [sampled for *_, sampled in sorted(self._sample, key=lambda entry: entry[:2], reverse=True)]

    def add(self, sheet: Sheet) -> None:
        """Take one document."""
        for name, (status, seconds) in sheet.statuses.items():
            own = self.progress[name]
            own[status.value] += 1
            own["seconds"] += seconds  # type: ignore[assignment] # A Counter adds up fractions as well.
        names = [name for name in sheet.rows if self._annotators is None or name in self._annotators]
        if not names:
            return
        text = sheet.text
        lines = line_starts(text)
        first = lines[0] if lines else len(text)
        lanes = {
            layer.name: {
                name: tidy_rows(rows, text, layer.kind, first) if (rows := sheet.rows[name].get(layer.name)) else []
                for name in names
            }
            for layer, _ in self._layers
        }
        self.names.update(names)
        for name in names:
            self.empty[name] += not any(each[name] for each in lanes.values())
        self._pages[len(names) > 1].append(Page(sheet, lines, lanes))
        if len(names) > 1:
            self.shared += 1
            self.same_start += _started_alike([sheet.proposers[name] for name in names])
            self.pairs.update(combinations(names, 2))
            self._keep_sample(sheet.document_id, len(text), lanes)
        else:
            self.alone += 1
        self._characters += len(text)
        if len(self._pages[0]) + len(self._pages[1]) >= _PAGES or self._characters >= _CHARACTERS:
            self.finish()

    def finish(self) -> None:
        """Count the documents that were taken and not counted yet."""
        alone, shared = self._pages
        self._pages, self._characters = ([], []), 0
        for layer, counted in self._layers:
            if counted and alone:
                count_uses(self.sums, layer.name, columns_of(layer.name, alone))
        drawn = Drawn(len(shared))
        for layer, counted in self._layers:
            if counted and shared:
                seen = self._count(drawn, layer, shared)
                self._keep_extremes(layer.name, seen)
                self._keep_examples(layer.name, shared, seen.differences)
        self.sums.add_many([page.sheet.document_id for page in shared], drawn.columns)

    def _count(self, drawn: Drawn, layer: Layer, pages: Sequence[Page]) -> Seen:
        columns = columns_of(layer.name, pages)
        count_uses(self.sums, layer.name, columns)
        if layer.kind is LayerKind.SPANS:
            return count_spans(self.sums, drawn, layer.name, columns)
        if layer.kind is LayerKind.SEGMENTS:
            return count_segments(self.sums, drawn, layer.name, columns, pages)
        items = whole_pages(layer.name, columns, pages)
        return Seen([], list(count_items(self.sums, drawn, layer.name, columns, items)))

    def _keep_extremes(self, layer: str, seen: Seen) -> None:
        """Note the documents with the lowest and the highest mean over pairs."""
        if not seen.scores:
            return
        by_page = zip(*(zip(some.tolist(), values.tolist(), strict=True) for some, values in seen.scores), strict=True)
        known = ([value for some, value in pairs if some] for pairs in by_page)
        means = [sum(values) / len(values) for values in known if values]
        if means:
            low, high = self.extremes.get(layer, (means[0], means[0]))
            self.extremes[layer] = min(low, *means), max(high, *means)

    def _keep_sample(self, document_id: str, length: int, lanes: Mapping[str, Mapping[str, list[Row]]]) -> None:
        rank = -_drawn(f"{self.seed}:{document_id}")
        if len(self._sample) >= SAMPLE and (rank, document_id) <= self._sample[0][:2]:
            return
        units = {
            layer.name: {name: set(rows) for name, rows in lanes[layer.name].items()}
            for layer, counted in self._layers
            if counted and layer.kind is LayerKind.SPANS
        }
        if units:
            entry = (rank, document_id, Sampled(length, units))
            (heappush if len(self._sample) < SAMPLE else heappushpop)(self._sample, entry)

    def _keep_examples(self, layer: str, pages: Sequence[Page], differences: Iterable[Difference]) -> None:
        # What the examples of each document are drawn by.
        drawing = [crc32(f"{self.seed}:{page.sheet.document_id}:".encode()) for page in pages]
        for page, one, other, start, end in differences:
            heap = self.examples[(layer, one, other) if one < other else (layer, other, one)]
            rank = -crc32(str(start).encode(), drawing[page])
            if len(heap) >= EXAMPLES and rank < heap[0][0]:
                continue
            place = (rank, pages[page].sheet.document_id, start)
            if any(place == entry[:3] for entry in heap) or (len(heap) >= EXAMPLES and place <= heap[0][:3]):
                continue
            entry = (*place, _example(pages[page].sheet, start, end))
            (heappush if len(heap) < EXAMPLES else heappushpop)(heap, entry)


def _example(sheet: Sheet, start: int, end: int) -> Example:
    text = sheet.text
    stop = end if end > start else min(len(text), start + _AROUND)
    return Example(
        sheet.document_id,
        sheet.title,
        ("…" if start > _AROUND else "") + text[max(0, start - _AROUND) : start],
        text[start:stop],
        text[stop : stop + _AROUND] + ("…" if stop + _AROUND < len(text) else ""),
    )


def _started_alike(proposers: Sequence[Collection[str]]) -> bool:
    return any(not set(a).isdisjoint(b) for a, b in combinations(proposers, 2))


def _drawn(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
