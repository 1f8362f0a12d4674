"""The list of places to decide, with its filters. It shows and says what was chosen; it decides nothing."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.agreement.disagreements import Filter, Kind
from annotator.app.review_cases import Question, Stage, Wanted
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.ui.review_words import kind_name, question_line

Order = Callable[[Question], tuple[int, ...]]
"""Sort key of a list of questions."""
_Index = QModelIndex | QPersistentModelIndex
_TYPING = 150
"""Milliseconds without a key after which typed words filter the list."""


class QuestionModel(QStringListModel):
    """Questions in the order of the review.

    Qt asks for the number of rows thousands of times, so it keeps count itself, in a list of empty strings; what a row
    says is made when it is shown.
    """

    def __init__(self, schema: Schema, parent: QWidget) -> None:
        super().__init__(parent)
        self._schema = schema
        self._titles: Callable[[str], str] = str
        self._order: Order = lambda question: (question.rank,)
        self.questions: list[Question] = []

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.questions):
            return None
        question = self.questions[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return question_line(self._schema, question)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._titles(question.document_id)
        return None

    def show(
        self,
        questions: Sequence[Question],
        order: Order,
        titles: Callable[[str], str],
    ) -> None:
        """Show these questions, sorted by `order` already."""
        self.questions = list(questions)
        self._order, self._titles = order, titles
        self.setStringList([""] * len(self.questions))

    def row_of(self, question: Question) -> int | None:
        """The row that shows a question."""
        row = self.place(question)
        return row if row < len(self.questions) and self.questions[row] is question else None

    def place(self, question: Question) -> int:
        """The row in which a question stands, or would stand."""
        return bisect_left(self.questions, self._order(question), key=self._order)

    def update(self, question: Question, *, shown: bool) -> None:
        """Show or stop showing a question."""
        row = self.row_of(question)
        if row is not None and not shown:
            del self.questions[row]
            self.removeRows(row, 1)
        elif row is None and shown:
            at = self.place(question)
            self.questions.insert(at, question)
            self.insertRows(at, 1)


class QuestionList(QWidget):
    """The filters and, below them, the places. Emits what was asked for and which place was chosen."""

    question_chosen = Signal(object)
    wanted_changed = Signal(object)

    def __init__(self, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema = schema
        self._given = Filter()
        self._document = ""
        self._following = False
        self.view = QListView()
        self.view.setAccessibleName(tr("Places to decide"))
        self.view.setUniformItemSizes(True)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = QuestionModel(schema, self)
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self.heading = QLabel(tr("Places"))
        self.heading.setObjectName("heading")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._changed)
        self._build()

    def _build(self) -> None:
        self.stage = self._box(
            tr("Waiting or decided"), [(tr("waiting"), Stage.WAITING), (tr("decided"), Stage.DECIDED)]
        )
        self.order = self._box(tr("Order"), [(tr("worst first"), False), (tr("page by page"), True)])
        kinds = [(kind_name(kind), kind) for kind in Kind]
        self.kind = self._box(tr("Kind"), [(tr("all kinds"), None), *kinds, (tr("looks: all agree"), "looks")])
        labels = [
            (f"{label.short}  {label.shown}", (layer.name, label.name))
            for layer in self._schema.layers
            for label in layer.labels
        ]
        self.label = self._box(tr("Label"), [(tr("all labels"), None), *labels])
        self.one = self._box(tr("Annotator"), [])
        self.other = self._box(tr("Against annotator"), [])
        self.show_annotators(())
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("text of the place"))
        self.words.setAccessibleName(tr("Text of the place"))
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(lambda _: self._typing.start())
        self.page_only = QCheckBox(tr("only this page"))
        self.page_only.toggled.connect(lambda _: self._changed())
        self.all = QPushButton(tr("Show all"))
        self.all.setToolTip(tr("Let go of all filters"))
        self.all.clicked.connect(self.clear_filters)
        self.all.hide()
        last = QHBoxLayout()
        last.addWidget(self.page_only, 1)
        last.addWidget(self.all)
        grid = QGridLayout()
        grid.setSpacing(4)
        for i, widget in enumerate((self.stage, self.order, self.kind, self.label, self.one, self.other)):
            grid.addWidget(widget, i // 2, i % 2)
            grid.setColumnStretch(i % 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 8)
        column.addWidget(self.heading)
        column.addLayout(grid)
        column.addWidget(self.words)
        column.addLayout(last)
        column.addWidget(self.view)

    def _box(self, name: str, rows: Iterable[tuple[str, object]]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(7)
        for words, value in rows:
            box.addItem(words, value)
        box.activated.connect(lambda _: self._changed())
        return box

    def show_annotators(self, names: Sequence[str]) -> None:
        """Offer these annotators to filter by."""
        for box, all_ in ((self.one, tr("all annotators")), (self.other, tr("against anyone"))):
            now = box.currentData()
            box.clear()
            box.addItem(all_, "")
            for name in names:
                box.addItem(name, name)
            box.setCurrentIndex(max(0, box.findData(now)))

    def wanted(self) -> Wanted:
        """What is asked for."""
        kind, label = self.kind.currentData(), self.label.currentData()
        names = frozenset(box.currentData() for box in (self.one, self.other) if box.currentData())
        chosen = replace(
            self._given,
            kinds=frozenset({kind}) if isinstance(kind, Kind) else self._given.kinds,
            layers=frozenset({label[0]}) if label else self._given.layers,
            labels=frozenset({label[1]}) if label else self._given.labels,
            annotators=names or self._given.annotators,
            document_id=self._document if self.page_only.isChecked() else self._given.document_id,
        )
        return Wanted(
            chosen,
            Stage(self.stage.currentData()),
            kind == "looks",
            self.words.text().strip(),
            self.order.currentData(),
        )

    def set_document(self, document_id: str) -> None:
        """Take note of which page is open, for “only this page”."""
        changed = document_id != self._document
        self._document = document_id
        if changed and self.page_only.isChecked():
            self._changed()

    def ask_for(self, given: Filter) -> None:
        """Show what somebody else has asked for, such as the cases behind a number; the boxes start afresh."""
        self._given = given
        for box in (self.stage, self.kind, self.label, self.one, self.other):
            box.setCurrentIndex(0)
        for box, values in ((self.kind, given.kinds), (self.label, ())):
            if len(values) == 1:
                box.setCurrentIndex(max(0, box.findData(next(iter(values)))))
        self.words.clear()
        self.page_only.setChecked(False)
        self._changed()

    def clear_filters(self) -> None:
        """Show everything again."""
        self.ask_for(Filter())

    def _changed(self) -> None:
        self._typing.stop()
        wanted = self.wanted()
        self.all.setVisible(wanted.narrows)
        self.wanted_changed.emit(wanted)

    def show_current(self, question: Question | None) -> None:
        """Show which place is open."""
        row = None if question is None else self.model.row_of(question)
        self._following = True
        if row is None:
            self.view.selectionModel().clear()
        else:
            index = self.model.index(row)
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
        self._following = False

    def follow(self, change: Callable[[], None]) -> None:
        """Let the rows change without taking it for a choice."""
        self._following = True
        change()
        self._following = False

    def _chosen(self, index: QModelIndex) -> None:
        if not self._following and index.isValid() and index.row() < len(self.model.questions):
            self.question_chosen.emit(self.model.questions[index.row()])
