"""Pictures of one place, around it: a spiral of seeds, as in a sunflower (Vogel 1979), that reaches only so far."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_TURN = math.pi * (3 - math.sqrt(5))


def around(places: NDArray[np.float64], spacing: float, farthest: float) -> NDArray[np.float64]:
    """Places f64 [N, 2], those that are equal spread around theirs, the first in the middle.

    They stand about `spacing` apart, or closer where the outermost would be farther than `farthest` from its place.
    """
    _, of, sizes = np.unique(places, axis=0, return_inverse=True, return_counts=True)
    of = of.ravel()
    order = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    unit = np.minimum(spacing, farthest / np.sqrt(np.maximum(1, sizes - 1)))[of]
    reach = unit * np.sqrt(rank)
    angle = rank * _TURN
    return np.asarray(places + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
