"""What an annotator does with the open page: each deed is a function of the desk that keys, menus and clicks call.

Every deed raises `EditRefused` with a sentence when it does not fit; nothing is changed then.
"""

from collections.abc import Callable

from annotator.app.desk import Desk
from annotator.core import edits, tokens
from annotator.core.annotation import Choice, Status
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Labelled, Rejection, Span, text_order, with_label
from annotator.core.page import Page
from annotator.core.schema import Label, Layer, LayerKind
from annotator.core.words import tr


def accept(desk: Desk) -> None:
    """Accept the focused proposal and go to the next unresolved item."""
    focus = desk.focus
    if focus is None or not desk.page.is_pending(focus):
        desk.next_unresolved()
        return
    page = desk.do(edits.accept(desk.page, focus))
    desk.focus_on(desk.next_pending(page, text_order(focus)) or focus)


def reject(desk: Desk) -> None:
    """Say that the focused proposal is wrong, or take the focused mark away; go to the next unresolved item."""
    focus = desk.focused()
    page = desk.do(edits.reject(desk.page, focus))
    desk.focus_on(desk.next_pending(page, text_order(focus)))


def remove(desk: Desk, mark: Labelled) -> None:
    """Take this mark away, or reject it, and leave the focus where it is."""
    desk.do(edits.reject(desk.page, mark))


def join(desk: Desk) -> None:
    """Join the focused segment, or the one that opens at the caret, to the one before."""
    focus = desk.focus
    if not isinstance(focus, Boundary):
        here = [mark for mark in desk.page.decided if isinstance(mark, Boundary) and mark.position == desk.caret]
        if not here:
            raise EditRefused(tr("No boundary is in focus; Tab goes to one."))
        focus = here[0]
    page = desk.do(edits.join(desk.page, focus))
    desk.focus_on(desk.next_pending(page, text_order(focus)))


def give_label(desk: Desk, label: Label, layer: Layer) -> None:
    """Give this label: to the selection, else to the focused item, else to the word under the caret."""
    page = desk.page
    if desk.selection is None and desk.focus is not None and desk.focus.layer == layer.name:
        focus = desk.focus
        page = desk.do(edits.relabel(page, focus, label.name))
        desk.focus_on(with_label(focus, label.name))
        return
    if layer.kind is not LayerKind.SPANS:
        raise EditRefused(tr("No {layer} boundary is in focus; Tab goes to one, B adds one.", layer=layer.shown))
    start, end = _stretch(desk)
    add_span(desk, start, end, layer, label)


def add_span(desk: Desk, start: int, end: int, layer: Layer, label: Label) -> None:
    """Label a stretch of text; where a span of that layer has just these ends, it is given the label instead."""
    page = desk.page
    same = [mark for mark in desk.marks_at(start) if (mark.start, mark.end, mark.layer) == (start, end, layer.name)]
    edit = (
        edits.relabel(page, same[0], label.name) if same else edits.add_span(page, start, end, layer.name, label.name)
    )
    desk.do(edit)
    desk.focus_on(Span(start, end, layer.name, label.name))


def _stretch(desk: Desk) -> tuple[int, int]:
    if desk.selection is not None:
        found = tokens.snap(desk.page.text, *desk.selection)
    else:
        found = tokens.word_at(desk.page.text, desk.caret)
    if found is None:
        raise EditRefused(tr("There is no word at the caret."))
    return found


def press_label_key(desk: Desk, key: str) -> None:
    """A label key was pressed.

    Raises:
        EditRefused: No label of the layer at hand has this key, or the label does not fit.
    """
    layer = desk.label_layer
    pressed = key.casefold()
    label = next((label for label in layer.labels if label.key.casefold() == pressed), None) if layer and key else None
    if layer is None or label is None:
        name = layer.shown if layer else ""
        raise EditRefused(tr("No label of “{layer}” has the key {key}.", layer=name, key=key.upper()))
    give_label(desk, label, layer)


def start_left(desk: Desk) -> None:
    """Grow the focused span by a token at its start."""
    _resize(desk, start=tokens.token_start_before)


def start_right(desk: Desk) -> None:
    """Shrink the focused span by a token at its start."""
    _resize(desk, start=tokens.token_start_after)


def end_left(desk: Desk) -> None:
    """Shrink the focused span by a token at its end."""
    _resize(desk, end=tokens.token_end_before)


def end_right(desk: Desk) -> None:
    """Grow the focused span by a token at its end."""
    _resize(desk, end=tokens.token_end_after)


def start_left_by_character(desk: Desk) -> None:
    """Grow the focused span by a character at its start."""
    _resize(desk, start=lambda _, position: position - 1)


def start_right_by_character(desk: Desk) -> None:
    """Shrink the focused span by a character at its start."""
    _resize(desk, start=lambda _, position: position + 1)


def end_left_by_character(desk: Desk) -> None:
    """Shrink the focused span by a character at its end."""
    _resize(desk, end=lambda _, position: position - 1)


def end_right_by_character(desk: Desk) -> None:
    """Grow the focused span by a character at its end."""
    _resize(desk, end=lambda _, position: position + 1)


def _resize(
    desk: Desk,
    start: Callable[[str, int], int | None] | None = None,
    end: Callable[[str, int], int | None] | None = None,
) -> None:
    span = desk.focused()
    if not isinstance(span, Span):
        raise EditRefused(tr("A boundary has no edges; Alt+Up and Alt+Down move it."))
    text = desk.page.text
    new_start = start(text, span.start) if start else span.start
    new_end = end(text, span.end) if end else span.end
    if new_start is None or new_end is None or not 0 <= new_start < new_end <= len(text):
        raise EditRefused(tr("The edge has nowhere further to go."))
    resize(desk, span, new_start, new_end)


def resize(desk: Desk, span: Span, start: int, end: int) -> None:
    """Move the edges of a span, as a drag does."""
    desk.do(edits.resize_span(desk.page, span, start, end))
    desk.focus_on(Span(start, end, span.layer, span.label))


def boundary_up(desk: Desk) -> None:
    """Move the focused boundary to the line before."""
    _move_by_line(desk, -1)


def boundary_down(desk: Desk) -> None:
    """Move the focused boundary to the next line."""
    _move_by_line(desk, 1)


def boundary_left(desk: Desk) -> None:
    """Move the focused boundary to the sentence before, within its line and then beyond."""
    _move_by_sentence(desk, -1)


def boundary_right(desk: Desk) -> None:
    """Move the focused boundary to the next sentence."""
    _move_by_sentence(desk, 1)


def _move_by_line(desk: Desk, direction: int) -> None:
    _move_among(desk, tokens.line_starts(desk.page.text), direction)


def _move_by_sentence(desk: Desk, direction: int) -> None:
    text = desk.page.text
    stops: list[int] = []
    for start in tokens.line_starts(text):
        end = text.find("\n", start)
        stops.extend(tokens.sentence_starts(text, start, len(text) if end < 0 else end))
    _move_among(desk, stops, direction)


def _move_among(desk: Desk, stops: list[int], direction: int) -> None:
    boundary = desk.focused()
    if not isinstance(boundary, Boundary):
        raise EditRefused(tr("A span is in focus, not a boundary; [ ] and { } move its edges."))
    page = desk.page
    taken = {mark.position for mark in page.decided if isinstance(mark, Boundary) and mark.layer == boundary.layer}
    beyond = [stop for stop in stops if stop not in taken and stop > 0 and (stop - boundary.position) * direction > 0]
    if not beyond:
        raise EditRefused(tr("The boundary has nowhere further to go."))
    move_boundary(desk, boundary, min(beyond) if direction > 0 else max(beyond))


def move_boundary(desk: Desk, boundary: Boundary, position: int) -> None:
    """Let a segment open elsewhere, as a drag does."""
    desk.do(edits.move_boundary(desk.page, boundary, position))
    desk.focus_on(Boundary(position, boundary.layer, boundary.label))


def add_boundary(desk: Desk) -> None:
    """Open a segment at the line of the caret; pressed again, at its sentence."""
    layer = _segments(desk)
    text = desk.page.text
    caret = desk.caret
    start = _line_opening(text, caret)
    sentence = max(start, tokens.sentence_start(text, caret))
    standing = {
        mark.position: mark for mark in desk.page.decided if isinstance(mark, Boundary) and mark.layer == layer.name
    }
    fresh = desk.fresh
    if fresh is not None and fresh == desk.focus and fresh.position == start < sentence not in standing:
        move_boundary(desk, fresh, sentence)
    elif start in standing or start == 0 < sentence:
        if sentence in standing:
            raise EditRefused(tr("A segment opens here already; Shift+B opens one exactly at the caret."))
        _open_segment(desk, sentence, layer)
    else:
        _open_segment(desk, start, layer)
        desk.fresh = desk.focus if isinstance(desk.focus, Boundary) else None
    desk.focus_on(desk.focus, caret=caret)


def _line_opening(text: str, caret: int) -> int:
    """The first visible character of the line of the caret; in a blank line, the caret."""
    start = tokens.line_start(text, caret)
    stop = text.find("\n", caret)
    line = text[start : len(text) if stop < 0 else stop]
    bare = line.lstrip()
    return start + len(line) - len(bare) if bare else caret


def add_boundary_here(desk: Desk) -> None:
    """Open a segment exactly at the caret."""
    _open_segment(desk, desk.caret, _segments(desk))


def _segments(desk: Desk) -> Layer:
    layer = desk.segment_layer
    if layer is None:
        raise EditRefused(tr("The schema has no segment layer."))
    return layer


def _open_segment(desk: Desk, position: int, layer: Layer) -> None:
    page = desk.page
    inside = [part for part in page.segments(layer.name) if part.start <= position < part.end]
    label = next((mark.label for mark in page.pending if isinstance(mark, Boundary)
                  and (mark.position, mark.layer) == (position, layer.name)), "")  # fmt: skip
    label = label or (inside[0].label if inside else "") or layer.labels[0].name
    desk.do(edits.add_boundary(page, position, layer.name, label))
    desk.focus_on(Boundary(position, layer.name, label))


def undo(desk: Desk) -> None:
    """Undo the last edit, also one from before the program was closed."""
    if not desk.session.undo_elsewhere():
        _show_change(desk, desk.session.undo())


def redo(desk: Desk) -> None:
    """Do again what was undone."""
    page = desk.session.redo()
    _show_change(desk, page)


def _show_change(desk: Desk, page: Page) -> None:
    logged = desk.session.corpus.logged(desk.session.log()[-1].id)
    touched = sorted((mark for mark in logged.edit.added | logged.edit.removed), key=text_order)
    marks = [mark.mark if isinstance(mark, Rejection) else mark for mark in touched]
    on_page = [mark for mark in marks if page.is_decided(mark) or page.is_pending(mark)]
    if on_page:
        desk.focus_on(on_page[0])


# Pages


def finish(desk: Desk) -> None:
    """Accept all that is left, call the page done and go to the next page that asks for work."""
    page = desk.page
    edit = edits.accept_rest(page, minimum=desk.minimum_score)
    if not edit.changes_nothing:
        desk.do(edit)
    following = desk.queue.next_open(page.document.id)
    if following is not None:
        desk.session.open(following, desk.queue.choice(following))


def open_page(desk: Desk, document_id: str) -> None:
    """Open this page, picked by hand unless it is the one that the queue has next."""
    here = desk.session.page.document.id if desk.session.page else ""
    is_next = document_id == desk.queue.next_open(here)
    desk.session.open(document_id, desk.queue.choice(document_id) if is_next else Choice.HAND)


def skip(desk: Desk) -> None:
    """Leave this page out and go to the next; after the last, to one that asks for work."""
    page = desk.page
    if page.annotation.state.status is not Status.SKIPPED:
        mark_page(desk, Status.SKIPPED)
    here = page.document.id
    following = desk.queue.step(here, 1) or desk.queue.next_open(here)
    if following is not None:
        desk.session.open(following, desk.queue.choice(following))


def mark_page(desk: Desk, status: Status, note: str | None = None) -> None:
    """Say how far this page is, and why."""
    desk.do(edits.set_state(desk.page, status, note))


def mark_done(desk: Desk) -> None:
    """Call the page done as it is; what is unresolved stays unresolved."""
    mark_page(desk, Status.DONE)


def mark_todo(desk: Desk) -> None:
    """Put the page back among those that ask for work."""
    mark_page(desk, Status.TODO)


def go_to_point(desk: Desk, point: int) -> None:
    """Undo or redo until `point` edits of the page's history are in force."""
    while len(desk.session.history.undo) > point:
        desk.session.undo()
    while len(desk.session.history.undo) < point and desk.session.history.redo:
        desk.session.redo()


def next_page(desk: Desk) -> None:
    """Open the next page of the queue."""
    _open_step(desk, 1)


def previous_page(desk: Desk) -> None:
    """Open the page before in the queue."""
    _open_step(desk, -1)


def _open_step(desk: Desk, by: int) -> None:
    wanted = desk.queue.step(desk.page.document.id, by)
    if wanted is None:
        raise EditRefused(tr("This is the last page.") if by > 0 else tr("This is the first page."))
    desk.session.open(wanted, desk.queue.choice(wanted))


def open_start(desk: Desk) -> None:
    """Open the page that was open last, else the first that asks for work, else the first."""
    last = desk.session.last_open()
    known = desk.queue.place(last) is not None
    first = last if known else desk.queue.next_open("")
    if first is None and desk.queue.shown:
        first = desk.queue.shown[0].id
    if first:
        desk.session.open(first, desk.queue.choice(first))
