"""The words the user reads: every text goes through `tr`, so that a catalogue can replace it.

The catalogue in use is one per process, as the user has one language at a time.
"""

import gettext

_active: list[gettext.NullTranslations] = [gettext.NullTranslations()]


def use_translations(translations: gettext.NullTranslations) -> None:
    """Speak with `translations` from now on; `gettext.NullTranslations()` speaks English."""
    _active[0] = translations


def language() -> str:
    """The code of the language in use, such as "de"; "en" where no catalogue is."""
    return _active[0].info().get("language", "en")


def tr(text: str, /, **values: object) -> str:
    """The user's words for `text`, with `{name}` fields filled from `values`."""
    translated = _active[0].gettext(text)
    return translated.format(**values) if values else translated


def trn(singular: str, plural: str, /, n: int, **values: object) -> str:
    """As `tr`, in the form that the count `n` asks for; `{n}` is filled in."""
    return _active[0].ngettext(singular, plural, n).format(n=n, **values)
