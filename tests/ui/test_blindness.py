"""Nothing that an annotator sees tells of another's work, finished or gold."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QTextEdit, QWidget

from annotator.core.annotation import Annotation, State, Status
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import GOLD, Record, Work
from annotator.store.corpus import Corpus
from tests.ui.hands import CTRL, Hands

OTHER = "Zebulon"
TEXTS = ("Ann met Bob.", "Bob left.")
NOTE = "secretive note"


def others_work(path: Path) -> None:
    """Another annotator and gold, finished on every page, with marks, a note and an edit."""
    with Corpus.open(path) as corpus:
        records = []
        for record in corpus.records():
            marks: frozenset[Mark] = frozenset(
                {Span(0, 3, "entities", "WORK_OF_ART"), Boundary(0, "articles", "teaser")}
            )
            works = tuple(
                Work(Annotation(record.document.id, name, marks, State(Status.DONE, NOTE))) for name in (OTHER, GOLD)
            )
            records.append(Record(record.document, works))
        corpus.add_records(records)


def item_texts(model: QAbstractItemModel) -> Iterator[str]:
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    for row in range(model.rowCount()):
        yield from (str(model.data(model.index(row, 0), role) or "") for role in roles)


def told(window: QWidget) -> list[str]:
    """Everything the widgets of a window say, shown or spoken."""
    found = [window.windowTitle()]
    objects: list[QObject] = [window, *window.findChildren(QObject)]
    for item in objects:
        if isinstance(item, QWidget):
            found += [item.toolTip(), item.statusTip(), item.accessibleName(), item.accessibleDescription()]
        if isinstance(item, QLabel | QAbstractButton | QLineEdit):
            found.append(item.text())
        elif isinstance(item, QAction):
            found += [item.text(), item.toolTip()]
        elif isinstance(item, QTextEdit):
            found.append(item.toPlainText())
        elif isinstance(item, QComboBox):
            found += [item.itemText(i) for i in range(item.count())]
        elif isinstance(item, QAbstractItemView):
            model = item.model()
            if model is not None:
                found += item_texts(model)
    return found


def walk(hands: Hands) -> list[list[str]]:
    """What is told on the first page with history, after an edit, on the next page, and back."""
    hands.window.set_goal(5)
    hands.press("h", CTRL)
    seen = [told(hands.window)]
    hands.desk.set_caret(8)
    hands.press("1")
    seen.append(told(hands.window))
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        hands.press(key, CTRL)
        seen.append(told(hands.window))
    seen.append([hands.view.describe(mark) for mark in hands.page.decided])
    return seen


def timeless(seen: list[list[str]]) -> list[list[str]]:
    return [
        [text for text in texts if "UTC" not in text and "stored" not in text and " s" not in text] for texts in seen
    ]


def test_the_window_tells_nothing_of_another_annotators_work_or_of_gold(
    open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path], tmp_path: Path
) -> None:
    path = make_text_corpus(*TEXTS)
    alone = tmp_path / "alone"
    alone.mkdir()
    copy = alone / path.name
    copy.write_bytes(path.read_bytes())
    others_work(path)
    hands = open_window(path)
    assert hands.marks == frozenset()
    seen = walk(hands)
    for texts in seen:
        for text in texts:
            assert OTHER not in text
            assert NOTE not in text
    assert hands.desk.queue.counts()[Status.DONE] == 0
    assert hands.marks == {Span(8, 11, "entities", "PERSON")}
    lonely = open_window(copy)
    assert timeless(walk(lonely)) == timeless(seen), "with and without the others' work the window says the same"


def test_the_label_filter_finds_only_own_marks(
    open_window: Callable[..., Hands], make_text_corpus: Callable[..., Path]
) -> None:
    path = make_text_corpus(*TEXTS)
    others_work(path)
    hands = open_window(path)
    documents = hands.window.documents
    values = [tuple(documents.label.itemData(i)) for i in range(documents.label.count())]
    documents.label.setCurrentIndex(values.index(("entities", "WORK_OF_ART")))
    assert hands.desk.queue.shown == []
