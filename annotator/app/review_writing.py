"""Writing decisions to a corpus: one transaction for the edits of gold and where they come from.

What is done to many documents at once runs on any thread, with a corpus of its own, and returns what was stored.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar, overload

from annotator.agreement.disagreements import Place
from annotator.agreement.lanes import finished
from annotator.app.adjudication import Case, Decision, Origin, Policy, Verdict, add_new, own_version, premerge
from annotator.app.gold_keeping import decision_rows
from annotator.app.review_cases import OpenCases, Progress, touches
from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.errors import EditRefused
from annotator.core.history import LogEntry
from annotator.core.marks import Labelled, Mark, Rejection, text_order
from annotator.core.record import GOLD
from annotator.core.words import tr
from annotator.store.corpus import Corpus

Row = TypeVar("Row")
_NO_ORIGINS: MappingProxyType[Mark, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stored:
    """An edit of gold as it stands in the file."""

    document_id: str
    edit: Edit
    entry: LogEntry
    waiting: frozenset[int] | None = None
    """Which places of the document wait after it, by their index; None where that was not looked at."""


def waiting_in(case: Case) -> frozenset[int]:
    """Which places of a document wait for a decision, by their index."""
    return frozenset(index for index, place in enumerate(case.places) if not case.decided(place))


def closing(case: Case, verdict: Verdict) -> Verdict:
    """The verdict with what it makes of the state of gold: done where no place is left, in progress else."""
    after = case.after(verdict)
    before = case.gold.state
    state = State(Status.IN_PROGRESS if after.open_places() else Status.DONE, before.note)
    change = None if state == before else (before, state)
    return verdict if verdict.edit.state == change else replace(verdict, edit=replace(verdict.edit, state=change))


def own_verdicts(case: Case, place: Place, draft: Annotation) -> Iterator[Verdict]:
    """What a draft of gold decides: this place, each place it changes, and marks where nobody had one.

    Each verdict is for the case after those before it.

    Raises:
        EditRefused: A mark does not fit, or nothing would change.
    """
    gold, wanted = _labelled(case.gold), _labelled(draft)
    changed = gold ^ wanted
    touched = [other for other in case.places if other == place or any(touches(other, mark) for mark in changed)]
    if not changed and case.decided(place):
        raise EditRefused(tr("It is decided so already."))
    for other in touched:
        marks = [mark for mark in wanted if touches(other, mark)]
        if case.decided(other) and set(marks) == {mark for mark in _labelled(case.gold) if touches(other, mark)}:
            continue
        verdict = own_version(case, other, marks)
        yield verdict
        case = case.after(verdict)
    for mark in sorted(changed, key=text_order):
        if any(touches(other, mark) for other in touched):
            continue
        verdict = add_new(case, mark) if mark in wanted else _drop_new(case, mark)
        yield verdict
        case = case.after(verdict)


def _labelled(annotation: Annotation) -> set[Labelled]:
    return {mark for mark in annotation.marks if not isinstance(mark, Rejection)}


def _drop_new(case: Case, mark: Labelled) -> Verdict:
    """Take away a gold mark that stands where no annotator has one."""
    voters = len(finished(case.record))
    decision = Decision(case.document_id, "", mark.layer, mark.start, mark.end, Origin.NOTHING, (), 0, voters)
    return Verdict(Edit(tr("Take out of gold"), frozenset({mark})), (decision,))


def write_verdicts(
    corpus: Corpus, decided: Sequence[tuple[str, Verdict]], adjudicator: str, progress: Progress | None = None
) -> list[Stored]:
    """Store verdicts with their decisions in one transaction; several are one action, and one undo takes all back.

    Raises:
        EditRefused: The file holds another state of gold than a verdict starts from; nothing was stored.
        Cancelled: `progress` raised it; nothing was stored.
    """
    decisions = [decision_rows(verdict, adjudicator) for _, verdict in decided]
    if len(decided) == 1:
        id_, verdict = decided[0]
        entry = corpus.apply(id_, GOLD, verdict.edit, decisions=decisions[0])
        return [Stored(id_, verdict.edit, entry)]
    rows = [(id_, verdict.edit, _NO_ORIGINS) for id_, verdict in decided]
    entries = corpus.apply_all(_Told(rows, progress), GOLD, decisions=decisions) if rows else []
    return [Stored(id_, verdict.edit, entry) for (id_, verdict), entry in zip(decided, entries, strict=True)]


def merge_all(
    corpus: Corpus, cases: Collection[Case], policy: Policy, adjudicator: str, progress: Progress
) -> list[Stored]:
    """Merge what the policy merges on all documents, as one action; documents where nothing is left are done.

    Args:
        corpus: Open on this thread.
        cases: The documents; gone through once.
        policy: What is merged.
        adjudicator: Who says so.
        progress: Called with documents gone through and documents in all, for finding and again for storing.

    Raises:
        Cancelled: `progress` raised it; nothing was stored.
    """
    decided: list[tuple[str, Verdict]] = []
    waiting: list[frozenset[int]] = []
    for n, case in enumerate(cases):
        progress(n, len(cases))
        verdict = premerge(case, policy)
        if verdict is not None:
            decided.append((case.document_id, verdict))
            waiting.append(waiting_in(case.after(verdict)))
    stored = write_verdicts(corpus, decided, adjudicator, progress)
    return [replace(item, waiting=left) for item, left in zip(stored, waiting, strict=True)]


def take_back(corpus: Corpus, parts: Sequence[LogEntry], progress: Progress | None = None) -> list[Stored]:
    """Take back entries of gold that were one action, the newest first, in one transaction.

    Raises:
        EditRefused: Gold was changed by another program since; nothing was taken back.
        Cancelled: `progress` raised it; nothing was taken back.
    """
    found = [corpus.logged(part.id) for part in parts]
    edits = [logged.edit.inverse() for logged in found]
    if len(found) == 1:
        logged = found[0]
        entry = corpus.apply(logged.document_id, GOLD, edits[0], origins=logged.origins, undoes=logged.entry.id)
        return [Stored(logged.document_id, edits[0], entry)]
    rows = [(logged.document_id, edit, logged.origins) for logged, edit in zip(found, edits, strict=True)]
    entries = corpus.apply_all(_Told(rows, progress), GOLD, [logged.entry.id for logged in found])
    after = {
        case.document_id: waiting_in(case)
        for case in OpenCases(corpus, dict.fromkeys(id_ for id_, *_ in rows)).values()
    }
    return [Stored(id_, edit, entry, after[id_]) for (id_, edit, _), entry in zip(rows, entries, strict=True)]


class _Told(Sequence[Row]):
    """Rows that tell how far they have been gone through, so that long writing can be followed and stopped."""

    def __init__(self, rows: Sequence[Row], progress: Progress | None) -> None:
        self._rows = rows
        self._progress = progress

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        for n, row in enumerate(self._rows):
            if self._progress is not None:
                self._progress(n, len(self._rows))
            yield row
