"""The review in the real window, by keyboard and by mouse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.agreement.disagreements import Filter, Kind, Place, places
from annotator.app.commands import COMMANDS
from annotator.app.commands import Place as Where
from annotator.app.review_cases import Question, read_cases
from annotator.app.reviewing import Choices, Reviewing
from annotator.app.settings import find_schema
from annotator.core import tokens
from annotator.core.annotation import Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.ui.actions import set_keys
from annotator.ui.review_dialogs import AlikeDialog, ChangesDialog
from annotator.ui.review_marks import LaneLayout, LaneMarks
from annotator.ui.review_view import ReviewView
from annotator.ui.views import REVIEW
from tests.agreement.simulator import Rates, corpus, record
from tests.ui.hands import ALT, CTRL, LEFT, NONE, RIGHT, SHIFT, Hands, Key

RATES = Rates(
    drop_boundary=0.1, add_boundary=0.005, move_boundary=0.1, relabel_boundary=0.1, drop_span=0.01,
    relabel_span=0.015, widen_span=0.015, add_span=0.001, widen_and_relabel_span=0.01,
)  # fmt: skip
PAGE = make_document("One Two Three Four.\nFive Six.\nSeven.\nEight.", title="Numbers")
OTHER = make_document("Two and One here.\nMore.", title="More numbers")
Open = Callable[..., Hands]


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def two_pages() -> list[Record]:
    lanes: dict[str, frozenset[Mark]] = {
        "ana": frozenset({span(0, 3), span(4, 7), Boundary(20, "articles", "article")}),
        "ben": frozenset({span(0, 3), span(4, 7, "ORG")}),
        "cai": frozenset({span(0, 3), span(4, 7, "ORG"), Boundary(20, "articles", "article")}),
    }
    others: dict[str, frozenset[Mark]] = {
        "ana": frozenset({span(0, 3), span(8, 11)}),
        "ben": frozenset({span(0, 3, "ORG"), span(8, 11)}),
    }
    return [record(PAGE, lanes), record(OTHER, others)]


class Reviewer:
    """Hands in the review."""

    def __init__(self, hands: Hands, qtbot: QtBot) -> None:
        self.hands = hands
        self.window = hands.window
        self._bot = qtbot
        hands.press(Key.Key_2, CTRL | SHIFT)
        view = self.window.views.view(REVIEW)
        assert isinstance(view, ReviewView)
        self.view = view
        if view.entry.asks:
            QTest.keyClick(view.entry.who.name, Key.Key_Return)
        self.settle()

    @property
    def current(self) -> Question:
        assert self.view.current is not None
        return self.view.current

    @property
    def left(self) -> int:
        assert self.view.review is not None
        return self.view.review.left

    @property
    def said(self) -> str:
        return self.window.statusBar().currentMessage()

    def settle(self) -> None:
        """Wait for the job that is running."""
        self._bot.waitUntil(lambda: not self.window.jobs.busy, timeout=120_000)
        QApplication.processEvents()

    def press(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view.page_view, key, modifiers)  # type: ignore[arg-type]
        QApplication.processEvents()

    def lane(self, name: str) -> int:
        assert self.view.review is not None
        return self.view.review.lanes(self.current.place.document_id).index(name) + 1

    def gold(self, document_id: str = PAGE.id) -> set[Mark]:
        marks = self.hands.workplace.corpus.annotation(document_id, GOLD).marks
        return {mark for mark in marks if not isinstance(mark, Rejection)}

    def click(self, position: int, button: Qt.MouseButton = LEFT) -> None:
        """Click on a character of the page."""
        rect = self.layout.caret_rect(position)
        top = self.view.page_view.verticalScrollBar().value()
        point = QPoint(round(rect.center().x() + 4), round(rect.center().y() - top))
        QTest.mouseClick(self.view.page_view.viewport(), button, NONE, point)
        QApplication.processEvents()

    @property
    def layout(self) -> LaneLayout:
        layout = self.view.page_view._layout
        assert isinstance(layout, LaneLayout)
        return layout

    def is_writing(self) -> bool:
        return self.view.page_view.writing


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Makes a corpus of these records, and says who adjudicates it, so that nobody is asked."""

    def make(*records: Record, adjudicator: str = "lea") -> Path:
        path = tmp_path / "review.corpus"
        with Corpus.create(path, find_schema("news"), "Review") as new:
            new.add_records(records)
            if adjudicator:
                new.set_value("adjudicator:lea", adjudicator)
        return path

    return make


@pytest.fixture
def review(make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot) -> Reviewer:
    """The review of two pages, opened by key."""
    return Reviewer(open_window(make_corpus(*two_pages()), annotator="lea"), qtbot)


@pytest.fixture
def no_dialog_left() -> Iterator[None]:
    yield
    assert QApplication.activeModalWidget() is None


# Entering


def test_entering_asks_once_who_adjudicates_and_says_that_they_annotated(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    path = make_corpus(*two_pages(), adjudicator="")
    hands = open_window(path, annotator="ben")
    hands.press(Key.Key_2, CTRL | SHIFT)
    view = hands.window.views.view(REVIEW)
    assert isinstance(view, ReviewView)
    assert view.entry.currentWidget() is view.entry.who
    assert "ben has annotated 2 of these pages" in view.entry.who.note.text()
    view.entry.who.name.setCurrentText("lea")
    assert view.entry.who.note.text() == ""
    view.entry.who.name.setCurrentText("ben")
    reviewer = Reviewer(hands, qtbot)
    assert "ben adjudicates · annotated 2 of these pages" in view.head.who.text()
    reviewer.press("0")
    decided = [d for id_ in (PAGE.id, OTHER.id) for d in hands.workplace.corpus.gold_decisions(id_)]
    assert [d.who for d in decided] == ["ben"]
    hands.press(Key.Key_1, CTRL | SHIFT)
    hands.press(Key.Key_2, CTRL | SHIFT)
    assert view.stack.currentWidget() is not view.entry


def test_a_corpus_without_two_finished_annotators_says_that_there_is_nothing_to_review(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    reviewer = Reviewer(open_window(make_corpus(Record(PAGE)), annotator="lea"), qtbot)
    assert "no page has been finished by two" in reviewer.view.entry.state.text()
    reviewer.press("1")
    assert reviewer.gold() == set()


def test_annotate_shows_nothing_of_the_review(review: Reviewer) -> None:
    review.press(Key.Key_M, CTRL)
    review.settle()
    review.window.show_view("annotate")
    page = review.hands.page
    assert page.annotation.annotator == "lea"
    assert (page.decided, page.pending) == ((), ())
    assert "left" not in review.window.statusBar().currentMessage()
    assert "ana" not in [review.window.documents.view.model().index(0, 0).data()]


def test_names_are_hidden_until_they_are_asked_for(review: Reviewer) -> None:
    def shown() -> str:
        return " ".join(button.lanes.text() for button in review.view.panel.versions)

    assert not any(name in shown() for name in ("ana", "ben", "cai"))
    review.press("h")
    assert all(name in shown() for name in ("ana", "ben", "cai"))
    review.press("h")
    assert "ana" not in shown()


def test_keys_of_one_view_do_nothing_in_another(review: Reviewer) -> None:
    actions = review.window.actions_by_name
    assert actions["review_next"].isEnabled()
    assert not actions["accept"].isEnabled()
    assert not actions["review_confirm"].isEnabled()
    review.window.show_view("annotate")
    assert not actions["review_next"].isEnabled()
    assert actions["accept"].isEnabled()


def test_every_command_of_the_review_is_done_by_the_review(review: Reviewer) -> None:
    names = {command.name for command in COMMANDS if command.place is Where.REVIEW}
    assert names == set(review.view.commands())


def test_changed_keys_are_shown_and_heard_in_the_review(review: Reviewer, qtbot: QtBot) -> None:
    place = review.hands.workplace
    place.settings = replace(place.settings, keys={"take_nothing": "Q"})
    set_keys(review.window.actions_by_name, place.settings.keys)
    before = review.view
    review.window.forget_views()
    again = Reviewer(review.hands, qtbot)
    assert again.view is not before
    assert again.view.panel.buttons["take_nothing"].text() == "Q   Nothing here"
    again.press("q")
    assert again.left == 4


def test_the_view_follows_theme_and_zoom(review: Reviewer) -> None:
    before = review.layout.line_height
    review.press(Key.Key_Plus, CTRL)
    assert review.layout.line_height > before
    place = review.hands.workplace
    light = review.view.page_view.grab().toImage().pixelColor(300, 300).lightness()
    place.set_theme("dark")
    assert review.view.page_view.grab().toImage().pixelColor(300, 300).lightness() < light


# Deciding


def test_a_digit_takes_the_version_of_that_lane_and_goes_on(review: Reviewer) -> None:
    first = review.current
    assert first.place.kind is Kind.BOUNDARY_MISSING
    review.press(str(review.lane("ana")))
    assert review.gold() == {Boundary(20, "articles", "article")}
    assert review.current is not first
    assert review.left == 4


def test_zero_decides_for_nothing_and_n_leaves_a_place_undecided(review: Reviewer) -> None:
    first = review.current
    review.press("n")
    second = review.current
    assert second is not first
    assert review.left == 5
    review.press("n")
    review.press("n")
    assert review.current is first
    review.press("p")
    review.press("n")
    review.press("0")
    assert review.gold() == set()
    assert review.left == 4
    assert review.hands.workplace.corpus.gold_decisions(PAGE.id)[0].origin == "nothing here"


def test_undo_and_redo_by_key_come_back_to_the_place(review: Reviewer) -> None:
    first = review.current
    review.press("0")
    review.press("1")
    review.press(Key.Key_Z, CTRL)
    review.press(Key.Key_Z, CTRL)
    assert review.current is first
    assert review.left == 5
    review.press(Key.Key_Z, CTRL)
    assert "nothing to undo" in review.said
    review.press(Key.Key_Z, CTRL | SHIFT)
    review.press(Key.Key_Z, CTRL | SHIFT)
    assert review.left == 3
    review.press(Key.Key_Y, CTRL)
    assert "nothing to redo" in review.said


def test_the_majority_decides_what_is_left_on_the_page(review: Reviewer) -> None:
    review.press("m")
    assert review.gold() == {span(0, 3), span(4, 7, "ORG"), Boundary(20, "articles", "article")}
    assert review.current.place.document_id == OTHER.id


def test_merging_what_is_agreed_and_undoing_it(review: Reviewer) -> None:
    review.press(Key.Key_M, CTRL)
    review.settle()
    assert review.left == 3
    assert review.gold() == {span(0, 3)}
    review.press(Key.Key_M, CTRL)
    review.settle()
    assert "nothing to merge" in review.said
    review.press(Key.Key_Z, CTRL)
    assert review.left == 5
    assert review.gold() == set()


def test_another_rule_merges_more_and_is_kept(review: Reviewer) -> None:
    head = review.view.head
    head.rule.setCurrentIndex(2)
    head.rule.activated.emit(2)
    head.votes.setValue(2)
    review.press(Key.Key_M, CTRL)
    review.settle()
    assert review.left == 1
    assert "at least so many agree" in review.hands.workplace.corpus.value("review")


def test_the_last_decision_brings_the_counter_to_zero(review: Reviewer) -> None:
    review.press(Key.Key_M, CTRL)
    review.settle()
    for _ in range(3):
        review.press("1")
    assert review.view.head.left.text() == "0 left: gold of 2 pages is done."
    assert review.view.current is None
    review.press("n")
    assert "gold of every page is done" in review.said
    review.press(Key.Key_Z, CTRL)
    assert review.left == 1


def test_one_page_is_merged_by_its_own_key_and_pages_are_stepped_through(review: Reviewer) -> None:
    review.press(Key.Key_M, SHIFT)
    assert review.gold() == {span(0, 3)}
    assert review.gold(OTHER.id) == set()
    review.press(Key.Key_PageDown, CTRL)
    assert review.current.place.document_id == OTHER.id
    review.press(Key.Key_M, SHIFT)
    assert review.gold(OTHER.id) == {span(8, 11)}
    review.press(Key.Key_PageUp, CTRL)
    assert review.current.place.document_id == PAGE.id


def test_a_merge_of_many_pages_is_undone_and_redone_off_the_thread_of_the_window(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    lanes = {"ana": frozenset({span(0, 4)}), "ben": frozenset({span(0, 4)})}
    pages = [make_document(f"Page number {n}.") for n in range(60)]
    review = Reviewer(open_window(make_corpus(*(record(page, lanes) for page in pages)), annotator="lea"), qtbot)
    before = review.left
    review.press(Key.Key_M, CTRL)
    review.settle()
    merged = review.left
    assert merged < before == 60
    review.press(Key.Key_Z, CTRL)
    assert review.window.jobs.busy
    review.press("1")
    assert "Gold is being written" in review.said
    review.settle()
    assert review.left == before
    review.press(Key.Key_Z, CTRL | SHIFT)
    review.settle()
    assert review.left == merged


def test_what_another_program_decided_is_refused_and_then_read_again(review: Reviewer, qtbot: QtBot) -> None:
    first = review.current
    with Corpus.open(review.hands.workplace.path) as other:
        second = Reviewing(other, "mia", read_cases(other, Choices().policy, lambda done, total: None))
        second.nothing(next(q for q in second.questions if q.place == first.place))
    review.press("1")
    assert "another program" in review.said
    review.press(Key.Key_F5)
    review.settle()
    assert review.left == 4
    assert review.current.place != first.place
    review.press(Key.Key_F5)
    assert "Nothing was changed by others" in review.said


def test_reading_that_is_stopped_can_be_begun_again(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    hands = open_window(make_corpus(*two_pages()), annotator="lea")
    hands.press(Key.Key_2, CTRL | SHIFT)
    hands.window.jobs.cancel()
    qtbot.waitUntil(lambda: not hands.window.jobs.busy)
    view = hands.window.views.view(REVIEW)
    assert isinstance(view, ReviewView)
    if view.review is None:
        assert view.entry.again.isVisible()
        QTest.mouseClick(view.entry.again, LEFT)
    assert Reviewer(hands, qtbot).left == 5


# An own version


def at_kind(review: Reviewer, kind: Kind, document_id: str = PAGE.id) -> None:
    while review.current.place.kind is not kind or review.current.place.document_id != document_id:
        review.press("n")


def test_an_own_version_is_written_with_the_keys_of_the_page(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    review.press("e")
    assert review.is_writing()
    review.press("3")
    review.press("}")
    assert review.gold() == set()
    review.press(Key.Key_Return)
    assert not review.is_writing()
    assert review.gold() == {span(4, 13, "GPE")}
    assert review.hands.workplace.corpus.gold_decisions(PAGE.id)[0].origin == "edited"
    review.press(Key.Key_Z, CTRL)
    assert review.gold() == set()


def test_escape_leaves_an_own_version_without_a_trace(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    review.press("e")
    review.press("3")
    review.press(Key.Key_Escape)
    assert not review.is_writing()
    assert review.gold() == set()
    assert review.left == 5
    assert review.current.place.kind is Kind.SPAN_LABEL


def test_undo_in_an_own_version_stays_within_it(review: Reviewer) -> None:
    review.press("0")
    at_kind(review, Kind.SPAN_LABEL)
    review.press("e")
    review.press("3")
    review.press(Key.Key_Z, CTRL)
    review.press(Key.Key_Z, CTRL)
    assert "nothing to undo in your own version" in review.said
    assert review.left == 4
    review.press(Key.Key_Z, CTRL | SHIFT)
    review.press(Key.Key_Return)
    assert span(4, 7, "GPE") in review.gold()


def test_an_own_boundary_is_moved_and_its_label_changed(review: Reviewer) -> None:
    assert review.current.place.kind is Kind.BOUNDARY_MISSING
    review.press("e")
    review.press("2")
    review.press(Key.Key_Down, ALT)
    review.press(Key.Key_Return)
    assert review.gold() == {Boundary(30, "articles", "teaser")}


def test_removing_everything_in_an_own_version_holds_nothing(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    review.press("e")
    review.press("x")
    review.press(Key.Key_Return)
    assert review.gold() == set()
    assert review.left == 4


# By mouse


def test_versions_nothing_and_own_versions_are_taken_by_mouse(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    panel = review.view.panel
    QTest.mouseClick(panel.versions[0], LEFT, NONE, QPoint(20, 12))
    assert review.gold() == {span(4, 7, "ORG")}
    QTest.mouseClick(panel.buttons["take_nothing"], LEFT)
    assert review.left == 3
    QTest.mouseClick(panel.buttons["review_own"], LEFT)
    assert review.is_writing()
    QTest.mouseClick(panel.buttons["review_confirm"], LEFT)
    assert not review.is_writing()
    assert review.left == 2
    QTest.mouseClick(review.view.head.merge, LEFT)
    review.settle()
    assert review.left == 0


def test_a_click_on_the_page_opens_the_place_there_and_a_right_click_empties_it(review: Reviewer) -> None:
    assert review.current.place.kind is Kind.BOUNDARY_MISSING
    review.click(5)
    assert review.current.place.start == 4
    review.click(5, RIGHT)
    assert review.gold() == set()
    assert review.left == 4


def test_a_double_click_on_a_bar_takes_that_lane(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    page, lane = review.view.page_view, review.lane("ana")
    layout = review.layout
    block = layout.lay_out(0)
    top = layout.blockBoundingRect(block).top()
    (line,) = layout.lane_lines(0, block, top)
    bar = next(bar for bar in layout.bars(0, block, top, line) if bar.lane == lane)
    scrolled = page.verticalScrollBar().value()
    point = (bar.rect.center() - QPointF(0, scrolled)).toPoint()
    QTest.mouseDClick(page.viewport(), LEFT, NONE, point)
    assert review.gold() == {span(4, 7)}


def test_a_row_of_the_list_opens_its_place(review: Reviewer) -> None:
    rows = review.view.list.view
    index = rows.model().index(2, 0)
    QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualRect(index).center())
    assert review.current is review.view.list.model.questions[2]


# The list


def test_filters_narrow_the_list_and_the_counter_stays_true(review: Reviewer) -> None:
    filters = review.view.list
    filters.kind.setCurrentIndex(filters.kind.findData(Kind.SPAN_LABEL))
    filters.kind.activated.emit(0)
    assert {q.place.kind for q in filters.model.questions} == {Kind.SPAN_LABEL}
    filters.page_only.setChecked(True)
    assert len(filters.model.questions) == 1
    assert review.left == 5
    filters.clear_filters()
    assert len(filters.model.questions) == 3


def test_cases_asked_for_elsewhere_are_shown_alone(review: Reviewer) -> None:
    review.view.show_cases(Filter(labels=frozenset({"article"})))
    assert [q.place.start for q in review.view.list.model.questions] == [20]
    review.press("0")
    review.press("n")
    assert "filters hide 2 places" in review.said


def test_decided_places_are_shown_and_say_why(review: Reviewer) -> None:
    at_kind(review, Kind.SPAN_LABEL)
    review.press(str(review.lane("ben")))
    review.press("d")
    assert [q.place.start for q in review.view.list.model.questions] == [4]
    assert review.view.panel.gold.text() == "Decided by lea: a version was taken, held by 2 of 3."
    review.press(str(review.lane("ana")))
    assert review.gold() == {span(4, 7)}
    review.press("d")
    assert len(review.view.list.model.questions) == 2


def test_the_same_text_elsewhere_is_decided_together_after_a_look(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot, no_dialog_left: None
) -> None:
    texts = [make_document(f"Page {n}.\nSeen by Acme today.") for n in range(10, 14)]
    lanes = {"ana": frozenset({span(17, 21, "ORG")}), "ben": frozenset({span(17, 21)})}
    review = Reviewer(open_window(make_corpus(*(record(page, lanes) for page in texts)), annotator="lea"), qtbot)
    assert "3 other places" in review.view.panel.buttons["review_alike"].text()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, AlikeDialog)
        assert dialog.rows.item(1).text() == "Page 11. Seen by [Acme] today."
        dialog.rows.item(3).setCheckState(dialog.rows.item(3).checkState().Unchecked)
        assert dialog.ok.text() == "Decide 3 places"
        dialog.accept()

    QTimer.singleShot(0, answer)
    review.press("a")
    assert review.left == 1
    assert len({frozenset(review.gold(page.id)) for page in texts[:3]}) == 1
    review.window.activateWindow()
    QTest.qWaitForWindowActive(review.window)
    review.press(Key.Key_Z, CTRL)
    assert review.left == 4


# Afterwards


def test_an_annotator_sees_what_adjudication_changed_and_goes_to_each_place(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    path = make_corpus(*two_pages())
    with Corpus.open(path) as opened:
        opened.set_value("adjudicator:ana", "lea")
    review = Reviewer(open_window(path, annotator="ana"), qtbot)
    review.press(Key.Key_M, CTRL)
    review.settle()
    while review.view.current is not None:
        review.press(str(review.lane("ben")))
    review.press(Key.Key_G, CTRL | SHIFT)
    review.settle()
    dialog = review.view.changes_dialog
    assert isinstance(dialog, ChangesDialog)
    texts = [dialog.rows.item(i).text() for i in range(dialog.rows.count())]
    assert len(texts) == 3
    assert "has another label\nyou: PER Person: “\u2068Two\u2069”\ngold: ORG Organization" in texts[0]
    dialog.place_chosen.emit(PAGE.id, 20)
    assert review.window.views.current == "annotate"
    assert review.hands.page.document.id == PAGE.id
    assert review.hands.desk.caret == 20
    dialog.close()


# A robot


def own_label(label: str) -> tuple[str, str]:
    """Another label with its key in the schema of news."""
    return ("2", "ORG") if label != "ORG" else ("3", "GPE")


def rule_of(place: Place) -> str:
    """What the rules say of a place: which key the robot presses."""
    if place.kind is None or place.kind is Kind.SEGMENT_LABEL:
        return "first"
    if place.kind is Kind.EDGES:
        return "own"
    if place.majority() is None:
        return "nothing"
    return "last" if place.start % 3 == 0 else "majority"


def by_rule(place: Place, text: str) -> set[Labelled]:
    """What gold holds of a place when the rules are kept."""
    names = sorted(name for version in place.versions for name in version.annotators)
    match rule_of(place):
        case "nothing":
            return set()
        case "own":
            first, *rest = next(version.marks for version in place.versions if version.marks)
            assert isinstance(first, Span)
            end = tokens.token_end_after(text, first.end)
            if end is None or any(mark.start < end for mark in rest):
                return {first, *rest}
            return {Span(first.start, end, first.layer, own_label(first.label)[1]), *rest}
        case "majority":
            return set(place.versions[0].marks)
        case rule:
            version = place.version_of(names[0] if rule == "first" else names[-1])
            assert version is not None
            return set(version.marks)


def press_by_rule(review: Reviewer) -> None:
    place = review.current.place
    names = sorted(name for version in place.versions for name in version.annotators)
    text = review.view.desk.page.text
    match rule_of(place):
        case "nothing":
            review.press("0")
        case "own":
            review.press("e")
            focus = review.view.desk.focus
            if by_rule(place, text) != set(next(v.marks for v in place.versions if v.marks)):
                assert focus is not None
                review.press(own_label(focus.label)[0])
                review.press("}")
            review.press(Key.Key_Return)
        case "majority":
            review.press(str(review.lane(place.versions[0].annotators[0])))
        case rule:
            review.press(str(review.lane(names[0] if rule == "first" else names[-1])))


def test_a_robot_adjudicates_fifty_pages_to_zero_by_keyboard_with_a_restart_in_the_middle(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    records = [item for item, _ in corpus({"ana": RATES, "ben": RATES, "cai": RATES}, 11, copies=4)][:50]
    path = make_corpus(*records)
    review = Reviewer(open_window(path, annotator="lea"), qtbot)
    assert review.view.review is not None
    assert len(review.view.review.cases) == 50
    review.press(Key.Key_M, CTRL)
    review.settle()
    half = review.left // 2
    assert half > 100
    while review.left > half:
        press_by_rule(review)
    review.hands.window.close()
    again = Reviewer(open_window(path, annotator="lea"), qtbot)
    assert again.left == review.left
    seen: list[Question] = []
    while again.left:
        seen.append(again.current)
        press_by_rule(again)
        assert seen[-1] is not again.view.current, again.said
    assert again.view.head.left.text() == "0 left: gold of 50 pages is done."
    opened = again.hands.workplace.corpus
    schema = opened.schema
    for item in records:
        document = item.document
        found = places(item, schema)
        assert again.gold(document.id) == set().union(*(by_rule(place, document.text) for place in found))
        assert opened.annotation(document.id, GOLD).state.status is Status.DONE
        decided = {decision.place for decision in opened.gold_decisions(document.id)}
        assert decided >= {place.key for place in found}
    assert check_corpus(opened) == []


def test_two_thousand_pages_open_with_progress_while_the_window_answers(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    pages = [make_document(f"Page {n}.\nSeen by Acme and by Bolt today.") for n in range(2000)]
    records = []
    for page in pages:
        at = page.text.index("Acme")
        one, other = span(at, at + 4, "ORG"), span(at + 12, at + 16, "ORG")
        records.append(record(page, {"ana": frozenset({one, other}), "ben": frozenset({one})}))
    hands = open_window(make_corpus(*records), annotator="lea")
    ticks = []
    timer = QTimer()
    timer.setInterval(0)
    timer.timeout.connect(lambda: ticks.append(hands.window.jobs._bar.value()))
    timer.start()
    review = Reviewer(hands, qtbot)
    timer.stop()
    assert len(ticks) > 20
    assert ticks == sorted(ticks)
    assert any(0 < value < 2000 for value in ticks)
    assert review.left == 4000
    review.press("1")
    review.press("0")
    assert review.left == 3998


def many_lanes(annotators: int) -> list[Record]:
    """A long page on which names stand in dispute in every paragraph, for more annotators than there are digits."""
    page = make_document("\n".join(f"Word {n} " + "about Mary Smith of Acme and so on " * 12 for n in range(30)))
    places = [at for at in range(len(page.text)) if page.text.startswith("Mary Smith", at)][::5]
    lanes: dict[str, frozenset[Mark]] = {}
    for i in range(annotators):
        end, label = (10, "PERSON") if i < annotators - 4 else (4, "PERSON") if i < annotators - 1 else (10, "ORG")
        lanes[f"a{i:02d}"] = frozenset(span(at, at + end, label) for at in places)
    return [record(page, lanes)]


def test_lanes_that_are_too_many_share_rows_and_digits_stand_for_versions(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    (page,) = many_lanes(14)
    review = Reviewer(open_window(make_corpus(page), annotator="lea"), qtbot)
    place = review.current.place
    assert [len(version.annotators) for version in place.versions] == [10, 3, 1]
    marks = review.layout.marks
    assert isinstance(marks, LaneMarks)
    rows = marks.rows_in(place.start, place.end)
    assert [len(lanes) for lanes, _ in rows] == [10, 3, 1]
    assert review.layout.lane_rows(place.start, place.end) == 3
    assert [button.lanes.text() for button in review.view.panel.versions] == ["1", "2", "3"]
    review.press("2")
    assert review.gold(page.document.id) == set(place.versions[1].marks)
    review.press("9")
    assert "This place has 3 versions." in review.said


def test_the_place_that_is_asked_about_is_in_sight_below_lanes_never_laid_out(
    make_corpus: Callable[..., Path], open_window: Open, qtbot: QtBot
) -> None:
    (page,) = many_lanes(9)
    review = Reviewer(open_window(make_corpus(page), annotator="lea"), qtbot)
    assert review.view.review is not None
    height = review.view.page_view.viewport().height()
    seen = sorted(review.view.review.questions, key=lambda question: -question.start)
    for question in (seen[0], seen[-1], seen[len(seen) // 2], seen[1]):
        review.view.show_question(question)
        QApplication.processEvents()
        top = review.layout.caret_rect(question.start).top() - review.view.page_view.verticalScrollBar().value()
        assert 0 <= top < height
