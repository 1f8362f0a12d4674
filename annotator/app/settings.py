"""What the program keeps about its user, and where its files lie."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.errors import InputError
from annotator.core.words import tr

if TYPE_CHECKING:
    from annotator.core.schema import Schema

MOST_RECENT = 10
"""Corpora remembered for the welcome screen."""


@dataclass(frozen=True)
class Settings:
    """The user's choices. A value: `save_settings` keeps it."""

    annotator: str = ""
    """Who sits here; "" until they have said so."""
    recent: tuple[str, ...] = ()
    """Corpus files opened last, newest first."""
    theme: str = "system"
    zoom: int = 100
    """Size of the page text in percent."""
    language: str = ""
    """Language of the window, such as "de"; "" follows the system."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command name to the key the user chose for it; "" for none."""
    daily_goal: int = 0
    """Pages a day the annotator wants to do; 0 for no goal."""
    minimum_score: float = 0.0
    """Proposals below this score are not shown."""

    def with_recent(self, corpus: Path) -> "Settings":
        """The settings with `corpus` as the one opened last."""
        path = str(corpus.resolve())
        rest = tuple(other for other in self.recent if other != path)
        return replace(self, recent=(path, *rest)[:MOST_RECENT])


def settings_file() -> Path:
    """Where the settings are kept; `ANNOTATOR_CONFIG` names another folder."""
    if folder := os.environ.get("ANNOTATOR_CONFIG"):
        return Path(folder) / "settings.json"
    from platformdirs import user_config_path

    return user_config_path("annotator") / "settings.json"


def load_settings() -> Settings:
    """The settings as last saved; those that cannot be read are left at their defaults."""
    try:
        data = json.loads(settings_file().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    return settings_from_json(data) if isinstance(data, dict) else Settings()


def settings_from_json(data: Mapping[str, Any]) -> Settings:
    """Settings from plain values; what has the wrong type, or lies outside its limits, is left at its default."""
    values: dict[str, Any] = {}
    for item in fields(Settings):
        value = data.get(item.name)
        kind = type(getattr(_DEFAULT, item.name))
        if item.name == "recent" and isinstance(value, list):
            value = tuple(path for path in value if isinstance(path, str))[:MOST_RECENT]
        elif item.name == "keys" and isinstance(value, dict):
            value = {name: key for name, key in value.items() if isinstance(key, str)}
        elif kind is float and type(value) is int:
            value = float(value)
        # A bool is no number here, though Python takes it for one.
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) and _fits(item.name, value):
            values[item.name] = value
    return Settings(**values)


_DEFAULT = Settings()
_LIMITS = {"zoom": (10, 1000), "daily_goal": (0, 100_000), "minimum_score": (0.0, 1.0)}


def _fits(name: str, value: Any) -> bool:
    low, high = _LIMITS.get(name, (None, None))
    return low is None or high is None or low <= value <= high


def save_settings(settings: Settings) -> None:
    """Keep the settings.

    Raises:
        InputError: The file cannot be written.
    """
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        # Written in ASCII, as the path of a recent corpus may hold bytes that are no UTF-8.
        part.write_text(json.dumps(asdict(settings), indent=2), encoding="ascii")
        part.replace(path)
    except OSError as error:
        raise InputError(
            tr("{path}: the settings could not be saved ({error}).", path=path, error=error.strerror or error)
        ) from error


def data_path(*parts: str) -> Path:
    """A file that comes with the program: under `resources`, `corpora` or `seeds`."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    return (inside if inside.is_dir() else package.parent).joinpath(*parts)


def find_schema(name: str) -> "Schema":
    """The schema that comes with the program under this name, or the one in this TOML file.

    Raises:
        InputError: There is none, or it has mistakes.
    """
    from annotator.core.schema import MAX_SCHEMA, schema_from_toml

    shipped = data_path("resources", "schemas", f"{name}.toml")
    path = shipped if name.isidentifier() and shipped.is_file() else Path(name)
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MAX_SCHEMA + 1)
    except UnicodeDecodeError as error:
        raise InputError(tr("{path} is not UTF-8 text (byte {n}).", path=path, n=error.start)) from None
    except OSError as error:
        known = ", ".join(sorted(item.stem for item in data_path("resources", "schemas").glob("*.toml")))
        raise InputError(
            tr(
                "There is no schema “{name}” ({error}); shipped are {known}, or name a TOML file.",
                name=name,
                error=error.strerror or error,
                known=known,
            )
        ) from None
    return schema_from_toml(text, str(path))
