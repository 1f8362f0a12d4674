"""Learning over a corpus: which pages are finished, training on them, and what proposals are made from since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.marks import Span
from annotator.core.proposal import Proposal, Proposer
from annotator.core.record import GOLD, Record
from annotator.core.schema import LayerKind
from annotator.propose.entities import entity_layer
from annotator.propose.learned_models import ModelFolder, models_folder
from annotator.propose.learning import LearnReport, learn_entities
from annotator.propose.strings import StringCounts, count_strings
from annotator.propose.table import ProposerSettings, make_proposers
from annotator.propose.training import FinishedPage, TrainSettings
from annotator.store.corpus import Corpus

BATCH = 32
"""Documents stored in one transaction."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What training on a corpus came to."""

    learned: LearnReport
    finished: int
    """Pages that were learned from."""
    proposed: int
    """Pages that nobody had opened and that were proposed anew."""
    marks: int
    """Marks proposed on them."""


def finished_page(record: Record) -> FinishedPage | None:
    """What is held to be true of a document: finished gold, else the finished work of the first annotator by name."""
    works = [work for work in record.works if work.annotation.state.status is Status.DONE]
    best = min(works, key=lambda work: (work.annotation.annotator != GOLD, work.annotation.annotator), default=None)
    if best is None:
        return None
    return FinishedPage(record.document, frozenset(mark for mark in best.annotation.marks if isinstance(mark, Span)))


def is_unopened(record: Record) -> bool:
    """Whether no annotator has touched the document."""
    return all(not work.annotation.marks and work.annotation.state.status is Status.TODO for work in record.works)


def strings_of(pages: Iterable[FinishedPage], corpus: Corpus) -> StringCounts:
    """How the strings of finished pages were labelled."""
    layer = entity_layer(corpus.schema)
    if layer is None:
        return StringCounts()
    return count_strings(((page.document.text, page.spans) for page in pages), layer.name)


def settings_for(corpus: Corpus, settings: ProposerSettings | None = None) -> ProposerSettings:
    """Settings with what this corpus has taught: the learned pipeline in use, and the strings of its finished pages.

    Args:
        corpus: The corpus.
        settings: What is asked for; a model named there stands.

    Raises:
        InputError: The folder of models cannot be read.
    """
    settings = settings or ProposerSettings()
    pages = [page for record in corpus.records() if (page := finished_page(record)) is not None]
    model = ModelFolder(models_folder(corpus.path)).in_use("entities")
    if settings.model is None and model is not None:
        settings = replace(settings, model=str(model))
    return replace(settings, strings=strings_of(pages, corpus))


def proposers_for(
    corpus: Corpus, layers: Collection[str] | None = None, settings: ProposerSettings | None = None
) -> list[Proposer]:
    """The proposers for these layers of a corpus, all when None, with what the corpus has taught.

    Raises:
        InputError: The schema has no such layer, or what a setting names cannot be used.
    """
    return make_proposers(layers, corpus.schema, settings=settings_for(corpus, settings))


def train_corpus(
    corpus: Corpus,
    *,
    model: str | None = None,
    seed: int = 0,
    settings: TrainSettings | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> TrainReport:
    """Learn entities from the finished pages of a corpus and propose anew on pages that nobody has opened.

    Args:
        corpus: The corpus.
        model: The pipeline to train on; the default one when None.
        seed: Seed of everything drawn.
        settings: How long and how fast to train.
        progress: Called with what is being done and the share done; may raise `Cancelled`. Stopped while training,
            nothing has changed; stopped while proposing, the pages done stay done.

    Raises:
        InputError: There are too few finished pages, or the pipeline cannot be used.
        CorpusError: The file cannot be read or written.
    """
    pages: list[FinishedPage] = []
    others: list[Document] = []
    unopened: list[Document] = []
    for record in corpus.records():
        page = finished_page(record)
        if page is not None:
            pages.append(page)
        else:
            others.append(record.document)
            if is_unopened(record):
                unopened.append(record.document)
    folder = ModelFolder(models_folder(corpus.path))
    report = learn_entities(
        pages, corpus.schema, folder, rehearsal=others, model=model, seed=seed, settings=settings, progress=progress
    )
    marks = repropose(corpus, unopened, progress)
    return TrainReport(report, len(pages), len(unopened), marks)


def repropose(
    corpus: Corpus, documents: Sequence[Document], progress: Callable[[str, float], None] | None = None
) -> int:
    """Propose spans anew on these documents with what the corpus has taught; say how many marks.

    Raises:
        InputError: A proposer cannot be used.
        CorpusError: The file cannot be written.
    """
    layers = [layer.name for layer in corpus.schema.of_kind(LayerKind.SPANS)]
    marks = done = 0
    proposers = make_proposers(layers, corpus.schema, settings=settings_for(corpus)) if layers and documents else []
    for proposer in proposers:
        batch: list[tuple[Document, Sequence[Proposal]]] = []
        stream = proposer.propose(documents, corpus.schema)
        for number, (document, found) in enumerate(zip(documents, stream, strict=True), 1):
            batch.append((document, found))
            done += 1
            if len(batch) == BATCH or number == len(documents):
                marks += corpus.save_proposals(proposer.name, proposer.version, batch)
                batch = []
                if progress:
                    progress(proposer.name, done / (len(proposers) * len(documents)))
    return marks


def go_back(corpus_path: Path) -> Path | None:
    """Put the entity model before the one in use into use again; None when that is the one that comes with the program.

    Raises:
        InputError: Nothing learned is in use.
    """
    return ModelFolder(models_folder(corpus_path)).go_back("entities")
