"""Files that the user names to be written: never over a corpus, and never half of one."""

import sqlite3
from pathlib import Path

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.exchange.writing import writing_bytes
from annotator.store.connection import application_id


def check_target(out: Path) -> None:
    """Refuse to write over a corpus, or to a path that names no file.

    Raises:
        InputError: A corpus or another database stands there, or nothing is named.
    """
    if not out.name:
        raise InputError(tr("“{path}” names no file; nothing was written.", path=out))
    try:
        taken = out.is_file() and application_id(out) is not None
    except (OSError, sqlite3.OperationalError):
        return
    except sqlite3.DatabaseError:
        taken = True
    if taken:
        raise InputError(tr("“{path}” is a corpus or another database; it was left as it is.", path=out))


def write_file(out: Path, body: bytes | str) -> None:
    """Write a file as a whole, beside and renamed; text as UTF-8, its line ends as they are.

    Raises:
        InputError: A corpus stands there, or the file cannot be written; what was there before is kept.
    """
    check_target(out)
    data = body.encode() if isinstance(body, str) else body
    try:
        if out.exists() and not out.is_file():
            out.write_bytes(data)  # a pipe or a terminal, which a file must not replace
            return
        out.parent.stat()  # A folder that is not there is a slip of the pen: it is not made.
        with writing_bytes(out) as stream:
            stream.write(data)
    except OSError as error:
        raise InputError(tr("{path} cannot be written ({error}).", path=out, error=error.strerror)) from error
