"""Lines of a site that no list of such lines holds."""

from __future__ import annotations

import random

from annotator.propose.own_lines import own_line
from annotator.propose.page_furniture import LIST_HEADINGS, SITE_LINES


def test_own_lines_are_short_and_hardly_any_is_known_or_made_twice() -> None:
    rng = random.Random(3)
    lines = [own_line(rng) for _ in range(400)]
    assert all(0 < len(line) < 110 and "\n" not in line and "{" not in line for line in lines)
    assert len(set(lines)) > 250
    assert not set(lines) & {*SITE_LINES, *LIST_HEADINGS}
