"""The labels of the layer at hand, each a button with its key, short code, title and count on the page."""

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.core.page import Page
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.core.words import tr
from annotator.ui.theme import Theme


class LabelPanel(QWidget):
    """Buttons for the labels of one layer. Says which was pressed and which layer was chosen; deeds do the rest."""

    label_pressed = Signal(object, object)
    layer_chosen = Signal(str)
    boundary_asked = Signal(str)
    """A segment of this layer is to open at the caret."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layer: Layer | None = None
        self._page: Page | None = None
        self._schema: Schema | None = None
        self._buttons: dict[str, QToolButton] = {}
        self.heading = QLabel(tr("Labels"))
        self.heading.setObjectName("heading")
        self.layers = QComboBox()
        self.layers.setAccessibleName(tr("Layer of labels"))
        self.layers.activated.connect(lambda i: self.layer_chosen.emit(self.layers.itemData(i)))
        self._columns: dict[str, tuple[QScrollArea, dict[str, QToolButton]]] = {}
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 8, 0)
        layout.addWidget(self.heading)
        layout.addWidget(self.layers)
        layout.addWidget(self._stack)
        self._openers = QHBoxLayout()
        layout.addLayout(self._openers)

    def show_layer(self, page: Page, layer: Layer | None) -> None:
        """Show the labels of a layer, with how often each stands on the page."""
        self._page = page
        if page.schema is not self._schema:
            self._schema = page.schema
            self._forget()
            self.layers.clear()
            for item in page.schema.layers:
                self.layers.addItem(item.shown, item.name)
            self._build_openers(page)
        if layer is None:
            return
        if layer is not self._layer:
            self._layer = layer
            area, self._buttons = self._columns.get(layer.name) or self._build(layer)
            self._stack.setCurrentWidget(area)
        self.layers.setCurrentIndex(self.layers.findData(layer.name))
        counts = Counter(mark.label for mark in page.decided if mark.layer == layer.name)
        for label in layer.labels:
            text = self._text(label, counts[label.name])
            button = self._buttons[label.name]
            if button.text() != text:
                button.setText(text)
                button.setAccessibleName(self._spoken(label, counts[label.name]))

    def _build_openers(self, page: Page) -> None:
        while (item := self._openers.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for layer in page.schema.of_kind(LayerKind.SEGMENTS):
            button = QToolButton()
            button.setText(tr("+ {layer}", layer=layer.shown))
            button.setToolTip(tr("Open a segment of “{layer}” at the line of the caret", layer=layer.shown))
            button.setAccessibleName(button.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, name=layer.name: self.boundary_asked.emit(name))
            self._openers.addWidget(button)
        self._openers.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Draw the label colours for this theme."""
        self._theme = theme
        layer = self._layer
        self._forget()
        if self._page is not None:
            self.show_layer(self._page, layer)

    def _forget(self) -> None:
        for area, _ in self._columns.values():
            self._stack.removeWidget(area)
            area.deleteLater()
        self._columns, self._buttons, self._layer = {}, {}, None

    def _build(self, layer: Layer) -> tuple[QScrollArea, dict[str, QToolButton]]:
        """The column of buttons of a layer; kept, as the layer at hand changes with every other key."""
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        buttons = {}
        for label in layer.labels:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(True)
            button.setIcon(self._swatch(label))
            button.setText(self._text(label, 0))
            button.setAccessibleName(self._spoken(label, 0))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, label=label: self.label_pressed.emit(label, self._layer))
            rows.addWidget(button)
            buttons[label.name] = button
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(column)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName(tr("Labels of {layer}", layer=layer.shown))
        self._stack.addWidget(area)
        self._columns[layer.name] = (area, buttons)
        return area, buttons

    @staticmethod
    def _text(label: Label, count: int) -> str:
        return f"{label.key.upper() or '·'}   {label.short}   {label.shown}" + (f"   {count}" if count else "")

    @staticmethod
    def _spoken(label: Label, count: int) -> str:
        return tr("{label}, key {key}, {n} on this page", label=label.shown, key=label.key or tr("none"), n=count)

    def _swatch(self, label: Label) -> QIcon:
        pixmap = QPixmap(14, 14)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setPen(QColor(self._theme.label_ink(label.colour)))
        painter.setBrush(QColor(self._theme.label_fill(label.colour, pending=False)))
        painter.drawRoundedRect(1, 1, 12, 12, 3, 3)
        painter.end()
        return QIcon(pixmap)
