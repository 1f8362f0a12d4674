"""The review: who adjudicates, what is decided at each place, and the way back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from annotator.agreement.disagreements import Filter, Version
from annotator.agreement.gold import Change
from annotator.app import deeds
from annotator.app.adjudication import Rule
from annotator.app.review_cases import Cases, OpenCases, Question
from annotator.app.review_pages import begun, read_changes
from annotator.app.review_writing import Stored, merge_all, take_back
from annotator.app.reviewing import DIGITS, Choices, Reviewing, pages_of
from annotator.app.session import Session
from annotator.core.errors import EditRefused
from annotator.core.marks import Labelled
from annotator.core.schema import Label, Layer
from annotator.core.words import tr, trn
from annotator.ui.jobs import JobBar, Report
from annotator.ui.review_board import ReviewBoard
from annotator.ui.review_dialogs import AlikeDialog, ChangesDialog
from annotator.ui.review_entry import ReviewEntry
from annotator.ui.theme import Theme

_MANY = 20
"""From so many edits on, undo runs off the GUI thread."""


class ReviewView(ReviewBoard):
    """Adjudication to gold. Nothing of it is built or read before it is first shown."""

    informed = Signal(str)
    """Something is done."""
    place_asked = Signal(str, int)
    """An annotator wants to see a place in their own page: document and position."""

    def __init__(
        self,
        session: Session,
        jobs: JobBar,
        open_corpus: Callable[[], Any],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, theme, parent)
        self._session = session
        self._jobs = jobs
        self._open_corpus = open_corpus
        self._own_job = False
        self._asked: Filter | None = None
        self.changes_dialog: ChangesDialog | None = None
        self.entry = ReviewEntry(session, jobs, open_corpus)
        self.stack.insertWidget(0, self.entry)
        self.stack.setCurrentWidget(self.entry)
        self.page_view.place_emptied.connect(lambda found: self.attempt(lambda: self._empty(found)))
        self.page_view.version_pointed.connect(lambda found, lane: self.attempt(lambda: self._take_at(found, lane)))
        self.panel.taken.connect(lambda lane: self.attempt(lambda: self.take(lane)))
        self.panel.asked.connect(lambda name: self.attempt(self.commands()[name]))
        self.head.asked.connect(lambda name: self.attempt(self.commands()[name]))
        self.head.policy_changed.connect(self._keep_policy)
        self.labels.label_pressed.connect(self._label_pressed)
        self.entry.named.connect(self._begin)
        self.entry.cases_read.connect(self._show_read)
        self.entry.again_asked.connect(lambda: self.attempt(self.enter))

    def commands(self) -> dict[str, Callable[[], None]]:
        """What to call for each command of the review, by name."""
        return {
            "review_next": lambda: self.step(1),
            "review_previous": lambda: self.step(-1),
            **{f"take_{n}": partial(self.take_digit, n) for n in range(1, DIGITS + 1)},
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
        self.leave_writing()
        self.stack.setCurrentWidget(self.entry)
        self.entry.ask()

    def _begin(self, name: str) -> None:
        if self.review is None:
            self.attempt(self.enter)
            return
        self.review.adjudicator = name
        self._show_who()
        self.stack.setCurrentWidget(self.work)
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
            if not self.list.model.questions:
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
        self.leave_writing()
        self.stack.setCurrentWidget(self.entry)
        self.entry.read(known, only)

    def _show_read(self, read: Cases) -> None:
        if self.review is None:
            self.review = Reviewing(self.corpus, self.entry.adjudicator, read, Choices.of(self.corpus))
        else:
            self.review.read(read)
        self.current = None
        if not read.cases:
            sentence = tr("There is nothing to review yet: no page has been finished by two or more annotators.")
            self.entry.show_state(sentence, again=False)
            self.review = None
            return
        self._show_who()
        names = sorted({name for standing in read.standings.values() for name in standing.annotators})
        self.list.show_annotators(names)
        self.stack.setCurrentWidget(self.work)
        self.page_view.setFocus()
        if self._asked is not None:
            asked, self._asked = self._asked, None
            self._ask_for(asked)
        else:
            self.show_wanted(self.list.wanted())
        self.show_counts()

    def _show_who(self) -> None:
        review = self.reviewing()
        self.head.show_who(review.adjudicator, pages_of(self.corpus, review.adjudicator))

    def _free(self) -> Reviewing:
        """The review, unless gold is being written by a job."""
        self._own_job = self._own_job and self._jobs.busy
        if self._own_job:
            raise EditRefused(tr("Gold is being written; wait until it is done, or stop it."))
        return self.reviewing()

    def _asked_now(self) -> Question:
        if self.current is None:
            raise EditRefused(tr("No place is open; choose one in the list."))
        return self.current

    def _keep_policy(self, rule: Rule, votes: int) -> None:
        choices = Choices.of(self.corpus)
        choices = replace(choices, policy=replace(choices.policy, rule=rule, votes=votes))
        choices.keep(self.corpus)
        if self.review is not None:
            self.review.choices = choices

    def _empty(self, found: object) -> None:
        question = self.question_at_point(found)
        if question is None:
            raise EditRefused(tr("No annotator has marked anything there."))
        self.go_to(question)
        self.take_nothing()

    def _take_at(self, found: Labelled, lane: int) -> None:
        question = self.question_at_point(found)
        if question is None:
            return
        review = self.reviewing()
        version = next(v for v in question.place.versions if found in v.marks)
        self.go_to(question)
        self.take(lane or review.lane_numbers(question, version)[0])

    # Deciding

    def take(self, lane: int) -> None:
        """Take the version in a lane and go to the next place."""
        review, question = self._free(), self._asked_now()
        self._stored(review.take_lane(question, lane))

    def take_digit(self, digit: int) -> None:
        """Take the version that a digit stands for and go to the next place."""
        review, question = self._free(), self._asked_now()
        self._stored(review.take_digit(question, digit))

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
        dialog = AlikeDialog(question, others, self.schema, self.text_of, self)
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
        ids, policy, who = list(review.cases), review.choices.policy, review.adjudicator

        def work(report: Report) -> list[Stored]:
            with self._open_corpus() as corpus:
                return merge_all(corpus, OpenCases(corpus, ids).values(), policy, who, report)

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
        self.leave_writing()
        self._own_job = True

        def then(stored: list[Stored]) -> None:
            self._own_job = False
            self.attempt(lambda: done(stored))

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
        review = self.reviewing()
        review.absorb(stored)
        self.draft.page = None
        self.current = None if self.current is None or not self.wanted.shows(self.current) else self.current
        current = self.current
        self.current = None
        self.show_wanted(self.wanted)
        if current is not None:
            self.go_to(current)
        self.show_counts()

    def _taken_back(self, stored: list[Stored]) -> None:
        question = self.reviewing().question_of(stored)
        self.refresh(stored)
        self.go_to(question or self.current)
        self.show_counts()

    def _stored(self, stored: list[Stored]) -> None:
        """Show that gold was edited, and go to the next place where this one no longer asks."""
        current = self.current
        self.leave_writing()
        self.refresh(stored)
        if current is not None and self.list.model.row_of(current) is None:
            questions = self.list.model.questions
            at = self.list.model.place(current)
            self.go_to(questions[at % len(questions)] if questions else None)
        else:
            self.show_panel()
        self.show_counts()

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
        self.desk.focus_on(focus, caret=question.start)
        self.desk.choose_layer(question.layer)
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
            self.leave_writing()
            self.show_page(self.reviewing().on_page(question.document_id))
            self.go_to(question)

    def _label_pressed(self, label: Label, layer: Layer) -> None:
        self.attempt(lambda: deeds.give_label(self.desk, label, layer))
        self.page_view.setFocus()

    # What adjudication changed

    def show_changes(self, annotator: str) -> None:
        """Show what adjudication changed in an annotator's pages, once it is read."""

        def work(report: Report) -> tuple[list[Change], dict[str, str]]:
            with self._open_corpus() as corpus:
                return read_changes(corpus, annotator, report)

        def show(result: tuple[list[Change], dict[str, str]]) -> None:
            found, texts = result
            dialog = ChangesDialog(annotator, found, self.schema, texts.__getitem__, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.place_chosen.connect(self.place_asked)
            self.changes_dialog = dialog
            dialog.show()

        self._jobs.start(tr("Comparing with gold"), work, show)
