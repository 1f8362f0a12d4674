"""`annotator fit-boundaries` and `annotator score-boundaries`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.core.words import tr

COLUMNS = (
    ("pages", "pages", "{:.0f}"),
    ("precision", "precision", "{:.3f}"),
    ("recall", "recall", "{:.3f}"),
    ("f1", "F1", "{:.3f}"),
    ("f1_macro", "F1 a page", "{:.3f}"),
    ("pk", "Pk", "{:.3f}"),
    ("window_diff", "WinDiff", "{:.3f}"),
    ("wholly_right", "wholly", "{:.3f}"),
    ("block_accuracy", "blocks", "{:.3f}"),
    ("block_macro_f1", "block F1", "{:.3f}"),
    ("cut_accuracy", "cuts", "{:.3f}"),
    ("calibration_error", "ECE", "{:.3f}"),
)


def report_text(report: Any) -> str:
    """A report as lines of plain text: a table by group, intervals, reliability, speed."""
    groups = list(report.figures)
    wide = max(len(name) for name in groups)
    lines = [" ".join([" " * wide, *(f"{title:>9}" for _, title, _ in COLUMNS)])]
    for group in groups:
        values = report.figures[group]
        cells = [form.format(values[key]) if key in values else "-" for key, _, form in COLUMNS]
        lines.append(" ".join([f"{group:<{wide}}", *(f"{cell:>9}" for cell in cells)]))
    lines.append("")
    lines.append(tr("95 % intervals, drawing pages with replacement:"))
    for group, rows in report.intervals.items():
        shown = ", ".join(f"{name} {low:.3f}-{high:.3f}" for name, (low, high) in rows.items())
        lines.append(f"{group:<{wide}} {shown}")
    lines.append("")
    lines.append(tr("Scores of article starts, and how many of them were right:"))
    for row in report.reliability:
        lines.append(
            f"{row['low']:.1f}-{row['low'] + 0.1:.1f}  {row['count']:6.0f}  {row['score']:.3f}  {row['right']:.3f}"
        )
    lines.append("")
    lines.append(tr("{n} pages a minute", n=round(report.pages_a_minute)))
    return "\n".join(lines)


def score_boundaries(
    data: Annotated[Path, typer.Argument(help="Labelled pages, JSONL with text, boundaries and blocks.")],
    model: Annotated[Path | None, typer.Option(help="Model file; the shipped one when left out.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="Score the rule set instead of a model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Propose articles and blocks on labelled pages and say how good the proposals are.

    Example: annotator score-boundaries labelled.jsonl --rules
    """
    from functools import partial

    from annotator.propose import boundaries
    from annotator.propose.boundary_score import load_pages
    from annotator.propose.boundary_score import score_boundaries as score

    pages = load_pages(data)
    segmenter = (
        boundaries.segment_by_rules
        if rules
        else partial(
            boundaries.segment_page, model=boundaries.read_model(model) if model else boundaries.shipped_model()
        )
    )
    report = score(pages, segmenter)
    typer.echo(json.dumps(report.to_json(), indent=2) if as_json else report_text(report))


def fit_boundaries(
    data: Annotated[list[Path], typer.Argument(help="Labelled pages, JSONL files.")],
    out: Annotated[Path, typer.Option(help="Model file to write.")],
    seed: Annotated[int, typer.Option(help="Seed of every draw; the same seed gives the same model.")] = 0,
    made: Annotated[int | None, typer.Option(min=0, help="Pages made from the articles, for each member.")] = None,
    trees: Annotated[int | None, typer.Option(min=1, help="Rounds of boosting of a member.")] = None,
    members: Annotated[
        int | None, typer.Option(min=1, help="Models fitted on pages of their own and averaged.")
    ] = None,
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation over source articles.")] = 5,
    workers: Annotated[int, typer.Option(help="Fits at the same time.")] = max(1, (os.cpu_count() or 1) // 2),
) -> None:
    """Fit the boundary model on labelled pages, measure it on articles it did not see, and write it.

    Example: annotator fit-boundaries labelled.jsonl --out boundaries.npz
    """
    from annotator.app.targets import check_target
    from annotator.propose.boundary_fit import FitSettings
    from annotator.propose.boundary_training import fit_boundaries as fit

    def say(text: str, share: float) -> None:
        typer.echo(f"{100 * share:3.0f} % {text}", err=True)

    check_target(out)
    chosen = {"made": made, "trees": trees, "members": members}
    settings = FitSettings(**{name: number for name, number in chosen.items() if number is not None})
    fitted = fit(data, out, seed, say, settings=settings, folds=folds, workers=workers)
    if fitted.left_out:
        typer.echo(tr("{n} pages are marked as not to be shipped and were left out.", n=fitted.left_out), err=True)
    typer.echo(report_text(fitted.report))
    typer.echo(tr("The model is in {path}.", path=out))


def register(app: typer.Typer) -> None:
    """Put both commands into the command line."""
    app.command("score-boundaries")(score_boundaries)
    app.command("fit-boundaries")(fit_boundaries)
