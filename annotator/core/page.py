"""A page: one document with its schema, one annotator's annotation and the proposals, ready to be asked and edited."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Annotation, Edit
from annotator.core.document import Document
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span, text_order
from annotator.core.proposal import Proposal
from annotator.core.schema import LayerKind, Schema

_FEW = 40
"""Up to so many changed marks an edit is worked into the sorted lists; beyond, they are made anew."""


@dataclass(frozen=True)
class Segment:
    """What lies between two boundaries of one layer."""

    start: int
    end: int
    boundary: Boundary | None
    """The boundary that opens it; None for a first segment that nobody has labelled."""

    @property
    def label(self) -> str:
        """The label of its boundary, or "" where it has none."""
        return self.boundary.label if self.boundary else ""


@dataclass(frozen=True)
class Page:
    """One document as one annotator sees it. A value: editing gives another page."""

    document: Document
    schema: Schema
    annotation: Annotation
    proposed: Mapping[Labelled, Proposal]
    """The best proposal for each proposed mark."""
    decided: tuple[Labelled, ...]
    """The annotator's marks in text order."""
    pending: tuple[Labelled, ...]
    """Proposed marks that nobody has resolved, in text order."""

    @property
    def text(self) -> str:
        """The text of the document."""
        return self.document.text

    def is_rejected(self, mark: Labelled) -> bool:
        """Whether the annotator has said that this mark is wrong."""
        return Rejection(mark) in self.annotation.marks

    def is_pending(self, mark: Labelled) -> bool:
        """Whether the mark is proposed and unresolved."""
        return _index(self.pending, mark) is not None

    def is_decided(self, mark: Labelled) -> bool:
        """Whether the mark is in the annotation."""
        return mark in self.annotation.marks

    def segments(self, layer: str, *, with_pending: bool = False) -> list[Segment]:
        """The segments of a layer, end to end over the text, by its decided boundaries and, if asked, the pending."""
        marks: Iterable[Labelled] = self.decided
        if with_pending:
            marks = sorted([*self.decided, *self.pending], key=text_order)
        boundaries: dict[int, Boundary] = {}
        for mark in marks:
            if isinstance(mark, Boundary) and mark.layer == layer:
                boundaries.setdefault(mark.position, mark)
        positions = sorted({0, *boundaries})
        ends = [*positions[1:], len(self.text)]
        return [
            Segment(start, end, boundaries.get(start))
            for start, end in zip(positions, ends, strict=True)
            if start < end
        ]

    def conflicts(self, mark: Labelled, among: Iterable[Labelled]) -> list[Labelled]:
        """The marks that cannot stand beside `mark`: a boundary at its place, a span in its stretch."""
        if isinstance(mark, Boundary):
            return [
                other
                for other in among
                if isinstance(other, Boundary)
                and other.position == mark.position
                and other.layer == mark.layer
                and other != mark
            ]
        if isinstance(mark, Span):
            layer = self.schema.by_name.get(mark.layer)
            free = layer is not None and layer.overlap
            return [
                other
                for other in among
                if isinstance(other, Span)
                and other.start < mark.end
                and mark.start < other.end
                and other.layer == mark.layer
                and other != mark
                and (not free or (other.start, other.end) == (mark.start, mark.end))
            ]
        return []

    def after(self, edit: Edit) -> "Page":
        """The page after an edit.

        Raises:
            EditRefused: As `Annotation.apply`.
        """
        annotation = self.annotation.apply(edit)
        if len(edit.removed) + len(edit.added) > _FEW:
            return make_page(self.document, self.schema, annotation, self.proposed.values())
        decided = list(self.decided)
        touched: set[Labelled] = set()
        for mark in edit.removed:
            if isinstance(mark, Rejection):
                touched.add(mark.mark)
            else:
                del decided[bisect_left(decided, text_order(mark), key=text_order)]
                touched.add(mark)
                touched.update(self.conflicts(mark, self.proposed))
        for mark in edit.added:
            if isinstance(mark, Rejection):
                touched.add(mark.mark)
            else:
                insort(decided, mark, key=text_order)
                touched.add(mark)
                touched.update(self.conflicts(mark, self.pending))
        pending = list(self.pending)
        for mark in touched:
            index = _index(pending, mark)
            open_ = (
                mark in self.proposed
                and mark not in annotation.marks
                and Rejection(mark) not in annotation.marks
                and not self.conflicts(mark, decided)
            )
            if open_ and index is None:
                insort(pending, mark, key=text_order)
            elif not open_ and index is not None:
                del pending[index]
        return Page(self.document, self.schema, annotation, self.proposed, tuple(decided), tuple(pending))


def make_page(document: Document, schema: Schema, annotation: Annotation, proposals: Iterable[Proposal]) -> Page:
    """A page from its parts. Where several proposers put the same mark forward, the one with the best score speaks."""
    proposed: dict[Labelled, Proposal] = {}
    for proposal in proposals:
        known = proposed.get(proposal.mark)
        if known is None or (proposal.score or 0.0) > (known.score or 0.0):
            proposed[proposal.mark] = proposal
    marks = annotation.marks
    decided = tuple(sorted((mark for mark in marks if not isinstance(mark, Rejection)), key=text_order))
    rejected = {mark.mark for mark in marks if isinstance(mark, Rejection)}
    answered = _Answered(decided, schema)
    pending = sorted(
        (mark for mark in proposed if mark not in marks and mark not in rejected and not answered.excludes(mark)),
        key=text_order,
    )
    return Page(document, schema, annotation, proposed, decided, tuple(pending))


class _Answered:
    """Which proposals the decided marks exclude; made for many questions at once."""

    def __init__(self, decided: Sequence[Labelled], schema: Schema) -> None:
        self._free = {layer.name for layer in schema.of_kind(LayerKind.SPANS) if layer.overlap}
        self._boundaries = {(mark.layer, mark.position) for mark in decided if isinstance(mark, Boundary)}
        self._exact = {(mark.layer, mark.start, mark.end) for mark in decided if isinstance(mark, Span)}
        self._spans: dict[str, list[Span]] = {}
        self._reach: dict[str, list[int]] = {}
        for mark in decided:
            if isinstance(mark, Span) and mark.layer not in self._free:
                spans = self._spans.setdefault(mark.layer, [])
                reach = self._reach.setdefault(mark.layer, [])
                reach.append(max(mark.end, reach[-1] if reach else 0))
                spans.append(mark)

    def excludes(self, mark: Labelled) -> bool:
        if isinstance(mark, Boundary):
            return (mark.layer, mark.position) in self._boundaries
        if isinstance(mark, Span):
            if mark.layer in self._free:
                return (mark.layer, mark.start, mark.end) in self._exact
            spans = self._spans.get(mark.layer, [])
            before = bisect_left(spans, mark.end, key=lambda span: span.start)
            return before > 0 and self._reach[mark.layer][before - 1] > mark.start
        return False


def _index(marks: Sequence[Labelled], mark: Mark) -> int | None:
    at = bisect_left(marks, text_order(mark), key=text_order)
    return at if at < len(marks) and marks[at] == mark else None
