"""One export from start to end: choose, cut, divide, write, and say what was done."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from annotator.core.errors import InputError
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.card import CardFacts, data_card
from annotator.exchange.format import ExportOptions, ExportReport, Losses
from annotator.exchange.formats import Format, find_format
from annotator.exchange.huggingface import class_names, fill_huggingface
from annotator.exchange.selection import Selection, SelectionReport, Whose, articles_of, choose
from annotator.exchange.splits import SplitOptions, SplitPlan, plan_split
from annotator.exchange.writing import writing_folder

SPLITS = "splits.json"
"""Says which document stands on which side, so that the next export can keep it there."""


@dataclass(frozen=True)
class ExportRequest:
    """What is asked for."""

    format: str
    out: Path
    selection: Selection | None = None
    """None for what fits the format: everything in native lines, the best annotation for training."""
    per_article: bool = False
    article_labels: frozenset[str] | None = None
    """With `per_article`: articles with these labels only."""
    split: SplitOptions | None = None
    keep: Path | None = None
    """A `splits.json` of an earlier export whose sides are kept; None for the one in `out`, where there is one."""
    options: ExportOptions = field(default_factory=ExportOptions)
    about: CardFacts = field(default_factory=CardFacts)
    """What the card says beyond what the export knows itself."""


@dataclass
class ExportOutcome:
    """What came of an export."""

    written: ExportReport
    selected: SelectionReport
    plan: SplitPlan | None = None


def export_records(records: Callable[[], Iterable[Record]], schema: Schema, request: ExportRequest) -> ExportOutcome:
    """Write records as asked for. A folder gets a card, a manifest with checksums and, where divided, `splits.json`.

    Args:
        records: Gives the records of the corpus, anew at each call; dividing reads them several times.
        schema: The schema of the corpus.
        request: Format, place and choice.

    Raises:
        InputError: The format cannot be written, the request makes no sense, or the place cannot be written.
    """
    row = find_format(request.format)
    if row.write is None:
        raise InputError(tr("The format “{name}” can be read, but not written.", name=row.name))
    if request.article_labels is not None and not request.per_article:
        raise InputError(tr("Segment labels choose articles: export by article to use them."))
    whose = request.selection or usual_selection(row, per_article=request.per_article)
    if request.per_article and whose.whose is Whose.ALL:
        raise InputError(tr("Only one annotation of a page can be cut into articles: name gold, the best or one."))
    job = _Job(records, schema, request, whose)
    if request.split is not None:
        return _divided(job, row, request.split)
    outcome = ExportOutcome(ExportReport(), SelectionReport())
    chosen = job.records(outcome.selected, outcome.written.losses)
    if not row.folder:
        outcome.written.extend(row.write(chosen, schema, request.out, request.options))
        return outcome
    with writing_folder(request.out) as folder:
        _fill(row, {"train": chosen}, folder, job, outcome.written)
        _write_card(folder, job, outcome)
    outcome.written.files = [request.out]
    return outcome


def usual_selection(row: Format, *, per_article: bool) -> Selection:
    """What leaves when nothing is said: the best annotation for training and by article, else everything."""
    return Selection(Whose.BEST if row.training or per_article else Whose.ALL)


@dataclass(frozen=True)
class _Job:
    source: Callable[[], Iterable[Record]]
    schema: Schema
    request: ExportRequest
    selection: Selection

    def records(self, selected: SelectionReport, losses: Losses) -> Iterator[Record]:
        chosen = choose(self.source(), self.selection, selected)
        if not self.request.per_article:
            yield from chosen
            return
        for record in chosen:
            yield from articles_of(record, self.schema, losses, self.request.article_labels)

    def side(self, plan: SplitPlan, side: str) -> Iterator[Record]:
        for record in self.records(SelectionReport(), Losses()):
            if plan.sides.get(record.document.id) == side:
                yield record


def _divided(job: _Job, row: Format, options: SplitOptions) -> ExportOutcome:
    request = job.request
    outcome = ExportOutcome(ExportReport(), SelectionReport())
    previous = _read_splits(request.keep or request.out / SPLITS, needed=request.keep is not None)
    plan = plan_split(job.records(outcome.selected, outcome.written.losses), options, previous)
    outcome.plan = plan
    with writing_folder(request.out) as folder:
        sides = {name: job.side(plan, name) for name, _ in options.sides}
        _fill(row, sides, folder, job, outcome.written)
        _write_splits(folder / SPLITS, plan)
        _write_card(folder, job, outcome)
    outcome.written.files = [request.out]
    return outcome


def _fill(row: Format, sides: dict[str, Iterator[Record]], folder: Path, job: _Job, report: ExportReport) -> None:
    if row.name == "huggingface":
        renamed = {"validation" if name == "dev" else name: records for name, records in sides.items()}
        report.extend(fill_huggingface(renamed, job.schema, folder, job.request.options))
        return
    assert row.write is not None
    for name, records in sides.items():
        place = folder / f"{name}{row.suffix}" if job.request.split or not row.folder else folder / "data"
        report.extend(row.write(records, job.schema, place, job.request.options))


def _write_card(folder: Path, job: _Job, outcome: ExportOutcome) -> None:
    tags = class_names(job.schema, job.request.options) if job.request.format == "huggingface" else None
    with _text(folder / "README.md") as lines:
        lines.append(
            data_card(
                job.request.about,
                job.schema,
                (record for record in job.records(SelectionReport(), Losses())),
                outcome.selected,
                outcome.plan,
                outcome.written,
                tags,
            )
        )


@contextmanager
def _text(path: Path) -> Iterator[list[str]]:
    parts: list[str] = []
    yield parts
    path.write_text("".join(parts), "utf-8", newline="\n")


def _write_splits(path: Path, plan: SplitPlan) -> None:
    value = {
        "seed": plan.options.seed,
        "sides": dict(plan.options.sides),
        "by_source": plan.options.by_source,
        "near_duplicate_threshold": plan.options.threshold,
        "documents": dict(sorted(plan.sides.items())),
        "groups": plan.groups,
        "moved": [{"documents": m.documents, "from": m.side, "to": m.to, "why": m.why} for m in plan.moves],
    }
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def _read_splits(path: Path, *, needed: bool) -> dict[str, str]:
    try:
        documents = json.loads(path.read_text("utf-8"))["documents"]
        if not isinstance(documents, dict):
            raise TypeError
    except FileNotFoundError:
        if needed:
            raise InputError(tr("There is no file “{path}”; nothing was written.", path=path)) from None
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(tr("“{path}” does not say which document stands on which side.", path=path)) from None
    return {str(key): str(side) for key, side in documents.items()}
