"""Marks, edits and proposals as rows and as JSON in the log."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from annotator.core.annotation import Edit, State, Status
from annotator.core.document import Document
from annotator.core.marks import (
    Boundary,
    DocumentLabel,
    Labelled,
    Mark,
    Rejection,
    Span,
    mark_from_json,
    mark_to_json,
)
from annotator.core.proposal import Proposal

MarkRow = tuple[int, str, int, int, str, int]
"""kind, layer, start, end, label, rejected"""


def mark_to_row(mark: Mark) -> MarkRow:
    """The columns that hold a mark."""
    rejected = 0
    if isinstance(mark, Rejection):
        mark, rejected = mark.mark, 1
    match mark:
        case Span(start, end, layer, label):
            return 2, layer, start, end, label, rejected
        case Boundary(position, layer, label):
            return 1, layer, position, position, label, rejected
        case DocumentLabel(layer, label):
            return 0, layer, 0, 0, label, rejected


def labelled_from_row(kind: int, layer: str, start: int, end: int, label: str) -> Labelled:
    """The mark that these columns hold, rejection aside."""
    if kind == 2:
        return Span(start, end, layer, label)
    if kind == 1:
        return Boundary(start, layer, label)
    return DocumentLabel(layer, label)


def mark_from_row(kind: int, layer: str, start: int, end: int, label: str, rejected: int) -> Mark:
    """The mark that these columns hold."""
    mark = labelled_from_row(kind, layer, start, end, label)
    return Rejection(mark) if rejected else mark


def marks_to_rows(
    marks: Iterable[Mark], seq: int, who: int, edit: int, origins: Mapping[Mark, str]
) -> list[tuple[int | str | None, ...]]:
    """Rows of the table of marks; spans, which are many, in place."""
    rows: list[tuple[int | str | None, ...]] = []
    for mark in marks:
        origin = origins.get(mark) if origins else None
        if type(mark) is Span:
            rows.append((seq, who, 2, mark.layer, mark.start, mark.end, mark.label, 0, edit, origin))
        else:
            rows.append((seq, who, *mark_to_row(mark), edit, origin))
    return rows


def marks_to_log(marks: Iterable[Mark], origins: Mapping[Mark, str]) -> str:
    """Marks in text order as JSON for the log, each with the proposer it came from; most spans are written in place."""
    texts = []
    for mark in marks:
        origin = origins.get(mark) if origins else None
        if type(mark) is Span and not origin:
            layer, label = _quoted(mark.layer), _quoted(mark.label)
            texts.append(f'{{"start":{mark.start},"end":{mark.end},"layer":{layer},"label":{label}}}')
            continue
        value = mark_to_json(mark)
        if origin:
            value["proposer"] = origin
        texts.append(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return f"[{','.join(texts)}]"


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def marks_from_log(body: str) -> tuple[frozenset[Mark], dict[Mark, str]]:
    """The marks of a log entry and where they came from."""
    marks: set[Mark] = set()
    origins: dict[Mark, str] = {}
    for value in json.loads(body):
        mark = mark_from_json(value)
        marks.add(mark)
        if "proposer" in value:
            origins[mark] = value["proposer"]
    return frozenset(marks), origins


def state_to_log(state: tuple[State, State] | None) -> str | None:
    """A change of state as JSON for the log."""
    if state is None:
        return None
    return json.dumps([[side.status.value, side.note] for side in state], ensure_ascii=False)


def state_from_log(body: str | None) -> tuple[State, State] | None:
    """The change of state of a log entry."""
    if body is None:
        return None
    before, after = (State(Status(status), note) for status, note in json.loads(body))
    return before, after


def edit_from_log(title: str, removed: str, added: str, state: str | None) -> tuple[Edit, dict[Mark, str]]:
    """The edit of a log entry and where its marks came from."""
    gone, origins = marks_from_log(removed)
    new, more = marks_from_log(added)
    return Edit(title, gone, new, state_from_log(state)), {**origins, **more}


def meta_from_json(body: str) -> dict[str, str]:
    """The `meta` of a document."""
    value: Any = json.loads(body)
    return {str(key): str(item) for key, item in value.items()}


def document_from_row(id_: str, text: str, title: str, source: str, published: str, meta: str) -> Document:
    """A document from its columns."""
    return Document(id_, text, title, source, published, MappingProxyType(meta_from_json(meta)))


def proposal_from_row(
    kind: int, layer: str, start: int, end: int, label: str, score: float | None, reason: str, name: str, version: str
) -> Proposal:
    """A proposal from its columns and those of its proposer."""
    return Proposal(labelled_from_row(kind, layer, start, end, label), score, reason, proposer_name(name, version))


def proposer_name(name: str, version: str) -> str:
    """How a proposer is named in proposals, origins and files: its name, a blank, its version."""
    return f"{name} {version}" if version else name


def split_proposer(proposer: str) -> tuple[str, str]:
    """Name and version of a proposer; the inverse of `proposer_name`."""
    name, _, version = proposer.partition(" ")
    return name, version
