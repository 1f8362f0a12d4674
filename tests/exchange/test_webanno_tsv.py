from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Mark, Span
from annotator.core.record import Record, Work
from annotator.exchange.format import BadRecord, ExportOptions, ImportOptions
from annotator.exchange.sources import read_documents
from annotator.exchange.webanno_tsv import escape, unescape, write_webanno
from tests.exchange.round_trips import through
from tests.exchange.strategies import CONLL, EVERYTHING, records

ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


def record(text: str, *marks: Mark) -> Record:
    document = make_document(text)
    return Record(document, (Work(Annotation(document.id, "imported", frozenset(marks), State(Status.DONE))),))


def text_of(whole: Record, folder: Path) -> str:
    write_webanno([whole], EVERYTHING, folder / "out", ExportOptions())
    return (folder / "out" / f"{whole.document.id[:16]}.tsv").read_bytes().decode()


@settings(max_examples=60)
@given(records())
def test_spans_come_back_with_their_offsets_or_are_counted(record: Record) -> None:
    found, report, reading = through("webanno-tsv", [record])
    if not record.works:
        assert (found, report.left_out) == ([], {"without an annotation": 1})
        return
    (back,) = found
    text, again = record.document.text, back.document.text
    assert [c for c in text if not c.isspace()] == [c for c in again if not c.isspace()]
    assert not reading.report.losses
    first = min(record.works, key=lambda work: work.annotation.annotator).annotation.marks
    spans = {mark for mark in first if isinstance(mark, Span)}
    counted = {loss.offset for loss in report.losses.listed}
    for mark in spans - back.works[0].annotation.marks:
        assert mark.start in counted
    assert report.marks == len(back.works[0].annotation.marks)


def test_a_file_looks_as_inception_writes_it(tmp_path: Path) -> None:
    whole = record(
        "😀 Ms. Haag\nplays Elianti. Nested",
        Span(2, 10, "entities", "PERSON"),
        Span(17, 24, "quotes", "quote"),
        Span(17, 21, "quotes", "source"),
        Span(26, 30, "entities", "ORG"),
    )
    assert text_of(whole, tmp_path) == (
        f"#FORMAT=WebAnno TSV 3.3\n#T_SP={ENTITY}|value\n\n"
        "\n#Text=😀 Ms. Haag\n"
        "1-1\t0-2\t😀\t_\t\n"
        "1-2\t3-5\tMs\tentities/PERSON[1]\t\n"
        "1-3\t5-6\t.\tentities/PERSON[1]\t\n"
        "1-4\t7-11\tHaag\tentities/PERSON[1]\t\n"
        "\n#Text=plays Elianti.\n"
        "2-1\t12-17\tplays\t_\t\n"
        "2-2\t18-25\tElianti\tquote[2]\t\n"
        "2-2.1\t18-22\tElia\tsource[3]\t\n"
        "2-3\t25-26\t.\t_\t\n"
        "\n#Text=Nested\n"
        "3-1\t27-33\tNested\t_\t\n"
        "3-1.1\t27-31\tNest\tORG[4]\t\n"
    )


def test_a_span_over_a_line_end_joins_the_sentences(tmp_path: Path) -> None:
    text = text_of(record("John\nSmith left.\nNo.", Span(0, 10, "quotes", "quote")), tmp_path)
    assert "#Text=John\\nSmith left.\n" in text
    assert text.count("#Text=") == 2


def test_files_of_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        "#FORMAT=WebAnno TSV 3.2\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|coarseValue|PosValue\n"
        f"#T_SP={ENTITY}|identifier|value\n"
        "#T_RL=webanno.custom.Relation|kind|BT_webanno.custom.X\n\n\n"
        "#Text=😀 Ms. Haag [x]\n"
        "1-1\t0-2\t😀\t_\t_\t_\t_\t_\t_\t\n"
        "1-2\t3-6\tMs.\t*\tNNP\t*[1]\tPER[1]\t_\t_\t\n"
        "1-3\t7-11\tHaag\t*\tNNP\t*[1]|*[2]\tPER[1]|LOC[2]\t_\t_\t\n"
        "1-4\t12-15\t[x]\t_\t_\t_\tMISC\tkind\t1-1\t\n\n"
        "#Text=Elianti\n"
        "2-1\t16-23\tElianti\t_\t_\t_\tNO\\_LABEL\t_\t_\t\n",
        "utf-8",
    )
    options = ImportOptions(CONLL)
    (found,) = read_documents([tmp_path / "a.tsv"], schema=CONLL, options=options)
    assert isinstance(found, Record)
    assert found.document.text == "😀 Ms. Haag [x]\nElianti"
    assert found.works[0].annotation.marks == {Span(2, 10, "entities", "PER"), Span(11, 14, "entities", "MISC")}
    assert [loss.what for loss in options.report.losses.listed] == ["NO_LABEL", "LOC"]
    assert options.report.skipped == {"relations, chains and token layers of WebAnno": 3}
    assert options.report.formats == {"webanno-tsv": 1}


HEAD = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={ENTITY}|value\n\n\n#Text=a b\n"


@pytest.mark.parametrize(
    "rows", ["1-1\t0-1\ta\n", "x\t0-1\ta\t_\n", "1-1\t0\ta\t_\n", "1-1\t0-1\ta\t_\n\n#Text=c\n2-1\t1-2\tc\t_\n"]
)
def test_a_broken_file_is_reported(tmp_path: Path, rows: str) -> None:
    (tmp_path / "a.tsv").write_text(HEAD + rows, "utf-8")
    (bad,) = read_documents([tmp_path / "a.tsv"], schema=CONLL)
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("a.tsv:")


@given(st.text(max_size=20))
def test_escaping_is_undone(value: str) -> None:
    assert unescape(escape(value)) == value


def test_segments_are_counted() -> None:
    _, report, _ = through("webanno-tsv", [record("a b", Boundary(0, "blocks", "body"))])
    assert report.losses.by_reason == {"Segments are not held.": 1}


def test_spans_that_differ_in_blanks_alone_are_written_once() -> None:
    whole = record("a\nb", Span(0, 1, "quotes", "source"), Span(0, 2, "quotes", "quote"), Span(2, 3, "quotes", "quote"))
    (back,), report, reading = through("webanno-tsv", [whole])
    assert not reading.report.losses
    assert len(back.works[0].annotation.marks) == 2
    assert [loss.what for loss in report.losses.listed] == ["quote “a”"]


@pytest.mark.parametrize(
    "start", ["#FORMAT=WebAnno TSV 2.0\n", f" # {ENTITY} | value\n", "#id=1\n#text=a b\n1-1\ta\tO\n"]
)
def test_files_of_versions_one_and_two_are_named_as_such(tmp_path: Path, start: str) -> None:
    (tmp_path / "a.tsv").write_text(start.lstrip(" ") + "1-1\ta\t_\n", "utf-8")
    (bad,) = read_documents([tmp_path / "a.tsv"], schema=CONLL)
    assert isinstance(bad, BadRecord)
    assert "no WebAnno TSV of version 3" in bad.reason
