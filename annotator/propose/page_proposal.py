"""What is proposed for one page: where articles start, and what each block is."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("body", "teaser", "headline", "byline", "photo", "boilerplate")
"""Kinds of a block that fills one logical paragraph."""
ARTICLE, TEASER = "article", "teaser"


@dataclass(frozen=True, slots=True)
class ArticleStart:
    """A position at which an article starts."""

    position: int
    label: str
    """`article` or `teaser`."""
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class BlockStart:
    """A position at which a block starts."""

    position: int
    kind: str
    """One of KINDS, or `kicker` or `deck` inside a line."""
    score: float
    reason: str
    whole: str
    """Kind of the logical paragraph that holds it: a kicker that opens a teaser line stands in a `teaser`."""
    inner: bool = False
    """True when it starts in the middle of a logical paragraph."""


@dataclass(frozen=True, slots=True)
class PageProposal:
    """The proposal for one page. Both start at the first token of the page, unless the page is empty."""

    articles: tuple[ArticleStart, ...] = ()
    blocks: tuple[BlockStart, ...] = ()

    @property
    def boundaries(self) -> tuple[int, ...]:
        """Positions at which a new article starts, the first article left out."""
        return tuple(article.position for article in self.articles[1:])
