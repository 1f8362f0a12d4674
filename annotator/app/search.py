"""Search for the window: the index brought up to date, the documents found, the words found on a page."""

from collections.abc import Callable

from annotator.store.corpus import Corpus
from annotator.store.search import bring_up_to_date, places, search

__all__ = ["find_documents", "places"]


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
    return frozenset(found.document_id for found in search(corpus, words))
