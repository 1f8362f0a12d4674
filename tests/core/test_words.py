import gettext
from collections.abc import Iterator

import pytest

from annotator.core.words import tr, trn, use_translations


class Shouting(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("{NAME}", "{name}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return "eine" if n == 1 else "{n} Seiten"


@pytest.fixture
def shouting() -> Iterator[None]:
    use_translations(Shouting())
    yield
    use_translations(gettext.NullTranslations())


def test_values_are_filled_in_and_never_read_as_fields() -> None:
    assert tr("{name} and {text}", name="{text}", text="x") == "{text} and x"
    assert tr("a {brace} without values") == "a {brace} without values"


def test_the_count_chooses_the_form() -> None:
    assert [trn("{n} page", "{n} pages", n) for n in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]


@pytest.mark.usefixtures("shouting")
def test_a_catalogue_replaces_every_text() -> None:
    assert tr("open {name}", name="a") == "OPEN a"
    assert trn("{n} page", "{n} pages", 2) == "2 Seiten"
    assert trn("{n} page", "{n} pages", 1) == "eine"
