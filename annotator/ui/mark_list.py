"""The unresolved marks as a list. It shows and says which is chosen; it never edits: deeds do."""

from bisect import bisect_left

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from annotator.core.edits import describe
from annotator.core.marks import Labelled, text_order
from annotator.core.page import Page
from annotator.core.words import tr

_Index = QModelIndex | QPersistentModelIndex


class MarkModel(QStringListModel):
    """Marks of a page in text order.

    Qt asks for the number of rows thousands of times after a change, so it keeps count itself, in a list of empty
    strings; what a row says is made when it is shown.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page: Page | None = None
        self.marks: list[Labelled] = []

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self._page is None or not index.isValid() or index.row() >= len(self.marks):
            return None
        mark = self.marks[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            # The text stands in isolation, so that a right-to-left name does not turn its line around.
            shown = describe(self._page, mark).replace("“", "“\u2068", 1)
            if shown.endswith("”"):
                shown = shown[:-1] + "\u2069”"
            proposal = self._page.proposed.get(mark)
            if proposal is None or proposal.score is None:
                return shown
            # The eye finds the score in front, where a long text cannot push it out; a voice says what it is first.
            spoken = role == Qt.ItemDataRole.AccessibleTextRole
            return f"{shown}   {proposal.score:.2f}" if spoken else f"{proposal.score:.2f}  {shown}"
        return None

    def show(self, page: Page, marks: list[Labelled]) -> None:
        """Show these marks of this page. Where one mark has gone or come, only its row changes."""
        old, self.marks, self._page = self.marks, marks, page
        few = min(len(old), len(marks))
        pairs = enumerate(zip(old, marks, strict=False))
        row = next((i for i, (one, other) in pairs if one is not other and one != other), few)
        if len(marks) == len(old) - 1 and old[row + 1 :] == marks[row:]:
            self.removeRows(row, 1)
        elif len(marks) == len(old) + 1 and old[row:] == marks[row + 1 :]:
            self.insertRows(row, 1)
        elif marks != old:
            self.setStringList([""] * len(marks))

    def row_of(self, mark: Labelled) -> int | None:
        """The row that shows a mark."""
        row = bisect_left(self.marks, text_order(mark), key=text_order)
        return row if row < len(self.marks) and self.marks[row] == mark else None


class MarkList(QListView):
    """Shows marks of the open document and says which one is chosen. It never edits: deeds do."""

    mark_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Unresolved marks"))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.marks = MarkModel(self)
        self.setModel(self.marks)
        self._following = False
        self.selectionModel().currentChanged.connect(self._chosen)

    def show_marks(self, page: Page, marks: list[Labelled]) -> None:
        """Show these marks."""
        self._following = True
        self.marks.show(page, marks)
        self._following = False

    def show_focus(self, mark: Labelled | None) -> None:
        """Show which mark is in focus."""
        row = None if mark is None else self.marks.row_of(mark)
        self._following = True
        if row is None:
            self.selectionModel().clear()
        else:
            index = self.marks.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self._following = False

    def _chosen(self, index: QModelIndex) -> None:
        if not self._following and index.isValid() and index.row() < len(self.marks.marks):
            self.mark_chosen.emit(self.marks.marks[index.row()])
