"""Cuts inside a teaser line: where its kicker ends, and where its deck ends and its lead starts.

`RUBBER STAMP? The latest appointment drew dissenting voices On their last day at work, ...`: no full stop stands
between deck and lead, so every capitalised word is a candidate and a small model chooses among them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.propose import patterns as forms
from annotator.propose.boundary_model import BoundaryModel
from annotator.propose.lead import LeadScorer, LeadText
from annotator.propose.lead_traits import LIMIT
from annotator.propose.looks import NAME_TOKEN, names_of

if TYPE_CHECKING:
    import numpy as np

_TOKEN = re.compile(r"[^\W_][\w’'\-]*(?:[.,]\d+)*|[^\w\s]")
_CANDIDATE = re.compile(r"(?<=\s)(?=[\"“‘'(\[]?[A-Z0-9\u00c0-\u00de£$€])")
REACH = 360
"""Code points behind the kicker within which a deck may end."""
LEAST = 0.05
"""Chance under which a line is taken to have no deck."""
CUT_FEATURES: tuple[str, ...] = (
    *(
        "deck_chars",
        "deck_words",
        "rest_chars",
        "share",
        "number",
        "candidates",
        "lead",
        "lead_rank",
        "lead_best_gap",
        "lead_line",
    ),
    *(
        "before_stop",
        "before_lower",
        "before_upper",
        "before_comma",
        "before_end",
        "before_close",
        "before_digit",
        "before_chars",
    ),
    *("before_preposition", "before_determiner", "before_conjunction", "before_title", "quote_open", "bracket_open"),
    *(
        "next_stop",
        "next_preposition",
        "next_determiner",
        "next_pronoun",
        "next_connective",
        "next_quote",
        "next_digit",
        "next_upper",
    ),
    *(
        "next_chars",
        "second_upper",
        "second_lower",
        "second_verb",
        "third_upper",
        "elsewhere_inside",
        "elsewhere_lower",
        "pair_elsewhere",
    ),
    *(
        "sentence_before",
        "sentence_after_chars",
        "end_of_sentence",
        "deck_has_verb",
        "rest_starts_name",
        "previous_upper_gap",
    ),
    *("dateline_words", "dateline_left", "first_word_capitals", "run_before", "run_after", "run_known"),
    *("words_to_verb", "words_since_verb", "before_verb", "before_adverb"),
)
_PREPOSITIONS = frozenset(
    [
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "to",
        "into",
        "over",
        "under",
        "after",
        "before",
        "between",
        "among",
        "against",
        "during",
        "through",
        "about",
        "as",
        "than",
        "per",
        "via",
        "near",
        "like",
        "since",
        "until",
        "despite",
        "without",
        "within",
        "across",
    ]
)
_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "your",
        "some",
        "any",
        "no",
        "each",
        "every",
        "all",
        "both",
    ]
)
_CONJUNCTIONS = frozenset(
    ["and", "or", "but", "nor", "because", "although", "while", "if", "when", "that", "who", "which", "whose", "where"]
)
_VERB = re.compile(
    r"^(?:is|are|was|were|has|have|had|will|would|can|could|may|might|should|must|does|did|said|says|\w{2,}(?:ed|ing))$"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|should|must|does|did|do|said|says|\w{3,}ed)\b"
)
_RUN_BEFORE = re.compile(rf"(?:{forms.CAPITALISED} )+$")
_RUN_AFTER = re.compile(rf"{forms.CAPITALISED}(?: {forms.CAPITALISED})*")
_RUN_REACH = 80
"""Code points in which the capitalised words around a candidate are looked for."""


@dataclass(frozen=True, slots=True)
class LineCuts:
    """Cuts in one line, as positions in it."""

    deck: int
    """Where the text behind the kicker starts."""
    lead: int | None
    """Where the lead starts; None when no deck was found."""
    score: float


def kicker_end(text: str) -> int | None:
    """Where an all-capitals kicker at the start of a line ends, or None where there is none."""
    match = forms.KICKER.match(text)
    return match.end() if match else None


def candidates(text: str, start: int) -> list[int]:
    """Positions at which a lead may start: tokens with a capital, digit or opening quote behind the first words."""
    stop = min(len(text), start + REACH)
    found = [match.end() for match in _CANDIDATE.finditer(text, start, stop)]
    return [position for position in found if position - start >= 12 and len(text) - position >= 8]


def cut_matrix(text: str, start: int, positions: Sequence[int], lead: LeadScorer) -> np.ndarray:
    """Features of the candidates, float32 of shape (candidates, len(CUT_FEATURES)).

    Args:
        text: The line.
        start: Where the text behind the kicker starts.
        positions: Candidates, as `candidates` gives them.
        lead: Gives the lead scores of what follows the candidates.
    """
    import numpy as np

    line, *scores = lead([_lead_text(text[position:]) for position in (start, *positions)])
    order = sorted(range(len(positions)), key=lambda i: -scores[i])
    rank = {i: number for number, i in enumerate(order)}
    best = max(scores, default=0.0)
    datelines = [match.end() if (match := forms.PLACE_LINE.match(text, position)) else 0 for position in positions]
    rows = []
    for number, position in enumerate(positions):
        before = _TOKEN.findall(text[max(start, position - 60) : position])
        after = _TOKEN.findall(text[position : position + 80])
        last, word = (before[-1] if before else ""), (after[0] if after else "")
        bare = next((token for token in after if token[0].isalnum()), "")
        place = after.index(bare) if bare else 0
        second = after[place + 1] if len(after) > place + 1 else ""
        third = after[place + 2] if len(after) > place + 2 else ""
        lower, previous = bare.lower(), last.lower()
        deck = text[start:position]
        others = text[:position] + " " + text[position + len(bare) :]
        inside = _places(others, bare, _inside) if bare else 0
        sentence = max(deck.rfind(". "), deck.rfind("? "), deck.rfind("! "), deck.rfind(".” "))
        rest = text[position:]
        stop = re.search(r"[.!?][”\"]? ", rest)
        capitals = [m.start() for m in re.finditer(r"\b[A-Z]", deck)]
        rows.append(
            [
                math.log(len(deck)),
                len(deck.split()),
                math.log(len(rest)),
                len(deck) / max(1, len(text) - start),
                number,
                len(positions),
                scores[number],
                rank[number],
                best - scores[number],
                line,
                previous in forms.STOP,
                last[:1].islower(),
                last[:1].isupper(),
                last in (",", ";", "–", "—", "-"),
                last in (".", "!", "?", "…"),
                last in ("”", '"', ")", "]", "’"),
                last[:1].isdigit(),
                len(last),
                previous in _PREPOSITIONS,
                previous in _DETERMINERS,
                previous in _CONJUNCTIONS,
                previous in forms.TITLES,
                deck.count("“") > deck.count("”") or deck.count('"') % 2 == 1,
                deck.count("(") > deck.count(")"),
                lower in forms.STOP,
                lower in _PREPOSITIONS,
                lower in _DETERMINERS,
                lower in forms.PRONOUN,
                lower in forms.CONNECTIVE,
                word in ("“", '"', "‘", "'"),
                bare[:1].isdigit(),
                bare.isupper() and len(bare) > 1,
                len(bare),
                second[:1].isupper(),
                second[:1].islower(),
                bool(_VERB.match(second)),
                third[:1].isupper(),
                inside,
                bool(bare) and _places(others, lower, _alone) > 0,
                bool(second) and f"{bare} {second}" in others,
                float(len(deck) - sentence) if sentence >= 0 else math.nan,
                float(stop.start()) if stop else math.nan,
                bool(re.search(r"[.!?][”\"’]?\s*$", deck)),
                bool(_FINITE.search(deck)),
                second[:1].isupper() and lower not in forms.STOP,
                len(deck) - capitals[-1] if capitals else math.nan,
                len(text[position : datelines[number]].split()),
                any(end >= position for end in datelines[:number]),
                bare.isupper() and len(bare) > 1 and second[:1].isalpha() and not second.isupper(),
                *_runs(text, start, position),
                *_verbs(deck, rest),
                bool(_VERB.match(previous)),
                previous.endswith("ly"),
            ]
        )
    return np.array(rows, dtype=np.float32).reshape(len(positions), len(CUT_FEATURES))


def _runs(text: str, start: int, position: int) -> tuple[int, int, int]:
    """Capitalised words directly before a position, from it on, and how many of the latter stand before it too."""
    before = _RUN_BEFORE.search(text[max(start, position - _RUN_REACH) : position])
    after = _RUN_AFTER.match(text[position : position + _RUN_REACH])
    words = after.group().split() if after else []
    known = set(re.findall(r"\w+", text[start:position]))
    return (
        len(before.group().split()) if before else 0,
        len(words),
        sum(word in known and word.lower() not in forms.STOP for word in words),
    )


def _verbs(deck: str, rest: str) -> tuple[float, float]:
    """Words from a candidate to the next finite verb, and since the last one before it; nan where none is near."""
    ahead, tail = _FINITE.search(rest[:160]), deck[-160:]
    behind = [match.end() for match in _FINITE.finditer(tail)]
    return (
        float(len(rest[: ahead.start()].split())) if ahead else math.nan,
        float(len(tail[behind[-1] :].split())) if behind else math.nan,
    )


def _places(text: str, word: str, fits: Callable[[str, int], bool]) -> int:
    """How often a word stands in a text where `fits` says so and no word character follows."""
    found, position = 0, text.find(word)
    while position >= 0:
        end = position + len(word)
        found += fits(text, position) and not (end < len(text) and (text[end].isalnum() or text[end] == "_"))
        position = text.find(word, position + 1)
    return found


def _inside(text: str, position: int) -> bool:
    """Whether a small letter or a comma and a blank stand before it."""
    return position > 1 and text[position - 1] == " " and text[position - 2] in "abcdefghijklmnopqrstuvwxyz,"


def _alone(text: str, position: int) -> bool:
    """Whether no word character stands before it."""
    return position == 0 or not (text[position - 1].isalnum() or text[position - 1] == "_")


def _lead_text(text: str) -> LeadText:
    full, singles = names_of(NAME_TOKEN.findall(text[:400]))
    return text[:LIMIT], len(full), len(singles)


def cut_line(text: str, model: BoundaryModel | None) -> LineCuts | None:
    """The cuts of a line that opens with a kicker; None where it does not. Without a model no deck is looked for."""
    end = kicker_end(text)
    if end is None:
        return None
    start = end + len(text[end:]) - len(text[end:].lstrip())
    if model is None or start >= len(text):
        return LineCuts(start, None, 0.0) if start < len(text) else None
    positions = candidates(text, start)
    if not positions:
        return LineCuts(start, None, 0.5)
    chances = model.cuts.probabilities(cut_matrix(text, start, positions, model.lead))[:, 0]
    best = int(chances.argmax())
    if chances[best] < LEAST:
        return LineCuts(start, None, 1.0 - float(chances[best]))
    return LineCuts(start, positions[best], float(chances[best]))
