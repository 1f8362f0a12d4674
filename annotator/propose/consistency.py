"""What is systematically wrong in the entities of one page, put right: edges first, then labels over the page.

Every rule here was kept because it made more entities right than wrong on annotated news; docs/decisions/0052 has the
counts, and names the rules that were tried and left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from annotator.core.words import tr
from annotator.propose.string_tree import StringTree, string_key


class Entity(NamedTuple):
    """An entity as a pipeline sees it, under the pipeline's own label."""

    start: int
    end: int
    label: str
    chance: float | None = None
    """How sure the pipeline was, from 0.0 to 1.0, not yet calibrated; None where it does not say."""
    rule: str = ""
    """The rule that changed or added it; empty for one that stands as the pipeline gave it."""
    because: str = ""
    """The other string on the page that the rule went by."""


NOT_NAMES = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""Labels whose spans are no names."""
_PERSON = ("PERSON", "PER")
_TO_PERSON = frozenset({"ORG", "PRODUCT", "NORP", "FAC", "WORK_OF_ART", "EVENT", "LAW", "LOC", "GPE", "MISC"})
_SWITCHES = frozenset({("ORG", "GPE"), ("PERSON", "GPE"), ("LANGUAGE", "NORP")})
"""From which label to which the more frequent label of a string may draw the others."""
_ARTICLE = re.compile(r"(?:[Tt]he|[Aa]n?)\s+(?=\S)")
_POSSESSIVE = re.compile(r"(?:['’][sS]|(?<=[sS])['’])$")
_OWN_POSSESSIVE = re.compile(
    r"\b(?:Arby|Christie|Claire|Denny|Domino|Kellogg|Kohl|Levi|Lloyd|Lowe|Macy|McDonald|Moody|Sainsbury|Sotheby"
    r"|Wendy)['’]s$"
)
_CURRENCY_BEFORE = re.compile(r"(?<!\w)(?:[A-Z]{1,3})?[$€£¥₹₩฿]\s?$")
_PERCENT_AFTER = re.compile(r"\s?(?:%|per ?cent\b)")
_PERCENT = re.compile(r"(?:%|per ?cent)$")
_PLACE_WORD = re.compile(r"\b(?:in|at|from|near|to|of|across|outside)\s+$", re.IGNORECASE)
_CAPITALISED_BEFORE = re.compile(r"(\w[\w.'’-]*)[ \u00a0]$")
_JOINED = re.compile(r"[-–/@.’'](?=\w)|[ \u00a0](?=[A-Z(])")
_MAY_STAND_BEFORE = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|President|Minister|Premier|Chancellor|Senator|Sen|Rep|Governor|Gov|Mayor"
    r"|Judge|Justice|General|Gen|Colonel|Col|Captain|Capt|Lieutenant|Lt|Sergeant|Sgt|Sir|Lord|Lady|Dame|King|Queen"
    r"|Prince|Princess|Pope|Bishop|Father|Sister|Chairman|Chairwoman|Secretary|Ambassador|Officer|Coach|But|And|When"
    r"|While|As|If|In|On|At|For|With|After|Before|According)\.?"
)
"""Capitalised words after which a surname stands alone: titles, and words that open a sentence."""
_IN_BRACKETS = re.compile(r"\s*\(\s*([A-Z][A-Za-z&.-]{1,9})\s*\)")
_FAMILY_NAME_FIRST = re.compile(r"[A-Z][a-z]+-[a-z]+")
"""A given name as in Tik Chi-yuen or Moon Jae-in, which follows the family name."""
_SUFFIX = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})
_SMALL = frozenset(("of", "the", "and", "for", "in", "on", "de", "la", "du", "des", "van", "von", "der", "al", "bin"))


def tidy_edges(text: str, entities: Iterable[Entity], *, articles: bool = False) -> list[Entity]:
    """Names without the possessive, loose quotes and brackets at their ends and, unless `articles`, the article.

    Amounts of money take in the currency sign before them, percentages their sign or word, and
    what was an entity of its own inside them goes.
    """
    kept: list[Entity] = []
    for entity in entities:
        start, end, label = entity.start, entity.end, entity.label
        if label in ("MONEY", "CARDINAL", "PERCENT"):
            start, end, label = _whole_amount(text, start, end, label)
        elif label not in NOT_NAMES:
            if not articles and label != "WORK_OF_ART" and (article := _ARTICLE.match(text, start, end)):
                start = article.end()
            possessive = _POSSESSIVE.search(text[start:end])
            if possessive and not _OWN_POSSESSIVE.search(text[start:end]):
                end = start + possessive.start()
            start, end = _without_loose_marks(text, start, end)
        while kept and start < entity.start and start <= kept[-1].start < entity.start:
            kept.pop()
        if start < end and (not kept or kept[-1].end <= start):
            kept.append(entity._replace(start=start, end=end, label=label))
    return kept


def make_consistent(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities of a page with labels that go together, and names the pipeline missed though it knew them.

    Args:
        text: The page.
        entities: Its entities in text order, none overlapping.

    Returns:
        Entities in text order, none overlapping. Each that differs says which rule did it.
    """
    strings = [text[entity.start : entity.end] for entity in entities]
    if not strings:
        return []
    counts: dict[str, Counter[str]] = {}
    for string, entity in zip(strings, entities, strict=True):
        counts.setdefault(string, Counter())[entity.label] += 1
    surnames, first_names = _people(counts)
    acronyms = _acronyms(text, entities, strings)
    person = next((entity.label for entity in entities if entity.label in _PERSON), _PERSON[0])
    found = [
        _relabelled(text, entity, string, counts, surnames, first_names, acronyms, person)
        for string, entity in zip(strings, entities, strict=True)
    ]
    missed = _missed(text, entities, surnames, acronyms, person)
    return sorted([*found, *missed], key=lambda entity: entity.start)


def reason_for(entity: Entity) -> str:
    """Why a rule changed or added an entity, in words a person can read; empty for one that no rule touched."""
    match entity.rule:
        case "surname" | "first name" | "missed surname":
            return tr("named in full on this page: “{name}”", name=entity.because)
        case "same string":
            return tr("labelled {label} elsewhere on this page", label=entity.label)
        case "acronym" | "missed acronym":
            return tr("short for “{name}”", name=entity.because)
    return ""


def _whole_amount(text: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    if percent := _PERCENT_AFTER.match(text, end):
        return start, percent.end(), "PERCENT"
    if label != "PERCENT":
        if _PERCENT.search(text[start:end]):
            return start, end, "PERCENT"
        currency = _CURRENCY_BEFORE.search(text, max(0, start - 5), start)
        if currency and text[start].isdigit():
            return currency.start(), end, "MONEY"
    return start, end, label


def _without_loose_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Without quotes and brackets that have no partner inside, and without commas and the like at the ends."""
    pairs = {"(": ")", "[": "]", "“": "”", '"': '"', "‘": "’", "'": "'", "«": "»"}
    closing = {close: open_ for open_, close in pairs.items()}
    while start < end:
        inner = text[start + 1 : end]
        head = text[start]
        if head.isspace() or head in ",;:-–—/" or (head in pairs and pairs[head] not in inner):
            start += 1
        else:
            break
    while start < end:
        inner = text[start : end - 1]
        tail = text[end - 1]
        if tail.isspace() or tail in ",;:-–—/" or (tail in closing and closing[tail] not in inner):
            end -= 1
        else:
            break
    return start, end


def _people(counts: dict[str, Counter[str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Last and first words of the full names on the page, each with the name it is part of."""
    surnames: dict[str, str] = {}
    first_names: dict[str, str] = {}
    for string, labels in counts.items():
        words = string.split()
        while words and words[-1] in _SUFFIX:
            words.pop()
        if not 2 <= len(words) <= 5 or labels.most_common(1)[0][0] not in _PERSON:
            continue
        if words[-1][0].isupper() and words[0][0].isupper() and words[-1].replace("-", "").isalpha():
            family, given = (words[0], words[-1]) if _FAMILY_NAME_FIRST.fullmatch(words[-1]) else (words[-1], words[0])
            surnames.setdefault(family, string)
            first_names.setdefault(given, string)
    return surnames, {name: full for name, full in first_names.items() if name not in surnames}


def _acronyms(text: str, entities: Sequence[Entity], strings: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Acronyms that a name on the page introduces in brackets, with the name and its label."""
    found: dict[str, tuple[str, str]] = {}
    for entity, string in zip(entities, strings, strict=True):
        if entity.label not in ("ORG", "GPE"):
            continue
        bracket = _IN_BRACKETS.match(text, entity.end)
        if bracket is None:
            continue
        letters = "".join(character for character in bracket.group(1) if character.isupper())
        words = [word for word in re.findall(r"\w+", string) if word not in _SMALL]
        if len(letters) >= 2 and letters == "".join(word[0] for word in words).upper():
            found.setdefault(bracket.group(1), (string, entity.label))
    return found


def _relabelled(
    text: str,
    entity: Entity,
    string: str,
    counts: dict[str, Counter[str]],
    surnames: dict[str, str],
    first_names: dict[str, str],
    acronyms: dict[str, tuple[str, str]],
    person: str,
) -> Entity:
    label = entity.label
    if label in NOT_NAMES:
        return entity
    if string in acronyms and label != acronyms[string][1]:
        return entity._replace(label=acronyms[string][1], rule="acronym", because=acronyms[string][0])
    own = counts[string]
    place = label == "GPE" and (
        own["GPE"] > own[person] or _PLACE_WORD.search(text, max(0, entity.start - 9), entity.start)
    )
    if string in surnames and label in _TO_PERSON and not place:
        return entity._replace(label=person, rule="surname", because=surnames[string])
    if string in first_names and label == "ORG":
        return entity._replace(label=person, rule="first name", because=first_names[string])
    most, times = own.most_common(1)[0]
    if times > own[label] and (label, most) in _SWITCHES:
        return entity._replace(label=most, rule="same string", because=string)
    return entity


def _missed(
    text: str,
    entities: Sequence[Entity],
    surnames: dict[str, str],
    acronyms: dict[str, tuple[str, str]],
    person: str,
) -> Iterator[Entity]:
    wanted = {name: ("missed surname", person, full) for name, full in surnames.items() if len(name) > 2}
    wanted |= {short: ("missed acronym", label, full) for short, (full, label) in acronyms.items()}
    if not wanted:
        return
    keys = {string_key(name): name for name in wanted}
    at = 0
    for start, end, key in StringTree(keys).longest_matches(text):
        while at < len(entities) and entities[at].end <= start:
            at += 1
        if at < len(entities) and entities[at].start < end:
            continue
        rule, label, full = wanted[keys[key]]
        if rule == "missed surname" and not _stands_alone(text, start, end):
            continue
        yield Entity(start, end, label, None, rule, full)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a word is not part of a longer name: nothing joined to it, no capitalised word beside it but a title."""
    after = text[end : end + 2]
    if _JOINED.match(after) and text[end : end + 2].replace("’", "'") != "'s":
        return False
    before = text[max(0, start - 20) : start]
    if before[-1:] and before[-1] in "-–/@.’'":
        return False
    word = _CAPITALISED_BEFORE.search(before)
    return word is None or not word.group(1)[0].isupper() or _MAY_STAND_BEFORE.fullmatch(word.group(1)) is not None
