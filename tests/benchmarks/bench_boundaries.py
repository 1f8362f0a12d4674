"""Boundary proposals measured: the shipped model and the rules, on labelled pages.

    python tests/benchmarks/bench_boundaries.py [DATA.jsonl ...] [--json]

Without files the sample in `tests/data/boundaries` is scored. Pages that the model was fitted on flatter it: the
cross-validated figures that the model file carries are printed too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from annotator.cli.boundaries import report_text
from annotator.propose.boundaries import segment_by_rules, segment_page, shipped_model
from annotator.propose.boundary_score import load_pages, score_boundaries

SAMPLE = Path(__file__).parents[1] / "data" / "boundaries" / "pages.jsonl"


def main(arguments: list[str]) -> None:
    """Score every file and print the figures."""
    files = [Path(argument) for argument in arguments if not argument.startswith("--")] or [SAMPLE]
    model = shipped_model()
    found: dict[str, object] = {"cross_validated": dict(model.card["quality"]) if model else None}
    for path in files:
        pages = load_pages(path)
        for name, segment in (("rules", segment_by_rules), ("model", segment_page)):
            report = score_boundaries(pages, segment)
            found[f"{path.name} {name}"] = report.to_json()
            if "--json" not in arguments:
                print(f"\n{path.name}, {name}\n{report_text(report)}")
    if "--json" in arguments:
        print(json.dumps(found, indent=2))
    elif model:
        print("\ncross-validated over source articles (from the model file)")
        for group, values in model.card["quality"]["figures"].items():
            print(f"{group:<16} " + "  ".join(f"{name} {value:.3f}" for name, value in values.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
