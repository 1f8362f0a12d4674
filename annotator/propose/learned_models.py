"""Models learned from a corpus: a folder beside the corpus file, with a history, one of them in use."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from annotator.core.errors import InputError
from annotator.core.words import tr

_HISTORY = "history.json"
_MAX_HISTORY = 10_000_000


class Learns(StrEnum):
    """What can be learned from a corpus."""

    BOUNDARIES = "boundaries"
    ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """One attempt to learn: what it was made from and what it was worth."""

    number: int
    kind: str
    """What it proposes: "entities" or "boundaries"."""
    path: str
    """The model inside the folder; empty when it was not kept."""
    pages: int
    """Finished pages it was made from."""
    before: float
    """F1 of what was in use, on pages that it was not made from, by cross-validation."""
    after: float
    """F1 of what was learned, on the same pages."""
    low: float
    """Low end of the 95 % interval of the gain."""
    high: float
    """High end of the 95 % interval of the gain."""
    seed: int
    kept: bool

    @property
    def gain(self) -> float:
        """F1 after less F1 before."""
        return self.after - self.before


def models_folder(corpus: Path) -> Path:
    """Where the models of a corpus file lie: beside it, under its name."""
    return corpus.with_name(f"{corpus.stem}.models")


class ModelFolder:
    """The models of one corpus. A model goes into use when it is added, and out of use again by `go_back`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def history(self) -> list[LearnedModel]:
        """Every attempt, the first one first.

        Raises:
            InputError: The history cannot be read.
        """
        return [LearnedModel(**row) for row in self._read()["models"]]

    def in_use(self, kind: str) -> Path | None:
        """The model of that kind that is in use; None for the one that comes with the program.

        Raises:
            InputError: The history cannot be read.
        """
        number = self._read()["in_use"].get(kind)
        row = next((row for row in self.history() if row.number == number), None)
        return self.path / row.path if row is not None and (self.path / row.path).exists() else None

    def add(self, attempt: LearnedModel, write: Callable[[Path], None] | None = None) -> LearnedModel:
        """Note an attempt and, when it was kept, store its model and put it into use.

        Args:
            attempt: What was learned; number and path are given here.
            write: Writes the model to the path it is called with. Half a model is never left in place.

        Raises:
            InputError: The folder cannot be written.
        """
        data = self._read()
        number = 1 + max((row["number"] for row in data["models"]), default=0)
        name = f"{attempt.kind}-{number:04}" if attempt.kept else ""
        attempt = replace(attempt, number=number, path=name)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if attempt.kept and write is not None:
                part = self.path / f"{name}.part"
                _remove(part)
                write(part)
                part.rename(self.path / name)
                data["in_use"][attempt.kind] = number
            data["models"].append(asdict(attempt))
            self._write(data)
        except OSError as error:
            raise InputError(tr("{path}: {reason}.", path=self.path, reason=error.strerror or error)) from None
        return attempt

    def go_back(self, kind: str) -> Path | None:
        """Put the model before the one in use into use again; None when that is the one that comes with the program.

        Raises:
            InputError: Nothing learned is in use, or the folder cannot be written.
        """
        data = self._read()
        current = data["in_use"].get(kind)
        if current is None:
            raise InputError(tr("Nothing learned is in use, so there is nothing to go back from."))
        earlier = [row.number for row in self.history() if row.kind == kind and row.kept and row.number < current]
        data["in_use"][kind] = earlier[-1] if earlier else None
        try:
            self._write(data)
        except OSError as error:
            raise InputError(tr("{path}: {reason}.", path=self.path, reason=error.strerror or error)) from None
        return self.in_use(kind)

    def _read(self) -> dict[str, Any]:
        file = self.path / _HISTORY
        if not file.exists():
            return {"version": 1, "models": [], "in_use": {}}
        try:
            if file.stat().st_size > _MAX_HISTORY:
                raise ValueError(tr("it is too large"))
            data = json.loads(file.read_text(encoding="utf-8"))
            if data["version"] != 1:
                raise ValueError(tr("its version is not 1"))
            for row in data["models"]:
                LearnedModel(**row)
            dict(data["in_use"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            text = "{path} cannot be read ({reason}); move the folder away to start anew."
            raise InputError(tr(text, path=file, reason=error)) from None
        return dict(data)

    def _write(self, data: dict[str, Any]) -> None:
        part = self.path / f"{_HISTORY}.part"
        part.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(self.path / _HISTORY)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
