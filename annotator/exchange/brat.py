"""brat's standoff files: a text, and beside it a line for every stretch with its label, offsets and surface."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Labelled
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.encoding import decode
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.plain_json import About
from annotator.exchange.writing import writing_folder

_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_-]")
_TEXT_BOUND = re.compile(r"(T\d{1,9})\t(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)(?:\t(.*))?")


def brat_names(schema: Schema) -> dict[tuple[str, str], str]:
    """What brat calls each label: letters, digits, `_` and `-`, with a number where two would be called the same."""
    flat = LabelNames(schema)
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for layer in schema.layers:
        for label in layer.labels:
            base = name = _NOT_ALLOWED.sub("-", flat.write(layer.name, label.name))
            number = 2
            while name in taken:
                name, number = f"{base}-{number}", number + 1
            taken.add(name)
            names[layer.name, label.name] = name
    return names


def write_brat(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A folder with a `.txt` and an `.ann` for every document, and `annotation.conf` with the labels.

    A stretch over a line end is written as fragments, one for each line, as brat wants it.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses, document_labels=False)
    names = brat_names(schema)
    with writing_folder(path) as folder:
        for record in records:
            document = record.document
            lines = _lines(document, outgoing.one_work(record), outgoing, names)
            (folder / f"{document.id[:16]}.txt").write_text(document.text, "utf-8", newline="")
            (folder / f"{document.id[:16]}.ann").write_text("".join(lines), "utf-8", newline="")
            report.wrote(len(lines))
        (folder / "annotation.conf").write_text(_configuration(schema, options, names), "utf-8", newline="\n")
    return report


def _lines(document: Document, work: Work | None, outgoing: Outgoing, names: dict[tuple[str, str], str]) -> list[str]:
    lines: list[str] = []
    stretches = outgoing.stretches(document, outgoing.marks(document, work.annotation if work else None))
    taken = {(item.start, item.end, item.layer) for item in stretches}
    for item in stretches:
        fragments = list(_fragments(document.text, item.start, item.end))
        if not fragments:
            outgoing.lose(document, item, tr("It holds nothing but line ends."))
            continue
        if fragments[0][0] != item.start or (fragments[-1][1] != item.end and not item.is_segment):
            outgoing.lose(document, item, tr("Line ends at its ends are not held."))
            if (fragments[0][0], fragments[-1][1], item.layer) in taken:
                continue
        taken.add((fragments[0][0], fragments[-1][1], item.layer))
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        surface = " ".join(document.text[start:end] for start, end in fragments)
        lines.append(f"T{len(lines) + 1}\t{names[item.layer, item.label]} {offsets}\t{surface}\n")
    return lines


def _fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        if line:
            yield at, at + len(line)
        at += len(line) + 1


def _configuration(schema: Schema, options: ExportOptions, names: dict[tuple[str, str], str]) -> str:
    wanted = [
        names[layer.name, label.name]
        for layer in schema.layers
        if layer.kind is not LayerKind.DOCUMENT and options.wants(layer.name)
        for label in layer.labels
    ]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    return "\n".join(["[entities]", *wanted, "[relations]", overlap, "[events]", "[attributes]", ""])


def read_brat(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The document of an `.ann` file with the `.txt` beside it; relations, events and the like are counted.

    Raises:
        InputError: There is no text beside it.
    """
    stem = file.name.rsplit("/", 1)[-1].removesuffix(".ann")
    beside = file.beside(f"{stem}.txt")
    if beside is None:
        raise InputError(tr("{name}: there is no {text} beside it.", name=file.name, text=f"{stem}.txt"))
    text, _ = decode(beside.read(), beside.name)
    # brat counts a CRLF as one character.
    incoming = Incoming(text.replace("\r\n", "\n"), file.name, options, LabelNames(options.schema))
    incoming.describe(About("", beside.name, "", {}))
    ours = {name: pair for pair, name in brat_names(options.schema).items()}
    marks: list[Labelled | None] = []
    annotations, _ = decode(file.read(), file.name)
    for number, raw in enumerate(annotations.split("\n"), 1):
        line = raw.removesuffix("\r")
        if line.startswith("T"):
            where = f"{file.name}:{number}"
            try:
                marks.append(_mark(line, where, incoming, ours))
            except InputError as error:
                yield BadRecord(where, str(error), line)
        elif line.strip():
            options.report.skipped[tr("relations, events and notes of brat")] += 1
    yield incoming.record([incoming.work(marks)] if marks else [])


def _mark(line: str, where: str, incoming: Incoming, ours: dict[str, tuple[str, str]]) -> Labelled | None:
    match = _TEXT_BOUND.fullmatch(line)
    if match is None:
        raise InputError(tr("{where}: not a line such as “T1, label and offsets, text”.", where=where))
    name, offsets, surface = match.group(2), match.group(3), match.group(4)
    fragments = [tuple(map(int, pair.split(" "))) for pair in offsets.split(";")]
    start, end = fragments[0][0], fragments[-1][1]
    ordered = all(a < b for a, b in fragments) and all(x[1] <= y[0] for x, y in pairwise(fragments))
    found = " ".join(incoming.text[a:b] for a, b in fragments)
    if not ordered or end > len(incoming.text) or (surface is not None and surface != found):
        raise InputError(
            tr(
                "{where}: the text at {offsets} is not {claimed}.",
                where=where,
                offsets=offsets,
                claimed=repr(surface)[:100],
            )
        )
    if incoming.text[start:end].replace("\n", " ").split() != found.split():
        incoming.lose(start, tr("The gap inside a span of several pieces."), name)
    layer, label = ours.get(name, ("", name))
    return incoming.span(start, end, label, None, layer)
