"""Does a paragraph read like the first of its article? A score from its words and its manner, without its place.

First paragraphs introduce: "a Canadian man", full names, one long sentence, the present perfect. Later ones refer back:
"the man", "he", a surname alone, "also". Names and numbers are replaced before words are counted, so that the score is
about manner, not topic.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from annotator.propose import patterns as forms

if TYPE_CHECKING:
    import numpy as np

WORDS = 8192
"""Buckets that words and word pairs are hashed to."""
_LIMIT = 700
_TOKEN = re.compile(r"[^\W\d_][\w’'\-]*|\d[\d.,]*|[“”\"‘(),:;.!?–—…]")
_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])")
_NUMBER = re.compile(r"\d")
_INDEFINITE = frozenset(("a", "an"))
_THIRD = frozenset(["he", "she", "his", "her", "him", "they", "their", "them", "it", "its"])
_FIRST = frozenset(["i", "we", "my", "our", "me", "us"])
_SECOND = frozenset(("you", "your"))
_THIS = frozenset(["this", "these", "such", "that", "those"])
_HAVE = frozenset(("has", "have"))
_PAST = frozenset(["had", "was", "were", "did"])
_PRESENT = frozenset(["is", "are", "will"])
_ALSO = frozenset(["also", "too", "however", "but", "still", "even", "another", "other", "both"])
_SAID = frozenset(["said", "says", "added", "told"])
_OPENERS = frozenset(["in", "on", "at", "when", "as", "after", "for", "with"])
_SUPERLATIVE = re.compile(r"\b(?:one of|most|first|largest|best|world|new|more than)\b", re.IGNORECASE)
_DAYS = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_WHEN = re.compile(r"\b(?:yesterday|today|last (?:week|month|year|night)|this (?:week|month|year))\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_APPOSITION = re.compile(r", (?:the|a|an) ")
_RELATIVE = re.compile(r", (?:who|which|where)\b")

TRAITS: tuple[str, ...] = (
    *(
        "chars",
        "first_words",
        "sentences",
        "indefinite",
        "definite",
        "indefinite_25",
        "definite_25",
        "third",
        "third_25",
    ),
    *(
        "first_person",
        "second_person",
        "this",
        "have",
        "past",
        "present",
        "have_25",
        "present_25",
        "also",
        "also_25",
        "said",
    ),
    *(
        "said_last",
        "names",
        "singles",
        "name_share",
        "appositions",
        "relatives",
        "superlatives",
        "years",
        "digits",
        "quotes",
    ),
    *("quote_first", "dashes", "colons", "questions", "days", "when", "according", "start_stop", "start_connective"),
    *(
        "start_pronoun",
        "start_indefinite",
        "start_definite",
        "start_name",
        "second_upper",
        "third_upper",
        "word_length",
    ),
    *(
        "variety",
        "commas",
        "possessives",
        "brackets",
        "first_share",
        "upper_share",
        "long_share",
        "opener_25",
        "start_opener",
    ),
)
"""Names of the traits, in order."""


def lead_tokens(text: str, tokens: Sequence[str]) -> list[str]:
    """What is counted of the words: all of the first ones, their order at the start, and the last ones."""
    words = [_plain(token, True) for token in tokens[:50]]
    words[:1] = [_plain(token, False) for token in tokens[:1]]
    found = [f"w {word}" for word in words]
    found += [f"{number} {word}" for number, word in enumerate(words[:3])]
    found += [f"b {a} {b}" for a, b in itertools.pairwise(words)]
    found += [f"t {a} {b} {c}" for a, b, c in zip(words[:6], words[1:7], words[2:8], strict=False)]
    found += [f"e {_plain(token, True)}" for token in _TOKEN.findall(text[-40:])[-5:]]
    return found


@lru_cache(maxsize=50_000)
def _plain(token: str, inside: bool) -> str:
    if token[0].isdigit():
        return "0000" if len(token) == 4 and token[:2] in ("19", "20") else "0"
    if token[0].isupper():
        lower = token.lower()
        if lower not in forms.STOP and (inside or lower not in forms.CONNECTIVE):
            return "Name" if inside else "Start"
        return lower
    return token.lower()


def lead_columns(text: str, tokens: Sequence[str]) -> list[int]:
    """The hashed buckets of a paragraph, each once, in rising order; `tokens` as `tokens_of` gives them."""
    return sorted({_bucket(token) for token in lead_tokens(text, tokens)})


@lru_cache(maxsize=100_000)
def _bucket(token: str) -> int:
    return zlib.crc32(token.encode()) % WORDS


def tokens_of(text: str) -> list[str]:
    """Words, numbers and marks of the start of a paragraph."""
    return _TOKEN.findall(text[:_LIMIT])


def lead_traits(text: str, tokens: Sequence[str], names: int, singles: int) -> list[float]:
    """The traits of a paragraph, in the order of TRAITS.

    Args:
        text: The paragraph.
        tokens: Its tokens, as `tokens_of` gives them.
        names: Full names in it.
        singles: Single capitalised words inside its sentences.
    """
    text = text[:_LIMIT]
    words = [token for token in tokens if token[0].isalnum()]
    if not words:
        return [0.0] * len(TRAITS)
    count = len(words)
    lower = [word.lower() for word in words]
    seen, seen_early = Counter(lower), Counter(lower[:25])
    first = _SENTENCE.split(text, 1)[0].count(" ") + 1
    head = lower[0]

    def share(group: frozenset[str]) -> float:
        return sum(seen[word] for word in group & seen.keys()) / count

    def early(group: frozenset[str]) -> float:
        return float(sum(seen_early[word] for word in group & seen_early.keys()))

    return [
        float(len(text)),
        float(first),
        float(len(_SENTENCE.findall(text)) + 1),
        share(_INDEFINITE),
        seen["the"] / count,
        early(_INDEFINITE),
        float(seen_early["the"]),
        share(_THIRD),
        early(_THIRD),
        share(_FIRST),
        share(_SECOND),
        share(_THIS),
        share(_HAVE),
        share(_PAST),
        share(_PRESENT),
        early(_HAVE),
        early(_PRESENT),
        share(_ALSO),
        early(_ALSO),
        share(_SAID),
        float(lower[-1] in _SAID),
        float(names),
        float(singles),
        30.0 * names / count,
        float(len(_APPOSITION.findall(text))),
        float(len(_RELATIVE.findall(text))),
        float(len(_SUPERLATIVE.findall(text))),
        float(len(_YEAR.findall(text))),
        len(_NUMBER.findall(text)) / count,
        (text.count("“") + text.count("”") + text.count('"')) / count,
        float(text[:1] in '“"'),
        float(text.count("–") + text.count("—")),
        float(text.count(":")),
        float(text.count("?")),
        float(len(_DAYS.findall(text))),
        float(len(_WHEN.findall(text))),
        float(text.lower().count("according to")),
        float(head in forms.STOP),
        float(head in forms.CONNECTIVE),
        float(head in forms.PRONOUN),
        float(head in _INDEFINITE),
        float(head == "the"),
        float(words[0][0].isupper() and head not in forms.STOP),
        float(count > 1 and words[1][0].isupper()),
        float(count > 2 and words[2][0].isupper()),
        sum(map(len, words)) / count,
        len(seen) / count,
        text.count(",") / count,
        float(text.count("’s") + text.count("'s")),
        float(text.count("(")),
        first / count,
        sum(word[0].isupper() for word in words[1:]) / count,
        sum(len(word) > 7 for word in words) / count,
        early(_OPENERS),
        float(head in _OPENERS),
    ]


def lead_score(words: np.ndarray, traits: np.ndarray, text: str, names: int, singles: int) -> float:
    """Log odds that a paragraph is the first of its article.

    Args:
        words: float32 (WORDS + 1,): weight of every bucket, then the intercept.
        traits: float32 (2, len(TRAITS) + 1): weight of every trait and the intercept; in the second row the means.
        text: The paragraph.
        names: Full names in it.
        singles: Single capitalised words inside its sentences.
    """
    import numpy as np

    tokens = tokens_of(text)
    columns = lead_columns(text, tokens)
    if not columns:
        return 0.0
    values = np.array([*lead_traits(text, tokens, names, singles), 1.0])
    return float(words[columns].sum() + words[WORDS] + ((values - traits[1]) * traits[0]).sum())


def fit_lead(texts: Sequence[tuple[str, bool, int, int]], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The weights for `lead_score`. Needs scikit-learn.

    Args:
        texts: Paragraphs, whether each is the first of its article, and its counts of full names and single names.
        seed: Of the solver.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    target = np.array([first for _, first, _, _ in texts])
    tokens = [tokens_of(text) for text, *_ in texts]
    columns = [lead_columns(text, found) for (text, *_), found in zip(texts, tokens, strict=True)]
    edges = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
    flat = np.concatenate([np.array(c) for c in columns])
    rows = csr_matrix((np.ones(len(flat)), flat, edges), shape=(len(texts), WORDS))
    by_words = LogisticRegression(C=0.02, class_weight="balanced", max_iter=500, random_state=seed).fit(rows, target)
    values = np.array(
        [
            lead_traits(text, found, names, singles)
            for (text, _, names, singles), found in zip(texts, tokens, strict=True)
        ]
    )
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    by_traits = LogisticRegression(C=0.05, class_weight="balanced", max_iter=500, random_state=seed)
    by_traits.fit((values - mean) / scale, target)
    weight = np.concatenate([by_traits.coef_[0] / scale, by_traits.intercept_])
    words = np.concatenate([by_words.coef_[0], by_words.intercept_]).astype(np.float32)
    return words, np.array([weight, np.concatenate([mean, [0.0]])], dtype=np.float32)
