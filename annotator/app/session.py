"""A session: one annotator at one corpus, with one page open. Check, save, then show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Choice, Edit
from annotator.core.errors import EditRefused
from annotator.core.history import History, LogEntry, LoggedEdit, read_history, title_of
from annotator.core.marks import Mark, Rejection
from annotator.core.page import Page
from annotator.core.words import tr, trn
from annotator.store.corpus import Corpus


@dataclass(frozen=True, slots=True)
class PageOpened:
    """Another page is open, or the same one was read anew."""

    page: Page


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit was stored and the page is as it makes it."""

    edit: Edit
    entry: LogEntry
    page: Page


Event = PageOpened | Edited


class Session:
    """Opens pages, makes edits, undoes and redoes them, and tells who listens."""

    def __init__(self, corpus: Corpus, annotator: str) -> None:
        self.corpus = corpus
        self.annotator = annotator
        self.page: Page | None = None
        self._log: list[LogEntry] = []
        self._choice = Choice.UNKNOWN
        self.notice = ""
        """What the last undo or redo left as it was; empty when nothing."""
        self._elsewhere: int | None = None
        """The batch made last, while it changed only other pages and nothing was done since."""
        self._listeners: list[Callable[[Event], None]] = []

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` after every page opened and every edit stored."""
        self._listeners.append(listener)

    def open(self, document_id: str, choice: Choice = Choice.UNKNOWN) -> Page:
        """Open a page and remember it as the one to come back to.

        Args:
            document_id: The page.
            choice: How it was chosen; kept with the first edit on it. Opened anew, it keeps what was said before.

        Raises:
            CorpusError: It cannot be read, or that it is open cannot be kept; the page open before stays.
        """
        page = self.corpus.page(document_id, self.annotator)
        log = self.corpus.log(document_id, self.annotator)
        self.corpus.set_value(f"open:{self.annotator}", document_id)
        same = self.page is not None and self.page.document.id == document_id
        self._choice = choice or (self._choice if same else Choice.UNKNOWN)
        self.page, self._log, self._elsewhere = page, log, None
        self._tell(PageOpened(page))
        return page

    def last_open(self) -> str:
        """The page this annotator had open last, "" when there was none."""
        return self.corpus.value(f"open:{self.annotator}")

    def do(self, edit: Edit, *, seconds: float = 0.0) -> Page:
        """Make an edit on the open page: it is checked, stored, and then shown.

        Args:
            edit: What changes.
            seconds: Time on the page since the edit before.

        Raises:
            EditRefused: It does not fit; nothing was changed.
            CorpusError: It could not be stored; nothing was changed.
        """
        return self._store(edit, _origins(self.opened, edit), None, seconds)

    @property
    def opened(self) -> Page:
        """The open page.

        Raises:
            EditRefused: There is none.
        """
        if self.page is None:
            raise EditRefused(tr("No page is open."))
        return self.page

    @property
    def history(self) -> History:
        """What can be undone and redone on the open page."""
        return read_history(self._log)

    def log(self) -> list[LogEntry]:
        """The log of the open page, oldest first."""
        return list(self._log)

    def undo_title(self) -> str:
        """What `undo` would undo on this page, "" when nothing."""
        return self._title(self.history.undo)

    def redo_title(self) -> str:
        """What `redo` would do again on this page, "" when nothing."""
        return self._title(self.history.redo)

    def undo(self) -> Page:
        """Take back the last edit on the open page; when none is left, that on the page edited last before it.

        Raises:
            EditRefused: There is nothing to undo.
        """
        if self.page is None or not self.history.undo:
            self._open_last_edited()
        return self._invert(self.history.undo, tr("There is nothing to undo."))

    def undo_elsewhere(self) -> bool:
        """Take back what was done last when that was on other pages only; say whether it was.

        Raises:
            CorpusError: It could not be stored; nothing was changed.
        """
        batch, self._elsewhere = self._elsewhere, None
        if batch is None:
            return False
        self._invert_batch(batch, None)
        return True

    def redo(self) -> Page:
        """Do again what was undone last.

        Raises:
            EditRefused: There is nothing to redo.
        """
        return self._invert(self.history.redo, tr("There is nothing to redo."))

    def _open_last_edited(self) -> None:
        for document_id in self.corpus.edited_pages(self.annotator):
            if read_history(self.corpus.log(document_id, self.annotator)).undo:
                self.open(document_id)
                return
        raise EditRefused(tr("There is nothing to undo."))

    def _invert(self, stack: tuple[LogEntry, ...], nothing: str) -> Page:
        if not stack:
            raise EditRefused(nothing)
        self.notice = ""
        entry = stack[-1]
        if entry.batch is not None:
            return self._invert_batch(entry.batch, entry.id)
        logged = self.corpus.logged(entry.id)
        return self._store(logged.edit.inverse(), logged.origins, entry.id, 0.0)

    def _invert_batch(self, batch: int, asked: int | None) -> Page:
        """Take back every part of a batch; a page changed there since keeps its part, and `notice` says so."""
        pages = {self.opened.document.id: self.opened.annotation}
        rows: list[tuple[str, Edit, Mapping[Mark, str]]] = []
        undone: list[int | None] = []
        kept = set()
        for part in reversed(self.corpus.batch(batch)):
            if not self._stands(part):
                continue
            edit = part.edit.inverse()
            try:
                annotation = pages.get(part.document_id) or self.corpus.annotation(part.document_id, part.annotator)
                pages[part.document_id] = annotation.apply(edit)
            except EditRefused:
                if part.entry.id == asked:
                    raise
                kept.add(part.document_id)
                continue
            rows.append((part.document_id, edit, part.origins))
            undone.append(part.entry.id)
        entries = self.corpus.apply_all(rows, self.annotator, undone)
        self.notice = (
            trn("{n} page was changed since and stays.", "{n} pages were changed since and stay.", len(kept))
            if kept
            else ""
        )
        return self._show_all(rows, entries)

    def _stands(self, part: LoggedEdit) -> bool:
        """Whether a part of a batch has not been taken back on its own page already."""
        history = read_history(self.corpus.log(part.document_id, part.annotator))
        return any(entry.id == part.entry.id for entry in (*history.undo, *history.redo))

    def do_all(self, edits: list[tuple[str, Edit]]) -> None:
        """Make edits on several documents as one action: all are stored, or none. One undo takes all back.

        Raises:
            EditRefused: One of them does not fit; nothing was changed.
            CorpusError: They could not be stored; nothing was changed.
        """
        rows = []
        pages: dict[str, Page] = {} if self.page is None else {self.page.document.id: self.page}
        for document_id, edit in edits:
            page = pages.get(document_id) or self.corpus.page(document_id, self.annotator)
            rows.append((document_id, edit, _origins(page, edit)))
            pages[document_id] = page.after(edit)
        if rows:
            entries = self.corpus.apply_all(rows, self.annotator)
            if self.page is not None:
                self._show_all(rows, entries)
                here = self.page.document.id
                self._elsewhere = None if any(id_ == here for id_, _, _ in rows) else entries[-1].batch

    def _store(self, edit: Edit, origins: Mapping[Mark, str], undoes: int | None, seconds: float) -> Page:
        page = self.opened
        after = page.after(edit)
        entry = self.corpus.apply(
            page.document.id,
            self.annotator,
            edit,
            origins=origins,
            undoes=undoes,
            seconds=seconds,
            choice=self._choice,
        )
        self._log.append(entry)
        self.page, self._elsewhere = after, None
        self._tell(Edited(edit, entry, after))
        return after

    def _show_all(self, edits: Sequence[tuple[str, Edit, Mapping[Mark, str]]], entries: Sequence[LogEntry]) -> Page:
        page = self.opened
        for (document_id, edit, _), entry in zip(edits, entries, strict=True):
            if document_id == page.document.id:
                self.page = page = page.after(edit)
                self._log.append(entry)
                self._tell(Edited(edit, entry, page))
        return page

    def _title(self, stack: tuple[LogEntry, ...]) -> str:
        return title_of(stack[-1], {entry.id: entry for entry in self._log}) if stack else ""

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def _origins(page: Page, edit: Edit) -> dict[Mark, str]:
    origins: dict[Mark, str] = {}
    for mark in edit.added:
        proposal = page.proposed.get(mark.mark if isinstance(mark, Rejection) else mark)
        if proposal is not None:
            origins[mark] = proposal.proposer
    return origins
