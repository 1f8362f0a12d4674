"""A robot that adjudicates documents to zero, and decisions in a corpus file."""

from pathlib import Path

from annotator.agreement.disagreements import Place
from annotator.app.adjudication import (
    Case,
    Decision,
    Origin,
    Policy,
    Verdict,
    finish,
    nothing_here,
    open_case,
    own_version,
    premerge,
    queue,
    take,
)
from annotator.core.annotation import Status
from annotator.core.marks import Boundary, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.agreement.simulator import SCHEMA, Rates, corpus, work


def held(case: Case) -> set[Mark]:
    return {mark for mark in case.gold.marks if not isinstance(mark, Rejection)}


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
            verdict = premerge(open_case(page, SCHEMA), Policy(look=0.0))
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
