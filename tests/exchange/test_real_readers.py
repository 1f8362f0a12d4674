"""The programs that files are for read them, in an interpreter of their own.

`ANNOTATOR_READERS` names a Python that has `datasets` and `label-studio-sdk` installed; both bring pandas, which has no
place beside the program (see docs/decisions/0034-format-libraries.md).
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, DocumentLabel, Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.record import Record, Work
from annotator.exchange.format import ExportOptions
from annotator.exchange.huggingface import class_names, write_huggingface_splits
from annotator.exchange.label_studio import write_label_studio
from annotator.exchange.sources import read_documents
from tests.exchange.strategies import EVERYTHING

READERS = os.environ.get("ANNOTATOR_READERS", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not READERS, reason="ANNOTATOR_READERS names no Python with datasets and label-studio-sdk"),
]

DOCUMENT = make_document("😀 Mayor resigns\nJohn Smith of Acme left.", title="T")
SPAN = Span(16, 26, "entities", "PERSON")
MARKS: frozenset[Mark] = frozenset(
    {
        SPAN,
        Span(16, 20, "quotes", "quote"),
        Span(16, 26, "quotes", "source"),
        Boundary(16, "blocks", "body"),
        DocumentLabel("topic", "sport"),
    }
)
RECORD = Record(
    DOCUMENT,
    (Work(Annotation(DOCUMENT.id, "ann", MARKS, State(Status.DONE)), {SPAN: "spacy"}, 4.5),),
    (Proposal(SPAN, 0.9, "a name", "spacy 1"), Proposal(Boundary(0, "blocks", "headline"), None, "", "rules 1")),
)


def run(script: str, *arguments: str, home: Path) -> Any:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    environment.pop("PYTHONPATH", None)
    command = [READERS, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


DATASETS = """
import json, sys, datasets
loaded = datasets.load_dataset(sys.argv[1], cache_dir=sys.argv[2] + "/cache")
feature = loaded["train"].features["ner_tags"].feature
row = loaded["train"][0]
loaded["train"].save_to_disk(sys.argv[2] + "/arrow")
print(json.dumps({
    "rows": {name: len(rows) for name, rows in loaded.items()},
    "names": feature.names,
    "tags": [feature.int2str(tag) for tag in row["ner_tags"]],
    "row": row,
}))
"""


def test_datasets_opens_the_folder_offline_and_what_it_saves_is_read(tmp_path: Path) -> None:
    splits = {"train": [RECORD, RECORD], "validation": [RECORD], "test": [RECORD]}
    write_huggingface_splits(splits, EVERYTHING, tmp_path / "set", ExportOptions())
    said = run(DATASETS, str(tmp_path / "set"), str(tmp_path), home=tmp_path)
    assert said["rows"] == {"train": 2, "validation": 1, "test": 1}
    assert said["names"] == class_names(EVERYTHING, ExportOptions())
    assert said["tags"][3:5] == ["B-entities/PERSON", "I-entities/PERSON"]
    row = said["row"]
    assert len(row["spans"]) == 3
    for span in row["spans"]:
        assert row["text"][span["start"] : span["end"]] == span["text"]
    one, two = read_documents([tmp_path / "arrow"], schema=EVERYTHING)
    assert isinstance(one, Record)
    assert one.works[0].annotation.marks == MARKS
    assert one == two


LABEL_STUDIO = """
import json, pathlib, sys
from label_studio_sdk.label_interface import LabelInterface
interface = LabelInterface(pathlib.Path(sys.argv[1]).with_suffix(".xml").read_text())
interface.validate()
errors = []
for task in json.load(open(sys.argv[1])):
    for held in [*task["annotations"], *task["predictions"]]:
        errors += interface._validate_object(held, return_errors=True)
print(json.dumps({"errors": errors, "controls": sorted(interface._controls)}))
"""


def test_label_studio_accepts_the_interface_and_every_region(tmp_path: Path) -> None:
    write_label_studio([RECORD], EVERYTHING, tmp_path / "tasks.json", ExportOptions(utf16=True))
    said = run(LABEL_STUDIO, str(tmp_path / "tasks.json"), home=tmp_path)
    assert said["errors"] == []
    assert said["controls"] == ["articles", "blocks", "entities", "quotes", "topic"]
