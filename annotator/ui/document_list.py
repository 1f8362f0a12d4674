"""The queue as a list: status and title, with filters, order and full-text search above it. The desk opens pages."""

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from annotator.app.queue import Order, Queue
from annotator.core.annotation import Status
from annotator.core.edits import status_title
from annotator.core.schema import Schema
from annotator.core.words import tr, trn

SIGNS = {Status.TODO: "○", Status.IN_PROGRESS: "◐", Status.DONE: "●", Status.SKIPPED: "⤼", Status.UNSURE: "?"}
_TYPING = 150
"""Milliseconds after the last key before a filter line is heeded."""

_Index = QModelIndex | QPersistentModelIndex


class QueueModel(QStringListModel):
    """The documents that the queue shows.

    Qt asks for the number of rows twice a document when it lays the list out, so it keeps count itself, in a list of
    empty strings; what a row says is made when it is shown.
    """

    def __init__(self, queue: Queue, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue = queue
        self.refresh()

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
        self.setStringList([""] * len(self._queue.shown))


class DocumentList(QWidget):
    """Queue with its filters above it. It says what was chosen and what is searched for."""

    document_chosen = Signal(str)
    search_asked = Signal(str)
    """Words to look for in all texts; empty to show all documents again."""
    label_asked = Signal(str, str)
    """Layer and label that documents must have; empty for any."""

    def __init__(self, queue: Queue, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._following = False
        self._open = ""
        self._found: frozenset[str] | None = None
        self._labelled: frozenset[str] | None = None
        self._build()
        self.show_schema(schema)
        self.show_counts()

    def _build(self) -> None:
        self.heading = QLabel(tr("Queue"))
        self.heading.setObjectName("heading")
        self.search = self._line(tr("search all texts"), tr("Search the texts of the corpus"))
        self.words = self._line(tr("filter by title or source"), tr("Filter the queue by title or source"))
        self.status = QComboBox()
        self.status.setAccessibleName(tr("Filter the queue by status"))
        self.status.addItem(tr("any status"), "")
        for status in Status:
            self.status.addItem(f"{SIGNS[status]}  {status_title(status)}", status.value)
        self.label = QComboBox()
        self.label.setAccessibleName(tr("Filter the queue by label"))
        self.order = QComboBox()
        self.order.setAccessibleName(tr("Order of the queue"))
        for order, name in (
            (Order.IMPORT, tr("as imported")),
            (Order.RANDOM, tr("random")),
            (Order.UNSURE, tr("unsure first")),
            (Order.GAIN, tr("best to learn from")),
        ):
            self.order.addItem(name, order.value)
        for box in (self.status, self.label, self.order):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
        self.low = QCheckBox(tr("low scores"))
        self.low.setToolTip(tr("Only pages with a proposal scored below 0.6"))
        self.view = QListView()
        self.view.setAccessibleName(tr("Queue of documents"))
        self.view.setUniformItemSizes(True)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = QueueModel(self._queue, self)
        self.view.setModel(self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 8)
        pairs = ((self.status, self.label), (self.order, self.low))
        for widget in (self.heading, self.search, self.words):
            layout.addWidget(widget)
        for pair in pairs:
            row = QHBoxLayout()
            for part in pair:
                row.addWidget(part, 1)
            layout.addLayout(row)
        layout.addWidget(self.view)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self.apply)
        self.words.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(lambda: self.search_asked.emit(self.search.text()))
        self.search.textChanged.connect(lambda text: None if text else self.search_asked.emit(""))
        for box in (self.status, self.order):
            box.currentIndexChanged.connect(self.apply)
        self.low.toggled.connect(self.apply)
        self.label.currentIndexChanged.connect(self._ask_label)
        self.view.selectionModel().currentChanged.connect(self._chosen)

    @staticmethod
    def _line(placeholder: str, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(placeholder)
        line.setAccessibleName(name)
        line.setClearButtonEnabled(True)
        return line

    def show_schema(self, schema: Schema) -> None:
        """Offer the labels of this schema in the filter."""
        with QSignalBlocker(self.label):
            self.label.clear()
            self.label.addItem(tr("any label"), ("", ""))
            for layer in schema.layers:
                for label in layer.labels:
                    self.label.addItem(f"{label.short}  {label.shown}", (layer.name, label.name))

    def apply(self) -> None:
        """Show what the filters say."""
        status = self.status.currentData()
        sets = [found for found in (self._found, self._labelled) if found is not None]
        wanted = replace(
            self._queue.filter,
            statuses=frozenset({Status(status)}) if status else frozenset(),
            words=self.words.text(),
            documents=frozenset.intersection(*sets) if sets else None,
            low_scores=self.low.isChecked(),
            order=Order(self.order.currentData()),
        )
        self._queue.show(wanted)
        self.refresh()

    def show_found(self, found: frozenset[str] | None) -> None:
        """Show only the documents that a search has found; all when None."""
        self._found = found
        self.apply()

    def show_labelled(self, labelled: frozenset[str] | None) -> None:
        """Show only the documents that have the label asked for; all when None."""
        self._labelled = labelled
        self.apply()

    def _ask_label(self) -> None:
        layer, label = self.label.currentData() or ("", "")
        self.label_asked.emit(layer, label)

    def _chosen(self, index: QModelIndex) -> None:
        if not self._following and index.isValid() and index.row() < len(self._queue.shown):
            self.document_chosen.emit(self._queue.shown[index.row()].id)

    def refresh(self) -> None:
        """Show the queue as it is now."""
        self._following = True
        self.model.refresh()
        self._following = False
        if self._open:
            self.show_open(self._open)
        self.show_counts()

    def show_open(self, document_id: str) -> None:
        """Show which document is open."""
        self._open = document_id
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
            # Told that data changed, the list would lay out every row anew.
            self.view.update(self.model.index(place))
        self.show_counts()

    def show_counts(self) -> None:
        """Say how many documents still ask for work, and how many are shown."""
        counts = self._queue.counts()
        left = counts[Status.TODO] + counts[Status.IN_PROGRESS]
        text = tr("Queue: {left} to do, {done} done", left=left, done=counts[Status.DONE])
        if len(self._queue.shown) != len(self._queue.items):
            text += "\n" + trn("{n} shown", "{n} shown", len(self._queue.shown))
        self.heading.setText(text)
