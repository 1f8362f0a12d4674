"""A document: one imported page of raw text that never changes, and what an offset into it is.

An offset counts Unicode code points of the stored text, as Python's `str` does. Ends are exclusive.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.core.errors import InputError
from annotator.core.words import tr

MAX_TEXT = 50_000_000
"""Longest text of one document, in code points."""


@dataclass(frozen=True, slots=True)
class Document:
    """One imported page."""

    id: str
    """SHA-256 of the normalised text in UTF-8, as 64 hexadecimal digits."""
    text: str
    title: str = ""
    source: str = ""
    published: str = ""
    """Date of publication as the source gave it, ISO 8601 where it could be read."""
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash(self.id)


def normalize_text(raw: str) -> str:
    r"""The text as it is stored: CRLF and lone CR become LF, leading U+FEFF are dropped.

    Normalising twice changes nothing. Every other character is kept, NUL, U+2028 and NBSP among them.

    Raises:
        InputError: The text holds a lone surrogate, which no UTF-8 file can store, or is too long.
    """
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            tr(
                "The text holds half of a surrogate pair (U+{code}) at character {position}, which cannot be stored; "
                "save the source as UTF-8 and import it again.",
                code=f"{ord(raw[error.start]):04X}",
                position=error.start,
            )
        ) from None
    text = raw.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if len(text) > MAX_TEXT:
        raise InputError(
            tr(
                "The text has {n} characters; at most {limit} fit in one document.",
                n=len(text),
                limit=MAX_TEXT,
            )
        )
    return text


def text_id(text: str) -> str:
    """The id of a document with this normalised text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def first_line(text: str, limit: int = 80) -> str:
    """The first line with something on it, cut after a word near `limit` characters: a title for untitled pages."""
    head = text[: 20 * limit].strip().split("\n", 1)[0].strip()
    head = " ".join(head.split())
    if len(head) <= limit:
        return head
    cut = head.rfind(" ", limit // 2, limit)
    return head[: cut if cut > 0 else limit].rstrip() + "…"


def make_document(
    raw: str, *, title: str = "", source: str = "", published: str = "", meta: Mapping[str, str] | None = None
) -> Document:
    r"""A document from text as it came in.

    Half surrogates in title, source, date or `meta`, such as a file name that is not UTF-8 has, are written out as
    `\udce9`, so that they can be stored.

    Raises:
        InputError: As `normalize_text`.
    """
    text = normalize_text(raw)
    return Document(
        id=text_id(text),
        text=text,
        title=_storable(title) or first_line(text),
        source=_storable(source),
        published=_storable(published),
        meta=MappingProxyType({_storable(key): _storable(value) for key, value in (meta or {}).items()}),
    )


def _storable(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
