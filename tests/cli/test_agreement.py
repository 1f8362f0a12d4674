"""`annotator agreement`, `annotator assign` and `annotator report`, through the command line."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from annotator.cli import agreement as commands
from annotator.core.errors import AnnotatorError
from annotator.core.record import Record
from annotator.store.assignments import read_assignments
from annotator.store.corpus import Corpus
from tests.agreement.simulator import SCHEMA, Rates, corpus, work

SPOILT = Rates(
    drop_boundary=0.1, move_boundary=0.1, relabel_boundary=0.1, drop_span=0.05, relabel_span=0.05, widen_span=0.05
)


def run(*arguments: object) -> tuple[int, str, str]:
    app = typer.Typer(pretty_exceptions_enable=False)
    commands.register(app)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, AnnotatorError):
        return 1, result.output, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpora") / "three.corpus"
    records = []
    for page, _ in corpus({"ana": Rates(), "ben": SPOILT, "cai": SPOILT}, seed=3):
        gold = work(page.document, "gold", page.works[0].annotation.marks)
        records.append(Record(page.document, (*page.works, gold)))
    with Corpus.create(path, SCHEMA, "Three <annotators>") as made:
        made.add_records(records)
    return path


def reject_constant(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON value")


def test_json_has_the_figures_of_each_layer_and_null_where_none_is_defined(corpus_file: Path) -> None:
    code, out, _ = run("agreement", corpus_file, "--json")
    assert code == 0
    report = json.loads(out, parse_constant=reject_constant)
    entities = report["layers"]["entities"]
    for measure in ("exact_f1", "label_blind_f1", "overlap_f1"):
        assert set(entities[measure]) >= {"mean", "low", "high", "interval"}
        assert 0 < entities[measure]["low"] <= entities[measure]["mean"] <= entities[measure]["high"] <= 1
        low, high = entities[measure]["interval"]
        assert low <= entities[measure]["mean"] <= high
    assert entities["exact_f1"]["mean"] <= entities["label_blind_f1"]["mean"]
    assert [(pair["a"], pair["b"]) for pair in entities["pairs"]] == [("ana", "ben"), ("ana", "cai"), ("ben", "cai")]
    assert set(entities["pairs"][0]) >= {"a", "b", "exact_f1", "n_a", "n_b", "matches"}
    assert set(entities["by_label"]) == {"PERSON", "ORG", "GPE"}
    assert 0 < entities["gamma"] <= 1
    articles = report["layers"]["articles"]
    assert set(articles) >= {
        "boundary_f1",
        "boundary_f1_within_1",
        "pages_alike",
        "B",
        "pi_B",
        "kappa_B",
        "windowdiff",
        "pk",
    }
    assert articles["pages_alike"][1] == 14
    assert articles["boundary_f1_within_1"]["mean"] >= articles["boundary_f1"]["mean"]
    assert report["layers"]["blocks"]["alpha"] is None
    assert report["layers"]["blocks"]["boundary_f1"]["mean"] is None
    assert any(note["layer"] == "blocks" for note in report["notes"])


def test_words_come_first_then_figures_then_notes(corpus_file: Path) -> None:
    code, out, _ = run("agreement", corpus_file)
    assert code == 0
    assert out.index("of 100 cases") < out.index("statistics") < out.index("Notes on the data")
    assert "nan" not in out.lower().split()


def test_options_may_take_several_words_or_be_repeated(corpus_file: Path) -> None:
    spread = run("agreement", corpus_file, "--annotators", "ana", "ben", "--layer", "entities", "--json")
    repeated = run("agreement", corpus_file, "--annotators", "ana", "--annotators=ben", "--layer=entities", "--json")
    assert spread == repeated
    report = json.loads(spread[1])
    assert list(report["layers"]) == ["entities"]
    assert report["annotators"] == ["ana", "ben"]
    assert len(report["layers"]["entities"]["pairs"]) == 1


def test_the_table_has_a_row_for_each_value(corpus_file: Path, tmp_path: Path) -> None:
    code, _, _ = run("agreement", corpus_file, "--csv", tmp_path / "out.csv")
    assert code == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    report = json.loads(run("agreement", corpus_file, "--json")[1])
    exact = next(row for row in rows if row["measure"] == "exact_f1" and not row["label"] and not row["a"])
    assert float(exact["value"]) == report["layers"]["entities"]["exact_f1"]["mean"]
    assert {row["label"] for row in rows if row["measure"] == "exact_f1"} == {"", "PERSON", "ORG", "GPE"}
    assert {"B", "alpha", "gamma", "pages_alike", "semeval_strict"} <= {row["measure"] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--annotators", "zoe"], "no annotator “zoe”; it has ana, ben, cai"),
        (["--layer", "topics"], "no layer “topics”"),
        (["--json", "--csv", "x.csv"], "not for both"),
        (["--csv", "/nowhere/x.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(corpus_file: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("agreement", corpus_file, *arguments)
    assert code == 1
    assert said in err


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for command in (["agreement"], ["assign", "--annotators", "ana", "ben"], ["report", "--out", tmp_path / "x.html"]):
        code, _, err = run(command[0], tmp_path / "none.corpus", *command[1:])
        assert code == 1
        assert "none.corpus" in err


def test_assign_gives_every_page_away_once_and_keeps_it_there(corpus_file: Path) -> None:
    call = ("assign", corpus_file, "--annotators", "ana", "ben", "cai", "--overlap", "0.5", "--per-document", "2")
    code, out, _ = run(*call, "--json")
    assert code == 0
    first = json.loads(out)
    assert first["documents"] == 14
    assert first["overlapping"] == 7
    stored = read_assignments(corpus_file)
    assert set(stored) == {(row["document"], row["annotator"]) for row in first["assignments"]}
    load = Counter(name for _, name in stored)
    assert max(load.values()) - min(load.values()) <= 1
    code, out, _ = run(*call, "--seed", "5")
    assert code == 0
    assert "0 pages given away" in out
    assert read_assignments(corpus_file) == stored


def test_a_page_can_be_given_away_by_hand(corpus_file: Path) -> None:
    with Corpus.open(corpus_file) as opened:
        document = next(iter(opened.records())).document.id
    code, _, _ = run("assign", corpus_file, "--annotators", "dot", "eve", "--documents", document[:12])
    assert code == 0
    assert {(document, "dot"), (document, "eve")} <= set(read_assignments(corpus_file))
    code, _, err = run("assign", corpus_file, "--annotators", "dot", "--documents", "zz")
    assert code == 1
    assert "starts with “zz”" in err


def test_the_page_stands_alone_and_escapes_what_it_shows(corpus_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots are drawn by matplotlib")
    out = tmp_path / "report.html"
    code, _, _ = run("report", corpus_file, "--out", out)
    assert code == 0
    page = out.read_text("utf-8")
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", page)
    assert "Three &lt;annotators&gt;" in page
    assert "Three <annotators>" not in page
    assert page.count("data:image/svg+xml;base64,") >= 4
    for part in ("Progress", "Agreement in words", "The commonest confusions", "Annotators against gold", "seed 0"):
        assert part in page


def test_help_of_each_command_has_an_example() -> None:
    for command in ("agreement", "assign", "report"):
        code, out, _ = run(command, "--help")
        assert code == 0
        assert f"Example: annotator {command}" in out


def test_figures_and_the_report_are_never_written_over_a_corpus(corpus_file: Path) -> None:
    before = corpus_file.read_bytes()
    for words in (("agreement", corpus_file, "--csv", corpus_file), ("report", corpus_file, "--out", corpus_file)):
        code, _, said = run(*words)
        assert (code, said) == (1, f"“{corpus_file}” is a corpus or another database; it was left as it is.")
    assert corpus_file.read_bytes() == before


def test_where_no_page_has_two_annotators_the_reason_is_told_without_figures(corpus_file: Path) -> None:
    code, out, _ = run("agreement", corpus_file, "--annotators", "ana")
    assert code == 0
    assert "Give some pages to two or more annotators" in out
    assert "n/a" not in out
