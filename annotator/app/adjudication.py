"""Gold from several annotations: the queue of places to decide, and edits of gold that decide them.

Gold is an annotation like any other. What it holds of a place is what was decided; every other mark that anyone made
there is rejected in it. So a place is decided when each mark anyone made there is in gold or rejected in it, and this
can be read from gold alone: it survives a restart, undo opens the place again, merging again changes no decision, and
a mark that comes in later opens only its own place.

A `Decision` says where a gold mark, or the emptiness of a place, comes from. `annotator.app.gold_keeping` keeps it in
the transaction of its edit; the decisions of an edit that was undone do not count.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b

from annotator.agreement.disagreements import Place, Version, in_order, label_counts, places
from annotator.agreement.lanes import finished, trimmed
from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, text_order
from annotator.core.record import GOLD, Record
from annotator.core.schema import Schema
from annotator.core.words import tr, trn


class Origin(StrEnum):
    """Where the gold of a place comes from."""

    ALL = "all agreed"
    MAJORITY = "majority"
    TAKEN = "taken from an annotator"
    EDITED = "edited"
    NEW = "new"
    NOTHING = "nothing here"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one place, and on what grounds."""

    document_id: str
    key: str
    """The key of the place as it was when it was decided; empty for a mark where nobody had one."""
    layer: str
    start: int
    end: int
    origin: Origin
    marks: tuple[Labelled, ...]
    """What gold holds there; empty where it was decided to hold nothing."""
    votes: int
    """Annotators who made exactly these marks there."""
    voters: int
    """Annotators who had finished the document."""
    source: str = ""
    """The annotator whose version was taken, where one was."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An edit of gold, and what it decides. Store both together."""

    edit: Edit
    decisions: tuple[Decision, ...]


class Rule(StrEnum):
    """When a place is merged without being looked at."""

    ALL_AGREE = "all agree"
    ALL_WHO_MARKED = "all who marked agree"
    """At least two marked, and all of those alike; those who marked nothing are not asked."""
    VOTES = "at least so many agree"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is merged before anybody looks, and which share of the unanimous is looked at all the same."""

    rule: Rule = Rule.ALL_AGREE
    votes: int = 2
    """For `Rule.VOTES`: how many must hold a version."""
    look: float = 0.05
    """Share of the places where all agree that are left for a look, from 0.0 to 1.0."""
    seed: int = 0

    def merges(self, place: Place) -> Version | None:
        """The version that is merged without a look; None where a person decides. A tie merges nothing."""
        first = place.versions[0]
        if place.kind is None:
            return None if self.looks_at(place) else first
        if self.rule is Rule.VOTES:
            even = len(place.versions) > 1 and len(place.versions[1].annotators) == len(first.annotators)
            return first if len(first.annotators) >= self.votes and not even else None
        if self.rule is Rule.ALL_WHO_MARKED:
            marked = [version for version in place.versions if version.marks]
            return marked[0] if len(marked) == 1 and len(marked[0].annotators) > 1 else None
        return None

    def looks_at(self, place: Place) -> bool:
        """Whether a place where all agree is left for a look: a draw that depends on the seed and the place only."""
        drawn = blake2b(f"{self.seed}:{place.key}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "big") < self.look * 2**64


@dataclass(frozen=True)
class Case:
    """A document under adjudication. A value: a verdict gives another case."""

    record: Record
    schema: Schema
    gold: Annotation
    places: tuple[Place, ...]
    """Every place of the document, boundaries before spans and in text order."""

    @property
    def document_id(self) -> str:
        """The document."""
        return self.record.document.id

    def decided(self, place: Place) -> bool:
        """Whether gold holds or rejects every mark that anyone made there."""
        marks = self.gold.marks
        return bool(marks) and all(mark in marks or Rejection(mark) in marks for mark in place.marks)

    def open_places(self) -> list[Place]:
        """The places that wait for a decision, disagreements and looks, in text order."""
        return [place for place in self.places if not self.decided(place)]

    def after(self, verdict: Verdict) -> "Case":
        """The case after a verdict.

        Raises:
            EditRefused: The verdict was made for another state of gold.
        """
        return replace(self, gold=self.gold.apply(verdict.edit))


def open_case(
    record: Record, schema: Schema, annotators: Collection[str] | None = None, gold: Annotation | None = None
) -> Case:
    """A document with what is to be decided on it.

    Args:
        record: The document with its works, gold among them where there is any.
        schema: The schema of the corpus.
        annotators: Only these annotators; everyone who has finished where not given.
        gold: Gold so far; that of the record where not given.
    """
    work = record.work_of(GOLD)
    empty = Annotation(record.document.id, GOLD)
    return Case(record, schema, gold or (work.annotation if work else empty), tuple(places(record, schema, annotators)))


def queue(cases: Iterable[Case]) -> list[Place]:
    """The places that wait in all cases, in the order in which they are looked at; looks at the unanimous come last.

    Cases are gone through once and none is kept, so that they can be opened as records are read.
    """
    waiting: list[Place] = []
    uses: Counter[tuple[str, str]] = Counter()
    order: dict[str, int] = {}
    for case in cases:
        order[case.document_id] = len(order)
        uses.update(label_counts(case.places))
        waiting.extend(case.open_places())
    return in_order(waiting, uses, order)


def shuffled_lanes(case: Case, seed: int = 0) -> list[str]:
    """The annotators of a document in an order that says nothing of them and stays while it is looked at."""

    def drawn(name: str) -> bytes:
        return blake2b(f"{seed}:{case.document_id}:{name}".encode(), digest_size=8).digest()

    return sorted(
        {name for place in case.places for version in place.versions for name in version.annotators}, key=drawn
    )


def take(case: Case, place: Place, annotator: str) -> Verdict:
    """Take what one annotator made of a place; nothing, where they marked nothing.

    Raises:
        EditRefused: That annotator has not finished the document, or the place is decided so already.
    """
    version = place.version_of(annotator)
    if version is None:
        raise EditRefused(tr("{name} has not finished this page.", name=annotator))
    origin = Origin.ALL if place.kind is None else Origin.TAKEN if version.marks else Origin.NOTHING
    decision = _decision(place, version.marks, origin, annotator)
    title = tr("Take the version of {name}", name=annotator)
    return _verdict(case, title if version.marks else tr("Nothing here"), [(place, decision)])


def nothing_here(case: Case, place: Place) -> Verdict:
    """Decide that a place holds nothing.

    Raises:
        EditRefused: It is decided so already.
    """
    return _verdict(case, tr("Nothing here"), [(place, _decision(place, (), Origin.NOTHING))])


def own_version(case: Case, place: Place, marks: Iterable[Labelled]) -> Verdict:
    """Decide a place by marks of the adjudicator's own. Gold marks they cannot stand beside make way.

    Raises:
        EditRefused: A mark does not fit the text or the schema, two of them exclude each other, or the place is
            decided so already.
    """
    chosen = _checked(case, marks)
    held = next((version for version in place.versions if set(version.marks) == set(chosen)), None)
    if not chosen:
        return nothing_here(case, place)
    origin = Origin.EDITED if held is None else Origin.ALL if place.kind is None else Origin.TAKEN
    source = held.annotators[0] if held and origin is Origin.TAKEN else ""
    return _verdict(case, tr("Decide by an own version"), [(place, _decision(place, chosen, origin, source))])


def add_new(case: Case, mark: Labelled) -> Verdict:
    """Add a mark to gold where no annotator has one. Gold marks it cannot stand beside make way.

    Raises:
        EditRefused: The mark does not fit the text or the schema, or gold has it already.
    """
    chosen = _checked(case, [mark])
    decision = Decision(
        case.document_id, "", mark.layer, mark.start, mark.end, Origin.NEW, chosen, 0, len(finished(case.record))
    )
    return _verdict(case, tr("Add to gold"), [(None, decision)])


def take_majority(case: Case, among: Collection[Place] | None = None) -> Verdict:
    """Take what more than half hold, for every open place or those given; a place without a majority stays open.

    Raises:
        EditRefused: No open place has a majority.
    """
    chosen = [
        (place, version)
        for place in case.open_places()
        if (among is None or place in among) and (version := place.majority()) is not None
    ]
    if not chosen:
        raise EditRefused(tr("No place that is left has a majority."))
    title = trn("Take the majority for {n} place", "Take the majority for {n} places", len(chosen))
    return _verdict(case, title, [(place, _merged(place, version)) for place, version in chosen])


def premerge(case: Case, policy: Policy = Policy()) -> Verdict | None:
    """Merge into gold what the policy merges without a look, and call the document done where nothing is left.

    Places that are decided already are left as they are, whatever the policy says of them.

    Returns:
        None where nothing would change.
    """
    chosen = [(place, version) for place in case.open_places() if (version := policy.merges(place)) is not None]
    left = len(case.open_places()) - len(chosen)
    ends = left == 0 and len(finished(case.record)) > 1
    state = State(Status.DONE, case.gold.state.note)
    if not chosen and (not ends or case.gold.state == state):
        return None
    title = trn("Merge {n} place", "Merge {n} places", len(chosen))
    decisions = [(place, _merged(place, version)) for place, version in chosen]
    return _verdict(case, title, decisions, state if ends else None)


def finish(case: Case) -> Verdict:
    """Call gold done.

    Raises:
        EditRefused: A place still waits for a decision, or gold is done already.
    """
    left = len(case.open_places())
    if left:
        raise EditRefused(trn("{n} place still waits for a decision.", "{n} places still wait for a decision.", left))
    before = case.gold.state
    after = State(Status.DONE, before.note)
    if before == after:
        raise EditRefused(tr("Gold of this page is done already."))
    return Verdict(Edit(tr("Finish gold"), state=(before, after)), ())


def _merged(place: Place, version: Version) -> Decision:
    if place.kind is None:
        return _decision(place, version.marks, Origin.ALL)
    source = "" if 2 * len(version.annotators) > place.annotators else version.annotators[0]
    return _decision(place, version.marks, Origin.TAKEN if source else Origin.MAJORITY, source)


def _decision(place: Place, marks: Sequence[Labelled], origin: Origin, source: str = "") -> Decision:
    votes = next((len(v.annotators) for v in place.versions if set(v.marks) == set(marks)), 0)
    return Decision(
        place.document_id,
        place.key,
        place.layer,
        place.start,
        place.end,
        origin,
        tuple(marks),
        votes,
        place.annotators,
        source,
    )


def _checked(case: Case, marks: Iterable[Labelled]) -> tuple[Labelled, ...]:
    text = case.record.document.text
    chosen: list[Labelled] = []
    for mark in sorted(set(marks), key=text_order):
        if problem := case.schema.problem(mark, text):
            raise EditRefused(problem)
        kept = trimmed(mark, text)
        if kept is None:
            raise EditRefused(tr("There are only blanks there."))
        if any(_exclude(case.schema, kept, other) for other in chosen):
            raise EditRefused(tr("Two of these marks exclude each other; nothing was changed."))
        chosen.append(kept)
    return tuple(chosen)


def _exclude(schema: Schema, one: Mark, other: Mark) -> bool:
    if one == other or one.layer != other.layer:
        return False
    if isinstance(one, Boundary) and isinstance(other, Boundary):
        return one.position == other.position
    if isinstance(one, Span) and isinstance(other, Span):
        layer = schema.by_name.get(one.layer)
        if layer is not None and layer.overlap:
            return (one.start, one.end) == (other.start, other.end)
        return one.start < other.end and other.start < one.end
    return False


def _verdict(
    case: Case, title: str, decided: Sequence[tuple[Place | None, Decision]], state: State | None = None
) -> Verdict:
    gold = case.gold.marks
    wanted: set[Mark] = {mark for _, decision in decided for mark in decision.marks}
    candidates: set[Labelled] = {mark for place, _ in decided if place is not None for mark in place.marks}
    removed: set[Mark] = {mark for mark in candidates if mark in gold and mark not in wanted}
    removed |= {Rejection(mark) for mark in candidates | wanted if mark in wanted and Rejection(mark) in gold}  # type: ignore[arg-type]
    for mark in gold - removed - wanted:
        earlier = any(_was_decided_there(mark, place) for place, _ in decided if place is not None)
        if earlier or any(_exclude(case.schema, mark, new) for new in wanted):
            removed.add(mark)
    rejected = {mark for mark in candidates if mark not in wanted} | {
        mark for place in case.places for mark in place.marks if mark in removed
    }
    added: set[Mark] = {mark for mark in wanted if mark not in gold}
    added |= {Rejection(mark) for mark in rejected if Rejection(mark) not in gold}
    before = case.gold.state
    after = state or (State(Status.IN_PROGRESS, before.note) if before.status is Status.TODO else before)
    if not removed and not added and before == after:
        raise EditRefused(tr("It is decided so already."))
    edit = Edit(title, frozenset(removed), frozenset(added), None if before == after else (before, after))
    return Verdict(edit, tuple(decision for _, decision in decided))


def _was_decided_there(mark: Mark, place: Place) -> bool:
    """Whether a gold mark is an earlier decision, or a part of one, on this place."""
    if mark.layer != place.layer or isinstance(mark, Rejection):
        return False
    if isinstance(mark, Span):
        return mark.start < place.end and place.start < mark.end
    if isinstance(mark, DocumentLabel):
        return True
    return place.start <= mark.start <= place.end
