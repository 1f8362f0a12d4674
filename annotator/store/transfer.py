"""Whole records into a corpus file and out of it, one by one, so that memory stays flat."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.annotation import Annotation, Choice, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import Document, text_id
from annotator.core.errors import CorpusError, InputError
from annotator.core.marks import Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work, check_marks
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.store.connection import connect, said
from annotator.store.doubts import update_doubt
from annotator.store.journal import now, write_first_edit
from annotator.store.rows import (
    document_from_row,
    mark_from_row,
    mark_to_row,
    proposal_from_row,
    split_proposer,
)

if TYPE_CHECKING:
    from annotator.store.corpus import Corpus

_PROGRESS_EVERY = 100


@dataclass(slots=True)
class AddReport:
    """What came of adding records."""

    documents: int = 0
    """Documents added."""
    duplicates: int = 0
    """Records whose text the corpus, or an earlier record, holds already."""
    works: int = 0
    """Annotations added."""
    kept: int = 0
    """Annotations left out because that annotator has work of their own on that document."""
    proposals: int = 0
    """Proposed marks added."""


def write_records(
    corpus: "Corpus",
    connection: sqlite3.Connection,
    records: Iterable[Record],
    progress: Callable[[int], None] | None,
) -> AddReport:
    """Add records inside the transaction that is open; see `Corpus.add_records`."""
    report = AddReport()
    at = now()
    schema = corpus.schema
    title = tr("Import")
    proposers: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        document = record.document
        where = tr("document {id} ({title})", id=document.id[:12], title=document.title)
        for work in record.works:
            check_marks(work.annotation.marks, schema, document.text, where)
            if problem := find_conflict(work.annotation.marks, schema):
                raise InputError(f"{where}: {problem}")
        check_proposals(record.proposals, schema, document.text, where)
        seq, new = _write_document(connection, document, at)
        report.documents += new
        report.duplicates += not new
        for work in record.works:
            who = corpus.annotator_key(work.annotation.annotator)
            added = write_first_edit(connection, seq, who, work, title, at)
            report.works += added
            report.kept += not added
        if record.proposals:
            report.proposals += _write_proposals(corpus, connection, seq, record.proposals, proposers, at)
        if progress and number % _PROGRESS_EVERY == 0:
            progress(number)
    return report


def check_proposals(proposals: Iterable[Proposal], schema: Schema, text: str, where: str) -> None:
    """Hold proposals against schema and text.

    Raises:
        InputError: A mark does not fit, or a score does not lie between 0 and 1.
    """
    for item in proposals:
        check_marks([item.mark], schema, text, where)
        if item.score is not None and not 0.0 <= item.score <= 1.0:
            raise InputError(
                tr("{where}: a score lies between 0 and 1; this one is {score}.", where=where, score=item.score)
            )


def _write_document(connection: sqlite3.Connection, document: Document, at: str) -> tuple[int, bool]:
    if document.id != text_id(document.text):
        raise InputError(
            tr("The document “{title}” has an id that is not the SHA-256 of its text.", title=document.title)
        )
    meta = json.dumps(dict(document.meta), ensure_ascii=False, sort_keys=True)
    values = (document.id, document.title, document.source, document.published, meta, len(document.text), at)
    insert = (
        "INSERT INTO documents (id, title, source, published, meta, length, imported_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO NOTHING"
    )
    cursor = connection.execute(insert, values)
    if cursor.rowcount != 1:
        return connection.execute("SELECT seq FROM documents WHERE id = ?", (document.id,)).fetchone()[0], False
    seq = cursor.lastrowid or 0
    connection.execute("INSERT INTO texts VALUES (?, ?)", (seq, document.text))
    return seq, True


def _write_proposals(
    corpus: "Corpus",
    connection: sqlite3.Connection,
    seq: int,
    proposals: Iterable[Proposal],
    proposers: dict[str, int],
    at: str,
) -> int:
    rows = []
    for item in proposals:
        if item.proposer not in proposers:
            proposers[item.proposer] = corpus.proposer_key(*split_proposer(item.proposer))
        key = proposers[item.proposer]
        rows.append((seq, key, *mark_to_row(item.mark)[:5], item.score, item.reason))
    before = connection.total_changes
    connection.executemany("INSERT OR IGNORE INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    count = connection.total_changes - before
    seen = {(item.proposer, proposers[item.proposer]) for item in proposals}
    connection.executemany(
        "INSERT OR IGNORE INTO proposed VALUES (?, ?, ?, ?)",
        [(seq, split_proposer(proposer)[0], key, at) for proposer, key in sorted(seen)],
    )
    update_doubt(connection, seq)
    return count


_DOCUMENTS = "SELECT seq, id, text, title, source, published, meta FROM documents JOIN texts USING (seq)"
_WORKS = "SELECT seq, annotator, status, note, seconds, choice FROM annotations"
_MARKS = 'SELECT seq, annotator, kind, layer, start, "end", label, rejected, proposer FROM marks'
_PROPOSALS = 'SELECT seq, proposer, kind, layer, start, "end", label, score, reason FROM proposals'


def read_records(path: Path, document_ids: Collection[str] | None = None) -> Iterator[Record]:
    """The records of a corpus file, as it stood when reading began; see `Corpus.records`."""
    with said(path), closing(connect(path)) as connection:
        connection.execute("BEGIN")
        names: dict[int, str] = dict(connection.execute("SELECT id, name FROM annotators"))
        proposers = {key: of for key, *of in connection.execute("SELECT id, name, version FROM proposers")}
        documents: Iterable[tuple[Any, ...]]
        if document_ids is None:
            documents = connection.execute(f"{_DOCUMENTS} ORDER BY seq")
            works, marks, proposals = (_by_document(connection, sql) for sql in (_WORKS, _MARKS, _PROPOSALS))
        else:
            documents = _chosen(connection, document_ids)
            works, marks, proposals = (_of_document(connection, sql) for sql in (_WORKS, _MARKS, _PROPOSALS))
        for seq, *columns in documents:
            document = document_from_row(*columns)
            own_works, own_marks, own_proposals = works(seq), marks(seq), proposals(seq)
            yield Record(
                document,
                tuple(sorted(_works(document.id, own_works, own_marks, names), key=_by_annotator)),
                tuple(proposal_from_row(*row[2:], *proposers[row[1]]) for row in own_proposals),
            )


def _chosen(connection: sqlite3.Connection, document_ids: Collection[str]) -> Iterator[tuple[Any, ...]]:
    seqs = []
    for document_id in set(document_ids):
        row = connection.execute("SELECT seq FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise CorpusError(tr("The corpus has no document {id}.", id=document_id[:12]))
        seqs.append(row[0])
    for seq in sorted(seqs):
        yield connection.execute(f"{_DOCUMENTS} WHERE seq = ?", (seq,)).fetchone()


def _of_document(connection: sqlite3.Connection, sql: str) -> Callable[[int], list[tuple[Any, ...]]]:
    return lambda seq: connection.execute(f"{sql} WHERE seq = ?", (seq,)).fetchall()


def _by_annotator(work: Work) -> str:
    return work.annotation.annotator


def _works(
    document_id: str, rows: list[tuple[Any, ...]], mark_rows: list[tuple[Any, ...]], names: dict[int, str]
) -> Iterator[Work]:
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    origins: defaultdict[int, dict[Mark, str]] = defaultdict(dict)
    for _, who, kind, layer, start, end, label, rejected, origin in mark_rows:
        mark: Mark
        if kind == 2 and not rejected:
            mark = Span(start, end, layer, label)
        else:
            mark = mark_from_row(kind, layer, start, end, label, rejected)
        marks[who].append(mark)
        if origin is not None:
            origins[who][mark] = origin
    for _, who, status, note, seconds, choice in rows:
        annotation = Annotation(document_id, names[who], frozenset(marks[who]), State(Status(status), note))
        yield Work(annotation, origins[who], seconds, Choice(choice))


def _by_document(connection: sqlite3.Connection, sql: str) -> Callable[[int], list[tuple[Any, ...]]]:
    """A reader of rows in the order of `seq`: called with rising numbers, it gives the rows of each."""
    groups = groupby(connection.execute(f"{sql} ORDER BY seq"), key=itemgetter(0))
    waiting: list[tuple[int, list[tuple[Any, ...]]]] = []

    def rows(seq: int) -> list[tuple[Any, ...]]:
        while not waiting or waiting[0][0] < seq:
            waiting.clear()
            found = next(groups, None)
            if found is None:
                return []
            waiting.append((found[0], list(found[1])))
        return waiting.pop()[1] if waiting[0][0] == seq else []

    return rows
