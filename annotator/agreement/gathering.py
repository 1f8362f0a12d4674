"""Reads the documents of a corpus one by one for the agreement report, and keeps sums, a small sample and examples."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappush, heappushpop
from itertools import combinations
from zlib import crc32

from annotator.agreement.bootstrap import DRAWS, Sums
from annotator.agreement.counting import Counts, Pair, count_layer
from annotator.agreement.lanes import tidy_rows
from annotator.agreement.spans import Unit
from annotator.core.schema import LayerKind, Schema
from annotator.core.sheet import Sheet
from annotator.core.tokens import line_starts

EXAMPLES = 3
"""Examples kept of each pair of labels that are confused."""
SAMPLE = 30
"""Documents on which gamma and alpha for unitizing are computed; all of them where there are no more."""
_AROUND = 60


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
    """Reads documents one by one and keeps sums, a small sample, and a few examples."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.sums = Sums(seed)
        self._counts = Counts(self.sums.plain)
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
        self._drawing = 0
        """What examples of the document at hand are drawn by."""
        self._sample: list[tuple[int, str, Sampled]] = []

    @property
    def sample(self) -> list[Sampled]:
        """The documents for measures that are too slow for all, in an order that depends on the seed only."""
        return [sampled for *_, sampled in sorted(self._sample, key=lambda entry: entry[:2], reverse=True)]

    def add(self, sheet: Sheet, schema: Schema, annotators: Collection[str] | None, layers: Collection[str]) -> None:
        """Count one document."""
        for name, (status, seconds) in sheet.statuses.items():
            own = self.progress[name]
            own[status.value] += 1
            own["seconds"] += seconds  # type: ignore[assignment] # A Counter adds up fractions as well.
        names = [name for name in sheet.rows if annotators is None or name in annotators]
        if not names:
            return
        text = sheet.text
        self._drawing = crc32(f"{self.seed}:{sheet.document_id}:".encode())
        lines = line_starts(text)
        first = lines[0] if lines else len(text)
        marks = {
            layer.name: {
                name: tidy_rows(rows, text, layer.kind, first) if (rows := sheet.rows[name].get(layer.name)) else []
                for name in names
            }
            for layer in schema.layers
        }
        self.names.update(names)
        for name in names:
            self.empty[name] += not any(lanes[name] for lanes in marks.values())
        if len(names) > 1:
            self.shared += 1
            self.same_start += _started_alike([sheet.proposers[name] for name in names])
            self.pairs.update(combinations(names, 2))
        else:
            self.alone += 1
        sampled: dict[str, Mapping[str, list[Unit]]] = {}
        for layer in schema.layers:
            if layer.name not in layers:
                continue
            lanes = marks[layer.name]
            seen = count_layer(self._counts, layer, lanes, lines)
            if seen.scores:
                score = sum(seen.scores) / len(seen.scores)
                low, high = self.extremes.get(layer.name, (score, score))
                self.extremes[layer.name] = min(low, score), max(high, score)
            for one, other, start, end in seen.differing:
                self._keep_example(sheet, layer.name, one, other, start, end)
            if layer.kind is LayerKind.SPANS and len(names) > 1:
                sampled[layer.name] = lanes
        self.sums.add(sheet.document_id, self._counts.next())
        if sampled:
            self._keep_sample(sheet.document_id, len(text), sampled)

    def _keep_sample(self, document_id: str, length: int, lanes: Mapping[str, Mapping[str, list[Unit]]]) -> None:
        rank = -_drawn(f"{self.seed}:{document_id}")
        if len(self._sample) >= SAMPLE and (rank, document_id) <= self._sample[0][:2]:
            return
        units = {layer: {name: set(rows) for name, rows in each.items()} for layer, each in lanes.items()}
        entry = (rank, document_id, Sampled(length, units))
        (heappush if len(self._sample) < SAMPLE else heappushpop)(self._sample, entry)

    def _keep_example(self, sheet: Sheet, layer: str, one: str, other: str, start: int, end: int) -> None:
        heap = self.examples[(layer, one, other) if one < other else (layer, other, one)]
        rank = -crc32(f"{start}".encode(), self._drawing)
        if len(heap) >= EXAMPLES and rank < heap[0][0]:
            return
        place = (rank, sheet.document_id, start)
        if any(place == entry[:3] for entry in heap) or (len(heap) >= EXAMPLES and place <= heap[0][:3]):
            return
        text = sheet.text
        stop = end if end > start else min(len(text), start + _AROUND)
        example = Example(
            sheet.document_id,
            sheet.title,
            ("…" if start > _AROUND else "") + text[max(0, start - _AROUND) : start],
            text[start:stop],
            text[stop : stop + _AROUND] + ("…" if stop + _AROUND < len(text) else ""),
        )
        (heappush if len(heap) < EXAMPLES else heappushpop)(heap, (*place, example))


def _started_alike(proposers: Sequence[Collection[str]]) -> bool:
    return any(not set(a).isdisjoint(b) for a, b in combinations(proposers, 2))


def _drawn(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
