"""Schemas, hostile texts and Hypothesis strategies that the tests of core and store share."""

import random
from collections.abc import Sequence
from types import MappingProxyType

from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Edit, Status
from annotator.core.document import Document, make_document
from annotator.core.edits import (
    accept,
    accept_rest,
    add_boundary,
    add_span,
    join,
    move_boundary,
    reject,
    relabel,
    resize_span,
    set_document_label,
    set_state,
)
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Span, text_order, with_label
from annotator.core.page import Page, make_page
from annotator.core.proposal import Proposal
from annotator.core.schema import Label, Layer, LayerKind, Schema


def layer(name: str, kind: LayerKind, labels: str, *, overlap: bool = False) -> Layer:
    return Layer(name, kind, labels=tuple(Label(label) for label in labels.split()), overlap=overlap)


EVERYTHING = Schema(
    "everything",
    1,
    (
        layer("articles", LayerKind.SEGMENTS, "article teaser"),
        layer("blocks", LayerKind.SEGMENTS, "headline body"),
        layer("entities", LayerKind.SPANS, "PERSON ORG GPE"),
        layer("quotes", LayerKind.SPANS, "quote source", overlap=True),
        layer("topic", LayerKind.DOCUMENT, "sport politics"),
        layer("tone", LayerKind.DOCUMENT, "calm angry", overlap=True),
    ),
)
"""A schema with every kind of layer, with and without overlap."""

HOSTILE = {
    "astral": "𝔘𝔫𝔦 😀 𐍈",
    "zwj emoji": "👩‍👩‍👧‍👦 and 👩🏽‍🚀 flew ❤️",
    "combining": "e\u0301 a\u0308o\u0308 q\u0323\u0307",
    "right to left": "שלום John עולם (CNN) السيد",
    "crlf": "one\r\ntwo\r\n\r\nthree",
    "lone cr": "one\rtwo\r\rthree\r",
    "nbsp": "\u00a0no\u00a0break\u202fhere",
    "line separators": "a\u2028b\u2029c\u0085d\x0be\x0cf",
    "leading bom": "\ufeff\ufeffHeadline\n\ufeffinside",
    "nul": "nul\x00bell\x07\x00",
    "empty": "",
    "one long line": "word 😀 " * 130_000,
}
"""Raw texts that break careless offset arithmetic."""

TEXT = "Joe Biden met Ann. 😀 was e\u0301lan\nU.S. (CNN) said no.\nTwo lines 北京 more."

short_texts = st.one_of(
    st.sampled_from([text for text in HOSTILE.values() if 0 < len(text) < 100]),
    st.text(st.sampled_from("ab .\n\r\u00a0😀é\u0301\u200d\ufeff北'"), max_size=30),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)


def blank_page(text: str = TEXT, proposals: Sequence[Proposal] = (), schema: Schema = EVERYTHING) -> Page:
    document = make_document(text)
    return make_page(document, schema, Annotation(document.id, "ann"), proposals)


def propose(mark: Labelled, score: float | None = 0.5, proposer: str = "rules 1") -> Proposal:
    return Proposal(mark, score, "", proposer)


@st.composite
def marks(draw: st.DrawFn, length: int, schema: Schema = EVERYTHING) -> Labelled:
    """A mark that fits a text of `length` code points, near its start so that marks often clash."""
    layers = [item for item in schema.layers if length > 0 or item.kind is not LayerKind.SPANS]
    of = draw(st.sampled_from(layers))
    label = draw(st.sampled_from(of.labels)).name
    if of.kind is LayerKind.SEGMENTS:
        return Boundary(draw(st.integers(0, max(0, min(length, 12) - 1))), of.name, label)
    if of.kind is LayerKind.DOCUMENT:
        return DocumentLabel(of.name, label)
    start = draw(st.integers(0, min(length, 12) - 1))
    return Span(start, draw(st.integers(start + 1, min(length, start + 5))), of.name, label)


@st.composite
def proposals(draw: st.DrawFn, length: int, *, least: int = 0, most: int = 12) -> list[Proposal]:
    scores = st.one_of(st.none(), st.floats(0.0, 1.0))
    found = draw(st.lists(marks(length), min_size=least, max_size=most))
    proposers = st.sampled_from(["rules 1", "spacy 3.8"])
    return [Proposal(mark, draw(scores), draw(st.sampled_from(["", "why"])), draw(proposers)) for mark in found]


def many_proposals(seed: int, count: int) -> list[Proposal]:
    """Spans and boundaries on `TEXT`, close together."""
    chance = random.Random(seed)
    found: list[Proposal] = []
    for _ in range(count):
        start = chance.randrange(len(TEXT) - 6)
        span = Span(start, start + chance.randint(1, 6), chance.choice(["entities", "quotes"]), "")
        mark = chance.choice([span, span, Boundary(start, chance.choice(["articles", "blocks"]), "")])
        label = chance.choice(EVERYTHING.by_name[mark.layer].labels).name
        found.append(propose(with_label(mark, label), chance.choice([None, 0.1, 0.5, 0.9])))
    return found


@st.composite
def documents(draw: st.DrawFn) -> Document:
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
    meta = draw(st.dictionaries(words, words, max_size=2))
    return make_document(draw(short_texts), title=draw(words), source=draw(words), meta=MappingProxyType(meta))


@st.composite
def edits(draw: st.DrawFn, page: Page) -> Edit | None:
    """What a person may do to the page as it is; None where the page refuses it."""
    length = len(page.text)
    standing = [*page.pending, *page.decided]
    mark = draw(st.sampled_from(standing)) if standing and draw(st.booleans()) else draw(marks(length))
    place = draw(st.integers(0, length))
    other = draw(st.integers(0, length))
    label = draw(st.sampled_from([item.name for item in page.schema.by_name[mark.layer].labels]))
    deed = draw(st.integers(0, 7))
    try:
        if deed == 0:
            return accept(page, mark)
        if deed == 1:
            return reject(page, mark)
        if deed == 2:
            return relabel(page, mark, label)
        if deed == 3:
            return accept_rest(page, minimum=draw(st.sampled_from([0.0, 0.0, 0.5])))
        if deed == 4:
            return set_state(page, draw(st.sampled_from(Status)), draw(st.sampled_from([None, "note"])))
        match mark:
            case Boundary():
                if deed == 5:
                    return move_boundary(page, mark, place)
                if deed == 6:
                    return join(page, mark)
                return add_boundary(page, mark.position, mark.layer, label)
            case Span():
                if deed == 5:
                    return resize_span(page, mark, min(place, other), max(place, other))
                return add_span(page, mark.start, mark.end, mark.layer, label)
            case DocumentLabel():
                return set_document_label(page, mark.layer, label, on=deed > 5)
    except EditRefused:
        return None
    raise AssertionError(mark)


def conflicting(page: Page) -> list[tuple[Mark, Mark]]:
    """Decided marks that cannot stand together, and pending marks that a decided one excludes."""
    return [(mark, other) for mark in (*page.decided, *page.pending) for other in page.conflicts(mark, page.decided)]


def is_sorted(found: Sequence[Labelled]) -> bool:
    return list(found) == sorted(found, key=text_order)
