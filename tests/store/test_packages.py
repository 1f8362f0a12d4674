"""Pages handed out as a file, worked on, and merged back."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Choice, Edit, State, Status
from annotator.core.document import Document, make_document
from annotator.core.errors import AnnotatorError, Cancelled, CorpusError, InputError
from annotator.core.history import read_history
from annotator.core.marks import Boundary, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema_edits import SchemaChange, rename_label
from annotator.store.assignments import read_assignments
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.store.merging import MergeReport, merge_package
from annotator.store.packages import make_package, package_annotator
from tests.core.values import EVERYTHING, edits, propose

JOE = Span(13, 22, "entities", "PERSON")
PAGE = Span(0, 4, "entities", "ORG")
LINE = Boundary(24, "articles", "article")
TODO, DONE = State(), State(Status.DONE)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "news-ann.corpus"


def ids(documents: list[Document]) -> list[str]:
    return [document.id for document in documents]


def add(*marks: Mark, title: str = "Add", state: tuple[State, State] | None = None) -> Edit:
    return Edit(title, added=frozenset(marks), state=state)


def work_at_home(path: Path, *made: tuple[str, Edit], annotator: str = "ann") -> list[int]:
    """Make edits in a package; gives their numbers."""
    with Corpus.open(path) as package:
        return [package.apply(id_, annotator, edit, seconds=2.5, choice=Choice.ORDER).id for id_, edit in made]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def everything(corpus: Corpus) -> tuple[list[Record], list[tuple[object, ...]]]:
    return list(corpus.records()), corpus.query("SELECT * FROM edits")


# What a package holds


def test_a_package_holds_pages_schema_proposals_and_own_work(corpus: Corpus, out: Path) -> None:
    schema = corpus.schema
    document = make_document("Page 7 is by Joe Biden.\nLine two.", title="seven", meta={"k": "v"})
    marks = frozenset({JOE, Rejection(PAGE)})
    work = Work(Annotation(document.id, "ann", marks, State(Status.UNSURE, "who?")), {JOE: "rules 1"}, 9.0, Choice.GAIN)
    record = Record(document, (work,), (propose(PAGE, 0.25), propose(JOE)))
    corpus.add_records([record, Record(make_document("Not for ann."))])
    made = make_package(corpus, "ann", [document.id], out)
    assert (made.path, made.annotator, made.documents, made.begun, made.proposals) == (out, "ann", 1, 1, 2)
    with Corpus.open(out) as package:
        assert list(package.records()) == [record]
        assert (package.schema, package.name, package.annotators()) == (schema, corpus.name, ["ann"])
        assert check_corpus(package) == []
    assert package_annotator(out) == "ann"
    assert read_assignments(out) == [(document.id, "ann")]
    assert package_annotator(corpus.path) == ""


def test_what_was_handed_out_counts_as_assigned(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three)[:2], out)
    assert read_assignments(corpus.path) == [(id_, "ann") for id_ in ids(three)[:2]]


def test_a_package_holds_no_byte_of_anyone_elses_work(corpus: Corpus, three: list[Document], out: Path) -> None:
    """Names, notes, titles, statuses and labels that only others used are nowhere in the file, freed pages included."""
    secret = Span(5, 6, "quotes", "source")
    for who in ("bea-annotator", "gold"):
        for document in three:
            state = (TODO, State(Status.SKIPPED, f"note-of-{who}"))
            corpus.apply(document.id, who, add(secret, title=f"title-of-{who}", state=state), seconds=77.125)
            corpus.apply(document.id, who, Edit(f"gone-of-{who}", removed=frozenset({secret})))
    corpus.set_value("last page of bea-annotator", three[1].id)
    corpus.apply(three[0].id, "ann", add(JOE, title="own"))
    make_package(corpus, "ann", ids(three), out)
    body = out.read_bytes()
    for word in ("bea-annotator", "note-of-", "title-of-", "gone-of-"):
        assert word.encode() not in body, word
    with closing(sqlite3.connect(out)) as connection:
        assert connection.execute("SELECT DISTINCT name FROM annotators").fetchall() == [("ann",)]
        assert connection.execute("SELECT seq, kind, layer, start, label FROM marks").fetchall() == [
            (1, 2, "entities", 13, "PERSON")
        ]
        assert connection.execute("SELECT count(*) FROM edits").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM annotations").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM gold_decisions").fetchone() == (0,)
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_others_work_changes_no_byte_that_a_package_is_made_from(tmp_path: Path) -> None:
    """Two corpora that differ only in another annotator's work give packages that differ only in ids and times."""
    document = make_document("Page 0 is by Joe Biden.")
    dumps = []
    for n, works in enumerate([(), (Work(Annotation(document.id, "bea", frozenset({JOE}), DONE)),)]):
        with Corpus.create(tmp_path / f"{n}.corpus", EVERYTHING, "same") as corpus:
            corpus.add_records([Record(document, works, (propose(PAGE),))])
            made = make_package(corpus, "ann", [document.id], tmp_path / f"{n}-ann.corpus").path
        with closing(sqlite3.connect(made)) as connection:
            for table, columns in (("corpus", "value"), ("schemas", "saved_at"), ("annotators", "created_at"),
                                   ("documents", "imported_at"), ("proposers", "first_used"), ("proposed", "made_at"),
                                   ("assignments", "assigned_at"), ("_sqlite_migrations", "applied_at")):  # fmt: skip
                connection.execute(f"UPDATE {table} SET {columns} = '-'")
            dumps.append(list(connection.iterdump()))
    assert dumps[0] == dumps[1]
    assert any("Joe Biden" in line for line in dumps[0])


def test_a_package_is_refused_where_it_makes_no_sense(corpus: Corpus, three: list[Document], out: Path) -> None:
    for name, said in (("gold", "the name of gold"), (" ", "needs a name")):
        with pytest.raises(InputError, match=said):
            make_package(corpus, name, ids(three), out)
    with pytest.raises(InputError, match="no page to hand out to ann"):
        make_package(corpus, "ann", [], out)
    with pytest.raises(CorpusError, match="no document nope"):
        make_package(corpus, "ann", ["nope"], out)
    assert list(out.parent.glob("news-ann*")) == []
    out.write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        make_package(corpus, "ann", ids(three), out)
    assert out.read_text() == "mine"
    assert corpus.query("SELECT count(*) FROM packages") == [(0,)]


def test_a_stopped_split_leaves_nothing(corpus: Corpus, out: Path) -> None:
    documents = [make_document(f"Page {n}") for n in range(30)]
    corpus.add_records(Record(document) for document in documents)

    def stop(done: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        make_package(corpus, "ann", ids(documents), out, stop)
    assert list(out.parent.glob("news-ann*")) == []
    assert (corpus.annotators(), read_assignments(corpus.path)) == ([], [])


# Merging


def test_work_comes_back_with_state_note_time_choice_origin_and_log(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    page = three[0].id
    corpus.apply(page, "ann", add(JOE), origins={JOE: "rules 1"}, seconds=4.0)
    corpus.apply(page, "bea", add(PAGE))
    make_package(corpus, "ann", ids(three), out)
    with Corpus.open(out) as package:
        package.apply(page, "ann", add(PAGE), origins={PAGE: "rules 1"}, seconds=1.5)
        wrong = package.apply(page, "ann", add(LINE, title="Wrong"), seconds=1.0)
        package.apply(page, "ann", add(LINE, title="Wrong").inverse(), undoes=wrong.id)
        package.apply(page, "ann", add(state=(TODO, State(Status.DONE, "sure"))), choice=Choice.RANDOM)
        package.apply_all([(three[n].id, add(JOE), {}) for n in (1, 2)], "ann")
        expected = list(package.records())
        times = [entry.made_at for entry in package.log(page, "ann")[1:]]
    report = merge_package(corpus, out)
    assert (report.annotator, report.pages, report.edits, report.known, report.as_one) == ("ann", 3, 6, 1, 0)
    assert (report.conflicts, report.not_here, report.others, report.schema_changed) == ([], [], {}, False)
    assert [record.work_of("ann") for record in corpus.records()] == [record.work_of("ann") for record in expected]
    assert [work.annotation.annotator for work in next(corpus.records()).works] == ["ann", "bea"]
    log = corpus.log(page, "ann")
    assert [entry.title for entry in log] == [
        "Add",
        "Merged from news-ann.corpus: 4 edits",
        "Add",
        "Wrong",
        "Wrong",
        "Add",
    ]
    assert [entry.made_at for entry in log[2:]] == times
    assert log[4].undoes == log[3].id
    assert [entry.title for entry in read_history(log).undo] == ["Add", "Add"]
    batches = {corpus.log(three[n].id, "ann")[-1].batch for n in (1, 2)}
    assert len(batches) == 1
    assert None not in batches
    assert check_corpus(corpus) == []


def test_merging_again_adds_nothing_and_more_work_only_what_is_new(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    make_package(corpus, "ann", ids(three), out)
    (first,) = work_at_home(out, (three[0].id, add(JOE)))
    merge_package(corpus, out)
    before = everything(corpus)
    again = merge_package(corpus, out)
    assert (again.pages, again.edits, again.known, again.conflicts) == (0, 0, 1, [])
    assert everything(corpus) == before
    with Corpus.open(out) as package:
        package.apply(three[0].id, "ann", add(JOE).inverse(), undoes=first)
    assert merge_package(corpus, out).edits == 1
    assert corpus.annotation(three[0].id, "ann").marks == frozenset()
    log = corpus.log(three[0].id, "ann")
    assert log[-1].undoes == log[1].id
    assert check_corpus(corpus) == []


def test_the_package_is_only_read(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(JOE)))
    before = out.read_bytes()
    out.chmod(0o400)
    merge_package(corpus, out)
    assert out.read_bytes() == before
    assert sorted(path.name for path in out.parent.glob("news-ann*")) == [out.name]


def test_a_package_that_is_open_is_merged_as_it_stands(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    with Corpus.open(out) as package:
        package.apply(three[0].id, "ann", add(JOE))
        assert merge_package(corpus, out).edits == 1
        package.apply(three[0].id, "ann", add(PAGE))
        assert merge_package(corpus, out).edits == 1
    assert corpus.annotation(three[0].id, "ann").marks == {JOE, PAGE}


def test_work_in_both_is_a_conflict_and_nothing_is_overwritten(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    corpus.apply(three[0].id, "ann", add(LINE))
    make_package(corpus, "ann", ids(three), out)
    here = corpus.apply(three[0].id, "ann", add(PAGE))
    work_at_home(out, (three[0].id, add(JOE)), (three[1].id, add(JOE)))
    report = merge_package(corpus, out)
    assert [(each.document_id, each.edits, each.here_at) for each in report.conflicts] == [
        (three[0].id, 1, here.made_at)
    ]
    assert (report.pages, report.edits, report.taken) == (1, 1, False)
    assert corpus.annotation(three[0].id, "ann").marks == {LINE, PAGE}
    assert corpus.annotation(three[1].id, "ann").marks == {JOE}
    assert len(merge_package(corpus, out).conflicts) == 1
    taken = merge_package(corpus, out, take=True)
    assert (len(taken.conflicts), taken.taken, taken.as_one, taken.edits) == (1, True, 1, 1)
    assert corpus.annotation(three[0].id, "ann").marks == {LINE, JOE}
    newest = read_history(corpus.log(three[0].id, "ann")).undo[-1]
    corpus.apply(three[0].id, "ann", corpus.logged(newest.id).edit.inverse(), undoes=newest.id)
    assert corpus.annotation(three[0].id, "ann").marks == {LINE, PAGE}
    assert merge_package(corpus, out).edits == 0
    assert check_corpus(corpus) == []


def test_work_begun_here_on_a_page_handed_out_untouched_is_a_conflict(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    make_package(corpus, "ann", ids(three), out)
    record = Record(three[0], (Work(Annotation(three[0].id, "ann", frozenset({PAGE}), DONE)),))
    corpus.add_records([record])
    work_at_home(out, (three[0].id, add(JOE)))
    assert len(merge_package(corpus, out).conflicts) == 1
    assert corpus.annotation(three[0].id, "ann").marks == {PAGE}


def test_others_may_work_here_meanwhile(corpus: Corpus, three: list[Document], out: Path, tmp_path: Path) -> None:
    other = make_package(corpus, "bea", ids(three), tmp_path / "bea.corpus").path
    make_package(corpus, "ann", ids(three), out)
    work_at_home(other, (three[0].id, add(PAGE)), annotator="bea")
    work_at_home(out, (three[0].id, add(JOE)))
    assert [merge_package(corpus, path).conflicts for path in (other, out)] == [[], []]
    assert corpus.annotation(three[0].id, "ann").marks == {JOE}
    assert corpus.annotation(three[0].id, "bea").marks == {PAGE}


def test_pages_and_names_that_are_not_known_here_are_told(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    new = make_document("Brought in at home.", title="home")
    with Corpus.open(out) as package:
        package.add_records([Record(new)])
    work_at_home(out, (new.id, add(PAGE)), (three[0].id, add(JOE)))
    work_at_home(out, (three[1].id, add(JOE)), annotator="zed")
    report = merge_package(corpus, out)
    assert (report.not_here, report.others, report.pages) == (["home"], {"zed": 1}, 1)
    assert corpus.annotators() == ["ann"]
    corpus.add_records([Record(new)])
    assert (merge_package(corpus, out).pages, corpus.annotation(new.id, "ann").marks) == (1, {PAGE})


# Another schema


def renamed(corpus: Corpus, old: str, new: str) -> None:
    before = corpus.schema
    after = rename_label(before, "entities", old, new)
    corpus.change_schema(SchemaChange(before, after, {("entities", old): new}))


def test_a_label_renamed_since_is_refused_with_a_sentence_or_mapped(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    corpus.apply(three[0].id, "ann", add(PAGE))
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(Rejection(JOE))), (three[1].id, add(PAGE)), (three[0].id, add(LINE)))
    renamed(corpus, "ORG", "COMPANY")
    before = everything(corpus)
    with pytest.raises(InputError, match=r"lacks, .* entities/ORG \(2\)\. Say what becomes of them with OLD=NEW"):
        merge_package(corpus, out)
    assert everything(corpus) == before
    report = merge_package(corpus, out, {("entities", "ORG"): "COMPANY"})
    assert (report.pages, report.conflicts, report.as_one, report.schema_changed) == (2, [], 0, True)
    company = replace(PAGE, label="COMPANY")
    assert corpus.annotation(three[0].id, "ann").marks == {company, LINE, Rejection(JOE)}
    assert corpus.annotation(three[1].id, "ann").marks == {company}
    assert check_corpus(corpus) == []


def test_marks_of_a_label_may_be_left_out(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(PAGE, JOE)))
    renamed(corpus, "ORG", "COMPANY")
    merge_package(corpus, out, {("entities", "ORG"): ""})
    assert corpus.annotation(three[0].id, "ann").marks == {JOE}


def test_labels_put_together_are_merged_as_one_edit_where_single_edits_would_collide(
    corpus: Corpus, three: list[Document], out: Path
) -> None:
    make_package(corpus, "ann", ids(three), out)
    there = replace(PAGE, label="GPE")
    work_at_home(out, (three[0].id, add(PAGE)), (three[0].id, Edit("To", frozenset({PAGE}), frozenset({there}))))
    report = merge_package(corpus, out, {("entities", "ORG"): "GPE"})
    assert (report.pages, report.conflicts) == (1, [])
    assert corpus.annotation(three[0].id, "ann").marks == {there}
    assert check_corpus(corpus) == []


def test_a_schema_that_changed_and_holds_all_labels_is_told(corpus: Corpus, three: list[Document], out: Path) -> None:
    corpus.apply(three[0].id, "ann", add(LINE))
    corpus.apply(three[0].id, "bea", add(PAGE))
    make_package(corpus, "ann", ids(three), out)
    renamed(corpus, "ORG", "COMPANY")
    work_at_home(out, (three[0].id, add(JOE)))
    report = merge_package(corpus, out)
    assert (report.schema_changed, report.pages, report.conflicts) == (True, 1, [])


# What is no package of this corpus


def test_files_that_are_no_package_of_this_corpus_are_refused(
    corpus: Corpus, three: list[Document], out: Path, tmp_path: Path
) -> None:
    with Corpus.create(tmp_path / "other.corpus", EVERYTHING, "Other") as other:
        other.add_records(corpus.records())
        foreign = make_package(other, "ann", ids(three), tmp_path / "foreign.corpus").path
    make_package(corpus, "ann", ids(three), out)
    text = tmp_path / "text"
    text.write_text("no corpus at all")
    with closing(sqlite3.connect(corpus.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.corpus"),))
    make_package(corpus, "bea", ids(three), tmp_path / "bea.corpus")
    for path, said in (
        (foreign, "handed out from another corpus"),
        (corpus.path, "none that `annotator split` made"),
        (text, "is not a corpus"),
        (tmp_path / "missing", "There is no corpus at"),
    ):
        with pytest.raises(AnnotatorError, match=said) as told:
            merge_package(corpus, path)
        assert str(path) in str(told.value)
    with Corpus.open(tmp_path / "copy.corpus") as copy:
        merge_package(copy, out)
        with pytest.raises(InputError, match="a copy from before it was handed out"):
            merge_package(copy, tmp_path / "bea.corpus")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE texts SET text = 'another text'",
        'UPDATE marks SET start = 4000, "end" = 5000',
        "UPDATE marks SET label = 'nope'",
        "UPDATE annotations SET status = 'skipped'",
        "DROP TRIGGER edits_stay; UPDATE edits SET added = '{\"start\": []}'",
        "DROP TRIGGER edits_stay; UPDATE edits SET added = '[{\"start\": 1}]'",
        "DROP TRIGGER edits_stay; UPDATE edits SET added = '[3]'",
        "DROP TRIGGER edits_stay; UPDATE edits SET state = '[[\"nope\"]]'",
        "UPDATE schemas SET body = '{}'",
        "UPDATE annotations SET choice = 'nope'",
        "DROP TABLE marks",
        "DROP TABLE assignments; DROP TABLE annotations",
        "DELETE FROM schemas",
    ],
)
def test_a_package_that_is_not_sound_is_refused_with_a_sentence(
    corpus: Corpus, three: list[Document], out: Path, damage: str
) -> None:
    corpus.apply(three[0].id, "ann", add(LINE))
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(JOE)))
    with closing(sqlite3.connect(out)) as connection:
        connection.executescript(f"PRAGMA foreign_keys = OFF; {damage}")
        connection.commit()
    before = everything(corpus)
    with pytest.raises(AnnotatorError) as told:
        merge_package(corpus, out)
    assert "package.corpus" not in str(told.value)
    assert everything(corpus) == before


@pytest.mark.parametrize("seed", range(6))
def test_a_package_with_flipped_bytes_is_merged_or_refused(
    corpus: Corpus, three: list[Document], out: Path, seed: int
) -> None:
    chance = random.Random(seed)
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(JOE)))
    body = bytearray(out.read_bytes())
    for _ in range(chance.choice([1, 20, 400])):
        body[chance.randrange(100, len(body))] = chance.randrange(256)
    out.write_bytes(body)
    before = everything(corpus)
    try:
        merge_package(corpus, out)
    except AnnotatorError:
        assert everything(corpus) == before
    assert check_corpus(corpus) == []


def test_odd_times_and_clocks_are_put_right(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, (three[0].id, add(JOE)), (three[0].id, add(PAGE)), (three[0].id, add(LINE)))
    with closing(sqlite3.connect(out)) as connection:
        connection.executescript(
            "DROP TRIGGER edits_stay; UPDATE edits SET made_at = 'yesterday', seconds = -5.0 WHERE id = 1;"
            "UPDATE edits SET made_at = '2024-05-06T07:08:09+02:00', seconds = 9e999 WHERE id = 2;"
        )
        connection.commit()
    merge_package(corpus, out)
    at = [entry.made_at for entry in corpus.log(three[0].id, "ann")[1:]]
    assert at[1] == "2024-05-06T05:08:09.000+00:00"
    assert at[0] > "2025"
    assert corpus.query("SELECT seconds FROM annotations") == [(2.5,)]


# Being stopped


def test_a_stopped_merge_leaves_everything_as_it_was(corpus: Corpus, three: list[Document], out: Path) -> None:
    make_package(corpus, "ann", ids(three), out)
    work_at_home(out, *((document.id, add(JOE)) for document in three))
    before = everything(corpus)

    def stop(done: int, total: int) -> None:
        if done == total - 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        merge_package(corpus, out, progress=stop)
    assert everything(corpus) == before
    assert merge_package(corpus, out).pages == 3


_CHILD = """
import sys
from pathlib import Path
from annotator.store.corpus import Corpus
from annotator.store.merging import merge_package
from annotator.store.packages import make_package

def told(done, total=0):
    sys.stdout.write(str(done) + chr(10))
    sys.stdout.flush()

with Corpus.open(Path(sys.argv[1])) as corpus:
    if sys.argv[3] == "merge":
        merge_package(corpus, Path(sys.argv[2]), progress=told)
    else:
        every = [page.id for page in corpus.summaries("ann")]
        make_package(corpus, "ann", every, Path(sys.argv[2]), told)
"""


def killed(path: Path, out: Path, deed: str, after: int) -> None:
    """Run a deed in a process of its own and kill it once it has told of `after` steps."""
    command = [sys.executable, "-c", _CHILD, str(path), str(out), deed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(after):
            assert child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_split_and_merge_killed_in_the_middle_can_be_done_again(corpus: Corpus, out: Path) -> None:
    documents = [make_document(f"Page {n} is by Joe Biden.\n" * 40) for n in range(400)]
    corpus.add_records(Record(document) for document in documents)
    killed(corpus.path, out, "split", after=5)
    assert not out.exists()
    assert (read_assignments(corpus.path), check_corpus(corpus)) == ([], [])
    make_package(corpus, "ann", ids(documents), out)
    assert sorted(path.name for path in out.parent.glob("news-ann*")) == [out.name]
    with Corpus.open(out) as package:
        package.apply_all([(document.id, add(PAGE), {}) for document in documents], "ann")
    killed(corpus.path, out, "merge", after=460)
    assert corpus.query("SELECT count(*) FROM edits") == [(0,)]
    assert check_corpus(corpus) == []
    report = merge_package(corpus, out)
    assert (report.pages, report.edits) == (400, 400)
    assert check_corpus(corpus) == []


# Any work


@given(data=st.data())
@settings(max_examples=15)
def test_any_edits_come_back_as_they_were_made(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("any")
    document = make_document("Joe Biden met 😀 Ann.\nSecond line.\n")
    with Corpus.create(folder / "main.corpus", EVERYTHING) as corpus:
        corpus.add_records([Record(document, (), (propose(Span(0, 9, "entities", "PERSON")),))])
        _edit(corpus, document.id, data, data.draw(st.integers(0, 3)))
        out = make_package(corpus, "ann", [document.id], folder / "out.corpus").path
        for _ in range(2):
            with Corpus.open(out) as package:
                _edit(package, document.id, data, data.draw(st.integers(0, 4)))
                (expected,) = package.records()
            report: MergeReport = merge_package(corpus, out)
            assert (report.as_one, report.conflicts) == (0, [])
            assert next(corpus.records()).work_of("ann") == expected.work_of("ann")
        assert check_corpus(corpus) == []


def _edit(corpus: Corpus, document_id: str, data: st.DataObject, count: int) -> None:
    for _ in range(count):
        page = corpus.page(document_id, "ann")
        edit = data.draw(edits(page))
        if edit is not None:
            corpus.apply(document_id, "ann", edit, seconds=0.25)
