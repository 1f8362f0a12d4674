"""What proposers put forward."""

import json
from collections.abc import Collection, Iterable, Sequence

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Mark
from annotator.core.proposal import Proposal
from annotator.core.words import tr
from annotator.store.corpus_file import CorpusFile
from annotator.store.doubts import update_doubt
from annotator.store.journal import now
from annotator.store.rows import (
    mark_to_row,
    proposal_from_row,
)
from annotator.store.transfer import check_proposals


class Proposals(CorpusFile):
    """The proposals of a corpus file."""

    def proposals(self, document_id: str) -> list[Proposal]:
        """What was put forward on this document."""
        rows = self._all(
            'SELECT kind, layer, start, "end", label, score, reason, name, version FROM proposals p '
            "JOIN proposers r ON r.id = p.proposer WHERE seq = (SELECT seq FROM documents WHERE id = ?) "
            'ORDER BY p.proposer, kind, layer, start, "end", label',
            document_id,
        )
        return [proposal_from_row(*row) for row in rows]

    def to_propose(self, name: str, version: str, *, force: bool = False) -> list[str]:
        """The documents that this version of a proposer has not seen yet; all of them with `force`."""
        if force:
            return [id_ for (id_,) in self._all("SELECT id FROM documents ORDER BY seq")]
        rows = self._all(
            "SELECT id FROM documents WHERE seq NOT IN (SELECT p.seq FROM proposed p JOIN proposers r "
            "ON r.id = p.proposer WHERE p.name = ? AND r.version = ?) ORDER BY seq",
            name,
            version,
        )
        return [id_ for (id_,) in rows]

    def save_proposals(
        self,
        name: str,
        version: str,
        items: Iterable[tuple[Document, Sequence[Proposal]]],
        *,
        layers: Collection[str] | None = None,
    ) -> int:
        """Put what a proposer gave in the place of what it gave before, in one transaction; say how many marks.

        Of a mark given twice the better score is kept. Nobody else can write while `items` is read.

        Args:
            name: Name of the proposer, one word.
            version: Its version.
            items: Documents, each with what was proposed for it.
            layers: The layers it was run for: what it gave for others before stays. None for all.

        Raises:
            InputError: A proposed mark does not fit the schema, the text or `layers`, or a score does not lie between
                0 and 1.
        """
        if " " in name or not name:
            raise InputError(tr("A proposer's name is one word; “{name}” is not.", name=name))
        count = 0
        limits = None if layers is None else json.dumps(sorted(layers))
        with self._writing(durable=False):
            key = self.proposer_key(name, version)
            for document, proposals in items:
                seq = self.seq(document.id)
                where = tr("{name}, page {id}", name=name, id=document.id[:12])
                check_proposals(proposals, self.schema, document.text, where)
                if layers is not None and any(item.mark.layer not in layers for item in proposals):
                    raise InputError(tr("{where}: a proposal for a layer that was not asked for.", where=where))
                best: dict[Mark, Proposal] = {}
                for item in sorted(proposals, key=lambda item: item.score or 0.0):
                    best[item.mark] = item
                self._connection.execute(
                    "DELETE FROM proposals WHERE seq = ? AND proposer IN (SELECT id FROM proposers WHERE name = ?) "
                    "AND (? IS NULL OR layer IN (SELECT value FROM json_each(?)))",
                    (seq, name, limits, limits),
                )
                insert = "INSERT OR REPLACE INTO proposed VALUES (?, ?, ?, ?)"
                self._connection.execute(insert, (seq, name, key, now()))
                self._connection.executemany(
                    "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(seq, key, *mark_to_row(item.mark)[:5], item.score, item.reason) for item in best.values()],
                )
                update_doubt(self._connection, seq)
                count += len(best)
        return count

    def proposer_key(self, name: str, version: str) -> int:
        """The row of a proposer, made on first use; inside a transaction."""
        insert = "INSERT OR IGNORE INTO proposers (name, version, first_used) VALUES (?, ?, ?)"
        self._connection.execute(insert, (name, version, now()))
        find = "SELECT id FROM proposers WHERE name = ? AND version = ?"
        return int(self._connection.execute(find, (name, version)).fetchone()[0])
