"""Label Studio's JSON: a list of tasks with annotations and predictions, and the XML of the interface beside it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Labelled, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import GOLD, Record, Work
from annotator.core.schema import LayerKind, Schema
from annotator.core.words import tr
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, status_named
from annotator.exchange.json_files import read_objects
from annotator.exchange.names import LabelNames
from annotator.exchange.offsets import Utf16
from annotator.exchange.outgoing import Outgoing, Stretch, about_document
from annotator.exchange.plain_json import about
from annotator.exchange.strict_json import dump_json, list_field, number_field, text_field
from annotator.exchange.writing import writing_text

_TEXT = "text"
"""Name of the text tag in the interface, and of the field in the data."""
_LABEL_TYPES = frozenset({"labels", "hypertextlabels", "paragraphlabels"})
_UNKNOWN_MODEL = "label-studio"


def write_label_studio(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A task for every document, with every work as an annotation and every proposer as a prediction.

    The interface stands beside the file, with the suffix `.xml`: one control for each layer, named after it. Offsets
    count code points, or UTF-16 units where the options say so.
    """
    interface = path.with_suffix(".xml")
    report = ExportReport(files=[path, interface])
    outgoing = Outgoing(schema, options, report.losses)
    wide = 0
    with writing_text(path) as out:
        separator = "["
        numbers = count(1)
        for record in records:
            out.write(separator + "\n")
            task, marks = _task(record, outgoing, options, numbers)
            out.write(dump_json(task))
            report.wrote(marks)
            wide += not options.utf16 and any(character > "\uffff" for character in record.document.text)
            separator = ","
        out.write("[]\n" if separator == "[" else "\n]\n")
    with writing_text(interface) as out:
        out.write(interface_xml(schema, options))
    report.notes.append(
        tr(
            "Paste {file} into the labelling interface of the project before the tasks are imported.",
            file=interface.name,
        )
    )
    if wide:
        report.notes.append(
            tr(
                "{n} documents hold characters beyond U+FFFF, such as emoji; Label Studio's page counts UTF-16 units, "
                "so write them with UTF-16 offsets if their spans look shifted there.",
                n=wide,
            )
        )
    return report


def interface_xml(schema: Schema, options: ExportOptions) -> str:
    """The labelling interface for the layers of a schema."""
    lines = ["<View>"]
    for layer in schema.layers:
        if not options.wants(layer.name):
            continue
        tag, item, more = "Labels", "Label", ""
        if layer.kind is LayerKind.DOCUMENT:
            tag, item, more = "Choices", "Choice", ' choice="multiple"'
        lines.append(f'  <{tag} name={quoteattr(layer.name)} toName="{_TEXT}"{more}>')
        for label in layer.labels:
            colour = f" background={quoteattr(label.colour)}" if item == "Label" else ""
            lines.append(f"    <{item} value={quoteattr(label.name)}{colour}/>")
        lines.append(f"  </{tag}>")
    lines += [f'  <Text name="{_TEXT}" value="${_TEXT}" granularity="word"/>', "</View>", ""]
    return "\n".join(lines)


def _task(
    record: Record, outgoing: Outgoing, options: ExportOptions, numbers: Iterator[int]
) -> tuple[dict[str, Any], int]:
    """A task and its marks. Label Studio gives ids of its own on import; its converter wants some in the file."""
    document = record.document
    units = Utf16(document.text if options.utf16 else "")
    number = next(numbers)
    held = 0
    annotations: list[dict[str, Any]] = []
    for work in outgoing.works(record, proposals=True):
        marks = outgoing.marks(document, work.annotation)
        origins = {mark: "prediction" for mark in marks if mark in work.origins}
        regions = list(_regions(document, marks, outgoing, units, origins, f"a{len(annotations)}"))
        state = work.annotation.state
        annotations.append(
            {
                "id": next(numbers),
                "result": regions,
                "annotator": work.annotation.annotator,
                "status": state.status.value,
                "was_cancelled": state.status is Status.SKIPPED,
                "ground_truth": work.annotation.annotator == GOLD,
                "lead_time": float(work.seconds),
            }
        )
        held += len(regions)
    predictions, proposed = _predictions(record, outgoing, units, options)
    data = {_TEXT: document.text, **about_document(document)}
    task = {"id": number, "data": data, "annotations": annotations, "predictions": predictions}
    return task, held + proposed


def _regions(
    document: Document,
    marks: Sequence[Mark],
    outgoing: Outgoing,
    units: Utf16,
    origins: dict[Mark, str],
    prefix: str,
) -> Iterator[dict[str, Any]]:
    number = 0
    for item in outgoing.stretches(document, marks):
        yield _region(f"{prefix}-{number}", item, document, units, origins.get(item.mark, "manual"))
        number += 1
    for mark in marks:
        if isinstance(mark, DocumentLabel):
            yield _choice(f"{prefix}-{number}", mark, origins.get(mark, "manual"))
            number += 1


def _region(name: str, item: Stretch, document: Document, units: Utf16, origin: str) -> dict[str, Any]:
    value = {
        "start": units.units(item.start),
        "end": units.units(item.end),
        "text": document.text[item.start : item.end],
        "labels": [item.label],
    }
    return {"id": name, "from_name": item.layer, "to_name": _TEXT, "type": "labels", "origin": origin, "value": value}


def _choice(name: str, mark: DocumentLabel, origin: str) -> dict[str, Any]:
    value = {"choices": [mark.label]}
    return {"id": name, "from_name": mark.layer, "to_name": _TEXT, "type": "choices", "origin": origin, "value": value}


def _predictions(
    record: Record, outgoing: Outgoing, units: Utf16, options: ExportOptions
) -> tuple[list[dict[str, Any]], int]:
    by_proposer: dict[str, list[Proposal]] = {}
    for proposal in sorted(record.proposals, key=lambda p: (p.mark.start, -p.mark.end, p.mark.layer, p.mark.label)):
        if options.wants(proposal.mark.layer):
            by_proposer.setdefault(proposal.proposer, []).append(proposal)
    predictions = []
    count = 0
    for number, (proposer, proposals) in enumerate(sorted(by_proposer.items())):
        regions: list[dict[str, Any]] = []
        for proposal in proposals:
            name = f"p{number}-{len(regions)}"
            if (region := _proposed(name, proposal.mark, record.document, units, proposals)) is None:
                outgoing.lose(record.document, proposal.mark, tr("A segment without a character."))
                continue
            if proposal.score is not None:
                region["score"] = proposal.score
            if proposal.reason:
                region["meta"] = {"text": [proposal.reason]}
            regions.append(region)
        scores = [proposal.score for proposal in proposals if proposal.score is not None]
        prediction: dict[str, Any] = {"model_version": proposer, "result": regions}
        if scores:
            prediction["score"] = sum(scores) / len(scores)
        predictions.append(prediction)
        count += len(regions)
    return predictions, count


def _proposed(
    name: str, mark: Labelled, document: Document, units: Utf16, proposals: Sequence[Proposal]
) -> dict[str, Any] | None:
    if isinstance(mark, DocumentLabel):
        return _choice(name, mark, "prediction")
    if isinstance(mark, Span):
        return _region(name, Stretch(mark.start, mark.end, mark.layer, mark.label), document, units, "prediction")
    later = (
        p.mark.position
        for p in proposals
        if isinstance(p.mark, Boundary) and p.mark.layer == mark.layer and p.mark.position > mark.position
    )
    end = min(later, default=len(document.text))
    if end <= mark.position:
        return None
    return _region(name, Stretch(mark.position, end, mark.layer, mark.label), document, units, "prediction")


def read_label_studio(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The tasks of a file: annotations as works, predictions as proposals.

    Offsets are taken as UTF-16 units where the options say so, or where the texts of the regions fit them only so.
    Relations and other regions that are no labels are counted.
    """
    names = LabelNames(options.schema)

    def convert(data: dict[str, Any], where: str) -> Iterator[Record]:
        yield _Task(data, where, options, names).record()

    return read_objects(file, convert)


class _Task:
    def __init__(self, data: dict[str, Any], where: str, options: ImportOptions, names: LabelNames) -> None:
        inner = data.get("data")
        if not isinstance(inner, dict):
            raise InputError(tr("{where}: a task needs `data`, an object with the text.", where=where))
        raw = text_field(inner, options.text_field, where, None)
        self._where = where
        self._schema = options.schema
        self._report = options.report
        self._annotations = list_field(data, "annotations", where) or list_field(data, "completions", where)
        self._predictions = list_field(self._without_numbers(data), "predictions", where)
        if not options.utf16 and not raw.isascii() and self._counts_utf16(raw):
            options = replace(options, utf16=True)
            options.report.encodings[tr("UTF-16 offsets")] += 1
        self._incoming = Incoming(raw, where, options, names)
        self._incoming.describe(about(inner, where, {options.text_field}))

    def _without_numbers(self, data: dict[str, Any]) -> dict[str, Any]:
        """The task without predictions that are only named by number, as in the files that Label Studio exports."""
        listed = data.get("predictions")
        if not isinstance(listed, list):
            return data
        whole = [item for item in listed if type(item) is not int]
        if len(whole) < len(listed):
            self._report.skipped[tr("predictions of which the file has only the number")] += len(listed) - len(whole)
        return data | {"predictions": whole}

    def record(self) -> Record:
        works = [self._work(annotation) for annotation in self._annotations]
        proposals = [proposal for prediction in self._predictions for proposal in self._proposals(prediction)]
        return self._incoming.record(_merged(works), proposals)

    def _counts_utf16(self, raw: str) -> bool:
        """Whether the texts of the regions stand at their offsets only when these count UTF-16 units."""
        wide = raw.encode("utf-16-le", "surrogatepass")
        misfit = False
        for holder in [*self._annotations, *self._predictions]:
            for region in list_field(holder, "result", self._where):
                match region.get("value"):
                    case {"start": int(start), "end": int(end), "text": str(surface)}:
                        misfit = misfit or end > len(raw) or raw[start:end] != surface
                        if wide[2 * start : 2 * end] != surface.encode("utf-16-le", "surrogatepass"):
                            return False
        return misfit

    def _work(self, annotation: dict[str, Any]) -> Work:
        marks = [mark for region in list_field(annotation, "result", self._where) for mark in self._marks(region)]
        status = status_named(annotation.get("status"))
        if status is None:
            status = Status.SKIPPED if annotation.get("was_cancelled") is True else Status.DONE
        seconds = max(number_field(annotation, "lead_time", self._where, 0.0), 0.0)
        return self._incoming.work(marks, self._annotator(annotation), status, seconds=seconds)

    def _annotator(self, annotation: dict[str, Any]) -> str:
        match annotation:
            case {"annotator": str(name)} if name:
                return name
            case {"completed_by": {"email": str(email)}} if email:
                return email
            case {"completed_by": {"id": int(number)}} | {"completed_by": int(number)}:
                return tr("user {n}", n=number)
        return ""

    def _proposals(self, prediction: dict[str, Any]) -> Iterator[Proposal]:
        proposer = text_field(prediction, "model_version", self._where) or _UNKNOWN_MODEL
        for region in list_field(prediction, "result", self._where):
            score = region.get("score")
            if score is None and isinstance(value := region.get("value"), dict):
                score = value.get("score")
            if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
                if score is not None:
                    self._incoming.lose(0, tr("A score that does not lie between 0 and 1."), str(score)[:40])
                score = None
            for mark in self._marks(region):
                if mark is not None:
                    yield Proposal(mark, None if score is None else float(score), _reason(region), proposer)

    def _marks(self, region: dict[str, Any]) -> Iterator[Labelled | None]:
        kind, value = region.get("type"), region.get("value")
        layer = region.get("from_name")
        layer = layer if isinstance(layer, str) and layer in self._schema.by_name else ""
        if kind in _LABEL_TYPES and isinstance(value, dict) and isinstance(value.get(kind), list):
            for name in value[kind]:
                yield self._incoming.span(value.get("start"), value.get("end"), name, value.get("text"), layer)
        elif kind == "choices" and isinstance(value, dict) and isinstance(value.get("choices"), list):
            for name in value["choices"]:
                yield self._incoming.document_label(name, layer)
        else:
            self._report.skipped[tr("regions that are no labels")] += 1


def _reason(region: dict[str, Any]) -> str:
    match region.get("meta"):
        case {"text": [str(reason), *_]}:
            return reason
        case {"text": str(reason)}:
            return reason
    return ""


def _merged(works: Iterable[Work]) -> list[Work]:
    """One work an annotator; the last one counts, as it does in Label Studio."""
    return list({work.annotation.annotator: work for work in works}.values())
