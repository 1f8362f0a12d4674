"""The command line: `annotator --help`."""

import io
import sys
from collections.abc import Sequence

import typer

from annotator.app.language import speak
from annotator.app.settings import load_settings
from annotator.cli import agreement, boundaries, corpus, exchange, packages, proposals, schema, window
from annotator.core.errors import AnnotatorError

app = typer.Typer(
    name="annotator",
    help="Annotate news pages: article boundaries, blocks and entities. Without a command, the window opens.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)
window.register(app)
for commands in (corpus, exchange, packages, schema, boundaries, proposals, agreement):
    commands.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and end the process: 0 done, 1 the input or the file is wrong, 2 the words of the call are.

    What is wrong with the input is one sentence on standard error, never a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show “ or a file name gets it written out, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    speak(load_settings().language)
    try:
        app(args=None if arguments is None else list(arguments))
    except AnnotatorError as error:
        typer.echo(f"annotator: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        typer.echo(f"annotator: {what}{error.strerror or error}.", err=True)
        sys.exit(1)
    return 0
