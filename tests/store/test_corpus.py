import re
import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, Choice, Edit, State, Status
from annotator.core.document import Document, make_document
from annotator.core.edits import accept, accept_rest, add_span, reject, relabel, set_state
from annotator.core.errors import Cancelled, CorpusError, EditRefused, InputError, SchemaError
from annotator.core.history import read_history
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.store.assignments import save_assignments
from annotator.store.check import check_corpus, replay
from annotator.store.corpus import Corpus
from annotator.store.counts import count_corpus
from annotator.store.transfer import AddReport
from tests.core.values import EVERYTHING, HOSTILE, TEXT, documents, edits, marks, proposals, propose

JOE = Span(0, 9, "entities", "PERSON")
BIDEN = Span(4, 9, "entities", "PERSON")
ORG = Span(0, 9, "entities", "ORG")


def tables(corpus: Corpus) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the file."""
    names = corpus.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: corpus.query(f'SELECT * FROM "{name}"') for (name,) in names}


def put(corpus: Corpus, page_id: str, *mark: Span | Boundary, who: str = "ann") -> None:
    corpus.apply(page_id, who, Edit("put", added=frozenset(mark)))


# Edits


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_file_log_and_page_agree_after_whatever_a_person_does(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "a.corpus"
    document = make_document(TEXT)
    with Corpus.create(path, EVERYTHING) as corpus:
        corpus.add_records([Record(document, (), tuple(data.draw(proposals(len(TEXT)))))])
        page = corpus.page(document.id, "ann")
        for _ in range(data.draw(st.integers(1, 6))):
            stacks = read_history(corpus.log(document.id, "ann"))
            deed = data.draw(st.sampled_from(["edit", "edit", "undo", "redo"]))
            past = {"undo": stacks.undo, "redo": stacks.redo}.get(deed, ())
            edit = corpus.logged(past[-1].id).edit.inverse() if past else data.draw(edits(page))
            if edit is not None:
                corpus.apply(document.id, "ann", edit, undoes=past[-1].id if past else None)
                page = page.after(edit)
            assert corpus.page(document.id, "ann") == page
            assert replay(corpus, document.id, "ann") == page.annotation
        assert check_corpus(corpus) == []
    with Corpus.open(path) as corpus:
        assert corpus.page(document.id, "ann") == page


def test_undo_reaches_past_a_restart_and_keeps_where_marks_came_from(path: Path) -> None:
    document = make_document(TEXT)
    with Corpus.create(path, EVERYTHING) as corpus:
        corpus.add_records([Record(document, (), (propose(JOE, 0.9),))])
        page = corpus.page(document.id, "ann")
        corpus.apply(document.id, "ann", accept(page, JOE), origins={JOE: "rules 1"})
        page = corpus.page(document.id, "ann")
        corpus.apply(document.id, "ann", reject(page, JOE))
        first = corpus.page(document.id, "ann")
    for expected in ({JOE: "rules 1"}, {}):
        with Corpus.open(path) as corpus:
            last = read_history(corpus.log(document.id, "ann")).undo[-1]
            corpus.apply(document.id, "ann", corpus.logged(last.id).edit.inverse(), undoes=last.id)
            (record,) = corpus.records()
            assert record.works[0].origins == expected
            assert check_corpus(corpus) == []
    for _ in range(2):
        with Corpus.open(path) as corpus:
            last = read_history(corpus.log(document.id, "ann")).redo[-1]
            corpus.apply(document.id, "ann", corpus.logged(last.id).edit.inverse(), undoes=last.id)
    with Corpus.open(path) as corpus:
        assert corpus.page(document.id, "ann") == first
        assert read_history(corpus.log(document.id, "ann")).redo == ()
        assert check_corpus(corpus) == []


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit("x", removed=frozenset([JOE])), "changed by another program"),
        (Edit("x", added=frozenset([ORG])), "changed by another program"),
        (Edit("x", added=frozenset([BIDEN])), "changed by another program"),
        (Edit("x", added=frozenset([Boundary(4, "blocks", "headline")])), "changed by another program"),
        (Edit("x", added=frozenset([Span(20, 22, "entities", "ORG"), Boundary(4, "blocks", "body")])), "changed by"),
        (Edit("x", added=frozenset([Span(20, 24, "entities", "ORG"), Span(22, 25, "entities", "ORG")])), "changed by"),
        (Edit("x", state=(State(Status.DONE), State())), "changed by another program"),
        (Edit("x", added=frozenset([Span(0, 10_000, "entities", "ORG")])), "does not lie in the text"),
        (Edit("x", added=frozenset([Rejection(Span(0, 10_000, "entities", "ORG"))])), "does not lie in the text"),
        (Edit("x", added=frozenset([Span(20, 22, "entities", "NOBODY")])), "has no label"),
        (Edit("x", added=frozenset([Span(20, 22, "nowhere", "ORG")])), "has no layer"),
    ],
)
def test_an_edit_that_does_not_fit_the_file_changes_nothing(
    corpus: Corpus, page_id: str, edit: Edit, reason: str
) -> None:
    put(corpus, page_id, Span(3, 6, "entities", "ORG"), Boundary(4, "blocks", "body"))
    before = tables(corpus)
    with pytest.raises(EditRefused, match=reason):
        corpus.apply(page_id, "ann", edit)
    with pytest.raises(EditRefused, match=reason):
        corpus.apply_all([(page_id, edit, {})], "ann")
    assert tables(corpus) == before
    assert check_corpus(corpus) == []


def test_spans_may_touch_and_in_a_layer_with_overlap_cross(corpus: Corpus, page_id: str) -> None:
    put(corpus, page_id, Span(3, 6, "entities", "ORG"))
    put(corpus, page_id, Span(6, 9, "entities", "ORG"), Span(0, 3, "entities", "ORG"))
    put(corpus, page_id, Span(0, 5, "quotes", "quote"), Span(3, 9, "quotes", "quote"))
    with pytest.raises(EditRefused):
        put(corpus, page_id, Span(0, 5, "quotes", "source"))
    put(corpus, page_id, Boundary(4, "blocks", "body"), Boundary(4, "articles", "article"))
    assert check_corpus(corpus) == []


def test_an_insert_that_fails_leaves_log_and_marks_as_they_were(corpus: Corpus, page_id: str) -> None:
    put(corpus, page_id, JOE)
    corpus.query(
        "CREATE TRIGGER full BEFORE INSERT ON marks WHEN new.label = 'GPE' BEGIN SELECT raise(ABORT, 'no more'); END"
    )
    before = tables(corpus)
    edit = Edit("x", frozenset([JOE]), frozenset([ORG, Span(20, 22, "entities", "GPE")]))
    with pytest.raises(EditRefused):
        corpus.apply(page_id, "bob", Edit("x", added=edit.added))
    with pytest.raises(EditRefused):
        corpus.apply(page_id, "ann", edit)
    assert tables(corpus) == before
    assert corpus.annotators() == ["ann"]


def test_a_refused_first_edit_gives_nobody_the_place_of_another(corpus: Corpus, page_id: str) -> None:
    with pytest.raises(EditRefused):
        corpus.apply(page_id, "ann", Edit("x", removed=frozenset([JOE])))
    corpus.add_annotator("bob")
    put(corpus, page_id, JOE, who="ann")
    assert corpus.page(page_id, "ann").decided == (JOE,)
    assert corpus.page(page_id, "bob").decided == ()
    assert corpus.annotators() == ["ann", "bob"]


@pytest.mark.parametrize("statement", ["UPDATE edits SET title = 'x'", "DELETE FROM edits"])
def test_the_log_is_append_only(corpus: Corpus, page_id: str, statement: str) -> None:
    put(corpus, page_id, JOE)
    with pytest.raises(CorpusError, match="the edit log is append only"):
        corpus.query(statement)
    assert len(corpus.log(page_id, "ann")) == 1


def test_an_entry_is_taken_back_only_on_its_page_and_by_its_annotator(corpus: Corpus, three: list[Document]) -> None:
    one, two, _ = three
    entry = corpus.apply(one.id, "ann", Edit("x", added=frozenset([JOE])))
    back = Edit("x", added=frozenset([ORG]))
    for page_id, who, undoes in ((two.id, "ann", entry.id), (one.id, "bob", entry.id), (one.id, "ann", 99)):
        with pytest.raises(EditRefused, match="nothing on this page that this could take back"):
            corpus.apply(page_id, who, back, undoes=undoes)


def test_an_import_cannot_be_undone(corpus: Corpus) -> None:
    document = make_document(TEXT)
    corpus.add_records([Record(document, (Work(Annotation(document.id, "ann", frozenset([JOE]))),))])
    (entry,) = corpus.log(document.id, "ann")
    assert entry.fixed
    with pytest.raises(EditRefused, match="could take back"):
        corpus.apply(document.id, "ann", Edit("x", removed=frozenset([JOE])), undoes=entry.id)


def test_edits_on_several_pages_are_one_batch_or_none(corpus: Corpus, three: list[Document]) -> None:
    items = [(page.id, Edit("all", added=frozenset([JOE])), {JOE: "strings 1"}) for page in three]
    entries = corpus.apply_all(items, "ann")
    assert [entry.batch for entry in entries] == [1, 1, 1]
    assert [line.document_id for line in corpus.batch(1)] == [page.id for page in three]
    before = tables(corpus)
    clash = [(three[0].id, Edit("y", added=frozenset([Span(12, 14, "entities", "ORG")])), {}), items[1]]
    with pytest.raises(EditRefused):
        corpus.apply_all(clash, "ann")
    with pytest.raises(CorpusError, match="no document"):
        corpus.apply_all([clash[0], ("0" * 64, Edit("y"), {})], "ann")
    assert tables(corpus) == before
    back = [(line.document_id, line.edit.inverse(), {}) for line in corpus.batch(1)]
    corpus.apply_all(back, "ann", [entry.id for entry in entries])
    assert all(corpus.page(page.id, "ann").decided == () for page in three)
    again = [entry for page in three for entry in read_history(corpus.log(page.id, "ann")).redo]
    forward = [(page.id, corpus.logged(entry.id).edit.inverse(), {}) for page, entry in zip(three, again, strict=True)]
    assert {entry.batch for entry in corpus.apply_all(forward, "ann", [entry.id for entry in again])} == {3}
    assert all(record.works[0].origins == {JOE: "strings 1"} for record in corpus.records())
    assert check_corpus(corpus) == []


def test_two_windows_on_one_page_do_not_spoil_each_others_work(corpus: Corpus, page_id: str, path: Path) -> None:
    with Corpus.open(path) as other:
        mine, theirs = corpus.page(page_id, "ann"), other.page(page_id, "ann")
        corpus.apply(page_id, "ann", add_span(mine, 0, 9, "entities", "PERSON"))
        with pytest.raises(EditRefused, match="changed by another program since it was opened; open it again"):
            other.apply(page_id, "ann", add_span(theirs, 4, 12, "entities", "ORG"))
        with pytest.raises(EditRefused, match="open it again"):
            other.apply(page_id, "ann", set_state(theirs, Status.DONE))
        theirs = other.page(page_id, "ann")
        assert theirs.decided == (JOE,)
        other.apply(page_id, "ann", relabel(theirs, JOE, "ORG"))
        other.apply(page_id, "bob", add_span(other.page(page_id, "bob"), 4, 12, "entities", "ORG"))
        with pytest.raises(EditRefused, match="open it again"):
            corpus.apply(page_id, "ann", reject(mine.after(add_span(mine, 0, 9, "entities", "PERSON")), JOE))
    assert corpus.page(page_id, "ann").decided == (ORG,)
    assert check_corpus(corpus) == []


def test_time_and_notes_are_kept(corpus: Corpus, page_id: str) -> None:
    corpus.apply(page_id, "ann", Edit("x", added=frozenset([JOE])), seconds=2.5)
    page = corpus.page(page_id, "ann")
    corpus.apply(page_id, "ann", set_state(page, Status.UNSURE, "who? “x”\n"), seconds=1.25)
    (record,) = corpus.records()
    assert record.works[0].seconds == 3.75
    assert record.works[0].annotation.state == State(Status.UNSURE, "who? “x”\n")


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_an_annotator_needs_a_name(corpus: Corpus, page_id: str, name: str) -> None:
    with pytest.raises(InputError, match="needs a name"):
        corpus.add_annotator(name)
    with pytest.raises(InputError, match="needs a name"):
        put(corpus, page_id, JOE, who=name)


def test_text_that_no_file_can_hold_is_refused(corpus: Corpus, page_id: str) -> None:
    page = corpus.page(page_id, "ann")
    with pytest.raises(CorpusError, match="half of a surrogate pair cannot be stored; nothing was changed"):
        corpus.apply(page_id, "ann", set_state(page, Status.UNSURE, "caf\udce9"))
    assert corpus.log(page_id, "ann") == []


def test_questions_about_what_is_not_there(corpus: Corpus) -> None:
    nowhere = "0" * 64
    for ask in (corpus.document, corpus.seq, lambda id_: corpus.page(id_, "ann")):
        with pytest.raises(CorpusError, match=re.escape(f"no document {nowhere[:12]}")):
            ask(nowhere)
    with pytest.raises(CorpusError, match="no document"):
        list(corpus.records([nowhere]))
    with pytest.raises(CorpusError, match="no entry 7"):
        corpus.logged(7)
    assert corpus.annotation(nowhere, "ann") == Annotation(nowhere, "ann")
    assert corpus.edited_pages("ann") == []
    assert corpus.value("nothing") == ""


def test_settings_of_a_corpus_are_kept(corpus: Corpus) -> None:
    corpus.set_value("last", "1")
    corpus.set_value("last", "2")
    assert corpus.value("last") == "2"
    assert corpus.name == "news"


def test_the_page_edited_last_is_known(corpus: Corpus, three: list[Document]) -> None:
    for page, who in ((three[0], "ann"), (three[2], "ann"), (three[1], "bob")):
        put(corpus, page.id, JOE, who=who)
    assert corpus.edited_pages("ann")[0] == three[2].id
    assert [item.status for item in corpus.summaries("ann")] == [Status.TODO] * 3


# Schema


def test_a_new_schema_is_kept_and_used(corpus: Corpus, page_id: str, path: Path) -> None:
    put(corpus, page_id, JOE)
    wider = Schema("everything", 2, EVERYTHING.layers, "Wider")
    corpus.set_schema(wider)
    assert corpus.schema == wider
    with Corpus.open(path) as again:
        assert again.schema == wider
    assert corpus.query("SELECT count(*) FROM schemas") == [(2,)]


def test_a_schema_without_a_label_in_use_is_refused(corpus: Corpus, page_id: str) -> None:
    put(corpus, page_id, JOE)
    narrower = Schema("narrow", 2, tuple(item for item in EVERYTHING.layers if item.name != "entities"))
    with pytest.raises(SchemaError, match="has no layer “entities”"):
        corpus.set_schema(narrower)
    assert corpus.schema == EVERYTHING
    assert corpus.page(page_id, "ann").decided == (JOE,)


# Proposals


def test_a_proposer_replaces_what_it_gave_before_and_nothing_else(corpus: Corpus, page_id: str) -> None:
    document = corpus.document(page_id)
    first, other, second = propose(JOE, 0.4, "rules 1"), propose(ORG, 0.3, "spacy 3.8"), propose(BIDEN, 0.9, "rules 2")
    assert corpus.save_proposals("rules", "1", [(document, [first])]) == 1
    corpus.save_proposals("spacy", "3.8", [(document, [other])])
    assert corpus.proposals(page_id) == [first, other]
    corpus.save_proposals("rules", "2", [(document, [second])])
    assert set(corpus.proposals(page_id)) == {other, second}
    corpus.save_proposals("rules", "2", [(document, [])])
    assert corpus.proposals(page_id) == [other]


def test_a_proposer_run_for_one_layer_leaves_what_it_gave_for_others(corpus: Corpus, page_id: str) -> None:
    document = corpus.document(page_id)
    line = Boundary(4, "blocks", "body")
    corpus.save_proposals("rules", "1", [(document, [propose(JOE), propose(line)])])
    corpus.save_proposals("rules", "1", [(document, [propose(ORG)])], layers=["entities"])
    assert {item.mark for item in corpus.proposals(page_id)} == {ORG, line}
    with pytest.raises(InputError, match="a layer that was not asked for"):
        corpus.save_proposals("rules", "1", [(document, [propose(line)])], layers=["entities"])
    assert {item.mark for item in corpus.proposals(page_id)} == {ORG, line}


def test_of_a_mark_given_twice_the_better_score_is_kept(corpus: Corpus, page_id: str) -> None:
    given_ = [propose(JOE, 0.9), propose(JOE, 0.2), propose(JOE, None)]
    assert corpus.save_proposals("rules", "1", [(corpus.document(page_id), given_)]) == 1
    assert corpus.proposals(page_id) == [given_[0]]


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_outside_0_to_1_is_refused(corpus: Corpus, page_id: str, score: float) -> None:
    document = corpus.document(page_id)
    with pytest.raises(InputError, match="a score lies between 0 and 1"):
        corpus.save_proposals("rules", "1", [(document, [propose(ORG), propose(JOE, score)])])
    with pytest.raises(InputError, match="a score lies between 0 and 1"):
        corpus.add_records([Record(document, (), (propose(JOE, score),))])
    assert corpus.proposals(page_id) == []
    assert corpus.to_propose("rules", "1") == [page_id]


def test_proposals_that_do_not_fit_are_refused_as_a_whole(corpus: Corpus, three: list[Document]) -> None:
    items = [(page, [propose(JOE)]) for page in three[:2]]
    wrong = (three[2], [propose(JOE), propose(Span(0, 10_000, "entities", "ORG"))])
    with pytest.raises(InputError, match="does not lie in the text"):
        corpus.save_proposals("rules", "1", [*items, wrong])
    assert corpus.to_propose("rules", "1") == [page.id for page in three]
    with pytest.raises(InputError, match="one word"):
        corpus.save_proposals("two words", "1", items)


def test_what_is_left_to_propose_is_known_by_version(corpus: Corpus, three: list[Document]) -> None:
    corpus.save_proposals("rules", "1", [(three[0], []), (three[1], [propose(JOE)])])
    assert corpus.to_propose("rules", "1") == [three[2].id]
    assert corpus.to_propose("rules", "2") == [page.id for page in three]
    assert corpus.to_propose("spacy", "1") == [page.id for page in three]
    assert corpus.to_propose("rules", "1", force=True) == [page.id for page in three]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_proposing_again_changes_no_decision(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    document = make_document(TEXT)
    with Corpus.create(tmp_path_factory.mktemp("corpus") / "a.corpus", EVERYTHING) as corpus:
        corpus.add_records([Record(document)])
        corpus.save_proposals("rules", "1", [(document, data.draw(proposals(len(TEXT))))])
        page = corpus.page(document.id, "ann")
        edit = data.draw(st.sampled_from([accept_rest(page), data.draw(edits(page)) or accept_rest(page)]))
        corpus.apply(document.id, "ann", edit)
        decided = corpus.annotation(document.id, "ann")
        corpus.save_proposals("rules", "2", [(document, data.draw(proposals(len(TEXT))))])
        page = corpus.page(document.id, "ann")
        assert page.annotation == decided
        assert all(not page.conflicts(mark, page.decided) for mark in page.pending)
        assert check_corpus(corpus) == []


# Records


@st.composite
def records(draw: st.DrawFn) -> Record:
    document = draw(documents())
    length = len(document.text)
    found: dict[str, Proposal] = {}
    for item in draw(proposals(length, most=6)):
        found[repr((item.mark, item.proposer))] = item
    works = []
    for who in draw(st.lists(st.sampled_from(["ann", "bob", "gold"]), unique=True)):
        own: set[Mark] = set()
        for mark in draw(st.lists(marks(length), max_size=4)):
            if draw(st.booleans()) and isinstance(mark, DocumentLabel):
                own.add(mark)
            else:
                own.add(Rejection(mark))
        state = State(draw(st.sampled_from(Status)), draw(st.sampled_from(["", "why"])))
        origins = {mark: "rules 1" for mark in own if draw(st.booleans())}
        annotation = Annotation(document.id, who, frozenset(own), state)
        choice = draw(st.sampled_from(Choice))
        works.append(Work(annotation, MappingProxyType(origins), draw(st.floats(0, 1e6)), choice))
    works.sort(key=lambda work: work.annotation.annotator)
    return Record(document, tuple(works), tuple(found.values()))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(records(), max_size=4, unique_by=lambda record: record.document.id))
def test_records_come_out_as_they_went_in(tmp_path_factory: pytest.TempPathFactory, given_: list[Record]) -> None:
    with Corpus.create(tmp_path_factory.mktemp("corpus") / "a.corpus", EVERYTHING) as corpus:
        report = corpus.add_records(given_)
        assert (report.documents, report.duplicates) == (len(given_), 0)
        back = list(corpus.records())
        assert [(item.document, item.works) for item in back] == [(item.document, item.works) for item in given_]
        assert [set(item.proposals) for item in back] == [set(item.proposals) for item in given_]
        assert check_corpus(corpus) == []
        for item in back:
            assert list(corpus.records([item.document.id])) == [item]
        assert list(corpus.records([])) == []
        before = tables(corpus)
        again = corpus.add_records(given_)
        assert again == AddReport(duplicates=len(given_), kept=report.works)
        assert tables(corpus) == before


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_stored_to_the_character(corpus: Corpus, raw: str) -> None:
    document = make_document(raw, title=raw[:50], source="nul\x00", meta={"k\x00": "v\u2028"})
    corpus.add_records([Record(document)])
    assert corpus.document(document.id) == document
    (record,) = corpus.records()
    assert record.document == document
    if document.text:
        page = corpus.page(document.id, "ann")
        corpus.apply(document.id, "ann", add_span(page, len(page.text) - 1, len(page.text), "entities", "ORG"))
    assert check_corpus(corpus) == []
    assert count_corpus(corpus).characters == len(document.text)


def test_a_text_that_is_there_is_not_added_again_but_new_work_on_it_is(corpus: Corpus, page_id: str) -> None:
    put(corpus, page_id, JOE)
    document = make_document(TEXT, title="another title")
    works = (
        Work(Annotation(page_id, "ann", frozenset([ORG]))),
        Work(Annotation(page_id, "bob", frozenset([ORG]), State(Status.DONE)), {ORG: "rules 1"}, 3.0),
    )
    report = corpus.add_records([Record(document, works, (propose(JOE),))] * 2)
    assert report == AddReport(documents=0, duplicates=2, works=1, kept=3, proposals=1)
    assert corpus.page(page_id, "ann").decided == (JOE,)
    assert corpus.page(page_id, "bob").decided == (ORG,)
    assert corpus.document(page_id).title != "another title"
    (record,) = corpus.records()
    assert record.work_of("bob") == works[1]


def test_line_ends_do_not_make_another_document(corpus: Corpus) -> None:
    report = corpus.add_records([Record(make_document("a\r\nb")), Record(make_document("\ufeffa\nb"))])
    assert (report.documents, report.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        ([Span(0, 10_000, "entities", "ORG")], "does not lie in the text"),
        ([Span(0, 2, "entities", "NOBODY")], "has no label"),
        ([JOE, BIDEN], "overlap, which its schema does not allow"),
        ([Boundary(3, "blocks", "body"), Boundary(3, "blocks", "headline")], "two boundaries"),
    ],
)
def test_records_are_added_all_or_none(corpus: Corpus, work: list[Span | Boundary], reason: str) -> None:
    good, bad = make_document("Good."), make_document(TEXT, title="Bad")
    before = tables(corpus)
    with pytest.raises(InputError, match=reason) as caught:
        corpus.add_records([Record(good), Record(bad, (Work(Annotation(bad.id, "ann", frozenset(work))),))])
    assert bad.id[:12] in str(caught.value)
    assert tables(corpus) == before


def test_a_document_under_a_wrong_id_is_refused(corpus: Corpus) -> None:
    document = Document("0" * 64, "Text.", "Title")
    with pytest.raises(InputError, match="“Title” has an id that is not the SHA-256"):
        corpus.add_records([Record(document)])
    assert len(corpus) == 0


def test_a_cancelled_import_leaves_the_file_as_it_was(corpus: Corpus) -> None:
    told: list[int] = []

    def progress(n: int) -> None:
        told.append(n)
        if n >= 200:
            raise Cancelled

    with pytest.raises(Cancelled):
        corpus.add_records((Record(make_document(f"Page {n}")) for n in range(1_000)), progress)
    assert told == [100, 200]
    assert len(corpus) == 0
    assert corpus.add_records([Record(make_document("Page 1"))]).documents == 1


def test_memory_stays_flat_while_records_go_in_and_out(corpus: Corpus) -> None:
    def many(count: int) -> Iterator[Record]:
        for n in range(count):
            document = make_document(f"{n} " + "x" * 50_000)
            yield Record(document, (), (propose(Span(0, 1, "entities", "ORG")),))

    corpus.add_records(many(5))
    tracemalloc.start()
    try:
        corpus.add_records(many(400))
        assert sum(len(record.document.text) for record in corpus.records()) > 400 * 50_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_records_are_those_of_the_moment_reading_began(corpus: Corpus, three: list[Document]) -> None:
    reading = corpus.records()
    first = next(reading)
    put(corpus, three[2].id, JOE)
    corpus.add_records([Record(make_document("Late."))])
    rest = list(reading)
    assert [record.document.id for record in (first, *rest)] == [page.id for page in three]
    assert all(not record.works for record in rest)


def test_chosen_records_come_in_the_order_of_import_and_once(corpus: Corpus, three: list[Document]) -> None:
    chosen = [three[2].id, three[0].id, three[2].id]
    assert [record.document for record in corpus.records(chosen)] == [three[0], three[2]]


# Counts


def test_everything_is_counted(corpus: Corpus, three: list[Document]) -> None:
    corpus.save_proposals(
        "rules", "1", [(page, [propose(JOE), propose(Boundary(0, "blocks", "body"))]) for page in three]
    )
    page = corpus.page(three[0].id, "ann")
    corpus.apply(three[0].id, "ann", reject(page, JOE))
    page = corpus.page(three[1].id, "gold")
    corpus.apply(three[1].id, "gold", accept_rest(page))
    counts = count_corpus(corpus)
    assert counts.documents == 3
    assert counts.characters == sum(len(page.text) for page in three)
    assert counts.statuses == {"ann": {"in_progress": 1}, "gold": {"done": 1}}
    assert (counts.unopened, counts.unassigned) == (2, 3)
    assert counts.marks == {"gold": {"blocks": {"body": 1}, "entities": {"PERSON": 1}}}
    assert counts.rejections == {"ann": 1}
    assert counts.proposals == {"rules 1": {"blocks": {"body": 3}, "entities": {"PERSON": 3}}}
    assert (counts.gold, counts.edits, counts.schema, counts.schema_version) == (1, 2, "everything", 1)
    assert counts.to_json()["name"] == "news"


def test_pages_given_to_an_annotator_are_to_do_for_nobody_else(corpus: Corpus, three: list[Document]) -> None:
    page = corpus.page(three[0].id, "ann")
    corpus.apply(three[0].id, "ann", set_state(page, Status.DONE))
    save_assignments(corpus.path, [(three[0].id, "ann"), (three[1].id, "ann"), (three[1].id, "ben")])
    counts = count_corpus(corpus)
    assert counts.statuses == {"ann": {"done": 1, "todo": 1}, "ben": {"todo": 1}}
    assert (counts.unopened, counts.unassigned) == (2, 1)


def test_an_empty_corpus_counts_nothing(corpus: Corpus) -> None:
    counts = count_corpus(corpus)
    assert (counts.documents, counts.characters, counts.edits, counts.gold) == (0, 0, 0, 0)
    assert counts.statuses == counts.marks == counts.proposals == {}


def test_a_closed_corpus_is_not_called_damaged(path: Path) -> None:
    corpus = Corpus.create(path, EVERYTHING)
    corpus.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        corpus.annotators()


def test_documents_that_hold_a_word_in_another_case_are_found(tmp_path: Path) -> None:
    texts = ["Žižek spoke.", "ŽIŽEK SPOKE.", "žižek spoke.", "Nobody spoke.", "100% sure", "100 sure"]
    with Corpus.create(tmp_path / "cases.corpus", EVERYTHING) as corpus:
        documents = [make_document(text) for text in texts]
        corpus.add_records(Record(document) for document in documents)
        names = {document.id: document.text for document in documents}
        assert [names[found] for found in corpus.holding("Žižek", match_case=False)] == texts[:3]
        assert [names[found] for found in corpus.holding("Žižek")] == texts[:1]
        assert [names[found] for found in corpus.holding("100%", match_case=False)] == texts[4:5]
