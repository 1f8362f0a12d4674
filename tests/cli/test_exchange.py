import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotator.cli import exchange
from annotator.core.annotation import Annotation, State
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import Record, Work
from annotator.exchange.formats import FORMATS, find_format
from tests.cli.conftest import Run
from tests.cli.works import BEGUN, DONE, PERSON, SENTENCE, fill, page, usage_of, works_in


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


# export


def annotators(path: Path) -> list[list[str]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [[work["annotator"] for work in line["annotations"]] for line in lines]


def test_export_writes_everything_or_what_is_asked_for(run: Run, worked: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("export", worked, "--to", "jsonl", "--out", out)
    told = f"Wrote {out}: 1 document, 4 marks.\npages chosen in the order of import: 1\n"
    assert (done.code, done.out, done.err) == (0, told, "")
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
    assert exported("--proposer", "rules") == (["rules 1"] * 6, ["left, proposals of rules 1: 6"])


def test_export_refuses_a_proposer_nobody_knows(run: Run, mixed: Path, tmp_path: Path) -> None:
    said = run("export", mixed, "--to", "iob2", "--out", tmp_path / "x", "--proposer", "spacy").sentence
    assert said == "Nothing in this corpus was proposed by “spacy”; there are “rules 1”."
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


def test_a_side_that_got_nothing_is_told(run: Run, corpus: Path, tmp_path: Path) -> None:
    fill(corpus, page(1, ("ann", DONE)))
    done = run("export", corpus, "--to", "iob2", "--out", tmp_path / "one", "--split", "80/20")
    assert "“test” got nothing: there are too few pages that may be parted.\n" in done.out
