"""What one paragraph of a page shows by itself: its form, its names, its words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from annotator.propose import patterns as forms
from annotator.propose.lines import Paragraph
from annotator.propose.rules import CREDIT_TAIL, looks_like_byline, looks_like_photo
from annotator.propose.site_patterns import FURNITURE, furniture_in

HEAD, TAIL = 800, 120
"""Code points of a paragraph that are looked at: from its start, and from its end."""

NAME_TOKEN = re.compile(r"[^\W\d_][\w’'\-]*|\d[\d.,]*|[.!?:;“”\"‘(\[]")
_ACRONYM = re.compile(r"\(([A-Z]{2,7})\)")
_NOUN = re.compile(r"\b([Tt]h(?:e|is|ese|ose|at)|[Aa]n?) ([a-z]{4,})")
_SENTENCE = re.compile(r"[.!?][\"”’)]?(?:\s|$)")
_DIGIT = re.compile(r"\d")
_FIRST_PERSON = frozenset(("i", "we", "my", "our", "me", "us"))
_SECOND_PERSON = frozenset(("you", "your"))
_OPEN_QUOTES, _CLOSE_QUOTES = "“", "”"
_SENTENCE_END = frozenset('.!?:“"‘([')
_ENDS = ("full", "quote", "question", "ellipsis", "more", "colon", "comma", "bracket", "none")
_END_NAMES = {name: f"end_{name}" for name in _ENDS}
_SITE_NAMES = {name: f"site_{name}" for name in FURNITURE}
_LENGTHS = (15, 40, 75, 120, 200, 320, 600)

LOCAL = (
    *(
        "chars",
        "words",
        "sentences",
        "digits",
        "upper",
        "title",
        "first_upper",
        "all_caps",
        "lines",
        "blank",
        "indent",
        "soft",
    ),
    *_END_NAMES.values(),
    *("cut", "open_quote", "start_quote", "start_lower", "start_digit", "start_bracket", "start_bullet"),
    *(
        "kicker",
        "dateline",
        "rank",
        "numbered",
        "related",
        "more_heading",
        "byline",
        "by",
        "date",
        "time",
        "agency",
        "staff",
    ),
    *("updated", "author_note", "photo", "credit", "credit_start", "credit_end", "credit_phrase"),
    *_SITE_NAMES.values(),
    *(
        "site_groups",
        "connective",
        "pronoun",
        "article_word",
        "title_word",
        "first_name",
        "speech",
        "speech_end",
        "lead_word",
    ),
    *(
        "question",
        "quotes",
        "first_person",
        "second_person",
        "names",
        "name_share",
        "stop_share",
        "long_words",
        "commas",
    ),
    *("repeated", "lead"),
)


Shape = tuple[int, bool, bool, int, float]
"""Length, how it ends, its case and whether it is a byline, roughly: lines of one list share it."""


class Look:
    """What one paragraph shows by itself."""

    __slots__ = (
        *("acronyms", "chars", "content", "cut", "definite", "end", "full", "head", "indefinite", "key", "numbers"),
        *("shape", "singles", "start", "text"),
    )

    def __init__(self, paragraph: Paragraph) -> None:
        text = paragraph.text if len(paragraph.text) <= HEAD + TAIL else _shortened(paragraph.text)
        self.text = text.replace("\u00ad", "")
        self.chars = paragraph.end - paragraph.start
        self.start = paragraph.start
        self.key = " ".join(self.text[:400].lower().split())
        self.end = ending(self.text)
        tokens = NAME_TOKEN.findall(self.text)
        words = [token for token in tokens if token[0].isalpha()]
        self.full, self.singles = names_of(tokens)
        lower = list(map(str.lower, words))
        stems = [
            low[:6] if len(word) > 3 and low not in forms.STOP else "" for word, low in zip(words, lower, strict=True)
        ]
        self.content = set(stems) - {""}
        self.head = set(stems[:18]) - {""}
        self.acronyms = set(_ACRONYM.findall(self.text[:500]))
        nouns = _NOUN.findall(self.text[:500])
        self.definite = {noun[:6] for word, noun in nouns if word.lower() not in ("a", "an")}
        self.indefinite = {noun[:6] for word, noun in nouns if word.lower() in ("a", "an")}
        self.numbers = self._numbers(paragraph, tokens, words, lower[:120])
        self.cut = bool(self.numbers["cut"])
        bucket = sum(self.chars > limit for limit in _LENGTHS)
        case = 2 if self.numbers["all_caps"] > 0.8 else int(self.numbers["title"] > 0.75)
        self.shape: Shape = (
            bucket,
            self.end in ("full", "quote", "question"),
            self.end in ("ellipsis", "more"),
            case,
            self.numbers["byline"],
        )

    def _numbers(self, paragraph: Paragraph, tokens: list[str], words: list[str], lower: list[str]) -> dict[str, float]:
        text, count = self.text, max(1, len(words))
        letters = list(filter(str.isalpha, text[:120]))
        seen, total = set(lower), max(1, len(lower))
        first = lower[0] if lower else ""
        long = [word for word in words[1:40] if len(word) > 3]
        cased = [word for word in words[:40] if len(word) > 1]
        sample = text if len(text) < 260 else text[:110] + " " + text[-60:]
        groups = furniture_in(sample)
        short = len(text) < 420
        digit, ago = _DIGIT.search(text) is not None, "ago" in seen or "AGO" in words
        numbers: dict[str, float] = {
            "chars": math.log1p(self.chars),
            "words": math.log1p(len(words)),
            "sentences": min(12, len(_SENTENCE.findall(text))),
            "digits": (len(_DIGIT.findall(sample)) if digit else 0) / max(1, len(sample)),
            "upper": sum(map(str.isupper, letters)) / max(1, len(letters)),
            "title": len([word for word in long if word[0].isupper()]) / max(1, len(long)),
            "first_upper": float(text[:1].isupper()),
            "all_caps": sum(map(str.isupper, cased)) / max(1, len(cased)),
            "lines": min(20, paragraph.lines),
            "blank": min(3, paragraph.blank_before),
            "indent": min(8, paragraph.indent),
            "soft": float(paragraph.soft),
            "cut": float(self.end in ("ellipsis", "more") or (self.end in ("none", "comma") and len(text) > 60)),
            "open_quote": float(text.count(_OPEN_QUOTES) > text.count(_CLOSE_QUOTES) or text.count('"') % 2 == 1),
            "start_quote": float(text[:1] in "“\"‘'«"),
            "start_lower": float(text[:1].islower()),
            "start_digit": float(text[:1].isdigit()),
            "start_bracket": float(text[:1] in "[("),
            "start_bullet": float(bool(forms.BULLET.match(text))),
            "kicker": float(bool(forms.KICKER.match(text))),
            "dateline": float(bool(forms.DATELINE.match(text)) and len(text) > 60),
            "rank": float(bool(forms.RANK.match(text))),
            "numbered": float(bool(forms.NUMBERED.match(text))),
            "related": float(bool(forms.RELATED.match(text))),
            "more_heading": float(len(text) < 80 and bool(forms.MORE_HEADING.match(text))),
            "byline": float(short and looks_like_byline(text)),
            "by": float(short and bool(forms.BY.match(text))),
            "date": float(short and digit and bool(forms.DATE.search(text))),
            "time": float(short and bool((digit and forms.TIME.search(text)) or (ago and forms.AGO.search(text)))),
            "agency": float(short and bool(forms.AGENCY_LINE.match(text) or forms.NAME_PLACE.match(text))),
            "staff": float(short and bool(forms.STAFF.search(text))),
            "updated": float(short and bool(forms.UPDATED.match(text))),
            "author_note": float(short and bool(forms.AUTHOR_NOTE.match(text) or forms.HANDLE.match(text))),
            "photo": float(looks_like_photo(text)),
            "credit": float(short and bool(forms.CREDIT.search(text))),
            "credit_start": float(bool(forms.CREDIT_START.match(text))),
            "credit_end": float(short and bool(forms.CREDIT_END.search(text[-CREDIT_TAIL:]))),
            "credit_phrase": float(short and bool(forms.CREDIT_PHRASE.search(text))),
            "site_groups": float(sum(groups.values())),
            "connective": float(first in forms.CONNECTIVE),
            "pronoun": float(first in forms.PRONOUN),
            "article_word": float(first in ("the", "a", "an")),
            "title_word": float(first in forms.TITLES),
            "first_name": float(
                bool(words) and words[0][0].isupper() and first not in forms.STOP and first not in forms.CONNECTIVE
            ),
            "speech": float(bool(forms.SPEECH.search(text[:400]))),
            "speech_end": float(bool(forms.SPEECH.search(text[-60:]))),
            "lead_word": float(min(3, len(forms.LEAD_WORD.findall(text[:300])))),
            "question": float("?" in text),
            "quotes": float(text.count("“") + text.count('"') // 2),
            "first_person": len([word for word in lower if word in _FIRST_PERSON]) / total,
            "second_person": len([word for word in lower if word in _SECOND_PERSON]) / total,
            "names": float(len(self.full)),
            "name_share": len(self.singles | {t for name in self.full for t in name.split()}) / count,
            "stop_share": len([word for word in lower if word in forms.STOP]) / total,
            "long_words": len([word for word in lower if len(word) > 7]) / total,
            "commas": text.count(",") / count,
        }
        numbers.update(zip(_SITE_NAMES.values(), map(float, groups.values()), strict=True))
        numbers.update(dict.fromkeys(_END_NAMES.values(), 0.0))
        numbers[_END_NAMES[self.end]] = 1.0
        return numbers


def _shortened(text: str) -> str:
    return text[:HEAD] + " " + text[-TAIL:]


def ending(text: str) -> str:
    """How a paragraph ends: one of full, quote, question, ellipsis, more, colon, comma, bracket, none."""
    tail = text[-40:]
    if forms.READ_MORE_END.search(tail) and len(text) > 45:
        return "more"
    if forms.ELLIPSIS_END.search(tail):
        return "ellipsis"
    bare = tail.rstrip("\"'”’»")
    quoted = len(bare) < len(tail)
    last = bare[-1:] or tail[-1:]
    if last in (".", "!"):
        return "quote" if quoted else "full"
    if last == "?":
        return "question"
    if last in (":", ";"):
        return "colon"
    if last in (",", "-", "–", "—"):
        return "comma"
    if last in (")", "]"):
        return "bracket"
    return "quote" if quoted and len(text) > 60 else "none"


def names_of(tokens: Sequence[str]) -> tuple[set[str], set[str]]:
    """Full names (two capitalised words or more in a row) and single capitalised words inside sentences."""
    full: set[str] = set()
    singles: set[str] = set()
    run: list[str] = []
    run_initial = fresh = True
    for token in [*tokens, "."]:
        if token[0].isupper() and not (fresh and token.lower() in forms.STOP):
            if not run:
                run_initial = fresh
            run.append(token)
            fresh = False
            continue
        if run:
            parts = [part.removesuffix("’s").removesuffix("'s") for part in run]
            if len(parts) > 1:
                full.add(" ".join(parts[:4]))
            elif not run_initial:
                singles.add(parts[0])
            run = []
        fresh = token in _SENTENCE_END
    return full, singles


def looks_of(page: Sequence[Paragraph]) -> list[Look]:
    """What every paragraph shows by itself. Its lead score is 0 until `fill_lead` puts it in."""
    looks = [Look(paragraph) for paragraph in page]
    starts = Counter(look.key[:60] for look in looks)
    for look in looks:
        look.numbers["lead"] = 0.0
        look.numbers["repeated"] = float(starts[look.key[:60]] > 1)
    return looks
