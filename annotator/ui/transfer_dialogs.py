"""What to import and how; what to export, in which format, to where. They ask; jobs do."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QWidget,
)

from annotator.app.transfer import (
    FORMATS,
    CardFacts,
    ExportRequest,
    ImportOptions,
    Role,
    Selection,
    SplitOptions,
    Whose,
    find_format,
    fold_options,
    parse_columns,
    parse_split,
    parse_where,
    usual_selection,
)
from annotator.core.errors import InputError
from annotator.core.record import GOLD
from annotator.core.schema import Schema
from annotator.core.words import tr


class ImportDialog(QDialog):
    """Asks for files and folders, how to read them, and what their marks become."""

    def __init__(self, paths: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import"))
        self.resize(560, 320)
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Files and folders to import"))
        self.files.addItems(list(paths))
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Format"))
        self.format.addItem(tr("recognise from the content"), "")
        for item in FORMATS:
            if item.read is not None:
                self.format.addItem(f"{item.name}: {tr(item.title)}", item.name)
        self.field = QLineEdit("text")
        self.field.setAccessibleName(tr("Field that holds the text"))
        self.role = QComboBox()
        self.role.setAccessibleName(tr("What marks become"))
        for title, role in (
            (tr("what the files say"), Role.AS_WRITTEN),
            (tr("nothing: only the texts come in"), Role.DOCUMENTS),
            (tr("proposals to decide on"), Role.PROPOSALS),
            (tr("work of an annotator"), Role.ANNOTATIONS),
            (tr("gold"), Role.GOLD),
        ):
            self.role.addItem(title, role.value)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Annotator or proposer of the marks"))
        self.name.setPlaceholderText(tr("as the files say"))
        self.role.currentIndexChanged.connect(self._named)
        self.columns = QLineEdit()
        self.columns.setAccessibleName(tr("Columns or fields that hold title, source and date"))
        self.columns.setPlaceholderText(tr("by their names, or: {example}", example="title=headline, source=link"))
        self.columns.textChanged.connect(self._check)
        self.lines = _choice(tr("Plain text"), (tr("a document a file"), False), (tr("a document a line"), True))
        self.html = _choice(
            tr("Web pages"), (tr("all text as the reader sees it"), "blocks"), (tr("the main text alone"), "main")
        )
        self.strict = _choice(
            tr("Records that cannot be read"),
            (tr("are left out and listed"), False),
            (tr("stop the import, with nothing imported"), True),
        )
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.hide()
        row = QHBoxLayout()
        for title, deed in ((tr("Files…"), self._add_files), (tr("Folder…"), self._add_folder)):
            button = QPushButton(title)
            button.clicked.connect(deed)
            row.addWidget(button)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("From"), self.files)
        form.addRow("", row)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("Text field"), self.field)
        form.addRow(tr("Columns"), self.columns)
        form.addRow(tr("Plain text"), self.lines)
        form.addRow(tr("Web pages"), self.html)
        form.addRow(tr("Marks become"), self.role)
        form.addRow(tr("Whose"), self.name)
        form.addRow(tr("Bad records"), self.strict)
        form.addRow(self.told)
        form.addRow(self.buttons)
        self._named()
        self._check()

    def becomes(self) -> tuple[Role, str]:
        """What the marks of the files become, and whose; an empty name for those that the files name."""
        role = Role(self.role.currentData())
        return role, " ".join(self.name.text().split()) if self.name.isEnabled() else ""

    def options(self, schema: Schema) -> ImportOptions:
        """How files are read.

        Raises:
            InputError: The columns are none.
        """
        return ImportOptions(
            schema,
            text_field=self.field.text().strip() or "text",
            columns=parse_columns(self.columns.text()),
            lines=self.lines.currentData(),
            html=self.html.currentData(),
        )

    def _named(self) -> None:
        self.name.setEnabled(Role(self.role.currentData()) in {Role.PROPOSALS, Role.ANNOTATIONS})

    def paths(self) -> list[str]:
        """What to import."""
        return [self.files.item(i).text() for i in range(self.files.count())]

    def _add_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files to import"))
        self.files.addItems(names)
        self._check()

    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder to import"))
        if name:
            self.files.addItem(name)
        self._check()

    def _check(self) -> None:
        wrong = _why_not(lambda: parse_columns(self.columns.text()))
        self.told.setText(wrong)
        self.told.setVisible(bool(wrong))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.files.count() > 0 and not wrong)


def _choice(name: str, *entries: tuple[str, object]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for title, value in entries:
        box.addItem(title, value)
    return box


def _why_not(read: Callable[[], object]) -> str:
    """What is wrong with what the user wrote; empty where nothing is."""
    try:
        read()
    except InputError as error:
        return str(error)
    return ""


class ExportDialog(QDialog):
    """Asks for the format, whose work leaves, page by page or article by article, how it is divided, and where to."""

    def __init__(self, annotators: Sequence[str], schema: Schema, parent: QWidget | None = None) -> None:
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
        self.per = QComboBox()
        self.per.setAccessibleName(tr("A document is"))
        self.per.addItem(tr("a page"), False)
        self.per.addItem(tr("an article"), True)
        self.where = QLineEdit()
        self.where.setAccessibleName(tr("Conditions on what leaves"))
        self.where.setPlaceholderText(tr("all, or: {example}", example="status=done label=PERSON date>=2024"))
        self.where.textChanged.connect(self._check)
        self.licence = QLineEdit()
        self.licence.setAccessibleName(tr("Licence of the annotations, for the card of a folder"))
        self.licence.setPlaceholderText(tr("not stated, or: {example}", example="cc-by-4.0"))
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File or folder to write"))
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.path)
        row.addWidget(browse)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("What"), self.whose)
        form.addRow(tr("A document is"), self.per)
        form.addRow(tr("Only"), self.where)
        form.addRow(tr("Divided"), self._dividing())
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
        self.divided.currentIndexChanged.connect(self._check)
        self.shares.textChanged.connect(self._check)
        return row

    def request(self) -> ExportRequest:
        """Format, place, page or article, and how it is divided.

        Raises:
            InputError: The shares are none.
        """
        path = Path(self.path.text().strip()).expanduser()
        card = CardFacts(licence=self.licence.text().strip())
        per_article = bool(self.per.currentData())
        return ExportRequest(self.format.currentData(), path, per_article=per_article, split=self._sides(), about=card)

    def whose_work(self) -> tuple[Whose, str]:
        """Whose work leaves, and the name of the one annotator where one is meant."""
        whose, _, name = self.whose.currentData().partition(" ")
        return Whose(whose), name

    def _conditions(self) -> None:
        _, segments = parse_where(self.where.text(), Selection(Whose.ALL), self._schema)
        if segments is not None and not self.per.currentData():
            raise InputError(tr("Segment labels choose articles: export by article to use them."))

    def _sides(self) -> SplitOptions | None:
        match self.divided.currentData():
            case "split":
                return parse_split(self.shares.text().strip(), self.seed.value())
            case "folds":
                return fold_options(self.folds.value(), self.seed.value())
        return None

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Export to"), self.path.text())
        if name:
            self.path.setText(name)

    def _suit(self) -> None:
        """Offer what fits the format: the best annotation for training and by article, else everything."""
        row, per_article = find_format(self.format.currentData()), bool(self.per.currentData())
        wanted = usual_selection(row, per_article=per_article).whose
        if self.whose_work()[0] in {Whose.ALL, Whose.BEST}:
            self.whose.setCurrentIndex(self.whose.findData(wanted.value))
        self._check()

    def _check(self) -> None:
        row, way = find_format(self.format.currentData()), self.divided.currentData()
        self.shares.setVisible(way == "split")
        self.folds.setVisible(way == "folds")
        self.seed.setVisible(bool(way))
        loses = tr("Left out and counted: {what}", what=tr(row.loses)) if row.loses else tr("Nothing is left out.")
        about, fine = f"{tr(row.holds)}\n{loses}", bool(self.path.text().strip())
        self.licence.setEnabled(row.folder or bool(way))
        if wrong := _why_not(self._sides) or _why_not(self._conditions):
            about, fine = wrong, False
        if self.per.currentData() and self.whose_work()[0] is Whose.ALL:
            about, fine = tr("By article one annotation of a page leaves: the best, gold, or one annotator's."), False
        self.about.setText(about)
        # A text that wraps asks for too little room: give it what it takes at this width.
        self.about.setMinimumHeight(self.about.heightForWidth(max(self.about.width(), 500)))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(fine)
