"""Commands for work at another computer: split hands pages out as files, merge brings the work back."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.agreement import ManyValues
from annotator.cli.console import print_json, progress_bar
from annotator.cli.corpus import CorpusArgument, JsonOption
from annotator.cli.exchange import stoppable
from annotator.core.words import tr


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(name="split", cls=ManyValues)(split)
    app.command(name="merge")(merge)


def split(
    corpus: CorpusArgument,
    out: Annotated[Path, typer.Option("--out", help="File for one annotator, or folder.", show_default=False)],
    annotator: Annotated[
        list[str] | None, typer.Option("--annotator", help="Who gets pages; may be repeated.", show_default=False)
    ] = None,
    annotators: Annotated[
        list[str] | None,
        typer.Option("--annotators", metavar="A B ...", help="Several who get pages.", show_default=False),
    ] = None,
    where: Annotated[
        str, typer.Option(metavar="EXPR", help="Pages that conditions choose, such as 'status=todo date>=2024'.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="All pages, not only those assigned.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hand pages out: a corpus file for each annotator with their pages and own work, and nothing of anyone else's.

    Example: annotator split mynews.corpus --annotators ana ben --out handout
    """
    from annotator.app.packaging import hand_out, plan_handouts, told_package
    from annotator.store.corpus import Corpus

    if where and every:
        raise typer.BadParameter(tr("{one} and {other} exclude each other.", one="--where", other="--all"))
    names = [*(annotator or []), *(annotators or [])]
    if not names:
        raise typer.BadParameter(tr("Name who gets pages: --annotator NAME, or --annotators A B."))
    stopped = tr("Stopped; files that were finished stay.")
    with Corpus.open(corpus) as opened, stoppable(stopped), progress_bar() as show:
        plan = plan_handouts(opened, names, out, where=where, every=every)
        made = hand_out(opened, plan, lambda done, total: show(tr("writing"), done, total))
    if as_json:
        print_json([{**asdict(package), "path": str(package.path)} for package in made])
        return
    for package in made:
        typer.echo(told_package(package))


def merge(
    corpus: CorpusArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of split.", show_default=False)],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="Where the schema changed: marks of OLD get NEW, or are left out where NEW is empty; may be repeated.",
        ),
    ] = None,
    take: Annotated[
        bool, typer.Option("--take", help="Where the annotator worked here too, take the file's work instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring work back from files that split made. What was merged before is not merged again.

    Example: annotator merge mynews.corpus handout/mynews-ana.corpus handout/mynews-ben.corpus
    """
    from annotator.app.label_moves import moves_of
    from annotator.app.packaging import is_whole, merge_package, package_schema, told_kept, told_left, told_merge
    from annotator.store.corpus import Corpus

    reports = []
    stopped = tr("Stopped; files that were merged before stay merged, and nothing of the others is.")
    with Corpus.open(corpus) as opened, stoppable(stopped), progress_bar() as show:
        for file in files:
            moves = moves_of(map_, "--map", package_schema(file)) if map_ else {}
            report = merge_package(opened, file, moves, take=take, progress=partial(show, file.name))
            reports.append(report)
            if not as_json:
                for line in told_merge(report):
                    typer.echo(line)
                for line in filter(None, (*told_left(report), told_kept(report))):
                    typer.echo(line, err=True)
    if as_json:
        print_json([_as_json(asdict(report)) for report in reports])
    if not all(map(is_whole, reports)):
        raise typer.Exit(1)


def _as_json(report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "path": str(report["path"])}
