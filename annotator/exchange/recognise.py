"""Which format a file has, from its content first and its name second."""

import json
import re
from collections.abc import Mapping
from typing import Any

from annotator.exchange.encoding import marked_encoding
from annotator.exchange.files import RawFile
from annotator.exchange.huggingface import has_tags
from annotator.exchange.tables import arrow_batches, is_table
from annotator.exchange.tagging import is_tag

_TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".md", ".markdown"})
_JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
_HTML = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_CAS = re.compile(r'"%(?:TYPES|FEATURE_STRUCTURES|VIEWS)"\s*:')
_OLD_WEBANNO = re.compile(r"# (?:de\.tudarmstadt|webanno\.custom)\.|#id=\d+\n#text=")
"""The first line of versions 1 and 2, which are recognised so that their reader can say that it does not take them."""
_TAG_SUFFIXES = frozenset({".conll", ".iob", ".iob2", ".bio", ".bilou", ".iobes"})
_COMPANIONS = frozenset(
    ("README.md", "manifest.json", "label2id.json", "dataset_info.json", "state.json", "dataset_dict.json")
)
"""Files that data sets carry along and that are no documents, where one of `_SIGNS` lies beside them."""
_SIGNS = ("manifest.json", "dataset_info.json", "dataset_dict.json")
_PAIR = re.compile(rb'\[\s*\[\s*"(?:[^"\\]|\\.)*"\s*,\s*\{')
"""The start of a list of texts, each with an object, as spaCy's examples once were."""
_KEY = re.compile(r'"((?:[^"\\]|\\.){0,80})"\s*:')


def recognise(file: RawFile) -> str | None:
    """The name of the format of a file, or None for a file that is not text and that no reader knows.

    A file in a folder is taken as text by its suffix only, so that what lies beside the pages stays out.
    """
    head = file.head()
    if file.suffix in _JSON_SUFFIXES and _PAIR.match(head):
        return "doccano"
    encoding, skip = marked_encoding(head) or ("utf-8", 0)
    start = head[skip:].decode(encoding, "ignore").lstrip()
    if file.suffix in _JSON_SUFFIXES or (start.startswith(('{"', '[{"')) and _KEY.match(start.lstrip("[{"))):
        return _json_format(start)
    if is_table(head):
        return _table_format(file)
    if start.startswith("#FORMAT=WebAnno TSV") or _OLD_WEBANNO.match(start):
        return "webanno-tsv"
    if file.suffix in (".warc", ".warc.gz", ".wet.gz") or head.startswith(b"WARC/"):
        return "warc"
    if file.suffix == ".ann":
        return "brat"
    if file.suffix in (".html", ".htm", ".xhtml") or _HTML.match(start):
        return "html"
    if file.suffix == ".spacy":
        return "spacy"
    if file.suffix in _TAG_SUFFIXES or _has_tags(start):
        return "conll"
    if file.suffix in (".csv", ".tsv"):
        return "csv"
    if file.named or file.suffix in _TEXT_SUFFIXES:
        return "text"
    return None


def is_companion(file: RawFile) -> bool:
    """Whether a file of a folder belongs to others there without being a document itself.

    Such are the card of a data set, and the text and the settings of brat, which are read with the `.ann` file.
    """
    name = file.name.rsplit("/", 1)[-1]
    if file.named:
        return False
    if name.endswith(".txt") and file.beside(f"{name[:-4]}.ann") is not None:
        return True
    if name.endswith(".conf"):
        return True
    if name not in _COMPANIONS:
        return False
    return any(file.beside(sign) is not None for sign in _SIGNS)


def _table_format(file: RawFile) -> str:
    for schema, _ in arrow_batches(file):
        return "huggingface" if has_tags(schema) else "parquet"
    return "parquet"


def _has_tags(start: str) -> bool:
    """Whether the first lines hold a token and a tag each."""
    if start.startswith("-DOCSTART-"):
        return True
    lines = [line.split() for line in start.split("\n", 40)[:40] if line.strip() and not line.startswith("#")]
    return len(lines) > 2 and all(len(cells) > 1 and is_tag(cells[-1]) for cells in lines[:-1])


def _json_format(start: str) -> str:
    if _CAS.search(start[:2000]):
        return "cas-json"
    data = _first_object(start)
    if isinstance(data.get("annotator"), int):
        return "jsonl"
    if "_input_hash" in data or _has_objects(data, "spans", "label"):
        return "prodigy"
    if "tokenized_text" in data:
        return "gliner"
    if "data" in data and ("annotations" in data or "predictions" in data or "completions" in data):
        return "label-studio"
    if any(_has_doccano_labels(data.get(key)) for key in ("label", "labels", "entities")):
        return "doccano"
    return "jsonl"


def _first_object(start: str) -> Mapping[str, Any]:
    """The first object of JSON lines or of a list; where it is not whole, the keys that can be seen, without values."""
    try:
        value, _ = json.JSONDecoder().raw_decode(start[1:].lstrip() if start.startswith("[") else start)
    except (ValueError, RecursionError):
        return dict.fromkeys(_KEY.findall(start))
    return value if isinstance(value, dict) else {}


def _has_objects(data: Mapping[str, Any], key: str, inner: str) -> bool:
    """Whether a list of objects with a certain key stands under `key`; an empty list counts."""
    value = data.get(key)
    return isinstance(value, list) and all(isinstance(item, dict) and inner in item for item in value)


def _has_doccano_labels(value: object) -> bool:
    match value:
        case [] | [[int(), int(), str()], *_] | [{"start_offset": int(), "end_offset": int()}, *_]:
            return True
    return False
