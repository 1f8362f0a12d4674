"""Annotators who make mistakes at known rates on pages with known truth, and a record of every mistake.

Mistakes keep clear of each other and of the marks around them, so that each one is one disagreement of a known kind.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator.agreement.disagreements import Kind
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import Document, make_document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.core.tokens import line_starts

PAGES = Path(__file__).parents[2] / "corpora" / "pages.jsonl"
LABELS = ("PERSON", "ORG", "GPE")
SCHEMA = Schema(
    "simulated",
    1,
    (
        Layer("articles", LayerKind.SEGMENTS, labels=(Label("article"), Label("teaser"))),
        Layer("blocks", LayerKind.SEGMENTS, labels=(Label("headline"), Label("body"), Label("teaser"), Label("photo"))),
        Layer("entities", LayerKind.SPANS, labels=tuple(Label(name) for name in LABELS)),
    ),
)
_NAME = re.compile(r"(?<![.!?\n] )(?<!^)\b[A-Z]\w+(?: [A-Z]\w+)?", re.MULTILINE)
_WORD = re.compile(r"\b[a-z]{5,}\b")


@dataclass(frozen=True)
class Rates:
    """Chance of each mistake, per mark that it can befall (per unit without one, for what is added)."""

    drop_boundary: float = 0.0
    add_boundary: float = 0.0
    move_boundary: float = 0.0
    relabel_boundary: float = 0.0
    drop_span: float = 0.0
    add_span: float = 0.0
    relabel_span: float = 0.0
    widen_span: float = 0.0
    widen_and_relabel_span: float = 0.0


def truths() -> Iterator[tuple[Document, frozenset[Mark]]]:
    """The sample pages with their article boundaries, and an entity wherever a capital stands inside a sentence."""
    for line in PAGES.read_text("utf-8").splitlines():
        page = json.loads(line)
        document = make_document(page["text"], title=page["title"])
        marks: set[Mark] = {Boundary(0, "articles", "article")}
        marks.update(Boundary(position, "articles", "teaser") for position in page["boundaries"])
        for i, match in enumerate(_NAME.finditer(document.text)):
            marks.add(Span(match.start(), match.end(), "entities", LABELS[i % len(LABELS)]))
        yield document, frozenset(marks)


def annotate(
    document: Document, truth: frozenset[Mark], rates: Rates, chance: random.Random
) -> tuple[frozenset[Mark], Counter[Kind]]:
    """The truth with mistakes, and how many disagreements with the truth of each kind they make."""
    made: Counter[Kind] = Counter()
    marks = set(truth)
    _spoil_boundaries(document.text, marks, rates, chance, made)
    _spoil_spans(document.text, marks, rates, chance, made)
    return frozenset(marks), made


def _drawn(chance: random.Random, *kinds: tuple[float, Kind]) -> Kind | None:
    """One of the kinds, each with its chance, or none."""
    drawn = chance.random()
    for rate, kind in kinds:
        if drawn < rate:
            return kind
        drawn -= rate
    return None


def _spoil_boundaries(text: str, marks: set[Mark], rates: Rates, chance: random.Random, made: Counter[Kind]) -> None:
    lines = line_starts(text)
    placed = sorted((mark for mark in marks if isinstance(mark, Boundary)), key=lambda mark: mark.position)
    units = [lines.index(mark.position) if mark.position else 0 for mark in placed]
    taken = set(units)

    def clear(unit: int, but: int | None = None) -> bool:
        return all(abs(unit - other) > 2 for other in taken if other != but)

    for mark, unit in zip(placed, units, strict=True):
        kind = _drawn(
            chance,
            (rates.drop_boundary, Kind.BOUNDARY_MISSING),
            (rates.move_boundary, Kind.BOUNDARY_MOVED),
            (rates.relabel_boundary, Kind.SEGMENT_LABEL),
        )
        if kind is None:
            continue
        new: Boundary | None = None
        if kind is Kind.SEGMENT_LABEL:
            new = Boundary(mark.position, "articles", "teaser" if mark.label == "article" else "article")
        elif unit == 0 or not clear(unit, unit):
            continue
        elif kind is Kind.BOUNDARY_MOVED:
            if unit + 1 >= len(lines) or not clear(unit + 1, unit):
                continue
            new = Boundary(lines[unit + 1], "articles", mark.label)
            taken.add(unit + 1)
        marks.discard(mark)
        if new is not None:
            marks.add(new)
        made[kind] += 1
    for unit in range(3, len(lines)):
        if chance.random() < rates.add_boundary and clear(unit):
            taken.add(unit)
            marks.add(Boundary(lines[unit], "articles", "article"))
            made[Kind.BOUNDARY_MISSING] += 1


def _spoil_spans(text: str, marks: set[Mark], rates: Rates, chance: random.Random, made: Counter[Kind]) -> None:
    spans = sorted(mark for mark in marks if isinstance(mark, Span))
    covered = {i for span in spans for i in range(span.start - 1, span.end + 1)}
    for span in spans:
        kind = _drawn(
            chance,
            (rates.drop_span, Kind.SPAN_MISSING),
            (rates.relabel_span, Kind.SPAN_LABEL),
            (rates.widen_span, Kind.EDGES),
            (rates.widen_and_relabel_span, Kind.BOTH),
        )
        if kind is None:
            continue
        end, label = span.end, span.label
        if kind in (Kind.EDGES, Kind.BOTH):
            follows = re.compile(r" [a-z]\w+").match(text, span.end)
            if not follows or covered & set(range(span.end + 1, follows.end() + 1)):
                continue
            end = follows.end()
            covered |= set(range(span.end, end + 1))
        if kind in (Kind.SPAN_LABEL, Kind.BOTH):
            label = LABELS[(LABELS.index(label) + 1) % len(LABELS)]
        marks.discard(span)
        if kind is not Kind.SPAN_MISSING:
            marks.add(Span(span.start, end, span.layer, label))
        made[kind] += 1
    for match in _WORD.finditer(text):
        if chance.random() < rates.add_span and not covered & set(range(match.start(), match.end())):
            covered |= set(range(match.start() - 1, match.end() + 1))
            marks.add(Span(match.start(), match.end(), "entities", chance.choice(LABELS)))
            made[Kind.SPAN_MISSING] += 1


def work(document: Document, annotator: str, marks: frozenset[Mark], status: Status = Status.DONE) -> Work:
    """An annotator's work on a document."""
    return Work(Annotation(document.id, annotator, marks, State(status)))


def record(document: Document, lanes: Mapping[str, frozenset[Mark]], gold: frozenset[Mark] | None = None) -> Record:
    """A document that these annotators have finished, with gold where it is given."""
    works = [work(document, name, marks) for name, marks in lanes.items()]
    if gold is not None:
        works.append(work(document, GOLD, gold))
    return Record(document, tuple(works))


def corpus(rates: Mapping[str, Rates], seed: int, copies: int = 1) -> Iterator[tuple[Record, Counter[Kind]]]:
    """Records of the sample pages by annotators with these rates, and the mistakes of all of them together.

    Args:
        rates: By annotator.
        seed: Of the mistakes.
        copies: How many times each page is used, each time under another id with other mistakes.
    """
    chance = random.Random(seed)
    for copy in range(copies):
        for document, truth in truths():
            text = document.text if copy == 0 else f"{document.text}\n{copy}"
            own = make_document(text, title=document.title)
            made: Counter[Kind] = Counter()
            lanes = {}
            for name, rate in rates.items():
                lanes[name], mistakes = annotate(own, truth, rate, chance)
                made += mistakes
            yield record(own, lanes), made
