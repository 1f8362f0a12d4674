"""Why an article is proposed to start somewhere, or a block to be of a kind, in words to check on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.core.words import tr
from annotator.propose.looks import Look, Shape
from annotator.propose.site_patterns import FURNITURE

MOST = 3
"""Facts named in one reason."""


def opening_reason(
    looks: Sequence[Look], leads: Sequence[float], shapes: Mapping[Shape, int], kinds: Sequence[str], index: int
) -> str:
    """Why an article starts at paragraph `index`.

    Args:
        looks: What every paragraph shows.
        leads: Lead scores, as log odds.
        shapes: How many of the proposed openings have each shape.
        kinds: Proposed kind of every paragraph.
        index: The paragraph that opens.
    """
    if index == 0:
        return tr("the page starts here")
    look, before = looks[index], looks[index - 1]
    alike = shapes.get(look.shape, 0) - 1
    text_before = next(
        (i for i in range(index - 1, -1, -1) if kinds[i] not in ("boilerplate", "photo", "byline")), None
    )
    facts: list[tuple[bool, str]] = [
        (before.end == "ellipsis", tr("the line before breaks off with an ellipsis")),
        (before.end == "more", tr("the line before ends in a link to read more")),
        (before.cut and before.end not in ("ellipsis", "more"), tr("the line before ends in mid-sentence")),
        (bool(look.numbers["kicker"]), tr("an all-capitals kicker opens this one")),
        (bool(look.numbers["rank"]), tr("a rank number stands alone on its line")),
        (bool(look.numbers["dateline"]), tr("a dateline opens it")),
        (
            kinds[index] == "headline" and not look.numbers["rank"],
            tr("a headline or label stands on a line of its own"),
        ),
        (kinds[index] == "byline", tr("a byline or date opens it and text follows")),
        (kinds[index] == "photo", tr("a picture line opens it and text follows")),
        (kinds[index - 1] == "boilerplate", tr("what the site adds ends just before")),
        (alike >= 2, tr("{n} lines of the same shape open articles on this page", n=alike)),
        (
            kinds[index] == "teaser" and look.cut and not before.cut and kinds[index - 1] != "teaser",
            tr("this line breaks off, as teasers do"),
        ),
        (leads[index] > 0.7, tr("it reads like a first paragraph")),
        (_new_cast(looks, index), tr("it names people and places not named before")),
        (
            text_before is not None and kinds[text_before] == "body" and not looks[text_before].content & look.content,
            tr("it shares no words with the text before"),
        ),
        (kinds[index] == "teaser" and look.chars < 130, tr("it is a short line among others of its kind")),
    ]
    said = [words for holds, words in facts if holds][:MOST]
    return (
        "; ".join(said) if said else tr("the lines around it look like the end of one article and the start of another")
    )


def _new_cast(looks: Sequence[Look], index: int) -> bool:
    look = looks[index]
    known = {part for other in looks[max(0, index - 30) : index] for name in other.full for part in name.split()}
    return len(look.full) > 0 and not any(part in known for name in look.full for part in name.split())


def kind_reason(look: Look, kind: str) -> str:
    """Why a paragraph is proposed to be of this kind."""
    numbers = look.numbers
    match kind:
        case "boilerplate":
            found = [name for name in FURNITURE if numbers[f"site_{name}"]]
            names = {
                "account": tr("sign-up or subscription words"),
                "privacy": tr("privacy or terms words"),
                "rights": tr("a copyright notice"),
                "comments": tr("words of a comment section"),
                "sharing": tr("names of networks to share on"),
                "navigation": tr("a navigation word alone on its line"),
                "advertising": tr("advertising words"),
                "address": tr("it speaks to the reader of the site"),
                "tags": tr("a list of topics"),
                "bars": tr("short items between bars"),
            }
            if numbers["more_heading"]:
                return tr("it heads a list of other articles")
            return "; ".join(names[name] for name in found[:2]) or tr(
                "it belongs to what the site adds around articles"
            )
        case "photo":
            if numbers["credit"] or numbers["credit_start"] or numbers["credit_end"]:
                return tr("it holds a photo credit")
            return tr("it is worded like a caption")
        case "byline":
            if numbers["by"]:
                return tr("it names an author")
            return (
                tr("it gives a date or time")
                if numbers["date"] or numbers["time"]
                else tr("it names who wrote or sent the text")
            )
        case "headline":
            return (
                tr("a number alone on its line")
                if numbers["rank"]
                else tr("a short line without a full stop, above text")
            )
        case "teaser":
            if numbers["related"]:
                return tr("it points to another article")
            if look.end in ("ellipsis", "more") or look.cut:
                return tr("it breaks off")
            return tr("it stands among teasers, with no text of its own after it")
    return tr("it is running text") if look.chars > 120 else tr("it stands in running text")
