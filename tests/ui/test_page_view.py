"""Hostile texts in the real window: caret, selection, clipboard and marks stay on the right characters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from annotator.core.document import normalize_text
from annotator.core.marks import Boundary, Span
from annotator.core.proposal import Proposal
from annotator.store.corpus import Corpus
from annotator.ui.painting import code_rect, notch_name_left, notch_rect
from tests.core.values import HOSTILE
from tests.ui.conftest import ANNOTATOR
from tests.ui.hands import CTRL, SHIFT, Hands, Key

Open = Callable[..., Hands]
Make = Callable[..., Path]
short = pytest.mark.parametrize("name", sorted(name for name in HOSTILE if name not in {"one long line", "empty"}))


def stops(hands: Hands) -> list[int]:
    """The positions at which a caret can stand, by what Qt says of each paragraph."""
    layout, found = hands.layout, []
    for number in range(layout.block_count()):
        start, end = layout.block_range(number)
        lines = layout.lay_out(number).layout()
        first_qt = layout.offsets.to_qt(start)
        for position in range(start, end + 1):
            if position == start or lines.isValidCursorPosition(layout.offsets.to_qt(position) - first_qt):
                found.append(position)
    return found


@short
def test_arrow_keys_stop_at_every_character_and_at_nothing_else(
    name: str, open_window: Open, make_text_corpus: Make
) -> None:
    hands = open_window(make_text_corpus(HOSTILE[name]))
    expected = stops(hands)
    seen = [hands.desk.caret]
    onward = Key.Key_Left if name == "right to left" else Key.Key_Right
    hands.press(Key.Key_Home, CTRL)
    for _ in expected[1:]:
        hands.press(onward)
        seen.append(hands.desk.caret)
    assert seen == expected


@short
def test_a_selection_by_keys_is_stored_and_copied_as_the_text_has_it(
    name: str, open_window: Open, make_text_corpus: Make
) -> None:
    path = make_text_corpus(HOSTILE[name])
    hands = open_window(path)
    text = normalize_text(HOSTILE[name])
    hands.press(Key.Key_Home, CTRL)
    hands.press(Key.Key_End, CTRL | SHIFT)
    assert hands.desk.selection == (0, len(text))
    hands.press(Key.Key_C, CTRL)
    copied = hands.view.createMimeDataFromSelection().text()
    assert copied == text


@short
def test_the_clipboard_holds_the_stored_text(name: str, open_window: Open, make_text_corpus: Make) -> None:
    hands = open_window(make_text_corpus(HOSTILE[name]))
    text = normalize_text(HOSTILE[name])
    hands.desk.set_caret(len(text), 1)
    hands.press(Key.Key_C, CTRL)
    assert QApplication.clipboard().text() == text[1:]


@short
def test_a_click_on_a_character_puts_the_caret_before_it(name: str, open_window: Open, make_text_corpus: Make) -> None:
    hands = open_window(make_text_corpus(HOSTILE[name]))
    layout, clicked = hands.layout, 0
    for position in stops(hands):
        rects = layout.stretch_rects(position, position + 1)
        caret = layout.caret_rect(position)
        if not rects or rects[0].width() < 4 or abs(caret.center().x() - rects[0].left()) > 2:
            continue
        hands.click(position)
        assert hands.desk.caret == position or layout.caret_rect(hands.desk.caret) == caret
        clicked += 1
    assert clicked > 0


@short
def test_a_mark_is_drawn_where_its_characters_are(name: str, open_window: Open, make_text_corpus: Make) -> None:
    text = normalize_text(HOSTILE[name])
    last = max(at for at, character in enumerate(text) if character.isalpha())
    mark = Span(last, last + 1, "entities", "ORG")
    hands = open_window(make_text_corpus(text, proposals=[Proposal(mark, 0.5, "", "rules")]))
    assert hands.desk.focus == mark
    assert hands.view.textCursor().position() == len(text[:last].encode("utf-16-le")) // 2
    hit = hands.view.hit(hands.rect(last).center().toPoint())
    assert hit is not None
    assert hit.mark == mark


@short
def test_a_label_key_stores_the_word_that_was_double_clicked(
    name: str, open_window: Open, make_text_corpus: Make
) -> None:
    path = make_text_corpus(HOSTILE[name])
    hands = open_window(path)
    text = normalize_text(HOSTILE[name])
    position = max(at for at, character in enumerate(text) if character.isalpha() and at in stops(hands))
    hands.double_click(hands.rect(position).center().toPoint())
    selected = hands.desk.selection
    assert selected is not None
    assert selected[0] <= position < selected[1]
    hands.press("2")
    (span,) = (mark for mark in hands.marks if isinstance(mark, Span))
    assert span.label == "ORG"
    assert text[span.start : span.end].strip() == text[span.start : span.end]
    with Corpus.open(path) as second:
        assert second.annotation(hands.page.document.id, ANNOTATOR).marks == hands.marks


def test_an_empty_page_is_shown_and_refuses_marks_with_a_sentence(open_window: Open, make_text_corpus: Make) -> None:
    hands = open_window(make_text_corpus("", "second"))
    assert hands.page.text == ""
    refusals: list[str] = []
    hands.view.refused.connect(refusals.append)
    hands.press("1")
    hands.press(Key.Key_Right)
    hands.press(Key.Key_A, CTRL)
    assert hands.marks == frozenset()
    assert len(refusals) == 1
    assert refusals[0].endswith(".")
    hands.press(Key.Key_PageDown, CTRL)
    assert hands.page.text == "second"


def test_a_megabyte_on_one_line_can_be_clicked_selected_and_labelled_at_its_end(
    open_window: Open, make_text_corpus: Make
) -> None:
    text = normalize_text(HOSTILE["one long line"])
    first, middle = Span(0, 4, "entities", "ORG"), Span(700_000, 700_004, "entities", "GPE")
    assert text[700_000:700_004] == "word"
    path = make_text_corpus(text, proposals=[Proposal(mark, 0.5, "", "rules") for mark in (first, middle)])
    hands = open_window(path)
    assert hands.desk.focus == first
    hands.press(Key.Key_Return)
    assert hands.desk.focus == middle
    bar = hands.view.verticalScrollBar()
    rect = hands.layout.stretch_rects(middle.start, middle.end)[0]
    assert bar.value() <= rect.top() <= bar.value() + hands.view.viewport().height()
    assert hands.view.hit(hands.rect(middle.start).center().toPoint()).mark == middle
    hands.press(Key.Key_End, CTRL)
    assert hands.desk.caret == len(text)
    word = text.rindex("word")
    hands.click(word + 2)
    assert hands.desk.caret == word + 2
    hands.press("1")
    assert hands.desk.focus == Span(word, word + 4, "entities", "PERSON")
    with Corpus.open(path) as second:
        assert second.annotation(hands.page.document.id, ANNOTATOR).marks == {
            first,
            Span(word, word + 4, "entities", "PERSON"),
        }


def test_a_selection_over_a_line_that_is_shown_in_pieces_is_copied_whole(
    open_window: Open, make_text_corpus: Make
) -> None:
    text = "word " * 3_000
    hands = open_window(make_text_corpus(text))
    assert hands.layout.block_count() > 1
    hands.press(Key.Key_A, CTRL)
    assert hands.desk.selection == (0, len(text))
    assert hands.view.createMimeDataFromSelection().text() == text


def test_boundaries_of_a_text_with_other_planes_open_at_the_right_lines(
    open_window: Open, make_text_corpus: Make
) -> None:
    text = "😀😀 first\n𝔘𝔫𝔦 second\nthird 😀"
    starts = [text.index(word) for word in ("𝔘", "third")]
    marks = [Boundary(start, "articles", "article") for start in starts]
    hands = open_window(make_text_corpus(text, proposals=[Proposal(mark, 0.5, "", "rules") for mark in marks]))
    for mark in marks:
        heading = hands.heading(mark)
        line = hands.rect(mark.position)
        assert heading.bottom() <= line.top() + 1
        assert heading.height() == pytest.approx(hands.layout.head_height)
        assert hands.view.hit(heading.center().toPoint()).mark == mark


@pytest.mark.parametrize("place", [0.2, 0.8])
def test_a_double_click_anywhere_on_a_letter_selects_its_word(
    place: float, open_window: Open, make_text_corpus: Make
) -> None:
    text = "He visits (Tokyo), \u200eJohn said."
    hands = open_window(make_text_corpus(text))
    for word in ("Tokyo", "John", "said"):
        for position in (text.index(word), text.index(word) + len(word) - 1):
            rect = hands.rect(position)
            hands.double_click(QPoint(int(rect.left() + place * rect.width()), int(rect.center().y())))
            selection = hands.desk.selection
            assert selection is not None
            assert text[slice(*selection)] == word


def test_the_name_of_a_boundary_inside_a_line_stands_beside_the_code_of_a_span_there(
    open_window: Open, make_text_corpus: Make
) -> None:
    text = "PORTS: Ministers met Muscat: The harbour was closed"
    lead, deck = Boundary(21, "blocks", "teaser"), Boundary(7, "blocks", "deck")
    span = Span(21, 27, "entities", "GPE")
    made = [Proposal(mark, 0.5, "", "rules") for mark in (Boundary(0, "blocks", "kicker"), deck, lead, span)]
    layout = open_window(make_text_corpus(text, proposals=made)).layout
    code = code_rect(layout, span, layout.stretch_rects(span.start, span.end)[0])
    assert notch_name_left(layout, lead, notch_rect(layout, lead)) >= code.right() - 2
    handle = notch_rect(layout, deck)
    assert handle.right() < notch_name_left(layout, deck, handle) < handle.right() + 3


class Painted(QObject):
    """What is painted of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return super().eventFilter(watched, event)


@pytest.mark.parametrize("keys", [[Key.Key_PageDown], [Key.Key_PageDown, Key.Key_PageUp]])
def test_the_whole_of_a_page_is_painted_when_it_is_opened(
    keys: list[Qt.Key], open_window: Open, make_text_corpus: Make
) -> None:
    lines = "\n".join(f"This is line {number} of the page." for number in range(60))
    hands = open_window(make_text_corpus(lines, lines.replace("page", "other page")))
    for key in keys:
        QApplication.processEvents()
        painted = Painted(hands.view.viewport())
        hands.press(key, CTRL)
        assert QRegion(hands.view.viewport().rect()).subtracted(painted.region).isEmpty()
