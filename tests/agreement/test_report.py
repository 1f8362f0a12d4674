"""The agreement report."""

import json
import random
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from annotator.agreement import boundaries, coding, gathering, spans
from annotator.agreement.bootstrap import DRAWS, Sums, interval, ratio
from annotator.agreement.lanes import BLANKS, by_layer, finished, line_labels, opened, units_of
from annotator.agreement.report import Report, agreement_report
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import Cancelled, InputError
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.core.tokens import line_starts
from tests.agreement.simulator import SCHEMA, Rates, corpus, record, work

SPOILT = Rates(
    drop_boundary=0.1, move_boundary=0.1, relabel_boundary=0.1, drop_span=0.05, add_span=0.01, relabel_span=0.05,
    widen_span=0.05,
)  # fmt: skip
NEWS = Schema("news", 1, (*SCHEMA.layers, Layer("topic", LayerKind.DOCUMENT, labels=(Label("sport"), Label("war")))))


def pages(n: int, seed: int = 1) -> list[Record]:
    made = corpus({"ana": Rates(), "ben": SPOILT, "cai": SPOILT}, seed, copies=n // 14 + 1)
    return [page for page, _ in made][:n]


def span(start: int, end: int, label: str = "PERSON") -> Span:
    return Span(start, end, "entities", label)


def page(n: int, **lanes: set[Mark]) -> Record:
    document = make_document(f"One Two Three Four Five Six Seven Eight {n}.\nNine.\nTen.\nEleven.\nTwelve.")
    return record(document, {name: frozenset(marks) for name, marks in lanes.items()})


@pytest.fixture(scope="module")
def report() -> Report:
    return agreement_report(pages(42), SCHEMA)


def test_figures_are_those_of_the_measures_on_pooled_counts(report: Report) -> None:
    records = pages(42)
    for pair in report.layers["entities"]["pairs"]:
        lanes: list[list[spans.Unit]] = [[], []]
        for n, one in enumerate(records):
            done = finished(one)
            for side, name in zip(lanes, (pair["a"], pair["b"]), strict=True):
                marks = done[name].marks
                # Each page lies behind the one before, as if all were one text.
                side.extend((m.start + 10**6 * n, m.end + 10**6 * n, m.label) for m in marks if isinstance(m, Span))
        a, b = lanes
        assert pair["matches"] == len(set(a) & set(b))
        assert (pair["n_a"], pair["n_b"]) == (len(a), len(b))
        assert pair["exact_f1"] == spans.exact_f1(a, b)
        assert pair["label_blind_f1"] == spans.edges_f1(a, b)
        assert pair["overlap_f1"] == spans.overlap_f1(a, b)
        classes = spans.classify(spans.align(a, b))
        assert [pair[name] for name in ("label", "edges", "both", "only_a", "only_b")] == [
            classes.label, classes.edge, classes.both, classes.only_a, classes.only_b,
        ]  # fmt: skip


def test_boundary_figures_are_those_of_the_measures_page_by_page() -> None:
    records = pages(42)
    texts, windows, split = [], [], []
    for one in records:
        lanes = {
            name: [mark for mark in finished(one)[name].marks if isinstance(mark, Boundary)] for name in ("ana", "ben")
        }
        units = units_of(line_starts(one.document.text), [mark for marks in lanes.values() for mark in marks])
        placed = {name: opened(marks, units) for name, marks in lanes.items()}
        texts.append({name: (each, units.length) for name, each in placed.items()})
        for a, b in (("ana", "ben"), ("ben", "ana")):
            found = boundaries.windows(placed[a], placed[b], units.length)
            windows.append((found.differing, found.total))
            split.append((found.split_differently, found.total))
    articles = agreement_report(records, SCHEMA, ["ana", "ben"]).layers["articles"]
    assert articles["B"] == pytest.approx(boundaries.actual_agreement(texts))
    assert articles["pi_B"] == pytest.approx(boundaries.boundary_pi(texts))
    assert articles["kappa_B"] == pytest.approx(boundaries.boundary_kappa(texts))
    for name, counted in (("windowdiff", windows), ("pk", split)):
        assert articles[name] == pytest.approx(sum(n for n, _ in counted) / sum(n for _, n in counted))


def test_label_figures_are_those_of_the_measures_on_all_lines(report: Report) -> None:
    items = []
    for one in pages(42):
        lines = line_starts(one.document.text)
        lanes = [
            line_labels([mark for mark in annotation.marks if isinstance(mark, Boundary)], lines)
            for annotation in finished(one).values()
        ]
        items += [item for item in zip(*lanes, strict=True) if any(item)]
    articles = report.layers["articles"]
    assert articles["alpha"] == pytest.approx(coding.krippendorff_alpha(items))
    assert articles["raw_agreement"] == pytest.approx(coding.observed_agreement(items))
    assert articles["fleiss_kappa"] == pytest.approx(coding.fleiss_kappa(items))
    assert articles["gwet_ac1"] == pytest.approx(coding.gwet_ac1(items))
    kappas = [coding.cohen_kappa([(item[a], item[b]) for item in items]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert articles["cohen_kappa"] == pytest.approx(sum(kappas) / 3)


def test_a_headline_is_the_mean_and_the_range_over_pairs(report: Report) -> None:
    entities = report.layers["entities"]
    scores = [pair["exact_f1"] for pair in entities["pairs"]]
    assert entities["exact_f1"]["mean"] == pytest.approx(sum(scores) / 3)
    assert (entities["exact_f1"]["low"], entities["exact_f1"]["high"]) == (min(scores), max(scores))


def test_the_order_of_documents_and_annotators_changes_nothing(report: Report) -> None:
    records = pages(42)
    random.Random(3).shuffle(records)
    turned = [Record(one.document, one.works[::-1]) for one in records]
    again = agreement_report(turned, SCHEMA)
    assert same(again.to_json(), report.to_json())
    assert again.examples == report.examples


def same(one: Any, other: Any) -> bool:
    """Equal, but for the last digits of sums made in another order."""
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == (pytest.approx(other) if isinstance(other, float) else other)


def test_how_many_documents_are_counted_at_once_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    monkeypatch.setattr(gathering, "_PAGES", 5)
    one = agreement_report(pages(42), SCHEMA)
    monkeypatch.setattr(gathering, "_PAGES", 100)
    monkeypatch.setattr(gathering, "_CHARACTERS", 1)
    other = agreement_report(pages(42), SCHEMA)
    assert same(one.to_json(), report.to_json())
    assert same(other.to_json(), report.to_json())
    assert one.examples == other.examples == report.examples


@pytest.mark.parametrize("seed", range(5))
def test_boundaries_of_pages_counted_at_once_are_those_of_single_pages(seed: int) -> None:
    """Crowded boundaries, so that runs of them have to be paired."""
    chance = random.Random(seed)
    names = ("ana", "ben", "cai", "dan")
    records = []
    for n in range(30):
        document = make_document("\n".join(["a", "b b", "", "c"] * 4) + f"\n{n}")
        lanes = {
            name: frozenset(
                Boundary(at, "articles", "article") for at in range(len(document.text)) if chance.random() < 0.4
            )
            for name in chance.sample(names, chance.randint(0, 4))
        }
        records.append(record(document, lanes))
    pairs = {(pair["a"], pair["b"]): pair for pair in agreement_report(records, SCHEMA).layers["articles"]["pairs"]}
    assert len(pairs) == 6
    for (a, b), pair in pairs.items():
        total = boundaries.Edits(0, 0, 0)
        for one in records:
            marks = {
                name: by_layer(each.marks, one.document.text).get("articles", [])
                for name, each in finished(one).items()
            }
            placed = {name: [mark for mark in each if isinstance(mark, Boundary)] for name, each in marks.items()}
            units = units_of(line_starts(one.document.text), [mark for each in placed.values() for mark in each])
            if {a, b} <= set(placed):
                total += boundaries.boundary_edits(opened(placed[a], units), opened(placed[b], units))
        assert (pair["matches"], pair["moved"], pair["missing"]) == (total.matches, total.near, total.missed)
        assert total.near > 3


def test_blanks_are_the_characters_python_takes_for_blanks() -> None:
    assert frozenset(filter(str.isspace, map(chr, range(sys.maxunicode + 1)))) == BLANKS


def test_another_seed_moves_intervals_and_no_figure(report: Report) -> None:
    other = agreement_report(pages(42), SCHEMA, seed=9).layers["entities"]
    entities = report.layers["entities"]
    assert other["exact_f1"]["mean"] == entities["exact_f1"]["mean"]
    assert other["exact_f1"]["interval"] != entities["exact_f1"]["interval"]
    assert other["exact_f1"]["interval"] == pytest.approx(entities["exact_f1"]["interval"], abs=0.01)


def test_the_report_is_valid_json_without_nan(report: Report) -> None:
    assert json.loads(json.dumps(report.to_json(), allow_nan=False)) == report.to_json()


def test_below_ten_documents_there_is_no_interval_but_the_lowest_and_highest_page() -> None:
    found = agreement_report(pages(9), SCHEMA)
    value = found.layers["entities"]["exact_f1"]
    assert value["interval"] is None
    assert value["lowest_document"] < value["mean"] < value["highest_document"]
    assert any("worst page" in sentence for sentence in found.words)
    assert any("Only 9 pages" in note.seen for note in found.notes)


def test_below_thirty_documents_an_interval_is_rough() -> None:
    found = agreement_report(pages(14), SCHEMA)
    assert found.layers["entities"]["exact_f1"]["interval"] is not None
    assert found.layers["entities"]["exact_f1"]["rough"] is True
    assert any("roughly" in sentence for sentence in found.words)
    assert agreement_report(pages(30), SCHEMA).layers["entities"]["exact_f1"]["rough"] is False


def test_words_say_in_how_many_of_a_hundred_cases() -> None:
    same_pages = [page(n, ana={span(0, 3), span(4, 7)}, ben={span(0, 3)}) for n in range(3)]
    (sentence,) = agreement_report(same_pages, SCHEMA, layers=["entities"]).words
    assert sentence.startswith("entities: two people mark the same stretch the same way in 67 of 100 cases")


def test_only_pages_that_both_have_finished_count_and_gold_is_no_annotator() -> None:
    document = make_document("One Two Three.")
    marks = frozenset({span(0, 3)})
    half = Record(
        document,
        (
            work(document, "ana", marks),
            work(document, "ben", marks, Status.IN_PROGRESS),
            work(document, "cai", marks, Status.UNSURE),
            work(document, "gold", marks),
        ),
    )
    found = agreement_report([half], SCHEMA)
    assert found.documents == 0
    assert found.layers["entities"]["exact_f1"] == {
        "mean": None, "low": None, "high": None, "interval": None, "rough": False,
        "lowest_document": None, "highest_document": None,
    }  # fmt: skip
    assert found.layers["entities"]["pairs"] == []
    assert found.layers["articles"]["pages_alike"] is None
    assert found.words == ()
    assert "gold" not in found.progress
    assert found.notes[0].seen == "No page was finished by two annotators."


def test_a_corpus_without_documents_has_a_report_of_nothing() -> None:
    found = agreement_report([], NEWS)
    json.dumps(found.to_json(), allow_nan=False)
    assert found.layers["entities"]["gamma"] is None
    assert found.layers["topic"]["alpha"] is None


def test_both_empty_is_not_defined_and_one_empty_is_zero() -> None:
    nothing = agreement_report([page(0, ana=set(), ben=set())], SCHEMA)
    assert nothing.layers["entities"]["exact_f1"]["mean"] is None
    one = agreement_report([page(0, ana={span(0, 3)}, ben=set())], SCHEMA)
    assert one.layers["entities"]["exact_f1"]["mean"] == 0.0


def test_pages_without_a_boundary_agree_where_the_layer_is_used_at_all() -> None:
    used = {Boundary(45, "articles", "article")}
    found = agreement_report([page(0, ana=set(), ben=set()), page(1, ana=set(used), ben=set(used))], SCHEMA)
    assert found.layers["articles"]["pages_alike"] == [2, 2]
    assert found.layers["articles"]["B"] == 1.0
    assert found.layers["blocks"]["B"] is None
    assert found.layers["blocks"]["pages_alike"] is None


def test_blanks_rejections_and_an_opening_at_the_first_character_are_no_disagreement() -> None:
    ana = {span(0, 3), Boundary(43, "articles", "article"), Boundary(0, "articles", "article")}
    ben = {span(0, 4), Boundary(44, "articles", "article"), Boundary(0, "articles", "article"), Rejection(span(4, 7))}
    found = agreement_report([page(10, ana=ana, ben=ben)], SCHEMA)
    assert found.layers["entities"]["exact_f1"]["mean"] == 1.0
    assert found.layers["articles"]["boundary_f1"]["mean"] == 1.0


def test_boundaries_one_block_apart_are_moved_and_not_missing() -> None:
    lines = make_document(page(0).document.text).text
    starts = [i + 1 for i, character in enumerate(lines) if character == "\n"]
    ana = {Boundary(starts[0], "articles", "article"), Boundary(starts[2], "articles", "article")}
    ben = {Boundary(starts[1], "articles", "article"), Boundary(starts[2], "articles", "article")}
    articles = agreement_report([page(0, ana=ana, ben=ben)], SCHEMA).layers["articles"]
    assert articles["boundary_f1"]["mean"] == 0.5
    assert articles["boundary_f1_within_1"]["mean"] == 1.0
    assert (articles["moved"], articles["missing"]) == (1, 0)
    assert articles["B"] == 0.75


def test_document_labels_are_items() -> None:
    war, sport = {DocumentLabel("topic", "war")}, {DocumentLabel("topic", "sport")}
    made = [page(n, ana=war if n % 2 else sport, ben=war if n % 2 or n == 0 else sport) for n in range(10)]
    topic = agreement_report(made, NEWS).layers["topic"]
    assert topic["items"] == 10
    assert topic["raw_agreement"] == pytest.approx(0.9)
    assert topic["alpha"] == pytest.approx(1 - 19 * 2 / (2 * 9 * 11))
    assert topic["alpha_interval"][0] <= topic["alpha"] <= topic["alpha_interval"][1]


def notes_of(records: list[Record]) -> str:
    return "\n".join(note.seen for note in agreement_report(records, SCHEMA, layers=["entities"]).notes)


def test_data_notes_say_what_was_seen() -> None:
    skewed = [
        page(n, ana={span(0, 3), span(4, 7), span(8, 13)}, ben={span(0, 3), span(4, 7, "ORG"), span(8, 13, "ORG")})
        for n in range(12)
    ]
    assert "PERSON is 100 of 100 marks of ana, and 33 of 100 of the others on the same pages." in notes_of(skewed)
    assert "12 pages were finished" in notes_of(skewed)
    few = [page(n, ana={span(0, 3)}, ben={span(0, 3)}) for n in range(4)]
    assert "“entities” has 8 marks in all." in notes_of(few)
    assert "100 of 100 marks are PERSON." in notes_of(few)
    rare = [page(0, ana={span(0, 3), span(4, 7, "GPE")}, ben={span(0, 3)})]
    assert "Used fewer than 5 times: PERSON, GPE." in notes_of(rare)
    assert "ben finished 1 page without any mark." in notes_of([page(0, ana={span(0, 3)}, ben=set())])


def test_an_annotator_is_held_against_the_others_of_the_same_pages() -> None:
    """Pages that hold other things make nobody differ: on these all agree, and cai works where only ORG stands."""
    people = [page(n, ana={span(0, 3), span(4, 7)}, ben={span(0, 3), span(4, 7)}) for n in range(20)]
    firms = [page(n, ben={span(0, 3, "ORG"), span(4, 7, "ORG")}, cai={span(0, 3, "ORG"), span(4, 7, "ORG")})
             for n in range(20, 40)]  # fmt: skip
    assert "of 100 of the others" not in notes_of(people + firms)
    rates = agreement_report(people + firms, SCHEMA).layers["entities"]["rates"]
    assert rates["cai"] == {"ORG": [40.0, 40.0]}
    assert rates["ben"] == {"PERSON": [40.0, 40.0], "ORG": [40.0, 40.0]}


def test_several_annotators_with_empty_pages_are_one_note() -> None:
    empty = [page(0, ana={span(0, 3)}, ben=set(), cai=set()), page(1, ana={span(0, 3)}, ben=set(), cai={span(0, 3)})]
    assert "Annotators finished pages without any mark: ben (2), cai (1)." in notes_of(empty)


def test_pairs_that_share_few_pages_are_noted() -> None:
    marks: set[Mark] = {span(0, 3)}
    thin = [page(n, **dict.fromkeys(names, marks)) for n, names in enumerate((("a", "b"), ("b", "c"), ("a", "c")))]
    assert "3 of 3 pairs of annotators share fewer than 10 pages." in notes_of(thin)
    many = [page(n, a=marks, b=marks, c=marks) for n in range(10)]
    assert "share fewer than" not in notes_of(many)


def test_pages_with_very_many_spans_are_left_out_of_gamma_and_counted() -> None:
    text = "One two. " * 600
    crowded = record(make_document(text), {
        name: frozenset(span(9 * i, 9 * i + 3) for i in range(501)) for name in ("ana", "ben")
    })  # fmt: skip
    small = page(1, ana={span(0, 3), span(4, 7)}, ben={span(0, 3)})
    method = agreement_report([crowded, small], SCHEMA).layers["entities"]["continua_method"]
    assert (method["compared"], method["too_many_units"]) == (1, 1)


def test_annotators_who_started_from_the_same_proposals_are_noted() -> None:
    document = make_document("One Two.")
    mark: Mark = span(0, 3)
    done = [Annotation(document.id, name, frozenset({mark}), State(Status.DONE)) for name in ("ana", "ben")]
    both = Record(document, tuple(Work(annotation, {mark: "spacy 3.8"}) for annotation in done))
    one = Record(document, (Work(done[0], {mark: "spacy 3.8"}), Work(done[1])))
    assert "accepted marks of the same proposer" in notes_of([both])
    assert "accepted marks of the same proposer" not in notes_of([one])


def test_examples_show_the_text_around_a_confusion() -> None:
    found = agreement_report([page(7, ana={span(4, 7)}, ben={span(4, 7, "ORG")})], SCHEMA)
    (example,) = found.examples["entities", "ORG", "PERSON"]
    assert (example.before, example.text, example.after[:6]) == ("One ", "Two", " Three")


def test_no_more_examples_are_kept_than_are_shown() -> None:
    found = agreement_report(pages(42), SCHEMA)
    assert found.examples
    assert max(map(len, found.examples.values())) == 3


def test_progress_is_told_and_a_run_can_be_stopped() -> None:
    told: list[int] = []
    agreement_report(pages(14), SCHEMA, progress=told.append)
    assert told == list(range(1, 15))

    def stop(done: int) -> None:
        if done == 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        agreement_report(pages(14), SCHEMA, progress=stop)


def test_what_is_not_there_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match="no annotator “zoe”; it has ana, ben, cai"):
        agreement_report(pages(14), SCHEMA, ["ana", "zoe"])
    with pytest.raises(InputError, match="no layer “topics”; it has articles, blocks, entities"):
        agreement_report([], SCHEMA, layers=["topics"])


def test_the_table_has_every_headline_and_label(report: Report) -> None:
    rows = report.rows()
    named = {(row["layer"], row["measure"], row["label"], row["a"]) for row in rows}
    assert ("entities", "exact_f1", "", "") in named
    assert ("entities", "exact_f1", "PERSON", "") in named
    assert ("entities", "exact_f1", "", "ana") in named
    assert ("articles", "kappa_B", "", "") in named


def test_intervals_are_those_of_drawing_documents_with_replacement() -> None:
    """The bootstrap with Poisson weights against one that draws as many documents as there are."""
    import numpy as np

    chance = np.random.default_rng(5)
    for documents in (12, 40, 300):
        sizes = chance.integers(5, 40, documents)
        hits = chance.binomial(sizes, 0.8)
        sums = Sums(seed=1)
        for n in range(documents):
            sums.add(f"page {n}", {"hits": float(hits[n]), "all": float(sizes[n])})
        found = interval(ratio(sums.drawn("hits"), sums.drawn("all")), documents)
        drawn = chance.integers(0, documents, (4000, documents))
        low, high = np.percentile(hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5])
        assert found is not None
        width = high - low
        assert found[0] == pytest.approx(low, abs=0.12 * width)
        assert found[1] == pytest.approx(high, abs=0.12 * width)


def test_intervals_hold_the_true_value_about_as_often_as_they_say() -> None:
    import numpy as np

    chance = np.random.default_rng(6)
    held = 0
    for run in range(200):
        sums = Sums(seed=run, draws=400)
        for n in range(60):
            size = int(chance.integers(10, 40))
            sums.add(f"page {n}", {"hits": float(chance.binomial(size, chance.beta(16, 4))), "all": float(size)})
        found = interval(ratio(sums.drawn("hits"), sums.drawn("all")), 60)
        assert found is not None
        held += found[0] <= 0.8 <= found[1]
    assert 0.89 <= held / 200 <= 0.99


def test_sums_of_keys_without_draws_are_sums_all_the_same() -> None:
    sums = Sums(seed=0)
    for n in range(600):
        sums.add(str(n), {"drawn": 1.0})
        sums.plain["plain"] += 0.5
    assert sums["drawn"] == 600
    assert sums["plain"] == 300
    assert sums["never"] == 0
    assert len(sums.drawn("drawn")) == DRAWS
    assert sums.drawn("drawn").mean() == pytest.approx(600, rel=0.01)
    assert not sums.drawn("plain").any()
