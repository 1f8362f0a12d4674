"""Verdicts in a corpus file, and merging whole corpora."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.app import gold_keeping
from annotator.app.adjudication import Origin, Policy, nothing_here, open_case, queue, take
from annotator.app.gold_keeping import keep, premerge_all
from annotator.core.annotation import Status
from annotator.core.errors import Cancelled, EditRefused
from annotator.core.record import GOLD
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.agreement.simulator import SCHEMA, Rates, corpus

RATES = {"ana": Rates(), "ben": Rates(drop_boundary=0.2, drop_span=0.05, widen_span=0.05), "cai": Rates(drop_span=0.05)}
POLICY = Policy(look=0.05, seed=1)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Corpus]:
    path = tmp_path / "gold.corpus"
    with Corpus.create(path, SCHEMA) as made:
        made.add_records(page for page, _ in corpus(RATES, seed=8))
        yield made


def waiting(opened: Corpus) -> list[str]:
    return [place.key for place in queue(open_case(page, SCHEMA) for page in opened.records())]


def test_merging_a_corpus_says_what_it_did_and_what_is_left(opened: Corpus) -> None:
    told: list[tuple[int, int]] = []
    merged = premerge_all(opened, POLICY, "lea", progress=lambda done, total: told.append((done, total)))
    assert merged.documents == 14
    assert merged.places > 500
    assert merged.left == len(waiting(opened)) > 0
    assert told == [(14, 14)]
    done = [page for page in opened.records() if page.work_of(GOLD).annotation.state.status is Status.DONE]
    assert len(done) == merged.finished
    assert check_corpus(opened) == []


def test_merging_again_changes_nothing_and_keeps_what_a_person_decided(opened: Corpus) -> None:
    premerge_all(opened, POLICY, "lea")
    page = next(page for page in opened.records() if open_case(page, SCHEMA).open_places())
    case = open_case(page, SCHEMA)
    place = case.open_places()[0]
    keep(opened, case.document_id, nothing_here(case, place), "lea")
    before = waiting(opened)
    again = premerge_all(opened, POLICY, "lea")
    assert (again.places, again.finished) == (0, 0)
    assert waiting(opened) == before


def test_each_decision_is_kept_with_its_origin_votes_and_adjudicator_and_goes_with_its_edit(opened: Corpus) -> None:
    premerge_all(opened, POLICY, "lea")
    page = next(page for page in opened.records() if open_case(page, SCHEMA).open_places())
    case = open_case(page, SCHEMA)
    place = case.open_places()[0]
    entry = keep(opened, case.document_id, take(case, place, "ana"), "max")
    rows = opened.gold_decisions(case.document_id)
    assert len(rows) == len(case.places) - len(case.open_places()) + 1
    last = rows[-1]
    assert (last.place, last.who, last.voters, last.edit) == (place.key, "max", 3, entry.id)
    assert {row.origin for row in rows[:-1]} == {Origin.ALL.value}
    assert {row.who for row in rows[:-1]} == {"lea"}
    opened.apply(case.document_id, GOLD, take(case, place, "ana").edit.inverse(), undoes=entry.id)
    assert opened.gold_decisions(case.document_id) == rows[:-1]


def test_a_verdict_on_gold_that_has_changed_is_refused_and_nothing_is_kept(opened: Corpus) -> None:
    page = next(iter(opened.records()))
    case = open_case(page, SCHEMA)
    place = case.places[0]
    keep(opened, case.document_id, take(case, place, "ana"), "lea")
    kept = opened.gold_decisions(case.document_id)
    with pytest.raises(EditRefused):
        keep(opened, case.document_id, take(case, place, "ana"), "lea")
    assert opened.gold_decisions(case.document_id) == kept


def test_a_cancelled_run_keeps_what_is_through_and_the_next_one_does_the_rest(
    opened: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold_keeping, "CHUNK", 5)

    def stop(done: int, total: int) -> None:
        if done == 10:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        premerge_all(opened, POLICY, "lea", progress=stop)
    assert sum(page.work_of(GOLD) is not None for page in opened.records()) == 10
    premerge_all(opened, POLICY, "lea")
    assert all(page.work_of(GOLD) is not None for page in opened.records())
