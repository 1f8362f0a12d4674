"""The documents of a corpus, one by one and as a queue lists them."""

from dataclasses import dataclass

from annotator.core.annotation import Choice, Status
from annotator.core.document import Document
from annotator.core.errors import CorpusError
from annotator.core.words import tr
from annotator.store.corpus_file import CorpusFile
from annotator.store.rows import (
    document_from_row,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A document as a queue shows it."""

    id: str
    title: str
    source: str
    status: Status
    lowest: float | None = None
    """The lowest score among its proposals, 0.0 to 1.0; None where there are none with a score."""
    doubt: float = 0.0
    """How many of its proposals are wrong, as their scores have it; see `store.doubts`."""
    length: int = 0
    """Code points of its text."""
    choice: Choice = Choice.UNKNOWN
    """How this annotator came to work on it."""


class Documents(CorpusFile):
    """What a corpus file says of its documents."""

    def __len__(self) -> int:
        row = self._one("SELECT count(*) FROM documents")
        return int(row[0]) if row else 0

    def document(self, document_id: str) -> Document:
        """The document with this id.

        Raises:
            CorpusError: There is none.
        """
        row = self._one(
            "SELECT id, text, title, source, published, meta FROM documents JOIN texts USING (seq) WHERE id = ?",
            document_id,
        )
        if row is None:
            raise CorpusError(tr("The corpus has no document {id}.", id=document_id[:12]))
        return document_from_row(*row)

    def summaries(self, annotator: str) -> list[Summary]:
        """All documents in the order of their import, with where this annotator stands."""
        rows = self._all(
            "SELECT d.id, d.title, d.source, coalesce(a.status, 'todo'), u.lowest, coalesce(u.doubt, 0.0), "
            "d.length, coalesce(a.choice, '') "
            "FROM documents d LEFT JOIN annotations a ON a.seq = d.seq "
            "AND a.annotator = (SELECT id FROM annotators WHERE name = ?) "
            "LEFT JOIN uncertainty u ON u.seq = d.seq ORDER BY d.seq",
            annotator,
        )
        statuses = {status.value: status for status in Status}
        choices = {choice.value: choice for choice in Choice}
        return [
            Summary(id_, title, source, statuses[status], lowest, doubt, length, choices[choice])
            for id_, title, source, status, lowest, doubt, length, choice in rows
        ]

    def with_label(self, annotator: str, layer: str, label: str) -> set[str]:
        """The documents on which this annotator, or a proposal, has put this label."""
        rows = self._all(
            "SELECT id FROM documents WHERE seq IN ("
            "SELECT seq FROM marks WHERE rejected = 0 AND layer = ? AND label = ? "
            "AND annotator = (SELECT id FROM annotators WHERE name = ?) "
            "UNION SELECT seq FROM proposals WHERE layer = ? AND label = ?)",
            layer,
            label,
            annotator,
            layer,
            label,
        )
        return {id_ for (id_,) in rows}

    def holding(self, text: str, *, match_case: bool = True) -> list[str]:
        """The documents whose text holds a string, in the order of their import; blanks must be the same.

        Without `match_case` the case of the first word is passed over, where it is mixed among unaccented letters only.
        """
        first = text.split()[0] if text.split() else text
        cases = {first, first.lower(), first.upper(), first.title(), first.casefold()}
        variants = [first] if match_case else sorted(cases)
        tests = ["instr(text, ?) > 0" for _ in variants]
        if not match_case:
            # LIKE passes over the case of unaccented Latin letters, the variants over that of all others.
            tests.append("text LIKE '%' || ? || '%' ESCAPE '\\'")
            variants.append(first.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
        sql = f"SELECT id FROM documents JOIN texts USING (seq) WHERE {' OR '.join(tests)} ORDER BY seq"
        rows = self._all(sql, *variants)
        return [id_ for (id_,) in rows]
