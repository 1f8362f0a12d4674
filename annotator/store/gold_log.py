"""The log of gold over all documents, and what was edited since a point in the log. Reads only."""

from annotator.core.history import LogEntry
from annotator.core.record import GOLD
from annotator.store.corpus import Corpus


def gold_log(corpus: Corpus) -> list[tuple[str, LogEntry]]:
    """Every entry of gold with its document, oldest first, without the marks."""
    rows = corpus.query(
        "SELECT d.id, e.id, e.title, e.made_at, e.undoes, e.batch, e.fixed FROM edits e JOIN documents d USING (seq) "
        "WHERE e.annotator = (SELECT id FROM annotators WHERE name = ?) ORDER BY e.id",
        GOLD,
    )
    return [(id_, LogEntry(entry, title, at, undoes, batch, bool(fixed)))
            for id_, entry, title, at, undoes, batch, fixed in rows]  # fmt: skip


def newest_edit(corpus: Corpus) -> int:
    """The number of the newest entry of the log, whoever made it; 0 when there is none."""
    return int(corpus.query("SELECT coalesce(max(id), 0) FROM edits")[0][0])


def edited_after(corpus: Corpus, entry: int) -> list[tuple[str, int]]:
    """Document and number of every entry of the log after this one, whoever made it; imported work counts."""
    rows = corpus.query("SELECT d.id, e.id FROM edits e JOIN documents d USING (seq) WHERE e.id > ?", entry)
    return [(id_, number) for id_, number in rows]


def changed_by_annotators(corpus: Corpus, document_id: str, entry: int) -> bool:
    """Whether anyone has edited the document after this entry of the log; gold does not count."""
    rows = corpus.query(
        "SELECT 1 FROM edits WHERE seq = (SELECT seq FROM documents WHERE id = ?) AND id > ? "
        "AND annotator NOT IN (SELECT id FROM annotators WHERE name = ?) LIMIT 1",
        document_id,
        entry,
        GOLD,
    )
    return bool(rows)
