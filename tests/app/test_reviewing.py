"""A review: what waits, the decisions on it, undo over all pages, and what a restart finds."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.agreement.disagreements import Filter, Kind
from annotator.app.adjudication import Policy, Rule
from annotator.app.review_cases import Question, Stage, Wanted, arranged, read_cases
from annotator.app.review_writing import merge_all, take_back
from annotator.app.reviewing import Choices, Reviewing, pages_of
from annotator.core.annotation import Annotation, Edit, State, Status
from annotator.core.document import make_document
from annotator.core.errors import Cancelled, EditRefused
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.agreement.simulator import SCHEMA, Rates, corpus, record, work

PAGE = make_document("One Two Three Four.\nFive Six.\nSeven.\nEight.")
OTHER = make_document("Two and One here.\nMore.")
NO_LOOK = Choices(Policy(look=0.0))
RATES = Rates(
    drop_boundary=0.2, add_boundary=0.02, relabel_boundary=0.2, drop_span=0.05, relabel_span=0.1, widen_span=0.1
)


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def quiet(done: int, total: int | None) -> None:
    """Takes no interest in progress."""


@pytest.fixture
def make_review(tmp_path: Path) -> Iterator[Callable[..., Reviewing]]:
    """Makes a corpus of these records and opens its review; without records, opens the one there is."""
    path = tmp_path / "review.corpus"
    with ExitStack() as stack:

        def made(*records: Record, who: str = "lea", choices: Choices = NO_LOOK) -> Reviewing:
            if records:
                with Corpus.create(path, SCHEMA) as new:
                    new.add_records(records)
            opened = stack.enter_context(Corpus.open(path))
            return Reviewing(opened, who, read_cases(opened, choices.policy, quiet), choices)

        yield made


def two_pages() -> list[Record]:
    lanes: dict[str, frozenset[Mark]] = {
        "ana": frozenset({span(0, 3), span(4, 7), Boundary(20, "articles", "article")}),
        "ben": frozenset({span(0, 3), span(4, 7, "ORG")}),
        "cai": frozenset({span(0, 3), span(4, 7, "ORG"), Boundary(20, "articles", "article")}),
    }
    others: dict[str, frozenset[Mark]] = {
        "ana": frozenset({span(0, 3), span(8, 11)}),
        "ben": frozenset({span(0, 3, "ORG"), span(8, 11)}),
    }
    return [record(PAGE, lanes), record(OTHER, others)]


def waiting(review: Reviewing) -> list[Question]:
    return arranged(review.questions, Wanted(), review.order)


def gold(review: Reviewing, document_id: str = PAGE.id) -> Annotation:
    """Gold as the file has it, which is what the review shows."""
    stored = review.corpus.annotation(document_id, GOLD)
    assert stored == review.cases[document_id].gold
    return stored


def held(review: Reviewing, document_id: str = PAGE.id) -> set[Mark]:
    return {mark for mark in gold(review, document_id).marks if not isinstance(mark, Rejection)}


def lane_of(review: Reviewing, question: Question, name: str) -> int:
    return review.lanes(question.place.document_id).index(name) + 1


def at(review: Reviewing, start: int, document_id: str = PAGE.id, layer: str = "entities") -> Question:
    return next(q for q in review.on_page(document_id) if q.place.start == start and q.place.layer == layer)


# What waits


def test_what_waits_is_disagreements_looks_and_what_all_agree_on(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    assert review.counts == (3, 0, 2)
    assert review.left == 5
    assert review.documents_left() == 2
    assert [q.place.kind for q in waiting(review)] == [Kind.BOUNDARY_MISSING, Kind.SPAN_LABEL, Kind.SPAN_LABEL]


def test_documents_that_fewer_than_two_have_finished_are_left_out(make_review: Callable[..., Reviewing]) -> None:
    one = Record(PAGE, (work(PAGE, "ana", frozenset({span(0, 3)})), work(PAGE, "ben", frozenset(), Status.IN_PROGRESS)))
    review = make_review(one)
    assert review.cases == {}
    assert review.left == 0


def test_page_by_page_keeps_pages_together_and_boundaries_before_spans(make_review: Callable[..., Reviewing]) -> None:
    records = [item for item, _ in corpus({"ana": RATES, "ben": RATES, "cai": RATES}, 3)][:6]
    review = make_review(*records)
    shown = arranged(review.questions, Wanted(by_page=True), review.order)
    pages = [review.order[q.place.document_id] for q in shown]
    assert pages == sorted(pages)
    for page in set(pages):
        spans = [q.place.layer == "entities" for q in shown if review.order[q.place.document_id] == page]
        assert spans == sorted(spans)
    assert set(shown) == set(waiting(review))


@pytest.mark.parametrize(
    ("wanted", "starts"),
    [
        (Wanted(Filter(kinds=frozenset({Kind.SPAN_LABEL}))), {4, 0}),
        (Wanted(Filter(labels=frozenset({"article"}))), {20}),
        (Wanted(Filter(document_id=OTHER.id)), {0}),
        (Wanted(Filter(annotators=frozenset({"ana", "cai"}))), {4}),
        (Wanted(words="FIVE"), {20}),
        (Wanted(stage=Stage.DECIDED), set()),
        (Wanted(looks=True), set()),
    ],
)
def test_filters_show_what_they_say(make_review: Callable[..., Reviewing], wanted: Wanted, starts: set[int]) -> None:
    review = make_review(*two_pages())
    assert {q.place.start for q in arranged(review.questions, wanted, review.order)} == starts


def test_decided_places_are_found_again_and_can_be_decided_anew(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    question = at(review, 4)
    review.take_lane(question, lane_of(review, question, "ana"))
    assert arranged(review.questions, Wanted(stage=Stage.DECIDED), review.order) == [question]
    review.take_lane(question, lane_of(review, question, "ben"))
    assert held(review) == {span(4, 7, "ORG")}
    found = review.decision(question)
    assert found is not None
    assert (found.source, found.votes, found.voters) == ("ben", 2, 3)


def test_lanes_are_shuffled_by_page_but_the_same_each_time(make_review: Callable[..., Reviewing]) -> None:
    records = [item for item, _ in corpus({"ana": RATES, "ben": RATES, "cai": RATES}, 3)][:30]
    review = make_review(*records)
    orders = {id_: review.lanes(id_) for id_ in review.cases}
    assert all(sorted(order) == ["ana", "ben", "cai"] for order in orders.values())
    assert len(set(orders.values())) == 6
    again = make_review()
    assert {id_: again.lanes(id_) for id_ in again.cases} == orders
    other = make_review(choices=Choices(Policy(look=0.0), seed=1))
    assert {id_: other.lanes(id_) for id_ in other.cases} != orders


def test_a_share_of_the_unanimous_is_asked_about_after_all_else(make_review: Callable[..., Reviewing]) -> None:
    page = make_document("word " * 400)
    marks = frozenset(span(5 * i, 5 * i + 4) for i in range(399))
    review = make_review(
        record(page, {"ana": marks | {span(1995, 1999)}, "ben": marks}), choices=Choices(Policy(look=0.05, seed=7))
    )
    shown = waiting(review)
    assert [q.look for q in shown] == sorted(q.look for q in shown)
    asked, looks, agreed = review.counts
    assert (asked, looks + agreed) == (1, 399)
    assert looks == pytest.approx(20, abs=12)
    review.absorb(merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", quiet))
    assert review.counts == (1, looks, 0)


# Deciding


def test_a_decision_and_where_it_comes_from_are_one_transaction(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    question = at(review, 4)
    review.take_lane(question, lane_of(review, question, "cai"))
    assert held(review) == {span(4, 7, "ORG")}
    (decision,) = review.corpus.gold_decisions(PAGE.id)
    assert decision.marks == (span(4, 7, "ORG"),)
    assert (decision.place, decision.source, decision.who) == (question.place.key, "cai", "lea")
    assert (decision.votes, decision.voters) == (2, 3)
    assert review.counts == (2, 0, 2)


def test_the_log_does_not_say_whose_version_was_taken(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    question = at(review, 4)
    review.take_lane(question, 1)
    assert review.undo_title() == "Gold at “Two”"


def test_a_place_decided_to_hold_nothing_is_kept_with_its_grounds(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.nothing(at(review, 20, layer="articles"))
    (decision,) = review.corpus.gold_decisions(PAGE.id)
    assert (decision.origin, decision.marks, decision.votes) == ("nothing here", (), 1)
    assert review.undo_title() == "Nothing at “Five Six.”"


def test_a_lane_that_is_not_there_is_refused(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    with pytest.raises(EditRefused, match="2 lanes"):
        review.take_lane(at(review, 0, OTHER.id), 3)
    assert review.left == 5


def test_the_last_decision_of_a_page_makes_its_gold_done_and_undo_opens_it(
    make_review: Callable[..., Reviewing],
) -> None:
    review = make_review(*two_pages())
    review.merge_page(OTHER.id)
    assert gold(review, OTHER.id).state.status is Status.IN_PROGRESS
    review.take_lane(at(review, 0, OTHER.id), 1)
    assert gold(review, OTHER.id).state.status is Status.DONE
    assert review.documents_left() == 1
    review.undo()
    assert gold(review, OTHER.id).state.status is Status.IN_PROGRESS
    assert review.documents_left() == 2


def test_the_majority_decides_what_is_left_on_one_page_only(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.majority(PAGE.id)
    assert held(review) == {span(0, 3), span(4, 7, "ORG"), Boundary(20, "articles", "article")}
    assert gold(review).state.status is Status.DONE
    assert gold(review, OTHER.id).marks == frozenset()
    assert [d.origin for d in review.corpus.gold_decisions(PAGE.id)].count("majority") == 2
    with pytest.raises(EditRefused, match="majority"):
        review.majority(PAGE.id)


def draft_of(review: Reviewing, *, add: set[Labelled] = frozenset(), drop: set[Labelled] = frozenset()) -> Annotation:  # type: ignore[assignment]
    before = review.cases[PAGE.id].gold
    return replace(before, marks=frozenset((before.marks - drop) | add))


def test_an_own_version_is_stored_as_edited_and_what_nobody_had_as_new(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    stored = review.own(at(review, 4), draft_of(review, add={span(4, 13, "GPE"), span(30, 35)}))
    assert held(review) == {span(4, 13, "GPE"), span(30, 35)}
    assert [d.origin for d in review.corpus.gold_decisions(PAGE.id)] == ["edited", "new"]
    assert len(stored) == 2
    review.undo()
    assert gold(review).marks == frozenset()
    assert review.corpus.gold_decisions(PAGE.id) == []


def test_an_own_version_over_two_places_decides_both(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.take_lane(at(review, 0), 1)
    review.own(at(review, 4), draft_of(review, add={span(0, 7)}, drop={span(0, 3)}))
    assert held(review) == {span(0, 7)}
    assert not at(review, 0).waits
    assert not at(review, 4).waits


def test_an_empty_own_version_holds_nothing_and_a_new_mark_can_be_taken_out_again(
    make_review: Callable[..., Reviewing],
) -> None:
    review = make_review(*two_pages())
    review.own(at(review, 4), draft_of(review, add={span(30, 35)}))
    assert held(review) == {span(30, 35)}
    assert not at(review, 4).waits
    with pytest.raises(EditRefused, match="already"):
        review.own(at(review, 4), draft_of(review))
    review.own(at(review, 4), draft_of(review, drop={span(30, 35)}))
    assert held(review) == set()
    review.undo()
    assert held(review) == {span(30, 35)}


def test_the_same_text_elsewhere_is_decided_as_one_action(make_review: Callable[..., Reviewing]) -> None:
    texts = [make_document(f"Page {n}.\nSeen by Acme today.") for n in range(10, 14)]
    records = [
        record(page, {"ana": frozenset({span(17, 21, "ORG")}), "ben": frozenset({span(17, 21)})}) for page in texts[:3]
    ]
    records.append(record(texts[3], {"ana": frozenset({span(17, 21, "GPE")}), "ben": frozenset({span(17, 21)})}))
    review = make_review(*records)
    question = at(review, 17, texts[0].id)
    others = review.alike(question)
    assert {other.place.document_id for other in others} == {texts[1].id, texts[2].id}
    version = question.place.version_of("ana")
    assert version is not None
    review.decide_alike(question, version, others)
    assert all(held(review, page.id) == {span(17, 21, "ORG")} for page in texts[:3])
    assert review.counts == (1, 0, 0)
    assert review.alike(question) == []
    review.undo()
    assert review.counts == (4, 0, 0)
    review.redo()
    assert review.counts == (1, 0, 0)


# Merging


def test_merging_all_documents_is_one_action_and_closes_those_without_disagreement(
    make_review: Callable[..., Reviewing],
) -> None:
    same = {"ana": frozenset({span(0, 3)}), "ben": frozenset({span(0, 3)})}
    third = make_document("Six words stand on this page.")
    review = make_review(*two_pages(), record(third, same))
    stored = merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", quiet)
    review.absorb(stored)
    assert review.counts == (3, 0, 0)
    assert gold(review, third.id).state.status is Status.DONE
    assert len(review.undo_parts()) == 3
    assert merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", quiet) == []
    review.undo()
    assert review.counts == (3, 0, 3)
    review.redo()
    assert gold(review, third.id).state.status is Status.DONE


def test_merging_by_another_policy_later_keeps_what_was_decided(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    question = at(review, 4)
    review.take_lane(question, lane_of(review, question, "ana"))
    policy = Policy(Rule.VOTES, 2, look=0.0)
    review.absorb(merge_all(review.corpus, review.cases.values(), policy, "lea", quiet))
    assert held(review) == {span(0, 3), span(4, 7), Boundary(20, "articles", "article")}
    assert review.counts == (1, 0, 0)


@pytest.mark.parametrize("after", [1, 3])
def test_a_merge_that_is_stopped_stores_nothing(make_review: Callable[..., Reviewing], after: int) -> None:
    review = make_review(*two_pages())
    calls = 0

    def stop(done: int, total: int | None) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", stop)
    assert gold(review).marks == frozenset()
    assert gold(review, OTHER.id).marks == frozenset()


# Undo and restart


def test_undo_goes_from_page_to_page_newest_first(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.take_lane(at(review, 4), 1)
    review.take_lane(at(review, 0, OTHER.id), 1)
    review.nothing(at(review, 20, layer="articles"))
    pages = [review.undo()[0].document_id for _ in range(3)]
    assert pages == [PAGE.id, OTHER.id, PAGE.id]
    with pytest.raises(EditRefused, match="nothing to undo"):
        review.undo()
    assert [review.redo()[0].document_id for _ in range(3)] == [PAGE.id, OTHER.id, PAGE.id]
    with pytest.raises(EditRefused, match="nothing to redo"):
        review.redo()
    assert held(review) | held(review, OTHER.id) != set()


def test_what_was_undone_is_found_again(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    question = at(review, 0, OTHER.id)
    review.take_lane(question, 1)
    assert review.question_of(review.undo()) is question


def test_a_restart_finds_every_decision_and_undo_reaches_past_it(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.take_lane(at(review, 4), 1)
    review.merge_page(OTHER.id)
    left, title = review.counts, review.undo_title()
    again = make_review()
    assert again.counts == left
    assert again.undo_title() == title
    assert again.cases[PAGE.id].gold == review.cases[PAGE.id].gold
    again.undo()
    again.undo()
    assert again.left == 5
    assert again.undo_title() == ""


def test_gold_that_came_with_an_import_is_not_undone(make_review: Callable[..., Reviewing]) -> None:
    lanes = {"ana": frozenset({span(0, 3)}), "ben": frozenset({span(0, 3, "ORG")})}
    review = make_review(record(PAGE, lanes, frozenset({span(0, 3)})))
    assert review.undo_title() == ""
    question = at(review, 0)
    assert question.waits
    review.take_lane(question, 1)
    review.undo()
    with pytest.raises(EditRefused, match="nothing to undo"):
        review.undo()


def test_only_what_others_changed_is_read_again(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    assert at(review, 4).waits
    other = make_review()
    other.take_lane(at(other, 4), 1)
    with pytest.raises(EditRefused, match="another program"):
        review.take_lane(at(review, 4), 1)
    kept = review.cases[OTHER.id]
    review.read(read_cases(review.corpus, review.choices.policy, quiet, review.as_read(), {PAGE.id}))
    assert review.cases[OTHER.id] is kept
    assert not at(review, 4).waits


def test_a_page_that_is_not_in_memory_is_shown_with_the_gold_it_has_now(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    other = make_review()
    other.take_lane(at(other, 4), 1)
    assert not at(review, 4).waits
    assert review.counts == other.counts
    with pytest.raises(EditRefused, match="decided so already"):
        review.take_lane(at(review, 4), 1)
    assert review.changed_elsewhere() == {PAGE.id}


def test_a_page_whose_annotators_have_changed_it_is_not_decided_on_before_it_is_read_again(
    make_review: Callable[..., Reviewing],
) -> None:
    review = make_review(*two_pages())
    with Corpus.open(review.corpus.path) as other:
        other.apply(PAGE.id, "ana", Edit("more", added=frozenset({span(8, 13)})))
    question = next(q for q in review.questions if q.document_id == PAGE.id)
    with pytest.raises(EditRefused, match="F5 reads it again"):
        review.nothing(question)
    review.read(read_cases(review.corpus, review.choices.policy, quiet, review.as_read(), review.changed_elsewhere()))
    assert at(review, 8).waits
    review.nothing(at(review, 8))
    assert held(review) == set()


def test_only_a_few_pages_are_held_in_memory(make_review: Callable[..., Reviewing]) -> None:
    pages = [make_document(f"One Two {n}.") for n in range(70)]
    review = make_review(*(record(page, {"ana": frozenset({span(0, 3)}), "ben": frozenset()}) for page in pages))
    questions = waiting(review)
    assert review.counts == (70, 0, 0)
    for question in questions:
        review.take_lane(question, lane_of(review, question, "ana"))
        assert len(review.cases.held) <= 32
    assert review.counts == (0, 0, 0)
    assert review.documents_left() == 0
    assert all(held(review, page.id) == {span(0, 3)} for page in pages)
    while review.undo_title():
        review.undo()
    assert review.counts == (70, 0, 0)
    assert review.documents_left() == 70


def test_an_annotator_who_finishes_later_opens_only_their_own_places(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    review.absorb(merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", quiet))
    for question in waiting(review):
        review.take_lane(question, 1)
    assert (review.left, review.documents_left()) == (0, 0)
    late = work(OTHER, "dot", frozenset({span(0, 3), span(18, 22, "ORG")}))
    review.corpus.add_records([Record(OTHER, (late,))])
    again = make_review()
    assert [q.place.start for q in waiting(again)] == [18]
    again.nothing(waiting(again)[0])
    assert (again.left, again.documents_left()) == (0, 0)


def test_pages_that_the_adjudicator_annotated_are_counted(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    assert pages_of(review.corpus, "ana") == 2
    assert pages_of(review.corpus, "cai") == 1
    assert pages_of(review.corpus, "lea") == 0


def test_choices_are_kept_in_the_corpus_and_nonsense_is_passed_over(make_review: Callable[..., Reviewing]) -> None:
    review = make_review(*two_pages())
    assert Choices.of(review.corpus) == Choices()
    wanted = Choices(Policy(Rule.VOTES, 3, 0.1, 5), seed=9)
    wanted.keep(review.corpus)
    assert Choices.of(review.corpus) == wanted
    review.corpus.set_value("review", '{"rule": "whatever"}')
    assert Choices.of(review.corpus) == Choices()


def test_a_random_row_of_decisions_is_undone_to_the_beginning(make_review: Callable[..., Reviewing]) -> None:
    records = [item for item, _ in corpus({"ana": RATES, "ben": RATES, "cai": RATES}, 5)][:8]
    review = make_review(*records)
    chance = random.Random(5)
    steps = []
    while questions := waiting(review):
        question = chance.choice(questions)
        steps.append({id_: case.gold for id_, case in review.cases.items()})
        match chance.randrange(5):
            case 0:
                review.nothing(question)
            case 1:
                review.absorb(merge_all(review.corpus, review.cases.values(), review.choices.policy, "lea", quiet))
                if review.cases == {id_: replace(review.cases[id_], gold=g) for id_, g in steps[-1].items()}:
                    steps.pop()
            case _:
                review.take_lane(question, chance.randint(1, 3))
    for before in reversed(steps):
        review.absorb(take_back(review.corpus, review.undo_parts()))
        assert {id_: case.gold for id_, case in review.cases.items()} == before
    assert all(case.gold == Annotation(id_, GOLD, state=State()) for id_, case in review.cases.items())
    assert all(review.corpus.gold_decisions(id_) == [] for id_ in review.cases)
    assert check_corpus(review.corpus) == []
