"""Draws learning curves: actions a page and F1 against pages corrected, a line for each way to learn.

    python -m tests.benchmarks.learning_plot OUT.svg CURVE.json...

The curves are what the simulated annotators write with `--json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def rows_of(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Pages corrected, actions a page and F1, by way to learn; F1 of articles where there are two layers."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        name = str(row.get("arm") or ("layouts" if row["learning"] else "no learning"))
        f1 = row["f1"]["articles"] if isinstance(row["f1"], dict) else row["f1"]
        found.setdefault(name, []).append((row["pages"], row["actions"], f1))
    return found


def main(out: str, *files: str) -> None:
    """Write the picture."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "learning"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, len(files), figsize=(4.5 * len(files), 5.5), squeeze=False, sharex=True)
    for column, file in enumerate(files):
        for name, rows in rows_of(Path(file)).items():
            pages, actions, f1 = zip(*rows, strict=True)
            for axis, values in zip(axes[:, column], (actions, f1), strict=True):
                marker = "o" if name == "no learning" else "s" if name == "strings" else "^"
                axis.plot(pages, values, marker=marker, markersize=4, label=name)
        axes[0, column].set_title(Path(file).stem)
        axes[0, column].set_ylim(0, 1.4 * axes[0, column].get_ylim()[1])
        axes[0, column].legend(loc="upper right", fontsize="small")
        axes[1, column].set_ylim(0, 1)
        axes[1, column].set_xlabel("pages corrected")
    axes[0, 0].set_ylabel("actions a page")
    axes[1, 0].set_ylabel("F1 before correction")
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    main(*sys.argv[1:])
