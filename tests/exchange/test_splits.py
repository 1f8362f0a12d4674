import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Mark, Span
from annotator.core.record import Record, Work
from annotator.exchange.splits import SplitOptions, fold_options, parse_split, plan_split, source_name

STARTS, ENDS = (
    ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t"],
    ["ama", "eno", "ilo", "ora", "uti", "ake", "ine", "ole"],
)
WORDS = [start + end for start in STARTS for end in ENDS]


def story(seed: int, words: int = 120) -> str:
    rng = random.Random(seed)
    sentences = [" ".join(rng.choices(WORDS, k=10)).capitalize() + "." for _ in range(words // 10)]
    return " ".join(sentences)


def record(text: str, *labels: str, source: str = "") -> Record:
    document = make_document(text, source=source)
    marks: frozenset[Mark] = frozenset(Span(i, i + 1, "entities", label) for i, label in enumerate(labels))
    return Record(document, (Work(Annotation(document.id, "gold", marks, State(Status.DONE))),))


def ids(*records: Record) -> list[str]:
    return [item.document.id for item in records]


CORPUS = [record(story(n), "PERSON", *(["EVENT"] if n % 40 == 0 else [])) for n in range(200)]
EIGHTY = parse_split("80/10/10")


def test_every_document_has_one_side_and_the_shares_are_near() -> None:
    plan = plan_split(CORPUS, EIGHTY)
    assert set(plan.sides) == set(ids(*CORPUS))
    assert 140 <= plan.documents["train"] <= 180
    assert min(plan.documents.values()) >= 8
    assert plan.groups == []


def test_the_same_seed_gives_the_same_sides_and_another_gives_others() -> None:
    assert plan_split(CORPUS, EIGHTY).sides == plan_split(CORPUS, EIGHTY).sides
    assert plan_split(CORPUS, EIGHTY).sides != plan_split(CORPUS, parse_split("80/10/10", 1)).sides


def test_a_corpus_that_grows_leaves_every_document_on_its_side() -> None:
    before = plan_split(CORPUS[:100], EIGHTY)
    grown = plan_split(CORPUS, EIGHTY, before.sides)
    assert {key: grown.sides[key] for key in before.sides} == before.sides
    alone = plan_split(CORPUS, EIGHTY)
    moved = {key for move in (*before.moves, *alone.moves) for key in move.documents}
    assert all(alone.sides[key] == side for key, side in before.sides.items() if key not in moved)


def test_near_duplicates_and_teasers_stay_with_their_article() -> None:
    full = story(1, 300)
    words = full.split(" ")
    copy = " ".join([*words[:150], "Updated", *words[151:]])
    teaser = full.split(". ")[3] + ". Read more…"
    others = [record(story(n)) for n in range(500, 540)]
    records = [record(full), *others[:20], record(copy), *others[20:], record(teaser)]
    plan = plan_split(records, EIGHTY)
    (group,) = plan.groups
    assert group == ids(records[0], records[21], records[-1])
    assert len({plan.sides[key] for key in group}) == 1


def test_a_sentence_that_stands_everywhere_groups_nothing() -> None:
    footer = " Sign up for our newsletter and never miss a story."
    plan = plan_split([record(story(n) + footer) for n in range(60)], EIGHTY)
    assert plan.groups == []


def test_sources_stay_together_on_request() -> None:
    records = [record(story(n), source=f"https://www.site{n % 7}.example/{n}") for n in range(70)]
    plan = plan_split(records, parse_split("80/10/10", by_source=True))
    for number in range(7):
        assert len({plan.sides[key] for key in ids(*records[number::7])}) == 1
    assert source_name("https://WWW.Example.org/a") == source_name("http://example.org:80/b") == "example.org"
    assert source_name("pages/a.txt") == "pages/a.txt"


def test_a_side_without_a_label_it_should_have_gets_one_and_the_move_is_listed() -> None:
    found = 0
    for seed in range(12):
        records = [record(story(n), *(["LAW"] if n % 10 == 0 else [])) for n in range(1000, 1200)]
        plan = plan_split(records, parse_split("80/10/10", seed))
        assert all(plan.labels[side]["LAW"] >= 1 for side in ("train", "dev", "test"))
        for move in plan.moves:
            found += 1
            assert move.why == "no other page with LAW there"
            assert all(plan.sides[key] == move.to for key in move.documents)
    assert found > 0


@given(st.integers(0, 10_000), st.integers(3, 30))
def test_no_side_stays_empty_where_there_is_enough(seed: int, count: int) -> None:
    options = SplitOptions((("train", 0.4), ("dev", 0.3), ("test", 0.3)), seed)
    plan = plan_split([record(f"page {n}") for n in range(count)], options)
    assert sum(plan.documents.values()) == count
    if count * 0.3 >= 1:
        assert set(plan.documents) == {"train", "dev", "test"}
        assert min(plan.documents.values()) >= 1


def test_folds_are_sides_of_equal_share() -> None:
    plan = plan_split(CORPUS, fold_options(5))
    assert sorted(plan.documents) == ["fold1", "fold2", "fold3", "fold4", "fold5"]
    assert min(plan.documents.values()) >= 25


@pytest.mark.parametrize("text", ["", "80", "80/x", "80/-10/30", "1/2/3/4", "80/0/20", "nan/1"])
def test_a_split_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="looks like 80/10/10"):
        parse_split(text)


@pytest.mark.parametrize("count", [1, 101])
def test_a_number_of_folds_that_makes_no_sense_is_refused(count: int) -> None:
    with pytest.raises(InputError, match="2 to 100"):
        fold_options(count)


def test_two_shares_are_train_and_test() -> None:
    assert parse_split("3/1").sides == (("train", 0.75), ("test", 0.25))
