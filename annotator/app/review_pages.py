"""The page of a review: gold, and what is in dispute around it, as values that a view can draw."""

from dataclasses import dataclass

from annotator.agreement.gold import Change, changes
from annotator.app.review_cases import Progress, Question, touches
from annotator.app.reviewing import Reviewing
from annotator.core.annotation import Edit
from annotator.core.marks import Labelled, Span
from annotator.core.page import Page, make_page
from annotator.core.proposal import Proposal
from annotator.core.words import tr
from annotator.store.corpus import Corpus

_SIGN = "review"
"""What stands in for a proposer where marks of annotators are shown as undecided."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """What annotators made of the places of a page that are undecided, and of the one that is asked about."""

    lanes: dict[Labelled, tuple[int, ...]]
    """Marks with the lanes that hold them, from 1."""
    stretches: tuple[tuple[int, int], ...]
    """Start and end of the places among them that hold spans."""
    count: int
    """How many lanes there are."""
    place: tuple[int, int] | None
    """Start and end of the place that is asked about, where it holds spans."""


def gold_page(review: Reviewing, document_id: str) -> Page:
    """Gold of a document; boundaries in dispute, and what all agree on and waits, stand in as proposals."""
    here = review.on_page(document_id)
    case = review.cases[document_id]
    proposals = [
        Proposal(mark, None, tr("all agree") if question.kind is None else tr("in dispute"), _SIGN)
        for question in here
        if question.waits
        for mark in question.marks
        if question.kind is None or not isinstance(mark, Span)
    ]
    return make_page(case.record.document, case.schema, case.gold, proposals)


def dispute_on(review: Reviewing, question: Question) -> Dispute:
    """What is in dispute on the page of a question."""
    id_ = question.document_id
    lanes: dict[Labelled, tuple[int, ...]] = {}
    stretches = []
    for other in review.on_page(id_):
        if other is not question and (not other.waits or other.kind is None):
            continue
        for mark in other.marks:
            held = [n for v in other.place.versions if mark in v.marks for n in review.lane_numbers(other, v)]
            lanes[mark] = tuple(sorted(held))
        if other.on_spans:
            stretches.append((other.start, other.end))
    place = (question.start, question.end) if question.on_spans else None
    return Dispute(lanes, tuple(stretches), len(review.lanes(id_)), place)


def question_at(review: Reviewing, document_id: str, found: object) -> Question | None:
    """The place at a mark, or at a position in code points; one that waits comes first."""
    here = review.on_page(document_id)
    if isinstance(found, int):
        hits = [q for q in here if q.start <= found < q.end and q.on_spans]
    else:
        hits = [q for q in here if found in q.marks]
    return min(hits, key=lambda q: (not q.waits, not q.asked, q.rank), default=None)


def begun(page: Page, question: Question) -> tuple[Page, Labelled | None]:
    """The page as an own version of a place begins, with what most annotators hold there, and what to focus."""
    version = next((v for v in question.place.versions if v.marks), None)
    added: list[Labelled] = []
    if question.waits and version is not None:
        added = [mark for mark in version.marks if not page.conflicts(mark, page.decided)]
        page = page.after(Edit("", added=frozenset(mark for mark in added if not page.is_decided(mark))))
    held = [mark for mark in page.decided if touches(question.place, mark)]
    return page, next(iter(added or held), None)


def lines_of(text: str, question: Question) -> set[int]:
    """Where the paragraphs that the marks of a place reach into can be found: a position in each."""
    found: set[int] = set()
    for mark in question.marks:
        found |= {mark.start, *(at + 1 for at in range(mark.start, mark.end) if text[at] == "\n")}
    return found


def read_changes(corpus: Corpus, annotator: str, progress: Progress) -> tuple[list[Change], dict[str, str]]:
    """What adjudication changed in an annotator's pages, and the texts of those pages by document.

    Args:
        corpus: Open on this thread.
        annotator: Whose pages.
        progress: Called with documents read and documents in all.
    """
    schema, ids = corpus.schema, corpus.with_several_finished()
    found: list[Change] = []
    texts: dict[str, str] = {}
    for n, record in enumerate(corpus.records(ids) if ids else ()):
        progress(n, len(ids))
        if own := changes(record, schema, annotator):
            found += own
            texts[record.document.id] = record.document.text
    return found, texts
