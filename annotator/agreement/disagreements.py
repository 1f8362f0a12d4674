"""Where annotators disagree, by place in the text: one place is one row to look at and one decision to make.

Marks of all annotators that overlap form a place, whoever made them. Boundaries form one where they stand at one
position, or one block apart when no annotator has both. Document labels of one layer form one.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import Protocol, TypeVar

from annotator.agreement.boundaries import NEAR
from annotator.agreement.lanes import NOTHING, Units, by_layer, finished, units_of
from annotator.agreement.spans import Unit, align, classify
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Span, mark_to_json, text_order
from annotator.core.record import Record
from annotator.core.schema import LayerKind, Schema
from annotator.core.tokens import line_starts

_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_SHOWN = 60
"""Characters of the line that a boundary opens, shown as its text."""
_SLIGHT = re.compile(
    r"[\W_]*(?:(?:the|an?|mr|mrs|ms|miss|dr|prof|sir|dame|lord|lady|rev|gen|col|lt|sgt|capt|sen|rep|gov|president|"
    r"vice|prime|minister|secretary|chancellor|king|queen|prince|princess|pope|s)\b[\W_]*)*",
    re.IGNORECASE,
)


class Kind(IntEnum):
    """What annotators disagree about, in the order in which it is looked at."""

    BOUNDARY_MISSING = 1
    BOUNDARY_MOVED = 2
    SEGMENT_LABEL = 3
    SPAN_MISSING = 4
    SPAN_LABEL = 5
    EDGES = 6
    BOTH = 7
    """Edges and label."""
    DOCUMENT_LABEL = 8


@lru_cache(maxsize=4096)
def _quoted(words: str) -> str:
    return _as_json(words)


def _mark_as_json(mark: Labelled) -> str:
    """The mark as JSON with its fields in alphabetical order, as keys of places have always been made of it."""
    if isinstance(mark, Span):
        return (
            f'{{"end": {mark.end}, "label": {_quoted(mark.label)}, "layer": {_quoted(mark.layer)}, '
            f'"start": {mark.start}}}'
        )
    return _as_json(mark_to_json(mark))


@dataclass(frozen=True, slots=True)
class Version:
    """One reading of a place, and who holds it."""

    marks: tuple[Labelled, ...]
    """In text order; empty where these annotators marked nothing."""
    annotators: tuple[str, ...]


Readings = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
"""Of each version of a place the labels it uses, in text order, and who holds it."""


class Outlined(Protocol):
    """What filters and orders ask of a place; a list of very many holds no more of each."""

    @property
    def document_id(self) -> str: ...
    @property
    def layer(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> Kind | None: ...
    @property
    def readings(self) -> Readings: ...


_O = TypeVar("_O", bound=Outlined)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document, with what each annotator made of it."""

    document_id: str
    layer: str
    start: int
    end: int
    """Exclusive; equal to `start` where only one boundary stands."""
    text: str
    """What it covers; for boundaries the opening of the line."""
    kind: Kind | None
    """None where all agree."""
    versions: tuple[Version, ...]
    """The version with the most annotators first."""
    slight: bool = False
    """Whether edges differ only by blanks, punctuation, an article or a title."""

    @property
    def marks(self) -> tuple[Labelled, ...]:
        """Every mark that anyone made here, in text order."""
        made = [version.marks for version in self.versions if version.marks]
        return made[0] if len(made) == 1 else tuple(sorted(set().union(*made), key=text_order))

    @property
    def readings(self) -> Readings:
        """The labels of each version, and who holds it."""
        return tuple((tuple(mark.label for mark in version.marks), version.annotators) for version in self.versions)

    @property
    def key(self) -> str:
        """A name of the place that stays as long as nobody adds a mark to it or takes the last one like it away."""
        marks = ", ".join([_mark_as_json(mark) for mark in self.marks])
        said = f"[{_quoted(self.document_id)}, {_quoted(self.layer)}, [{marks}]]"
        return blake2b(said.encode(), digest_size=12).hexdigest()

    @property
    def annotators(self) -> int:
        """How many annotators finished the document."""
        return sum(len(version.annotators) for version in self.versions)

    @property
    def evenness(self) -> float:
        """Share of the annotators who do not hold the commonest version: 0 where all agree."""
        return 1 - len(self.versions[0].annotators) / self.annotators

    def version_of(self, annotator: str) -> Version | None:
        """What that annotator made of it; None for one who has not finished the document."""
        return next((version for version in self.versions if annotator in version.annotators), None)

    def majority(self) -> Version | None:
        """The version that more than half of the annotators hold; None where there is none."""
        first = self.versions[0]
        return first if 2 * len(first.annotators) > self.annotators else None


def places(record: Record, schema: Schema, annotators: Collection[str] | None = None) -> list[Place]:
    """Every place of a document, those where all agree among them, boundaries before spans and in text order.

    Args:
        record: A document with its works; only finished ones are looked at.
        schema: Its layers are gone through in order.
        annotators: Only these; everyone where not given.

    Returns:
        Nothing where fewer than two annotators have finished.
    """
    lanes = finished(record, annotators)
    if len(lanes) < 2:
        return []
    text = record.document.text
    marks = {name: by_layer(annotation.marks, text) for name, annotation in lanes.items()}
    found: list[Place] = []
    for kind in (LayerKind.SEGMENTS, LayerKind.SPANS, LayerKind.DOCUMENT):
        for layer in schema.of_kind(kind):
            own = {name: each.get(layer.name, ()) for name, each in marks.items()}
            if any(own.values()):
                found.extend(_layer_places(record.document.id, text, layer.name, kind, own))
    return found


def disagreements(record: Record, schema: Schema, annotators: Collection[str] | None = None) -> list[Place]:
    """The places of a document where its annotators disagree; see `places`."""
    return [place for place in places(record, schema, annotators) if place.kind is not None]


def _layer_places(
    document_id: str, text: str, layer: str, kind: LayerKind, lanes: Mapping[str, Iterable[Labelled]]
) -> Iterator[Place]:
    holders: defaultdict[Labelled, set[str]] = defaultdict(set)
    for name, marks in lanes.items():
        for mark in marks:
            holders[mark].add(name)
    if kind is LayerKind.SEGMENTS:
        boundaries = {mark: names for mark, names in holders.items() if isinstance(mark, Boundary)}
        groups: Iterable[list[Labelled]] = _boundary_groups(boundaries, units_of(line_starts(text), boundaries))
    elif kind is LayerKind.SPANS:
        groups = _span_groups(holders)
    else:
        groups = [sorted(holders, key=text_order)]
    names = sorted(lanes)
    for group in groups:
        versions = _versions(group, holders, names) if len(group) > 1 else _versions_of_one(group[0], holders, names)
        start, end = min([mark.start for mark in group]), max([mark.end for mark in group])
        shown = text[start:end] if kind is LayerKind.SPANS else text[start : start + _SHOWN].split("\n", 1)[0]
        found = None if len(versions) == 1 else _kind_of(kind, versions)
        yield Place(
            document_id,
            layer,
            start,
            end,
            "" if kind is LayerKind.DOCUMENT else shown,
            found,
            versions,
            found is Kind.EDGES and _slight(versions, text),
        )


def _versions_of_one(mark: Labelled, holders: Mapping[Labelled, set[str]], names: Sequence[str]) -> tuple[Version, ...]:
    """As `_versions`, for the usual place, at which there is one mark."""
    held = holders[mark]
    if len(held) == len(names):
        return (Version((mark,), tuple(names)),)
    has = Version((mark,), tuple([name for name in names if name in held]))
    has_not = Version((), tuple([name for name in names if name not in held]))
    return (has, has_not) if len(has.annotators) >= len(has_not.annotators) else (has_not, has)


def _versions(
    group: Sequence[Labelled], holders: Mapping[Labelled, set[str]], names: Sequence[str]
) -> tuple[Version, ...]:
    """What the annotators, in alphabetical order, made of a place; what most of them hold comes first."""
    by_marks: defaultdict[tuple[Labelled, ...], list[str]] = defaultdict(list)
    for name in names:
        by_marks[tuple(mark for mark in group if name in holders[mark])].append(name)
    versions = [Version(marks, tuple(names)) for marks, names in by_marks.items()]
    # Among versions with equally many annotators, a mark is shown before nothing.
    return tuple(
        sorted(versions, key=lambda v: (-len(v.annotators), not v.marks, [text_order(mark) for mark in v.marks]))
    )


def _span_groups(marks: Iterable[Labelled]) -> Iterator[list[Labelled]]:
    group: list[Labelled] = []
    reach = -1
    for mark in sorted(marks, key=text_order):
        if group and mark.start >= reach:
            yield group
            group = []
        group.append(mark)
        reach = max(reach, mark.end)
    if group:
        yield group


def _boundary_groups(holders: Mapping[Boundary, set[str]], units: Units) -> Iterator[list[Labelled]]:
    by_position: defaultdict[int, list[Boundary]] = defaultdict(list)
    for boundary in holders:
        opening = units.index(boundary.position) == 0
        by_position[0 if opening else boundary.position].append(boundary)
    group: list[Boundary] = []
    names: set[str] = set()
    first = 0
    for position in sorted(by_position):
        here = by_position[position]
        who = set().union(*(holders[boundary] for boundary in here))
        unit = units.index(position)
        # The opening of the page cannot move.
        if group and (first == 0 or unit - first > NEAR or names & who):
            yield sorted(group, key=text_order)
            group, names = [], set()
        if not group:
            first = unit
        group.extend(here)
        names |= who
    if group:
        yield sorted(group, key=text_order)


def _kind_of(kind: LayerKind, versions: Sequence[Version]) -> Kind:
    if kind is LayerKind.DOCUMENT:
        return Kind.DOCUMENT_LABEL
    if kind is LayerKind.SEGMENTS:
        positions = {tuple(mark.start for mark in version.marks) for version in versions}
        at_start = all(mark.start == 0 for version in versions for mark in version.marks)
        if len(positions - {()}) == 1 and (at_start or () not in positions):
            return Kind.SEGMENT_LABEL
        return Kind.BOUNDARY_MISSING if () in positions else Kind.BOUNDARY_MOVED
    seen: set[str] = set()
    if any(not version.marks for version in versions):
        return Kind.SPAN_MISSING
    for one, other in combinations(versions, 2):
        if len(one.marks) == len(other.marks) == 1:
            # The usual place has one mark of everybody, and those of two annotators need no aligning.
            a, b = one.marks[0], other.marks[0]
            if a.end <= b.start or b.end <= a.start:
                return Kind.SPAN_MISSING
            edges = (a.start, a.end) == (b.start, b.end)
            seen.add("label" if edges else "edge" if a.label == b.label else "both")
            continue
        counts = classify(align(_span_units(one), _span_units(other)))
        if counts.only_a or counts.only_b:
            return Kind.SPAN_MISSING
        seen |= {name for name in ("label", "edge", "both") if getattr(counts, name)}
    return Kind.SPAN_LABEL if seen == {"label"} else Kind.EDGES if seen == {"edge"} else Kind.BOTH


def _span_units(version: Version) -> list[Unit]:
    return [(mark.start, mark.end, mark.label) for mark in version.marks if isinstance(mark, Span)]


def _slight(versions: Sequence[Version], text: str) -> bool:
    for one, other in combinations(versions, 2):
        mine, theirs = _span_units(one), _span_units(other)
        for a, b in align(mine, theirs) if len(mine) + len(theirs) > 2 else [(mine[0], theirs[0])]:
            if a is None or b is None:
                return False
            before, after = sorted((a[0], b[0])), sorted((a[1], b[1]))
            if not all(_SLIGHT.fullmatch(text[start:end]) for start, end in (before, after)):
                return False
    return True


_ONE_MORE = frozenset({Kind.BOUNDARY_MISSING, Kind.SPAN_MISSING, Kind.DOCUMENT_LABEL})
_SAME_LABELS = frozenset({Kind.BOUNDARY_MOVED, Kind.EDGES})
_OTHER_LABELS = frozenset({Kind.BOUNDARY_MOVED, Kind.SEGMENT_LABEL, Kind.SPAN_LABEL, Kind.BOTH, Kind.DOCUMENT_LABEL})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which places to show; an empty field shows all."""

    kinds: frozenset[Kind] = frozenset()
    """Between two annotators, as far as labels tell, where `annotators` are two and the place has more."""
    layers: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    """Places where anyone used one of these."""
    annotators: frozenset[str] = frozenset()
    """Places where these do not all hold one version; for a single one, where they stand against another."""
    document_id: str = ""
    confused: tuple[str, str] | None = None
    """Places where one annotator has the first label and another the second, either way round; "" for no mark."""

    def shows(self, place: Outlined) -> bool:
        """Whether the place is one of those asked for."""
        return (
            (not self.kinds or not self.kinds.isdisjoint(self._kinds_of(place)))
            and (not self.layers or place.layer in self.layers)
            and (not self.labels or any(self.labels.intersection(labels) for labels, _ in place.readings))
            and (not self.document_id or place.document_id == self.document_id)
            and (not self.annotators or self._divides(place))
            and (self.confused is None or self._confuses(place, *self.confused))
        )

    def _kinds_of(self, place: Outlined) -> Collection[Kind | None]:
        """The kind of the place, or what kinds there may be between the two annotators who are asked for."""
        if len(self.annotators) != 2 or all(self.annotators.issuperset(names) for _, names in place.readings):
            return (place.kind,)
        held = [labels for labels, names in place.readings if not self.annotators.isdisjoint(names)]
        if len(held) != 2:
            return ()
        one, other = held
        if len(one) != len(other):
            return _ONE_MORE
        return _SAME_LABELS if one == other else _OTHER_LABELS

    def _divides(self, place: Outlined) -> bool:
        holding = sum(not self.annotators.isdisjoint(names) for _, names in place.readings)
        return holding > 1 or (len(self.annotators) == 1 and holding > 0 and len(place.readings) > 1)

    def _confuses(self, place: Outlined, first: str, second: str) -> bool:
        versions = [
            set(labels) or {NOTHING}
            for labels, names in place.readings
            if not self.annotators or not self.annotators.isdisjoint(names)
        ]
        return any((first in a and second in b) or (second in a and first in b) for a, b in combinations(versions, 2))


def label_counts(found: Iterable[Place]) -> Counter[tuple[str, str]]:
    """How often each (layer, label) was used by anyone, from all places of a corpus."""
    counts: Counter[tuple[str, str]] = Counter()
    for place in found:
        for version in place.versions:
            for mark in version.marks:
                counts[mark.layer, mark.label] += len(version.annotators)
    return counts


def in_order(
    found: Iterable[_O], uses: Mapping[tuple[str, str], int], documents: Mapping[str, int] | None = None
) -> list[_O]:
    """Places in the order in which they are looked at: by kind, the most even split first, the rarer label, the text.

    Places where all agree come last.

    Args:
        found: Places of one or more documents.
        uses: How often each (layer, label) is used, as `label_counts` gives it.
        documents: The place of each document id in the corpus; documents go by id where not given.
    """

    def rank(place: _O) -> tuple[int, float, int, int, str, int, int, str]:
        readings = place.readings
        held = len(readings[0][1])
        return (
            place.kind or len(Kind) + 1,
            held / sum(len(names) for _, names in readings),
            min((uses.get((place.layer, label), 0) for labels, _ in readings for label in labels), default=0),
            documents.get(place.document_id, len(documents)) if documents else 0,
            place.document_id,
            place.start,
            -place.end,
            place.layer,
        )

    return sorted(found, key=rank)


def sameness(place: Place) -> Hashable:
    """What places have in common that can be decided together: what they cover and which readings there are of it."""
    readings = frozenset(
        tuple((mark.start - place.start, mark.end - place.start, mark.label) for mark in version.marks)
        for version in place.versions
    )
    whole = any(isinstance(mark, DocumentLabel) for version in place.versions for mark in version.marks)
    text = place.document_id if whole else " ".join(place.text.casefold().split())
    return place.layer, place.kind, text, readings


def same_text(found: Iterable[Place]) -> list[list[Place]]:
    """Places gathered by what they cover and which readings there are of it, whoever holds them.

    Returns:
        Groups in the order of their first place; a group of one is a text that occurs once. A decision on one place
        of a group can be made on all, after a look.
    """
    groups: dict[Hashable, list[Place]] = {}
    for place in found:
        groups.setdefault(sameness(place), []).append(place)
    return list(groups.values())


def count_kinds(
    found: Iterable[Place], key: Callable[[Place], str] = lambda place: place.layer
) -> dict[str, Counter[Kind]]:
    """How many places there are of each kind, by layer or another key; places where all agree are left out."""
    counts: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
    for place in found:
        if place.kind is not None:
            counts[key(place)][place.kind] += 1
    return dict(counts)
