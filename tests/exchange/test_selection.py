from pathlib import Path

import pytest
from hypothesis import given

from annotator.core.annotation import Annotation, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import make_document, normalize_text, text_id
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work, check_marks
from annotator.exchange.format import ExportOptions, ImportOptions, Losses
from annotator.exchange.segment_files import write_text
from annotator.exchange.selection import Selection, SelectionReport, Whose, articles_of, choose
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import EVERYTHING, records

SPAN = Span(0, 5, "entities", "ORG")
OTHER = Span(6, 9, "entities", "GPE")


def record(*works: tuple[str, Status], text: str = "Mayor resigns", published: str = "") -> Record:
    document = make_document(text, published=published)
    made = tuple(Work(Annotation(document.id, who, frozenset({SPAN}), State(status))) for who, status in works)
    return Record(document, made, (Proposal(OTHER, 0.5, "", "rules"),))


def names(selection: Selection, *found: Record) -> list[list[str]]:
    return [[work.annotation.annotator for work in item.works] for item in choose(found, selection)]


DONE, TODO, UNSURE = Status.DONE, Status.TODO, Status.UNSURE
CASES = [
    record(("gold", DONE), ("ann", DONE)),
    record(("ann", DONE), ("bob", UNSURE)),
    record(("ann", DONE), ("bob", DONE)),
    record(("bob", TODO)),
    record(),
]


def test_the_best_is_gold_else_the_one_finished_annotation_else_nothing() -> None:
    report = SelectionReport()
    chosen = list(choose(CASES, Selection(), report))
    assert [[w.annotation.annotator for w in item.works] for item in chosen] == [["gold"], ["ann"]]
    assert all(item.proposals == () for item in chosen)
    assert report.chosen == {"gold": 1, "the one finished annotation": 1}
    assert report.left_out == {"several finished annotations and no gold": 1, "neither gold nor finished": 2}


def test_gold_one_annotator_or_everybody_can_be_asked_for() -> None:
    assert names(Selection(Whose.GOLD), *CASES) == [["gold"]]
    assert names(Selection(Whose.ANNOTATOR, "bob"), *CASES) == [["bob"], ["bob"], ["bob"]]
    assert len(names(Selection(Whose.ALL), *CASES)) == 5
    assert next(iter(choose(CASES, Selection(Whose.ALL)))).proposals == CASES[0].proposals


def test_gold_that_is_not_finished_stays_unless_its_state_is_named() -> None:
    begun = record(("gold", TODO), ("ann", DONE))
    report = SelectionReport()
    assert list(choose([begun], Selection(Whose.GOLD), report)) == []
    assert report.left_out == {"gold that is not finished": 1}
    assert names(Selection(Whose.GOLD, statuses=frozenset({TODO})), begun) == [["gold"]]
    assert names(Selection(), begun, record(("gold", TODO)), record(("gold", TODO), ("a", DONE), ("b", DONE))) == [
        ["ann"]
    ]


def test_proposals_leave_as_marks_only_when_their_proposer_is_named() -> None:
    (found, *_) = choose(CASES, Selection(Whose.PROPOSALS, "rules"))
    assert found.works[0].annotation.marks == {OTHER}
    assert found.works[0].annotation.annotator == "rules"
    assert list(choose(CASES, Selection(Whose.PROPOSALS, "spacy"))) == []


def test_states_labels_dates_and_words_narrow_the_choice() -> None:
    begun, dated = record(("gold", TODO)), record(("gold", DONE), published="2024-03-05")
    assert len(list(choose([*CASES, begun, dated], Selection(Whose.GOLD, statuses=frozenset({DONE}))))) == 2
    (found,) = choose([dated], Selection(labels=frozenset({"GPE"})))
    assert found.works[0].annotation.marks == frozenset()
    for since, until, count in [
        ("2024", "2024-03", 1),
        ("2024-03-06", "", 0),
        ("", "2024-02", 0),
        ("2024-03-05", "2024-03-05", 1),
    ]:
        assert len(list(choose([dated, *CASES], Selection(since=since, until=until)))) == count
    report = SelectionReport()
    assert list(choose([dated, CASES[0]], Selection(since="2025"), report)) == []
    assert report.left_out == {"published at another time": 1, "without a date": 1}
    assert len(list(choose([dated], Selection(query="RESIGNS")))) == 1
    assert list(choose([dated], Selection(query="stays"))) == []


TEXT = "Intro\nMayor resigns\nJohn Smith left.\n\nStrike ends\nMore\n"


def page(*marks: Mark) -> Record:
    document = make_document(TEXT, source="s", meta={"k": "v"})
    return Record(document, (Work(Annotation(document.id, "gold", frozenset(marks)), dict.fromkeys(marks, "p"), 9.0),))


def test_each_article_is_a_document_with_its_own_offsets() -> None:
    whole = page(
        Boundary(6, "articles", "article"),
        Boundary(38, "articles", "teaser"),
        Boundary(0, "blocks", "headline"),
        Boundary(20, "blocks", "body"),
        Span(20, 30, "entities", "PERSON"),
        Rejection(Span(38, 44, "entities", "ORG")),
        DocumentLabel("topic", "politics"),
    )
    losses = Losses()
    intro, article, teaser = articles_of(whole, EVERYTHING, losses)
    assert intro.document.text == "Intro"
    assert article.document.text == "Mayor resigns\nJohn Smith left."
    assert article.document.id == text_id(article.document.text)
    assert dict(article.document.meta) == {
        "k": "v",
        "page": whole.document.id,
        "page_start": "6",
        "page_article": "1",
        "page_label": "article",
    }
    assert article.works[0].annotation.marks == {
        Boundary(0, "articles", "article"),
        Boundary(0, "blocks", "headline"),
        Boundary(14, "blocks", "body"),
        Span(14, 24, "entities", "PERSON"),
        DocumentLabel("topic", "politics"),
    }
    assert teaser.works[0].annotation.marks == {
        Boundary(0, "articles", "teaser"),
        Boundary(0, "blocks", "body"),
        Rejection(Span(0, 6, "entities", "ORG")),
        DocumentLabel("topic", "politics"),
    }
    assert article.works[0].origins[Span(14, 24, "entities", "PERSON")] == "p"
    assert (intro.works[0].seconds, article.works[0].seconds) == (9.0, 0.0)
    assert not losses
    assert [x.document.text for x in articles_of(whole, EVERYTHING, losses, frozenset({"teaser"}))] == [
        "Strike ends\nMore"
    ]


def test_spans_over_the_edge_of_an_article_are_counted() -> None:
    losses = Losses()
    list(articles_of(page(Boundary(6, "articles", "article"), Span(2, 11, "quotes", "quote")), EVERYTHING, losses))
    (loss,) = losses.listed
    assert (loss.offset, loss.what) == (2, "quote “tro Mayor”")


def test_a_page_without_boundaries_is_one_article() -> None:
    (only,) = articles_of(page(SPAN), EVERYTHING, Losses())
    assert only.document.text == TEXT.rstrip()
    assert only.works[0].annotation.marks == {SPAN}


@given(records())
def test_articles_are_sound_documents_and_hold_every_span_or_count_it(record: Record) -> None:
    losses = Losses()
    found: list[tuple[int, int, str]] = []
    for article in articles_of(record, EVERYTHING, losses):
        document = article.document
        start = int(document.meta["page_start"])
        assert record.document.text[start:].startswith(document.text)
        assert normalize_text(document.text) == document.text != ""
        for work in article.works:
            check_marks(work.annotation.marks, EVERYTHING, document.text, "x")
            assert find_conflict(work.annotation.marks, EVERYTHING) is None
            assert work.annotation.document_id == document.id
            assert set(work.origins) <= work.annotation.marks
            spans = [mark for mark in work.annotation.marks if isinstance(mark, Span)]
            found += ((mark.start + start, mark.end + start, mark.layer) for mark in spans)
    marks = record.works[0].annotation.marks if record.works else frozenset()
    whole = [mark for mark in marks if isinstance(mark, Span)]
    lost = [loss for loss in losses.listed if any(loss.offset == mark.start for mark in whole)]
    assert set(found) <= {(mark.start, mark.end, mark.layer) for mark in whole}
    assert len(whole) - len(lost) <= len(found) <= len(whole)


def test_a_text_file_is_written_for_each_article(tmp_path: Path) -> None:
    whole = page(Boundary(6, "articles", "article"), Boundary(38, "articles", "teaser"), SPAN)
    report = write_text([whole], EVERYTHING, tmp_path / "out", ExportOptions())
    name = whole.document.id[:16]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        *(f"{name}-{n:03}.txt" for n in (1, 2, 3)),
        "manifest.json",
    ]
    assert (tmp_path / "out" / f"{name}-003.txt").read_text("utf-8") == "Strike ends\nMore\n"
    assert report.documents == 3
    assert [loss.reason for loss in report.losses.listed] == ["Text files hold no marks."]
    options = ImportOptions(EVERYTHING)
    assert len(list(read_documents([tmp_path / "out"], schema=EVERYTHING, options=options))) == 3
    assert options.report.skipped == {"files that are no documents": 1}


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    from annotator.core.errors import InputError

    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="nothing was written"):
        write_text([page()], EVERYTHING, tmp_path / "out", ExportOptions())
    assert [p.name for p in tmp_path.rglob("*")] == ["out", "mine.txt"]
