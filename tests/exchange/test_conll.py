import io
from pathlib import Path

import pytest
from hypothesis import given

from annotator.core.annotation import Annotation
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Rejection, Span
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.sources import read_documents
from annotator.exchange.tokenizing import token_spans
from tests.exchange.round_trips import through, written
from tests.exchange.strategies import CONLL, records


def read(text: str, options: ImportOptions | None = None) -> list[Record | BadRecord]:
    options = options or ImportOptions(CONLL)
    return list(read_documents(["-"], schema=CONLL, stdin=io.BytesIO(text.encode()), options=options))


def record_of(text: str, *marks: Mark) -> Record:
    document = make_document(text)
    return Record(document, (Work(Annotation(document.id, "ann", frozenset(marks))),))


def spans_of(found: Record | BadRecord) -> set[str]:
    assert isinstance(found, Record), found
    return {
        f"{mark.label} {found.document.text[mark.start : mark.end]}"
        for work in found.works
        for mark in work.annotation.marks
    }


def test_the_four_columns_are_those_of_conll_2003() -> None:
    record = record_of(
        "EU rejects German call. Mr. John\nSmith left\n\nBerlin",
        Span(0, 2, "entities", "ORG"),
        Span(11, 17, "entities", "MISC"),
        Span(28, 38, "entities", "PER"),
        Span(45, 51, "entities", "LOC"),
    )
    text = written("conll", [record, record], CONLL)
    assert text.split("\n")[:9] == [
        "-DOCSTART- -X- -X- O",
        "",
        "EU -X- -X- B-ORG",
        "rejects -X- -X- O",
        "German -X- -X- B-MISC",
        "call -X- -X- O",
        ". -X- -X- O",
        "",
        "Mr -X- -X- O",
    ]
    assert "John -X- -X- B-PER\nSmith -X- -X- I-PER\nleft -X- -X- O\n\nBerlin -X- -X- B-LOC\n\n-DOCSTART-" in text


def test_two_columns_and_bilou_are_written_on_request() -> None:
    record = record_of("John Smith of Acme", Span(0, 10, "entities", "PER"), Span(14, 18, "entities", "ORG"))
    assert written("conll", [record], CONLL, columns=2) == written("iob2", [record], CONLL)
    assert written("iob2", [record], CONLL) == "-DOCSTART-\tO\n\nJohn\tB-PER\nSmith\tI-PER\nof\tO\nAcme\tB-ORG\n\n"
    assert written("bilou", [record], CONLL) == "-DOCSTART-\tO\n\nJohn\tB-PER\nSmith\tL-PER\nof\tO\nAcme\tU-ORG\n\n"


@pytest.mark.parametrize("name", ["conll", "iob2", "bilou"])
@given(record=records())
def test_tokens_and_tags_come_back_and_every_other_mark_is_counted(name: str, record: Record) -> None:
    found, report, reading = through(name, [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    tokens = [record.document.text[a:b] for a, b in token_spans(record.document.text)]
    assert "".join(tokens) == "".join(item.document.text.replace(" ", "").replace("\n", "") for item in found)
    back = [mark for item in found for work in item.works for mark in work.annotation.marks]
    assert len(back) == report.marks
    assert not reading.report.losses
    works = sorted(record.works, key=lambda work: work.annotation.annotator)
    first = works[0].annotation.marks
    others = sum(len(work.annotation.marks) for work in works[1:])
    not_spans = sum(isinstance(mark, Boundary | DocumentLabel | Rejection) for mark in first)
    by_reason = report.losses.by_reason
    lost_spans = sum(n for reason, n in by_reason.items() if reason.startswith(("It overlaps", "It does not begin")))
    assert report.marks + lost_spans + not_spans == len(first)
    assert by_reason["Only one annotator's marks are held."] == others
    assert by_reason["Proposals are not held."] == len(record.proposals)
    surfaces = {"".join(record.document.text[m.start : m.end].split()) for m in first if isinstance(m, Span)}
    assert {"".join(item.split(" ")[1:]).replace("\n", "") for f in found for item in spans_of(f)} <= surfaces


def test_what_tags_cannot_hold_is_listed_with_its_place() -> None:
    record = record_of(
        "Bank of England rose",
        Span(0, 15, "quotes", "source"),
        Span(8, 15, "quotes", "quote"),
        Span(16, 18, "entities", "ORG"),
        Boundary(0, "blocks", "body"),
    )
    _, report, _ = through("iob2", [record])
    listed = [(loss.offset, loss.what, loss.reason) for loss in report.losses.listed]
    assert listed == [
        (0, "body “Bank of England rose”", "Segments are not held."),
        (8, "quote “England”", "It overlaps a longer span, and each token has one tag."),
        (16, "ORG “ro”", "It does not begin and end with a token."),
    ]
    assert report.marks == 1


def test_iob1_is_read_as_the_first_files_of_conll_2003_have_it() -> None:
    text = """-DOCSTART- -X- O O

U.N. NNP I-NP I-ORG
official NN I-NP O
Ekeus NNP I-NP I-PER
heads VBZ I-VP O
for IN I-PP O
Baghdad NNP I-NP I-LOC
. . O O

Ann NNP I-NP I-PER
Bob NNP B-NP B-PER

-DOCSTART- -X- O O

Rome NNP I-NP I-LOC
"""
    options = ImportOptions(CONLL)
    first, second = read(text, options)
    assert isinstance(first, Record)
    assert first.document.text == "U.N. official Ekeus heads for Baghdad .\nAnn Bob"
    assert spans_of(first) == {"ORG U.N.", "PER Ekeus", "LOC Baghdad", "PER Ann", "PER Bob"}
    assert spans_of(second) == {"LOC Rome"}
    assert options.report.formats == {"conll": 1}


def test_tabs_comments_and_two_columns_are_read() -> None:
    (found,) = read("# id = 1\nSan\tB-LOC\nJosé\tI-LOC\n\nis\tO\nnice\tO\n")
    assert spans_of(found) == {"LOC San José"}


def test_a_file_without_document_lines_is_one_document_or_one_a_sentence() -> None:
    text = "a O\nb B-PER\n\n\nc O\n"
    assert len(read(text)) == 1
    assert len(read(text, ImportOptions(CONLL, lines=True))) == 2


def test_a_line_without_a_tag_is_reported_and_the_rest_goes_on() -> None:
    stream = io.BytesIO(b"a O\nb B-PER\nc O\nd O\nnonsense\ng O\n")
    bad, found = read_documents(["-"], schema=CONLL, stdin=stream, format="conll")
    assert isinstance(bad, BadRecord)
    assert bad.where == "standard input:5"
    assert isinstance(found, Record)
    assert found.document.text == "a b c d g"


def test_nltk_reads_the_four_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk.data
    from nltk.corpus.reader import ConllCorpusReader

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    record = record_of("Mayor resigns.\nJohn Smith left", Span(15, 25, "entities", "PER"))
    (tmp_path / "a.conll").write_text(written("conll", [record, record], CONLL), "utf-8")
    columns = ("words", "pos", "ignore", "chunk")
    reader = ConllCorpusReader(str(tmp_path), ["a.conll"], columns)
    # NLTK takes the line between documents for an empty sentence.
    page: list[list[str]] = [[], ["Mayor", "resigns", "."], ["John", "Smith", "left"]]
    assert [[word for word, _, _ in sentence] for sentence in reader.iob_sents()] == page * 2
    assert [tag for _, _, tag in reader.iob_words() if tag != "O"] == ["B-PER", "I-PER"] * 2
