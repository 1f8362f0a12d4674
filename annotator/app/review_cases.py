"""The places that a review asks about: read from a corpus, put in order, gathered where they are alike.

Reading takes long on a large corpus and needs no window: it runs on any thread, with a corpus of its own.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b

from annotator.agreement.disagreements import Filter, Place, Version, in_order, label_counts, same_text
from annotator.agreement.lanes import finished
from annotator.app.adjudication import Case, Policy, open_case
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.store.corpus import Corpus
from annotator.store.gold_log import newest_edit

Progress = Callable[[int, int | None], None]
"""Called with what is done and what there is in all; may raise `Cancelled`."""


@dataclass(eq=False, slots=True)
class Question:
    """A place that is, or was, to be decided. Two questions are equal only where they are the same one."""

    place: Place
    marks: tuple[Labelled, ...]
    """Every mark that anyone made there."""
    rank: int
    """Where it stands in the order of the review, from 0."""
    look: bool
    """Whether all agree on it and it was drawn for a look."""
    waits: bool
    """Whether it is undecided."""
    alike: tuple["Question", ...] = field(default=(), repr=False)
    """The questions with the same text and the same readings, itself among them; empty where it stands alone."""

    @property
    def asked(self) -> bool:
        """Whether a person is to decide it; what all agree on and was not drawn is merged instead."""
        return self.look or self.place.kind is not None

    def look_again(self, gold: frozenset[Mark]) -> None:
        """Note whether it waits still, as `Case.decided` has it."""
        self.waits = not all(mark in gold or Rejection(mark) in gold for mark in self.marks)


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
        place = question.place
        return (
            question.asked
            and question.waits == (self.stage is Stage.WAITING)
            and not (self.looks and place.kind is not None)
            and (not self.words or self.words.casefold() in place.text.casefold())
            and self.filter.shows(place)
        )


@dataclass(frozen=True)
class Cases:
    """What a review is made of."""

    cases: dict[str, Case]
    """By document, in the order of the corpus."""
    questions: list[Question]
    """Every place of every document, in the order of the review."""
    newest: int
    """The newest entry of the log when reading began."""


def read_cases(corpus: Corpus, policy: Policy, progress: Progress, known: Cases | None = None,
               only: Collection[str] = ()) -> Cases:  # fmt: skip
    """Read every document that two or more annotators have finished.

    Args:
        corpus: Open on this thread.
        policy: Says which places where all agree are drawn for a look.
        progress: Called with documents read and documents in all.
        known: What was read before; only the documents named by `only`, and those it lacks, are read again.
        only: See `known`.
    """
    newest = newest_edit(corpus)
    schema = corpus.schema
    ids = corpus.with_several_finished()
    kept = {} if known is None else {id_: known.cases[id_] for id_ in ids if id_ in known.cases and id_ not in only}
    wanted = [id_ for id_ in ids if id_ not in kept]
    read: dict[str, Case] = {}
    progress(0, len(wanted))
    for record in corpus.records(wanted) if wanted else ():
        # Proposals are not asked about, and would be the larger half of what is held in memory.
        read[record.document.id] = open_case(replace(record, proposals=()), schema)
        progress(len(read), len(wanted))
    cases = {id_: kept.get(id_) or read[id_] for id_ in ids}
    return Cases(cases, _questions(cases, policy), newest)


def _questions(cases: dict[str, Case], policy: Policy) -> list[Question]:
    places = [place for case in cases.values() for place in case.places]
    order = {id_: i for i, id_ in enumerate(cases)}
    found: list[Question] = []
    for rank, place in enumerate(in_order(places, label_counts(places), order)):
        look = place.kind is None and policy.looks_at(place)
        question = Question(place, place.marks, rank, look, waits=True)
        question.look_again(cases[place.document_id].gold.marks)
        found.append(question)
    by_place = {id(question.place): question for question in found}
    for group in same_text(question.place for question in found if question.asked):
        if len(group) > 1:
            alike = tuple(by_place[id(place)] for place in group)
            for question in alike:
                question.alike = alike
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
    place = question.place
    last = 2 if place.kind is None else 1 if isinstance(place.marks[0], Span) else 0
    return documents[place.document_id], last, place.start, question.rank


def arranged(questions: Iterable[Question], wanted: Wanted, documents: dict[str, int]) -> list[Question]:
    """The questions to show, in their order.

    Args:
        questions: In the order of the review.
        wanted: Which of them.
        documents: The place of each document in the corpus.
    """
    found = [question for question in questions if wanted.shows(question)]
    return sorted(found, key=lambda question: page_order(question, documents)) if wanted.by_page else found


def counted(questions: Sequence[Question]) -> tuple[int, int, int]:
    """How many questions wait: disagreements, looks, and places where all agree that are merged without a look."""
    waiting = [question for question in questions if question.waits]
    asked = sum(question.place.kind is not None for question in waiting)
    looks = sum(question.look for question in waiting)
    return asked, looks, len(waiting) - asked - looks
