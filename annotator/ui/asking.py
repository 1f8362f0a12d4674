"""Small questions: who annotates, which labels to show, a number, a note."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.core.record import GOLD
from annotator.core.schema import Schema
from annotator.core.words import tr


def ask_annotator(known: Sequence[str], now: str, parent: QWidget | None) -> str | None:
    """Who annotates from now on; None when nobody was named."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Who annotates?"))
    box = QComboBox()
    box.setEditable(True)
    box.setAccessibleName(tr("Name of the annotator"))
    box.addItems(sorted({name for name in [*known, now] if name and name != GOLD}))
    box.setCurrentText(now)
    about = tr("Your marks are kept under this name. Nobody sees another's marks before adjudication.")
    message = QLabel()
    message.setWordWrap(True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)

    def check(name: str) -> None:
        wanted = " ".join(name.split())
        buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(wanted) and wanted != GOLD)
        message.setText(tr("“{name}” is kept for adjudication; choose another name.", name=GOLD)
                        if wanted == GOLD else about)  # fmt: skip

    box.editTextChanged.connect(check)
    check(now)
    layout = QVBoxLayout(dialog)
    for widget in (message, box, buttons):
        layout.addWidget(widget)
    try:
        if not dialog.exec():
            return None
        name = " ".join(box.currentText().split())
        return name if name and name != GOLD else None
    finally:
        dialog.deleteLater()


def ask_labels(schema: Schema, hidden: frozenset[str], parent: QWidget | None) -> frozenset[str] | None:
    """Names of the span labels to hide; None when the question was cancelled."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Labels to show"))
    rows = QListWidget()
    rows.setAccessibleName(tr("Labels to show"))
    for layer in schema.layers:
        if layer.kind.value != "spans":
            continue
        for label in layer.labels:
            item = QListWidgetItem(f"{label.short}  {label.shown}")
            item.setData(Qt.ItemDataRole.UserRole, label.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if label.name in hidden else Qt.CheckState.Checked)
            rows.addItem(item)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(rows)
    layout.addWidget(buttons)
    try:
        if not dialog.exec():
            return None
        items = [rows.item(i) for i in range(rows.count())]
        return frozenset(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Unchecked
        )
    finally:
        dialog.deleteLater()


def ask_number(
    title: str, question: str, now: float, limits: tuple[float, float], parent: QWidget | None
) -> float | None:
    """A number between two limits, with two decimals; None when the question was cancelled."""
    value, given = QInputDialog.getDouble(parent, title, question, now, *limits, 2)
    return value if given else None


def ask_count(title: str, question: str, now: int, parent: QWidget | None) -> int | None:
    """A whole number from 0; None when the question was cancelled."""
    value, given = QInputDialog.getInt(parent, title, question, now, 0, 10_000)
    return value if given else None


def ask_note(question: str, now: str, parent: QWidget | None) -> str | None:
    """A few words; None when the question was cancelled."""
    value, given = QInputDialog.getMultiLineText(parent, tr("Note"), question, now)
    return value.strip() if given else None


def ask_choice(title: str, question: str, choices: Sequence[str], now: int, parent: QWidget | None) -> int | None:
    """The place of one of several choices; None when the question was cancelled."""
    value, given = QInputDialog.getItem(parent, title, question, list(choices), now, False)
    return list(choices).index(value) if given else None
