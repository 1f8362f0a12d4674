"""Colours of labels on a theme, with enough contrast to read. Colours are `#rrggbb`."""

from functools import lru_cache

MINIMUM_CONTRAST = 4.5
"""Contrast of text that WCAG 2.2 asks for at level AA (success criterion 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1.0 to 21.0.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def ink(colour: str, background: str, minimum: float = MINIMUM_CONTRAST) -> str:
    """The colour nearest to `colour` that can be read on `background`."""
    target = "#000000" if _luminance(background) > 0.18 else "#ffffff"
    for step in range(0, 101, 4):
        mixed = mix(colour, target, step / 100)
        if contrast(mixed, background) >= minimum:
            return mixed
    return target


@lru_cache(maxsize=4096)
def tint(colour: str, background: str, text: str, strength: float, minimum: float = MINIMUM_CONTRAST) -> str:
    """`background` washed with `colour`, as strongly as `strength` (0.0 to 1.0) and `text` on it allow."""
    while strength > 0.02:
        mixed = mix(background, colour, strength)
        if contrast(mixed, text) >= minimum:
            return mixed
        strength -= 0.02
    return background


def mix(one: str, other: str, share: float) -> str:
    """`one` with a share of `other` from 0.0 to 1.0."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
