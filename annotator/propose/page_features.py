"""Numbers that describe the paragraphs of a page, for the boundary model.

One row a paragraph. Of each only the first and last code points are looked at, and of its neighbours a window of fixed
size: a page of any length takes time in proportion to its length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from annotator.propose.looks import LOCAL, NAME_TOKEN, Look
from annotator.propose.page_cast import CAST, cast_part
from annotator.propose.page_rhythm import rhythm

if TYPE_CHECKING:
    import numpy as np

PAGE = (
    *(
        "index",
        "index_end",
        "offset",
        "paragraphs",
        "median_chars",
        "cut_share",
        "short_share",
        "byline_share",
        "rank_count",
    ),
    *("site_share", "blank_share", "more_share", "quote_share", "title_share", "long_share", "blank_is_wide"),
)
NAMES = (
    *("new_full", "again_full", "known_single", "unknown_single", "known_share", "new_share", "first_name_known"),
    *(
        "same_1",
        "same_3",
        "same_6",
        "next_1",
        "next_3",
        "cross",
        "before",
        "after",
        "dip",
        "name_same_3",
        "name_next_3",
    ),
    *(
        "title_overlap",
        "start_elsewhere",
        "reintroduced",
        "acronyms",
        "acronyms_again",
        "definite_known",
        "definite_new",
    ),
    *("indefinite_known", "head_same_3", "cross_rank", "dip_rank"),
)
RUNS = (
    *("end_run_back", "end_run_on", "short_run_back", "short_run_on", "cut_run_back", "cut_run_on", "site_run_back"),
    *("site_run_on", "shape_back_1", "shape_on_1", "shape_back_2", "shape_on_2", "shape_back_3", "shape_on_3"),
    *(
        "shape_share",
        "since_headline",
        "since_byline",
        "since_site",
        "until_site",
        "chars_to_median",
        "like_before",
        "like_after",
    ),
    *("leads_pairs", "ends_pairs", "pairs", "leads_threes", "ends_threes", "threes"),
)
SHIFTED = (
    *(
        "chars",
        "words",
        "sentences",
        "title",
        "all_caps",
        "blank",
        "indent",
        "soft",
        "end_full",
        "end_none",
        "end_ellipsis",
    ),
    *(
        "end_more",
        "cut",
        "kicker",
        "dateline",
        "rank",
        "related",
        "more_heading",
        "byline",
        "date",
        "photo",
        "site_groups",
    ),
    *("site_navigation", "pronoun", "connective", "speech", "names", "question", "start_quote", "open_quote", "lead"),
)
SHIFTS = (-2, -1, 1, 2)
LEADS = ("lead_apart", "lead_peak", "lead_peak_on", "lead_below")
"""The lead score against the others of the page: in deviations from their mean, above the best of the three paragraphs
on either side, above the best of the four after it, and the share of paragraphs that score more."""
FEATURES: tuple[str, ...] = (
    *LOCAL,
    *PAGE,
    *NAMES,
    *RUNS,
    *CAST,
    *LEADS,
    *(f"{name}@{shift:+d}" for shift in SHIFTS for name in SHIFTED),
)
"""Names of the columns, in order. A model is only run on the features it was fitted on."""


def page_matrix(looks: Sequence[Look]) -> np.ndarray:
    """The features of a page, as float32 of shape (paragraphs, len(FEATURES))."""
    import numpy as np

    count = len(looks)
    local = np.array([[look.numbers[name] for name in LOCAL] for look in looks], dtype=np.float32)
    columns = {name: number for number, name in enumerate(LOCAL)}
    shifted = local[:, [columns[name] for name in SHIFTED]]
    relative = np.zeros((count, len(LEADS)), dtype=np.float32)
    parts = [local, _page_part(looks), _name_part(looks), _run_part(looks), cast_part(looks), relative]
    for shift in SHIFTS:
        moved = np.full_like(shifted, np.nan)
        if shift < 0:
            moved[-shift:] = shifted[:shift] if count > -shift else moved[-shift:]
        else:
            moved[:-shift] = shifted[shift:] if count > shift else moved[:-shift]
        parts.append(moved)
    return np.hstack(parts).astype(np.float32)


def _page_part(looks: Sequence[Look]) -> np.ndarray:
    import numpy as np

    count = len(looks)
    chars = sorted(look.chars for look in looks)
    total = max(1, sum(chars))

    def share(name: str) -> float:
        return sum(bool(look.numbers[name]) for look in looks) / count

    blanks = [look.numbers["blank"] for look in looks[1:]]
    common = sorted(blanks)[len(blanks) // 2] if blanks else 0.0
    shared = [
        math.log1p(count),
        math.log1p(chars[count // 2]),
        share("cut"),
        sum(look.chars < 110 for look in looks) / count,
        share("byline"),
        min(10.0, sum(look.numbers["rank"] for look in looks)),
        share("site_groups"),
        share("blank"),
        share("end_more"),
        share("start_quote"),
        sum(look.numbers["title"] > 0.75 for look in looks) / count,
        sum(look.chars > 300 for look in looks) / count,
    ]
    rows, offset = [], 0
    for number, look in enumerate(looks):
        wide = float(look.numbers["blank"] > common)
        rows.append([math.log1p(number), math.log1p(count - 1 - number), offset / total, *shared, wide])
        offset += look.chars
    return np.array(rows, dtype=np.float32)


def _name_part(looks: Sequence[Look]) -> np.ndarray:
    import numpy as np

    count = len(looks)
    frequency = Counter(chain.from_iterable(look.content for look in looks))
    weight = {word: math.log(1.0 + count / seen) for word, seen in frequency.items()}
    size = [max(2.0, math.fsum(map(weight.__getitem__, look.content))) for look in looks]
    parts = [[name.split() for name in look.full] for look in looks]
    tokens = [look.singles.union(*split) for look, split in zip(looks, parts, strict=True)]
    reach = 6
    band = {
        (j, i): math.fsum([weight[word] for word in looks[i].content & looks[j].content])
        for i in range(count)
        for j in range(max(0, i - reach), i)
    }
    likeness = {pair: value / math.sqrt(size[pair[0]] * size[pair[1]]) for pair, value in band.items()}

    def block(first: Sequence[int], second: Sequence[int]) -> float:
        near = [likeness[a, b] for a in first for b in second if a < b <= a + reach]
        return sum(near) / max(1, len(near))

    inside = [block(some, some) for some in (range(max(0, i - 4), i) for i in range(count + 1))]
    rows = []
    seen_full: set[str] = set()
    seen_last: set[str] = set()
    seen: set[str] = set()
    title = looks[0].content if looks else set()
    prefixes = Counter(look.key[:30] for look in looks if look.chars > 40)
    for i, look in enumerate(looks):
        own = tokens[i]
        near = set().union(*tokens[max(0, i - 3) : i])
        ahead = set().union(*tokens[i + 1 : i + 4])
        alone = set().union(*(other.singles for other in looks[max(0, i - 8) : i]))
        mine = look.definite | look.indefinite | look.head
        nouns = set().union(*(mine & other.content for other in looks[max(0, i - 3) : i]))
        start = NAME_TOKEN.search(look.text[:60])
        first = start.group() if start else ""
        past, on = range(max(0, i - 4), i), range(i, min(count, i + 4))
        one = [band[j, i] / size[i] for j in range(max(0, i - reach), i)]
        two = [band[i, j] / size[i] for j in range(i + 1, min(count, i + 4))]
        cross, before, after = block(past, on), inside[i], inside[i + 4] if i + 4 <= count else block(on, on)
        rows.append(
            [
                len([split for split in parts[i] if seen.isdisjoint(split)]),
                len(look.full & seen_full),
                len(look.singles & seen_last),
                len(look.singles - seen),
                len(own & seen) / max(1, len(own)),
                len(own - seen) / max(1, len(own)),
                float(first in seen_last) if first[:1].isupper() else -1.0,
                one[-1] if one else 0.0,
                max(one[-3:], default=0.0),
                sum(one) / max(1, len(one)),
                two[0] if two else 0.0,
                max(two, default=0.0),
                cross,
                before,
                after,
                cross - 0.5 * (before + after),
                len(own & near) / max(1, len(own)),
                len(own & ahead) / max(1, len(own)),
                len(look.content & title) / max(1, len(look.content)),
                float(prefixes[look.key[:30]] > 1),
                len([split for split in parts[i] if split[-1] in alone]),
                len(look.acronyms),
                len(look.acronyms & seen),
                len(look.definite & nouns),
                len(look.definite - nouns),
                len(look.indefinite & nouns),
                math.fsum([weight[word] for word in look.head & nouns])
                / max(2.0, math.fsum(map(weight.__getitem__, look.head))),
            ]
        )
        seen |= own
        seen_full |= look.full
        seen_last |= look.singles
        seen_last.update([split[-1] for split in parts[i]])
    found = np.array(rows, dtype=np.float32)
    ranks = [_share_below(found[:, NAMES.index(name)]) for name in ("cross", "dip")]
    return np.column_stack([found, *ranks]).astype(np.float32)


def _share_below(values: np.ndarray) -> np.ndarray:
    """For every value the share of values below it."""
    import numpy as np

    return np.searchsorted(np.sort(values), values) / max(1, len(values))


def _runs(flags: Sequence[object], *, back: bool) -> list[int]:
    """For every item, how many items just before (or after) it are equal to it without a gap, at most 20."""
    order = range(len(flags)) if back else range(len(flags) - 1, -1, -1)
    found, last, length = [0] * len(flags), object(), 0
    for i in order:
        length = length + 1 if flags[i] == last else 0
        last = flags[i]
        found[i] = min(20, length)
    return found


def _since(flags: Sequence[bool], *, back: bool) -> list[int]:
    """For every item, the distance to the nearest true item before (or after) it, at most 20."""
    order = range(len(flags)) if back else range(len(flags) - 1, -1, -1)
    found, distance = [20] * len(flags), 20
    for i in order:
        distance = min(20, distance + 1)
        found[i] = distance
        if flags[i]:
            distance = 0
    return found


def _run_part(looks: Sequence[Look]) -> np.ndarray:
    import numpy as np

    count = len(looks)
    shapes = [look.shape for look in looks]
    common = Counter(shapes)
    ends = [look.end in ("full", "quote", "question") for look in looks]
    short = [look.chars < 130 for look in looks]
    cut = [look.cut for look in looks]
    site = [look.numbers["site_groups"] > 0 for look in looks]
    headline = [look.chars < 110 and not end for look, end in zip(looks, ends, strict=True)]
    byline = [bool(look.numbers["byline"]) for look in looks]
    flags = [_runs(list(column), back=back) for column in (ends, short, cut, site) for back in (True, False)]
    distances = [
        _since(headline, back=True),
        _since(byline, back=True),
        _since(site, back=True),
        _since(site, back=False),
    ]
    median = sorted(look.chars for look in looks)[count // 2] if count else 1

    def equal(i: int, j: int) -> float:
        return float(shapes[i] == shapes[j]) if 0 <= j < count else -1.0

    def like(i: int, step: int) -> int:
        found = 0
        while 0 <= i + step * (found + 1) < count and found < 8 and shapes[i + step * (found + 1)] == shapes[i]:
            found += 1
        return found

    rhythms = [column for period in (2, 3) for column in rhythm(looks, period)]
    rows = []
    for i, look in enumerate(looks):
        rows.append(
            [
                *(column[i] for column in flags),
                *(equal(i, i + shift) for shift in (-1, 1, -2, 2, -3, 3)),
                (common[shapes[i]] - 1) / max(1, count - 1),
                *(column[i] for column in distances),
                math.log((look.chars + 1) / (median + 1)),
                max(like(i, -step) for step in (1, 2, 3)),
                max(like(i, step) for step in (1, 2, 3)),
                *(column[i] for column in rhythms),
            ]
        )
    return np.array(rows, dtype=np.float32)


LEAD_COLUMNS = tuple((shift, FEATURES.index("lead" if shift == 0 else f"lead@{shift:+d}")) for shift in (0, *SHIFTS))


def fill_lead(matrix: np.ndarray, scores: Sequence[float]) -> None:
    """Put the lead score of every paragraph, and of its neighbours, into the matrix of a page."""
    count = len(scores)
    for shift, column in LEAD_COLUMNS:
        for i in range(max(0, -shift), min(count, count - shift)):
            matrix[i, column] = scores[i + shift]
    place = FEATURES.index(LEADS[0])
    matrix[:, place : place + len(LEADS)] = _leads_compared(scores)


def _leads_compared(scores: Sequence[float]) -> np.ndarray:
    import numpy as np

    values = np.asarray(scores, dtype=np.float64)
    count = len(values)
    apart = (values - values.mean()) / (values.std() + 0.3)
    rows = []
    for i, value in enumerate(scores):
        near = [scores[j] for j in range(max(0, i - 3), min(count, i + 4)) if j != i]
        rows.append((apart[i], value - max(near, default=0.0), value - max(scores[i + 1 : i + 5], default=0.0)))
    below = 1.0 - (np.searchsorted(np.sort(values), values, side="right") / max(1, count))
    return np.column_stack([np.array(rows), below])
