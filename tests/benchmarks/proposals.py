"""How good the proposals are: boundaries and blocks, then entities, each beside what it has to beat.

    python -m tests.benchmarks.proposals [BOUNDARIES.jsonl ...] [--entities DATA.jsonl] [--json]

What is not named is scored on the samples in `tests/data`. Pages that the boundary model was fitted on flatter it, so
the cross-validated figures of the model file are printed too. The sample for entities is sparsely labelled (its README
says how); it compares with the bare pipeline.
"""

from __future__ import annotations

import sys
from pathlib import Path

from annotator.cli import main as annotator
from tests.benchmarks import bench_boundaries

ENTITIES = Path(__file__).parents[1] / "data" / "entities" / "voa.jsonl"


def main(arguments: list[str]) -> int:
    """Print the tables."""
    entities = str(ENTITIES)
    if "--entities" in arguments:
        at = arguments.index("--entities")
        entities = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    bench_boundaries.main(arguments)
    if "--json" not in arguments:
        print("\nentities, with the bare pipeline beside them", flush=True)
    return annotator(["score-entities", entities, *(["--json"] if "--json" in arguments else [])])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
