"""Gradient-boosted trees fitted by scikit-learn (the extra `fit`), as the plain arrays that the program runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.propose.boundary_model import Trees

if TYPE_CHECKING:
    import numpy as np

BINS = 63
"""Bins that the values of a column are put into at most."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A matrix of which only the order of the values is left, in bins.

    Trees ask only for the bin, so that one binning does for every fit on the same rows; scikit-learn's own takes a
    quarter of a fit where rows have weights.
    """

    rows: np.ndarray
    """float32 (rows, columns): the number of a value's bin, from 0; nan where a value is missing."""
    edges: Sequence[np.ndarray]
    """For every column float32: where every bin but the last ends, that value included; rising."""

    def some(self, which: np.ndarray) -> Binned:
        """Some of the rows, by a mask or by number."""
        return Binned(self.rows[which], self.edges)


def binned(rows: np.ndarray, most: int = BINS) -> Binned:
    """The matrix in bins.

    Args:
        rows: float32 (rows, columns); nan where a value is missing.
        most: Bins of a column; where it has no more different values every value is a bin of its own.
    """
    import numpy as np

    found = np.full(rows.shape, np.nan, dtype=np.float32)
    edges = []
    for number in range(rows.shape[1]):
        column = rows[:, number]
        there = ~np.isnan(column)
        values = np.sort(column[there])
        distinct = values[np.append(True, values[1:] != values[:-1])] if len(values) else values
        if len(distinct) > most:
            places = np.linspace(0, len(values) - 1, most + 1)[1:-1].astype(np.intp)
            own = np.unique(values[places])
            own = own[own < distinct[-1]]
        else:
            own = (distinct[:-1] + distinct[1:]) / np.float32(2)
        edges.append(own.astype(np.float32))
        found[there, number] = np.searchsorted(edges[-1], column[there])
    return Binned(found, edges)


def trees_of(model: Any, columns: np.ndarray | None = None, edges: Sequence[np.ndarray] | None = None) -> Trees:
    """The trees of a fitted scikit-learn histogram gradient-boosting classifier.

    Args:
        model: The classifier.
        columns: The columns it was fitted on, as indices of the full matrix; all of them when None.
        edges: For every column of the full matrix the edges of its bins, where it was fitted on numbers of bins.
    """
    import numpy as np

    flat = [(column, tree.nodes) for stage in model._predictors for column, tree in enumerate(stage)]  # noqa: SLF001  the trees have no public form
    width = max(len(nodes) for _, nodes in flat)
    shape = (len(flat), width)
    feature, left, right = (np.zeros(shape, np.int16) for _ in range(3))
    threshold, value, missing = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, bool)
    depth = 0
    for number, (_, nodes) in enumerate(flat):
        size, leaf = len(nodes), nodes["is_leaf"].astype(bool)
        own = np.arange(size)
        feature[number, :size] = np.where(
            leaf, 0, nodes["feature_idx"] if columns is None else columns[nodes["feature_idx"]]
        )
        threshold[number, :size] = np.where(leaf, 0.0, nodes["num_threshold"])
        if edges is not None:
            for node in np.flatnonzero(~leaf & np.isfinite(nodes["num_threshold"])):
                # A threshold lies between the numbers of two bins: what goes left ends at the edge of the lower one.
                threshold[number, node] = edges[feature[number, node]][int(threshold[number, node])]
        left[number, :size] = np.where(leaf, own, nodes["left"])
        right[number, :size] = np.where(leaf, own, nodes["right"])
        missing[number, :size] = nodes["missing_go_to_left"].astype(bool)
        value[number, :size] = np.where(leaf, nodes["value"], 0.0)
        depth = max(depth, int(nodes["depth"].max()))
    output = np.array([column for column, _ in flat], np.int16)
    baseline = np.asarray(model._baseline_prediction, np.float32).ravel()  # noqa: SLF001
    return Trees(feature, threshold, left, right, missing, value, output, baseline, depth)


def boosted(
    bins: Binned, target: np.ndarray, weight: np.ndarray, count: int, seed: int, classes: int = 2, **options: Any
) -> Trees:
    """Trees fitted to a target.

    Args:
        bins: The rows. Columns without any value are left out.
        target: bool or int (rows,): the class of every row. Classes that no row has get a chance of next to nothing.
        weight: float (rows,).
        count: Rounds of boosting.
        seed: Of the columns that a node is chosen from.
        classes: How many there are.
        options: Of scikit-learn's histogram gradient boosting, in place of those here.

    Raises:
        AnnotatorError: scikit-learn is missing.
    """
    import numpy as np

    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ImportError:
        raise AnnotatorError(tr("Fitting needs scikit-learn; install it with `pip install annotator[fit]`.")) from None
    settings: dict[str, Any] = {
        "learning_rate": 0.12,
        "max_leaf_nodes": 48,
        "max_depth": 9,
        "min_samples_leaf": 25,
        "l2_regularization": 2.0,
        "max_features": 0.4,
        "max_bins": BINS,
        "early_stopping": False,
    }

    rows = bins.rows
    missing = np.setdiff1d(np.arange(classes), target)
    if len(missing):
        rows = np.vstack([rows, np.full((len(missing), rows.shape[1]), np.nan, rows.dtype)])
        target = np.concatenate([target.astype(int), missing])
        weight = np.concatenate([weight, np.full(len(missing), 1e-3)])
    filled = np.flatnonzero(~np.isnan(rows).all(axis=0))
    model = HistGradientBoostingClassifier(max_iter=count, random_state=seed, **{**settings, **options})
    # One core: on a busy machine threads that wait for each other take longer, and folds are fitted side by side.
    with threadpool_limits(1, "openmp"):
        model.fit(rows[:, filled], target, sample_weight=weight)
    return trees_of(model, filled, bins.edges)
