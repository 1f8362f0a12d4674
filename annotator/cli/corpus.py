"""Commands on a corpus file: new, propose, info, check, keys."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli.console import print_json, progress_bar
from annotator.core.errors import CorpusError
from annotator.core.words import tr, trn

if TYPE_CHECKING:
    from annotator.app.proposing import ProposeReport

CorpusArgument = Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus file.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (new, propose, info, check, keys):
        app.command()(command)


def new(
    corpus: CorpusArgument,
    schema: Annotated[str, typer.Option(help="news, conll, or a TOML file.")] = "news",
    name: Annotated[str, typer.Option(help="What the corpus is called; its file name otherwise.")] = "",
) -> None:
    """Make an empty corpus.

    Example: annotator new mynews.corpus --schema news --name "My news"
    """
    from annotator.app.settings import find_schema
    from annotator.store.corpus import Corpus

    with Corpus.create(corpus, find_schema(schema), name) as made:
        layers = ", ".join(f"{layer.name} ({len(layer.labels)})" for layer in made.schema.layers)
        typer.echo(tr("Made {path} with the layers {layers}.", path=corpus, layers=layers))


def propose(
    corpus: CorpusArgument,
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Only this layer; may be repeated.")] = None,
    model: Annotated[str, typer.Option(help="spaCy pipeline for entities: a package or a folder.")] = "",
    boundary_model: Annotated[
        Path | None, typer.Option(help="Boundary model; the shipped one otherwise.", show_default=False)
    ] = None,
    gazetteer: Annotated[Path | None, typer.Option(help="File of strings and labels.", show_default=False)] = None,
    expressions: Annotated[
        Path | None, typer.Option(help="TOML file of regular expressions.", show_default=False)
    ] = None,
    hugging_face: Annotated[
        Path | None, typer.Option(help="Folder of a Hugging Face token-classification model.", show_default=False)
    ] = None,
    gliner: Annotated[Path | None, typer.Option(help="Folder of a GLiNER model.", show_default=False)] = None,
    address: Annotated[
        str, typer.Option(help="Address of a program that proposes over HTTP: texts are sent there.")
    ] = "",
    address_name: Annotated[str, typer.Option(help="What its proposals name as their proposer.")] = "http",
    force: Annotated[bool, typer.Option("--force", help="Propose anew for documents seen before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Propose boundaries, blocks and entities. A stopped run goes on where it was; decided marks are never touched.

    Example: annotator propose mynews.corpus --layer entities
    """
    from annotator.app.learning import proposers_for
    from annotator.app.proposing import propose as run
    from annotator.propose.table import ProposerSettings
    from annotator.store.corpus import Corpus

    settings = ProposerSettings(
        model=model or None,
        boundary_model=boundary_model,
        gazetteer=gazetteer,
        expressions=expressions,
        address=address or None,
        address_name=address_name,
        hugging_face=hugging_face,
        gliner=gliner,
    )
    with Corpus.open(corpus) as opened, progress_bar() as show:
        proposers = proposers_for(opened, layer, settings)
        reports = run(opened, proposers, force=force, progress=show)
    if as_json:
        print_json([asdict(report) for report in reports])
        return
    for report in reports:
        typer.echo(told_proposed(report))


def told_proposed(report: "ProposeReport") -> str:
    """What came of one proposer, in a line."""
    documents = trn("{n} document", "{n} documents", report.documents)
    marks = trn("{n} mark proposed", "{n} marks proposed", report.marks)
    return f"{report.proposer}: {documents}, {marks}"


def info(corpus: CorpusArgument, as_json: JsonOption = False) -> None:
    """Count what a corpus holds: documents, by status, by annotator, marks by layer and label.

    Example: annotator info mynews.corpus --json
    """
    from annotator.store.corpus import Corpus
    from annotator.store.counts import count_corpus

    with Corpus.open(corpus) as opened:
        counts = count_corpus(opened)
    if as_json:
        print_json(counts.to_json())
        return
    typer.echo(tr("{name} ({path})", name=counts.name, path=corpus))
    typer.echo(tr("schema {name}, version {v}; file version {f}", name=counts.schema, v=counts.schema_version,
                  f=counts.file_version))  # fmt: skip
    parts = (
        trn("{n} document", "{n} documents", counts.documents),
        trn("{n} character", "{n} characters", counts.characters),
        trn("{n} edit", "{n} edits", counts.edits),
    )
    typer.echo(", ".join(parts))
    for who, statuses in counts.statuses.items():
        typer.echo(f"{who}: " + ", ".join(f"{n} {status}" for status, n in sorted(statuses.items())))
    if counts.unopened:
        typer.echo(trn("{n} document was opened by nobody", "{n} documents were opened by nobody", counts.unopened))
    if counts.unassigned < counts.documents:
        typer.echo(trn("{n} document is given to nobody", "{n} documents are given to nobody", counts.unassigned))
    for title, table in ((tr("marks of {name}"), counts.marks), (tr("proposed by {name}"), counts.proposals)):
        for who, layers in table.items():
            typer.echo(title.format(name=who))
            for layer, labels in layers.items():
                typer.echo(f"  {layer}: " + ", ".join(f"{label} {n}" for label, n in labels.items()))


def check(corpus: CorpusArgument, as_json: JsonOption = False) -> None:
    """Check that a corpus file is sound: SQLite's own checks, offsets, and the edit log against the current marks.

    Example: annotator check mynews.corpus
    """
    from annotator.store.check import check_corpus
    from annotator.store.corpus import Corpus

    with Corpus.open(corpus) as opened, progress_bar() as show:
        total = len(opened)
        problems = check_corpus(opened, lambda done: show(tr("checking"), done, total))
    if as_json:
        print_json({"documents": total, "problems": problems})
    else:
        for problem in problems:
            typer.echo(problem)
        if not problems:
            typer.echo(trn("{n} document checked; nothing is off.", "{n} documents checked; nothing is off.", total))
    if problems:
        raise typer.Exit(1)


def keys(
    corpus: Annotated[
        Path | None, typer.Argument(metavar="[CORPUS]", help="Its schema gives the label keys.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the key sheet: what every key does, as the window shows it.

    Example: annotator keys mynews.corpus
    """
    from annotator.app.commands import key_sheet
    from annotator.app.settings import find_schema, load_settings
    from annotator.store.corpus import Corpus

    if corpus is None:
        schema = find_schema("news")
    else:
        with Corpus.open(corpus) as opened:
            schema = opened.schema
    sheet = key_sheet(schema, load_settings().keys)
    if as_json:
        print_json({title: [{"key": key, "does": what} for key, what in rows] for title, rows in sheet})
        return
    for title, rows in sheet:
        typer.echo(title)
        for key, what in rows:
            typer.echo(f"  {key:<22}{what}")


def existing(path: Path) -> Path:
    """The path of a corpus that is there.

    Raises:
        CorpusError: There is none.
    """
    if not path.is_file():
        raise CorpusError(tr("There is no corpus at {path}; `annotator new` makes one.", path=path))
    return path
