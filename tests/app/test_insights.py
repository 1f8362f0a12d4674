"""Insights without a window, on corpora of several annotators made here."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.agreement.disagreements import Filter, places
from annotator.agreement.gold import Difference, against_gold
from annotator.agreement.plots import to_png, to_svg
from annotator.app.desk import Desk
from annotator.app.insights import Insights, read_insights
from annotator.app.insights_log import IMPORTED, Outcome
from annotator.app.insights_parts import Cell, Picture, Table, count, measure
from annotator.app.insights_plots import PRINT, Colours, bars, lines
from annotator.app.insights_tables import sections
from annotator.cli import main
from annotator.core import edits
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import Cancelled
from annotator.core.marks import Boundary, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.store import journal
from annotator.store.assignments import save_assignments
from annotator.store.corpus import Corpus
from tests.agreement.simulator import LABELS, SCHEMA, Rates, corpus, record, truths
from tests.app.conftest import FIRST, boundary, span

RATES = {
    "ana": Rates(drop_span=0.1, relabel_span=0.1, drop_boundary=0.7),
    "ben": Rates(widen_span=0.1, move_boundary=0.3),
    "cai": Rates(add_span=0.01, relabel_boundary=0.2),
}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pages by three annotators with known mistakes, half of them with gold."""
    path = tmp_path_factory.mktemp("several") / "several.corpus"
    truth = {document.id: marks for document, marks in truths()}
    records = []
    for n, (made, _) in enumerate(corpus(RATES, seed=1)):
        lanes = {work.annotation.annotator: work.annotation.marks for work in made.works}
        records.append(record(made.document, lanes, truth[made.document.id] if n % 2 else None))
    with Corpus.create(path, SCHEMA, "Several") as created:
        created.add_records(records)
    return path


@pytest.fixture(scope="module")
def insights(several: Path) -> Insights:
    return read(several)


def read(path: Path) -> Insights:
    with Corpus.open(path) as opened:
        return read_insights(opened, lambda done, total: None)


def table(insights: Insights, name: str) -> Table:
    return next(each for section in sections(insights) for each in section.tables() if each.name == name)


def row(found: Table, first: str) -> dict[str, Cell]:
    return next(dict(zip(found.columns, cells, strict=True)) for cells in found.rows if cells[0].text == first)


# Agreement


def test_the_figures_are_those_that_the_command_line_prints(
    several: Path, insights: Insights, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["agreement", str(several), "--json"])
    assert ended.value.code == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.loads(json.dumps(insights.report.to_json())) == printed
    entities, articles = printed["layers"]["entities"], printed["layers"]["articles"]
    shown = table(insights, "agreement-entities")
    exact = row(shown, "F1, same edges and label")
    assert exact["value"].value == entities["exact_f1"]["mean"]
    assert [exact["95 %, from"].value, exact["95 %, to"].value] == entities["exact_f1"]["interval"]
    assert row(shown, "gamma")["value"].value == entities["gamma"]
    by_label = table(insights, "agreement-by-label-entities")
    assert {cells[0].text: cells[1].value for cells in by_label.rows} == {
        label: each["mean"] for label, each in entities["by_label"].items()
    }
    matrix = table(insights, "annotator-matrix-entities")
    for pair in entities["pairs"]:
        assert row(matrix, pair["a"])[pair["b"]].value == pair["exact_f1"] == row(matrix, pair["b"])[pair["a"]].value
    cut = table(insights, "boundaries-articles")
    assert row(cut, "boundary F1, same place")["number"].value == articles["boundary_f1"]["mean"]
    assert row(cut, "boundaries missing")["number"].value == articles["missing"] > 0
    assert row(cut, "boundaries moved by one block")["number"].value == articles["moved"] > 0
    confusion = table(insights, "confusion-entities")
    for cell in entities["confusion"]:
        assert row(confusion, cell["a"] or "nothing")[cell["b"] or "nothing"].value == cell["n"]


def test_the_confusion_has_a_row_and_a_column_for_nothing(insights: Insights) -> None:
    found = table(insights, "confusion-entities")
    assert found.columns[-1] == "nothing"
    assert found.rows[-1][0].text == "nothing"
    assert row(found, "PERSON")["nothing"].cases == Filter(layers=frozenset({"entities"}), confused=("", "PERSON"))
    assert row(found, "PERSON")["PERSON"].cases is None


def test_every_number_that_opens_cases_has_some(several: Path, insights: Insights) -> None:
    with Corpus.open(several) as opened:
        known = [place for each in opened.records() for place in places(each, SCHEMA) if place.kind is not None]
    asked = [
        (section.name, cell)
        for section in sections(insights)
        if section.name in ("confusion", "boundaries", "annotators")
        for found in section.tables()
        for cells in found.rows
        for cell in cells
        if cell.cases is not None and cell.value not in (1.0, None)
    ]
    assert len(asked) > 40
    for name, cell in asked:
        assert cell.cases is not None
        assert any(cell.cases.shows(place) for place in known), (name, cell)


def test_scores_against_gold_are_those_of_all_pages_together(several: Path, insights: Insights) -> None:
    with Corpus.open(several) as opened:
        expected = against_gold(opened.records(), SCHEMA)
    assert [score.to_json() for score in insights.scores] == [score.to_json() for score in expected]
    assert any(score.f1 not in (None, 1.0) for score in insights.scores)
    wrong = insights.scores[2]
    assert (wrong.annotator, wrong.layer) == ("ana", "entities")
    found = table(insights, "gold").rows
    cells = dict(zip(table(insights, "gold").columns, found[1], strict=True))
    assert (cells["layer"].value, cells["F1"].value) == ("entities", wrong.f1)
    assert cells["missed"].value == wrong.differences[Difference.MISSED]
    assert cells["missed"].cases == Filter(layers=frozenset({"entities"}), annotators=frozenset({"ana"}))


# Pages, time, labels


def test_pages_that_wait_unopened_count_as_to_do(several: Path, tmp_path: Path) -> None:
    path = tmp_path / "given.corpus"
    documents = [make_document(f"Page {n} of Paris.") for n in range(4)]
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([record(documents[0], {"ana": frozenset()}), *(Record(each) for each in documents[1:])])
    save_assignments(path, [(documents[n].id, "ben") for n in (1, 2)])
    statuses = read(path).statuses
    assert (statuses["ana"][Status.DONE], statuses["ana"][Status.TODO]) == (1, 3)
    assert statuses["ben"][Status.TODO] == 2


def test_time_is_that_of_finished_pages_that_have_one(tmp_path: Path) -> None:
    path = tmp_path / "time.corpus"
    made = []
    for n, seconds in enumerate((60.0, 120.0, 600.0, 0.0, 999.0)):
        document = make_document(f"Page {n}.")
        status = Status.IN_PROGRESS if seconds == 999.0 else Status.DONE
        work = Work(Annotation(document.id, "ana", frozenset(), State(status)), seconds=seconds)
        made.append(Record(document, (work,)))
    with Corpus.create(path, SCHEMA) as created:
        created.add_records(made)
    found = row(table(read(path), "time"), "ana")
    assert (found["pages finished"].value, found["pages with a time"].value) == (4, 3)
    assert found["median"].value == 2.0
    assert found["hours in all"].value == pytest.approx(780 / 3600)


def test_segments_are_counted_with_their_length(tmp_path: Path) -> None:
    path = tmp_path / "segments.corpus"
    document = make_document("0123456789" * 3)
    marks: frozenset[Mark] = frozenset(
        {Boundary(0, "articles", "article"), Boundary(10, "articles", "teaser"), Boundary(14, "articles", "teaser")}
    )
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([record(document, {"ana": marks})])
    found = table(read(path), "segments-articles")
    assert row(found, "article")["median length, characters"].value == 10
    assert row(found, "teaser")["segments"].value == 2
    assert row(found, "teaser")["median length, characters"].value == 10


# Proposals


def outcomes_of(path: Path) -> Counter[tuple[str, str, Outcome]]:
    return Counter({(layer, label, what): n for (_, layer, label, what), n in read(path).outcomes.items()})


def test_proposals_are_accepted_changed_rejected_or_left_open(desk: Desk, corpus_file: Path) -> None:
    session = desk.session
    session.do(edits.accept(session.opened, span("Joe Biden", "PERSON")))
    session.do(edits.relabel(session.opened, span("Paris", "ORG"), "GPE"))
    session.do(edits.reject(session.opened, span("Ann Lee", "PERSON")))
    session.do(edits.set_state(session.opened, Status.DONE))
    assert outcomes_of(corpus_file) == {
        ("entities", "PERSON", Outcome.ACCEPTED): 1,
        ("entities", "ORG", Outcome.CHANGED): 1,
        ("entities", "ORG", Outcome.REJECTED): 1,
        ("entities", "PERSON", Outcome.REJECTED): 1,
        ("articles", "article", Outcome.LEFT): 1,
        ("articles", "teaser", Outcome.LEFT): 1,
        ("blocks", "body", Outcome.LEFT): 1,
    }


def test_a_proposal_that_was_changed_in_several_steps_is_one_change(desk: Desk, corpus_file: Path) -> None:
    session = desk.session
    paris = span("Paris", "ORG")
    session.do(edits.relabel(session.opened, paris, "GPE"))
    session.do(edits.resize_span(session.opened, span("Paris", "GPE"), paris.start, paris.end + 1))
    teaser = boundary("Second", "teaser")
    session.do(edits.move_boundary(session.opened, teaser, FIRST.index("She said")))
    moved = Boundary(FIRST.index("She said"), "articles", "teaser")
    session.do(edits.move_boundary(session.opened, moved, FIRST.index("He said")))
    found = outcomes_of(corpus_file)
    assert found["entities", "ORG", Outcome.CHANGED] == 1
    assert found["articles", "teaser", Outcome.CHANGED] == 1
    assert found.total() == 2


def test_what_was_undone_does_not_count(desk: Desk, corpus_file: Path) -> None:
    session = desk.session
    session.do(edits.relabel(session.opened, span("Paris", "ORG"), "GPE"))
    session.do(edits.accept(session.opened, span("Joe Biden", "PERSON")))
    session.undo()
    session.undo()
    assert outcomes_of(corpus_file) == {}
    session.redo()
    assert outcomes_of(corpus_file) == {("entities", "ORG", Outcome.CHANGED): 1}


def test_taking_away_what_replaced_a_proposal_makes_it_rejected(desk: Desk, corpus_file: Path) -> None:
    session = desk.session
    session.do(edits.relabel(session.opened, span("Paris", "ORG"), "GPE"))
    session.do(edits.reject(session.opened, span("Paris", "GPE")))
    assert outcomes_of(corpus_file) == {("entities", "ORG", Outcome.REJECTED): 1}


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the day on which edits are made."""
    return lambda day: monkeypatch.setattr(journal, "now", lambda: f"{day}T12:00:00.000+00:00")


def test_pages_time_and_decisions_are_counted_by_day(
    desk: Desk, corpus_file: Path, at_day: Callable[[str], None]
) -> None:
    session = desk.session
    at_day("2024-03-01")
    session.do(edits.accept(session.opened, span("Joe Biden", "PERSON")), seconds=30.0)
    session.do(edits.set_state(session.opened, Status.DONE))
    at_day("2024-03-02")
    session.do(edits.set_state(session.opened, Status.IN_PROGRESS))
    session.do(edits.reject(session.opened, span("Ann Lee", "PERSON")), seconds=12.0)
    at_day("2024-03-03")
    session.do(edits.set_state(session.opened, Status.DONE))
    log = read(corpus_file).log
    assert {day: own.pages for (_, day), own in log.days.items() if own.pages} == {"2024-03-03": 1}
    assert log.days["ann", "2024-03-01"].seconds == 30.0
    assert log.days["ann", "2024-03-02"].seconds == 12.0
    assert log.by_day == {
        ("rules 1", "2024-03-01", Outcome.ACCEPTED): 1,
        ("rules 1", "2024-03-01", Outcome.REJECTED): 1,
        ("rules 1", "2024-03-02", Outcome.REJECTED): 1,
    }


def test_imported_work_has_no_day(tmp_path: Path) -> None:
    path = tmp_path / "imported.corpus"
    document = make_document("Ann Lee met Joe in Paris.")
    right, wrong, own = (Span(*ends, "entities", label) for ends, label in (((0, 7), "PERSON"), ((19, 24), "ORG"),
                                                                           ((19, 24), "GPE")))  # fmt: skip
    spurious = Span(8, 11, "entities", "ORG")
    marks: frozenset[Mark] = frozenset({right, own, Rejection(wrong), Rejection(spurious)})
    origins = dict.fromkeys((right, Rejection(wrong), Rejection(spurious)), "rules 1")
    work = Work(Annotation(document.id, "ana", marks, State(Status.DONE)), origins, 60.0)
    proposals = tuple(Proposal(mark, 0.5, "", "rules 1") for mark in (right, wrong, spurious))
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([Record(document, (work,), proposals)])
    log = read(path).log
    assert log.days["ana", IMPORTED].pages == 1
    assert log.by_day == {
        ("rules 1", IMPORTED, Outcome.ACCEPTED): 1,
        ("rules 1", IMPORTED, Outcome.CHANGED): 1,
        ("rules 1", IMPORTED, Outcome.REJECTED): 1,
    }


def test_a_page_that_was_done_without_proposals_leaves_none_open(tmp_path: Path) -> None:
    path = tmp_path / "blind.corpus"
    document = make_document("Ann Lee met Joe in Paris.")
    one, other = Span(0, 7, "entities", "PERSON"), Span(19, 24, "entities", "GPE")
    work = Work(Annotation(document.id, "ana", frozenset({one}), State(Status.DONE)))
    proposals = tuple(Proposal(mark, 0.5, "", "rules 1") for mark in (one, other))
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([Record(document, (work,), proposals)])
    assert outcomes_of(path) == {}


def test_two_versions_of_a_proposer_are_told_apart_in_a_plot() -> None:
    names = [f"spacy a_pipeline_with_a_long_name 3.8.{n}, rules {n}" for n in (1, 2)]
    figure = bars(Colours(), dict.fromkeys(names, 1.0), "marks")
    written = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(set(written)) == 2
    assert max(map(len, written)) <= 30


# Reading


def test_reading_says_how_far_it_is_and_can_be_stopped(several: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    with Corpus.open(several) as opened:
        read_insights(opened, lambda done, total: steps.append((done, total)))
        pages = len(opened)
        assert steps == sorted(steps)
        assert steps[-1] == (2 * pages, 2 * pages)

        def stop(done: int, total: int | None) -> None:
            if done == 3:
                raise Cancelled("Stopped.")

        with pytest.raises(Cancelled):
            read_insights(opened, stop)


def test_a_corpus_in_which_nothing_was_done_has_sections_without_numbers(tmp_path: Path) -> None:
    path = tmp_path / "new.corpus"
    with Corpus.create(path, SCHEMA) as created:
        created.add_records([Record(make_document("One page."))])
    found = sections(read(path))
    assert all(section.words for section in found)
    assert not any(section.pictures() for section in found)
    assert [each.name for section in found for each in section.tables()] == ["notes"]


def test_who_is_blind_is_shown_their_own_progress_and_time_alone(insights: Insights) -> None:
    found = sections(insights, "ana")
    assert [section.name for section in found] == ["progress", "time"]
    said = {cell.text for section in found for each in section.tables() for cells in each.rows for cell in cells}
    assert "ana" in said
    assert not said & {"ben", "cai"}
    assert all(section.words for section in sections(insights, "nobody"))


# Tables and pictures


def test_every_table_is_as_wide_as_its_head_and_reads_back_from_csv(insights: Insights) -> None:
    tables = [each for section in sections(insights) for each in section.tables()]
    assert len({each.name for each in tables}) == len(tables) > 15
    for each in tables:
        back = list(csv.reader(io.StringIO(each.to_csv())))
        assert back[0] == list(each.columns)
        assert len(back) == len(each.rows) + 1
        assert {len(cells) for cells in back} == {len(each.columns)}
    exact = table(insights, "agreement-entities").to_csv().splitlines()[1].split(",")
    assert float(exact[-5]) == insights.report.layers["entities"]["exact_f1"]["mean"]


def test_every_picture_can_be_drawn_as_png_and_svg(insights: Insights) -> None:
    pictures: list[Picture] = [each for section in sections(insights) for each in section.pictures()]
    assert len({each.name for each in pictures}) == len(pictures) > 8
    for each in pictures:
        assert to_png(each.draw(PRINT), 40).startswith(b"\x89PNG")
        assert ElementTree.fromstring(to_svg(each.draw(PRINT))).tag.endswith("svg")
        assert each.about


def test_a_place_in_the_confusion_picture_stands_for_its_cell(insights: Insights) -> None:
    picture = next(
        each for section in sections(insights) for each in section.pictures() if each.name == "confusion-entities"
    )
    assert picture.cases_at(0.8, 0.1) == Filter(layers=frozenset({"entities"}), confused=(LABELS[1], LABELS[0]))
    assert picture.cases_at(0.2, 0.1) is None


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    figure = lines(Colours(), ["2024-03-01", "2024-03-02", "2024-03-04"], {"rules 1": [1.0, None, 3.0]}, "pages")
    (line,) = figure.axes[0].lines
    assert list(line.get_ydata()) == [1.0, 3.0]


def test_what_is_not_defined_is_said_so_and_opens_nothing() -> None:
    assert measure(None, Filter()) == Cell(None, "n/a")
    assert count(0, Filter()) == Cell(0, "0")
