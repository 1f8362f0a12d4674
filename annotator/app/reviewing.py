"""A review: the disagreements of a corpus in order, and the decisions on them, stored as edits of gold.

Every decision is one transaction: the edit of gold and where it comes from. Undo and redo are read from the log of
gold over all documents, so they go from page to page and survive a restart.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from annotator.agreement.disagreements import Place, Version
from annotator.app import adjudication
from annotator.app.adjudication import Case, Origin, Policy, Rule, Verdict
from annotator.app.review_cases import Cases, Question, at_place, counted, lanes_of, questions_of
from annotator.app.review_writing import Stored, closing, own_verdicts, take_back, waiting_in, write_verdicts
from annotator.core.annotation import Annotation, Status
from annotator.core.errors import EditRefused
from annotator.core.history import History, LogEntry, read_history, title_of
from annotator.core.marks import Rejection
from annotator.core.words import tr, trn
from annotator.store.corpus import Corpus
from annotator.store.gold import GoldDecision
from annotator.store.gold_log import changed_by_annotators, edited_after, gold_log

_SETTING = "review"
DIGITS = 9
"""Lanes up to which each has a digit of its own."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How a corpus is reviewed; kept in the corpus, so that lanes and looks are the same each time."""

    policy: Policy = field(default_factory=Policy)
    seed: int = 0
    """Of the order of the lanes."""

    @classmethod
    def of(cls, corpus: Corpus) -> "Choices":
        """The choices kept in a corpus; those that cannot be read are left at their defaults."""
        try:
            data = json.loads(corpus.value(_SETTING) or "{}")
            rule, votes, look = Rule(data["rule"]), int(data["votes"]), float(data["look"])
            return cls(Policy(rule, max(1, votes), min(max(look, 0.0), 1.0), int(data["seed"])), int(data["lanes"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def keep(self, corpus: Corpus) -> None:
        """Keep them in the corpus."""
        policy = self.policy
        data = {"rule": policy.rule.value, "votes": policy.votes, "look": policy.look, "seed": policy.seed}
        corpus.set_value(_SETTING, json.dumps({**data, "lanes": self.seed}))


def pages_of(corpus: Corpus, name: str) -> int:
    """How many pages somebody has finished as an annotator, of those that can be reviewed."""
    several = set(corpus.with_several_finished())
    return sum(item.status is Status.DONE and item.id in several for item in corpus.summaries(name))


class Reviewing:
    """The cases of a corpus under one adjudicator's hands. It belongs to the thread of its corpus."""

    def __init__(self, corpus: Corpus, adjudicator: str, read: Cases, choices: Choices = Choices()) -> None:
        self.corpus = corpus
        self.adjudicator = adjudicator
        self.choices = choices
        self.read(read)

    def read(self, read: Cases) -> None:
        """Go on with what was read anew."""
        self.newest = read.newest
        self.cases = read.cases
        self.questions = read.questions
        self.standings = read.standings
        self.order = {id_: i for i, id_ in enumerate(read.cases)}
        self._asked: dict[str, list[Question]] = {}
        for question in read.questions:
            self._asked.setdefault(question.document_id, []).append(question)
        self._pages: dict[str, list[Question]] = {}
        self._lanes: dict[str, tuple[str, ...]] = {}
        log = gold_log(self.corpus)
        self._entries = {entry.id: entry for _, entry in log}
        fixed = {id_: entry.id for id_, entry in log if entry.fixed}
        self._history = read_history(entry for id_, entry in log if entry.id > fixed.get(id_, 0))
        self._open = {id_ for id_, standing in read.standings.items() if not standing.done}
        self._count = counted(self.questions)
        self._agreed = sum(standing.agreed for standing in read.standings.values())

    def as_read(self) -> Cases:
        """What is known now, so that only what others have changed need be read again."""
        return Cases(self.cases, self.questions, self.standings, self.newest)

    def changed_elsewhere(self) -> frozenset[str]:
        """Documents of this review, or new to it, that somebody else has edited since they were read."""
        found = {id_ for id_, entry in edited_after(self.corpus, self.newest) if entry not in self._entries}
        return frozenset(found & (set(self.cases) | set(self.corpus.with_several_finished()))) if found else frozenset()

    # What there is

    def on_page(self, document_id: str) -> list[Question]:
        """Every place of a document in text order, those where all agree among them.

        Raises:
            EditRefused: Annotators have changed the document since it was read.
        """
        held = document_id in self.cases.held
        case = self.cases[document_id]
        found = self._pages.get(document_id)
        if found is None or not held:
            if changed_by_annotators(self.corpus, document_id, self.newest):
                raise EditRefused(tr("Others have changed this page since it was read; F5 reads it again."))
            asked = {question.index: question for question in self._asked.get(document_id, ())}
            found = [
                asked.get(question.index, question) for question in questions_of(self.cases, case, self.choices.policy)
            ]
            found.sort(key=lambda question: (question.start, question.rank))
            self._pages = {id_: page for id_, page in self._pages.items() if id_ in self.cases.held}
            self._pages[document_id] = found
            # Gold may be further than it was when the corpus was read.
            self._stand(document_id, waiting_in(case), done=case.gold.state.status is Status.DONE)
        return found

    def case(self, question: Question) -> Case:
        """The case that a question belongs to.

        Raises:
            EditRefused: Annotators have changed the document since it was read.
        """
        self.on_page(question.document_id)
        return self.cases[question.document_id]

    def lanes(self, document_id: str) -> tuple[str, ...]:
        """The annotators of a document in the order of their lanes; the first is lane 1."""
        if document_id not in self._lanes:
            self._lanes[document_id] = lanes_of(self.cases[document_id], self.choices.seed)
        return self._lanes[document_id]

    def lane_numbers(self, question: Question, version: Version) -> list[int]:
        """The lanes that hold a version, rising."""
        lanes = self.lanes(question.document_id)
        return sorted(lanes.index(name) + 1 for name in version.annotators)

    @property
    def counts(self) -> tuple[int, int, int]:
        """What waits: disagreements, looks, and places where all agree that are merged without a look."""
        return (*self._count, self._agreed)

    @property
    def left(self) -> int:
        """How many places of all documents wait for a decision."""
        return sum(self.counts)

    def documents_left(self) -> int:
        """How many documents have gold that is not done."""
        return len(self._open)

    def alike(self, question: Question) -> list[Question]:
        """The questions that wait elsewhere with the same text and the same readings, without this one."""
        return [other for other in question.alike if other.waits and other is not question]

    def decision(self, question: Question) -> GoldDecision | None:
        """What was decided about a place last, and why; None where nothing was stored."""
        key = question.place.key
        found = [item for item in self.corpus.gold_decisions(question.document_id) if item.place == key]
        return found[-1] if found else None

    def grounds(self, question: Question, *, named: bool) -> str:
        """Why gold holds what it holds at a place, in words; "" while it waits.

        Args:
            question: The place.
            named: Whether the annotator whose version was taken is named.
        """
        if question.waits:
            return ""
        found = self.decision(question)
        if found is None:
            return tr("Gold was here before the review.")
        words = {
            Origin.ALL: tr("all agreed"),
            Origin.MAJORITY: tr("majority"),
            Origin.TAKEN: tr("a version was taken"),
            Origin.EDITED: tr("an own version"),
            Origin.NEW: tr("new"),
            Origin.NOTHING: tr("nothing here"),
        }
        why = words.get(Origin(found.origin), found.origin)
        if found.source and named:
            why = tr("{why} ({name})", why=why, name=found.source)
        return tr(
            "Decided by {who}: {why}, held by {n} of {of}.", who=found.who, why=why, n=found.votes, of=found.voters
        )

    # Deciding

    def take_lane(self, question: Question, lane: int) -> list[Stored]:
        """Take the version in a lane, counted from 1.

        Raises:
            EditRefused: There is no such lane, or the place is decided so already.
        """
        lanes = self.lanes(question.document_id)
        if not 1 <= lane <= len(lanes):
            raise EditRefused(trn("This page has {n} lane.", "This page has {n} lanes.", len(lanes)))
        verdict = adjudication.take(self.case(question), question.place, lanes[lane - 1])
        return self._decide(question.document_id, [self._named(verdict, question.place)])

    def take_digit(self, question: Question, digit: int) -> list[Stored]:
        """Take what a digit stands for: the version in that lane, or, where there are more than nine, that version.

        Raises:
            EditRefused: There is no such lane or version, or the place is decided so already.
        """
        if len(self.lanes(question.document_id)) <= DIGITS:
            return self.take_lane(question, digit)
        versions = question.place.versions
        if digit > len(versions):
            raise EditRefused(trn("This place has {n} version.", "This place has {n} versions.", len(versions)))
        return self.take_lane(question, self.lane_numbers(question, versions[digit - 1])[0])

    def nothing(self, question: Question) -> list[Stored]:
        """Decide that a place holds nothing."""
        verdict = adjudication.nothing_here(self.case(question), question.place)
        return self._decide(question.document_id, [self._named(verdict, question.place)])

    def majority(self, document_id: str) -> list[Stored]:
        """Take what more than half hold, for all that is left on a page; what has no majority stays.

        Raises:
            EditRefused: Nothing that is left has a majority.
        """
        return self._decide(document_id, [adjudication.take_majority(self.cases[document_id])])

    def own(self, question: Question, draft: Annotation) -> list[Stored]:
        """Decide a place, and whatever else was changed, by a draft of the page's gold.

        Marks of the draft at a place are its own version; a mark where nobody had one is new.

        Raises:
            EditRefused: A mark does not fit, or nothing would change.
        """
        case = self.case(question)
        verdicts = [self._named(verdict, question.place) for verdict in own_verdicts(case, question.place, draft)]
        return self._decide(case.document_id, verdicts)

    def decide_alike(self, question: Question, version: Version, others: Iterable[Question]) -> list[Stored]:
        """Decide several places with the same text by one version, as one action."""
        cases: dict[str, Case] = {}
        decided: list[tuple[str, Verdict]] = []
        for other in [question, *others]:
            id_ = other.document_id
            case = cases.get(id_) or self.case(other)
            verdict = adjudication.own_version(case, other.place, at_place(version, question.place, other.place))
            verdict = closing(case, self._named(verdict, other.place))
            cases[id_] = case.after(verdict)
            decided.append((id_, verdict))
        return self._store(decided)

    def merge_page(self, document_id: str) -> list[Stored]:
        """Merge what the policy merges on one page.

        Raises:
            EditRefused: Nothing would change.
        """
        verdict = adjudication.premerge(self.cases[document_id], self.choices.policy)
        if verdict is None:
            raise EditRefused(tr("There is nothing to merge on this page."))
        return self._store([(document_id, verdict)])

    def _named(self, verdict: Verdict, place: Place) -> Verdict:
        """The verdict under a title that does not say whose version was taken."""
        text = " ".join(place.text.split())[:30] or place.layer
        held = any(decision.marks for decision in verdict.decisions)
        title = tr("Gold at “{text}”", text=text) if held else tr("Nothing at “{text}”", text=text)
        return replace(verdict, edit=replace(verdict.edit, title=title))

    def _decide(self, document_id: str, verdicts: Sequence[Verdict]) -> list[Stored]:
        case = self.cases[document_id]
        decided: list[tuple[str, Verdict]] = []
        for verdict in verdicts:
            closed = closing(case, verdict)
            case = case.after(closed)
            decided.append((document_id, closed))
        return self._store(decided)

    def _store(self, decided: Sequence[tuple[str, Verdict]]) -> list[Stored]:
        stored = write_verdicts(self.corpus, decided, self.adjudicator)
        self.absorb(stored)
        return stored

    def absorb(self, stored: Iterable[Stored]) -> None:
        """Take note of edits of gold that are in the file already."""
        entries = []
        for item in stored:
            entries.append(item.entry)
            case = self.cases.held.get(item.document_id)
            if case is not None:
                case = replace(case, gold=case.gold.apply(item.edit))
                self.cases.hold(case)
            if item.document_id in self.cases:
                waiting = item.waiting
                if waiting is None:
                    waiting = waiting_in(case or self.cases[item.document_id])
                done = self.standings[item.document_id].done
                after = item.edit.state[1].status is Status.DONE if item.edit.state else done
                self._stand(item.document_id, waiting, done=after)
        self._entries |= {entry.id: entry for entry in entries}
        self._history = _longer(self._history, entries)

    def _stand(self, document_id: str, waiting: frozenset[int], *, done: bool) -> None:
        """Note which places of a document wait, and whether its gold is done."""
        asked, standing = self._asked.get(document_id, []), self.standings[document_id]
        before = counted(asked)
        for question in (*asked, *self._pages.get(document_id, ())):
            question.waits = question.index in waiting
        now = counted(asked)
        self._count = (self._count[0] - before[0] + now[0], self._count[1] - before[1] + now[1])
        agreed = len(waiting) - sum(now)
        self._agreed += agreed - standing.agreed
        standing.agreed = agreed
        standing.done = done
        (self._open.discard if standing.done else self._open.add)(document_id)

    # Undo

    @property
    def history(self) -> History:
        """What can be undone and redone over all pages, the next one last."""
        return self._history

    def undo_title(self) -> str:
        """What undo would undo, "" when nothing."""
        return self._title(self.history.undo)

    def redo_title(self) -> str:
        """What redo would do again, "" when nothing."""
        return self._title(self.history.redo)

    def _title(self, stack: tuple[LogEntry, ...]) -> str:
        if not stack:
            return ""
        part = parts_of(stack)
        title = title_of(stack[-1], self._entries)
        return title if len(part) == 1 else tr("{title} (and {n} more)", title=title, n=len(part) - 1)

    def undo(self) -> list[Stored]:
        """Take back the last decision, on whichever page it was made.

        Raises:
            EditRefused: There is nothing to undo.
        """
        return self._take_back(self.undo_parts())

    def redo(self) -> list[Stored]:
        """Decide again what was undone last.

        Raises:
            EditRefused: There is nothing to redo.
        """
        return self._take_back(self.redo_parts())

    def undo_parts(self) -> list[LogEntry]:
        """The entries that undo would take back: one, or all of a batch.

        Raises:
            EditRefused: There is nothing to undo.
        """
        parts = parts_of(self.history.undo)
        if not parts:
            raise EditRefused(tr("There is nothing to undo."))
        return parts

    def redo_parts(self) -> list[LogEntry]:
        """As `undo_parts`, for redo.

        Raises:
            EditRefused: There is nothing to redo.
        """
        parts = parts_of(self.history.redo)
        if not parts:
            raise EditRefused(tr("There is nothing to redo."))
        return parts

    def _take_back(self, parts: Sequence[LogEntry]) -> list[Stored]:
        stored = take_back(self.corpus, parts)
        self.absorb(stored)
        return stored

    def question_of(self, stored: Iterable[Stored]) -> Question | None:
        """The first place that edits of gold touch, in the order of the review."""
        found: list[Question] = []
        for item in stored:
            inner = {m.mark if isinstance(m, Rejection) else m for m in item.edit.added | item.edit.removed}
            found += [q for q in self._asked.get(item.document_id, []) if inner & set(q.marks)]
            if len(found) > 20:
                break
        return min(found, key=lambda question: question.rank, default=None)


def _longer(history: History, entries: Sequence[LogEntry]) -> History:
    """A history after further entries, each a deed or the inverse of what is on top of a stack."""
    undo, redo = list(history.undo), list(history.redo)
    for entry in entries:
        if entry.undoes is None:
            undo.append(entry)
            redo.clear()
        elif undo and undo[-1].id == entry.undoes:
            undo.pop()
            redo.append(entry)
        else:
            redo.pop()
            undo.append(entry)
    return History(tuple(undo), tuple(redo))


def parts_of(stack: Sequence[LogEntry]) -> list[LogEntry]:
    """The entries on top of a stack that were one action, the newest first."""
    if not stack:
        return []
    batch = stack[-1].batch
    if batch is None:
        return [stack[-1]]
    return sorted((entry for entry in stack if entry.batch == batch), key=lambda entry: -entry.id)
