"""Sheets: the marks of a corpus as rows are those of its records, and make the same report."""

import random
from pathlib import Path

import pytest

from annotator.agreement import spans
from annotator.agreement.lanes import by_layer, finished, line_labels, opened, tidy_rows, units_of
from annotator.agreement.report import agreement_report
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Rejection, Span
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.core.sheet import Sheet, sheet_of
from annotator.core.tokens import line_starts
from annotator.store.corpus import Corpus

SCHEMA = Schema(
    "kinds",
    1,
    (
        Layer("blocks", LayerKind.SEGMENTS, labels=(Label("head"), Label("body"))),
        Layer("names", LayerKind.SPANS, overlap=True, labels=(Label("PER"), Label("ORG"))),
        Layer("topic", LayerKind.DOCUMENT, labels=(Label("sport"), Label("war"))),
    ),
)
NAMES = ("ana", "ben", "cai", "dan", GOLD)


def random_marks(text: str, chance: random.Random) -> frozenset[Mark]:
    """Spans that nest and overlap, with blanks at their edges; boundaries in lines and on blanks; rejections."""
    marks: set[Mark] = set()
    for _ in range(chance.randint(0, 6)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.randint(1, 6))
        if all((m.start, m.end) != (start, end) for m in marks if isinstance(m, Span)):
            marks.add(Span(start, end, "names", chance.choice(["PER", "ORG"])))
    for position in {chance.randrange(len(text)) for _ in range(chance.randint(0, 4))}:
        marks.add(Boundary(position, "blocks", chance.choice(["head", "body"])))
    if chance.random() < 0.5:
        marks.add(DocumentLabel("topic", chance.choice(["sport", "war"])))
    for mark in list(marks):
        if chance.random() < 0.1:
            assert not isinstance(mark, Rejection)
            marks ^= {mark, Rejection(mark)}
    return frozenset(marks)


def random_records(seed: int, documents: int = 60) -> list[Record]:
    chance = random.Random(seed)
    found = []
    for n in range(documents):
        text = "".join(chance.choice("ab \n.") for _ in range(chance.randint(5, 40))) + f"x{n}"
        document = make_document(text, title=f"page {n}")
        works = []
        for name in chance.sample(NAMES, chance.randint(0, len(NAMES))):
            marks = random_marks(document.text, chance)
            state = State(chance.choice([Status.DONE] * 4 + list(Status)))
            origins = {mark: chance.choice(["spacy 3", "rules 1"]) for mark in marks if chance.random() < 0.1}
            works.append(Work(Annotation(document.id, name, marks, state), origins, chance.choice([0.0, 2.5])))
        found.append(Record(document, tuple(works)))
    return found


def plain(sheet: Sheet) -> tuple[object, ...]:
    rows = {
        name: {layer: sorted(each) for layer, each in layers.items() if each} for name, layers in sheet.rows.items()
    }
    return (sheet.document_id, sheet.title, sheet.text, dict(sheet.statuses), list(rows.items()), dict(sheet.proposers))


@pytest.mark.parametrize("seed", range(4))
def test_sheets_from_the_file_are_those_of_its_records_and_make_the_same_report(seed: int, tmp_path: Path) -> None:
    with Corpus.create(tmp_path / "random.corpus", SCHEMA) as corpus:
        corpus.add_records(random_records(seed))
        read = list(corpus.sheets())
        records = list(corpus.records())
        assert list(map(plain, read)) == [plain(sheet_of(record)) for record in records]
        assert sum(len(sheet.rows) for sheet in read) > 40
        report = agreement_report(corpus.sheets(), SCHEMA)
        assert report.to_json() == agreement_report(records, SCHEMA).to_json()
        assert report.progress == agreement_report(records, SCHEMA).progress


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_tidied_as_marks_are(seed: int) -> None:
    tidied = 0
    for record in random_records(seed):
        text, lines = record.document.text, line_starts(record.document.text)
        first = lines[0] if lines else len(text)
        sheet = sheet_of(record)
        for name, annotation in finished(record).items():
            wanted = by_layer(annotation.marks, text)
            for layer in SCHEMA.layers:
                rows = sheet.rows[name].get(layer.name, [])
                found = tidy_rows(rows, text, layer.kind, first)
                assert sorted(found) == sorted(map(_row, wanted.get(layer.name, [])))
                tidied += sorted(found) != sorted(rows)
    assert tidied > 20


def _row(mark: Labelled) -> tuple[int, int, str]:
    return mark.start, mark.end, mark.label


@pytest.mark.parametrize("seed", range(4))
def test_counts_of_the_report_are_those_of_the_measures_page_by_page(seed: int) -> None:
    """Spans that nest and overlap, so that alignment has to choose."""
    records = random_records(seed)
    layers = agreement_report(records, SCHEMA).layers
    for pair in layers["names"]["pairs"]:
        total, overlapping, edges, stretches = spans.Classes(), 0, 0, 0
        for record in records:
            done = finished(record)
            if {pair["a"], pair["b"]} <= set(done):
                a, b = (
                    {_row(m) for m in by_layer(done[name].marks, record.document.text).get("names", [])}
                    for name in (pair["a"], pair["b"])
                )
                total += spans.classify(spans.align(a, b))
                overlapping += spans.overlap_matches(a, b)
                edges += len({unit[:2] for unit in a} & {unit[:2] for unit in b})
                stretches += len({unit[:2] for unit in a}) + len({unit[:2] for unit in b})
        assert pair["matches"] == total.exact
        assert (pair["n_a"], pair["n_b"]) == (total.n_a, total.n_b)
        assert [pair[x] for x in ("label", "edges", "both", "only_a", "only_b")] == [
            total.label, total.edge, total.both, total.only_a, total.only_b,
        ]  # fmt: skip
        assert pair["overlap_f1"] == spans.f1(overlapping, total.n_a, total.n_b)
        assert pair["label_blind_f1"] == spans.f1(edges, stretches, 0)
    compared = 0
    for pair in layers["blocks"]["pairs"]:
        matches = n = 0
        for record in records:
            done = finished(record)
            if {pair["a"], pair["b"]} <= set(done):
                lines = line_starts(record.document.text)
                marks = {
                    name: [
                        mark for mark in by_layer(annotation.marks, record.document.text).get("blocks", [])
                        if isinstance(mark, Boundary)
                    ]
                    for name, annotation in done.items()
                }  # fmt: skip
                units = units_of(lines, [mark for each in marks.values() for mark in each])
                a, b = opened(marks[pair["a"]], units), opened(marks[pair["b"]], units)
                matches, n = matches + len(a & b), n + len(a) + len(b)
                compared += line_labels(marks[pair["a"]], lines) != line_labels(marks[pair["b"]], lines)
        assert pair["matches"] == matches
        assert pair["n_a"] + pair["n_b"] == n
    assert compared > 10
