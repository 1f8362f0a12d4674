"""Asks bratiaa 0.1.4 for the mean and deviation of F1 over pairs of annotators: with_bratiaa.py QUESTIONS.json."""

import json
import sys
from pathlib import Path

from bratiaa import agree


class Mark(tuple):
    """A span as bratiaa counts it: equal as its fields are, with a label."""

    @property
    def label(self):
        return self[2]


def evaluate(a, b, tokens=None):
    first, second = ({Mark(unit) for unit in side} for side in (a, b))
    return first & second, first, second


def asked(documents):
    def files():
        for n, lanes in enumerate(documents):
            document = agree.Document(f"{n}", f"{n}")
            document.ann_files = [agree.AnnFile(name, units) for name, units in lanes.items()]
            yield document

    names = [str(n) for n in range(len(documents))]
    task = agree.F1Agreement(files, ["LOC", "ORG", "PER"], evaluate, annotators=["x", "y", "z"], documents=names)
    return [float(value) for value in task.mean_sd_total()]


questions = json.loads(Path(sys.argv[1]).read_text("utf-8"))
sys.stdout.write(json.dumps([asked(documents) for documents in questions]))
