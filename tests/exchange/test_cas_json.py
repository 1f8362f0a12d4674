import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.exchange.cas_json import write_cas_json
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.sources import read_documents
from tests.exchange.round_trips import held, through, without
from tests.exchange.strategies import NEWS, records

cassis = pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"

DOCUMENT = make_document("😀 Mayor resigns\nJohn Smith left.", title="T", source="s", published="2024")
MARKS: frozenset[Mark] = frozenset({Boundary(16, "blocks", "body"), Span(16, 26, "entities", "PERSON")})
RECORD = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", MARKS, State(Status.UNSURE))),))


@settings(max_examples=25)
@given(records())
def test_marks_and_states_come_back(record: Record) -> None:
    found, report, reading = through("cas-json", [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    first = min(record.works, key=lambda work: work.annotation.annotator)
    (back,) = found
    assert back.works == without(Record(record.document, (first,)), Rejection).works
    document = record.document
    assert (back.document.text, back.document.source) == (document.text, document.source)
    assert back.document.title == document.title
    assert report.marks == len(held(back, Span, Boundary, DocumentLabel))
    assert not reading.report.losses


def test_the_file_counts_utf16_and_cassis_finds_tokens_sentences_and_entities(tmp_path: Path) -> None:
    write_cas_json([RECORD], NEWS, tmp_path / "out", ExportOptions())
    path = tmp_path / "out" / f"{DOCUMENT.id[:16]}.json"
    values = json.loads(path.read_text("utf-8"))["%FEATURE_STRUCTURES"]
    (entity,) = [value for value in values if value["%TYPE"].endswith("NamedEntity")]
    assert (entity["begin"], entity["end"], entity["value"]) == (17, 27, "PERSON")
    cas = cassis.load_cas_from_json(path.read_text("utf-8"))
    (found,) = cas.select("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    assert (found.begin, found.end, found.get_covered_text()) == (16, 26, "John Smith")
    tokens = cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token")
    assert [token.get_covered_text() for token in tokens][:3] == ["😀", "Mayor", "resigns"]
    assert len(cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence")) == 2


def test_a_folder_of_cas_files_is_recognised(tmp_path: Path) -> None:
    write_cas_json([RECORD], NEWS, tmp_path / "out", ExportOptions())
    options = ImportOptions(NEWS)
    (found,) = read_documents([tmp_path / "out"], schema=NEWS, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == MARKS
    assert found.document.published == "2024"
    assert options.report.formats == {"cas-json": 1}


def test_a_cas_of_others_is_read_by_its_label_features(tmp_path: Path) -> None:
    system = cassis.TypeSystem()
    entity = system.create_type("custom.Name", "uima.tcas.Annotation")
    system.create_feature(entity, "label", "uima.cas.String")
    note = system.create_type("custom.Note", "uima.tcas.Annotation")
    cas = cassis.Cas(typesystem=system)
    cas.sofa_string = "𝔘 John\r\nsaid"
    cas.sofa_mime = "text/plain"
    cas.add(entity(begin=2, end=6, label="PERSON"))
    cas.add(entity(begin=8, end=12, label="VERB"))
    cas.add(note(begin=0, end=1))
    cas.to_json(tmp_path / "a.json")
    options = ImportOptions(NEWS)
    (found,) = read_documents([tmp_path / "a.json"], schema=NEWS, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(2, 6, "entities", "PERSON")}
    assert options.report.skipped == {"annotations of a CAS without a label": 1}
    assert [loss.what for loss in options.report.losses.listed] == ["VERB"]


@pytest.mark.parametrize(
    "text", ['{"%TYPES":1}', '{"%TYPES":{},"%FEATURE_STRUCTURES":[{}]}', '{"%TYPES":{', '{"%VIEWS":{}}']
)
def test_a_file_that_is_no_cas_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    (bad,) = read_documents([tmp_path / "a.json"], schema=NEWS)
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("a.json: ")


def test_types_that_come_with_inception_need_not_be_declared(tmp_path: Path) -> None:
    kind = {"%NAME": "custom.PHI", "%SUPER_TYPE": "uima.tcas.Annotation"}
    kind["kind"] = {"%NAME": "kind", "%RANGE": "uima.cas.String"}  # type: ignore[assignment]
    sofa = {"sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text", "sofaString": "John of Acme"}
    structures = [
        {"%ID": 1, "%TYPE": "uima.cas.Sofa", **sofa},
        {"%ID": 2, "%TYPE": SENTENCE, "@sofa": 1, "begin": 0, "end": 12},
        {"%ID": 3, "%TYPE": "custom.PHI", "@sofa": 1, "begin": 0, "end": 4, "kind": "PERSON"},
        {"%ID": 4, "%TYPE": "custom.ORG", "@sofa": 1, "begin": 8, "end": 12},
    ]
    plain = {"%NAME": "custom.ORG", "%SUPER_TYPE": "uima.tcas.Annotation"}
    data = {
        "%TYPES": {"custom.PHI": kind, "custom.ORG": plain},
        "%FEATURE_STRUCTURES": structures,
        "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 3, 4]}},
    }
    (tmp_path / "a.json").write_text(json.dumps(data), "utf-8")
    (found,) = read_documents([tmp_path / "a.json"], schema=NEWS)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 4, "entities", "PERSON"), Span(8, 12, "entities", "ORG")}
