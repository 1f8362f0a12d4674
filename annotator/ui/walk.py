"""The main job walked through in the real window, by key presses, where nobody can sit in front of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotator.app.settings import load_settings
from annotator.app.transfer import export_records
from annotator.core.annotation import Status
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Boundary, Labelled, Span
from annotator.core.words import tr, trn
from annotator.ui.application import Workplace, make_application

WALKER = "demo"
"""The annotator under whose name the walk is done."""
_Key = Qt.Key
_NONE, _ALT, _CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def walk_through(corpus: Path, out: Path) -> Iterator[str]:
    """Correct a page in the window, finish it, export; say each thing done.

    Args:
        corpus: A corpus with proposals.
        out: Folder for `sample.jsonl` and `window.png`.

    Raises:
        AnnotatorError: A step did not do what it says.
    """
    make_application()
    workplace = Workplace(corpus, replace(load_settings(), annotator=WALKER), WALKER)
    try:
        workplace.start()
        walk = Walk(workplace)
        yield from walk.correct_page()
        yield walk.picture(out / "window.png")
        yield walk.finish()
        jsonl = out / "sample.jsonl"
        report = export_records(workplace.corpus, "jsonl", jsonl)
        yield tr("exported {n} documents to {path}", n=report.documents, path=jsonl)
    finally:
        workplace.close()


class Walk:
    """Presses the keys that an annotator would, and looks whether each did what it should."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._desk = workplace.desk
        self._view = workplace.window.page_view
        QTest.qWaitForWindowActive(workplace.window)
        self._view.setFocus()

    def press(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """Press one key chord on the page."""
        if isinstance(key, str):
            QTest.keyClicks(self._view, key, modifiers)
        else:
            QTest.keyClick(self._view, key, modifiers)
        QApplication.processEvents()

    def correct_page(self) -> Iterator[str]:
        """One correction of every kind on the open page."""
        desk = self._desk
        yield tr("opened “{title}”, {n} unresolved", title=desk.page.document.title, n=len(desk.unresolved()))
        for name, step in (
            (tr("accepted {mark}"), self._accept),
            (tr("rejected {mark}"), self._reject),
            (tr("relabelled {mark}"), self._relabel),
            (tr("moved an edge of {mark}"), self._move_edge),
            (tr("added {mark}"), self._add_span),
            (tr("moved the boundary {mark}"), self._move_boundary),
            (tr("added the boundary {mark}"), self._add_boundary),
            (tr("joined the segment at {mark}"), self._join),
        ):
            before = len(desk.session.log())
            text = step()
            if len(desk.session.log()) == before:
                raise AnnotatorError(tr("The step “{name}” stored no edit.", name=name.format(mark=text)))
            yield name.format(mark=f"“{text}”")
        before = len(desk.page.decided)
        self.press("z", _CTRL)
        self.press("z", _CTRL | Qt.KeyboardModifier.ShiftModifier)
        if len(desk.page.decided) != before:
            raise AnnotatorError(tr("Undo and redo did not come back to the same page."))
        yield tr("undid and redid the last step")

    def _accept(self) -> str:
        return self._pressed_on(self._first(Span), _Key.Key_Return)

    def _reject(self) -> str:
        return self._pressed_on(self._first(Span), _Key.Key_X)

    def _relabel(self) -> str:
        span = self._first(Span)
        layer = self._desk.page.schema.by_name[span.layer]
        other = next(label for label in layer.labels if label.key and label.name != span.label)
        return self._pressed_on(span, other.key)

    def _move_edge(self) -> str:
        text = self._desk.page.text
        span = next(mark for mark in self._pending(Span) if " " not in text[mark.start : mark.end])
        return self._pressed_on(span, "}")

    def _add_span(self) -> str:
        page = self._desk.page
        taken = [mark for mark in (*page.decided, *page.pending) if isinstance(mark, Span)]
        position = next(
            at for at in range(len(page.text)) if page.text[at].isalpha() and not page.text[max(0, at - 1)].isalpha()
            and not any(mark.start <= at <= mark.end for mark in taken)
        )  # fmt: skip
        self._desk.set_caret(position)
        self.press("1")
        return self._snippet(position)

    def _move_boundary(self) -> str:
        boundary = next(mark for mark in reversed(self._articles()) if mark.position > 0)
        return self._pressed_on(boundary, _Key.Key_Up, _ALT)

    def _add_boundary(self) -> str:
        text = self._desk.page.text
        taken = {mark.position for mark in self._articles()}
        line = next(at + 1 for at in range(len(text) - 1) if text[at] == "\n" and at + 1 not in taken)
        self._desk.choose_layer(self._articles()[0].layer)
        self._desk.set_caret(line + 3)
        self._desk.focus_on(None)
        self.press("b")
        return self._snippet(line)

    def _join(self) -> str:
        position = self._desk.caret
        self.press(_Key.Key_Backspace)
        return self._snippet(position)

    def picture(self, path: Path) -> str:
        """Draw the window into a file."""
        QApplication.processEvents()
        if not self._workplace.window.grab().save(str(path)):
            raise AnnotatorError(tr("{path}: the picture could not be written.", path=path))
        return tr("drew the window into {path}", path=path)

    def finish(self) -> str:
        """Accept all that is left and go to the next page."""
        desk = self._desk
        finished = desk.page.document.id
        left = len(desk.unresolved())
        self.press(_Key.Key_Return, _CTRL)
        stored = desk.session.corpus.annotation(finished, desk.session.annotator)
        if stored.state.status is not Status.DONE:
            raise AnnotatorError(tr("The page was not finished."))
        return trn("accepted the {n} that was left and finished the page",
                   "accepted the {n} that were left and finished the page", left)  # fmt: skip

    def _pressed_on(self, mark: Labelled, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = _NONE) -> str:
        self._desk.focus_on(mark)
        self.press(key, modifiers)
        return self._snippet(mark.start, mark.end)

    def _snippet(self, start: int, end: int = 0) -> str:
        text = self._desk.page.text
        return " ".join(text[start : end if end > start else start + 24].split())

    def _pending(self, kind: type[Labelled]) -> list[Labelled]:
        return [mark for mark in self._desk.unresolved() if isinstance(mark, kind)]

    def _first(self, kind: type[Labelled]) -> Labelled:
        found = self._pending(kind)
        if not found:
            raise AnnotatorError(tr("The page has nothing unresolved to walk through."))
        return found[0]

    def _articles(self) -> list[Boundary]:
        page = self._desk.page
        layer = self._view.line_layer()
        return sorted(
            mark for mark in (*page.decided, *page.pending) if isinstance(mark, Boundary) and mark.layer == layer
        )
