"""What the review calls the kinds of places, and a place in one line."""

from collections.abc import Sequence

from annotator.agreement.disagreements import Kind, Place, Version
from annotator.app.review_cases import Question
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.schema import Schema
from annotator.core.words import tr, trn

_OPENING = 40
"""Characters of a segment that are shown of it."""


def kind_name(kind: Kind | None) -> str:
    """A kind of place in a few words."""
    return {
        None: tr("all agree"),
        Kind.BOUNDARY_MISSING: tr("boundary missing"),
        Kind.BOUNDARY_MOVED: tr("boundary moved"),
        Kind.SEGMENT_LABEL: tr("segment label differs"),
        Kind.SPAN_MISSING: tr("span missing"),
        Kind.SPAN_LABEL: tr("span label differs"),
        Kind.EDGES: tr("edges differ"),
        Kind.BOTH: tr("edges and label differ"),
        Kind.DOCUMENT_LABEL: tr("document label differs"),
    }[kind]


def asked_of(place: Place) -> str:
    """The question that a place puts."""
    return {
        None: tr("All agree. Is it right?"),
        Kind.BOUNDARY_MISSING: tr("Does a segment open here?"),
        Kind.BOUNDARY_MOVED: tr("Where does the segment open?"),
        Kind.SEGMENT_LABEL: tr("What segment is it?"),
        Kind.SPAN_MISSING: tr("Is there something here?"),
        Kind.SPAN_LABEL: tr("What is it?"),
        Kind.EDGES: tr("Where does it start and end?"),
        Kind.BOTH: tr("What is it, and where does it start and end?"),
        Kind.DOCUMENT_LABEL: tr("Which label does the page have?"),
    }[place.kind]


def question_line(schema: Schema, question: Question) -> str:
    """A place in two lines, for a list: kind with labels, and its text."""
    labels = dict.fromkeys(label for own, _ in question.readings for label in own)
    codes = [label.short if (label := schema.find(question.layer, name)) else name for name in labels]
    slight = tr(", slightly") if question.slight else ""
    text = " ".join(question.text.split()) or tr("the whole page")
    # The text stands in isolation, so that a right-to-left name does not turn its line around.
    quoted = tr("“{text}”", text=f"\u2068{text}\u2069")
    return f"{kind_name(question.kind)}{slight} · {'/'.join(codes)}\n{quoted}"


def version_lines(schema: Schema, version: Version, text: str) -> list[str]:
    """What a version holds, a line for each mark."""
    return [mark_line(schema, mark, text) for mark in version.marks] or [tr("nothing")]


def mark_line(schema: Schema, mark: Labelled, text: str) -> str:
    """A mark in one line: code, label and what it covers."""
    label = schema.find(mark.layer, mark.label)
    name = f"{label.short} {label.shown}" if label else mark.label
    match mark:
        case Span(start, end):
            return tr("{label}: “{text}”", label=name, text=f"\u2068{' '.join(text[start:end].split())}\u2069")
        case Boundary(position):
            return tr("{label} opens at “{text}”", label=name, text=f"\u2068{_opening(text, position)}\u2069")
        case _:
            return name


def _opening(text: str, position: int) -> str:
    """The first words of a segment."""
    words = " ".join(text[position : position + 200].split())
    return words if len(words) <= _OPENING else words[:_OPENING].rsplit(" ", 1)[0] + " …"


def lane_names(numbers: Sequence[int], lanes: Sequence[str], *, named: bool) -> str:
    """The lanes that hold a version: their numbers, with names where they are shown."""
    return "  ".join(f"{n} {lanes[n - 1]}" if named else str(n) for n in numbers)


def left_line(counts: tuple[int, int, int], documents: int, done: int) -> str:
    """What is left to do, in one line."""
    asked, looks, agreed = counts
    total = sum(counts)
    if not total and not documents - done:
        return trn("0 left: gold of {n} page is done.", "0 left: gold of {n} pages is done.", documents)
    parts = []
    if asked:
        parts.append(trn("{n} disagreement", "{n} disagreements", asked))
    if looks:
        parts.append(trn("{n} look at what all agree on", "{n} looks at what all agree on", looks))
    if agreed:
        parts.append(trn("{n} place to merge", "{n} places to merge", agreed))
    if not total:
        parts.append(tr("pages without marks to merge"))
    pages = tr("gold of {done} of {n} pages is done", done=done, n=documents)
    return tr("{total} left", total=total) + ": " + ", ".join(parts) + "  ·  " + pages
