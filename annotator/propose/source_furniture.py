"""Lines that the pages of one source repeat: what the site puts around its articles, on page after page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from annotator.core.document import Document

AHEAD = 32
"""Documents read ahead, so that the first page of a source already knows what its next ones repeat."""
LEAST_PAGES = 3
"""Pages of one source that must hold a line before it counts as repeated."""
LONGEST = 300
"""Code points of the longest line looked at."""
LINES = 400
"""Lines of one page looked at, from its start and as many from its end."""


class RepeatedLines:
    """Counts, source by source, on how many pages each line stands."""

    def __init__(self) -> None:
        self._pages: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def add(self, document: Document) -> None:
        """Count the lines of one more page; a page without a source is not counted."""
        if document.source:
            self._pages[document.source].update({hash(line) for line in _lines(document.text)})

    def of(self, document: Document) -> frozenset[str]:
        """The lines of this page that stand on at least `LEAST_PAGES` pages of its source."""
        counts = self._pages.get(document.source)
        if not document.source or not counts:
            return frozenset()
        return frozenset(line for line in _lines(document.text) if counts[hash(line)] >= LEAST_PAGES)


def _lines(text: str) -> Iterator[str]:
    lines = text.split("\n") if len(text) < 200_000 else [*text[:100_000].split("\n"), *text[-100_000:].split("\n")]
    chosen = lines if len(lines) <= 2 * LINES else [*lines[:LINES], *lines[-LINES:]]
    for line in chosen:
        folded = line.strip()
        if 0 < len(folded) <= LONGEST:
            yield folded


def with_repeated_lines(documents: Iterable[Document]) -> Iterator[tuple[Document, frozenset[str]]]:
    """Every document with the lines that its source repeats on the pages read so far, `AHEAD` documents ahead."""
    counted = RepeatedLines()
    waiting: list[Document] = []
    for document in documents:
        counted.add(document)
        waiting.append(document)
        if len(waiting) > AHEAD:
            first = waiting.pop(0)
            yield first, counted.of(first)
    for document in waiting:
        yield document, counted.of(document)
