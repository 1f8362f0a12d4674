"""Whether a corpus file is sound: SQLite's own checks, texts, offsets, and the log against the current marks."""

from collections.abc import Callable, Iterator

from annotator.core.annotation import Annotation
from annotator.core.document import text_id
from annotator.core.errors import AnnotatorError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.store.corpus import Corpus

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
    for (answer,) in corpus.query("PRAGMA integrity_check"):
        if answer != "ok":
            yield tr("SQLite's integrity check: {answer}", answer=answer)
    for table, row, parent, _ in corpus.query("PRAGMA foreign_key_check"):
        yield tr(
            "Row {row} of “{table}” points to a row of “{parent}” that is not there.",
            row=row,
            table=table,
            parent=parent,
        )
    missing = "SELECT id FROM documents WHERE seq NOT IN (SELECT seq FROM texts)"
    for (document_id,) in corpus.query(missing):
        yield tr("Document {id} has lost its text.", id=document_id[:12])
    for number, record in enumerate(corpus.records(), 1):
        yield from _check_record(corpus, record)
        if progress:
            progress(number)


def _check_record(corpus: Corpus, record: Record) -> Iterator[str]:
    document = record.document
    short = document.id[:12]
    if text_id(document.text) != document.id:
        yield tr("Document {id}: the text is not the one that was imported.", id=short)
    for proposal in record.proposals:
        if problem := corpus.schema.problem(proposal.mark, document.text):
            yield tr("Document {id}, proposal of {name}: {problem}", id=short, name=proposal.proposer, problem=problem)
    for work in record.works:
        annotator = work.annotation.annotator
        for mark in work.annotation.marks:
            if problem := corpus.schema.problem(mark, document.text):
                yield tr("Document {id}, {name}: {problem}", id=short, name=annotator, problem=problem)
        try:
            replayed = replay(corpus, document.id, annotator)
        except AnnotatorError as error:
            yield tr(
                "Document {id}, {name}: the log cannot be replayed: {error}", id=short, name=annotator, error=error
            )
            continue
        if replayed != work.annotation:
            off = len(replayed.marks ^ work.annotation.marks)
            yield tr("Document {id}, {name}: log and marks differ ({n} marks).", id=short, name=annotator, n=off)


def replay(corpus: Corpus, document_id: str, annotator: str) -> Annotation:
    """The annotation that the log amounts to."""
    annotation = Annotation(document_id, annotator)
    for line in corpus.logged_where("d.id = ? AND a.name = ?", document_id, annotator):
        annotation = annotation.apply(line.edit)
    return annotation
