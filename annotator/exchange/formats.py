"""The table of formats. Import dialog, export dialog, command line and docs are made from it."""

from dataclasses import dataclass

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.exchange.conll import conll_writer, read_conll
from annotator.exchange.doccano import read_doccano, write_doccano
from annotator.exchange.format import Exporter, Importer
from annotator.exchange.jsonl import read_jsonl, write_jsonl
from annotator.exchange.label_studio import read_label_studio, write_label_studio
from annotator.exchange.prodigy import read_prodigy, write_prodigy
from annotator.exchange.spacy_docbin import read_spacy, write_spacy
from annotator.exchange.text_files import read_text


@dataclass(frozen=True, slots=True)
class Format:
    """One way in, out, or both."""

    name: str
    """As the command line calls it."""
    title: str
    suffix: str
    """Of the file it writes, dot included; empty where it writes a folder."""
    holds: str
    """What it can hold, for the user."""
    loses: str
    """What it cannot; empty where it is lossless."""
    read: Importer | None = None
    write: Exporter | None = None
    folder: bool = False
    """Whether it writes a folder."""
    annotated: bool = True
    """Whether it carries marks, not only texts."""
    training: bool = True
    """Whether it holds one annotation a document, chosen as gold where there is gold."""


_FOR_ONE = "proposals, rejections, notes, origins and times; all annotators but one."
_TAGS_LOSE = (
    "Segments, document labels, overlapping spans, spans inside tokens, the blanks between tokens, titles and sources, "
    + _FOR_ONE
)

FORMATS: tuple[Format, ...] = (
    Format(
        "jsonl",
        "JSON lines",
        ".jsonl",
        "Everything: all annotators, states, proposals, rejections and origins. Plain lines with a text are read too.",
        "",
        read=read_jsonl,
        write=write_jsonl,
        training=False,
    ),
    Format(
        "prodigy",
        "Prodigy",
        ".jsonl",
        "Spans, segments as spans over the page, document labels, status and annotator, a task for each annotator.",
        "Proposals, rejections, notes, origins and times.",
        read=read_prodigy,
        write=write_prodigy,
    ),
    Format(
        "doccano",
        "doccano",
        ".jsonl",
        "Spans, segments as spans over the page, document labels, status, notes, a line for each annotator.",
        "Proposals, rejections, origins and times.",
        read=read_doccano,
        write=write_doccano,
    ),
    Format(
        "label-studio",
        "Label Studio",
        ".json",
        "Spans, segments and document labels by layer, every annotator, proposals as predictions, states and times.",
        "Rejections, notes, which proposer a mark came from.",
        read=read_label_studio,
        write=write_label_studio,
    ),
    Format(
        "spacy",
        "spaCy DocBin",
        ".spacy",
        "Entities in doc.ents; overlapping spans and segments in doc.spans, by layer; document labels in doc.cats.",
        f"Spans and boundaries inside spaCy's tokens, {_FOR_ONE}",
        read=read_spacy,
        write=write_spacy,
    ),
    Format(
        "conll",
        "CoNLL-2003",
        ".conll",
        "Spans as IOB2 tags of tokens, in four columns or two.",
        _TAGS_LOSE,
        read=read_conll,
        write=conll_writer("iob2"),
    ),
    Format(
        "iob2",
        "IOB2, two columns",
        ".iob2",
        "Spans as IOB2 tags of tokens.",
        _TAGS_LOSE,
        read=read_conll,
        write=conll_writer("iob2", 2),
    ),
    Format(
        "bilou",
        "BILOU, two columns",
        ".bilou",
        "Spans as BILOU tags of tokens.",
        _TAGS_LOSE,
        read=read_conll,
        write=conll_writer("bilou", 2),
    ),
    Format(
        "text",
        "Plain text",
        "",
        "One document a file, or one a line.",
        "All marks but the article boundaries.",
        read=read_text,
        folder=True,
        annotated=False,
    ),
)
BY_NAME = {row.name: row for row in FORMATS}


def find_format(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: There is none.
    """
    if found := BY_NAME.get(name):
        return found
    raise InputError(tr("There is no format “{name}”; there are {names}.", name=name, names=", ".join(BY_NAME)))
