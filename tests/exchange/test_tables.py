import struct
import zipfile
from pathlib import Path

import pytest

from annotator.core.record import Record
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import NEWS


def read(path: Path, **options: object) -> list[Record | BadRecord]:
    return list(read_documents([path], schema=NEWS, options=ImportOptions(NEWS, **options)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,title,url,date,kind\n"one, 😀\r\nline",T,https://e.org,2024-01-02,k\ntwo,,,,\n'),
        ("a.csv", '\ufefftext;title;url;date;kind\n"one, 😀\r\nline";T;https://e.org;2024-01-02;k\ntwo;;;;\n'),
        (
            "a.tsv",
            'text\ttitle\turl\tdate\tkind\r\n"one, 😀\r\nline"\tT\thttps://e.org\t2024-01-02\tk\r\ntwo\t\t\t\t\r\n',
        ),
    ],
)
def test_rows_become_documents_with_their_columns(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode())
    one, two = read(path)
    assert isinstance(one, Record)
    assert isinstance(two, Record)
    document = one.document
    assert (document.text, document.title, document.source) == ("one, 😀\nline", "T", "https://e.org")
    assert (document.published, dict(document.meta)) == ("2024-01-02", {"kind": "k"})
    assert (two.document.text, two.document.title, dict(two.document.meta)) == ("two", "two", {})


def test_columns_are_mapped_and_utf16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Body,Head,When\nבוקר,H,2020\n".encode("utf-16"))
    (found,) = read(path, text_field="Body", columns={"title": "Head", "published": "When"})
    assert isinstance(found, Record)
    document = found.document
    assert (document.text, document.title, document.published, dict(document.meta)) == ("בוקר", "H", "2020", {})


def test_a_row_of_another_length_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,title\none\ntwo,T\n\n", "utf-8")
    bad, found = read(path)
    assert isinstance(bad, BadRecord)
    assert bad.reason == "a.csv:2: 1 cells for 2 columns."
    assert isinstance(found, Record)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("body,title\none,T\n", "utf-8")
    (bad,) = read(path)
    assert isinstance(bad, BadRecord)
    assert bad.reason == "a.csv: there is no column “text”; there are body, title."


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
def test_parquet_and_arrow_rows_become_documents(tmp_path: Path, suffix: str) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as pq

    table = pa.table({"text": ["one", "two", None], "title": ["T", None, "x"], "n": [1, 2, 3]})
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path)
    else:
        new = pa.ipc.new_file if suffix == "arrow" else pa.ipc.new_stream
        with new(str(path), table.schema) as out:
            out.write_table(table)
    one, two, bad = read(path)
    assert isinstance(one, Record)
    assert isinstance(two, Record)
    assert (one.document.text, one.document.title, dict(one.document.meta)) == ("one", "T", {"n": "1"})
    assert two.document.title == "two"
    assert isinstance(bad, BadRecord)
    assert "`text` must be a text; it is null" in bad.reason


def test_a_table_inside_a_zip_file_is_read(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["one"]}), tmp_path / "a.parquet")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.parquet", "in/a.parquet")
    (found,) = read(tmp_path / "a.zip")
    assert isinstance(found, Record)


def test_a_broken_table_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"\0" * 50)
    (bad,) = read(tmp_path / "a.parquet")
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("a.parquet: not a table that can be read")


def test_an_unmarked_encoding_is_guessed_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "Der Bürgermeister von Köln grüßte höflich die Gäste über die Brücke"
    path.write_bytes("\n".join(["text", *[row] * 5]).encode("latin-1"))
    found, options = list(read_documents([path], schema=NEWS, options=(options := ImportOptions(NEWS)))), options
    assert len(found) == 5
    assert isinstance(found[0], Record)
    assert found[0].document.text == row
    assert options.report.encodings.total() == 1


def test_offsets_out_of_bounds_end_the_file_and_not_the_program(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    rows = pa.table({"text": ["one", "two"]})
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as out, pa.ipc.new_stream(out, rows.schema) as stream:
        stream.write_table(rows)
    data = (tmp_path / "a.arrow").read_bytes()
    offsets = struct.pack("<3i", 0, 3, 6)
    assert data.count(offsets) == 1
    (tmp_path / "a.arrow").write_bytes(data.replace(offsets, struct.pack("<3i", 0, 2**30, 6)))
    (bad,) = read_documents([tmp_path / "a.arrow"], schema=NEWS)
    assert isinstance(bad, BadRecord)
    assert "out of bounds" in bad.reason or "Invalid" in bad.reason
