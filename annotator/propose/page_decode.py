"""One decision for a whole page, from what the second pass says of its paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.propose.boundary_model import BoundaryModel
from annotator.propose.lines import Paragraph
from annotator.propose.looks import Look, looks_of
from annotator.propose.page_context import context_matrix
from annotator.propose.page_features import fill_lead, page_matrix
from annotator.propose.page_proposal import KINDS

if TYPE_CHECKING:
    import numpy as np


@dataclass(slots=True)
class Reading:
    """What the model says of every paragraph of a page."""

    looks: list[Look]
    leads: list[float]
    opens: np.ndarray
    """Chance that an article starts there; 1 for the first paragraph."""
    kinds: np.ndarray
    """Chances of KINDS; shape (paragraphs, len(KINDS))."""


def read_page(page: Sequence[Paragraph], model: BoundaryModel) -> Reading:
    """Both passes over a page."""
    import numpy as np

    looks = looks_of(page)
    leads = [model.lead_score(look.text, len(look.full), len(look.singles)) for look in looks]
    matrix = page_matrix(looks)
    fill_lead(matrix, leads)
    opens = model.first_opens.probabilities(matrix)[:, 0]
    kinds = model.first_kinds.probabilities(matrix)
    wide = np.hstack([matrix, context_matrix(looks, opens, kinds, leads)])
    opens = model.opens.probabilities(wide)[:, 0]
    opens[0] = 1.0
    return Reading(looks, leads, opens, model.kinds.probabilities(wide))


def decide(reading: Reading) -> tuple[list[int], list[int]]:
    """Paragraphs at which an article starts, the first included, and the kind of every paragraph as an index."""
    kinds = reading.kinds.argmax(axis=1)
    starts = [0]
    boilerplate = KINDS.index("boilerplate")
    for i in range(1, len(kinds)):
        if reading.opens[i] >= 0.5 and kinds[i] != boilerplate:
            starts.append(i)
    return starts, [int(k) for k in kinds]
