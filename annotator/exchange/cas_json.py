"""UIMA CAS JSON 0.4, the way into INCEpTION, one file a document. cassis turns offsets into UTF-16 for the file."""

import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.annotation import Status
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import DocumentLabel, Labelled
from annotator.core.record import Record, Work
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.exchange.encoding import decode
from annotator.exchange.files import RawFile
from annotator.exchange.format import BadRecord, ExportOptions, ExportReport, ImportOptions
from annotator.exchange.incoming import Incoming, status_named
from annotator.exchange.libraries import need
from annotator.exchange.names import LabelNames
from annotator.exchange.outgoing import Outgoing
from annotator.exchange.plain_json import About
from annotator.exchange.tokenizing import sentence_spans, token_spans
from annotator.exchange.writing import writing_folder

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
_ENTITY = f"{_DKPRO}.ner.type.NamedEntity"
_TOKEN = f"{_DKPRO}.segmentation.type.Token"
_SENTENCE = f"{_DKPRO}.segmentation.type.Sentence"
_METADATA = f"{_DKPRO}.metadata.type.DocumentMetaData"
_SEGMENT = "webanno.custom.Segment"
_LABEL = "webanno.custom.DocumentLabel"
_WORK = "webanno.custom.Work"
_STRUCTURE = frozenset({_TOKEN, _SENTENCE, _METADATA, _WORK, "uima.tcas.DocumentAnnotation"})
_LABEL_FEATURES = ("value", "label", "identifier", "PosValue")
_FEATURES = {
    _ENTITY: ("value", "layer"),
    _SEGMENT: ("value", "layer"),
    _LABEL: ("value", "layer"),
    _WORK: ("annotator", "status"),
    _METADATA: ("documentTitle", "documentId", "documentUri", "published"),
}


def write_cas_json(records: Iterable[Record], schema: Schema, path: Path, options: ExportOptions) -> ExportReport:
    """A folder with a CAS for every annotated document; segments and document labels have types of their own.

    Tokens and sentences are written too, as INCEpTION needs them.
    """
    report = ExportReport(files=[path])
    outgoing = Outgoing(schema, options, report.losses)
    system = _type_system()
    with writing_folder(path) as folder:
        for document, work in outgoing.worked(records, report):
            cas, marks = _cas(document, work, outgoing, system)
            cas.to_json(folder / f"{document.id[:16]}.json")
            report.wrote(marks)
    report.notes.append(
        tr("In INCEpTION, make span layers Segment and DocumentLabel with text features value and layer.")
    )
    return report


def _type_system() -> "TypeSystem":
    need("cassis", "dkpro-cassis")
    from cassis import TypeSystem

    system = TypeSystem()
    for name in (_TOKEN, _SENTENCE, _SEGMENT, _ENTITY, _LABEL, _WORK, _METADATA):
        parent = "uima.tcas.Annotation"
        made = system.create_type(name, parent)
        for feature in _FEATURES.get(name, ()):
            system.create_feature(made, feature, "uima.cas.String")
    return system


def _cas(document: Document, work: Work, outgoing: Outgoing, system: "TypeSystem") -> "tuple[Cas, int]":
    from cassis import Cas

    text = document.text
    cas = Cas(typesystem=system)
    cas.sofa_string = text
    cas.sofa_mime = "text/plain"
    kinds = {name: system.get_type(name) for name in (_TOKEN, _SENTENCE, _SEGMENT, _ENTITY, _LABEL, _WORK, _METADATA)}
    told = {"documentTitle": document.title, "documentId": document.id, "documentUri": document.source}
    cas.add(kinds[_METADATA](begin=0, end=len(text), **told, published=document.published))
    status = work.annotation.state.status.value
    cas.add(kinds[_WORK](begin=0, end=len(text), annotator=work.annotation.annotator, status=status))
    for start, end in sentence_spans(text):
        cas.add(kinds[_SENTENCE](begin=start, end=end))
    for start, end in token_spans(text):
        cas.add(kinds[_TOKEN](begin=start, end=end))
    marks = outgoing.marks(document, work.annotation)
    count = 0
    for item in outgoing.stretches(document, marks):
        kind = kinds[_SEGMENT if item.is_segment else _ENTITY]
        cas.add(kind(begin=item.start, end=item.end, value=item.label, layer=item.layer))
        count += 1
    for mark in marks:
        if isinstance(mark, DocumentLabel):
            cas.add(kinds[_LABEL](begin=0, end=len(text), value=mark.label, layer=mark.layer))
            count += 1
    return cas, count


def read_cas_json(file: RawFile, options: ImportOptions) -> Iterator[Record | BadRecord]:
    """The document of a CAS: every annotation with a text feature `value`, `label` or `identifier` is a mark.

    So is one with a single text feature of another name, and one whose type is called as a label of the schema is.

    Raises:
        InputError: The file is no CAS that cassis can load, or has no text.
    """
    cas = _load(file)
    if not isinstance(cas.sofa_string, str):
        raise InputError(tr("{name}: the CAS holds no text.", name=file.name))
    incoming = Incoming(cas.sofa_string, file.name, options, LabelNames(options.schema))
    marks: list[Labelled | None] = []
    annotator, status = "", None
    for item in cas.select_all_annotations():
        kind = item.type.name
        if kind == _METADATA:
            incoming.describe(_about(item))
        elif kind == _WORK:
            annotator, status = _feature(item, "annotator"), status_named(_feature(item, "status"))
        elif kind not in _STRUCTURE:
            marks.append(_mark(item, incoming, options))
    if marks or status:
        yield incoming.record([incoming.work(marks, annotator, status or Status.DONE)])
    else:
        yield incoming.record()


def _load(file: RawFile) -> "Cas":
    need("cassis", "dkpro-cassis")
    from cassis import load_cas_from_json

    text, _ = decode(file.read(), file.name)
    reason = ""
    # INCEpTION leaves the types out that come with it; with them, a file that declares its own does not always load.
    for known in (lambda: None, _dkpro_types):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return load_cas_from_json(text, typesystem=known(), lenient=True)
        except RecursionError:
            reason = tr("it is nested too deeply")
            break
        # cassis raises errors of any kind for values it does not expect.
        except Exception as error:  # noqa: BLE001
            reason = reason or str(error).split("\n", 1)[0][:200].rstrip("!.") or type(error).__name__
            if "not found" not in reason:
                break
    raise InputError(tr("{name}: not a CAS that can be read: {reason}.", name=file.name, reason=reason))


@cache
def _dkpro_types() -> "TypeSystem":
    from cassis import load_dkpro_core_typesystem

    return load_dkpro_core_typesystem()


def _about(item: Any) -> About:
    return About(_feature(item, "documentTitle"), _feature(item, "documentUri"), _feature(item, "published"), {})


def _feature(item: Any, name: str) -> str:
    value = getattr(item, name, None)
    return value if isinstance(value, str) else ""


def _only_text(item: Any) -> str:
    """The text feature that an annotation has besides its place, where it has just one."""
    found = [value for feature in item.type.all_features if (value := _feature(item, feature.name))]
    return found[0] if len(found) == 1 else ""


def _mark(item: Any, incoming: Incoming, options: ImportOptions) -> Labelled | None:
    label = next((value for name in _LABEL_FEATURES if (value := _feature(item, name))), "") or _only_text(item)
    short = item.type.name.rpartition(".")[2]
    if not label and any(short in layer.by_name for layer in options.schema.layers):
        label = short
    if not label:
        options.report.skipped[tr("annotations of a CAS without a label")] += 1
        return None
    layer = _feature(item, "layer")
    layer = layer if layer in options.schema.by_name else ""
    if item.type.name == _LABEL:
        return incoming.document_label(label, layer)
    return incoming.span(item.begin, item.end, label, None, layer)
