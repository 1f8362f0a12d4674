"""CoNLL files: a token a line with its tag last, a blank line between sentences, `-DOCSTART-` between documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, Exporter, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming
from annotator.exchange.json_files import lines_of
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.plain_json import About
from annotator.exchange.tagging import decode_tags, encode_tags, is_tag, token_spans_of
from annotator.exchange.tokenizing import TokenIndex, sentence_spans, token_spans
from annotator.exchange.writing import writing_text

DOCSTART = "-DOCSTART-"
_NONE = "-X-"
"""Stands for the part of speech and the chunk, which nobody annotated here."""


def conll_writer(scheme: str, columns: int | None = None) -> Exporter:
    """A writer of CoNLL files.

    Args:
        scheme: `iob2` or `bilou`.
        columns: 2 for token and tag, 4 with part of speech and chunk between them; None as the export options say.
    """

    def write(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
        report = ExportReport(files=[path])
        outgoing = Outgoing(schema, options, report.losses, segments=False, document_labels=False)
        names = LabelNames(schema)
        # doccano takes two columns only with a tab between them; readers of four columns split at blanks.
        between = "\t" if (columns or options.columns) == 2 else f" {_NONE} {_NONE} "
        with writing_text(path) as out:
            for document, work in outgoing.worked(records, report):
                out.write(f"{DOCSTART}{between}O\n\n")
                count = 0
                for rows, spans in _sentences(document, work, outgoing, names, scheme):
                    out.writelines(f"{token}{between}{tag}\n" for token, tag in rows)
                    out.write("\n")
                    count += spans
                report.wrote(count)
        return report

    return write


def _sentences(
    document: Document, work: Work, outgoing: Outgoing, names: LabelNames, scheme: str
) -> Iterator[tuple[list[tuple[str, str]], int]]:
    index = TokenIndex(token_spans(document.text))
    marks = outgoing.marks(document, work.annotation)
    spans = token_spans_of(document, marks, index, outgoing, names)
    tags = encode_tags(len(index.tokens), spans, scheme)
    stretches = [(index.tokens[first][0], index.tokens[last][1]) for first, last, _ in spans]
    starts = {first for first, _, _ in spans}
    reached = 0
    for start, end in sentence_spans(document.text, stretches):
        covered = index.covering(start, end)
        if covered is None or covered[1] < reached:
            continue
        first, last = max(covered[0], reached), covered[1]
        reached = last + 1
        rows = [(_surface(document, index, at), tags[at]) for at in range(first, last + 1)]
        yield rows, sum(at in starts for at in range(first, last + 1))


def _surface(document: Document, index: TokenIndex, at: int) -> str:
    start, end = index.tokens[at]
    return document.text[start:end]


@dataclass
class _Page:
    """One document as its lines are read."""

    where: str
    sentences: list[list[str]] = field(default_factory=lambda: [[]])
    tags: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.tags)


def read_conll(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from each `-DOCSTART-`, or one from the file; with `options.lines` one from each sentence.

    Tokens are joined by one blank and sentences by a line end, as the file does not say what stood between them.
    """
    names = LabelNames(options.schema)
    page = _Page(f"{file.name}:1")
    for where, line in lines_of(file):
        if isinstance(line, BadRecord):
            yield line
            continue
        cells = line.split("\t") if "\t" in line else line.split(" ")
        if cells[0] == DOCSTART or (options.lines and not line.strip() and page):
            if page:
                yield _record(page, options, names)
            page = _Page(where)
        elif not line.strip():
            if page.sentences[-1]:
                page.sentences.append([])
        elif cells[0].startswith("#") and len(cells) > 1 and not is_tag(cells[-1]):
            continue
        elif len(cells) < 2 or not is_tag(cells[-1]):
            reason = tr("{where}: a line holds a token and, last, a tag such as B-PER or O.", where=where)
            yield BadRecord(where, reason, line)
        else:
            page.sentences[-1].append(cells[0] or "\ufffd")
            page.tags.append(cells[-1])
    if page:
        yield _record(page, options, names)


def _record(page: _Page, options: ImportOptions, names: LabelNames) -> Record | BadRecord:
    lines = [" ".join(tokens) for tokens in page.sentences if tokens]
    tokens: list[tuple[int, int]] = []
    at = 0
    for sentence in page.sentences:
        for token in sentence:
            tokens.append((at, at + len(token)))
            at += len(token) + 1
    try:
        incoming = Incoming("\n".join(lines), page.where, options, names)
        incoming.describe(About("", page.where, "", {}))
        marks = [
            incoming.span(tokens[first][0], tokens[last][1], label) for first, last, label in decode_tags(page.tags)
        ]
        return incoming.record([incoming.work(marks)])
    except InputError as error:
        return BadRecord(page.where, str(error))
