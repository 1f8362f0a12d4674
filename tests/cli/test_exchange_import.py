import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.marks import Span
from annotator.store.corpus import Corpus
from tests.cli.conftest import SEED, Run, texts
from tests.cli.works import SENTENCE, usage_of, works_in


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
        assert "Columns are named like" in usage_of(run, "import", corpus, source, "--columns", wrong)


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


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Processes started by the test hear Ctrl+C, also where a shell runs it in the background and has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="sends the signal of Ctrl+C")
@pytest.mark.usefixtures("ctrl_c")
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
