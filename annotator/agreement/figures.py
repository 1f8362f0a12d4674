"""The figures of one layer, from sums over documents. Plain JSON values; what is not defined is None."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from annotator.agreement.bootstrap import PLENTY, interval, mean, mean_of, ratio
from annotator.agreement.boundaries import kappa_from_rates, pi_from_rate
from annotator.agreement.coding import Coincidences, alpha_from_coincidences
from annotator.agreement.counting import Pair
from annotator.agreement.gamma import gamma
from annotator.agreement.gathering import Gatherer
from annotator.agreement.spans import Classes, f1, semeval_f1
from annotator.agreement.unitizing import Stretch, alpha_u_pooled
from annotator.core.schema import Layer, LayerKind

if TYPE_CHECKING:
    from annotator.agreement.bootstrap import Draws

GAMMA_SAMPLES = 30
"""Random texts for the expected disorder of one document and pair."""


GAMMA_UNITS = 500
"""Units of one annotator up to which a document takes part in gamma."""


def of_layer(layer: Layer, gathered: Gatherer, pairs: Sequence[Pair]) -> dict[str, Any]:
    """All figures of a layer; those of a layer that nobody used are None."""
    figures = _Figures(layer, gathered, pairs)
    if layer.kind is LayerKind.SPANS:
        return figures.spans()
    if layer.kind is LayerKind.SEGMENTS:
        return {**figures.common(), **figures.boundaries(), **figures.items()}
    return {**figures.common(), **figures.items()}


class _Figures:
    def __init__(self, layer: Layer, gathered: Gatherer, pairs: Sequence[Pair]) -> None:
        self.layer = layer
        self.name = layer.name
        self.gathered = gathered
        self.sums = gathered.sums
        self.documents = gathered.shared
        self.keys = [key for key in self.sums.names() if isinstance(key, tuple) and key[0] == layer.name]
        self.marks = {key[2]: int(self.sums[key]) for key in self.keys if key[1] == "marks"}
        used = any(self.marks.values())
        self.pairs = [pair for pair in pairs if used and self.n("documents", pair)]

    def n(self, what: str, *of: object) -> float:
        return self.sums[self.name, what, *of]

    def of(self, what: str) -> Iterable[tuple[Any, ...]]:
        return (key for key in self.keys if key[1] == what)

    def common(self) -> dict[str, Any]:
        uses: Counter[str] = Counter()
        for key in self.of("uses"):
            uses[key[3]] += int(self.sums[key])
        return {
            "kind": self.layer.kind.value,
            "documents": self.documents,
            "marks": dict(sorted(self.marks.items())),
            "uses": {label: uses[label] for label in self.layer.by_name if label in uses},
            "uses_by_annotator": {
                name: {label: int(self.n("uses", name, label)) for label in self.layer.by_name if label in uses}
                for name in sorted(self.marks)
            },
            "rates": self.rates(),
            "confusion": self.confusion(),
        }

    def rates(self) -> dict[str, dict[str, list[float]]]:
        """By annotator and label: marks on pages that others finished too, and the mean of those others there."""
        found: dict[str, dict[str, list[float]]] = {}
        for key in self.of("shared uses"):
            _, _, name, label = key
            found.setdefault(name, {})[label] = [self.sums[key], self.n("uses beside", name, label)]
        return {name: found[name] for name in sorted(found)}

    def estimate(self, above: str, below: str, *of: str, extremes: bool = False) -> dict[str, Any]:
        """Mean over pairs of 2 * above / below, the range over pairs, and an interval."""
        scores = [f1(self.n(above, pair, *of), int(self.n(below, pair, *of)), 0) for pair in self.pairs]
        known = [score for score in scores if score is not None]
        found = None
        if known:
            drawn = [
                2
                * ratio(self.sums.drawn((self.name, above, pair, *of)), self.sums.drawn((self.name, below, pair, *of)))
                for pair in self.pairs
            ]
            found = interval(mean_of(drawn), self.documents)
        value: dict[str, Any] = {
            "mean": mean(scores),
            "low": min(known, default=None),
            "high": max(known, default=None),
            "interval": None if found is None else list(found),
            "rough": bool(known) and self.documents < PLENTY,
        }
        if extremes:
            low, high = self.gathered.extremes.get(self.name, (None, None)) if known else (None, None)
            value |= {"lowest_document": low, "highest_document": high}
        return value

    def spans(self) -> dict[str, Any]:
        labels = [label for label in self.layer.by_name if any(self.n("label units", p, label) for p in self.pairs)]
        classes = {pair: self.classes(pair) for pair in self.pairs}
        semeval = [semeval_f1(each) for each in classes.values()]
        return {
            **self.common(),
            "exact_f1": self.estimate("exact", "units", extremes=True),
            "label_blind_f1": self.estimate("edges", "stretches"),
            "overlap_f1": self.estimate("overlap", "units"),
            "by_label": {
                label: {
                    **self.estimate("label exact", "label units", label),
                    "n": int(sum(self.n("label units", pair, label) for pair in self.pairs)),
                }
                for label in labels
            },
            "pairs": [self.span_pair(pair, classes[pair]) for pair in self.pairs],
            "semeval": {
                name: mean(each[name] for each in semeval) for name in ("strict", "exact", "partial", "ent_type")
            },
            "differences": {
                "label": sum(each.label for each in classes.values()),
                "edges": sum(each.edge for each in classes.values()),
                "both": sum(each.both for each in classes.values()),
                "missing": sum(each.only_a + each.only_b for each in classes.values()),
            },
            **self.continua(),
        }

    def classes(self, pair: Pair) -> Classes:
        names = ("exact", "label", "edge", "both", "only_a", "only_b")
        return Classes(*(int(self.n(f"class {name}", pair)) for name in names))

    def span_pair(self, pair: Pair, classes: Classes) -> dict[str, Any]:
        n_a, n_b = int(self.n("n_a", pair)), int(self.n("n_b", pair))
        drawn = 2 * ratio(self.sums.drawn((self.name, "exact", pair)), self.sums.drawn((self.name, "units", pair)))
        documents = int(self.n("documents", pair))
        found = interval(drawn, documents)
        return {
            "a": pair[0],
            "b": pair[1],
            "documents": documents,
            "n_a": n_a,
            "n_b": n_b,
            "matches": int(self.n("exact", pair)),
            "exact_f1": f1(self.n("exact", pair), n_a, n_b),
            "interval": None if found is None else list(found),
            "label_blind_f1": f1(self.n("edges", pair), int(self.n("stretches", pair)), 0),
            "overlap_f1": f1(self.n("overlap", pair), n_a, n_b),
            "label": classes.label,
            "edges": classes.edge,
            "both": classes.both,
            "only_a": classes.only_a,
            "only_b": classes.only_b,
        }

    def continua(self) -> dict[str, Any]:
        gammas, alphas = [], []
        compared = too_many = 0
        for pair in self.pairs:
            observed = expected = 0.0
            texts: list[tuple[Mapping[str, Sequence[Sequence[Stretch]]], int]] = []
            for sampled in self.gathered.sample:
                lanes = sampled.units.get(self.name, {})
                if not set(pair) <= set(lanes):
                    continue
                raters = [sorted(lanes[name]) for name in pair]
                if max(map(len, raters)) > GAMMA_UNITS:
                    too_many += 1
                    continue
                labels = sorted({label for units in raters for _, _, label in units})
                texts.append(
                    (
                        {x: [[(s, e) for s, e, label in units if label == x] for units in raters] for x in labels},
                        sampled.length,
                    )
                )
                found = gamma(raters, sampled.length, samples=GAMMA_SAMPLES, seed=self.gathered.seed, categorical=False)
                if found.observed is not None and found.expected is not None:
                    weight = sum(map(len, raters)) / 2
                    observed, expected = observed + weight * found.observed, expected + weight * found.expected
                    compared += 1
            gammas.append(1 - observed / expected if expected > 0 else None)
            alphas.append(_alpha_u(texts))
        return {
            "gamma": mean(gammas),
            "alpha_u": mean(alphas),
            "continua_method": {
                "sampler": "circular shifts",
                "samples": GAMMA_SAMPLES,
                "seed": self.gathered.seed,
                "documents": len(self.gathered.sample),
                "compared": compared,
                "too_many_units": too_many,
            },
        }

    def boundaries(self) -> dict[str, Any]:
        n = self.n
        actual = _share(sum(n("similar", p) for p in self.pairs), sum(n("edits", p) for p in self.pairs))
        if actual is None and self.pairs:
            actual = 1.0
        names = sorted({name for pair in self.pairs for name in pair})
        rates = [rate for name in names if (rate := _share(n("placed", name), n("places", name))) is not None]
        return {
            "boundary_f1": self.estimate("exact", "units", extremes=True),
            "boundary_f1_within_1": self.estimate("within", "units"),
            "pages_alike": [int(n("pages alike", "")), int(n("pages", ""))] if self.pairs else None,
            "missing": int(sum(n("missed", pair) for pair in self.pairs)),
            "moved": int(sum(n("near", pair) for pair in self.pairs)),
            "B": actual,
            "pi_B": pi_from_rate(actual, _share(n("rates", ""), n("rated", ""))),
            "kappa_B": kappa_from_rates(actual, rates),
            "windowdiff": mean(_share(n("windows differing", p), n("windows", p)) for p in self.pairs),
            "pk": mean(_share(n("windows split", p), n("windows", p)) for p in self.pairs),
            "pairs": [self.boundary_pair(pair) for pair in self.pairs],
        }

    def boundary_pair(self, pair: Pair) -> dict[str, Any]:
        n = self.n
        n_a, n_b, documents = int(n("n_a", pair)), int(n("n_b", pair)), int(n("documents", pair))
        return {
            "a": pair[0],
            "b": pair[1],
            "documents": documents,
            "n_a": n_a,
            "n_b": n_b,
            "matches": int(n("exact", pair)),
            "boundary_f1": f1(n("exact", pair), n_a, n_b),
            "boundary_f1_within_1": f1(n("within", pair), n_a, n_b),
            "moved": int(n("near", pair)),
            "missing": int(n("missed", pair)),
            "pages_alike": [int(n("alike", pair)), documents],
            "alpha": alpha_from_coincidences(_coincidences(self.table(pair))),
        }

    def table(self, pair: Pair) -> dict[tuple[str, str], float]:
        return {(key[3], key[4]): self.sums[key] for key in self.of("table") if key[2] == pair}

    def items(self) -> dict[str, Any]:
        keys = list(self.of("coincidence"))
        alpha = alpha_from_coincidences({(key[2], key[3]): self.sums[key] for key in keys})
        found = None if alpha is None else interval(self.alpha_draws(keys), self.documents)
        counts = [key[2] for key in self.of("items")]
        total = sum(self.n("items", k) for k in counts)
        tables = [self.table(pair) for pair in self.pairs]
        return {
            "alpha": alpha,
            "alpha_interval": None if found is None else list(found),
            "raw_agreement": _share(sum(self.agreement(k) for k in counts), total),
            "items": int(total),
            "cohen_kappa": mean(_cohen(table) for table in tables),
            "fleiss_kappa": self.fleiss(max(counts, default=0)),
            "gwet_ac1": self.gwet(counts, total),
        }

    def alpha_draws(self, keys: Sequence[tuple[Any, ...]]) -> "Draws":
        import numpy as np

        drawn = {(key[2], key[3]): self.sums.drawn(key) for key in keys}
        labels = sorted({label for pair in drawn for label in pair})
        zero = np.zeros(self.gathered.draws)
        margins = [sum((drawn.get((a, b), zero) for b in labels), zero) for a in labels]
        total = sum(margins, zero)
        observed = total - sum((drawn.get((label, label), zero) for label in labels), zero)
        expected = ratio(total**2 - sum((margin**2 for margin in margins), zero), np.maximum(total - 1, 0))
        return 1 - ratio(observed, np.nan_to_num(expected))

    def agreement(self, annotators: int) -> float:
        """Items with so many annotators, each counted by the share of their pairs that agree."""
        pairs = annotators * (annotators - 1) / 2
        return self.n("item pairs equal", annotators) / pairs if pairs else 0.0

    def fleiss(self, annotators: int) -> float | None:
        """Over the items that as many annotators labelled as any item has."""
        items = self.n("items", annotators) if annotators else 0
        if not items:
            return None
        uses = [self.sums[key] / (items * annotators) for key in self.of("item uses") if key[2] == annotators]
        expected = sum(p * p for p in uses)
        return None if expected >= 1 else (self.agreement(annotators) / items - expected) / (1 - expected)

    def gwet(self, counts: Sequence[int], total: float) -> float | None:
        shares: Counter[str] = Counter()
        for key in self.of("item uses"):
            shares[key[3]] += self.sums[key] / key[2]
        if len(shares) < 2 or not total:
            return None
        expected = sum(n / total * (1 - n / total) for n in shares.values()) / (len(shares) - 1)
        observed = sum(self.agreement(k) for k in counts) / total
        return (observed - expected) / (1 - expected) if expected < 1 else None

    def confusion(self) -> list[dict[str, Any]]:
        """Unordered pairs of labels and how often they meet, "" for no mark; the commonest first."""
        met: Counter[tuple[str, str]] = Counter()
        for key in self.of("confusion"):
            first, second = sorted((key[2], key[3]))
            met[first, second] += int(self.sums[key])
        ranked = sorted(met.items(), key=lambda item: (-item[1], item[0]))
        return [{"a": a, "b": b, "n": n} for (a, b), n in ranked]


def _share(above: float, below: float) -> float | None:
    return above / below if below else None


def _coincidences(table: Mapping[tuple[str, str], float]) -> Coincidences:
    both: Counter[tuple[str, str]] = Counter()
    for (a, b), n in table.items():
        both[a, b] += n  # type: ignore[assignment] # A Counter adds up fractions as well.
        both[b, a] += n  # type: ignore[assignment]
    return both


def _cohen(table: Mapping[tuple[str, str], float]) -> float | None:
    total = sum(table.values())
    if not total:
        return None
    rows: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for (a, b), n in table.items():
        rows[a] += n  # type: ignore[assignment] # A Counter adds up fractions as well.
        columns[b] += n  # type: ignore[assignment]
    expected = sum(n * columns[label] for label, n in rows.items()) / total**2
    observed = sum(n for (a, b), n in table.items() if a == b) / total
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def _alpha_u(texts: Sequence[tuple[Mapping[str, Sequence[Sequence[Stretch]]], int]]) -> float | None:
    for text, _ in texts:
        for raters in text.values():
            if any(b[0] < a[1] for units in raters for a, b in pairwise(units)):
                # Where spans of one label nest, the measure is not defined.
                return None
    return alpha_u_pooled(texts)


def rows(layer: str, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures as rows of a table: layer, measure, label, a, b, value, low, high, interval_low, interval_high, n."""
    found = []

    def add(measure: str, value: Any, label: str = "", a: str = "", b: str = "", n: int | None = None) -> None:
        row: dict[str, Any] = {"layer": layer, "measure": measure, "label": label, "a": a, "b": b, "n": n}
        if isinstance(value, Mapping):
            low, high = value["interval"] or (None, None)
            row |= {"value": value["mean"], "low": value["low"], "high": value["high"]}
            row |= {"interval_low": low, "interval_high": high}
        else:
            row |= {"value": value, "low": None, "high": None, "interval_low": None, "interval_high": None}
        found.append(row)

    for name, value in figures.items():
        if name == "by_label":
            for label, each in value.items():
                add("exact_f1", each, label=label, n=each["n"])
        elif name == "pairs":
            for pair in value:
                for measure in (
                    "exact_f1",
                    "label_blind_f1",
                    "overlap_f1",
                    "boundary_f1",
                    "boundary_f1_within_1",
                    "alpha",
                ):
                    if measure in pair:
                        add(measure, pair[measure], a=pair["a"], b=pair["b"], n=pair["documents"])
        elif name == "confusion":
            for cell in value:
                add("confusion", cell["n"], a=cell["a"], b=cell["b"])
        elif name == "uses":
            for label, n in value.items():
                add("uses", n, label=label)
        elif name in ("semeval", "differences"):
            for kind, each in value.items():
                add(f"{name}_{kind}", each)
        elif name == "pages_alike":
            add(name, None if value is None else value[0], n=None if value is None else value[1])
        elif isinstance(value, int | float) or value is None or (isinstance(value, Mapping) and "mean" in value):
            add(name, value)
    return found
