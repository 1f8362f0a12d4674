"""How good entity proposals are on labelled texts, and how fast, beside the bare pipeline in the same run."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from types import MappingProxyType
from typing import Any

from annotator.core.document import Document, make_document
from annotator.core.errors import InputError
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.core.words import tr
from annotator.propose.entities import SpacyProposer
from annotator.propose.pipelines import DEFAULT_MODEL

LAYER = "entities"
CHUNK = 64
"""Texts that proposer and bare pipeline work on in turn."""
ROUNDS = 1000
"""Draws of the bootstrap."""
_SAME = (
    ("PERSON", "PER", "PERS", "PEOPLE"),
    ("ORG", "ORGANIZATION", "ORGANISATION"),
    ("GPE", "LOC", "LOCATION", "PLACE"),
    ("LOC", "LOCATION", "PLACE", "GPE"),
    ("FAC", "FACILITY", "LOC", "LOCATION", "PLACE"),
    ("NORP", "MISC"),
    ("EVENT", "MISC"),
    ("PRODUCT", "MISC"),
    ("WORK_OF_ART", "MISC"),
    ("LAW", "MISC"),
    ("LANGUAGE", "MISC"),
    ("DATE",),
    ("TIME", "DATE"),
    ("MONEY",),
    ("PERCENT",),
    ("QUANTITY",),
    ("ORDINAL",),
    ("CARDINAL",),
)
"""A pipeline's label and what data may call it, the best first."""

Found = frozenset[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text and its true entities."""

    document: Document
    spans: Found


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of proposals with the data: a hit has the same start, end and label."""

    precision: float
    recall: float
    f1: float
    gold: int
    proposed: int


@dataclass(frozen=True, slots=True)
class EntityReport:
    """What `score_entities` measured."""

    pipeline: str
    texts: int
    words: int
    articles: bool
    """Whether names kept their article: "the United Nations"."""
    folded: Mapping[str, str]
    """Labels of the pipeline that the data calls otherwise."""
    dropped: tuple[str, ...]
    """Labels of the pipeline that the data has nothing for."""
    total: Figures
    interval: tuple[float, float]
    """95 % interval of F1, by drawing texts with replacement."""
    bare: Figures
    gain: tuple[float, float, float]
    """F1 above the bare pipeline's, and its 95 % interval over the same draws."""
    by_label: Mapping[str, Figures]
    bare_by_label: Mapping[str, Figures]
    calibration_error: float | None
    words_a_second: float
    bare_words_a_second: float
    processor_speed: float
    """The bare pipeline's processor time over that of the proposals: above 1.0 the proposals cost less.

    A busy machine changes it less than words a second.
    """

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "speed": self.words_a_second / self.bare_words_a_second}


def load_labelled(path: Path) -> list[LabelledText]:
    """Texts with `spans` (`start`, `end`, `label`) from JSONL.

    Raises:
        InputError: The file cannot be read, or a line does not have that shape; names the line.
    """
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    found.append(_labelled(line, path, number))
    except OSError as error:
        raise InputError(tr("{path}: {reason}.", path=path, reason=error.strerror or error)) from None
    except UnicodeDecodeError as error:
        raise InputError(tr("{path} is not UTF-8 text (byte {n}).", path=path, n=error.start)) from None
    if not any(item.spans for item in found):
        raise InputError(tr("{path}: no text has a labelled span, so there is nothing to score against.", path=path))
    return found


def _labelled(line: str, path: Path, number: int) -> LabelledText:
    try:
        row = json.loads(line)
        text, spans = row["text"], frozenset((s["start"], s["end"], s["label"]) for s in row.get("spans", ()))
        if not isinstance(text, str):
            raise TypeError
        for start, end, label in spans:
            if not (isinstance(start, int) and isinstance(end, int) and isinstance(label, str)):
                raise TypeError
            if not 0 <= start < end <= len(text):
                raise InputError(
                    tr(
                        "{path}, line {line}: the span from {start} to {end} does not lie in the text, which has {n} "
                        "characters.",
                        path=path,
                        line=number,
                        start=start,
                        end=end,
                        n=len(text),
                    )
                )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            tr("{path}, line {line}: needs `text` and `spans` of `start`, `end` and `label`.", path=path, line=number)
        ) from None
    document = make_document(text)
    if document.text != text:
        raise InputError(
            tr(
                "{path}, line {line}: the text has CR line ends, which shift offsets; save it with LF.",
                path=path,
                line=number,
            )
        )
    return LabelledText(document, spans)


def schema_of(labels: Iterable[str]) -> tuple[Schema, dict[str, str], tuple[str, ...]]:
    """A schema with these labels, how a pipeline's labels are folded into them, and which find no place."""
    names = sorted(set(labels))
    upper = {name.upper(): name for name in names}
    mapping: dict[str, str] = {}
    dropped = []
    for theirs, *others in _SAME:
        found = next((upper[name] for name in (theirs, *others) if name in upper), None)
        if found is None:
            dropped.append(theirs)
            mapping[theirs] = ""
        elif found != theirs:
            mapping[theirs] = found
    layer = Layer(LAYER, LayerKind.SPANS, labels=tuple(map(Label, names)), mapping=MappingProxyType(mapping))
    return Schema("data", 1, (layer,)), {old: new for old, new in mapping.items() if new}, tuple(dropped)


def keeps_articles(texts: Iterable[LabelledText]) -> bool:
    """Whether the data has "the" inside names more often than before them."""
    inside = before = 0
    for item in texts:
        for start, end, label in item.spans:
            if label.upper() not in ("DATE", "TIME", "WORK_OF_ART"):
                inside += item.document.text.startswith("the ", start, end)
                before += item.document.text[max(0, start - 4) : start] == "the "
    return inside > before


def score_entities(
    texts: Sequence[LabelledText],
    *,
    model: str = DEFAULT_MODEL,
    articles: bool | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> EntityReport:
    """Propose on labelled texts as `annotator propose` does, and hold the proposals against the labels.

    Args:
        texts: Labelled texts.
        model: spaCy pipeline, by name or folder.
        articles: Whether names keep their article; as the data has it when None.
        seed: Seed of the bootstrap.
        progress: Called with texts done and texts in all; may raise `Cancelled`.

    Raises:
        InputError: The pipeline cannot be used.
    """
    schema, folded, dropped = schema_of(label for item in texts for _, _, label in item.spans)
    layer = schema.by_name[LAYER]
    articles = keeps_articles(texts) if articles is None else articles
    proposer = SpacyProposer(model, articles=articles)
    nlp = proposer.load()
    documents = [item.document for item in texts]
    list(proposer.propose(documents[:8], schema))
    ours: list[Found] = []
    bare: list[Found] = []
    scored: list[tuple[float, bool]] = []
    spent = [0.0, 0.0]
    processor = [0.0, 0.0]
    stream = iter(documents)
    while chunk := list(islice(stream, CHUNK)):

        def run_ours(chunk: Sequence[Document] = chunk) -> None:
            for proposals in proposer.propose(chunk, schema):
                gold = texts[len(ours)].spans
                marks = [(p.mark.start, p.mark.end, p.mark.label) for p in proposals]
                ours.append(frozenset(marks))
                scored.extend(
                    (p.score, m in gold) for p, m in zip(proposals, marks, strict=True) if p.score is not None
                )

        def run_bare(chunk: Sequence[Document] = chunk) -> None:
            for doc in nlp.pipe((document.text for document in chunk), batch_size=CHUNK):
                rows = ((span.start_char, span.end_char, layer.map_label(span.label_)) for span in doc.ents)
                bare.append(frozenset((start, end, label) for start, end, label in rows if label is not None))

        turns = [(0, run_ours), (1, run_bare)]
        for which, run in turns if (len(ours) // CHUNK) % 2 else reversed(turns):
            begun, used = perf_counter(), process_time()
            run()
            spent[which] += perf_counter() - begun
            processor[which] += process_time() - used
        if progress:
            progress(len(ours), len(texts))
    gold = [item.spans for item in texts]
    words = sum(len(document.text.split()) for document in documents)
    interval, gain = _intervals(gold, ours, bare, seed)
    return EntityReport(
        pipeline=proposer.version,
        texts=len(texts),
        words=words,
        articles=articles,
        folded=folded,
        dropped=dropped,
        total=figures(zip(gold, ours, strict=True)),
        interval=interval,
        bare=figures(zip(gold, bare, strict=True)),
        gain=gain,
        by_label=_by_label(gold, ours, layer),
        bare_by_label=_by_label(gold, bare, layer),
        calibration_error=calibration_error(scored),
        words_a_second=words / spent[0],
        bare_words_a_second=words / spent[1],
        processor_speed=processor[1] / processor[0],
    )


def figures(pairs: Iterable[tuple[Found, Found]]) -> Figures:
    """Precision, recall and F1 over all texts together, of pairs of true and proposed entities."""
    hits = proposed = gold = 0
    for truth, found in pairs:
        hits += len(truth & found)
        proposed += len(found)
        gold += len(truth)
    return Figures(
        hits / proposed if proposed else 0.0,
        hits / gold if gold else 0.0,
        2 * hits / (proposed + gold) if proposed + gold else 0.0,
        gold,
        proposed,
    )


def calibration_error(scored: Sequence[tuple[float, bool]], bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal width; None without scores. Source: Naeini et al. (2015), AAAI."""
    if not scored:
        return None
    held: dict[int, list[tuple[float, bool]]] = {}
    for score, right in scored:
        held.setdefault(min(int(score * bins), bins - 1), []).append((score, right))
    return sum(abs(sum(score for score, _ in rows) - sum(right for _, right in rows)) for rows in held.values()) / len(
        scored
    )


def _by_label(gold: Sequence[Found], found: Sequence[Found], layer: Layer) -> dict[str, Figures]:
    def only(rows: Sequence[Found], label: str) -> Iterator[Found]:
        return (frozenset(mark for mark in marks if mark[2] == label) for marks in rows)

    return {
        label.name: figures(zip(only(gold, label.name), only(found, label.name), strict=True)) for label in layer.labels
    }


def _intervals(
    gold: Sequence[Found], ours: Sequence[Found], bare: Sequence[Found], seed: int
) -> tuple[tuple[float, float], tuple[float, float, float]]:
    draw = random.Random(seed)
    rows = [
        (len(truth & mine), len(mine) + len(truth), len(truth & theirs), len(theirs) + len(truth))
        for truth, mine, theirs in zip(gold, ours, bare, strict=True)
    ]

    def f1(counts: Counter[int]) -> tuple[float, float]:
        sums = [sum(times * rows[at][column] for at, times in counts.items()) for column in range(4)]
        return 2 * sums[0] / max(1, sums[1]), 2 * sums[2] / max(1, sums[3])

    drawn = [f1(Counter(draw.choices(range(len(rows)), k=len(rows)))) for _ in range(ROUNDS)]
    whole = f1(Counter(range(len(rows))))
    mine = sorted(value for value, _ in drawn)
    gains = sorted(value - other for value, other in drawn)
    low, high = int(0.025 * ROUNDS), int(0.975 * ROUNDS) - 1
    return (mine[low], mine[high]), (whole[0] - whole[1], gains[low], gains[high])
