"""What a change of the schema does to a corpus file: marks, rejections and proposals follow their labels, or go.

Every annotation that is touched gets a line in the edit log, so that the log still amounts to the current marks. That
line cannot be undone, and neither can what stands before it: see docs/decisions/0060-schema-changes-and-undo.md.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from annotator.core.annotation import Edit
from annotator.core.errors import SchemaError
from annotator.core.marks import Mark, Rejection
from annotator.core.schema import LayerKind, Schema, schema_from_json
from annotator.core.schema_edits import LabelKey, SchemaChange, moved_mark
from annotator.core.words import tr, trn
from annotator.store.doubts import update_doubt
from annotator.store.journal import write_edit
from annotator.store.rows import labelled_from_row, mark_from_row

if TYPE_CHECKING:
    from annotator.store.corpus import Corpus

_PROGRESS_EVERY = 50
_LISTED = 20
"""Labels named in a refusal."""

_OVERLAPPING = """
SELECT count(*), count(DISTINCT seq) FROM (
    SELECT seq, start, max("end") OVER (
        PARTITION BY seq, annotator ORDER BY start, "end" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reach
    FROM marks WHERE kind = 2 AND rejected = 0 AND layer = ?
) WHERE reach > start
"""
"""Spans that reach into one before them, and the documents they stand in."""

_Page = tuple[int, int]
"""Row of a document and row of an annotator."""


@dataclass(slots=True)
class LabelUse:
    """Where a label is used."""

    marks: dict[str, int] = field(default_factory=dict)
    """Marks by annotator, rejections left out."""
    rejections: dict[str, int] = field(default_factory=dict)
    """Rejections by annotator."""
    proposals: int = 0
    pages: int = 0
    """Documents on which somebody has a mark or a rejection with it."""

    @property
    def total(self) -> int:
        """Marks of all annotators."""
        return sum(self.marks.values())

    @property
    def unused(self) -> bool:
        """Whether nothing in the corpus has this label."""
        return not (self.marks or self.rejections or self.proposals)


@dataclass(slots=True)
class ChangeReport:
    """What came of a change of the schema. All counts are of marks, but for the last two."""

    relabelled: int = 0
    removed: int = 0
    rejections_relabelled: int = 0
    rejections_removed: int = 0
    proposals_relabelled: int = 0
    proposals_removed: int = 0
    annotations: int = 0
    """Annotations (one annotator on one document) whose marks changed."""
    cleared: int = 0
    """Annotations whose marks stayed and whose earlier edits name a changed label, so they cannot be undone now."""


def label_uses(corpus: "Corpus") -> dict[LabelKey, LabelUse]:
    """Which labels are used, by layer and label; labels that nothing has are not listed."""
    found: defaultdict[LabelKey, LabelUse] = defaultdict(LabelUse)
    for layer, label, name, rejected, n in corpus.query(
        "SELECT layer, label, name, rejected, count(*) FROM marks JOIN annotators ON id = annotator "
        "GROUP BY layer, label, name, rejected"
    ):
        use = found[layer, label]
        (use.rejections if rejected else use.marks)[name] = n
    for layer, label, n in corpus.query("SELECT layer, label, count(DISTINCT seq) FROM marks GROUP BY layer, label"):
        found[layer, label].pages = n
    for layer, label, n in corpus.query("SELECT layer, label, count(*) FROM proposals GROUP BY layer, label"):
        found[layer, label].proposals = n
    return dict(found)


def write_schema_change(
    corpus: "Corpus",
    connection: sqlite3.Connection,
    change: SchemaChange,
    progress: Callable[[int, int | None], None] | None,
) -> ChangeReport:
    """Let marks, rejections and proposals follow a change, inside the transaction that is open.

    The schema itself is not saved. See `Corpus.change_schema`.
    """
    body = connection.execute("SELECT body FROM schemas ORDER BY serial DESC LIMIT 1").fetchone()
    if body is None or schema_from_json(json.loads(body[0])) != change.before:
        raise SchemaError(
            tr("The schema was changed by another program meanwhile; open it again. Nothing was changed.")
        )
    if refusal := left_over(corpus, change.after, change.moves):
        raise SchemaError(refusal)
    _check_kinds(connection, change)
    report = ChangeReport()
    if change.moves:
        pages = _touched(connection, "marks", "seq, annotator", change.moves)
        proposed = _touched(connection, "proposals", "seq, 0", change.moves)
        told = _told(progress, len(pages) + len(proposed))
        for seq, who in pages:
            _move_marks(connection, change, seq, who, report)
            told()
        for seq, _ in proposed:
            _move_proposals(connection, change.moves, seq, report)
            told()
        report.annotations = len(pages)
        _clear_histories(connection, change, set(pages), report)
    _check_overlap(connection, change)
    return report


def left_over(corpus: "Corpus", schema: Schema, moves: Mapping[LabelKey, str] | None = None) -> str | None:
    """Which labels in use a schema lacks, with who uses them, as a sentence; None when it has all.

    Args:
        corpus: The corpus.
        schema: The schema.
        moves: What becomes of marks first, as in `SchemaChange.moves`.
    """
    found = []
    for (layer, label), use in sorted(label_uses(corpus).items()):
        to = (moves or {}).get((layer, label), label)
        if to and schema.find(layer, to) is None:
            found.append(tr("“{label}” of “{layer}” ({use})", label=to, layer=layer, use=describe_use(use)))
    if not found:
        return None
    more = len(found) - _LISTED
    listed = "; ".join(found[:_LISTED]) + (trn("; and {n} more", "; and {n} more", more) if more > 0 else "")
    return tr(
        "The new schema lacks labels that are in use: {labels}. Say for each whether it is renamed or removed, "
        "and what its marks become. Nothing was changed.",
        labels=listed,
    )


def describe_use(use: LabelUse) -> str:
    """Who uses a label how often, in a few words."""
    parts = [tr("{name}: {n}", name=name, n=n) for name, n in sorted(use.marks.items())]
    if rejected := sum(use.rejections.values()):
        parts.append(trn("{n} rejection", "{n} rejections", rejected))
    if use.proposals:
        parts.append(trn("{n} proposal", "{n} proposals", use.proposals))
    return ", ".join(parts)


def _touched(connection: sqlite3.Connection, table: str, columns: str, moves: Mapping[LabelKey, str]) -> list[_Page]:
    pairs = json.dumps([list(key) for key in moves], ensure_ascii=False)
    return connection.execute(
        f"SELECT DISTINCT {columns} FROM {table} WHERE (layer, label) IN "
        "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)) ORDER BY 1, 2",
        (pairs,),
    ).fetchall()


def _told(progress: Callable[[int, int | None], None] | None, total: int) -> Callable[[], None]:
    """Tells `progress` of every few pages and of the last."""
    numbers = count(1)

    def tell() -> None:
        done = next(numbers)
        if progress and (done % _PROGRESS_EVERY == 0 or done == total):
            progress(done, total)

    return tell


def _move_marks(connection: sqlite3.Connection, change: SchemaChange, seq: int, who: int, report: ChangeReport) -> None:
    rows = connection.execute(
        'SELECT kind, layer, start, "end", label, rejected, proposer FROM marks WHERE seq = ? AND annotator = ?',
        (seq, who),
    )
    origins: dict[Mark, str | None] = {mark_from_row(*row[:6]): row[6] for row in rows}
    after: dict[Mark, str | None] = {}
    for mark in sorted(origins, key=lambda mark: isinstance(mark, Rejection)):
        moved = moved_mark(mark, change.moves)
        # What is marked cannot be rejected at once: where both end in one label, the mark stands.
        gone = moved is None or (isinstance(moved, Rejection) and moved.mark in after)
        if moved is not None and not gone:
            after[moved] = after.get(moved) or origins[mark]
        if gone or moved != mark:
            _count(report, mark, gone=gone)
    edit = Edit(
        _title(change, {(mark.layer, mark.label) for mark in origins}),
        frozenset(origins.keys() - after.keys()),
        frozenset(after.keys() - origins.keys()),
    )
    known = {mark: origin for mark, origin in after.items() if origin is not None}
    write_edit(connection, seq, who, edit, known, fixed=True)


def _count(report: ChangeReport, mark: Mark, *, gone: bool) -> None:
    match isinstance(mark, Rejection), gone:
        case False, False:
            report.relabelled += 1
        case False, True:
            report.removed += 1
        case True, False:
            report.rejections_relabelled += 1
        case True, True:
            report.rejections_removed += 1


def _title(change: SchemaChange, here: set[LabelKey]) -> str:
    parts = [
        tr("{label} becomes {other}", label=label, other=to) if to else tr("{label} removed", label=label)
        for (layer, label), to in sorted(change.moves.items())
        if (layer, label) in here
    ]
    return tr("Schema: {what}", what=", ".join(parts)) if parts else tr("Schema changed")


def _move_proposals(
    connection: sqlite3.Connection, moves: Mapping[LabelKey, str], seq: int, report: ChangeReport
) -> None:
    rows = connection.execute(
        'SELECT proposer, kind, layer, start, "end", label, score, reason FROM proposals WHERE seq = ?', (seq,)
    ).fetchall()
    best: dict[tuple[object, ...], tuple[float, str]] = {}
    for *place, label, score, reason in sorted(rows, key=lambda row: row[6] or 0.0):
        to = moves.get((place[2], label), label)
        if (place[2], label) in moves:
            report.proposals_relabelled += bool(to)
            report.proposals_removed += not to
        if to:
            best[(*place, to)] = (score, reason)
    connection.execute("DELETE FROM proposals WHERE seq = ?", (seq,))
    connection.executemany(
        "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(seq, *place, score, reason) for place, (score, reason) in best.items()],
    )
    update_doubt(connection, seq)


def _clear_histories(
    connection: sqlite3.Connection, change: SchemaChange, written: set[_Page], report: ChangeReport
) -> None:
    """End the undo of annotations that have no mark with a changed label now, but whose undo would bring one back."""
    names = [
        json.dumps({"layer": layer, "label": label}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        for layer, label in change.moves
    ]
    pages = connection.execute(
        "SELECT e.seq, e.annotator FROM edits e WHERE EXISTS "
        "(SELECT 1 FROM json_each(?) WHERE instr(e.removed, value) OR instr(e.added, value)) "
        "GROUP BY e.seq, e.annotator HAVING max(e.id) > coalesce((SELECT max(id) FROM edits f "
        "WHERE f.seq = e.seq AND f.annotator = e.annotator AND f.fixed), 0)",
        (json.dumps(names, ensure_ascii=False),),
    ).fetchall()
    for seq, who in pages:
        if (seq, who) not in written:
            write_edit(connection, seq, who, Edit(_title(change, set())), {}, fixed=True)
            report.cleared += 1


def _check_kinds(connection: sqlite3.Connection, change: SchemaChange) -> None:
    """Refuse to make another kind of a layer whose marks stay."""
    for table in ("marks", "proposals"):
        for kind, layer, label in connection.execute(f"SELECT DISTINCT kind, layer, label FROM {table}").fetchall():
            to = change.target(layer, label)
            known = to and change.after.find(layer, to)
            if known and (problem := change.after.problem_within(labelled_from_row(kind, layer, 0, 1, to), 1)):
                raise SchemaError(tr("{problem} Marks of the corpus use it. Nothing was changed.", problem=problem))


def _check_overlap(connection: sqlite3.Connection, change: SchemaChange) -> None:
    """Refuse to forbid overlap in a layer whose spans overlap."""
    for layer in change.after.of_kind(LayerKind.SPANS):
        before = change.before.by_name.get(layer.name)
        if layer.overlap or before is None or not before.overlap:
            continue
        marks, pages = connection.execute(_OVERLAPPING, (layer.name,)).fetchone()
        if marks:
            spans = trn("{n} span", "{n} spans", marks)
            raise SchemaError(
                tr(
                    "“{layer}” cannot forbid overlap: {spans} on {pages} overlap another. Nothing was changed.",
                    layer=layer.shown,
                    spans=spans,
                    pages=trn("{n} page", "{n} pages", pages),
                )
            )
