"""Broken and hostile files of every format: whatever they hold, records or bad records come out, and nothing else."""

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, State, Status
from annotator.core.conflicts import find_conflict
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work, check_marks
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.formats import BY_NAME, FORMATS, find_format
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import EVERYTHING

WORDS = [
    b'"',
    b"[",
    b"{",
    b"null",
    b"-1",
    b"\n",
    b"\t",
    b"1e999",
    b'"\\ud800"',
    b"NaN",
    b"9" * 5000,
    b"<![x",
    b"\xff\xfe",
]
READERS = [*(row.name for row in FORMATS if row.read is not None), "arrow", "zip"]
EXTRA = {
    "html": b"<html><head><title>T</title></head><body><p>One <b>two</b></p><pre>x\n y</pre></body></html>",
    "csv": b'text,title\n"one, two",T\nthree,\n',
    "warc": b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\none\r\n\r\n",
    "text": "Zürich\r\n😀".encode(),
}


def table(name: str) -> bytes:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    rows = pa.table({"text": ["one 😀", "two"], "title": ["T", None], "list": [[1], [2, 3]]})
    out = io.BytesIO()
    if name == "parquet":
        parquet.write_table(rows, out)
    else:
        with pa.ipc.new_stream(out, rows.schema) as stream:
            stream.write_table(rows)
    return out.getvalue()


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Mayor resigns\n" * 20)
        archive.writestr("b/c.jsonl", '{"text": "one"}\n' * 20)
    return out.getvalue()


@cache
def sound(name: str) -> tuple[bytes, str]:
    """A sound file of a format, and the ending of its name."""
    if name in ("parquet", "arrow"):
        return table(name), f".{name}"
    if name == "zip":
        return packed(), ".zip"
    row = find_format(name)
    if name in EXTRA or row.write is None:
        return EXTRA[name], row.suffix or ".txt"
    document = make_document("Mayor resigns\nJohn Smith 😀 of Acme left.", title="T", meta={"k": "v"})
    marks: frozenset[Mark] = frozenset(
        {Boundary(14, "blocks", "body"), Span(14, 24, "entities", "PERSON"), DocumentLabel("topic", "sport")}
    )
    work = Work(Annotation(document.id, "ann", marks, State(Status.DONE, "note")))
    record = Record(document, (work,), (Proposal(Span(30, 34, "entities", "ORG"), 0.5, "why", "p"),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{row.suffix}"
        row.write([record, record], EVERYTHING, path, ExportOptions())
        if not row.folder:
            return path.read_bytes(), row.suffix
        skipped = {"README.md", "manifest.json", "label2id.json", "annotation.conf"}
        files = sorted(f for f in path.rglob("*") if f.is_file() and f.name not in skipped and f.suffix != ".txt")
        return files[0].read_bytes(), files[0].suffix


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    data = bytearray(sound(name)[0])
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.integers(0, 3)):
            case 0:
                del data[at : at + draw(st.integers(1, 40))]
            case 1:
                data[at:at] = draw(st.binary(max_size=8))
            case 2:
                data[at:at] = draw(st.sampled_from(WORDS))
            case _:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
    return bytes(data)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_gives_sound_records_and_bad_ones(name: str, data: st.DataObject) -> None:
    suffix = sound(name)[1]
    content = data.draw(st.one_of(damaged(name), damaged(name), st.binary(max_size=200)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(content)
        path.with_suffix(".txt").write_bytes(content if path.suffix == ".txt" else b"Mayor resigns\nJohn Smith")
        for chosen in (name if name in BY_NAME else None, None):
            for item in read_documents([path], schema=EVERYTHING, format=chosen, options=ImportOptions(EVERYTHING)):
                if isinstance(item, BadRecord):
                    assert item.reason
                    continue
                for work in item.works:
                    check_marks(work.annotation.marks, EVERYTHING, item.document.text, "x")
                    assert find_conflict(work.annotation.marks, EVERYTHING) is None
                check_marks((p.mark for p in item.proposals), EVERYTHING, item.document.text, "x")
                item.document.text.encode("utf-8")
