"""Lines of a site for generated training pages, many of them in no list of such lines."""

from __future__ import annotations

import random
from collections.abc import Sequence

from annotator.propose.page_furniture import CITIES, LAST, OUTLETS, SECTIONS, SITE_LINES, listed

OWN = 0.35
"""Share of a site's lines and headings that are made up anew: no list holds those of all sites."""

_DOING = listed(
    """
    Send|Write to|Meet|Visit|Join|Ask|Find|Browse|Support|Follow|Order|Discover|Hear from|Call|Help|Explore|Talk to|Buy
    """
)
_THINGS = listed(
    """
    the newsroom|our archive|the picture desk|our readers|the night shift|the shop|the puzzle page|our editors|the club
    the weather room|our podcast|the front page|our columnists|the letters page|the sports desk|our partners|the app
    """
)
_WHEN = listed(
    """
    every Friday|before noon|for more|at the front counter|all week|from home|by post|on air|with one click|this season
    """
)
_STATES = listed(
    """
    is owned by its readers|is edited in {city}|comes out six days a week|has been independent since {year}
    is a member of the press council|thanks its supporters|is delivered before breakfast|welcomes letters
    is read in {city} and beyond|does not accept gifts
    """
)
_HEADS = listed(
    """
    The Five|In short|Worth your time|Around town|Picked for you|Our view|Closer look|Week in pictures|The list
    Readers write|On the shelf|Good to know|After hours|Next door|The long read|Today's menu|At a glance|From the desk
    """
)

_OFTEN = listed(
    """
    every morning|once a week|each evening|on weekdays|every Saturday|twice a month|before you wake up|as it happens
    """
)
_KINDS = listed(
    """
    The latest|Sharp|All the|Independent|The best|Local|Weekly|Essential
    """
)
_PURPOSES = listed(
    """
    show you stories that you may like|keep our site safe|measure what is read|pay for our journalism|send you offers
    remember what you chose|let our partners reach you
    """
)


def _sentence(rng: random.Random, name: str, city: str) -> str:
    often, thing, year = rng.choice(_OFTEN), rng.choice(_THINGS), rng.randint(1995, 2025)
    return rng.choice(
        (
            f"{rng.choice(_KINDS)} {rng.choice(SECTIONS).lower()} news and comment, delivered {often}.",
            f"Get {thing} of {name} in your inbox {often}.",
            f"The {rng.choice(LAST)} letter tells you what matters in {city}, {often}.",
            f"{name} is part of the {rng.choice(LAST)} group of papers and sites, which reaches readers in {city}.",
            f"Our reporters work hard to get it right. If you have found a mistake, write to {thing}.",
            f"We and our partners use your data to {rng.choice(_PURPOSES)}. You can object at any time.",
            f"You are now on the list for {thing}!",
            f"Your choice was saved. We will {rng.choice(_PURPOSES)} from now on.",
            f"No part of this page may be copied, stored or passed on without leave of {name}.",
            f"All material © {year} {name}, {city}. Company number {rng.randint(100_000, 9_999_999)}.",
            f"Readers of {name} can comment on this story after they have signed in.",
            f"The editors of {name} choose {rng.randint(3, 10)} stories for you {often}.",
            f"This article is free because readers support {name}. Join them for {rng.randint(1, 9)} a month.",
            f"This page is best read with the app of {name}, which is free.",
        )
    )


def own_line(rng: random.Random) -> str:
    """A line such as a site has of its own: what to do, what the paper is or wants, or a heading over a list."""
    city, outlet = rng.choice(CITIES), rng.choice(OUTLETS)
    name = rng.choice((outlet, f"{city} {outlet.split()[-1]}", f"The {city} {rng.choice(LAST)}"))
    if rng.random() < 0.4:
        return _sentence(rng, name, city)
    ask = f"{rng.choice(_DOING)} {rng.choice(_THINGS)}"
    line = rng.choice(
        (
            ask,
            f"{ask} {rng.choice(_WHEN)}",
            f"{name} {rng.choice(_STATES).format(city=city, year=rng.randint(1850, 2015))}",
            f"{ask} at {name}",
            rng.choice(_HEADS),
            f"{rng.choice(_HEADS)}: {name}",
            name,
            f"{city} {rng.choice(SECTIONS).lower()}",
        )
    )
    return line.upper() if rng.random() < 0.1 else line + rng.choice(("", "", "", ".", " »", ":"))


def site_line(rng: random.Random, lines: Sequence[str] = SITE_LINES) -> str:
    """One of the lines, or one that the site has of its own."""
    return own_line(rng) if rng.random() < OWN else rng.choice(lines)
