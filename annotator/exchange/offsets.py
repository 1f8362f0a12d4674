"""Offsets of other programs: into raw text with carriage returns, or in UTF-16 units."""

from bisect import bisect_left

from annotator.core.document import normalize_text


class RawText:
    """A text as a file holds it, and where its offsets lie in the normalised text."""

    def __init__(self, raw: str, *, utf16: bool = False) -> None:
        """Take a raw text whose offsets count code points, or UTF-16 units.

        Raises:
            InputError: As `normalize_text`.
        """
        self.text = normalize_text(raw)
        self._removed = _removed(raw) if self.text != raw else []
        wide = [at for at, character in enumerate(raw) if character > "\uffff"] if utf16 and not raw.isascii() else []
        self._wide_units = [at + index for index, at in enumerate(wide)]

    def position(self, offset: int) -> int:
        """The position in the normalised text of an offset into the raw one; inside a surrogate pair, behind it."""
        if self._wide_units:
            offset -= bisect_left(self._wide_units, offset - 1)
        return offset - bisect_left(self._removed, offset)


def _removed(raw: str) -> list[int]:
    """The indices of the characters that normalising takes away."""
    marks = len(raw) - len(raw.lstrip("\ufeff"))
    found = list(range(marks))
    at = raw.find("\r\n")
    while at >= 0:
        found.append(at)
        at = raw.find("\r\n", at + 2)
    return found


class Utf16:
    """Turns code points of a text into UTF-16 units."""

    def __init__(self, text: str) -> None:
        self._wide = [] if text.isascii() else [at for at, character in enumerate(text) if character > "\uffff"]

    def units(self, position: int) -> int:
        """UTF-16 units before a position."""
        return position + bisect_left(self._wide, position)
