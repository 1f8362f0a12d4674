"""GLiNER's training lines: tokens, and spans by their first and last token, both included."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.words import tr, trn
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming
from annotator.exchange.json_files import read_objects
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing, what_is
from annotator.exchange.strict_json import dump_json
from annotator.exchange.tokenizing import TokenIndex, token_spans
from annotator.exchange.writing import writing_text

MAX_TOKENS = 384
"""GLiNER's `max_len`, as its models come: a training text is cut after so many tokens, without a word."""

MAX_WIDTH = 12
"""GLiNER's `max_width`, as its models come: a longer span, in tokens, is never a candidate."""


def write_gliner(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every annotated document. Labels are called by their titles in lower case: they are the prompt.

    Everything is written; what GLiNER's trainer passes over unless it is told otherwise is counted and listed.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, segments=False, document_labels=False)
    names = LabelNames(schema)
    with writing_text(path) as out:
        for document, work in outgoing.worked(records, report):
            index = TokenIndex(token_spans(document.text))
            entities: list[list[int | str]] = []
            behind = 0
            for mark in outgoing.marks(document, work.annotation):
                if not isinstance(mark, Span):
                    continue
                if covered := index.exact(mark.start, mark.end):
                    first, last = covered
                    entities.append([first, last, names.natural(mark.layer, mark.label)])
                    if last >= MAX_TOKENS:
                        behind += 1
                    elif last - first >= MAX_WIDTH:
                        reason = tr("It has more than {n} tokens.", n=MAX_WIDTH)
                        report.passed_over.add(document.id, mark.start, reason, what_is(mark, document.text))
                else:
                    outgoing.lose(document, mark, tr("It does not begin and end with a token."))
            if len(index.tokens) > MAX_TOKENS:
                reason = tr("The text goes on after {n} tokens.", n=MAX_TOKENS)
                what = trn("{n} span after the cut", "{n} spans after the cut", behind)
                report.passed_over.add(document.id, index.tokens[MAX_TOKENS][0], reason, what)
            tokens = [document.text[start:end] for start, end in index.tokens]
            out.write(dump_json({"tokenized_text": tokens, "ner": entities, "doc_id": document.id}))
            out.write("\n")
            report.wrote(len(entities))
    if report.passed_over:
        report.notes.append(
            tr("To learn from all of it, export by article, or raise max_len and max_width in GLiNER's configuration.")
        )
    return report


def read_gliner(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from every line, its tokens joined by blanks, as the file does not say what stood between them."""
    names = LabelNames(options.schema)

    def convert(data: dict[str, Any], where: str) -> Iterator[Record]:
        yield _record(data, where, options, names)

    return read_objects(file, convert)


def _record(data: dict[str, Any], where: str, options: ImportOptions, names: LabelNames) -> Record:
    tokens, entities = data.get("tokenized_text"), data.get("ner", [])
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise InputError(tr("{where}: `tokenized_text` must be a list of texts.", where=where))
    if not isinstance(entities, list):
        raise InputError(tr("{where}: `ner` must be a list.", where=where))
    incoming = Incoming(" ".join(tokens), where, options, names)
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token) + 1)
    marks = []
    for entity in entities:
        match entity:
            case [int(first), int(last), str(label)] if 0 <= first <= last < len(tokens):
                marks.append(incoming.span(starts[first], starts[last + 1] - 1, label))
            case _:
                reason = "{where}: an entity is [first token, last token, label] within {n} tokens."
                raise InputError(tr(reason, where=where, n=len(tokens)))
    return incoming.record([incoming.work(marks)])
