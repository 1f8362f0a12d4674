"""The agreement report as one HTML page that can be sent: no script, nothing loaded, all text escaped."""

import platform
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from annotator.agreement import plots
from annotator.agreement.bootstrap import ENOUGH, PLENTY
from annotator.agreement.gold import Difference, Score
from annotator.agreement.lanes import NOTHING
from annotator.agreement.report import Report
from annotator.core.annotation import Status
from annotator.core.edits import status_title
from annotator.core.schema import Layer, LayerKind, Schema
from annotator.core.words import language, tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORST = 6
"""Confusions that are shown with examples, for each layer."""
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, serif; color: #22303c; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3, table, figcaption { font-family: "Helvetica Neue", Arial, sans-serif; }
h2 { margin-top: 2.4rem; border-bottom: 1px solid #cfd8df; }
table { border-collapse: collapse; font-size: 0.85rem; margin: 1rem 0; }
th, td { padding: 0.25rem 0.7rem; text-align: right; border-bottom: 1px solid #e4eaee; }
th:first-child, td:first-child { text-align: left; }
.words { font-size: 1.1rem; }
.example { border-left: 3px solid #cfd8df; padding-left: 0.8rem; margin: 0.5rem 0; white-space: pre-wrap; }
.example cite { display: block; font-size: 0.8rem; color: #5b6770; }
mark { background: #dfe6ec; }
img { max-width: 100%; }
figure { margin: 1rem 0; }
"""


@dataclass(frozen=True, slots=True)
class About:
    """What the page says of the corpus besides the figures."""

    corpus: str
    made_at: str
    """A date, as it is to be shown."""
    documents: int
    """All documents of the corpus."""


def html_report(report: Report, schema: Schema, scores: Sequence[Score], about: About) -> str:
    """The whole page.

    Args:
        report: Agreement of the corpus.
        schema: Its schema.
        scores: Annotators against gold; may be empty.
        about: The corpus.
    """
    title = tr("Annotation report: {corpus}", corpus=about.corpus)
    body = [
        f"<h1>{_e(title)}</h1>",
        f"<p>{_e(tr('{date} · {n} pages', date=about.made_at, n=about.documents))}</p>",
        *_agreement(report),
        *_progress(report),
        *(part for layer in schema.layers if layer.name in report.layers for part in _layer(report, layer)),
        *_gold(scores),
        *_notes(report),
        *_methods(report),
    ]
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{_e(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _e(text: object) -> str:
    return escape(str(text))


def _figure(figure: "Figure", caption: str) -> str:
    data = b64encode(plots.to_svg(figure)).decode()
    return f'<figure><img alt="{_e(caption)}" src="data:image/svg+xml;base64,{data}"></figure>'


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = "".join(f"<th>{_e(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_e(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float | None) -> str:
    return tr("n/a") if value is None else f"{value:.2f}"


def _between(interval: Sequence[float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.2f}–{interval[1]:.2f}"


def _progress(report: Report) -> Iterator[str]:
    yield f"<h2>{_e(tr('Progress'))}</h2>"
    words = {status.value: status_title(status) for status in Status}
    done = Status.DONE.value
    yield _table(
        [tr("annotator"), *(words[status.value] for status in Status), tr("minutes a page")],
        [
            [
                name,
                *(int(own.get(status.value, 0)) for status in Status),
                f"{own['seconds'] / own[done] / 60:.1f}" if own.get(done) and own.get("seconds") else "",
            ]
            for name, own in report.progress.items()
        ],
    )
    if report.progress:
        yield _figure(plots.progress_bars(report.progress, tr("Pages by status"), words), tr("Pages by status"))


def _agreement(report: Report) -> Iterator[str]:
    yield f"<h2>{_e(tr('Agreement in words'))}</h2>"
    yield from (f'<p class="words">{_e(sentence)}</p>' for sentence in report.words)
    if not report.words:
        yield f"<p>{_e(tr('Nothing can be said yet: no page was finished by two annotators.'))}</p>"


def _layer(report: Report, layer: Layer) -> Iterator[str]:
    found = report.layers[layer.name]
    yield f"<h2>{_e(layer.shown)}</h2>"
    if not any(found["marks"].values()):
        yield f"<p>{_e(tr('Nobody has used the layer “{layer}”.', layer=layer.shown))}</p>"
        return
    yield _table([tr("measure"), tr("value"), tr("95 % interval")], _measures(layer, found))
    if layer.kind is LayerKind.SPANS and found["by_label"]:
        rows = [(label, each["mean"], each["interval"]) for label, each in found["by_label"].items()]
        title = tr("Exact F1 by label, with its interval")
        yield _figure(plots.interval_bars(rows, title), title)
        yield _table(
            [tr("label"), tr("exact F1"), tr("95 % interval"), tr("marks compared")],
            [
                [label, _number(each["mean"]), _between(each["interval"]), each["n"]]
                for label, each in found["by_label"].items()
            ],
        )
    pairs = found.get("pairs", [])
    measure = "exact_f1" if layer.kind is LayerKind.SPANS else "boundary_f1"
    known = {(pair["a"], pair["b"]): pair[measure] for pair in pairs if pair.get(measure) is not None}
    if len(known) > 1:
        both = {**known, **{(b, a): value for (a, b), value in known.items()}}
        title = tr("F1 of each pair of annotators")
        yield _figure(plots.matrix(sorted({name for pair in both for name in pair}), both, title), title)
    if any(cell["a"] != cell["b"] for cell in found["confusion"]):
        yield _confusion(layer, found["confusion"])
        yield from _worst(report, layer, found["confusion"])


def _measures(layer: Layer, found: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    if layer.kind is LayerKind.SPANS:
        for name, key in (
            (tr("exact F1"), "exact_f1"),
            (tr("F1 of edges, without labels"), "label_blind_f1"),
            (tr("F1 of overlaps with the same label"), "overlap_f1"),
        ):
            yield name, _number(found[key]["mean"]), _between(found[key]["interval"])
        yield tr("gamma"), _number(found["gamma"]), ""
        yield tr("alpha for unitizing"), _number(found["alpha_u"]), ""
        for name, value in found["semeval"].items():
            yield tr("SemEval-2013, {name}", name=name), _number(value), ""
        return
    if layer.kind is LayerKind.SEGMENTS:
        for name, key in ((tr("boundary F1"), "boundary_f1"), (tr("within one block"), "boundary_f1_within_1")):
            yield name, _number(found[key]["mean"]), _between(found[key]["interval"])
        if found["pages_alike"]:
            yield (
                tr("pages segmented alike"),
                tr("{k} of {n}", k=found["pages_alike"][0], n=found["pages_alike"][1]),
                "",
            )
        yield tr("boundaries missing, moved"), f"{found['missing']}, {found['moved']}", ""
        for name in ("B", "pi_B", "kappa_B", "windowdiff", "pk"):
            yield name, _number(found[name]), ""
    yield tr("Krippendorff's alpha of labels"), _number(found["alpha"]), _between(found["alpha_interval"])
    for name, key in (
        (tr("raw agreement of labels"), "raw_agreement"),
        ("Cohen", "cohen_kappa"),
        ("Fleiss", "fleiss_kappa"),
        ("AC1", "gwet_ac1"),
    ):
        yield name, _number(found[key]), ""


def _shown(label: str) -> str:
    return tr("nothing") if label == NOTHING else label


def _confusion(layer: Layer, cells: Sequence[Mapping[str, Any]]) -> str:
    used = {cell[side] for cell in cells for side in "ab"}
    names = [label for label in layer.by_name if label in used] + [label for label in (NOTHING,) if label in used]
    values = {
        (_shown(row), _shown(column)): float(cell["n"])
        for cell in cells
        for row, column in {(cell["a"], cell["b"]), (cell["b"], cell["a"])}
        if row in names and column in names and row != column
    }
    title = tr("Which labels are taken for each other (counts)")
    return _figure(plots.matrix([_shown(name) for name in names], values, title, form="{:.0f}"), title)


def _worst(report: Report, layer: Layer, cells: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    worst = [cell for cell in cells if cell["a"] != cell["b"]][:WORST]
    yield f"<h3>{_e(tr('The commonest confusions'))}</h3>"
    for cell in worst:
        what = tr("{a} or {b}: {n} times", a=_shown(cell["b"]), b=_shown(cell["a"]), n=cell["n"])
        yield f"<h4>{_e(what)}</h4>"
        for example in report.examples.get((layer.name, cell["a"], cell["b"]), ()):
            yield (
                f'<p class="example">{_e(example.before)}<mark>{_e(example.text)}</mark>{_e(example.after)}'
                f"<cite>{_e(example.title)}</cite></p>"
            )


def _gold(scores: Sequence[Score]) -> Iterator[str]:
    known = [score for score in scores if score.differences]
    if not known:
        return
    yield f"<h2>{_e(tr('Annotators against gold'))}</h2>"
    yield _table(
        [tr("annotator"), tr("layer"), tr("pages"), "F1", tr("precision"), tr("recall")]
        + [difference.value for difference in Difference],
        [
            [
                score.annotator,
                score.layer,
                score.documents,
                *map(_number, (score.f1, score.precision, score.recall)),
                *(score.differences.get(difference, 0) for difference in Difference),
            ]
            for score in known
        ],
    )


def _notes(report: Report) -> Iterator[str]:
    if report.notes:
        yield f"<h2>{_e(tr('Notes on the data'))}</h2><ul>"
        for note in report.notes:
            where = f"<strong>{_e(note.layer)}</strong>: " if note.layer else ""
            yield f"<li>{where}{_e(note.seen)} {_e(note.why)} {_e(note.do)}</li>"
        yield "</ul>"


def _methods(report: Report) -> Iterator[str]:
    yield f"<h2>{_e(tr('Methods'))}</h2>"
    yield f"<p>{_e(methods(report))}</p>"


def methods(report: Report) -> str:
    """How the figures were made, in words that can stand in a paper, with seeds and versions."""
    continua = next((layer["continua_method"] for layer in report.layers.values() if "continua_method" in layer), None)
    parts = [
        tr(
            "Agreement was measured on the {n} pages that two or more annotators ({names}) had finished.",
            n=report.documents,
            names=", ".join(report.annotators) or tr("none"),
        ),
        tr(
            "Spans and boundaries were compared as sets, blanks at the edges of spans left out; F1 is the mean over "
            "pairs of annotators of counts pooled over pages. A boundary one block away counts as moved. Labels of "
            "segments are compared line by line, those of pages page by page, by Krippendorff's nominal alpha."
        ),
        tr(
            "Intervals are 95 % percentile intervals of a bootstrap over pages with Poisson weights, {draws} draws, "
            "seed {seed}; none is given below {few} pages, and below {many} they are rough.",
            draws=report.draws,
            seed=report.seed,
            few=ENOUGH,
            many=PLENTY,
        ),
    ]
    if continua is not None:
        parts.append(
            tr(
                "Gamma (alpha 3, beta 1) and alpha for unitizing were computed on {n} pages drawn by the seed, the "
                "expected disorder of gamma over {samples} circular shifts a page and pair.",
                n=continua["documents"],
                samples=continua["samples"],
            )
        )
    parts.append(
        tr(
            "Made by annotator {own}, Python {python}, numpy {numpy}.",
            own=_version("annotator"),
            python=platform.python_version(),
            numpy=_version("numpy"),
        )
    )
    return " ".join(parts)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return tr("(version unknown)")
