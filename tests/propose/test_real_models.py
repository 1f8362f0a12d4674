"""Tiny models of both kinds that need torch are made and propose, in an interpreter that has what they need.

`ANNOTATOR_READERS` names a folder with the environment `programs`, as for the formats; it holds torch, transformers and
gliner.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.readers.with_models import LABELS, LINE, PAGES

CHECKOUT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("ANNOTATOR_READERS", ".venv-readers")).absolute() / "programs" / "bin" / "python"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON.exists(), reason="ANNOTATOR_READERS names no folder with the environment programs"),
]

Found = dict[str, dict[str, list[list[object]]]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What each model proposed, by model and page: start, end, label, text and score."""
    home = tmp_path_factory.mktemp("models")
    variables = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "OMP_NUM_THREADS": "1"}
    variables.pop("PYTHONPATH", None)
    command = [str(PYTHON), str(CHECKOUT / "tests" / "readers" / "with_models.py"), str(CHECKOUT), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=home, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def places_of(text: str) -> set[tuple[int, int, str]]:
    """Where the models' one line stands on a page, and what is true there."""
    spans = set()
    for string, label in (("Paris", "GPE"), ("New York", "GPE"), ("Watson", "PERSON")):
        at = text.find(string)
        while at >= 0:
            spans.add((at, at + len(string), label))
            at = text.find(string, at + 1)
    return spans


@pytest.mark.parametrize("model", ["classifier", "gliner"])
@pytest.mark.parametrize("name", PAGES)
def test_spans_have_the_offsets_of_the_page(found: Found, model: str, name: str) -> None:
    text = PAGES[name]
    rows = found[model][name]
    assert bool(rows) is bool(text)
    for start, end, label, shown, score in rows:
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert text[start:end] == shown
        assert label in LABELS.values()
        assert isinstance(score, float)
        assert 0.0 <= score <= 1.0


@pytest.mark.parametrize("model", ["classifier", "gliner"])
def test_what_the_model_was_taught_is_proposed(found: Found, model: str) -> None:
    assert {(row[0], row[1], row[2]) for row in found[model]["plain"]} == places_of(LINE)


@pytest.mark.parametrize("model", ["classifier", "gliner"])
def test_a_long_page_is_proposed_on_to_its_end(found: Found, model: str) -> None:
    rows = {(row[0], row[1], row[2]) for row in found[model]["long"]}
    wanted = places_of(PAGES["long"])
    assert len(rows & wanted) >= 0.9 * len(wanted)
    assert max(end for _, end, _ in wanted & rows) > len(PAGES["long"]) - len(LINE)
