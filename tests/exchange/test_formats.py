from pathlib import Path

import pytest

from annotator.core.errors import InputError
from annotator.exchange.formats import FORMATS, find_format, formats_table
from annotator.exchange.libraries import need

NAMES = {
    "jsonl",
    "prodigy",
    "doccano",
    "label-studio",
    "spacy",
    "conll",
    "iob2",
    "bilou",
    "huggingface",
    "brat",
    "webanno-tsv",
    "cas-json",
    "gliner",
    "chat",
    "segments",
    "blocks",
    "masses",
    "text",
    "html",
    "csv",
    "parquet",
    "warc",
}


def test_every_format_that_was_promised_is_in_the_table() -> None:
    assert {row.name for row in FORMATS} == NAMES
    assert len(FORMATS) == len(NAMES)
    only_in = {row.name for row in FORMATS if row.write is None}
    assert only_in == {"html", "csv", "parquet", "warc"}
    for row in FORMATS:
        assert row.read is not None or row.write is not None
        assert row.title
        assert row.holds
        assert row.folder or row.suffix.startswith(".")


def test_the_documentation_shows_the_table_of_the_program() -> None:
    text = Path("docs/formats.md").read_text("utf-8")
    shown = text.split("<!-- formats -->\n")[1].split("\n<!-- end of formats -->")[0]
    assert shown == formats_table()


def test_a_library_that_is_not_installed_is_named_with_what_to_install() -> None:
    need("json")
    with pytest.raises(InputError, match=r"needs left-pad, which is not installed: install annotator\[formats\]"):
        need("left_pad_that_is_not_there", "left-pad")


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="There is no format “xlsx”; there are jsonl, prodigy"):
        find_format("xlsx")
