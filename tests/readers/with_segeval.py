"""Asks segeval 2.0.11 for its measures of random segmentations: with_segeval.py QUESTIONS.json."""

import json
import sys
import warnings
from importlib import import_module
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    segeval = import_module("segeval")

questions = json.loads(Path(sys.argv[1]).read_text("utf-8"))
answers = {
    "pairs": [
        {
            "boundary_similarity": float(segeval.boundary_similarity(a, b, n_t=2)),
            "segmentation_similarity": float(segeval.segmentation_similarity(a, b, n_t=2)),
            "window_diff": float(segeval.window_diff(a, b)) if windows else None,
            "pk": float(segeval.pk(a, b)) if windows else None,
        }
        for a, b, windows in questions["pairs"]
    ],
    "data": [
        {
            "pi": float(segeval.fleiss_pi_linear(segeval.Dataset(items))),
            "kappa": float(segeval.fleiss_kappa_linear(segeval.Dataset(items))),
        }
        for items in questions["data"]
    ],
}
sys.stdout.write(json.dumps(answers))
