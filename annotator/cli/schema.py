"""Commands on the schema of a corpus: schema show, schema set."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from annotator.app.label_moves import move_of
from annotator.cli.console import print_json, progress_bar
from annotator.core.errors import InputError, SchemaError
from annotator.core.schema import Schema
from annotator.core.words import tr

CorpusArgument = Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus file.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    schema = typer.Typer(help="Show and change the schema of a corpus.", no_args_is_help=True)
    schema.command(name="show")(show)
    schema.command(name="set")(set_)
    app.add_typer(schema, name="schema")


def show(
    corpus: CorpusArgument,
    toml: Annotated[bool, typer.Option("--toml", help="As TOML, to change it and set it again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show layers and labels, with how many marks of which annotators use each.

    Example: annotator schema show mynews.corpus --toml > mynews.toml
    """
    from annotator.core.schema import schema_to_json
    from annotator.core.schema_toml import schema_to_toml
    from annotator.store.corpus import Corpus
    from annotator.store.schema_changes import LabelUse, describe_use, label_uses

    with Corpus.open(corpus) as opened:
        schema = opened.schema
        uses = {} if toml else label_uses(opened)
    if toml:
        typer.echo(schema_to_toml(schema), nl=False)
    elif as_json:
        use = [{"layer": layer, "label": label, **asdict(of)} for (layer, label), of in sorted(uses.items())]
        print_json({"schema": schema_to_json(schema), "use": use})
    else:
        typer.echo(tr("{title} ({name}, version {v})", title=schema.title or schema.name, name=schema.name,
                      v=schema.version))  # fmt: skip
        for layer in schema.layers:
            more = tr(", may overlap") if layer.overlap else ""
            typer.echo(f"{layer.name} ({layer.kind.value}{more})")
            for label in layer.labels:
                words = describe_use(uses.get((layer.name, label.name), LabelUse())) or "–"
                typer.echo(f"  {label.key.upper() or '·'} {label.short:<7}{label.name:<16}{label.colour}  {words}")


def set_(
    corpus: CorpusArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A schema in TOML or JSON.", show_default=False)],
    rename: Annotated[
        list[str] | None,
        typer.Option("--rename", metavar="OLD=NEW", help="The marks of OLD get NEW; may be repeated."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            "--remove",
            metavar="LABEL=TO",
            help="The marks of LABEL get TO, or are removed where TO is empty; may be repeated.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the schema of a file in the place of the corpus's own. Marks must not be left with labels it lacks.

    Where two layers have a label of the same name, write it as LAYER/LABEL.

    Example: annotator schema set mynews.corpus mynews.toml --rename PERSON=PER --remove MISC=
    """
    from annotator.app.commands import key_conflicts
    from annotator.app.schema_changes import (
        SchemaDraft,
        apply_change,
        describe_change,
        describe_report,
        read_schema_file,
    )
    from annotator.app.settings import load_settings
    from annotator.store.corpus import Corpus
    from annotator.store.schema_changes import left_over

    new = read_schema_file(file)
    keys = load_settings().keys
    known = set(key_conflicts(Schema(new.name, 1, ()), keys))
    if problems := [problem for problem in key_conflicts(new, keys) if problem not in known]:
        raise SchemaError(f"{file}: " + " ".join(problems))
    with Corpus.open(corpus) as opened:
        draft = SchemaDraft(opened, keys)
        moves = {}
        for pair, option in [*((pair, "--rename") for pair in rename or ()), *((p, "--remove") for p in remove or ())]:
            layer, label, to = move_of(pair, option, draft.schema)
            if to and new.find(layer, to) is None:
                raise InputError(
                    tr("{option} {pair}: “{layer}” of {file} has no label “{label}”.",
                       option=option, pair=pair, layer=layer, file=file, label=to)
                )  # fmt: skip
            moves[layer, label] = to
        draft.replace(new, moves)
        if refusal := left_over(opened, new, moves):
            hint = tr("(--rename OLD=NEW, --remove LABEL=TO or --remove LABEL= say so.)")
            raise SchemaError(f"{file}: {refusal} {hint}")
    change = draft.change.finish(new.version)
    told = [] if draft.change.changes_nothing else describe_change(change, draft.uses)
    if told and not dry_run:
        with progress_bar() as bar:
            report = apply_change(corpus, change, lambda done, total: bar(tr("relabelling"), done, total))
        counts, after = asdict(report), describe_report(report)
    else:
        counts, after = {}, []
    if as_json:
        version = change.after.version if counts else change.before.version
        print_json({"version": version, "changes": told, "done": bool(counts), **counts})
        return
    for sentence in [*told, *after] or [tr("The schema is this one already; nothing was changed.")]:
        typer.echo(sentence)
    if told and dry_run:
        typer.echo(tr("Nothing was changed yet: this was a dry run."))
    elif told:
        typer.echo(tr("The schema of {path} is version {v} now.", path=corpus, v=change.after.version))
