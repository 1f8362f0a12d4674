"""The agreement report of a corpus: figures by layer, in words first, with intervals and notes on the data."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.agreement import figures, notes, wording
from annotator.agreement.bootstrap import DRAWS
from annotator.agreement.gathering import Example, Gatherer
from annotator.agreement.notes import Note
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.sheet import Sheet, sheet_of
from annotator.core.words import tr


@dataclass(frozen=True)
class Report:
    """What `agreement_report` found."""

    layers: Mapping[str, Mapping[str, Any]]
    """Figures by layer, as plain JSON values; None where a value is not defined."""
    notes: tuple[Note, ...]
    words: tuple[str, ...]
    """One sentence for each headline, in the order of the layers."""
    documents: int
    """Documents that two or more annotators have finished."""
    annotators: tuple[str, ...]
    """Who has finished at least one document."""
    progress: Mapping[str, Mapping[str, float]]
    """By annotator: documents by status, and `seconds` spent."""
    examples: Mapping[tuple[str, str, str], Sequence[Example]]
    """By layer and two labels; "" for no mark."""
    seed: int
    draws: int = DRAWS

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "layers": {name: dict(layer) for name, layer in self.layers.items()},
            "notes": [note.to_json() for note in self.notes],
            "words": list(self.words),
            "documents": self.documents,
            "annotators": list(self.annotators),
            "method": {"seed": self.seed, "draws": self.draws, "interval": "percentile bootstrap over documents"},
        }

    def rows(self) -> list[dict[str, Any]]:
        """The report as rows of a table: one value a row, with what it is of."""
        return [row for name, layer in self.layers.items() for row in figures.rows(name, layer)]


def agreement_report(
    documents: Iterable[Record | Sheet],
    schema: Schema,
    annotators: Collection[str] | None = None,
    seed: int = 0,
    *,
    layers: Collection[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """How far the annotators of a corpus agree.

    Documents are read some at a time, and only sums are kept of them. Only documents count that both of a pair have
    finished. The order of documents and annotators changes nothing.

    Args:
        documents: With what everyone made of them; sheets are quicker to read.
        schema: Its layers are reported in order.
        annotators: Only these; everyone where not given. Gold is no annotator.
        seed: Of the bootstrap and of the samples for gamma.
        layers: Only these; all where not given.
        progress: Called with the number of documents read so far; may raise `Cancelled`.

    Raises:
        InputError: A layer or an annotator that was asked for is not there.
    """
    chosen = [layer for layer in schema.layers if layers is None or layer.name in layers]
    _check_names(set(layers or ()) - set(schema.by_name), tr("layer"), list(schema.by_name))
    gatherer = Gatherer(schema, seed, annotators=annotators, layers={layer.name for layer in chosen})
    for n, document in enumerate(documents, 1):
        sheet = sheet_of(document) if isinstance(document, Record) else document
        gatherer.add(sheet)
        if progress is not None:
            progress(n)
    gatherer.finish()
    seen = sorted(gatherer.progress)
    _check_names(set(annotators or ()) - set(seen), tr("annotator"), seen)
    pairs = sorted(gatherer.pairs)
    computed = {layer.name: figures.of_layer(layer, gatherer, pairs) for layer in chosen}
    return Report(
        layers=computed,
        notes=tuple(notes.data_notes(chosen, computed, gatherer)),
        words=tuple(wording.sentences(chosen, computed)),
        documents=gatherer.shared,
        annotators=tuple(sorted(gatherer.names)),
        progress={name: dict(gatherer.progress[name]) for name in seen if annotators is None or name in annotators},
        examples={key: [entry[-1] for entry in sorted(heap, reverse=True)] for key, heap in gatherer.examples.items()},
        seed=seed,
    )


def _check_names(unknown: set[str], what: str, known: Sequence[str]) -> None:
    if unknown:
        raise InputError(
            tr(
                "The corpus has no {what} “{name}”; it has {known}.",
                what=what,
                name=min(unknown),
                known=", ".join(known) or tr("none"),
            )
        )
