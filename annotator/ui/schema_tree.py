"""Layers and labels of a schema as a tree. It says which is chosen and where one was dropped; it edits nothing."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.ui.schema_forms import swatch

_KEY = Qt.ItemDataRole.UserRole


class SchemaTree(QTreeWidget):
    """Layers with their labels, each with key, code and how many marks have it."""

    chosen = Signal(str, str)
    """A layer and a label of it; "" for the layer itself."""
    dropped = Signal(str, str, int)
    """A layer or label, and the place in its order at which it was dropped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Layers and labels"))
        self.setHeaderLabels([tr("Label"), tr("Key"), tr("Code"), tr("Marks")])
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 28)
        self.setIndentation(14)
        self.currentItemChanged.connect(self._current_changed)

    @property
    def chosen_key(self) -> tuple[str, str]:
        """Layer and label that are chosen; the label is "" where it is the layer itself."""
        item = self.currentItem()
        return self._key_of(item) if item is not None else ("", "")

    def show_schema(self, schema: Schema, marks: Callable[[str, str], int], layer: str, label: str) -> None:
        """Show a schema from the top, with a layer or label chosen; the first layer where that is not there."""
        blocker = QSignalBlocker(self)
        closed = {self._key_of(item)[0] for item in self._layers() if not item.isExpanded()}
        self.clear()
        for of in schema.layers:
            parent = QTreeWidgetItem(self)
            parent.setFlags(parent.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            for _ in of.labels:
                child = QTreeWidgetItem(parent)
                child.setFlags(child.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            parent.setExpanded(of.name not in closed or of.name == layer)
        self.update_schema(schema, marks)
        for item in self._items():
            if self._key_of(item) == (layer, label):
                self.setCurrentItem(item)
        first = self.topLevelItem(0)
        if self.currentItem() is None and first is not None:
            self.setCurrentItem(first)
        blocker.unblock()
        current = self.currentItem()
        if current is not None:
            self.scrollToItem(current)

    def update_schema(self, schema: Schema, marks: Callable[[str, str], int]) -> None:
        """Show a schema that has as many layers and labels as the one shown, without moving anything."""
        blocker = QSignalBlocker(self)
        frame = self.palette().color(QPalette.ColorRole.Text)
        size = self.fontMetrics().height()
        self.setIconSize(QSize(size, size))
        for parent, layer in zip(self._layers(), schema.layers, strict=True):
            font = self.font()
            font.setBold(True)
            parent.setFont(0, font)
            parent.setText(0, layer.shown)
            parent.setData(0, _KEY, (layer.name, ""))
            for item, label in zip(_children(parent), layer.labels, strict=True):
                n = marks(layer.name, label.name)
                same = label.shown.casefold() == label.name.casefold()
                shown = label.name if same else f"{label.name} – {label.shown}"
                for column, text in enumerate((shown, label.key.upper(), label.short, str(n or ""))):
                    item.setText(column, text)
                item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setData(0, _KEY, (layer.name, label.name))
                item.setIcon(0, swatch(label.colour, frame, size))
                spoken = tr("{label}, key {key}, code {code}, {n} marks", label=label.shown, n=n, code=label.short,
                            key=label.key.upper() or tr("none"))  # fmt: skip
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        blocker.unblock()

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(*self._key_of(item))

    @staticmethod
    def _key_of(item: QTreeWidgetItem) -> tuple[str, str]:
        layer, label = item.data(0, _KEY) or ("", "")
        return layer, label

    def _layers(self) -> Iterator[QTreeWidgetItem]:
        for i in range(self.topLevelItemCount()):
            item = self.topLevelItem(i)
            if item is not None:
                yield item

    def _items(self) -> Iterator[QTreeWidgetItem]:
        for item in self._layers():
            yield item
            yield from _children(item)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the chosen item was dropped, where that is among its own kind; the schema decides, not Qt."""
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        item, target = self.currentItem(), self.itemAt(event.position().toPoint())
        if item is None or target is None:
            return
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        parent = item.parent()
        if parent is None:
            target = target.parent() or target
            self._drop(item, self.indexOfTopLevelItem(item), self.indexOfTopLevelItem(target) + below)
        elif target.parent() is parent:
            self._drop(item, parent.indexOfChild(item), parent.indexOfChild(target) + below)

    def _drop(self, item: QTreeWidgetItem, old: int, place: int) -> None:
        """Tell of a drop before `place` in the order as it was, which is one less once the item has left."""
        index = place - (place > old)
        if index != old:
            self.dropped.emit(*self._key_of(item), index)


def _children(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for i in range(item.childCount()):
        child = item.child(i)
        if child is not None:
            yield child
