"""A small bar of label buttons that comes up at a selection, so that a page can be labelled by mouse alone."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton, QWidget

from annotator.core.schema import Label, Layer
from annotator.core.words import tr

_COLUMNS = 9


class LabelBar(QFrame):
    """Buttons for the labels of a layer. It never takes the keyboard from the page."""

    label_pressed = Signal(object, object)
    accepted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.setObjectName("label_bar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName(tr("Labels for the selection"))
        self._layer: Layer | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(3, 3, 3, 3)
        self._grid.setSpacing(2)
        self._buttons: list[QToolButton] = []
        self._accept = QToolButton()
        self._accept.setText("✓")
        self._accept.setAccessibleName(tr("Accept"))
        self._accept.setToolTip(tr("Accept"))
        self._accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._accept.clicked.connect(self._accepted)
        self._grid.addWidget(self._accept, 0, 0)
        self.hide()

    def show_at(self, point: QPoint, layer: Layer, *, accept: bool = False) -> None:
        """Come up below a point of the parent, or above it where there is no room; with an accept button if asked."""
        if layer is not self._layer:
            self._build(layer)
        self._accept.setVisible(accept)
        self.adjustSize()
        room = self._host.rect()
        x = max(4, min(point.x(), room.width() - self.width() - 4))
        y = point.y() + 4
        if y + self.height() > room.height():
            y = max(4, point.y() - self.height() - 48)
        self.move(x, y)
        self.show()
        self.raise_()

    def buttons(self) -> dict[str, QToolButton]:
        """The buttons by label name."""
        return {button.objectName(): button for button in self._buttons}

    def _build(self, layer: Layer) -> None:
        self._layer = layer
        for button in self._buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for i, label in enumerate(layer.labels):
            button = QToolButton()
            button.setObjectName(label.name)
            button.setText(label.short)
            button.setToolTip(self._tip(label))
            button.setAccessibleName(label.shown)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, label=label: self._pressed(label))
            self._grid.addWidget(button, i // _COLUMNS, i % _COLUMNS + 1)
            self._buttons.append(button)

    def _accepted(self) -> None:
        self.hide()
        self.accepted.emit()

    @staticmethod
    def _tip(label: Label) -> str:
        return f"{label.shown} ({label.key.upper()})" if label.key else label.shown

    def _pressed(self, label: Label) -> None:
        self.hide()
        self.label_pressed.emit(label, self._layer)
