"""Logical paragraphs of a page: hard-wrapped lines joined, pages on one line taken apart.

A paragraph keeps the code points of the page one for one (line ends become spaces), so every position inside it is a
position of the page.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

_WORD_START = re.compile(r"\S+")
_TERMINATED = re.compile(r"[.!?…][\"'”’»)\]]*$")
_SENTENCE_GAP = re.compile(r"(?<=[.!?…\"”’)\]])[ \t\u00a0]+(?=[\"“‘'(\[]?[A-Z0-9\u00c0-\u00de])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"'])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|St|Jr|Sr|vs|No|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|U\.S|U\.K|U\.N|a\.m|p\.m|e\.g|i\.e)\.$"
)
_KICKER_INSIDE = re.compile(r"(?<=\S) (?=[A-Z][A-Z'’\-]{2,}(?: [A-Z'’\-]{2,}){0,4}[:?] \S)")

LONG_LINE = 2_500
"""Code points from which a line that is most of its page is taken apart into sentences: its line ends were lost."""
SMALL_SHARE = 0.3
"""Share of the lines after full ones that start with a small letter on a wrapped page, at least: headlines do not."""
SENTENCE_LIMIT = 4_000
"""Sentences looked at on one page; what follows stays in the last paragraph."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A logical paragraph, `start <= i < end` in the page, without the white space around it."""

    start: int
    end: int
    text: str
    """The page from start to end with line ends and tabs as spaces: as many code points as the page has there."""
    blank_before: int
    """Empty lines before it."""
    indent: int
    """Code points of white space before it on its first line."""
    lines: int
    """Physical lines it was made of."""
    soft: bool
    """True when the break before it is a guess: the line before was full, or there was no line end at all."""


def terminated(text: str) -> bool:
    """Whether the text ends like a finished sentence."""
    return bool(_TERMINATED.search(text))


def sentence_starts(text: str, limit: int = SENTENCE_LIMIT) -> list[int]:
    """Positions at which a sentence starts, 0 first, at most `limit` of them. Known abbreviations end no sentence."""
    starts = [0] if text else []
    for match in _SENTENCE_GAP.finditer(text):
        if _ABBREVIATION.search(text[max(0, match.start() - 6) : match.start()]):
            continue
        starts.append(match.end())
        if len(starts) >= limit:
            break
    return starts


def wrap_width(lengths: list[int], pairs: list[tuple[int, int, bool]]) -> int | None:
    """The column at which a page was hard-wrapped, or None when it was not.

    Args:
        lengths: Code points of every line of two words or more; one that cannot be broken may be longer than the width.
        pairs: For every two lines that follow each other without an empty line: the length of the first, the length of
            the first word of the second, and whether that word starts with a small letter.
    """
    if len(pairs) < 4:
        return None
    candidates = sorted({length for length in lengths if 38 <= length <= 132})
    best, best_score = None, 0.0
    for width in candidates:
        full = sum(width - 12 < length <= width for length in lengths)
        score = full - 2.0 * sum(length > width for length in lengths)
        if score >= best_score:
            best, best_score = width, score
    if best is not None and best_score >= 0.3 * len(lengths):
        unfit = [small for length, word, small in pairs if length <= best < length + 1 + word]
        if len(unfit) >= 0.45 * len(pairs) and sum(unfit) >= SMALL_SHARE * len(unfit):
            return best
    return _longest_as_width(lengths, pairs)


def _longest_as_width(lengths: list[int], pairs: list[tuple[int, int, bool]]) -> int | None:
    """The length of the longest line where lines in mid-sentence follow full ones: a page with many short lines."""
    width = max(lengths, default=0)
    if not 38 <= width <= 132:
        return None
    unfit = [small for length, word, small in pairs if length <= width < length + 1 + word]
    going_on = sum(small for _, _, small in pairs)
    if sum(unfit) >= max(6, 0.6 * going_on) and sum(unfit) >= SMALL_SHARE * len(unfit):
        return width
    return None


def paragraphs(text: str) -> list[Paragraph]:
    """The logical paragraphs of a page, in order. An empty page has none."""
    rows = _rows(text)
    if not rows:
        return []
    pairs = [
        (row.right - row.line_start, len(_first_word(text, after)), text[after.left].islower())
        for row, after in itertools.pairwise(rows)
        if after.blank_before == 0
    ]
    lengths = [row.right - row.line_start for row in rows if len(text[row.left : row.right].split(None, 1)) > 1]
    width = wrap_width(lengths, pairs)
    groups = _joined(text, rows, width) if width else [([row], False) for row in rows]
    found: list[Paragraph] = []
    budget = SENTENCE_LIMIT
    for group, soft in groups:
        first, last = group[0], group[-1]
        indent = first.left - first.line_start
        body = text[first.left : last.right].replace("\n", " ").replace("\t", " ")
        if len(body) < max(LONG_LINE, 0.5 * len(text)) or len(group) > 1 or budget <= 0:
            found.append(Paragraph(first.left, last.right, body, first.blank_before, indent, len(group), soft))
            continue
        starts = _inner_starts(body, budget)
        budget -= len(starts)
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(body)], strict=True)):
            piece = body[start:end].rstrip()
            begin = first.left + start
            blank, inset = (first.blank_before, indent) if number == 0 else (0, 0)
            found.append(Paragraph(begin, begin + len(piece), piece, blank, inset, 1, number > 0))
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    line_start: int
    left: int
    right: int
    blank_before: int


def _rows(text: str) -> list[_Row]:
    rows: list[_Row] = []
    position = blank = 0
    for line in text.split("\n"):
        stripped = line.strip(" \t\r\f\v\u00a0\u200b\x00")
        if stripped:
            left = position + line.index(stripped[0])
            rows.append(_Row(position, left, left + len(stripped), blank))
            blank = 0
        else:
            blank += 1
        position += len(line) + 1
    if rows:
        rows[0] = _Row(rows[0].line_start, rows[0].left, rows[0].right, 0)
    return rows


def _first_word(text: str, row: _Row) -> str:
    match = _WORD_START.match(text, row.left, row.right)
    return match.group() if match else ""


def _joined(text: str, rows: list[_Row], width: int) -> list[tuple[list[_Row], bool]]:
    indents = [row.left - row.line_start for row in rows]
    indented = sum(indent > 0 for indent in indents) >= 3
    spaced = sum(row.blank_before > 0 for row in rows) >= 3
    groups: list[tuple[list[_Row], bool]] = []
    for number, row in enumerate(rows):
        if number == 0 or row.blank_before:
            groups.append(([row], False))
            continue
        before = rows[number - 1]
        length = before.right - before.line_start
        fits = length + 1 + len(_first_word(text, row)) <= width
        if fits or length > width or (indented and indents[number] > indents[number - 1]):
            groups.append(([row], False))
        elif not spaced and _soft_break(text, before, row, width):
            groups.append(([row], True))
        else:
            groups[-1][0].append(row)
    return groups


def _soft_break(text: str, before: _Row, row: _Row, width: int) -> bool:
    """A full line may still end a paragraph: when it ends a sentence and the next line starts one."""
    head = text[row.left : row.right].lstrip("\"'“‘([")[:1]
    return terminated(text[max(before.left, before.right - 4) : before.right]) and not head.islower()


def _inner_starts(body: str, limit: int) -> list[int]:
    starts = set(sentence_starts(body, limit))
    starts.update(match.end() for match in _KICKER_INSIDE.finditer(body))
    return sorted(starts)[:limit]
