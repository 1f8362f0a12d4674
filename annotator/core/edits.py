"""Functions that build an edit. Each names the deed, takes the page as it is, and changes nothing itself."""

from bisect import bisect_left
from collections.abc import Iterable

from annotator.core.annotation import Edit, State, Status
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span, with_label
from annotator.core.page import Page
from annotator.core.words import tr, trn

_SNIPPET = 40


def accept(page: Page, mark: Labelled) -> Edit:
    """Take a pending mark as it is.

    Raises:
        EditRefused: It is not pending.
    """
    if not page.is_pending(mark):
        raise EditRefused(tr("There is nothing to accept here: this mark is decided already."))
    return _edit(page, tr("Accept {mark}", mark=describe(page, mark)), add=[mark])


def reject(page: Page, mark: Labelled) -> Edit:
    """Say that a pending mark is wrong, or take a decided one away.

    Raises:
        EditRefused: The mark is neither.
    """
    title = tr("Reject {mark}") if page.is_pending(mark) else tr("Remove {mark}")
    return _edit(page, title.format(mark=describe(page, mark)), remove=[mark])


def join(page: Page, boundary: Boundary) -> Edit:
    """Take a boundary away, so that its segment joins the one before.

    Raises:
        EditRefused: It is the opening of the page, or not there.
    """
    if boundary.position == 0:
        raise EditRefused(tr("The first segment has none before it to join."))
    return _edit(page, tr("Join at {mark}", mark=describe(page, boundary)), remove=[boundary])


def relabel(page: Page, mark: Labelled, label: str) -> Edit:
    """Give a pending or decided mark another label; giving a pending one its own label accepts it.

    Raises:
        EditRefused: The schema does not know the label, or the mark is gone.
    """
    if label == mark.label:
        if page.is_pending(mark):
            return accept(page, mark)
        raise EditRefused(tr("It has this label already."))
    new = with_label(mark, label)
    title = tr("Relabel {mark} as {label}", mark=describe(page, mark), label=_short(page, new))
    return _edit(page, title, remove=[mark], add=[new])


def resize_span(page: Page, span: Span, start: int, end: int) -> Edit:
    """Move the edges of a span.

    Raises:
        EditRefused: The new stretch is empty or outside the text.
    """
    if (start, end) == (span.start, span.end):
        raise EditRefused(tr("The edge has nowhere further to go."))
    new = Span(start, end, span.layer, span.label)
    title = tr("Move edge of {mark} to “{text}”", mark=describe(page, span), text=_snippet(page.text[start:end]))
    return _edit(page, title, remove=[span], add=[new])


def move_boundary(page: Page, boundary: Boundary, position: int) -> Edit:
    """Let a segment open elsewhere.

    Raises:
        EditRefused: The opening of the page cannot move, and no boundary can move there.
    """
    if boundary.position == 0 or position <= 0:
        raise EditRefused(tr("The opening of the page stays where it is."))
    if position == boundary.position:
        raise EditRefused(tr("The boundary has nowhere further to go."))
    new = Boundary(position, boundary.layer, boundary.label)
    if page.conflicts(new, page.decided) or page.is_decided(new):
        raise EditRefused(tr("Another boundary stands there already."))
    title = tr("Move boundary to {mark}", mark=describe(page, new))
    return _edit(page, title, remove=[boundary], add=[new])


def add_span(page: Page, start: int, end: int, layer: str, label: str) -> Edit:
    """Label a stretch of text. Spans it overlaps in a layer without overlap make way, in the same edit.

    Raises:
        EditRefused: The stretch or the label does not fit, or the span is there already.
    """
    span = Span(start, end, layer, label)
    return _edit(page, tr("Add {mark}", mark=describe(page, span)), add=[span])


def add_boundary(page: Page, position: int, layer: str, label: str) -> Edit:
    """Open a segment at `position`; a boundary of that layer that stands there makes way.

    Raises:
        EditRefused: The position or the label does not fit, or the boundary is there already.
    """
    boundary = Boundary(position, layer, label)
    return _edit(page, tr("Add boundary {mark}", mark=describe(page, boundary)), add=[boundary])


def set_document_label(page: Page, layer: str, label: str, *, on: bool) -> Edit:
    """Give the whole document a label, or take it away.

    Raises:
        EditRefused: The label does not fit, or nothing would change.
    """
    mark = DocumentLabel(layer, label)
    if on:
        return _edit(page, tr("Add {mark}", mark=describe(page, mark)), add=[mark])
    return _edit(page, tr("Remove {mark}", mark=describe(page, mark)), remove=[mark])


def accept_rest(page: Page, *, minimum: float = 0.0) -> Edit:
    """Accept all that is pending and call the page done; of two that exclude each other the better score stays.

    Args:
        page: The page as it is.
        minimum: Proposals scored below are left alone, from 0.0 to 1.0.
    """
    chosen: list[Labelled] = []
    dropped: list[Labelled] = []
    taken = _Taken(page)

    def rank(mark: Labelled) -> tuple[float, int]:
        score = page.proposed[mark].score
        return (-(0.5 if score is None else score), mark.start - mark.end)

    wanted = [mark for mark in page.pending if _score(page, mark) >= minimum]
    for mark in sorted(wanted, key=rank):
        (chosen if taken.take(mark) else dropped).append(mark)
    before = page.annotation.state
    state = State(Status.DONE, before.note)
    title = trn("Accept {n} proposal and finish", "Accept {n} proposals and finish", len(chosen))
    return Edit(
        title if chosen else tr("Finish the page"),
        frozenset(Rejection(mark) for mark in chosen if page.is_rejected(mark)),
        frozenset([*chosen, *(Rejection(mark) for mark in dropped)]),
        (before, state) if before != state else None,
    )


def change_marks(page: Page, title: str, *, remove: Iterable[Labelled] = (), add: Iterable[Labelled] = ()) -> Edit:
    """Take several marks away and add others in one edit, with all that each change brings about.

    Raises:
        EditRefused: A mark to remove is not there, or one to add does not fit.
    """
    return _edit(page, title, remove=remove, add=add)


def set_state(page: Page, status: Status, note: str | None = None) -> Edit:
    """Say how far the document is, and why.

    Raises:
        EditRefused: It is so already.
    """
    before = page.annotation.state
    after = State(status, before.note if note is None else note)
    if before == after:
        raise EditRefused(tr("The page is marked so already."))
    return Edit(tr("Mark page as {status}", status=status_title(status)), state=(before, after))


def status_title(status: Status) -> str:
    """A status in the user's words."""
    return {
        Status.TODO: tr("to do"),
        Status.IN_PROGRESS: tr("in progress"),
        Status.DONE: tr("done"),
        Status.SKIPPED: tr("skipped"),
        Status.UNSURE: tr("unsure"),
    }[status]


def describe(page: Page, mark: Labelled) -> str:
    """A mark in a few words: its short code and the text it stands on."""
    match mark:
        case Span(start, end):
            return tr("{mark} “{text}”", mark=_short(page, mark), text=_snippet(page.text[start:end]))
        case Boundary(position):
            return tr("{mark} “{text}”", mark=_short(page, mark), text=_snippet(page.text[position : position + 60]))
        case DocumentLabel():
            return _short(page, mark)


class _Taken:
    """Marks chosen so far, asked whether one more can stand beside them."""

    def __init__(self, page: Page) -> None:
        self._free = {layer.name for layer in page.schema.layers if layer.overlap}
        self._places: set[tuple[str, int, int]] = set()
        self._spans: dict[str, list[Span]] = {}

    def take(self, mark: Labelled) -> bool:
        """Choose `mark` unless one chosen before excludes it; say whether it was chosen."""
        if isinstance(mark, Boundary) or (isinstance(mark, Span) and mark.layer in self._free):
            place = (mark.layer, mark.start, mark.end)
            if place in self._places:
                return False
            self._places.add(place)
        elif isinstance(mark, Span):
            spans = self._spans.setdefault(mark.layer, [])
            at = bisect_left(spans, mark.start, key=lambda span: span.start)
            if (at > 0 and spans[at - 1].end > mark.start) or (at < len(spans) and spans[at].start < mark.end):
                return False
            spans.insert(at, mark)
        return True


def _score(page: Page, mark: Labelled) -> float:
    score = page.proposed[mark].score
    return 1.0 if score is None else score


def _short(page: Page, mark: Labelled) -> str:
    label = page.schema.find(mark.layer, mark.label)
    return label.short if label else mark.label


def _snippet(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SNIPPET else flat[: _SNIPPET - 1] + "…"


def _edit(page: Page, title: str, *, remove: Iterable[Labelled] = (), add: Iterable[Labelled] = ()) -> Edit:
    removed: set[Mark] = set()
    added: set[Mark] = set()
    marks = page.annotation.marks

    def take_away(mark: Labelled) -> None:
        if mark in marks:
            removed.add(mark)
        if mark in page.proposed and Rejection(mark) not in marks:
            added.add(Rejection(mark))

    for mark in remove:
        if mark not in marks and not page.is_pending(mark):
            raise EditRefused(tr("The mark is not on the page any more."))
        take_away(mark)
    for mark in add:
        if problem := page.schema.problem(mark, page.text):
            raise EditRefused(problem)
        if mark in marks:
            raise EditRefused(tr("{mark} is there already.", mark=describe(page, mark)))
        for other in page.conflicts(mark, page.decided):
            take_away(other)
        for other in page.conflicts(mark, page.pending):
            added.add(Rejection(other))
        if Rejection(mark) in marks:
            removed.add(Rejection(mark))
        added.add(mark)
    before = page.annotation.state
    started = State(Status.IN_PROGRESS, before.note)
    return Edit(
        title,
        frozenset(removed),
        frozenset(added),
        (before, started) if before.status is Status.TODO else None,
    )
