"""Numbers that describe the paragraphs of a page, for the boundary model.

One row a paragraph. Looking at a paragraph costs time by its length, up to `HEAD` and `TAIL` code points, and looking at
its neighbours costs time by a window of fixed size: a page of any length takes time in proportion to its length.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.propose import patterns as forms
from annotator.propose.lines import Paragraph
from annotator.propose.rules import looks_like_byline, looks_like_photo

if TYPE_CHECKING:
    import numpy as np

HEAD, TAIL = 1200, 160
"""Code points of a paragraph that are looked at: from its start, and from its end."""

NAME_TOKEN = re.compile(r"[^\W\d_][\w’'\-]*|\d[\d.,]*|[.!?:;“”\"‘(\[]")
_OPEN_QUOTES, _CLOSE_QUOTES = "“", "”"
_SENTENCE_END = frozenset(".!?:“\"‘([")
_ENDS = ("full", "quote", "question", "ellipsis", "more", "colon", "comma", "bracket", "none")
_LENGTHS = (15, 40, 75, 120, 200, 320, 600)

LOCAL = (
    *("chars", "words", "sentences", "digits", "upper", "title", "first_upper", "all_caps", "lines", "blank", "indent", "soft"),
    *(f"end_{name}" for name in _ENDS),
    *("cut", "open_quote", "start_quote", "start_lower", "start_digit", "start_bracket", "start_bullet"),
    *("kicker", "dateline", "rank", "numbered", "related", "more_heading", "byline", "by", "date", "time", "agency", "staff"),
    *("updated", "author_note", "photo", "credit", "credit_start", "credit_end", "credit_phrase"),
    *(f"site_{name}" for name in forms.FURNITURE),
    *("site_groups", "connective", "pronoun", "article_word", "title_word", "first_name", "speech", "speech_end", "lead_word"),
    *("question", "quotes", "first_person", "second_person", "names", "name_share", "stop_share", "long_words", "commas"),
    *("repeated", "lead"),
)
PAGE = (
    *("index", "index_end", "offset", "paragraphs", "median_chars", "cut_share", "short_share", "byline_share", "rank_count"),
    *("site_share", "blank_share", "more_share", "quote_share", "title_share", "long_share", "blank_is_wide"),
)
NAMES = (
    *("new_full", "again_full", "known_single", "unknown_single", "known_share", "new_share", "first_name_known"),
    *("same_1", "same_3", "same_6", "next_1", "next_3", "cross", "before", "after", "dip", "name_same_3", "name_next_3"),
    *("title_overlap", "start_elsewhere"),
)
RUNS = (
    *("end_run_back", "end_run_on", "short_run_back", "short_run_on", "cut_run_back", "cut_run_on", "site_run_back"),
    *("site_run_on", "shape_back_1", "shape_on_1", "shape_back_2", "shape_on_2", "shape_back_3", "shape_on_3"),
    *("shape_share", "since_headline", "since_byline", "since_site", "until_site", "chars_to_median", "like_before", "like_after"),
)
SHIFTED = (
    *("chars", "words", "sentences", "title", "all_caps", "blank", "indent", "soft", "end_full", "end_none", "end_ellipsis"),
    *("end_more", "cut", "kicker", "dateline", "rank", "related", "more_heading", "byline", "date", "photo", "site_groups"),
    *("site_navigation", "pronoun", "connective", "speech", "names", "question", "start_quote", "open_quote", "lead"),
)
SHIFTS = (-2, -1, 1, 2)
FEATURES: tuple[str, ...] = (
    *LOCAL,
    *PAGE,
    *NAMES,
    *RUNS,
    *(f"{name}@{shift:+d}" for shift in SHIFTS for name in SHIFTED),
)
"""Names of the columns, in order. A model is only run on the features it was fitted on."""


class Look:
    """What one paragraph shows by itself."""

    __slots__ = ("chars", "content", "cut", "end", "full", "key", "numbers", "shape", "singles", "start", "text")

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
        self.content = {w.lower()[:6] for w in words if len(w) > 3 and w.lower() not in forms.STOP}
        self.numbers = self._numbers(paragraph, tokens, words)
        self.cut = bool(self.numbers["cut"])
        bucket = sum(self.chars > limit for limit in _LENGTHS)
        case = 2 if self.numbers["all_caps"] > 0.8 else int(self.numbers["title"] > 0.75)
        self.shape = (bucket, self.end in ("full", "quote", "question"), self.end in ("ellipsis", "more"), case, self.numbers["byline"])

    def _numbers(self, paragraph: Paragraph, tokens: list[str], words: list[str]) -> dict[str, float]:
        text, count = self.text, max(1, len(words))
        letters = [c for c in text[:300] if c.isalpha()]
        lower = [word.lower() for word in words]
        first = lower[0] if lower else ""
        long = [word for word in words[1:40] if len(word) > 3]
        sample = text if len(text) < 260 else text[:160] + " " + text[-80:]
        groups = {name: bool(pattern.search(sample)) for name, pattern in forms.FURNITURE.items()}
        short = len(text) < 420
        numbers: dict[str, float] = {
            "chars": math.log1p(self.chars),
            "words": math.log1p(len(words)),
            "sentences": min(12, len(re.findall(r"[.!?][\"”’)]?(?:\s|$)", text))),
            "digits": sum(c.isdigit() for c in sample) / max(1, len(sample)),
            "upper": sum(c.isupper() for c in letters) / max(1, len(letters)),
            "title": sum(word[0].isupper() for word in long) / max(1, len(long)),
            "first_upper": float(text[:1].isupper()),
            "all_caps": sum(word.isupper() for word in words[:40] if len(word) > 1)
            / max(1, sum(len(word) > 1 for word in words[:40])),
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
            "date": float(short and bool(forms.DATE.search(text))),
            "time": float(short and bool(forms.TIME.search(text) or forms.AGO.search(text))),
            "agency": float(short and bool(forms.AGENCY_LINE.match(text) or forms.NAME_PLACE.match(text))),
            "staff": float(short and bool(forms.STAFF.search(text))),
            "updated": float(short and bool(forms.UPDATED.match(text))),
            "author_note": float(short and bool(forms.AUTHOR_NOTE.match(text) or forms.HANDLE.match(text))),
            "photo": float(looks_like_photo(text)),
            "credit": float(short and bool(forms.CREDIT.search(text))),
            "credit_start": float(bool(forms.CREDIT_START.match(text))),
            "credit_end": float(short and bool(forms.CREDIT_END.search(text))),
            "credit_phrase": float(short and bool(forms.CREDIT_PHRASE.search(text))),
            "site_groups": float(sum(groups.values())),
            "connective": float(first in forms.CONNECTIVE),
            "pronoun": float(first in forms.PRONOUN),
            "article_word": float(first in ("the", "a", "an")),
            "title_word": float(first in forms.TITLES),
            "first_name": float(bool(words) and words[0][0].isupper() and first not in forms.STOP and first not in forms.CONNECTIVE),
            "speech": float(bool(forms.SPEECH.search(text[:400]))),
            "speech_end": float(bool(forms.SPEECH.search(text[-60:]))),
            "lead_word": float(min(3, len(forms.LEAD_WORD.findall(text[:300])))),
            "question": float("?" in text),
            "quotes": float(text.count("“") + text.count('"') // 2),
            "first_person": sum(word in ("i", "we", "my", "our", "me", "us") for word in lower) / count,
            "second_person": sum(word in ("you", "your") for word in lower) / count,
            "names": float(len(self.full)),
            "name_share": len(self.singles | {t for name in self.full for t in name.split()}) / count,
            "stop_share": sum(word in forms.STOP for word in lower) / count,
            "long_words": sum(len(word) > 7 for word in words) / count,
            "commas": text.count(",") / count,
        }
        numbers.update({f"site_{name}": float(value) for name, value in groups.items()})
        numbers.update({f"end_{name}": float(self.end == name) for name in _ENDS})
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


def page_matrix(looks: Sequence[Look]) -> np.ndarray:
    """The features of a page, as float32 of shape (paragraphs, len(FEATURES))."""
    import numpy as np

    count = len(looks)
    local = np.array([[look.numbers[name] for name in LOCAL] for look in looks], dtype=np.float32)
    columns = {name: number for number, name in enumerate(LOCAL)}
    shifted = local[:, [columns[name] for name in SHIFTED]]
    parts = [local, _page_part(looks), _name_part(looks), _run_part(looks)]
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
    frequency = Counter(word for look in looks for word in look.content)
    weight = {word: math.log(1.0 + count / seen) for word, seen in frequency.items()}
    size = [max(2.0, sum(weight[word] for word in look.content)) for look in looks]
    tokens = [look.singles | {t for name in look.full for t in name.split()} for look in looks]
    reach = 6

    def same(i: int, j: int) -> float:
        return sum(weight[word] for word in looks[i].content & looks[j].content)

    band = {(j, i): same(i, j) for i in range(count) for j in range(max(0, i - reach), i)}

    def block(first: Sequence[int], second: Sequence[int]) -> float:
        pairs = [(a, b) for a in first for b in second if a < b and b - a <= reach]
        return sum(band[a, b] / math.sqrt(size[a] * size[b]) for a, b in pairs) / max(1, len(pairs))

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
        first = next(iter(NAME_TOKEN.findall(look.text[:60])), "")
        past, on = range(max(0, i - 4), i), range(i, min(count, i + 4))
        one = [band[j, i] / size[i] for j in range(max(0, i - reach), i)]
        two = [band[i, j] / size[i] for j in range(i + 1, min(count, i + 4))]
        cross, before, after = block(past, on), block(past, past), block(on, on)
        rows.append(
            [
                sum(not any(part in seen for part in name.split()) for name in look.full),
                sum(name in seen_full for name in look.full),
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
            ]
        )
        seen |= own
        seen_full |= look.full
        seen_last |= {name.split()[-1] for name in look.full} | look.singles
    return np.array(rows, dtype=np.float32)


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
