"""Search for the window: the index brought up to date, the documents found, the words found on a page."""

import re
import unicodedata
from collections.abc import Callable

from annotator.store.corpus import Corpus
from annotator.store.search import bring_up_to_date, places, search

__all__ = ["find_documents", "find_on_page", "places"]


def find_documents(corpus: Corpus, words: str, progress: Callable[[int, int], None] | None = None) -> frozenset[str]:
    """The documents whose text holds all of `words`; the index is brought up to date first.

    Args:
        corpus: The corpus.
        words: Words, and phrases in double quotes.
        progress: Called while texts are indexed; may raise `Cancelled`.

    Raises:
        CorpusError: The file cannot be read or written.
    """
    bring_up_to_date(corpus, progress)
    return frozenset(found.document_id for found in search(corpus, words, 10_000_000, ranked=False))


def find_on_page(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where a string stands in a text, inside words too, as start and end of each; case and accents do not count."""
    if not wanted:
        return []
    pattern = re.escape(_folded(wanted))
    return [match.span() for match in re.finditer(pattern, _folded(text))]


def _folded(text: str) -> str:
    """The text without case and accents, character for character."""
    return text.translate({ord(one): _plain(one) for one in set(text)})


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].casefold()
    return base if len(base) == 1 else character
