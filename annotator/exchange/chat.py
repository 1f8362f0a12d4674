"""Chat lines for fine-tuning: a system message, the page as numbered paragraphs, and the answer as JSON."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from annotator.core.document import Document
from annotator.core.marks import DocumentLabel, Mark, Span
from annotator.core.record import Record
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.format import ExportOptions, ExportReport
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.strict_json import dump_json
from annotator.exchange.text_lines import visible_lines
from annotator.exchange.writing import writing_text


def write_chat(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every annotated document: the user message is its paragraphs, the assistant message its marks.

    Segments are named by their first and last paragraph, spans by paragraph and text, so a model need not count
    characters. Segments that open inside a paragraph and spans that reach over a line end are counted as lost.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses)
    system = options.instruction or instruction(schema, options)
    with writing_text(path) as out:
        for document, work in outgoing.worked(records, report):
            lines = visible_lines(document.text)
            page = "\n".join(f"<p id={n}>{document.text[a:b]}</p>" for n, (a, b) in enumerate(lines, 1))
            answer, marks = _answer(document, outgoing.marks(document, work.annotation), lines, outgoing)
            messages = [
                {"role": "system", "content": system},
                {"role": "user", "content": page},
                {"role": "assistant", "content": dump_json(answer)},
            ]
            out.write(dump_json({"messages": messages}))
            out.write("\n")
            report.wrote(marks)
    return report


def instruction(schema: Schema, options: ExportOptions) -> str:
    """The system message that goes with the answers: what each layer asks for, and its labels."""
    says = {
        LayerKind.SEGMENTS: "`{name}`: a list of segments, each with the paragraph it starts at (`from`), the one it "
        "ends with (`to`) and a `label`: {labels}.",
        LayerKind.SPANS: "`{name}`: a list of spans, each with paragraph (`p`), `text` and a `label`: {labels}.",
        LayerKind.DOCUMENT: "`{name}`: a list of labels of the page: {labels}.",
    }
    lines = ["Annotate the page, which is given as numbered paragraphs. Answer in JSON, an object with these keys."]
    for layer in schema.layers:
        if options.wants(layer.name):
            labels = ", ".join(label.name for label in layer.labels)
            lines.append(says[layer.kind].format(name=layer.name, labels=labels))
    return "\n".join(lines)


def _answer(
    document: Document, marks: list[Mark], lines: list[tuple[int, int]], outgoing: Outgoing
) -> tuple[dict[str, Any], int]:
    answer: dict[str, list[Any]] = {
        layer.name: [] for layer in outgoing.schema.layers if outgoing.options.wants(layer.name)
    }
    starts = [start for start, _ in lines]
    count = 0
    for item in outgoing.stretches(document, marks):
        if not item.is_segment:
            continue
        first = bisect_left(starts, item.start)
        last = bisect_left(starts, item.end) - 1
        bare = document.text[item.start : starts[first]] if first < len(starts) else "x"
        if first > last or bare.strip() or (first > 0 and item.start < lines[first - 1][1]):
            outgoing.lose(document, item, tr("It does not open a paragraph."))
            continue
        answer[item.layer].append({"from": first + 1, "to": last + 1, "label": item.label})
        count += 1
    for mark in marks:
        if isinstance(mark, Span):
            at = bisect_right(starts, mark.start) - 1
            if at < 0 or mark.end > lines[at][1]:
                outgoing.lose(document, mark, tr("It reaches over the end of a paragraph."))
                continue
            answer[mark.layer].append({"p": at + 1, "text": document.text[mark.start : mark.end], "label": mark.label})
            count += 1
        elif isinstance(mark, DocumentLabel):
            answer[mark.layer].append(mark.label)
            count += 1
    return answer, count
