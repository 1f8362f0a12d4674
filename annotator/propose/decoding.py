"""Runs a pipeline over pieces of text and says for each entity how sure the entity recogniser was.

spaCy's recogniser gives every token one action, chosen among scores. It reports the entities and drops the scores.
Here its steps are taken one by one for a whole batch, which gives the same entities, costs no more, and keeps the
scores. A pipeline whose recogniser works otherwise is run as it is and says nothing of sureness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from annotator.propose.consistency import Entity

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

T = TypeVar("T")


def find_entities(
    nlp: Language, pieces: Iterable[tuple[str, T]], *, batch_size: int
) -> Iterator[tuple[list[Entity], T]]:
    """The entities of each text, with `chance` where the recogniser says it, and what came with the text.

    Args:
        nlp: A loaded pipeline.
        pieces: Texts, each with a value that is handed through.
        batch_size: Texts worked on together.
    """
    name = _recogniser(nlp)
    if name is None:
        for doc, value in nlp.pipe(pieces, as_tuples=True, batch_size=batch_size):
            yield [Entity(span.start_char, span.end_char, span.label_) for span in doc.ents], value
        return
    part: Any = nlp.get_pipe(name)
    moves = {part.moves.get_class_name(number): number for number in range(part.moves.n_moves)}
    stream = nlp.pipe(pieces, as_tuples=True, batch_size=batch_size, disable=[name])
    while batch := list(islice(stream, batch_size)):
        yield from zip(_decode(part, moves, [doc for doc, _ in batch]), [value for _, value in batch], strict=True)


def _recogniser(nlp: Language) -> str | None:
    """The name of the last part, if its steps can be taken one by one and no other part finds entities."""
    from spacy.pipeline import EntityRecognizer

    if not nlp.pipe_names:
        return None
    name = nlp.pipe_names[-1]
    others = {nlp.get_pipe_meta(other).factory for other in nlp.pipe_names[:-1]}
    if nlp.get_pipe_meta(name).factory != "ner" or any("ruler" in factory or "ner" in factory for factory in others):
        return None
    return name if type(nlp.get_pipe(name)) is EntityRecognizer else None


def _decode(part: Any, moves: dict[str, int], docs: Sequence[Doc]) -> list[list[Entity]]:
    # Longest first, so that the documents still under way are always the first rows of a step's scores.
    order = sorted((number for number, doc in enumerate(docs) if len(doc)), key=lambda number: -len(docs[number]))
    rows = [docs[number] for number in order]
    found: list[list[Entity]] = [[] for _ in docs]
    if not rows:
        return found
    step = part.model.predict(rows)
    states = part.moves.init_batch(rows)
    lengths = [len(doc) for doc in rows]
    scores = []
    going = len(rows)
    for position in range(lengths[0]):
        while lengths[going - 1] <= position:
            going -= 1
        scores.append(step.predict(states[:going]))
        part.transition_states(states[:going], scores[-1])
    part.set_annotations(rows, states)
    spans = [(row, span) for row, doc in enumerate(rows) for span in doc.ents]
    chances = _chances(scores, moves, [(row, span.start, span.end, span.label_) for row, span in spans])
    for (row, span), chance in zip(spans, chances, strict=True):
        found[order[row]].append(Entity(span.start_char, span.end_char, span.label_, chance))
    return found


def _chances(scores: Sequence[Any], moves: dict[str, int], spans: Sequence[tuple[int, int, int, str]]) -> list[float]:
    """For each span, the product over its tokens of the softmax of the scores at the action that made it."""
    import numpy as np

    if not spans:
        return []
    taken: list[int] = []
    firsts: list[int] = []
    table = []
    for row, start, end, label in spans:
        firsts.append(len(taken))
        for position in range(start, end):
            kind = "U" if end - start == 1 else "B" if position == start else "L" if position == end - 1 else "I"
            taken.append(moves[f"{kind}-{label}"])
            table.append(scores[position][row])
    values = np.asarray(table, dtype=np.float32)
    values -= values.max(axis=1, keepdims=True)
    chosen = values[np.arange(len(taken)), taken] - np.log(np.exp(values).sum(axis=1))
    return [float(chance) for chance in np.exp(np.add.reduceat(chosen, firsts))]
