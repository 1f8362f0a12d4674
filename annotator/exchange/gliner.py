"""GLiNER's training lines: tokens, and spans by their first and last token, both included."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming
from annotator.exchange.json_files import read_objects
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.strict_json import dump_json
from annotator.exchange.tokenizing import TokenIndex, token_spans
from annotator.exchange.writing import writing_text


def write_gliner(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A line for every annotated document. Labels are called by their titles in lower case: they are the prompt."""
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, segments=False, document_labels=False)
    names = LabelNames(schema)
    with writing_text(path) as out:
        for document, work in outgoing.worked(records, report):
            index = TokenIndex(token_spans(document.text))
            entities: list[list[int | str]] = []
            for mark in outgoing.marks(document, work.annotation):
                if not isinstance(mark, Span):
                    continue
                if covered := index.exact(mark.start, mark.end):
                    entities.append([*covered, names.natural(mark.layer, mark.label)])
                else:
                    outgoing.lose(document, mark, tr("It does not begin and end with a token."))
            tokens = [document.text[start:end] for start, end in index.tokens]
            out.write(dump_json({"tokenized_text": tokens, "ner": entities, "doc_id": document.id}))
            out.write("\n")
            report.wrote(len(entities))
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
