"""How good proposed articles and blocks are, measured on labelled pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.propose.page_proposal import KINDS, PageProposal

Segmenter = Callable[[str], PageProposal]
BINS = 10
"""Equally wide bins of the reliability table."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with its gold: the shape of one line of a labelled JSONL file."""

    id: str
    text: str
    boundaries: tuple[int, ...]
    """Positions at which a new article starts, 0 left out, in rising order."""
    blocks: tuple[tuple[int, int, str], ...]
    """Start, end and kind of every block."""
    cuts: tuple[tuple[int, int, str], ...] = ()
    """Start, end and kind (`kicker` or `deck`) of finer pieces inside blocks."""
    variant: str = ""
    ship: bool = True


def load_pages(path: Path) -> list[LabelledPage]:
    """Labelled pages of a JSONL file with `text`, `boundaries`, `blocks` and, where there are any, `spans`.

    Raises:
        InputError: The file cannot be read, or a line is not such a page; names file and line.
    """
    pages: list[LabelledPage] = []
    try:
        with path.open(encoding="utf-8") as source:
            for number, line in enumerate(source, 1):
                if line.strip():
                    pages.append(_page(line, path, number))
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}.", path=path, why=error.strerror or error)) from None
    except UnicodeDecodeError:
        raise InputError(tr("{path} is not UTF-8 text; save it as UTF-8.", path=path)) from None
    return pages


def _page(line: str, path: Path, number: int) -> LabelledPage:
    where = tr("{path}, line {number}", path=path, number=number)
    try:
        value = json.loads(line)
        text = value["text"]
        if not isinstance(text, str):
            raise TypeError(type(text).__name__)
        boundaries = tuple(sorted({int(position) for position in value["boundaries"]} - {0}))
        blocks = tuple((int(b["start"]), int(b["end"]), str(b["kind"])) for b in value.get("blocks") or ())
        cuts = tuple((int(b["start"]), int(b["end"]), str(b["kind"])) for b in value.get("spans") or ())
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            tr(
                "{where}: not a labelled page ({why}); it needs `text`, `boundaries` and `blocks`.",
                where=where,
                why=error,
            )
        ) from None
    inside = all(0 < position < len(text) for position in boundaries)
    if not inside or any(not 0 <= a < b <= len(text) for a, b, _ in (*blocks, *cuts)):
        raise InputError(tr("{where}: an offset lies outside the text, which ends at {n}.", where=where, n=len(text)))
    return LabelledPage(
        str(value.get("id") or number),
        text,
        boundaries,
        blocks,
        cuts,
        str(value.get("variant") or ""),
        bool(value.get("ship", True)),
    )


def pk(gold: Sequence[int], other: Sequence[int], length: int, window: int) -> float:
    """Share of windows whose two ends are in one article in one segmentation only.

    Args:
        gold: Unit indices in `1..length - 1` at which an article starts.
        other: The same for the segmentation compared with it.
        length: Units on the page.
        window: Units between the ends of a window.

    Source: Beeferman, Berger and Lafferty (1999), Machine Learning 34.
    """
    return _windows(gold, other, length, window, lambda a, b: (a == 0) != (b == 0))


def window_diff(gold: Sequence[int], other: Sequence[int], length: int, window: int) -> float:
    """Share of windows that hold a different number of article starts. Arguments as for `pk`.

    Source: Pevzner and Hearst (2002), Computational Linguistics 28(1).
    """
    return _windows(gold, other, length, window, lambda a, b: a != b)


def _windows(
    gold: Sequence[int], other: Sequence[int], length: int, window: int, differ: Callable[[int, int], bool]
) -> float:
    if length <= window:
        return float(set(gold) != set(other))
    first, second = ([int(i in set(marks)) for i in range(length)] for marks in (gold, other))
    wrong = sum(
        differ(sum(first[i + 1 : i + window + 1]), sum(second[i + 1 : i + window + 1])) for i in range(length - window)
    )
    return wrong / (length - window)


@dataclass(slots=True)
class PageResult:
    """Counts of one page, from which every figure is summed."""

    id: str
    variant: str
    hit: int = 0
    wrong: int = 0
    missed: int = 0
    pk: float = 0.0
    window_diff: float = 0.0
    kinds: list[tuple[str, str]] = field(default_factory=list)
    """Gold and proposed kind of every gold block."""
    cuts: int = 0
    cuts_found: int = 0
    scored: list[tuple[float, bool]] = field(default_factory=list)
    """Score of every proposed article start but the first, and whether it is right."""
    scored_blocks: list[tuple[float, bool]] = field(default_factory=list)


def score_page(page: LabelledPage, proposal: PageProposal) -> PageResult:
    """Hold one proposal against the gold of its page."""
    result = PageResult(page.id, page.variant)
    gold, found = set(page.boundaries), set(proposal.boundaries)
    result.hit, result.wrong, result.missed = len(gold & found), len(found - gold), len(gold - found)
    result.scored = [(article.score, article.position in gold) for article in proposal.articles[1:]]
    units = sorted({start for start, _, _ in page.blocks} | gold | {0})
    unit_gold, unit_found = _units(units, gold), _units(units, found)
    window = max(2, round(len(units) / (len(gold) + 1) / 2))
    result.pk = pk(unit_gold, unit_found, len(units), window)
    result.window_diff = window_diff(unit_gold, unit_found, len(units), window)
    starts = [(block.position, block.whole, block.score) for block in proposal.blocks if not block.inner]
    number = -1
    for start, _, kind in sorted(page.blocks):
        while number + 1 < len(starts) and starts[number + 1][0] <= start:
            number += 1
        proposed = starts[max(number, 0)][1] if starts else ""
        result.kinds.append((kind, proposed))
        if starts and starts[max(number, 0)][0] == start:
            result.scored_blocks.append((starts[max(number, 0)][2], proposed == kind))
    inner = {block.position for block in proposal.blocks if block.inner}
    for _, end, kind in page.cuts:
        if kind == "deck":
            lead = end + len(page.text[end:]) - len(page.text[end:].lstrip())
            result.cuts += 1
            result.cuts_found += lead in inner
    return result


def _units(units: Sequence[int], positions: Iterable[int]) -> list[int]:
    from bisect import bisect_right

    return sorted({bisect_right(units, position) - 1 for position in positions} - {0})


def reliability(scored: Iterable[tuple[float, bool]]) -> list[dict[str, float]]:
    """Per bin of scores: `low`, `count`, mean `score` and share `right`; bins without proposals are left out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for score, right in scored:
        bins[min(BINS - 1, max(0, int(score * BINS)))].append((score, right))
    return [
        {
            "low": number / BINS,
            "count": len(rows),
            "score": sum(score for score, _ in rows) / len(rows),
            "right": sum(right for _, right in rows) / len(rows),
        }
        for number, rows in enumerate(bins)
        if rows
    ]


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over equally wide bins. Source: Naeini, Cooper and Hauskrecht (2015), AAAI."""
    table = reliability(scored)
    total = sum(row["count"] for row in table)
    return sum(row["count"] * abs(row["score"] - row["right"]) for row in table) / total if total else 0.0


def figures(results: Sequence[PageResult]) -> dict[str, float]:
    """Every figure over these pages; shares from 0 to 1."""
    hit, wrong, missed = (sum(getattr(r, name) for r in results) for name in ("hit", "wrong", "missed"))
    kinds = [pair for result in results for pair in result.kinds]
    cuts = sum(result.cuts for result in results)
    values = {
        "pages": float(len(results)),
        "precision": hit / (hit + wrong) if hit + wrong else 1.0,
        "recall": hit / (hit + missed) if hit + missed else 1.0,
        "f1": _f1(hit, wrong, missed),
        "f1_macro": _mean([_f1(r.hit, r.wrong, r.missed) for r in results]),
        "pk": _mean([r.pk for r in results]),
        "window_diff": _mean([r.window_diff for r in results]),
        "wholly_right": _mean([float(r.wrong == r.missed == 0) for r in results]),
        "wrong_and_missed": _mean([float(r.wrong + r.missed) for r in results]),
        "block_accuracy": _mean([float(gold == found) for gold, found in kinds]),
        "block_macro_f1": _kind_f1(kinds),
        "calibration_error": calibration_error([pair for r in results for pair in r.scored]),
        "block_calibration_error": calibration_error([pair for r in results for pair in r.scored_blocks]),
    }
    if cuts:
        values["cut_accuracy"] = sum(result.cuts_found for result in results) / cuts
    return values


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _f1(hit: int, wrong: int, missed: int) -> float:
    return 2 * hit / (2 * hit + wrong + missed) if hit + wrong + missed else 1.0


def _kind_f1(kinds: Sequence[tuple[str, str]]) -> float:
    scores = []
    for kind in KINDS:
        hit = sum(gold == found == kind for gold, found in kinds)
        gold_count = sum(gold == kind for gold, _ in kinds)
        found_count = sum(found == kind for _, found in kinds)
        if gold_count:
            scores.append(2 * hit / (gold_count + found_count))
    return _mean(scores)


def intervals(results: Sequence[PageResult], *, rounds: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
    """95 % percentile intervals of the figures, by drawing pages with replacement."""
    import random

    draw = random.Random(seed)
    wanted = ("precision", "recall", "f1", "f1_macro", "wholly_right", "block_accuracy", "cut_accuracy")
    rows: dict[str, list[float]] = {name: [] for name in wanted}
    light = [_Light(result) for result in results]
    for _ in range(rounds if len(results) > 1 else 0):
        sample = draw.choices(light, k=len(light))
        hit, wrong, missed = (sum(getattr(r, name) for r in sample) for name in ("hit", "wrong", "missed"))
        rows["precision"].append(hit / (hit + wrong) if hit + wrong else 1.0)
        rows["recall"].append(hit / (hit + missed) if hit + missed else 1.0)
        rows["f1"].append(_f1(hit, wrong, missed))
        rows["f1_macro"].append(_mean([r.f1 for r in sample]))
        rows["wholly_right"].append(_mean([r.whole for r in sample]))
        blocks = sum(r.blocks for r in sample)
        rows["block_accuracy"].append(sum(r.blocks_right for r in sample) / blocks if blocks else 0.0)
        cuts = sum(r.cuts for r in sample)
        if cuts:
            rows["cut_accuracy"].append(sum(r.cuts_found for r in sample) / cuts)
    found = {}
    for name, values in rows.items():
        if values:
            values.sort()
            found[name] = (values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))])
    return found


class _Light:
    """The counts that the intervals need, summed once a page."""

    def __init__(self, result: PageResult) -> None:
        self.hit, self.wrong, self.missed = result.hit, result.wrong, result.missed
        self.f1 = _f1(result.hit, result.wrong, result.missed)
        self.whole = float(result.wrong == result.missed == 0)
        self.blocks, self.blocks_right = len(result.kinds), sum(gold == found for gold, found in result.kinds)
        self.cuts, self.cuts_found = result.cuts, result.cuts_found


@dataclass(frozen=True)
class BoundaryReport:
    """Figures over all pages, over the stitched and the real ones, and by variant."""

    figures: Mapping[str, Mapping[str, float]]
    """Group (`all`, `stitched`, `real` or a variant) to its figures."""
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]
    reliability: Sequence[Mapping[str, float]]
    pages_a_minute: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "figures": {group: dict(values) for group, values in self.figures.items()},
            "intervals": {group: {k: list(v) for k, v in rows.items()} for group, rows in self.intervals.items()},
            "reliability": [dict(row) for row in self.reliability],
            "pages_a_minute": self.pages_a_minute,
        }


def report_of(results: Sequence[PageResult], seconds: float, *, seed: int = 0) -> BoundaryReport:
    """The report over results that took `seconds` to propose."""
    groups: dict[str, list[PageResult]] = {"all": list(results)}
    if any(r.variant == "real" for r in results) and any(r.variant != "real" for r in results):
        groups["stitched"] = [r for r in results if r.variant != "real"]
    for variant in sorted({r.variant for r in results if r.variant}):
        groups[variant] = [r for r in results if r.variant == variant]
    return BoundaryReport(
        {name: figures(rows) for name, rows in groups.items()},
        {name: intervals(rows, seed=seed) for name, rows in groups.items() if name in ("all", "stitched", "real")},
        reliability([pair for r in results for pair in r.scored]),
        60.0 * len(results) / seconds if seconds else 0.0,
    )


def score_boundaries(pages: Iterable[LabelledPage], segmenter: Segmenter, *, seed: int = 0) -> BoundaryReport:
    """Propose on every page and hold the proposals against the gold.

    Args:
        pages: Labelled pages, as `load_pages` reads them.
        segmenter: What proposes, such as `segment_page`.
        seed: Of the draws behind the intervals.
    """
    results, seconds = [], 0.0
    for page in pages:
        begin = time.perf_counter()
        proposal = segmenter(page.text)
        seconds += time.perf_counter() - begin
        results.append(score_page(page, proposal))
    return report_of(results, seconds, seed=seed)
