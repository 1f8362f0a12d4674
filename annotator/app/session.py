"""A session: one annotator at one corpus, with one page open. Check, save, then show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from annotator.core.annotation import Edit
from annotator.core.errors import EditRefused
from annotator.core.history import History, LogEntry, read_history, title_of
from annotator.core.marks import Mark, Rejection
from annotator.core.page import Page
from annotator.core.words import tr
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
        self._listeners: list[Callable[[Event], None]] = []

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` after every page opened and every edit stored."""
        self._listeners.append(listener)

    def open(self, document_id: str) -> Page:
        """Open a page and remember it as the one to come back to.

        Raises:
            CorpusError: It cannot be read.
        """
        page = self.corpus.page(document_id, self.annotator)
        self._log = self.corpus.log(document_id, self.annotator)
        self.page = page
        self.corpus.set_value(f"open:{self.annotator}", document_id)
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
        """Take back the last edit on the open page; when it has none, the annotator's last edit on any page.

        Raises:
            EditRefused: There is nothing to undo.
        """
        if self.page is None or not self.history.undo:
            self._open_last_edited()
        return self._invert(self.history.undo, tr("There is nothing to undo."))

    def redo(self) -> Page:
        """Do again what was undone last.

        Raises:
            EditRefused: There is nothing to redo.
        """
        return self._invert(self.history.redo, tr("There is nothing to redo."))

    def _open_last_edited(self) -> None:
        document_id = self.corpus.last_edited(self.annotator)
        if document_id is None or (self.page is not None and document_id == self.page.document.id):
            raise EditRefused(tr("There is nothing to undo."))
        if not read_history(self.corpus.log(document_id, self.annotator)).undo:
            raise EditRefused(tr("There is nothing to undo."))
        self.open(document_id)

    def _invert(self, stack: tuple[LogEntry, ...], nothing: str) -> Page:
        if not stack:
            raise EditRefused(nothing)
        entry = stack[-1]
        logged = self.corpus.logged(entry.id)
        edit = logged.edit.inverse()
        if entry.batch is not None:
            return self._invert_batch(entry)
        return self._store(edit, logged.origins, entry.id, 0.0)

    def _invert_batch(self, entry: LogEntry) -> Page:
        page = self.opened
        parts = self.corpus.batch(entry.batch or 0)
        edits = [(part.document_id, part.edit.inverse(), part.origins) for part in parts]
        entries = self.corpus.apply_all(edits, self.annotator, [part.entry.id for part in parts])
        for part, (document_id, edit, _), written in zip(parts, edits, entries, strict=True):
            if document_id == page.document.id and part.entry.id == entry.id:
                return self._show(edit, written)
        return self.open(page.document.id)

    def do_all(self, edits: list[tuple[str, Edit]]) -> None:
        """Make edits on several documents as one action: all are stored, or none. One undo takes all back.

        Raises:
            EditRefused: One of them does not fit; nothing was changed.
            CorpusError: They could not be stored; nothing was changed.
        """
        rows = []
        for document_id, edit in edits:
            page = self.page
            if page is None or page.document.id != document_id:
                page = self.corpus.page(document_id, self.annotator)
            rows.append((document_id, edit, _origins(page, edit)))
        entries = self.corpus.apply_all(rows, self.annotator)
        for (document_id, edit, _), entry in zip(rows, entries, strict=True):
            if self.page is not None and document_id == self.page.document.id:
                self._show(edit, entry)

    def _store(self, edit: Edit, origins: Mapping[Mark, str], undoes: int | None, seconds: float) -> Page:
        page = self.opened
        after = page.after(edit)
        entry = self.corpus.apply(
            page.document.id, self.annotator, edit, origins=origins, undoes=undoes, seconds=seconds
        )
        self._log.append(entry)
        self.page = after
        self._tell(Edited(edit, entry, after))
        return after

    def _show(self, edit: Edit, entry: LogEntry) -> Page:
        self.page = self.opened.after(edit)
        self._log.append(entry)
        self._tell(Edited(edit, entry, self.page))
        return self.page

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
