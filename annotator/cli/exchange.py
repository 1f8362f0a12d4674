"""Commands that bring documents in and write them out: import, export, formats."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotator.cli.console import print_json, progress_bar
from annotator.cli.corpus import CorpusArgument, JsonOption
from annotator.core.errors import Cancelled, InputError
from annotator.core.words import tr

if TYPE_CHECKING:
    from annotator.app.transfer import ExportOutcome, Imported, SplitOptions, Whose


class As(StrEnum):
    """What the marks of files become."""

    DOCUMENTS = "documents"
    PROPOSALS = "proposals"
    ANNOTATIONS = "annotations"
    GOLD = "gold"


class Html(StrEnum):
    """How much of a web page is text."""

    BLOCKS = "blocks"
    MAIN = "main"


class Per(StrEnum):
    """What a document of an export is."""

    PAGE = "page"
    ARTICLE = "article"


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (import_, export, formats):
        app.command(name=command.__name__.rstrip("_"))(command)


# import


def import_(
    corpus: CorpusArgument,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.", show_default=False),
    ],
    format_: Annotated[str, typer.Option("--format", help="Format; recognised from the content otherwise.")] = "",
    as_: Annotated[
        As | None,
        typer.Option("--as", help="What marks become; what the files say they are otherwise.", show_default=False),
    ] = None,
    annotator: Annotated[
        str, typer.Option(help="Whose the marks become: the annotator's, or with --as proposals the proposer's.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first bad record; import nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File that gets the bad records.", show_default=False)
    ] = None,
    text_field: Annotated[str, typer.Option(help="Field or column that holds the text.")] = "text",
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAME=COLUMN,...", help="Columns that hold title, source and published.", show_default=False
        ),
    ] = "",
    layer: Annotated[str, typer.Option(help="Layer into which spans go; found by the label otherwise.")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="Plain text: a document a line, not a file.")] = False,
    utf16: Annotated[bool, typer.Option("--utf16", help="Offsets of Label Studio count UTF-16 units.")] = False,
    html: Annotated[Html, typer.Option(help="HTML pages: all blocks of text, or the main text alone.")] = Html.BLOCKS,
    as_json: JsonOption = False,
) -> None:
    """Bring texts, web pages, tables or annotated files into a corpus. What is there already is skipped and counted.

    Example: annotator import mynews.corpus pages/ more.jsonl --text-field body
    """
    from annotator.app.transfer import ImportOptions, Role, import_paths, parse_columns
    from annotator.app.transfer_told import told_bad, told_import
    from annotator.store.corpus import Corpus

    if annotator and as_ in {As.DOCUMENTS, As.GOLD}:
        raise typer.BadParameter(tr("--as {role} and --annotator exclude each other.", role=as_))
    try:
        mapping = parse_columns(columns)
    except InputError as error:
        raise typer.BadParameter(str(error)) from None
    stopped = tr("Stopped; nothing was imported.")
    with Corpus.open(corpus) as opened, stoppable(stopped), progress_bar() as show:
        options = ImportOptions(
            opened.schema,
            text_field=text_field,
            columns=mapping,
            layer=layer_of(layer, list(opened.schema.by_name)),
            lines=lines,
            utf16=utf16,
            html=html.value,
        )
        result = import_paths(
            opened,
            paths,
            format_name=format_ or None,
            role=Role(as_.value) if as_ else Role.AS_WRITTEN,
            name=annotator,
            strict=strict,
            rejects=rejects,
            options=options,
            stdin=sys.stdin.buffer if "-" in paths else None,
            progress=lambda done: show(tr("reading"), done, None),
        )
    if as_json:
        print_json(_imported_json(result))
    else:
        for line in told_import(result):
            typer.echo(line)
    for line in told_bad(result, rejects):
        typer.echo(line, err=True)
    if result.read.bad_count:
        raise typer.Exit(1)


def layer_of(name: str, known: list[str]) -> str:
    """A layer of the schema, or an empty name.

    Raises:
        BadParameter: The schema has none of that name.
    """
    if name and name not in known:
        raise typer.BadParameter(
            tr("There is no layer “{name}”; there are {names}.", name=name, names=", ".join(known))
        )
    return name


@contextmanager
def stoppable(sentence: str) -> Iterator[None]:
    """Ends the command with that sentence when the user presses Ctrl+C."""
    try:
        yield
    except KeyboardInterrupt:
        raise Cancelled(sentence) from None


def _imported_json(result: "Imported") -> dict[str, Any]:
    read = result.read
    return {
        **asdict(result.added),
        "bad": read.bad_count,
        "bad_records": [{"where": bad.where, "reason": bad.reason} for bad in read.bad],
        "skipped": dict(read.skipped),
        "formats": dict(read.formats),
        "encodings": dict(read.encodings),
        "losses": dict(read.losses.by_reason),
        "lost": [asdict(loss) for loss in read.losses.listed],
    }


# export


def export(
    corpus: CorpusArgument,
    to: Annotated[str, typer.Option("--to", help="Format; annotator formats lists them.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="File or folder to write.", show_default=False)],
    everything: Annotated[bool, typer.Option("--all", help="Everybody's work, and the proposals.")] = False,
    gold: Annotated[bool, typer.Option("--gold", help="Only finished gold.")] = False,
    best: Annotated[
        bool, typer.Option("--best", help="Gold, else the one finished annotation of a page, else nothing.")
    ] = False,
    annotator: Annotated[str, typer.Option(help="Only this annotator's work.")] = "",
    proposer: Annotated[
        str, typer.Option(help="This proposer's proposals, as if they were right; annotator info names them.")
    ] = "",
    per: Annotated[Per, typer.Option(help="Documents are pages, or their articles.")] = Per.PAGE,
    split: Annotated[
        str, typer.Option(metavar="80/10/10", help="Shares of train, dev and test, or of train and test.")
    ] = "",
    folds: Annotated[int | None, typer.Option(help="Divide into so many folds.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(help="Decides which side a page falls on.")] = 0,
    by_source: Annotated[bool, typer.Option("--by-source", help="Keep pages of a source on one side.")] = False,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="splits.json of an earlier export to keep.", show_default=False),
    ] = None,
    where: Annotated[
        str, typer.Option(metavar="EXPR", help="Conditions, such as 'status=done label=PERSON date>=2024'.")
    ] = "",
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Only this layer; may be repeated.")] = None,
    utf16: Annotated[bool, typer.Option("--utf16", help="Label Studio: count UTF-16 units.")] = False,
    columns: Annotated[int, typer.Option(help="CoNLL: columns, 2 or 4.")] = 4,
    lang: Annotated[str, typer.Option(help="spaCy: language whose rules cut the tokens.")] = "en",
    licence: Annotated[
        str, typer.Option(help="Card: licence of the annotations, such as cc-by-4.0.", show_default=False)
    ] = "",
    source_licence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SOURCE=LICENCE",
            help="Card: licence of pages from a source that state none; may be repeated.",
            show_default=False,
        ),
    ] = None,
    about: Annotated[str, typer.Option(metavar="TEXT", help="Card: what the data is.", show_default=False)] = "",
    as_json: JsonOption = False,
) -> None:
    """Write the corpus in a format. Our JSONL holds everything, training formats the best annotation of each page.

    Example: annotator export mynews.corpus --to huggingface --out news --per article --split 80/10/10
    """
    from annotator.app.transfer import CardFacts, ExportOptions, ExportRequest, choose_what, export_corpus
    from annotator.app.transfer_told import told_export
    from annotator.store.corpus import Corpus

    whose = _whose(everything=everything, gold=gold, best=best, annotator=annotator, proposer=proposer)
    sides = _sides(split, folds, seed, by_source=by_source, keep=keep)
    if everything and per is Per.ARTICLE:
        raise typer.BadParameter(tr("--all and --per article exclude each other."))
    if columns not in {2, 4}:
        raise typer.BadParameter(tr("--columns is 2 or 4."))
    stopped = tr("Stopped; what stood there before was kept.")
    with Corpus.open(corpus) as opened, stoppable(stopped), progress_bar() as show:
        known = list(opened.schema.by_name)
        layers = frozenset(layer_of(name, known) for name in layer) if layer else None
        options = ExportOptions(layers=layers, utf16=utf16, columns=columns, language=lang)
        card = CardFacts(description=about, licence=licence, licences=licences_of(source_licence or []))
        request = ExportRequest(
            to, out, per_article=per is Per.ARTICLE, split=sides, keep=keep, options=options, about=card
        )
        request = choose_what(opened, request, whose, annotator or proposer, where)
        outcome = export_corpus(opened, request, lambda done, total: show(tr("writing"), done, total))
    if as_json:
        print_json(_exported_json(outcome))
    else:
        for line in told_export(outcome, out):
            typer.echo(line)


def licences_of(given: list[str]) -> dict[str, str]:
    """The licences that `example.org=CC BY 4.0` and the like give.

    Raises:
        BadParameter: One has no equals sign, or nothing on a side of it.
    """
    found = {}
    for text in given:
        source, _, licence = (part.strip() for part in text.partition("="))
        if not source or not licence:
            raise typer.BadParameter(
                tr("--source-licence looks like {wanted}; “{part}” is none.", wanted="SOURCE=LICENCE", part=text)
            )
        found[source] = licence
    return found


def _whose(*, everything: bool, gold: bool, best: bool, annotator: str, proposer: str) -> "Whose | None":
    """Whose work is asked for; None for what fits the format.

    Raises:
        BadParameter: More than one is asked for.
    """
    from annotator.app.transfer import Whose

    asked = {
        "--all": (everything, Whose.ALL),
        "--gold": (gold, Whose.GOLD),
        "--best": (best, Whose.BEST),
        "--annotator": (bool(annotator), Whose.ANNOTATOR),
        "--proposer": (bool(proposer), Whose.PROPOSALS),
    }
    given = [(name, whose) for name, (is_asked, whose) in asked.items() if is_asked]
    if len(given) > 1:
        first, second = given[0][0], given[1][0]
        raise typer.BadParameter(tr("{one} and {other} exclude each other.", one=first, other=second))
    return given[0][1] if given else None


def _sides(split: str, folds: int | None, seed: int, *, by_source: bool, keep: Path | None) -> "SplitOptions | None":
    """How to divide; None when nothing is to be divided.

    Raises:
        BadParameter: The options do not go together.
        InputError: The shares or the number of folds make no sense.
    """
    from annotator.app.transfer import fold_options, parse_split

    if split and folds is not None:
        raise typer.BadParameter(tr("{one} and {other} exclude each other.", one="--split", other="--folds"))
    if split:
        return parse_split(split, seed, by_source=by_source)
    if folds is not None:
        return fold_options(folds, seed, by_source=by_source)
    if keep is not None or by_source:
        name = "--keep" if keep is not None else "--by-source"
        raise typer.BadParameter(tr("{name} goes with --split or --folds.", name=name))
    return None


def _exported_json(outcome: "ExportOutcome") -> dict[str, Any]:
    written, plan = outcome.written, outcome.plan
    report: dict[str, Any] = {
        "documents": written.documents,
        "marks": written.marks,
        "files": [str(path) for path in written.files],
        "chosen": dict(outcome.selected.chosen),
        "stayed": dict(outcome.selected.left_out),
        "not_written": dict(written.left_out),
        "losses": dict(written.losses.by_reason),
        "lost": [asdict(loss) for loss in written.losses.listed],
        "passed_over": dict(written.passed_over.by_reason),
        "passed_over_listed": [asdict(loss) for loss in written.passed_over.listed],
        "notes": written.notes,
    }
    if plan is not None:
        report["split"] = {
            "seed": plan.options.seed,
            "documents": {name: plan.documents[name] for name, _ in plan.options.sides},
            "labels": {name: dict(sorted(plan.labels.get(name, {}).items())) for name, _ in plan.options.sides},
            "groups": plan.groups,
            "moves": [{"documents": m.documents, "from": m.side, "to": m.to, "why": m.why} for m in plan.moves],
        }
    return report


# formats


def formats(as_json: JsonOption = False) -> None:
    """List the formats: which go in, which go out, what each can and cannot hold.

    Example: annotator formats --json
    """
    from annotator.app.transfer import FORMATS

    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "title": tr(row.title),
                    "in": row.read is not None,
                    "out": row.write is not None,
                    "writes": None if row.write is None else "folder" if row.folder else row.suffix,
                    "training": row.write is not None and row.training,
                    "holds": tr(row.holds),
                    "does_not_hold": tr(row.loses) if row.loses else "",
                }
                for row in FORMATS
            ]
        )
        return
    for row in FORMATS:
        ways = tr("in and out") if row.read and row.write else tr("in only") if row.read else tr("out only")
        typer.echo(f"{row.name:<13} {tr(row.title)} ({ways})")
        typer.echo(f"  {tr('holds')}: {tr(row.holds)}")
        if row.loses:
            typer.echo(f"  {tr('does not hold')}: {tr(row.loses)}")
