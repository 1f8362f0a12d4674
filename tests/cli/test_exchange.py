import io
import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotator.cli import exchange
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.formats import FORMATS, find_format
from annotator.store.corpus import Corpus
from tests.cli.conftest import SEED, Run, texts

SENTENCE = "Ann Lee leads Acme."
PERSON, ORG = Span(0, 7, "entities", "PERSON"), Span(14, 18, "entities", "ORG")
DONE, BEGUN = Status.DONE, Status.IN_PROGRESS


def page(number: int, *works: tuple[str, Status], marks: frozenset[Mark] = frozenset({PERSON, ORG})) -> Record:
    """A page that begins with `SENTENCE` and is like no other, with the works of these annotators and a proposal."""
    words = random.Random(number)
    rest = " ".join("".join(words.choices("abcdefghijklmnopqrst", k=8)) for _ in range(60))
    text = f"{SENTENCE}\n{rest}\n"
    document = make_document(text, published=f"20{10 + number}-03-05", source=f"https://s{number}.org/")
    made = tuple(Work(Annotation(document.id, who, marks, State(status))) for who, status in works)
    return Record(document, made, (Proposal(PERSON, 0.5, "", "rules 1"),))


def fill(path: Path, *records: Record) -> Path:
    with Corpus.open(path) as corpus:
        corpus.add_records(records)
    return path


@pytest.fixture
def mixed(corpus: Path) -> Path:
    """Pages with gold, one finished annotation, two, one that is begun, gold that is begun, and none."""
    return fill(
        corpus,
        page(0, ("gold", DONE), ("ann", DONE)),
        page(1, ("ann", DONE), ("bob", BEGUN)),
        page(2, ("ann", DONE), ("bob", DONE)),
        page(3, ("bob", BEGUN)),
        page(4, ("gold", BEGUN)),
        page(5),
    )


def works_in(path: Path) -> list[list[tuple[str, str, int]]]:
    """Annotator, status and number of marks of every work in a corpus."""
    with Corpus.open(path) as corpus:
        return [
            [(w.annotation.annotator, w.annotation.state.status.value, len(w.annotation.marks)) for w in record.works]
            for record in corpus.records()
        ]


def usage_of(run: Run, *arguments: object) -> str:
    """What is said, in one line, of words that are wrong."""
    done = run(*arguments)
    assert (done.code, done.out) == (2, ""), done
    return " ".join(done.err.replace("│", " ").split())


# import


def test_import_takes_a_text_file_as_one_document(run: Run, corpus: Path) -> None:
    done = run("import", corpus, SEED)
    assert (done.code, done.out, done.err) == (0, "1 document added\n", "")
    assert texts(corpus) == [SEED.read_text(encoding="utf-8")]


def test_import_takes_a_folder_in_the_order_of_its_names(run: Run, corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "sub").mkdir(parents=True)
    for name, text in (("b.txt", "Second."), ("a.md", "First."), ("sub/c.txt", "Third."), (".hidden.txt", "No.")):
        (folder / name).write_text(text)
    done = run("import", corpus, folder)
    assert texts(corpus) == ["First.", "Second.", "Third."]
    assert done.out == "3 documents added\nskipped, hidden files: 1\n"


def test_import_takes_json_lines_by_the_field_that_is_named(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"body": "One 😀.", "text": "not this"}\n{"body": "Two."}\n', encoding="utf-8")
    assert run("import", corpus, source, "--text-field", "body").out == "2 documents added\n"
    assert texts(corpus) == ["One 😀.", "Two."]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
        (b"Just a page of text.\n", ["Just a page of text.\n"]),
        (b"\xef\xbb\xbfWith a mark.\r\nAnd CRLF.", ["With a mark.\nAnd CRLF."]),
    ],
)
def test_import_reads_standard_input(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, wanted: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("import", corpus, "-").code == 0
    assert texts(corpus) == wanted


def test_import_skips_texts_that_are_there_and_counts_them(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"The same.\n")
    (tmp_path / "b.txt").write_bytes(b"\xef\xbb\xbfThe same.\r\n")
    done = run("import", corpus, tmp_path / "a.txt", tmp_path / "b.txt")
    assert (done.code, done.out) == (0, "1 document added (1 there already)\n")
    assert run("import", corpus, tmp_path / "a.txt").out == "0 documents added (1 there already)\n"
    assert texts(corpus) == ["The same.\n"]


def test_import_normalises_line_ends_and_drops_the_byte_order_mark(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffone\r\ntwo\rthree\n".encode())
    run("import", corpus, tmp_path / "a.txt")
    assert texts(corpus) == ["one\ntwo\nthree\n"]


def test_import_reports_a_bad_line_with_file_and_line_and_goes_on(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": "One."}\n{"text": \n{"title": "no text"}\n{"text": "Two."}\n')
    done = run("import", corpus, source)
    assert done.code == 1
    assert done.out == "2 documents added\n"
    said = done.err.splitlines()
    assert [line.split(": ")[0] for line in said[:2]] == ["pages.jsonl:2", "pages.jsonl:3"]
    assert said[2:] == ["2 records could not be read; the rest was imported."]
    assert texts(corpus) == ["One.", "Two."]


def test_import_with_strict_takes_all_or_nothing(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": "One."}\nnot json\n')
    said = run("import", corpus, source, "--strict").sentence
    assert said.startswith("pages.jsonl:2: ")
    assert said.endswith("Nothing was imported.")
    assert texts(corpus) == []


def test_import_leaves_out_an_empty_file_and_says_so(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_bytes(b" \n\n")
    done = run("import", corpus, tmp_path / "empty.txt", tmp_path / "blank.txt")
    assert (done.code, done.out) == (0, "0 documents added\nskipped, files without text: 2\n")


def test_import_refuses_a_binary_file_and_takes_the_others(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "b.txt").write_text("A page.")
    done = run("import", corpus, tmp_path / "a.txt", tmp_path / "b.txt")
    assert done.code == 1
    assert done.err.startswith("a.txt: ")
    assert "Traceback" not in done.err
    assert texts(corpus) == ["A page."]


def test_import_of_a_path_that_is_not_there_imports_nothing(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A page.")
    said = run("import", corpus, tmp_path / "a.txt", tmp_path / "nope.txt").sentence
    assert said == f"There is no file or folder “{tmp_path / 'nope.txt'}”; nothing was imported."
    assert texts(corpus) == []


def test_import_reports_as_json(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": "One."}\n{"text": "One."}\nnot json\n')
    done = run("import", corpus, source, "--json")
    assert done.code == 1
    report = json.loads(done.out)
    assert (report["documents"], report["duplicates"], report["bad"]) == (1, 1, 1)
    assert report["bad_records"][0]["where"] == "pages.jsonl:3"


def test_import_of_an_unknown_format_is_refused(run: Run, corpus: Path) -> None:
    assert "“nope”" in run("import", corpus, SEED, "--format", "nope").sentence


def annotated(tmp_path: Path) -> Path:
    """A Prodigy file with a task of one annotator, two marks, and a label that the schema does not have."""
    spans = [
        {"start": 0, "end": 7, "label": "PERSON"},
        {"start": 14, "end": 18, "label": "ORG"},
        {"start": 8, "end": 13, "label": "VERB"},
    ]
    source = tmp_path / "tasks.jsonl"
    source.write_text(json.dumps({"text": SENTENCE, "spans": spans, "answer": "accept", "_annotator_id": "ann"}) + "\n")
    return source


def test_import_takes_marks_as_the_file_says_and_lists_what_the_schema_has_not(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    done = run("import", corpus, annotated(tmp_path))
    assert (done.code, done.err) == (0, "")
    first, lost, listed = done.out.splitlines()
    assert first == "1 document added (1 annotation added)"
    assert lost == "not kept, The schema has no label for it. 1"
    assert listed.endswith(":8 VERB")
    assert works_in(corpus) == [[("ann", "done", 2)]]


@pytest.mark.parametrize(
    ("words", "wanted", "proposals"),
    [
        (("--as", "documents"), [], 0),
        (("--as", "annotations"), [("ann", "done", 2)], 0),
        (("--as", "annotations", "--annotator", "zoe"), [("zoe", "done", 2)], 0),
        (("--annotator", "zoe"), [("zoe", "done", 2)], 0),
        (("--as", "gold"), [("gold", "done", 2)], 0),
        (("--as", "proposals"), [], 2),
        (("--as", "proposals", "--annotator", "old model"), [], 2),
    ],
)
def test_import_makes_of_marks_what_it_is_told(
    run: Run, corpus: Path, tmp_path: Path, words: tuple[str, ...], wanted: list[object], proposals: int
) -> None:
    source = annotated(tmp_path)
    told = json.loads(run("import", corpus, source, *words, "--json").out)
    assert (told["documents"], told["works"], told["proposals"]) == (1, len(wanted), proposals)
    assert told["formats"] == {"prodigy": 1}
    assert works_in(corpus) == [wanted]
    if "old model" in words:
        assert list(json.loads(run("info", corpus, "--json").out)["proposals"]) == ["old model"]
    again = json.loads(run("import", corpus, source, *words, "--json").out)
    assert (again["documents"], again["works"], again["proposals"]) == (0, 0, 0)
    assert works_in(corpus) == [wanted]


def test_import_refuses_a_name_where_the_role_has_one(run: Run, corpus: Path) -> None:
    for role in ("gold", "documents"):
        said = usage_of(run, "import", corpus, SEED, "--as", role, "--annotator", "zoe")
        assert f"--as {role} and --annotator exclude each other." in said
    assert "'nope' is not one of" in usage_of(run, "import", corpus, SEED, "--as", "nope")
    assert texts(corpus) == []


def test_import_keeps_bad_records_in_a_file_from_which_they_can_be_mended(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    source, rejects = tmp_path / "pages.jsonl", tmp_path / "rejects.jsonl"
    source.write_text('{"text": "One."}\n{"text": \n{"title": "no text"}\n{"text": "Two."}\n')
    done = run("import", corpus, source, "--rejects", rejects)
    assert done.code == 1
    assert done.err.splitlines()[-1] == f"Bad records are kept in {rejects}."
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(line["where"], line["raw"]) for line in kept] == [
        ("pages.jsonl:2", '{"text": '),
        ("pages.jsonl:3", '{"title": "no text"}'),
    ]
    assert texts(corpus) == ["One.", "Two."]


def test_import_writes_no_rejects_where_all_is_well_or_nothing_is_imported(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    rejects, good, bad = tmp_path / "rejects.jsonl", tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"text": "One."}\n')
    bad.write_text('{"text": "Two."}\n{"text": 5}\n')
    assert run("import", corpus, good, "--rejects", rejects).code == 0
    assert "Nothing was imported." in run("import", corpus, bad, "--rejects", rejects, "--strict").sentence
    assert texts(corpus) == ["One."]
    assert not rejects.exists()


def test_import_never_writes_rejects_over_what_it_reads_or_a_corpus(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": 5}\n')
    assert "name another file for the rejects" in run("import", corpus, source, "--rejects", source).sentence
    assert "is a corpus or another database" in run("import", corpus, source, "--rejects", corpus).sentence
    assert source.read_text() == '{"text": 5}\n'
    assert texts(corpus) == []


def test_import_maps_columns(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.csv"
    source.write_text("body,head,link,day\nOne page.,A title,https://a.org/,2024-05-01\n")
    words = ("--text-field", "body", "--columns", "title=head,source=link,published=day")
    assert run("import", corpus, source, *words).out == "1 document added\n"
    with Corpus.open(corpus) as opened:
        (found,) = (record.document for record in opened.records())
    assert (found.text, found.title, found.source, found.published) == (
        "One page.",
        "A title",
        "https://a.org/",
        "2024-05-01",
    )
    for wrong in ("title", "body=head", "title="):
        assert "--columns looks like" in usage_of(run, "import", corpus, source, "--columns", wrong)


def test_import_takes_a_line_as_a_document_on_request(run: Run, corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "pages.txt"
    source.write_text("One page.\nAnother.\n")
    assert run("import", corpus, source, "--lines").out == "2 documents added\n"
    assert texts(corpus) == ["One page.", "Another."]


def test_import_keeps_all_of_a_web_page_or_the_main_text(run: Run, tmp_path: Path) -> None:
    story = "<p>" + "The mayor of Hull resigned on Monday after a long dispute over the port. " * 6 + "</p>"
    source = tmp_path / "page.html"
    source.write_text(
        f"<html><body><nav><a href='/x'>Weather</a></nav><article><h1>Mayor</h1>{story}{story}</article></body></html>"
    )
    found = {}
    for way in ("blocks", "main"):
        path = tmp_path / f"{way}.corpus"
        run("new", path)
        assert run("import", path, source, "--html", way).code == 0
        (found[way],) = texts(path)
    assert "Weather" in found["blocks"]
    assert "Weather" not in found["main"]
    assert all("The mayor of Hull" in text for text in found.values())


def test_import_counts_utf16_units_on_request_and_looks_for_labels_in_a_layer(
    run: Run, corpus: Path, tmp_path: Path
) -> None:
    region = {"type": "labels", "from_name": "x", "to_name": "text"}
    value = {"start": 3, "end": 10, "labels": ["PERSON"]}
    task = {"data": {"text": "😀 Ann Lee"}, "annotations": [{"result": [{**region, "value": value}]}]}
    source = tmp_path / "tasks.json"
    source.write_text(json.dumps([task]))
    words = ("--format", "label-studio", "--utf16", "--layer", "entities")
    assert run("import", corpus, source, *words).code == 0
    with Corpus.open(corpus) as opened:
        (record,) = opened.records()
    assert record.works[0].annotation.marks == {Span(2, 9, "entities", "PERSON")}
    said = usage_of(run, "import", corpus, source, "--layer", "nope")
    assert "There is no layer “nope”; there are articles, blocks, entities." in said


@pytest.mark.skipif(sys.platform == "win32", reason="sends the signal of Ctrl+C")
def test_import_that_is_interrupted_leaves_the_corpus_as_it_was(corpus: Path, command: list[str]) -> None:
    words = [*command, "import", str(corpus), "-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        for number in range(20_000):
            process.stdin.write(json.dumps({"text": f"Page {number}."}).encode() + b"\n")
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (1, b"annotator: Stopped; nothing was imported.\n")
    assert texts(corpus) == []


# export


def annotators(path: Path) -> list[list[str]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [[work["annotator"] for work in line["annotations"]] for line in lines]


def test_export_writes_everything_or_what_is_asked_for(run: Run, worked: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("export", worked, "--to", "jsonl", "--out", out)
    assert (done.code, done.out, done.err) == (0, f"Wrote {out}: 1 document, 4 marks.\n", "")
    assert annotators(out) == [["ann", "gold"]]
    run("export", worked, "--to", "jsonl", "--out", out, "--gold")
    assert annotators(out) == [["gold"]]
    report = json.loads(run("export", worked, "--to", "jsonl", "--out", out, "--annotator", "ann", "--json").out)
    assert (report["documents"], report["marks"], report["lost"]) == (1, 2, [])
    assert annotators(out) == [["ann"]]


def test_export_refuses_what_it_does_not_know_and_writes_nothing(run: Run, worked: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    said = run("export", worked, "--to", "jsonl", "--out", out, "--annotator", "zed").sentence
    assert said == "Nobody called “zed” has worked on this corpus; there are ann, gold."
    assert "There is no format “nope”" in run("export", worked, "--to", "nope", "--out", out).sentence
    both = run("export", worked, "--to", "jsonl", "--out", out, "--gold", "--annotator", "ann")
    assert both.code == 2
    assert not out.exists()


def test_export_into_a_folder_that_is_not_there_makes_it(run: Run, worked: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.jsonl"
    assert run("export", worked, "--to", "jsonl", "--out", out).code == 0
    assert [path.name for path in out.parent.iterdir()] == ["out.jsonl"]


def test_export_where_nothing_can_be_written_leaves_no_half_file(run: Run, worked: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    assert "cannot be written" in run("export", worked, "--to", "jsonl", "--out", file / "out.jsonl").sentence
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    assert "cannot be written" in run("export", worked, "--to", "jsonl", "--out", folder).sentence
    assert list(folder.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.jsonl", "seed.corpus"]


def test_export_never_replaces_the_corpus(run: Run, worked: Path) -> None:
    before = worked.read_bytes()
    said = run("export", worked, "--to", "jsonl", "--out", worked).sentence
    assert said == f"“{worked}” is a corpus or another database; it was left as it is."
    assert worked.read_bytes() == before
    assert "names no file" in run("export", worked, "--to", "jsonl", "--out", "").sentence


def chosen_in(path: Path) -> list[str]:
    """Whose work each task of a Prodigy file holds."""
    return [json.loads(line).get("_session_id", "") for line in path.read_text().splitlines()]


STAYED = "stayed behind, neither gold nor finished: 3\nstayed behind, several finished annotations and no gold: 1\n"


def test_export_for_training_takes_the_best_and_counts_what_left_and_what_stayed(
    run: Run, mixed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    done = run("export", mixed, "--to", "prodigy", "--out", out)
    assert (done.code, done.err) == (0, "")
    left = "left, gold: 1\nleft, the one finished annotation: 1\n"
    assert done.out == f"Wrote {out}: 2 documents, 4 marks.\n{left}{STAYED}"
    assert chosen_in(out) == ["gold", "ann"]
    before = out.read_bytes()
    told = json.loads(run("export", mixed, "--to", "prodigy", "--out", out, "--best", "--json").out)
    assert told["chosen"] == {"gold": 1, "the one finished annotation": 1}
    assert told["stayed"] == {"neither gold nor finished": 3, "several finished annotations and no gold": 1}
    assert told["files"] == [str(out)]
    assert out.read_bytes() == before


def test_export_of_native_lines_holds_everything_unless_the_best_is_asked_for(
    run: Run, mixed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    assert run("export", mixed, "--to", "jsonl", "--out", out).out == f"Wrote {out}: 6 documents, 16 marks.\n"
    assert annotators(out) == [["ann", "gold"], ["ann", "bob"], ["ann", "bob"], ["bob"], ["gold"], []]
    assert run("export", mixed, "--to", "jsonl", "--out", out, "--best").out.endswith(STAYED)
    assert annotators(out) == [["gold"], ["ann"]]


def test_export_takes_everything_gold_one_annotator_or_one_proposer(run: Run, mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    def exported(*words: str) -> tuple[list[str], list[str]]:
        done = run("export", mixed, "--to", "prodigy", "--out", out, *words)
        assert done.code == 0, done
        return chosen_in(out), done.out.splitlines()[1:]

    assert sorted(exported("--all")[0]) == ["", *["ann"] * 3, *["bob"] * 3, "gold", "gold"]
    assert exported("--gold") == (
        ["gold"],
        ["left, gold: 1", "stayed behind, gold that is not finished: 1", "stayed behind, without gold: 4"],
    )
    assert exported("--gold", "--where", "status=in_progress")[0] == ["gold"]
    assert exported("--annotator", "bob") == (
        ["bob"] * 3,
        ["left, annotated by bob: 3", "stayed behind, not annotated by bob: 3"],
    )
    assert exported("--proposer", "rules 1") == (["rules 1"] * 6, ["left, proposals of rules 1: 6"])


def test_export_refuses_a_proposer_nobody_knows(run: Run, mixed: Path, tmp_path: Path) -> None:
    said = run("export", mixed, "--to", "iob2", "--out", tmp_path / "x", "--proposer", "spacy").sentence
    assert said == "Nothing in this corpus was proposed by “spacy”; there are rules 1."
    assert not (tmp_path / "x").exists()


CHOICES = [("--all",), ("--gold",), ("--best",), ("--annotator", "ann"), ("--proposer", "rules 1")]


@pytest.mark.parametrize(
    "words",
    [
        *([*one, *other] for number, one in enumerate(CHOICES) for other in CHOICES[number + 1 :]),
        ["--split", "80/20", "--folds", "5"],
        ["--keep", "splits.json"],
        ["--by-source"],
        ["--all", "--per", "article"],
        ["--per", "paragraph"],
        ["--columns", "3"],
        ["--layer", "nope"],
        ["--seed", "x"],
    ],
    ids=" ".join,
)
def test_export_refuses_words_that_do_not_go_together(run: Run, mixed: Path, tmp_path: Path, words: list[str]) -> None:
    said = usage_of(run, "export", mixed, "--to", "conll", "--out", tmp_path / "out", *words)
    assert words[0] in said or "There is no layer “nope”" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--where", "nope=1"], "“nope=1” is no condition"),
        (["--where", "label=NOPE"], "“NOPE” is none of"),
        (["--where", "segment=teaser"], "export by article"),
        (["--split", "80"], "A split looks like 80/10/10"),
        (["--folds", "1"], "There can be 2 to 100 folds, not 1."),
        (["--split", "80/20", "--keep", "nowhere.json"], "There is no file"),
    ],
)
def test_export_says_in_a_sentence_which_value_is_wrong(
    run: Run, mixed: Path, tmp_path: Path, words: list[str], reason: str
) -> None:
    assert reason in run("export", mixed, "--to", "conll", "--out", tmp_path / "out", *words).sentence
    assert not (tmp_path / "out").exists()


def test_export_holds_conditions_against_status_label_date_and_text(run: Run, mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    def exported(where: str) -> tuple[int, int]:
        told = json.loads(run("export", mixed, "--to", "jsonl", "--out", out, "--where", where, "--json").out)
        assert told["documents"] + sum(told["stayed"].values()) == 6
        return told["documents"], told["marks"]

    assert exported("date>=2012 date<=2013") == (2, 6)
    assert exported("label=PERSON") == (6, 8)
    assert exported("status=in_progress") == (4, 6)
    assert exported("text~'leads acme'") == (6, 16)
    assert exported("text~nowhere") == (0, 0)


def test_export_by_article_gives_each_article_its_own_offsets(run: Run, corpus: Path, tmp_path: Path) -> None:
    text = f"{SENTENCE}\n{SENTENCE}\n"
    start = len(SENTENCE) + 1
    document = make_document(text)
    marks: set[Mark] = {Boundary(0, "articles", "article"), Boundary(start, "articles", "teaser")}
    marks |= {PERSON, Span(start, start + 7, "entities", "PERSON")}
    work = Work(Annotation(document.id, "ann", frozenset(marks), State(DONE)))
    fill(corpus, Record(document, (work,)))
    out = tmp_path / "out.jsonl"
    for where, count in (("", 2), ("segment=teaser", 1)):
        words = ("--per", "article", "--where", where)
        assert run("export", corpus, "--to", "gliner", "--out", out, *words).code == 0
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        assert [line["ner"] for line in lines] == [[[0, 1, "person"]]] * count
    native = json.loads(run("export", corpus, "--to", "jsonl", "--out", out, "--per", "article", "--json").out)
    assert (native["documents"], native["chosen"]) == (2, {"the one finished annotation": 1})


@pytest.fixture
def many(corpus: Path) -> Path:
    return fill(corpus, *(page(number, ("ann", DONE)) for number in range(40)))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_export_divides_by_shares_with_a_card_and_gives_the_same_bytes_again(
    run: Run, many: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    done = run("export", many, "--to", "iob2", "--out", one, "--split", "80/10/10", "--seed", "3")
    assert (done.code, done.err) == (0, "")
    sides = json.loads((one / "splits.json").read_text())
    counts = {name: list(sides["documents"].values()).count(name) for name in ("train", "dev", "test")}
    told = ", ".join(f"{name} {n}" for name, n in counts.items())
    assert f"\ndivided with seed 3: {told}\n" in done.out
    assert sum(counts.values()) == 40
    assert all(counts.values())
    assert sorted(files_of(one)) == sorted(
        ["README.md", "manifest.json", "splits.json", "train.iob2", "dev.iob2", "test.iob2"]
    )
    words = ("--split", "80/10/10", "--seed", "3", "--json")
    report = json.loads(run("export", many, "--to", "iob2", "--out", other, *words).out)
    assert files_of(other) == files_of(one)
    assert (report["split"]["seed"], report["split"]["documents"]) == (3, counts)
    assert report["split"]["labels"]["train"] == {"ORG": counts["train"], "PERSON": counts["train"]}


def test_export_keeps_sides_of_an_earlier_export_when_the_corpus_grows(run: Run, many: Path, tmp_path: Path) -> None:
    words = ("--to", "prodigy", "--split", "60/40")
    run("export", many, *words, "--out", tmp_path / "one")
    fill(many, *(page(number, ("ann", DONE)) for number in range(40, 60)))
    keep = tmp_path / "one" / "splits.json"
    assert run("export", many, *words, "--seed", "9", "--keep", keep, "--out", tmp_path / "two").code == 0
    before, after = (json.loads((tmp_path / name / "splits.json").read_text())["documents"] for name in ("one", "two"))
    assert len(after) == 60
    assert {key: after[key] for key in before} == before


def test_export_divides_into_folds_and_keeps_sources_together(run: Run, corpus: Path, tmp_path: Path) -> None:
    records = [page(number, ("ann", DONE)) for number in range(12)]
    paired = [
        Record(make_document(r.document.text, source=f"https://s{n // 2}.org/"), ()) for n, r in enumerate(records)
    ]
    works = [Record(p.document, r.works) for p, r in zip(paired, records, strict=True)]
    fill(corpus, *works)
    words = ("--to", "spacy", "--out", tmp_path / "folds", "--folds", "3", "--by-source", "--json")
    report = json.loads(run("export", corpus, *words).out)["split"]
    assert sum(report["documents"].values()) == 12
    assert list(report["documents"]) == ["fold1", "fold2", "fold3"]
    assert [len(group) for group in report["groups"]] == [2] * 6
    sides = json.loads((tmp_path / "folds" / "splits.json").read_text())["documents"]
    assert all(sides[a.document.id] == sides[b.document.id] for a, b in zip(works[::2], works[1::2], strict=True))


def test_export_writes_two_columns_or_four_utf16_and_chosen_layers(run: Run, mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for count in (2, 4):
        run("export", mixed, "--to", "conll", "--out", out, "--columns", count)
        lines = [line.split() for line in out.read_text().splitlines() if line and not line.startswith("-DOCSTART-")]
        assert {len(line) for line in lines if line[0] == "Acme"} == {count}
    done = run("export", mixed, "--to", "prodigy", "--out", out, "--layer", "articles")
    assert f"Wrote {out}: 2 documents, 0 marks." in done.out
    assert run("export", mixed, "--to", "spacy", "--out", out, "--lang", "de").code == 0


def test_export_lists_what_the_format_cannot_hold(run: Run, corpus: Path, tmp_path: Path) -> None:
    inside = page(0, ("ann", DONE), marks=frozenset({Span(1, 7, "entities", "PERSON")}))
    fill(corpus, inside)
    done = run("export", corpus, "--to", "conll", "--out", tmp_path / "out")
    *_, counted, listed = done.out.splitlines()
    assert counted.startswith("not held by this format, ")
    assert counted.endswith(" 1")
    assert listed.startswith(f"  {inside.document.id[:12]}:1 PERSON")


@contextmanager
def _interrupting() -> Iterator[Callable[[str, int, int | None], None]]:
    def show(_task: str, done: int, _total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    yield show


@pytest.mark.parametrize("words", [(), ("--split", "50/50")])
def test_export_that_is_interrupted_leaves_what_stood_there(
    run: Run, mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    run("export", mixed, "--to", "iob2", "--out", folder / "data", *words)
    before = files_of(folder)
    monkeypatch.setattr(exchange, "progress_bar", _interrupting)
    said = run("export", mixed, "--to", "bilou", "--out", folder / "data", *words).sentence
    assert said == "Stopped; what stood there before was kept."
    assert files_of(folder) == before


# formats


def test_formats_lists_every_format_with_what_it_can_and_cannot_hold(run: Run) -> None:
    done = run("formats")
    assert (done.code, done.err) == (0, "")
    assert "doccano       doccano (in and out)\n  holds: Spans, segments as spans over the page" in done.out
    assert "  does not hold: Proposals, rejections, origins and times.\n" in done.out
    assert "html          HTML pages (in only)\n" in done.out
    assert "chat          Chat fine-tuning (out only)\n" in done.out
    listed = json.loads(run("formats", "--json").out)
    assert [row["name"] for row in listed] == [row.name for row in FORMATS]
    assert {row["name"] for row in listed if row["writes"] == "folder"} == {row.name for row in FORMATS if row.folder}
    assert all(row["holds"] and (row["in"] or row["out"]) for row in listed)


@pytest.mark.parametrize("name", [row.name for row in FORMATS if row.write is not None])
def test_every_format_is_written_and_those_that_can_be_read_come_back(
    run: Run, mixed: Path, tmp_path: Path, name: str
) -> None:
    row = find_format(name)
    out = tmp_path / "out" / f"data{row.suffix}"
    told = json.loads(run("export", mixed, "--to", name, "--out", out, "--gold", "--json").out)
    assert (told["documents"], told["chosen"]) == (1, {"gold": 1})
    assert out.exists()
    if row.read is None:
        return
    other = tmp_path / "other.corpus"
    run("new", other)
    told = json.loads(run("import", other, out, "--as", "gold", "--json").out)
    assert (told["documents"], told["bad"]) == (1, 0), told
    assert all(who == "gold" for work in works_in(other) for who, _, _ in work)
