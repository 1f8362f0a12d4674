"""Regular expressions from a file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.errors import InputError
from annotator.core.schema import schema_from_toml
from annotator.propose.expressions import Expression, ExpressionProposer, read_expressions

NEWS = schema_from_toml((Path(__file__).parents[2] / "resources" / "schemas" / "news.toml").read_text(encoding="utf-8"))


def write(folder: Path, text: str) -> Path:
    path = folder / "expressions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def proposed(text: str, *expressions: Expression) -> list[tuple[str, str]]:
    document = make_document(text)
    (found,) = ExpressionProposer(expressions).propose([document], NEWS)
    return [(document.text[p.mark.start : p.mark.end], p.mark.label) for p in found]


def test_a_file_of_expressions_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "[[expressions]]\npattern = 'F-\\d+'\nlabel = 'PRODUCT'\nscore = 0.8\nreason = 'a Ford'\n"
        "[[expressions]]\npattern = 'Resolution (?P<number>\\d+)'\nlabel = 'LAW'\ngroup = 'number'\n",
    )
    first, second = read_expressions(path)
    assert first == Expression(r"F-\d+", "PRODUCT", 0, 0.8, "a Ford")
    assert proposed("an F-150 and Resolution 1325", first, second) == [("F-150", "PRODUCT"), ("1325", "LAW")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[expressions]]\npattern = '('\nlabel = 'LAW'", "expression 1: the pattern is no regular expression"),
        ("[[expressions]]\npattern = 'a'\nlabel = 'LAW'\ngroup = 2", "no group “2”"),
        ("[[expressions]]\npattern = 'a'\nlabel = 'LAW'\nscore = 3", "between 0 and 1"),
        ("[[expressions]]\nlabel = 'LAW'", "must be texts"),
        ("[[expressions]]\npattern = 'a'\nlabel = 'LAW'\nlabels = 1", "needs `pattern` and `label`"),
        ("expressions = 3", r"holds no \[\[expressions\]\]"),
        ("[[", "not TOML"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_expressions(write(tmp_path, text))


def test_matches_are_trimmed_and_do_not_overlap() -> None:
    first = Expression(r"\s*Ford F-\d+\s*", "PRODUCT")
    second = Expression(r"F-\d+|\s+", "PRODUCT")
    assert proposed("the  Ford F-150 truck", first, second) == [("Ford F-150", "PRODUCT")]


def test_an_expression_that_would_run_for_ever_is_stopped_with_a_sentence() -> None:
    proposer = ExpressionProposer([Expression(r"(?:a|aa)+$", "PRODUCT")], seconds=0.2)
    begun = time.monotonic()
    with pytest.raises(InputError, match="takes more than"):
        list(proposer.propose([make_document("a" * 5000 + "b", title="Aaa")], NEWS))
    assert time.monotonic() - begun < 60


def test_a_label_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="label “CAR”"):
        proposed("F-150", Expression("F-150", "CAR"))
