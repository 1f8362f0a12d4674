"""Files and folders that are written beside their place and renamed, so that a crash leaves no half file."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, TextIO

from annotator.core.errors import InputError
from annotator.core.words import tr

MANIFEST = "manifest.json"
"""Names every file of a folder that an export wrote, with its SHA-256 and size."""


@contextmanager
def writing_bytes(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises:
        InputError: The file cannot be written there.
    """
    beside = _beside(path)
    try:
        try:
            stream = beside.open("xb")
        except OSError as error:
            raise _refused(path, error) from None
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        try:
            beside.replace(path)
        except OSError as error:
            raise _refused(path, error) from None
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def writing_text(path: Path) -> Iterator[TextIO]:
    r"""As `writing_bytes`, for UTF-8 text without a byte order mark, lines ended by `\n`."""
    import io

    with writing_bytes(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="\n", write_through=False)
        try:
            yield text
        finally:
            text.flush()
            text.detach()


@contextmanager
def writing_folder(path: Path) -> Iterator[Path]:
    """A folder that takes the place of `path` when the block ends well; a manifest is added to it.

    A folder that stands there already makes way when it is empty or holds just what its own manifest names.

    Raises:
        InputError: The folder there holds other files, or it cannot be written.
    """
    path = path.absolute()
    if path.exists() and not _may_replace(path):
        raise InputError(
            tr(
                "“{path}” holds files that no export wrote; nothing was written. Name an empty or new folder.",
                path=path,
            )
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_left(path)
        beside = Path(tempfile.mkdtemp(".part", f".{path.name}.{os.getpid()}.", path.parent))
        beside.chmod(0o777 & ~_umask())
    except OSError as error:
        raise _refused(path, error) from None
    try:
        yield beside
        write_manifest(beside)
        if path.exists():
            old = beside.with_name(beside.name + ".old")
            path.rename(old)
            beside.rename(path)
            shutil.rmtree(old)
        else:
            beside.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_manifest(folder: Path) -> None:
    """Name every file of a folder with its SHA-256 and its size in bytes, sorted by path."""
    files = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file != folder / MANIFEST:
            with file.open("rb") as stream:
                digest = file_digest(stream, "sha256").hexdigest()
            files[file.relative_to(folder).as_posix()] = {"sha256": digest, "bytes": file.stat().st_size}
    text = json.dumps({"files": files}, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8", newline="\n")


def _may_replace(path: Path) -> bool:
    if not path.is_dir() or path.is_symlink():
        return False
    there = {file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir() or file.is_symlink()}
    if not there:
        return True
    try:
        named = set(json.loads((path / MANIFEST).read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return there <= named | {MANIFEST}


def _beside(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from None
    _clear_left(path)
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _clear_left(path: Path) -> None:
    """Remove what writers of this file or folder left beside it when they were killed."""
    begun = f".{path.name}."
    for left in path.parent.iterdir():
        number = left.name.removeprefix(begun).split(".", 1)[0]
        if not (
            left.name.startswith(begun) and left.name.endswith(".part") and number.isascii() and number.isdecimal()
        ):
            continue
        if _is_running(int(number[:9])):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    """Whether there is a process of that number; True where that cannot be asked."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(path: Path, error: OSError) -> InputError:
    return InputError(tr("“{path}” cannot be written: {error}.", path=path, error=error.strerror or error))
