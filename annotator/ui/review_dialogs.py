"""Questions of a review: who adjudicates, all with the same text, what adjudication changed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from annotator.agreement.disagreements import Version
from annotator.agreement.gold import Change, Difference
from annotator.app.review_cases import Question
from annotator.core.record import GOLD
from annotator.core.schema import Schema
from annotator.core.words import tr, trn
from annotator.ui.review_words import mark_line, version_lines

_ROLE = Qt.ItemDataRole.UserRole
_AROUND = 40
"""Characters shown on either side of a place."""


class WhoAdjudicates(QWidget):
    """Asks who adjudicates, and says so when that person has annotated pages of this review."""

    named = Signal(str)

    def __init__(self, pages_of: Callable[[str], int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages_of = pages_of
        heading = QLabel(tr("Who adjudicates?"))
        heading.setObjectName("heading")
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setAccessibleName(tr("Name of the adjudicator"))
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.begin = QPushButton(tr("Begin the review"))
        self.begin.setDefault(True)
        self.begin.setAutoDefault(True)
        words = QLabel(
            tr(
                "Gold keeps who decided each place. The marks of the annotators stay as they are; while names are "
                "hidden, the order of the lanes is shuffled from page to page."
            )
        )
        words.setWordWrap(True)
        inner = QWidget()
        inner.setFixedWidth(520)
        column = QVBoxLayout(inner)
        column.setSpacing(10)
        for widget in (heading, words, self.name, self.note, self.begin):
            column.addWidget(widget)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(inner)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)
        self.name.editTextChanged.connect(self._look)
        self.begin.clicked.connect(self._take)
        edit = self.name.lineEdit()
        if edit is not None:
            edit.returnPressed.connect(self._take)

    def ask(self, known: Sequence[str], now: str) -> None:
        """Offer these names."""
        self.name.clear()
        self.name.addItems(sorted({name for name in [*known, now] if name and name != GOLD}))
        self.name.setCurrentText(now)
        self._look(now)
        self.name.setFocus()

    def chosen(self) -> str:
        """The name as it stands; "" where it cannot be one."""
        name = " ".join(self.name.currentText().split())
        return "" if name == GOLD else name

    def _look(self, _: str) -> None:
        name = self.chosen()
        n = self._pages_of(name) if name else 0
        self.note.setText(
            trn(
                "{name} has annotated {n} of these pages. Gold will say so: an adjudicator who is one of the "
                "annotators judges their own work.",
                "{name} has annotated {n} of these pages. Gold will say so: an adjudicator who is one of the "
                "annotators judges their own work.",
                n,
                name=name,
            )
            if n
            else ""
        )
        self.begin.setEnabled(bool(name))

    def _take(self) -> None:
        if self.chosen():
            self.named.emit(self.chosen())


class AlikeDialog(QDialog):
    """Which version to take for all places with the same text, and for which of them."""

    def __init__(
        self,
        question: Question,
        others: Sequence[Question],
        schema: Schema,
        text_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("All with the same text"))
        self.resize(620, 460)
        self._versions = [*question.place.versions]
        if all(version.marks for version in self._versions):
            self._versions.append(Version((), ()))
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(tr("Decide all of them for")))
        text = text_of(question.document_id)
        for i, version in enumerate(self._versions):
            button = QRadioButton("; ".join(version_lines(schema, version, text)))
            button.setChecked(i == 0)
            self._group.addButton(button, i)
            column.addWidget(button)
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Places with the same text"))
        for other in (question, *others):
            item = QListWidgetItem(_around(text_of(other.document_id), other.start, other.end))
            item.setData(_ROLE, other)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.rows.addItem(item)
        self.rows.item(0).setFlags(self.rows.item(0).flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        column.addWidget(self.rows)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.rows.itemChanged.connect(lambda _: self._count())
        column.addWidget(buttons)
        self._count()

    def _count(self) -> None:
        n = 1 + len(self.chosen())
        self.ok.setText(trn("Decide {n} place", "Decide {n} places", n))

    def version(self) -> Version:
        """The version to take."""
        return self._versions[max(0, self._group.checkedId())]

    def chosen(self) -> list[Question]:
        """The places to decide besides the first."""
        items = [self.rows.item(i) for i in range(1, self.rows.count())]
        return [item.data(_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked]


def _around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return " ".join(f"{before}[{text[start:end]}]{after}".split())


class ChangesDialog(QDialog):
    """What adjudication changed in an annotator's pages; a row leads to its place."""

    place_chosen = Signal(str, int)
    """A document, and a position in it."""

    def __init__(
        self,
        annotator: str,
        changes: Sequence[Change],
        schema: Schema,
        text_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What adjudication changed"))
        self.resize(720, 480)
        words = {
            Difference.MISSED: tr("was missed"),
            Difference.EXTRA: tr("is not in gold"),
            Difference.LABEL: tr("has another label"),
            Difference.EDGES: tr("starts or ends elsewhere"),
            Difference.BOTH: tr("has another label and other edges"),
        }
        pages = len({change.document_id for change in changes})
        heading = QLabel(
            trn("{n} change", "{n} changes", len(changes))
            + " "
            + trn("on {n} page of {name}", "on {n} pages of {name}", pages, name=annotator)
            if changes
            else tr("Adjudication has changed nothing in the pages of {name}.", name=annotator)
        )
        heading.setObjectName("heading")
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Changes"))
        self.rows.setWordWrap(True)
        self.rows.setSpacing(3)
        self.rows.setAlternatingRowColors(True)
        for change in changes:
            text = text_of(change.document_id)
            mine = mark_line(schema, change.mine, text) if change.mine else tr("nothing")
            gold = mark_line(schema, change.gold, text) if change.gold else tr("nothing")
            item = QListWidgetItem(
                f"{words[change.difference]}\n" + tr("you: {mine}", mine=mine) + "\n" + tr("gold: {gold}", gold=gold)
            )
            item.setData(_ROLE, (change.document_id, change.start))
            self.rows.addItem(item)
        self.rows.itemActivated.connect(self._go)
        self.rows.itemClicked.connect(self._go)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(heading)
        column.addWidget(self.rows)
        column.addWidget(buttons)

    def _go(self, item: QListWidgetItem) -> None:
        self.place_chosen.emit(*item.data(_ROLE))
