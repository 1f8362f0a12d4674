"""What the first pass over a page says of it, as numbers for the second pass."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.propose.looks import Look
from annotator.propose.page_proposal import KINDS
from annotator.propose.page_turns import TURN_FEATURES, turns

if TYPE_CHECKING:
    import numpy as np

_REACH = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
_KIND_REACH = (-2, -1, 0, 1, 2)
SECOND_FEATURES: tuple[str, ...] = (
    *(f"opens{shift:+d}" for shift in _REACH),
    *(f"{kind}{shift:+d}" for shift in _KIND_REACH for kind in KINDS),
    *(
        "opens_before",
        "opens_after",
        "opens_page",
        "since_open",
        "chars_since",
        "until_open",
        "chars_until",
        "next_opens",
    ),
    *("mates", "mates_mean", "mates_max", "kind_mates_mean", "end_mates_mean"),
    *(f"page_{kind}" for kind in KINDS),
    *(f"{side}_{kind}" for side in ("past", "coming") for kind in ("body", "teaser", "boilerplate")),
    *(
        "text_before_opens",
        "text_before_body",
        "text_before_teaser",
        "text_before_gap",
        "text_before_cut",
        "text_before_chars",
    ),
    *(
        "text_after_opens",
        "text_after_body",
        "text_after_teaser",
        "text_after_gap",
        "text_after_lead",
        "text_after_chars",
    ),
    *("stretch_body", "stretch_teaser", "stretch_headline", "lead_rank"),
    *TURN_FEATURES,
)
"""Names of the columns that the second pass adds to the first one's, in order."""


def context_matrix(looks: Sequence[Look], opens: np.ndarray, kinds: np.ndarray, leads: Sequence[float]) -> np.ndarray:
    """The second pass's own columns, float32 of shape (paragraphs, len(SECOND_FEATURES)).

    Args:
        looks: What every paragraph shows.
        opens: Chance of the first pass that an article starts at each paragraph; shape (paragraphs,).
        kinds: Its chances of the kinds, in the order of KINDS; shape (paragraphs, len(KINDS)).
        leads: Lead scores.
    """
    import numpy as np

    count = len(looks)
    opens = opens.astype(np.float64).copy()
    opens[0] = 1.0
    best = kinds.argmax(axis=1)
    text = [KINDS[k] in ("body", "teaser", "headline") for k in best]
    shape, kind_mates, end_mates = defaultdict(list), defaultdict(list), defaultdict(list)
    for i in range(1, count):
        shape[looks[i].shape].append(i)
        kind_mates[best[i]].append(i)
        end_mates[looks[i].end, looks[i].chars // 60 if looks[i].chars < 300 else 9].append(i)
    sums = {
        id(group): sum(opens[j] for j in group) for table in (shape, kind_mates, end_mates) for group in table.values()
    }
    totals = np.concatenate([[0.0], np.cumsum(opens)])
    kind_totals = np.vstack([np.zeros(len(KINDS)), np.cumsum(kinds, axis=0)])
    chars = np.concatenate([[0], np.cumsum([look.chars for look in looks])])
    last_open, next_open = _nearest(opens, back=True), _nearest(opens, back=False)
    last_text, next_text = (
        _nearest(np.array(text, dtype=float), back=True),
        _nearest(np.array(text, dtype=float), back=False),
    )
    rank = np.argsort(np.argsort(-np.asarray(leads, dtype=np.float64), kind="stable"), kind="stable")
    page_kinds = kind_totals[-1] / count
    taken_in_turns = turns(opens.tolist(), kinds)
    rows = np.full((count, len(SECOND_FEATURES)), np.nan, dtype=np.float32)
    for i in range(count):
        row: list[float] = [float(opens[i + s]) if 0 <= i + s < count else math.nan for s in _REACH]
        for s in _KIND_REACH:
            row.extend(kinds[i + s].tolist() if 0 <= i + s < count else [math.nan] * len(KINDS))
        a, b = last_open[i], next_open[i]
        row += [
            float(totals[i]),
            float(totals[count] - totals[i + 1]),
            float((totals[count] - opens[i]) / count),
            min(30, i - a),
            math.log1p(chars[i] - chars[max(0, a)]),
            min(30, b - i),
            math.log1p(chars[min(b, count)] - chars[i]),
            float(opens[b]) if b < count else math.nan,
        ]
        group = shape[looks[i].shape]
        others = [opens[j] for j in group[:60] if j != i]
        row += [len(others), _share(sums.get(id(group), 0.0) - opens[i], len(group) - 1), max(others, default=math.nan)]
        for mates in (
            kind_mates[best[i]],
            end_mates[looks[i].end, looks[i].chars // 60 if looks[i].chars < 300 else 9],
        ):
            row.append(_share(sums.get(id(mates), 0.0) - opens[i], len(mates) - 1))
        row.extend(page_kinds.tolist())
        for low, high in ((max(0, i - 5), i), (i + 1, min(count, i + 6))):
            part = (kind_totals[high] - kind_totals[low]) / max(1, high - low)
            row += [part[0], part[1], part[5]]
        p, n = last_text[i], next_text[i]
        row += (
            [opens[p], kinds[p, 0], kinds[p, 1], min(20, i - p), float(looks[p].cut), math.log1p(looks[p].chars)]
            if p >= 0
            else [math.nan] * 6
        )
        row += (
            [opens[n], kinds[n, 0], kinds[n, 1], min(20, n - i), leads[n], math.log1p(looks[n].chars)]
            if n < count
            else [math.nan] * 6
        )
        stretch = kind_totals[i] - kind_totals[max(0, a)]
        row += [stretch[0], stretch[1], stretch[2], float(rank[i] / count)]
        row += taken_in_turns[i]
        rows[i] = row
    return rows


def _share(total: float, count: int) -> float:
    return total / count if count > 0 else math.nan


def _nearest(values: np.ndarray, *, back: bool) -> list[int]:
    """For every item, the nearest item before (or after) it with a value above one half; -1 (or the count) if none."""
    count = len(values)
    found = [-1 if back else count] * count
    last = -1 if back else count
    for i in range(count) if back else range(count - 1, -1, -1):
        found[i] = last
        if values[i] > 0.5:
            last = i
    return found
