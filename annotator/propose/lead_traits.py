"""The manner of a paragraph as numbers: how it introduces, refers back and quotes.

All of it is counted in one pass over the tokens of the paragraph's start, as it is done for every paragraph of a page
and for every place in a teaser line at which a lead might start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotator.propose import patterns as forms

LIMIT = 700
"""Code points of a paragraph that are looked at."""
EARLY = 25
"""Words that count as early."""
_TOKEN = re.compile(r"[^\W\d_][\w’'\-]*|\d[\d.,]*|[“”\"‘(),:;.!?–—…]")

_GROUPS: dict[str, tuple[str, ...]] = {
    "indefinite": ("a", "an"),
    "definite": ("the",),
    "third": ("he", "she", "his", "her", "him", "they", "their", "them", "it", "its"),
    "first_person": ("i", "we", "my", "our", "me", "us"),
    "second_person": ("you", "your"),
    "this": ("this", "these", "such", "that", "those"),
    "have": ("has", "have"),
    "past": ("had", "was", "were", "did"),
    "present": ("is", "are", "will"),
    "also": ("also", "too", "however", "but", "still", "even", "another", "other", "both"),
    "said": ("said", "says", "added", "told"),
    "opener": ("in", "on", "at", "when", "as", "after", "for", "with"),
    "superlative": ("most", "first", "largest", "best", "world", "new", "biggest", "least"),
    "day": (
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("yesterday", "today", "tonight"),
    ),
    "relative": ("who", "which", "where"),
    "event": (
        *("announced", "killed", "died", "arrested", "launched", "unveiled", "resigned", "approved", "elected"),
        *("ordered", "rejected", "agreed", "signed", "won", "opened", "revealed", "reported", "sentenced", "charged"),
        *("banned", "struck", "hit", "dead"),
    ),
}
_GROUP_NAMES = tuple(_GROUPS)
_OF_WORD: dict[str, tuple[int, ...]] = {}
for _number, _words in enumerate(_GROUPS.values()):
    for _word in _words:
        _OF_WORD[_word] = (*_OF_WORD.get(_word, ()), _number)
_SPEECH = frozenset(
    [
        *("said", "says", "told", "added", "adds", "explained", "explains", "argued", "insisted", "warned", "claimed"),
        *("believes", "stated", "announced", "noted", "thinks", "continued", "concluded", "recalled"),
    ]
)
_HE = frozenset(("he", "she", "they", "it"))
_COURTESY = frozenset(("mr", "mrs", "ms", "miss", "dr"))
_OFFICE = frozenset(
    [
        *("president", "minister", "secretary", "governor", "senator", "mayor", "chairman", "chief", "director"),
        *("spokesman", "spokeswoman", "spokesperson", "leader", "king", "queen", "pope", "judge", "professor"),
        *("general", "ambassador", "chancellor", "executive"),
    ]
)
_PERIOD = frozenset(("week", "month", "year", "night", "morning"))
_ARTICLES = frozenset(("a", "an", "the"))
_NOTED = frozenset(_OF_WORD) | _SPEECH | _HE | _COURTESY | _OFFICE | _PERIOD | _ARTICLES | {"to"}
"""Words that any trait names; of the others only their case counts."""
_STOPS = frozenset(".!?")
_QUOTES = frozenset('“”"')

TRAITS: tuple[str, ...] = (
    *("chars", "first_words", "sentences"),
    *(f"{name}_share" for name in _GROUP_NAMES),
    *(f"{name}_early" for name in _GROUP_NAMES),
    *(f"{name}_first" for name in _GROUP_NAMES),
    *("names", "singles", "name_share", "appositions", "years", "digits", "quotes", "quote_first", "dashes", "colons"),
    *("questions", "when", "according", "said_last", "ages", "offices", "courtesies"),
    *("full_said", "single_said", "pronoun_said", "pronoun_leads", "first_names", "first_digits", "first_quotes"),
    *("start_stop", "start_connective", "start_pronoun", "start_indefinite", "start_definite", "start_name"),
    *("second_upper", "third_upper", "start_opener", "start_single", "start_day"),
    *("word_length", "variety", "commas", "possessives", "brackets", "first_share", "upper_share", "long_share"),
)
"""Names of the traits, in order."""


def tokens_of(text: str) -> list[str]:
    """Words, numbers and marks of the start of a paragraph."""
    return _TOKEN.findall(text[:LIMIT])


def lead_traits(text: str, tokens: Sequence[str], names: int, singles: int) -> list[float]:
    """The traits of a paragraph, in the order of TRAITS.

    Args:
        text: The paragraph.
        tokens: Its tokens, as `tokens_of` gives them.
        names: Full names in it.
        singles: Single capitalised words inside its sentences.
    """
    groups = len(_GROUP_NAMES)
    whole, early, first = [0] * groups, [0] * groups, [0] * groups
    count = uppers = commas = brackets = quotes = dashes = colons = questions = 0
    years = digits = appositions = when = according = ages = offices = courtesies = 0
    full_said = single_said = pronoun_said = first_names = first_digits = first_quotes = 0
    pronoun_leads = named = False
    sentences, first_words, in_first = 1, 0, True
    lower: list[str] = []
    capital: list[bool] = []
    before, two_before = "", ""
    for token in tokens:
        head = token[0]
        if head.isalpha():
            word = token.lower()
            upper = head.isupper()
            if upper and count:
                uppers += 1
                if word not in forms.STOP:
                    named = True
                    first_names += in_first
            if word in _NOTED:
                for number in _OF_WORD.get(word, ()):
                    whole[number] += 1
                    if count < EARLY:
                        early[number] += 1
                    if in_first:
                        first[number] += 1
                if word in _HE and not named and count < EARLY:
                    pronoun_leads = True
                if word in _SPEECH and count:
                    last = lower[-1]
                    if last in _HE:
                        pronoun_said += 1
                    elif capital[-1] and before == lower[-1]:
                        if len(capital) > 1 and capital[-2] and lower[-2] not in _COURTESY and two_before == lower[-2]:
                            full_said += 1
                        else:
                            single_said += 1
                if word in _COURTESY:
                    courtesies += 1
                elif word in _OFFICE:
                    offices += 1
                elif word in _ARTICLES:
                    appositions += before == ","
                elif word in _PERIOD:
                    when += before in ("last", "this")
                elif word == "to":
                    according += before == "according"
            count += 1
            lower.append(word)
            capital.append(upper)
            two_before, before = before, word
            continue
        if head.isdigit():
            digits += len(token)
            count += 1
            years += len(token) == 4 and token[:2] in ("19", "20")
            first_digits += in_first
            ages += before == "," and len(token) <= 3 and token.endswith(",")
            lower.append(token)
            capital.append(False)
        elif head in _STOPS:
            questions += head == "?"
            # An initial or an abbreviation such as "U.S." ends no sentence.
            if len(before) > 2 or before in _QUOTES:
                sentences += 1
                if in_first:
                    first_words, in_first = count, False
        elif head == ",":
            commas += 1
        elif head in _QUOTES:
            quotes += 1
            first_quotes += in_first
        elif head == "(":
            brackets += 1
        elif head in "–—":
            dashes += 1
        elif head == ":":
            colons += 1
        two_before, before = before, token
    if not count:
        return [0.0] * len(TRAITS)
    if in_first:
        first_words = count
    start = lower[0]
    long = len([word for word in lower if len(word) > 7 and word[0].isalpha()])
    possessives = len([word for word in lower if word.endswith(("’s", "'s")) and word[0].isalpha()])
    return [
        float(min(LIMIT, len(text))),
        float(first_words),
        float(sentences),
        *(number / count for number in whole),
        *map(float, early),
        *map(float, first),
        float(names),
        float(singles),
        30.0 * names / count,
        float(appositions),
        float(years),
        digits / count,
        quotes / count,
        float(text[:1] in '“"'),
        float(dashes),
        float(colons),
        float(questions),
        float(when),
        float(according),
        float(lower[-1] in _GROUPS["said"]),
        float(ages),
        float(offices),
        float(courtesies),
        float(full_said),
        float(single_said),
        float(pronoun_said),
        float(pronoun_leads),
        float(first_names),
        float(first_digits),
        float(first_quotes),
        float(start in forms.STOP),
        float(start in forms.CONNECTIVE),
        float(start in forms.PRONOUN),
        float(start in _GROUPS["indefinite"]),
        float(start == "the"),
        float(capital[0] and start not in forms.STOP),
        float(count > 1 and capital[1]),
        float(count > 2 and capital[2]),
        float(start in _GROUPS["opener"]),
        float(capital[0] and start not in forms.STOP and count > 1 and not capital[1]),
        float(start in _GROUPS["day"] or (count > 1 and start == "on" and lower[1] in _GROUPS["day"])),
        sum(map(len, lower)) / count,
        len(set(lower)) / count,
        commas / count,
        float(possessives),
        float(brackets),
        first_words / count,
        uppers / count,
        long / count,
    ]
