"""Gradient-boosted trees fitted by scikit-learn (the extra `fit`), as the plain arrays that the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.core.errors import AnnotatorError
from annotator.core.words import tr
from annotator.propose.boundary_model import Trees

if TYPE_CHECKING:
    import numpy as np


def trees_of(model: Any, columns: np.ndarray | None = None) -> Trees:
    """The trees of a fitted scikit-learn histogram gradient-boosting classifier.

    Args:
        model: The classifier.
        columns: The columns it was fitted on, as indices of the full matrix; all of them when None.
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
        left[number, :size] = np.where(leaf, own, nodes["left"])
        right[number, :size] = np.where(leaf, own, nodes["right"])
        missing[number, :size] = nodes["missing_go_to_left"].astype(bool)
        value[number, :size] = np.where(leaf, nodes["value"], 0.0)
        depth = max(depth, int(nodes["depth"].max()))
    output = np.array([column for column, _ in flat], np.int16)
    baseline = np.asarray(model._baseline_prediction, np.float32).ravel()  # noqa: SLF001
    return Trees(feature, threshold, left, right, missing, value, output, baseline, depth)


def boosted(
    rows: np.ndarray, target: np.ndarray, weight: np.ndarray, count: int, seed: int, classes: int = 2, **options: Any
) -> Trees:
    """Trees fitted to a target.

    Args:
        rows: float32 (rows, columns); nan where a value is missing. Columns without any value are left out.
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
        "max_bins": 63,
        "early_stopping": False,
    }

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
    return trees_of(model, filled)
