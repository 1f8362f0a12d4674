"""Segmentation for others: segments as spans, labelled lines, masses for boundary metrics, a text for each article."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from annotator.core.document import Document
from annotator.core.marks import Boundary, Mark
from annotator.core.record import Record
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.format import ExportOptions, ExportReport
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing, Stretch, about_document
from annotator.exchange.selection import article_layer, articles_of
from annotator.exchange.strict_json import dump_json
from annotator.exchange.text_lines import visible_lines
from annotator.exchange.writing import writing_folder, writing_text


def write_segments(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every annotated document, with its segments as spans over the page."""
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, document_labels=False)
    names = LabelNames(schema)
    with writing_text(path) as out:
        for document, work in outgoing.worked(records, report):
            marks = _only_segments(document, outgoing.marks(document, work.annotation), outgoing)
            spans = [
                {
                    "start": item.start,
                    "end": item.end,
                    "label": names.write(item.layer, item.label),
                    "layer": item.layer,
                }
                for item in outgoing.stretches(document, marks)
            ]
            line = {"text": document.text, "spans": spans, **about_document(document)}
            line |= {"status": work.annotation.state.status.value, "_session_id": work.annotation.annotator}
            out.write(dump_json(line) + "\n")
            report.wrote(len(spans))
    return report


def write_blocks(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every annotated document, with its text lines, cut at every boundary, and their labels.

    `label` is of the finest layer of segments, the last in the schema. `bio` is an IOB2 tag of the layer of articles
    over the lines, and `article` counts the articles from 0; both are `O` and null before the first boundary.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, document_labels=False)
    layers = [layer.name for layer in schema.of_kind(LayerKind.SEGMENTS) if options.wants(layer.name)]
    articles = article_layer(schema)
    with writing_text(path) as out:
        for document, work in outgoing.worked(records, report):
            marks = _only_segments(document, outgoing.marks(document, work.annotation), outgoing)
            stretches = outgoing.stretches(document, marks)
            lines = visible_lines(document.text, [item.start for item in stretches])
            by_layer = {name: [item for item in stretches if item.layer == name] for name in layers}
            blocks = [
                _block(number, line, document, by_layer, layers[-1] if layers else "", articles or "")
                for number, line in enumerate(lines)
            ]
            _mark_openings(blocks)
            out.write(dump_json({**about_document(document), "blocks": blocks}) + "\n")
            report.wrote(len(stretches))
    return report


def _only_segments(document: Document, marks: list[Mark], outgoing: Outgoing) -> list[Boundary]:
    for mark in marks:
        if not isinstance(mark, Boundary):
            outgoing.lose(document, mark, tr("Only segments are held."))
    return [mark for mark in marks if isinstance(mark, Boundary)]


def _block(
    number: int,
    line: tuple[int, int],
    document: Document,
    by_layer: dict[str, list[Stretch]],
    finest: str,
    articles: str,
) -> dict[str, Any]:
    start, end = line
    label = _at(by_layer.get(finest, []), start)
    article = _at(by_layer.get(articles, []), start)
    return {
        "i": number,
        "start": start,
        "end": end,
        "text": document.text[start:end],
        "label": None if label is None else by_layer[finest][label].label,
        "bio": "O" if article is None else f"I-{by_layer[articles][article].label}",
        "article": article,
    }


def _at(stretches: list[Stretch], position: int) -> int | None:
    """The index of the segment that holds a position; segments of one layer lie end to end."""
    found = bisect_right([item.start for item in stretches], position) - 1
    return None if found < 0 else found


def _mark_openings(blocks: list[dict[str, Any]]) -> None:
    before = None
    for block in blocks:
        if block["article"] is not None and block["article"] != before:
            block["bio"] = "B" + block["bio"][1:]
        before = block["article"]


def write_masses(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """One JSON object for segeval: for each document and annotator the lines in each segment.

    The layer is the one of articles, or the first that the options name. Boundaries that open no line are counted as
    lost. Documents without a line are left out.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, document_labels=False)
    layer = article_layer(schema)
    if options.layers is not None:
        layer = next((row.name for row in schema.of_kind(LayerKind.SEGMENTS) if row.name in options.layers), layer)
    with writing_text(path) as out:
        out.write('{"segmentation_type":"linear","items":{')
        separator = "\n"
        for record in records:
            document = record.document
            starts = [start for start, _ in visible_lines(document.text)]
            works = outgoing.works(record)
            if not starts or not works:
                report.left_out[tr("without an annotation") if starts else tr("without text")] += 1
                continue
            coders = {}
            count = 0
            for work in works:
                edges = _line_edges(document, outgoing.marks(document, work.annotation), layer, starts, outgoing)
                coders[work.annotation.annotator] = [b - a for a, b in pairwise(edges)]
                count += len(edges) - 2
            out.write(f"{separator}{dump_json(document.id)}:{dump_json(coders)}")
            report.wrote(count)
            separator = ",\n"
        out.write("\n}}\n")
    return report


def _line_edges(
    document: Document, marks: list[Mark], layer: str | None, starts: list[int], outgoing: Outgoing
) -> list[int]:
    edges = {0, len(starts)}
    for mark in marks:
        if not isinstance(mark, Boundary) or mark.layer != layer:
            outgoing.lose(document, mark, tr("Masses hold the boundaries of one layer."))
            continue
        at = bisect_left(starts, mark.position)
        if at < len(starts) and not document.text[mark.position : starts[at]].strip():
            edges.add(at)
        else:
            outgoing.lose(document, mark, tr("It does not open a line."))
    return sorted(edges)


def write_text(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A folder with a text file for every article, named after the page and its place on it."""
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses)
    layer = article_layer(schema)
    with writing_folder(path) as folder:
        for record in records:
            document = record.document
            work = outgoing.one_work(record)
            for mark in outgoing.marks(document, work.annotation if work else None):
                if not (isinstance(mark, Boundary) and mark.layer == layer):
                    outgoing.lose(document, mark, tr("Text files hold no marks."))
            chosen = Record(document, (work,) if work else ())
            for number, article in enumerate(articles_of(chosen, schema, report.losses), 1):
                name = f"{document.id[:16]}-{number:03}.txt"
                (folder / name).write_text(article.document.text + "\n", "utf-8", newline="\n")
                report.wrote(1 if work else 0)
    return report
