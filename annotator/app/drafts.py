"""A draft: the gold of one page while the adjudicator writes a version of their own. Nothing is stored."""

from collections.abc import Mapping

from annotator.app.session import Edited, PageOpened, Session
from annotator.core.annotation import Edit
from annotator.core.errors import EditRefused
from annotator.core.history import LogEntry
from annotator.core.marks import Mark
from annotator.core.page import Page
from annotator.core.record import GOLD
from annotator.core.words import tr
from annotator.store.corpus import Corpus


class Draft(Session):
    """A session whose edits are kept in memory only, so that a desk can work on gold before it is decided."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus, GOLD)
        self._made: dict[int, Edit] = {}

    def show(self, page: Page) -> None:
        """Begin anew with this page."""
        self._log, self._made = [], {}
        self.page = page
        self._tell(PageOpened(page))

    def replace(self, page: Page) -> None:
        """Begin anew with another state of the page that is open; caret and scroll bar stay where they are."""
        self._log, self._made = [], {}
        self.page = page
        self._tell(Edited(Edit(""), LogEntry(0, "", ""), page))

    def undo(self) -> Page:
        """Take back the last edit of this draft.

        Raises:
            EditRefused: There is none.
        """
        return self._invert(self.history.undo, tr("There is nothing to undo in your own version; Esc leaves it."))

    def _invert(self, stack: tuple[LogEntry, ...], nothing: str) -> Page:
        if not stack:
            raise EditRefused(nothing)
        entry = stack[-1]
        return self._store(self._made[entry.id].inverse(), {}, entry.id, 0.0)

    def _store(self, edit: Edit, origins: Mapping[Mark, str], undoes: int | None, seconds: float) -> Page:
        after = self.opened.after(edit)
        entry = LogEntry(len(self._log) + 1, edit.title, "", undoes)
        self._made[entry.id] = edit
        self._log.append(entry)
        self.page = after
        self._tell(Edited(edit, entry, after))
        return after
