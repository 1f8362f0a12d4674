"""Every place where a string stands again, and one edit a document that labels, relabels or removes there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from annotator.core.annotation import Edit
from annotator.core.edits import change_marks
from annotator.core.marks import Labelled, Span
from annotator.core.page import Page
from annotator.core.schema import Layer
from annotator.core.words import tr, trn

CONTEXT = 36
"""Characters shown on either side of an occurrence."""


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

    def pattern(self) -> re.Pattern[str]:
        """The string as a pattern; runs of blanks match any blanks."""
        body = r"\s+".join(re.escape(part) for part in self.text.split())
        if self.whole_words:
            left = r"(?<!\w)" if self.text[:1].isalnum() else ""
            right = r"(?!\w)" if self.text[-1:].isalnum() else ""
            body = left + body + right
        return re.compile(body, 0 if self.match_case else re.IGNORECASE)


def occurrences(page: Page, wanted: Wanted, within: tuple[int, int] | None = None) -> Iterator[Occurrence]:
    """The occurrences on a page, in text order, that the deed could change.

    Args:
        page: The page.
        wanted: The string and what to do.
        within: Start and end of the stretch to look in; the whole page when None.
    """
    start, end = within or (0, len(page.text))
    layer = page.schema.by_name[wanted.layer]
    spans = [mark for mark in (*page.decided, *page.pending) if isinstance(mark, Span) and mark.layer == wanted.layer]
    by_place: dict[tuple[int, int], Span] = {}
    for span in reversed(spans):
        by_place[span.start, span.end] = span
    for match in wanted.pattern().finditer(page.text, start, end):
        low, high = match.span()
        present = by_place.get((low, high))
        if not _could_change(page, wanted, present):
            continue
        yield Occurrence(
            page.document.id,
            low,
            high,
            page.text[max(0, low - CONTEXT) : low],
            page.text[low:high],
            page.text[high : high + CONTEXT],
            present,
            _obstacle(page, wanted, layer, low, high, present),
        )


def _could_change(page: Page, wanted: Wanted, present: Span | None) -> bool:
    if wanted.deed is Deed.REMOVE:
        return present is not None and present.label == wanted.label
    if wanted.deed is Deed.RELABEL:
        return present is not None and present.label != wanted.label
    return not (present is not None and page.is_decided(present) and present.label == wanted.label)


def _obstacle(page: Page, wanted: Wanted, layer: Layer, low: int, high: int, present: Span | None) -> str:
    """Why the string cannot be labelled here: another mark of the layer, decided or proposed, stands in the way."""
    if wanted.deed is not Deed.LABEL or layer.overlap:
        return ""
    for mark in (*page.decided, *page.pending):
        if not isinstance(mark, Span) or mark.layer != wanted.layer or mark.end <= low or high <= mark.start:
            continue
        if (mark.start, mark.end) != (low, high):
            return tr("inside {label} “{text}”", label=mark.label, text=page.text[mark.start : mark.end][:30])
        if mark == present and page.is_decided(mark):
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
    removed: list[Labelled] = [present for _, _, present in places if present is not None]
    if wanted.deed is Deed.REMOVE:
        title = trn("Remove {n} × “{text}”", "Remove {n} × “{text}”", len(places), text=wanted.text)
        return change_marks(page, title, remove=removed)
    added: list[Labelled] = [Span(start, end, wanted.layer, wanted.label) for start, end, _ in places]
    removed = [mark for mark in removed if mark not in added]
    title = trn(
        "Label {n} × “{text}” as {label}",
        "Label {n} × “{text}” as {label}",
        len(places),
        text=wanted.text,
        label=wanted.label,
    )
    return change_marks(page, title, remove=removed, add=added)


def stretch_of(page: Page, position: int, layer: str) -> tuple[int, int]:
    """Start and end of the segment of a layer that holds a position, proposals counted."""
    for part in page.segments(layer, with_pending=True):
        if part.start <= position < part.end:
            return part.start, part.end
    return 0, len(page.text)
