"""Full-text search over a corpus, by SQLite's FTS5. The index is made when it is first asked for."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from annotator.core.errors import CorpusError
from annotator.core.words import tr
from annotator.store.connection import said, transaction
from annotator.store.corpus import Corpus

_BATCH = 500
_WORD = re.compile(r'"([^"]+)"|(\S+)')
# Scripts written without blanks: FTS5 would take a whole run for one word, so their texts are looked through instead.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5("
    "text, content = 'texts', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2')"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One document that answers a search."""

    document_id: str
    snippet: str
    """Some words around the first place; plain text."""


def bring_up_to_date(corpus: Corpus, progress: Callable[[int, int], None] | None = None) -> None:
    """Index the texts that are new since the last time; what was indexed stays when it is stopped midway.

    Args:
        corpus: The corpus.
        progress: Called with texts indexed and texts in all; may raise `Cancelled`.
    """
    connection = corpus.connection
    with said(corpus.path):
        try:
            connection.execute(_CREATE)
        except sqlite3.OperationalError as error:
            if "fts5" in str(error):
                raise CorpusError(
                    tr("This Python's SQLite has no full-text search (FTS5); the queue can still be filtered by title.")
                ) from None
            raise
    upto = int(corpus.value("search_upto") or 0)
    last = corpus.query("SELECT coalesce(max(seq), 0) FROM texts")[0][0]
    while upto < last:
        stop = min(upto + _BATCH, last)
        with said(corpus.path), transaction(connection, durable=False):
            connection.execute(
                "INSERT INTO search (rowid, text) SELECT seq, text FROM texts WHERE seq > ? AND seq <= ?", (upto, stop)
            )
            connection.execute("INSERT OR REPLACE INTO corpus (key, value) VALUES ('search_upto', ?)", (str(stop),))
        upto = stop
        if progress:
            progress(upto, last)


def search(corpus: Corpus, words: str, limit: int = 100_000) -> list[Found]:
    """The documents whose text holds all of `words`, best first. Quoted words must follow each other.

    The index must be up to date. A word is found at the start of longer words too.
    """
    terms = terms_of(words)
    if not terms:
        return []
    if _UNSPACED.search(words):
        conditions = " AND ".join("instr(t.text, ?) > 0" for _ in terms)
        rows = corpus.query(
            f"SELECT d.id, substr(t.text, max(1, instr(t.text, ?) - 20), 60) FROM texts t "
            f"JOIN documents d USING (seq) WHERE {conditions} ORDER BY t.seq LIMIT ?",
            terms[0],
            *terms,
            limit,
        )
    else:
        query = " ".join('"' + term.replace('"', '""') + '"*' for term in terms)
        rows = corpus.query(
            "SELECT d.id, '' FROM search JOIN documents d ON d.seq = search.rowid WHERE search MATCH ? "
            "ORDER BY bm25(search) LIMIT ?",
            query,
            limit,
        )
    return [Found(*row) for row in rows]


def terms_of(words: str) -> list[str]:
    """The words and quoted phrases of a search."""
    return [(quoted or plain).strip() for quoted, plain in _WORD.findall(words) if (quoted or plain).strip('" ')]


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words of a search stand in a text, as start and end of each, in text order; case does not count."""
    found: list[tuple[int, int]] = []
    for term in terms_of(words):
        pattern = r"\s+".join(re.escape(part) for part in term.split())
        before = "" if _UNSPACED.search(term) else r"(?<!\w)"
        found.extend(match.span() for match in re.finditer(before + pattern, text, re.IGNORECASE))
    return sorted(found)
