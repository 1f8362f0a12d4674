"""The review: the list of places, the page with its lanes, and what can be decided."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from annotator.agreement.disagreements import Filter, Version
from annotator.agreement.gold import Change
from annotator.app import deeds
from annotator.app.adjudication import Rule
from annotator.app.desk import Desk, DeskEvent, FocusMoved, LayerChosen
from annotator.app.drafts import Draft
from annotator.app.queue import Queue
from annotator.app.review_cases import Cases, Question, Wanted, arranged, page_order
from annotator.app.review_pages import begun, dispute_on, gold_page, lines_of, question_at, read_changes
from annotator.app.review_writing import Stored, merge_all, take_back
from annotator.app.reviewing import Choices, Reviewing, pages_of
from annotator.app.session import Edited, PageOpened, Session
from annotator.core.errors import AnnotatorError, EditRefused
from annotator.core.marks import Boundary, Labelled
from annotator.core.schema import Label, Layer
from annotator.core.words import tr, trn
from annotator.ui.jobs import JobBar, Report
from annotator.ui.label_panel import LabelPanel
from annotator.ui.review_dialogs import AlikeDialog, ChangesDialog
from annotator.ui.review_entry import ReviewEntry
from annotator.ui.review_head import ReviewHead
from annotator.ui.review_list import Order, QuestionList
from annotator.ui.review_page import ReviewPage
from annotator.ui.review_panel import VersionPanel
from annotator.ui.theme import Theme

_MANY = 20
"""From so many edits on, undo runs off the GUI thread."""


class ReviewView(QWidget):
    """Adjudication to gold. Nothing of it is built or read before it is first shown."""

    said = Signal(str)
    """Something did not fit; the sentence says why."""
    informed = Signal(str)
    """Something is done."""
    place_asked = Signal(str, int)
    """An annotator wants to see a place in their own page: document and position."""
    writing_changed = Signal(bool)
    """An own version is being written, or no longer."""
    titles_changed = Signal(str, str)
    """What undo would undo and redo would redo."""

    def __init__(
        self,
        session: Session,
        jobs: JobBar,
        open_corpus: Callable[[], Any],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._corpus = session.corpus
        self._schema = session.corpus.schema
        self._jobs = jobs
        self._open_corpus = open_corpus
        self._own_job = False
        self._asked: Filter | None = None
        self.changes_dialog: ChangesDialog | None = None
        self.review: Reviewing | None = None
        self.current: Question | None = None
        self.wanted = Wanted()
        self.named = False
        self.draft = Draft(self._corpus)
        self.desk = Desk(self.draft, Queue(self._corpus, self.draft.annotator))
        self.page_view = ReviewPage(self.desk, theme)
        self.list = QuestionList(self._schema)
        self.panel = VersionPanel(self._schema, theme)
        self.labels = LabelPanel(theme)
        self.head = ReviewHead(Choices.of(self._corpus).policy)
        self.entry = ReviewEntry(session, jobs, open_corpus)
        self._build()
        self.page_view.refused.connect(self.said)
        self.page_view.place_pointed.connect(lambda found: self._attempt(lambda: self._point(found)))
        self.page_view.place_emptied.connect(lambda found: self._attempt(lambda: self._empty(found)))
        self.page_view.version_pointed.connect(lambda found, lane: self._attempt(lambda: self._take_at(found, lane)))
        self.list.question_chosen.connect(self.show_question)
        self.list.wanted_changed.connect(self._show_wanted)
        self.panel.taken.connect(lambda lane: self._attempt(lambda: self.take(lane)))
        self.panel.asked.connect(lambda name: self._attempt(self.commands()[name]))
        self.head.asked.connect(lambda name: self._attempt(self.commands()[name]))
        self.head.policy_changed.connect(self._keep_policy)
        self.head.names_toggled.connect(self._name)
        self.labels.label_pressed.connect(self._label_pressed)
        self.labels.layer_chosen.connect(lambda name: self._attempt(lambda: self.desk.choose_layer(name)))
        self.entry.named.connect(self._begin)
        self.entry.cases_read.connect(self._show_read)
        self.entry.again_asked.connect(lambda: self._attempt(self.enter))
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
        self.stack.addWidget(self.entry)
        self.stack.addWidget(work)
        self._work = work
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)

    def commands(self) -> dict[str, Callable[[], None]]:
        """What to call for each command of the review, by name."""
        return {
            "review_next": lambda: self.step(1),
            "review_previous": lambda: self.step(-1),
            **{f"take_{n}": partial(self.take, n) for n in range(1, 10)},
            "take_nothing": self.take_nothing,
            "review_own": self.write_own,
            "review_confirm": self.confirm_own,
            "review_cancel": self.leave_own,
            "review_alike": self.decide_alike,
            "review_majority": self.take_majority,
            "review_merge_page": self.merge_page,
            "review_merge": self.merge_all,
            "review_undo": self.undo,
            "review_redo": self.redo,
            "review_stage": self.toggle_stage,
            "review_filters": lambda: self.list.kind.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "review_names": lambda: self.head.names.toggle(),
            "review_reload": self.reload,
            "review_adjudicator": self.ask_who,
        }

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
            self._show_panel()

    def set_zoom(self, percent: int) -> None:
        """Draw the text in this size, 100 being normal."""
        self.page_view.set_zoom(percent)

    def _attempt(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except AnnotatorError as error:
            self.said.emit(str(error))

    # Entering

    def enter(self) -> None:
        """The view is shown: ask who adjudicates the first time, then read what is new."""
        if not self.entry.adjudicator:
            self.ask_who()
        elif self.review is None:
            self._read(None, frozenset())
        elif changed := self.review.changed_elsewhere():
            self._read(self.review.as_read(), changed)
        else:
            self.page_view.setFocus()

    def ask_who(self) -> None:
        """Ask who adjudicates from now on."""
        self._leave_writing()
        self.stack.setCurrentWidget(self.entry)
        self.entry.ask()

    def _begin(self, name: str) -> None:
        if self.review is None:
            self._attempt(self.enter)
            return
        self.review.adjudicator = name
        self._show_who()
        self.stack.setCurrentWidget(self._work)
        self.page_view.setFocus()

    def show_cases(self, wanted: Filter) -> None:
        """Show only the places that a filter lets through, such as the cases behind a number."""
        if self.review is None:
            self._asked = wanted
        else:
            self._ask_for(wanted)

    def _ask_for(self, wanted: Filter) -> None:
        self.list.ask_for(wanted)
        if not self.list.model.questions:
            # What was counted may be decided by now.
            self.toggle_stage()

    def reload(self) -> None:
        """Read again what others have changed."""
        if self.review is None:
            self.enter()
            return
        changed = self.review.changed_elsewhere()
        if not changed:
            self.informed.emit(tr("Nothing was changed by others."))
            return
        self._read(self.review.as_read(), changed)

    def _read(self, known: Cases | None, only: frozenset[str]) -> None:
        self._leave_writing()
        self.stack.setCurrentWidget(self.entry)
        self.entry.read(known, only)

    def _show_read(self, read: Cases) -> None:
        if self.review is None:
            self.review = Reviewing(self._corpus, self.entry.adjudicator, read, Choices.of(self._corpus))
        else:
            self.review.read(read)
        self.current = None
        if not read.cases:
            sentence = tr("There is nothing to review yet: no page has been finished by two or more annotators.")
            self.entry.show_state(sentence, again=False)
            self.review = None
            return
        self._show_who()
        names = sorted({name for id_ in read.cases for name in self.review.lanes(id_)})
        self.list.show_annotators(names)
        self.stack.setCurrentWidget(self._work)
        self.page_view.setFocus()
        if self._asked is not None:
            asked, self._asked = self._asked, None
            self._ask_for(asked)
        else:
            self._show_wanted(self.list.wanted())
        self._show_counts()

    def _show_who(self) -> None:
        review = self._reviewing()
        self.head.show_who(review.adjudicator, pages_of(self._corpus, review.adjudicator))

    def _reviewing(self) -> Reviewing:
        if self.review is None:
            raise EditRefused(tr("The review is not open yet."))
        return self.review

    def _free(self) -> Reviewing:
        """The review, unless gold is being written by a job."""
        self._own_job = self._own_job and self._jobs.busy
        if self._own_job:
            raise EditRefused(tr("Gold is being written; wait until it is done, or stop it."))
        return self._reviewing()

    def _asked_now(self) -> Question:
        if self.current is None:
            raise EditRefused(tr("No place is open; choose one in the list."))
        return self.current

    # The list

    def _show_wanted(self, wanted: Wanted) -> None:
        if self.review is None:
            return
        self.wanted = wanted
        order = self.review.order
        found = arranged(self.review.questions, wanted, order)
        key: Order = (lambda q: page_order(q, order)) if wanted.by_page else (lambda q: (q.rank,))
        self.list.follow(lambda: self.list.model.show(found, key, self._title))
        self._show_heading()
        if self.current is not None and self.list.model.row_of(self.current) is not None:
            self.list.show_current(self.current)
        else:
            self._go_to(found[0] if found else None)

    def _title(self, document_id: str) -> str:
        document = self._reviewing().cases[document_id].record.document
        return document.title or " ".join(document.text[:60].split())

    def _text(self, document_id: str) -> str:
        return self._reviewing().cases[document_id].record.document.text

    def _show_heading(self) -> None:
        n = len(self.list.model.questions)
        self.list.heading.setText(trn("{n} place", "{n} places", n))

    def step(self, by: int) -> None:
        """Go to the next place of the list, round to the start."""
        self._reviewing()
        questions = self.list.model.questions
        if not questions:
            raise EditRefused(self._why_empty())
        row = None if self.current is None else self.list.model.row_of(self.current)
        if row is None:
            row = self.list.model.place(self.current) - (by > 0) if self.current is not None else -1
        self.show_question(questions[(row + by) % len(questions)])

    def step_page(self, by: int) -> None:
        """Go to the first place in the list of another page, in the order of the corpus."""
        review = self._reviewing()
        here = -1 if self.draft.page is None else review.order[self.draft.page.document.id]
        others = {review.order[question.place.document_id] for question in self.list.model.questions} - {here}
        beyond = [page for page in others if (page - here) * by > 0] or list(others)
        if not beyond:
            raise EditRefused(tr("No other page has a place in this list."))
        page = min(beyond) if by > 0 else max(beyond)
        found = [q for q in self.list.model.questions if review.order[q.place.document_id] == page]
        self.show_question(found[0])

    def _why_empty(self) -> str:
        review = self._reviewing()
        asked, looks, agreed = review.counts
        if asked + looks:
            return tr("Nothing in this list; the filters hide {n} places that wait.", n=asked + looks)
        if agreed or review.documents_left():
            return tr("Only what all agree on is left; Ctrl+M merges it.")
        return tr("Nothing is left: gold of every page is done.")

    def toggle_stage(self) -> None:
        """Show the places that wait, or those that are decided."""
        self.list.stage.setCurrentIndex(1 - self.list.stage.currentIndex())
        self._show_wanted(self.list.wanted())

    # The page

    def show_question(self, question: Question) -> None:
        """Open a place: its page, with the place in sight, and its versions."""
        self._leave_writing()
        self._go_to(question)

    def _go_to(self, question: Question | None) -> None:
        before, self.current = self.current, question
        if question is None:
            if before is not None:
                self._show_page([before])
            self.panel.show_nothing(self._why_empty())
            self.list.show_current(None)
            return
        id_ = question.place.document_id
        open_ = self.draft.page
        if open_ is None or open_.document.id != id_:
            self._set_lanes()
            self.draft.show(gold_page(self._reviewing(), id_))
            self.list.set_document(id_)
        else:
            self._show_page([question, *([before] if before else [])])
        self._show_place(question)
        self._show_panel()
        self.list.show_current(question)

    def _set_lanes(self) -> None:
        if self.current is None or self.review is None:
            self.page_view.set_lanes({}, (), 0, None)
            return
        found = dispute_on(self.review, self.current)
        self.page_view.set_lanes(found.lanes, found.stretches, found.count, found.place)

    def _show_page(self, touched: Iterable[Question]) -> None:
        """Show gold as it is now, laying out anew the lines of these places."""
        if self.draft.page is None:
            return
        id_ = self.draft.page.document.id
        self._set_lanes()
        self.draft.replace(gold_page(self._reviewing(), id_))
        text = self.draft.page.text
        touched = [question for question in touched if question.place.document_id == id_]
        self.page_view.show_marks(sorted(set().union(*(lines_of(text, question) for question in touched))))

    def _show_place(self, question: Question) -> None:
        first = question.place.marks[0]
        page = self.desk.page
        shown = [mark for mark in question.place.marks if page.is_decided(mark) or page.is_pending(mark)]
        if isinstance(first, Boundary) and shown:
            self.desk.focus_on(shown[0])
        else:
            self.desk.focus = None
            self.desk.caret = self.desk.anchor = question.place.start
            self.page_view.show_focus()

    def _show_panel(self) -> None:
        question, review = self.current, self.review
        if question is None or review is None:
            return
        id_ = question.place.document_id
        self.panel.show_question(
            question,
            review.lanes(id_),
            self._text(id_),
            self._title(id_),
            named=self.named,
            alike=len(review.alike(question)) if question.waits else 0,
            gold=review.grounds(question, named=self.named),
        )

    def _keep_policy(self, rule: Rule, votes: int) -> None:
        choices = Choices.of(self._corpus)
        choices = replace(choices, policy=replace(choices.policy, rule=rule, votes=votes))
        choices.keep(self._corpus)
        if self.review is not None:
            self.review.choices = choices

    def _name(self, named: bool) -> None:
        self.named = named
        self._show_panel()

    def _show_counts(self) -> None:
        review = self._reviewing()
        done = len(review.cases) - review.documents_left()
        self.head.show_counts(review.counts, len(review.cases), done)
        self.titles_changed.emit(review.undo_title(), review.redo_title())

    def _question_at(self, found: object) -> Question | None:
        """The place at a mark or a position of the open page; one that is shown in the list comes first."""
        if self.draft.page is None:
            return None
        return question_at(self._reviewing(), self.draft.page.document.id, found)

    def _point(self, found: object) -> None:
        question = self._question_at(found)
        if question is not None:
            self.show_question(question)

    def _empty(self, found: object) -> None:
        question = self._question_at(found)
        if question is None:
            raise EditRefused(tr("No annotator has marked anything there."))
        self._go_to(question)
        self.take_nothing()

    def _take_at(self, found: Labelled, lane: int) -> None:
        question = self._question_at(found)
        if question is None:
            return
        review = self._reviewing()
        version = next(v for v in question.place.versions if found in v.marks)
        self._go_to(question)
        self.take(lane or review.lane_numbers(question, version)[0])

    # Deciding

    def take(self, lane: int) -> None:
        """Take the version in a lane and go to the next place."""
        review, question = self._free(), self._asked_now()
        self._stored(review.take_lane(question, lane))

    def take_nothing(self) -> None:
        """Decide that the place holds nothing and go to the next."""
        review, question = self._free(), self._asked_now()
        self._stored(review.nothing(question))

    def take_majority(self) -> None:
        """Take what more than half hold for all that is left on the open page."""
        review = self._free()
        id_ = self.desk.page.document.id
        self._stored(review.majority(id_))
        left = sum(question.waits for question in review.on_page(id_))
        if left:
            self.informed.emit(
                trn(
                    "{n} place on that page has no majority and still waits.",
                    "{n} places on that page have no majority and still wait.",
                    left,
                )
            )

    def merge_page(self) -> None:
        """Merge on the open page what the rule merges."""
        self._stored(self._free().merge_page(self.desk.page.document.id))

    def decide_alike(self) -> None:
        """Decide this place and those with the same text and readings, after a look at them."""
        review, question = self._free(), self._asked_now()
        others = review.alike(question)
        if not others:
            raise EditRefused(tr("No other place that waits has the same text and the same readings."))
        dialog = AlikeDialog(question, others, self._schema, self._text, self)
        try:
            if dialog.exec():
                version: Version = dialog.version()
                self._stored(review.decide_alike(question, version, dialog.chosen()))
        finally:
            dialog.deleteLater()
            self.page_view.setFocus()

    def merge_all(self) -> None:
        """Merge on all pages what the rule merges, as one action, off the GUI thread."""
        review = self._free()
        cases, policy, who = list(review.cases.values()), review.choices.policy, review.adjudicator

        def work(report: Report) -> list[Stored]:
            with self._open_corpus() as corpus:
                return merge_all(corpus, cases, policy, who, report)

        def done(stored: list[Stored]) -> None:
            if not stored:
                self.informed.emit(tr("There is nothing to merge: what all agree on is in gold already."))
                return
            self._absorbed(stored)
            n = sum(len(item.edit.added) > 0 for item in stored)
            self.informed.emit(trn("Merged on {n} page.", "Merged on {n} pages.", n))

        self._write_off_thread(tr("Merging"), work, done)

    def _write_off_thread(
        self, title: str, work: Callable[[Report], list[Stored]], done: Callable[[list[Stored]], None]
    ) -> None:
        if self._jobs.busy:
            raise EditRefused(tr("Wait until the job that is running is done, or stop it."))
        self._leave_writing()
        self._own_job = True

        def then(stored: list[Stored]) -> None:
            self._own_job = False
            done(stored)

        self._jobs.start(title, work, then)

    def undo(self) -> None:
        """Take back the last decision, on whichever page, and show its place."""
        review = self._free()
        parts = review.undo_parts()
        if len(parts) < _MANY:
            self._taken_back(review.undo())
        else:
            self._take_back_off_thread(tr("Undoing"), parts)

    def redo(self) -> None:
        """Decide again what was undone last, and show its place."""
        review = self._free()
        parts = review.redo_parts()
        if len(parts) < _MANY:
            self._taken_back(review.redo())
        else:
            self._take_back_off_thread(tr("Redoing"), parts)

    def _take_back_off_thread(self, title: str, parts: list[Any]) -> None:
        def work(report: Report) -> list[Stored]:
            with self._open_corpus() as corpus:
                return take_back(corpus, parts, report)

        self._write_off_thread(title, work, self._absorbed)

    def _absorbed(self, stored: list[Stored]) -> None:
        """Show what a job has stored on many pages."""
        review = self._reviewing()
        review.absorb(stored)
        self.draft.page = None
        self.current = None if self.current is None or not self.wanted.shows(self.current) else self.current
        current = self.current
        self.current = None
        self._show_wanted(self.wanted)
        if current is not None:
            self._go_to(current)
        self._show_counts()

    def _taken_back(self, stored: list[Stored]) -> None:
        question = self._reviewing().question_of(stored)
        self._refresh(stored)
        self._go_to(question or self.current)
        self._show_counts()

    def _stored(self, stored: list[Stored]) -> None:
        """Show that gold was edited, and go to the next place where this one no longer asks."""
        current = self.current
        self._leave_writing()
        self._refresh(stored)
        if current is not None and self.list.model.row_of(current) is None:
            questions = self.list.model.questions
            at = self.list.model.place(current)
            self._go_to(questions[at % len(questions)] if questions else None)
        else:
            self._show_panel()
        self._show_counts()

    def _refresh(self, stored: list[Stored]) -> None:
        review = self._reviewing()
        documents = {item.document_id for item in stored}
        touched = [question for id_ in documents for question in review.on_page(id_)]

        def update() -> None:
            for question in touched:
                self.list.model.update(question, shown=self.wanted.shows(question))

        self.list.follow(update)
        self._show_heading()
        self._show_page(touched)

    # An own version

    def write_own(self) -> None:
        """Write an own version of the place on the page, beginning with what most annotators hold."""
        self._free()
        question = self._asked_now()
        page, focus = begun(self.desk.page, question)
        self.page_view.writing = True
        self.draft.replace(page)
        self.labels.show()
        self.panel.show_writing(writing=True)
        self.desk.focus_on(focus, caret=question.place.start)
        self.desk.choose_layer(question.place.layer)
        self.page_view.setFocus()
        self.writing_changed.emit(True)
        self.informed.emit(
            tr("Your own version: label keys, edges and boundaries work as in Annotate. Return confirms, Esc leaves.")
        )

    def confirm_own(self) -> None:
        """Decide the place by what was written."""
        if not self.page_view.writing:
            return
        review, question = self._free(), self._asked_now()
        self._stored(review.own(question, self.desk.page.annotation))

    def leave_own(self) -> None:
        """Leave the own version; nothing of it is kept."""
        if self.page_view.writing and self.current is not None:
            question = self.current
            self._leave_writing()
            self._show_page(self._reviewing().on_page(question.place.document_id))
            self._go_to(question)

    def _leave_writing(self) -> None:
        if not self.page_view.writing:
            return
        self.page_view.writing = False
        self.page_view.label_bar.hide()
        self.labels.hide()
        self.panel.show_writing(writing=False)
        if self.draft.page is not None:
            self._show_page(self._reviewing().on_page(self.draft.page.document.id))
        self.writing_changed.emit(False)

    def _label_pressed(self, label: Label, layer: Layer) -> None:
        self._attempt(lambda: deeds.give_label(self.desk, label, layer))
        self.page_view.setFocus()

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

    # What adjudication changed

    def show_changes(self, annotator: str) -> None:
        """Show what adjudication changed in an annotator's pages, once it is read."""

        def work(report: Report) -> tuple[list[Change], dict[str, str]]:
            with self._open_corpus() as corpus:
                return read_changes(corpus, annotator, report)

        def show(result: tuple[list[Change], dict[str, str]]) -> None:
            found, texts = result
            dialog = ChangesDialog(annotator, found, self._schema, texts.__getitem__, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.place_chosen.connect(self.place_asked)
            self.changes_dialog = dialog
            dialog.open()

        self._jobs.start(tr("Comparing with gold"), work, show)
