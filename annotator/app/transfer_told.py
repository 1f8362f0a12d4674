"""What came of an import or an export, in lines that the command line and the window show alike."""

from pathlib import Path

from annotator.app.transfer import ExportOutcome, Imported, told_selection, told_split
from annotator.core.words import tr, trn
from annotator.exchange.format import Losses

TOLD = 20
"""So many losses and bad records are told one by one; JSON reports hold the first thousand."""


def told_import(result: Imported) -> list[str]:
    """What was added, what was there, what was skipped and not kept; bad records are told by `told_bad`."""
    added, read = result.added, result.read
    parts = [
        trn("{n} there already", "{n} there already", added.duplicates) if added.duplicates else "",
        trn("{n} annotation added", "{n} annotations added", added.works) if added.works else "",
        trn("{n} annotation kept as it was", "{n} annotations kept as they were", added.kept) if added.kept else "",
        trn("{n} proposal added", "{n} proposals added", added.proposals) if added.proposals else "",
    ]
    told = ", ".join(part for part in parts if part)
    documents = trn("{n} document added", "{n} documents added", added.documents)
    lines = [f"{documents} ({told})" if told else documents]
    lines += [tr("skipped, {reason}: {n}", reason=reason, n=n) for reason, n in sorted(read.skipped.items())]
    lines += [
        trn("{n} file read as {encoding}", "{n} files read as {encoding}", n, encoding=encoding)
        for encoding, n in sorted(read.encodings.items())
    ]
    lines += [tr("not kept, {reason} {n}", reason=reason, n=n) for reason, n in _counted(read.losses)]
    return lines + _listed(read.losses)


def told_bad(result: Imported, rejects: Path | None) -> list[str]:
    """The first bad records with their places, how many there are, and where they are kept; nothing without any."""
    read = result.read
    if not read.bad_count:
        return []
    lines = [bad.reason for bad in read.bad[:TOLD]]
    lines.append(
        trn("{n} record could not be read; the rest was imported.",
            "{n} records could not be read; the rest was imported.", read.bad_count)
    )  # fmt: skip
    if rejects is not None:
        lines.append(tr("Bad records are kept in {path}.", path=rejects))
    return lines


def told_export(outcome: ExportOutcome, out: Path) -> list[str]:
    """What was written and what stayed, how it was divided, what the format lost, and what to do with the files."""
    written = outcome.written
    documents = trn("{n} document", "{n} documents", written.documents)
    marks = trn("{n} mark", "{n} marks", written.marks)
    lines = [tr("Wrote {path}: {documents}, {marks}.", path=out, documents=documents, marks=marks)]
    lines += [*told_selection(outcome), *told_split(outcome)]
    lines += [tr("not held by this format, {reason} {n}", reason=reason, n=n) for reason, n in _counted(written.losses)]
    lines += _listed(written.losses)
    sentence = "written, but passed over in training, {reason} {n}"
    lines += [tr(sentence, reason=reason, n=n) for reason, n in _counted(written.passed_over)]
    return [*lines, *_listed(written.passed_over), *written.notes]


def _counted(losses: Losses) -> list[tuple[str, int]]:
    return sorted(losses.by_reason.items())


def _listed(losses: Losses) -> list[str]:
    return [f"  {loss.document_id[:12]}:{loss.offset} {loss.what}" for loss in losses.listed[:TOLD]]
