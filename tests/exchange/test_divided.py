"""Divided exports in every format: the same bytes in every process, and no group of near duplicates on two sides.

Sides are told from what the files themselves hold, not from the plan that is written beside them.
"""

import hashlib
import os
import random
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from annotator.app.settings import find_schema
from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Boundary, Span
from annotator.core.record import Record, Work
from annotator.exchange.formats import FORMATS
from annotator.store.corpus import Corpus

NAMES = [row.name for row in FORMATS if row.write is not None]
PAGES = 15
_EXPORT = """
import sys
from pathlib import Path
from annotator.app.transfer import ExportRequest, export_corpus, fold_options, parse_split
from annotator.exchange.formats import FORMATS
from annotator.store.corpus import Corpus

out = Path(sys.argv[2])
with Corpus.open(Path(sys.argv[1])) as corpus:
    for row in FORMATS:
        if row.write is not None:
            for name, sides in (("split", parse_split("80/10/10", 3)), ("folds", fold_options(5, 3))):
                export_corpus(corpus, ExportRequest(row.name, out / row.name / name, split=sides))
"""
_GROUP = re.compile(r"Story(\d+)x")


def story(chance: random.Random, number: int, copies: int) -> list[Record]:
    """A page that names its story in its first word, and near duplicates of it that differ in one line."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    body = " ".join("".join(chance.choices(letters, k=7)) for _ in range(80))
    name = f"Story{number}x Lee"
    found = []
    for copy in range(copies):
        text = f"{name} leads Acme.\n{body}\n" + (f"Copy {copy}.\n" if copy else "")
        start = text.index("Acme")
        marks = frozenset(
            {
                Span(0, len(name), "entities", "PERSON"),
                Span(start, start + 4, "entities", "ORG"),
                Boundary(0, "articles", "article"),
                Boundary(0, "blocks", "headline"),
                Boundary(text.index("\n") + 1, "blocks", "body"),
            }
        )
        document = make_document(text, source=f"https://s{number}.org/{copy}")
        found.append(Record(document, (Work(Annotation(document.id, "ann", marks, State(Status.DONE))),)))
    return found


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All formats, divided both ways, written by two processes that hash strings differently."""
    folder = tmp_path_factory.mktemp("divided")
    chance = random.Random(3)
    with Corpus.create(folder / "news.corpus", find_schema("news")) as corpus:
        corpus.add_records(record for n in range(PAGES) for record in story(chance, n, 1 if n % 3 else 2))
    found = []
    for seed in ("1", "2"):
        out = folder / seed
        command = [sys.executable, "-c", _EXPORT, str(folder / "news.corpus"), str(out)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        found.append(out)
    return found


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def words_in(path: Path) -> str:
    """What a file holds, unpacked where it is packed."""
    if path.suffix == ".spacy":
        import spacy
        from spacy.tokens import DocBin

        return "\n".join(doc.text for doc in DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))
    if path.suffix == ".parquet":
        from pyarrow import parquet

        return str(parquet.read_table(path).to_pylist())
    return path.read_text(encoding="utf-8")


def sides_of(folder: Path, ids: dict[str, int]) -> dict[int, set[str]]:
    """The sides on which each story stands; formats without texts name documents by their ids."""
    sides: defaultdict[int, set[str]] = defaultdict(set)
    for path in folder.rglob("*"):
        place = path.relative_to(folder)
        side = re.match(r"(?:data/)?(train|dev|validation|test|fold\d)", place.as_posix())
        if side is None or not path.is_file():
            continue
        words = words_in(path)
        found = {int(number) for number in _GROUP.findall(words)}
        for number in found or {number for id_, number in ids.items() if id_ in words}:
            sides[number].add(side.group(1))
    return sides


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["split", "folds"])
def test_a_divided_export_is_the_same_everywhere_and_keeps_groups_on_one_side(
    exported: list[Path], name: str, way: str
) -> None:
    one, other = (folder / name / way for folder in exported)
    assert hashes(one) == hashes(other)
    with Corpus.open(one.parents[2] / "news.corpus") as corpus:
        texts = [(record.document.id, record.document.text) for record in corpus.records()]
    ids = {id_: int(found.group(1)) for id_, text in texts if (found := _GROUP.match(text))}
    sides = sides_of(one, ids)
    assert sorted(sides) == list(range(PAGES))
    assert {number: on for number, on in sides.items() if len(on) > 1} == {}
    assert len(set().union(*sides.values())) == (3 if way == "split" else 5)
