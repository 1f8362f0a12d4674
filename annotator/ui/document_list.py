"""The queue as a list: status, title, source. It shows and says what is chosen; the desk opens."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from annotator.app.queue import Filter, Queue
from annotator.core.annotation import Status
from annotator.core.edits import status_title
from annotator.core.words import tr

SIGNS = {Status.TODO: "○", Status.IN_PROGRESS: "◐", Status.DONE: "●", Status.SKIPPED: "⤼", Status.UNSURE: "?"}

_Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """The documents that the queue shows."""

    def __init__(self, queue: Queue, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue = queue

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._queue.shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._queue.shown):
            return None
        item = self._queue.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{SIGNS[item.status]}  {item.title or tr('(no text)')}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{status_title(item.status)}: {item.title}"
        return None

    def refresh(self) -> None:
        """The queue shows other documents now."""
        self.beginResetModel()
        self.endResetModel()

    def row_changed(self, row: int) -> None:
        """The status of one document changed."""
        index = self.index(row)
        self.dataChanged.emit(index, index)


class DocumentList(QWidget):
    """Queue with a filter above it and counts below it."""

    document_chosen = Signal(str)

    def __init__(self, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._following = False
        self.heading = QLabel(tr("Queue"))
        self.heading.setObjectName("heading")
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("filter by title or source"))
        self.words.setAccessibleName(tr("Filter the queue by title or source"))
        self.words.setClearButtonEnabled(True)
        self.status = QComboBox()
        self.status.setAccessibleName(tr("Filter the queue by status"))
        self.status.addItem(tr("all"), "")
        for status in Status:
            self.status.addItem(f"{SIGNS[status]}  {status_title(status)}", status.value)
        self.view = QListView()
        self.view.setAccessibleName(tr("Queue of documents"))
        self.view.setUniformItemSizes(True)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = QueueModel(queue, self)
        self.view.setModel(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 8)
        for widget in (self.heading, self.words, self.status, self.view):
            layout.addWidget(widget)
        self.words.textChanged.connect(self._filter)
        self.status.currentIndexChanged.connect(self._filter)
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self.show_counts()

    def _filter(self) -> None:
        status = self.status.currentData()
        wanted = Filter(frozenset({Status(status)}) if status else frozenset(), self.words.text())
        self._queue.show(wanted)
        self.refresh()

    def _chosen(self, index: QModelIndex) -> None:
        if not self._following and index.isValid() and index.row() < len(self._queue.shown):
            self.document_chosen.emit(self._queue.shown[index.row()].id)

    def refresh(self) -> None:
        """Show the queue as it is now."""
        self._following = True
        self.model.refresh()
        self._following = False
        self.show_counts()

    def show_open(self, document_id: str) -> None:
        """Show which document is open."""
        place = self._queue.place(document_id)
        if place is None:
            return
        self._following = True
        index = self.model.index(place)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        self._following = False

    def status_changed(self, document_id: str) -> None:
        """A document has another status."""
        place = self._queue.place(document_id)
        if place is not None:
            self.model.row_changed(place)
        self.show_counts()

    def show_counts(self) -> None:
        """Say how many documents still ask for work."""
        counts = self._queue.counts()
        left = counts[Status.TODO] + counts[Status.IN_PROGRESS]
        self.heading.setText(tr("Queue: {left} to do, {done} done", left=left, done=counts[Status.DONE]))
