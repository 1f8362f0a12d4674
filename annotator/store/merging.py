"""Merge the work of a package (`store.packages`) into the corpus it came from: see docs/decisions/0080-packages.md.

Only edits that are not here yet are taken, each once, in the order in which they were made, so a package may be merged
as often as one likes, and worked on in between.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from annotator.core.annotation import Annotation, Choice, Edit
from annotator.core.conflicts import find_conflict
from annotator.core.errors import AnnotatorError, EditRefused, InputError
from annotator.core.history import LoggedEdit
from annotator.core.marks import Mark, Rejection
from annotator.core.schema_edits import LabelKey, moved_mark
from annotator.core.words import tr, trn
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.store.journal import now, write_edit
from annotator.store.packages import CORPUS_ID, PACKAGE_ANNOTATOR, PACKAGE_ID, PACKAGE_OF, copied_package

_LISTED = 10
"""Labels named in a refusal."""
_LONGEST_NAME = 80
"""Characters of a file name that a title keeps."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A page that the annotator worked on in the package and, since it was handed out, here."""

    document_id: str
    title: str
    edits: int
    """Edits of the package that are not here."""
    here_at: str
    """When the newest edit here was made: UTC, ISO 8601."""


@dataclass(slots=True)
class MergeReport:
    """What came of merging a package."""

    path: Path
    annotator: str
    pages: int = 0
    """Pages with work that was merged."""
    edits: int = 0
    """Edits of the package that are here now and were not."""
    known: int = 0
    """Edits of the package that were here already."""
    as_one: int = 0
    """Pages whose edits were merged as one, as they do not fit one by one what stands here."""
    conflicts: list[Conflict] = field(default_factory=list)
    taken: bool = False
    """Whether the work of the package was taken where there was a conflict; what stood here is in the log."""
    not_here: list[str] = field(default_factory=list)
    """Titles of pages with work whose text the corpus does not hold."""
    others: dict[str, int] = field(default_factory=dict)
    """Pages with work under another name than the package was made for, by that name; it is not merged."""
    schema_changed: bool = False
    """Whether the schema here is another than the package's; all marks fit it."""


def merge_package(
    corpus: Corpus,
    path: Path,
    moves: Mapping[LabelKey, str] | None = None,
    *,
    take: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> MergeReport:
    """Merge a package, all of it or, when something fails, nothing, in one transaction. The package is only read.

    Args:
        corpus: The corpus that the package came from.
        path: The package.
        moves: What the marks of a label become, where the schema has changed since; "" removes them.
        take: Where there is a conflict, let the work of the package replace what stands here, as one edit that can be
            undone. Otherwise such pages are left as they are and told.
        progress: Called with the steps done and the steps in all, which are the pages to check and those to merge; may
            raise `Cancelled`, which leaves the corpus as it was.

    Raises:
        InputError: The file is no package of this corpus, it is not sound, or its marks do not fit the schema.
        CorpusError: The file is no corpus, or one of the files cannot be read or written.
    """
    with copied_package(path) as copy:
        try:
            with Corpus.open(copy) as package:
                merge = _Merge(corpus, package, path, moves or {}, take=take)
                merge.check_sound(progress)
                with corpus.writing():
                    merge.run(progress)
                return merge.report
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise InputError(
                tr("{path}: a row does not hold what it should ({error}); nothing was merged.", path=path, error=error)
            ) from None
        except AnnotatorError as error:
            raise type(error)(str(error).replace(str(copy), str(path))) from error


class _Merge:
    """One package on its way into one corpus."""

    def __init__(
        self, corpus: Corpus, package: Corpus, path: Path, moves: Mapping[LabelKey, str], *, take: bool
    ) -> None:
        self._corpus = corpus
        self._connection = corpus.connection
        self._package = package
        self._moves = moves
        self._take = take
        self.report = MergeReport(path, package.value(PACKAGE_ANNOTATOR))
        self._schema = corpus.reload_schema()
        self._key = self._find()
        self._who = 0
        self._checked = 0
        self._ours: dict[int, int | None] = {}
        self._batches: dict[int, int] = {}
        self._lacking: Counter[LabelKey] = Counter()

    def _find(self) -> int:
        """The row of the package in the corpus.

        Raises:
            InputError: There is none.
        """
        path, identity = self.report.path, self._package.value(PACKAGE_ID)
        if not identity:
            raise InputError(
                tr("{path} is a corpus, but none that `annotator split` made; nothing was merged.", path=path)
            )
        if self._package.value(PACKAGE_OF) != self._corpus.value(CORPUS_ID):
            raise InputError(
                tr("{path} was handed out from another corpus (“{name}”), not from {corpus}; nothing was merged.",
                   path=path, name=self._package.name, corpus=self._corpus.path)
            )  # fmt: skip
        row = self._corpus.query(
            "SELECT key FROM packages p JOIN annotators a ON a.id = p.annotator WHERE p.id = ? AND a.name = ?",
            identity,
            self.report.annotator,
        )
        if not row:
            raise InputError(
                tr("{corpus} knows nothing of the package {path}: perhaps it is a copy from before it was handed out. "
                   "Nothing was merged.", corpus=self._corpus.path, path=path)
            )  # fmt: skip
        return int(row[0][0])

    def check_sound(self, progress: Callable[[int, int], None] | None) -> None:
        """Hold the whole package against itself, unless there is nothing to take from it.

        Raises:
            InputError: Something is off.
        """
        pages = len(self._new_edits())
        if not pages:
            return
        self._checked = len(self._package)
        total = self._checked + pages
        if problems := check_corpus(self._package, (lambda done: progress(done, total)) if progress else None):
            more = trn("{n} problem in all", "{n} problems in all", len(problems))
            raise InputError(
                tr("{path} is not sound, and nothing was merged: {problem} ({more}; `annotator check` lists them.)",
                   path=self.report.path, problem=problems[0], more=more)
            )  # fmt: skip

    def run(self, progress: Callable[[int, int], None] | None) -> None:
        """Merge what is new, inside the transaction that is open."""
        report = self.report
        self._schema = self._corpus.reload_schema()
        self._who = self._corpus.annotator_key(report.annotator)
        for name, pages in self._package.query(
            "SELECT name, count(DISTINCT seq) FROM edits JOIN annotators a ON a.id = annotator GROUP BY name"
        ):
            if name != report.annotator:
                report.others[name] = pages
        pages = sorted(self._new_edits().items(), key=lambda page: page[1][-1])
        for done, (document_id, numbers) in enumerate(pages, 1):
            self._merge_page(document_id, numbers)
            if progress:
                progress(self._checked + done, self._checked + len(pages))
        if self._lacking:
            raise InputError(self._told_lacking())
        report.schema_changed = self._package.schema != self._schema
        report.taken = self._take and bool(report.conflicts)

    def _new_edits(self) -> dict[str, list[int]]:
        """The numbers of the edits that are not here, by page; reads anew which are."""
        known = self._connection.execute("SELECT theirs, ours FROM package_edits WHERE package = ?", (self._key,))
        self._ours = dict(known.fetchall())
        self.report.known = 0
        new: dict[str, list[int]] = {}
        for document_id, number in self._package.query(
            "SELECT d.id, e.id FROM edits e JOIN documents d USING (seq) "
            "WHERE e.annotator = (SELECT id FROM annotators WHERE name = ?) ORDER BY e.id",
            self.report.annotator,
        ):
            if number in self._ours:
                self.report.known += 1
            else:
                new.setdefault(document_id, []).append(number)
        return new

    def _merge_page(self, document_id: str, numbers: Sequence[int]) -> None:
        report = self.report
        found = self._corpus.query("SELECT seq, title, length FROM documents WHERE id = ?", document_id)
        if not found:
            report.not_here.append(self._package.document(document_id).title)
            return
        seq, title, length = found[0]
        theirs = self._package.annotation(document_id, report.annotator)
        marks = self._fitting(theirs, length)
        if marks is None:
            return
        after = Annotation(document_id, report.annotator, marks, theirs.state)
        mine = self._corpus.annotation(document_id, report.annotator)
        line = self._package.logged_where("d.id = ? AND a.name = ?", document_id, report.annotator)
        wanted = set(numbers)
        edits = [entry for entry in line if entry.entry.id in wanted]
        ways = [self._moved_edit(entry.edit) for entry in edits]
        elsewhere, here_at = self._worked_here(seq)
        replayed = None if elsewhere else self._replayed(mine, ways, after, length)
        if elsewhere or (replayed is None and here_at):
            report.conflicts.append(Conflict(document_id, title, len(edits), here_at))
            if not self._take:
                return
        seconds = self._seconds(numbers)
        choice = self._choice(document_id)
        if replayed is None:
            self._write_as_one(seq, mine, after, edits, sum(seconds.values()), choice)
            report.as_one += 1
        else:
            self._write_each(seq, edits, ways, seconds, choice)
        report.pages += 1
        report.edits += len(edits)
        self._connection.execute(
            "INSERT INTO package_pages VALUES (?, ?, (SELECT max(id) FROM edits WHERE seq = ? AND annotator = ?)) "
            "ON CONFLICT (package, seq) DO UPDATE SET base = excluded.base",
            (self._key, seq, seq, self._who),
        )

    def _fitting(self, annotation: Annotation, length: int) -> frozenset[Mark] | None:
        """The marks with their labels of now; None where the schema lacks one, which is counted.

        Raises:
            InputError: They do not fit the schema otherwise.
        """
        marks = self._moved_marks(annotation.marks)
        lacking = [mark for mark in marks if self._schema.find(mark.layer, mark.label) is None]
        if lacking:
            self._lacking.update((mark.layer, mark.label) for mark in lacking)
            return None
        where = tr("{path}, page {id}", path=self.report.path, id=annotation.document_id[:12])
        problems = (problem for mark in marks if (problem := self._schema.problem_within(mark, length)))
        if problem := next(problems, None) or find_conflict(marks, self._schema):
            raise InputError(tr("{where}: {problem} Nothing was merged.", where=where, problem=problem))
        return marks

    def _moved_marks(self, marks: frozenset[Mark]) -> frozenset[Mark]:
        if not self._moves:
            return marks
        moved = {there for mark in marks if (there := moved_mark(mark, self._moves)) is not None}
        # What is marked cannot be rejected at once: where both end in one label, the mark stands.
        return frozenset(mark for mark in moved if not (isinstance(mark, Rejection) and mark.mark in moved))

    def _moved_edit(self, edit: Edit) -> Edit:
        if not self._moves:
            return edit
        removed, added = (
            frozenset(there for mark in side if (there := moved_mark(mark, self._moves)) is not None)
            for side in (edit.removed, edit.added)
        )
        return Edit(edit.title, removed - added, added - removed, edit.state)

    def _worked_here(self, seq: int) -> tuple[bool, str]:
        """Whether the annotator worked on the page here since, and when its newest edit unknown to the package was.

        Edits that stay, made after what the package knows, are changes of the schema: no work.
        """
        row = self._connection.execute(
            "SELECT base FROM package_pages WHERE package = ? AND seq = ?", (self._key, seq)
        ).fetchone()
        base = row[0] if row else 0
        since = self._connection.execute(
            "SELECT max(made_at), min(fixed) FROM edits WHERE seq = ? AND annotator = ? AND id > ?",
            (seq, self._who, base),
        ).fetchone()
        return since[0] is not None and (not base or not since[1]), since[0] or ""

    def _replayed(self, mine: Annotation, edits: Sequence[Edit], after: Annotation, length: int) -> Annotation | None:
        """What stands here with the edits made one by one; None where that is not what the package ends in."""
        now_here = mine
        for edit in edits:
            if any(self._schema.problem_within(mark, length) for mark in edit.added):
                return None
            try:
                now_here = now_here.apply(edit)
            except EditRefused:
                return None
        return now_here if (now_here.marks, now_here.state) == (after.marks, after.state) else None

    def _write_each(
        self,
        seq: int,
        edits: Sequence[LoggedEdit],
        ways: Sequence[Edit],
        seconds: Mapping[int, float],
        choice: Choice,
    ) -> None:
        told = Edit(self._title(len(edits)))
        write_edit(self._connection, seq, self._who, told, {}, fixed=True, choice=choice)
        for logged, edit in zip(edits, ways, strict=True):
            entry = logged.entry
            undoes = None if entry.undoes is None else self._ours.get(entry.undoes)
            written = write_edit(
                self._connection,
                seq,
                self._who,
                edit,
                self._origins(logged, edit),
                undoes=undoes,
                batch=None if entry.batch is None else self._batch(entry.batch),
                fixed=entry.fixed,
                seconds=seconds[entry.id],
                at=_as_time(entry.made_at),
            )
            self._remember(entry.id, written.id)

    def _write_as_one(
        self,
        seq: int,
        mine: Annotation,
        after: Annotation,
        edits: Sequence[LoggedEdit],
        seconds: float,
        choice: Choice,
    ) -> None:
        origins: dict[Mark, str] = {}
        for logged in edits:
            origins.update(self._origins(logged, Edit("", added=after.marks)))
        state = None if mine.state == after.state else (mine.state, after.state)
        edit = Edit(self._title(len(edits)), mine.marks - after.marks, after.marks - mine.marks, state)
        write_edit(self._connection, seq, self._who, edit, origins, seconds=seconds, choice=choice)
        for logged in edits:
            self._remember(logged.entry.id, None)

    def _origins(self, logged: LoggedEdit, edit: Edit) -> dict[Mark, str]:
        moved = ((moved_mark(mark, self._moves), name) for mark, name in logged.origins.items())
        return {mark: name for mark, name in moved if mark is not None and mark in edit.added | edit.removed}

    def _title(self, edits: int) -> str:
        return trn("Merged from {file}: {n} edit", "Merged from {file}: {n} edits", edits,
                   file=self.report.path.name[:_LONGEST_NAME])  # fmt: skip

    def _remember(self, theirs: int, ours: int | None) -> None:
        self._ours[theirs] = ours
        self._connection.execute("INSERT INTO package_edits VALUES (?, ?, ?)", (self._key, theirs, ours))

    def _batch(self, theirs: int) -> int:
        if theirs not in self._batches:
            newest = "SELECT coalesce(max(batch), 0) + 1 FROM edits WHERE batch IS NOT NULL"
            self._batches[theirs] = self._connection.execute(newest).fetchone()[0]
        return self._batches[theirs]

    def _seconds(self, numbers: Sequence[int]) -> dict[int, float]:
        found = {}
        for number in numbers:
            value = float(self._package.query("SELECT seconds FROM edits WHERE id = ?", number)[0][0])
            found[number] = value if math.isfinite(value) and value >= 0.0 else 0.0
        return found

    def _choice(self, document_id: str) -> Choice:
        rows = self._package.query(
            "SELECT choice FROM annotations WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?)",
            document_id,
            self.report.annotator,
        )
        return Choice(rows[0][0])

    def _told_lacking(self) -> str:
        named = ", ".join(f"{layer}/{label} ({n})" for (layer, label), n in sorted(self._lacking.items())[:_LISTED])
        return tr(
            "{path} uses labels that the schema of {corpus} lacks, as one of the two was changed since: {labels}. Say "
            "what becomes of them with OLD=NEW, or OLD= to leave their marks out (--map, or “Labels changed” in the "
            "window). Nothing was merged.",
            path=self.report.path,
            corpus=self._corpus.path,
            labels=named,
        )


def _as_time(made_at: str) -> str:
    """A time in UTC as the log writes it; now where it is none."""
    try:
        time = datetime.fromisoformat(made_at)
    except ValueError:
        return now()
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.isoformat(timespec="milliseconds")
