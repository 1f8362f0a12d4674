"""Code points to UTF-16 units, which is what Qt counts in, and back. Nothing else in the program does this sum."""

import re
from bisect import bisect_left

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_UNSHOWABLE = re.compile("[\x00\u2029\ufdd0-\ufdef\ufffc]")
LONGEST_BLOCK = 6_000
"""A line of more characters than this is shown in pieces, broken at blanks, and laid out piece by piece."""


class Offsets:
    """Positions in one text, between code points and UTF-16 units (named `_qt`)."""

    def __init__(self, text: str) -> None:
        self._astral = [match.start() for match in _ASTRAL.finditer(text)]
        self._astral_qt = [position + i for i, position in enumerate(self._astral)]
        self.length_qt = len(text) + len(self._astral)

    def to_qt(self, position: int) -> int:
        """UTF-16 units before the code point at `position`."""
        return position + bisect_left(self._astral, position) if self._astral else position

    def from_qt(self, position_qt: int) -> int:
        """Code points before a UTF-16 position; one inside a surrogate pair counts as before it."""
        before = bisect_left(self._astral_qt, position_qt - 1)
        inside = before < len(self._astral_qt) and self._astral_qt[before] == position_qt - 1
        return position_qt - before - inside


def shown_text(text: str) -> tuple[str, frozenset[int]]:
    """The text as Qt is given it, code point for code point, and the positions of blanks that became line ends.

    Characters that a Qt text document takes as its own marks get a stand-in of the same length. The result is only
    shown: what is stored, selected and copied comes from the text itself.
    """
    shown = _UNSHOWABLE.sub(lambda match: "\u2400" if match.group() == "\0" else "\ufffd", text)
    if len(shown) <= LONGEST_BLOCK:
        return shown, frozenset()
    breaks: list[int] = []
    start = 0
    while start < len(shown):
        end = shown.find("\n", start)
        end = len(shown) if end < 0 else end
        while end - start > LONGEST_BLOCK:
            cut = shown.rfind(" ", start + LONGEST_BLOCK // 2, start + LONGEST_BLOCK)
            if cut < 0:
                break
            breaks.append(cut)
            start = cut + 1
        start = end + 1
    if breaks:
        pieces = list(shown)
        for cut in breaks:
            pieces[cut] = "\n"
        shown = "".join(pieces)
    return shown, frozenset(breaks)
