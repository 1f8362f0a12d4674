"""The visible lines of a text, which are the units of the formats for segmentation."""

from collections.abc import Iterable


def visible_lines(text: str, cuts: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Start and end of every line with something on it, without the blanks at its ends.

    Args:
        text: The text.
        cuts: Positions at which a line is cut in two, such as boundaries inside lines.
    """
    found: list[tuple[int, int]] = []
    edges = sorted(cut for cut in set(cuts) if 0 < cut < len(text))
    at = 0
    for edge in [*edges, len(text)]:
        for line in text[at:edge].split("\n"):
            bare = line.lstrip()
            start = at + len(line) - len(bare)
            end = start + len(bare.rstrip())
            if start < end:
                found.append((start, end))
            at += len(line) + 1
        at = edge
    return found
