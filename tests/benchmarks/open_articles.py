"""Articles of openly licensed sources as lines for `fit-boundaries` and `bench_transfer`.

    python -m tests.benchmarks.open_articles gv gv-2004.xml gv-2012-may.xml --most 170 --out gv.jsonl
    python -m tests.benchmarks.open_articles masc masc_tagged.zip --out masc.jsonl
    python -m tests.benchmarks.open_articles gum dep/GUM_news_*.conllu --out gum.jsonl
    python -m tests.benchmarks.open_articles wikinews wikinews_2019.csv wikinews_2020.csv --but gum.jsonl --out wn.jsonl
    python -m tests.benchmarks.open_articles newswire original_articles/* --out newswire.jsonl

The files are the sources' own: posts as WordPress exports them, the tagged texts of the Manually Annotated Sub-Corpus,
CoNLL-U of the GUM corpus, tables with a column `text`, and texts below an address. With the files named in
`docs/boundaries.md` they give the lines whose SHA-256 the shipped model names. `newswire` writes `id` and `text`, for
pages that nothing is fitted on; its headlines are made of the words of the address.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice
from pathlib import Path

LONGEST = 40
"""Paragraphs of an article that are kept."""
LEAST = 4
"""Paragraphs that an article has at least."""
SHORTEST_LEAD = 70
"""Code points of a first paragraph, at least: what is shorter stands above the article."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a source."""

    id: str
    headline: str
    paragraphs: list[str]


def folded(text: str) -> str:
    """The text with single blanks for all white space."""
    return " ".join(text.split())


def parts(text: str) -> list[str]:
    """The paragraphs between empty lines."""
    return [part for piece in re.split(r"\n\s*\n", text) if (part := folded(piece))]


def _from_lead(paragraphs: list[str]) -> list[str]:
    """The paragraphs without what stands above the article."""
    return list(dropwhile(lambda part: len(part) < SHORTEST_LEAD, paragraphs))


def posts(path: Path) -> Iterator[Found]:
    """Published English posts of a WordPress export."""
    for item in re.findall(r"<item>(.*?)</item>", path.read_text(encoding="utf-8", errors="replace"), re.DOTALL):
        content = re.search(r"<content:encoded><!\[CDATA\[(.*?)\]\]></content:encoded>", item, re.DOTALL)
        title = re.search(r"<title>(.*?)</title>", item, re.DOTALL)
        if "<wp:status>publish" not in item or not content or not title:
            continue
        kept = [part for part in parts(_without_tags(content[1])) if _is_prose(part)]
        long = sum(len(part) >= 60 for part in kept)
        if long >= LEAST and len(kept) <= LONGEST and len(kept[0]) >= SHORTEST_LEAD:
            yield Found("", folded(re.sub(r"^[A-Z][\w ,&]+: ", "", html.unescape(title[1]))), kept)


def _without_tags(text: str) -> str:
    text = re.sub(r"\[caption.*?\[/caption\]", "", text, flags=re.DOTALL)
    text = re.sub(r'<(div class="(notes|contributors)").*?</div>', "", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|object|embed|iframe).*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"</?(blockquote|p|div|h\d|li|ul|ol|table|tr)[^>]*>|<br\s*/?>\s*<br\s*/?>", "\n\n", text)
    return html.unescape(re.sub(r"\[/?\w+[^\]]*\]", "", re.sub(r"<[^>]+>", "", text)))


def _is_prose(part: str) -> bool:
    plain = sum(character.isascii() for character in part) / len(part) > 0.95
    english = bool(re.search(r"\b(the|of|and|to|in|is|a)\b", part))
    return plain and english and len(part) >= 25 and not re.match(r"^(@|Photo|Image|Picture|http)", part)


def tagged(path: Path) -> Iterator[Found]:
    """Newswire, newspaper and magazine articles among the tagged texts of a zip file."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            base = name.rsplit("/", 1)[-1]
            if "/written/" not in name or not re.match(r"(wsj|nyt|NYT|apw|AFP|A1\.|Article)", base):
                continue
            text = archive.read(name).decode("utf-8", "replace")
            body = [part for piece in re.split(r"\n\s*\n", text) if (part := _untagged(piece))]
            headline = ""
            while body and len(body[0]) < SHORTEST_LEAD:
                above = body.pop(0)
                headline = above if len(above) > 20 and above[-1] not in '.!?"' else headline
            body = [part for part in body if len(part) >= 25]
            if len(body) >= LEAST:
                yield Found(base, headline, body[:LONGEST])


def _untagged(piece: str) -> str:
    text = " ".join(token.rsplit("_", 1)[0] for token in piece.split())
    text = re.sub(r" ([,.;:?!%)\]]|''|n't|'s|'re|'ve|'ll|'d|'m|’s)(?=\W|$)", r"\1", text)
    text = re.sub(r"([($\[]|``) ", r"\1", text).replace("``", '"').replace("''", '"')
    text = re.sub(r"(\w)' (?=\w)", r"\1' ", re.sub(r"(\w) - (\w)", r"\1-\2", text))
    head, *quoted = text.split('"')
    for number, part in enumerate(quoted):
        opens = number % 2 == 0
        blank = " " if opens and head.strip() else ""
        head = head.rstrip() + blank + '"' + (part.lstrip() if opens else part)
    return folded(head)


def parsed(path: Path) -> Iterator[Found]:
    """The article of a CoNLL-U file of Wikinews."""
    text = path.read_text(encoding="utf-8")
    if "wikinews" not in text[:3000]:
        return
    blocks: list[tuple[bool, list[str]]] = [(False, [])]
    for line in text.splitlines():
        if line.startswith("# newpar"):
            if not blocks[-1][1]:
                blocks.pop()
            blocks.append(("head" in line, []))
        elif line.startswith("# text ="):
            blocks[-1][1].append(line[8:].strip())
    found = [(is_head, " ".join(sentences)) for is_head, sentences in blocks if sentences]
    headline = found.pop(0)[1] if found and (found[0][0] or len(found[0][1]) < 110) else ""
    body = [part for is_head, part in found if len(part) >= 25 and not is_head]
    body = _from_lead(body)
    if len(body) >= LEAST:
        yield Found(path.name, headline, body[:LONGEST])


def table(path: Path) -> Iterator[Found]:
    """The articles of a table with the columns date, title and text."""
    csv.field_size_limit(10**9)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            body = parts(row["text"])
            body = _from_lead(body)
            body = [part for part in body if len(part) >= 40]
            if len(body) >= LEAST:
                yield Found(f"wn-{row['date']}{row['title'][:30]}", folded(row["title"]), body[:LONGEST])


def newswire(path: Path) -> Iterator[Found]:
    """The article below its address in a text file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    address, _, rest = text.partition("\n")
    slug = max(re.split(r"[/?]", address.rstrip("/")), key=lambda part: part.count("-"))
    words = [word for word in re.sub(r"\.\w+$", "", slug).split("-") if word.isalpha()]
    headline = " ".join(words).capitalize() if len(words) >= 4 else ""
    body = [part for line in rest.split("\n") if (part := folded(line))]
    if body:
        yield Found(path.name, headline if len(headline) < 110 else "", body)


def as_page(article: Found, source: str, licence: str) -> dict[str, object]:
    """The article as a labelled page of variant `article`."""
    text, blocks = "", []
    for number, part in enumerate([article.headline, *article.paragraphs] if article.headline else article.paragraphs):
        start = len(text) + 2 * bool(text)
        text = f"{text}\n\n{part}" if text else part
        kind = "headline" if article.headline and not number else "body"
        blocks.append({"start": start, "end": len(text), "kind": kind})
    return {"id": article.id, "source": source, "licence": licence, "ship": True, "variant": "article",
            "text": text, "boundaries": [], "blocks": blocks}  # fmt: skip


SOURCES: dict[str, tuple[Callable[[Path], Iterator[Found]], str, str]] = {
    "gv": (posts, "Global Voices", "CC BY 3.0"),
    "masc": (tagged, "MASC", "free for any use"),
    "gum": (parsed, "Wikinews via GUM", "CC BY 2.5"),
    "wikinews": (table, "Wikinews", "CC BY 2.5"),
    "newswire": (newswire, "English Worldwide Newswire", ""),
}


def main() -> None:
    """Write the lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(SOURCES))
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, help="Articles of one file that are taken at most.")
    parser.add_argument("--but", type=Path, help="Lines written before: articles whose start they hold are left out.")
    chosen = parser.parse_args()
    read, source, licence = SOURCES[chosen.kind]
    known = chosen.but.read_text(encoding="utf-8") if chosen.but else ""
    count = 0
    with chosen.out.open("w", encoding="utf-8") as out:
        for path in chosen.files:
            for article in islice(read(path), chosen.most):
                if known and article.paragraphs[0][:60] in known:
                    continue
                name = article.id or f"{chosen.kind}-{count}"
                numbered = Found(name, article.headline, article.paragraphs)
                headed = [numbered.headline] * bool(numbered.headline) + numbered.paragraphs
                line = (
                    as_page(numbered, source, licence) if licence else {"id": numbered.id, "text": "\n\n".join(headed)}
                )
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
    print(f"{count} articles")


if __name__ == "__main__":
    main()
