import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.app.commands import COMMANDS
from annotator.app.settings import Settings, save_settings
from tests.cli.conftest import SEED, Ran, Run, work_as

# new


def test_new_makes_a_corpus_and_names_its_layers(run: Run, tmp_path: Path) -> None:
    made = run("new", tmp_path / "a.corpus", "--schema", "conll", "--name", "My news")
    assert (made.code, made.err) == (0, "")
    assert made.out == f"Made {tmp_path / 'a.corpus'} with the layers articles (2), blocks (8), entities (4).\n"
    counted = json.loads(run("info", tmp_path / "a.corpus", "--json").out)
    assert (counted["name"], counted["schema"], counted["documents"]) == ("My news", "conll", 0)


def test_new_is_called_after_its_file_where_no_name_is_given(run: Run, corpus: Path) -> None:
    assert json.loads(run("info", corpus, "--json").out)["name"] == "news"


def test_new_takes_a_schema_from_a_file(run: Run, tmp_path: Path) -> None:
    schema = tmp_path / "mine.toml"
    schema.write_text('name = "mine"\n[[layers]]\nname = "places"\nkind = "spans"\n[[layers.labels]]\nname = "CITY"\n')
    assert "places (1)" in run("new", tmp_path / "a.corpus", "--schema", schema).out
    schema.write_text('name = "mine"\n[[layers]]\nname = "places"\nkind = "lines"\n')
    said = run("new", tmp_path / "b.corpus", "--schema", schema).sentence
    assert said.startswith(f"{schema}, line 4: `kind` must be one of")
    assert not (tmp_path / "b.corpus").exists()


def test_new_never_replaces_a_file(run: Run, corpus: Path) -> None:
    before = corpus.read_bytes()
    assert "is there already and was left as it is" in run("new", corpus).sentence
    assert corpus.read_bytes() == before


def test_new_says_where_it_cannot_write(run: Run, tmp_path: Path) -> None:
    assert os.strerror(errno.ENOENT) in run("new", tmp_path / "nowhere" / "a.corpus").sentence
    assert "There is no schema “nope”" in run("new", tmp_path / "a.corpus", "--schema", "nope").sentence
    assert list(tmp_path.iterdir()) == []


# files that are no corpus


COMMANDS_ON_A_FILE = [
    ("import", SEED),
    ("propose",),
    ("export", "--to", "jsonl", "--out", "out.jsonl"),
    ("info",),
    ("check",),
    ("keys",),
]


@pytest.mark.parametrize("words", COMMANDS_ON_A_FILE, ids=lambda words: words[0])
def test_a_file_that_is_no_corpus_is_refused_and_left_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other.db"
    sqlite3.connect(other).executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
    text = tmp_path / "page.txt"
    text.write_text("Not a corpus at all.")
    name, *rest = words
    for path in (other, text):
        before = path.read_bytes()
        assert run(name, path, *rest).sentence == f"{path} is not a corpus; it was left as it is."
        assert path.read_bytes() == before
    for path in (tmp_path, tmp_path / "nowhere.corpus"):
        assert run(name, path, *rest).sentence == f"There is no corpus at {path}; `annotator new` makes one."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.db", "page.txt"]


# propose


def test_propose_puts_marks_of_every_layer_forward(run: Run, seed_corpus: Path) -> None:
    counted = json.loads(run("info", seed_corpus, "--json").out)
    layers = {layer for by_layer in counted["proposals"].values() for layer in by_layer}
    assert layers == {"articles", "blocks", "entities"}
    done = run("propose", seed_corpus, "--json")
    assert [(report["proposer"], report["documents"]) for report in json.loads(done.out)] == [
        ("boundaries", 0),
        ("spacy", 0),
    ]
    assert done.err == ""


def test_propose_anew_with_force_changes_no_decision(run: Run, seed_corpus: Path, tmp_path: Path) -> None:
    work_as(seed_corpus, "ann")
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    run("export", seed_corpus, "--to", "jsonl", "--out", before)
    done = run("propose", seed_corpus, "--force")
    assert done.code == 0
    assert [line.split(": ")[1].split(",")[0] for line in done.out.splitlines()] == ["1 document"] * 2
    run("export", seed_corpus, "--to", "jsonl", "--out", after)
    assert after.read_bytes() == before.read_bytes()


def test_propose_for_one_layer_leaves_the_others(run: Run, corpus: Path) -> None:
    run("import", corpus, SEED)
    assert run("propose", corpus, "--layer", "articles").code == 0
    (first,) = json.loads(run("info", corpus, "--json").out)["proposals"].values()
    assert list(first) == ["articles"]
    assert run("propose", corpus, "--layer", "blocks").out.startswith("boundaries: 1 document, ")
    found = json.loads(run("info", corpus, "--json").out)["proposals"].values()
    assert {layer for by_layer in found for layer in by_layer} == {"articles", "blocks"}
    assert first in found


def test_propose_refuses_a_layer_and_a_pipeline_that_are_not_there(run: Run, corpus: Path) -> None:
    run("import", corpus, SEED)
    said = run("propose", corpus, "--layer", "nope").sentence
    assert said == "The schema “news” has no layer “nope”; it has articles, blocks, entities."
    assert "xx_nowhere" in run("propose", corpus, "--model", "xx_nowhere").sentence
    assert json.loads(run("info", corpus, "--json").out)["proposals"] == {}


# full disks


FULL_DISK = """
import resource, signal, sys
from annotator.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
main(sys.argv[1:])
"""
"""Runs a command where no file can grow past 300 kB, as on a disk that is full."""


def on_full_disk(*arguments: object) -> Ran:
    words = [sys.executable, "-c", FULL_DISK, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the size of files as Linux does")
def test_a_full_disk_is_a_sentence_and_leaves_the_files_as_they_were(run: Run, corpus: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "pages.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({"text": f"Page {n} " + "word " * 200}) + "\n" for n in range(1_000)))
    assert "nothing was changed" in on_full_disk("import", corpus, source).sentence
    assert run("check", corpus).out == "0 documents checked; nothing is off.\n"
    assert run("import", corpus, source).code == 0
    out.write_text("before")
    assert "What stood there before was kept." in on_full_disk("export", corpus, "--to", "jsonl", "--out", out).sentence
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news.corpus", "out.jsonl", "pages.jsonl"]
    assert "nothing was changed" in on_full_disk("propose", corpus, "--layer", "articles").sentence
    assert run("check", corpus).out == "1000 documents checked; nothing is off.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_standard_output_that_takes_nothing_is_a_sentence(corpus: Path, command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*command, "keys"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"annotator: No space left on device.\n"


# info, check, keys


def test_info_counts_by_status_annotator_layer_and_label(run: Run, worked: Path) -> None:
    counted = json.loads(run("info", worked, "--json").out)
    assert counted["documents"] == 1
    assert counted["statuses"] == {"ann": {"in_progress": 1}, "gold": {"done": 1}}
    assert (counted["unopened"], counted["unassigned"]) == (0, 1)
    assert counted["rejections"] == {"ann": 1, "gold": 1}
    assert counted["gold"] == 1
    assert sum(n for labels in counted["marks"]["ann"].values() for n in labels.values()) == 1
    said = run("info", worked).out
    assert "schema news, version 1; file version" in said
    assert "1 document, 6147 characters, 5 edits" in said
    assert "ann: 1 in_progress" in said
    assert "marks of gold" in said


def test_check_finds_nothing_off_in_a_sound_corpus(run: Run, worked: Path) -> None:
    done = run("check", worked)
    assert (done.code, done.out, done.err) == (0, "1 document checked; nothing is off.\n", "")
    assert json.loads(run("check", worked, "--json").out) == {"documents": 1, "problems": []}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("UPDATE texts SET text = 'another'", "the text is not the one that was imported"),
        ("DELETE FROM marks WHERE rejected = 0", "log and marks differ"),
        ("UPDATE annotations SET status = 'skipped' WHERE annotator = 1", "log and status differ"),
        ("UPDATE marks SET label = 'NOPE' WHERE rejected = 0", "has no label “NOPE”"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM texts", "has lost its text"),
    ],
)
def test_check_lists_a_planted_corruption_and_ends_with_1(run: Run, worked: Path, planted: str, found: str) -> None:
    connection = sqlite3.connect(worked)
    connection.executescript(planted)
    connection.commit()
    connection.close()
    done = run("check", worked)
    assert (done.code, done.err) == (1, "")
    assert found in done.out
    assert all(line.endswith(".") for line in done.out.splitlines())
    problems = json.loads(run("check", worked, "--json").out)["problems"]
    assert problems == done.out.splitlines()


def test_check_of_a_torn_file_is_a_sentence(run: Run, worked: Path) -> None:
    data = worked.read_bytes()
    worked.write_bytes(data[:4096] + b"\xff" * 8192 + data[12288:])
    done = run("check", worked)
    assert done.code == 1
    assert "Traceback" not in done.err + done.out
    assert done.out + done.err != ""


def test_keys_prints_every_command_and_the_label_keys(run: Run, corpus: Path) -> None:
    save_settings(Settings(keys={"accept": "Space"}))
    done = run("keys")
    assert (done.code, done.err) == (0, "")
    assert all(command.title in done.out for command in COMMANDS)
    assert f"  {'Space':<22}Accept and go to the next\n" in done.out
    assert f"  {'1':<22}Person (PER)\n" in done.out
    sheet = json.loads(run("keys", corpus, "--json").out)
    assert {row["does"] for rows in sheet.values() for row in rows} >= {command.title for command in COMMANDS}


def test_keys_of_a_corpus_are_those_of_its_schema(run: Run, tmp_path: Path) -> None:
    run("new", tmp_path / "a.corpus", "--schema", "conll")
    sheet = json.loads(run("keys", tmp_path / "a.corpus", "--json").out)
    assert [row["key"] for row in sheet["Labels: Entities"]] == ["1", "2", "3", "4"]
