"""A record: all that a corpus holds of one document, as it travels between store, files and measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.core.annotation import Annotation, Choice
from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Mark, Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema
from annotator.core.words import tr

GOLD = "gold"
"""The annotator whose annotations are gold."""


@dataclass(frozen=True, slots=True)
class Work:
    """One annotator's work on one document."""

    annotation: Annotation
    origins: Mapping[Mark, str] = field(default_factory=lambda: MappingProxyType({}))
    """The proposer whose proposal a mark accepts or rejects; marks made by hand or changed are not listed."""
    seconds: float = 0.0
    """Time spent on the page, idle time left out."""
    choice: Choice = Choice.UNKNOWN
    """How the annotator came to work on the document."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document, what every annotator made of it, and what was proposed."""

    document: Document
    works: tuple[Work, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    def work_of(self, annotator: str) -> Work | None:
        """That annotator's work, or None."""
        return next((work for work in self.works if work.annotation.annotator == annotator), None)

    @property
    def choice(self) -> Choice:
        """How the document was chosen; where annotators came to it in several ways, the one that says least of others.

        A page that one of two annotators picked by hand is not a random one, whatever the other did.
        """
        known = {work.choice for work in self.works}
        return next((choice for choice in _LEAST_TELLING if choice in known), Choice.UNKNOWN)


_LEAST_TELLING = (Choice.HAND, Choice.DOUBT, Choice.GAIN, Choice.ORDER, Choice.RANDOM)


def check_marks(marks: Iterable[Mark], schema: Schema, text: str, where: str) -> None:
    """Hold marks against schema and text, as is done on load, save, import and export; spans, which are many, in place.

    Raises:
        InputError: The first mark that does not fit, with the place named by `where`.
    """
    labels, length = schema.span_labels, len(text)
    for mark in marks:
        if isinstance(mark, Span) and 0 <= mark.start < mark.end <= length and mark.label in labels.get(mark.layer, ()):
            continue
        if problem := schema.problem(mark, text):
            raise InputError(tr("{where}: {problem}", where=where, problem=problem))
