"""What a corpus holds, counted."""

from dataclasses import asdict, dataclass
from typing import Any

from annotator.core.record import GOLD
from annotator.store.corpus import Corpus
from annotator.store.migrations import FILE_VERSION

_KINDS = ("document", "boundary", "span")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a corpus holds."""

    name: str
    file_version: int
    schema: str
    schema_version: int
    documents: int
    characters: int
    """Code points of all texts together."""
    statuses: dict[str, dict[str, int]]
    """Documents by status, for each annotator; those given to them that they have not opened yet count as to do."""
    unopened: int
    """Documents that no annotator has opened; gold is no annotator."""
    unassigned: int
    """Documents given to nobody."""
    marks: dict[str, dict[str, dict[str, int]]]
    """Marks by annotator, layer and label; rejections are left out."""
    rejections: dict[str, int]
    """Rejections by annotator."""
    proposals: dict[str, dict[str, dict[str, int]]]
    """Proposed marks by proposer, layer and label."""
    gold: int
    """Documents with finished gold."""
    edits: int

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def count_corpus(corpus: Corpus) -> Counts:
    """Count what `corpus` holds."""
    documents, characters = corpus.query("SELECT count(*), coalesce(sum(length), 0) FROM documents")[0]
    statuses: dict[str, dict[str, int]] = {name: {} for name in corpus.annotators()}
    for name, status, n in corpus.query(
        "SELECT name, status, count(*) FROM annotations JOIN annotators ON id = annotator GROUP BY name, status"
    ):
        statuses[name][status] = n
    given = dict(
        corpus.query(
            "SELECT name, sum(n.status IS NULL) FROM assignments x JOIN annotators a ON a.id = x.annotator "
            "LEFT JOIN annotations n ON n.seq = x.seq AND n.annotator = x.annotator GROUP BY name"
        )
    )
    for name, untouched in given.items():
        if untouched:
            statuses[name]["todo"] = statuses[name].get("todo", 0) + untouched
    marks: dict[str, dict[str, dict[str, int]]] = {}
    rejections: dict[str, int] = {}
    for name, layer, label, rejected, n in corpus.query(
        "SELECT name, layer, label, rejected, count(*) FROM marks JOIN annotators ON id = annotator "
        "GROUP BY name, layer, label, rejected ORDER BY name, layer, label"
    ):
        if rejected:
            rejections[name] = rejections.get(name, 0) + n
        else:
            marks.setdefault(name, {}).setdefault(layer, {})[label] = n
    proposals: dict[str, dict[str, dict[str, int]]] = {}
    for proposer, layer, label, n in corpus.query(
        "SELECT trim(name || ' ' || version), layer, label, count(*) FROM proposals JOIN proposers ON id = proposer "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ):
        proposals.setdefault(proposer, {}).setdefault(layer, {})[label] = n
    return Counts(
        name=corpus.name,
        file_version=FILE_VERSION,
        schema=corpus.schema.name,
        schema_version=corpus.schema.version,
        documents=documents,
        characters=characters,
        statuses=statuses,
        unopened=corpus.query(
            "SELECT count(*) FROM documents WHERE seq NOT IN "
            "(SELECT seq FROM annotations JOIN annotators ON id = annotator WHERE name <> ?)",
            GOLD,
        )[0][0],
        unassigned=corpus.query("SELECT count(*) FROM documents WHERE seq NOT IN (SELECT seq FROM assignments)")[0][0],
        marks=marks,
        rejections=rejections,
        proposals=proposals,
        gold=statuses.get(GOLD, {}).get("done", 0),
        edits=corpus.query("SELECT count(*) FROM edits")[0][0],
    )


def proposers_in(corpus: Corpus) -> list[str]:
    """The proposers whose proposals the corpus holds, by name and version, in order."""
    asked = (
        "SELECT trim(name || ' ' || version) FROM proposers "
        "WHERE EXISTS (SELECT 1 FROM proposals WHERE proposer = proposers.id) ORDER BY 1"
    )
    return [name for (name,) in corpus.query(asked)]
