"""The fall-back: articles and blocks by rules alone, for when no fitted model can be read."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.words import tr
from annotator.propose import patterns as forms
from annotator.propose.lines import Paragraph, terminated
from annotator.propose.site_patterns import furniture_in

SURE, LIKELY, UNSURE = 0.9, 0.75, 0.6
"""Scores of the rules: shares right on labelled pages, in three steps."""


def furniture_groups(text: str) -> list[str]:
    """Names of the groups of site furniture that the text shows, such as `privacy`."""
    return [name for name, shown in furniture_in(text).items() if shown]


def looks_like_byline(text: str) -> bool:
    """Whether a line names author, date, agency or place of writing and nothing else."""
    if len(text) > 90 or text.endswith(("?", "!")):
        return False
    if forms.AGENCY_LINE.match(text) or forms.HANDLE.match(text) or forms.NAME_PLACE.match(text):
        return True
    if forms.BY.match(text) and len(text) < 70 and not terminated(text):
        return True
    if forms.STAFF.search(text) or forms.UPDATED.match(text) or forms.AUTHOR_NOTE.match(text):
        return True
    date = forms.DATE.search(text)
    return bool(date and len(text) - (date.end() - date.start()) < 25 and not terminated(text))


CREDIT_TAIL = 120
"""Code points at the end of a line in which a credit may stand."""


def looks_like_photo(text: str) -> bool:
    """Whether a line is a caption or a credit."""
    if len(text) < 300 and forms.CREDIT_START.match(text):
        return True
    found = forms.CREDIT.search(text)
    if found and len(text) - found.start() < 70:
        return True
    return len(text) < 400 and bool(forms.CREDIT_END.search(text[-CREDIT_TAIL:])) and not terminated(text.rstrip("."))


def looks_like_furniture(text: str) -> bool:
    """Whether a line is navigation, newsletter, cookie, comment, copyright or advertising text."""
    groups = furniture_groups(text)
    if "navigation" in groups or "rights" in groups or forms.MORE_HEADING.match(text):
        return True
    return len(groups) >= 2 or (len(groups) == 1 and len(text) < 60 and not forms.NUMBERED.match(text))


def kinds_by_rule(page: Sequence[Paragraph]) -> list[str]:
    """The kind of every paragraph."""
    kinds: list[str] = []
    for number, paragraph in enumerate(page):
        text = paragraph.text
        short = len(text) < 110 and not terminated(text.rstrip("?!"))
        if looks_like_byline(text):
            kind = "byline"
        elif looks_like_photo(text):
            kind = "photo"
        elif forms.RELATED.match(text) and len(text) < 160:
            kind = "teaser"
        elif looks_like_furniture(text) and len(text) < 700:
            kind = "boilerplate"
        elif forms.RANK.match(text) or (short and number == 0):
            kind = "headline"
        elif _cut_off(text) or (forms.KICKER.match(text) and len(text) > 80):
            kind = "teaser"
        elif short:
            kind = "headline"
        else:
            kind = "body"
        kinds.append(kind)
    return kinds


def _cut_off(text: str) -> bool:
    if len(text) < 60 and not forms.ELLIPSIS_END.search(text):
        return False
    return not terminated(text) or bool(forms.ELLIPSIS_END.search(text) or forms.READ_MORE_END.search(text))


def openings_by_rule(page: Sequence[Paragraph], kinds: Sequence[str]) -> list[tuple[bool, float, str]]:
    """For every paragraph: whether an article starts there, how sure, and why."""
    found: list[tuple[bool, float, str]] = []
    before = -1
    for number, paragraph in enumerate(page):
        kind = kinds[number]
        opens, score, reason = False, LIKELY, ""
        if number == 0:
            opens, score, reason = True, SURE, tr("the page starts here")
        elif kind in ("boilerplate", "byline", "photo") or before < 0:
            pass
        elif kinds[before] == "teaser" and kind in ("teaser", "body") and before == number - 1:
            opens, reason = True, tr("the line before is cut off")
        elif forms.RANK.match(paragraph.text):
            opens, reason = True, tr("a rank number stands alone on its line")
        elif kind == "teaser" and forms.KICKER.match(paragraph.text):
            opens, score, reason = True, SURE, tr("an all-capitals kicker opens this line")
        elif kind == "teaser" and not forms.RELATED.match(paragraph.text):
            opens, reason = True, tr("this line is cut off, as teasers are")
        elif kind == "headline" and kinds[before] != "headline" and _headline_opens(page, kinds, number):
            opens, score, reason = True, UNSURE, tr("a headline stands on a line of its own")
        found.append((opens, score if opens else 1.0 - UNSURE, reason))
        if kind not in ("boilerplate", "photo", "byline"):
            before = number
    return found


def _headline_opens(page: Sequence[Paragraph], kinds: Sequence[str], number: int) -> bool:
    """A headline opens an article when it is longer than a sub-head or a byline follows it."""
    after = kinds[number + 1] if number + 1 < len(kinds) else ""
    return len(page[number].text) > 32 or after in ("headline", "byline")
