"""Learning over a corpus: which pages are finished, training on them, and what proposals are made from since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, Span
from annotator.core.proposal import Proposal, Proposer
from annotator.core.record import GOLD, Record, Work
from annotator.core.words import tr
from annotator.propose.entities import entity_layer
from annotator.propose.learned_models import LearnedModel, Learns, ModelFolder, models_folder
from annotator.propose.learning import LearnReport, TooFewPages, learn_entities
from annotator.propose.learning_boundaries import layouts_in_use, learn_boundaries
from annotator.propose.strings import StringCounts, count_strings
from annotator.propose.table import ProposerSettings, make_proposers
from annotator.propose.training import FinishedPage, TrainSettings
from annotator.store.assignments import read_assignments
from annotator.store.corpus import Corpus

BATCH = 32
"""Documents stored in one transaction."""


BOUNDARY_SHARE = 0.15
"""Share of the progress of training that learning boundaries takes, beside entities."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What training on a corpus came to."""

    boundaries: LearnedModel | None
    """What learning article boundaries and blocks came to; None where it was not asked for or not possible."""
    learned: LearnReport | None
    """The same for entities."""
    missing: tuple[str, ...]
    """Why something that was asked for could not be learned, a sentence each."""
    finished: int
    """Finished pages of the corpus."""
    proposed: int
    """Pages that nobody had opened and that were proposed anew."""
    marks: int
    """Marks proposed on them."""

    @property
    def attempts(self) -> list[LearnedModel]:
        """What was compared, boundaries first."""
        entities = self.learned.attempt if self.learned else None
        return [attempt for attempt in (self.boundaries, entities) if attempt is not None]


def finished_page(record: Record, *, is_shared: bool = False) -> FinishedPage | None:
    """What is held to be true of a document: finished gold, else the finished work of its only annotator.

    Args:
        record: The document with all works.
        is_shared: Whether several annotators were given it; then only gold counts, as it does when several have begun.
    """
    works = [work for work in record.works if work.annotation.state.status is Status.DONE]
    begun = {work.annotation.annotator for work in record.works if not _is_untouched(work)} - {GOLD}
    best = next((work for work in works if work.annotation.annotator == GOLD), None)
    if best is None and len(begun) == 1 and not is_shared:
        best = next(iter(works), None)
    if best is None:
        return None
    marks = best.annotation.marks
    return FinishedPage(
        record.document,
        frozenset(mark for mark in marks if isinstance(mark, Span)),
        frozenset(mark for mark in marks if isinstance(mark, Boundary)),
    )


def is_unopened(record: Record) -> bool:
    """Whether no annotator has touched the document."""
    return all(_is_untouched(work) for work in record.works)


def _is_untouched(work: Work) -> bool:
    return not work.annotation.marks and work.annotation.state.status is Status.TODO


def shared_documents(corpus: Corpus) -> set[str]:
    """The documents that were given to several annotators.

    Raises:
        CorpusError: The file cannot be read.
    """
    given = Counter(document_id for document_id, _ in read_assignments(corpus.path))
    return {document_id for document_id, annotators in given.items() if annotators > 1}


def strings_of(pages: Iterable[FinishedPage], corpus: Corpus) -> StringCounts:
    """How the strings of finished pages were labelled."""
    layer = entity_layer(corpus.schema)
    if layer is None:
        return StringCounts()
    return count_strings(((page.document.text, page.spans) for page in pages), layer.name)


def settings_for(corpus: Corpus, settings: ProposerSettings | None = None) -> ProposerSettings:
    """Settings with what this corpus has taught: the models in use, and the strings of its finished pages.

    Args:
        corpus: The corpus.
        settings: What is asked for; a model named there stands.

    Raises:
        InputError: The folder of models cannot be read.
    """
    settings = settings or ProposerSettings()
    shared = shared_documents(corpus)
    found = (finished_page(record, is_shared=record.document.id in shared) for record in corpus.records())
    pages = [page for page in found if page is not None]
    folder = ModelFolder(models_folder(corpus.path))
    model = folder.in_use("entities")
    if settings.model is None and model is not None:
        settings = replace(settings, model=str(model))
    if settings.boundary_model is None:
        settings = replace(settings, layouts=layouts_in_use(folder))
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
    what: Collection[Learns] = tuple(Learns),
    model: str | None = None,
    seed: int = 0,
    settings: TrainSettings | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> TrainReport:
    """Learn boundaries and entities from the finished pages of a corpus; propose anew where nobody has opened a page.

    Args:
        corpus: The corpus.
        what: What to learn.
        model: The pipeline to train on; the default one when None.
        seed: Seed of everything drawn.
        settings: How long and how fast to train.
        progress: Called with what is being done and the share done; may raise `Cancelled`. Stopped while training,
            nothing has changed but what was kept before; stopped while proposing, the pages done stay done.

    Raises:
        InputError: There is nothing that could be learned, or the pipeline cannot be used.
        CorpusError: The file cannot be read or written.
    """
    pages: list[FinishedPage] = []
    others: list[Document] = []
    unopened: list[Document] = []
    shared = shared_documents(corpus)
    for record in corpus.records():
        page = finished_page(record, is_shared=record.document.id in shared)
        if page is not None:
            pages.append(page)
        else:
            others.append(record.document)
            if is_unopened(record):
                unopened.append(record.document)
    folder = ModelFolder(models_folder(corpus.path))
    tell = progress or (lambda _what, _share: None)
    missing: list[str] = []
    boundaries = learned = None
    share = BOUNDARY_SHARE if len(what) > 1 else 1.0
    if Learns.BOUNDARIES in what:
        try:
            boundaries = learn_boundaries(
                pages, corpus.schema, folder, seed=seed, progress=lambda text, done: tell(text, share * done)
            )
        except TooFewPages as error:
            missing.append(str(error))
    if Learns.ENTITIES in what:
        start = share if len(what) > 1 else 0.0
        try:
            learned = learn_entities(
                pages,
                corpus.schema,
                folder,
                rehearsal=others,
                model=model,
                seed=seed,
                settings=settings,
                progress=lambda text, done: tell(text, start + (1 - start) * done),
            )
        except TooFewPages as error:
            missing.append(str(error))
    if boundaries is None and learned is None:
        raise InputError(" ".join(missing))
    marks = repropose(corpus, unopened, progress)
    return TrainReport(boundaries, learned, tuple(missing), len(pages), len(unopened), marks)


def repropose(
    corpus: Corpus, documents: Sequence[Document], progress: Callable[[str, float], None] | None = None
) -> int:
    """Propose anew on these documents with what the corpus has taught, each proposer where it has not been yet.

    Returns:
        How many marks were proposed.

    Raises:
        InputError: A proposer cannot be used.
        CorpusError: The file cannot be written.
    """
    marks = 0
    proposers = proposers_for(corpus) if documents else []
    for place, proposer in enumerate(proposers):
        waiting = set(corpus.to_propose(proposer.name, proposer.version))
        left = [document for document in documents if document.id in waiting]
        batch: list[tuple[Document, Sequence[Proposal]]] = []
        stream = proposer.propose(left, corpus.schema)
        for number, (document, found) in enumerate(zip(left, stream, strict=True), 1):
            batch.append((document, found))
            if len(batch) == BATCH or number == len(left):
                marks += corpus.save_proposals(proposer.name, proposer.version, batch)
                batch = []
                if progress:
                    progress(proposer.name, (place + number / len(left)) / len(proposers))
    return marks


def go_back(corpus_path: Path, what: Learns | None = None) -> tuple[Learns, Path | None]:
    """Put the model before the one in use into use again.

    Args:
        corpus_path: The corpus file.
        what: Which sort of model; the one learned last when None.

    Returns:
        Which sort it was, and the model in use now; None for the one that comes with the program.

    Raises:
        InputError: Nothing learned is in use.
    """
    folder = ModelFolder(models_folder(corpus_path))
    if what is None:
        used = {path.name for kind in Learns if (path := folder.in_use(kind)) is not None}
        newest = [attempt for attempt in folder.history() if attempt.path in used]
        what = Learns(newest[-1].kind) if newest else Learns.ENTITIES
    return what, folder.go_back(what)


def learns_title(what: Learns | str) -> str:
    """What is learned, in the user's words."""
    return tr("article boundaries and blocks") if what == Learns.BOUNDARIES else tr("entities")


def told_attempt(attempt: LearnedModel) -> str:
    """One sentence on how good a learned model was."""
    text = (
        "{what}: on pages held out, F1 {before:.3f} before and {after:.3f} after: {gain:+.3f} (95 % interval "
        "{low:+.3f} to {high:+.3f}), from {n} finished pages."
    )
    return tr(
        text,
        what=learns_title(attempt.kind),
        before=attempt.before,
        after=attempt.after,
        gain=attempt.gain,
        low=attempt.low,
        high=attempt.high,
        n=attempt.pages,
    )
