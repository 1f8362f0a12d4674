"""Import and export of native JSONL through a corpus file, beside json and sqlite3 reading and writing the same rows.

    python -m tests.benchmarks.bench_exchange [--documents 10000] [--from FILE.jsonl]

Every figure is measured in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from annotator.core.annotation import Annotation, State, Status
from annotator.core.document import make_document
from annotator.core.marks import Mark, Span
from annotator.core.record import Record, Work
from annotator.core.schema import Schema, schema_from_toml
from annotator.exchange.export import ExportRequest, export_records
from annotator.exchange.format import ImportOptions
from annotator.exchange.native import write_record
from annotator.exchange.sources import read_documents
from annotator.store.corpus import Corpus
from tests.benchmarks import make_corpus
from tests.benchmarks.figures import Series, table

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def news() -> Schema:
    return schema_from_toml((ROOT / "resources" / "schemas" / "news.toml").read_text("utf-8"))


def native_lines(count: int, source: Path | None, schema: Schema) -> Iterator[str]:
    """Native lines of so many documents, each with one finished annotation."""
    known = schema.by_name["entities"].by_name
    rows = make_corpus.documents_from(source, count) if source else make_corpus.documents(count)
    for row in rows:
        document = make_document(row["text"], source=row["id"])
        marks: frozenset[Mark] = frozenset(
            Span(span["start"], span["end"], "entities", span["label"] if span["label"] in known else "EVENT")
            for span in row["spans"]
        )
        work = Work(Annotation(document.id, "bench", marks, State(Status.DONE)))
        yield write_record(Record(document, (work,)), schema)


def import_ours(folder: Path) -> None:
    schema = news()
    with Corpus.create(folder / "ours.annotator", schema) as corpus:
        found = read_documents([folder / "in.jsonl"], schema=schema, options=ImportOptions(schema))
        corpus.add_records(item for item in found if isinstance(item, Record))


def import_floor(folder: Path) -> None:
    """The same rows into the same tables, parsed by json and written by sqlite3, with nothing checked."""
    path = folder / "floor.annotator"
    Corpus.create(path, news()).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=ON")
    now = "2024-01-01T00:00:00.000+00:00"
    with connection, (folder / "in.jsonl").open("rb") as lines:
        connection.execute("INSERT INTO annotators VALUES (1, 'bench', ?)", (now,))
        for seq, line in enumerate(lines, 1):
            row = json.loads(line)
            meta = json.dumps(row["meta"])
            values = (seq, row["id"], row["title"], row["source"], "", meta, len(row["text"]), now)
            connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            connection.execute("INSERT INTO texts VALUES (?, ?)", (seq, row["text"]))
            (work,) = row["annotations"]
            connection.execute("INSERT INTO annotations VALUES (?, 1, ?, '', 0.0, ?, '')", (seq, work["status"], now))
            added = [{key: span[key] for key in ("start", "end", "layer", "label")} for span in work["spans"]]
            edit = (seq, now, json.dumps(added, ensure_ascii=False), json.dumps(["todo", work["status"]]))
            log = "INSERT INTO edits (seq, annotator, made_at, title, removed, added, state, fixed) VALUES"
            number = connection.execute(f"{log} (?, 1, ?, 'Import', '[]', ?, ?, 1)", edit).lastrowid
            marks = [(seq, x["layer"], x["start"], x["end"], x["label"], number) for x in work["spans"]]
            connection.executemany("INSERT INTO marks VALUES (?, 1, 2, ?, ?, ?, ?, 0, ?, NULL)", marks)
    connection.close()


def export_ours(folder: Path) -> None:
    with Corpus.open(folder / "ours.annotator") as corpus:
        export_records(corpus.records, corpus.schema, ExportRequest("jsonl", folder / "out.jsonl"))


def export_floor(folder: Path) -> None:
    """The same rows read by sqlite3 and written by json."""
    connection = sqlite3.connect(folder / "floor.annotator")
    select = 'SELECT layer, start, "end", label FROM marks WHERE seq = ? ORDER BY start'
    pages = "SELECT seq, documents.id, text, title, source, meta, name, status FROM documents JOIN texts USING (seq) "
    pages += "JOIN annotations USING (seq) JOIN annotators ON annotators.id = annotator ORDER BY seq"
    with (folder / "floor.jsonl").open("w", encoding="utf-8") as out:
        for seq, key, text, title, source, meta, name, status in connection.execute(pages):
            spans = [
                {"start": start, "end": end, "label": label, "layer": layer, "text": text[start:end]}
                for layer, start, end, label in connection.execute(select, (seq,))
            ]
            row = {"id": key, "text": text, "title": title, "source": source, "meta": json.loads(meta)}
            row["annotations"] = [{"annotator": name, "status": status, "spans": spans}]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    connection.close()


PHASES: dict[str, Callable[[Path], None]] = {
    "import": import_ours,
    "import, floor: json and sqlite3": import_floor,
    "export": export_ours,
    "export, floor: json and sqlite3": export_floor,
}


def run_phase(name: str, folder: Path) -> dict[str, float]:
    """Seconds, seconds of processor time, and peak megabytes of one phase, measured in this process."""
    start, used = time.perf_counter(), time.process_time()
    PHASES[name](folder)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    return {
        "seconds": seconds,
        "processor": processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_exchange(count: int = 10_000, source: Path | None = None) -> list[Series]:
    """Documents a second, by the clock and by processor time, and peak memory, ours and the floor in turn."""
    speed = {name: Series(name, "half the floor or more", "documents a second") for name in PHASES}
    memory = {name: Series(f"{name}, peak memory", "under 150", "MB") for name in PHASES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "in.jsonl").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{line}\n" for line in native_lines(count, source, news()))
        for _ in range(ROUNDS):
            for old in folder.glob("*.annotator*"):
                old.unlink()
            for phase in PHASES:
                told = _in_own_process(phase, folder)
                speed[phase].values.append(count / told["seconds"])
                speed[phase].processor.append(count / told["processor"])
                memory[phase].values.append(told["megabytes"])
    return [*speed.values(), *memory.values()]


def _in_own_process(phase: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_exchange", "--phase", phase, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    value: Any = json.loads(done.stdout)
    return {key: float(figure) for key, figure in value.items()}


def main() -> None:
    """Run what the command line asks for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--from", dest="source", type=Path, help="a JSONL file of documents to repeat")
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.phase:
        print(json.dumps(run_phase(told.phase, told.folder)))
    else:
        print(table(measure_exchange(told.documents, told.source)))


if __name__ == "__main__":
    main()
