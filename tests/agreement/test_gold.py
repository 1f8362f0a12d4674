"""Annotators against gold, and what adjudication changed in their pages."""

from collections import Counter

import pytest

from annotator.agreement.gold import Difference, against_gold, changes, compare_with_gold
from annotator.core.annotation import Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Span
from annotator.core.record import Record
from annotator.core.schema import Label, Layer, LayerKind, Schema
from tests.agreement.simulator import SCHEMA, Rates, corpus, record, work

PAGE = make_document("One Two Three Four Five.\nSix.\nSeven.\nEight.\nNine.")
NEWS = Schema("news", 1, (*SCHEMA.layers, Layer("topic", LayerKind.DOCUMENT, labels=(Label("sport"), Label("war")))))


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def at(position: int, label: str = "article") -> Boundary:
    return Boundary(position, "articles", label)


@pytest.mark.parametrize(
    ("mine", "gold", "found"),
    [
        ({span(0, 3)}, {span(0, 3)}, [Difference.RIGHT]),
        ({span(0, 3)}, {span(0, 4)}, [Difference.RIGHT]),
        ({span(0, 3)}, set(), [Difference.EXTRA]),
        (set(), {span(0, 3)}, [Difference.MISSED]),
        ({span(0, 3)}, {span(0, 3, "ORG")}, [Difference.LABEL]),
        ({span(0, 3)}, {span(0, 7)}, [Difference.EDGES]),
        ({span(0, 3)}, {span(0, 7, "ORG")}, [Difference.BOTH]),
        ({at(25)}, {at(30)}, [Difference.EDGES]),
        ({at(25)}, {at(30, "teaser")}, [Difference.BOTH]),
        ({at(25)}, {at(37)}, [Difference.EXTRA, Difference.MISSED]),
        ({at(25)}, {at(25, "teaser")}, [Difference.LABEL]),
        ({at(0)}, {at(25)}, [Difference.EXTRA, Difference.MISSED]),
        ({DocumentLabel("topic", "war")}, {DocumentLabel("topic", "sport")}, [Difference.MISSED, Difference.EXTRA]),
    ],
)
def test_a_mark_is_held_against_its_counterpart_in_gold(
    mine: set[Mark], gold: set[Mark], found: list[Difference]
) -> None:
    made = record(PAGE, {"ana": frozenset(mine)}, frozenset(gold))
    assert [change.difference for change in compare_with_gold(made, NEWS, "ana")] == found


def test_what_adjudication_changed_leaves_out_what_was_right_and_says_where_to_jump() -> None:
    made = record(PAGE, {"ana": frozenset({span(0, 3), span(8, 13)})}, frozenset({span(0, 3), span(8, 18)}))
    (change,) = changes(made, SCHEMA, "ana")
    assert (change.start, change.mine, change.gold) == (8, span(8, 13), span(8, 18))
    assert (change.layer, change.label) == ("entities", "PERSON")


def test_nothing_is_shown_before_both_are_done() -> None:
    marks = frozenset({span(0, 3)})
    for own, gold in ((Status.IN_PROGRESS, Status.DONE), (Status.DONE, Status.IN_PROGRESS)):
        made = Record(PAGE, (work(PAGE, "ana", marks, own), work(PAGE, "gold", frozenset(), gold)))
        assert compare_with_gold(made, SCHEMA, "ana") == []
        assert against_gold([made], SCHEMA) == []
    assert compare_with_gold(record(PAGE, {"ana": marks}), SCHEMA, "ana") == []


def test_scores_count_by_kind_and_label() -> None:
    mine = {span(0, 3), span(4, 7), span(8, 13, "ORG"), span(14, 18)}
    gold = {span(0, 3), span(4, 7, "ORG"), span(8, 13, "ORG"), span(19, 23)}
    scores = against_gold([record(PAGE, {"ana": frozenset(mine)}, frozenset(gold))], SCHEMA)
    score = next(score for score in scores if score.layer == "entities")
    assert score.differences == Counter(
        {Difference.RIGHT: 2, Difference.LABEL: 1, Difference.EXTRA: 1, Difference.MISSED: 1}
    )
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert score.by_label["ORG"] == {Difference.RIGHT: 1, Difference.LABEL: 1}
    assert score.confusion == {
        ("PERSON", "PERSON"): 1, ("PERSON", "ORG"): 1, ("ORG", "ORG"): 1, ("PERSON", ""): 1, ("", "PERSON"): 1,
    }  # fmt: skip
    unused = next(score for score in scores if score.layer == "blocks")
    assert (unused.precision, unused.recall, unused.f1) == (None, None, None)
    assert score.to_json()["by_label"]["ORG"]["right"] == 1


def test_simulated_mistakes_against_gold_are_counted_as_they_were_made() -> None:
    """The truth is gold; the rates of the annotator come back as differences of each kind."""
    rates = Rates(drop_span=0.1, add_span=0.01, relabel_span=0.1, widen_span=0.1, widen_and_relabel_span=0.05)
    records, made = [], Counter()
    for page, mistakes in corpus({"truth": Rates(), "ana": rates}, seed=5, copies=3):
        truth, own = (one.annotation.marks for one in sorted(page.works, key=lambda w: w.annotation.annotator)[::-1])
        records.append(record(page.document, {"ana": own}, truth))
        made += mistakes
    (score,) = [score for score in against_gold(records, SCHEMA) if score.layer == "entities"]
    found = score.differences
    assert found[Difference.LABEL] == made[5]
    assert found[Difference.EDGES] == made[6]
    assert found[Difference.BOTH] == made[7]
    assert found[Difference.MISSED] + found[Difference.EXTRA] == made[4]
    total = score.differences.total()
    assert found[Difference.LABEL] / total == pytest.approx(0.1, abs=0.02)
