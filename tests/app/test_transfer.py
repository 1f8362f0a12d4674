import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app import deeds
from annotator.app.desk import Desk
from annotator.app.settings import find_schema
from annotator.app.transfer import export_records, import_paths
from annotator.core.annotation import Status
from annotator.core.errors import Cancelled, CorpusError, InputError
from annotator.core.record import GOLD
from annotator.store.check import check_corpus
from annotator.store.corpus import Corpus
from tests.app.conftest import PROPOSED


@pytest.fixture
def worked(open_desk: Callable[..., Desk]) -> Corpus:
    """A corpus in which two annotators and gold have worked on the first page."""
    for name in ("ann", "bob", GOLD):
        desk = open_desk(name)
        deeds.open_start(desk)
        deeds.accept(desk)
        deeds.reject(desk)
    deeds.mark_page(desk, Status.DONE)
    return desk.session.corpus


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_everything_goes_out_and_comes_back_the_same(worked: Corpus, tmp_path: Path) -> None:
    out, again = tmp_path / "all.jsonl", tmp_path / "again.jsonl"
    report = export_records(worked, "jsonl", out)
    assert (report.documents, len(report.losses)) == (4, 0)
    with Corpus.create(tmp_path / "other.corpus", find_schema("news")) as other:
        imported = import_paths(other, [out])
        assert (imported.added.documents, imported.added.works, imported.read.bad_count) == (4, 3, 0)
        assert imported.added.proposals == len(PROPOSED) + 1
        assert check_corpus(other) == []
        export_records(other, "jsonl", again)
    assert again.read_bytes() == out.read_bytes()


def test_importing_twice_changes_nothing(worked: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    export_records(worked, "jsonl", out)
    imported = import_paths(worked, [out, out])
    assert (imported.added.documents, imported.added.duplicates) == (0, 8)
    assert (imported.added.works, imported.added.kept) == (0, 6)
    again = tmp_path / "again.jsonl"
    export_records(worked, "jsonl", again)
    assert again.read_bytes() == out.read_bytes()


def test_gold_goes_out_where_it_is_finished_and_nothing_else(worked: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "gold.jsonl"
    assert export_records(worked, "jsonl", out, gold=True).documents == 1
    (line,) = lines(out)
    assert [work["annotator"] for work in line["annotations"]] == [GOLD]  # type: ignore[attr-defined]
    assert line["proposals"] == []


def test_unfinished_gold_stays(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = open_desk(GOLD)
    deeds.open_start(desk)
    deeds.accept(desk)
    out = tmp_path / "gold.jsonl"
    assert export_records(desk.session.corpus, "jsonl", out, gold=True).documents == 0
    assert out.read_bytes() == b""


def test_one_annotator_goes_out_alone(worked: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "bob.jsonl"
    assert export_records(worked, "jsonl", out, annotator="bob").documents == 1
    (line,) = lines(out)
    assert [work["annotator"] for work in line["annotations"]] == ["bob"]  # type: ignore[attr-defined]


def test_an_annotator_nobody_knows_is_refused_with_those_there_are(worked: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nobody called “zed” has worked on this corpus; there are ann, bob, gold"):
        export_records(worked, "jsonl", tmp_path / "out.jsonl", annotator="zed")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_format_nobody_knows_is_refused(worked: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="“nope”"):
        export_records(worked, "nope", tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_a_cancelled_export_leaves_the_file_that_was_there(worked: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "all.jsonl"
    out.write_text("before")

    def stop(done: int) -> None:
        if done == 2:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        export_records(worked, "jsonl", out, progress=stop)
    assert out.read_text() == "before"
    assert [path.name for path in folder.iterdir()] == ["all.jsonl"]


def test_an_export_into_a_missing_folder_makes_it(worked: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder" / "all.jsonl"
    export_records(worked, "jsonl", out)
    assert len(lines(out)) == 4


def test_an_export_that_cannot_be_written_is_said(worked: Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        export_records(worked, "jsonl", tmp_path / "file" / "all.jsonl")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        export_records(worked, "jsonl", tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("f")) == ["file", "folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_an_export_never_replaces_a_corpus(worked: Corpus, tmp_path: Path) -> None:
    before = worked.path.read_bytes()
    for out in (worked.path, tmp_path / "link.jsonl"):
        if out != worked.path:
            out.symlink_to(worked.path)
        with pytest.raises(InputError, match="is a corpus or another database; it was left as it is"):
            export_records(worked, "jsonl", out)
    assert worked.path.read_bytes() == before
    with pytest.raises(InputError, match="names no file"):
        export_records(worked, "jsonl", Path())


# Imports


@pytest.fixture
def empty(tmp_path: Path) -> Corpus:
    with Corpus.create(tmp_path / "empty.corpus", find_schema("news")) as corpus:
        yield corpus


def test_a_bad_record_does_not_stop_the_rest(empty: Corpus, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": "One."}\n{"text": 5}\nnot json\n{"text": "Two."}\n')
    imported = import_paths(empty, [source])
    assert (imported.added.documents, imported.read.bad_count) == (2, 2)
    assert [bad.where for bad in imported.read.bad] == ["pages.jsonl:2", "pages.jsonl:3"]


def test_strict_stops_at_the_first_bad_record_with_nothing_imported(empty: Corpus, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text('{"text": "One."}\n{"text": 5}\n')
    with pytest.raises(InputError, match=r"pages\.jsonl:2.*Nothing was imported\."):
        import_paths(empty, [source], strict=True)
    assert len(empty) == 0


def test_a_cancelled_import_imports_nothing(empty: Corpus, tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text("".join(f'{{"text": "Page {n}."}}\n' for n in range(250)))

    def stop(done: int) -> None:
        if done >= 200:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        import_paths(empty, [source], progress=stop)
    assert len(empty) == 0
    assert import_paths(empty, [source]).added.documents == 250


def test_standard_input_is_read_where_it_is_named(empty: Corpus) -> None:
    imported = import_paths(empty, ["-"], stdin=io.BytesIO(b'{"text": "From a pipe."}\n'))
    assert imported.added.documents == 1
    with pytest.raises(InputError, match="There is no standard input to read"):
        import_paths(empty, ["-"])


def test_a_folder_with_the_corpus_in_it_is_imported_without_opening_the_corpus(empty: Corpus, tmp_path: Path) -> None:
    """SQLite's locks on a file go when the process closes it, whoever opened it."""
    (tmp_path / "page.txt").write_text("A page.")
    import_paths(empty, [tmp_path])
    imported = import_paths(empty, [tmp_path, empty.path])
    assert (imported.added.documents, imported.added.duplicates) == (0, 1)
    assert imported.read.skipped == {"files of the corpus itself": 4}
    assert imported.read.bad_count == 0
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM texts'); c.close()"
    subprocess.run([sys.executable, "-c", look, empty.path], check=True)
    assert Path(f"{empty.path}-wal").exists()


def test_an_import_into_a_locked_corpus_changes_nothing(
    tmp_path: Path, open_desk: Callable[..., Desk], corpus_file: Path
) -> None:
    source = tmp_path / "page.txt"
    source.write_text("A page.")
    corpus = open_desk().session.corpus
    other = sqlite3.connect(corpus_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CorpusError, match="is being written by another program; nothing was changed"):
            import_paths(corpus, [source])
    finally:
        other.close()
    assert len(corpus) == 4
    assert import_paths(corpus, [source]).added.documents == 1
