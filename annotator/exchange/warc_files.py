"""Web archives: the HTML and text pages in WARC files, by warcio."""

import logging
import re
from collections.abc import Iterator
from typing import Any

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.html_files import decode_page, html_record
from annotator.exchange.libraries import need

MAX_PAGE = 20_000_000
"""Largest page that is taken from an archive, in bytes; larger ones are counted."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_SILENT = logging.NullHandler()
_HTML = ("text/html", "application/xhtml+xml")


def read_warc(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """A document from every successful response that is HTML or plain text, and from every conversion to plain text.

    Raises:
        InputError: The file is no WARC, or breaks off; what came before it broke has been given.
    """
    need("warcio")
    from warcio.archiveiterator import ArchiveIterator

    # warcio writes what it finds odd to the terminal, with bytes of the file.
    logging.getLogger("warcio").addHandler(_SILENT)
    number = 0
    with file.open() as stream:
        entries = ArchiveIterator(stream)
        entries.INC_RECORD = ""
        while True:
            try:
                entry = next(entries, None)
                if entry is None:
                    break
                number += 1
                if entry.format != "warc":
                    raise ValueError(tr("it is no WARC"))
                found = _page(entry, tr("{name}, record {n}", name=file.name, n=number), options)
            except InputError:
                raise
            # warcio raises errors of many kinds for damaged files.
            except Exception as error:  # noqa: BLE001
                reason = str(error).split("\n", 1)[0][:200]
                raise InputError(
                    tr("{name}: not a WARC file that can be read: {error}.", name=file.name, error=reason)
                ) from None
            if found is not None:
                yield found
    if number == 0:
        raise InputError(tr("{name}: not a WARC file that can be read.", name=file.name))


def _page(entry: Any, where: str, options: ImportOptions) -> Record | BadRecord | None:
    skipped = options.report.skipped
    if entry.rec_type == "response":
        http = entry.http_headers
        if http is None or http.get_statuscode() != "200":
            skipped[tr("responses without a page")] += 1
            return None
        stated = http.get_header("Content-Type") or ""
    elif entry.rec_type == "conversion":
        stated = entry.rec_headers.get_header("Content-Type") or ""
    else:
        return None
    kind = stated.split(";", 1)[0].strip().lower()
    if kind not in (*_HTML, "text/plain"):
        skipped[tr("responses that are no text")] += 1
        return None
    data = entry.content_stream().read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:
        skipped[tr("pages of more than {n} bytes", n=MAX_PAGE)] += 1
        return None
    address = entry.rec_headers.get_header("WARC-Target-URI") or ""
    fetched = entry.rec_headers.get_header("WARC-Date") or ""
    meta = {"fetched": fetched} if fetched else {}
    charset = found.group(1) if (found := _CHARSET.search(stated)) else ""
    try:
        text = decode_page(data, where, charset)
        if kind in _HTML:
            return html_record(text, where, options, source=address, meta=meta)
        if not text.strip():
            skipped[tr("files without text")] += 1
            return None
        return Record(make_document(text, source=address, meta=meta))
    except InputError as error:
        return BadRecord(where, str(error))
