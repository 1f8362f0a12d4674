"""In which order pages are best annotated, each with how it was chosen."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from annotator.core.annotation import Choice
from annotator.store.documents import Summary

RANDOM_SHARE = 0.2
"""Share of the pages of an order by gain that are drawn at random, so that what is annotated says something of all."""
SHORTEST = 1000
"""Code points that a page counts for at least: a short page takes its time too."""


def expected_gain(item: Summary) -> float:
    """Proposals of a page that are expected to be wrong, per 1,000 code points: what time spent there would tell."""
    return 1000 * item.doubt / max(SHORTEST, item.length)


def shuffled(items: Iterable[Summary], seed: int) -> list[Summary]:
    """The items in a random order, in which the place of one does not depend on which others there are."""
    salt = str(seed).encode()
    return sorted(items, key=lambda item: blake2b(item.id.encode(), key=salt, digest_size=8).digest())


def by_gain(
    items: Sequence[Summary], *, chosen: Mapping[Choice, int], seed: int = 0, random_share: float = RANDOM_SHARE
) -> list[tuple[Summary, Choice]]:
    """The items in the order in which they are best annotated, each with how it was chosen: by gain or at random.

    Args:
        items: Pages that are left.
        chosen: How many pages were chosen each way before, so that the share holds however often the order is made.
        seed: Seed of the random draw.
        random_share: Share of the places, 0.0 to 1.0, that go to pages drawn at random from those that are left.
    """
    best = sorted(items, key=lambda item: (-expected_gain(item), item.id))
    orders = {Choice.GAIN: iter(best), Choice.RANDOM: iter(shuffled(items, seed))}
    drawn = chosen.get(Choice.RANDOM, 0)
    places = drawn + chosen.get(Choice.GAIN, 0)
    taken: set[str] = set()
    found: list[tuple[Summary, Choice]] = []
    for _ in items:
        places += 1
        choice = Choice.RANDOM if drawn + 1 <= random_share * places else Choice.GAIN
        drawn += choice is Choice.RANDOM
        item = next(item for item in orders[choice] if item.id not in taken)
        taken.add(item.id)
        found.append((item, choice))
    return found
