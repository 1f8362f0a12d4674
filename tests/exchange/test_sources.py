import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.exchange import files, json_files
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.native import canonical, write_record
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import EVERYTHING, records


def texts_of(found: list[Record | BadRecord]) -> list[str]:
    assert all(isinstance(item, Record) for item in found), found
    return [item.document.text for item in found if isinstance(item, Record)]


def read(*paths: Path | str, **more: object) -> list[Record | BadRecord]:
    return list(read_documents(paths, schema=EVERYTHING, **more))  # type: ignore[arg-type]


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_text_file_is_a_document_named_after_its_first_line(tmp_path: Path) -> None:
    (found,) = read(put(tmp_path / "a.txt", "\ufeffMayor resigns\r\n\r\nShe left.\r"))
    assert isinstance(found, Record)
    assert found.document.text == "Mayor resigns\n\nShe left.\n"
    assert (found.document.title, found.document.source) == ("Mayor resigns", "a.txt")
    assert found.works == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "Zürich 😀 שלום"
    assert texts_of(read(put(tmp_path / "a.txt", text.encode(encoding)))) == [text]


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_of_both_orders_is_read(tmp_path: Path, mark: bytes) -> None:
    encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert texts_of(read(put(tmp_path / "a.txt", mark + "né😀".encode(encoding)))) == ["né😀"]


def test_an_unmarked_encoding_is_guessed_and_reported(tmp_path: Path) -> None:
    text = "Der Bürgermeister von Köln grüßte höflich die Gäste über die Brücke. " * 5
    options = ImportOptions(EVERYTHING)
    assert texts_of(read(put(tmp_path / "a.txt", text.encode("latin-1")), options=options)) == [text]
    assert options.report.encodings.total() == 1


def test_a_marked_file_that_does_not_fit_its_mark_is_reported(tmp_path: Path) -> None:
    (bad,) = read(put(tmp_path / "a.txt", b"\xef\xbb\xbfok \xff"))
    assert isinstance(bad, BadRecord)
    assert "marked as utf-8" in bad.reason


def test_one_document_a_line(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "one\r\n\n  \ntwo\u2028still two")
    found = read(path, options=ImportOptions(EVERYTHING, lines=True))
    assert texts_of(found) == ["one", "two\u2028still two"]
    assert [item.document.source for item in found if isinstance(item, Record)] == ["a.txt:1", "a.txt:4"]


def test_a_folder_is_read_in_order_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    outside = put(tmp_path / "secret.txt", "secret")
    put(folder / "b.md", "bee")
    put(folder / "a" / "z.txt", "zed")
    put(folder / "a.txt", "ay")
    put(folder / ".hidden.txt", "no")
    put(folder / ".git" / "x.txt", "no")
    put(folder / "empty.txt", " \n")
    put(folder / "picture.png", b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "leak.txt").symlink_to(outside)
    (folder / "inner.txt").symlink_to(folder / "b.md")
    (folder / "loop").symlink_to(folder)
    options = ImportOptions(EVERYTHING)
    found = read(folder, options=options)
    assert texts_of(found) == ["ay", "bee", "bee", "zed"]
    assert next(item.document.source for item in found if isinstance(item, Record)) == "pages/a.txt"
    assert options.report.skipped == {
        "hidden files": 1,
        "hidden folders": 1,
        "links to folders": 1,
        "links out of the folder": 1,
        "files without text": 1,
        "files that are no documents": 1,
    }
    assert options.report.records == 4


def test_standard_input_holds_text_or_json_lines() -> None:
    assert texts_of(read("-", stdin=io.BytesIO(b"a page\n"))) == ["a page\n"]
    lines = b'{"text":"one"}\n{"text":"two"}\n'
    assert texts_of(read("-", stdin=io.BytesIO(lines))) == ["one", "two"]
    long = json.dumps({"text": "x" * 300_000}).encode()
    assert texts_of(read("-", stdin=io.BytesIO(long + b"\n" + lines)))[1:] == ["one", "two"]


def test_json_lines_are_read_past_bad_ones_which_name_file_and_line(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", b'{"body":"one"}\r\n\n{"body":1}\n{\n\xff\n{"body":"t\xc3\xa9o"}')
    options = ImportOptions(EVERYTHING, text_field="body")
    found = read(path, options=options)
    assert [item.document.text for item in found if isinstance(item, Record)] == ["one", "téo"]
    bad = [item for item in found if isinstance(item, BadRecord)]
    assert [item.where for item in bad] == ["a.jsonl:3", "a.jsonl:4", "a.jsonl:5"]
    assert all(item.reason.startswith(item.where) for item in bad)
    assert bad[0].raw == '{"body":1}'
    assert (options.report.records, options.report.bad_count, options.report.bad) == (2, 3, bad)


@given(records())
def test_native_lines_come_back_with_work_and_proposals(record: Record) -> None:
    line = write_record(record, EVERYTHING).encode()
    assert read("-", stdin=io.BytesIO(line + b"\n"), format="jsonl") == [canonical(record)]


def test_utf16_json_lines_are_read(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"text":"😀a\u2028"}\r\n{"text":"b"}'.encode("utf-16"))
    assert texts_of(read(path)) == ["😀a\u2028", "b"]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_list_and_a_single_object_are_read(tmp_path: Path, indent: int | None) -> None:
    values = [{"text": 'one ]} \\" 😀'}, {"text": "two", "meta": {"a": "b"}}]
    assert texts_of(read(put(tmp_path / "a.json", json.dumps(values, indent=indent)))) == [v["text"] for v in values]
    assert texts_of(read(put(tmp_path / "b.json", json.dumps(values[1], indent=indent)))) == ["two"]
    assert read(put(tmp_path / "c.json", " [ ] ")) == []


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30)), max_size=6), st.integers(1, 40))
def test_a_json_list_is_cut_into_items_at_every_piece_size(values: list[dict[str, str]], piece: int) -> None:
    before, json_files._PIECE = json_files._PIECE, piece
    try:
        (file,) = files.files_in(
            ["-"], ImportOptions(EVERYTHING).report.skipped, io.BytesIO(json.dumps(values).encode())
        )
        assert [json.loads(text) for text in json_files._split_list(file)] == values
    finally:
        json_files._PIECE = before


@pytest.mark.parametrize("text", ["[", '[{"text":"a"}', '[{"text":"a"} {', '[{"text":"a"},]', "[" * 100_000])
def test_a_broken_json_list_is_reported_after_its_good_items(tmp_path: Path, text: str) -> None:
    found = read(put(tmp_path / "a.json", text))
    assert isinstance(found[-1], BadRecord)
    assert len(found) == 1 + text.count('"a"')


def test_a_file_that_breaks_does_not_stop_the_others(tmp_path: Path) -> None:
    put(tmp_path / "pages/a.zip", b"no zip")
    put(tmp_path / "pages/b.txt", "bee")
    found = read(tmp_path / "pages")
    assert [type(item) for item in found] == [BadRecord, Record]


def test_a_missing_path_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    good = put(tmp_path / "a.txt", "a")
    with pytest.raises(InputError, match="nothing was imported"):
        read_documents([good, tmp_path / "b.txt"], schema=EVERYTHING)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no format “docx”; there are jsonl"):
        read_documents([tmp_path], schema=EVERYTHING, format="docx")


def zipped(path: Path, members: dict[str, str | bytes], *, packed: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_file_is_read_member_by_member(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "p.zip",
        {
            "b.txt": "bee",
            "a/": "",
            "a/c.jsonl": '{"text":"see"}\n{"text":"sea"}',
            "../leak.txt": "no",
            "/etc/x.txt": "no",
            "C:/x.txt": "no",
            "a\\..\\..\\x.txt": "no",
            "__MACOSX/b.txt": "no",
            "inner.zip": b"PK",
        },
    )
    options = ImportOptions(EVERYTHING)
    found = read(path, options=options)
    assert texts_of(found) == ["see", "sea", "bee"]
    assert [item.document.source for item in found if isinstance(item, Record)][2] == "p.zip/b.txt"
    assert options.report.skipped == {
        "zip members whose path leaves the archive": 4,
        "hidden files": 1,
        "zip files inside zip files": 1,
    }


def test_a_zip_bomb_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"a.txt": "a" * 5_000_000, "b.txt": "b"}, packed=True)
    options = ImportOptions(EVERYTHING)
    assert texts_of(read(path, options=options)) == ["b"]
    assert options.report.skipped == {"zip members packed more than 200 to 1": 1}


def test_a_zip_file_with_too_many_members_or_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "p.zip", {f"{n}.txt": "x" for n in range(5)})
    monkeypatch.setattr(files, "MAX_ZIP_MEMBERS", 4)
    (bad,) = read(path)
    assert isinstance(bad, BadRecord)
    assert "more than 4 members" in bad.reason
    monkeypatch.setattr(files, "MAX_ZIP_MEMBERS", 5)
    monkeypatch.setattr(files, "MAX_ZIP_BYTES", 4)
    (bad,) = read(path)
    assert isinstance(bad, BadRecord)
    assert "more than 4 bytes" in bad.reason


def test_a_line_that_is_too_long_is_reported_and_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "MAX_LINE", 40)
    path = put(tmp_path / "a.jsonl", '{"text":"' + "x" * 200 + '"}\n{"text":"short"}\n')
    found = read(path)
    assert isinstance(found[0], BadRecord)
    assert "longer than 40 bytes" in found[0].reason
    assert texts_of(found[1:]) == ["short"]


def test_memory_stays_flat_over_many_lines(tmp_path: Path) -> None:
    line = json.dumps({"text": "word " * 2000}) + "\n"
    path = put(tmp_path / "a.jsonl", line * 1000)
    assert path.stat().st_size > 9_000_000
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_documents([path], schema=EVERYTHING))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1000
    assert peak < 3_000_000


def test_a_zip_member_that_is_damaged_inside_is_reported_and_the_others_go_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "Mayor resigns")
        archive.writestr("b.txt", "Strike ends")
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"Mayor", b"Major", 1))
    bad, found = read_documents([tmp_path / "a.zip"], schema=EVERYTHING)
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("a.zip/a.txt: cannot be unpacked: ")
    assert isinstance(found, Record)
    assert found.document.text == "Strike ends"
