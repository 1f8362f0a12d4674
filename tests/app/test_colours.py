import tomllib
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.app.colours import MINIMUM_CONTRAST, contrast, ink, mix, tint
from annotator.app.settings import data_path, find_schema

THEMES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(data_path("resources", "themes").glob("*.toml"))
}
COLOURS = sorted(
    {
        label.colour
        for path in data_path("resources", "schemas").glob("*.toml")
        for layer in find_schema(path.stem).layers
        for label in layer.labels
    }
)
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_three_themes_are_shipped() -> None:
    assert set(THEMES) == {"light", "dark", "contrast"}
    assert len(COLOURS) > 10


@pytest.mark.parametrize(("theme", "colour"), list(product(THEMES, COLOURS)))
def test_every_shipped_label_can_be_read_on_every_theme(theme: str, colour: str) -> None:
    look = THEMES[theme]
    assert contrast(ink(colour, look["background"]), look["background"]) >= MINIMUM_CONTRAST
    for strength in (look["wash"], look["wash_pending"]):
        fill = tint(colour, look["background"], look["text"], strength)
        assert contrast(look["text"], fill) >= MINIMUM_CONTRAST


@pytest.mark.parametrize("theme", THEMES)
def test_the_text_of_a_theme_can_be_read(theme: str) -> None:
    look = THEMES[theme]
    pairs = [("text", "background"), ("muted", "background"), ("panel_text", "panel"), ("muted", "panel")]
    pairs += [("text", "selection")]
    for text, ground in pairs:
        assert contrast(look[text], look[ground]) >= MINIMUM_CONTRAST, (text, ground)
    for shape in ("focus", "caret"):
        assert contrast(look[shape], look["background"]) >= 3.0, "WCAG 2.2, 1.4.11 asks for 3 of what is not text"


@pytest.mark.parametrize("theme", THEMES)
def test_a_decided_mark_is_filled_more_strongly_than_a_proposal(theme: str) -> None:
    look = THEMES[theme]
    assert look["wash"] > look["wash_pending"]
    for colour in COLOURS:
        fills = [tint(colour, look["background"], look["text"], look[name]) for name in ("wash", "wash_pending")]
        assert fills[0] != fills[1]


def test_contrast_has_the_values_of_its_source() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#123456", "#123456") == 1.0
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01), "the grey that just fails"
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01), "the grey that just passes"


@given(colours, colours)
def test_contrast_is_the_same_both_ways_and_never_below_one(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0 + 1e-9


@given(colours, colours)
def test_the_ink_of_any_colour_can_be_read_on_any_ground(colour: str, background: str) -> None:
    assert contrast(ink(colour, background), background) >= MINIMUM_CONTRAST


@given(colours)
def test_a_colour_that_can_be_read_is_left_as_it_is(colour: str) -> None:
    for background in ("#ffffff", "#000000"):
        if contrast(colour, background) >= MINIMUM_CONTRAST:
            assert ink(colour, background) == colour


@given(colours, st.sampled_from(sorted(THEMES)), st.floats(0.0, 1.0))
def test_the_fill_of_any_colour_leaves_the_text_readable(colour: str, theme: str, strength: float) -> None:
    look = THEMES[theme]
    assert contrast(tint(colour, look["background"], look["text"], strength), look["text"]) >= MINIMUM_CONTRAST


@given(colours, colours)
def test_a_mixture_starts_at_one_colour_and_ends_at_the_other(one: str, other: str) -> None:
    assert mix(one, other, 0.0) == one
    assert mix(one, other, 1.0) == other
