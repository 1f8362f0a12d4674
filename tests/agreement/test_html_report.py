"""The page a lead can send, and its plots."""

import base64
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from annotator.agreement.gold import against_gold
from annotator.agreement.html_report import About, html_report, methods
from annotator.agreement.report import agreement_report
from annotator.core.document import make_document
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Span
from annotator.core.record import Record
from annotator.core.schema import Label, Layer, LayerKind, Schema
from tests.agreement.simulator import SCHEMA, Rates, corpus, record

pytest.importorskip("matplotlib", reason="plots are drawn by matplotlib")

from annotator.agreement import plots

HOSTILE = "<script>alert(1)</script> & \"quotes\" 'and' $x_1$ <img src=x onerror=y>"


class Tags(HTMLParser):
    """Collects the tags of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.unclosed: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "img"):
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag


def hostile_records() -> list[Record]:
    records = []
    for n in range(12):
        document = make_document(f"{HOSTILE} met Somebody {n}.", title=HOSTILE)
        ana = frozenset({Span(0, 8, "entities", "PERSON"), Span(9, 14, "entities", "ORG")})
        ben = frozenset({Span(0, 8, "entities", "ORG"), Span(9, 14, "entities", "ORG")})
        records.append(record(document, {HOSTILE: ana, "ben": ben}, ana))
    return records


def page_of(records: list[Record], schema: Schema = SCHEMA) -> str:
    return html_report(
        agreement_report(records, schema), schema, against_gold(records, schema), About(HOSTILE, "24 May", len(records))
    )


def test_texts_names_and_titles_are_escaped_and_the_page_loads_nothing() -> None:
    page = page_of(hostile_records())
    tags = Tags()
    tags.feed(page)
    assert tags.unclosed == []
    assert not {"script", "link", "iframe", "object", "form"} & set(tags.opened)
    assert not any(name.startswith("on") for _, name, _ in tags.attributes)
    sources = [value for _, name, value in tags.attributes if name in ("src", "href")]
    assert sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert page.count("&lt;script&gt;") >= 4


def test_pictures_hold_text_as_text_and_no_script() -> None:
    page = page_of(hostile_records())
    pictures = [base64.b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", page)]
    assert pictures
    assert not any("<script" in picture for picture in pictures)
    assert any("&lt;script&gt;alert(1)" in picture for picture in pictures)


def test_a_report_of_nothing_is_a_page_too() -> None:
    page = page_of([])
    assert "Nothing can be said yet" in page
    assert "nan" not in re.sub(r"base64,[^\"]+", "", page).lower().split()


def test_a_page_has_progress_words_figures_confusions_gold_and_methods() -> None:
    rates = {"ana": Rates(), "ben": Rates(drop_span=0.1, relabel_span=0.1, drop_boundary=0.2)}
    records = []
    for made, _ in corpus(rates, seed=2, copies=2):
        truth = next(work for work in made.works if work.annotation.annotator == "ana").annotation.marks
        records.append(record(made.document, {w.annotation.annotator: w.annotation.marks for w in made.works}, truth))
    page = page_of(records)
    for part in (
        "Pages by status",
        "of 100 cases",
        "Exact F1 by label",
        "The commonest confusions",
        "Nobody has used",
        "Methods",
    ):
        assert part in page
    assert "Annotators against gold" in page
    assert re.search(r"<td>ana</td><td>entities</td><td>28</td><td>1.00</td>", page)


def test_the_same_records_give_the_same_page() -> None:
    assert page_of(hostile_records()) == page_of(hostile_records())


def test_methods_name_seed_draws_and_versions() -> None:
    report = agreement_report(hostile_records(), SCHEMA, seed=17)
    text = methods(report)
    for part in ("seed 17", "1000 draws", "12 pages", "30 circular shifts", "Python 3.", "numpy"):
        assert part in text


def test_a_schema_of_page_labels_only_has_a_page() -> None:
    schema = Schema("topics", 1, (Layer("topic", LayerKind.DOCUMENT, labels=(Label("war"), Label("sport"))),))
    assert "Krippendorff" in page_of([], schema)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.interval_bars(
            [("A", 0.8, (0.7, 0.9)), ("$B_1$", None, None), ("C", -0.2, None)], "t", target=0.8
        ),
        lambda: plots.interval_bars([], "empty"),
        lambda: plots.matrix(["a", "b", "nothing"], {("a", "b"): 0.5}, "t"),
        lambda: plots.matrix([], {}, "empty"),
        lambda: plots.progress_bars({"ana": {"done": 3, "todo": 1, "seconds": 9.0}}, "t", {"done": "done"}),
        lambda: plots.progress_bars({}, "empty", {}),
    ],
)
def test_a_plot_is_saved_as_svg_and_png_and_the_same_each_time(draw: Callable[[], Any]) -> None:
    figure = draw()
    svg = plots.to_svg(figure)
    assert svg == plots.to_svg(draw())
    assert b"<svg" in svg
    assert plots.to_png(figure).startswith(b"\x89PNG")


def test_without_matplotlib_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(AnnotatorError, match="drawn by matplotlib, which is not installed"):
        plots.matrix([], {}, "t")
