"""JSON Lines and JSON lists of any size, one value at a time."""

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.encoding import marked_encoding
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord
from annotator.exchange.strict_json import MAX_LINE, parse_json, parse_object

_BLANKS = " \t\n\r"


def lines_of(file: RawFile) -> Iterator[tuple[str, str | BadRecord]]:
    r"""The lines of a text file with their places, split at `\n` alone, without their ends. Memory holds one line.

    A line that is not in the encoding of the file, or longer than `MAX_LINE` bytes, comes as a `BadRecord`.
    """
    encoding, skip = marked_encoding(file.head()) or ("utf-8", 0)
    with file.open() as stream:
        stream.read(skip)
        lines = _byte_lines(stream) if encoding == "utf-8" else _wide_lines(stream, encoding)
        for number, raw in enumerate(lines, 1):
            where = f"{file.name}:{number}"
            if raw is None:
                reason = tr("{where}: the line is longer than {n} bytes.", where=where, n=MAX_LINE)
                yield where, BadRecord(where, reason)
            elif isinstance(raw, str):
                yield where, raw
            else:
                try:
                    yield where, raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    reason = tr("{where}: byte {n} is not UTF-8.", where=where, n=error.start)
                    yield where, BadRecord(where, reason, raw.decode("utf-8", "backslashreplace"))


def _byte_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
            yield None
        else:
            yield line.removesuffix(b"\n").removesuffix(b"\r")


def _wide_lines(stream: BinaryIO, encoding: str) -> Iterator[str | None]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    while data := stream.read(1 << 20):
        *whole, rest = (rest + decoder.decode(data)).split("\n")
        for line in whole:
            yield line.removesuffix("\r")
        if len(rest) > MAX_LINE:
            yield None
            return
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


def read_objects(
    file: RawFile, convert: Callable[[dict[str, Any], str], Iterator[Record | BadRecord]], *, pairs: bool = False
) -> Iterator[Record | BadRecord]:
    """What `convert` makes of every object in a file of JSON lines or in one JSON list; bad ones are reported.

    Args:
        file: JSON lines, a JSON list of objects, or one object.
        convert: Gets an object and its place; may raise `InputError`, which makes the object a `BadRecord`.
        pairs: Take a list of a text and an object for that object with the text in it, as spaCy's examples once were.
    """
    for where, value, raw in _objects(file, pairs=pairs):
        if isinstance(value, BadRecord):
            yield value
            continue
        try:
            yield from convert(value, where)
        except InputError as error:
            yield BadRecord(where, str(error), raw)


def _objects(file: RawFile, *, pairs: bool) -> Iterator[tuple[str, dict[str, Any] | BadRecord, str]]:
    if is_json_list(file.head()):
        yield from _list_items(file, pairs=pairs)
        return
    if _is_one_value(file):
        where = file.name
        yield where, parse_object(_decoded(file), where), ""
        return
    for where, line in lines_of(file):
        if isinstance(line, BadRecord):
            yield where, line, ""
        elif line.strip(_BLANKS):
            try:
                yield where, parse_object(line, where), line
            except InputError as error:
                yield where, BadRecord(where, str(error), line), ""


def is_json_list(head: bytes) -> bool:
    """Whether a file starts like a JSON list."""
    return _start_of(head).startswith("[")


def _start_of(head: bytes) -> str:
    encoding, skip = marked_encoding(head) or ("utf-8", 0)
    return head[skip:].decode(encoding, "ignore").lstrip(_BLANKS)


def _is_one_value(file: RawFile) -> bool:
    """Whether the file is one JSON object over several lines, by its name and its first line."""
    start = _start_of(file.head())
    if file.suffix != ".json" or "\n" not in start:
        return False
    try:
        json.loads(start.split("\n", 1)[0])
    except (ValueError, RecursionError):
        return True
    return False


def _decoded(file: RawFile) -> str:
    data = file.read(MAX_LINE)
    encoding, skip = marked_encoding(data) or ("utf-8", 0)
    try:
        return data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        reason = tr("{where}: byte {n} is not {name}.", where=file.name, n=error.start, name=encoding)
        raise InputError(reason) from None


def _list_items(file: RawFile, *, pairs: bool) -> Iterator[tuple[str, dict[str, Any] | BadRecord, str]]:
    for number, text in enumerate(_split_list(file), 1):
        where = tr("{name}, item {n}", name=file.name, n=number)
        try:
            yield where, _pair(text, where) if pairs and text.startswith("[") else parse_object(text, where), text
        except InputError as error:
            yield where, BadRecord(where, str(error), text), ""


def _pair(text: str, where: str) -> dict[str, Any]:
    match parse_json(text, where):
        case [str(raw), dict(rest)]:
            return {**rest, "text": raw}
    raise InputError(tr("{where}: a list holds a text and an object, as spaCy's examples once did.", where=where))


def _split_list(file: RawFile) -> Iterator[str]:
    """The texts of the items of a JSON list. Memory holds one item and a piece of the file.

    Raises:
        InputError: The list is broken, so that the rest of it cannot be told apart.
    """
    encoding, skip = marked_encoding(file.head()) or ("utf-8", 0)
    with file.open() as stream:
        stream.read(skip)
        pieces = _Pieces(file.name, stream, encoding)
        pieces.expect("[")
        if pieces.next_character() == "]":
            return
        while True:
            yield pieces.value()
            if pieces.expect(",]") == "]":
                return


class _Pieces:
    """Reads a JSON text piece by piece; a value that is not whole yet is tried again with twice as much."""

    def __init__(self, name: str, stream: BinaryIO, encoding: str) -> None:
        self._name = name
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._text = ""
        self._at = 0
        self._ended = False

    def next_character(self) -> str:
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANKS:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                raise self._broken(tr("the list is not closed"))

    def expect(self, characters: str) -> str:
        found = self.next_character()
        if found not in characters:
            raise self._broken(
                tr("{wanted} was expected before {found}", wanted=" or ".join(characters), found=repr(found))
            )
        self._at += 1
        return found

    def value(self) -> str:
        self.next_character()
        while True:
            try:
                _, end = _PLAIN.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._broken(tr("it is nested too deeply")) from None
            except ValueError as error:
                if len(self._text) - self._at > MAX_LINE or not self._more():
                    raise self._broken(str(error)) from None
                continue
            start, self._at = self._at, end
            return self._text[start:end]

    def _more(self) -> bool:
        """Read as much again as is waiting, at least a piece; False at the end of the file."""
        if self._ended:
            return False
        waiting = self._text[self._at :]
        data = self._stream.read(max(_PIECE, len(waiting)))
        self._ended = not data
        try:
            self._text = waiting + self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise self._broken(str(error)) from None
        self._at = 0
        return not self._ended

    def _broken(self, reason: str) -> InputError:
        return InputError(tr("{name}: not a whole JSON list: {reason}.", name=self._name, reason=reason))


_PIECE = 1 << 18
_PLAIN = json.JSONDecoder()
