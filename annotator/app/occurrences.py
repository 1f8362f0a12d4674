"""Every place where a string stands again, and one edit a document that labels, relabels or removes there."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from annotator.core import tokens
from annotator.core.annotation import Edit
from annotator.core.edits import change_marks
from annotator.core.marks import Labelled, Span
from annotator.core.page import Page
from annotator.core.words import tr, trn

CONTEXT = 36
"""Characters shown on either side of an occurrence."""
_TITLE = 40
"""Characters of the string that the title of an edit names."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that put no blanks between words, where every place is as whole as any other."""


class Scope(StrEnum):
    """Where to look."""

    ARTICLE = "article"
    PAGE = "page"
    CORPUS = "corpus"


class Deed(StrEnum):
    """What to do at every occurrence."""

    LABEL = "label"
    RELABEL = "relabel"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where the string stands."""

    document_id: str
    start: int
    end: int
    before: str
    found: str
    after: str
    present: Span | None
    """The mark of the layer that stands on just these characters, decided or pending."""
    obstacle: str = ""
    """Why nothing can be done here; empty when something can."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for."""

    text: str
    layer: str
    label: str
    """The label to give; for removal, the label of the marks to remove."""
    deed: Deed = Deed.LABEL
    whole_words: bool = True
    match_case: bool = True

    def places(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the string stands between two positions of a text; runs of blanks match any blanks."""
        parts = self.text.split()
        if not parts:
            return
        pattern = re.compile(r"\s+".join(map(re.escape, parts)), 0 if self.match_case else re.IGNORECASE)
        position = start
        while match := pattern.search(text, position, end):
            low, high = match.span()
            if self.whole_words and (_goes_on(text, low) or _goes_on(text, high)):
                position = low + 1
                continue
            yield low, high
            position = high


def _goes_on(text: str, position: int) -> bool:
    """Whether a word goes on across a position."""
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    if _UNSPACED.match(before) and _UNSPACED.match(after):
        return False
    return tokens.is_word_character(before) and tokens.is_word_character(after)


def occurrences(
    page: Page,
    wanted: Wanted,
    within: tuple[int, int] | None = None,
    *,
    pointed: tuple[int, int] | None = None,
) -> Iterator[Occurrence]:
    """The occurrences on a page, in text order, that the deed could change.

    Args:
        page: The page.
        wanted: The string and what to do.
        within: Start and end of the stretch to look in; the whole page when None.
        pointed: Start and end of the place that the user pointed at: there other marks make way.
    """
    start, end = within or (0, len(page.text))
    layer = page.schema.by_name[wanted.layer]
    spans = _Spans(page, wanted.layer)
    for low, high in wanted.places(page.text, start, end):
        standing = spans.on(low, high)
        present = next((span for span in standing if span.label == wanted.label), standing[0] if standing else None)
        if not _could_change(page, wanted, present):
            continue
        free = wanted.deed is not Deed.LABEL or layer.overlap or (low, high) == pointed
        yield Occurrence(
            page.document.id,
            low,
            high,
            page.text[max(0, low - CONTEXT) : low],
            page.text[low:high],
            page.text[high : high + CONTEXT],
            present,
            "" if free else _obstacle(page, spans, low, high),
        )


class _Spans:
    """The spans of a layer on a page, decided and pending, asked many times what stands where."""

    def __init__(self, page: Page, layer: str) -> None:
        marks = (mark for mark in (*page.decided, *page.pending) if isinstance(mark, Span) and mark.layer == layer)
        self._spans = sorted(marks, key=lambda span: (span.start, span.end, not page.is_decided(span), span.label))
        self._reach = list(accumulate((span.end for span in self._spans), max))

    def over(self, low: int, high: int) -> list[Span]:
        """Those that share a character with a stretch, in text order."""
        i = bisect_left(self._spans, high, key=lambda span: span.start) - 1
        found = []
        while i >= 0 and self._reach[i] > low:
            if self._spans[i].end > low:
                found.append(self._spans[i])
            i -= 1
        return found[::-1]

    def on(self, low: int, high: int) -> list[Span]:
        """Those on just these characters, decided before pending."""
        return [span for span in self.over(low, high) if (span.start, span.end) == (low, high)]


def _could_change(page: Page, wanted: Wanted, present: Span | None) -> bool:
    if wanted.deed is Deed.REMOVE:
        return present is not None and present.label == wanted.label
    if wanted.deed is Deed.RELABEL:
        return present is not None and present.label != wanted.label
    return not (present is not None and page.is_decided(present) and present.label == wanted.label)


def _obstacle(page: Page, spans: _Spans, low: int, high: int) -> str:
    """Why the string cannot be labelled here: another mark of the layer, decided or proposed, stands in the way."""
    for mark in spans.over(low, high):
        if (mark.start, mark.end) != (low, high):
            return tr("inside {label} “{text}”", label=mark.label, text=page.text[mark.start : mark.end][:30])
        if page.is_decided(mark):
            return tr("is {label} already", label=mark.label)
    return ""


def edit_for(page: Page, wanted: Wanted, chosen: Iterable[Occurrence]) -> Edit | None:
    """The edit that does the deed at the chosen occurrences of a page; None when there are none.

    Raises:
        EditRefused: The marks on the page have changed meanwhile.
    """
    places = [(item.start, item.end, item.present) for item in chosen]
    if not places:
        return None
    flat = " ".join(wanted.text.split())
    text = flat if len(flat) <= _TITLE else flat[: _TITLE - 1] + "…"
    removed: list[Labelled] = [present for _, _, present in places if present is not None]
    if wanted.deed is Deed.REMOVE:
        title = trn("Remove {n} × “{text}”", "Remove {n} × “{text}”", len(places), text=text)
        return change_marks(page, title, remove=removed)
    added: list[Labelled] = [Span(start, end, wanted.layer, wanted.label) for start, end, _ in places]
    removed = [mark for mark in removed if mark not in added]
    title = trn(
        "Label {n} × “{text}” as {label}",
        "Label {n} × “{text}” as {label}",
        len(places),
        text=text,
        label=wanted.label,
    )
    return change_marks(page, title, remove=removed, add=added)


def stretch_of(page: Page, position: int, layer: str) -> tuple[int, int]:
    """Start and end of the segment of a layer that holds a position, proposals counted."""
    for part in page.segments(layer, with_pending=True):
        if part.start <= position < part.end:
            return part.start, part.end
    return 0, len(page.text)
