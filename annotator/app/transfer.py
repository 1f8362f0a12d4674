"""Documents into a corpus and records out of it, with a report of what was kept, left out and lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from annotator.app.card_facts import with_corpus_facts
from annotator.app.targets import check_target
from annotator.core.annotation import Choice, choice_title
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr, trn
from annotator.exchange import export
from annotator.exchange.card import CardFacts
from annotator.exchange.conditions import parse_columns, parse_where
from annotator.exchange.export import ExportOutcome, ExportRequest, usual_selection
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions, ImportReport
from annotator.exchange.formats import FORMATS, find_format
from annotator.exchange.rejects import only_good
from annotator.exchange.roles import Role, in_role
from annotator.exchange.selection import Selection, Whose
from annotator.exchange.sources import read_documents
from annotator.exchange.splits import SplitOptions, fold_options, parse_split
from annotator.store.corpus import Corpus
from annotator.store.counts import proposers_in
from annotator.store.transfer import AddReport


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    added: AddReport
    read: ImportReport


def import_paths(
    corpus: Corpus,
    paths: Sequence[str | Path],
    *,
    text_field: str = "text",
    format_name: str | None = None,
    role: Role = Role.AS_WRITTEN,
    name: str = "",
    strict: bool = False,
    rejects: Path | None = None,
    options: ImportOptions | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Bring files, folders or standard input into a corpus, in one transaction.

    Args:
        corpus: The corpus.
        paths: Files, folders, or `-` for standard input.
        text_field: The field of JSON lines that holds the text.
        format_name: Name of the format; None to recognise it.
        role: What the marks of the files become.
        name: The annotator, or with `Role.PROPOSALS` the proposer, whose they become; empty for the names of the files.
        strict: Stop at the first record that cannot be read, with nothing imported.
        rejects: A file that gets the records that cannot be read; written only when there are some.
        options: All that a reader may be told, in place of `text_field`.
        stdin: What `-` stands for.
        progress: Called with the number of records read; may raise `Cancelled`, which imports nothing.

    Raises:
        InputError: A path or format cannot be read at all, or, with `strict`, a record cannot be.
        CorpusError: The file cannot be written.
    """
    if rejects is not None:
        check_target(rejects)
        if any(_same_file(rejects, Path(path)) for path in paths if path != "-"):
            raise InputError(tr("“{path}” is to be imported; name another file for the rejects.", path=rejects))
    options = options or ImportOptions(corpus.schema, text_field=text_field)
    options = replace(options, apart=_files_of(corpus))
    found = read_documents(paths, schema=corpus.schema, format=format_name, stdin=stdin, options=options)
    good = only_good(in_role(found, role, options, name), rejects=rejects, strict=strict)
    return Imported(corpus.add_records(good, progress), options.report)


def export_corpus(
    corpus: Corpus, request: ExportRequest, progress: Callable[[int, int], None] | None = None
) -> ExportOutcome:
    """Write a corpus as asked for, beside and renamed, so that a crash leaves no half file.

    Args:
        corpus: The corpus.
        request: Format, place and choice.
        progress: Called with the pages read and the pages to read in all; a divided export and a data card read the
            corpus more than once. May raise `Cancelled`, which leaves what stood there before.

    Raises:
        InputError: The format, the annotator or the proposer is not known, the request makes no sense, or the file
            cannot be written.
    """
    row = find_format(request.format)
    check_target(request.out)
    if request.selection is not None:
        request = replace(request, selection=_with_known_name(corpus, request.selection))
    rounds = len(request.split.sides) + 3 if request.split else 3 if row.folder else 1
    total, read = len(corpus) * rounds, 0

    def count() -> None:
        nonlocal read
        read += 1
        if progress:
            progress(read, max(read, total))

    def records() -> Iterator[Record]:
        for record in corpus.records():
            yield record
            count()

    try:
        # The card needs it before anything is written, and only folders have one.
        if rounds > 1 and row.write is not None:
            request = replace(request, about=with_corpus_facts(corpus, request.about, count))
        return export.export_records(records, corpus.schema, request)
    except OSError as error:
        raise InputError(
            tr(
                "“{path}” cannot be written: {error}. What stood there before was kept.",
                path=request.out,
                error=error.strerror or error,
            )
        ) from error


def export_records(
    corpus: Corpus,
    format_name: str,
    out: Path,
    *,
    gold: bool = False,
    annotator: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> ExportReport:
    """Write a corpus in a format, undivided, page by page; see `export_corpus`.

    Args:
        corpus: The corpus.
        format_name: A name from the table of formats.
        out: The file, or the folder for formats that need one.
        gold: Only documents with finished gold, and only that.
        annotator: Only this annotator's work, on the documents where there is some.
        progress: Called with the number of records read.
    """
    selection = None
    if gold or annotator is not None:
        selection = Selection(Whose.GOLD) if gold else Selection(Whose.ANNOTATOR, annotator or "")
    request = ExportRequest(format_name, out, selection)
    return export_corpus(corpus, request, (lambda done, _: progress(done)) if progress else None).written


def choose_what(
    corpus: Corpus, request: ExportRequest, whose: Whose | None = None, name: str = "", where: str = ""
) -> ExportRequest:
    """A request with its selection.

    Args:
        corpus: Its schema names the labels of conditions.
        request: Says format and whether articles leave one by one.
        whose: Whose work leaves; None for what fits the format.
        name: The annotator or the proposer.
        where: Conditions, as `parse_where` reads them.

    Raises:
        InputError: A condition cannot be read.
    """
    usual = usual_selection(find_format(request.format), per_article=request.per_article)
    selection = usual if whose is None else Selection(whose, name)
    selection, segments = parse_where(where, selection, corpus.schema)
    return replace(request, selection=selection, article_labels=segments)


def told_selection(outcome: ExportOutcome) -> list[str]:
    """How many documents left and why, and how many stayed behind and why, a line each."""
    chosen = sorted(outcome.selected.chosen.items())
    lines = [tr("left, {why}: {n}", why=why, n=n) for why, n in chosen if why != tr("everybody's work")]
    stayed = [*sorted(outcome.selected.left_out.items()), *sorted(outcome.written.left_out.items())]
    lines += [tr("stayed behind, {why}: {n}", why=why, n=n) for why, n in stayed]
    choices = outcome.selected.choices
    if set(choices) <= {Choice.UNKNOWN}:
        return lines
    ways = ((choice_title(choice), choices[choice]) for choice in Choice if choices[choice])
    return lines + [tr("pages chosen {how}: {n}", how=how, n=n) for how, n in ways]


def told_split(outcome: ExportOutcome) -> list[str]:
    """How an export was divided: the sides, what had to stay together, what was moved; nothing where it was not."""
    plan = outcome.plan
    if plan is None:
        return []
    sides = ", ".join(f"{name} {plan.documents[name]}" for name, _ in plan.options.sides)
    lines = [tr("divided with seed {seed}: {sides}", seed=plan.options.seed, sides=sides)]
    for name, _ in plan.options.sides:
        if not plan.documents[name]:
            lines.append(tr("“{side}” got nothing: there are too few pages that may be parted.", side=name))
    if plan.groups:
        lines.append(
            trn(
                "{n} group of near duplicates kept on one side: {documents} documents",
                "{n} groups of near duplicates, each kept on one side: {documents} documents",
                len(plan.groups),
                documents=sum(map(len, plan.groups)),
            )
        )
    for move in plan.moves:
        count = trn("{n} document", "{n} documents", len(move.documents))
        lines.append(
            tr("moved from {side} to {to}, {why}: {count}", side=move.side, to=move.to, why=move.why, count=count)
        )
    return lines


def _files_of(corpus: Corpus) -> frozenset[tuple[int, int]]:
    """Device and number of the files of an open corpus: opening and closing one by hand lets go of SQLite's locks."""
    found = [Path(f"{corpus.path}{suffix}") for suffix in ("", "-wal", "-shm")]
    return frozenset((stat.st_dev, stat.st_ino) for stat in (path.stat() for path in found if path.exists()))


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _with_known_name(corpus: Corpus, selection: Selection) -> Selection:
    """The selection, with a proposer named in full where the name without its version says which one is meant."""
    name = selection.name
    if selection.whose is Whose.ANNOTATOR and name not in corpus.annotators():
        raise InputError(
            tr(
                "Nobody called “{name}” has worked on this corpus; there are {names}.",
                name=name,
                names=", ".join(corpus.annotators()) or tr("no annotators yet"),
            )
        )
    if selection.whose is Whose.PROPOSALS:
        known = proposers_in(corpus)
        meant = [full for full in known if full == name] or [full for full in known if full.startswith(f"{name} ")]
        if len(meant) != 1:
            raise InputError(
                tr(
                    "Nothing in this corpus was proposed by “{name}”; there are {names}.",
                    name=name,
                    names="; ".join(f"“{full}”" for full in known) or tr("no proposals yet"),
                )
                if not meant
                else tr("“{name}” may be {names}: name one in full.", name=name, names="; ".join(meant))
            )
        return replace(selection, name=meant[0])
    return selection


__all__ = [
    "FORMATS",
    "BadRecord",
    "CardFacts",
    "ExportOptions",
    "ExportOutcome",
    "ExportReport",
    "ExportRequest",
    "ImportOptions",
    "Imported",
    "Role",
    "Selection",
    "SplitOptions",
    "Whose",
    "choose_what",
    "export_corpus",
    "export_records",
    "find_format",
    "fold_options",
    "import_paths",
    "parse_columns",
    "parse_split",
    "parse_where",
    "proposers_in",
    "told_selection",
    "told_split",
    "usual_selection",
]
