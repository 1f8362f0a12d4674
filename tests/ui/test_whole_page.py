"""One whole real page brought to what it should be by keyboard alone, and another by mouse alone."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.core.annotation import Status
from annotator.core.marks import Boundary, Labelled, Rejection, Span, text_order, with_label
from annotator.core.proposal import Proposal
from tests.ui.hands import CTRL, LEFT, NONE, RIGHT, SHIFT, Hands, Key

Open = Callable[..., Hands]

TEXT = (
    "Mayor opens bridge in Leeds\n"
    "Anna Berg cut the ribbon on Monday. The bridge cost two million euros, the city of Leeds said.\n"
    "Photo: Reuters\n"
    "She had promised it to voters in March and thanked the builders from Skanska.\n"
    "STRIKE ENDS: Drivers go back to work On Tuesday the union in York said that its members had voted to\n"
    "Rain is expected in the north until Friday, forecasters said, while the south stays\n"
)


def at(words: str, label: str, layer: str = "entities") -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words), layer, label)


def opens(words: str, label: str, layer: str) -> Boundary:
    return Boundary(TEXT.index(words), layer, label)


WANTED: frozenset[Labelled] = frozenset(
    {
        opens("Mayor", "article", "articles"),
        opens("STRIKE", "teaser", "articles"),
        opens("Rain", "teaser", "articles"),
        opens("Mayor", "headline", "blocks"),
        opens("Anna", "body", "blocks"),
        opens("Photo", "photo", "blocks"),
        opens("She", "body", "blocks"),
        opens("STRIKE", "kicker", "blocks"),
        opens("Rain", "teaser", "blocks"),
        at("Leeds", "GPE"),
        at("Anna Berg", "PERSON"),
        at("Monday", "DATE"),
        at("Reuters", "ORG"),
        at("March", "DATE"),
        at("Skanska", "ORG"),
        at("York", "GPE"),
    }
)
PROPOSED: tuple[Labelled, ...] = (
    opens("Mayor", "article", "articles"),
    opens("Photo", "teaser", "articles"),
    opens("STRIKE", "article", "articles"),
    opens("Mayor", "body", "blocks"),
    opens("Anna", "body", "blocks"),
    opens("Photo", "photo", "blocks"),
    opens("She", "body", "blocks"),
    opens("STRIKE", "teaser", "blocks"),
    opens("Rain", "teaser", "blocks"),
    at("Leeds", "ORG"),
    at("Anna Berg cut", "PERSON"),
    at("Monday", "DATE"),
    at("Reuters", "ORG"),
    at("She", "PERSON"),
    at("March", "DATE"),
    at("the builders", "ORG"),
    at("York", "GPE"),
)


def open_page(open_window: Open, make_text_corpus: Callable[..., Path]) -> Hands:
    path = make_text_corpus(TEXT, "Another page.", proposals=[Proposal(mark, 0.9, "", "rules") for mark in PROPOSED])
    return open_window(path)


def key_of(hands: Hands, mark: Labelled) -> str:
    label = hands.page.schema.find(mark.layer, mark.label)
    assert label is not None
    return label.key


def replacement(mark: Labelled) -> Labelled | None:
    """What should stand where a proposal stands, or None when it is right or nothing should."""
    if mark in WANTED:
        return None
    return next((other for other in WANTED if other.layer == mark.layer and other.start == mark.start), None)


def decided(hands: Hands) -> frozenset[Labelled]:
    return frozenset(mark for mark in hands.marks if not isinstance(mark, Rejection))


def test_a_whole_page_by_keyboard_alone(open_window: Open, make_text_corpus: Callable[..., Path]) -> None:
    hands = open_page(open_window, make_text_corpus)
    document = hands.page.document.id
    hands.press(Key.Key_Tab)
    for _ in range(len(PROPOSED)):
        mark = hands.desk.focus
        if mark is None or not hands.page.is_pending(mark):
            break
        other = replacement(mark)
        if mark in WANTED:
            hands.press(Key.Key_Return)
        elif other is None:
            hands.press("x")
        elif other.end != mark.end:
            hands.press("{")
            hands.press(Key.Key_Tab)
        else:
            hands.press(key_of(hands, other))
            hands.press(Key.Key_Tab)
    hands.press(Key.Key_Escape)
    # "Skanska" is missing: to the end of the page, then word by word back to it.
    hands.press(Key.Key_End, CTRL)
    while hands.desk.caret > TEXT.index("Skanska"):
        hands.press(Key.Key_Left, CTRL)
    hands.press("2")
    # So is the teaser about the rain: its line, the boundary, its label.
    while TEXT.count("\n", 0, hands.desk.caret) < TEXT.count("\n", 0, TEXT.index("Rain")):
        hands.press(Key.Key_Down)
    if hands.desk.segment_layer is not None and hands.desk.segment_layer.name != "articles":
        hands.press("l", CTRL)
    hands.press("b")
    hands.press("2")
    assert decided(hands) == WANTED
    hands.press(Key.Key_Return, CTRL)
    assert hands.desk.session.corpus.annotation(document, hands.desk.session.annotator).state.status is Status.DONE
    assert hands.page.document.id != document


def test_a_whole_page_by_mouse_alone(open_window: Open, make_text_corpus: Callable[..., Path]) -> None:
    hands = open_page(open_window, make_text_corpus)
    document = hands.page.document.id
    for mark in sorted(PROPOSED, key=text_order):
        other = replacement(mark)
        if isinstance(mark, Span):
            correct_span_by_mouse(hands, mark, other)
        elif mark.layer == "articles":
            correct_article_by_mouse(hands, mark, other)
        else:
            correct_block_by_mouse(hands, mark, other)
    start = TEXT.index("Skanska")
    hands.drag(hands.before(start), hands.before(start + len("Skanska")))
    hands.view.label_bar.buttons()["ORG"].click()
    hands.click(TEXT.index("Rain") + 2)
    press_button(hands, "+ Articles")
    assert isinstance(hands.desk.focus, Boundary)
    hands.click(hands.heading(hands.desk.focus).center().toPoint())
    hands.view.label_bar.buttons()["teaser"].click()
    assert decided(hands) == WANTED
    QTest.mouseClick(hands.window.finish_button, LEFT)
    assert hands.desk.session.corpus.annotation(document, hands.desk.session.annotator).state.status is Status.DONE
    assert hands.page.document.id != document


def press_button(hands: Hands, text: str) -> None:
    from PySide6.QtWidgets import QToolButton

    button = next(item for item in hands.window.labels.findChildren(QToolButton) if item.text() == text)
    QTest.mouseClick(button, LEFT, NONE)
    QApplication.processEvents()


def correct_span_by_mouse(hands: Hands, mark: Span, other: Labelled | None) -> None:
    if mark in WANTED:
        rect = hands.rect(mark.start, mark.end)
        hands.click(QPoint(round(rect.left()) + 4, round(rect.bottom() + hands.layout.code_height / 2)))
    elif other is None:
        hands.click(mark.start + 1, RIGHT)
    elif other.end != mark.end:
        hands.drag(hands.end_edge(mark), hands.before(other.end))
    else:
        hands.click(mark.start + 1)
        hands.window.labels._buttons[other.label].click()


def correct_article_by_mouse(hands: Hands, mark: Labelled, other: Labelled | None) -> None:
    accept, reject = hands.heading_buttons(mark)
    if mark in WANTED:
        hands.click(accept)
    elif other is None:
        hands.click(reject)
    else:
        hands.click(hands.heading(mark).center().toPoint())
        hands.view.label_bar.buttons()[other.label].click()


def correct_block_by_mouse(hands: Hands, mark: Labelled, other: Labelled | None) -> None:
    hands.click(hands.tick(mark))
    if mark in WANTED:
        hands.view.label_bar._accept.click()
    else:
        assert other is not None
        hands.view.label_bar.buttons()[other.label].click()


def test_shift_and_arrows_select_and_a_label_key_labels(
    open_window: Open, make_text_corpus: Callable[..., Path]
) -> None:
    hands = open_page(open_window, make_text_corpus)
    start = TEXT.index("two million euros")
    hands.put_caret(start)
    for _ in range(3):
        hands.press(Key.Key_Right, CTRL | SHIFT)
    hands.press("6")
    assert at("two million euros", "MONEY") in hands.marks


def decision(mark: Labelled) -> str:
    """What an annotator with ideas of their own would do with a proposal: numbers out, peoples are places."""
    if mark.label in {"CARDINAL", "ORDINAL"}:
        return "reject"
    return "relabel" if mark.label == "NORP" else "accept"


def expected(page_marks: tuple[Labelled, ...]) -> frozenset[Labelled]:
    kept = [mark for mark in page_marks if decision(mark) == "accept"]
    return frozenset(kept) | {with_label(mark, "GPE") for mark in page_marks if decision(mark) == "relabel"}


def test_the_seed_page_by_keyboard_alone(open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    document, proposed = hands.page.document.id, hands.page.pending
    assert {decision(mark) for mark in proposed} == {"accept", "reject", "relabel"}
    for _ in proposed:
        mark = hands.desk.focus
        assert mark is not None
        match decision(mark):
            case "accept":
                hands.press(Key.Key_Return)
            case "reject":
                hands.press("x")
            case _:
                hands.press("3")
                hands.press(Key.Key_Tab)
    assert not hands.desk.unresolved()
    assert decided(hands) == expected(proposed)
    hands.press(Key.Key_Return, CTRL)
    assert hands.desk.session.corpus.annotation(document, hands.desk.session.annotator).state.status is Status.DONE


def test_a_sample_page_by_mouse_alone(open_window: Open, seed_corpus: Path) -> None:
    hands = open_window(seed_corpus)
    rows = hands.window.documents.view
    QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualRect(rows.model().index(1, 0)).center())
    document, proposed = hands.page.document.id, hands.page.pending
    assert {type(mark) for mark in proposed} == {Boundary, Span}
    assert {decision(mark) for mark in proposed} >= {"accept", "reject"}
    for mark in proposed:
        if isinstance(mark, Span):
            span_by_mouse(hands, mark)
        elif mark.layer == "articles":
            hands.click(hands.heading_buttons(mark)[0])
        else:
            assert isinstance(mark, Boundary)
            accept_boundary_by_mouse(hands, mark)
    assert not hands.desk.unresolved()
    assert decided(hands) == expected(proposed)
    QTest.mouseClick(hands.window.finish_button, LEFT)
    assert hands.desk.session.corpus.annotation(document, hands.desk.session.annotator).state.status is Status.DONE


def span_by_mouse(hands: Hands, mark: Span) -> None:
    match decision(mark):
        case "accept":
            rect = hands.rect(mark.start, mark.end)
            hands.click(QPoint(round(rect.left()) + 4, round(rect.bottom() + hands.layout.code_height / 2)))
        case "reject":
            hands.click(mark.start, RIGHT)
        case _:
            hands.click(mark.start)
            hands.window.labels._buttons["GPE"].click()


def accept_boundary_by_mouse(hands: Hands, mark: Boundary) -> None:
    line = hands.page.text.rfind("\n", 0, mark.position) + 1
    inside = hands.page.text[line : mark.position].strip()
    hands.click(hands.notch(mark) if inside else hands.tick(mark))
    hands.view.label_bar._accept.click()
