"""Which marks of a record a writer writes, and the count of those that its format cannot hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from annotator.core.annotation import Annotation
from annotator.core.document import Document
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, text_order
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.conflicts import longest_apart
from annotator.exchange.format import ExportOptions, ExportReport, Losses

_SNIPPET = 60


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A span, or a segment from its boundary to the next one."""

    start: int
    end: int
    layer: str
    label: str
    is_segment: bool = False

    @property
    def mark(self) -> Boundary | Span:
        """The mark it comes from."""
        if self.is_segment:
            return Boundary(self.start, self.layer, self.label)
        return Span(self.start, self.end, self.layer, self.label)


class Outgoing:
    """Sorts the marks of one export into those that are written and those that are lost."""

    def __init__(
        self,
        schema: Schema,
        options: ExportOptions,
        losses: Losses,
        *,
        segments: bool = True,
        document_labels: bool = True,
        rejections: bool = False,
        notes: bool = False,
    ) -> None:
        """Say what the format holds; spans it always holds."""
        self.schema = schema
        self.options = options
        self.losses = losses
        self._segments = segments
        self._document_labels = document_labels
        self._rejections = rejections
        self._notes = notes

    def works(self, record: Record, *, proposals: bool = False) -> list[Work]:
        """The works of a record; its proposals are counted as lost unless the format holds them."""
        if not proposals:
            for proposal in record.proposals:
                self.lose(record.document, proposal.mark, tr("Proposals are not held."))
        return sorted(record.works, key=lambda work: work.annotation.annotator)

    def one_work(self, record: Record) -> Work | None:
        """The one work a format without annotators writes; marks of the others are counted as lost."""
        works = self.works(record)
        for work in works[1:]:
            for mark in work.annotation.marks:
                self.lose(record.document, mark, tr("Only one annotator's marks are held."))
        return works[0] if works else None

    def worked(self, records: Iterable[Record], report: ExportReport) -> Iterator[tuple[Document, Work]]:
        """Documents with the one work to write; those without are left out: they would read as pages without marks."""
        for record in records:
            work = self.one_work(record)
            if work is None:
                report.left_out[tr("without an annotation")] += 1
            else:
                yield record.document, work

    def marks(self, document: Document, annotation: Annotation | None) -> list[Mark]:
        """The marks to write, in text order; the others are counted as lost, but for layers nobody asked for."""
        if annotation is None:
            return []
        if annotation.state.note and not self._notes:
            self.losses.add(document.id, 0, tr("Notes are not held."), annotation.state.note[:_SNIPPET])
        kept: list[Mark] = []
        for mark in sorted(annotation.marks, key=text_order):
            if not self.options.wants(mark.layer):
                continue
            if isinstance(mark, Rejection) and not self._rejections:
                self.lose(document, mark, tr("Rejections are not held."))
            elif isinstance(mark, Boundary) and not self._segments:
                self.lose(document, mark, tr("Segments are not held."))
            elif isinstance(mark, DocumentLabel) and not self._document_labels:
                self.lose(document, mark, tr("Document labels are not held."))
            else:
                kept.append(mark)
        return kept

    def stretches(self, document: Document, marks: Iterable[Mark]) -> list[Stretch]:
        """Spans, and segments up to the next boundary of their layer, in text order, longer ones first."""
        found: list[Stretch] = []
        nearest: dict[str, int] = {}
        for mark in sorted(marks, key=text_order, reverse=True):
            if isinstance(mark, Span):
                found.append(Stretch(mark.start, mark.end, mark.layer, mark.label))
            elif isinstance(mark, Boundary):
                end = nearest.get(mark.layer, len(document.text))
                nearest[mark.layer] = mark.position
                if mark.position < end:
                    found.append(Stretch(mark.position, end, mark.layer, mark.label, is_segment=True))
                else:
                    self.lose(document, mark, tr("A segment without a character."))
        return sorted(found, key=lambda item: (item.start, -item.end, not item.is_segment, item.layer, item.label))

    def spans_apart(self, document: Document, marks: Iterable[Mark]) -> list[Span]:
        """The spans that share no character, for formats of one tag a token; the shorter of two is counted as lost."""
        kept, lost = longest_apart(mark for mark in marks if isinstance(mark, Span))
        for span in lost:
            self.lose(document, span, tr("It overlaps a longer span, and each token has one tag."))
        return kept

    def lose(self, document: Document, mark: Mark | Stretch, reason: str) -> None:
        """Count a mark that is not written, or not in full."""
        self.losses.add(document.id, mark.start, reason, what_is(mark, document.text))


def what_is(mark: Mark | Stretch, text: str) -> str:
    """A mark in a few words: `PERSON “John Smith”`."""
    inner: Labelled | Stretch = mark.mark if isinstance(mark, Rejection) else mark
    end = inner.end if inner.end > inner.start else min(inner.start + 20, len(text))
    snippet = " ".join(text[inner.start : min(end, inner.start + _SNIPPET)].split())
    return inner.label if isinstance(inner, DocumentLabel) else f"{inner.label} “{snippet}”"


def about_document(document: Document, taken: Iterable[str] = ()) -> dict[str, object]:
    """The fields that every JSON format carries of a document beside its text.

    Args:
        document: The document.
        taken: Names the format itself uses; empty fields and these are left out.
    """
    fields: Mapping[str, object] = {
        "doc_id": document.id,
        "title": document.title,
        "source": document.source,
        "published": document.published,
        "meta": dict(sorted(document.meta.items())),
    }
    return {key: value for key, value in fields.items() if value and key not in set(taken)}
