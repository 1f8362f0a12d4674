"""Which annotator was given which document."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from annotator.core.errors import CorpusError
from annotator.core.words import tr
from annotator.store.connection import connect, said, transaction
from annotator.store.journal import now


def save_assignments(path: Path, pairs: Sequence[tuple[str, str]]) -> int:
    """Give documents to annotators, all of them or, when something fails, none.

    Args:
        path: The corpus file.
        pairs: Document id and name of the annotator, who is added where there is none of that name.

    Returns:
        How many of the pairs were new.

    Raises:
        CorpusError: A document is not there, or the file cannot be written.
    """
    with said(path), closing(connect(path)) as connection, transaction(connection):
        at = now()
        rows = dict(connection.execute("SELECT id, seq FROM documents"))
        for name in sorted({name for _, name in pairs}):
            connection.execute("INSERT OR IGNORE INTO annotators (name, created_at) VALUES (?, ?)", (name, at))
        names = dict(connection.execute("SELECT name, id FROM annotators"))
        before = connection.total_changes
        for document, name in pairs:
            if document not in rows:
                raise CorpusError(tr("{path}: there is no document {id}; nothing was changed.", path=path, id=document))
            connection.execute("INSERT OR IGNORE INTO assignments VALUES (?, ?, ?)", (rows[document], names[name], at))
        return connection.total_changes - before


def read_assignments(path: Path) -> list[tuple[str, str]]:
    """Every pair of document id and annotator, in the order of the documents and of the names."""
    with said(path), closing(connect(path)) as connection:
        rows: Iterable[tuple[str, str]] = connection.execute(
            "SELECT d.id, a.name FROM assignments x JOIN documents d ON d.seq = x.seq "
            "JOIN annotators a ON a.id = x.annotator ORDER BY x.seq, a.name"
        )
        return list(rows)


def document_ids(path: Path) -> list[str]:
    """Every document id, in the order of import."""
    with said(path), closing(connect(path)) as connection:
        return [id_ for (id_,) in connection.execute("SELECT id FROM documents ORDER BY seq")]
