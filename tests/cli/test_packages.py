"""split and merge on the command line."""

import json
from pathlib import Path

import pytest

from annotator.core.annotation import Edit
from annotator.core.marks import Span
from annotator.store.corpus import Corpus
from tests.cli.conftest import Run
from tests.cli.works import BEGUN, DONE, ORG, PERSON, fill, page, usage_of, works_in

DATE = Span(25, 30, "entities", "DATE")


@pytest.fixture
def shared(corpus: Path) -> Path:
    """Four pages: ann has finished one and begun one, bea has finished one."""
    return fill(corpus, page(0, ("ann", DONE), ("bea", DONE)), page(1, ("ann", BEGUN)), page(2), page(3))


def mark(path: Path, annotator: str = "ann", number: int = 2) -> None:
    with Corpus.open(path) as opened:
        found = opened.summaries(annotator)[number]
        opened.apply(found.id, annotator, Edit("Label", added=frozenset({DATE})))


def test_split_gives_each_their_pages_and_merge_brings_the_work_back(run: Run, shared: Path, tmp_path: Path) -> None:
    run("assign", shared, "--annotators", "ann", "bea", "--overlap", "1")
    done = run("split", shared, "--annotators", "ann", "bea", "--out", tmp_path / "out")
    ann, bea = tmp_path / "out" / "news-ann.corpus", tmp_path / "out" / "news-bea.corpus"
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"{ann} for ann: 4 pages (2 with work of theirs), 4 proposals.",
        f"{bea} for bea: 4 pages (1 with work of theirs), 4 proposals.",
    ]
    assert works_in(bea) == [[("bea", "done", 2)], [], [], []]
    mark(ann)
    mark(bea, "bea", 3)
    merged = run("merge", shared, ann, bea)
    assert (merged.code, merged.err) == (0, "")
    assert merged.out.splitlines() == [
        f"{ann}: 1 edit of ann merged on 1 page.",
        "2 edits were here already.",
        f"{bea}: 1 edit of bea merged on 1 page.",
        "1 edit was here already.",
    ]
    assert [len(works) for works in works_in(shared)] == [2, 1, 1, 1]
    again = json.loads(run("merge", shared, ann, bea, "--json").out)
    assert [(each["pages"], each["edits"], each["known"]) for each in again] == [(0, 0, 3), (0, 0, 2)]
    assert run("check", shared).code == 0


def test_split_takes_the_pages_that_conditions_choose_or_all(run: Run, shared: Path, tmp_path: Path) -> None:
    def pages(name: str, *options: str) -> int:
        done = run("split", shared, "--annotator", "ann", "--out", tmp_path / name, "--json", *options)
        assert done.code == 0, done
        (made,) = json.loads(done.out)
        assert made["path"] == str(tmp_path / name)
        return int(made["documents"])

    assert pages("all.corpus", "--all") == 4
    assert pages("todo.corpus", "--where", "status=todo") == 2
    assert pages("old.corpus", "--where", "date<=2011 status=done,in_progress") == 2
    assert pages("assigned.corpus") == 4


def test_split_refuses_with_a_sentence_and_writes_nothing(run: Run, shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.corpus"

    def said(*options: object) -> str:
        return run("split", shared, "--out", out, *options).sentence

    assert "No page is assigned to ann" in said("--annotator", "ann")
    assert "No page answers “date>=2050” for ann" in said("--annotator", "ann", "--where", "date>=2050")
    assert "“label=PERSON” does not choose pages" in said("--annotator", "ann", "--where", "label=PERSON")
    assert "is no condition" in said("--annotator", "ann", "--where", "nope")
    assert "the name of gold" in said("--annotator", "gold", "--all")
    assert "is named twice" in said("--annotators", "ann", "ann", "--all")
    assert "Name who gets pages" in usage_of(run, "split", shared, "--out", out)
    assert "exclude each other" in usage_of(
        run, "split", shared, "--out", out, "--annotator", "a", "--all", "--where", "status=todo"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["news.corpus"]
    out.write_text("mine")
    assert "is there already" in said("--annotator", "ann", "--all")
    assert out.read_text() == "mine"
    file = tmp_path / "file"
    file.write_text("no folder")
    nowhere = run("split", shared, "--annotator", "ann", "--all", "--out", file / "deep" / "x.corpus")
    assert "the folder cannot be made" in nowhere.sentence


def test_names_of_annotators_lead_out_of_no_folder(run: Run, shared: Path, tmp_path: Path) -> None:
    names = ("../../etc", "a/b", "a b", "…", "Zoë")
    out = tmp_path / "deep" / "out"
    assert run("split", shared, "--annotators", *names, "--out", out, "--all").code == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"news-{name}.corpus" for name in ("etc", "a_b", "a_b-2", "annotator", "Zoë")
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "news.corpus"]


def test_a_conflict_is_told_with_exit_code_1_and_can_be_taken(run: Run, shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "ann.corpus"
    run("split", shared, "--annotator", "ann", "--all", "--out", out)
    with Corpus.open(shared) as opened:
        opened.apply(opened.summaries("ann")[2].id, "ann", Edit("Here", added=frozenset({PERSON})))
    mark(out)
    mark(out, number=3)
    told = run("merge", shared, out)
    assert (told.code, told.out.splitlines()[0]) == (1, f"{out}: 1 edit of ann merged on 1 page.")
    assert "ann worked on it here too, last at 20" in told.err
    assert "the package (1 edit) was not taken." in told.err
    assert "1 page was left as it is here; --take takes" in told.err
    taken = run("merge", shared, out, "--take")
    assert taken.code == 0
    assert "the package (1 edit) was taken; undo brings back what stood here." in taken.err
    assert [len(works) for works in works_in(shared)] == [2, 1, 1, 1]
    assert run("check", shared).code == 0


def test_labels_that_were_renamed_are_mapped(run: Run, shared: Path, tmp_path: Path) -> None:
    out, toml = tmp_path / "ann.corpus", tmp_path / "news.toml"
    run("split", shared, "--annotator", "ann", "--all", "--out", out)
    toml.write_text(run("schema", "show", shared, "--toml").out.replace('"DATE"', '"WHEN"'), encoding="utf-8")
    assert run("schema", "set", shared, toml).code == 0
    mark(out)
    assert "entities/DATE (1)" in run("merge", shared, out).sentence
    assert "write it as LABEL=TO" in run("merge", shared, out, "--map", "DATE").sentence
    assert "no label “NOPE”" in run("merge", shared, out, "--map", "NOPE=WHEN").sentence
    done = run("merge", shared, out, "--map", "DATE=WHEN")
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "The schema is not the one that was handed out; all marks fit it.",
    )
    assert works_in(shared)[2] == [("ann", "todo", 1)]


def test_bad_and_foreign_files_get_one_sentence(run: Run, shared: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.corpus"
    text.write_text("nothing")
    assert run("merge", shared, text).sentence == f"{text} is not a corpus; it was left as it is."
    assert "There is no corpus at" in run("merge", shared, tmp_path / "missing").sentence
    assert "none that `annotator split` made" in run("merge", shared, shared).sentence
    other = tmp_path / "other.corpus"
    run("new", other)
    fill(other, page(2, ("ann", DONE), marks=frozenset({ORG})))
    run("split", other, "--annotator", "ann", "--all", "--out", tmp_path / "foreign.corpus")
    assert "handed out from another corpus" in run("merge", shared, tmp_path / "foreign.corpus").sentence


def test_importing_a_package_says_that_it_is_merged_instead(run: Run, shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "ann.corpus"
    run("split", shared, "--annotator", "ann", "--all", "--out", out)
    done = run("import", shared, out)
    assert (done.code, done.out) == (1, "0 documents added\n")
    assert "ann.corpus: a corpus or another database, and no document. `annotator merge` brings back" in done.err
    folder = tmp_path / "pages"
    folder.mkdir()
    out.rename(folder / "ann.corpus")
    (folder / "page.txt").write_text("A page.")
    done = run("import", shared, folder)
    assert (done.code, done.out.splitlines()[0]) == (0, "1 document added")
    assert "skipped, files that are no documents: 1" in done.out
