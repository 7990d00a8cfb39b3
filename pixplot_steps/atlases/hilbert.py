"""The order in which pictures fill the pages: along a Hilbert curve over the map, so that neighbours on the map are neighbours on a page.

Hilbert's curve of order `bits` visits each cell of a grid of 2**bits by 2**bits once, each next to the one before it. It keeps
neighbourhoods better than rows or Z-order do (Moon, Jagadish, Faloutsos and Salz, IEEE TKDE 13, 2001).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 16
"""A grid of 65,536 by 65,536: finer than any map is drawn."""


def index(x: NDArray[np.integer], y: NDArray[np.integer], bits: int) -> NDArray[np.int64]:
    """The place along the curve of each cell (x, y), both in [0, 2**bits): i64, in [0, 4**bits). `bits` is at most 31."""
    across, up = x.astype(np.int64), y.astype(np.int64)
    place = np.zeros_like(across)
    for level in range(bits - 1, -1, -1):
        right, upper = (across >> level) & 1, (up >> level) & 1
        place += ((3 * right) ^ upper) << (2 * level)
        across, up = _turned(across, up, right, upper, (1 << level) - 1)
    return place


def order(positions: NDArray[np.floating], bits: int = BITS) -> NDArray[np.int64]:
    """The rows of `positions` ([n, 2], in [-1, 1]) in the order of the curve, i64 [n]; equal places keep their order."""
    steps = (1 << bits) - 1
    cells = np.clip(np.rint((positions.astype(np.float64) + 1) * (steps / 2)), 0, steps).astype(np.int64)
    return np.argsort(index(cells[:, 0], cells[:, 1], bits), kind="stable")


def _turned(
    x: NDArray[np.int64], y: NDArray[np.int64], right: NDArray[np.int64], upper: NDArray[np.int64], mask: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells inside their quadrant, in the frame in which the curve of the quadrant starts at the origin."""
    x, y = x & mask, y & mask
    lower = upper == 0
    mirrored = lower & (right == 1)
    x, y = np.where(mirrored, mask - x, x), np.where(mirrored, mask - y, y)
    return np.where(lower, y, x), np.where(lower, x, y)
