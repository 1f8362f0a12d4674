"""The assignment problem on sparse costs: who is paired with whom, so that the sum is least.

scipy has this too, on full tables. Units of a text only meet their neighbours, so that a search that follows the few
pairs there are ends soon, and a hundred megabytes need not be installed for it.
"""

from collections.abc import Mapping
from heapq import heappop, heappush


def least_cost(costs: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pair rows with columns, each at most once, so that the sum of the costs is least.

    Args:
        costs: Negative costs of the pairs that may be made; a pair not listed is never made.

    Returns:
        The pairs, sorted. A pair is only made where that lowers the sum.

    Source: Jonker and Volgenant (1987), Computing 38, as shortest augmenting paths on a sparse graph.
    """
    if len({i for i, _ in costs}) == len(costs) == len({j for _, j in costs}):
        return sorted(costs)
    columns: dict[int, list[tuple[int, float]]] = {}
    for (i, j), cost in costs.items():
        columns.setdefault(i, []).append((j, cost))
    for i, own in columns.items():
        # A column of its own at no cost, below zero where no true column is: the row stays alone.
        own.append((-1 - i, 0.0))
    state = _Assignment(columns)
    for row in columns:
        state.assign(row)
    return sorted((row, column) for column, row in state.owner.items() if column >= 0)


class _Assignment:
    def __init__(self, columns: Mapping[int, list[tuple[int, float]]]) -> None:
        self.owner: dict[int, int] = {}
        self._columns = columns
        self._column_of: dict[int, int] = {}
        self._row_price: dict[int, float] = {}
        self._column_price: dict[int, float] = {}

    def assign(self, row: int) -> None:
        """Give one more row a column, along the cheapest path of rows that move to another column."""
        price = self._column_price
        self._row_price[row] = min(cost - price.get(j, 0.0) for j, cost in self._columns[row])
        distance: dict[int, float] = {}
        reached_from: dict[int, int] = {}
        closed: set[int] = set()
        waiting: list[tuple[float, int]] = []
        at, so_far = row, 0.0
        while True:
            for j, cost in self._columns[at]:
                if j not in closed:
                    far = so_far + cost - self._row_price[at] - price.get(j, 0.0)
                    if far < distance.get(j, float("inf")):
                        distance[j], reached_from[j] = far, at
                        heappush(waiting, (far, j))
            so_far, column = heappop(waiting)
            while column in closed:
                so_far, column = heappop(waiting)
            closed.add(column)
            if column not in self.owner:
                break
            at = self.owner[column]
        self._row_price[row] += so_far
        for j in closed:
            if j != column:
                self._row_price[self.owner[j]] += so_far - distance[j]
                price[j] = price.get(j, 0.0) - (so_far - distance[j])
        at = -1
        while at != row:
            at = reached_from[column]
            before = self._column_of.get(at)
            self.owner[column], self._column_of[at] = at, column
            if before is not None:
                column = before
