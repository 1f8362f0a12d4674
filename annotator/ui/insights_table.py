"""Tables of Insights: sorted by a click on their head, read cell by cell, saved as CSV."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from annotator.app.insights_parts import Cell, Table
from annotator.core.words import tr
from annotator.ui.theme import Theme

SORTED_BY = Qt.ItemDataRole.UserRole
MOST_ROWS = 16
"""Rows shown at once; more are scrolled."""
_WIDEST = 320
"""Pixels of a column that holds sentences."""

_Index = QModelIndex | QPersistentModelIndex


class InsightsModel(QAbstractTableModel):
    """The cells of one table."""

    def __init__(self, table: Table, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.table = table
        self._link = QColor(theme.focus)
        self._underlined = QFont()
        self._underlined.setUnderline(True)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.table.columns)

    def cell(self, index: _Index) -> Cell:
        """The cell at a place."""
        return self.table.rows[index.row()][index.column()]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self.cell(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index, cell)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._offer(cell)
            case Qt.ItemDataRole.ToolTipRole:
                # A wide table is scrolled, and the name of the row with it.
                return "\n".join(line for line in (self._spoken(index, cell), self._offer(cell)) if line)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if isinstance(cell.value, str) else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                return self._link if cell.cases is not None else None
            case Qt.ItemDataRole.FontRole:
                return self._underlined if cell.cases is not None else None
        return cell.value if role == SORTED_BY else None

    def _spoken(self, index: _Index, cell: Cell) -> str:
        if index.column() == 0:
            return cell.text
        said = cell.text or tr("empty")
        return f"{self.table.rows[index.row()][0].text}, {self.table.columns[index.column()]}: {said}"

    @staticmethod
    def _offer(cell: Cell) -> str:
        return tr("Return or a click shows the cases in Review") if cell.cases is not None else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.table.columns[section]
        return None


class _Sorted(QSortFilterProxyModel):
    """Sorts numbers as numbers and words as words; what is not defined comes first."""

    def lessThan(self, left: _Index, right: _Index) -> bool:
        return _rank(left.data(SORTED_BY)) < _rank(right.data(SORTED_BY))


def _rank(value: object) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    return (2, 0.0, value.casefold()) if isinstance(value, str) else (1, float(str(value)), "")


class InsightsTable(QTableView):
    """One table. It says which cases were asked for."""

    cases_asked = Signal(object)
    """The `Filter` behind a number."""

    def __init__(self, table: Table, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.setAccessibleName(table.title)
        self.setAccessibleDescription(table.about)
        self.source = InsightsModel(table, theme, self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.source)
        self.setModel(self._sorted)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        edge = theme.muted if theme.name == "contrast" else theme.line
        self.setStyleSheet(
            f"QTableView {{ border: 2px solid {edge}; border-radius: 3px; }}"
            f"QTableView:focus {{ border-color: {theme.focus}; }}"
        )
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSortingEnabled(True)
        self.clicked.connect(self._ask)
        self.fit()

    def fit(self) -> None:
        """Take the room that the cells need, within limits."""
        self.resizeColumnsToContents()
        for column in range(len(self.table.columns)):
            if self.columnWidth(column) > _WIDEST:
                self.setColumnWidth(column, _WIDEST)
        self.resizeRowsToContents()
        beside = self.verticalScrollBar().sizeHint().width() if len(self.table.rows) > MOST_ROWS else 0
        self.setMaximumWidth(self.horizontalHeader().length() + beside + 2 * self.frameWidth() + 6)
        self._fit_height()

    def _fit_height(self) -> None:
        shown = min(MOST_ROWS, len(self.table.rows))
        height = self.horizontalHeader().sizeHint().height() + sum(self.rowHeight(row) for row in range(shown))
        if self.width() < self.maximumWidth():
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height + 2 * self.frameWidth() + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def cell_at(self, row: int, column: int) -> Cell:
        """The cell that is shown in a row and a column."""
        return self.source.cell(self._sorted.mapToSource(self._sorted.index(row, column)))

    def _ask(self, index: QModelIndex) -> None:
        cases = self.cell_at(index.row(), index.column()).cases
        if cases is not None:
            self.cases_asked.emit(cases)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._ask(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)
