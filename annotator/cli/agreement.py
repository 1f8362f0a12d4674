"""Commands on several annotators: agreement, assign, report."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from annotator.app.assignment import Method, plan
from annotator.cli.console import print_json, progress_bar
from annotator.core.errors import InputError
from annotator.core.words import tr, trn

if TYPE_CHECKING:
    from annotator.agreement.report import Report
    from annotator.store.corpus import Corpus

CorpusArgument = Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus file.", show_default=False)]
AnnotatorsOption = Annotated[
    list[str] | None,
    typer.Option(metavar="A B ...", help="Only these annotators; everyone otherwise.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
SeedOption = Annotated[int, typer.Option(help="Of every draw; the same seed gives the same result.")]
_PAIRS = 20
"""Pairs of annotators up to which all are printed."""
_MANY = ("--annotators", "--documents", "--layer")


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(name="agreement", cls=ManyValues)(agreement)
    app.command(name="assign", cls=ManyValues)(assign)
    app.command(name="report", cls=ManyValues)(report)


class ManyValues(TyperCommand):
    """A command some of whose options take all words up to the next option: `--annotators A B C`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each of its words, which is how several values are written otherwise."""
        spread: list[str] = []
        option = ""
        for word in args:
            if word.startswith("-"):
                name, _, value = word.partition("=")
                option = name if name in _MANY else ""
                if option and value:
                    spread += [option, value]
                elif not option:
                    spread.append(word)
                continue
            spread += [option, word] if option else [word]
        return super().parse_args(ctx, spread)


def agreement(
    corpus: CorpusArgument,
    layer: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER ...", help="Only these layers; all otherwise.", show_default=False),
    ] = None,
    annotators: AnnotatorsOption = None,
    as_json: JsonOption = False,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the figures as a table.", show_default=False)
    ] = None,
    seed: SeedOption = 0,
) -> None:
    """Say how far annotators agree, on the pages that two or more of them have finished.

    Example: annotator agreement mynews.corpus --annotators ana ben --csv agreement.csv
    """
    from annotator.app.targets import check_target
    from annotator.store.corpus import Corpus

    if as_json and csv_file:
        raise InputError(tr("Ask for --json or --csv, not for both."))
    if csv_file:
        check_target(csv_file)
    with Corpus.open(corpus) as opened:
        found = _report_of(opened, annotators, seed, layer)
    if as_json:
        print_json(found.to_json())
        return
    if csv_file:
        _write_csv(csv_file, found.rows())
        typer.echo(trn("{n} row written to {path}.", "{n} rows written to {path}.", len(found.rows()), path=csv_file))
        return
    for line in report_lines(found):
        typer.echo(line)


def _report_of(
    corpus: "Corpus", annotators: Sequence[str] | None, seed: int, layers: Sequence[str] | None = None
) -> "Report":
    from annotator.agreement.report import agreement_report

    total = len(corpus)
    with progress_bar() as show:
        return agreement_report(
            corpus.sheets(),
            corpus.schema,
            annotators or None,
            seed,
            layers=layers or None,
            progress=lambda done: show(tr("comparing"), done, total),
        )


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    from annotator.app.targets import write_file

    columns = ["layer", "measure", "label", "a", "b", "value", "low", "high", "interval_low", "interval_high", "n"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    write_file(path, out.getvalue())


def report_lines(found: "Report") -> list[str]:
    """The report as plain text: words, figures, notes."""
    lines = [
        trn("{n} page was finished by two or more annotators.",
            "{n} pages were finished by two or more annotators.", found.documents),
        *found.words,
    ]  # fmt: skip
    for name, layer in found.layers.items() if found.documents else ():
        rows = list(_figures(layer))
        if rows:
            lines += ["", tr("{layer}, statistics", layer=name)]
            wide = max(len(label) for label, _ in rows)
            lines += [f"  {label:<{wide}}  {value}" for label, value in rows]
    if found.notes:
        lines += ["", tr("Notes on the data")]
        for note in found.notes:
            where = f"{note.layer}: " if note.layer else ""
            lines.append(f"  {where}{note.seen} {note.why} {note.do}")
    return lines


def _figures(layer: Any) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if not any(layer["marks"].values()):
        return rows
    for name, value in layer.items():
        if isinstance(value, dict) and "mean" in value:
            rows.append((name, _estimate(value)))
        elif isinstance(value, float) or (value is None and name != "pages_alike" and not name.endswith("interval")):
            interval = layer.get(f"{name}_interval")
            rows.append((name, _number(value) + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")))
        elif name == "semeval":
            rows += [(f"semeval {kind}", _number(each)) for kind, each in value.items()]
    for label, each in layer.get("by_label", {}).items():
        rows.append((f"exact_f1 {label}", f"{_estimate(each)}  n={each['n']}"))
    rows += _pair_figures(layer.get("pairs", []))
    return rows


def _pair_figures(pairs: Sequence[Any]) -> list[tuple[str, str]]:
    """Every pair of annotators, or the lowest and the highest where they are too many to read."""
    rows = []
    for pair in pairs:
        measure = "exact_f1" if "exact_f1" in pair else "boundary_f1"
        pages = trn("{n} page", "{n} pages", pair["documents"])
        rows.append((f"{measure} {pair['a']} × {pair['b']}", f"{_number(pair[measure])}  {pages}", pair[measure]))
    if len(rows) > _PAIRS:
        rows = sorted((row for row in rows if row[2] is not None), key=lambda row: row[2])
        left = len(pairs) - _PAIRS
        middle = (tr("{n} more pairs: --csv or --json", n=left), "", None)
        rows = [*rows[: _PAIRS // 2], middle, *rows[-(_PAIRS // 2) :]] if len(rows) > _PAIRS else rows
    return [(name, value) for name, value, _ in rows]


def _number(value: float | None) -> str:
    return tr("n/a") if value is None else f"{value:.3f}"


def _estimate(value: Any) -> str:
    interval = value["interval"]
    return _number(value["mean"]) + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def assign(
    corpus: CorpusArgument,
    annotators: Annotated[list[str], typer.Option(metavar="A B ...", help="Who labels the pages.", show_default=False)],
    overlap: Annotated[float, typer.Option(help="Share of the pages that several annotators get.")] = 0.2,
    per_document: Annotated[int, typer.Option(help="How many annotators those pages get; the others get one.")] = 2,
    seed: SeedOption = 0,
    method: Annotated[Method, typer.Option(help="How to choose among those with least to do.")] = Method.RANDOM,
    documents: Annotated[
        list[str] | None,
        typer.Option(metavar="ID ...", help="Give these pages to all who are named, by hand.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give pages to annotators. Pages that were given to somebody before stay as they are.

    Example: annotator assign mynews.corpus --annotators ana ben cai --overlap 0.2 --per-document 2 --seed 0
    """
    from annotator.store.assignments import document_ids, read_assignments, save_assignments

    known = document_ids(corpus)
    before = read_assignments(corpus)
    if documents:
        plan([], annotators, 0.0, 1)
        pairs = [(_one(known, start), name) for start in documents for name in annotators]
    else:
        pairs = plan(known, annotators, overlap, per_document, seed, method, already=before)
    added = save_assignments(corpus, pairs)
    load = Counter(name for _, name in pairs)
    several = sum(n > 1 for n in Counter(document for document, _ in pairs).values())
    if as_json:
        print_json(
            {
                "assignments": [{"document": document, "annotator": name} for document, name in pairs],
                "added": added,
                "documents": len({document for document, _ in pairs}),
                "overlapping": several,
                "by_annotator": {name: load[name] for name in annotators},
                "kept": len(before),
            }
        )
        return
    pages = len({document for document, _ in pairs})
    typer.echo(
        trn("{n} page given away, {several} of them to several annotators.",
            "{n} pages given away, {several} of them to several annotators.", pages, several=several)
    )  # fmt: skip
    for name in annotators:
        typer.echo(trn("  {name}: {n} page", "  {name}: {n} pages", load[name], name=name))
    if before:
        typer.echo(trn("{n} assignment stays as it was.", "{n} assignments stay as they were.", len(before)))


def _one(known: Sequence[str], start: str) -> str:
    found = [id_ for id_ in known if id_.startswith(start)]
    if len(found) != 1:
        raise InputError(
            trn("{n} page has an id that starts with “{start}”; one is needed.",
                "{n} pages have an id that starts with “{start}”; one is needed.", len(found), start=start)
        )  # fmt: skip
    return found[0]


def report(
    corpus: CorpusArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The HTML page to write.", show_default=False)],
    annotators: AnnotatorsOption = None,
    seed: SeedOption = 0,
) -> None:
    """Write one HTML page that can be sent: progress, agreement in words and figures, confusions, notes, methods.

    Example: annotator report mynews.corpus --out report.html
    """
    from annotator.agreement.gold import against_gold
    from annotator.agreement.html_report import About, html_report
    from annotator.app.targets import check_target, write_file
    from annotator.store.corpus import Corpus

    check_target(out)
    with Corpus.open(corpus) as opened:
        found = _report_of(opened, annotators, seed)
        scores = against_gold(opened.records(), opened.schema, annotators or None)
        about = About(opened.name, datetime.now(UTC).date().isoformat(), len(opened))
        page = html_report(found, opened.schema, scores, about)
    write_file(out, page)
    typer.echo(tr("The report is in {path}.", path=out))
