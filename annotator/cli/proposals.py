"""`annotator score-entities` and `annotator train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli.console import print_json, progress_bar
from annotator.core.words import tr
from annotator.propose.learned_models import Learns

if TYPE_CHECKING:
    from annotator.propose.entity_report import EntityReport, Figures


def register(app: typer.Typer) -> None:
    """Put the commands into the command line."""
    app.command("score-entities")(score_entities)
    app.command("train")(train)


def score_entities(
    data: Annotated[Path, typer.Argument(help="Labelled texts, JSONL with text and spans (start, end, label).")],
    model: Annotated[str, typer.Option(help="spaCy pipeline, by name or folder.")] = "",
    articles: Annotated[
        bool | None,
        typer.Option("--articles/--no-articles", help="Keep “the” in names; as the data has it when left out."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Only so many texts; 0 for all.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Propose entities on labelled texts and say how good the proposals are, beside the bare pipeline.

    Labels of the pipeline that the data does not have are folded into those it has (GPE into LOC) or dropped.

    Example: annotator score-entities labelled.jsonl --model en_core_web_sm
    """
    from annotator.propose.entity_report import load_labelled
    from annotator.propose.entity_report import score_entities as score
    from annotator.propose.pipelines import DEFAULT_MODEL

    texts = load_labelled(data)
    with progress_bar() as show:
        report = score(
            texts[:limit] if limit else texts,
            model=model or DEFAULT_MODEL,
            articles=articles,
            progress=lambda done, total: show(tr("texts"), done, total),
        )
    if as_json:
        print_json(report.to_json())
    else:
        typer.echo("\n".join(_report_lines(report)))


def train(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus file.", show_default=False)],
    only: Annotated[Learns | None, typer.Option(help="Only this; both when left out.")] = None,
    model: Annotated[str, typer.Option(help="spaCy pipeline to train on; the default one when left out.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of folds, training and intervals.")] = 0,
    back: Annotated[bool, typer.Option("--back", help="Go back to the model before the one learned last.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Learn boundaries and entities from the finished pages of a corpus; keep what held-out pages say is better.

    Example: annotator train mynews.corpus
    """
    from dataclasses import asdict

    from annotator.app.learning import go_back, learns_title, told_attempt, train_corpus
    from annotator.core.errors import CorpusError
    from annotator.store.corpus import Corpus

    if back:
        if not corpus.is_file():
            raise CorpusError(tr("There is no corpus at {path}.", path=corpus))
        what, path = go_back(corpus, only)
        if as_json:
            print_json({"what": what, "in_use": str(path) if path else None})
        else:
            shown = path.name if path else tr("the one that comes with the program")
            text = "In use again for {what}: {model}. Propose anew with `annotator propose`."
            typer.echo(tr(text, what=learns_title(what), model=shown))
        return
    with Corpus.open(corpus) as opened, progress_bar() as show:
        report = train_corpus(
            opened,
            what=[only] if only else list(Learns),
            model=model or None,
            seed=seed,
            progress=lambda what, share: show(what, round(1000 * share), 1000),
        )
    if as_json:
        print_json(asdict(report))
        return
    for attempt in report.attempts:
        typer.echo(told_attempt(attempt))
        if attempt.kept:
            typer.echo(tr("Kept and in use: {model}. `annotator train --back` goes back.", model=attempt.path))
        else:
            typer.echo(tr("Not kept: it is not surely better. What was in use stays."))
    if report.learned and report.learned.crossing:
        text = "{n} spans lie across the pipeline's tokens and could not be learned from."
        typer.echo(tr(text, n=report.learned.crossing))
    for sentence in report.missing:
        typer.echo(sentence)
    text = "{n} pages that nobody had opened were proposed anew: {marks} marks."
    typer.echo(tr(text, n=report.proposed, marks=report.marks))


def _report_lines(report: EntityReport) -> list[str]:
    def row(name: str, ours: Figures, bare: Figures) -> str:
        return (
            f"{name:<16}{ours.gold:>8}{ours.proposed:>10}{ours.precision:>10.3f}{ours.recall:>10.3f}{ours.f1:>10.3f}"
            f"{bare.f1:>12.3f}"
        )

    heads = (tr("gold"), tr("proposed"), tr("precision"), tr("recall"), tr("F1"), tr("bare F1"))
    widths = (8, 10, 10, 10, 10, 12)
    lines = [f"{tr('label'):<16}" + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))]
    lines += [row(label, figures, report.bare_by_label[label]) for label, figures in report.by_label.items()]
    lines.append(row(tr("all"), report.total, report.bare))
    gain, low, high = report.gain
    lines += [
        "",
        tr(
            "F1 {f1:.3f} (95 % interval {low:.3f} to {high:.3f}), {gain:+.3f} over the bare pipeline ({least:+.3f} to "
            "{most:+.3f})",
            f1=report.total.f1,
            low=report.interval[0],
            high=report.interval[1],
            gain=gain,
            least=low,
            most=high,
        ),
        tr(
            "{ours:,.0f} words a second, {bare:,.0f} by the bare pipeline: {share:.0%}, by processor time "
            "{processor:.0%}",
            ours=report.words_a_second,
            bare=report.bare_words_a_second,
            share=report.words_a_second / report.bare_words_a_second,
            processor=report.processor_speed,
        ),
    ]
    if report.calibration_error is not None:
        lines.append(tr("calibration error of the scores {error:.3f}", error=report.calibration_error))
    lines.append(
        tr("articles in names: kept") if report.articles else tr("articles in names: left out (“the United Nations”)")
    )
    if report.folded:
        pairs = ", ".join(f"{old} → {new}" for old, new in report.folded.items())
        lines.append(tr("folded labels: {pairs}", pairs=pairs))
    if report.dropped:
        lines.append(tr("labels that the data does not have: {labels}", labels=", ".join(report.dropped)))
    lines.append(
        tr(
            "{texts} texts, {words:,} words, {pipeline}",
            texts=report.texts,
            words=report.words,
            pipeline=report.pipeline,
        )
    )
    return lines
