"""Reads files of tags with seqeval, strictly by their scheme.

python with_seqeval.py FILE.conll FILE.iob2 FILE.bilou
"""

import json
import sys
from pathlib import Path


def sentences(path: str) -> list[list[list[str]]]:
    """Rows of columns, a blank line between sentences."""
    found: list[list[list[str]]] = [[]]
    for line in Path(path).read_text("utf-8").split("\n"):
        if line.strip():
            found[-1].append(line.split())
        elif found[-1]:
            found.append([])
    return [rows for rows in found if rows]


def main(conll: str, iob2: str, bilou: str) -> None:
    """Print the spans that each scheme finds, and the score of the file against itself."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import BILOU, IOB2, Entities

    told = {}
    for name, path, scheme in (("conll", conll, IOB2), ("iob2", iob2, IOB2), ("bilou", bilou, BILOU)):
        rows = sentences(path)
        tags = [[cells[-1] for cells in sentence] for sentence in rows]
        found = [
            [" ".join(cells[0] for cells in rows[number][entity.start : entity.end]), entity.tag]
            for number, entities in enumerate(Entities(tags, scheme=scheme).entities)
            for entity in entities
        ]
        report = classification_report(tags, tags, mode="strict", scheme=scheme, output_dict=True)
        told[name] = {"spans": found, "columns": sorted({len(cells) for sentence in rows for cells in sentence})}
        told[name]["f1"] = report["micro avg"]["f1-score"]
    print(json.dumps(told, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
