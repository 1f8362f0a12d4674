"""Label, relabel or remove all like this: a list of places with their context, ticks, and a scope.

On the page and in the article what is ticked is done at once and done anew when a tick changes, always as one edit;
over the corpus it is done when the button is pressed.
"""

from itertools import islice

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressDialog,
    QVBoxLayout,
    QWidget,
)

from annotator.app.desk import Desk
from annotator.app.occurrences import Deed, Occurrence, Scope, Wanted, edit_for, occurrences, stretch_of
from annotator.core.annotation import Edit
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Span
from annotator.core.page import Page
from annotator.core.schema import LayerKind
from annotator.core.words import tr, trn

MOST = 5_000
"""Places listed at the most."""


class OccurrencesDialog(QDialog):
    """Asks where, shows what, does it."""

    def __init__(
        self, desk: Desk, wanted: Wanted, scope: Scope, pointed: tuple[int, int], parent: QWidget | None = None
    ) -> None:
        """Look for `wanted` in `scope`; start and end of the place that was `pointed` at say which article is meant."""
        super().__init__(parent)
        self._desk = desk
        self._wanted = wanted
        self._pointed = pointed
        self._stopped = False
        self._applied = False
        self._filling = False
        self._found: list[Occurrence] = []
        self.setWindowTitle(self._title())
        self.resize(680, 460)
        self.scope = QComboBox()
        self.scope.setAccessibleName(tr("Where"))
        for item, name in (
            (Scope.ARTICLE, tr("this article")),
            (Scope.PAGE, tr("this page")),
            (Scope.CORPUS, tr("the corpus")),
        ):
            self.scope.addItem(name, item.value)
        self.scope.setCurrentIndex(self.scope.findData(scope.value))
        self.label = QComboBox()
        self.label.setAccessibleName(tr("Label"))
        for label in desk.page.schema.by_name[wanted.layer].labels:
            self.label.addItem(f"{label.short}  {label.shown}", label.name)
        self.label.setCurrentIndex(self.label.findData(wanted.label))
        self.whole = QCheckBox(tr("whole words"))
        self.whole.setChecked(wanted.whole_words)
        self.case = QCheckBox(tr("match case"))
        self.case.setChecked(wanted.match_case)
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Places"))
        self.count = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        top = QHBoxLayout()
        for widget in (self.scope, self.label, self.whole, self.case):
            top.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.rows)
        layout.addWidget(self.count)
        layout.addWidget(self.buttons)
        self.scope.currentIndexChanged.connect(self._renew)
        self.label.currentIndexChanged.connect(self._renew)
        self.whole.toggled.connect(self._renew)
        self.case.toggled.connect(self._renew)
        self.rows.itemChanged.connect(self._ticked)
        self.buttons.accepted.connect(self._finish)
        self.buttons.rejected.connect(self.reject)
        self._renew()

    def _title(self) -> str:
        words = {
            Deed.LABEL: tr("Label all “{text}”"),
            Deed.RELABEL: tr("Relabel all “{text}”"),
            Deed.REMOVE: tr("Remove all “{text}”"),
        }
        return words[self._wanted.deed].format(text=self._wanted.text[:40])

    @property
    def scope_value(self) -> str:
        """The scope chosen last."""
        return str(self.scope.currentData())

    @property
    def _live(self) -> bool:
        return str(self.scope.currentData()) != Scope.CORPUS.value

    def _renew(self) -> None:
        if not self._take_back():
            return
        self._wanted = Wanted(
            self._wanted.text,
            self._wanted.layer,
            self.label.currentData(),
            self._wanted.deed,
            self.whole.isChecked(),
            self.case.isChecked(),
        )
        self._found = self._gather()
        self._fill()
        if not self._live or self._apply():
            self._show_count()

    def _gather(self) -> list[Occurrence]:
        page = self._desk.page
        self._stopped = False
        if self._live:
            within = None
            if self.scope.currentData() == Scope.ARTICLE.value:
                layers = list(page.schema.of_kind(LayerKind.SEGMENTS))
                within = stretch_of(page, self._pointed[0], layers[0].name) if layers else None
            return list(islice(occurrences(page, self._wanted, within, pointed=self._pointed), MOST))
        return self._gather_corpus(page)

    def _gather_corpus(self, page: Page) -> list[Occurrence]:
        session = self._desk.session
        ids = session.corpus.holding(self._wanted.text, match_case=self._wanted.match_case)
        progress = QProgressDialog(tr("Looking through the corpus…"), tr("Stop"), 0, len(ids), self)
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        progress.setMinimumDuration(500)
        found: list[Occurrence] = []
        for i, document_id in enumerate(ids):
            progress.setValue(i)
            self._stopped = progress.wasCanceled()
            if self._stopped or len(found) >= MOST:
                break
            if document_id == page.document.id:
                found.extend(occurrences(page, self._wanted, pointed=self._pointed))
            else:
                found.extend(occurrences(session.corpus.page(document_id, session.annotator), self._wanted))
        progress.setValue(len(ids))
        progress.deleteLater()
        return found[:MOST]

    def _fill(self) -> None:
        self._filling = True
        self.rows.clear()
        titles = {item.id: item.title for item in self._desk.queue.items} if not self._live else {}
        for item in self._found:
            line = f"…{item.before}⟦{item.found}⟧{item.after}…".replace("\n", " ⏎ ")
            if item.obstacle:
                line += f"   ({item.obstacle})"
            if item.document_id in titles:
                line += f"   [{titles[item.document_id]}]"
            row = QListWidgetItem(line)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            if not item.obstacle:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
            row.setFlags(flags)
            row.setCheckState(Qt.CheckState.Unchecked if item.obstacle else Qt.CheckState.Checked)
            self.rows.addItem(row)
        self._filling = False

    def _chosen(self) -> list[Occurrence]:
        chosen = []
        for i, item in enumerate(self._found):
            row = self.rows.item(i)
            if row.checkState() == Qt.CheckState.Checked:
                chosen.append(item)
        return chosen

    def _show_count(self) -> None:
        n = len(self._chosen())
        pages = len({item.document_id for item in self._chosen()})
        if self._live:
            self.count.setText(
                trn("{n} place done; Cancel takes it back.", "{n} places done; Cancel takes them back.", n)
            )
        else:
            self.count.setText(tr("{n} places on {pages} pages; OK does it.", n=n, pages=pages))
        if self._stopped:
            self.count.setText(self.count.text() + " " + tr("Stopped: there may be more."))
        if len(self._found) == MOST:
            self.count.setText(self.count.text() + " " + tr("Only the first {n} are listed.", n=MOST))

    def _ticked(self) -> None:
        if self._filling:
            return
        if not self._live or (self._take_back() and self._apply()):
            self._show_count()

    def _apply(self) -> bool:
        """Do the deed at what is ticked; where it cannot be done, say why."""
        chosen = self._chosen()
        by_document: dict[str, list[Occurrence]] = {}
        for item in chosen:
            by_document.setdefault(item.document_id, []).append(item)
        session = self._desk.session
        try:
            edits: list[tuple[str, Edit]] = []
            for document_id, items in by_document.items():
                here = self._desk.page
                if document_id != here.document.id:
                    here = session.corpus.page(document_id, session.annotator)
                edit = edit_for(here, self._wanted, items)
                if edit is not None:
                    edits.append((document_id, edit))
            if not edits:
                return True
            if self._live:
                self._desk.do(edits[0][1])
            else:
                session.do_all(edits)
        except AnnotatorError as error:
            self.count.setText(str(error))
            return False
        self._applied = True
        return True

    def _take_back(self) -> bool:
        """Undo what was done live; where it cannot be undone, say why."""
        if self._applied:
            try:
                self._desk.session.undo()
            except AnnotatorError as error:
                self.count.setText(str(error))
                return False
            self._applied = False
        return True

    def _finish(self) -> None:
        if not self._live:
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                done = self._apply()
            finally:
                QApplication.restoreOverrideCursor()
            if not done:
                return
            self._desk.queue.reload()
        self.accept()

    def reject(self) -> None:
        """Close and leave everything as it was before."""
        self._take_back()
        super().reject()


def wanted_at(desk: Desk, deed: Deed) -> tuple[Wanted, tuple[int, int]] | None:
    """What "like this" means, and start and end of this: the focused span, or the selection with the first label.

    None when there is neither.
    """
    focus = desk.focus
    page = desk.page
    if isinstance(focus, Span) and desk.selection is None:
        return Wanted(page.text[focus.start : focus.end], focus.layer, focus.label, deed), (focus.start, focus.end)
    layer = desk.span_layer
    if desk.selection is not None and layer is not None and page.text[slice(*desk.selection)].strip():
        low, high = desk.selection
        words = page.text[low:high]
        low += len(words) - len(words.lstrip())
        words = words.strip()
        return Wanted(words, layer.name, layer.labels[0].name, deed), (low, low + len(words))
    return None
