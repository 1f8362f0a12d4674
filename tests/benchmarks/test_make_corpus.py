import itertools
import json
from pathlib import Path

import pytest

from tests.benchmarks import make_corpus


def assert_spans_are_apart(document: dict) -> None:
    spans = document["spans"]
    assert all(0 <= span["start"] < span["end"] <= len(document["text"]) for span in spans)
    assert all(one["end"] <= next_one["start"] for one, next_one in itertools.pairwise(spans))
    assert all(document["text"][span["start"] : span["end"]].strip() for span in spans)


def test_documents_have_the_size_that_was_asked_for() -> None:
    made = list(make_corpus.documents(20, words=530, spans=30))
    assert len({document["text"] for document in made}) == 20
    for document in made:
        assert 530 <= len(document["text"].split()) < 800
        assert len(document["spans"]) == 30
        assert_spans_are_apart(document)


def test_the_same_seed_makes_the_same_documents() -> None:
    first, again, other = (list(make_corpus.documents(3, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_more_spans_than_names_fall_on_words() -> None:
    (document,) = make_corpus.documents(1, words=100, spans=90)
    assert len(document["spans"]) == 90
    assert_spans_are_apart(document)


def test_a_file_is_repeated_with_changed_text_and_moved_spans(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "own.jsonl"
    rows = [
        {"text": "Ann met Bob.", "spans": [{"start": 8, "end": 11, "label": "PERSON"}]},
        {"text": "No names here."},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    make_corpus.main(["--from", str(source), "--documents", "5"])
    made = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len({document["text"] for document in made}) == 5
    for document in made[::2]:
        (span,) = document["spans"]
        assert document["text"][span["start"] : span["end"]] == "Bob"
    assert [document["spans"] for document in made[1::2]] == [[], []]


@pytest.mark.parametrize("content", ["", '{"title": "no text"}\n', "[]\n"])
def test_a_file_without_documents_is_refused(tmp_path: Path, content: str) -> None:
    source = tmp_path / "own.jsonl"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"own\.jsonl"):
        list(make_corpus.documents_from(source, 1))
