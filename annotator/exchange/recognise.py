"""Which format a file has, from its content first and its name second."""

from annotator.exchange.files import RawFile

_TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".md", ".markdown"})
_JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})


def recognise(file: RawFile) -> str | None:
    """The name of the format of a file, or None for a file that is not text and that no reader knows.

    A file in a folder is taken as text by its suffix only, so that what lies beside the pages stays out.
    """
    head = file.head()
    suffix = file.suffix
    if suffix in _JSON_SUFFIXES or _starts_like_json_lines(head):
        return "jsonl"
    if file.named or suffix in _TEXT_SUFFIXES:
        return "text"
    return None


def _starts_like_json_lines(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b'{"') and b'":' in start
