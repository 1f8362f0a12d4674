"""Gathers the marks that a file puts on one document and makes a record of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import Document, first_line, text_id
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind
from annotator.core.words import tr
from annotator.exchange.conflicts import without_conflicts
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.names import LabelNames
from annotator.exchange.offsets import RawText
from annotator.exchange.plain_json import About

UNNAMED = "imported"
"""The annotator of marks in a file that names none."""


class Incoming:
    """One document of a file, and the marks found for it. Offsets are those of the file, into its raw text."""

    def __init__(self, raw: str, where: str, options: ImportOptions, names: LabelNames) -> None:
        """Take a text.

        Raises:
            InputError: The text cannot be stored.
        """
        try:
            self._raw = RawText(raw, utf16=options.utf16)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        self.text = self._raw.text
        self.document = Document(text_id(self.text), self.text, first_line(self.text))
        self._where = where
        self._options = options
        self._names = names

    def describe(self, about: About) -> None:
        """Say what is known of the document."""
        self.document = replace(
            self.document,
            title=about.title or self.document.title,
            source=about.source,
            published=about.published,
            meta=MappingProxyType({k: v for k, v in about.meta.items() if (k, v) != ("doc_id", self.document.id)}),
        )

    def span(
        self, start: object, end: object, name: object, surface: object = None, layer: str = ""
    ) -> Labelled | None:
        """The mark that a labelled stretch means; a stretch with a label of segments opens a segment.

        Args:
            start: First offset of the file.
            end: Offset behind the last character.
            name: The label as the file calls it.
            surface: The text that the file says stands there; None where it does not say.
            layer: The layer, where the file names it.

        Returns:
            None where the schema has no such label, or where nothing of the stretch is left; that is counted.

        Raises:
            InputError: The offsets do not lie in the text, or the text there is another.
        """
        if not _is_offset(start) or not _is_offset(end) or not isinstance(name, str):
            raise self._fail(tr("a span needs a label and whole-number offsets."))
        assert isinstance(start, int)
        assert isinstance(end, int)
        here, there = self._raw.position(start), self._raw.position(end)
        if not 0 <= here <= there <= len(self.text) or start > end:
            raise self._fail(
                tr("the span {a}–{b} does not lie in the text; check what its offsets count.", a=start, b=end)
            )
        found = self.text[here:there]
        if isinstance(surface, str) and not _reads(surface, found):
            raise self._fail(
                tr(
                    "the span {a}–{b} should read {claimed}, but the text there is {found}; "
                    "check what its offsets count.",
                    a=start,
                    b=end,
                    claimed=repr(surface)[:100],
                    found=repr(found)[:100],
                )
            )
        meant = self._names.read(name, layer or self._options.layer)
        if meant is None:
            self.lose(here, tr("The schema has no label for it."), name)
            return None
        kind = self._options.schema.by_name[meant[0]].kind
        if kind is LayerKind.SEGMENTS:
            return Boundary(here, *meant) if here < len(self.text) or here == 0 else None
        if kind is LayerKind.DOCUMENT:
            return DocumentLabel(*meant)
        if here == there:
            self.lose(here, tr("A span without a character."), name)
            return None
        return Span(here, there, *meant)

    def document_label(self, name: object, layer: str = "") -> Labelled | None:
        """The document label that a name means; None, counted, where the schema has none."""
        if not isinstance(name, str):
            raise self._fail(tr("a label of the document must be a text."))
        meant = self._names.read(name, layer)
        if meant is None or self._options.schema.by_name[meant[0]].kind is not LayerKind.DOCUMENT:
            self.lose(0, tr("The schema has no document label for it."), name)
            return None
        return DocumentLabel(*meant)

    def lose(self, offset: int, reason: str, what: str = "") -> None:
        """Count something of the file that is not taken."""
        self._options.report.losses.add(self.document.id, offset, reason, what)

    def work(
        self,
        marks: Iterable[Labelled | None],
        annotator: str = "",
        status: Status = Status.DONE,
        rejected: Iterable[Labelled | None] = (),
        note: str = "",
        seconds: float = 0.0,
    ) -> Work:
        """An annotator's work; of marks that cannot stand together the longer stays, the other is counted as lost."""
        kept = self._fitting(marks)
        refused = frozenset(Rejection(mark) for mark in rejected if mark is not None and mark not in kept)
        state = State(status, note)
        every: frozenset[Mark] = frozenset[Mark](kept) | refused
        return Work(Annotation(self.document.id, annotator or UNNAMED, every, state), seconds=seconds)

    def _fitting(self, marks: Iterable[Labelled | None]) -> frozenset[Labelled]:
        kept, lost = without_conflicts((mark for mark in marks if mark is not None), self._options.schema)
        for mark in lost:
            self.lose(mark.start, tr("It overlaps another mark, which its layer does not allow."), mark.label)
        return frozenset(kept)

    def record(self, works: Iterable[Work] = (), proposals: Iterable[Proposal] = ()) -> Record:
        """The record of this document."""
        return Record(self.document, tuple(works), tuple(proposals))

    def _fail(self, reason: str) -> InputError:
        return InputError(f"{self._where}: {reason}")


def merge_neighbours(found: Iterable[Record | BadRecord], options: ImportOptions) -> Iterator[Record | BadRecord]:
    """Join records of one document that follow each other, as in files with a line for each annotator or each mark.

    One annotator's marks are put together; of those that cannot stand together the longer one stays.
    """
    waiting: Record | None = None
    for item in found:
        if isinstance(item, BadRecord):
            yield item
        elif waiting is not None and waiting.document.id == item.document.id:
            waiting = _joined(waiting, item, options)
        else:
            if waiting is not None:
                yield waiting
            waiting = item
    if waiting is not None:
        yield waiting


def _joined(one: Record, two: Record, options: ImportOptions) -> Record:
    works = {work.annotation.annotator: work for work in one.works}
    for work in two.works:
        name = work.annotation.annotator
        works[name] = _joined_work(works[name], work, options) if name in works else work
    proposals = dict.fromkeys([*one.proposals, *two.proposals])
    return Record(one.document, tuple(works.values()), tuple(proposals))


def _joined_work(one: Work, two: Work, options: ImportOptions) -> Work:
    schema, losses = options.schema, options.report.losses
    both = one.annotation.marks | two.annotation.marks
    kept, lost = without_conflicts((mark for mark in both if not isinstance(mark, Rejection)), schema)
    for mark in lost:
        losses.add(
            one.annotation.document_id,
            mark.start,
            tr("It overlaps another mark, which its layer does not allow."),
            mark.label,
        )
    rejections = {mark for mark in both if isinstance(mark, Rejection) and mark.mark not in kept}
    marks: frozenset[Mark] = frozenset[Mark](kept) | rejections
    state = max(one.annotation.state, two.annotation.state, key=lambda state: _ORDER.index(state.status))
    annotation = Annotation(one.annotation.document_id, one.annotation.annotator, marks, state)
    origins = {mark: name for mark, name in {**one.origins, **two.origins}.items() if mark in marks}
    return Work(annotation, MappingProxyType(origins), one.seconds + two.seconds, one.choice or two.choice)


_ORDER = (Status.TODO, Status.SKIPPED, Status.IN_PROGRESS, Status.UNSURE, Status.DONE)


def status_named(value: object) -> Status | None:
    """The status of that name, or None."""
    return next((status for status in Status if status.value == value), None)


def _reads(surface: str, found: str) -> bool:
    """Whether a text of the file is the one found, but for carriage returns and a mark at the start of the file."""
    plain = surface.replace("\r\n", "\n").replace("\r", "\n")
    return found in (plain, plain.lstrip("\ufeff"))


def _is_offset(value: object) -> bool:
    return type(value) is int
