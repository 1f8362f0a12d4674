"""Entities by a Hugging Face token-classification model in a folder. Needs the packages torch and transformers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from annotator.core.document import Document
from annotator.core.errors import InputError
from annotator.core.marks import Span
from annotator.core.proposal import Proposal
from annotator.core.schema import Schema
from annotator.core.words import tr
from annotator.propose.consistency import Entity, reason_for, tidy_edges
from annotator.propose.entities import entity_layer, pieces, within_line

LONGEST_PIECE = 1_000
"""Code points given to the model at once; 512 word pieces hold about 2,000 of English."""


def local_folder(folder: Path, package: str) -> Path:
    """The folder, if it holds a model.

    Raises:
        InputError: It does not.
    """
    if not (folder / "config.json").is_file() and not (folder / "gliner_config.json").is_file():
        text = "{folder} holds no model: there is no config file. Name a folder with the files of a {package} model."
        raise InputError(tr(text, folder=folder, package=package))
    return folder


class TokenClassificationProposer:
    """Proposes what a token-classification model finds. Reads local files only, never code and never pickles."""

    def __init__(self, folder: Path, *, layer: str | None = None, name: str = "hugging_face") -> None:
        """Looks for the model; loads nothing yet.

        Args:
            folder: Folder with `config.json`, weights in safetensors and a fast tokenizer.
            layer: Span layer; the first of the schema when None.
            name: What the proposals name as their proposer.

        Raises:
            InputError: The folder holds no model.
        """
        self.name = name
        self._folder = local_folder(folder, "transformers")
        self.version = folder.resolve().name
        self._layer = layer
        self._pipeline: Any = None

    def propose(self, documents: Iterable[Document], schema: Schema) -> Iterator[Sequence[Proposal]]:
        """The entities of each document; the score is the mean chance that the model gives the tokens' labels.

        Raises:
            InputError: The packages are not installed, or the model cannot be loaded.
        """
        layer = entity_layer(schema, self._layer)
        for document in documents:
            found: list[Proposal] = []
            for entity in self._entities(document) if layer is not None else ():
                label = layer.map_label(entity.label) if layer is not None else None
                if layer is not None and label is not None:
                    mark = Span(entity.start, entity.end, layer.name, label)
                    found.append(Proposal(mark, entity.chance, reason_for(entity), self.name))
            yield tuple(found)

    def _entities(self, document: Document) -> list[Entity]:
        model = self._load()
        found: list[Entity] = []
        for piece in pieces(document, LONGEST_PIECE):
            for row in model(piece.text) if piece.text.strip() else ():
                chance = min(1.0, max(0.0, float(row["score"])))
                entity = Entity(int(row["start"]), int(row["end"]), str(row["entity_group"]), chance)
                found += within_line(piece.text, entity, piece.offset)
        return tidy_edges(document.text, found)

    def _load(self) -> Any:
        if self._pipeline is None:
            try:
                transformers = import_module("transformers")
                import_module("torch")
            except ImportError as error:
                text = "A Hugging Face model needs the packages torch and transformers ({reason}): pip install both."
                raise InputError(tr(text, reason=error)) from None
            transformers.utils.logging.disable_progress_bar()
            try:
                tokenizer = transformers.AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True)
                model = transformers.AutoModelForTokenClassification.from_pretrained(
                    str(self._folder), local_files_only=True, use_safetensors=True, trust_remote_code=False
                )
                if not tokenizer.is_fast:
                    raise ValueError(tr("its tokenizer gives no offsets"))
            except (OSError, ValueError, KeyError, RuntimeError) as error:
                text = "{folder} cannot be loaded as a token-classification model: {reason}."
                reason = str(error).strip().split("\n", 1)[0].rstrip(".")
                raise InputError(tr(text, folder=self._folder, reason=reason)) from None
            self._pipeline = transformers.pipeline(
                "token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple", device=-1
            )
        return self._pipeline
