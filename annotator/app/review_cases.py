"""The places that a review asks about: read from a corpus, put in order, gathered where they are alike.

Reading takes long on a large corpus and needs no window: it runs on any thread, with a corpus of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, TypeVar

from annotator.agreement.disagreements import (
    Filter,
    Kind,
    Place,
    Readings,
    Version,
    in_order,
    label_counts,
    sameness,
)
from annotator.agreement.lanes import finished
from annotator.app.adjudication import Case, Policy, open_case
from annotator.core.annotation import Status
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Span
from annotator.store.corpus import Corpus
from annotator.store.gold_log import newest_edit

_V = TypeVar("_V")
_HELD = 32
"""Documents held in memory beside the one that is open."""

Progress = Callable[[int, int | None], None]
"""Called with what is done and what there is in all; may raise `Cancelled`."""


class OpenCases(Mapping[str, Case]):
    """The documents of a review by id, in the order of the corpus. A few are held in memory, the others read anew.

    Its values are read one by one, through a connection of their own, and not held.
    """

    def __init__(self, corpus: Corpus, ids: Iterable[str], held: Mapping[str, Case] = MappingProxyType({})) -> None:
        self._corpus = corpus
        self._schema = corpus.schema
        self._ids = dict.fromkeys(ids)
        self.held: dict[str, Case] = dict(held)
        """Those in memory, the one that was asked for last at the end."""

    def __getitem__(self, document_id: str) -> Case:
        """The case of a document.

        Raises:
            KeyError: It is none of this review.
        """
        case = self.held.pop(document_id, None)
        if case is None:
            if document_id not in self._ids:
                raise KeyError(document_id)
            (case,) = self.among([document_id])
        self.hold(case)
        return case

    def hold(self, case: Case) -> None:
        """Hold a case as it is now; the one that was not asked for longest makes room."""
        self.held.pop(case.document_id, None)
        self.held[case.document_id] = case
        if len(self.held) > _HELD:
            del self.held[next(iter(self.held))]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._ids

    def values(self) -> ValuesView[Case]:
        """The cases one after the other."""
        return _Read(self)

    def among(self, ids: Collection[str]) -> Iterator[Case]:
        """The cases of these documents, read one by one."""
        for record in self._corpus.records(ids) if ids else ():
            # Proposals are not asked about, and would be the larger half of what is read.
            yield open_case(replace(record, proposals=()), self._schema)


class _Read(ValuesView[Case]):
    def __init__(self, cases: OpenCases) -> None:
        super().__init__(cases)
        self._cases = cases

    def __iter__(self) -> Iterator[Case]:
        return self._cases.among(list(self._cases))


@dataclass(eq=False, slots=True)
class Question:
    """A place that is, or was, to be decided. Two questions are equal only where they are the same one.

    What lists and filters need of the place is held; the place itself is read when it is asked for.
    """

    cases: OpenCases = field(repr=False)
    document_id: str
    index: int
    """Of the place among those of its document."""
    layer: str
    start: int
    end: int
    text: str
    kind: Kind | None
    slight: bool
    readings: Readings
    on_spans: bool
    """Whether it is about spans."""
    same: int
    """Equal for places with the same text and the same readings."""
    look: bool
    """Whether all agree on it and it was drawn for a look."""
    waits: bool
    """Whether it is undecided."""
    rank: int = 0
    """Where it stands in the order of the review, from 0."""
    alike: tuple["Question", ...] = field(default=(), repr=False)
    """The questions with the same text and the same readings, itself among them; empty where it stands alone."""

    @property
    def place(self) -> Place:
        """The place with its versions."""
        return self.cases[self.document_id].places[self.index]

    @property
    def marks(self) -> tuple[Labelled, ...]:
        """Every mark that anyone made there."""
        return self.place.marks

    @property
    def asked(self) -> bool:
        """Whether a person is to decide it; what all agree on and was not drawn is merged instead."""
        return self.look or self.kind is not None


class Stage(StrEnum):
    """Which questions to show."""

    WAITING = "waiting"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions to show, and in which order."""

    filter: Filter = field(default_factory=Filter)
    stage: Stage = Stage.WAITING
    looks: bool = False
    """Only looks at places where all agree."""
    words: str = ""
    """Only places whose text holds this, in any case."""
    by_page: bool = False
    """Page by page, boundaries before spans; else the worst of all pages first."""

    @property
    def narrows(self) -> bool:
        """Whether some questions of its stage are left out."""
        return self.filter != Filter() or self.looks or bool(self.words)

    def shows(self, question: Question) -> bool:
        """Whether the question is one of those asked for."""
        return (
            question.asked
            and question.waits == (self.stage is Stage.WAITING)
            and not (self.looks and question.kind is not None)
            and (not self.words or self.words.casefold() in question.text.casefold())
            and self.filter.shows(question)
        )


@dataclass(slots=True)
class Standing:
    """How far gold of a document is, and what is known of the document without reading it again."""

    agreed: int
    """Places where all agree that wait and are merged without a look."""
    done: bool
    """Whether gold is done."""
    uses: tuple[tuple[tuple[str, str], int], ...]
    """How often each (layer, label) is used there by anyone."""
    annotators: tuple[str, ...]


@dataclass(frozen=True)
class Cases:
    """What a review is made of."""

    cases: OpenCases
    """By document, in the order of the corpus."""
    questions: list[Question]
    """Every place that is asked about, of every document, in the order of the review."""
    standings: dict[str, Standing]
    """By document, as when it was read."""
    newest: int
    """The newest entry of the log when reading began."""


def read_cases(corpus: Corpus, policy: Policy, progress: Progress, known: Cases | None = None,
               only: Collection[str] = ()) -> Cases:  # fmt: skip
    """Read every document that two or more annotators have finished, and hold what is asked about.

    Args:
        corpus: Open on this thread.
        policy: Says which places where all agree are drawn for a look.
        progress: Called with documents read and documents in all.
        known: What was read before; only the documents named by `only`, and those it lacks, are read again.
        only: See `known`.
    """
    newest = newest_edit(corpus)
    ids = corpus.with_several_finished()
    before = {} if known is None else {id_: known.standings[id_] for id_ in ids
                                       if id_ in known.standings and id_ not in only}  # fmt: skip
    held = {} if known is None else {id_: case for id_, case in known.cases.held.items() if id_ in before}
    cases = OpenCases(corpus, ids, held)
    questions = [] if known is None else [
        replace(question, cases=cases, alike=()) for question in known.questions if question.document_id in before
    ]  # fmt: skip
    wanted = [id_ for id_ in ids if id_ not in before]
    standings = dict(before)
    share = _Shared()
    progress(0, len(wanted))
    for n, case in enumerate(cases.among(wanted), 1):
        asked, standings[case.document_id] = _read_case(cases, case, policy, share)
        questions += asked
        progress(n, len(wanted))
    return Cases(cases, _arranged(cases, questions, standings), standings, newest)


class _Shared:
    """Gives one object for equal values, so that what many places have in common is held once."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, value: _V) -> _V:
        found: _V = self._known.setdefault(value, value)
        return found


def _read_case(
    cases: OpenCases, case: Case, policy: Policy, share: Callable[[Any], Any]
) -> tuple[list[Question], Standing]:
    """The questions that are asked of a document, and what else is held of it."""
    asked: list[Question] = []
    agreed = 0
    for index, place in enumerate(case.places):
        look = place.kind is None and policy.looks_at(place)
        if look or place.kind is not None:
            asked.append(_question(cases, case, index, look=look, readings=share(place.readings)))
        else:
            agreed += not case.decided(place)
    done = case.gold.state.status is Status.DONE
    uses = tuple([share(item) for item in label_counts(case.places).items()])
    return asked, Standing(agreed, done, uses, share(tuple(finished(case.record))))


def questions_of(cases: OpenCases, case: Case, policy: Policy) -> Iterator[Question]:
    """The questions of all places of a document, in their order; those that are merged without a look among them."""
    for index, place in enumerate(case.places):
        look = place.kind is None and policy.looks_at(place)
        yield _question(cases, case, index, look=look, readings=place.readings)


def _question(cases: OpenCases, case: Case, index: int, *, look: bool, readings: Readings) -> Question:
    place = case.places[index]
    return Question(
        cases,
        case.document_id,
        index,
        place.layer,
        place.start,
        place.end,
        place.text,
        place.kind,
        place.slight,
        readings,
        isinstance(place.marks[0], Span),
        hash(sameness(place)) if look or place.kind is not None else 0,
        look,
        waits=not case.decided(place),
    )


def _arranged(cases: OpenCases, questions: list[Question], standings: Mapping[str, Standing]) -> list[Question]:
    uses: Counter[tuple[str, str]] = Counter()
    for standing in standings.values():
        for label, n in standing.uses:
            uses[label] += n
    found = in_order(questions, uses, {id_: i for i, id_ in enumerate(cases)})
    alike: defaultdict[int, list[Question]] = defaultdict(list)
    for rank, question in enumerate(found):
        question.rank = rank
        alike[question.same].append(question)
    for group in alike.values():
        if len(group) > 1:
            gathered = tuple(group)
            for question in gathered:
                question.alike = gathered
    return found


def lanes_of(case: Case, seed: int) -> tuple[str, ...]:
    """The annotators of a document in the order of their lanes: shuffled, but the same each time it is opened."""

    def drawn(name: str) -> bytes:
        return blake2b(f"{seed}:{case.document_id}:{name}".encode(), digest_size=8).digest()

    return tuple(sorted(finished(case.record), key=drawn))


def at_place(version: Version, place: Place, other: Place) -> tuple[Labelled, ...]:
    """What a version of one place amounts to at another with the same text."""
    by = other.start - place.start
    moved: list[Labelled] = []
    for mark in version.marks:
        match mark:
            case Span(start, end, layer, label):
                moved.append(Span(start + by, end + by, layer, label))
            case Boundary(position, layer, label):
                moved.append(Boundary(position + by, layer, label))
            case DocumentLabel():
                moved.append(mark)
    return tuple(moved)


def touches(place: Place, mark: Labelled) -> bool:
    """Whether a mark lies at a place."""
    if mark.layer != place.layer:
        return False
    match mark:
        case Span(start, end):
            return start < place.end and place.start < end
        case Boundary(position):
            return place.start <= position <= place.end
        case DocumentLabel():
            return True


def page_order(question: Question, documents: dict[str, int]) -> tuple[int, int, int, int]:
    """Sort key for going page by page: boundaries before spans, then the text; looks last."""
    last = 2 if question.kind is None else 1 if question.on_spans else 0
    return documents[question.document_id], last, question.start, question.rank


def arranged(questions: Iterable[Question], wanted: Wanted, documents: dict[str, int]) -> list[Question]:
    """The questions to show, in their order.

    Args:
        questions: In the order of the review.
        wanted: Which of them.
        documents: The place of each document in the corpus.
    """
    found = [question for question in questions if wanted.shows(question)]
    return sorted(found, key=lambda question: page_order(question, documents)) if wanted.by_page else found


def counted(questions: Iterable[Question]) -> tuple[int, int]:
    """How many questions that are asked wait: disagreements, and looks."""
    waiting = [question.look for question in questions if question.waits and question.asked]
    return len(waiting) - sum(waiting), sum(waiting)
