"""Asks what becomes of the marks of labels that go."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.schema_changes import LabelUse, use_in_words
from annotator.core.schema import Schema
from annotator.core.schema_edits import LabelKey
from annotator.core.words import tr, trn

UNDECIDED = "?"
"""Stands for a choice not made yet; no label is called so."""


class FateDialog(QDialog):
    """For each label that goes: relabel its marks to another, or remove them; `fates` has the answers."""

    def __init__(
        self, leaving: Mapping[LabelKey, LabelUse], schema: Schema, removed: str, parent: QWidget | None = None
    ) -> None:
        """Ask.

        Args:
            leaving: The labels that go, with their use.
            schema: Where marks can go: labels of the same layer, but for those that leave.
            removed: What removes them, for the heading.
            parent: The window asked from.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Marks that have a label which goes"))
        self.choices: dict[LabelKey, QComboBox] = {}
        heading = QLabel(
            trn(
                "{what} takes away {n} label that is in use. What becomes of its marks?",
                "{what} takes away {n} labels that are in use. What becomes of their marks?",
                len(leaving),
                what=removed,
            )
        )
        heading.setWordWrap(True)
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        for row, ((layer, label), use) in enumerate(leaving.items()):
            words = QLabel(f"<b>{label}</b> ({layer})<br>{use_in_words(use)}")
            words.setWordWrap(True)
            of = schema.by_name.get(layer)
            others = [item.name for item in of.labels if (layer, item.name) not in leaving] if of else []
            choice = self._choice(others)
            choice.setAccessibleName(tr("What the marks of “{label}” become", label=label))
            choice.currentIndexChanged.connect(self._check)
            words.setBuddy(choice)
            grid.addWidget(words, row, 0)
            grid.addWidget(choice, row, 1)
            self.choices[layer, label] = choice
        grid.setRowStretch(len(leaving), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(rows)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_on = QPushButton(tr("&Go on"))
        buttons.addButton(self.go_on, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(area)
        layout.addWidget(buttons)
        fit_to_screen(self, 90, 8 + 3 * len(leaving))
        self._check()

    @staticmethod
    def _choice(others: Sequence[str]) -> QComboBox:
        choice = QComboBox()
        if others:
            choice.addItem(tr("Choose…"), UNDECIDED)
        for name in others:
            choice.addItem(tr("Relabel to {label}", label=name), name)
        choice.addItem(tr("Remove them"), "")
        return choice

    @property
    def fates(self) -> dict[LabelKey, str]:
        """The label that the marks of each get; "" removes them."""
        return {key: str(choice.currentData()) for key, choice in self.choices.items()}

    def _check(self) -> None:
        self.go_on.setEnabled(UNDECIDED not in self.fates.values())


def fit_to_screen(dialog: QDialog, columns: int, lines: int) -> None:
    """Give a dialog room for so many characters and lines, as far as the screen has it."""
    room = dialog.screen().availableGeometry().size() * 0.95
    metrics = dialog.fontMetrics()
    dialog.resize(QSize(metrics.averageCharWidth() * columns, metrics.height() * lines).boundedTo(room))
