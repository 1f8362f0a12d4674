"""spaCy's DocBin, as `spacy train` reads it: entities in `doc.ents`, the rest of the stretches in `doc.spans`."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import DocumentLabel, Labelled, Mark, Span
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.conflicts import longest_apart
from annotator.exchange.files import MAX_FILE, RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, status_named
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing, Stretch, about_document
from annotator.exchange.plain_json import about
from annotator.exchange.tokenizing import TokenIndex
from annotator.exchange.writing import writing_bytes

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MAX_UNPACKED = 4 * MAX_FILE
"""Most bytes a DocBin may unpack to."""
_ATTRIBUTES = ["ORTH", "ENT_IOB", "ENT_TYPE"]


def write_spacy(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """One Doc a record, cut by spaCy's tokenizer for `options.language`.

    Spans of layers without overlap are entities under their flat names. Spans of layers with overlap, spans that
    overlap a longer entity, and segments stand in `doc.spans` under the name of their layer; document labels in
    `doc.cats`.

    Raises:
        InputError: spaCy has no such language.
    """
    import spacy
    from spacy.tokens import DocBin

    try:
        nlp = spacy.blank(options.language)
    except ImportError:
        raise InputError(tr("spaCy has no tokenizer for the language “{name}”.", name=options.language)) from None
    nlp.max_length = MAX_FILE
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses)
    names = LabelNames(schema)
    docs = DocBin(attrs=_ATTRIBUTES, store_user_data=True)
    for document, work in outgoing.worked(records, report):
        doc = nlp.make_doc(document.text)
        report.wrote(_fill(doc, document, work, outgoing, names))
        docs.add(doc)
    with writing_bytes(path) as out:
        out.write(docs.to_bytes())
    return report


def _fill(doc: "Doc", document: Document, work: Work, outgoing: Outgoing, names: LabelNames) -> int:
    marks = outgoing.marks(document, work.annotation)
    index = TokenIndex([(token.idx, token.idx + len(token)) for token in doc])
    free = {layer.name for layer in outgoing.schema.of_kind(LayerKind.SPANS) if layer.overlap}
    kept = {
        mark: found for mark in marks if isinstance(mark, Span) and (found := _aligned(mark, index, document, outgoing))
    }
    entities, nested = longest_apart(span for span in kept if span.layer not in free)
    doc.set_ents([_spacy_span(doc, kept[span], names.write(span.layer, span.label)) for span in entities])
    groups: dict[str, list[Any]] = {}
    for span in sorted([*nested, *(span for span in kept if span.layer in free)]):
        groups.setdefault(span.layer, []).append(_spacy_span(doc, kept[span], span.label))
    count = len(kept)
    for item in outgoing.stretches(document, marks):
        if item.is_segment and (tokens := _tokens_of_segment(item, index, document, outgoing)):
            groups.setdefault(item.layer, []).append(_spacy_span(doc, tokens, item.label))
            count += 1
    for layer, spans in sorted(groups.items()):
        doc.spans[layer] = spans
    count += _categories(doc, marks, outgoing, names)
    told: dict[Any, Any] = dict(about_document(document))
    doc.user_data = told
    doc.user_data |= {"annotator": work.annotation.annotator, "status": work.annotation.state.status.value}
    return count


def _aligned(span: Span, index: TokenIndex, document: Document, outgoing: Outgoing) -> tuple[int, int] | None:
    found = index.exact(span.start, span.end)
    if found is None:
        outgoing.lose(document, span, tr("It does not begin and end with a token of spaCy."))
    return found


def _tokens_of_segment(
    item: Stretch, index: TokenIndex, document: Document, outgoing: Outgoing
) -> tuple[int, int] | None:
    covered = index.covering(item.start, item.end)
    if covered is None or index.tokens[covered[0]][0] != item.start:
        outgoing.lose(document, item, tr("It does not begin and end with a token of spaCy."))
        return None
    return covered


def _spacy_span(doc: "Doc", tokens: tuple[int, int], label: str) -> Any:
    from spacy.tokens import Span as SpacySpan

    return SpacySpan(doc, tokens[0], tokens[1] + 1, label=label)


def _categories(doc: "Doc", marks: Iterable[Mark], outgoing: Outgoing, names: LabelNames) -> int:
    here = {(mark.layer, mark.label) for mark in marks if isinstance(mark, DocumentLabel)}
    for layer in outgoing.schema.of_kind(LayerKind.DOCUMENT):
        if outgoing.options.wants(layer.name):
            for label in layer.labels:
                doc.cats[names.write(layer.name, label.name)] = float((layer.name, label.name) in here)
    return len(here)


def read_spacy(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The Docs of a DocBin: entities, the groups of `doc.spans`, and categories with a score from 0.5.

    Raises:
        InputError: The file is no DocBin, or too large.
    """
    names = LabelNames(options.schema)
    for number, doc in enumerate(_docs(file), 1):
        where = tr("{name}, document {n}", name=file.name, n=number)
        try:
            yield _record(doc, where, options, names)
        except InputError as error:
            yield BadRecord(where, str(error))


def _docs(file: RawFile) -> "Iterator[Doc]":
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    data = file.read()
    broken = InputError(tr("{name}: not a DocBin that spaCy can read.", name=file.name))
    try:
        unpacker = zlib.decompressobj()
        unpacker.decompress(data, _MAX_UNPACKED)
        if unpacker.unconsumed_tail:
            raise InputError(tr("{name}: unpacks to more than {n} bytes.", name=file.name, n=_MAX_UNPACKED))
        docs = DocBin().from_bytes(data).get_docs(Vocab())
        while (doc := next(docs, None)) is not None:
            yield doc
    except InputError:
        raise
    # spaCy raises errors of any kind for bytes it did not write.
    except Exception:  # noqa: BLE001
        raise broken from None


def _record(doc: "Doc", where: str, options: ImportOptions, names: LabelNames) -> Record:
    incoming = Incoming(doc.text, where, options, names)
    kept: dict[Any, Any] = doc.user_data
    told: dict[str, Any] = {key: value for key, value in kept.items() if isinstance(key, str)}
    incoming.describe(about(told, where, {"annotator", "status"}))
    marks: list[Labelled | None] = [incoming.span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
    for key, group in sorted(doc.spans.items()):
        layer = key if key in options.schema.by_name else ""
        marks += [incoming.span(span.start_char, span.end_char, span.label_, None, layer) for span in group]
    marks += [incoming.document_label(name) for name, score in sorted(doc.cats.items()) if score >= 0.5]
    annotator = told.get("annotator")
    status = status_named(told.get("status"))
    if not (marks or annotator or status):
        return incoming.record()
    name = annotator if isinstance(annotator, str) else ""
    return incoming.record([incoming.work(marks, name, status)] if status else [incoming.work(marks, name)])
