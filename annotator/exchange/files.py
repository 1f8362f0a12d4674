"""The files behind the paths a user names: single files, folders, zip files and standard input, within limits."""

import io
import lzma
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NoReturn

from annotator.core.errors import InputError
from annotator.core.words import tr

HEAD = 1 << 20
"""Bytes of a file that are looked at to recognise its format."""
MAX_FILE = 400_000_000
"""Largest file that is held in memory as a whole, in bytes. Files read line by line may be of any size."""
MAX_ZIP_MEMBERS = 200_000
MAX_ZIP_BYTES = 20_000_000_000
"""Most bytes a zip file may unpack to."""
MAX_ZIP_RATIO = 200
"""How many times its packed size a member of more than a megabyte may be."""
STANDARD_INPUT = "-"


@dataclass(frozen=True)
class RawFile:
    """One file of input, wherever it lies."""

    name: str
    """As the user knows it: relative to the path that was named, `pages.zip/a.txt`, or `standard input`."""
    open: Callable[[], AbstractContextManager[BinaryIO]]
    """The bytes from the start. Standard input can be opened once."""
    head: Callable[[], bytes]
    """The first `HEAD` bytes, as often as one likes."""
    size: int | None = None
    """Bytes, where it is known."""
    path: Path | None = None
    """Where it lies on disk, for readers that jump about in it."""
    named: bool = True
    """Whether the user named this very file, not only its folder."""
    beside: Callable[[str], "RawFile | None"] = field(default=lambda name: None)
    """The file of that name in the same folder."""

    @property
    def suffix(self) -> str:
        """The ending of the name in lower case, such as `.jsonl`; `.gz` is joined to the one before."""
        suffixes = [suffix.lower() for suffix in PurePosixPath(self.name).suffixes[-2:]]
        return "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])

    def read(self, limit: int = MAX_FILE) -> bytes:
        """All its bytes.

        Raises:
            InputError: There are more than `limit`.
        """
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(
                tr(
                    "{name}: the file is larger than {n} bytes, which is too large to read whole.",
                    name=self.name,
                    n=limit,
                )
            )
        return data


def files_in(
    paths: Sequence[str | Path],
    skipped: Counter[str],
    stdin: BinaryIO | None = None,
    apart: Collection[tuple[int, int]] = (),
) -> Iterator[RawFile]:
    """The files behind paths, in the order of the paths, folders by sorted name.

    Hidden files, links that lead out of the folder and other things that are no files are counted in `skipped`.

    Args:
        paths: Files, folders, zip files, or `-` for standard input.
        skipped: Counts what was left out, by reason.
        stdin: What `-` stands for.
        apart: Device and number of files that must not be opened; they are skipped and counted.

    Raises:
        InputError: A path does not exist; nothing was read. A file or zip file that is broken or over the limits raises
            its `InputError` when it is opened, so that the others can go on.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            if stdin is None:
                raise InputError(tr("There is no standard input to read."))
        elif not Path(path).exists():
            raise InputError(tr("There is no file or folder “{path}”; nothing was imported.", path=path))
    return _walk_all(list(paths), skipped, stdin, apart)


def _walk_all(
    paths: Sequence[str | Path], skipped: Counter[str], stdin: BinaryIO | None, apart: Collection[tuple[int, int]]
) -> Iterator[RawFile]:
    for path in paths:
        if stdin is not None and str(path) == STANDARD_INPUT:
            yield _from_stream(tr("standard input"), stdin)
        elif Path(path).is_dir():
            yield from _from_folder(Path(path), skipped, apart)
        elif _is_apart(Path(path), apart):
            skipped[tr("files of the corpus itself")] += 1
        else:
            yield from _unpacked(_from_path(Path(path), Path(path).name), skipped)


def _from_path(path: Path, name: str, *, named: bool = True) -> RawFile:
    def head() -> bytes:
        try:
            with path.open("rb") as stream:
                return stream.read(HEAD)
        except OSError as error:
            raise InputError(tr("{name}: cannot be read: {error}.", name=name, error=error.strerror)) from None

    def beside(other: str) -> RawFile | None:
        sibling = path.with_name(other)
        return _from_path(sibling, str(PurePosixPath(name).with_name(other))) if sibling.is_file() else None

    try:
        size = path.stat().st_size
    except OSError:
        size = None
    return RawFile(name, lambda: path.open("rb"), head, size, path, named, beside)


def _from_stream(name: str, stream: BinaryIO) -> RawFile:
    start: list[bytes] = []

    def head() -> bytes:
        if not start:
            start.append(_read_up_to(stream, HEAD))
        return start[0]

    def reopened() -> BinaryIO:
        return io.BufferedReader(_Prefixed(head(), stream))

    return RawFile(name, reopened, head)


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Prefixed(io.RawIOBase):
    """Bytes that were read already, then the stream they came from, which stays open."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start = memoryview(start)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data: bytes | memoryview = self._start[: len(buffer)]
        if data:
            self._start = self._start[len(data) :]
        else:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _is_apart(path: Path, apart: Collection[tuple[int, int]]) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) in apart


def _from_folder(folder: Path, skipped: Counter[str], apart: Collection[tuple[int, int]]) -> Iterator[RawFile]:
    root = folder.resolve()
    for here, folders, names in os.walk(folder):
        for name in list(folders):
            if name.startswith("."):
                skipped[tr("hidden folders")] += 1
                folders.remove(name)
            elif Path(here, name).is_symlink():
                skipped[tr("links to folders")] += 1
                folders.remove(name)
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith("."):
                skipped[tr("hidden files")] += 1
            elif path.is_symlink() and not path.resolve().is_relative_to(root):
                skipped[tr("links out of the folder")] += 1
            elif not path.is_file():
                skipped[tr("things that are no files")] += 1
            elif _is_apart(path, apart):
                skipped[tr("files of the corpus itself")] += 1
            else:
                shown = (Path(folder.name) / path.relative_to(folder)).as_posix()
                yield from _unpacked(_from_path(path, shown, named=False), skipped)


def _unpacked(file: RawFile, skipped: Counter[str]) -> Iterator[RawFile]:
    if file.path is not None and file.suffix == ".zip":
        yield from _from_zip(file, skipped)
    else:
        yield file


def _from_zip(file: RawFile, skipped: Counter[str]) -> Iterator[RawFile]:
    assert file.path is not None
    try:
        archive = zipfile.ZipFile(file.path)
    except (zipfile.BadZipFile, OSError) as error:
        yield _broken(file, tr("{name}: not a zip file that can be read: {error}.", name=file.name, error=error))
        return
    with archive:
        members = sorted(archive.infolist(), key=lambda member: member.filename)
        if len(members) > MAX_ZIP_MEMBERS:
            reason = tr("{name}: the zip file has more than {n} members.", name=file.name, n=MAX_ZIP_MEMBERS)
            yield _broken(file, reason)
            return
        if sum(member.file_size for member in members) > MAX_ZIP_BYTES:
            reason = tr("{name}: the zip file unpacks to more than {n} bytes.", name=file.name, n=MAX_ZIP_BYTES)
            yield _broken(file, reason)
            return
        by_name = {member.filename: member for member in members}
        for member in members:
            if member.is_dir():
                continue
            if why_not := _why_not(member):
                skipped[why_not] += 1
            else:
                yield _from_member(archive, member, by_name, file.name)


def _broken(file: RawFile, reason: str) -> RawFile:
    def refuse() -> NoReturn:
        raise InputError(reason)

    return RawFile(file.name, refuse, refuse, file.size, None, file.named)


def _why_not(member: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return tr("zip members whose path leaves the archive")
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return tr("hidden files")
    if stat.S_ISLNK(member.external_attr >> 16):
        return tr("links in zip files")
    if member.flag_bits & 1:
        return tr("encrypted zip members")
    if member.file_size > 1_000_000 and member.file_size > MAX_ZIP_RATIO * max(member.compress_size, 1):
        return tr("zip members packed more than {n} to 1", n=MAX_ZIP_RATIO)
    if member.filename.lower().endswith(".zip"):
        return tr("zip files inside zip files")
    return None


class _Unpacked(io.RawIOBase):
    """The bytes of a zip member; what is broken inside it is said in a sentence when it is reached."""

    def __init__(self, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._name = name
        with self._said():
            self._stream = archive.open(member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with self._said():
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        # What zipfile raises for damaged members, for methods of packing it does not know, and for other disks.
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError) as error:
            reason = tr("{name}: cannot be unpacked: {error}.", name=self._name, error=str(error)[:200])
            raise InputError(reason) from None


def _from_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, by_name: dict[str, zipfile.ZipInfo], outer: str
) -> RawFile:
    def opened() -> BinaryIO:
        return io.BufferedReader(_Unpacked(f"{outer}/{member.filename}", archive, member))

    def head() -> bytes:
        with opened() as stream:
            return _read_up_to(stream, HEAD)

    def beside(other: str) -> RawFile | None:
        sibling = by_name.get(str(PurePosixPath(member.filename).with_name(other)))
        return None if sibling is None or _why_not(sibling) else _from_member(archive, sibling, by_name, outer)

    return RawFile(f"{outer}/{member.filename}", opened, head, member.file_size, None, False, beside)
