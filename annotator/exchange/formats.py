"""The table of formats. Import dialog, export dialog, command line and docs are made from it."""

from dataclasses import dataclass

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.exchange.brat import read_brat, write_brat
from annotator.exchange.cas_json import read_cas_json, write_cas_json
from annotator.exchange.chat import write_chat
from annotator.exchange.conll import conll_writer, read_conll
from annotator.exchange.doccano import read_doccano, write_doccano
from annotator.exchange.format import Exporter, Importer
from annotator.exchange.gliner import read_gliner, write_gliner
from annotator.exchange.html_files import read_html
from annotator.exchange.huggingface import read_huggingface, write_huggingface
from annotator.exchange.jsonl import read_jsonl, write_jsonl
from annotator.exchange.label_studio import read_label_studio, write_label_studio
from annotator.exchange.prodigy import read_prodigy, write_prodigy
from annotator.exchange.segment_files import write_blocks, write_masses, write_segments, write_text
from annotator.exchange.spacy_docbin import read_spacy, write_spacy
from annotator.exchange.tables import read_csv, read_parquet
from annotator.exchange.text_files import read_text
from annotator.exchange.warc_files import read_warc
from annotator.exchange.webanno_tsv import read_webanno, write_webanno


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
        "huggingface",
        "Hugging Face data set",
        "",
        "Tokens and IOB2 tags with their class names; in further columns every span, segment and document label.",
        f"In the tags: overlapping spans and spans inside tokens. {_FOR_ONE.capitalize()}",
        read=read_huggingface,
        write=write_huggingface,
        folder=True,
    ),
    Format(
        "brat",
        "brat standoff",
        "",
        "Spans and segments, as fragments where they reach over line ends.",
        f"Document labels, line ends at the ends of spans, titles and sources, {_FOR_ONE}",
        read=read_brat,
        write=write_brat,
        folder=True,
    ),
    Format(
        "webanno-tsv",
        "WebAnno TSV 3 (INCEpTION)",
        "",
        "Spans of every layer as NamedEntity, nested ones and parts of tokens too.",
        f"Segments, document labels, blanks between sentences and at the ends of spans, titles, sources, {_FOR_ONE}",
        read=read_webanno,
        write=write_webanno,
        folder=True,
    ),
    Format(
        "cas-json",
        "UIMA CAS JSON (INCEpTION)",
        "",
        "Spans as NamedEntity, segments and document labels as types of their own, title, source, date and status.",
        f"Meta, {_FOR_ONE}",
        read=read_cas_json,
        write=write_cas_json,
        folder=True,
    ),
    Format(
        "gliner",
        "GLiNER",
        ".jsonl",
        "Spans by tokens, nested ones too.",
        f"Segments, document labels, spans inside tokens, the blanks between tokens, titles and sources, {_FOR_ONE}",
        read=read_gliner,
        write=write_gliner,
    ),
    Format(
        "chat",
        "Chat fine-tuning",
        ".jsonl",
        "Segments by paragraph, spans by paragraph and text, document labels, as the answer of an assistant.",
        f"Segments that open inside a paragraph, spans over paragraph ends, titles and sources, {_FOR_ONE}",
        write=write_chat,
    ),
    Format(
        "segments",
        "Segments as spans",
        ".jsonl",
        "Segments as spans over the page; Prodigy's reader takes the file.",
        f"Spans, document labels, {_FOR_ONE}",
        read=read_prodigy,
        write=write_segments,
    ),
    Format(
        "blocks",
        "Labelled lines",
        ".jsonl",
        "The lines of the page, cut at every boundary, with the label of the finest layer and IOB2 tags for articles.",
        f"Spans, document labels, {_FOR_ONE}",
        write=write_blocks,
    ),
    Format(
        "masses",
        "Segmentation masses (segeval)",
        ".json",
        "Lines in each segment of one layer, for every annotator.",
        "Texts, labels, every other layer, boundaries inside lines.",
        write=write_masses,
        training=False,
    ),
    Format(
        "text",
        "Plain text",
        "",
        "In: one document a file, or one a line. Out: a folder with one file for each article.",
        "All marks but the article boundaries, titles and sources.",
        read=read_text,
        write=write_text,
        folder=True,
        annotated=False,
    ),
    Format(
        "html",
        "HTML pages",
        ".html",
        "The text of each page, all blocks or the main text, with the title, address and date that the page states.",
        "",
        read=read_html,
        annotated=False,
    ),
    Format(
        "csv",
        "CSV or TSV",
        ".csv",
        "A document a row, columns for text, title, source, date; the others as meta.",
        "",
        read=read_csv,
        annotated=False,
    ),
    Format(
        "parquet",
        "Parquet or Arrow",
        ".parquet",
        "A document a row, columns as for CSV.",
        "",
        read=read_parquet,
        annotated=False,
    ),
    Format(
        "warc",
        "WARC web archives",
        ".warc.gz",
        "The HTML and text pages of an archive, as HTML files; the address is the source.",
        "",
        read=read_warc,
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


def formats_table() -> str:
    """The formats as a Markdown table, as `docs/formats.md` shows them."""
    head = (tr("name"), tr("format"), tr("in"), tr("out"), tr("holds"), tr("does not hold"))
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- | --- | --- | --- |"]
    for row in FORMATS:
        out = "" if row.write is None else tr("folder") if row.folder else row.suffix
        cells = (f"`{row.name}`", row.title, tr("yes") if row.read else "", out, row.holds, row.loses)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
