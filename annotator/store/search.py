"""Full-text search over a corpus, by SQLite's FTS5. The index is made when it is first asked for."""

import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from annotator.core.errors import CorpusError
from annotator.core.words import tr
from annotator.store.connection import said, transaction
from annotator.store.corpus import Corpus

_BATCH = 500
_WORD = re.compile(r'"([^"]+)"|(\S+)')
# Scripts written without blanks: FTS5 would take a whole run for one word, so their texts are looked through instead.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_UNTOLD = re.compile("[\0\ud800-\udfff]")
"""What no text of a corpus holds and SQLite cannot be asked for."""
_MOST_TERMS = 100
"""Words of a search that count; SQLite does not take any number of conditions."""
_LONGEST_TERM = 1000
"""Characters of a word or phrase that count."""
_MARKS = "[\u0300-\u036f]*"
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
    last = corpus.query("SELECT coalesce(max(seq), 0) FROM texts")[0][0]
    while int(corpus.value("search_upto") or 0) < last:
        with said(corpus.path), transaction(connection, durable=False):
            # Read inside the transaction, as another program may be indexing the same texts.
            upto = int(corpus.value("search_upto") or 0)
            stop = max(upto, min(upto + _BATCH, last))
            connection.execute(
                "INSERT INTO search (rowid, text) SELECT seq, text FROM texts WHERE seq > ? AND seq <= ?", (upto, stop)
            )
            connection.execute("INSERT OR REPLACE INTO corpus (key, value) VALUES ('search_upto', ?)", (str(stop),))
        if progress:
            progress(stop, last)


def search(corpus: Corpus, words: str, limit: int = 100_000, *, ranked: bool = True) -> list[Found]:
    """The documents whose text holds all of `words`, best first when `ranked`. Quoted words must follow each other.

    The index must be up to date. A word is found at the start of longer words too. Case and the accents of Latin
    letters do not count; the first hundred words do.
    """
    terms = terms_of(words)
    if not terms:
        return []
    if _UNSPACED.search(words):
        conditions = " AND ".join("t.text LIKE ? ESCAPE '\\'" for _ in terms)
        patterns = ["%" + re.sub(r"([\\%_])", r"\\\1", term) + "%" for term in terms]
        rows = corpus.query(
            f"SELECT d.id, substr(t.text, max(1, instr(t.text, ?) - 20), 60) FROM texts t "
            f"JOIN documents d USING (seq) WHERE {conditions} ORDER BY t.seq LIMIT ?",
            terms[0],
            *patterns,
            limit,
        )
    else:
        query = " ".join('"' + term.replace('"', '""') + '"*' for term in terms)
        rows = corpus.query(
            "SELECT d.id, '' FROM search JOIN documents d ON d.seq = search.rowid WHERE search MATCH ? "
            f"{'ORDER BY bm25(search)' if ranked else ''} LIMIT ?",
            query,
            limit,
        )
    return [Found(*row) for row in rows]


def terms_of(words: str) -> list[str]:
    """The words and quoted phrases of a search, each once."""
    found = ((quoted or plain).strip() for quoted, plain in _WORD.findall(_UNTOLD.sub(" ", words)))
    terms = dict.fromkeys(term[:_LONGEST_TERM].strip() for term in found if term.strip('" '))
    return list(terms)[:_MOST_TERMS]


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words of a search stand in a text, as start and end of each, in text order.

    As in `search`, case and accents do not count, and whatever signs stand between the words of a phrase.
    """
    found: set[tuple[int, int]] = set()
    for term in terms_of(words):
        found.update(match.span() for match in _pattern(term).finditer(text))
    return sorted(found)


@lru_cache(maxsize=64)
def _pattern(term: str) -> re.Pattern[str]:
    bare = {letter: base for base, letters in _accented().items() for letter in letters}
    plain = "".join(bare.get(c, c) for c in term if not "\u0300" <= c <= "\u036f")
    parts = re.findall(r"[^\W_]+", plain)
    if not parts:
        return re.compile(r"\s+".join(re.escape(part) for part in term.split()))
    before = "" if _UNSPACED.search(term) else r"(?<![^\W_])"
    accented = _accented()
    bodies = ("".join(f"[{re.escape(c)}{accented.get(c, '')}]{_MARKS}" for c in part) for part in parts)
    return re.compile(before + r"[\W_]+".join(bodies), re.IGNORECASE)


@cache
def _accented() -> Mapping[str, str]:
    """The letters with accents, by the letter without."""
    found: defaultdict[str, str] = defaultdict(str)
    for character in map(chr, (*range(0xC0, 0x530), *range(0x1E00, 0x2000))):
        base = unicodedata.normalize("NFD", character)[0]
        if base != character:
            found[base.lower()] += character
            found[base.upper()] += character
    return {base: "".join(dict.fromkeys(letters)) for base, letters in found.items()}
