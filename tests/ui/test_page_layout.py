"""Positions and rectangles of the page's own layout, without a window."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import QApplication

from annotator.core.document import normalize_text
from annotator.core.marks import Boundary, Span
from annotator.core.page import Page
from annotator.core.proposal import Proposal
from annotator.ui.page_layout import PageLayout
from annotator.ui.page_marks import PageMarks
from tests.core.values import HOSTILE, blank_page, propose, short_texts

WIDTH = 900.0


def lay_out(text: str, *proposals: Proposal, width: float = WIDTH) -> PageLayout:
    page = blank_page(text, proposals)
    return lay_out_page(page, width)


def lay_out_page(page: Page, width: float = WIDTH) -> PageLayout:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    layout = PageLayout(document, page.text, PageMarks(page), QFont("DejaVu Serif", 12), width)
    document.setDocumentLayout(layout)
    layout.load()
    _alive.append(document)
    del _alive[:-4]
    return layout


_alive: list[QTextDocument] = []
"""A layout does not keep its document; the last few are kept here."""


@pytest.fixture(scope="module", autouse=True)
def documents_end_before_qt() -> Iterator[None]:
    yield
    _alive.clear()


@pytest.mark.usefixtures("qapp")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(short_texts)
def test_qt_counts_the_units_and_paragraphs_that_the_layout_counts(raw: str) -> None:
    text = normalize_text(raw)
    layout = lay_out(text)
    document = layout.document()
    assert document.characterCount() - 1 == layout.offsets.length_qt
    assert document.blockCount() == layout.block_count()
    for number in range(layout.block_count()):
        start, end = layout.block_range(number)
        block = document.findBlockByNumber(number)
        assert block.position() == layout.offsets.to_qt(start)
        assert block.length() - 1 == layout.offsets.to_qt(end) - layout.offsets.to_qt(start)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", sorted(name for name in HOSTILE if name != "one long line"))
def test_a_point_on_a_character_is_at_the_character(name: str) -> None:
    layout = lay_out(normalize_text(HOSTILE[name]))
    document, found = layout.document(), 0
    for position, character in enumerate(layout.text):
        rects = layout.stretch_rects(position, position + 1)
        if not rects or rects[0].width() < 3 or not _is_stop(layout, document, position):
            continue
        rect = rects[0]
        line, _, start = layout.line_of(position)
        (run, *_) = line.glyphRuns(layout.offsets.to_qt(position) - layout.offsets.to_qt(start), 1)
        inner = rect.right() - 1 if run.isRightToLeft() else rect.left() + 1
        point = QPointF(inner, rect.center().y())
        assert layout.position_at(point) == (position, True), character
        found += 1
    assert found > 0 or not layout.text.strip()


def _is_stop(layout: PageLayout, document: QTextDocument, position: int) -> bool:
    """Whether a caret can stand before the character at a position: not inside a cluster of characters."""
    number = layout.block_number(position)
    inner_qt = layout.offsets.to_qt(position) - layout.offsets.to_qt(layout.block_range(number)[0])
    return layout.lay_out(number).layout().isValidCursorPosition(inner_qt)


@pytest.mark.usefixtures("qapp")
def test_a_stretch_covers_what_its_characters_cover() -> None:
    layout = lay_out("one two three four\nfive six")
    whole = layout.stretch_rects(4, 13)
    parts = [rect for position in range(4, 13) for rect in layout.stretch_rects(position, position + 1)]
    assert len(whole) == 1
    assert whole[0].left() == pytest.approx(min(rect.left() for rect in parts))
    assert whole[0].right() == pytest.approx(max(rect.right() for rect in parts))


@pytest.mark.usefixtures("qapp")
def test_a_stretch_over_lines_has_a_rectangle_on_each() -> None:
    text = "word " * 100 + "\nnext"
    layout = lay_out(text, width=500.0)
    rects = layout.stretch_rects(0, len(text))
    assert len(rects) == sum(layout.lay_out(number).layout().lineCount() for number in range(layout.block_count()))
    assert [rect.top() for rect in rects] == sorted({rect.top() for rect in rects})


@pytest.mark.usefixtures("qapp")
def test_a_stretch_of_mixed_directions_has_a_rectangle_for_each_run_on_the_screen() -> None:
    text = normalize_text(HOSTILE["right to left"])
    layout = lay_out(text)
    both = text.index("John") - 2
    rects = layout.stretch_rects(both, text.index("John") + 2)
    assert len(rects) == 2
    single = [layout.stretch_rects(at, at + 1)[0] for at in range(both, text.index("John") + 2)]
    assert all(rect.width() > 2 for rect in single)
    assert sum(rect.width() for rect in rects) == pytest.approx(sum(rect.width() for rect in single), abs=1.0)


@pytest.mark.usefixtures("qapp")
def test_a_stretch_that_ends_inside_a_cluster_covers_the_whole_cluster() -> None:
    layout = lay_out("a q\u0323\u0307 b")
    whole = layout.stretch_rects(2, 5)
    assert whole[0].width() > 5
    assert layout.stretch_rects(2, 3) == layout.stretch_rects(3, 4) == layout.stretch_rects(4, 5) == whole


@pytest.mark.usefixtures("qapp")
def test_a_point_right_of_a_cluster_is_after_the_cluster() -> None:
    layout = lay_out("a q\u0323\u0307 b")
    rect = layout.stretch_rects(2, 5)[0]
    assert layout.position_at(QPointF(rect.right() - 2, rect.center().y())) == (5, True)


@pytest.mark.usefixtures("qapp")
def test_tops_of_paragraphs_follow_one_another_once_they_are_laid_out() -> None:
    text = "\n".join("line " * (n * 7 % 50) for n in range(40))
    layout = lay_out(text, propose(Boundary(text.index("line", 500), "articles", "teaser")))
    seen = list(layout.visible_blocks(0.0, 1e9))
    assert [number for number, _, _ in seen] == list(range(layout.block_count()))
    for number, block, top in seen:
        assert layout.blockBoundingRect(block).top() == pytest.approx(top)
        if number:
            before = layout.blockBoundingRect(seen[number - 1][1])
            assert top == pytest.approx(before.bottom())


@pytest.mark.usefixtures("qapp")
def test_an_article_heading_takes_room_above_its_line_and_a_block_none() -> None:
    text = "one\ntwo\nthree"
    layout = lay_out(text, propose(Boundary(4, "articles", "article")), propose(Boundary(8, "blocks", "body")))
    assert layout.head_room(0) == 0.0
    assert layout.head_room(1) == layout.head_height
    assert layout.head_room(2) == 0.0


@pytest.mark.usefixtures("qapp")
def test_overlapping_spans_push_the_next_line_down() -> None:
    text = "one two three\n" + "word " * 60
    flat = lay_out(text, width=400.0)
    start = text.index("word")
    nested = lay_out(
        text,
        propose(Span(start, start + 4, "quotes", "quote")),
        propose(Span(start, start + 9, "quotes", "quote")),
        propose(Span(start, start + 14, "quotes", "source")),
        width=400.0,
    )
    one, other = (item.lay_out(1).layout() for item in (flat, nested))
    assert one.lineCount() == other.lineCount() > 1
    extra = other.lineAt(1).y() - one.lineAt(1).y()
    assert extra == pytest.approx(2 * nested.code_height)


@pytest.mark.usefixtures("qapp")
def test_a_megabyte_on_one_line_lays_out_only_what_is_looked_at(qapp: QApplication) -> None:
    layout = lay_out(normalize_text(HOSTILE["one long line"]))
    assert layout.block_count() > 100
    list(layout.visible_blocks(0.0, 800.0))
    assert sum(layout._laid) < 5
    position = len(layout.text) - 8
    line, _, _ = layout.line_of(position)
    assert line.isValid()
    rect = layout.caret_rect(position)
    found, on_text = layout.position_at(QPointF(rect.right() + 1, rect.center().y()))
    assert (found, on_text) == (position, True)
