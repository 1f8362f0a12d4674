import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.marks import Mark, Rejection, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.conditions import parse_where
from annotator.exchange.format import BadRecord, ImportOptions
from annotator.exchange.rejects import only_good
from annotator.exchange.roles import Role, in_role
from annotator.exchange.selection import Selection
from tests.exchange.strategies import NEWS

DOCUMENT = make_document("Acme sued Beta")
ONE, TWO = Span(0, 4, "entities", "ORG"), Span(10, 14, "entities", "ORG")


def work(name: str, *marks: Mark) -> Work:
    return Work(Annotation(DOCUMENT.id, name, frozenset(marks), State(Status.DONE)))


RECORD = Record(DOCUMENT, (work("ann", ONE, Rejection(TWO)), work("bob", TWO)), (Proposal(TWO, 0.5, "", "rules"),))
BAD = BadRecord("a:1", "a:1: no.", "raw \ud800")


def through(role: Role, name: str = "") -> tuple[Record, ImportOptions]:
    options = ImportOptions(NEWS)
    found, bad = in_role([RECORD, BAD], role, options, name)
    assert bad is BAD
    assert isinstance(found, Record)
    return found, options


def test_marks_stay_what_the_file_says_unless_a_role_is_asked_for() -> None:
    assert through(Role.AS_WRITTEN)[0] is RECORD
    assert through(Role.DOCUMENTS)[0] == Record(DOCUMENT)


def test_marks_can_come_in_as_proposals() -> None:
    found, options = through(Role.PROPOSALS, "old model")
    assert found.works == ()
    assert set(found.proposals) == {
        Proposal(TWO, 0.5, "", "rules"),
        Proposal(ONE, None, "", "old model"),
        Proposal(TWO, None, "", "old model"),
    }
    assert options.report.losses.by_reason == {"A rejection is no proposal.": 1}
    named, _ = through(Role.PROPOSALS)
    assert {proposal.proposer for proposal in named.proposals} == {"rules", "ann", "bob"}


@pytest.mark.parametrize(("role", "name", "wanted"), [(Role.GOLD, "", "gold"), (Role.ANNOTATIONS, "cat", "cat")])
def test_marks_can_come_in_as_gold_or_as_somebodys(role: Role, name: str, wanted: str) -> None:
    found, options = through(role, name)
    assert [x.annotation.annotator for x in found.works] == [wanted]
    assert found.works[0].annotation.marks == {ONE, Rejection(TWO)}
    assert [loss.what for loss in options.report.losses.listed] == ["bob"]


def test_annotations_without_a_name_keep_the_names_of_the_file() -> None:
    assert [x.annotation.annotator for x in through(Role.ANNOTATIONS)[0].works] == ["ann", "bob"]


def test_bad_records_are_kept_in_a_file_or_stop_everything(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    assert list(only_good([RECORD], rejects=rejects)) == [RECORD]
    assert not rejects.exists()
    assert list(only_good([BAD, RECORD], rejects=rejects)) == [RECORD]
    assert json.loads(rejects.read_text("utf-8")) == {"where": "a:1", "reason": "a:1: no.", "raw": BAD.raw}
    taken = []
    with pytest.raises(InputError, match=r"a:1: no\. Nothing was imported\."):
        taken.extend(only_good([RECORD, BAD, RECORD], strict=True))


def test_conditions_narrow_a_selection() -> None:
    found, segments = parse_where(
        "status=done,unsure label=ORG segment=article date>=2024 text~'the mayor'", Selection(), NEWS
    )
    assert found == replace(
        Selection(),
        statuses=frozenset({Status.DONE, Status.UNSURE}),
        labels=frozenset({"ORG"}),
        since="2024",
        query="the mayor",
    )
    assert segments == {"article"}
    assert parse_where("", Selection(), NEWS) == (Selection(), None)
    assert parse_where("date=2024-03 date<=2025", Selection(), NEWS)[0] == Selection(since="2024-03", until="2025")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("state=done", "is no condition"),
        ("status~done", "is no condition"),
        ("status=", "is no condition"),
        ("done", "is no condition"),
        ("status=finished", "“finished” is none of done"),
        ("label=NOISE", "“NOISE” is none of"),
        ("segment=PERSON", "“PERSON” is none of"),
        ("text~'", "cannot be read"),
    ],
)
def test_a_condition_that_is_none_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse_where(text, Selection(), NEWS)
