"""Finding whole-word occurrences of many strings in one walk over a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_TOKEN = re.compile(r"\w+|[^\w\s]")

Key = tuple[str, ...]
"""A string as its tokens, so that two spaces or a non-breaking one make no difference."""


def string_key(text: str) -> Key:
    """The tokens of a string: runs of word characters and other visible characters."""
    return tuple(_TOKEN.findall(text))


class StringTree:
    """Many strings as a tree of tokens. A match may cross blanks but no line end."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._root: dict[str, Any] = {}
        for key in keys:
            node = self._root
            for token in key:
                node = node.setdefault(token, {})
            node[""] = key

    def every_match(self, text: str) -> Iterator[tuple[int, int, Key]]:
        """Every occurrence of every string, those inside others too, as start, end and the string."""
        if not self._root:
            return
        tokens = list(_TOKEN.finditer(text))
        for first, token in enumerate(tokens):
            if token.group() in self._root:
                yield from self._from(text, tokens, first)

    def longest_matches(self, text: str) -> Iterator[tuple[int, int, Key]]:
        """Occurrences that do not overlap: from left to right, the longest at each place."""
        clear = 0
        best: tuple[int, int, Key] | None = None
        for match in self.every_match(text):
            if match[0] < clear:
                continue
            if best is not None and match[0] != best[0]:
                yield best
                clear, best = best[1], None
                if match[0] < clear:
                    continue
            best = match
        if best is not None:
            yield best

    def _from(self, text: str, tokens: Sequence[re.Match[str]], first: int) -> Iterator[tuple[int, int, Key]]:
        node = self._root.get(tokens[first].group())
        start, at = tokens[first].start(), first
        while node is not None:
            end = tokens[at].end()
            if "" in node:
                yield start, end, node[""]
            at += 1
            if at >= len(tokens) or "\n" in text[end : tokens[at].start()]:
                return
            node = node.get(tokens[at].group())
