"""Model files: numbers only, checked before they are used."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from annotator.core.errors import InputError
from annotator.propose.boundaries import read_model, shipped_model_path
from annotator.propose.boundary_model import FORMAT, Trees, calibrated

SHIPPED = shipped_model_path()


def stump() -> Trees:
    """One tree: 1.0 where column 1 is at most 0.5 or missing, else -1.0."""
    return Trees(
        feature=np.array([[1, 0, 0]], np.int16),
        threshold=np.array([[0.5, 0, 0]], np.float32),
        left=np.array([[1, 1, 2]], np.int16),
        right=np.array([[2, 1, 2]], np.int16),
        missing_left=np.array([[True, False, False]]),
        value=np.array([[0, 1, -1]], np.float32),
        output=np.array([0], np.int16),
        baseline=np.array([0.0], np.float32),
        depth=1,
    )


def test_a_tree_sends_values_and_gaps_where_it_was_told() -> None:
    rows = np.array([[0, 0.5], [0, 0.6], [0, np.nan]], np.float32)
    assert stump().raw(rows)[:, 0].tolist() == [1.0, -1.0, 1.0]
    assert stump().probabilities(rows)[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_many_rows_are_done_in_parts_with_the_same_result() -> None:
    rows = np.random.default_rng(0).normal(size=(1500, 2)).astype(np.float32)
    whole = stump().raw(rows)
    assert (whole == np.vstack([stump().raw(rows[i : i + 1]) for i in range(len(rows))])).all()


def test_calibration_goes_between_the_points_of_its_curve() -> None:
    curve = np.array([[0.0, 1.0], [0.2, 0.8]], np.float32)
    assert calibrated(curve, 0.5) == pytest.approx(0.5)
    assert calibrated(curve, 1.0) == pytest.approx(0.8)


def rewritten(tmp_path: Path, **changed: np.ndarray | None) -> Path:
    """The shipped model with some arrays replaced, or taken out where None."""
    path = tmp_path / "changed.npz"
    with np.load(SHIPPED, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays.update({name: array for name, array in changed.items() if array is not None})
    np.savez(path, **{name: array for name, array in arrays.items() if changed.get(name, 0) is not None})
    return path


def card(**changed: object) -> np.ndarray:
    with np.load(SHIPPED, allow_pickle=False) as stored:
        value = json.loads(stored["card"].tobytes())
    return np.frombuffer(json.dumps({**value, **changed}).encode(), np.uint8)


def test_the_shipped_model_is_small_and_says_what_it_is() -> None:
    model = read_model(SHIPPED)
    assert SHIPPED.stat().st_size < 5_000_000
    assert model.card["format"] == FORMAT
    assert model.card["training"]["articles"] > 100
    assert model.card["quality"]["figures"]["all"]["f1"] > 0.9
    assert model.version


def test_the_shipped_model_holds_no_pickle() -> None:
    with zipfile.ZipFile(SHIPPED) as archive:
        for name in archive.namelist():
            assert np.lib.format.read_magic(io.BytesIO(archive.read(name)))
            np.load(io.BytesIO(archive.read(name)), allow_pickle=False)


def test_saving_a_model_gives_the_file_it_was_read_from(tmp_path: Path) -> None:
    read_model(SHIPPED).save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("lead_words", np.zeros(3, np.float32)),
        ("calibration", np.zeros(5, np.float32)),
        ("opens.left", np.full((2, 2), 99, np.int16)),
        ("kinds.feature", None),
        ("card", np.frombuffer(b"[1]", np.uint8)),
        ("card", np.frombuffer(b"\xff", np.uint8)),
        ("lead_traits", np.array([{"a": 1}], dtype=object)),
    ],
)
def test_a_damaged_model_is_refused_in_one_sentence(tmp_path: Path, name: str, array: np.ndarray | None) -> None:
    with pytest.raises(InputError, match=r"changed\.npz is not a boundary model"):
        read_model(rewritten(tmp_path, **{name: array}))


def test_a_tree_that_looks_at_a_column_there_is_not_is_refused(tmp_path: Path) -> None:
    with np.load(SHIPPED, allow_pickle=False) as stored:
        feature = stored["opens.feature"].copy()
    feature[0, 0] = 30_000
    with pytest.raises(InputError, match="not a boundary model"):
        read_model(rewritten(tmp_path, **{"opens.feature": feature}))


def test_a_model_of_other_features_asks_to_be_fitted_again(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fit-boundaries"):
        read_model(rewritten(tmp_path, card=card(features=["height"])))


@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04 not a zip", b"x" * 2000])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(contents)
    with pytest.raises(InputError, match="not a boundary model"):
        read_model(path)


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.npz"):
        read_model(tmp_path / "gone.npz")


def test_a_file_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("card.npy", b"\0" * 210_000_000)
    with pytest.raises(InputError, match="unpacks to more"):
        read_model(path)
