"""Hugging Face data sets: Parquet files with the features of token classification, class names among them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import DocumentLabel, Span
from annotator.core.record import Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.card import configs_yaml, features_yaml
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, status_named
from annotator.exchange.libraries import need
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.plain_json import About
from annotator.exchange.tables import arrow_batches
from annotator.exchange.tagging import OUTSIDE, decode_tags, encode_tags, is_tag, token_spans_of
from annotator.exchange.tokenizing import TokenIndex, token_spans
from annotator.exchange.writing import writing_folder

if TYPE_CHECKING:
    import pyarrow

_ROWS = 500
"""Documents in a row group."""
_TAGS, _TOKENS, _TEXT = "ner_tags", "tokens", "text"
_TOKEN_COLUMNS = (_TOKENS, "words", "token")
_TOLD = ("title", "source", "published", "annotator", "status")


def class_names(schema: Schema, options: ExportOptions) -> list[str]:
    """The tags of all span layers that are written, `O` first: the class names of `ner_tags`."""
    names = LabelNames(schema)
    flat = [
        names.write(layer.name, label.name)
        for layer in schema.of_kind(LayerKind.SPANS)
        if options.wants(layer.name)
        for label in layer.labels
    ]
    return [OUTSIDE, *(f"{prefix}-{name}" for name in flat for prefix in "BI")]


def write_huggingface(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A data set of one split, `train`; see `write_huggingface_splits`."""
    return write_huggingface_splits({"train": records}, schema, path, options)


def write_huggingface_splits(
    splits: Mapping[str, Iterable[Record]], schema: Schema, path: Path, options: ExportOptions
) -> ExportReport:
    """A folder that `datasets.load_dataset` opens: `data/SPLIT-00000-of-00001.parquet`, a card, and `label2id.json`.

    A row is a document: `tokens` and `ner_tags` in IOB2, the text, `token_starts`, and in `spans`, `segments` and
    `labels` every mark with its offsets in code points. Spans that tags cannot hold stand in `spans` alone and are
    counted.
    """
    with writing_folder(path) as folder:
        report = fill_huggingface(splits, schema, folder, options)
        tags = class_names(schema, options)
        card = "\n".join(["---", *features_yaml(tags), *configs_yaml(splits), "---", "", _about(), ""])
        (folder / "README.md").write_text(card, "utf-8", newline="\n")
    report.files = [path]
    return report


def fill_huggingface(
    splits: Mapping[str, Iterable[Record]], schema: Schema, folder: Path, options: ExportOptions
) -> ExportReport:
    """Write the data of `write_huggingface_splits` into a folder that is there, without a card."""
    need("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    report = ExportReport()
    outgoing = Outgoing(schema, options, report.losses)
    names = LabelNames(schema)
    tags = class_names(schema, options)
    arrow = _arrow_schema(pa, tags)
    (folder / "data").mkdir()
    for split, records in splits.items():
        with pq.ParquetWriter(folder / "data" / f"{split}-00000-of-00001.parquet", arrow) as out:
            rows: list[dict[str, Any]] = []
            for document, work in outgoing.worked(records, report):
                row, marks = _row(document, work, outgoing, names, tags)
                rows.append(row)
                report.wrote(marks)
                if len(rows) == _ROWS:
                    out.write_table(pa.Table.from_pylist(rows, arrow))
                    rows = []
            if rows:
                out.write_table(pa.Table.from_pylist(rows, arrow))
    ids = json.dumps({tag: number for number, tag in enumerate(tags)}, ensure_ascii=False, indent=1)
    (folder / "label2id.json").write_text(ids + "\n", "utf-8", newline="\n")
    report.notes.append(tr("Open the folder with datasets.load_dataset."))
    return report


def _about() -> str:
    return tr(
        "A row is a document. `tokens` and `ner_tags` are for training; `spans`, `segments`, `labels` hold all marks.\n"
        "Offsets count Unicode code points of `text`, ends are exclusive: `text[start:end]` is the `text` of a span. "
        "Rows can be\nlonger than a model reads at once: cut them with a stride, or export by article."
    )


def _arrow_schema(pa: Any, tags: Sequence[str]) -> "pyarrow.Schema":
    stretch = pa.struct(
        [
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("label", pa.string()),
            ("layer", pa.string()),
            ("text", pa.string()),
        ]
    )
    segment = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("label", pa.string()), ("layer", pa.string())])
    label = pa.struct([("label", pa.string()), ("layer", pa.string())])
    fields = [
        pa.field("id", pa.string()),
        pa.field(_TOKENS, pa.list_(pa.string())),
        pa.field(_TAGS, pa.list_(pa.int64())),
        pa.field("token_starts", pa.list_(pa.int64())),
        pa.field(_TEXT, pa.string()),
        pa.field("spans", pa.list_(stretch)),
        pa.field("segments", pa.list_(segment)),
        pa.field("labels", pa.list_(label)),
        *(pa.field(name, pa.string()) for name in _TOLD),
        pa.field("meta", pa.string()),
    ]

    def value(kind: str) -> dict[str, str]:
        return {"dtype": kind, "_type": "Value"}

    def many(feature: Any) -> dict[str, Any]:
        return {"feature": feature, "_type": "Sequence"}

    offsets = {"start": value("int64"), "end": value("int64")}
    labelled = {"label": value("string"), "layer": value("string")}
    features: dict[str, Any] = {
        "id": value("string"),
        _TOKENS: many(value("string")),
        _TAGS: many({"names": list(tags), "_type": "ClassLabel"}),
        "token_starts": many(value("int64")),
        _TEXT: value("string"),
        "spans": [{**offsets, **labelled, "text": value("string")}],
        "segments": [{**offsets, **labelled}],
        "labels": [labelled],
        **{name: value("string") for name in (*_TOLD, "meta")},
    }
    return pa.schema(fields, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def _row(
    document: Document, work: Work, outgoing: Outgoing, names: LabelNames, tags: Sequence[str]
) -> tuple[dict[str, Any], int]:
    text = document.text
    index = TokenIndex(token_spans(text))
    marks = outgoing.marks(document, work.annotation)
    number_of = {tag: number for number, tag in enumerate(tags)}
    found = encode_tags(len(index.tokens), token_spans_of(document, marks, index, outgoing, names))
    stretches = outgoing.stretches(document, marks)
    spans = [mark for mark in marks if isinstance(mark, Span)]
    segments = [item for item in stretches if item.is_segment]
    labels = [mark for mark in marks if isinstance(mark, DocumentLabel)]
    row = {
        "id": document.id,
        _TOKENS: [text[start:end] for start, end in index.tokens],
        _TAGS: [number_of[tag] for tag in found],
        "token_starts": [start for start, _ in index.tokens],
        _TEXT: text,
        "spans": [
            {"start": s.start, "end": s.end, "label": s.label, "layer": s.layer, "text": text[s.start : s.end]}
            for s in spans
        ],
        "segments": [{"start": s.start, "end": s.end, "label": s.label, "layer": s.layer} for s in segments],
        "labels": [{"label": mark.label, "layer": mark.layer} for mark in labels],
        "title": document.title,
        "source": document.source,
        "published": document.published,
        "annotator": work.annotation.annotator,
        "status": work.annotation.state.status.value,
        "meta": json.dumps(dict(sorted(document.meta.items())), ensure_ascii=False),
    }
    return row, len(spans) + len(segments) + len(labels)


def read_huggingface(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The rows of a Parquet or Arrow file of tokens and tags; our own rows come back with every mark.

    Tokens of other data sets are joined by blanks. Class names come from the features of the file.

    Raises:
        InputError: The file is no table, or has no column of tokens with one of tags.
    """
    names = LabelNames(options.schema)
    number = 0
    for schema, rows in arrow_batches(file):
        features = _features(schema)
        ours = {"spans", "segments", "labels", _TEXT} <= set(schema.names)
        tokens, tags = ("", "") if ours else _columns(schema, features, file.name)
        for row in rows:
            number += 1
            where = tr("{name}, row {n}", name=file.name, n=number)
            try:
                if ours:
                    yield _our_record(row, where, options, names)
                else:
                    yield _their_record(row, where, options, names, tokens, tags, _class_names(features.get(tags)))
            except InputError as error:
                yield BadRecord(where, str(error))


def has_tags(schema: "pyarrow.Schema") -> bool:
    """Whether a table has the columns of token classification."""
    features = _features(schema)
    return _TAGS in schema.names or any(_class_names(feature) for feature in features.values())


def _features(schema: "pyarrow.Schema") -> dict[str, Any]:
    try:
        info = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        found = info["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _class_names(feature: object) -> list[str]:
    """The names of a list of class labels; empty for any other feature."""
    match feature:
        case {"feature": {"names": [*names], "_type": "ClassLabel"}} | [{"names": [*names], "_type": "ClassLabel"}]:
            return [str(name) for name in names]
    return []


def _columns(schema: "pyarrow.Schema", features: Mapping[str, Any], name: str) -> tuple[str, str]:
    tokens = next((column for column in _TOKEN_COLUMNS if column in schema.names), None)
    tagged = [column for column in schema.names if any(map(is_tag, _class_names(features.get(column))))]
    tags = _TAGS if _TAGS in schema.names else next(iter(tagged), None)
    if tokens is None or tags is None:
        raise InputError(tr("{name}: there are no columns `tokens` and `ner_tags`.", name=name))
    return tokens, tags


def _our_record(row: dict[str, Any], where: str, options: ImportOptions, names: LabelNames) -> Record:
    incoming = Incoming(row[_TEXT] or "", where, options, names)
    meta = json.loads(row.get("meta") or "{}")
    incoming.describe(About(row.get("title") or "", row.get("source") or "", row.get("published") or "", meta))
    marks = [incoming.span(s["start"], s["end"], s["label"], s["text"], s["layer"]) for s in row["spans"]]
    marks += [incoming.span(s["start"], s["end"], s["label"], None, s["layer"]) for s in row["segments"]]
    marks += [incoming.document_label(mark["label"], mark["layer"]) for mark in row["labels"]]
    status = status_named(row.get("status"))
    annotator = row.get("annotator") or ""
    return incoming.record([incoming.work(marks, annotator, status) if status else incoming.work(marks, annotator)])


def _their_record(
    row: dict[str, Any],
    where: str,
    options: ImportOptions,
    names: LabelNames,
    tokens_column: str,
    tags_column: str,
    classes: Sequence[str],
) -> Record:
    tokens, tags = row[tokens_column], row[tags_column]
    if not isinstance(tokens, list) or not isinstance(tags, list) or len(tokens) != len(tags):
        raise InputError(tr("{where}: there must be one tag for each token.", where=where))
    found = [_tag(tag, classes, where) for tag in tags]
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(str(token)) + 1)
    incoming = Incoming(" ".join(map(str, tokens)), where, options, names)
    told = {key: str(value) for key, value in row.items() if isinstance(value, str | int)}
    incoming.describe(About("", where, "", told))
    marks = [incoming.span(starts[a], starts[b + 1] - 1, label) for a, b, label in decode_tags(found)]
    return incoming.record([incoming.work(marks)])


def _tag(value: object, classes: Sequence[str], where: str) -> str:
    if isinstance(value, str) and is_tag(value):
        return value
    if isinstance(value, int) and 0 <= value < len(classes) and is_tag(classes[value]):
        return classes[value]
    raise InputError(tr("{where}: the file does not say which tag {value} is.", where=where, value=repr(value)[:40]))
