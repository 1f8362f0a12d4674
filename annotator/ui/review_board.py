"""What a review shows: the list of places, the page with its lanes, the versions of the place that is open."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from annotator.app.desk import Desk, DeskEvent, FocusMoved, LayerChosen
from annotator.app.drafts import Draft
from annotator.app.queue import Queue
from annotator.app.review_cases import Question, Wanted, arranged, page_order
from annotator.app.review_pages import dispute_on, gold_page, lines_of, question_at
from annotator.app.review_writing import Stored
from annotator.app.reviewing import Choices, Reviewing
from annotator.app.session import Edited, PageOpened, Session
from annotator.core.errors import AnnotatorError, EditRefused
from annotator.core.marks import Boundary
from annotator.core.words import tr, trn
from annotator.ui.label_panel import LabelPanel
from annotator.ui.review_head import ReviewHead
from annotator.ui.review_list import Order, QuestionList
from annotator.ui.review_page import ReviewPage
from annotator.ui.review_panel import VersionPanel
from annotator.ui.theme import Theme


class ReviewBoard(QWidget):
    """Shows the list, the page and the versions of a place, and goes from place to place. It decides nothing."""

    said = Signal(str)
    """Something did not fit; the sentence says why."""
    writing_changed = Signal(bool)
    """An own version is being written, or no longer."""
    titles_changed = Signal(str, str)
    """What undo would undo and redo would redo."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.corpus = session.corpus
        self.schema = session.corpus.schema
        self.review: Reviewing | None = None
        self.current: Question | None = None
        self.wanted = Wanted()
        self.named = False
        self.draft = Draft(self.corpus)
        self.desk = Desk(self.draft, Queue(self.corpus, self.draft.annotator))
        self.page_view = ReviewPage(self.desk, theme)
        self.list = QuestionList(self.schema)
        self.panel = VersionPanel(self.schema, theme)
        self.labels = LabelPanel(theme)
        self.head = ReviewHead(Choices.of(self.corpus).policy)
        self._build()
        self.page_view.refused.connect(self.said)
        self.page_view.place_pointed.connect(lambda found: self.attempt(lambda: self._point(found)))
        self.list.question_chosen.connect(lambda question: self.attempt(lambda: self.show_question(question)))
        self.list.wanted_changed.connect(lambda wanted: self.attempt(lambda: self.show_wanted(wanted)))
        self.head.names_toggled.connect(self._name)
        self.labels.layer_chosen.connect(lambda name: self.attempt(lambda: self.desk.choose_layer(name)))
        self.desk.listen(self._heard)

    def _build(self) -> None:
        side = QWidget()
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.panel, 2)
        right.addWidget(self.labels, 3)
        self.labels.hide()
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.list, 0), (self.page_view, 1), (side, 0)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([270, 700, 320])
        work = QWidget()
        inner = QVBoxLayout(work)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.head)
        inner.addWidget(splitter, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(work)
        self.work = work
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)

    def set_keys(self, titles: Mapping[str, str], keys: Mapping[str, str]) -> None:
        """Show these words and keys on buttons, by command name."""
        self.panel.set_keys(dict(titles), dict(keys))
        self.head.set_keys(titles, keys)

    def set_theme(self, theme: Theme) -> None:
        """Draw in these colours."""
        self.page_view.set_theme(theme)
        self.labels.set_theme(theme)
        self.panel.set_theme(theme)
        if self.review is not None:
            self.show_panel()

    def set_zoom(self, percent: int) -> None:
        """Draw the text in this size, 100 being normal."""
        self.page_view.set_zoom(percent)

    def attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except AnnotatorError as error:
            self.said.emit(str(error))

    def reviewing(self) -> Reviewing:
        if self.review is None:
            raise EditRefused(tr("The review is not open yet."))
        return self.review

    # The list

    def show_wanted(self, wanted: Wanted) -> None:
        if self.review is None:
            return
        self.wanted = wanted
        order = self.review.order
        found = arranged(self.review.questions, wanted, order)
        key: Order = (lambda q: page_order(q, order)) if wanted.by_page else (lambda q: (q.rank,))
        self.list.follow(lambda: self.list.model.show(found, key, self.title_of))
        self._show_heading()
        if self.current is not None and self.list.model.row_of(self.current) is not None:
            self.list.show_current(self.current)
        else:
            self.go_to(found[0] if found else None)

    def title_of(self, document_id: str) -> str:
        document = self.reviewing().cases[document_id].record.document
        return document.title or " ".join(document.text[:60].split())

    def text_of(self, document_id: str) -> str:
        return self.reviewing().cases[document_id].record.document.text

    def _show_heading(self) -> None:
        n = len(self.list.model.questions)
        self.list.heading.setText(trn("{n} place", "{n} places", n))

    def step(self, by: int) -> None:
        """Go to the next place of the list, round to the start."""
        self.reviewing()
        questions = self.list.model.questions
        if not questions:
            raise EditRefused(self._why_empty())
        row = None if self.current is None else self.list.model.row_of(self.current)
        if row is None:
            row = self.list.model.place(self.current) - (by > 0) if self.current is not None else -1
        self.show_question(questions[(row + by) % len(questions)])

    def step_page(self, by: int) -> None:
        """Go to the first place in the list of another page, in the order of the corpus."""
        review = self.reviewing()
        here = -1 if self.draft.page is None else review.order[self.draft.page.document.id]
        others = {review.order[question.document_id] for question in self.list.model.questions} - {here}
        beyond = [page for page in others if (page - here) * by > 0] or list(others)
        if not beyond:
            raise EditRefused(tr("No other page has a place in this list."))
        page = min(beyond) if by > 0 else max(beyond)
        found = [q for q in self.list.model.questions if review.order[q.document_id] == page]
        self.show_question(found[0])

    def _why_empty(self) -> str:
        review = self.reviewing()
        asked, looks, agreed = review.counts
        if asked + looks:
            return tr("Nothing in this list; the filters hide {n} places that wait.", n=asked + looks)
        if agreed or review.documents_left():
            return tr("Only what all agree on is left; Ctrl+M merges it.")
        return tr("Nothing is left: gold of every page is done.")

    def toggle_stage(self) -> None:
        """Show the places that wait, or those that are decided."""
        self.list.stage.setCurrentIndex(1 - self.list.stage.currentIndex())
        self.show_wanted(self.list.wanted())

    # The page

    def show_question(self, question: Question) -> None:
        """Open a place: its page, with the place in sight, and its versions."""
        self.leave_writing()
        self.go_to(question)

    def go_to(self, question: Question | None) -> None:
        before, self.current = self.current, question
        if question is None:
            if before is not None:
                self.show_page([before])
            self.panel.show_nothing(self._why_empty())
            self.list.show_current(None)
            return
        id_ = question.document_id
        open_ = self.draft.page
        if open_ is None or open_.document.id != id_:
            self._set_lanes()
            self.draft.show(gold_page(self.reviewing(), id_))
            self.list.set_document(id_)
        else:
            self.show_page([question, *([before] if before else [])])
        self._show_place(question)
        self.show_panel()
        self.list.show_current(question)

    def _set_lanes(self) -> None:
        if self.current is None or self.review is None:
            self.page_view.set_lanes({}, (), 0, None)
            return
        found = dispute_on(self.review, self.current)
        self.page_view.set_lanes(found.lanes, found.stretches, found.count, found.place)

    def show_page(self, touched: Iterable[Question]) -> None:
        """Show gold as it is now, laying out anew the lines of these places."""
        if self.draft.page is None:
            return
        id_ = self.draft.page.document.id
        self._set_lanes()
        self.draft.replace(gold_page(self.reviewing(), id_))
        text = self.draft.page.text
        touched = [question for question in touched if question.document_id == id_]
        self.page_view.show_marks(sorted(set().union(*(lines_of(text, question) for question in touched))))

    def _show_place(self, question: Question) -> None:
        first = question.place.marks[0]
        page = self.desk.page
        shown = [mark for mark in question.place.marks if page.is_decided(mark) or page.is_pending(mark)]
        if isinstance(first, Boundary) and shown:
            self.desk.focus_on(shown[0])
        else:
            self.desk.focus = None
            self.desk.caret = self.desk.anchor = question.start
            self.page_view.show_focus()

    def show_panel(self) -> None:
        question, review = self.current, self.review
        if question is None or review is None:
            return
        id_ = question.document_id
        self.panel.show_question(
            question,
            review.lanes(id_),
            self.text_of(id_),
            self.title_of(id_),
            named=self.named,
            alike=len(review.alike(question)) if question.waits else 0,
            gold=review.grounds(question, named=self.named),
        )

    def _name(self, named: bool) -> None:
        self.named = named
        self.show_panel()

    def show_counts(self) -> None:
        review = self.reviewing()
        done = len(review.cases) - review.documents_left()
        self.head.show_counts(review.counts, len(review.cases), done)
        self.titles_changed.emit(review.undo_title(), review.redo_title())

    def question_at_point(self, found: object) -> Question | None:
        """The place at a mark or a position of the open page; one that is shown in the list comes first."""
        if self.draft.page is None:
            return None
        return question_at(self.reviewing(), self.draft.page.document.id, found)

    def _point(self, found: object) -> None:
        question = self.question_at_point(found)
        if question is not None:
            self.show_question(question)

    def refresh(self, stored: list[Stored]) -> None:
        review = self.reviewing()
        documents = {item.document_id for item in stored}
        touched = [question for id_ in documents for question in review.on_page(id_)]

        def update() -> None:
            for question in touched:
                self.list.model.update(question, shown=self.wanted.shows(question))

        self.list.follow(update)
        self._show_heading()
        self.show_page(touched)

    def leave_writing(self) -> None:
        if not self.page_view.writing:
            return
        self.page_view.writing = False
        self.page_view.label_bar.hide()
        self.labels.hide()
        self.panel.show_writing(writing=False)
        if self.draft.page is not None:
            self.show_page(self.reviewing().on_page(self.draft.page.document.id))
        self.writing_changed.emit(False)

    def _heard(self, event: DeskEvent) -> None:
        match event:
            case PageOpened():
                self.page_view.show_page()
            case Edited(edit, _, _):
                self.page_view.show_marks([mark.start for mark in edit.added | edit.removed])
            case FocusMoved() | LayerChosen():
                self.page_view.show_focus()
        if self.page_view.writing:
            self.labels.show_layer(self.desk.page, self.desk.label_layer)
