"""Gold from several annotations."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.disagreements import Kind, Place
from annotator.app.adjudication import (
    Case,
    Decision,
    Origin,
    Policy,
    Rule,
    Verdict,
    add_new,
    finish,
    nothing_here,
    open_case,
    own_version,
    premerge,
    queue,
    shuffled_lanes,
    take,
    take_majority,
)
from annotator.core.annotation import Status
from annotator.core.document import make_document
from annotator.core.errors import EditRefused
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.agreement.simulator import SCHEMA, Rates, corpus, record, work

PAGE = make_document("One Two Three Four.\nFive Six.\nSeven.\nEight.")
NO_LOOK = Policy(look=0.0)


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def case_of(*lanes: set[Mark]) -> Case:
    names = ["ana", "ben", "cai", "dot", "eve"]
    return open_case(record(PAGE, {names[i]: frozenset(lane) for i, lane in enumerate(lanes)}), SCHEMA)


def held(case: Case) -> set[Mark]:
    return {mark for mark in case.gold.marks if not isinstance(mark, Rejection)}


def test_taking_a_version_puts_its_marks_into_gold_and_rejects_the_others() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)}, set())
    (place,) = case.open_places()
    verdict = take(case, place, "ben")
    after = case.after(verdict)
    assert held(after) == {span(0, 7)}
    assert Rejection(span(0, 3)) in after.gold.marks
    assert after.open_places() == []
    (decision,) = verdict.decisions
    assert decision.origin is Origin.TAKEN
    assert (decision.source, decision.votes, decision.voters) == ("ben", 1, 3)


def test_taking_the_version_of_one_who_marked_nothing_decides_for_nothing() -> None:
    case = case_of({span(0, 3)}, set())
    (place,) = case.open_places()
    verdict = take(case, place, "ben")
    assert held(case.after(verdict)) == set()
    assert case.after(verdict).open_places() == []
    assert verdict.decisions[0].origin is Origin.NOTHING
    assert verdict.decisions[0].votes == 1


def test_a_place_where_everybody_marked_something_can_be_decided_to_hold_nothing() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)})
    (place,) = case.open_places()
    verdict = nothing_here(case, place)
    assert held(case.after(verdict)) == set()
    assert (verdict.decisions[0].origin, verdict.decisions[0].votes) == (Origin.NOTHING, 0)


def test_undo_opens_the_place_again() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)})
    (place,) = case.open_places()
    verdict = take(case, place, "ana")
    back = case.after(verdict).gold.apply(verdict.edit.inverse())
    assert back.marks == case.gold.marks
    assert open_case(case.record, SCHEMA, gold=back).open_places() == [place]


def test_an_own_version_is_edited_and_rejects_what_the_annotators_made() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)})
    (place,) = case.open_places()
    verdict = own_version(case, place, [span(4, 7, "ORG")])
    after = case.after(verdict)
    assert held(after) == {span(4, 7, "ORG")}
    assert after.open_places() == []
    assert verdict.decisions[0].origin is Origin.EDITED


def test_an_own_version_that_an_annotator_made_counts_as_taken() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)})
    (place,) = case.open_places()
    (decision,) = own_version(case, place, [span(0, 7)]).decisions
    assert (decision.origin, decision.source) == (Origin.TAKEN, "ben")


def test_deciding_again_replaces_the_first_decision_also_an_own_version() -> None:
    case = case_of({span(0, 3)}, {span(0, 7)})
    (place,) = case.open_places()
    case = case.after(own_version(case, place, [span(4, 7, "ORG")]))
    case = case.after(take(case, place, "ana"))
    assert held(case) == {span(0, 3)}
    case = case.after(nothing_here(case, place))
    assert held(case) == set()
    with pytest.raises(EditRefused, match="decided so already"):
        nothing_here(case, place)


def test_an_own_version_that_reaches_into_a_decided_place_makes_its_mark_give_way() -> None:
    case = case_of({span(0, 3), span(4, 7)}, {span(0, 3, "ORG"), span(4, 7, "ORG")})
    first, second = case.open_places()
    case = case.after(take(case, second, "ana"))
    case = case.after(own_version(case, first, [span(0, 7)]))
    assert held(case) == {span(0, 7)}
    assert case.open_places() == []


def test_own_marks_that_exclude_each_other_or_do_not_fit_are_refused() -> None:
    case = case_of({span(0, 3)}, set())
    (place,) = case.open_places()
    with pytest.raises(EditRefused, match="exclude each other"):
        own_version(case, place, [span(0, 5), span(4, 7)])
    with pytest.raises(EditRefused, match="no label"):
        own_version(case, place, [span(0, 5, "ANIMAL")])
    with pytest.raises(EditRefused, match="only blanks"):
        own_version(case, place, [span(3, 4)])
    with pytest.raises(EditRefused, match="has not finished"):
        take(case, place, "zoe")


def test_a_mark_where_nobody_had_one_is_new() -> None:
    case = case_of({span(0, 3)}, {span(0, 3)})
    verdict = add_new(case, span(8, 13))
    assert held(case.after(verdict)) == {span(8, 13)}
    (decision,) = verdict.decisions
    assert (decision.origin, decision.key, decision.votes, decision.voters) == (Origin.NEW, "", 0, 2)


def test_boundaries_come_before_spans_and_documents_in_order() -> None:
    case = case_of({span(0, 3), Boundary(30, "articles", "article")}, set())
    assert [place.kind for place in queue([case])] == [Kind.BOUNDARY_MISSING, Kind.SPAN_MISSING]


def test_the_majority_decides_all_that_is_left_but_ties() -> None:
    case = case_of({span(0, 3), span(8, 13)}, {span(0, 3)}, {span(0, 7)}, {span(0, 3)})
    verdict = take_majority(case)
    after = case.after(verdict)
    assert held(after) == {span(0, 3)}
    assert [decision.origin for decision in verdict.decisions] == [Origin.MAJORITY, Origin.MAJORITY]
    assert [decision.votes for decision in verdict.decisions] == [3, 3]
    tied = case_of({span(0, 3)}, {span(0, 7)})
    with pytest.raises(EditRefused, match="majority"):
        take_majority(tied)


@pytest.mark.parametrize(
    ("policy", "merged"),
    [
        (NO_LOOK, {span(0, 3)}),
        (Policy(Rule.ALL_WHO_MARKED, look=0.0), {span(0, 3), span(4, 7)}),
        (Policy(Rule.VOTES, votes=2, look=0.0), {span(0, 3), span(8, 13)}),
        (Policy(Rule.VOTES, votes=3, look=0.0), {span(0, 3)}),
    ],
)
def test_a_policy_merges_what_it_says(policy: Policy, merged: set[Mark]) -> None:
    case = case_of(
        {span(0, 3), span(4, 7), span(8, 13), span(14, 18)},
        {span(0, 3), span(4, 7), span(8, 13)},
        {span(0, 3), span(8, 13, "ORG")},
        {span(0, 3), span(8, 13, "GPE")},
    )
    verdict = premerge(case, policy)
    assert verdict is not None
    decided = case.after(verdict)
    assert held(decided) - {span(14, 18)} == merged
    assert (span(14, 18) in held(decided)) is False


def test_a_tie_merges_nothing() -> None:
    case = case_of({span(0, 3)}, {span(0, 3)}, {span(0, 7)}, {span(0, 7)})
    assert premerge(case, Policy(Rule.VOTES, votes=2, look=0.0)) is None
    assert case_of({span(0, 3)}, set()).open_places()
    assert premerge(case_of({span(0, 3)}, set()), Policy(Rule.ALL_WHO_MARKED, look=0.0)) is None


def test_premerge_closes_a_document_without_disagreement() -> None:
    case = case_of({span(0, 3)}, {span(0, 3)})
    verdict = premerge(case, NO_LOOK)
    assert verdict is not None
    after = case.after(verdict)
    assert after.gold.state.status is Status.DONE
    assert premerge(after, NO_LOOK) is None


def test_premerge_closes_a_document_on_which_nobody_found_anything() -> None:
    verdict = premerge(case_of(set(), set()), NO_LOOK)
    assert verdict is not None
    assert verdict.edit.state is not None
    assert verdict.edit.state[1].status is Status.DONE


def test_a_document_that_one_annotator_finished_is_not_closed() -> None:
    assert premerge(case_of({span(0, 3)}), NO_LOOK) is None


def test_merging_again_keeps_what_was_decided() -> None:
    case = case_of({span(0, 3), span(4, 7)}, {span(0, 3), span(4, 7)}, {span(0, 3), span(4, 7, "ORG")})
    unanimous, split = case.open_places()
    case = case.after(nothing_here(case, unanimous))
    case = case.after(take(case, split, "cai"))
    before = held(case)
    for rule in Rule:
        again = premerge(case, Policy(rule, look=0.0))
        assert again is None or not again.decisions
    assert before == {span(4, 7, "ORG")}


def test_a_new_annotator_opens_only_the_places_where_they_add_something() -> None:
    lanes = {"ana": frozenset({span(0, 3), span(4, 7)}), "ben": frozenset({span(0, 3, "ORG"), span(4, 7, "ORG")})}
    case = open_case(record(PAGE, lanes), SCHEMA)
    for place in case.open_places():
        case = case.after(take(case, place, "ana"))
    more = record(PAGE, {**lanes, "cai": frozenset({span(0, 3), span(4, 7, "GPE")})})
    later = open_case(more, SCHEMA, gold=case.gold)
    assert [place.start for place in later.open_places()] == [4]
    assert held(later) == {span(0, 3), span(4, 7)}


def test_a_share_of_the_unanimous_waits_for_a_look_and_it_is_the_same_share_each_time() -> None:
    page = make_document("word " * 2000)
    marks = frozenset(span(5 * i, 5 * i + 4) for i in range(2000))
    case = open_case(record(page, {"ana": marks, "ben": marks}), SCHEMA)
    verdict = premerge(case, Policy(look=0.05, seed=7))
    assert verdict is not None
    after = case.after(verdict)
    waiting = after.open_places()
    assert len(waiting) == pytest.approx(100, abs=30)
    assert all(place.kind is None for place in waiting)
    assert premerge(after, Policy(look=0.05, seed=7)) is None
    other = premerge(case, Policy(look=0.05, seed=8))
    assert other is not None
    assert case.after(other).open_places() != waiting
    decided = after.after(take(after, waiting[0], "ana"))
    assert len(decided.open_places()) == len(waiting) - 1


def test_gold_cannot_be_called_done_while_a_place_waits() -> None:
    case = case_of({span(0, 3)}, set())
    with pytest.raises(EditRefused, match="1 place still waits"):
        finish(case)
    (place,) = case.open_places()
    case = case.after(take(case, place, "ana"))
    case = case.after(finish(case))
    assert case.gold.state.status is Status.DONE
    with pytest.raises(EditRefused, match="done already"):
        finish(case)


def test_lanes_are_shuffled_by_document_and_stay_so() -> None:
    cases = [open_case(page, SCHEMA) for page, _ in corpus({"ana": Rates(), "ben": Rates(), "cai": Rates()}, seed=1)]
    orders = [tuple(shuffled_lanes(case)) for case in cases]
    assert orders == [tuple(shuffled_lanes(case)) for case in cases]
    assert {frozenset(order) for order in orders} == {frozenset({"ana", "ben", "cai"})}
    assert len(set(orders)) > 2


def test_a_verdict_for_another_state_of_gold_is_refused() -> None:
    case = case_of({span(0, 3)}, set())
    (place,) = case.open_places()
    verdict = take(case, place, "ana")
    with pytest.raises(EditRefused):
        case.after(verdict).after(verdict)


lanes_of = st.frozensets(
    st.one_of(
        st.builds(
            lambda start, size, label: span(start, start + size, label),
            st.integers(0, 15),
            st.integers(1, 4),
            st.sampled_from(["PERSON", "ORG"]),
        ),
        st.builds(
            lambda position, label: Boundary(position, "articles", label),
            st.sampled_from([0, 20, 30, 37]),
            st.sampled_from(["article", "teaser"]),
        ),
    ),
    max_size=6,
).map(lambda marks: frozenset(_apart(sorted(marks, key=str))))


def _apart(marks: list[Labelled]) -> list[Labelled]:
    """Only marks that can stand beside each other on one annotator's page."""
    kept: list[Labelled] = []
    for mark in marks:
        touched = any(
            type(mark) is type(other)
            and ((mark.start < other.end and other.start < mark.end) or mark.start == other.start)
            for other in kept
        )
        if not touched:
            kept.append(mark)
    return kept


def any_decision(case: Case, place: Place, name: str, chance: random.Random) -> Verdict:
    match chance.randrange(4):
        case 0:
            return take(case, place, name)
        case 1:
            return nothing_here(case, place)
        case 2:
            return own_version(case, place, [span(place.start, place.start + 6, "GPE")])
        case _:
            return take_majority(case)


@given(st.lists(lanes_of, min_size=2, max_size=4), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_row_of_decisions_can_be_undone_step_by_step_and_gold_never_holds_what_excludes_itself(
    lanes: list[frozenset[Mark]], chance: random.Random
) -> None:
    case = open_case(record(PAGE, {f"p{i}": lane for i, lane in enumerate(lanes)}), SCHEMA)
    steps: list[tuple[Case, Verdict]] = []
    for _ in range(8):
        if not case.places:
            break
        place = chance.choice(case.places)
        name = chance.choice([f"p{i}" for i in range(len(lanes))])
        try:
            verdict = any_decision(case, place, name, chance)
        except EditRefused:
            continue
        steps.append((case, verdict))
        case = case.after(verdict)
        spans = sorted(mark for mark in held(case) if isinstance(mark, Span))
        assert all(a.end <= b.start for a, b in pairwise(spans))
        boundaries = Counter((mark.layer, mark.start) for mark in held(case) if isinstance(mark, Boundary))
        assert set(boundaries.values()) <= {1}
        assert not any(Rejection(mark) in case.gold.marks for mark in held(case) if not isinstance(mark, Rejection))
    gold = case.gold
    for before, verdict in reversed(steps):
        gold = gold.apply(verdict.edit.inverse())
        assert gold == before.gold


def decide(place: Place) -> str:
    """What the robot does at a place: a rule that a test can hold gold against."""
    return ("take", "nothing", "own", "take")[int(place.key[:4], 16) % 4]


def own_mark(case: Case, place: Place) -> Labelled:
    """The first mark there under another label of its layer."""
    mark = place.marks[0]
    labels = [label.name for label in SCHEMA.by_name[mark.layer].labels]
    label = labels[(labels.index(mark.label) + 1) % len(labels)]
    if isinstance(mark, Span):
        return Span(mark.start, mark.end, mark.layer, label)
    return Boundary(mark.start, mark.layer, label)


def test_a_robot_adjudicates_fifty_documents_to_zero_and_gold_is_what_the_rules_say() -> None:
    rates = {
        "ana": Rates(drop_boundary=0.1, move_boundary=0.1, drop_span=0.05, relabel_span=0.05),
        "ben": Rates(add_boundary=0.03, relabel_boundary=0.1, add_span=0.01, widen_span=0.05),
        "cai": Rates(drop_span=0.1, widen_and_relabel_span=0.03),
    }
    records = [page for page, _ in corpus(rates, seed=4, copies=4)][:50]
    assert len(records) == 50
    policy = Policy(look=0.05, seed=2)
    cases: dict[str, Case] = {}
    decisions: dict[str, dict[str, Decision]] = {}

    def carry_out(document_id: str, verdict: Verdict) -> None:
        cases[document_id] = cases[document_id].after(verdict)
        for decision in verdict.decisions:
            assert decision.key not in decisions[document_id]
            decisions[document_id][decision.key] = decision

    for page in records:
        case = open_case(page, SCHEMA)
        cases[case.document_id], decisions[case.document_id] = case, {}
        merged = premerge(case, policy)
        if merged is not None:
            carry_out(case.document_id, merged)
    waiting = queue(cases.values())
    counter = len(waiting)
    assert counter > 200
    for place in waiting:
        case = cases[place.document_id]
        if case.decided(place):
            continue
        what = decide(place)
        if what == "take":
            verdict = take(case, place, "ben")
        elif what == "nothing":
            verdict = nothing_here(case, place)
        else:
            verdict = own_version(case, place, [own_mark(case, place)])
        carry_out(place.document_id, verdict)
        left = sum(len(other.open_places()) for other in cases.values()) if counter % 50 == 0 else counter - 1
        assert left == counter - 1
        counter -= 1
    assert counter == 0
    assert queue(cases.values()) == []

    for document_id, case in cases.items():
        if case.gold.state.status is not Status.DONE:
            case = case.after(finish(case))
        expected: set[Mark] = set()
        for place in case.places:
            if place.kind is None and not policy.looks_at(place):
                expected |= set(place.versions[0].marks)
                assert decisions[document_id][place.key].origin is Origin.ALL
            elif decide(place) == "take":
                version = place.version_of("ben")
                assert version is not None
                expected |= set(version.marks)
            elif decide(place) == "own":
                expected.add(own_mark(case, place))
        assert held(case) == expected
        assert case.gold.state.status is Status.DONE
        assert set(decisions[document_id]) == {place.key for place in case.places}
        reopened = open_case(
            Record(case.record.document, (*case.record.works, work(case.record.document, "gold", case.gold.marks))),
            SCHEMA,
        )
        assert reopened.open_places() == []
        assert premerge(reopened, policy) is None


def test_decisions_survive_a_restart_and_are_undone_from_the_log(tmp_path: Path) -> None:
    path = tmp_path / "gold.corpus"
    rates = {
        "ana": Rates(),
        "ben": Rates(drop_boundary=0.2, drop_span=0.1, widen_span=0.1),
        "cai": Rates(drop_span=0.1),
    }
    with Corpus.create(path, SCHEMA) as made:
        made.add_records(page for page, _ in corpus(rates, seed=8))
    with Corpus.open(path) as opened:
        merged = []
        for page in opened.records():
            verdict = premerge(open_case(page, SCHEMA), NO_LOOK)
            assert verdict is not None
            merged.append((page.document.id, verdict.edit, {}))
        opened.apply_all(merged, GOLD)
    with Corpus.open(path) as opened:
        records = list(opened.records())
        waiting = queue([open_case(page, SCHEMA) for page in records])
        place = waiting[0]
        page = next(page for page in records if page.document.id == place.document_id)
        verdict = take(open_case(page, SCHEMA), place, "ben")
        opened.apply(place.document_id, GOLD, verdict.edit)
    with Corpus.open(path) as opened:
        records = list(opened.records())
        left = queue([open_case(page, SCHEMA) for page in records])
        assert [other.key for other in left] == [other.key for other in waiting[1:]]
        logged = opened.log(place.document_id, GOLD)
        assert [entry.title for entry in logged][-1] == verdict.edit.title
        opened.apply(place.document_id, GOLD, verdict.edit.inverse(), undoes=logged[-1].id)
        assert [other.key for other in queue([open_case(page, SCHEMA) for page in opened.records()])] == [
            other.key for other in waiting
        ]
        assert check_corpus(opened) == []
