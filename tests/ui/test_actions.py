"""How many actions each correction costs, counted in the real window; the table in docs/actions.md is made from it.

An action is a key chord, a click or a drag. Set ANNOTATOR_DOCS=1 to write the table anew.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from annotator.core.marks import Boundary, Span
from annotator.ui.occurrences_dialog import OccurrencesDialog
from tests.ui.hands import ALT, CTRL, NONE, RIGHT, Hands, Key

TABLE = Path(__file__).parents[2] / "docs" / "actions.md"
Open = Callable[..., Hands]


class CountingHands:
    """Hands that count what they do. Putting things in place beforehand is not counted: use `hands` for it."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.count = 0

    def press(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.count += 1
        self.hands.press(key, modifiers)

    def click(self, at: int | QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self.count += 1
        self.hands.click(at, button)

    def drag(self, start: QPoint, stop: QPoint) -> None:
        self.count += 1
        self.hands.drag(start, stop)


def spans(hands: Hands) -> list[Span]:
    return [mark for mark in hands.desk.unresolved() if isinstance(mark, Span)]


def teaser(hands: Hands) -> Boundary:
    found = [mark for mark in hands.desk.unresolved() if isinstance(mark, Boundary) and mark.layer == "articles"]
    return next(mark for mark in found if mark.position > 1000)


def focused(hands: Hands, mark: Span | Boundary) -> Span | Boundary:
    hands.desk.focus_on(mark)
    return mark


def accept_one(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, spans(hands)[0])
    act.press(Key.Key_Return)
    return mark in hands.marks and hands.desk.focus in hands.desk.unresolved()


def accept_one_by_mouse(hands: Hands, act: CountingHands) -> bool:
    mark = spans(hands)[0]
    rect = hands.rect(mark.start, mark.end)
    act.click(QPoint(round(rect.left()) + 4, round(rect.bottom() + hands.layout.code_height / 2)))
    return mark in hands.marks


def accept_rest(hands: Hands, act: CountingHands) -> bool:
    first = hands.page.document.id
    act.press(Key.Key_Return, CTRL)
    done = hands.desk.session.corpus.annotation(first, hands.desk.session.annotator)
    return done.state.status == "done" and hands.page.document.id != first


def remove_by_key(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, spans(hands)[0])
    act.press("x")
    return hands.page.is_rejected(mark)


def remove_by_mouse(hands: Hands, act: CountingHands) -> bool:
    mark = spans(hands)[0]
    act.click(mark.start + 1, RIGHT)
    return hands.page.is_rejected(mark)


def relabel(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, next(span for span in spans(hands) if span.label != "ORG"))
    act.press("2")
    return Span(mark.start, mark.end, "entities", "ORG") in hands.marks


def edge_by_key(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, next(span for span in spans(hands) if span.end - span.start < 8))
    act.press("}")
    return any(isinstance(other, Span) and other.start == mark.start and other.end > mark.end for other in hands.marks)


def edge_by_drag(hands: Hands, act: CountingHands) -> bool:
    text = hands.page.text
    mark = next(span for span in spans(hands) if text[span.start : span.end] == "Donald Trump")
    start = hands.start_edge(mark)
    target = hands.before(mark.start + len("Donald "))
    act.drag(start, target)
    return any(isinstance(other, Span) and text[other.start : other.end] == "Trump" for other in hands.marks)


def add_word(hands: Hands, act: CountingHands) -> bool:
    position = hands.page.text.index("determination")
    hands.desk.set_caret(position + 2)
    act.press("1")
    return Span(position, position + len("determination"), "entities", "PERSON") in hands.marks


def add_longer(hands: Hands, act: CountingHands) -> bool:
    text = hands.page.text
    start = text.index("warfare realities")
    act.drag(hands.before(start), hands.before(start + len("warfare realities")))
    act.press("1")
    return Span(start, start + len("warfare realities"), "entities", "PERSON") in hands.marks


def label_all(hands: Hands, act: CountingHands) -> bool:
    text = hands.page.text
    mark = next(span for span in spans(hands) if text[span.start : span.end] == "China")
    focused(hands, mark)
    others = [span for span in spans(hands) if text[span.start : span.end] != "China"]
    places = [match.start() for match in re.finditer(r"\bChina\b", text)]
    expected = sum(not any(span.start <= place < span.end for span in others) for place in places)
    assert expected > 1
    seen: list[int] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, OccurrencesDialog)
        seen.append(sum(isinstance(m, Span) and text[m.start : m.end] == "China" for m in hands.marks))
        dialog.accept()

    QTimer.singleShot(50, look)
    act.press("d", CTRL)
    return seen == [expected]


def boundary_by_key(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, teaser(hands))
    act.press(Key.Key_Up, ALT)
    return any(isinstance(m, Boundary) and m.position < mark.start and m.layer == "articles" for m in hands.marks)


def boundary_by_drag(hands: Hands, act: CountingHands) -> bool:
    mark = teaser(hands)
    line = hands.page.text.rindex("\n", 0, mark.position - 1) + 1
    heading = hands.heading(mark)
    start = QPoint(round(heading.left()) + 10, round(heading.center().y()))
    rect = hands.layout.stretch_rects(line, line + 1)[0]
    act.drag(start, QPoint(start.x(), round(rect.center().y()) - hands.view.verticalScrollBar().value()))
    return Boundary(line, "articles", mark.label) in hands.marks


def add_boundary(hands: Hands, act: CountingHands) -> bool:
    line = hands.page.text.index("\n") + 1
    hands.desk.choose_layer("articles")
    hands.desk.set_caret(line + 10)
    hands.desk.focus_on(None)
    act.press("b")
    return any(isinstance(m, Boundary) and m.position == line and m.layer == "articles" for m in hands.marks)


def join(hands: Hands, act: CountingHands) -> bool:
    mark = focused(hands, teaser(hands))
    act.press(Key.Key_Backspace)
    return hands.page.is_rejected(mark)


def undo(hands: Hands, act: CountingHands) -> bool:
    before = hands.marks
    hands.desk.focus_on(spans(hands)[0])
    hands.press(Key.Key_Return)
    act.press("z", CTRL)
    return hands.marks == before


ROWS: tuple[tuple[str, str, str, Callable[[Hands, CountingHands], bool], int], ...] = (
    ("one proposal is right: accept it and go to the next unresolved", "1", "`Return`", accept_one, 1),
    ("the same by mouse", "", "click on its short code", accept_one_by_mouse, 1),
    ("everything is right: accept all that is left and go to the next page", "1", "`Ctrl+Return`", accept_rest, 1),
    ("remove a wrong proposal or span", "1", "`X`", remove_by_key, 1),
    ("the same by mouse", "", "right click on it", remove_by_mouse, 1),
    ("change a label", "2", "the label's key", relabel, 1),
    ("fix an edge of a span by one token", "2", "`}`", edge_by_key, 1),
    ("fix an edge of a span by mouse", "2", "drag of the edge", edge_by_drag, 1),
    ("add a missed span: one word", "1-2", "the label's key on the word under the caret", add_word, 1),
    ("add a missed span: several words", "2", "drag, then the label's key", add_longer, 2),
    ("label every other occurrence of a string", "not there", "`Ctrl+D`; what was done is listed with its context",
     label_all, 1),
    ("move a boundary", "2-8", "`Alt+Up`", boundary_by_key, 1),
    ("move a boundary by mouse", "2-8", "drag of its handle", boundary_by_drag, 1),
    ("add a boundary", "1-4", "`B`", add_boundary, 1),
    ("join two segments", "1-4", "`Backspace`", join, 1),
    ("undo any of it, also after a restart", "partly", "`Ctrl+Z`", undo, 1),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} - {row[2]}" for row in ROWS])
def test_a_correction_costs_no_more_than_the_table_says(
    row: tuple[str, str, str, Callable[[Hands, CountingHands], bool], int], open_window: Open, seed_corpus: Path
) -> None:
    hands = open_window(seed_corpus)
    act = CountingHands(hands)
    assert row[3](hands, act), "the correction did not do what it should"
    assert act.count == row[4]


def table() -> str:
    lines = [
        "# Actions per correction",
        "",
        "An action is a key chord, a click or a drag. Each row is performed in the real window on the seed page by",
        "`tests/ui/test_actions.py`, which counts; the peers' figures are the best that one of Label Studio, doccano,",
        "Prodigy, INCEpTION, brat and GATE documents.",
        "",
        "| correction | best peer documented | here | how |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {what} | {peer} | {count} | {how} |" for what, peer, how, _, count in ROWS]
    return "\n".join(lines) + "\n"


def test_the_table_in_the_documents_is_the_one_that_was_counted() -> None:
    if os.environ.get("ANNOTATOR_DOCS"):
        TABLE.write_text(table(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table()
