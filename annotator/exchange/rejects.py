"""Bad records kept in a file, so that they can be mended and imported again."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.words import tr
from annotator.exchange.format import BadRecord
from annotator.exchange.strict_json import dump_json
from annotator.exchange.writing import writing_text


def only_good(
    records: Iterable[Record | BadRecord], *, rejects: Path | None = None, strict: bool = False
) -> Iterator[Record]:
    """The records that can be used.

    Args:
        records: What a reader gave.
        rejects: A file that gets a JSON line for each bad record: `where`, `reason`, and `raw`, the input itself. It is
            written when the last record was taken, and only if there is a bad one.
        strict: Stop at the first bad record instead.

    Raises:
        InputError: With `strict`, the first bad record; the caller takes back what it has done.
    """
    with ExitStack() as stack:
        out: TextIO | None = None
        for record in records:
            if isinstance(record, Record):
                yield record
            elif strict:
                raise InputError(tr("{reason} Nothing was imported.", reason=record.reason))
            elif rejects is not None:
                out = out or stack.enter_context(writing_text(rejects))
                line = {"where": record.where, "reason": record.reason, "raw": record.raw}
                out.write(dump_json(line).encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
