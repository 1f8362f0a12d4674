"""The figures of the Insights view: read in one pass over the pages and one over the log, off the GUI thread."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from annotator.agreement.gold import Difference, Score, against_gold
from annotator.agreement.report import Report, agreement_report
from annotator.app.insights_log import LogCounts, Outcome, read_log
from annotator.core.annotation import Status
from annotator.core.marks import Boundary, Rejection
from annotator.core.record import GOLD, Record
from annotator.core.schema import LayerKind, Schema
from annotator.store.assignments import read_assignments
from annotator.store.corpus import Corpus

Progress = Callable[[int, int | None], None]
"""Called with what is done and what there is in all; may raise `Cancelled`."""

OpenCorpus = Callable[[], Corpus]
"""Opens the corpus once more, for the thread that calls it."""


@dataclass
class Segments:
    """The segments of one label on finished pages, over all annotators."""

    lengths: Counter[int] = field(default_factory=Counter)
    """How many segments there are of each length in characters."""
    pages: int = 0
    """Finished pages, one for each annotator, that hold at least one."""

    @property
    def n(self) -> int:
        """How many there are."""
        return self.lengths.total()

    @property
    def median_length(self) -> float:
        """Median length in characters; 0 where there are none."""
        return median(self.lengths.elements()) if self.lengths else 0.0


@dataclass(frozen=True)
class Insights:
    """All that Insights shows."""

    corpus: str
    schema: Schema
    documents: int
    report: Report
    """As `annotator agreement` gives it, with seed 0."""
    scores: tuple[Score, ...]
    """Annotators against gold."""
    statuses: Mapping[str, Mapping[Status, int]]
    """Pages of each annotator by status; those that wait unopened count as to do."""
    seconds: Mapping[str, Sequence[float]]
    """By annotator: time on each finished page on which time was measured."""
    finished: Mapping[str, int]
    """By annotator: pages that are done."""
    segments: Mapping[tuple[str, str], Segments]
    """By layer and label."""
    log: LogCounts
    outcomes: Counter[tuple[str, str, str, Outcome]]
    """By proposer, layer and label: what the log says, and the proposals left open on finished pages."""


def read_insights(corpus: Corpus, progress: Progress, seed: int = 0) -> Insights:
    """Read a corpus and compute every figure.

    Args:
        corpus: Open on this thread.
        progress: Called with steps done and steps in all; may raise `Cancelled`.
        seed: Of the bootstrap and of the samples for gamma.
    """
    total = len(corpus)
    steps = max(1, 2 * total)
    schema = corpus.schema
    gatherer = _Gatherer(schema)
    report = agreement_report(
        gatherer.reading(corpus.records()), schema, seed=seed, progress=lambda done: progress(done, steps)
    )
    log = read_log(corpus, lambda done: progress(total + done, steps))
    return Insights(
        corpus=corpus.name,
        schema=schema,
        documents=total,
        report=report,
        scores=tuple(gatherer.scores()),
        statuses=_statuses(corpus, gatherer.statuses, total),
        seconds={name: tuple(found) for name, found in sorted(gatherer.seconds.items())},
        finished=dict(sorted(gatherer.finished.items())),
        segments=dict(gatherer.segments),
        log=log,
        outcomes=log.outcomes + gatherer.left,
    )


def _statuses(corpus: Corpus, opened: Mapping[str, Counter[Status]], total: int) -> Mapping[str, Mapping[Status, int]]:
    given = Counter(name for _, name in read_assignments(corpus.path))
    found: dict[str, Mapping[Status, int]] = {}
    for name in sorted(opened.keys() | given.keys()):
        own = opened.get(name, Counter[Status]())
        # Who was given no pages has all of them in the queue.
        waiting = max(0, (given[name] or total) - own.total())
        found[name] = {status: own[status] + (waiting if status is Status.TODO else 0) for status in Status}
    return found


class _Gatherer:
    """Looks at each record on its way to the agreement report, and keeps counts."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._layers = {layer.name for layer in schema.of_kind(LayerKind.SEGMENTS)}
        self.statuses: defaultdict[str, Counter[Status]] = defaultdict(Counter)
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.finished: Counter[str] = Counter()
        self.segments: defaultdict[tuple[str, str], Segments] = defaultdict(Segments)
        self.left: Counter[tuple[str, str, str, Outcome]] = Counter()
        self._scores: dict[tuple[str, str], Score] = {}

    def reading(self, records: Iterator[Record]) -> Iterator[Record]:
        """The records, each looked at before it goes on."""
        for record in records:
            self._look(record)
            yield record

    def _look(self, record: Record) -> None:
        for work in record.works:
            annotation = work.annotation
            if annotation.annotator == GOLD:
                if annotation.state.status is Status.DONE:
                    for score in against_gold([record], self._schema):
                        self._add(score)
                continue
            self.statuses[annotation.annotator][annotation.state.status] += 1
            if annotation.state.status is not Status.DONE:
                continue
            self.finished[annotation.annotator] += 1
            if work.seconds > 0:
                self.seconds[annotation.annotator].append(work.seconds)
            self._count_segments(annotation.marks, len(record.document.text))
            if not work.origins:
                # It was done without proposals, or before they were made.
                continue
            for item in record.proposals:
                if item.mark not in annotation.marks and Rejection(item.mark) not in annotation.marks:
                    self.left[item.proposer, item.mark.layer, item.mark.label, Outcome.LEFT] += 1

    def _count_segments(self, marks: frozenset[object], length: int) -> None:
        by_layer: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for mark in marks:
            if isinstance(mark, Boundary) and mark.layer in self._layers:
                by_layer[mark.layer].append((mark.position, mark.label))
        for layer, found in by_layer.items():
            found.sort()
            ends = [position for position, _ in found[1:]] + [length]
            for (position, label), end in zip(found, ends, strict=True):
                self.segments[layer, label].lengths[end - position] += 1
            for label in {label for _, label in found}:
                self.segments[layer, label].pages += 1

    def _add(self, score: Score) -> None:
        key = (score.annotator, score.layer)
        known = self._scores.get(key)
        self._scores[key] = score if known is None else _together(known, score)

    def scores(self) -> Iterator[Score]:
        """Annotators by name, each in the order of the layers."""
        for name in sorted({name for name, _ in self._scores}):
            for layer in self._schema.layers:
                if (name, layer.name) in self._scores:
                    yield self._scores[name, layer.name]


def _together(one: Score, other: Score) -> Score:
    by_label: dict[str, Counter[Difference]] = {}
    for score in (one, other):
        for label, counts in score.by_label.items():
            by_label[label] = by_label.get(label, Counter()) + Counter(counts)
    return replace(
        one,
        documents=one.documents + other.documents,
        differences=Counter(one.differences) + Counter(other.differences),
        by_label=by_label,
        confusion=Counter(one.confusion) + Counter(other.confusion),
    )
