"""A proposal: a mark put forward by a proposer, with a score; pending until a person resolves it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from annotator.core.document import Document
from annotator.core.marks import Labelled
from annotator.core.schema import Schema


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mark put forward. Proposals have no identity beyond their value."""

    mark: Labelled
    score: float | None
    """From 0.0 to 1.0, the chance that the mark is right; None where the proposer cannot say."""
    reason: str
    """Why, in words a person can read; may be empty."""
    proposer: str


class Proposer(Protocol):
    """Something that puts marks forward."""

    name: str
    version: str

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """The proposals of each document, in the order of `documents`, one sequence a document."""
        ...
