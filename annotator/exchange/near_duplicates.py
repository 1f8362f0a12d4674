"""Documents that tell the same story: near duplicates, and teasers of what stands in full elsewhere."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import pairwise

from annotator.core.tokens import sentence_starts
from annotator.exchange.libraries import need

THRESHOLD = 0.6
"""Share of their five-word sequences that two texts must have in common to count as near duplicates (Jaccard)."""
_WORD = re.compile(r"\w+")
_SHINGLE = 5
_SENTENCE_WORDS = 6
"""A shared sentence of at least so many words makes two documents one group: it is how a teaser quotes its article."""
_BOILERPLATE = 20
"""A sentence in more documents than this is boilerplate and groups nothing."""
_PERMUTATIONS = 128


class DocumentGroups:
    """Puts documents into groups that must not be torn apart: the sets of documents linked by any path."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        """Take the Jaccard threshold for near duplicates, from 0.0 to 1.0."""
        need("datasketch")
        from datasketch import MinHashLSH

        self._index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        self._sentences: dict[bytes, list[str]] = defaultdict(list)
        self._parent: dict[str, str] = {}

    def add(self, document_id: str, text: str, keys: Iterable[str] = ()) -> None:
        """Add a document.

        Args:
            document_id: Its id; adding one again changes nothing.
            text: Its text. Sentences are compared as well as the whole.
            keys: Names of groups it belongs to in any case, such as its source.
        """
        if document_id in self._parent:
            return
        self._parent[document_id] = document_id
        for key in keys:
            root = f"key {key}"
            self._parent.setdefault(root, root)
            self._join(root, document_id)
        for sentence in set(_sentence_keys(text)):
            self._sentences[blake2b(sentence.encode(), digest_size=8).digest()].append(document_id)
        self._compare(document_id, text)

    def _compare(self, document_id: str, text: str) -> None:
        from datasketch import MinHash

        words = [word.casefold() for word in _WORD.findall(text)]
        if len(words) < _SHINGLE:
            return
        hashed = MinHash(num_perm=_PERMUTATIONS)
        hashed.update_batch({" ".join(words[i : i + _SHINGLE]).encode() for i in range(len(words) - _SHINGLE + 1)})
        for other in self._index.query(hashed):
            self._join(other, document_id)
        self._index.insert(document_id, hashed)

    def groups(self) -> list[list[str]]:
        """Every group, in the order in which its first document was added, documents in that order too."""
        for documents in self._sentences.values():
            if 1 < len(documents) <= _BOILERPLATE:
                for other in documents[1:]:
                    self._join(documents[0], other)
        found: dict[str, list[str]] = {}
        for name in self._parent:
            if not name.startswith("key "):
                found.setdefault(self._root(name), []).append(name)
        return list(found.values())

    def _root(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def _join(self, one: str, two: str) -> None:
        self._parent[self._root(two)] = self._root(one)


def _sentence_keys(text: str) -> Iterator[str]:
    at = 0
    for line in text.split("\n"):
        starts = [*sentence_starts(text, at, at + len(line)), at + len(line)]
        for start, end in pairwise(starts):
            words = [word.casefold() for word in _WORD.findall(text, start, end)]
            if len(words) >= _SENTENCE_WORDS:
                yield " ".join(words)
        at += len(line) + 1
