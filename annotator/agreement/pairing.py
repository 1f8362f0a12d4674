"""The assignment problem on sparse costs: who is paired with whom, so that the sum is least.

scipy has this too, on full tables. Units of a text only meet their neighbours, so that the problem falls apart into
a few units each, and a hundred megabytes need not be installed for it.
"""

from collections.abc import Mapping


def least_cost(costs: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pair rows with columns, each at most once, so that the sum of the costs is least.

    Args:
        costs: Negative costs of the pairs that may be made; a pair not listed is never made.

    Returns:
        The pairs, sorted. A pair is only made where that lowers the sum.
    """
    if len({i for i, _ in costs}) == len(costs) == len({j for _, j in costs}):
        return sorted(costs)
    pairs: list[tuple[int, int]] = []
    for component in _components(costs):
        if len(component) == 1:
            pairs.extend(component)
            continue
        rows = sorted({i for i, _ in component})
        columns = sorted({j for _, j in component})
        table = [[costs.get((i, j), 0.0) for j in columns] for i in rows]
        chosen = _hungarian(table) if len(rows) <= len(columns) else _transposed(table)
        pairs.extend((rows[r], columns[c]) for r, c in chosen if (rows[r], columns[c]) in costs and table[r][c] < 0)
    return sorted(pairs)


def _components(costs: Mapping[tuple[int, int], float]) -> list[list[tuple[int, int]]]:
    leader: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for i, j in costs:
        leader[find(("row", i))] = find(("column", j))
    groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for i, j in costs:
        groups.setdefault(find(("row", i)), []).append((i, j))
    return list(groups.values())


def _transposed(table: list[list[float]]) -> list[tuple[int, int]]:
    turned = [list(column) for column in zip(*table, strict=True)]
    return [(r, c) for c, r in _hungarian(turned)]


def _hungarian(table: list[list[float]]) -> list[tuple[int, int]]:
    """Every row gets a column at the least sum; needs no more rows than columns.

    Source: Kuhn (1955) and Munkres (1957), as shortest augmenting paths with potentials.
    """
    n, m = len(table), len(table[0])
    row_potential, column_potential = [0.0] * (n + 1), [0.0] * (m + 1)
    owner = [0] * (m + 1)
    for row in range(1, n + 1):
        owner[0] = row
        distance = [float("inf")] * (m + 1)
        before = [0] * (m + 1)
        visited = [False] * (m + 1)
        column = 0
        while owner[column]:
            visited[column] = True
            at = owner[column]
            nearest, step = 0, float("inf")
            for j in range(1, m + 1):
                if visited[j]:
                    continue
                reduced = table[at - 1][j - 1] - row_potential[at] - column_potential[j]
                if reduced < distance[j]:
                    distance[j], before[j] = reduced, column
                if distance[j] < step:
                    nearest, step = j, distance[j]
            for j in range(m + 1):
                if visited[j]:
                    row_potential[owner[j]] += step
                    column_potential[j] -= step
                else:
                    distance[j] -= step
            column = nearest
        while column:
            owner[column] = owner[before[column]]
            column = before[column]
    return [(owner[j] - 1, j - 1) for j in range(1, m + 1) if owner[j]]
