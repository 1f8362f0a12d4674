"""The language of the program's words: catalogues in `resources/translations`, compiled by gettext."""

import gettext
import locale
import os

from annotator.app.settings import data_path
from annotator.core.words import use_translations

DOMAIN = "annotator"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages there is a catalogue for, by code, each in its own words; English needs none."""


def system_language() -> str:
    """The code of the language the system asks for, "en" where there is no catalogue for it."""
    named = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    wanted = next((name for name in named if name), "") or locale.getlocale()[0] or ""
    code = wanted.split(":")[0].split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else "en"


def speak(code: str = "") -> str:
    """Use the words of a language from now on, those of the system when `code` is empty; gives the code in use."""
    chosen = code if code in LANGUAGES else system_language()
    folder = data_path("resources", "translations")
    use_translations(gettext.translation(DOMAIN, str(folder), languages=[chosen], fallback=True))
    return chosen
