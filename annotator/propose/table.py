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
from annotator.propose.site_layouts import SiteLayouts
from annotator.propose.strings import StringCounts


@dataclass(frozen=True, slots=True)
class ProposerSettings:
    """What proposers are made from. What is None is not used, but for the two that have a default."""

    model: str | None = None
    """spaCy pipeline for entities, by package name or folder; the default one when None."""
    boundary_model: Path | None = None
    """Boundary model; the shipped one when None."""
    layouts: SiteLayouts | None = None
    """What was learned of the sites of the corpus; holds for the shipped boundary model only."""
    strings: StringCounts | None = None
    """Counts of the strings labelled on finished pages."""
    articles: bool = False
    """Whether names keep their article: "the United Nations"."""
    gazetteer: Path | None = None
    """File of strings and labels."""
    expressions: Path | None = None
    """TOML file of regular expressions."""
    address: str | None = None
    """Address of a program that proposes over HTTP; nothing is sent anywhere unless it is given."""
    address_name: str = "http"
    """What proposals from that program name as their proposer."""
    address_seconds: float = 30.0
    """Time an answer may take."""
    hugging_face: Path | None = None
    """Folder of a Hugging Face token-classification model."""
    gliner: Path | None = None
    """Folder of a GLiNER model."""


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

    if settings.boundary_model is not None:
        return BoundaryProposer(settings.boundary_model)
    return BoundaryProposer(layouts=settings.layouts)


def _spacy(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.entities import SpacyProposer

    return SpacyProposer(settings.model or DEFAULT_MODEL, articles=settings.articles)


def _strings(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.strings import StringProposer

    return StringProposer(settings.strings) if settings.strings and settings.strings.labelled else None


def _gazetteer(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.gazetteer import GazetteerProposer, read_gazetteer

    return GazetteerProposer(read_gazetteer(settings.gazetteer)) if settings.gazetteer else None


def _expressions(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.expressions import ExpressionProposer, read_expressions

    return ExpressionProposer(read_expressions(settings.expressions)) if settings.expressions else None


def _http(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.http import HttpProposer

    if settings.address is None:
        return None
    return HttpProposer(settings.address, name=settings.address_name, seconds=settings.address_seconds)


def _hugging_face(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.hugging_face import TokenClassificationProposer

    return TokenClassificationProposer(settings.hugging_face) if settings.hugging_face else None


def _gliner(settings: ProposerSettings) -> Proposer | None:
    from annotator.propose.gliner import GlinerProposer

    return GlinerProposer(settings.gliner) if settings.gliner else None


PROPOSERS: Mapping[str, ProposerRow] = {
    row.name: row
    for row in (
        ProposerRow("boundaries", LayerKind.SEGMENTS, "article boundaries and blocks", _boundaries),
        ProposerRow("spacy", LayerKind.SPANS, "entities, by a spaCy pipeline", _spacy),
        ProposerRow("strings", LayerKind.SPANS, "strings already labelled in this corpus", _strings),
        ProposerRow("gazetteer", LayerKind.SPANS, "strings from a file", _gazetteer),
        ProposerRow("expressions", LayerKind.SPANS, "regular expressions from a file", _expressions),
        ProposerRow("hugging_face", LayerKind.SPANS, "entities, by a token-classification model", _hugging_face),
        ProposerRow("gliner", LayerKind.SPANS, "entities, by a GLiNER model", _gliner),
        ProposerRow("http", LayerKind.SPANS, "marks from a program over HTTP", _http),
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
        self.is_learned = bool(getattr(inner, "is_learned", False))
        self._inner = inner

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """What the inner proposer proposes, without the marks of other layers."""
        for found in self._inner.propose(documents, schema):
            yield tuple(proposal for proposal in found if proposal.mark.layer in self.layers)
