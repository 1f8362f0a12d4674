r"""WebAnno TSV 3, as INCEpTION reads and writes it: a token a row, spans by ids, offsets in UTF-16 units.

A value escapes `\ [ ] | _ -> ; *`, tab and line end with a backslash; `_` alone stands for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Labelled, Mark, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming
from annotator.exchange.json_files import lines_of
from annotator.exchange.names import LabelNames
from annotator.exchange.offsets import Utf16
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.plain_json import About
from annotator.exchange.tokenizing import TokenIndex, sentence_spans, token_spans
from annotator.exchange.writing import writing_folder

_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_HEADER = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={_ENTITY}|value\n\n"
_SPECIAL = re.compile(r"->|[\\\[\]|_;*]")
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_VALUE = re.compile(r"((?:\\.|[^|\\])*?)(?:\[(\d+)\])?(?:\||$)", re.DOTALL)
_ROW = re.compile(r"(\d+)-(\d+)(?:\.(\d+))?")
_LABEL_FEATURES = ("value", "label", "identifier")
_STRUCTURE = (".lexmorph.", ".segmentation.", ".syntax.")


def write_webanno(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A folder with a file for every annotated document; spans of all layers are NamedEntity, nested ones stacked.

    Sentences that a span reaches over are joined. Parts of tokens are rows of their own.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, segments=False, document_labels=False)
    names = LabelNames(schema)
    with writing_folder(path) as folder:
        for document, work in outgoing.worked(records, report):
            text, marks = _file(document, work, outgoing, names)
            (folder / f"{document.id[:16]}.tsv").write_text(text, "utf-8", newline="")
            report.wrote(marks)
    return report


def _file(document: Document, work: Work, outgoing: Outgoing, names: LabelNames) -> tuple[str, int]:
    text = document.text
    index = TokenIndex(token_spans(text))
    units = Utf16(text)
    spans = list(_bare_spans(document, outgoing.marks(document, work.annotation), outgoing))
    values = _values(spans, index, names)
    parts = [_HEADER]
    done = 0
    for number, (start, end) in enumerate(sentence_spans(text, [(a, b) for a, b, _ in spans]), 1):
        covered = index.covering(start, end)
        assert covered is not None
        first, last = max(covered[0], done), covered[1]
        if first > last:
            continue
        done = last + 1
        start = index.tokens[first][0]
        parts.append(f"\n#Text={_escape_text(text[start : index.tokens[last][1]])}\n")
        for at in range(first, last + 1):
            token = index.tokens[at]
            pieces = sorted({piece for piece in values.get(at, {}) if piece != token})
            for sub, piece in enumerate([token, *pieces]):
                name = f"{number}-{at - first + 1}" + (f".{sub}" if sub else "")
                offsets = f"{units.units(piece[0])}-{units.units(piece[1])}"
                value = "|".join(values.get(at, {}).get(piece, [])) or "_"
                parts.append(f"{name}\t{offsets}\t{text[piece[0] : piece[1]]}\t{value}\t\n")
    return "".join(parts), len(spans)


def _bare_spans(document: Document, marks: Sequence[Mark], outgoing: Outgoing) -> Iterator[tuple[int, int, Span]]:
    """The spans without the blanks at their ends, which stand in no token."""
    text = document.text
    taken = {(mark.start, mark.end, mark.layer) for mark in marks if isinstance(mark, Span)}
    for mark in marks:
        if not isinstance(mark, Span):
            continue
        surface = text[mark.start : mark.end]
        start = mark.start + len(surface) - len(surface.lstrip())
        end = mark.start + len(surface.rstrip())
        if start >= end:
            outgoing.lose(document, mark, tr("It holds nothing but blanks."))
            continue
        if (start, end) != (mark.start, mark.end):
            outgoing.lose(document, mark, tr("Blanks at its ends are not held."))
            if (start, end, mark.layer) in taken:
                continue
        taken.add((start, end, mark.layer))
        yield start, end, mark


def _values(
    spans: Sequence[tuple[int, int, Span]], index: TokenIndex, names: LabelNames
) -> dict[int, dict[tuple[int, int], list[str]]]:
    """The values to write, by token and by the part of it that they are for."""
    values: dict[int, dict[tuple[int, int], list[str]]] = {}
    for number, (start, end, span) in enumerate(spans, 1):
        covered = index.covering(start, end)
        assert covered is not None
        label = f"{escape(names.write(span.layer, span.label))}[{number}]"
        for at in range(covered[0], covered[1] + 1):
            token = index.tokens[at]
            piece = (max(start, token[0]), min(end, token[1]))
            values.setdefault(at, {}).setdefault(piece, []).append(label)
    return values


def escape(value: str) -> str:
    """A value with the characters that mean something marked by a backslash."""
    marked = _SPECIAL.sub(lambda match: "\\" + match.group(), value)
    return marked.replace("\t", "\\t").replace("\n", "\\n")


def unescape(value: str) -> str:
    """The value that `escape` wrote."""
    return _ESCAPED.sub(lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match.group(1), match.group(1)), value)


def _escape_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


@dataclass
class _Layer:
    name: str
    features: list[str]


@dataclass
class _File:
    """What stands in one file."""

    layers: list[_Layer] = field(default_factory=list)
    sentences: list[tuple[int | None, str]] = field(default_factory=list)
    """First unit and text of each sentence."""
    spans: dict[tuple[int, str], tuple[int, int, str]] = field(default_factory=dict)
    """First unit, unit behind the last, and label, by column of the layer and id."""
    skipped: int = 0


def read_webanno(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The document of a file. What stood between sentences is taken as line ends; the file does not say.

    Relations, chains, and layers of tokens such as parts of speech are counted.

    Raises:
        InputError: The file has no header of WebAnno TSV 3, or a row does not fit its layers.
    """
    if b"TSV 3" not in file.head().split(b"\n", 1)[0]:
        reason = tr("{name}: this is no WebAnno TSV of version 3; export it as such, or as CAS JSON.", name=file.name)
        raise InputError(reason)
    found = _File()
    for where, line in lines_of(file):
        if isinstance(line, BadRecord):
            raise InputError(line.reason)
        if line.startswith("#T_"):
            kind, _, rest = line[1:].partition("=")
            name, *features = rest.split("|")
            found.layers.append(_Layer(name if kind == "T_SP" else "", features or [""]))
        elif line.startswith("#Text="):
            text = unescape(line.removeprefix("#Text="))
            if found.sentences and found.sentences[-1][0] is None:
                text = f"{found.sentences.pop()[1]}\n{text}"
            found.sentences.append((None, text))
        elif line and not line.startswith("#"):
            _read_row(line, where, found)
    if found.skipped:
        options.report.skipped[tr("relations, chains and token layers of WebAnno")] += found.skipped
    incoming = Incoming(_text(found, file.name), file.name, replace(options, utf16=True), LabelNames(options.schema))
    incoming.describe(About("", file.name, "", {}))
    marks: list[Labelled | None] = [incoming.span(*span) for span in found.spans.values()]
    yield incoming.record([incoming.work(marks)])


def _read_row(line: str, where: str, found: _File) -> None:
    cells = line.split("\t")
    match = _ROW.fullmatch(cells[0])
    offsets = re.fullmatch(r"(\d{1,9})-(\d{1,9})", cells[1]) if len(cells) > 2 else None
    if match is None or offsets is None or not found.sentences:
        raise InputError(tr("{where}: a row needs an id, offsets and a token.", where=where))
    start, end = int(offsets.group(1)), int(offsets.group(2))
    if found.sentences[-1][0] is None:
        found.sentences[-1] = (start, found.sentences[-1][1])
    column = 3
    for layer in found.layers:
        values = cells[column : column + len(layer.features)]
        if len(values) < len(layer.features):
            raise InputError(tr("{where}: there are fewer cells than the header says.", where=where))
        if not layer.name or any(part in layer.name for part in _STRUCTURE):
            found.skipped += any(value not in ("_", "") for value in values)
        else:
            _take(found, layer, column, values, start, end)
        column += len(layer.features)


def _take(found: _File, layer: _Layer, column: int, values: Sequence[str], start: int, end: int) -> None:
    chosen = next((layer.features.index(name) for name in _LABEL_FEATURES if name in layer.features), 0)
    if values[chosen] in ("_", ""):
        return
    for match in _VALUE.finditer(values[chosen]):
        label, number = match.group(1), match.group(2)
        if not label and not number:
            continue
        key = (column, number or f"row {start}-{end} {label}")
        before = found.spans.get(key, (start, end, ""))
        name = layer.name.rsplit(".", 1)[-1] if label in ("*", "") else unescape(label)
        found.spans[key] = (min(before[0], start), max(before[1], end), name)


def _text(found: _File, name: str) -> str:
    """The text, with line ends where no sentence stands."""
    units = bytearray()
    for start, sentence in found.sentences:
        if start is None:
            continue
        gap = start - len(units) // 2
        if gap < 0 or gap > 10_000_000:
            raise InputError(tr("{name}: the sentences do not lie one after the other.", name=name))
        units += ("\n" * gap + sentence).encode("utf-16-le", "surrogatepass")
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError:
        raise InputError(tr("{name}: the offsets do not count UTF-16 units.", name=name)) from None
