"""The encoding of text files: by byte order mark, else UTF-8, else a good guess that is reported."""

import codecs

from annotator.core.errors import InputError
from annotator.core.words import tr

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def marked_encoding(head: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and the length of the mark in bytes; None without a mark."""
    return next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), None)


def decode(data: bytes, where: str) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    Args:
        data: The whole file.
        where: The file, as errors name it.

    Raises:
        InputError: The bytes do not fit the encoding that their mark names, or no encoding can be told.
    """
    if marked := marked_encoding(data):
        name, length = marked
        try:
            return data[length:].decode(name), name
        except UnicodeDecodeError as error:
            raise InputError(
                tr(
                    "{where}: the file is marked as {name}, but byte {n} does not fit.",
                    where=where,
                    name=name,
                    n=error.start,
                )
            ) from None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise InputError(tr("{where}: neither UTF-8 nor any encoding that can be told; save it as UTF-8.", where=where))
    return str(best), best.encoding
