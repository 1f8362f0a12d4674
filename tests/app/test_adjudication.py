"""Gold from several annotations."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.disagreements import Kind, Place
from annotator.app.adjudication import (
    Case,
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
from tests.agreement.simulator import SCHEMA, Rates, corpus, record

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
