"""The head of the review: what is left, how what is agreed is merged, whether names are shown, who adjudicates."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from annotator.app.adjudication import Policy, Rule
from annotator.core.words import tr, trn
from annotator.ui.review_words import left_line


class ReviewHead(QWidget):
    """Shows and asks; the review does."""

    asked = Signal(str)
    """A command is asked for, by its name."""
    policy_changed = Signal(object, int)
    """Another rule for merging, and how many votes it asks for."""
    names_toggled = Signal(bool)

    def __init__(self, policy: Policy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left = QLabel()
        self.left.setObjectName("heading")
        self.left.setAccessibleName(tr("What is left"))
        self.who = QLabel()
        self.rule = QComboBox()
        self.rule.setAccessibleName(tr("What is merged without a look"))
        for rule, words in (
            (Rule.ALL_AGREE, tr("where all agree")),
            (Rule.ALL_WHO_MARKED, tr("where all who marked agree")),
            (Rule.VOTES, tr("where at least so many agree:")),
        ):
            self.rule.addItem(words, rule)
        self.rule.setCurrentIndex(self.rule.findData(policy.rule))
        self.votes = QSpinBox()
        self.votes.setRange(1, 99)
        self.votes.setValue(policy.votes)
        self.votes.setAccessibleName(tr("Annotators who must agree"))
        self.votes.setVisible(policy.rule is Rule.VOTES)
        self.merge = QPushButton()
        self.merge.clicked.connect(lambda: self.asked.emit("review_merge"))
        self.names = QCheckBox(tr("Names"))
        self.names.toggled.connect(self.names_toggled)
        self.rule.activated.connect(lambda _: self._changed())
        self.votes.valueChanged.connect(lambda _: self._changed())
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.left, 1)
        first.addWidget(self.who)
        for widget in (self.merge, self.rule, self.votes):
            second.addWidget(widget)
        second.addStretch(1)
        second.addWidget(self.names)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)

    def set_keys(self, titles: Mapping[str, str], keys: Mapping[str, str]) -> None:
        """Show these words and keys on the buttons, by command name."""
        key = keys.get("review_merge", "")
        self.merge.setText(f"{tr('Merge on all pages')}   {key}" if key else tr("Merge on all pages"))
        self.merge.setToolTip(titles["review_merge"])
        self.names.setToolTip(titles["review_names"])

    def show_counts(self, counts: tuple[int, int, int], documents: int, done: int) -> None:
        """Show what is left: disagreements, looks, agreed places; documents, and those whose gold is done."""
        self.left.setText(left_line(counts, documents, done))
        self.merge.setEnabled(bool(sum(counts)) or done < documents)

    def show_who(self, name: str, pages: int) -> None:
        """Show who adjudicates, and how many of the pages they have annotated."""
        words = tr("{name} adjudicates", name=name)
        if pages:
            words += " · " + trn("annotated {n} of these pages", "annotated {n} of these pages", pages)
        self.who.setText(words)

    def _changed(self) -> None:
        rule = Rule(self.rule.currentData())
        self.votes.setVisible(rule is Rule.VOTES)
        self.policy_changed.emit(rule, self.votes.value())
