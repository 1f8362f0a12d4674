"""The desk: the open page under one annotator's hands, with caret, selection and focus."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from annotator.app.queue import Queue
from annotator.app.session import Edited, Event, PageOpened, Session
from annotator.core.annotation import Edit
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Labelled, Span, text_order
from annotator.core.page import Page
from annotator.core.schema import Layer, LayerKind
from annotator.core.words import tr


@dataclass(frozen=True, slots=True)
class FocusMoved:
    """Another item is in focus, or the caret stands elsewhere."""


@dataclass(frozen=True, slots=True)
class LayerChosen:
    """Label keys and the add key now work on another layer."""


DeskEvent = Event | FocusMoved | LayerChosen


Order = tuple[int, int, int, str, str, int]


class Desk:
    """One annotator's hands: caret, selection and focus on the open page, and the deeds that keys and clicks call.

    Positions are code points. Every deed raises `EditRefused` with a sentence when it does not fit.
    """

    def __init__(self, session: Session, queue: Queue, seconds: Callable[[], float] = lambda: 0.0) -> None:
        self.session = session
        self.queue = queue
        self._seconds = seconds
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self.focus: Labelled | None = None
        self.caret = 0
        self.anchor = 0
        self.minimum_score = 0.0
        """Proposals below this score are passed over."""
        self.hidden_labels: frozenset[str] = frozenset()
        """Spans with these labels are not drawn and passed over."""
        self._segment_layer = ""
        self._span_layer = ""
        self.fresh: Boundary | None = None
        """The boundary that the add key has just set at a line; pressed again, it moves to the sentence."""
        session.listen(self._heard)

    def listen(self, listener: Callable[[DeskEvent], None]) -> None:
        """Call `listener` after every change of page, marks, focus or layer."""
        self._listeners.append(listener)

    def _tell(self, event: DeskEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _heard(self, event: Event) -> None:
        match event:
            case PageOpened(page):
                self.focus = None
                self.caret = self.anchor = 0
                self.fresh = None
                self._tell(event)
                if first := self.next_pending(page, (-1, 0, 0, "", "", 0)):
                    self.focus_on(first)
            case Edited(_, _, page):
                self.queue.set_status(page.document.id, page.annotation.state.status)
                if self.focus is not None and not (page.is_decided(self.focus) or page.is_pending(self.focus)):
                    self.focus = None
                self._tell(event)

    # What is where

    @property
    def page(self) -> Page:
        """The open page.

        Raises:
            EditRefused: There is none.
        """
        return self.session.opened

    @property
    def selection(self) -> tuple[int, int] | None:
        """Start and end of the selected text, or None."""
        return (min(self.caret, self.anchor), max(self.caret, self.anchor)) if self.caret != self.anchor else None

    @property
    def segment_layer(self) -> Layer | None:
        """The layer in which the add key opens segments: that of the focused boundary, or the one chosen."""
        layers = list(self.page.schema.of_kind(LayerKind.SEGMENTS))
        return next((layer for layer in layers if layer.name == self._segment_layer), layers[0] if layers else None)

    @property
    def span_layer(self) -> Layer | None:
        """The layer in which label keys add spans."""
        layers = list(self.page.schema.of_kind(LayerKind.SPANS))
        return next((layer for layer in layers if layer.name == self._span_layer), layers[0] if layers else None)

    @property
    def label_layer(self) -> Layer | None:
        """The layer whose labels the label keys give now."""
        if self.selection is None and self.focus is not None:
            return self.page.schema.by_name.get(self.focus.layer)
        return self.span_layer

    def unresolved(self) -> list[Labelled]:
        """The pending marks that are not passed over, in text order."""
        return self._unresolved(self.page)

    def _unresolved(self, page: Page) -> list[Labelled]:
        if not self.hidden_labels and self.minimum_score <= 0.0:
            return list(page.pending)
        return [mark for mark in page.pending if self._visible(page, mark)]

    def _visible(self, page: Page, mark: Labelled) -> bool:
        if isinstance(mark, Span) and mark.label in self.hidden_labels:
            return False
        score = page.proposed[mark].score
        return score is None or score >= self.minimum_score

    def marks_at(self, position: int) -> list[Labelled]:
        """The spans over a character, shortest first."""
        page = self.page
        found = [
            mark
            for mark in (*page.decided, *page.pending)
            if isinstance(mark, Span) and mark.start <= position < mark.end
        ]
        return sorted(found, key=lambda mark: (mark.end - mark.start, not page.is_decided(mark)))

    # Caret and focus

    def set_caret(self, caret: int, anchor: int | None = None) -> None:
        """The caret stands at `caret`, text is selected from `anchor`; the item under it comes into focus."""
        self.caret, self.anchor = caret, caret if anchor is None else anchor
        self.fresh = None if self.focus is not self.fresh else self.fresh
        if self.caret != self.anchor:
            self.focus = None
        else:
            under = self.marks_at(caret)
            keep = isinstance(self.focus, Boundary) and self.focus.position == caret
            if not keep:
                self.focus = under[0] if under else None
        self._tell(FocusMoved())

    def focus_on(self, mark: Labelled | None, *, caret: int | None = None) -> None:
        """Put the focus on a mark, and the caret with it unless another place for it is given."""
        self.focus = mark
        if mark is not None:
            self.caret = self.anchor = mark.start if caret is None else caret
            if isinstance(mark, Boundary):
                self._segment_layer = mark.layer
            elif isinstance(mark, Span):
                self._span_layer = mark.layer
        self._tell(FocusMoved())

    def clear(self) -> None:
        """Let go of selection and focus; the caret stays."""
        self.anchor = self.caret
        self.focus = None
        self._tell(FocusMoved())

    def choose_layer(self, name: str) -> None:
        """Let label keys or the add key work on this layer.

        Raises:
            EditRefused: The schema has no such layer.
        """
        layer = self.page.schema.by_name.get(name)
        if layer is None:
            raise EditRefused(tr("The schema has no layer “{layer}”.", layer=name))
        if layer.kind is LayerKind.SEGMENTS:
            self._segment_layer = name
        else:
            self._span_layer = name
        self._tell(LayerChosen())

    def next_layer(self) -> None:
        """Let the add key open segments of the next segment layer."""
        layers = [layer.name for layer in self.page.schema.of_kind(LayerKind.SEGMENTS)]
        if not layers or self.segment_layer is None:
            raise EditRefused(tr("The schema has no segment layer."))
        self.choose_layer(layers[(layers.index(self.segment_layer.name) + 1) % len(layers)])

    def next_unresolved(self) -> None:
        """Focus the next unresolved item, round to the start."""
        self._go(1)

    def previous_unresolved(self) -> None:
        """Focus the unresolved item before, round to the end."""
        self._go(-1)

    def next_mark(self) -> None:
        """Focus the next mark, decided or not."""
        self._step(1)

    def previous_mark(self) -> None:
        """Focus the mark before, decided or not."""
        self._step(-1)

    def _here(self) -> Order:
        return text_order(self.focus) if self.focus is not None else (self.caret, -1, 0, "", "", 0)

    def _go(self, direction: int) -> None:
        marks = self.unresolved()
        if not marks:
            raise EditRefused(tr("Nothing is unresolved on this page; Ctrl+Return finishes it."))
        self.focus_on(_neighbour(marks, self._here(), direction))

    def _step(self, direction: int) -> None:
        marks = sorted([*self.page.decided, *self.unresolved()], key=text_order)
        if not marks:
            raise EditRefused(tr("There are no marks on this page."))
        self.focus_on(_neighbour(marks, self._here(), direction))

    def next_pending(self, page: Page, after: Order) -> Labelled | None:
        """The first unresolved item of `page` after a place in text order, round to the start."""
        marks = self._unresolved(page)
        return _neighbour(marks, after, 1) if marks else None

    # Edits

    def do(self, edit: Edit) -> Page:
        """Make an edit, with the time spent on it."""
        self.fresh = None
        return self.session.do(edit, seconds=self._seconds())

    def focused(self) -> Labelled:
        """The item in focus.

        Raises:
            EditRefused: There is none.
        """
        if self.focus is None:
            raise EditRefused(tr("Nothing is in focus; Tab goes to the next unresolved item."))
        return self.focus


def _neighbour(marks: list[Labelled], here: Order, direction: int) -> Labelled:
    """The mark after or before a place in text order, in which `marks` stand, round to the other end."""
    if direction > 0:
        return marks[bisect_right(marks, here, key=text_order) % len(marks)]
    return marks[bisect_left(marks, here, key=text_order) - 1]
