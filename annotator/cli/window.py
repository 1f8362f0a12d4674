"""Commands that open the window: without a command, open, demo. Qt is loaded inside them only."""

import os
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.console import progress_bar
from annotator.cli.corpus import CorpusArgument, existing, told_proposed
from annotator.core.errors import InputError
from annotator.core.words import tr


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.callback(invoke_without_command=True)(start)
    app.command()(demo)
    app.command(name="open")(open_)


def start(context: typer.Context) -> None:
    """Annotate news pages: article boundaries, blocks and entities.

    Without a command, the window opens on the corpus used last, or on the welcome page.
    """
    if context.invoked_subcommand is not None:
        return
    _need_window()
    from annotator.ui.application import run_start

    raise typer.Exit(run_start())


def open_(
    corpus: CorpusArgument,
    annotator: Annotated[str, typer.Option(help="Who annotates; the one chosen last otherwise.")] = "",
) -> None:
    """Open the window on a corpus.

    Example: annotator open mynews.corpus
    """
    existing(corpus)
    _need_window()
    from annotator.ui.application import run_window

    raise typer.Exit(run_window(corpus, annotator))


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the corpus and what is exported.")] = Path("out"),
    model: Annotated[str, typer.Option(help="spaCy pipeline for entities.")] = "",
    walk: Annotated[
        bool, typer.Option("--walk", help="Walk through it off-screen, also where there is a display.")
    ] = False,
) -> None:
    """Make the sample corpus, propose marks, and open the window on it.

    Without a display the main job is walked through off-screen and drawn.

    Example: annotator demo --out out
    """
    from annotator.app.display import display_problem

    problem = tr("A walk off-screen was asked for.") if walk else display_problem(os.environ)
    if problem:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _need_libraries()
    path = _sample(out, model)
    if not problem:
        from annotator.ui.application import run_window

        raise typer.Exit(run_window(path))
    typer.echo(tr("{problem} The window is opened off-screen instead.", problem=problem))
    from annotator.ui.walk import walk_through

    for line in walk_through(path, out):
        typer.echo(line)


def _sample(out: Path, model: str) -> Path:
    from annotator.app.sample import make_sample

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(tr("{path}: the folder cannot be made ({error}).", path=out, error=error.strerror)) from None
    path = out / "sample.corpus"
    if path.exists():
        typer.echo(tr("{path} is there already and is used as it is.", path=path))
        return path
    unfinished = out / "sample.corpus.part"
    for leftover in (unfinished, *(Path(f"{unfinished}{end}") for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)
    with progress_bar() as show:
        reports = make_sample(unfinished, model=model or None, progress=show)
    unfinished.rename(path)
    for report in reports:
        typer.echo(told_proposed(report))
    return path


def _need_window() -> None:
    from annotator.app.display import display_problem

    if problem := display_problem(os.environ):
        raise InputError(tr("{problem} `annotator demo --walk` shows the program without one.", problem=problem))
    _need_libraries()


def _need_libraries() -> None:
    from annotator.app.display import library_problem, platforms_for

    if problem := library_problem(platforms_for(os.environ)):
        raise InputError(problem)
