from pathlib import Path

import pytest

from annotator.app.sample import make_sample, sample_records
from annotator.app.settings import data_path
from annotator.core.errors import Cancelled, CorpusError, InputError
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus


def test_the_sample_holds_the_seed_page_as_it_is_and_names_the_licence_of_every_other() -> None:
    seed, *pages = sample_records()
    (path,) = data_path("seeds").glob("*.txt")
    assert seed.document.text == path.read_text(encoding="utf-8")
    assert len({record.document.id for record in (seed, *pages)}) == len(pages) + 1
    assert pages
    assert all(record.document.meta["licence"] and record.document.source for record in pages)


@pytest.mark.slow
def test_the_sample_corpus_is_sound_and_proposed_for(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    reports = make_sample(tmp_path / "sample.corpus", progress=lambda *call: told.append(call))
    with Corpus.open(tmp_path / "sample.corpus") as corpus:
        assert len(corpus) == len(sample_records())
        assert check_corpus(corpus) == []
        layers = {mark.mark.layer for record in corpus.records() for mark in record.proposals}
    assert layers == {"articles", "blocks", "entities"}
    assert {report.documents for report in reports} == {len(sample_records())}
    assert {name for name, _, _ in told} == {report.proposer for report in reports}


def test_a_file_that_stands_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sample.corpus"
    path.write_text("mine")
    with pytest.raises(CorpusError, match="is there already and was left as it is"):
        make_sample(path)
    assert path.read_text() == "mine"


def test_a_pipeline_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="xx_nowhere"):
        make_sample(tmp_path / "sample.corpus", model="xx_nowhere")


def test_making_the_sample_can_be_stopped(tmp_path: Path) -> None:
    def stop(name: str, done: int, total: int) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        make_sample(tmp_path / "sample.corpus", progress=stop)
