"""Does a paragraph read like the first of its article? A score from its words and its manner, without its place.

First paragraphs introduce: "a Canadian man", full names, one long sentence, the present perfect. Later ones refer back:
"the man", "he", a surname alone, "also". Names and numbers are replaced before words are counted, so that the score is
about manner, not topic.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from annotator.propose import patterns as forms
from annotator.propose.lead_traits import lead_traits, tokens_of

if TYPE_CHECKING:
    import numpy as np

WORDS = 8192
"""Buckets that words and word pairs are hashed to."""
WORDS_SHARE = 0.5
"""How much the words count beside the manner: they say less of publishers whose articles were not fitted on."""
_FIRST, _LAST = 50, 5
"""Tokens at the start and at the end of a paragraph that are counted."""

LeadText = tuple[str, int, int]
"""A paragraph, its number of full names, and its number of single capitalised words inside sentences."""


def lead_columns(text: str, tokens: Sequence[str]) -> list[int]:
    """The hashed buckets of a paragraph, each once, in rising order; `tokens` as `tokens_of` gives them.

    Counted are the first words, pairs of neighbours among them, the first three by their place, runs of three at the
    start, and the last words.
    """
    return sorted(_buckets(text, tokens))


def _buckets(text: str, tokens: Sequence[str]) -> set[int]:
    codes = list(map(_code, tokens[:_FIRST]))
    if codes:
        codes[0] = _start_code(tokens[0])
    found = {(a * 31 + b * 17 + 7) % WORDS for a, b in itertools.pairwise(codes)}
    found.update(codes)
    found.update([(code * 13 + 101 * place + 3) % WORDS for place, code in enumerate(codes[:3])])
    found.update(
        [(a * 61 + b * 43 + c * 29 + 5) % WORDS for a, b, c in zip(codes[:6], codes[1:7], codes[2:8], strict=False)]
    )
    found.update([(_code(token) * 71 + 11) % WORDS for token in tokens_of(text[-40:])[-_LAST:]])
    return found


@lru_cache(maxsize=50_000)
def _code(token: str) -> int:
    """The bucket of a token, the same for all names and for all numbers of a kind."""
    return zlib.crc32(_plain(token, True).encode()) % WORDS


@lru_cache(maxsize=5_000)
def _start_code(token: str) -> int:
    """The same for a token that starts a paragraph, where every word has a capital."""
    return zlib.crc32(_plain(token, False).encode()) % WORDS


def _plain(token: str, inside: bool) -> str:
    if token[0].isdigit():
        return "0000" if len(token) == 4 and token[:2] in ("19", "20") else "0"
    if token[0].isupper():
        lower = token.lower()
        if lower not in forms.STOP and (inside or lower not in forms.CONNECTIVE):
            return "Name" if inside else "Start"
        return lower
    return token.lower()


@dataclass(frozen=True, slots=True)
class LeadScorer:
    """Log odds that a paragraph is the first of its article."""

    words: np.ndarray
    """float32 (WORDS + 1,): weight of every bucket, then the intercept."""
    traits: np.ndarray
    """float32 (2, len(TRAITS) + 1): weight of every trait and the intercept; in the second row the means."""
    _weights: list[float] = field(init=False, repr=False, compare=False)
    """`words` as plain numbers: a sum over a few of them is faster so."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_weights", self.words.tolist())

    def __call__(self, paragraphs: Sequence[LeadText]) -> list[float]:
        """The scores of paragraphs; 0.0 where there is not a single word."""
        import numpy as np

        if not paragraphs:
            return []
        tokens = [tokens_of(text) for text, _, _ in paragraphs]
        weights, intercept = self._weights, self._weights[WORDS]
        by_words = [
            sum(map(weights.__getitem__, _buckets(text, found))) + intercept
            for (text, _, _), found in zip(paragraphs, tokens, strict=True)
        ]
        values = np.array(
            [
                lead_traits(text, found, names, singles)
                for (text, names, singles), found in zip(paragraphs, tokens, strict=True)
            ]
        )
        by_traits = ((values - self.traits[1, :-1]) * self.traits[0, :-1]).sum(axis=1) + self.traits[0, -1]
        return [
            manner + word if found else 0.0
            for manner, word, found in zip(by_traits.tolist(), by_words, tokens, strict=True)
        ]


def fit_lead(texts: Sequence[tuple[LeadText, bool]], weights: Sequence[float], seed: int = 0) -> LeadScorer:
    """Fit the score. Needs scikit-learn.

    Args:
        texts: Paragraphs, and whether each is the first of its article.
        weights: How much each paragraph counts.
        seed: Of the solver.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    target = np.array([first for _, first in texts])
    tokens = [tokens_of(text) for (text, _, _), _ in texts]
    columns = [lead_columns(text, found) for ((text, _, _), _), found in zip(texts, tokens, strict=True)]
    edges = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
    flat = np.concatenate([np.array(c) for c in columns])
    rows = csr_matrix((np.ones(len(flat)), flat, edges), shape=(len(texts), WORDS))
    by_words = LogisticRegression(C=0.02, class_weight="balanced", max_iter=500, random_state=seed)
    by_words.fit(rows, target, weights)
    values = np.array(
        [
            lead_traits(text, found, names, singles)
            for ((text, names, singles), _), found in zip(texts, tokens, strict=True)
        ]
    )
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    by_traits = LogisticRegression(C=0.01, class_weight="balanced", max_iter=500, random_state=seed)
    by_traits.fit((values - mean) / scale, target, weights)
    weight = np.concatenate([by_traits.coef_[0] / scale, by_traits.intercept_])
    words = (WORDS_SHARE * np.concatenate([by_words.coef_[0], by_words.intercept_])).astype(np.float32)
    return LeadScorer(words, np.array([weight, np.concatenate([mean, [0.0]])], dtype=np.float32))
