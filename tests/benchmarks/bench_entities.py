"""Entity proposals measured on labelled texts, beside the bare pipeline, and what finding a page's entities costs.

python -m tests.benchmarks.bench_entities DATA.jsonl... [--limit N] [--json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from time import perf_counter, process_time

from annotator.propose.consistency import make_consistent, tidy_edges
from annotator.propose.entities import SpacyProposer
from annotator.propose.entity_report import LabelledText, load_labelled, score_entities
from annotator.propose.entity_scores import shipped_scores


def costs(texts: list[LabelledText]) -> dict[str, float]:
    """Milliseconds of processor time a page: the pipeline, and what is put right and scored after it."""
    proposer = SpacyProposer()
    proposer.load()
    documents = [item.document for item in texts]
    list(proposer.found(documents[:4]))
    begun, used = perf_counter(), process_time()
    found = list(proposer.found(documents))
    pipeline, wall = process_time() - used, perf_counter() - begun
    used = process_time()
    for document, entities in found:
        right = make_consistent(document.text, tidy_edges(document.text, entities))
        shipped_scores().score_page(document.text, right)
    after = process_time() - used
    return {
        "pipeline_ms": 1000 * pipeline / len(texts),
        "pipeline_wall_ms": 1000 * wall / len(texts),
        "rules_and_scores_ms": 1000 * after / len(texts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", help="labelled texts: text and spans")
    parser.add_argument("--limit", type=int, default=0, help="only so many texts of each; 0 for all")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    rows = []
    for path in options.data:
        texts = load_labelled(path)
        texts = texts[: options.limit] if options.limit else texts
        report = score_entities(texts).to_json()
        rows.append({"data": path.name, **report, "costs": costs(texts)})
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    print(
        f"{'data':<24}{'texts':>7}{'bare F1':>9}{'F1':>7}{'gain':>8}{'95 % interval':>20}{'words/s':>10}{'of bare':>9}"
    )
    for row in rows:
        gain, low, high = row["gain"]
        print(
            f"{row['data']:<24}{row['texts']:>7}{row['bare']['f1']:>9.3f}{row['total']['f1']:>7.3f}{gain:>+8.3f}"
            f"{f'{low:+.3f} to {high:+.3f}':>20}{row['words_a_second']:>10,.0f}"
            f"{row['speed']:>9.0%} ({row['processor_speed']:.0%})"
        )
        print("    a page: " + ", ".join(f"{name} {value:.2f}" for name, value in row["costs"].items()))


if __name__ == "__main__":
    main()
