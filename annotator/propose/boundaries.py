"""Where an article starts and what each block is: proposals for a whole page at once."""

from __future__ import annotations

from annotator.propose.lines import paragraphs
from annotator.propose.page_proposal import ARTICLE, TEASER, ArticleStart, BlockStart, PageProposal
from annotator.propose.rules import kinds_by_rule, openings_by_rule


def segment_by_rules(text: str) -> PageProposal:
    """The proposal of the rule set alone. Scores are three fixed steps; reasons name the rule."""
    page = paragraphs(text)
    if not page:
        return PageProposal()
    kinds = kinds_by_rule(page)
    openings = openings_by_rule(page, kinds)
    articles = []
    for number, (opens, score, reason) in enumerate(openings):
        if opens:
            rest = [kinds[i] for i in range(number, len(page)) if i == number or not openings[i][0]]
            label = TEASER if kinds[number] == "teaser" or "body" not in rest else ARTICLE
            articles.append(ArticleStart(page[number].start if number else 0, label, score, reason))
    blocks = [
        BlockStart(paragraph.start if number else 0, kind, 0.75, "", kind)
        for number, (paragraph, kind) in enumerate(zip(page, kinds, strict=True))
    ]
    return PageProposal(tuple(articles), tuple(blocks))
