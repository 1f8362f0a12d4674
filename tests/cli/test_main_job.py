"""The main job by the command line, end to end, and what is left when the program is killed in the middle of it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.proposing import BATCH
from annotator.app.queue import Queue
from annotator.app.session import Session
from annotator.core.annotation import Status
from annotator.core.errors import Cancelled
from annotator.core.marks import Boundary, Labelled, Span
from annotator.propose.table import make_proposers
from annotator.store.corpus import Corpus
from tests.cli.conftest import SEED, Run


def correct(desk: Desk) -> None:
    """One correction of every kind, as keys make them in the window, and the page is finished."""

    def pending(kind: type[Labelled]) -> list[Labelled]:
        return [mark for mark in desk.unresolved() if isinstance(mark, kind)]

    spans: list[Callable[[Desk], None]] = [
        deeds.accept,
        deeds.reject,
        lambda desk: deeds.press_label_key(desk, "9"),
        deeds.end_right,
    ]
    for deed in spans:
        desk.focus_on(pending(Span)[0])
        deed(desk)
    for deed in (deeds.boundary_right, deeds.join):
        desk.focus_on(pending(Boundary)[-1])
        deed(desk)
    text = desk.page.text
    words = [match.start() for match in re.finditer(r"\b[a-z]{4,}", text)]
    desk.set_caret(next(at for at in words if not desk.marks_at(at)))
    deeds.press_label_key(desk, "1")
    desk.choose_layer("articles")
    desk.set_caret(text.index(". ", 2_000) + 4)
    desk.focus_on(None)
    deeds.add_boundary_here(desk)
    deeds.undo(desk)
    deeds.redo(desk)
    deeds.finish(desk)


def test_a_page_goes_from_a_text_file_to_json_lines_and_back(run: Run, tmp_path: Path) -> None:
    corpus, other = tmp_path / "a.corpus", tmp_path / "b.corpus"
    out, again = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for words in (["new", corpus], ["import", corpus, SEED], ["propose", corpus]):
        assert run(*words).code == 0
    with Corpus.open(corpus) as opened:
        desk = Desk(Session(opened, "ann"), Queue(opened, "ann"), lambda: 1.5)
        deeds.open_start(desk)
        correct(desk)
        wanted = desk.page.annotation
        assert desk.page.pending == ()
    assert wanted.state.status is Status.DONE
    assert run("check", corpus).out == "1 document checked; nothing is off.\n"
    done = run("export", corpus, "--to", "jsonl", "--out", out)
    assert done.code == 0
    assert f"{len(wanted.marks)} marks" in done.out

    line = json.loads(out.read_text(encoding="utf-8"))
    text = SEED.read_text(encoding="utf-8")
    assert line["text"] == text
    (work,) = line["annotations"]
    assert (work["annotator"], work["status"]) == ("ann", "done")
    spans = {Span(item["start"], item["end"], item["layer"], item["label"]) for item in work["spans"]}
    assert spans == {mark for mark in wanted.marks if isinstance(mark, Span)}
    assert all(item["text"] == text[item["start"] : item["end"]] for item in work["spans"])

    assert run("new", other).code == 0
    assert "1 annotation added" in run("import", other, out).out
    with Corpus.open(other) as opened:
        assert opened.annotation(wanted.document_id, "ann") == wanted
    assert run("check", other).code == 0
    assert run("export", other, "--to", "jsonl", "--out", again).code == 0
    assert again.read_bytes() == out.read_bytes()
    assert run("import", other, again).out.startswith("0 documents added (1 there already, 1 annotation kept")


# Stopped, and killed


def pages(path: Path, n: int) -> Path:
    path.write_text("".join(json.dumps({"text": f"Page {i}\nA story of {i} lines."}) + "\n" for i in range(n)))
    return path


def test_a_run_of_propose_that_was_stopped_goes_on_where_it_was(run: Run, corpus: Path, tmp_path: Path) -> None:
    from annotator.app.proposing import propose

    run("import", corpus, pages(tmp_path / "pages.jsonl", 2 * BATCH + 5))

    def stop(name: str, done: int, total: int) -> None:
        if done:
            raise Cancelled("Stopped.")

    with Corpus.open(corpus) as opened, pytest.raises(Cancelled):
        propose(opened, make_proposers(["articles"], opened.schema), progress=stop)
    assert run("check", corpus).code == 0
    (report,) = json.loads(run("propose", corpus, "--layer", "articles", "--json").out)
    assert report["documents"] == BATCH + 5
    (report,) = json.loads(run("propose", corpus, "--layer", "articles", "--json").out)
    assert report["documents"] == 0


Kill = Callable[[subprocess.Popen[bytes]], None]


@pytest.fixture
def kill() -> Kill:
    """Kills a process as a power cut would: it cannot tidy up."""

    def killed(process: subprocess.Popen[bytes]) -> None:
        process.kill()
        assert process.wait(60) != 0
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    assert stream is process.stdin

    return killed


def test_import_that_is_killed_leaves_a_sound_file_and_is_done_by_running_it_again(
    run: Run, corpus: Path, tmp_path: Path, command: list[str], kill: Kill
) -> None:
    first = tmp_path / "first.txt"
    first.write_text("A page that was there before.")
    run("import", corpus, first)
    source = tmp_path / "pages.jsonl"
    lines = [json.dumps({"text": f"Page {i}. " + "word " * 400}) + "\n" for i in range(2_000)]
    source.write_text("".join(lines))

    process = subprocess.Popen([*command, "import", str(corpus), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    # The pipe holds some 64 kB and the program looks at the first megabyte, so what was taken beyond is being imported.
    process.stdin.write(source.read_bytes())
    process.stdin.flush()
    kill(process)

    assert run("check", corpus).out == "1 document checked; nothing is off.\n"
    assert run("import", corpus, source).out == "2000 documents added\n"
    assert run("check", corpus).out == "2001 documents checked; nothing is off.\n"
    assert run("import", corpus, source).out == "0 documents added (2000 there already)\n"


BLOCKED = """
import sys
from annotator.cli import main
from annotator.store.corpus import Corpus

save = Corpus.save_proposals
calls = []

def save_and_wait(self, name, version, items, **more):
    calls.append(name)
    if len(calls) == {batch}:
        items = wait_within(items)
    return save(self, name, version, items, **more)

def wait_within(items):
    for number, item in enumerate(items):
        if number == 10:
            print("in the middle", flush=True)
            sys.stdin.read()
        yield item

Corpus.save_proposals = save_and_wait
main(["propose", {corpus!r}, "--layer", "articles", "--layer", "blocks"])
"""


@pytest.mark.parametrize("batch", [1, 3])
def test_propose_that_is_killed_leaves_a_sound_file_and_is_done_by_running_it_again(
    run: Run, corpus: Path, tmp_path: Path, kill: Kill, batch: int
) -> None:
    n = 3 * BATCH + 7
    run("import", corpus, pages(tmp_path / "pages.jsonl", n))
    process = subprocess.Popen(
        [sys.executable, "-c", BLOCKED.format(batch=batch, corpus=str(corpus))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"in the middle\n"
    kill(process)

    assert run("check", corpus).out == f"{n} documents checked; nothing is off.\n"
    words = ["propose", corpus, "--layer", "articles", "--layer", "blocks", "--json"]
    (report,) = json.loads(run(*words).out)
    assert report["documents"] == n - (batch - 1) * BATCH
    assert run("check", corpus).out == f"{n} documents checked; nothing is off.\n"
    (report,) = json.loads(run(*words).out)
    assert report["documents"] == 0
