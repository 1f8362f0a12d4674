r"""Token, word and sentence edges for snapping, without a language pipeline.

A token is a run of word characters or one other visible character (`\w+|[^\w\s]`), with combining marks, joiners, skin
tones and soft hyphens kept on the token they follow; emoji joined by U+200D are one token. Tokens lie end to end: every
visible character is in exactly one. A run of Chinese or Thai is therefore one token.
"""

import re
import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_EXTENDERS = frozenset("\u00ad\u200c\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_INSIDE_WORD = frozenset("-.,'’·:&@/$€£¥")
_POSSESSIVE = re.compile(r"['’][sS]$")
_SENTENCE_END = re.compile(r"(?<![.!?…。！？؟])[.!?…。！？؟]++[\"'”’»)\]]*(?:\s+|(?<=[。！？]))(?=[\w\"'“‘«(\[])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Sgt|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|Inc|Ltd|Corp|Co|No|vs|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|U\.S|U\.K|U\.N|a\.m|p\.m|e\.g|i\.e)\.$"
)


def is_word_character(character: str) -> bool:
    """Whether a character is part of a word: a letter, digit, underscore, combining mark or joiner."""
    return character.isalnum() or character == "_" or _extends(character)


def token_at(text: str, position: int) -> tuple[int, int] | None:
    """The token that holds or, when a blank stands there, ends at `position`; None between blanks."""
    if position < len(text) and not text[position].isspace():
        return _grow(text, position)
    if position > 0 and not text[position - 1].isspace():
        return _grow(text, position - 1)
    return None


def word_at(text: str, position: int) -> tuple[int, int] | None:
    """The word a double click means: as `token_at`, joined over inner marks (F-150, US$550), without a possessive."""
    found = token_at(text, position)
    if found is None or not is_word_character(text[found[0]]):
        return found
    start, end = found
    while start > 1 and text[start - 1] in _INSIDE_WORD and is_word_character(text[start - 2]):
        start = _grow(text, start - 2)[0]
    while end + 1 < len(text) and text[end] in _INSIDE_WORD and is_word_character(text[end + 1]):
        end = _grow(text, end + 1)[1]
    possessive = _POSSESSIVE.search(text, max(start, end - 2), end)
    if possessive and possessive.start() > start and position < possessive.start() + 1:
        end = possessive.start()
    return start, end


def snap(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A rough selection without the blanks at its ends, grown to whole tokens; None when it holds only blanks."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return None
    return _grow(text, start)[0], _grow(text, end - 1)[1]


def token_start_before(text: str, position: int) -> int | None:
    """The nearest token start left of `position`, or None."""
    while position > 0 and text[position - 1].isspace():
        position -= 1
    return _grow(text, position - 1)[0] if position > 0 else None


def token_start_after(text: str, position: int) -> int | None:
    """The nearest token start right of `position`, or None."""
    if position < len(text) and not text[position].isspace():
        position = _grow(text, position)[1]
    while position < len(text) and text[position].isspace():
        position += 1
    return position if position < len(text) else None


def token_end_before(text: str, position: int) -> int | None:
    """The nearest token end left of `position`, or None."""
    if position > 0 and not text[position - 1].isspace():
        position = _grow(text, position - 1)[0]
    while position > 0 and text[position - 1].isspace():
        position -= 1
    return position if position > 0 else None


def token_end_after(text: str, position: int) -> int | None:
    """The nearest token end right of `position`, or None."""
    while position < len(text) and text[position].isspace():
        position += 1
    return _grow(text, position)[1] if position < len(text) else None


def line_start(text: str, position: int) -> int:
    """The first character of the line that holds `position`."""
    return text.rfind("\n", 0, position) + 1


def line_starts(text: str) -> list[int]:
    """The first visible character of every line that has one."""
    starts = []
    start = 0
    for line in text.split("\n"):
        bare = line.lstrip()
        if bare:
            starts.append(start + len(line) - len(bare))
        start += len(line) + 1
    return starts


def sentence_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences open inside `start <= i < end`, which should lie in one line; `start` itself first."""
    if start < end:
        yield start
    for match in _SENTENCE_END.finditer(text, start, end):
        if not _ABBREVIATION.search(text, max(0, match.start() - 8), match.start() + 1) and match.end() < end:
            yield match.end()


def sentence_start(text: str, position: int) -> int:
    """Where the sentence that holds `position` opens."""
    start = line_start(text, position)
    stop = text.find("\n", position)
    stop = len(text) if stop < 0 else stop
    best = start
    for found in sentence_starts(text, start, stop):
        if found > position:
            break
        best = found
    return best


def _grow(text: str, position: int) -> tuple[int, int]:
    """The token that holds the visible character at `position`."""
    start, end = position, position + 1
    while not _opens(text, start):
        start -= 1
    while end < len(text) and not text[end].isspace() and not _opens(text, end):
        end += 1
    return start, end


def _opens(text: str, position: int) -> bool:
    """Whether a token opens with the visible character at `position`."""
    if position == 0 or text[position - 1].isspace():
        return True
    character = text[position]
    if _extends(character):
        return False
    base = position - 1
    while base > 0 and _extends(text[base]) and not text[base - 1].isspace():
        base -= 1
    if character.isalnum() or character == "_":
        return not is_word_character(text[base])
    return text[position - 1] != _JOINER or is_word_character(text[base])


def _extends(character: str) -> bool:
    return character in _EXTENDERS or (character > "\u02ff" and unicodedata.category(character)[0] == "M")
