import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Boundary, DocumentLabel, Mark, Span
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.formats import find_format
from annotator.exchange.sources import read_documents
from annotator.exchange.spacy_docbin import write_spacy
from tests.exchange.round_trips import through
from tests.exchange.strategies import EVERYTHING, NEWS, records

TEXT = "Mayor resigns\n\nJohn Smith of the Bank of England left 😀."
DOCUMENT = make_document(TEXT, title="Mayor", source="example.org", meta={"k": "v"})
MARKS: frozenset[Mark] = frozenset(
    {
        Boundary(0, "blocks", "headline"),
        Boundary(15, "blocks", "body"),
        Span(15, 25, "entities", "PERSON"),
        Span(33, 48, "quotes", "quote"),
        Span(41, 48, "quotes", "source"),
        DocumentLabel("topic", "politics"),
    }
)
RECORD = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", MARKS, State(Status.DONE))),))


@settings(max_examples=40)
@given(records())
def test_every_mark_comes_back_or_is_counted(record: Record) -> None:
    found, report, reading = through("spacy", [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    (back,) = found
    assert back.document == record.document
    assert not reading.report.losses
    works = sorted(record.works, key=lambda work: work.annotation.annotator)
    before = works[0].annotation.marks
    after = back.works[0].annotation.marks
    assert after <= before
    assert report.marks == len(after)
    counted = [loss for loss in report.losses.listed if loss.reason.startswith(("It does", "Rej", "A segment"))]
    assert len(before) - len(after) == len(counted)
    assert back.works[0].annotation.state.status is works[0].annotation.state.status
    assert back.works[0].annotation.annotator == works[0].annotation.annotator


def test_entities_groups_and_categories_stand_where_spacy_looks_for_them(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    report = write_spacy([RECORD], EVERYTHING, tmp_path / "a.spacy", ExportOptions())
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("John Smith", "entities/PERSON")]
    assert [(span.text, span.label_) for span in doc.spans["quotes"]] == [
        ("Bank of England", "quote"),
        ("England", "source"),
    ]
    assert next((span.text, span.label_) for span in doc.spans["blocks"]) == ("Mayor resigns\n\n", "headline")
    assert doc.cats == {"sport": 0.0, "politics": 1.0}
    assert doc.user_data["doc_id"] == DOCUMENT.id
    assert (report.documents, report.marks, len(report.losses)) == (1, 6, 0)


def test_spans_inside_tokens_are_listed() -> None:
    marks: frozenset[Mark] = frozenset({Span(0, 3, "entities", "ORG"), Boundary(16, "blocks", "body")})
    record = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", marks)),))
    _, report, _ = through("spacy", [record])
    assert [(loss.offset, loss.what.split(" ")[0]) for loss in report.losses.listed] == [(0, "ORG"), (16, "body")]


def test_entities_that_overlap_across_layers_stay_in_a_group() -> None:
    schema = EVERYTHING
    both: frozenset[Mark] = frozenset({Span(15, 25, "entities", "PERSON"), Span(15, 25, "quotes", "PERSON")})
    record = Record(DOCUMENT, (Work(Annotation(DOCUMENT.id, "ann", both)),))
    (back,), report, _ = through("spacy", [record], schema)
    assert back.works[0].annotation.marks == both
    assert not report.losses


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_spacy([RECORD, RECORD], EVERYTHING, tmp_path / f"{name}.spacy", ExportOptions())
    assert (tmp_path / "a.spacy").read_bytes() == (tmp_path / "b.spacy").read_bytes()


def test_a_language_that_spacy_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tokenizer"):
        write_spacy([RECORD], EVERYTHING, tmp_path / "a.spacy", ExportOptions(language="xyz"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"no", zlib.compress(b"no"), zlib.compress(b"\x80")])
def test_a_file_that_is_no_docbin_is_reported(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.spacy").write_bytes(data)
    (bad,) = read_documents([tmp_path / "a.spacy"], schema=EVERYTHING)
    assert isinstance(bad, BadRecord)
    assert "not a DocBin" in bad.reason


def test_a_docbin_that_unpacks_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator.exchange import spacy_docbin

    monkeypatch.setattr(spacy_docbin, "_MAX_UNPACKED", 1000)
    (tmp_path / "a.spacy").write_bytes(zlib.compress(b"0" * 1_000_000))
    (bad,) = read_documents([tmp_path / "a.spacy"], schema=EVERYTHING)
    assert isinstance(bad, BadRecord)
    assert "unpacks to more than 1000 bytes" in bad.reason


def test_docs_made_by_others_are_read_with_their_labels(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    doc = nlp.make_doc("John Smith of Acme")
    span = doc.char_span(0, 10, label="PERSON")
    assert span is not None
    doc.set_ents([span])
    doc.spans["sc"] = [spacy.tokens.Span(doc, 3, 4, label="ORG"), spacy.tokens.Span(doc, 0, 1, label="TITLE")]
    DocBin(docs=[doc]).to_disk(tmp_path / "a.spacy")
    options = ImportOptions(NEWS)
    (found,) = read_documents([tmp_path / "a.spacy"], schema=NEWS, options=options)
    assert isinstance(found, Record)
    assert found.works[0].annotation.marks == {Span(0, 10, "entities", "PERSON"), Span(14, 18, "entities", "ORG")}
    assert [loss.what for loss in options.report.losses.listed] == ["TITLE"]


@pytest.mark.slow
def test_spacy_trains_on_the_file_for_a_few_steps(tmp_path: Path) -> None:
    import spacy
    from spacy.training import Corpus

    assert find_format("spacy").write is write_spacy
    path = tmp_path / "train.spacy"
    write_spacy([RECORD] * 4, EVERYTHING, path, ExportOptions())
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    spancat = nlp.add_pipe("spancat", config={"spans_key": "quotes"})
    textcat = nlp.add_pipe("textcat_multilabel")
    examples = list(Corpus(path)(nlp))
    optimizer = nlp.initialize(lambda: examples)
    losses: list[float] = []
    for _ in range(8):
        step: dict[str, float] = {}
        nlp.update(examples, sgd=optimizer, losses=step)
        losses.append(step["ner"])
    assert losses[-1] < losses[0]
    assert set(nlp.get_pipe("ner").labels) == {"entities/PERSON"}  # type: ignore[attr-defined]
    assert set(spancat.labels) == {"quote", "source"}  # type: ignore[attr-defined]
    assert set(textcat.labels) == {"politics", "sport"}  # type: ignore[attr-defined]
