"""Contrast of a collection's colours with the grounds of the page, as WCAG 2.2 measures it (success criteria 1.4.3 and 1.4.11).

Colours are "#rrggbb" in sRGB. The grounds are those of viewer/src/ui/style.css.
"""

from __future__ import annotations

from pixplot_steps.errors import ConfigError

LEAST = 4.5
"""Ratio at which text of any size can be read."""

LEAST_OF_PARTS = 3.0
"""Ratio at which the edge of a field can be seen."""

GROUNDS = {"light": ("#f5f3ee", "#fdfcfa"), "dark": ("#151413", "#1d1b1a")}
"""The map's and the panel's."""

_ENDS = {"light": (0, 0, 0), "dark": (255, 255, 255)}
_STEPS = 100


def check(colour: str, ground: str, where: str) -> None:
    """Raise ConfigError, naming the nearest colour that will do, where text in this colour cannot be read on the light or dark ground."""
    found = least(colour, ground)
    if found >= LEAST:
        return
    raise ConfigError(
        f"text in this colour could not be read on the page's {ground} ground",
        expected=f"a contrast of at least {LEAST} to 1",
        found=f"{colour}, with {found:.1f} to 1",
        where=where,
        action=f"take {'a darker' if ground == 'light' else 'a lighter'} one, such as {nearest(colour, ground)}",
    )


def least(colour: str, ground: str) -> float:
    """The least contrast of a colour with what lies under it."""
    return min(ratio(colour, under) for under in GROUNDS[ground])


def nearest(colour: str, ground: str) -> str:
    """The colour itself, or the first on the way to black (on light ground) or white that has contrast enough."""
    start, end = _channels(colour), _ENDS[ground]
    for step in range(_STEPS):
        mixed = "#" + "".join(f"{round(a + (b - a) * step / _STEPS):02x}" for a, b in zip(start, end, strict=True))
        if least(mixed, ground) >= LEAST:
            return mixed
    return "#" + "".join(f"{channel:02x}" for channel in end)


def ratio(one: str, other: str) -> float:
    """Contrast of two colours, from 1 (none) to 21 (black and white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
