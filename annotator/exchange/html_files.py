"""HTML pages as texts: all blocks as the reader sees them, or the main text alone."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.encoding import decode, marked_encoding
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.libraries import need

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_UNSEEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "canvas",
        "iframe",
        "object",
        "select",
        "option",
        "textarea",
        "math",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_TITLES, _DATES = ("og:title",), ("article:published_time", "date", "dc.date", "pubdate")


def read_html(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The document of an HTML file, with the title, the address and the date that the page itself states.

    `options.html` is `blocks`, every block of text on a line of its own, or `main`, what trafilatura takes for the main
    text; it leaves out navigation, and on pages with many teasers some of these too.
    """
    yield html_record(_decoded(file.read(), file.name), file.name, options, source=file.name)


def html_record(
    page: str, where: str, options: ImportOptions, *, source: str, meta: dict[str, str] | None = None
) -> Record | BadRecord:
    """The record of one HTML page.

    Args:
        page: The HTML.
        where: The place, as errors name it.
        options: Says which text is kept.
        source: The source where the page states none.
        meta: More to be known of the document.
    """
    reader = _PageReader()
    reader.feed(page)
    reader.close()
    text = _main_text(page) if options.html == "main" else reader.text()
    if not text.strip():
        return BadRecord(where, tr("{where}: the page holds no text.", where=where))
    try:
        document = make_document(
            text,
            title=reader.title or next((reader.meta[key] for key in _TITLES if key in reader.meta), ""),
            source=source if "//" in source else reader.address or source,
            published=next((reader.meta[key] for key in _DATES if key in reader.meta), ""),
            meta=meta,
        )
    except InputError as error:
        return BadRecord(where, f"{where}: {error}")
    return Record(document)


def _main_text(page: str) -> str:
    need("trafilatura")
    from trafilatura import extract

    return extract(page, include_comments=False, include_tables=True, favor_recall=True) or ""


def _decoded(data: bytes, where: str, charset: str = "") -> str:
    """The text of a page by its mark, the charset of the transfer, its own `meta` element, or as any text file."""
    if marked_encoding(data) is None:
        stated = _CHARSET.search(data[:4096])
        for name in (charset, stated.group(1).decode("ascii") if stated else ""):
            try:
                if name:
                    return data.decode(name)
            except (LookupError, UnicodeDecodeError):
                continue
    return decode(data, where)[0]


class _PageReader(HTMLParser):
    """Collects the visible text of a page, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.address = ""
        self.meta: dict[str, str] = {}
        self._lines: list[str] = []
        self._line: list[str] = []
        self._hidden: list[str] = []
        self._open: list[str] = []
        self._in_title = False
        self._exact = 0

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Take `<![` and whatever follows for a comment, as browsers do, where the parser knows no such section."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def text(self) -> str:
        """The blocks, each on a line, one blank line where a paragraph or heading ended."""
        self._end_line()
        return "\n".join(self._lines).strip("\n") + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._notice(tag, told)
        if tag in _VOID:
            if tag in _BLOCKS and not self._hidden:
                self._end_line()
            return
        unseen = tag in _UNSEEN or "hidden" in told or told.get("aria-hidden") == "true"
        unseen = unseen or "display:none" in told.get("style", "").replace(" ", "").lower()
        if self._hidden or (unseen and tag not in ("html", "body")):
            self._hidden.append(tag)
            return
        if tag in _BLOCKS:
            self._end_line()
        self._exact += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._hidden:
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    pass
            return
        if tag in _BLOCKS:
            self._end_line()
            if tag in (
                "p",
                "h1",
                "h2",
                "h3",
                "h4",
                "h5",
                "h6",
                "article",
                "section",
                "ul",
                "ol",
                "table",
                "blockquote",
            ):
                self._end_paragraph()
        if tag == "pre":
            self._exact = max(self._exact - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title = _BLANKS.sub(" ", self.title + data).strip()
        if self._hidden:
            return
        if self._exact:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self._lines.append("".join(self._line).rstrip())
                self._line = [line]
        else:
            self._line.append(_BLANKS.sub(" ", data))

    def _notice(self, tag: str, told: dict[str, str]) -> None:
        if tag == "title" and not self.title:
            self._in_title = True
        elif tag == "meta" and (name := (told.get("property") or told.get("name") or told.get("itemprop") or "")):
            self.meta.setdefault(name.lower(), told.get("content", "").strip())
        elif tag == "link" and told.get("rel", "").lower() == "canonical":
            self.address = told.get("href", "").strip()

    def _end_line(self) -> None:
        line = re.sub(" {2,}", " ", "".join(self._line)).strip(" ") if not self._exact else "".join(self._line)
        self._line = []
        if line:
            self._lines.append(line)

    def _end_paragraph(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")


def decode_page(data: bytes, where: str, charset: str = "") -> str:
    """The text of an HTML page from its bytes.

    Args:
        data: The page.
        where: The place, as errors name it.
        charset: What the transfer said of its encoding; empty where it said nothing.

    Raises:
        InputError: No encoding can be told.
    """
    return _decoded(data, where, charset)
