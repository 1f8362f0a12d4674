"""What there is to decide at a place: a button for each version, nothing, an own version. Shows and asks only."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from annotator.app.review_cases import Question
from annotator.app.reviewing import DIGITS
from annotator.core.marks import Labelled
from annotator.core.schema import Schema
from annotator.core.words import tr, trn
from annotator.ui.review_words import asked_of, kind_name, lane_names, version_lines
from annotator.ui.theme import Theme

_WIDTH = 300
"""Pixels that the panel takes at least."""


class VersionButton(QPushButton):
    """One version of a place: its lanes, how many hold it, and its marks; long texts go on to further lines."""

    def __init__(self, lanes: str, votes: str, lines: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.swatch = QLabel()
        self.lanes = QLabel(lanes)
        self.lanes.setObjectName("heading")
        self.marks = QLabel("\n".join(lines))
        self._votes = QLabel(votes)
        for label in (self.lanes, self.marks, self._votes):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.lanes.setWordWrap(True)
        self.marks.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(9, 6, 9, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.lanes, 0, 0, 1, 2)
        grid.addWidget(self._votes, 0, 2)
        grid.addWidget(self.swatch, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.marks, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        for label in (self.swatch, self.lanes, self.marks, self._votes):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return self._fitting(self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._fitting(self.width()).height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._fitting(width).height()

    def _fitting(self, width: int) -> QSize:
        layout = self.layout()
        return QSize(width, layout.totalHeightForWidth(width) if layout is not None else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()


class VersionPanel(QWidget):
    """The versions of one place, and what else can be decided there. It shows and asks; the review decides."""

    taken = Signal(int)
    """The version in this lane is asked for."""
    asked = Signal(str)
    """A command is asked for, by its name."""

    def __init__(self, schema: Schema, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema = schema
        self._theme = theme
        self._keys: dict[str, str] = {}
        self.kind = QLabel()
        self.kind.setObjectName("heading")
        self.question = QLabel()
        self.where = QLabel()
        self.gold = QLabel()
        for label in (self.kind, self.question, self.where, self.gold):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.versions: list[VersionButton] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.buttons = {
            name: self._button(name)
            for name in ("take_nothing", "review_own", "review_confirm", "review_cancel", "review_alike",
                         "review_next", "review_majority", "review_merge_page")
        }  # fmt: skip
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.kind, self.question, self.where):
            column.addWidget(widget)
        column.addLayout(self._rows)
        for name in ("take_nothing", "review_own", "review_alike"):
            column.addWidget(self.buttons[name])
        column.addWidget(self.gold)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Versions of this place"))
        below = QVBoxLayout()
        below.setContentsMargins(8, 4, 8, 8)
        below.setSpacing(6)
        for name in ("review_confirm", "review_cancel", "review_next", "review_majority", "review_merge_page"):
            below.addWidget(self.buttons[name])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addLayout(below)
        self.setMinimumWidth(_WIDTH)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.asked.emit(name))
        return button

    def set_keys(self, titles: dict[str, str], keys: dict[str, str]) -> None:
        """Show these words and keys on the buttons, by command name."""
        self._keys = keys
        short = {"review_majority": tr("Majority for what is left here")}
        for name, button in self.buttons.items():
            key = keys.get(name, "")
            words = short.get(name, titles[name])
            button.setText(f"{key}   {words}" if key else words)
            button.setToolTip(titles[name])
            button.setAccessibleName(f"{titles[name]} ({key})" if key else titles[name])

    def set_theme(self, theme: Theme) -> None:
        """Draw the label colours for this theme."""
        self._theme = theme

    def show_nothing(self, sentence: str) -> None:
        """There is no place to show; say why."""
        self._clear()
        self.kind.setText(tr("Nothing is open"))
        self.question.setText(sentence)
        self.where.clear()
        self.gold.clear()
        for name, button in self.buttons.items():
            button.setVisible(name in ("review_majority", "review_merge_page", "review_next"))

    def show_question(
        self, question: Question, lanes: Sequence[str], text: str, title: str, *, named: bool, alike: int, gold: str
    ) -> None:
        """Show a place.

        Args:
            question: The place.
            lanes: Annotators by lane.
            text: Of its document.
            title: Of its document.
            named: Whether names are shown.
            alike: How many places wait elsewhere that could be decided the same way.
            gold: What gold holds there and why; "" while it is undecided.
        """
        place = question.place
        self._clear()
        self.kind.setText(kind_name(place.kind))
        self.question.setText(asked_of(place))
        layer = self._schema.by_name.get(place.layer)
        self.where.setText(f"{layer.shown if layer else place.layer} · {title}")
        for digit, version in enumerate(place.versions, 1):
            numbers = sorted(lanes.index(name) + 1 for name in version.annotators)
            lines = version_lines(self._schema, version, text)
            votes = trn("{n} annotator", "{n} annotators", len(numbers))
            if len(lanes) <= DIGITS:
                shown = lane_names(numbers, lanes, named=named)
            else:
                shown = str(digit) if digit <= DIGITS else ""
                shown += "  " + ", ".join(lanes[n - 1] for n in numbers) if named else ""
            button = VersionButton(shown, votes, lines)
            button.setAccessibleName(tr("Take version {n}: {what}", n=numbers[0], what=", ".join(lines)))
            if version.marks:
                button.swatch.setPixmap(self._swatch(version.marks[0]))
            button.clicked.connect(lambda _checked=False, lane=numbers[0]: self.taken.emit(lane))
            self._rows.addWidget(button)
            self.versions.append(button)
        self.gold.setText(gold)
        self.gold.setVisible(bool(gold))
        self.show_writing(writing=False)
        key = self._keys.get("review_alike", "")
        words = trn("Same text in {n} other place…", "Same text in {n} other places…", alike)
        self.buttons["review_alike"].setText(f"{key}   {words}" if key else words)
        self.buttons["review_alike"].setVisible(alike > 0)

    def show_writing(self, *, writing: bool) -> None:
        """Show the buttons for an own version being written, or those for deciding."""
        for name, button in self.buttons.items():
            button.setVisible((name in ("review_confirm", "review_cancel")) == writing)
        for button in self.versions:
            button.setEnabled(not writing)

    def _clear(self) -> None:
        for button in self.versions:
            self._rows.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.versions = []

    def _swatch(self, mark: Labelled) -> QPixmap:
        label = self._schema.find(mark.layer, mark.label)
        colour = label.colour if label else "#888888"
        pixmap = QPixmap(14, 14)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setPen(QColor(self._theme.label_ink(colour)))
        painter.setBrush(QColor(self._theme.label_fill(colour, pending=False)))
        painter.drawRoundedRect(1, 1, 12, 12, 3, 3)
        painter.end()
        return pixmap
