"""Entities by a GLiNER model in a folder, asked for the labels of the schema. Needs the package gliner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Layer, Schema
from annotator.core.words import tr
from annotator.propose.consistency import Entity, tidy_edges
from annotator.propose.entities import entity_layer, pieces, within_line
from annotator.propose.hugging_face import local_folder

LONGEST_PIECE = 1_200
"""Code points given to the model at once; it reads 384 words."""
THRESHOLD = 0.3
"""Score under which the model gives nothing."""


class GlinerProposer:
    """Proposes what a GLiNER model finds for the labels of the schema, also labels that no pipeline was trained on."""

    def __init__(
        self, folder: Path, *, layer: str | None = None, threshold: float = THRESHOLD, name: str = "gliner"
    ) -> None:
        """Looks for the model; loads nothing yet.

        Args:
            folder: Folder with the files of the model.
            layer: Span layer; the first of the schema when None.
            threshold: Score under which nothing is proposed.
            name: What the proposals name as their proposer.

        Raises:
            InputError: The folder holds no model.
        """
        self.name = name
        self._folder = local_folder(folder, "GLiNER")
        self.version = f"{folder.resolve().name}, from {threshold}"
        self._layer = layer
        self._threshold = threshold
        self._model: Any = None

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """The entities of each document with the scores that the model gives.

        Raises:
            InputError: The package is not installed, or the model cannot be loaded.
        """
        layer = entity_layer(schema, self._layer)
        for document in documents:
            yield tuple(self._on_page(document, layer)) if layer is not None else ()

    def _on_page(self, document: Document, layer: Layer) -> Iterator[Proposal]:
        model = self._load()
        names = {label.shown.lower(): label.name for label in layer.labels}
        found: list[Entity] = []
        for piece in pieces(document, LONGEST_PIECE):
            rows = model.predict_entities(piece.text, list(names), threshold=self._threshold, flat_ner=True)
            for row in sorted(rows, key=lambda row: (row["start"], -row["end"])):
                entity = Entity(int(row["start"]), int(row["end"]), names[row["label"]], float(row["score"]))
                found += within_line(piece.text, entity, piece.offset)
        for entity in tidy_edges(document.text, found):
            mark = Span(entity.start, entity.end, layer.name, entity.label)
            yield Proposal(mark, entity.chance, "", self.name)

    def _load(self) -> Any:
        if self._model is None:
            try:
                gliner = import_module("gliner")
            except ImportError as error:
                text = "A GLiNER model needs the package gliner ({reason}): pip install gliner."
                raise InputError(tr(text, reason=error)) from None
            if not (self._folder / "model.safetensors").is_file():
                text = (
                    "{folder} has no model.safetensors; other weights are not read. Where you trust the model, GLiNER "
                    "writes it: `save_pretrained(folder, safe_serialization=True)`."
                )
                raise InputError(tr(text, folder=self._folder))
            try:
                self._model = gliner.GLiNER.from_pretrained(str(self._folder), local_files_only=True)
            except (OSError, ValueError, KeyError, RuntimeError) as error:
                reason = str(error).strip().split("\n", 1)[0].rstrip(".")
                text = "{folder} cannot be loaded as a GLiNER model: {reason}."
                raise InputError(tr(text, folder=self._folder, reason=reason)) from None
        return self._model
