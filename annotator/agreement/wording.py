"""The headline figures of an agreement report in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.core.schema import Layer, LayerKind
from annotator.core.words import tr


def sentences(layers: Sequence[Layer], figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One sentence for each headline that is defined, in the order of the layers."""
    for layer in layers:
        found = figures[layer.name]
        name = layer.shown
        if layer.kind is LayerKind.SPANS:
            if cases := _of_100(found["exact_f1"]):
                yield tr("{name}: two people mark the same stretch the same way in {cases}.", name=name, cases=cases)
        elif layer.kind is LayerKind.SEGMENTS:
            if cases := _of_100(found["boundary_f1"]):
                yield tr("{name}: two people put a boundary at the same place in {cases}.", name=name, cases=cases)
            if cases := _of_100(found["boundary_f1_within_1"], short=True):
                yield tr("{name}: within one block in {cases}.", name=name, cases=cases)
            if found["pages_alike"]:
                alike, pages = found["pages_alike"]
                yield tr("{name}: {alike} of {pages} pages are segmented alike.", name=name, alike=alike, pages=pages)
            yield from _items(tr("a line"), layer, found)
        else:
            yield from _items(tr("a page"), layer, found)


def _items(item: str, layer: Layer, found: Mapping[str, Any]) -> Iterator[str]:
    if found["raw_agreement"] is None:
        return
    raw = round(100 * found["raw_agreement"])
    if found["alpha"] is None:
        yield tr(
            "{name}: two people give {item} the same label in {n} of 100 cases.", name=layer.shown, item=item, n=raw
        )
        return
    yield tr(
        "{name}: two people give {item} the same label in {n} of 100 cases; Krippendorff's alpha is {alpha}{interval}.",
        name=layer.shown,
        item=item,
        n=raw,
        alpha=f"{found['alpha']:.2f}",
        interval=_between(found["alpha_interval"], 1, ".2f"),
    )


def _between(interval: Sequence[float] | None, scale: float, form: str) -> str:
    return "" if interval is None else f" ({scale * interval[0]:{form}}–{scale * interval[1]:{form}})"


def _of_100(value: Mapping[str, Any], *, short: bool = False) -> str:
    """As in “89 of 100 cases (85–92)”; empty where the value is not defined."""
    if value["mean"] is None:
        return ""
    mean = round(100 * value["mean"])
    if value["interval"] is not None:
        cases = tr("{n} of 100 cases{interval}", n=mean, interval=_between(value["interval"], 100, ".0f"))
        return tr("{cases}, roughly", cases=cases) if value["rough"] else cases
    low, high = value.get("lowest_document"), value.get("highest_document")
    if short or low is None or high is None:
        return tr("{n} of 100 cases", n=mean)
    return tr(
        "{n} of 100 cases (from {low} on the worst page to {high} on the best)",
        n=mean,
        low=round(100 * low),
        high=round(100 * high),
    )
