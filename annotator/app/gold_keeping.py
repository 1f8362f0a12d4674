"""Verdicts of adjudication into a corpus, each with its decisions, and whole corpora merged before anybody looks."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from annotator.app.adjudication import Policy, Verdict, open_case, premerge
from annotator.core.annotation import Status
from annotator.core.history import LogEntry
from annotator.core.record import GOLD
from annotator.store.corpus import Corpus
from annotator.store.gold import GoldDecision

CHUNK = 500
"""Documents merged in one transaction, which one undo takes back."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging did to a corpus."""

    documents: int
    """Documents that two or more annotators have finished."""
    places: int
    """Places merged now."""
    finished: int
    """Documents whose gold is done now and was not before."""
    left: int
    """Places that wait for a person."""


def decision_rows(verdict: Verdict, who: str) -> list[GoldDecision]:
    """The decisions of a verdict as the store keeps them; `who` is the adjudicator."""
    return [
        GoldDecision(
            place=decision.key,
            layer=decision.layer,
            start=decision.start,
            end=decision.end,
            origin=decision.origin.value,
            source=decision.source,
            votes=decision.votes,
            voters=decision.voters,
            marks=decision.marks,
            who=who,
        )
        for decision in verdict.decisions
    ]


def keep(corpus: Corpus, document_id: str, verdict: Verdict, who: str, *, seconds: float = 0.0) -> LogEntry:
    """Make the edit of a verdict and keep its decisions, in one transaction.

    Raises:
        EditRefused: Gold has changed since the verdict was made.
        CorpusError: The file could not be written.
    """
    return corpus.apply(document_id, GOLD, verdict.edit, decisions=decision_rows(verdict, who), seconds=seconds)


def premerge_all(
    corpus: Corpus,
    policy: Policy,
    who: str,
    annotators: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Merged:
    """Merge every document that two or more annotators have finished, as the policy says.

    Documents are merged in transactions of `CHUNK`; a run that is cancelled keeps those that are through, and the next
    run does the rest. Decisions that were made before stay as they are.

    Args:
        corpus: The corpus.
        policy: What is merged.
        who: The adjudicator, to whom the decisions are put down.
        annotators: Only these; everyone who has finished where not given.
        progress: Called with the documents done and the documents in all; may raise `Cancelled`.
    """
    ids = corpus.with_several_finished()
    places = done = left = 0
    for start in range(0, len(ids), CHUNK):
        verdicts: list[tuple[str, Verdict]] = []
        for document_id, verdict, waiting in _merge(corpus, ids[start : start + CHUNK], policy, annotators):
            left += waiting
            if verdict is not None:
                verdicts.append((document_id, verdict))
        if verdicts:
            corpus.apply_all(
                [(document_id, verdict.edit, {}) for document_id, verdict in verdicts],
                GOLD,
                decisions=[decision_rows(verdict, who) for _, verdict in verdicts],
            )
        places += sum(len(verdict.decisions) for _, verdict in verdicts)
        done += sum(
            verdict.edit.state is not None and verdict.edit.state[1].status is Status.DONE for _, verdict in verdicts
        )
        if progress is not None:
            progress(min(start + CHUNK, len(ids)), len(ids))
    return Merged(len(ids), places, done, left)


def _merge(
    corpus: Corpus, ids: Collection[str], policy: Policy, annotators: Collection[str] | None
) -> Iterator[tuple[str, Verdict | None, int]]:
    schema = corpus.schema
    for record in corpus.records(set(ids)):
        case = open_case(record, schema, annotators)
        verdict = premerge(case, policy)
        after = case if verdict is None else case.after(verdict)
        yield record.document.id, verdict, len(after.open_places())
