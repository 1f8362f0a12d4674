"""Entities by a spaCy pipeline, which is imported on first use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from annotator.core.document import Document
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Layer, LayerKind, Schema
from annotator.propose.consistency import Entity, make_consistent, reason_for, tidy_edges
from annotator.propose.decoding import find_entities
from annotator.propose.entity_scores import EntityScores, read_scores, shipped_scores
from annotator.propose.label_maps import read_map, with_map
from annotator.propose.lines import paragraphs
from annotator.propose.pipelines import DEFAULT_MODEL, find_pipeline, load_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

LONGEST_PIECE = 10_000
"""Code points given to the pipeline at once; longer documents are split at line ends."""
LEAST_SCORE = 0.1
"""Entities less likely than this to be right are not proposed: a missed one costs less than ten wrong ones."""
LEAST_LEARNED = 1 / 3
"""The same for a pipeline trained on the corpus, whose scores are of the corpus: to reject a span is one action, to add
one is two, so a span is worth proposing when its chance is above a third."""
OWN_SCORES = "entity_scores.json"
"""File in a learned pipeline's folder with how its scores are made."""
LABELS = "labels.json"
"""File in a learned pipeline's folder with the labels of the corpus that its own stand for."""
RULES = 1
"""Counts up when the rules that put entities right change what they do, so that pages are proposed anew."""
BATCH_SIZE = 64
"""Pieces the pipeline works on together."""


class Piece(NamedTuple):
    """A stretch of a document that is given to the pipeline."""

    text: str
    offset: int
    """Code points of the document before it."""
    document: Document
    last: bool


def entity_layer(schema: Schema, name: str | None = None) -> Layer | None:
    """The layer that entities go to: the one of that name, or else the first span layer; None where there is none."""
    spans = list(schema.of_kind(LayerKind.SPANS))
    if name is not None:
        return next((layer for layer in spans if layer.name == name), None)
    return spans[0] if spans else None


class SpacyProposer:
    """Proposes the entities that a spaCy pipeline finds, put right over the page and with calibrated scores."""

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        layer: str | None = None,
        articles: bool = False,
        scores: EntityScores | None = None,
        batch_size: int = BATCH_SIZE,
        name: str = "spacy",
        nlp: Language | None = None,
        learned_labels: Mapping[str, str] | None = None,
    ) -> None:
        """Finds the pipeline; loads nothing yet.

        Args:
            model: Name of an installed pipeline, or the folder of one.
            layer: Span layer the entities go to; the first of the schema when None.
            articles: Whether a name keeps its article: "the United Nations".
            scores: How scores are made from features; as the pipeline's folder says, or the shipped way, when None.
            batch_size: Pieces of text the pipeline works on together.
            name: What the proposals name as their proposer.
            nlp: The pipeline itself, where it is loaded already.
            learned_labels: Labels of the layer that the pipeline's stand for where the schema does not say; as the
                pipeline's folder says when None.

        Raises:
            InputError: There is no such pipeline, or its folder holds labels that cannot be read.
        """
        self.name = name
        self._found = find_pipeline(model)
        self.version = f"{self._found.shown}, rules {RULES}{', articles' if articles else ''}"
        self._layer = layer
        self._articles = articles
        self._scores = scores
        self._batch_size = batch_size
        self._nlp = nlp
        self._labels = read_map(self._found.path / LABELS) if learned_labels is None else learned_labels
        self.is_learned = (self._found.path / OWN_SCORES).is_file()
        """Whether the pipeline was learned from finished pages."""
        self.least = LEAST_LEARNED if self.is_learned else LEAST_SCORE
        """Score of an entity from which on it is proposed."""

    @property
    def scores(self) -> EntityScores:
        """How its scores are made.

        Raises:
            InputError: The pipeline's folder holds scores that cannot be read.
        """
        if self._scores is None:
            own = self._found.path / OWN_SCORES
            self._scores = read_scores(own) if own.is_file() else shipped_scores()
        return self._scores

    def is_worth_proposing(self, chance: float | None) -> bool:
        """Whether an entity with this chance of being right is proposed."""
        return chance is None or chance >= self.least

    def load(self) -> Language:
        """The pipeline, loaded on the first call.

        Raises:
            InputError: As `load_pipeline`.
        """
        if self._nlp is None:
            self._nlp = load_pipeline(self._found)
        return self._nlp

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """The entities of each document in text order, none overlapping; labels the layer does not have are left out.

        Raises:
            InputError: The pipeline cannot be loaded.
        """
        layer = entity_layer(schema, self._layer)
        if layer is None:
            for _ in documents:
                yield ()
            return
        layer = with_map(layer, self._labels)
        scores = self.scores
        for document, entities in self.entities(documents):
            chances = scores.score_page(document.text, entities)
            yield tuple(
                Proposal(Span(entity.start, entity.end, layer.name, label), chance, reason_for(entity), self.name)
                for entity, chance in zip(entities, chances, strict=True)
                if (label := layer.map_label(entity.label)) is not None and self.is_worth_proposing(chance)
            )

    def entities(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Entity]]]:
        """Each document with its entities under the pipeline's labels, in text order and put right over the page."""
        for document, found in self.found(documents):
            yield (
                document,
                make_consistent(document.text, tidy_edges(document.text, found, articles=self._articles)),
            )

    def found(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Entity]]]:
        """Each document with what the pipeline finds in it, each entity inside one line, and nothing put right."""
        stream = ((piece.text, piece) for document in documents for piece in pieces(document))
        together: list[Entity] = []
        for entities, piece in find_entities(self.load(), stream, batch_size=self._batch_size):
            for entity in entities:
                together += within_line(piece.text, entity, piece.offset)
            if piece.last:
                yield piece.document, together
                together = []


def within_line(text: str, entity: Entity, offset: int) -> list[Entity]:
    """The entity without the blanks at its ends, moved by `offset`.

    One that crosses a line end is cut there; its longest part stays. Nothing stays of one that holds only blanks.
    """
    start, end = entity.start, entity.end
    if "\n" in text[start:end]:
        parts = []
        for part in text[start:end].split("\n"):
            parts.append((len(part.strip()), -start, len(part)))
            start += len(part) + 1
        _, start, length = max(parts)
        start = -start
        end = start + length
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return [entity._replace(start=start + offset, end=end + offset)] if start < end else []


def pieces(document: Document, longest: int = LONGEST_PIECE) -> Iterator[Piece]:
    """The document in pieces of at most `longest` code points, cut at line ends where there are any, else at blanks.

    Line ends inside a hard-wrapped paragraph are spaces in the pieces, so that a name may run over them.
    """
    text = unwrapped(document.text)
    start = 0
    while len(text) - start > longest:
        cut = _cut(text, start, start + longest)
        yield Piece(text[start:cut], start, document, last=False)
        start = cut
    yield Piece(text[start:], start, document, last=True)


def unwrapped(text: str) -> str:
    """The text with the line ends inside hard-wrapped paragraphs as spaces: every offset stays what it was."""
    if text.count("\n") < 5:
        return text
    parts = []
    position = 0
    for paragraph in paragraphs(text):
        if paragraph.lines > 1:
            inner = text[paragraph.start : paragraph.end].replace("\n", " ")
            parts += [text[position : paragraph.start], inner]
            position = paragraph.end
    return "".join([*parts, text[position:]]) if parts else text


def _cut(text: str, start: int, stop: int) -> int:
    """The best position to cut at in the second half of `start < i <= stop`."""
    middle = (start + stop) // 2
    for mark in ("\n\n", "\n", ". ", " "):
        found = text.rfind(mark, middle, stop)
        if found >= 0:
            return found + len(mark)
    return stop
