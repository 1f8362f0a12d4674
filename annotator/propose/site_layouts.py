"""What the finished pages of a corpus say of the layouts of its sites, as a correction of the boundary model.

The pages of one site share one layout: the same lines around articles, the same forms of bylines, datelines and links.
Where the boundary model is wrong about such a line, it is wrong on every page. So for every pattern of a line (its
words, its form, what stands before and after it) finished pages say how often an article opened there and which kind it
was, and how often the model expected that. The logarithm of the ratio corrects the model, weighted by a regression that
says how far each sort of pattern is to be trusted. Runs on NumPy alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.propose.lines import Paragraph
from annotator.propose.looks import Look
from annotator.propose.page_decode import Reading
from annotator.propose.page_proposal import KINDS

if TYPE_CHECKING:
    import numpy as np

    LossAt = tuple[float, np.ndarray, np.ndarray]
    """Loss, its slope and its bend at some weights."""

FORMAT = "annotator-layouts/1"
LARGEST_FILE = 100_000_000
"""Bytes of the largest file that is opened."""
SORTS = ("line", "form", "shape", "after", "before", "line anywhere", "after anywhere")
"""Sorts of patterns, each with a weight of its own; all but the last two are of one site."""
OUTCOMES = 2 + len(KINDS)
"""Columns of a pattern's counts: not opening, opening, and the kinds."""
SHRINK = 1.0
"""Lines on which the model is taken to have been right, for every pattern, before anything was counted."""
MOST = 5.0
"""The largest correction of one pattern, as a logarithm."""
PENALTY = 4.0
"""Pull of the regression's weights towards leaving the model as it is."""
_ROUNDS = 40
_SHORT = 60
_NUMBER = re.compile(r"\d+")
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?")
_TOKEN = re.compile(r"\w+|[^\w\s]")

Counts = dict[str, list[float]]
"""Pattern to `OUTCOMES` numbers that were seen and as many that the model expected."""


def site_of(source: str) -> str:
    """The site of a document's source: the host of an address, else the source as it is."""
    try:
        host = urlsplit(source).hostname if "://" in source else None
    except ValueError:
        host = None
    return (host or source).removeprefix("www.")


def _words(text: str) -> str:
    """A line with its numbers, months and days made alike; cut at 120 code points."""
    folded = _DAY.sub("D", _MONTH.sub("M", _NUMBER.sub("0", text[:120].casefold())))
    return " ".join(folded.split())


def _form(look: Look) -> str:
    """How a line starts and how long it is; names, numbers and long words by their sort alone."""
    marks: list[str] = []
    for token in _TOKEN.findall(look.text[:80])[:5]:
        low = token.lower()
        if token.isdigit():
            mark = "0"
        elif _MONTH.fullmatch(low):
            mark = "M"
        elif marks and token[0].isupper():
            mark = "XX" if token.isupper() and len(token) > 1 else "X"
        else:
            mark = low if len(token) <= 9 else "w"
        if not marks or marks[-1] != mark:
            marks.append(mark)
    return " ".join([*marks, str(look.shape[0]), look.end])


def patterns_of(site: str, looks: Sequence[Look]) -> list[tuple[str, ...]]:
    """The patterns of every paragraph of a page, one of each of SORTS."""
    words = [_words(look.text) for look in looks]
    shapes = ["".join(str(int(part)) for part in look.shape) for look in looks]
    beside = [text if len(text) <= _SHORT else shape for text, shape in zip(words, shapes, strict=True)]
    rows = []
    for i, look in enumerate(looks):
        before = beside[i - 1] if i else "^"
        behind = beside[i + 1] if i + 1 < len(looks) else "$"
        own = (words[i], _form(look), shapes[i], f"{before}\n{shapes[i]}", f"{behind}\n{shapes[i]}")
        rows.append(
            (
                *(f"{sort}\t{site}\t{text}" for sort, text in zip(SORTS[:5], own, strict=True)),
                f"{SORTS[5]}\t{words[i]}",
                f"{SORTS[6]}\t{before}\n{shapes[i]}",
            )
        )
    return rows


@dataclass(frozen=True)
class ReadPage:
    """A finished page as the boundary model reads it, with what is true of it."""

    patterns: list[tuple[str, ...]]
    opens: np.ndarray
    """float (paragraphs,): the model's chance that an article opens there."""
    kinds: np.ndarray
    """float (paragraphs, len(KINDS)): its chances of the kinds."""
    true_opens: np.ndarray
    """float (paragraphs,): 1 where an article opens, 0 where none does, NaN where that is not known."""
    true_kinds: np.ndarray
    """int (paragraphs,): index into KINDS; -1 where the kind is not known."""

    def outcomes(self) -> tuple[np.ndarray, np.ndarray]:
        """What was seen and what the model expected, both of shape (paragraphs, OUTCOMES)."""
        import numpy as np

        seen = np.zeros((len(self.opens), OUTCOMES))
        expected = np.zeros_like(seen)
        known = ~np.isnan(self.true_opens)
        known[:1] = False
        seen[known, 0], seen[known, 1] = 1 - self.true_opens[known], self.true_opens[known]
        expected[known, 0], expected[known, 1] = 1 - self.opens[known], self.opens[known]
        told = np.flatnonzero(self.true_kinds >= 0)
        seen[told, 2 + self.true_kinds[told]] = 1
        expected[told, 2:] = self.kinds[told]
        return seen, expected


def count_patterns(pages: Sequence[ReadPage]) -> Counts:
    """How often what was seen, and expected, at every pattern of these pages."""
    counts: Counts = {}
    for page in pages:
        seen, expected = page.outcomes()
        for row, columns in zip(page.patterns, zip(seen.tolist(), expected.tolist(), strict=True), strict=True):
            both = [*columns[0], *columns[1]]
            for key in row:
                known = counts.get(key)
                if known is None:
                    counts[key] = list(both)
                else:
                    for at, value in enumerate(both):
                        known[at] += value
    return counts


def _evidence(
    patterns: Sequence[tuple[str, ...]], counts: Mapping[str, Sequence[float]], without: np.ndarray | None = None
) -> np.ndarray:
    """Corrections by pattern, as logarithms; shape (paragraphs, sorts, 1 + kinds): opening, then the kinds.

    Args:
        patterns: As `patterns_of` gives them.
        counts: As `count_patterns` gives them.
        without: What this page itself put into the counts, to be taken out; shape (paragraphs, 2 * OUTCOMES).
    """
    import numpy as np

    size = 2 * OUTCOMES
    empty = [0.0] * size
    table = np.array([[counts.get(key, empty) for key in row] for row in patterns]).reshape(-1, len(SORTS), size)
    if without is not None:
        own = np.zeros_like(table)
        for sort in range(len(SORTS)):
            totals: dict[str, np.ndarray] = {}
            for i, row in enumerate(patterns):
                totals[row[sort]] = totals.get(row[sort], 0.0) + without[i]
            for i, row in enumerate(patterns):
                own[i, sort] = totals[row[sort]]
        table = np.maximum(table - own, 0.0)
    seen, expected = table[..., :OUTCOMES], table[..., OUTCOMES:]
    found = np.zeros((*table.shape[:2], 1 + len(KINDS)))
    for columns, put in ((slice(0, 2), 0), (slice(2, OUTCOMES), 1)):
        lines = expected[..., columns].sum(axis=-1, keepdims=True)
        share = expected[..., columns] / np.maximum(lines, 1e-9)
        prior = SHRINK * np.where(lines > 0, np.maximum(share, 0.02), 1.0)
        ratio = np.log((seen[..., columns] + prior) / (expected[..., columns] + prior))
        if put == 0:
            found[..., 0] = np.clip(ratio[..., 1] - ratio[..., 0], -MOST, MOST)
        else:
            found[..., 1:] = np.clip(ratio, -MOST, MOST)
    return found


@dataclass(frozen=True)
class SiteLayouts:
    """What was learned of the sites of a corpus."""

    base: str
    """Digest of the boundary model that it corrects."""
    counts: Mapping[str, Sequence[float]]
    opens: Sequence[float]
    """Weights for openings: the model's log odds, a constant, then one for each of SORTS."""
    kinds: Sequence[float]
    """Weights for kinds: the model's logarithms, then one for each of SORTS."""

    def revise(self, site: str, page: Sequence[Paragraph], reading: Reading) -> None:
        """Correct what the boundary model read on a page of a site, in place."""
        import numpy as np

        if not page:
            return
        evidence = _evidence(patterns_of(site, reading.looks), self.counts)
        design = _opening_design(reading.opens, evidence)
        opens = _sigmoid(design @ np.asarray(self.opens))
        reading.opens[1:] = opens[1:]
        reading.kinds[:] = _softmax(_kind_design(reading.kinds, evidence) @ np.asarray(self.kinds))

    @property
    def digest(self) -> str:
        """Ten hexadecimal digits that differ where anything learned does."""
        return hashlib.sha256(json.dumps(self._plain(), sort_keys=True).encode()).hexdigest()[:10]

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(self._plain(), ensure_ascii=False) + "\n", encoding="utf-8")

    def _plain(self) -> dict[str, object]:
        rounded = {key: [round(value, 4) for value in row] for key, row in self.counts.items()}
        plain = {"format": FORMAT, "base": self.base, "sorts": list(SORTS), "kind_names": list(KINDS)}
        return {**plain, "opens": list(self.opens), "kinds": list(self.kinds), "counts": rounded}


def read_layouts(path: Path) -> SiteLayouts:
    """What was learned, from a file that `SiteLayouts.save` wrote.

    Raises:
        InputError: The file cannot be read or is no such file.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(tr("it is too large"))
        data = json.loads(path.read_text(encoding="utf-8"))
        if (data["format"], data["sorts"], data["kind_names"]) != (FORMAT, list(SORTS), list(KINDS)):
            raise ValueError("format")
        counts = {str(key): [float(value) for value in row] for key, row in data["counts"].items()}
        opens, kinds = ([float(value) for value in data[name]] for name in ("opens", "kinds"))
        sizes = {len(row) for row in counts.values()} | {2 * OUTCOMES}
        if sizes != {2 * OUTCOMES} or len(opens) != 2 + len(SORTS) or len(kinds) != 1 + len(SORTS):
            raise ValueError("sizes")
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}.", path=path, why=error.strerror or error)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(tr("{path} does not hold learned layouts ({why}).", path=path, why=error)) from None
    return SiteLayouts(str(data["base"]), counts, opens, kinds)


def fit_layouts(pages: Sequence[ReadPage], base: str) -> SiteLayouts:
    """Learn from finished pages; every page is judged by what the others say of its patterns.

    Args:
        pages: Finished pages as the model reads them.
        base: Digest of the model.
    """
    import numpy as np

    counts = count_patterns(pages)
    rows = []
    for page in pages:
        seen, expected = page.outcomes()
        rows.append(_evidence(page.patterns, counts, np.hstack([seen, expected])))
    opening, truth, kind_rows, kind_truth = [], [], [], []
    for page, evidence in zip(pages, rows, strict=True):
        known = ~np.isnan(page.true_opens)
        known[:1] = False
        opening.append(_opening_design(page.opens, evidence)[known])
        truth.append(page.true_opens[known])
        told = page.true_kinds >= 0
        kind_rows.append(_kind_design(page.kinds, evidence)[told])
        kind_truth.append(page.true_kinds[told])
    opens = _fit_opening(np.vstack(opening), np.concatenate(truth))
    kinds = _fit_kinds(np.concatenate(kind_rows), np.concatenate(kind_truth))
    return SiteLayouts(base, counts, opens.tolist(), kinds.tolist())


def _opening_design(opens: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    import numpy as np

    chance = np.clip(opens, 1e-5, 1 - 1e-5)
    odds = np.log(chance / (1 - chance))
    return np.hstack([odds[:, None], np.ones((len(odds), 1)), evidence[..., 0]])


def _kind_design(kinds: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """Shape (paragraphs, kinds, 1 + sorts)."""
    import numpy as np

    return np.concatenate([np.log(np.clip(kinds, 1e-5, 1.0))[..., None], evidence[..., 1:].transpose(0, 2, 1)], axis=2)


def _softmax(scores: np.ndarray) -> np.ndarray:
    import numpy as np

    power = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(power / power.sum(axis=1, keepdims=True))


def _sigmoid(scores: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30))))


def _fit_opening(design: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression, drawn towards the model as it is."""
    import numpy as np

    def look(weights: np.ndarray) -> LossAt:
        chance = _sigmoid(design @ weights)
        right = np.where(truth > 0, chance, 1 - chance)
        slope = design.T @ (chance - truth)
        return -float(np.log(right).sum()), slope, (design * (chance * (1 - chance))[:, None]).T @ design

    return _newton(look, np.array([1.0, 0.0, *[0.0] * len(SORTS)]))


def _fit_kinds(design: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weights of a softmax regression that the kinds share, drawn towards the model as it is."""
    import numpy as np

    right = np.eye(len(KINDS))[truth]

    def look(weights: np.ndarray) -> LossAt:
        chance = _softmax(design @ weights)
        mean = np.einsum("nk,nkf->nf", chance, design)
        slope = np.einsum("nk,nkf->f", chance - right, design)
        bend = np.einsum("nk,nkf,nkg->fg", chance, design, design) - mean.T @ mean
        loss = -float(np.log(np.maximum((chance * right).sum(axis=1), 1e-12)).sum())
        return loss, slope, bend

    return _newton(look, np.array([1.0, *[0.0] * len(SORTS)]))


def _newton(look: Callable[[np.ndarray], LossAt], start: np.ndarray) -> np.ndarray:
    """Minimise loss and the pull towards `start` by Newton's method; a step that does not help is halved.

    The last `len(SORTS)` weights stay at 0 or above: no sort of pattern counts against itself.
    """
    import numpy as np

    weights, patterns = start.copy(), len(start) - len(SORTS)

    def total(loss: float, at: np.ndarray) -> float:
        return loss + 0.5 * PENALTY * float(((at - start) ** 2).sum())

    loss, slope, bend = look(weights)
    for _ in range(_ROUNDS):
        free = np.ones(len(weights), bool)
        slope = slope + PENALTY * (weights - start)
        free[patterns:] = (weights[patterns:] > 0) | (slope[patterns:] < 0)
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve((bend + PENALTY * np.eye(len(weights)))[np.ix_(free, free)], slope[free])
        size = 1.0
        while True:
            after = weights - size * step
            after[patterns:] = np.maximum(after[patterns:], 0.0)
            after_loss, after_slope, after_bend = look(after)
            if total(after_loss, after) < total(loss, weights):
                break
            size /= 2
            if size < 1e-4:
                return weights
        weights, loss, slope, bend = after, after_loss, after_slope, after_bend
    return weights
