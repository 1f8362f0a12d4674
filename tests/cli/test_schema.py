"""`annotator schema`, through the command line."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotator.app.settings import find_schema
from annotator.cli import schema as commands
from annotator.core.annotation import Annotation
from annotator.core.document import make_document
from annotator.core.errors import AnnotatorError
from annotator.core.marks import Rejection, Span
from annotator.core.record import Record, Work
from annotator.core.schema import schema_from_toml
from annotator.core.schema_toml import schema_to_toml
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus

JOE = Span(0, 9, "entities", "PERSON")
CNN = Span(20, 23, "entities", "ORG")


def run(*arguments: object) -> tuple[int, str, str]:
    app = typer.Typer(pretty_exceptions_enable=False)
    commands.register(app)
    app.command(name="other")(lambda: None)
    result = CliRunner().invoke(app, [str(argument) for argument in ("schema", *arguments)])
    if isinstance(result.exception, AnnotatorError):
        return 1, result.output, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def corpus_file(tmp_path: Path) -> Path:
    path = tmp_path / "news.corpus"
    document = make_document("Joe Biden was seen. CNN said so.")
    works = (
        Work(Annotation(document.id, "ana", frozenset([JOE, CNN]))),
        Work(Annotation(document.id, "ben", frozenset([JOE, Rejection(CNN)]))),
    )
    with Corpus.create(path, find_schema("news")) as corpus:
        corpus.add_records([Record(document, works)])
    return path


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """The news schema with PER in the place of PERSON."""
    path = tmp_path / "own.toml"
    path.write_text(schema_to_toml(find_schema("news")).replace('name = "PERSON"', 'name = "PER"'), encoding="utf-8")
    return path


def marks(path: Path, who: str) -> set[object]:
    with Corpus.open(path) as corpus:
        assert check_corpus(corpus) == []
        return set(next(corpus.records()).work_of(who).annotation.marks)  # type: ignore[union-attr]


def test_show_names_layers_labels_and_who_uses_them(corpus_file: Path) -> None:
    code, out, _ = run("show", corpus_file)
    assert code == 0
    line = next(line for line in out.splitlines() if " PERSON " in line)
    assert line.endswith("ana: 1, ben: 1")
    assert "entities (spans)" in out
    code, out, _ = run("show", corpus_file, "--json")
    use = {item["label"]: item for item in json.loads(out)["use"]}
    assert use["ORG"]["marks"] == {"ana": 1}
    assert use["ORG"]["rejections"] == {"ben": 1}


def test_what_show_prints_as_toml_is_the_schema(corpus_file: Path) -> None:
    code, out, _ = run("show", corpus_file, "--toml")
    assert code == 0
    assert schema_from_toml(out) == find_schema("news")


def test_setting_what_was_shown_changes_nothing(corpus_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "same.toml"
    file.write_text(run("show", corpus_file, "--toml")[1], encoding="utf-8")
    code, out, _ = run("set", corpus_file, file)
    assert (code, out.strip()) == (0, "The schema is this one already; nothing was changed.")


def test_a_label_in_use_that_the_file_lacks_is_refused_with_who_uses_it(corpus_file: Path, renamed: Path) -> None:
    code, _, error = run("set", corpus_file, renamed)
    assert code == 1
    assert "“PERSON” of “entities” (ana: 1, ben: 1)" in error
    assert "--rename OLD=NEW" in error
    assert JOE in marks(corpus_file, "ana")


def test_a_renamed_label_takes_its_marks_along_and_proposers_are_still_understood(
    corpus_file: Path, renamed: Path
) -> None:
    code, out, _ = run("set", corpus_file, renamed, "--rename", "PERSON=PER")
    assert code == 0
    assert "“PERSON” becomes “PER”: 2 marks on 1 page." in out
    assert "2 marks relabelled." in out
    assert "version 2 now" in out
    assert marks(corpus_file, "ana") == {Span(0, 9, "entities", "PER"), CNN}
    with Corpus.open(corpus_file) as corpus:
        assert corpus.schema.by_name["entities"].map_label("PERSON") == "PER"


@pytest.mark.parametrize(("to", "left"), [("ORG", {Span(0, 9, "entities", "ORG"), CNN}), ("", {CNN})])
def test_a_removed_label_gives_its_marks_to_another_or_takes_them_along(
    corpus_file: Path, tmp_path: Path, to: str, left: set[object]
) -> None:
    from annotator.core.schema_edits import remove_label

    file = tmp_path / "own.toml"
    file.write_text(schema_to_toml(remove_label(find_schema("news"), "entities", "PERSON")), encoding="utf-8")
    code, out, _ = run("set", corpus_file, file, "--remove", f"entities/PERSON={to}", "--json")
    assert code == 0
    report = json.loads(out)
    assert (report["relabelled"], report["removed"]) == ((2, 0) if to else (0, 2))
    assert report["done"]
    assert marks(corpus_file, "ana") == left


def test_a_dry_run_says_what_would_be_and_changes_nothing(corpus_file: Path, renamed: Path) -> None:
    code, out, _ = run("set", corpus_file, renamed, "--rename", "PERSON=PER", "--dry-run")
    assert code == 0
    assert "becomes “PER”" in out
    assert "dry run" in out
    assert JOE in marks(corpus_file, "ana")


@pytest.mark.parametrize(
    ("option", "pair", "sentence"),
    [
        ("--rename", "PERSON", "write it as OLD=NEW"),
        ("--rename", "PERSON=", "write it as OLD=NEW"),
        ("--remove", "=PER", "write it as LABEL=TO"),
        ("--remove", "HUMAN=PER", "no label “HUMAN”"),
        ("--rename", "PERSON=HUMAN", "has no label “HUMAN”"),
        ("--remove", "teaser=", "write one of articles/teaser, blocks/teaser"),
    ],
)
def test_an_option_that_does_not_fit_is_refused_with_a_sentence(
    corpus_file: Path, renamed: Path, option: str, pair: str, sentence: str
) -> None:
    code, _, error = run("set", corpus_file, renamed, option, pair)
    assert code == 1
    assert sentence in error


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("bad.toml", 'name = "x"\nversion = 0\n', "bad.toml, line 2: `version`"),
        ("bad.json", '{"name": "x",\n "version": 0, "layers": []}', "bad.json, line 2: `version`"),
        ("bad.toml", 'name = "x\n', "bad.toml: not valid TOML"),
        (
            "key.toml",
            'name="x"\n[[layers]]\nname="e"\nkind="spans"\n[[layers.labels]]\nname="A"\nkey="x"\n',
            "means “R",
        ),
    ],
)
def test_a_file_with_mistakes_is_refused_with_line_and_reason(
    corpus_file: Path, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    code, _, error = run("set", corpus_file, file)
    assert code == 1
    assert sentence in error


def test_a_file_that_is_not_there_is_named(corpus_file: Path, tmp_path: Path) -> None:
    code, _, error = run("set", corpus_file, tmp_path / "none.toml")
    assert code == 1
    assert "none.toml: the schema could not be read" in error


@pytest.mark.parametrize("command", ["show", "set"])
def test_help_has_an_example(command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: annotator schema {command}" in out
