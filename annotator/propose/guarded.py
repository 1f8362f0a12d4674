"""Patterns that are only searched for where they can be found."""

from __future__ import annotations

import re


class Guarded:
    """A pattern with pieces of text without one of which it matches nothing.

    Looking for a piece costs a small part of a search for the pattern, and most texts hold none.
    """

    __slots__ = ("pattern", "pieces")

    def __init__(self, pattern: str, pieces: str) -> None:
        """`pieces` stand in one text with semicolons between them."""
        self.pattern = re.compile(pattern)
        self.pieces = tuple(pieces.split(";"))

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in the text."""
        for piece in self.pieces:
            if piece in text:
                return self.pattern.search(text)
        return None
