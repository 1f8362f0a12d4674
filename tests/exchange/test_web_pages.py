import gzip
from pathlib import Path

import pytest

from annotator.core.record import Record
from annotator.exchange import warc_files
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import NEWS

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Mayor
 resigns | News</title><meta property="article:published_time" content="2024-03-05T10:00:00Z">
<link rel="canonical" href="https://example.org/mayor"><style>p {color: red}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li>Sport</li></ul></nav>
<script>var x = "<p>no</p>";</script><p hidden>secret</p><div style="display: none">hidden <b>too</b></div>
<article><h1>Mayor&nbsp;resigns</h1><p>By <b>Ann</b>
  Smith</p><p>The mayor of Zürich &amp; Bern said on Monday that she will leave her office at the end of the year.</p>
<pre>one
  two</pre>a<br>b</article><aside><h3>Strike ends</h3>Trains run again…</aside></body></html>"""


def read(path: Path, **options: object) -> tuple[list[Record | BadRecord], ImportOptions]:
    told = ImportOptions(NEWS, **options)  # type: ignore[arg-type]
    return list(read_documents([path], schema=NEWS, options=told)), told


def test_all_blocks_are_kept_as_the_reader_sees_them(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    (found,), options = read(tmp_path / "a.html")
    assert isinstance(found, Record)
    document = found.document
    assert document.text == (
        "Home\nSport\n\nMayor\u00a0resigns\n\nBy Ann Smith\n\n"
        "The mayor of Zürich & Bern said on Monday that she will leave her office at the end of the year.\n\n"
        "one\n  two\na\nb\n\nStrike ends\n\nTrains run again…\n"
    )
    assert (document.title, document.source) == ("Mayor resigns | News", "https://example.org/mayor")
    assert document.published == "2024-03-05T10:00:00Z"
    assert options.report.formats == {"html": 1}


def test_the_main_text_can_be_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", reason="trafilatura is not installed")
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    (found,), _ = read(tmp_path / "a.html", html="main")
    assert isinstance(found, Record)
    assert "The mayor of Zürich & Bern" in found.document.text
    assert "Home" not in found.document.text


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8", "utf-16"])
def test_the_encoding_a_page_states_is_used(tmp_path: Path, encoding: str) -> None:
    page = f'<html><head><meta charset="{encoding}"></head><body>Zürich grüßt</body></html>'
    (tmp_path / "a.htm").write_bytes(page.encode(encoding))
    (found,), _ = read(tmp_path / "a.htm")
    assert isinstance(found, Record)
    assert found.document.text == "Zürich grüßt\n"


@pytest.mark.parametrize("page", ["<html></html>", "<html><script>x</script>", "<!doctype html><p hidden>x"])
def test_a_page_without_text_is_reported(tmp_path: Path, page: str) -> None:
    (tmp_path / "a.html").write_text(page, "utf-8")
    (bad,), _ = read(tmp_path / "a.html")
    assert isinstance(bad, BadRecord)
    assert bad.reason == "a.html: the page holds no text."


def test_a_deeply_nested_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html>" + "<div>" * 50_000 + "deep", "utf-8")
    (found,), _ = read(tmp_path / "a.html")
    assert isinstance(found, Record)
    assert found.document.text == "deep\n"


def entry(kind: str, address: str, content_type: str, body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    block = head + body if kind == "response" else body
    of_block = "application/http; msgtype=response" if kind == "response" else content_type
    told = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2024-03-05T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{len(address):032}>\r\n"
        f"Content-Type: {of_block}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return told.encode() + block + b"\r\n\r\n"


def archive(path: Path) -> Path:
    pytest.importorskip("warcio", reason="warcio is not installed")
    parts = [
        entry("response", "https://example.org/a", "text/html; charset=utf-8", PAGE.encode()),
        entry("response", "https://example.org/b", "text/html;charset=iso-8859-1", "<p>Zürich".encode("latin-1")),
        entry("response", "https://example.org/c", "text/html", b"gone", "404 Not Found"),
        entry("response", "https://example.org/d", "image/png", b"\x89PNG"),
        entry("conversion", "https://example.org/e", "text/plain", "Plain né".encode()),
        entry("response", "https://example.org/f", "text/html", b"<p></p>"),
    ]
    path.write_bytes(b"".join(map(gzip.compress, parts)) if path.suffix == ".gz" else b"".join(parts))
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_of_an_archive_become_documents(tmp_path: Path, name: str) -> None:
    found, options = read(archive(tmp_path / name))
    one, two, three, bad = found
    assert isinstance(one, Record)
    assert isinstance(two, Record)
    assert isinstance(three, Record)
    assert one.document.source == "https://example.org/a"
    assert dict(one.document.meta) == {"fetched": "2024-03-05T10:00:00Z"}
    assert (two.document.text, three.document.text) == ("Zürich\n", "Plain né")
    assert isinstance(bad, BadRecord)
    assert options.report.skipped == {"responses without a page": 1, "responses that are no text": 1}


def test_a_page_that_is_too_large_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_files, "MAX_PAGE", 100)
    found, options = read(archive(tmp_path / "a.warc"))
    assert len(found) == 3
    assert options.report.skipped["pages of more than 100 bytes"] == 1


def test_a_broken_archive_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed")
    (tmp_path / "a.warc").write_bytes(b"nonsense " * 50)
    found, _ = read(tmp_path / "a.warc")
    assert isinstance(found[-1], BadRecord)


def test_an_archive_that_is_odd_is_reported_without_a_word_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 20\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(head + b"HTTP/1.0 200 OK\r\n\r\nx\r\n\r\n")
    found, _ = read(tmp_path / "a.warc")
    assert isinstance(found[0], BadRecord)
    stated = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://a b\r\nContent-Type: text/plain\r\n"
    (tmp_path / "b.warc").write_bytes(2 * (stated + b"Content-Length: 3\r\n\r\nones\r\n\r\n"))
    found, _ = read(tmp_path / "b.warc")
    assert any(isinstance(item, Record) for item in found)
    assert capfd.readouterr() == ("", "")


def test_a_section_that_no_browser_knows_is_a_comment(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><body><p>one<![x]y> two</p></body></html>", "utf-8")
    (found,), _ = read(tmp_path / "a.html")
    assert isinstance(found, Record)
    assert found.document.text == "one two\n"
