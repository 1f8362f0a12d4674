"""What a place on a page parts: names and words that end before it, start after it, or run through.

Where one article ends and another starts, several names and words that were used again and again stop at once, and
others start; inside an article they come and go one by one. Counted over windows of paragraphs on both sides, as words
that stand in two paragraphs or more of a window say most.
Source: lexical chains over a text, Morris and Hirst (1991), Computational Linguistics 17(1); windows on both sides of a
place, Hearst (1997), Computational Linguistics 23(1).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.propose.looks import Look

if TYPE_CHECKING:
    import numpy as np

REACHES = (4, 8, 16)
"""Paragraphs in a window on either side."""
AHEAD, BACK = 6, 8
"""Paragraphs after and before one that are searched for its words."""
_BLOCK = 256
"""Paragraphs that are worked on at once: bounds the memory that a long page takes."""
_UNIT = 64
"""Weights are whole numbers of this share, so that sums are exact in any order."""
CAST: tuple[str, ...] = (
    *(
        f"{name}_{reach}"
        for reach in REACHES
        for name in (
            *("names_end", "names_start", "names_common", "kept_names_end", "kept_names_start"),
            *("words_end", "words_start", "words_through"),
        )
    ),
    *("covers", "covers_twice", "covered", "covers_more", "head_covered", "head_covers"),
)
"""Names of the columns, in order."""


def cast_part(looks: Sequence[Look]) -> np.ndarray:
    """The columns of CAST for every paragraph of a page, float32 of shape (paragraphs, len(CAST))."""
    import numpy as np

    count = len(looks)
    frequency = Counter(word for look in looks for word in look.content)
    weight = {word: round(_UNIT * math.log(1.0 + count / seen)) for word, seen in frequency.items()}
    margin = max(REACHES)
    parts = []
    for begin in range(0, max(1, count), _BLOCK):
        low, high = max(0, begin - margin), min(count, begin + _BLOCK + margin)
        found = _block(looks[low:high], weight)
        parts.append(found[begin - low : min(count, begin + _BLOCK) - low])
    return np.vstack(parts)


def _block(looks: Sequence[Look], weight: dict[str, int]) -> np.ndarray:
    import numpy as np

    names = _presence([_names(look) for look in looks])
    held = Counter(word for look in looks for word in look.content)
    shared = {word: number for number, word in enumerate(sorted(word for word in held if held[word] > 1))}
    words, heads = _presence([look.content for look in looks], shared), _presence([look.head for look in looks], shared)
    weights = np.array([weight[word] for word in shared] or [0], dtype=np.float64)
    sizes = [sum(map(weight.__getitem__, look.content)) for look in looks]
    head_size = np.maximum(1, [sum(map(weight.__getitem__, look.head)) for look in looks])
    # A word of a single paragraph parts nothing and joins nothing; it counts in the sizes of windows only.
    single = np.array(sizes) - words @ weights
    columns = []
    for reach in REACHES:
        columns += _names_parted(*_sides(names, reach, 0, reach))
        alone = np.add(*_sides(single[:, None], reach, 0, reach))[:, 0]
        columns += _words_parted(*_sides(words, reach, 0, reach), weights, alone)
    before, after = _sides(words, BACK, 1, AHEAD)
    size = np.maximum(1, sizes)
    near, back = after > 0, before > 0
    covers, covered = ((words * near) @ weights) / size, ((words * back) @ weights) / size
    columns += [
        covers,
        ((words * (after > 1)) @ weights) / size,
        covered,
        covers - covered,
        ((heads * back) @ weights) / head_size,
        ((heads * near) @ weights) / head_size,
    ]
    return np.column_stack(columns).astype(np.float32)


def _names(look: Look) -> set[str]:
    found = {part for name in look.full for part in name.split()} | look.singles
    return {part for part in found if len(part) > 1 and part[0].isupper()}


def _presence(sets: Sequence[set[str]], vocabulary: dict[str, int] | None = None) -> np.ndarray:
    """float32 (sets, words): 1 where a set holds a word; words outside a given vocabulary are left out."""
    import numpy as np

    if vocabulary is None:
        vocabulary = {word: number for number, word in enumerate(sorted(set().union(*sets)))}
    found = np.zeros((len(sets), max(1, len(vocabulary))), dtype=np.float32)
    for row, words in enumerate(sets):
        found[row, [vocabulary[word] for word in words if word in vocabulary]] = 1
    return found


def _sides(presence: np.ndarray, back: int, skip: int, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """In how many of the `back` rows before each row a word stands, and in how many of `ahead` rows from `skip` on."""
    import numpy as np

    count = len(presence)
    sums = np.zeros((count + 1, presence.shape[1]), presence.dtype)
    np.cumsum(presence, axis=0, out=sums[1:])
    here = np.arange(count)
    before = sums[here] - sums[np.maximum(0, here - back)]
    after = sums[np.minimum(count, here + skip + ahead)] - sums[np.minimum(count, here + skip)]
    return before, after


def _names_parted(before: np.ndarray, after: np.ndarray) -> list[np.ndarray]:
    import numpy as np

    old, new = before > 0, after > 0
    old_count, new_count, both = old.sum(axis=1), new.sum(axis=1), (old & new).sum(axis=1)
    kept_old, kept_new = before > 1, after > 1
    kept_old_count, kept_new_count = kept_old.sum(axis=1), kept_new.sum(axis=1)
    ended, started = (kept_old & ~new).sum(axis=1), (kept_new & ~old).sum(axis=1)
    return [
        (old_count - both) / np.maximum(1, old_count),
        (new_count - both) / np.maximum(1, new_count),
        both / np.maximum(1, old_count + new_count - both),
        np.where(kept_old_count > 0, ended / np.maximum(1, kept_old_count), np.nan),
        np.where(kept_new_count > 0, started / np.maximum(1, kept_new_count), np.nan),
    ]


def _words_parted(before: np.ndarray, after: np.ndarray, weights: np.ndarray, alone: np.ndarray) -> list[np.ndarray]:
    """The columns of words for one reach; `alone` is the weight of words in both windows that no other row holds."""
    import numpy as np

    old, new = before > 0, after > 0
    kept_old, kept_new = before > 1, after > 1
    both = old & new
    ended, started = (kept_old & ~new) @ weights, (kept_new & ~old) @ weights
    through = (both & (kept_old | kept_new)) @ weights + 2 * _UNIT
    return [
        ended / (ended + through),
        started / (started + through),
        (both @ weights) / np.maximum(1, old @ weights + new @ weights + alone),
    ]
