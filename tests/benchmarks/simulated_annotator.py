"""A simulated annotator corrects pages from gold, ten at a time, and the program learns: the learning curve.

    python -m tests.benchmarks.simulated_annotator DATA.jsonl --pages 100

Actions on a page: one to reject a span that touches no true one; one for each edge and one for the label that is wrong
of a span that touches a true one; two, select and label, to add one that is missing; one to accept the rest.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from annotator.core.document import Document
from annotator.core.marks import Span
from annotator.core.proposal import Proposal, Proposer
from annotator.core.schema import Label, Layer, LayerKind, Schema
from annotator.propose.entities import SpacyProposer
from annotator.propose.entity_report import LabelledText, load_labelled, schema_of
from annotator.propose.learned_models import ModelFolder
from annotator.propose.learning import FEWEST_PAGES, learn_entities
from annotator.propose.strings import StringProposer, count_strings
from annotator.propose.training import FinishedPage, TrainSettings

LAYER = "entities"
ROUND = 10


def chosen(proposals: Iterable[Proposal]) -> list[Span]:
    """What "accept the rest" would accept: of proposals that overlap, the one with the best score."""
    kept: list[Span] = []
    for proposal in sorted(
        proposals, key=lambda p: (-(0.5 if p.score is None else p.score), p.mark.start - p.mark.end)
    ):
        span = proposal.mark
        if isinstance(span, Span) and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def actions(found: Sequence[Span], truth: frozenset[tuple[int, int, str]]) -> int:
    """Actions that turn what is proposed into the truth."""
    done = 1
    left = set(truth)
    wrong = []
    for span in found:
        key = (span.start, span.end, span.label)
        if key in left:
            left.remove(key)
        else:
            wrong.append(span)
    for span in wrong:
        touching = [key for key in left if key[0] < span.end and span.start < key[1]]
        costs = [((key[0] != span.start) + (key[1] != span.end) + (key[2] != span.label), key) for key in touching]
        if costs and min(costs)[0] <= 2:
            cost, key = min(costs)
            left.remove(key)
            done += cost
        else:
            done += 1
    return done + 2 * len(left)


class Arm:
    """One way to learn, with what it has learned so far."""

    def __init__(self, name: str, schema: Schema, folder: Path, *, strings: bool, train_at: frozenset[int]) -> None:
        self.name = name
        self._schema = schema
        self._strings = strings
        self._train_at = train_at
        self._models = ModelFolder(folder / name)
        self._proposers: list[Proposer] = [SpacyProposer(layer=LAYER)]

    def propose(self, documents: Sequence[Document]) -> list[list[Span]]:
        every = [list(proposer.propose(documents, self._schema)) for proposer in self._proposers]
        return [chosen([p for found in each for p in found]) for each in zip(*every, strict=True)]

    def learn(self, pages: Sequence[FinishedPage], rest: Sequence[Document], seed: int, epochs: int) -> str:
        told = ""
        if len(pages) in self._train_at and len(pages) >= FEWEST_PAGES:
            settings = TrainSettings(epochs=epochs)
            report = learn_entities(
                pages, self._schema, self._models, rehearsal=rest, layer=LAYER, seed=seed, settings=settings
            )
            attempt = report.attempt
            told = (
                f"trained on {len(pages)} pages: F1 {attempt.before:.3f} to {attempt.after:.3f} "
                f"({attempt.low:+.3f} to {attempt.high:+.3f}), {'kept' if attempt.kept else 'not kept'}"
            )
        model = self._models.in_use("entities")
        self._proposers = [SpacyProposer(str(model), layer=LAYER) if model else SpacyProposer(layer=LAYER)]
        if self._strings:
            counts = count_strings(((page.document.text, page.spans) for page in pages), LAYER)
            self._proposers.append(StringProposer(counts, layer=LAYER))
        return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="labelled texts: text and spans")
    parser.add_argument("--pages", type=int, default=100, help="pages corrected")
    parser.add_argument("--after", type=int, default=20, help="pages measured after that")
    parser.add_argument("--longest", type=int, default=4000, help="code points of the longest page used")
    parser.add_argument("--train-at", type=int, nargs="*", default=[10, 20, 50, 100], help="train after so many pages")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--known-labels", action="store_true", help="fold the pipeline's labels into those of the data")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--arms", nargs="*", help="only these ways to learn")
    parser.add_argument("--json", type=Path, help="write the curve here")
    options = parser.parse_args()
    texts = [item for item in load_labelled(options.data) if len(item.document.text) <= options.longest]
    random.Random(options.seed).shuffle(texts)
    texts = texts[: options.pages + options.after]
    names = sorted({label for item in texts for _, _, label in item.spans})
    schema = schema_of(names)[0]
    if not options.known_labels:
        schema = Schema("data", 1, (Layer(LAYER, LayerKind.SPANS, labels=tuple(map(Label, names))),))
    with tempfile.TemporaryDirectory() as folder:
        arms = [
            Arm("no learning", schema, Path(folder), strings=False, train_at=frozenset()),
            Arm("strings", schema, Path(folder), strings=True, train_at=frozenset()),
            Arm("strings, training", schema, Path(folder), strings=True, train_at=frozenset(options.train_at)),
        ]
        wanted = [arm for arm in arms if not options.arms or arm.name in options.arms]
        curve = [row for arm in wanted for row in run(arm, texts, options)]
    if options.json:
        options.json.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")


def run(arm: Arm, texts: Sequence[LabelledText], options: argparse.Namespace) -> list[dict[str, object]]:
    """The curve of one arm, printed as it grows."""
    print(arm.name)
    rows: list[dict[str, object]] = []
    done: list[FinishedPage] = []
    for start in range(0, len(texts), ROUND):
        batch = texts[start : start + ROUND]
        found = arm.propose([item.document for item in batch])
        taken = [actions(marks, item.spans) for marks, item in zip(found, batch, strict=True)]
        hits = sum(
            len({(s.start, s.end, s.label) for s in marks} & item.spans)
            for marks, item in zip(found, batch, strict=True)
        )
        size = sum(len(spans) for spans in found) + sum(len(item.spans) for item in batch)
        row = {"arm": arm.name, "pages": start, "actions": sum(taken) / len(taken), "f1": 2 * hits / max(1, size)}
        rows.append(row)
        print(f"{start:6} pages corrected {row['actions']:8.1f} actions a page   F1 {row['f1']:.3f}", flush=True)
        done += [
            FinishedPage(item.document, frozenset(Span(a, b, LAYER, label) for a, b, label in item.spans))
            for item in batch
        ]
        if start + ROUND <= options.pages:
            rest = [item.document for item in texts[start + ROUND :]]
            if told := arm.learn(done, rest, options.seed, options.epochs):
                print(f"       {told}", flush=True)
    return rows


if __name__ == "__main__":
    main()
