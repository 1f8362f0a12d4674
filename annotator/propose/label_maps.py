"""Which label of a corpus a pipeline's label stands for, as finished pages have it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.schema import Layer
from annotator.core.words import tr
from annotator.propose.consistency import Entity

FEWEST = 3
"""Entities of a pipeline's label that must be spans of one label, at least."""
SHARE_OF_SAME = 0.6
"""Share of the entities with the edges of a span that must have that label."""
SHARE_OF_ALL = 0.3
"""Share of all entities of the pipeline's label that must be such spans."""
LARGEST_FILE = 1_000_000
"""Bytes of the largest file that is opened."""


def learn_map(layer: Layer, pages: Iterable[tuple[Sequence[Entity], Iterable[Span]]]) -> dict[str, str]:
    """Labels of the pipeline that the schema says nothing of, each with the label that finished pages have there.

    Args:
        layer: The layer of the spans. What its `mapping` maps or drops is left out, and so are labels that it has.
        pages: The pipeline's entities and the true spans of each finished page.
    """
    every: Counter[str] = Counter()
    same: dict[str, Counter[str]] = {}
    for entities, spans in pages:
        labels = {(span.start, span.end): span.label for span in spans if span.layer == layer.name}
        for entity in entities:
            every[entity.label] += 1
            if (label := labels.get((entity.start, entity.end))) is not None:
                same.setdefault(entity.label, Counter())[label] += 1
    found = {}
    for theirs, counts in sorted(same.items()):
        label, times = max(counts.items(), key=lambda item: (item[1], item[0]))
        surely = times >= FEWEST and times >= SHARE_OF_SAME * counts.total() and times >= SHARE_OF_ALL * every[theirs]
        if surely and theirs not in layer.mapping and theirs not in layer.by_name:
            found[theirs] = label
    return found


def with_map(layer: Layer, learned: Mapping[str, str]) -> Layer:
    """The layer with what was learned where its own mapping says nothing; labels that are gone since are left out."""
    new = {theirs: ours for theirs, ours in learned.items() if ours in layer.by_name and theirs not in layer.by_name}
    return replace(layer, mapping=MappingProxyType({**new, **layer.mapping})) if new else layer


def read_map(path: Path) -> dict[str, str]:
    """What was learned, from the JSON file beside a learned pipeline; nothing where there is no such file.

    Raises:
        InputError: The file cannot be read or holds something else.
    """
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(tr("it is too large"))
        return {str(theirs): str(ours) for theirs, ours in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(tr("{path} cannot be read ({reason}).", path=path, reason=error)) from None


def write_map(path: Path, learned: Mapping[str, str]) -> None:
    """Write it as JSON."""
    path.write_text(json.dumps(dict(learned), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
