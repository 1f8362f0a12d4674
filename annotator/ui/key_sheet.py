"""The key sheet: what every key does, as the command table and the schema have it."""

from collections.abc import Mapping

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.commands import key_sheet
from annotator.core.schema import Schema
from annotator.core.words import tr


class KeySheet(QDialog):
    """Shows keys and what they do, under headings, with a filter."""

    def __init__(self, schema: Schema | None, chosen: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.resize(560, 640)
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("filter"))
        self.words.setAccessibleName(tr("Filter the keys"))
        self.rows = QTreeWidget()
        self.rows.setAccessibleName(tr("Keys"))
        self.rows.setHeaderLabels([tr("What"), tr("Key")])
        self.rows.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.rows.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.rows.header().setStretchLastSection(False)
        for title, rows in key_sheet(schema, chosen):
            heading = QTreeWidgetItem([title, ""])
            self.rows.addTopLevelItem(heading)
            for key, what in rows:
                heading.addChild(QTreeWidgetItem([what, key]))
            heading.setExpanded(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.words, self.rows, buttons):
            layout.addWidget(widget)
        self.words.textChanged.connect(self._filter)

    def _filter(self, words: str) -> None:
        wanted = words.casefold()
        for i in range(self.rows.topLevelItemCount()):
            heading = self.rows.topLevelItem(i)
            if heading is None:
                continue
            seen = 0
            for j in range(heading.childCount()):
                row = heading.child(j)
                if row is None:
                    continue
                hidden = wanted not in f"{row.text(0)} {row.text(1)}".casefold()
                row.setHidden(hidden)
                seen += not hidden
            heading.setHidden(seen == 0)
