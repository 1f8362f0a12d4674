"""What lies under a point of the page, and where a drag that ends there lands. Geometry only."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from annotator.core import tokens
from annotator.core.marks import Boundary, Labelled
from annotator.ui.page_layout import PageLayout
from annotator.ui.painting import button_rects, code_rect, head_rects, notch_rect, tick_rect

_EDGE = 4.0
"""Pixels on either side of a span's edge in which a drag takes hold of it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point."""

    mark: Labelled
    part: str
    """"body", "code", "start", "end", "handle", "rail", "accept" or "reject"."""


def hit_at(layout: PageLayout, at: QPointF, focus: Labelled | None) -> Hit | None:
    """What lies under a point of the page; where edges of two spans meet, the one in focus is taken."""
    position, on_text = layout.position_at(at)
    number = layout.block_number(position)
    top = layout.blockBoundingRect(layout.lay_out(number)).top()
    for boundary, rect in head_rects(layout, number, top):
        if rect.contains(at):
            accept, reject = button_rects(layout, rect)
            pending = layout.marks.is_pending(boundary)
            if pending and accept.contains(at):
                return Hit(boundary, "accept")
            return Hit(boundary, "reject" if pending and reject.contains(at) else "handle")
    start, end = layout.block_range(number)
    if at.x() < layout.rail:
        y = top + layout.head_room(number)
        for i, tick in enumerate(layout.marks.ticks(layout.text, start, end)):
            if tick_rect(layout, y, i).contains(at):
                return Hit(tick, "rail")
        boundary_here = layout.marks.segment_at(position)[1]
        return Hit(boundary_here, "rail") if boundary_here is not None and at.x() < 13 else None
    for boundary in layout.marks.notches(layout.text, start, end):
        handle = notch_rect(layout, boundary)
        if handle.adjusted(-2, -2, 2, -handle.height() / 2).contains(at):
            return Hit(boundary, "handle")
    return _span_hit(layout, at, position, focus) if on_text else _edge_hit(layout, at, position, focus)


def _span_hit(layout: PageLayout, at: QPointF, position: int, focus: Labelled | None) -> Hit | None:
    edge = _edge_hit(layout, at, position, focus)
    if edge is not None:
        return edge
    over = []
    for span in layout.marks.spans_in(max(0, position - 40), position + 1):
        rects = layout.stretch_rects(span.start, span.end)
        if rects and code_rect(layout, span, rects[0]).contains(at):
            return Hit(span, "code")
        if any(rect.contains(at) for rect in rects):
            over.append(span)
    over.sort(key=lambda span: (span.end - span.start, layout.marks.is_pending(span)))
    return Hit(over[0], "body") if over else None


def _edge_hit(layout: PageLayout, at: QPointF, position: int, focus: Labelled | None) -> Hit | None:
    for span in sorted(layout.marks.spans_in(max(0, position - 2), position + 2), key=lambda span: span != focus):
        rects = layout.stretch_rects(span.start, span.end)
        if not rects:
            continue
        if abs(rects[0].left() - at.x()) <= _EDGE and rects[0].top() <= at.y() <= rects[0].bottom():
            return Hit(span, "start")
        if abs(rects[-1].right() - at.x()) <= _EDGE and rects[-1].top() <= at.y() <= rects[-1].bottom():
            return Hit(span, "end")
    return None


def drop_position(layout: PageLayout, at: QPointF, hit: Hit, *, snap: bool) -> int:
    """Where a drag that ends at a point of the page puts its edge or boundary.

    Args:
        layout: The page.
        at: Where the drag ends.
        hit: What it took hold of.
        snap: Go to the next token, line or sentence; else exactly there.
    """
    position, _ = layout.position_at(at)
    text = layout.text
    if not snap:
        return position
    if isinstance(hit.mark, Boundary):
        start, _ = layout.block_range(layout.block_number(position))
        inside = layout.column_left <= at.x() and position > start and hit.part != "rail"
        first = layout.line_of(start)[0]
        on_first = at.y() < layout.caret_rect(start).top() + layout.line_height
        if not inside or (on_first and at.x() < layout.column_left + first.naturalTextWidth() * 0.05):
            return start + len(text[start : start + 200]) - len(text[start : start + 200].lstrip())
        return tokens.sentence_start(text, position) if hit.mark.position != position else position
    token = tokens.token_at(text, position)
    if token is None:
        return position
    middle = (token[0] + token[1]) / 2
    if hit.part == "start":
        return token[0] if position <= middle else (tokens.token_start_after(text, token[0]) or token[0])
    return token[1] if position > middle else (tokens.token_end_before(text, token[1]) or token[1])
