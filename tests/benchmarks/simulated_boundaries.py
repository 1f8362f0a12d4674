"""A simulated annotator corrects boundaries and blocks of made-up sites, ten pages at a time: the learning curve.

    python -m tests.benchmarks.simulated_boundaries ARTICLES.jsonl --pages 100

Actions on a page: one to reject a boundary where there is none, one to change a label, two to add one that is missing
and label it, one to accept the rest.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from annotator.app.settings import find_schema
from annotator.core.marks import Boundary
from annotator.propose.boundaries import BoundaryProposer
from annotator.propose.learned_models import ModelFolder
from annotator.propose.learning import FEWEST_PAGES
from annotator.propose.learning_boundaries import layouts_in_use, learn_boundaries
from annotator.propose.training import FinishedPage
from tests.benchmarks.made_sites import SitePage, make_pages, stories

ROUND = 10


def actions(found: Collection[Boundary], truth: Collection[Boundary]) -> int:
    """Actions that turn what is proposed into the truth."""
    there = {(mark.layer, mark.position): mark.label for mark in found}
    true = {(mark.layer, mark.position): mark.label for mark in truth}
    relabelled = sum(there[place] != true[place] for place in there.keys() & true.keys())
    return 1 + len(there.keys() - true.keys()) + 2 * len(true.keys() - there.keys()) + relabelled


def run(pages: Sequence[SitePage], *, learning: bool, most: int, seed: int) -> list[dict[str, object]]:
    """The curve with or without learning, printed as it grows."""
    schema = find_schema("news")
    rows: list[dict[str, object]] = []
    done: list[FinishedPage] = []
    with tempfile.TemporaryDirectory() as folder:
        models = ModelFolder(Path(folder) / "models")
        for start in range(0, len(pages), ROUND):
            batch = pages[start : start + ROUND]
            proposer = BoundaryProposer(layouts=layouts_in_use(models))
            proposed = proposer.propose((page.document for page in batch), schema)
            marks = [{p.mark for p in found if isinstance(p.mark, Boundary)} for found in proposed]
            taken = [actions(found, page.boundaries) for found, page in zip(marks, batch, strict=True)]
            f1 = {}
            for layer in ("articles", "blocks"):
                sets = [
                    ({m for m in found if m.layer == layer}, {m for m in page.boundaries if m.layer == layer})
                    for found, page in zip(marks, batch, strict=True)
                ]
                hits, size = sum(len(a & b) for a, b in sets), sum(len(a) + len(b) for a, b in sets)
                f1[layer] = 2 * hits / max(1, size)
            rows.append({"learning": learning, "pages": start, "actions": sum(taken) / len(taken), "f1": f1})
            print(
                f"{start:6} pages corrected {sum(taken) / len(taken):8.1f} actions a page   "
                f"F1 articles {f1['articles']:.3f} blocks {f1['blocks']:.3f}",
                flush=True,
            )
            done += [FinishedPage(page.document, frozenset(), page.boundaries) for page in batch]
            if learning and FEWEST_PAGES <= len(done) <= most:
                attempt = learn_boundaries(done, schema, models, seed=seed)
                print(
                    f"       learned from {len(done)} pages: F1 {attempt.before:.3f} to {attempt.after:.3f} "
                    f"({attempt.low:+.3f} to {attempt.high:+.3f}), {'kept' if attempt.kept else 'not kept'}"
                )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="JSONL of articles: text, paragraphs at line ends")
    parser.add_argument("--pages", type=int, default=100, help="pages corrected")
    parser.add_argument("--after", type=int, default=20, help="pages measured after that")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the curves here")
    options = parser.parse_args()
    pages = make_pages(stories(options.articles), options.pages + options.after, options.seed)
    curve = []
    for learning in (False, True):
        print("learning" if learning else "no learning")
        curve += run(pages, learning=learning, most=options.pages, seed=options.seed)
    if options.json:
        options.json.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
