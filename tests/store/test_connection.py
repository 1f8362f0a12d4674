import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.core.document import make_document
from annotator.core.edits import add_span
from annotator.core.errors import CorpusError
from annotator.core.record import Record
from annotator.store import connection, migrations
from annotator.store.check import check_corpus
from annotator.store.connection import application_id, connect, transaction
from annotator.store.corpus import Corpus
from tests.core.values import EVERYTHING, TEXT

STEP_TWO = "ALTER TABLE documents ADD COLUMN colour TEXT NOT NULL DEFAULT ''; CREATE TABLE extra (id INTEGER) STRICT;"


def files(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir())}


def refusal(path: Path) -> str:
    """What opening says; nothing in the folder may change by it."""
    before = files(path.parent)
    with pytest.raises(CorpusError) as caught:
        Corpus.open(path)
    assert files(path.parent) == before
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@pytest.fixture
def sound(path: Path) -> Path:
    """A closed corpus with two hundred documents."""
    with Corpus.create(path, EVERYTHING, "News") as corpus:
        corpus.add_records(Record(make_document(f"{n} {TEXT}")) for n in range(200))
    return path


def test_a_new_corpus_has_name_schema_and_the_marks_of_a_corpus_file(sound: Path) -> None:
    with Corpus.open(sound) as corpus:
        assert corpus.name == "News"
        assert corpus.schema == EVERYTHING
        assert len(corpus) == 200
        assert corpus.value("created_at").endswith("+00:00")
        pragmas = ["journal_mode", "foreign_keys", "synchronous", "application_id", "user_version"]
        answers = [corpus.query(f"PRAGMA {pragma}")[0][0] for pragma in pragmas]
    assert answers == ["wal", 1, 2, migrations.APPLICATION_ID, migrations.FILE_VERSION]


def test_a_closed_corpus_is_one_file(sound: Path) -> None:
    assert [item.name for item in sound.parent.iterdir()] == [sound.name]


def test_every_table_is_strict(corpus: Corpus) -> None:
    loose = corpus.query(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    assert [name for (name,) in loose] == ["_sqlite_migrations"]


def test_foreign_keys_hold(corpus: Corpus) -> None:
    with pytest.raises(CorpusError, match=r"does not fit the rules of the file .FOREIGN KEY"):
        corpus.query("INSERT INTO texts VALUES (99, 'x')")


@pytest.mark.parametrize("name", ["missing.corpus", "no/folder/missing.corpus"])
def test_a_missing_corpus_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "no" / "folder").mkdir(parents=True)
    path = tmp_path / name
    with pytest.raises(CorpusError, match="There is no corpus at"):
        Corpus.open(path)
    assert not path.exists()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.corpus"
    folder.mkdir()
    with pytest.raises(CorpusError, match="There is no corpus at"):
        Corpus.open(folder)
    with pytest.raises(CorpusError, match="is there already"):
        Corpus.create(folder, EVERYTHING)


@pytest.mark.parametrize("content", [b"", b"x", b"A page of text.\n" * 100, b"SQLite format 3\0" + b"\0" * 500])
def test_a_file_that_is_no_corpus_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is not a corpus" in refusal(path)


def test_a_database_of_another_program_is_refused_and_not_opened(path: Path, tmp_path: Path) -> None:
    program = sqlite3.connect(path)
    program.execute("PRAGMA journal_mode = WAL")
    program.execute("CREATE TABLE theirs (x)")
    other = tmp_path / "copy"
    other.mkdir()
    for item in (path, Path(f"{path}-wal")):
        shutil.copy(item, other / item.name)
    program.close()
    assert "is not a corpus" in refusal(other / path.name)


def test_what_stands_there_is_not_replaced_by_a_new_corpus(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(CorpusError, match="is there already and was left as it is"):
        Corpus.create(path, EVERYTHING)
    assert path.read_text() == "mine"


def test_a_corpus_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=re.escape(os.strerror(errno.ENOENT))):
        Corpus.create(tmp_path / "nowhere" / "a.corpus", EVERYTHING)


def test_a_failed_creation_leaves_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_STEPS", (("first", "CREATE TABLE broken (;"),))
    with pytest.raises(CorpusError):
        Corpus.create(path, EVERYTHING)
    assert list(path.parent.iterdir()) == []


def test_a_newer_file_is_refused_with_both_versions(sound: Path) -> None:
    program = sqlite3.connect(sound)
    program.execute(f"PRAGMA user_version = {migrations.FILE_VERSION + 3}")
    program.close()
    message = refusal(sound)
    assert "newer annotator" in message
    assert f"file version {migrations.FILE_VERSION + 3}" in message
    assert "install the newer one" in message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(sound: Path, share: float) -> None:
    whole = sound.read_bytes()
    sound.write_bytes(whole[: int(len(whole) * share)])
    assert "the file is damaged" in refusal(sound)


def test_a_file_of_rubbish_behind_a_sound_first_page_is_refused(sound: Path) -> None:
    content = bytearray(sound.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    sound.write_bytes(content)
    assert "the file is damaged" in refusal(sound)


def test_a_corpus_that_another_program_writes_is_read_but_not_written(sound: Path) -> None:
    program = sqlite3.connect(sound, isolation_level=None)
    program.execute("BEGIN IMMEDIATE")
    try:
        with Corpus.open(sound) as corpus:
            assert len(corpus) == 200
            with pytest.raises(CorpusError, match="being written by another program; nothing was changed"):
                corpus.add_annotator("ann")
            program.execute("ROLLBACK")
            corpus.add_annotator("ann")
            assert corpus.annotators() == ["ann"]
    finally:
        program.close()


def test_a_corpus_that_another_program_holds_for_itself_is_refused(sound: Path) -> None:
    program = sqlite3.connect(sound, isolation_level=None)
    program.execute("PRAGMA locking_mode = EXCLUSIVE")
    program.execute("BEGIN IMMEDIATE")
    program.execute("CREATE TABLE theirs (x)")
    try:
        with pytest.raises(CorpusError, match="being written by another program"):
            Corpus.open(sound)
    finally:
        program.close()


@pytest.fixture
def as_reader() -> Iterator[Path]:
    """A folder, seen by a user who may not write; the superuser steps down for the test."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="file permissions are others there")
def test_a_read_only_corpus_is_not_written(as_reader: Path) -> None:
    path = as_reader / "news.corpus"
    Corpus.create(path, EVERYTHING).close()
    path.chmod(0o444)
    before = files(as_reader)
    as_reader.chmod(0o555)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        with pytest.raises(CorpusError, match=r"read-only|check the folder and its permissions"):
            Corpus.open(path).add_annotator("ann")
    finally:
        if superuser:
            os.seteuid(0)
    assert files(as_reader) == before


def test_a_full_disk_is_said_and_changes_nothing(corpus: Corpus, page_id: str) -> None:
    pages = corpus.query("PRAGMA page_count")[0][0]
    corpus.query(f"PRAGMA max_page_count = {pages}")
    big = [Record(make_document(f"{n} " + "x" * 50_000)) for n in range(10)]
    with pytest.raises(CorpusError, match=r"the disk is full\. Nothing was changed"):
        corpus.add_records(big)
    assert len(corpus) == 1
    corpus.query("PRAGMA max_page_count = 1073741823")
    page = corpus.page(page_id, "ann")
    corpus.apply(page_id, "ann", add_span(page, 0, 3, "entities", "PERSON"))
    assert check_corpus(corpus) == []


# Migration


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> int:
    """This program, one file version on; says which."""
    steps = (*migrations._STEPS, ("next", STEP_TWO))
    monkeypatch.setattr(migrations, "_STEPS", steps)
    for module in (migrations, connection):
        monkeypatch.setattr(module, "FILE_VERSION", len(steps))
    return len(steps)


def test_an_older_file_is_migrated_with_a_backup_beside_it(sound: Path, newer_program: int) -> None:
    old = sound.read_bytes()
    with Corpus.open(sound) as corpus:
        assert corpus.query("PRAGMA user_version") == [(newer_program,)]
        assert corpus.query("SELECT DISTINCT colour FROM documents") == [("",)]
        assert len(corpus) == 200
        assert check_corpus(corpus) == []
    backup = Path(f"{sound}.v{newer_program - 1}.backup")
    assert [item.name for item in sorted(sound.parent.iterdir())] == [sound.name, backup.name]
    copy, now = sqlite3.connect(backup), sqlite3.connect(sound)
    assert copy.execute("PRAGMA user_version").fetchone() == (newer_program - 1,)
    assert copy.execute("SELECT count(*) FROM texts").fetchone() == (200,)
    assert now.execute("PRAGMA application_id").fetchone() == (migrations.APPLICATION_ID,)
    copy.close()
    now.close()
    assert len(backup.read_bytes()) == len(old)


def test_a_backup_never_replaces_another(sound: Path, newer_program: int) -> None:
    first = Path(f"{sound}.v{newer_program - 1}.backup")
    first.write_text("the only copy of something")
    Corpus.open(sound).close()
    assert first.read_text() == "the only copy of something"
    assert Path(f"{sound}.v{newer_program - 1}.backup.2").is_file()


def test_a_migration_that_fails_takes_no_step_and_leaves_no_backup(
    sound: Path, newer_program: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (
        *migrations._STEPS,
        ("after next", "CREATE TABLE fine (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"),
    )
    monkeypatch.setattr(migrations, "_STEPS", steps)
    for module in (migrations, connection):
        monkeypatch.setattr(module, "FILE_VERSION", newer_program + 1)
    before = files(sound.parent)
    with pytest.raises(CorpusError, match="nowhere"):
        Corpus.open(sound)
    assert files(sound.parent) == before


def test_a_file_that_another_program_is_writing_is_not_migrated(sound: Path, newer_program: int) -> None:
    program = sqlite3.connect(sound, isolation_level=None)
    program.execute("BEGIN IMMEDIATE")
    with pytest.raises(CorpusError, match="being written by another program"):
        Corpus.open(sound)
    program.execute("ROLLBACK")
    program.close()
    assert [item.name for item in sound.parent.iterdir()] == [sound.name]


def test_the_second_to_migrate_finds_it_done(sound: Path, newer_program: int) -> None:
    Corpus.open(sound).close()
    program = sqlite3.connect(sound, isolation_level=None)
    called: list[str] = []
    migrations.migrate(program, before=lambda: called.append("before"))
    program.close()
    assert called == []


# Transactions


def test_a_transaction_is_all_or_nothing(corpus: Corpus) -> None:
    raw = corpus._connection

    def fail() -> None:
        with transaction(raw):
            raw.execute("INSERT INTO annotators (name, created_at) VALUES ('x', '')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert corpus.annotators() == []
    assert not raw.in_transaction


@pytest.mark.parametrize("durable", [True, False])
def test_edits_are_durable_again_after_bulk_work(corpus: Corpus, durable: bool) -> None:
    with transaction(corpus._connection, durable=durable):
        inside = corpus.query("PRAGMA synchronous")
    assert inside == [(2 if durable else 1,)]
    assert corpus.query("PRAGMA synchronous") == [(2,)]


def test_opening_a_corpus_of_this_version_does_not_import_sqlite_utils(sound: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from annotator.store.corpus import Corpus; "
        "corpus = Corpus.open(Path(sys.argv[1])); n = len(list(corpus.records())); corpus.close(); "
        "assert 'sqlite_utils' not in sys.modules; print(n)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(sound)], capture_output=True, text=True, check=True)
    assert done.stdout == "200\n"


def test_a_path_may_hold_any_character_that_a_file_name_can(tmp_path: Path) -> None:
    path = tmp_path / "naïve ?#%20 '“q”'.corpus"
    Corpus.create(path, EVERYTHING).close()
    connect(path).close()
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


ANOTHER_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM edits").fetchone()[0])
connection.close()
"""


def test_another_program_that_comes_and_goes_takes_no_edit_of_an_open_corpus_with_it(sound: Path) -> None:
    """Every job of the window opens the corpus once more; the locks of the first connection must outlive that."""

    def edits_seen_elsewhere() -> int:
        done = subprocess.run([sys.executable, "-c", ANOTHER_PROGRAM, sound], capture_output=True, check=True)
        return int(done.stdout)

    with Corpus.open(sound) as corpus:
        ((page_id,),) = corpus.query("SELECT id FROM documents LIMIT 1")
        for n, look in enumerate((lambda: Corpus.open(sound).close(), lambda: application_id(sound))):
            look()
            seen = edits_seen_elsewhere()
            corpus.apply(page_id, "ann", add_span(corpus.page(page_id, "ann"), 3 * n, 3 * n + 2, "entities", "PERSON"))
            assert edits_seen_elsewhere() == seen + 1
