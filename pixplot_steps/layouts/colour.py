"""Pictures by their mean colour: by hue, as a spectrum from left to right, or by lightness, from light to dark.

Colours are compared in Oklab (Ottosson 2020), where equal steps look equal. Within a column of the spectrum the light ones are at the
top, so that the whole is a field of colours and not a noisy line; greys, which have no hue, stand before the spectrum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.marks import Arranged

ORDERS = ("hue", "lightness")

_GREY = 0.02
"""Chroma below which a colour counts as grey."""

_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)


def oklab(srgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Lightness in [0, 1], and the two opponent axes, f64 [n, 3], of sRGB u8 [n, 3]."""
    share = srgb.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _LMS.T) @ _LAB.T)


def arrange(srgb: NDArray[np.uint8], order: str, aspect: float) -> Arranged:
    """Items (at least 1) by their mean colours u8 [N, 3] in a rectangle about `aspect` times as wide as high."""
    lightness, a, b = oklab(srgb).T
    hue = np.where(np.hypot(a, b) < _GREY, -math.pi - 1, np.arctan2(b, a))
    count = len(srgb)
    if order == "hue":
        rows = max(1, math.ceil(math.sqrt(count / aspect)))
        across, down = _lines(hue, -lightness, rows)
    else:
        columns = max(1, math.ceil(math.sqrt(count * aspect)))
        down, across = _lines(-lightness, hue, columns)
    coordinates = np.column_stack([across, -down])
    framed = frame.around(coordinates, 1.0)
    return Arranged(framed.positions(coordinates), framed.scale)


def _lines(along: NDArray[np.float64], within: NDArray[np.float64], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each item its line, of `length` items each in order of `along`, and its place in the line, in order of `within`."""
    line = np.empty(len(along), dtype=np.int64)
    line[np.argsort(along, kind="stable")] = np.arange(len(along)) // length
    place = np.empty(len(along), dtype=np.int64)
    place[np.lexsort((within, line))] = np.arange(len(along)) % length
    return line, place
