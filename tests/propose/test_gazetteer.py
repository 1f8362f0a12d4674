"""Strings from a gazetteer file."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.schema import schema_from_toml
from annotator.propose.gazetteer import Entry, GazetteerProposer, read_gazetteer

SCHEMAS = Path(__file__).parents[2] / "resources" / "schemas"
NEWS = schema_from_toml((SCHEMAS / "news.toml").read_text(encoding="utf-8"))
CONLL = schema_from_toml((SCHEMAS / "conll.toml").read_text(encoding="utf-8"))


def write(folder: Path, text: str) -> Path:
    path = folder / "names.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_tabs_and_json_lines_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '# people\nTik Chi-yuen\tPERSON\nLegislative Council\tORG\t0.9\n\n{"string": "Hong Kong", "label": "GPE"}\n'
        '{"text": "Kowloon", "label": "GPE", "score": 0.5}\n',
    )
    assert read_gazetteer(path) == [
        Entry("Tik Chi-yuen", "PERSON"),
        Entry("Legislative Council", "ORG", 0.9),
        Entry("Hong Kong", "GPE"),
        Entry("Kowloon", "GPE", 0.5),
    ]


@pytest.mark.parametrize("line", ["no label", "\tPERSON", "Tik\tPERSON\t7", "{", '{"label": "ORG"}', "Tik\t "])
def test_a_line_that_is_no_entry_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="line 2: needs a string and a label"):
        read_gazetteer(write(tmp_path, f"Tik\tPERSON\n{line}\n"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(os.strerror(errno.ENOENT))):
        read_gazetteer(tmp_path / "none.tsv")
    (tmp_path / "latin.tsv").write_bytes(b"M\xfcller\tPERSON\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_gazetteer(tmp_path / "latin.tsv")


def test_the_longest_entry_is_proposed_at_whole_words() -> None:
    proposer = GazetteerProposer([Entry("York", "GPE", 0.4), Entry("New York", "GPE"), Entry("US", "GPE")])
    document = make_document("New York, York, Yorkshire, USA, US.")
    (found,) = proposer.propose([document], NEWS)
    assert [(document.text[p.mark.start : p.mark.end], p.score) for p in found] == [
        ("New York", None),
        ("York", 0.4),
        ("US", None),
    ]


def test_labels_are_mapped_and_those_mapped_to_nothing_are_left_out() -> None:
    proposer = GazetteerProposer([Entry("Paris", "GPE"), Entry("Monday", "DATE")])
    (found,) = proposer.propose([make_document("Paris on Monday")], CONLL)
    assert [p.mark.label for p in found] == ["LOC"]


def test_a_label_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="label “CITY”"):
        list(GazetteerProposer([Entry("Paris", "CITY")]).propose([make_document("Paris")], NEWS))


def test_the_version_follows_the_entries() -> None:
    one, two = [Entry("Paris", "GPE")], [Entry("Paris", "GPE"), Entry("Rome", "GPE")]
    assert GazetteerProposer(one).version == GazetteerProposer(one).version != GazetteerProposer(two).version
