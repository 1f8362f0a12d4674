"""Notes on the data of an agreement report: what was seen, why it matters, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotator.agreement.bootstrap import ENOUGH, PLENTY
from annotator.agreement.gathering import Gatherer
from annotator.core.schema import Layer
from annotator.core.words import tr, trn

FEW_ITEMS = 30
FEW_USES = 5
MOST_USES = 0.85
RATE_GAP = 0.20


@dataclass(frozen=True, slots=True)
class Note:
    """One thing about the data that a reader of the figures should know."""

    layer: str
    """Empty where it is about the whole corpus."""
    seen: str
    why: str
    do: str

    def to_json(self) -> dict[str, str]:
        """The note as plain JSON values."""
        return asdict(self)


def data_notes(layers: Sequence[Layer], figures: Mapping[str, Mapping[str, Any]], gathered: Gatherer) -> Iterator[Note]:
    """All notes, those on the whole corpus first."""
    yield from _corpus_notes(gathered)
    for layer in layers:
        yield from _layer_notes(layer, figures[layer.name], gathered.shared)


def _corpus_notes(gathered: Gatherer) -> Iterator[Note]:
    n = gathered.shared
    if n == 0:
        yield Note(
            "",
            tr("No page was finished by two annotators."),
            tr("Agreement compares what two people made of the same page; pages in progress do not count."),
            tr("Give some pages to two or more annotators with `annotator assign --per-document 2`."),
        )
    elif n < ENOUGH:
        yield Note(
            "",
            trn("Only {n} page was finished by two annotators.", "Only {n} pages were finished by two annotators.", n),
            tr("From so few no interval can be given; the lowest and the highest page stand in its place."),
            tr("Have at least {few} pages finished twice, better {many}.", few=ENOUGH, many=PLENTY),
        )
    elif n < PLENTY:
        yield Note(
            "",
            tr("{n} pages were finished by two annotators.", n=n),
            tr("Intervals from fewer than {many} pages are rough.", many=PLENTY),
            tr("Have {many} or more pages finished twice before deciding anything by these figures.", many=PLENTY),
        )
    if gathered.same_start:
        yield Note(
            "",
            trn(
                "On {n} page annotators accepted marks of the same proposer.",
                "On {n} pages annotators accepted marks of the same proposer.",
                gathered.same_start,
            ),
            tr(
                "Who starts from the same proposals agrees more than who starts from nothing; the figures are inflated."
            ),
            tr("Let a sample of pages be labelled blind, without proposals, and compare."),
        )
    yield from _empty_notes({name: n for name, n in sorted(gathered.empty.items()) if n})


def _empty_notes(empty: Mapping[str, int]) -> Iterator[Note]:
    why = tr("They count: each mark of another annotator there is one that {name} does not have.")
    do = tr("Ask whether there was nothing to mark, or the page was finished by mistake.")
    if len(empty) > 1:
        names = ", ".join(f"{name} ({n})" for name, n in empty.items())
        seen = tr("Annotators finished pages without any mark: {names}.", names=names)
        yield Note("", seen, tr("They count: each mark of another annotator there is one that they do not have."), do)
        return
    for name, n in empty.items():
        seen = trn(
            "{name} finished {n} page without any mark.", "{name} finished {n} pages without any mark.", n, name=name
        )
        yield Note("", seen, why.format(name=name), do)


def _layer_notes(layer: Layer, figures: Mapping[str, Any], shared: int) -> Iterator[Note]:
    uses: Mapping[str, int] = figures["uses"]
    total = sum(uses.values())
    if not total:
        if shared:
            yield Note(
                layer.name,
                tr("Nobody has used the layer “{layer}”.", layer=layer.shown),
                tr("Its figures are not defined."),
                tr("Leave it out, or ask the annotators to use it."),
            )
        return
    if total < FEW_ITEMS:
        yield Note(
            layer.name,
            trn("“{layer}” has {n} mark in all.", "“{layer}” has {n} marks in all.", total, layer=layer.shown),
            tr("One mark more or less changes the figures much."),
            tr("Have more pages finished before reading anything into them."),
        )
    rare = [label for label, n in uses.items() if n < FEW_USES]
    if rare:
        yield Note(
            layer.name,
            tr("Used fewer than {n} times: {labels}.", n=FEW_USES, labels=", ".join(rare)),
            tr("The agreement on such a label is chance."),
            tr("Look at the cases themselves, or join the label with another."),
        )
    commonest = max(uses, key=lambda label: uses[label])
    if len(layer.labels) > 1 and uses[commonest] >= MOST_USES * total:
        share = round(100 * uses[commonest] / total)
        yield Note(
            layer.name,
            tr("{share} of 100 marks are {label}.", share=share, label=commonest),
            tr("Measures that correct for chance are low then, however well people agree."),
            tr("Read the raw agreement and the figures by label beside them."),
        )
    yield from _rate_notes(layer, figures["rates"])
    yield from _pair_notes(layer, figures.get("pairs", ()))


def _rate_notes(layer: Layer, rates: Mapping[str, Mapping[str, Sequence[float]]]) -> Iterator[Note]:
    """An annotator is held against the others of the same pages: other pages may hold other things."""
    for name, uses in rates.items():
        own_total, rest_total = (sum(each[i] for each in uses.values()) for i in (0, 1))
        if own_total < FEW_ITEMS or rest_total < FEW_ITEMS:
            continue
        for label in layer.by_name:
            mine, theirs = uses.get(label, (0, 0))
            own, rest = mine / own_total, theirs / rest_total
            if abs(own - rest) >= RATE_GAP:
                yield Note(
                    layer.name,
                    tr(
                        "{label} is {own} of 100 marks of {name}, and {rest} of 100 of the others on the same pages.",
                        label=label,
                        own=round(100 * own),
                        rest=round(100 * rest),
                        name=name,
                    ),
                    tr("They may read the guideline of the label differently."),
                    tr("Look at the confusions of {label} together and make the guideline clearer.", label=label),
                )


def _pair_notes(layer: Layer, pairs: Sequence[Mapping[str, Any]]) -> Iterator[Note]:
    thin = sum(pair["documents"] < ENOUGH for pair in pairs)
    if len(pairs) > 1 and 2 * thin > len(pairs):
        yield Note(
            layer.name,
            tr("{thin} of {n} pairs of annotators share fewer than {few} pages.", thin=thin, n=len(pairs), few=ENOUGH),
            tr("The means give each pair the same weight, however few pages it shares."),
            tr("Read the lowest and the highest pair with care, or give the same annotators more pages in common."),
        )
