"""The table of proposers: what each is called, which layers it is for, and how one is made from settings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.proposal import Proposal, Proposer
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.propose.pipelines import DEFAULT_MODEL
from annotator.propose.strings import StringCounts


@dataclass(frozen=True, slots=True)
class ProposerSettings:
    """What proposers are made from. What is None is not used, but for the two that have a default."""

    model: str | None = None
    """spaCy pipeline for entities, by package name or folder; the default one when None."""
    boundary_model: Path | None = None
    """Boundary model; the shipped one when None."""
    strings: StringCounts | None = None
    """Counts of the strings labelled on finished pages."""


@dataclass(frozen=True, slots=True)
class ProposerRow:
    """One row of the table."""

    name: str
    kind: LayerKind
    """The kind of layer it proposes marks for."""
    about: str
    """What it proposes, in a few words of English."""
    make: Callable[[ProposerSettings], Proposer | None]
    """Makes one, or None when the settings do not ask for it."""


def _boundaries(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.boundaries import BoundaryProposer

    return BoundaryProposer() if settings.boundary_model is None else BoundaryProposer(settings.boundary_model)


def _spacy(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.entities import SpacyProposer

    return SpacyProposer(settings.model or DEFAULT_MODEL)


def _strings(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.strings import StringProposer

    return StringProposer(settings.strings) if settings.strings and settings.strings.labelled else None


PROPOSERS: Mapping[str, ProposerRow] = {
    row.name: row
    for row in (
        ProposerRow("boundaries", LayerKind.SEGMENTS, "article boundaries and blocks", _boundaries),
        ProposerRow("spacy", LayerKind.SPANS, "entities, by a spaCy pipeline", _spacy),
        ProposerRow("strings", LayerKind.SPANS, "strings already labelled in this corpus", _strings),
    )
}
"""Every proposer, in the order in which they run."""


def make_proposers(
    layers: Collection[str] | None,
    schema: Schema,
    *,
    model: str | None = None,
    settings: ProposerSettings | None = None,
) -> list[Proposer]:
    """The proposers for these layers, in the order of the table.

    Args:
        layers: Names of layers to propose marks for; all layers when None.
        schema: Schema of the corpus.
        model: spaCy pipeline for entities; stands before the one in `settings`.
        settings: What the proposers are made from; the defaults when None.

    Raises:
        InputError: The schema has no layer of one of these names, or what a setting names cannot be used.
    """
    wanted = list(schema.by_name) if layers is None else list(dict.fromkeys(layers))
    for name in wanted:
        if name not in schema.by_name:
            raise InputError(
                tr(
                    "The schema “{schema}” has no layer “{layer}”; it has {layers}.",
                    schema=schema.name,
                    layer=name,
                    layers=", ".join(schema.by_name),
                )
            )
    settings = settings or ProposerSettings()
    if model is not None:
        settings = replace(settings, model=model)
    found: list[Proposer] = []
    for row in PROPOSERS.values():
        of_kind = frozenset(layer.name for layer in schema.of_kind(row.kind))
        asked = of_kind.intersection(wanted)
        proposer = row.make(settings) if asked else None
        if proposer is not None:
            found.append(proposer if asked == of_kind else ForLayers(proposer, asked))
    return found


class ForLayers:
    """A proposer of which only the marks of some layers are wanted. Its version names them."""

    def __init__(self, inner: Proposer, layers: frozenset[str]) -> None:
        self.name = inner.name
        self.version = f"{inner.version}/{'+'.join(sorted(layers))}"
        self.whole_version = inner.version
        """The version of the proposer for all layers."""
        self.layers = layers
        self._inner = inner

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """What the inner proposer proposes, without the marks of other layers."""
        for found in self._inner.propose(documents, schema):
            yield tuple(proposal for proposal in found if proposal.mark.layer in self.layers)
