"""Whether a corpus file is sound: SQLite's own checks, texts, offsets, and the log against the current marks."""

from collections.abc import Callable, Iterator

from annotator.core.annotation import Annotation
from annotator.core.conflicts import find_conflict
from annotator.core.document import text_id
from annotator.core.errors import AnnotatorError
from annotator.core.history import LoggedEdit
from annotator.core.marks import Mark
from annotator.core.record import Record, Work
from annotator.core.words import tr
from annotator.store.corpus import Corpus
from annotator.store.rows import mark_from_row

_MOST = 1_000
"""Problems listed; a file with more is beyond a list."""


def check_corpus(corpus: Corpus, progress: Callable[[int], None] | None = None) -> list[str]:
    """Every problem found, one sentence each; empty when the file is sound.

    Args:
        corpus: The corpus.
        progress: Called with the number of documents checked so far.
    """
    found: list[str] = []
    for problem in _problems(corpus, progress):
        found.append(problem)
        if len(found) == _MOST:
            found.append(tr("There are more problems than the {n} listed.", n=_MOST))
            break
    return found


def _problems(corpus: Corpus, progress: Callable[[int], None] | None) -> Iterator[str]:
    try:
        yield from _file_problems(corpus)
        for number, record in enumerate(corpus.records(), 1):
            yield from _record_problems(corpus, record)
            if progress:
                progress(number)
    except AnnotatorError as error:
        yield tr("The rest cannot be checked: {error}", error=error)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield tr("The rest cannot be checked: a row does not hold what it should ({error}).", error=error)


def _file_problems(corpus: Corpus) -> Iterator[str]:
    for (answer,) in corpus.query("PRAGMA integrity_check"):
        if answer != "ok":
            yield tr("SQLite's integrity check: {answer}", answer=answer)
    for table, row, parent, _ in corpus.query("PRAGMA foreign_key_check"):
        if row is None:
            yield tr("A row of “{table}” points to a row of “{parent}” that is not there.", table=table, parent=parent)
        else:
            yield tr(
                "Row {row} of “{table}” points to a row of “{parent}” that is not there.",
                row=row,
                table=table,
                parent=parent,
            )
    for (document_id,) in corpus.query("SELECT id FROM documents WHERE seq NOT IN (SELECT seq FROM texts)"):
        yield tr("Document {id} has lost its text.", id=document_id[:12])
    lost = (
        "SELECT DISTINCT d.id, a.name FROM edits e JOIN documents d ON d.seq = e.seq JOIN annotators a "
        "ON a.id = e.annotator WHERE NOT EXISTS "
        "(SELECT 1 FROM annotations n WHERE n.seq = e.seq AND n.annotator = e.annotator)"
    )
    for document_id, name in corpus.query(lost):
        yield tr("Document {id}, {name}: the log has edits, the page has none.", id=document_id[:12], name=name)


def _record_problems(corpus: Corpus, record: Record) -> Iterator[str]:
    document = record.document
    short = document.id[:12]
    if text_id(document.text) != document.id:
        yield tr("Document {id}: the text is not the one that was imported.", id=short)
    if corpus.query("SELECT length FROM documents WHERE id = ?", document.id) != [(len(document.text),)]:
        yield tr("Document {id}: the length kept of the text is not its length.", id=short)
    for proposal in record.proposals:
        if problem := corpus.schema.problem(proposal.mark, document.text):
            yield tr("Document {id}, proposal of {name}: {problem}", id=short, name=proposal.proposer, problem=problem)
    for work in record.works:
        for problem in _work_problems(corpus, document.text, work):
            yield tr("Document {id}, {name}: {problem}", id=short, name=work.annotation.annotator, problem=problem)


def _work_problems(corpus: Corpus, text: str, work: Work) -> Iterator[str]:
    annotation = work.annotation
    misfits = [problem for mark in annotation.marks if (problem := corpus.schema.problem(mark, text))]
    yield from misfits
    if not misfits and (conflict := find_conflict(annotation.marks, corpus.schema)):
        yield conflict
    log = _log(corpus, annotation.document_id, annotation.annotator)
    try:
        replayed = _replay(annotation, log)
    except AnnotatorError as error:
        yield tr("the log cannot be replayed: {error}", error=error)
        return
    if replayed.state != annotation.state:
        yield tr("log and status differ.")
    logged = _behind_log(log)
    kept = _behind_marks(corpus, annotation)
    off = {mark for mark, _ in logged.items() ^ kept.items()}
    if off:
        yield tr("log and marks differ ({n} marks).", n=len(off))


def replay(corpus: Corpus, document_id: str, annotator: str) -> Annotation:
    """The annotation that the log amounts to.

    Raises:
        EditRefused: An edit in the log does not fit those before it.
    """
    return _replay(Annotation(document_id, annotator), _log(corpus, document_id, annotator))


def _replay(of: Annotation, log: list[LoggedEdit]) -> Annotation:
    annotation = Annotation(of.document_id, of.annotator)
    for line in log:
        annotation = annotation.apply(line.edit)
    return annotation


def _log(corpus: Corpus, document_id: str, annotator: str) -> list[LoggedEdit]:
    return corpus.logged_where("d.id = ? AND a.name = ?", document_id, annotator)


def _behind_log(log: list[LoggedEdit]) -> dict[Mark, tuple[int, str | None]]:
    """By the log: the edit that put each mark on the page, and the proposer it came from."""
    behind: dict[Mark, tuple[int, str | None]] = {}
    for line in log:
        for mark in line.edit.removed:
            behind.pop(mark, None)
        for mark in line.edit.added:
            behind[mark] = (line.entry.id, line.origins.get(mark))
    return behind


def _behind_marks(corpus: Corpus, annotation: Annotation) -> dict[Mark, tuple[int, str | None]]:
    """By the table of marks: the same."""
    rows = corpus.query(
        'SELECT kind, layer, start, "end", label, rejected, edit, proposer FROM marks '
        "WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
        "AND annotator = (SELECT id FROM annotators WHERE name = ?)",
        annotation.document_id,
        annotation.annotator,
    )
    return {mark_from_row(*row[:6]): (row[6], row[7]) for row in rows}
