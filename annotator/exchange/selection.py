"""Which annotation of a record leaves, which documents and marks with it, and pages cut into their articles."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from annotator.core.annotation import Annotation, Choice, Status
from annotator.core.document import Document, first_line, text_id
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, text_order
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.format import Losses
from annotator.exchange.outgoing import what_is


class Whose(StrEnum):
    """Whose work leaves."""

    ALL = "all"
    """Everybody's, and the proposals."""
    GOLD = "gold"
    """Finished gold, or gold in the states that are named."""
    ANNOTATOR = "annotator"
    """One annotator's."""
    BEST = "best"
    """Finished gold where there is some, else the one finished annotation of a document, else nothing."""
    PROPOSALS = "proposals"
    """The proposals of one proposer, as if they were right."""


@dataclass(frozen=True)
class Selection:
    """What is to leave. Every filter that is set must hold."""

    whose: Whose = Whose.BEST
    name: str = ""
    """The annotator or the proposer, where one is meant."""
    statuses: frozenset[Status] | None = None
    """Works in these states only."""
    labels: frozenset[str] | None = None
    """Marks of spans and documents with these labels only; segments stay."""
    since: str = ""
    """First date of publication, ISO 8601; documents without a date stay out when it is set."""
    until: str = ""
    """Last date of publication; `2024` and `2024-03` reach to their end."""
    query: str = ""
    """Documents whose text or title holds these words, whatever their case."""


@dataclass
class SelectionReport:
    """How documents were chosen."""

    chosen: Counter[str] = field(default_factory=Counter)
    """Documents that leave, by why: gold, the one finished annotation ..."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Documents that stay, by why."""
    choices: Counter[Choice] = field(default_factory=Counter)
    """Documents that leave, by how annotators came to work on them."""


def choose(records: Iterable[Record], selection: Selection, report: SelectionReport | None = None) -> Iterator[Record]:
    """The records that leave, each with the works that leave.

    Proposals leave with `Whose.ALL` as proposals, and as marks only when they are asked for by the proposer's name.
    """
    report = report if report is not None else SelectionReport()
    for record in records:
        if why := _kept_out(record.document, selection):
            report.left_out[why] += 1
            continue
        chosen, why = _chosen(record, selection)
        if chosen is None:
            report.left_out[why] += 1
        else:
            report.chosen[why] += 1
            report.choices[record.choice] += 1
            yield chosen


def _kept_out(document: Document, selection: Selection) -> str:
    if selection.since or selection.until:
        if not document.published:
            return tr("without a date")
        if document.published < selection.since or (
            selection.until and document.published[: len(selection.until)] > selection.until
        ):
            return tr("published at another time")
    words = selection.query.casefold()
    if words and words not in document.text.casefold() and words not in document.title.casefold():
        return tr("without the words asked for")
    return ""


def _chosen(record: Record, selection: Selection) -> tuple[Record | None, str]:
    match selection.whose:
        case Whose.ALL:
            works = tuple(work for work in record.works if _in_state(work, selection))
            kept = tuple(_narrowed(work, selection) for work in works)
            if record.works and not works:
                return None, tr("in another state")
            return replace(record, works=kept), tr("everybody's work")
        case Whose.PROPOSALS:
            return _from_proposals(record, selection)
        case Whose.GOLD | Whose.ANNOTATOR:
            name = GOLD if selection.whose is Whose.GOLD else selection.name
            found = record.work_of(name)
            why = tr("gold") if name == GOLD else tr("annotated by {name}", name=name)
            missing = tr("without gold") if name == GOLD else tr("not annotated by {name}", name=name)
            if found and selection.whose is Whose.GOLD and selection.statuses is None and not _done(found):
                return None, tr("gold that is not finished")
        case Whose.BEST:
            found, why = record.work_of(GOLD), tr("gold")
            missing = tr("neither gold nor finished")
            if found is None or not _done(found):
                found, finished = None, [work for work in record.works if _done(work)]
                if len(finished) == 1:
                    found, why = finished[0], tr("the one finished annotation")
                elif finished:
                    missing = tr("several finished annotations and no gold")
    if found is None:
        return None, missing
    if not _in_state(found, selection):
        return None, tr("in another state")
    found = replace(_narrowed(found, selection), choice=found.choice or record.choice)
    return replace(record, works=(found,), proposals=()), why


def _done(work: Work) -> bool:
    return work.annotation.state.status is Status.DONE


def _in_state(work: Work, selection: Selection) -> bool:
    return selection.statuses is None or work.annotation.state.status in selection.statuses


def _narrowed(work: Work, selection: Selection) -> Work:
    if selection.labels is None:
        return work
    labels = selection.labels

    def kept(mark: Mark) -> bool:
        return isinstance(mark, Boundary) or mark.label in labels

    marks = frozenset(mark for mark in work.annotation.marks if kept(mark))
    origins = {mark: name for mark, name in work.origins.items() if kept(mark)}
    return replace(work, annotation=replace(work.annotation, marks=marks), origins=MappingProxyType(origins))


def _from_proposals(record: Record, selection: Selection) -> tuple[Record | None, str]:
    marks: list[Labelled] = [p.mark for p in record.proposals if p.proposer == selection.name]
    if not marks:
        return None, tr("without proposals of {name}", name=selection.name)
    annotation = Annotation(record.document.id, selection.name, frozenset[Mark](marks))
    work = _narrowed(Work(annotation), selection)
    return replace(record, works=(work,), proposals=()), tr("proposals of {name}", name=selection.name)


# Pages cut into articles


def article_layer(schema: Schema) -> str | None:
    """The layer whose segments are articles: `articles`, else the first layer of segments; None without one."""
    layers = [layer.name for layer in schema.of_kind(LayerKind.SEGMENTS)]
    return "articles" if "articles" in layers else next(iter(layers), None)


def articles_of(
    record: Record, schema: Schema, losses: Losses, labels: frozenset[str] | None = None
) -> Iterator[Record]:
    """The articles of a record with one work, each a document of its own with its own offsets.

    An article runs from its boundary to the next, without blanks at its end. A page without article boundaries is one
    article. Segments of other layers that are open where an article starts open there anew. Marks that reach over the
    edge of an article are counted as lost. The meta says which page and which offset the article is from.

    Args:
        record: The first of its works is cut; it has to be chosen before.
        schema: Names the layer of articles.
        losses: Counts what an edge cuts.
        labels: Articles with these labels only, such as `article` without teasers; None for all.
    """
    layer = article_layer(schema)
    work = record.works[0] if record.works else None
    text = record.document.text
    marks = work.annotation.marks if work else frozenset()
    boundaries = sorted(mark for mark in marks if isinstance(mark, Boundary) and mark.layer == layer)
    starts = [boundary.position for boundary in boundaries]
    edges = [*([0] if not starts or starts[0] > 0 else []), *starts, len(text)]
    label_at = {boundary.position: boundary.label for boundary in boundaries}
    cuts = _Cuts(record, work, schema)
    for number, (opens, end) in enumerate(pairwise(edges)):
        label = label_at.get(opens, "")
        if labels is not None and label not in labels:
            continue
        start = opens
        while start < end and text[start] == "\ufeff":
            start += 1
        bare = start + len(text[start:end].rstrip())
        cuts.count_lost(opens, end, start, bare, losses)
        if bare > start:
            yield cuts.article(start, bare, number, label)


class _Cuts:
    """Cuts articles out of one page."""

    def __init__(self, record: Record, work: Work | None, schema: Schema) -> None:
        self._record = record
        self._work = work
        self._marks = work.annotation.marks if work else frozenset()
        self._segments: dict[str, list[Boundary]] = {layer.name: [] for layer in schema.of_kind(LayerKind.SEGMENTS)}
        for mark in sorted(mark for mark in self._marks if isinstance(mark, Boundary)):
            self._segments.setdefault(mark.layer, []).append(mark)

    def article(self, start: int, end: int, number: int, label: str) -> Record:
        page = self._record.document
        text = page.text[start:end]
        meta = {**page.meta, "page": page.id, "page_start": str(start), "page_article": str(number)}
        if label:
            meta["page_label"] = label
        document = Document(text_id(text), text, first_line(text), page.source, page.published, MappingProxyType(meta))
        if self._work is None:
            return Record(document)
        moved: dict[Mark, Mark] = {}
        for mark in self._marks:
            inner = mark.mark if isinstance(mark, Rejection) else mark
            there = _moved(inner, start, end)
            if there is not None:
                moved[mark] = Rejection(there) if isinstance(mark, Rejection) else there
        marks = set(moved.values())
        for boundaries in self._segments.values():
            before = bisect_right([boundary.position for boundary in boundaries], start) - 1
            if before >= 0:
                marks.add(replace(boundaries[before], position=0))
        origins = {moved[mark]: name for mark, name in self._work.origins.items() if mark in moved}
        annotation = replace(self._work.annotation, document_id=document.id, marks=frozenset(marks))
        seconds = self._work.seconds if number == 0 else 0.0
        return Record(document, (Work(annotation, MappingProxyType(origins), seconds, self._work.choice),))

    def count_lost(self, opens: int, ends: int, start: int, end: int, losses: Losses) -> None:
        """Count the marks that start between `opens` and `ends` and do not fit between `start` and `end`."""
        document = self._record.document
        for mark in sorted(self._marks, key=text_order):
            inner = mark.mark if isinstance(mark, Rejection) else mark
            if isinstance(inner, DocumentLabel) or not opens <= inner.start < ends:
                continue
            opening = isinstance(inner, Boundary) and inner.position <= start
            if _moved(inner, start, end) is None and not (opening and mark is inner and end > start):
                losses.add(
                    document.id,
                    inner.start,
                    tr("It reaches over the edge of an article, or into the blanks there."),
                    what_is(mark, document.text),
                )


def _moved(mark: Labelled, start: int, end: int) -> Labelled | None:
    match mark:
        case Span(a, b) if start <= a and b <= end:
            return replace(mark, start=a - start, end=b - start)
        case Boundary(position) if start <= position < end:
            return replace(mark, position=position - start)
        case DocumentLabel():
            return mark
    return None


def marks_by_label(record: Record) -> Mapping[str, int]:
    """How many spans and document labels of each label the works of a record hold."""
    return Counter(
        mark.label for work in record.works for mark in work.annotation.marks if isinstance(mark, Span | DocumentLabel)
    )
