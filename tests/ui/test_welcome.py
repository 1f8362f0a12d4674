from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from annotator.app.settings import Settings, find_schema
from annotator.store.corpus import Corpus
from annotator.ui.application import make_application
from annotator.ui.welcome import Welcome


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "known.corpus"
    Corpus.create(path, find_schema("news")).close()
    return path


@pytest.fixture
def welcome(qapp: QApplication, corpus: Path) -> Iterator[Welcome]:
    make_application()
    dialog = Welcome(Settings(recent=(str(corpus), str(corpus.with_name("gone.corpus")))))
    dialog.show()
    yield dialog
    dialog.close()
    dialog.deleteLater()


def button(welcome: Welcome, start: str) -> QPushButton:
    return next(item for item in welcome.findChildren(QPushButton) if item.text().startswith(start))


def test_corpora_opened_last_are_offered_when_they_are_still_there(welcome: Welcome, corpus: Path) -> None:
    texts = [item.text() for item in welcome.findChildren(QPushButton)]
    assert sum("known.corpus" in text for text in texts) == 1
    assert not any("gone.corpus" in text for text in texts)
    button(welcome, "known.corpus").click()
    assert welcome.chosen == corpus
    assert welcome.result() == Welcome.DialogCode.Accepted


def test_a_new_corpus_is_made_where_the_user_says(
    welcome: Welcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tmp_path / "new.corpus"
    monkeypatch.setattr(welcome, "_ask_new", lambda title: wanted)
    button(welcome, "Make a corpus").click()
    assert welcome.chosen == wanted
    with Corpus.open(wanted) as made:
        assert made.schema.name == "news"


def test_a_file_that_is_there_is_left_alone_and_said(
    welcome: Welcome, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = corpus.read_bytes()
    monkeypatch.setattr(welcome, "_ask_new", lambda title: corpus)
    button(welcome, "Make a corpus").click()
    assert welcome.chosen is None
    assert str(corpus) in welcome.message.text()
    assert corpus.read_bytes() == before


@pytest.mark.slow
def test_the_sample_is_made_in_the_background_and_chosen(
    welcome: Welcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    wanted = tmp_path / "sample.corpus"
    monkeypatch.setattr(welcome, "_ask_new", lambda title: wanted)
    with qtbot.waitSignal(welcome.accepted, timeout=120_000):
        button(welcome, "Try the sample").click()
        assert welcome.jobs.busy
    assert welcome.chosen == wanted
    with Corpus.open(wanted) as made:
        assert len(made) > 10
        assert made.with_several_finished()
    assert not list(tmp_path.glob("*.part*"))


def test_a_stopped_sample_leaves_nothing_behind(
    welcome: Welcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    wanted = tmp_path / "sample.corpus"
    monkeypatch.setattr(welcome, "_ask_new", lambda title: wanted)
    with qtbot.waitSignal(welcome.jobs.said, timeout=120_000):
        button(welcome, "Try the sample").click()
        welcome.jobs.cancel()
    assert welcome.chosen is None
    assert not list(tmp_path.glob("sample*"))
