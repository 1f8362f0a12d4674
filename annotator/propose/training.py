"""Training of a spaCy entity recogniser on finished pages, with rehearsal of what it knew."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotator.core.document import Document
from annotator.core.marks import Boundary, Span
from annotator.core.schema import Layer
from annotator.propose.consistency import Entity, tidy_edges
from annotator.propose.entities import unwrapped
from annotator.propose.pipelines import find_pipeline, load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example

BATCH_WORDS = 200
"""Words that one step learns from."""
MOST_EPOCHS = 40


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """A page that a person is done with, or gold."""

    document: Document
    spans: frozenset[Span]
    boundaries: frozenset[Boundary] = frozenset()


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How an entity recogniser is trained on."""

    epochs: int = 5
    """Times every finished page is seen, where that makes enough steps."""
    steps: int = 200
    """Steps that are taken at least: few pages are seen more often."""
    rehearsal: float = 0.5
    """Words of rehearsal for every word of finished pages."""
    rate: float = 0.001
    """Learning rate."""
    drop: float = 0.2
    """Share of activations left out at a step."""


class PipelineLabels:
    """Which label of the pipeline stands for which label of the layer, and which labels are new to the pipeline."""

    def __init__(self, layer: Layer, known: Sequence[str]) -> None:
        self._layer = layer
        self._first: dict[str, str] = {}
        for theirs in known:
            ours = layer.map_label(theirs)
            if ours is not None and (ours not in self._first or ours == theirs):
                self._first[ours] = theirs

    @property
    def new(self) -> list[str]:
        """Labels of the layer that the pipeline has nothing for; it learns them under their own names."""
        return [label.name for label in self._layer.labels if label.name not in self._first]

    def theirs(self, label: str, seen: str | None) -> str:
        """The pipeline's label for a label of the layer; the one it gave itself where that means the same."""
        if seen is not None and self._layer.map_label(seen) == label:
            return seen
        return self._first.get(label, label)

    def is_dropped(self, theirs: str) -> bool:
        """Whether the layer has no place for a label of the pipeline, so that finished pages say nothing of it."""
        return self._layer.map_label(theirs) is None


def train(
    model: str,
    layer: Layer,
    pages: Sequence[FinishedPage],
    rehearsal: Sequence[Document],
    *,
    seed: int,
    settings: TrainSettings,
    progress: Callable[[float], None],
) -> tuple[Language, int]:
    """A pipeline that was trained on, and how many spans lie across its tokens and could not be learned from.

    Args:
        model: The pipeline to start from, by name or folder. It is not changed.
        layer: The layer of the spans.
        pages: Finished pages.
        rehearsal: Other pages; the pipeline goes on saying of them what it says now.
        seed: Seed of the order of the examples and of what is dropped out.
        settings: How long and how fast.
        progress: Called with the share done, 0.0 to 1.0; may raise `Cancelled`.

    Raises:
        InputError: The pipeline cannot be loaded.
    """
    from thinc.api import fix_random_seed

    fix_random_seed(seed)
    nlp = load_pipeline(find_pipeline(model))
    recogniser: Any = nlp.get_pipe("ner")
    labels = PipelineLabels(layer, sorted(recogniser.labels))
    before = nlp.pipe(unwrapped(page.document.text) for page in pages)
    learned: list[Example] = []
    crossing = 0
    for page, doc in zip(pages, before, strict=True):
        examples, lost = _examples(nlp, layer, labels, page, doc)
        learned += examples
        crossing += lost
    wanted = settings.rehearsal * sum(len(example.reference) for example in learned)
    rehearsed = list(_rehearsal(nlp, rehearsal, wanted))
    for label in labels.new:
        recogniser.add_label(label)
    optimizer = nlp.resume_training()
    optimizer.learn_rate = settings.rate
    draw = random.Random(seed)
    a_round = max(1, len(list(_batches(learned + rehearsed))))
    epochs = max(settings.epochs, min(MOST_EPOCHS, -(-settings.steps // a_round)))
    for epoch in range(epochs):
        mixed = learned + rehearsed
        draw.shuffle(mixed)
        batches = list(_batches(mixed))
        for number, batch in enumerate(batches):
            progress((epoch + number / len(batches)) / epochs)
            nlp.update(batch, sgd=optimizer, drop=settings.drop, losses={})
    progress(1.0)
    return nlp, crossing


def _examples(
    nlp: Language, layer: Layer, labels: PipelineLabels, page: FinishedPage, seen: Doc
) -> tuple[list[Example], int]:
    """One example a line, and how many spans lie across tokens."""
    from spacy.tokens import Span as DocSpan
    from spacy.training import Example
    from spacy.util import filter_spans

    text = unwrapped(page.document.text)
    doc = nlp.make_doc(text)
    theirs = _as_tidied(text, seen)
    spans, missing = [], []
    for mark in page.spans:
        if mark.layer != layer.name:
            continue
        label = labels.theirs(mark.label, theirs.get((mark.start, mark.end)))
        span = doc.char_span(mark.start, mark.end, label=label)
        if span is None:
            missing.append(doc.char_span(mark.start, mark.end, alignment_mode="expand"))
        else:
            spans.append(span)
    taken = {token.i for span in spans for token in span}
    silver = [
        DocSpan(doc, span.start, span.end, label=span.label_)
        for span in seen.ents
        if labels.is_dropped(span.label_) and not taken.intersection(range(span.start, span.end))
    ]
    gold = filter_spans([*spans, *silver])
    unclear = filter_spans([part for part in missing if part is not None])
    covered = {token.i for span in gold for token in span}
    doc.set_ents(gold, missing=[part for part in unclear if not covered & {token.i for token in part}])
    examples = [
        Example(nlp.make_doc(part.text), part)
        for start, end in _lines(doc)
        for part in [doc[start:end].as_doc()]
        if len(part)
    ]
    return [example for example in examples if len(example.predicted)], len(missing)


def _as_tidied(text: str, seen: Doc) -> Mapping[tuple[int, int], str]:
    """The pipeline's labels by the edges that its entities have once they are tidied."""
    entities = [Entity(span.start_char, span.end_char, span.label_) for span in seen.ents]
    return {(entity.start, entity.end): entity.label for entity in tidy_edges(text, entities)}


def _rehearsal(nlp: Language, documents: Sequence[Document], words: float) -> Iterator[Example]:
    from spacy.training import Example

    for doc in nlp.pipe(unwrapped(document.text) for document in documents):
        if words <= 0:
            return
        for start, end in _lines(doc):
            part = doc[start:end].as_doc()
            words -= len(part)
            if len(part):
                yield Example(nlp.make_doc(part.text), part)


def _lines(doc: Doc) -> Iterator[tuple[int, int]]:
    """Token ranges of the lines of a page."""
    start = 0
    for token in doc:
        if "\n" in token.text:
            if token.i > start:
                yield start, token.i
            start = token.i + 1
    if start < len(doc):
        yield start, len(doc)


def _batches(examples: Sequence[Example]) -> Iterator[list[Example]]:
    batch: list[Example] = []
    words = 0
    for example in examples:
        batch.append(example)
        words += len(example.reference)
        if words >= BATCH_WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch
