"""How good the proposals are: boundaries and blocks, then entities, each beside what it has to beat.

    python -m tests.benchmarks.proposals [BOUNDARIES.jsonl ...] [--entities DATA.jsonl] [--json]

Boundaries are scored on the sample in `tests/data` when no file is named; pages that the model was fitted on flatter
it, so the cross-validated figures of the model file are printed too. Entities are scored when a file is named.
"""

from __future__ import annotations

import sys

from annotator.cli import main as annotator
from tests.benchmarks import bench_boundaries


def main(arguments: list[str]) -> int:
    """Print the tables."""
    entities = ""
    if "--entities" in arguments:
        at = arguments.index("--entities")
        entities = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    bench_boundaries.main(arguments)
    if entities:
        print("\nentities, with the bare pipeline beside them")
        return annotator(["score-entities", entities, *(["--json"] if "--json" in arguments else [])])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
