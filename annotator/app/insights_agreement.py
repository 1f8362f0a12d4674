"""The sections of Insights on how far annotators agree: figures of the report, each with its cases."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from annotator.agreement.disagreements import Filter, Kind
from annotator.agreement.gold import Difference, Score
from annotator.agreement.lanes import NOTHING
from annotator.app import insights_plots
from annotator.app.insights import Insights
from annotator.app.insights_parts import Cell, Picture, Section, Table, count, measure, words
from annotator.core.schema import Layer, LayerKind
from annotator.core.words import tr

_SPAN_KINDS = {
    "label": frozenset({Kind.SPAN_LABEL}),
    "edges": frozenset({Kind.EDGES}),
    "both": frozenset({Kind.BOTH}),
    "missing": frozenset({Kind.SPAN_MISSING}),
}
_BOUNDARIES = frozenset({Kind.BOUNDARY_MISSING, Kind.BOUNDARY_MOVED})
_PLAIN = {LayerKind.SEGMENTS: Kind.SEGMENT_LABEL, LayerKind.DOCUMENT: Kind.DOCUMENT_LABEL}


def shown(label: str) -> str:
    """A label in a matrix, or the word for no mark."""
    return tr("nothing") if label == NOTHING else label


def _none() -> str:
    return tr("Nothing can be said yet: no page was finished by two annotators, or nobody used this layer.")


def agreement(insights: Insights, layer: Layer) -> Section:
    """Headline, figures beside it, and agreement by label."""
    found = insights.report.layers[layer.name]
    sentences = tuple(words for words in insights.report.words if words.startswith(f"{layer.shown}:"))
    if not sentences:
        return Section("agreement", tr("Agreement"), (_none(),), (), layer.name)
    parts: list[Table | Picture] = [_measures(layer, found)]
    if found.get("by_label"):
        parts += _by_label(layer, found["by_label"])
    return Section("agreement", tr("Agreement"), sentences, tuple(parts), layer.name)


def _measures(layer: Layer, found: Mapping[str, Any]) -> Table:
    own = frozenset({layer.name})
    every = Filter(layers=own)
    rows: list[tuple[Cell, ...]] = []
    pairs = found.get("pairs") or ()

    def add(
        name: str, value: Any, interval: Sequence[float] | None = None, cases: Filter | None = every, what: str = ""
    ) -> None:
        range_ = _end(None), _end(None)
        if isinstance(value, Mapping):
            range_ = _of_extreme(layer, pairs, what, value["low"]), _of_extreme(layer, pairs, what, value["high"])
            interval = value["interval"]
            value = value["mean"]
        rows.append(
            (words(name), measure(value, cases), *(_end(end, cases) for end in interval or (None, None)), *range_)
        )

    if layer.kind is LayerKind.SPANS:
        edges = frozenset().union(_SPAN_KINDS["missing"], _SPAN_KINDS["edges"], _SPAN_KINDS["both"])
        add(tr("F1, same edges and label"), found["exact_f1"], what="exact_f1")
        add(
            tr("F1 of edges, without labels"),
            found["label_blind_f1"],
            None,
            Filter(layers=own, kinds=edges),
            "label_blind_f1",
        )
        add(tr("F1 of overlaps with the same label"), found["overlap_f1"], what="overlap_f1")
        add(tr("gamma"), found["gamma"])
        add(tr("alpha for unitizing"), found["alpha_u"])
        for name, value in found["semeval"].items():
            add(tr("SemEval-2013, {name}", name=name), value)
    else:
        if layer.kind is LayerKind.SEGMENTS:
            cuts = Filter(layers=own, kinds=_BOUNDARIES)
            missing = Filter(layers=own, kinds=frozenset({Kind.BOUNDARY_MISSING}))
            add(tr("boundary F1, same place"), found["boundary_f1"], None, cuts, "boundary_f1")
            add(
                tr("boundary F1, within one block"),
                found["boundary_f1_within_1"],
                None,
                missing,
                "boundary_f1_within_1",
            )
            for name in ("B", "pi_B", "kappa_B", "windowdiff", "pk"):
                add(_NAMES[name], found[name], cases=cuts)
        add(tr("Krippendorff's alpha of labels"), found["alpha"], found["alpha_interval"])
        add(tr("raw agreement of labels"), found["raw_agreement"])
        for name in ("cohen_kappa", "fleiss_kappa", "gwet_ac1"):
            add(_NAMES[name], found[name])
    columns = (
        tr("measure"),
        tr("value"),
        tr("95 %, from"),
        tr("95 %, to"),
        tr("lowest pair"),
        tr("highest pair"),
    )
    return Table(
        f"agreement-{layer.name}",
        tr("Agreement: {layer}", layer=layer.shown),
        columns,
        tuple(rows),
        tr("Means over pairs of annotators; a number opens its disagreements in Review."),
    )


_NAMES = {
    "B": "boundary similarity B",
    "pi_B": "pi_B",
    "kappa_B": "kappa_B",
    "windowdiff": "WindowDiff",
    "pk": "Pk",
    "cohen_kappa": "Cohen's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "gwet_ac1": "Gwet's AC1",
}


def _end(value: float | None, cases: Filter | None = None) -> Cell:
    return Cell(None, "") if value is None else measure(value, cases)


def _of_extreme(layer: Layer, pairs: Sequence[Mapping[str, Any]], what: str, value: float | None) -> Cell:
    """The lowest or the highest pair, with the places where the two disagree."""
    pair = next((pair for pair in pairs if value is not None and pair[what] == value), None)
    return _end(value, _of_pair(layer, pair["a"], pair["b"]) if pair and value != 1 else None)


def _by_label(layer: Layer, by_label: Mapping[str, Mapping[str, Any]]) -> Iterator[Table | Picture]:
    cases = {
        label: Filter(layers=frozenset({layer.name}), labels=frozenset({label})) if each["mean"] != 1 else None
        for label, each in by_label.items()
    }
    rows = [(label, each["mean"], each["interval"]) for label, each in by_label.items()]
    title = tr("F1 by label: {layer}", layer=layer.shown)
    yield Picture(
        f"agreement-by-label-{layer.name}",
        title,
        tr("A dot for each label from 0 to 1, with a line for its interval; the table below holds the numbers."),
        partial(insights_plots.interval_bars, rows=rows),
        {(-1, y): own for y, (label, value, _) in enumerate(rows) if value is not None and (own := cases[label])},
    )
    yield Table(
        f"agreement-by-label-{layer.name}",
        title,
        (tr("label"), tr("F1"), tr("95 %, from"), tr("95 %, to"), tr("marks compared")),
        tuple(
            (
                words(label),
                measure(each["mean"], cases[label]),
                *(_end(end, cases[label]) for end in each["interval"] or (None, None)),
                count(each["n"], cases[label]),
            )
            for label, each in by_label.items()
        ),
    )


def pairs(insights: Insights, layer: Layer) -> Section:
    """Annotator by annotator."""
    found: Sequence[Mapping[str, Any]] = insights.report.layers[layer.name].get("pairs") or ()
    spans = layer.kind is LayerKind.SPANS
    headline = "exact_f1" if spans else "boundary_f1"
    title = tr("F1 of each pair of annotators: {layer}", layer=layer.shown)
    both: dict[tuple[str, str], float] = {}
    for pair in found:
        if pair[headline] is not None:
            both[pair["a"], pair["b"]] = both[pair["b"], pair["a"]] = pair[headline]
    names = sorted({name for pair in both for name in pair})
    values = {(names.index(a), names.index(b)): value for (a, b), value in both.items()}
    # Two who agree on everything have no places to show.
    cases = {key: _of_pair(layer, names[key[0]], names[key[1]]) for key, value in values.items() if value != 1}
    parts: list[Table | Picture] = []
    if both:
        about = tr("A square table of annotators; the higher F1, the stronger a cell is filled.")
        draw = partial(insights_plots.matrix, rows=names, columns=names, values=values, form="{:.2f}", top=1.0)
        hits = {(x, y): own for (y, x), own in cases.items()}
        parts.append(Picture(f"annotators-{layer.name}", title, about, draw, hits))
        parts.append(
            Table(
                f"annotator-matrix-{layer.name}",
                title,
                (tr("annotator"), *names),
                tuple(
                    (words(row), *(_pair_cell(values.get((y, x)), cases.get((y, x))) for x in range(len(names))))
                    for y, row in enumerate(names)
                ),
                tr("A number opens the places where the two disagree."),
            )
        )
    if found:
        parts.append(_pair_table(layer, found, spans=spans))
    said = () if found else (_none(),)
    return Section("annotators", tr("Annotators side by side"), said, tuple(parts), layer.name)


def _pair_cell(value: float | None, cases: Filter | None) -> Cell:
    return Cell(None, "") if value is None else measure(value, cases)


def _of_pair(layer: Layer, a: str, b: str, kinds: frozenset[Kind] = frozenset()) -> Filter:
    return Filter(kinds=kinds, layers=frozenset({layer.name}), annotators=frozenset({a, b}))


def _pair_table(layer: Layer, found: Sequence[Mapping[str, Any]], *, spans: bool) -> Table:
    measures = (
        {"exact_f1": tr("F1"), "label_blind_f1": tr("F1 of edges"), "overlap_f1": tr("F1 of overlaps")}
        if spans
        else {"boundary_f1": tr("boundary F1"), "boundary_f1_within_1": tr("within one block"), "alpha": tr("alpha")}
    )
    counts = (
        {"label": tr("other label"), "edges": tr("other edges"), "both": tr("other label and edges")}
        if spans
        else {"moved": tr("boundaries moved"), "missing": tr("boundaries missing")}
    )
    kinds = (
        _SPAN_KINDS
        if spans
        else {"moved": frozenset({Kind.BOUNDARY_MOVED}), "missing": frozenset({Kind.BOUNDARY_MISSING})}
    )
    rows = []
    for pair in found:
        a, b = pair["a"], pair["b"]
        row = [words(f"{a} × {b}"), count(pair["documents"]), count(pair["n_a"]), count(pair["n_b"])]
        row.append(count(pair["matches"]))
        row += [measure(pair[name], _of_pair(layer, a, b) if pair[name] != 1 else None) for name in measures]
        row += [count(pair[name], _of_pair(layer, a, b, kinds[name])) for name in counts]
        if spans:
            row += [count(pair[name], _of_pair(layer, a, b, kinds["missing"])) for name in ("only_a", "only_b")]
        rows.append(tuple(row))
    last = (tr("only the first"), tr("only the second")) if spans else ()
    columns = (
        tr("pair"),
        tr("pages"),
        tr("marks of the first"),
        tr("marks of the second"),
        tr("the same"),
        *measures.values(),
        *counts.values(),
        *last,
    )
    return Table(f"pairs-{layer.name}", tr("Pair by pair: {layer}", layer=layer.shown), columns, tuple(rows))


def confusion(insights: Insights, layer: Layer) -> Section:
    """Which labels are taken for each other, with a row and a column for no mark."""
    cells: Sequence[Mapping[str, Any]] = insights.report.layers[layer.name]["confusion"]
    if not cells:
        return Section("confusion", tr("Confusion of labels"), (_none(),), (), layer.name)
    used = {cell[side] for cell in cells for side in "ab"}
    # Combinations of document labels are no labels of the schema.
    names = [name for name in layer.by_name if name in used] + sorted(used - set(layer.by_name) - {NOTHING})
    names.append(NOTHING)
    values: dict[tuple[int, int], int] = {}
    for cell in cells:
        a, b = names.index(cell["a"]), names.index(cell["b"])
        values[a, b] = values[b, a] = cell["n"]
    cases = {(y, x): _confused(layer, names[y], names[x]) for y, x in values if y != x}
    about = tr("How often one annotator has the label of the row and another that of the column, either way round.")
    unit = {LayerKind.SPANS: tr("spans"), LayerKind.SEGMENTS: tr("lines"), LayerKind.DOCUMENT: tr("pages")}[layer.kind]
    title = tr("Confusion of labels: {layer} ({unit})", layer=layer.shown, unit=unit)
    top = float(max((n for (y, x), n in values.items() if y != x), default=1))
    titles = [shown(name) for name in names]
    alike = [(i, i) for i in range(len(names))]
    draw = partial(
        insights_plots.matrix, rows=titles, columns=titles, values=values, form="{:.0f}", top=top, plain=alike
    )
    table = Table(
        f"confusion-{layer.name}",
        title,
        (tr("label"), *titles),
        tuple(
            (
                words(titles[y]),
                *(count(values.get((y, x), 0), cases.get((y, x))) for x in range(len(names))),
            )
            for y in range(len(names))
        ),
        tr("The diagonal holds what two annotators label alike; any other number opens its places in Review."),
    )
    picture = Picture(f"confusion-{layer.name}", title, about, draw, {(x, y): found for (y, x), found in cases.items()})
    return Section("confusion", tr("Confusion of labels"), (about,), (picture, table), layer.name)


def _confused(layer: Layer, a: str, b: str) -> Filter:
    own = frozenset({layer.name})
    if layer.kind is LayerKind.SPANS:
        first, second = sorted((a, b))
        return Filter(layers=own, confused=(first, second))
    # Lines that are labelled differently begin at a boundary with one of the labels that not all have there.
    return Filter(layers=own, labels=frozenset({a, b} - {NOTHING}))


def boundaries(insights: Insights, layer: Layer) -> Section:
    """How far annotators open segments at the same places."""
    found = insights.report.layers[layer.name]
    own = frozenset({layer.name})
    alike = found["pages_alike"]
    if not alike:
        return Section("boundaries", tr("Boundaries"), (_none(),), (), layer.name)
    said = tr("{alike} of {pages} pages are segmented alike.", alike=alike[0], pages=alike[1])
    rows = [
        (tr("the same place"), found["boundary_f1"]["mean"], found["boundary_f1"]["interval"]),
        (tr("within one block"), found["boundary_f1_within_1"]["mean"], found["boundary_f1_within_1"]["interval"]),
    ]
    title = tr("Boundary F1: {layer}", layer=layer.shown)
    moved = Filter(layers=own, kinds=frozenset({Kind.BOUNDARY_MOVED}))
    missing = Filter(layers=own, kinds=frozenset({Kind.BOUNDARY_MISSING}))
    either = Filter(layers=own, kinds=_BOUNDARIES)
    picture = Picture(
        f"boundaries-{layer.name}",
        title,
        tr("Two dots from 0 to 1: boundaries at the same place, and within one block, each with its interval."),
        partial(insights_plots.interval_bars, rows=rows),
        {(-1, 0): either, (-1, 1): missing},
    )
    numbers = {
        tr("boundary F1, same place"): measure(found["boundary_f1"]["mean"], either),
        tr("boundary F1, within one block"): measure(found["boundary_f1_within_1"]["mean"], missing),
        tr("pages segmented alike"): count(alike[0]),
        tr("pages compared"): count(alike[1]),
        tr("boundaries moved by one block"): count(found["moved"], moved),
        tr("boundaries missing"): count(found["missing"], missing),
    }
    table = Table(
        f"boundaries-{layer.name}",
        tr("Boundaries: {layer}", layer=layer.shown),
        (tr("what"), tr("number")),
        tuple((words(name), cell) for name, cell in numbers.items()),
        tr("Summed over pairs of annotators."),
    )
    parts: tuple[Table | Picture, ...] = (picture, table)
    return Section("boundaries", tr("Boundaries"), (said,), parts, layer.name)


def gold(insights: Insights) -> Section:
    """Each annotator held against gold."""
    known = [score for score in insights.scores if score.differences]
    title = tr("Annotators against gold")
    if not known:
        return Section("gold", title, (tr("No page has finished gold that an annotator has finished too."),))
    names = {
        Difference.RIGHT: tr("right"),
        Difference.MISSED: tr("missed"),
        Difference.EXTRA: tr("too many"),
        Difference.LABEL: tr("other label"),
        Difference.EDGES: tr("other edges"),
        Difference.BOTH: tr("other label and edges"),
    }
    spans = [(f"{score.annotator} · {score.layer}", score.f1, None) for score in known]
    picture = Picture(
        "gold",
        tr("F1 against gold"),
        tr("A dot from 0 to 1 for each annotator and layer."),
        partial(insights_plots.interval_bars, rows=spans),
        {(-1, y): _of_score(score) for y, score in enumerate(known) if score.f1 is not None},
    )
    table = Table(
        "gold",
        title,
        (tr("annotator"), tr("layer"), tr("pages"), tr("F1"), tr("precision"), tr("recall"), *names.values()),
        tuple(
            (
                words(score.annotator),
                words(score.layer),
                count(score.documents),
                measure(score.f1, _of_score(score)),
                measure(score.precision, _of_score(score)),
                measure(score.recall, _of_score(score)),
                *(
                    count(score.differences.get(each, 0), None if each is Difference.RIGHT else _of_score(score))
                    for each in names
                ),
            )
            for score in known
        ),
    )
    by_label = Table(
        "gold-by-label",
        tr("Against gold by label"),
        (tr("annotator"), tr("layer"), tr("label"), *names.values()),
        tuple(
            (
                words(score.annotator),
                words(score.layer),
                words(label),
                *(
                    count(counts.get(each, 0), None if each is Difference.RIGHT else _of_score(score, label))
                    for each in names
                ),
            )
            for score in known
            for label, counts in sorted(score.by_label.items())
        ),
        tr("By the label in gold, or the annotator's where gold has none."),
    )
    return Section("gold", title, (), (picture, table, by_label))


def _of_score(score: Score, label: str = "") -> Filter:
    return Filter(
        layers=frozenset({score.layer}),
        labels=frozenset({label} if label else ()),
        annotators=frozenset({score.annotator}),
    )
