"""Running proposers over a corpus, in batches that are stored one by one, so that a stopped run goes on."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from annotator.core.document import Document
from annotator.core.proposal import Proposal, Proposer
from annotator.propose.table import ForLayers
from annotator.store.corpus import Corpus

BATCH = 32
"""Documents stored in one transaction."""


@dataclass(frozen=True, slots=True)
class ProposeReport:
    """What one proposer gave."""

    proposer: str
    documents: int
    """Documents it was run on; those it had seen before are left out."""
    marks: int


def propose(
    corpus: Corpus,
    proposers: Sequence[Proposer],
    *,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[ProposeReport]:
    """Run proposers on the documents that they have not seen. What annotators decided is never touched.

    Args:
        corpus: The corpus.
        proposers: They run one after the other.
        force: Propose anew for documents seen before. What was learned from finished pages proposes nothing on pages
            that somebody has finished, in any case.
        progress: Called with proposer, documents done and documents in all; may raise `Cancelled`, after which what
            was stored stays and the next run goes on from there.

    Raises:
        InputError: A proposed mark does not fit schema or text.
        CorpusError: The file cannot be written.
    """
    return [_run(corpus, proposer, force, progress) for proposer in proposers]


def _run(
    corpus: Corpus, proposer: Proposer, force: bool, progress: Callable[[str, int, int], None] | None
) -> ProposeReport:
    layers = proposer.layers if isinstance(proposer, ForLayers) else None
    wanted = corpus.to_propose(proposer.name, proposer.version, force=force)
    if isinstance(proposer, ForLayers) and not force:
        whole = set(corpus.to_propose(proposer.name, proposer.whole_version))
        wanted = [document_id for document_id in wanted if document_id in whole]
    if getattr(proposer, "is_learned", False):
        # One annotator's labels must not come to the next one of the page as proposals.
        finished = corpus.finished_documents()
        wanted = [document_id for document_id in wanted if document_id not in finished]
    given: deque[Document] = deque()

    def documents() -> Iterator[Document]:
        for document_id in wanted:
            document = corpus.document(document_id)
            given.append(document)
            yield document

    done = marks = 0
    batch: list[tuple[Document, Sequence[Proposal]]] = []
    if progress:
        progress(proposer.name, 0, len(wanted))
    for proposals in proposer.propose(documents(), corpus.schema) if wanted else ():
        batch.append((given.popleft(), proposals))
        if len(batch) == BATCH or done + len(batch) == len(wanted):
            marks += corpus.save_proposals(proposer.name, proposer.version, batch, layers=layers)
            done += len(batch)
            batch = []
            if progress:
                progress(proposer.name, done, len(wanted))
    return ProposeReport(proposer.name, done, marks)
