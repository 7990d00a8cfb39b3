"""Positions of one's own, and a place below them for pictures that have none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_GAP = 0.05
"""Between the map and the pictures without a place, as a share of the map's longer side."""


def complete(positions: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Positions f64 [N, 2] with those not `known` in rows below all others, as wide as the map, in order; at least one is known.

    So nothing is lost, and nothing pretends to have a place.
    """
    out = positions.copy()
    missing = int((~known).sum())
    if not missing:
        return out
    low, high = positions[known].min(axis=0), positions[known].max(axis=0)
    width, height = np.maximum(high - low, 0)
    side = max(width, height) or 1.0
    columns = max(1, math.ceil(math.sqrt(len(positions)) * max(width / side, 0.1)))
    step = max(width, 0.1 * side) / columns
    row, column = np.divmod(np.arange(missing), columns)
    out[~known] = np.column_stack([low[0] + (column + 0.5) * step, low[1] - _GAP * side - (row + 0.5) * step])
    return out
