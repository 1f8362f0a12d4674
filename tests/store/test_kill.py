"""A program that is killed between any two steps loses no edit that it has confirmed."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.history import read_history
from annotator.core.marks import Span
from annotator.core.record import Record
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.core.values import EVERYTHING, propose

_CHILD = """
import sys
from pathlib import Path
from annotator.core.edits import add_span, relabel, resize_span
from annotator.store.corpus import Corpus

def answer(*words):
    sys.stdout.write(" ".join(map(str, words)) + chr(10))
    sys.stdout.flush()

corpus = Corpus.open(Path(sys.argv[1]))
page_id, first = sys.argv[2], int(sys.argv[3])
page = corpus.page(page_id, "ann")
for number in range(first, len(page.text) // 4):
    start = 4 * number
    edit = add_span(page, start, start + 3, "entities", "ORG")
    entry = corpus.apply(page_id, "ann", edit)
    page = page.after(edit)
    answer("span", entry.id, start)
    mark = next(mark for mark in page.decided if mark.start == start)
    for title in ("label", "edge"):
        edit = relabel(page, mark, "GPE") if title == "label" else resize_span(page, mark, start, start + 2)
        entry = corpus.apply(page_id, "ann", edit)
        page = page.after(edit)
        mark = next(mark for mark in page.decided if mark.start == start)
        answer(title, entry.id, start)
    entry = corpus.apply(page_id, "ann", edit.inverse(), undoes=entry.id)
    page = page.after(edit.inverse())
    answer("undo", entry.id, start)
"""
_EDGE_BEFORE = {"span": ("ORG", 3), "label": ("GPE", 3), "edge": ("GPE", 2), "undo": ("GPE", 3)}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("seed", range(4))
def test_every_confirmed_edit_outlives_sigkill(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    document = make_document("abc " * 2_000)
    with Corpus.create(path, EVERYTHING) as corpus:
        corpus.add_records([Record(document, (), (propose(Span(0, 3, "entities", "PERSON")),))])
    confirmed = 0
    for _ in range(3):
        with Corpus.open(path) as corpus:
            first = 1 + max((mark.start for mark in corpus.page(document.id, "ann").decided), default=-4) // 4
        lines = _run_and_kill(path, document.id, first, after=chance.randint(1, 60))
        confirmed += len(lines)
        with Corpus.open(path) as corpus:
            log = corpus.log(document.id, "ann")
            known = {entry.id for entry in log}
            assert known >= {int(number) for _, number, _ in lines}
            assert len(log) in (confirmed, confirmed + 1)
            confirmed = len(log)
            page = corpus.page(document.id, "ann")
            expected = {int(start): _EDGE_BEFORE[deed] for deed, _, start in lines}
            found = {mark.start: (mark.label, mark.end - mark.start) for mark in page.decided}
            last = int(lines[-1][2])
            assert {start: found[start] for start in expected if start != last} == {
                start: state for start, state in expected.items() if start != last
            }
            assert last in found
            if log[-1].id == int(lines[-1][1]):
                assert found[last] == expected[last]
            assert check_corpus(corpus) == []
            newest = read_history(log).undo[-1]
            back = corpus.logged(newest.id).edit.inverse()
            corpus.apply(document.id, "ann", back, undoes=newest.id)
            confirmed += 1
            assert corpus.page(document.id, "ann") == page.after(back)
            assert check_corpus(corpus) == []


def _run_and_kill(path: Path, page_id: str, first: int, *, after: int) -> list[list[str]]:
    """Start the child, kill it once it has confirmed `after` edits, and give every confirmation it got out."""
    command = [sys.executable, "-c", _CHILD, str(path), page_id, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            lines.append(line)
            if len(lines) == after:
                os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    return [line.split() for line in lines if line.endswith("\n")]
