"""Hypothesis strategies for records over hostile texts, and the schemas the tests of this folder share."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Choice, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import Document, make_document
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema, schema_from_json, schema_from_toml

NEWS = schema_from_toml(Path("resources/schemas/news.toml").read_text("utf-8"))
CONLL = schema_from_toml(Path("resources/schemas/conll.toml").read_text("utf-8"))


def layer_json(name: str, kind: str, labels: str, **more: object) -> dict[str, Any]:
    return {"name": name, "kind": kind, "labels": [{"name": label} for label in labels.split()], **more}


EVERYTHING = schema_from_json(
    {
        "name": "everything",
        "version": 3,
        "layers": [
            layer_json("articles", "segments", "article teaser"),
            layer_json("blocks", "segments", "headline body teaser"),
            layer_json("entities", "spans", "PERSON ORG GPE"),
            layer_json("quotes", "spans", "quote source PERSON", overlap=True),
            layer_json("topic", "document", "sport politics"),
        ],
    }
)
"""A schema with every kind of layer, and label names that stand in two layers."""

HOSTILE = (
    "👩‍👩‍👧‍👦 met José in Zürich.",
    "e\u0301 a\u0308o\u0308 🇩🇪𝔘𝔫𝔦",
    "שלום John שלום",
    "السيد محمد (CNN) قال",
    "中文新闻标题。北京，你好！",
    "nul\x00bell\x07",
    "a\u2028b\u2029c\u0085d\x0be\x0cf",
    "\u00a0no\u00a0break\u200b\u2060\ufeffinside",
    "one\ntwo\n\n\nthree  four\t\tfive",
    "quotes \"' \\ / {}[] <tag> &amp;",
    "Mayor resigns\nJohn Smith of Acme Inc. said so.",
)

texts = st.one_of(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map("\n".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("ab .\n😀é", max_size=40),
)
"""Raw texts; some are empty, some hold carriage returns."""

small_texts = st.one_of(st.sampled_from(["", *HOSTILE]), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
names = st.sampled_from(["gold", "ann", "bob", "ann é 😀", "a b"])
proposers = st.sampled_from(["rules 1", "spacy:en", "ü"])


@st.composite
def documents(draw: st.DrawFn, raw: st.SearchStrategy[str] = texts) -> Document:
    return make_document(
        draw(raw),
        title=draw(small_texts),
        source=draw(small_texts),
        published=draw(st.sampled_from(["", "2024-02-29", "yesterday"])),
        meta=draw(st.dictionaries(small_texts, small_texts, max_size=3)),
    )


@st.composite
def a_mark(draw: st.DrawFn, length: int, schema: Schema) -> Labelled:
    layer = draw(st.sampled_from([x for x in schema.layers if length or x.kind is not LayerKind.SPANS]))
    label = draw(st.sampled_from(layer.labels)).name
    if layer.kind is LayerKind.DOCUMENT:
        return DocumentLabel(layer.name, label)
    if layer.kind is LayerKind.SEGMENTS:
        return Boundary(draw(st.integers(0, max(length - 1, 0))), layer.name, label)
    start = draw(st.integers(0, length - 1))
    return Span(start, draw(st.integers(start + 1, min(length, start + 12))), layer.name, label)


@st.composite
def mark_sets(draw: st.DrawFn, length: int, schema: Schema, max_size: int = 8) -> frozenset[Labelled]:
    """Marks that can stand together."""
    kept: list[Labelled] = []
    for mark in draw(st.lists(a_mark(length, schema), max_size=max_size, unique=True)):
        if find_conflict([*kept, mark], schema) is None:
            kept.append(mark)
    return frozenset(kept)


@st.composite
def works(draw: st.DrawFn, document: Document, annotator: str, schema: Schema) -> Work:
    length = len(document.text)
    rejected = draw(st.lists(a_mark(length, schema), max_size=2))
    marks: frozenset[Mark] = draw(mark_sets(length, schema)) | frozenset(map(Rejection, rejected))
    origins = {mark: draw(proposers) for mark in marks if draw(st.booleans())}
    state = State(draw(st.sampled_from(Status)), draw(small_texts))
    seconds = draw(st.floats(0, 1e9, allow_nan=False))
    work = Annotation(document.id, annotator, marks, state)
    return Work(work, MappingProxyType(origins), seconds, draw(st.sampled_from(Choice)))


@st.composite
def proposals(draw: st.DrawFn, length: int, schema: Schema) -> Proposal:
    score = draw(st.one_of(st.none(), st.floats(0, 1)))
    return Proposal(draw(a_mark(length, schema)), score, draw(small_texts), draw(proposers))


@st.composite
def records(draw: st.DrawFn, schema: Schema = EVERYTHING) -> Record:
    document = draw(documents())
    annotators = draw(st.lists(names, max_size=3, unique=True))
    return Record(
        document,
        tuple(draw(works(document, name, schema)) for name in annotators),
        tuple(draw(st.lists(proposals(len(document.text), schema), max_size=5))),
    )
