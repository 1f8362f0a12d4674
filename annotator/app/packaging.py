"""Which pages go into a package for an annotator and where it is written; what came of a merge, in sentences."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.core.annotation import Status
from annotator.core.errors import CorpusError, InputError
from annotator.core.record import Record
from annotator.core.words import tr, trn
from annotator.exchange.conditions import parse_where
from annotator.exchange.selection import Selection, Whose, choose
from annotator.store.assignments import read_assignments
from annotator.store.corpus import Corpus
from annotator.store.merging import Conflict, MergeReport, merge_package
from annotator.store.packages import Package, make_package, package_annotator, package_schema

SUFFIX = ".corpus"
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 60
"""Characters of an annotator's name in a file name."""


@dataclass(frozen=True, slots=True)
class Handout:
    """Pages for one annotator, and the file they go to."""

    annotator: str
    documents: tuple[str, ...]
    out: Path


def assigned_pages(path: Path) -> dict[str, int]:
    """How many pages are assigned to each annotator, in the order of their names."""
    return dict(sorted(Counter(name for _, name in read_assignments(path)).items()))


def plan_handouts(
    corpus: Corpus, annotators: Sequence[str], out: Path, *, where: str = "", every: bool = False
) -> list[Handout]:
    """Which pages each annotator gets, in the order of import, and the file for each.

    Args:
        corpus: The corpus.
        annotators: For whom; one at least.
        out: A file for one annotator, or a folder. What has no suffix, is a folder, or is for several, is a folder.
        where: Conditions on the pages, as in `exchange.conditions`: `status=` (of that annotator), `date` and `text~`.
        every: All pages, not only those assigned to the annotator. So it is with conditions.

    Raises:
        InputError: Nobody is named, or somebody twice, somebody gets no page, a condition cannot be read, or a file is
            there already.
    """
    if not annotators:
        raise InputError(tr("Nobody was named who is to get pages."))
    if len(set(annotators)) != len(annotators):
        raise InputError(tr("An annotator is named twice."))
    given: dict[str, set[str]] = {name: set() for name in annotators}
    for document_id, name in read_assignments(corpus.path):
        if name in given:
            given[name].add(document_id)
    fitting, statuses = _fitting(corpus, where) if where else (None, None)
    folder = len(annotators) > 1 or out.is_dir() or not out.suffix
    found: list[Handout] = []
    taken: set[Path] = set()
    for name in annotators:
        pages = tuple(
            page.id
            for page in corpus.summaries(name)
            if (page.id in fitting if fitting is not None else every or page.id in given[name])
            and (statuses is None or page.status in statuses)
        )
        if not pages:
            raise InputError(_told_none(name, where, every=every))
        path = _free_path(out, corpus.path, name, taken) if folder else out
        taken.add(path)
        if path.exists():
            raise InputError(tr("{path} is there already and was left as it is; choose another name.", path=path))
        found.append(Handout(name, pages, path))
    return found


def hand_out(
    corpus: Corpus, handouts: Sequence[Handout], progress: Callable[[int, int], None] | None = None
) -> list[Package]:
    """Write the packages; those that are written stay when a later one fails.

    Args:
        corpus: The corpus.
        handouts: What `plan_handouts` gave.
        progress: Called with the pages written and the pages in all; may raise `Cancelled`.

    Raises:
        CorpusError: A file cannot be read or written.
    """
    total, before, made = sum(len(each.documents) for each in handouts), 0, []
    for each in handouts:
        try:
            each.out.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(
                tr("{path}: the folder cannot be made ({error}).", path=each.out.parent, error=error.strerror)
            ) from None

        def tell(done: int, before: int = before) -> None:
            if progress:
                progress(before + done, total)

        made.append(make_package(corpus, each.annotator, each.documents, each.out, tell))
        before += len(each.documents)
        tell(0, before)
    return made


def told_package(package: Package) -> str:
    """What is in a package, as a sentence."""
    pages = trn("{n} page", "{n} pages", package.documents)
    begun = trn("{n} with work of theirs", "{n} with work of theirs", package.begun)
    proposals = trn("{n} proposal", "{n} proposals", package.proposals)
    return tr("{path} for {name}: {pages} ({begun}), {proposals}.", path=package.path, name=package.annotator,
              pages=pages, begun=begun, proposals=proposals)  # fmt: skip


def told_merge(report: MergeReport) -> list[str]:
    """What came of a merge, a sentence a line; conflicts are told by `told_conflicts`."""
    edits = trn("{n} edit", "{n} edits", report.edits)
    pages = trn("{n} page", "{n} pages", report.pages)
    if report.edits:
        lines = [tr("{path}: {edits} of {name} merged on {pages}.", path=report.path, edits=edits,
                    name=report.annotator, pages=pages)]  # fmt: skip
    else:
        lines = [tr("{path}: nothing of {name} was merged.", path=report.path, name=report.annotator)]
    if report.known:
        lines.append(trn("{n} edit was here already.", "{n} edits were here already.", report.known))
    if report.as_one:
        lines.append(
            trn("{n} page was merged as one edit, as its edits do not fit one by one what stands here.",
                "{n} pages were merged as one edit each, as their edits do not fit one by one what stands here.",
                report.as_one)
        )  # fmt: skip
    if report.schema_changed:
        lines.append(tr("The schema is not the one that was handed out; all marks fit it."))
    return lines


def told_left(report: MergeReport) -> list[str]:
    """What of a package was not merged, or replaced something: conflicts, pages and names that are not known here."""
    lines = [_told_conflict(each, report) for each in report.conflicts]
    lines += [
        tr("{path}: the corpus has no page with the text of “{title}”; import it first, then merge again.",
           path=report.path, title=title)
        for title in report.not_here
    ]  # fmt: skip
    lines += [
        trn("{path}: {n} page with work of “{name}” was not merged, as the package is for {annotator}.",
            "{path}: {n} pages with work of “{name}” were not merged, as the package is for {annotator}.", n,
            path=report.path, name=name, annotator=report.annotator)
        for name, n in sorted(report.others.items())
    ]  # fmt: skip
    return lines


def told_kept(report: MergeReport) -> str:
    """How to take the work of the package after all, on the command line; empty where there is no conflict left."""
    if report.taken or not report.conflicts:
        return ""
    return trn(
        "{n} page was left as it is here; --take takes the work of the package instead, as one edit that can be "
        "undone.",
        "{n} pages were left as they are here; --take takes the work of the package instead, as one edit each that can "
        "be undone.",
        len(report.conflicts),
    )


def is_whole(report: MergeReport) -> bool:
    """Whether all that the package holds is in the corpus now."""
    return not (report.not_here or report.others or (report.conflicts and not report.taken))


def _told_conflict(conflict: Conflict, report: MergeReport) -> str:
    edits = trn("{n} edit", "{n} edits", conflict.edits)
    if report.taken:
        words = tr(
            "“{title}” ({id}): {name} worked on it here too, last at {at}; the package ({edits}) was taken; undo "
            "brings back what stood here."
        )
    else:
        words = tr("“{title}” ({id}): {name} worked on it here too, last at {at}; the package ({edits}) was not taken.")
    return words.format(
        title=conflict.title, id=conflict.document_id[:12], name=report.annotator, at=conflict.here_at, edits=edits
    )


def _fitting(corpus: Corpus, where: str) -> tuple[set[str], frozenset[Status] | None]:
    """The documents that conditions choose, and the states that a page must be in."""
    selection, segments = parse_where(where, Selection(Whose.ALL), corpus.schema)
    if selection.labels is not None or segments is not None:
        raise InputError(
            tr("“{text}” does not choose pages: {known} do.", text=where, known="status=, date>=, date<=, date=, text~")
        )
    wanted = replace(selection, statuses=None)
    documents = (Record(record.document) for record in corpus.records())
    return {record.document.id for record in choose(documents, wanted)}, selection.statuses


def _told_none(name: str, where: str, *, every: bool) -> str:
    if where:
        return tr("No page answers “{where}” for {name}; nothing was written.", where=where, name=name)
    if every:
        return tr("The corpus holds no page; nothing was written.")
    return tr(
        "No page is assigned to {name}: assign some (`annotator assign`), or say --where or --all. Nothing was "
        "written.",
        name=name,
    )


def _free_path(folder: Path, corpus: Path, name: str, taken: set[Path]) -> Path:
    """A file of the folder named after corpus and annotator; nothing in a name leads out of it."""
    safe = _UNSAFE.sub("_", name).strip("_")[:_LONGEST] or "annotator"
    stem, n = f"{corpus.stem}-{safe}", 1
    path = folder / f"{stem}{SUFFIX}"
    while path in taken:
        n += 1
        path = folder / f"{stem}-{n}{SUFFIX}"
    return path


__all__ = [
    "Handout",
    "MergeReport",
    "Package",
    "assigned_pages",
    "hand_out",
    "is_whole",
    "merge_package",
    "package_annotator",
    "package_schema",
    "plan_handouts",
    "told_kept",
    "told_left",
    "told_merge",
    "told_package",
]
