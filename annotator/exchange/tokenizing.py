r"""Tokens and sentences for formats that are made of them, without a language pipeline.

A token is what `core.tokens` calls one: a run of word characters or one other visible character. Sentences end at line
ends, and inside lines where `core.tokens.sentence_starts` says so.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.core.tokens import sentence_starts, token_at

_ASCII_TOKEN = re.compile(r"\w+|[^\w\s\x1c-\x1f]", re.ASCII)  # re.ASCII leaves these four out of \s
_BLANKS = re.compile(r"\s+")


def token_spans(text: str, cuts: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Start and end of every token, in order; blanks belong to none.

    Args:
        text: The text.
        cuts: Positions at which a token ends in any case, such as the edges of marks.
    """
    found = [match.span() for match in _ASCII_TOKEN.finditer(text)] if text.isascii() else list(_tokens(text))
    edges = sorted(set(cuts))
    if not edges:
        return found
    return list(_cut(found, edges))


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = token_at(text, at)
        assert found is not None
        yield at, found[1]
        at = found[1]


def _cut(tokens: Iterable[tuple[int, int]], edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    for start, end in tokens:
        here = start
        for edge in edges[bisect_right(edges, start) : bisect_left(edges, end)]:
            yield here, edge
            here = edge
        yield here, end


def sentence_spans(text: str, whole: Iterable[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Start and end of every sentence, in order, without the blanks at its ends.

    Args:
        text: The text.
        whole: Stretches that a sentence must not end in; sentences that meet in one are joined.
    """
    found: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        starts = list(sentence_starts(text, at, at + len(line)))
        found += pairwise([*starts, at + len(line)])
        at += len(line) + 1
    stretches = _merged(whole)
    joined: list[tuple[int, int]] = []
    for start, end in (_bare(text, *sentence) for sentence in found):
        if start >= end:
            continue
        if joined and _crossed(stretches, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _crossed(stretches: Sequence[tuple[int, int]], end: int, start: int) -> bool:
    """Whether one stretch begins before `start`, and ends behind it, so that it lies over the gap `end..start`."""
    at = bisect_left(stretches, (end, 0))
    return any(a < end and b > start for a, b in stretches[max(at - 1, 0) : at + 1])


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


@dataclass(frozen=True)
class TokenIndex:
    """The tokens of a text, and which of them a stretch covers."""

    tokens: list[tuple[int, int]]

    def covering(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last token, both included, that share a character with a stretch; None where no token does."""
        first = bisect_right(self.tokens, start, key=lambda token: token[1])
        last = bisect_left(self.tokens, end, key=lambda token: token[0]) - 1
        return None if first > last else (first, last)

    def exact(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last token of a stretch that begins and ends with them; None where its edges lie elsewhere."""
        found = self.covering(start, end)
        if found is None or self.tokens[found[0]][0] != start or self.tokens[found[1]][1] != end:
            return None
        return found


def covering_tokens(text: str, cuts: Iterable[int] = ()) -> list[tuple[int, int, bool]]:
    """Tokens that cover the whole text the way spaCy's do: start, end, and whether one space follows that is in none.

    Other blanks are tokens of their own.

    Args:
        text: The text.
        cuts: Positions at which a token ends in any case, a following space among them.
    """
    edges = sorted(set(cuts))
    found: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in [*token_spans(text, edges), (len(text), len(text))]:
        if at < start:
            if found and text[at] == " " and edges[bisect_left(edges, at) : bisect_right(edges, at)] == []:
                before = found[-1]
                found[-1] = (before[0], before[1], True)
                at += 1
            if at < start:
                found += ((a, b, False) for a, b in _cut([(at, start)], edges))
        if start < end:
            found.append((start, end, False))
        at = end
    return found
