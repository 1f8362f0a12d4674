"""Boundary proposals on publishers that nothing was fitted on: pages stitched from articles of one's own.

    python -m tests.benchmarks.bench_transfer ARTICLES.jsonl [--half 0|1|both] [--draws N] [--model FILE]

A line of the file is an article: `text`, with an empty line between its paragraphs. Articles are dealt into two halves,
so that settings can be chosen on one and judged on the other. Pages take the forms that the fitting makes too; articles
and joins are new to the model, the words of bylines and of what sites add are not. One draw of 270 pages differs from
the next by some .02 in F1: `--draws` makes several and judges them together. Their pages share articles, so that the
intervals are too narrow then.
"""

from __future__ import annotations

import argparse
import json
import random
from functools import partial
from pathlib import Path

from annotator.cli.boundaries import report_text
from annotator.propose.boundaries import read_model, segment_by_rules, segment_page
from annotator.propose.boundary_score import LabelledPage, score_boundaries
from annotator.propose.page_forms import make_page
from annotator.propose.stitching import Material
from annotator.propose.training_articles import Article, shingles

PAGES = {
    "same_topic": 60,
    "whole": 50,
    "seedlike": 40,
    "single": 30,
    "headline_teasers": 30,
    "site": 30,
    "briefs": 20,
    "site_list": 10,
}
"""Pages of each form."""
SAME = 0.1
"""Share of its passages that an article may share with those before it; with more it is one of them again."""
CONTROLS = 20
"""Backslashes in a text that is still one: with more it is a file in a format of its own."""
_LAYOUTS, _SHARES = ("lines", "blank", "wrap", "indent", "wrapblank"), (60, 18, 8, 6, 8)


def articles_in(path: Path) -> list[Article]:
    """The articles of a file that have four paragraphs or more, each once, without what stands above them."""
    found = []
    known: set[int] = set()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in sorted(lines, key=lambda line: str(line.get("id", ""))):
        paragraphs = [folded for part in line["text"].split("\n\n") if (folded := " ".join(part.split()))]
        headline = ""
        if paragraphs and len(paragraphs[0]) < 110 and paragraphs[0][-1] not in '.!?"”':
            headline = paragraphs.pop(0)
        while paragraphs and len(paragraphs[0]) < 70:
            paragraphs.pop(0)
        body = [paragraph for paragraph in paragraphs if len(paragraph) >= 40]
        passages = set().union(*map(shingles, body))
        twice = len(passages & known) > SAME * len(passages)
        known |= passages
        if twice or line["text"].count("\\") > CONTROLS:
            continue
        # What is mostly short lines, or starts in mid-sentence, is a list or was cut badly.
        if len(body) >= max(4, 0.8 * len(paragraphs)) and len(paragraphs) <= 45 and not body[0][0].islower():
            found.append(Article(body, set(), headline))
    return found


def pages_of(articles: list[Article], seed: int = 7) -> list[LabelledPage]:
    """Pages in all forms."""
    material, rng = Material.of(articles), random.Random(seed)
    return [
        make_page(material, rng, number, form, rng.choices(_LAYOUTS, _SHARES)[0])
        for form, count in PAGES.items()
        for number in range(count)
    ]


def main() -> None:
    """Score the model and the rules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--half", choices=("0", "1", "both"), default="1")
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--model", type=Path)
    chosen = parser.parse_args()
    articles = articles_in(chosen.articles)
    random.Random(5).shuffle(articles)
    halves = (0, 1) if chosen.half == "both" else (int(chosen.half),)
    pages = [
        page for seed in range(7, 7 + chosen.draws) for half in halves for page in pages_of(articles[half::2], seed)
    ]
    model = read_model(chosen.model) if chosen.model else None
    for name, segment in (("rules", segment_by_rules), ("model", partial(segment_page, model=model))):
        print(f"\n{name}\n{report_text(score_boundaries(pages, segment))}", flush=True)


if __name__ == "__main__":
    main()
