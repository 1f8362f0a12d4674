"""The fitted boundary model as plain numbers, run in NumPy.

A model file is an `.npz` of arrays without pickled objects, with one JSON text in it (`card`): format, version, feature
list, training data and measured quality.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.errors import InputError
from annotator.core.words import tr
from annotator.propose.lead import WORDS, LeadScorer
from annotator.propose.lead_traits import TRAITS

if TYPE_CHECKING:
    import numpy as np

FORMAT = "annotator-boundaries/1"
LARGEST_FILE = 50_000_000
"""Bytes of the largest model file that is opened."""
_PLAIN = ("lead_words", "lead_traits", "calibration", "kind_calibration")
LARGEST_ARRAY = 200_000_000
"""Bytes of all arrays of a model together, once unpacked."""


_ROWS = 256
"""Rows that go through the trees at once: bounds the memory that a long page takes."""


@dataclass(frozen=True, slots=True)
class _Paths:
    """All nodes of all trees in one row, each tree's root first; trees of the same output stand together."""

    columns: np.ndarray
    """The columns of a row that any node looks at."""
    feature: np.ndarray
    """Where a node looks among them; behind the last of them they come again, with -inf where a value is missing."""
    threshold: np.ndarray
    child: np.ndarray
    """Where a node leads on the left; on the right it leads to the place after it. A leaf leads to itself."""
    value: np.ndarray
    edges: np.ndarray
    """The first tree of every output."""


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees; one column of output per class (one column when there are two classes)."""

    feature: np.ndarray
    """int16 (trees, nodes): the column a node looks at."""
    threshold: np.ndarray
    """float32 (trees, nodes): values up to it go left."""
    left: np.ndarray
    right: np.ndarray
    """int16 (trees, nodes): the next node; a leaf points at itself."""
    missing_left: np.ndarray
    """bool (trees, nodes): whether a missing value goes left."""
    value: np.ndarray
    """float32 (trees, nodes): what a leaf adds."""
    output: np.ndarray
    """int16 (trees,): the column a tree adds to."""
    baseline: np.ndarray
    """float32 (columns,): what every row starts from."""
    depth: int

    def raw(self, rows: np.ndarray) -> np.ndarray:
        """Sums before the link function, of shape (rows, columns)."""
        import numpy as np

        paths, count = self._paths, len(rows)
        total = np.repeat(self.baseline[None, :].astype(np.float64), count, axis=0)
        for begin in range(0, count, _ROWS):
            seen = rows[begin : begin + _ROWS, paths.columns]
            size = len(seen)
            flat = np.hstack([seen, np.where(np.isnan(seen), -np.inf, seen)]).ravel()
            offsets = (np.arange(size) * (2 * seen.shape[1]))[:, None]
            node = np.repeat(np.arange(len(self.output))[None, :], size, axis=0)
            for _ in range(self.depth):
                place = paths.feature.take(node)
                place += offsets
                goes_left = flat.take(place) <= paths.threshold.take(node)
                node = paths.child.take(node)
                node += ~goes_left
            total[begin : begin + size] += np.add.reduceat(paths.value.take(node), paths.edges, axis=1)
        return total

    @cached_property
    def _paths(self) -> _Paths:
        """The same trees laid out for `raw`."""
        import numpy as np

        order = np.argsort(self.output, kind="stable")
        feature, left, right = self.feature[order], self.left[order], self.right[order]
        trees, width = feature.shape
        inner = left != np.arange(width)
        reached = np.zeros((trees, width), bool)
        reached[:, 0] = True
        for _ in range(self.depth):
            for side in (left, right):
                tree, node = np.nonzero(reached & inner)
                reached[tree, side[tree, node]] = True
        inner &= reached
        tree, node = np.nonzero(inner)
        first_child = trees + 2 * np.arange(len(tree))
        place = np.zeros((trees, width), np.intp)
        place[tree, left[tree, node]] = first_child
        place[tree, right[tree, node]] = first_child + 1
        place[:, 0] = np.arange(trees)
        columns, used = np.unique(np.append(feature[inner], 0), return_inverse=True)
        count = trees + 2 * len(tree)
        # A leaf asks whether a value that is never missing is at most infinite, and stays where it is.
        found = _Paths(
            columns=columns,
            feature=np.full(count, len(columns), np.intp),
            threshold=np.full(count, np.inf, np.float32),
            child=np.arange(count),
            value=np.zeros(count, np.float32),
            edges=np.searchsorted(self.output[order], np.arange(len(self.baseline))),
        )
        here = place[inner]
        found.feature[here] = used[:-1] + np.where(self.missing_left[order][inner], len(columns), 0)
        found.threshold[here] = self.threshold[order][inner]
        found.child[here] = first_child
        found.value[place[reached]] = self.value[order][reached]
        return found

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Shape (rows, columns): chances of the classes, or of the second class where there is one column."""
        import numpy as np

        raw = self.raw(rows)
        if raw.shape[1] == 1:
            return np.asarray(1.0 / (1.0 + np.exp(-raw)))
        raw -= raw.max(axis=1, keepdims=True)
        power = np.exp(raw)
        return np.asarray(power / power.sum(axis=1, keepdims=True))

    def arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """What is stored, by name."""
        import numpy as np

        named = ("feature", "threshold", "left", "right", "missing_left", "value", "output", "baseline")
        found = {f"{prefix}.{name}": getattr(self, name) for name in named}
        return {**found, f"{prefix}.depth": np.array(self.depth)}

    @classmethod
    def read(cls, arrays: Mapping[str, np.ndarray], prefix: str, columns: int) -> Trees:
        """Trees from stored arrays; KeyError or ValueError when they do not fit together."""
        named = {
            name: arrays[f"{prefix}.{name}"]
            for name in ("feature", "threshold", "left", "right", "missing_left", "value")
        }
        shape = named["feature"].shape
        if len(shape) != 2 or any(array.shape != shape for array in named.values()):
            raise ValueError(prefix)
        output, baseline = arrays[f"{prefix}.output"], arrays[f"{prefix}.baseline"]
        inside = all(int(named[side].min()) >= 0 and int(named[side].max()) < shape[1] for side in ("left", "right"))
        if (
            not inside
            or output.shape != shape[:1]
            or int(named["feature"].max()) >= columns
            or int(named["feature"].min()) < 0
        ):
            raise ValueError(prefix)
        if int(output.min()) < 0 or int(output.max()) >= len(baseline):
            raise ValueError(prefix)
        return cls(
            **named, output=output, baseline=baseline, depth=min(64, int(arrays[f"{prefix}.depth"].reshape(-1)[0]))
        )


def calibrated(curve: np.ndarray, chance: float) -> float:
    """The share of proposals that were right where the model gave this chance, between the points of the curve."""
    import numpy as np

    return float(np.interp(chance, curve[0], curve[1]))


@dataclass(frozen=True)
class BoundaryModel:
    """Everything that was fitted."""

    card: Mapping[str, Any]
    lead_words: np.ndarray
    """float32 (WORDS + 1,): as in `LeadScorer`."""
    lead_traits: np.ndarray
    """float32 (2, len(TRAITS) + 1): as in `LeadScorer`."""
    calibration: np.ndarray
    """float32 (2, points): decoded chance of a boundary and the share right there, both rising."""
    kind_calibration: np.ndarray
    first_opens: Trees
    first_kinds: Trees
    opens: Trees
    kinds: Trees
    cuts: Trees

    @cached_property
    def lead(self) -> LeadScorer:
        """What says how much a paragraph reads like the first of its article."""
        return LeadScorer(self.lead_words, self.lead_traits)

    @property
    def version(self) -> str:
        """The version that proposals name."""
        return str(self.card.get("version", "0"))

    def save(self, path: Path) -> None:
        """Write the model; the same model gives the same bytes."""
        import io

        import numpy as np

        arrays = {name: getattr(self, name) for name in _PLAIN}
        for name in ("first_opens", "first_kinds", "opens", "kinds", "cuts"):
            arrays.update(getattr(self, name).arrays(name))
        text = json.dumps(dict(self.card), ensure_ascii=False, sort_keys=True, indent=1)
        arrays["card"] = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".part")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name in sorted(arrays):
                data = io.BytesIO()
                np.lib.format.write_array(data, np.ascontiguousarray(arrays[name]), allow_pickle=False)
                archive.writestr(
                    zipfile.ZipInfo(f"{name}.npy", (2000, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED
                )
        partial.replace(path)


def load_model(
    path: Path, features: Sequence[str], second_features: Sequence[str], cut_features: Sequence[str]
) -> BoundaryModel:
    """Read a model file.

    Args:
        path: An `.npz` written by `BoundaryModel.save`.
        features: Columns that this program computes for the first pass.
        second_features: The same for the second pass.
        cut_features: The same for cuts inside a line.

    Raises:
        InputError: The file cannot be read, is no such model, is too large, or was fitted on other features.
    """
    import numpy as np

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(tr("{path} is larger than a boundary model can be; it was not opened.", path=path))
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_ARRAY:
                raise InputError(
                    tr("{path} unpacks to more than a boundary model can be; it was not opened.", path=path)
                )
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        card = json.loads(arrays["card"].tobytes().decode("utf-8"))
        if card.get("format") != FORMAT:
            raise ValueError("format")
        wanted = (list(features), list(second_features), list(cut_features))
        if (card["features"], card["second_features"], card["cut_features"]) != wanted:
            raise InputError(
                tr(
                    "{path} was fitted on other features than this version computes; run `fit-boundaries` again.",
                    path=path,
                )
            )
        if arrays["lead_words"].shape != (WORDS + 1,) or arrays["lead_traits"].shape != (2, len(TRAITS) + 1):
            raise ValueError("lead")
        if any(arrays[name].ndim != 2 or arrays[name].shape[0] != 2 for name in _PLAIN[2:]):
            raise ValueError("calibration")
        trees: dict[str, Any] = {
            "first_opens": Trees.read(arrays, "first_opens", len(features)),
            "first_kinds": Trees.read(arrays, "first_kinds", len(features)),
            "opens": Trees.read(arrays, "opens", len(features) + len(second_features)),
            "kinds": Trees.read(arrays, "kinds", len(features) + len(second_features)),
            "cuts": Trees.read(arrays, "cuts", len(cut_features)),
        }
        plain: dict[str, Any] = {name: arrays[name] for name in _PLAIN}
        return BoundaryModel(card=card, **plain, **trees)
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}.", path=path, why=error.strerror or error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(tr("{path} is not a boundary model ({why}).", path=path, why=error)) from None
