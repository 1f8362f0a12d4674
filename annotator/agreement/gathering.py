"""Reads the documents of a corpus one by one for the agreement report, and keeps sums, a small sample and examples."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappush, heappushpop
from zlib import crc32

from annotator.agreement.bootstrap import DRAWS, Sums
from annotator.agreement.counting import Counts, Pair, count_layer, span_units
from annotator.agreement.lanes import by_layer, finished
from annotator.agreement.spans import Unit
from annotator.core.record import GOLD, Record
from annotator.core.schema import LayerKind, Schema
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
        self._sample: list[tuple[int, str, Sampled]] = []

    @property
    def sample(self) -> list[Sampled]:
        """The documents for measures that are too slow for all, in an order that depends on the seed only."""
        return [sampled for *_, sampled in sorted(self._sample, key=lambda entry: entry[:2], reverse=True)]

    def add(self, record: Record, schema: Schema, annotators: Collection[str] | None, layers: Collection[str]) -> None:
        """Count one document."""
        for work in record.works:
            if work.annotation.annotator != GOLD:
                own = self.progress[work.annotation.annotator]
                own[work.annotation.state.status.value] += 1
                own["seconds"] += work.seconds  # type: ignore[assignment] # A Counter adds up fractions as well.
        done = finished(record, annotators)
        if not done:
            return
        text = record.document.text
        marks = {name: by_layer(annotation.marks, text) for name, annotation in done.items()}
        self.names |= set(done)
        for name, each in marks.items():
            self.empty[name] += not each
        if len(done) > 1:
            self.shared += 1
            self.same_start += _started_alike(record, done)
            names = list(done)
            self.pairs |= {(a, b) for i, a in enumerate(names) for b in names[i + 1 :]}
        else:
            self.alone += 1
        lines = line_starts(text)
        sampled: dict[str, Mapping[str, set[Unit]]] = {}
        for layer in schema.layers:
            if layer.name not in layers:
                continue
            lanes = {name: each.get(layer.name, []) for name, each in marks.items()}
            seen = count_layer(self._counts, layer, lanes, lines)
            if seen.scores:
                score = sum(seen.scores) / len(seen.scores)
                low, high = self.extremes.get(layer.name, (score, score))
                self.extremes[layer.name] = min(low, score), max(high, score)
            for one, other, start, end in seen.differing:
                self._keep_example(record, layer.name, one, other, start, end)
            if layer.kind is LayerKind.SPANS:
                sampled[layer.name] = {name: span_units(each) for name, each in lanes.items()}
        self.sums.add(record.document.id, self._counts.next())
        if len(done) > 1 and sampled:
            self._keep_sample(record.document.id, Sampled(len(text), sampled))

    def _keep_sample(self, document_id: str, sampled: Sampled) -> None:
        entry = (-_drawn(f"{self.seed}:{document_id}"), document_id, sampled)
        if len(self._sample) < SAMPLE:
            heappush(self._sample, entry)
        elif entry[:2] > self._sample[0][:2]:
            heappushpop(self._sample, entry)

    def _keep_example(self, record: Record, layer: str, one: str, other: str, start: int, end: int) -> None:
        first, second = sorted((one, other))
        heap = self.examples[layer, first, second]
        rank = -crc32(f"{self.seed}:{record.document.id}:{start}".encode())
        place = (rank, record.document.id, start)
        if any(place == entry[:3] for entry in heap) or (len(heap) >= EXAMPLES and place <= heap[0][:3]):
            return
        text = record.document.text
        stop = end if end > start else min(len(text), start + _AROUND)
        example = Example(
            record.document.id,
            record.document.title,
            ("…" if start > _AROUND else "") + text[max(0, start - _AROUND) : start],
            text[start:stop],
            text[stop : stop + _AROUND] + ("…" if stop + _AROUND < len(text) else ""),
        )
        (heappush if len(heap) < EXAMPLES else heappushpop)(heap, (*place, example))


def _started_alike(record: Record, done: Collection[str]) -> bool:
    proposers: list[set[str]] = [
        set(work.origins.values()) for work in record.works if work.annotation.annotator in done
    ]
    return any(a & b for i, a in enumerate(proposers) for b in proposers[i + 1 :])


def _drawn(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
