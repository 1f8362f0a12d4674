"""Makes corpora of any size for benchmarks, the same ones every time, out of the sample pages or another file.

Ten thousand documents, and one page of about 1 MB:

    python -m tests.benchmarks.make_corpus --documents 10000 > out/bench.jsonl
    python -m tests.benchmarks.make_corpus --documents 1 --words 170000 --spans 5000 > out/page.jsonl
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PAGES = Path(__file__).resolve().parents[2] / "corpora" / "pages.jsonl"
LABELS = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "DATE", "MONEY")

_SENTENCE = re.compile(r"\S.*?[.!?][”\"’']?(?=\s|$)")
_NAME = re.compile(r"\b[A-Z]\w+(?: [A-Z]\w+)*")
_WORD = re.compile(r"\w+")


def documents(count: int, *, words: int = 530, spans: int = 30, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Documents of sentences from the sample pages in chance order, with spans on names and words.

    Args:
        count: Documents to make; no two have the same text.
        words: Words in each, to within a sentence.
        spans: Spans in each, apart from one another; at most one for every word.
        seed: The same seed gives the same documents.

    Yields:
        `id`, `text` and `spans`, each with `start`, `end` (code points, end exclusive) and `label`.
    """
    sentences = _sentences()
    chance = random.Random(seed)
    for number in range(count):
        text = _text(number, sentences, words, chance)
        yield {"id": f"bench-{number:06d}", "text": text, "spans": _spans(text, spans, chance)}


def documents_from(path: Path, count: int) -> Iterator[dict[str, Any]]:
    """The documents of the JSONL file `path`, over and over until there are `count`.

    Each gets a first line that numbers it, so that no two have the same text; its spans move along.

    Raises:
        ValueError: `path` holds no document, or a line of it lacks `text`.
    """
    given = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not given or not all(isinstance(row, dict) and isinstance(row.get("text"), str) for row in given):
        raise ValueError(f"{path} is no JSONL file of documents with a text.")
    for number in range(count):
        row = given[number % len(given)]
        heading = f"Report {number}\n"
        yield {
            "id": f"bench-{number:06d}",
            "text": heading + row["text"],
            "spans": [
                span | {"start": span["start"] + len(heading), "end": span["end"] + len(heading)}
                for span in row.get("spans", [])
            ],
        }


def _sentences() -> list[str]:
    """Every sentence in the running text of the sample pages, on one line each."""
    found = []
    for line in PAGES.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        for block in page["blocks"]:
            if block["kind"] == "body":
                found += _SENTENCE.findall(" ".join(page["text"][block["start"] : block["end"]].split()))
    return found


def _text(number: int, sentences: Sequence[str], words: int, chance: random.Random) -> str:
    """A numbered headline and paragraphs of three sentences, `words` words in all."""
    paragraphs = [f"Report {number}"]
    written = 2
    while written < words:
        paragraph = chance.choices(sentences, k=3)
        written += sum(len(sentence.split()) for sentence in paragraph)
        paragraphs.append(" ".join(paragraph))
    return "\n".join(paragraphs)


def _spans(text: str, count: int, chance: random.Random) -> list[dict[str, Any]]:
    """`count` spans in text order, on names as long as there are enough of them and on words after that."""
    places = [found.span() for found in _NAME.finditer(text)]
    if len(places) < count:
        places = [found.span() for found in _WORD.finditer(text)]
    chosen = sorted(chance.sample(places, min(count, len(places))))
    return [{"start": start, "end": end, "label": chance.choice(LABELS)} for start, end in chosen]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the documents that the command line asks for to standard output, as JSONL."""
    parser = argparse.ArgumentParser(description="Write a benchmark corpus as JSONL to standard output.")
    parser.add_argument("--documents", type=int, default=1000, help="how many (%(default)s)")
    parser.add_argument("--words", type=int, default=530, help="words in each (%(default)s)")
    parser.add_argument("--spans", type=int, default=30, help="spans in each (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other documents (%(default)s)")
    parser.add_argument("--from", dest="source", type=Path, help="repeat the documents of this JSONL file instead")
    options = parser.parse_args(arguments)
    if options.source is None:
        made = documents(options.documents, words=options.words, spans=options.spans, seed=options.seed)
    else:
        made = documents_from(options.source, options.documents)
    for row in made:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
