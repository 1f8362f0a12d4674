"""Killed between edits, started again: the same page, the same marks, and undo still works."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from annotator.app.settings import load_settings
from annotator.core.marks import Mark, mark_to_json
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.ui.conftest import ANNOTATOR
from tests.ui.hands import CTRL, SHIFT, Hands

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import json, sys
from pathlib import Path
from annotator.app.settings import Settings
from annotator.core.marks import mark_to_json
from annotator.ui.application import Workplace, make_application
from tests.ui.hands import CTRL, NONE, Hands, Key

path, annotator, asks = sys.argv[1:]
make_application()
workplace = Workplace(Path(path), Settings(theme="light"), annotator)
workplace.start()
hands = Hands(workplace)
hands.press(Key.Key_PageDown, CTRL)
steps = [(Key.Key_Return, NONE), (Key.Key_X, NONE), (Key.Key_Return, NONE), ("2", NONE), ("}", NONE), ("z", CTRL)]
while True:
    for step in steps:
        if asks == "asks" and not sys.stdin.readline():
            sys.exit("nobody asks any more")
        hands.press(*step)
        print(json.dumps({
            "page": hands.page.document.id,
            "marks": sorted(json.dumps(mark_to_json(mark), sort_keys=True) for mark in hands.marks),
            "edits": len(hands.desk.session.log()),
            "undo": hands.desk.session.undo_title(),
        }), flush=True)
"""


def told(marks: frozenset[Mark]) -> list[str]:
    return sorted(json.dumps(mark_to_json(mark), sort_keys=True) for mark in marks)


@contextmanager
def child_at_work(corpus: Path, *, asks: bool) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that opens the window and presses keys; with `asks`, one for each line it is sent."""
    arguments = [sys.executable, "-c", CHILD, str(corpus), ANNOTATOR, "asks" if asks else "alone"]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as child:
        try:
            yield child
        finally:
            child.kill()


def ask(child: subprocess.Popen[str]) -> dict[str, Any]:
    """Let the child press its next key and say what it shows."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()
    return answer(child)


def answer(child: subprocess.Popen[str]) -> dict[str, Any]:
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line, "the child ended"
    said: dict[str, Any] = json.loads(line)
    return said


@pytest.mark.parametrize("edits", [1, 3, 5])
def test_a_window_killed_between_edits_comes_back_as_it_was(
    edits: int, seed_corpus: Path, open_window: Callable[..., Hands]
) -> None:
    with child_at_work(seed_corpus, asks=True) as child:
        said = [ask(child) for _ in range(edits)]
        child.kill()
    assert [one["edits"] for one in said] == list(range(1, edits + 1))
    hands = open_window(seed_corpus)
    assert hands.page.document.id == said[-1]["page"]
    assert hands.page.document.id != hands.desk.queue.shown[0].id
    assert told(hands.marks) == said[-1]["marks"]
    assert hands.desk.session.undo_title() == said[-1]["undo"] != ""
    for before in reversed([[], *(one["marks"] for one in said[:-1])]):
        hands.press("z", CTRL)
        assert told(hands.marks) == before
    for after in said:
        hands.press("Z", CTRL | SHIFT)
        assert told(hands.marks) == after["marks"]


def test_redo_works_after_a_kill_that_followed_an_undo(seed_corpus: Path, open_window: Callable[..., Hands]) -> None:
    with child_at_work(seed_corpus, asks=True) as child:
        said = [ask(child) for _ in range(6)]
        child.kill()
    assert said[5]["marks"] == said[3]["marks"] != said[4]["marks"]
    hands = open_window(seed_corpus)
    assert told(hands.marks) == said[5]["marks"]
    hands.press("Z", CTRL | SHIFT)
    assert told(hands.marks) == said[4]["marks"]


@pytest.mark.parametrize("confirmed", [1, 8, 20])
def test_a_kill_in_the_midst_of_work_loses_no_edit_that_was_confirmed(confirmed: int, seed_corpus: Path) -> None:
    with child_at_work(seed_corpus, asks=False) as child:
        said = [answer(child) for _ in range(confirmed)][-1]
        child.kill()
        assert child.stdout is not None
        rest = [line for line in child.stdout.read().split("\n") if line.endswith("}")]
        said = json.loads(rest[-1]) if rest else said
    with Corpus.open(seed_corpus) as corpus:
        document_id = next(iter(corpus.edited_pages(ANNOTATOR)), None)
        assert document_id is not None
        log = corpus.log(document_id, ANNOTATOR)
        assert said["edits"] <= len(log) <= said["edits"] + 1
        marks = told(corpus.annotation(document_id, ANNOTATOR).marks)
        assert marks == said["marks"] or len(log) == said["edits"] + 1
        assert check_corpus(corpus) == []


LEAVE = """
import sys
from pathlib import Path
from annotator.app.settings import Settings
from annotator.ui.application import Workplace, make_application
from tests.ui.hands import CTRL, Hands, Key

make_application()
workplace = Workplace(Path(sys.argv[1]), Settings(theme="light"), sys.argv[2])
workplace.start()
hands = Hands(workplace)
hands.press(Key.Key_A, CTRL)
hands.press(Key.Key_C, CTRL)
workplace.close()
"""


def test_the_program_ends_in_order_after_text_was_copied(seed_corpus: Path) -> None:
    arguments = [sys.executable, "-c", LEAVE, str(seed_corpus), ANNOTATOR]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_who_annotates_what_is_known_after_a_kill_at_the_first_start(seed_corpus: Path) -> None:
    with child_at_work(seed_corpus, asks=True) as child:
        ask(child)
        child.kill()
    kept = load_settings()
    assert kept.annotator == ANNOTATOR
    assert kept.recent == (str(seed_corpus.resolve()),)
