"""What tests at the desk ask again and again."""

import re
from collections.abc import Callable, Iterable

import pytest

from annotator.app.desk import Desk
from annotator.core.annotation import Annotation
from annotator.core.errors import AnnotatorError, EditRefused
from annotator.core.marks import Labelled, Rejection
from annotator.store.check import check_corpus


def stored(desk: Desk) -> Annotation:
    """The annotation of the open page as the file has it."""
    return desk.session.corpus.annotation(desk.page.document.id, desk.session.annotator)


def decided(desk: Desk) -> set[Labelled]:
    """The decided marks of the open page, which the file holds too."""
    assert stored(desk) == desk.page.annotation
    return set(desk.page.decided)


def rejected(desk: Desk) -> set[Labelled]:
    return {mark.mark for mark in stored(desk).marks if isinstance(mark, Rejection)}


def set_selection(desk: Desk, start: int, end: int) -> None:
    desk.set_caret(end, start)


def in_one_edit(desk: Desk, deed: Callable[[], object]) -> None:
    """Do something, see that it was stored as one edit, and that undo and redo are exact."""
    before, n = desk.page.annotation, len(desk.session.log())
    deed()
    after = desk.page.annotation
    assert len(desk.session.log()) == n + 1
    assert stored(desk) == after
    assert after != before
    focus = desk.focus
    desk.session.undo()
    assert desk.page.annotation == before == stored(desk)
    desk.session.redo()
    assert desk.page.annotation == after == stored(desk)
    desk.focus_on(focus)
    assert check_corpus(desk.session.corpus) == []


def refused(desk: Desk, deed: Callable[[], object], says: str, error: type[AnnotatorError] = EditRefused) -> None:
    """Try something, see that it is refused with a sentence, and that neither page nor file changed."""
    page, log, focus = desk.page, desk.session.log(), desk.focus
    kept = stored(desk)
    with pytest.raises(error, match=re.escape(says)) as caught:
        deed()
    assert str(caught.value).endswith(".")
    assert desk.page is page
    assert desk.session.log() == log
    assert desk.focus == focus
    assert stored(desk) == kept
    assert desk.session.corpus.log(page.document.id, desk.session.annotator) == log


def labels(marks: Iterable[Labelled]) -> list[str]:
    return [mark.label for mark in marks]
