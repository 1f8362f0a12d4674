"""Lines of a site that no list of such lines holds, made up for generated training pages."""

from __future__ import annotations

import random

from annotator.propose.page_furniture import CITIES, LAST, OUTLETS, SECTIONS, listed

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


def own_line(rng: random.Random) -> str:
    """A line such as a site has of its own: what to do, what the paper is, or a heading over a list."""
    city, outlet = rng.choice(CITIES), rng.choice(OUTLETS)
    name = rng.choice((outlet, f"{city} {outlet.split()[-1]}", f"The {city} {rng.choice(LAST)}"))
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
