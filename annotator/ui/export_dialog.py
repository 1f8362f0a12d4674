"""What to export, in which format, divided how and to where. It asks; a job does."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from annotator.app.transfer import (
    FORMATS,
    CardFacts,
    ExportOptions,
    ExportRequest,
    Selection,
    SplitOptions,
    Whose,
    find_format,
    fold_options,
    parse_split,
    parse_where,
    usual_selection,
)
from annotator.core.errors import InputError
from annotator.core.record import GOLD
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.ui.transfer_fields import button, choice, why_not


class ExportDialog(QDialog):
    """Asks for the format, whose work leaves, page by page or article by article, how it is divided, and where to."""

    def __init__(
        self,
        annotators: Sequence[str],
        schema: Schema,
        proposers: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._schema = schema
        self.setWindowTitle(tr("Export"))
        self.resize(560, 300)
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Format"))
        for item in FORMATS:
            if item.write is not None:
                self.format.addItem(f"{item.name}: {tr(item.title)}", item.name)
        self.whose = QComboBox()
        self.whose.setAccessibleName(tr("Whose work"))
        self.whose.addItem(tr("everything: proposals and every annotator"), Whose.ALL.value)
        self.whose.addItem(tr("the best: gold, else the one finished annotation"), Whose.BEST.value)
        self.whose.addItem(tr("only finished gold"), Whose.GOLD.value)
        for name in annotators:
            if name != GOLD:
                self.whose.addItem(tr("only {name}", name=name), f"{Whose.ANNOTATOR.value} {name}")
        for name in proposers:
            title = tr("what {name} proposed, as if it were right", name=name)
            self.whose.addItem(title, f"{Whose.PROPOSALS.value} {name}")
        self.per = QComboBox()
        self.per.setAccessibleName(tr("A document is"))
        self.per.addItem(tr("a page"), False)
        self.per.addItem(tr("an article"), True)
        self.where = QLineEdit()
        self.where.setAccessibleName(tr("Conditions on what leaves"))
        self.where.setPlaceholderText(tr("all, or: {example}", example="status=done label=PERSON date>=2024"))
        self.where.textChanged.connect(self._check)
        self.layers = [QCheckBox(layer.title) for layer in schema.layers]
        layers = QHBoxLayout()
        for box in self.layers:
            box.setChecked(True)
            box.setAccessibleName(tr("Write the layer {name}", name=box.text()))
            box.toggled.connect(self._check)
            layers.addWidget(box)
        layers.addStretch()
        self.utf16 = choice(
            tr("How Label Studio files count"),
            (tr("in characters"), False),
            (tr("in UTF-16 units, as its page does"), True),
        )
        self.columns = choice(
            tr("Columns of CoNLL files"),
            (tr("four, as in CoNLL-2003"), 4),
            (tr("two: token and tag"), 2),
        )
        self.language = QLineEdit("en")
        self.language.setAccessibleName(tr("Language whose rules cut the tokens of spaCy files"))
        self.licence = QLineEdit()
        self.licence.setAccessibleName(tr("Licence of the annotations, for the card of a folder"))
        self.licence.setPlaceholderText(tr("not stated, or: {example}", example="cc-by-4.0"))
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File or folder to write"))
        row = QHBoxLayout()
        row.addWidget(self.path)
        row.addWidget(button(tr("Browse…"), self._browse))
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.form = form = QFormLayout(self)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("What"), self.whose)
        form.addRow(tr("A document is"), self.per)
        form.addRow(tr("Only"), self.where)
        form.addRow(tr("Layers"), layers)
        form.addRow(tr("Offsets count"), self.utf16)
        form.addRow(tr("Columns"), self.columns)
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Divided"), self._dividing())
        form.addRow("", self.by_source)
        form.addRow(tr("As before"), self._keeping())
        form.addRow(tr("Licence"), self.licence)
        form.addRow(tr("To"), row)
        form.addRow(self.about)
        form.addRow(self.buttons)
        self.path.textChanged.connect(self._check)
        self.per.currentIndexChanged.connect(self._suit)
        self.format.currentIndexChanged.connect(self._suit)
        self.whose.currentIndexChanged.connect(self._check)
        self._suit()

    def _dividing(self) -> QHBoxLayout:
        self.divided = QComboBox()
        self.divided.setAccessibleName(tr("How it is divided"))
        for title, way in ((tr("not at all"), ""), (tr("by shares"), "split"), (tr("into folds"), "folds")):
            self.divided.addItem(title, way)
        self.shares = QLineEdit("80/10/10")
        self.shares.setAccessibleName(tr("Shares of train, dev and test"))
        self.folds = QSpinBox()
        self.folds.setAccessibleName(tr("Number of folds"))
        self.folds.setRange(2, 100)
        self.folds.setValue(5)
        self.seed = QSpinBox()
        self.seed.setAccessibleName(tr("Seed: decides which side a page falls on"))
        self.seed.setRange(0, 1_000_000)
        self.seed.setPrefix(tr("seed") + " ")
        row = QHBoxLayout()
        for widget in (self.divided, self.shares, self.folds, self.seed):
            row.addWidget(widget)
        self.by_source = QCheckBox(tr("Keep the pages of one source on one side"))
        self.by_source.setAccessibleName(self.by_source.text())
        self.divided.currentIndexChanged.connect(self._check)
        self.shares.textChanged.connect(self._check)
        return row

    def _keeping(self) -> QWidget:
        self.keep = QLineEdit()
        self.keep.setAccessibleName(tr("splits.json of an earlier export whose sides are kept"))
        self.keep.setPlaceholderText(tr("as in the folder, or: splits.json of another export"))
        self.keep_row = QWidget()
        row = QHBoxLayout(self.keep_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.keep)
        row.addWidget(button(tr("Browse…"), self._browse_kept))
        return self.keep_row

    def request(self) -> ExportRequest:
        """Format, place, page or article, and how it is divided.

        Raises:
            InputError: The shares are none.
        """
        path = Path(self.path.text().strip()).expanduser()
        card = CardFacts(licence=self.licence.text().strip())
        kept = self.keep.text().strip()
        sides = self._sides()
        return ExportRequest(
            self.format.currentData(),
            path,
            per_article=bool(self.per.currentData()),
            split=sides,
            keep=Path(kept).expanduser() if kept and sides else None,
            options=self._options(),
            about=card,
        )

    def whose_work(self) -> tuple[Whose, str]:
        """Whose work leaves, and the name of the one annotator where one is meant."""
        whose, _, name = self.whose.currentData().partition(" ")
        return Whose(whose), name

    def _options(self) -> ExportOptions:
        """What the writer is told; of the fields for one format alone, those of the format chosen."""
        chosen = frozenset(
            layer.name for layer, box in zip(self._schema.layers, self.layers, strict=True) if box.isChecked()
        )
        if not chosen:
            raise InputError(tr("Choose a layer: without one nothing would be written."))
        usual, name = ExportOptions(), self.format.currentData()
        return ExportOptions(
            layers=chosen if len(chosen) < len(self.layers) else None,
            utf16=self.utf16.currentData() if name == "label-studio" else usual.utf16,
            columns=self.columns.currentData() if name == "conll" else usual.columns,
            language=(self.language.text().strip() or usual.language) if name == "spacy" else usual.language,
        )

    def _conditions(self) -> None:
        _, segments = parse_where(self.where.text(), Selection(Whose.ALL), self._schema)
        if segments is not None and not self.per.currentData():
            raise InputError(tr("Segment labels choose articles: export by article to use them."))

    def _sides(self) -> SplitOptions | None:
        match self.divided.currentData():
            case "split":
                return parse_split(self.shares.text().strip(), self.seed.value(), by_source=self.by_source.isChecked())
            case "folds":
                return fold_options(self.folds.value(), self.seed.value(), by_source=self.by_source.isChecked())
        return None

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Export to"), self.path.text())
        if name:
            self.path.setText(name)

    def _browse_kept(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Sides to keep"), self.path.text(), "splits.json (*.json)")
        if name:
            self.keep.setText(name)

    def _suit(self) -> None:
        """Offer what fits the format: the best annotation for training and by article, else everything."""
        row, per_article = find_format(self.format.currentData()), bool(self.per.currentData())
        wanted = usual_selection(row, per_article=per_article).whose
        if self.whose_work()[0] in {Whose.ALL, Whose.BEST}:
            self.whose.setCurrentIndex(self.whose.findData(wanted.value))
        for field, name in ((self.utf16, "label-studio"), (self.columns, "conll"), (self.language, "spacy")):
            self.form.setRowVisible(field, row.name == name)
        self._check()

    def _check(self) -> None:
        row, way = find_format(self.format.currentData()), self.divided.currentData()
        self.shares.setVisible(way == "split")
        self.folds.setVisible(way == "folds")
        self.seed.setVisible(bool(way))
        self.form.setRowVisible(self.by_source, bool(way))
        self.form.setRowVisible(self.keep_row, bool(way))
        loses = tr("Left out and counted: {what}", what=tr(row.loses)) if row.loses else tr("Nothing is left out.")
        about, fine = f"{tr(row.holds)}\n{loses}", bool(self.path.text().strip())
        self.licence.setEnabled(row.folder or bool(way))
        if wrong := why_not(self._sides) or why_not(self._conditions) or why_not(self._options):
            about, fine = wrong, False
        if self.per.currentData() and self.whose_work()[0] is Whose.ALL:
            about, fine = tr("By article one annotation of a page leaves: the best, gold, or one annotator's."), False
        self.about.setText(about)
        # A text that wraps asks for too little room: give it what it takes at this width.
        margins = self.form.contentsMargins()
        self.about.setMinimumHeight(self.about.heightForWidth(self.width() - margins.left() - margins.right()))
        self.form.activate()
        self.resize(self.size().expandedTo(self.form.totalMinimumSize()))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(fine)
