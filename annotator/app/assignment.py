"""Who labels which page: planned so that everyone has as much to do, and enough pages are labelled more than once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import blake2b
from itertools import combinations

from annotator.core.errors import InputError
from annotator.core.record import GOLD
from annotator.core.words import tr


class Method(StrEnum):
    """How annotators are chosen among those who have least to do."""

    RANDOM = "random"
    ROUND_ROBIN = "round-robin"


def plan(
    documents: Iterable[str],
    annotators: Sequence[str],
    overlap: float = 1.0,
    per_document: int = 2,
    seed: int = 0,
    method: Method = Method.RANDOM,
    *,
    already: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Give documents to annotators.

    The same call gives the same plan. A document is given away by what came before it only, so that documents added
    at the end leave the plan of the others as it is; with `already`, documents added anywhere do.

    Args:
        documents: Ids, in the order of the corpus.
        annotators: Their order decides ties in a round robin, and nothing when drawn at random.
        overlap: Share of the documents that more than one annotator gets, from 0.0 to 1.0; of any first n documents,
            as near to this as a whole number can be.
        per_document: How many annotators those documents get. The others get one.
        seed: Of the draws; also says which documents are those with more than one annotator.
        method: How ties are broken.
        already: Pairs given away before. Their documents are left out of the plan, and count as work.

    Returns:
        Pairs of document and annotator, in the order of the documents. No annotator has more than one document more
        than another, beyond what `already` holds; pairs of annotators share as many documents, as far as can be.

    Raises:
        InputError: There are fewer annotators than one document needs, or a number is out of range.
    """
    _check(annotators, overlap, per_document)
    names = sorted(annotators) if method is Method.RANDOM else list(annotators)
    load: Counter[str] = Counter()
    shared: Counter[tuple[str, ...]] = Counter()
    given: dict[str, list[str]] = {}
    for document, annotator in already:
        given.setdefault(document, []).append(annotator)
        load[annotator] += 1
    for group in given.values():
        shared.update(combinations(sorted(group), 2))
    phase = _draw(seed, "phase")
    found: list[tuple[str, str]] = []
    for n, document in enumerate(documents):
        if document in given:
            continue
        several = int((n + 1) * overlap + phase) > int(n * overlap + phase)
        chosen: list[str] = []
        for _ in range(per_document if several else 1):
            rest = [name for name in names if name not in chosen]
            chosen.append(
                min(
                    rest,
                    key=lambda name: (
                        load[name],
                        sum(shared[tuple(sorted((name, other)))] for other in chosen),
                        _draw(seed, document, name) if method is Method.RANDOM else 0.0,
                    ),
                )
            )
        for name in chosen:
            load[name] += 1
        shared.update(combinations(sorted(chosen), 2))
        found.extend((document, name) for name in chosen)
    return found


def _check(annotators: Sequence[str], overlap: float, per_document: int) -> None:
    if len(set(annotators)) != len(annotators):
        raise InputError(tr("An annotator is named twice."))
    if GOLD in annotators:
        raise InputError(tr("“{name}” is the name of gold and cannot be given pages.", name=GOLD))
    if not 0.0 <= overlap <= 1.0:
        raise InputError(tr("The overlap is a share from 0 to 1; it is {overlap}.", overlap=overlap))
    if per_document < 1:
        raise InputError(tr("A page needs one annotator at least; {n} were asked for.", n=per_document))
    if len(annotators) < (per_document if overlap else 1):
        raise InputError(
            tr(
                "{n} annotators a page were asked for, and there are {have}: name more, or ask for fewer.",
                n=per_document,
                have=len(annotators),
            )
        )


def _draw(*of: object) -> float:
    """A number from 0 up to 1 that depends on what it is drawn for only."""
    drawn = blake2b(repr(of).encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") / 2**64
