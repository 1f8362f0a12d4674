"""What was done on the open page, and a way back to any point of it. Going back is new edits: nothing is erased."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDockWidget, QListWidget, QListWidgetItem, QWidget

from annotator.app.session import Session
from annotator.core.history import title_of
from annotator.core.words import tr


class HistoryPanel(QDockWidget):
    """A list of the edits on the page, oldest first; those undone stand below, in brackets."""

    point_chosen = Signal(int)
    """How many edits are to be in force: 0 is the page before the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("History"), parent)
        self.setObjectName("history")
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("History of this page"))
        self.rows.itemActivated.connect(self._chosen)
        self.rows.itemClicked.connect(self._chosen)
        self.setWidget(self.rows)

    def show_session(self, session: Session) -> None:
        """Show the history of the session's page."""
        if not self.isVisible():
            return
        history, log = session.history, {entry.id: entry for entry in session.log()}
        self.rows.clear()
        self._add(tr("As opened first"), 0, current=not history.undo)
        for i, entry in enumerate(history.undo, 1):
            self._add(
                self._line(title_of(entry, log), entry.made_at, session.annotator), i, current=i == len(history.undo)
            )
        for i, entry in enumerate(reversed(history.redo), len(history.undo) + 1):
            line = self._line(title_of(entry, log), entry.made_at, session.annotator)
            self._add(tr("[undone] {line}", line=line), i, current=False)

    @staticmethod
    def _line(title: str, made_at: str, annotator: str) -> str:
        return f"{title}\n{annotator} · {made_at[:19].replace('T', ' ')} UTC"

    def _add(self, text: str, point: int, *, current: bool) -> None:
        item = QListWidgetItem(("▸ " if current else "   ") + text)
        item.setData(Qt.ItemDataRole.UserRole, point)
        self.rows.addItem(item)
        if current:
            self.rows.setCurrentItem(item)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        # Where a click activates too, the rows may have been made anew between the two signals.
        if item is None:
            return
        self.point_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
