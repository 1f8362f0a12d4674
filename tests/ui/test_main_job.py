"""The main job in the real window: from the seed page to exported JSONL, by keys and by mouse, every mark compared."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.app.transfer import export_records
from annotator.core import tokens
from annotator.core.annotation import Status
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span, with_label
from annotator.store.corpus import Corpus
from tests.ui.conftest import ANNOTATOR
from tests.ui.hands import ALT, CTRL, NONE, RIGHT, SHIFT, Hands, Key


class Ledger:
    """What the steps say should be marked, held after each step against the window and against the file."""

    def __init__(self, hands: Hands, path: Path) -> None:
        self.hands = hands
        self.document_id = hands.page.document.id
        self.expected: frozenset[Mark] = hands.marks
        self.file = Corpus.open(path)
        self.edits = len(self.file.log(self.document_id, ANNOTATOR))

    def expect(self, *, added: Iterable[Mark] = (), removed: Iterable[Mark] = (), edits: int = 1) -> None:
        """One edit was made that adds and removes just these, and it is in the file."""
        removed, added = frozenset(removed), frozenset(added)
        assert removed <= self.expected
        assert not added & self.expected
        self.set_expected((self.expected - removed) | added, edits)

    def set_expected(self, marks: frozenset[Mark], edits: int) -> None:
        self.expected = marks
        self.edits += edits
        assert self.hands.desk.session.page is not None
        stored = self.file.annotation(self.document_id, ANNOTATOR)
        assert stored.marks == self.expected
        assert len(self.file.log(self.document_id, ANNOTATOR)) == self.edits
        if self.hands.page.document.id == self.document_id:
            assert self.hands.marks == self.expected

    def nothing_happened(self) -> None:
        """No edit was made."""
        self.set_expected(self.expected, 0)


@pytest.fixture
def desk(open_window: Callable[..., Hands], seed_corpus: Path) -> Iterator[tuple[Hands, Ledger]]:
    hands = open_window(seed_corpus)
    ledger = Ledger(hands, seed_corpus)
    yield hands, ledger
    ledger.file.close()


def pending_spans(hands: Hands) -> list[Span]:
    return [mark for mark in hands.desk.unresolved() if isinstance(mark, Span)]


def pending_boundaries(hands: Hands, layer: str) -> list[Boundary]:
    return [mark for mark in hands.desk.unresolved() if isinstance(mark, Boundary) and mark.layer == layer]


def lonely_span(hands: Hands, *, among: Iterable[Span] | None = None) -> Span:
    """A pending span on its own line's middle, with words free of marks on both sides."""
    text = hands.page.text
    taken = [mark for mark in (*hands.page.decided, *hands.page.pending) if isinstance(mark, Span)]
    for span in among or pending_spans(hands):
        line = tokens.line_start(text, span.start)
        around = text[span.start - 30 : span.end + 30]
        alone = all(other == span or other.end < span.start - 30 or other.start > span.end + 30 for other in taken)
        if alone and span.start - line > 30 and "\n" not in around:
            return span
    raise AssertionError("no span stands alone")


def free_words(hands: Hands, count: int, *, after: int = 0) -> tuple[int, int]:
    """A stretch of plain words that no span touches."""
    text = hands.page.text
    taken = [mark for mark in (*hands.page.decided, *hands.page.pending) if isinstance(mark, Span)]
    start: int | None = after
    while start is not None:
        start = tokens.token_start_after(text, start)
        if start is None:
            break
        end = start
        for _ in range(count):
            end = tokens.token_end_after(text, end) or end
        words = text[start:end].split(" ")
        clear = all(other.end < start - 1 or other.start > end + 1 for other in taken)
        if clear and len(words) == count and all(word.isalpha() and len(word) > 3 for word in words):
            return start, end
    raise AssertionError("no free words")


def key_of(hands: Hands, label: str) -> str:
    return hands.page.schema.by_name["entities"].by_name[label].key


def focus_by_click(hands: Hands, span: Span) -> None:
    hands.click(hands.rect(span.start, span.end).center().toPoint())
    assert hands.desk.focus == span


def tab_to(hands: Hands, mark: Labelled) -> None:
    """Go to an unresolved mark by Tab, as a person does."""
    for _ in range(len(hands.desk.unresolved()) + 1):
        if hands.desk.focus == mark:
            return
        hands.press(Key.Key_Tab)
    raise AssertionError(f"Tab never came to {mark}")


Desk = tuple[Hands, Ledger]


def test_tab_visits_what_is_unresolved_in_text_order_and_back(desk: Desk) -> None:
    hands, ledger = desk
    unresolved = hands.desk.unresolved()
    assert len(unresolved) > 50
    seen = []
    for _ in range(len(unresolved) + 1):
        seen.append(hands.desk.focus)
        hands.press(Key.Key_Tab)
    assert seen == [*unresolved, unresolved[0]]
    for expected in (unresolved[0], unresolved[-1], unresolved[-2]):
        hands.press(Key.Key_Tab, SHIFT)
        assert hands.desk.focus == expected
    ledger.nothing_happened()


def test_return_accepts_and_x_rejects_and_both_go_on(desk: Desk) -> None:
    hands, ledger = desk
    first = hands.desk.unresolved()[:6]
    for mark in first[:3]:
        assert hands.desk.focus == mark
        hands.press(Key.Key_Return)
        ledger.expect(added={mark})
    for mark in first[3:5]:
        assert hands.desk.focus == mark
        hands.press(Key.Key_X)
        ledger.expect(added={Rejection(mark)})
    assert hands.desk.focus == first[5]
    assert ledger.file.annotation(ledger.document_id, ANNOTATOR).state.status is Status.IN_PROGRESS


def test_x_on_an_accepted_span_takes_it_away_and_remembers_that_it_was_wrong(desk: Desk) -> None:
    hands, ledger = desk
    span = lonely_span(hands)
    tab_to(hands, span)
    hands.press(Key.Key_Return)
    ledger.expect(added={span})
    focus_by_click(hands, span)
    hands.press(Key.Key_X)
    ledger.expect(removed={span}, added={Rejection(span)})


def test_label_keys_relabel_a_proposal_and_back(desk: Desk) -> None:
    hands, ledger = desk
    span = next(span for span in pending_spans(hands) if span.label == "PERSON")
    tab_to(hands, span)
    hands.press("2")
    other = with_label(span, "ORG")
    ledger.expect(added={other, Rejection(span)})
    assert hands.desk.focus == other
    hands.press("1")
    ledger.expect(removed={other, Rejection(span)}, added={span})
    hands.press("1")
    ledger.nothing_happened()


def test_a_label_key_on_its_own_label_accepts(desk: Desk) -> None:
    hands, ledger = desk
    span = next(span for span in pending_spans(hands) if span.label == "GPE")
    tab_to(hands, span)
    hands.press("3")
    ledger.expect(added={span})


def test_a_label_key_relabels_the_focused_boundary_in_its_own_layer(desk: Desk) -> None:
    hands, ledger = desk
    boundary = pending_boundaries(hands, "blocks")[0]
    tab_to(hands, boundary)
    label = "photo" if boundary.label != "photo" else "body"
    hands.press("7" if label == "photo" else "5")
    ledger.expect(added={with_label(boundary, label), Rejection(boundary)})


@pytest.mark.parametrize(("key", "modifiers"), [("]", NONE), ("]", ALT), ("[", NONE), ("[", ALT)])
def test_the_start_of_a_span_moves_by_key(desk: Desk, key: str, modifiers: Qt.KeyboardModifier) -> None:
    hands, ledger = desk
    text = hands.page.text
    wide = [span for span in pending_spans(hands) if " " in text[span.start : span.end]]
    span = lonely_span(hands, among=wide)
    tab_to(hands, span)
    hands.press(key, modifiers)
    step = tokens.token_start_after if key == "]" else tokens.token_start_before
    start = step(text, span.start) if modifiers == NONE else span.start + (1 if key == "]" else -1)
    assert start is not None
    moved = Span(start, span.end, span.layer, span.label)
    ledger.expect(added={moved, Rejection(span)})
    hands.press("[" if key == "]" else "]", modifiers)
    ledger.expect(added={span}, removed={moved, Rejection(span)})


@pytest.mark.parametrize(("key", "modifiers"), [("}", NONE), ("}", ALT), ("{", NONE), ("{", ALT)])
def test_the_end_of_a_span_moves_by_key(desk: Desk, key: str, modifiers: Qt.KeyboardModifier) -> None:
    hands, ledger = desk
    text = hands.page.text
    wide = [span for span in pending_spans(hands) if " " in text[span.start : span.end]]
    span = lonely_span(hands, among=wide)
    tab_to(hands, span)
    hands.press(key, modifiers)
    step = tokens.token_end_after if key == "}" else tokens.token_end_before
    end = step(text, span.end) if modifiers == NONE else span.end + (1 if key == "}" else -1)
    assert end is not None
    moved = Span(span.start, end, span.layer, span.label)
    ledger.expect(added={moved, Rejection(span)})
    hands.press("{" if key == "}" else "}", modifiers)
    ledger.expect(added={span}, removed={moved, Rejection(span)})


def test_a_selection_by_keyboard_becomes_a_span(desk: Desk) -> None:
    hands, ledger = desk
    start, end = free_words(hands, 2)
    hands.put_caret(start)
    hands.press(Key.Key_Right, SHIFT, times=end - start)
    assert hands.desk.selection == (start, end)
    hands.press(key_of(hands, "FAC"))
    ledger.expect(added={Span(start, end, "entities", "FAC")})


def test_a_selection_by_mouse_becomes_a_span_of_whole_words(desk: Desk) -> None:
    hands, ledger = desk
    start, end = free_words(hands, 2, after=400)
    hands.rect(start)
    hands.drag(hands.before(start + 1), hands.before(end - 1))
    assert hands.desk.selection == (start + 1, end - 1)
    hands.press(key_of(hands, "EVENT"))
    ledger.expect(added={Span(start, end, "entities", "EVENT")})


def test_the_word_under_the_caret_becomes_a_span(desk: Desk) -> None:
    hands, ledger = desk
    start, end = free_words(hands, 1, after=100)
    hands.click(start + 2)
    hands.press("1")
    ledger.expect(added={Span(start, end, "entities", "PERSON")})


def test_a_drag_moves_an_edge_of_a_span(desk: Desk) -> None:
    hands, ledger = desk
    text = hands.page.text
    span = lonely_span(hands)
    end = tokens.token_end_after(text, span.end)
    start = tokens.token_start_before(text, span.start)
    assert end is not None
    assert start is not None
    hands.rect(span.start)
    hands.drag(hands.end_edge(span), hands.before(end - 1))
    longer = Span(span.start, end, span.layer, span.label)
    ledger.expect(added={longer, Rejection(span)})
    hands.drag(hands.start_edge(longer), hands.before(start))
    both = Span(start, end, span.layer, span.label)
    ledger.expect(removed={longer}, added={both})


def test_a_drag_moves_an_article_heading_to_another_line(desk: Desk) -> None:
    hands, ledger = desk
    boundary = pending_boundaries(hands, "articles")[1]
    lines = [start for start in tokens.line_starts(hands.page.text) if start < boundary.position]
    goal = lines[-2]
    heading = hands.heading(boundary)
    grip = QPoint(round(heading.left()) + 10, round(heading.center().y()))
    target = hands.layout.caret_rect(goal).center().y() - hands.view.verticalScrollBar().value()
    hands.drag(grip, QPoint(grip.x(), round(target)))
    moved = Boundary(goal, "articles", boundary.label)
    ledger.expect(added={moved, Rejection(boundary)})
    assert hands.desk.focus == moved


def test_a_drag_moves_a_notch_to_another_sentence(desk: Desk) -> None:
    hands, ledger = desk
    first, second = long_line_sentences(hands, 3)[1:]
    hands.click(first)
    hands.press("b", SHIFT)
    (notch,) = (mark for mark in hands.marks if isinstance(mark, Boundary))
    assert notch.position == first
    ledger.expect(added={notch})
    hands.rect(first)
    hands.drag(hands.notch(notch), hands.before(second + 2))
    ledger.expect(removed={notch}, added={Boundary(second, notch.layer, notch.label)})


def long_line_sentences(hands: Hands, count: int, *, but: Iterable[int] = ()) -> list[int]:
    """Where the first `count` sentences of a line open, none inside it a boundary and the line not in `but`."""
    text = hands.page.text
    for start in tokens.line_starts(text):
        end = text.find("\n", start)
        found = list(tokens.sentence_starts(text, start, len(text) if end < 0 else end))
        taken = {mark.start for mark in (*hands.page.decided, *hands.page.pending) if isinstance(mark, Boundary)}
        if len(found) >= count and start not in but and not taken & set(found[1:count]):
            return found[:count]
    raise AssertionError("no line has so many sentences")


def test_alt_and_arrows_move_a_boundary_by_lines(desk: Desk) -> None:
    hands, ledger = desk
    boundary = pending_boundaries(hands, "articles")[1]
    tab_to(hands, boundary)
    lines = tokens.line_starts(hands.page.text)
    above = max(start for start in lines if start < boundary.position)
    hands.press(Key.Key_Up, ALT)
    moved = Boundary(above, "articles", boundary.label)
    ledger.expect(added={moved, Rejection(boundary)})
    hands.press(Key.Key_Down, ALT)
    ledger.expect(added={boundary}, removed={moved, Rejection(boundary)})


def test_b_opens_a_segment_at_the_line_and_b_again_at_the_sentence(desk: Desk) -> None:
    hands, ledger = desk
    articles = pending_boundaries(hands, "articles")
    sentences = long_line_sentences(hands, 2, but={mark.position for mark in articles})
    tab_to(hands, articles[0])
    hands.click(sentences[1] + 3)
    hands.press("b")
    (at_line,) = hands.marks
    assert isinstance(at_line, Boundary)
    assert (at_line.position, at_line.layer) == (sentences[0], "articles")
    ledger.expect(added={at_line})
    hands.press("b")
    at_sentence = Boundary(sentences[1], at_line.layer, at_line.label)
    ledger.expect(removed={at_line}, added={at_sentence})
    assert hands.desk.focus == at_sentence
    hands.press(Key.Key_Backspace)
    ledger.expect(removed={at_sentence})


def test_shift_b_opens_a_segment_exactly_at_the_caret_and_backspace_joins_it(desk: Desk) -> None:
    hands, ledger = desk
    start, _ = free_words(hands, 1, after=300)
    hands.put_caret(start + 2)
    hands.press("B", SHIFT)
    (added,) = hands.marks
    assert isinstance(added, Boundary)
    assert added.position == start + 2
    ledger.expect(added={added})
    hands.press(Key.Key_Backspace)
    ledger.expect(removed={added})


def test_backspace_on_a_proposed_boundary_joins_and_remembers(desk: Desk) -> None:
    hands, ledger = desk
    boundary = pending_boundaries(hands, "articles")[1]
    tab_to(hands, boundary)
    hands.press(Key.Key_Backspace)
    ledger.expect(added={Rejection(boundary)})


def test_the_buttons_of_a_heading_accept_and_reject(desk: Desk) -> None:
    hands, ledger = desk
    _, one, other, *_ = pending_boundaries(hands, "articles")
    hands.click(hands.heading_buttons(one)[0])
    ledger.expect(added={one})
    hands.click(hands.heading_buttons(other)[1])
    ledger.expect(added={Rejection(other)})


def test_the_right_button_rejects_a_proposal_and_removes_a_mark(desk: Desk) -> None:
    hands, ledger = desk
    one, other = pending_spans(hands)[2:4]
    hands.click(hands.rect(one.start, one.end).center().toPoint(), RIGHT)
    ledger.expect(added={Rejection(one)})
    tab_to(hands, other)
    hands.press(Key.Key_Return)
    ledger.expect(added={other})
    hands.click(hands.rect(other.start, other.end).center().toPoint(), RIGHT)
    ledger.expect(removed={other}, added={Rejection(other)})
    tick = pending_boundaries(hands, "blocks")[0]
    hands.click(hands.tick(tick), RIGHT)
    ledger.expect(added={Rejection(tick)})


def test_undo_and_redo_walk_back_and_forth_through_every_edit(desk: Desk) -> None:
    hands, ledger = desk
    states = [ledger.expected]
    for key, modifiers in (
        (Key.Key_Return, NONE),
        (Key.Key_X, NONE),
        (Key.Key_Return, NONE),
        (Key.Key_Tab, NONE),
        (Key.Key_X, NONE),
    ):
        hands.press(key, modifiers)
        if key != Key.Key_Tab:
            states.append(hands.marks)
            ledger.set_expected(hands.marks, 1)
    assert len(set(states)) == 5
    for state in reversed(states[:-1]):
        hands.press("z", CTRL)
        ledger.set_expected(state, 1)
    hands.press("z", CTRL)
    ledger.nothing_happened()
    for state in states[1:]:
        hands.press("Z", CTRL | SHIFT)
        ledger.set_expected(state, 1)
    hands.press("Z", CTRL | SHIFT)
    ledger.nothing_happened()


def test_a_click_in_the_queue_opens_a_page_and_a_click_goes_back(desk: Desk) -> None:
    hands, ledger = desk
    view = hands.window.documents.view
    for row in (2, 0):
        point = view.visualRect(view.model().index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, point)
        QApplication.processEvents()
        assert hands.page.document.id == hands.desk.queue.shown[row].id
    ledger.nothing_happened()


def test_a_click_in_the_list_of_unresolved_marks_focuses_and_a_label_button_relabels(desk: Desk) -> None:
    hands, ledger = desk
    view, unresolved = hands.window.unresolved, hands.desk.unresolved()
    row = next(row for row, mark in enumerate(unresolved) if isinstance(mark, Span) and mark.label == "GPE" and row > 5)
    view.scrollTo(view.model().index(row, 0))
    QApplication.processEvents()
    point = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, point)
    QApplication.processEvents()
    assert hands.desk.focus == unresolved[row]
    button = hands.window.labels._buttons["LOC"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    ledger.expect(added={with_label(unresolved[row], "LOC"), Rejection(unresolved[row])})


def test_a_line_of_the_list_shows_its_score_first_and_says_it_last(desk: Desk) -> None:
    hands, _ = desk
    model = hands.window.unresolved.model()
    for row, mark in enumerate(hands.desk.unresolved()):
        score = f"{hands.page.proposed[mark].score:.2f}"
        label = hands.page.schema.find(mark.layer, mark.label)
        shown, spoken = (
            model.index(row, 0).data(role) for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        )
        assert shown.startswith(f"{score}  {label.code} “")
        assert spoken.startswith(f"{label.code} “")
        assert spoken.endswith(f"”   {score}")


def exported_marks(annotation: dict) -> set[Mark]:
    """The marks of one annotation in the native JSONL; boundaries are where segments with a label start."""
    marks: set[Mark] = {
        Boundary(part["start"], part["layer"], part["label"]) for part in annotation["segments"] if part["label"]
    }
    marks |= {Span(part["start"], part["end"], part["layer"], part["label"]) for part in annotation["spans"]}
    for part in annotation["rejections"]:
        if "position" in part:
            marks.add(Rejection(Boundary(part["position"], part["layer"], part["label"])))
        else:
            marks.add(Rejection(Span(part["start"], part["end"], part["layer"], part["label"])))
    return marks


def test_from_the_seed_page_to_exported_jsonl(desk: Desk, tmp_path: Path) -> None:
    hands, ledger = desk
    text = hands.page.text
    # Keys: accept two, reject one, relabel one, move an edge.
    one, two, three = hands.desk.unresolved()[:3]
    hands.press(Key.Key_Return)
    ledger.expect(added={one})
    hands.press(Key.Key_Return)
    ledger.expect(added={two})
    hands.press(Key.Key_X)
    ledger.expect(added={Rejection(three)})
    person = next(span for span in pending_spans(hands) if span.label == "PERSON")
    tab_to(hands, person)
    hands.press("2")
    ledger.expect(added={with_label(person, "ORG"), Rejection(person)})
    span = lonely_span(hands)
    tab_to(hands, span)
    hands.press("}")
    end = tokens.token_end_after(text, span.end)
    assert end is not None
    ledger.expect(added={Span(span.start, end, span.layer, span.label), Rejection(span)})
    # Mouse: add a word, accept and reject headings, remove a span.
    start, stop = free_words(hands, 1, after=600)
    hands.click(start + 1)
    hands.press("1")
    ledger.expect(added={Span(start, stop, "entities", "PERSON")})
    moved, accepted, refused, *_ = pending_boundaries(hands, "articles")
    hands.click(hands.heading_buttons(accepted)[0])
    ledger.expect(added={accepted})
    hands.click(hands.heading_buttons(refused)[1])
    ledger.expect(added={Rejection(refused)})
    gone = pending_spans(hands)[-1]
    hands.click(hands.rect(gone.start, gone.end).center().toPoint(), RIGHT)
    ledger.expect(added={Rejection(gone)})
    # Keys again: a boundary moved, the move undone and done again.
    tab_to(hands, moved)
    hands.press(Key.Key_Up, ALT)
    above = max(at for at in tokens.line_starts(text) if at < moved.position)
    new = Boundary(above, "articles", moved.label)
    ledger.expect(added={new, Rejection(moved)})
    hands.press("z", CTRL)
    ledger.expect(removed={new, Rejection(moved)})
    hands.press("Z", CTRL | SHIFT)
    ledger.expect(added={new, Rejection(moved)})
    # The rest is right: finish, which opens the next page.
    left = set(hands.page.pending)
    hands.press(Key.Key_Return, CTRL)
    ledger.expect(added=left)
    assert hands.page.document.id != ledger.document_id
    assert ledger.file.annotation(ledger.document_id, ANNOTATOR).state.status is Status.DONE
    out = tmp_path / "out.jsonl"
    report = export_records(ledger.file, "jsonl", out, annotator=ANNOTATOR)
    assert report.documents == 1
    (line,) = [json.loads(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert line["text"] == text
    (annotation,) = line["annotations"]
    assert (annotation["annotator"], annotation["status"]) == (ANNOTATOR, "done")
    assert exported_marks(annotation) == ledger.expected
    for part in annotation["spans"]:
        assert text[part["start"] : part["end"]] == part["text"]
