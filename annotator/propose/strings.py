"""Strings already labelled in this corpus, proposed wherever else they stand. A pure function of counts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.core.document import Document
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.propose.entities import entity_layer, unwrapped
from annotator.propose.string_tree import Key, StringTree, string_key

PRIOR_RIGHT = 0.5
"""Occurrences that every string is taken to have had with its label before anything was counted."""
PRIOR_WRONG = 0.5
"""Occurrences that every string is taken to have had without its label before anything was counted."""
LEAST_SCORE = 0.5
"""A string is proposed when its label is at least as likely as not."""
LONGEST = 12
"""Tokens of the longest string that is remembered."""

_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class StringCounts:
    """How often strings stand in finished pages, and how often with which label."""

    labelled: Mapping[Key, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    """Tokens of a string to its labels and how many spans had them."""
    seen: Mapping[Key, int] = field(default_factory=lambda: MappingProxyType({}))
    """Tokens of a string to its whole-word occurrences in the same pages, labelled or not."""

    @property
    def digest(self) -> str:
        """Ten hexadecimal digits that differ where the counts do."""
        rows = sorted((key, sorted(labels.items()), self.seen.get(key, 0)) for key, labels in self.labelled.items())
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:10]

    def best(self, key: Key) -> tuple[str, float, int, int] | None:
        """The most frequent label of a string, the chance that it is right, and the two counts that give it."""
        labels = self.labelled.get(key)
        if not labels:
            return None
        label, times = max(labels.items(), key=lambda item: (item[1], item[0]))
        seen = max(self.seen.get(key, 0), sum(labels.values()))
        return label, (times + PRIOR_RIGHT) / (seen + PRIOR_RIGHT + PRIOR_WRONG), times, seen


def count_strings(pages: Iterable[tuple[str, Iterable[Span]]], layer: str) -> StringCounts:
    """Count the strings of finished pages.

    Args:
        pages: Text and spans of each finished page, one annotator's or gold.
        layer: Only spans of this layer count.
    """
    labelled: dict[Key, Counter[str]] = {}
    texts = []
    for text, spans in pages:
        texts.append(text)
        for span in spans:
            key = string_key(text[span.start : span.end]) if span.layer == layer else ()
            if 0 < len(key) <= LONGEST:
                labelled.setdefault(key, Counter())[span.label] += 1
    tree = StringTree(labelled)
    seen: Counter[Key] = Counter()
    for text in texts:
        for _, _, key in tree.every_match(text):
            seen[key] += 1
    return StringCounts({key: dict(labels) for key, labels in labelled.items()}, dict(seen))


class StringProposer:
    """Proposes strings under the label they most often had in finished pages."""

    is_learned = True
    """Whether what it proposes was learned from finished pages."""

    def __init__(self, counts: StringCounts, *, layer: str | None = None, name: str = "strings") -> None:
        self.name = name
        self.version = counts.digest
        self._layer = layer
        self._best: dict[Key, tuple[str, float, str]] = {}
        for key in counts.labelled:
            found = counts.best(key)
            if found is None or found[1] < LEAST_SCORE or not _LETTER.search("".join(key)):
                continue
            label, score, times, seen = found
            reason = tr(
                "labelled {label} {times} of {seen} times on finished pages", label=label, times=times, seen=seen
            )
            self._best[key] = (label, score, reason)
        self._tree = StringTree(self._best)

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """Whole-word occurrences of known strings, the longest where several match, under labels the layer has."""
        layer = entity_layer(schema, self._layer)
        for document in documents:
            found = []
            matches = self._tree.longest_matches(unwrapped(document.text)) if layer is not None else ()
            for start, end, key in matches:
                label, score, reason = self._best[key]
                if layer is not None and label in layer.by_name:
                    found.append(Proposal(Span(start, end, layer.name, label), score, reason, self.name))
            yield tuple(found)
