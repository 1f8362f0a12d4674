"""Pages that catch readers which count anything but code points, and what is marked on them."""

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from tests.exchange.strategies import EVERYTHING

SCHEMA: Schema = EVERYTHING
"""Segments in two layers, spans without overlap, spans with overlap, document labels."""

TEXTS = {
    "emoji": "😀 Mayor resigns 👩‍👩‍👧‍👦\nJohn Smith of Acme left. 🇩🇪 Berlin waits.",
    "arabic": "السيد محمد علي قال.\nوصل إلى القاهرة أمس",
    "hebrew": "ראש העיר שלום כהן התפטר.\nירושלים חיכתה",
    "chinese": "中文 新闻 。\n王 小明 在 北京 说 。",
    "crlf": "Markets fell\r\nAcme Inc. lost 3%.\r\n\r\nGlobex of Springfield gained.",
    "touching": "OslomanBerlin Acme-Globex said.",
    "nested": "The University of New York City said so.",
    "crossing": "He met Mr. X. Smith Jr. of Acme. They left.",
}
"""Raw texts by what is hard about them."""

SURFACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "emoji": (
        ("John Smith", "entities", "PERSON"),
        ("Acme", "entities", "ORG"),
        ("Berlin", "entities", "GPE"),
        ("👩‍👩‍👧‍👦", "quotes", "quote"),
    ),
    "arabic": (("محمد علي", "entities", "PERSON"), ("القاهرة", "entities", "GPE")),
    "hebrew": (("שלום כהן", "entities", "PERSON"), ("ירושלים", "entities", "GPE")),
    "chinese": (("王 小明", "entities", "PERSON"), ("北京", "entities", "GPE")),
    "crlf": (
        ("Acme Inc.", "entities", "ORG"),
        ("Globex", "entities", "ORG"),
        ("Springfield", "entities", "GPE"),
        ("3%.\n\nGlobex", "quotes", "quote"),
    ),
    "touching": (
        ("Osloman", "entities", "PERSON"),
        ("Berlin", "entities", "GPE"),
        ("Acme", "entities", "ORG"),
        ("-", "entities", "PERSON"),
        ("Globex", "entities", "ORG"),
    ),
    "nested": (
        ("University of New York City", "entities", "ORG"),
        ("New York", "quotes", "source"),
        ("New York City", "quotes", "PERSON"),
    ),
    "crossing": (
        ("Mr. X. Smith Jr.", "entities", "PERSON"),
        ("Acme", "entities", "ORG"),
        ("Acme. They", "quotes", "quote"),
    ),
}
"""What is marked on each: the text of a span, its layer and its label."""


def spans_of(name: str) -> list[Span]:
    """The spans of a page, by their texts."""
    text = make_document(TEXTS[name]).text
    found = []
    for surface, layer, label in SURFACES[name]:
        start = text.index(surface)
        found.append(Span(start, start + len(surface), layer, label))
    return found


def page(name: str) -> Record:
    """A finished page with its proposals."""
    document = make_document(TEXTS[name], title=name, source=f"https://{name}.example/page")
    spans = spans_of(name)
    boundaries: set[Mark] = {Boundary(0, "articles", "article"), Boundary(0, "blocks", "headline")}
    if "\n" in document.text:
        boundaries.add(Boundary(document.text.index("\n") + 1, "blocks", "body"))
    marks: frozenset[Mark] = frozenset([*spans, *boundaries, DocumentLabel("topic", "politics")])
    work = Work(Annotation(document.id, "ann", marks, State(Status.DONE)), {spans[0]: "rules 1"}, 4.5)
    proposals = (
        Proposal(spans[0], 0.9, "a name", "rules 1"),
        Proposal(Boundary(0, "blocks", "headline"), None, "", "lines 1"),
    )
    return Record(document, (work,), proposals)


def pages() -> list[Record]:
    """All of them."""
    return [page(name) for name in TEXTS]
