"""The button that learns from finished pages, and the one that goes back."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from annotator.app.settings import find_schema
from annotator.core.annotation import Annotation, State, Status
from annotator.core.record import Record, Work
from annotator.propose.learned_models import ModelFolder, models_folder
from annotator.store.corpus import Corpus
from tests.propose.test_learning_boundaries import page
from tests.ui.hands import Hands

WAIT = 120_000


def test_learning_keeps_what_is_better_proposes_anew_and_goes_back(
    open_window: Callable[..., Hands], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "tides.corpus"
    finished = [page(number) for number in range(11)]
    with Corpus.create(path, find_schema("news")) as corpus:
        corpus.add_records(
            Record(done.document, (Work(Annotation(done.document.id, "bob", done.boundaries, State(Status.DONE))),))
            for done in finished[:10]
        )
        corpus.add_records([Record(finished[10].document)])
    hands = open_window(path)
    window = hands.window
    window.actions_by_name["train"].trigger()
    assert window.jobs.busy
    assert window.isEnabled()
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=WAIT)
    (box,) = window.findChildren(QMessageBox)
    told = "\n".join([box.text(), box.informativeText()])
    assert "article boundaries and blocks: on pages held out, F1 0." in told
    assert "It is kept and in use." in told
    assert "Learning needs at least 8 finished pages with entities" in told
    box.close()
    folder = ModelFolder(models_folder(path))
    assert folder.in_use("boundaries") is not None
    with Corpus.open(path) as corpus:
        proposed = [record.document.id for record in corpus.records() if record.proposals]
    assert proposed == [finished[10].document.id]
    window.actions_by_name["train_back"].trigger()
    assert folder.in_use("boundaries") is None
