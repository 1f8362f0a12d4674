import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.app.session import Session
from annotator.core import edits, schema_edits
from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.document import Document, make_document
from annotator.core.errors import Cancelled, EditRefused, SchemaError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.schema_edits import SchemaChange
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from annotator.store.schema_changes import ChangeReport, label_uses
from tests.core.values import EVERYTHING, TEXT, marks, proposals, propose

PERSON = Span(0, 9, "entities", "PERSON")
ORG = Span(14, 17, "entities", "ORG")
GPE = Span(14, 17, "entities", "GPE")


def add(corpus: Corpus, document_id: str, who: str, *added: Mark, origins: dict[Mark, str] | None = None) -> None:
    corpus.apply(document_id, who, Edit("Add", added=frozenset(added)), origins=origins or {})


def rename(schema: Schema, old: str, new: str, layer: str = "entities") -> SchemaChange:
    return SchemaChange.start(schema).rename_label(layer, old, new).finish()


def marks_of(corpus: Corpus, document_id: str, who: str) -> set[Mark]:
    return set(corpus.annotation(document_id, who).marks)


def test_a_renamed_label_takes_its_marks_rejections_and_proposals_along(corpus: Corpus, page_id: str) -> None:
    corpus.save_proposals("rules", "1", [(corpus.document(page_id), [propose(PERSON, 0.9), propose(ORG, 0.8)])])
    add(corpus, page_id, "ann", PERSON, Rejection(ORG), origins={PERSON: "rules 1", Rejection(ORG): "rules 1"})
    add(corpus, page_id, "gold", ORG)
    change = SchemaChange.start(EVERYTHING).rename_label("entities", "PERSON", "PER")
    report = corpus.change_schema(change.rename_label("entities", "ORG", "FIRM").finish())
    firm = Span(14, 17, "entities", "FIRM")
    assert marks_of(corpus, page_id, "ann") == {Span(0, 9, "entities", "PER"), Rejection(firm)}
    assert marks_of(corpus, page_id, "gold") == {firm}
    assert [(item.mark.label, item.score) for item in corpus.proposals(page_id)] == [("PER", 0.9), ("FIRM", 0.8)]
    assert report == ChangeReport(relabelled=2, rejections_relabelled=1, proposals_relabelled=2, annotations=2)
    work = next(corpus.records()).work_of("ann")
    assert work is not None
    assert set(work.origins.values()) == {"rules 1"}
    assert check_corpus(corpus) == []


def test_a_removed_label_gives_its_marks_to_another_or_takes_them_along(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", PERSON, ORG, Boundary(0, "blocks", "headline"), DocumentLabel("topic", "sport"))
    change = SchemaChange.start(EVERYTHING).remove_label("entities", "PERSON", "GPE")
    report = corpus.change_schema(change.remove_label("blocks", "headline").finish())
    left = {Span(0, 9, "entities", "GPE"), ORG, DocumentLabel("topic", "sport")}
    assert marks_of(corpus, page_id, "ann") == left
    assert (report.relabelled, report.removed) == (1, 1)
    assert check_corpus(corpus) == []


def test_two_labels_that_swap_names_swap_marks(corpus: Corpus, page_id: str) -> None:
    both = {DocumentLabel("topic", "sport"), DocumentLabel("topic", "politics")}
    add(corpus, page_id, "ann", PERSON, ORG, *both)
    change = SchemaChange.start(EVERYTHING)
    for layer, one, other in (("entities", "PERSON", "ORG"), ("topic", "sport", "politics")):
        change = change.rename_label(layer, one, "between").rename_label(layer, other, one)
        change = change.rename_label(layer, "between", other)
    corpus.change_schema(change.finish())
    swapped = {Span(0, 9, "entities", "ORG"), Span(14, 17, "entities", "PERSON")}
    assert marks_of(corpus, page_id, "ann") == swapped | both
    assert check_corpus(corpus) == []


def test_a_mark_stands_where_it_was_chosen_instead_of_what_it_becomes(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", ORG, Rejection(GPE))
    add(corpus, page_id, "ben", GPE, Rejection(ORG))
    report = corpus.change_schema(SchemaChange.start(EVERYTHING).remove_label("entities", "GPE", "ORG").finish())
    assert marks_of(corpus, page_id, "ann") == {ORG}
    assert marks_of(corpus, page_id, "ben") == {ORG}
    assert (report.relabelled, report.rejections_relabelled, report.rejections_removed) == (1, 0, 2)
    assert check_corpus(corpus) == []


def test_of_two_proposals_that_become_one_the_better_score_stays(corpus: Corpus, page_id: str) -> None:
    corpus.save_proposals("rules", "1", [(corpus.document(page_id), [propose(ORG, 0.3), propose(GPE, 0.7)])])
    corpus.save_proposals("other", "1", [(corpus.document(page_id), [propose(ORG, None)])])
    report = corpus.change_schema(SchemaChange.start(EVERYTHING).remove_label("entities", "GPE", "ORG").finish())
    assert [(item.mark, item.score) for item in corpus.proposals(page_id)] == [(ORG, 0.7), (ORG, None)]
    assert report.proposals_relabelled == 1
    assert corpus.summaries("ann")[0].doubt == pytest.approx(0.3)


def test_the_status_of_a_page_and_the_time_on_it_stay(corpus: Corpus, page_id: str) -> None:
    done = (State(), State(Status.DONE, "note"))
    corpus.apply(page_id, "ann", Edit("Add", added=frozenset([PERSON]), state=done), seconds=12.5)
    corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    record = next(corpus.records())
    assert record.works[0].annotation.state == State(Status.DONE, "note")
    assert record.works[0].seconds == 12.5


def test_a_change_of_words_and_colours_touches_no_page(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", PERSON)
    before = len(corpus.log(page_id, "ann"))
    schema = schema_edits.set_label_title(EVERYTHING, "entities", "PERSON", "Person")
    assert corpus.change_schema(SchemaChange.start(EVERYTHING).to(schema).finish()) == ChangeReport()
    assert len(corpus.log(page_id, "ann")) == before
    assert corpus.schema.by_name["entities"].by_name["PERSON"].title == "Person"


# Undo


def test_undo_ends_at_the_change_and_goes_on_after_it(corpus: Corpus, page_id: str) -> None:
    session = Session(corpus, "ann")
    session.open(page_id)
    session.do(edits.add_span(session.opened, 0, 9, "entities", "PERSON"))
    corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    session.open(page_id)
    assert session.undo_title() == session.redo_title() == ""
    with pytest.raises(EditRefused, match="nothing to undo"):
        session.undo()
    session.do(edits.add_span(session.opened, 14, 17, "entities", "PER"))
    session.undo()
    assert marks_of(corpus, page_id, "ann") == {Span(0, 9, "entities", "PER")}
    assert [entry.title for entry in corpus.log(page_id, "ann")][1] == "Schema: PERSON becomes PER"
    assert check_corpus(corpus) == []


def test_undo_never_brings_back_a_label_that_is_gone(corpus: Corpus, page_id: str) -> None:
    session = Session(corpus, "ann")
    session.open(page_id)
    session.do(edits.add_span(session.opened, 0, 9, "entities", "PERSON"))
    session.do(edits.reject(session.opened, PERSON))
    report = corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    assert (report.annotations, report.cleared) == (0, 1)
    session.open(page_id)
    assert session.undo_title() == ""
    assert check_corpus(corpus) == []
    again = corpus.change_schema(rename(corpus.schema, "PER", "PERSON"))
    assert again.cleared == 0


def test_undo_of_edits_on_other_labels_stays(corpus: Corpus, page_id: str) -> None:
    session = Session(corpus, "ann")
    session.open(page_id)
    session.do(edits.add_span(session.opened, 14, 17, "entities", "ORG"))
    corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    session.open(page_id)
    session.undo()
    assert marks_of(corpus, page_id, "ann") == set()


def test_a_batch_is_undone_on_the_pages_that_the_change_left_alone(corpus: Corpus, three: list[Document]) -> None:
    session = Session(corpus, "ann")
    session.open(three[0].id)
    joe = Span(10, 13, "entities", "PERSON")
    org = replace(joe, label="ORG")
    session.do(edits.add_span(session.opened, 10, 13, "entities", "PERSON"))
    first = Edit("All", frozenset([joe]), frozenset([org]))
    session.do_all([(three[0].id, first), (three[1].id, Edit("All", added=frozenset([org])))])
    assert corpus.change_schema(rename(EVERYTHING, "PERSON", "PER")).cleared == 1
    session.open(three[0].id)
    assert session.undo_title() == ""
    session.open(three[1].id)
    session.undo()
    assert marks_of(corpus, three[0].id, "ann") == {org}
    assert marks_of(corpus, three[1].id, "ann") == set()
    assert check_corpus(corpus) == []


# Refusals


def test_a_schema_that_lacks_a_used_label_is_refused_with_who_uses_it(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", PERSON, Rejection(ORG))
    corpus.save_proposals("rules", "1", [(corpus.document(page_id), [propose(GPE)])])
    schema = schema_edits.remove_layer(EVERYTHING, "entities")
    with pytest.raises(SchemaError) as caught:
        corpus.change_schema(SchemaChange.start(EVERYTHING).to(schema))
    for words in ("“PERSON” of “entities” (ann: 1)", "“ORG” of “entities” (1 rejection)", "“GPE” of “entities” (1 pro"):
        assert words in str(caught.value)
    assert corpus.schema == EVERYTHING
    assert marks_of(corpus, page_id, "ann") == {PERSON, Rejection(ORG)}


def test_overlap_cannot_be_forbidden_while_spans_overlap(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", Span(0, 9, "quotes", "quote"), Span(4, 9, "quotes", "source"))
    add(corpus, page_id, "ben", Span(0, 4, "quotes", "quote"), Span(4, 9, "quotes", "source"))
    change = SchemaChange.start(EVERYTHING).to(schema_edits.set_overlap(EVERYTHING, "quotes", False))
    with pytest.raises(SchemaError, match="“quotes” cannot forbid overlap: 1 span on 1 page overlap another"):
        corpus.change_schema(change.finish())
    add(corpus, page_id, "ann")
    corpus.apply(page_id, "ann", Edit("Remove", frozenset([Span(4, 9, "quotes", "source")])))
    corpus.change_schema(change.finish())
    assert not corpus.schema.by_name["quotes"].overlap
    assert check_corpus(corpus) == []


def test_the_kind_of_a_layer_with_marks_cannot_change(corpus: Corpus, page_id: str) -> None:
    add(corpus, page_id, "ann", DocumentLabel("topic", "sport"))
    layers = tuple(
        replace(layer, kind=LayerKind.SPANS) if layer.name == "topic" else layer for layer in EVERYTHING.layers
    )
    with pytest.raises(SchemaError, match="Marks of the corpus use it"):
        corpus.change_schema(SchemaChange.start(EVERYTHING).to(replace(EVERYTHING, layers=layers)))
    assert corpus.schema == EVERYTHING


def test_a_change_that_starts_from_another_schema_is_refused(corpus: Corpus) -> None:
    change = rename(EVERYTHING, "PERSON", "PER")
    corpus.change_schema(rename(EVERYTHING, "GPE", "PLACE"))
    with pytest.raises(SchemaError, match="changed by another program"):
        corpus.change_schema(change)


def test_a_cancelled_change_leaves_the_file_as_it_was(corpus: Corpus) -> None:
    found = [make_document(f"Joe {n}.") for n in range(120)]
    joe = Span(0, 3, "entities", "PERSON")
    works = [Work(Annotation(document.id, "ann", frozenset([joe]))) for document in found]
    corpus.add_records(Record(document, (work,)) for document, work in zip(found, works, strict=True))
    told: list[tuple[int, int | None]] = []

    def stop(done: int, total: int | None) -> None:
        told.append((done, total))
        if len(told) == 2:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"), stop)
    assert told == [(50, 120), (100, 120)]
    assert corpus.schema == EVERYTHING
    assert marks_of(corpus, found[0].id, "ann") == {joe}
    assert check_corpus(corpus) == []


def test_a_crash_while_marks_move_leaves_the_file_as_it_was(
    corpus: Corpus, page_id: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.store import corpus as module

    add(corpus, page_id, "ann", PERSON)

    def fail(connection: sqlite3.Connection, schema: Schema) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "_save_schema", fail)
    with pytest.raises(Exception, match="disk is full"):
        corpus.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    with Corpus.open(path) as again:
        assert again.schema == EVERYTHING
        assert marks_of(again, page_id, "ann") == {PERSON}
        assert check_corpus(again) == []


def test_another_connection_sees_the_change_once_it_reloads(corpus: Corpus, path: Path) -> None:
    assert corpus.schema == EVERYTHING
    with Corpus.open(path) as other:
        other.change_schema(rename(EVERYTHING, "PERSON", "PER"))
    assert "PER" in corpus.reload_schema().by_name["entities"].by_name


def test_uses_are_counted_by_annotator(corpus: Corpus, three: list[Document]) -> None:
    joe = Span(10, 13, "entities", "PERSON")
    for document in three[:2]:
        add(corpus, document.id, "ann", joe)
    add(corpus, three[0].id, "ben", joe, Rejection(replace(joe, label="ORG")))
    corpus.save_proposals("rules", "1", [(three[2], [propose(joe)])])
    uses = label_uses(corpus)
    assert set(uses) == {("entities", "PERSON"), ("entities", "ORG")}
    person = uses["entities", "PERSON"]
    assert (person.marks, person.rejections, person.proposals, person.pages) == ({"ann": 2, "ben": 1}, {}, 1, 2)
    assert person.total == 3
    assert uses["entities", "ORG"].rejections == {"ben": 1}


# Laws


@st.composite
def changes(draw: st.DrawFn) -> SchemaChange:
    """Renames and removals, one after the other."""
    change = SchemaChange.start(EVERYTHING)
    for _ in range(draw(st.integers(1, 5))):
        layer = draw(st.sampled_from(change.after.layers))
        label = draw(st.sampled_from(layer.labels)).name
        other = draw(st.sampled_from(["", *(item.name for item in layer.labels)]))
        deed = draw(st.sampled_from(["rename", "remove", "remove layer"]))
        try:
            if deed == "rename":
                change = change.rename_label(layer.name, label, draw(st.sampled_from(["X", "Y", "sport", "ORG"])))
            elif deed == "remove":
                change = change.remove_label(layer.name, label, other)
            else:
                change = change.remove_layer(layer.name)
        except SchemaError:
            continue
    return change.finish()


def moved(mark: Labelled, change: SchemaChange) -> Labelled | None:
    label = change.target(mark.layer, mark.label)
    return replace(mark, label=label) if label else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), change=changes())
def test_any_change_leaves_a_sound_file_with_every_mark_where_it_should_be(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, change: SchemaChange
) -> None:
    with Corpus.create(tmp_path_factory.mktemp("law") / "law.corpus", EVERYTHING) as corpus:
        document = make_document(TEXT)
        corpus.add_records([Record(document, (), tuple(data.draw(proposals(len(TEXT)))))])
        session = Session(corpus, "ann")
        session.open(document.id)
        for _ in range(8):
            mark = data.draw(marks(len(TEXT)))
            try:
                deed = data.draw(st.sampled_from([edits.accept, edits.reject]))
                session.do(deed(session.opened, mark))
            except EditRefused:
                if not session.opened.conflicts(mark, session.opened.decided) and not session.opened.is_decided(mark):
                    session.do(Edit("Add", added=frozenset([mark]) - session.opened.annotation.marks))
        before = session.opened
        corpus.change_schema(change)
        after = session.open(document.id)
        assert set(after.decided) == {new for mark in before.decided if (new := moved(mark, change))}
        proposed = {new for mark in before.proposed if (new := moved(mark, change))}
        assert set(after.proposed) == proposed
        assert check_corpus(corpus) == []
        if change.moves:
            while session.undo_title():
                session.undo()
            assert check_corpus(corpus) == []


def test_the_log_holds_labels_as_the_search_for_them_expects() -> None:
    from annotator.store.rows import marks_to_log

    body = marks_to_log([PERSON, Rejection(ORG)], {})
    assert '"layer":"entities","label":"PERSON"' in body
    assert json.loads(body)[1]["label"] == "ORG"
    assert isinstance(propose(ORG), Proposal)
