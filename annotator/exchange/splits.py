"""Train, development and test sides, or folds: near duplicates together, labels spread, every document at its side."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.near_duplicates import THRESHOLD, DocumentGroups
from annotator.exchange.selection import marks_by_label

_SIDES = ("train", "dev", "test")
_ANY = ""
"""Counted for every document, so that no side stays empty."""


@dataclass(frozen=True)
class SplitOptions:
    """How to divide."""

    sides: tuple[tuple[str, float], ...]
    """Names and shares; the shares add up to 1."""
    seed: int = 0
    by_source: bool = False
    """Keep documents of one source, the host of a web address, on one side."""
    threshold: float = THRESHOLD
    """Jaccard threshold for near duplicates."""


@dataclass(frozen=True, slots=True)
class Move:
    """A group that left the side its number gave it."""

    documents: tuple[str, ...]
    side: str
    to: str
    why: str


@dataclass
class SplitPlan:
    """Which document stands on which side, and why."""

    options: SplitOptions
    sides: dict[str, str]
    """Side by document id."""
    groups: list[list[str]]
    """Documents that had to stay together, two or more each."""
    moves: list[Move] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    """Documents by side."""
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    """Marks by label, by side."""


def parse_split(text: str, seed: int = 0, *, by_source: bool = False) -> SplitOptions:
    """Options from `80/10/10` (train, dev, test) or `80/20` (train, test).

    Raises:
        InputError: The text is not two or three positive numbers.
    """
    try:
        weights = [float(part) for part in text.split("/")]
    except ValueError:
        weights = []
    if len(weights) not in (2, 3) or any(not 0 < weight < 1e9 for weight in weights):
        raise InputError(tr("A split looks like 80/10/10 or 80/20; this one is “{text}”.", text=text))
    names = _SIDES if len(weights) == 3 else ("train", "test")
    total = sum(weights)
    sides = tuple((name, weight / total) for name, weight in zip(names, weights, strict=True))
    return SplitOptions(sides, seed, by_source)


def fold_options(count: int, seed: int = 0, *, by_source: bool = False) -> SplitOptions:
    """Options for so many folds of equal size.

    Raises:
        InputError: Fewer than two, or more than a hundred.
    """
    if not 2 <= count <= 100:
        raise InputError(tr("There can be 2 to 100 folds, not {n}.", n=count))
    return SplitOptions(tuple((f"fold{n}", 1 / count) for n in range(1, count + 1)), seed, by_source)


def plan_split(
    records: Iterable[Record], options: SplitOptions, previous: Mapping[str, str] | None = None
) -> SplitPlan:
    """Give every document a side.

    A group's side is decided by a number drawn from the seed and its first document, so a corpus that grows leaves
    it where it is. Then groups move, the fewest that will do, where a side would lack a label, or any document at all,
    of which it should have one or more; such moves are listed. Sides in `previous` are kept and never moved: with the
    plan of the last export every document keeps its side.

    Args:
        records: What is to be divided, in the order of the corpus.
        options: Sides, seed and grouping.
        previous: Sides of an earlier plan, by document id.
    """
    grouping = DocumentGroups(options.threshold)
    labels: dict[str, Counter[str]] = {}
    for record in records:
        document = record.document
        keys = [source_name(document.source)] if options.by_source and document.source else []
        grouping.add(document.id, document.text, keys)
        labels[document.id] = Counter(marks_by_label(record))
    groups = grouping.groups()
    named = {name for name, _ in options.sides}
    before = {key: side for key, side in (previous or {}).items() if side in named}
    sides: dict[int, str] = {}
    fixed: set[int] = set()
    moves: list[Move] = []
    for number, group in enumerate(groups):
        drawn = _side_of(_draw(options.seed, group[0]), options.sides)
        kept = [before[key] for key in group if key in before]
        sides[number] = kept[0] if kept else drawn
        if kept:
            fixed.add(number)
    _spread(groups, sides, fixed, labels, options, moves)
    plan = SplitPlan(options, {}, [group for group in groups if len(group) > 1], moves)
    for number, group in enumerate(groups):
        for key in group:
            side = before.get(key, sides[number])
            plan.sides[key] = side
            plan.documents[side] += 1
            plan.labels.setdefault(side, Counter()).update(labels[key])
    return plan


def _spread(
    groups: Sequence[Sequence[str]],
    sides: dict[int, str],
    fixed: set[int],
    labels: Mapping[str, Mapping[str, int]],
    options: SplitOptions,
    moves: list[Move],
) -> None:
    """Move groups to sides that lack a label they should have, rarest label first."""
    holds = [Counter({_ANY: len(group)}) for group in groups]
    for index, group in enumerate(groups):
        for key in group:
            holds[index].update(dict.fromkeys(labels[key], 1))
    total: Counter[str] = Counter()
    by_side = {name: Counter[str]() for name, _ in options.sides}
    for index, held in enumerate(holds):
        total.update(held)
        by_side[sides[index]].update(held)
    for label, count in sorted(total.items(), key=lambda pair: (pair[1], pair[0])):
        for name, share in sorted(options.sides, key=lambda side: side[1]):
            if by_side[name][label] or count * share < 1 or count < len(options.sides):
                continue
            found = _candidate(label, name, groups, sides, fixed, holds, by_side, options)
            if found is None:
                continue
            number = found
            why = tr("no other page with {label} there", label=label) if label else tr("no other page there")
            moves.append(Move(tuple(groups[number]), sides[number], name, why))
            by_side[sides[number]].subtract(holds[number])
            by_side[name].update(holds[number])
            sides[number] = name
            fixed.add(number)


def _candidate(
    label: str,
    wanted: str,
    groups: Sequence[Sequence[str]],
    sides: Mapping[int, str],
    fixed: set[int],
    holds: Sequence[Mapping[str, int]],
    by_side: Mapping[str, Mapping[str, int]],
    options: SplitOptions,
) -> int | None:
    """The group to move: small, from the side that has most of the label, and not the last there that holds a label."""

    def spare(number: int) -> bool:
        here = by_side[sides[number]]
        return all(here[other] > count for other, count in holds[number].items())

    found = [
        number
        for number, held in enumerate(holds)
        if held.get(label) and number not in fixed and sides[number] != wanted and spare(number)
    ]
    return min(
        found,
        key=lambda n: (len(groups[n]), -by_side[sides[n]][label], _draw(options.seed, groups[n][0])),
        default=None,
    )


def _draw(seed: int, name: str) -> float:
    """A number from 0 to 1 that depends on the seed and the name alone."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def _side_of(drawn: float, sides: Sequence[tuple[str, float]]) -> str:
    reached = 0.0
    for name, share in sides:
        reached += share
        if drawn < reached:
            return name
    return sides[-1][0]


def source_name(source: str) -> str:
    """The host of a web address without `www.`, else the source itself."""
    host = urlsplit(source).hostname if "//" in source else None
    return (host or source).removeprefix("www.").casefold()
