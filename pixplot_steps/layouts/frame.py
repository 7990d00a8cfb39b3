"""From coordinates of any kind to map units (docs/format.md), and the size at which pictures are drawn there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TAIL = 0.005
"""Share of points on each side of an axis that may be pulled in."""

_MARGIN = 0.15
"""Where pulled-in points end, at most, beyond the others: this share of the others' span."""

_BINS = 64
_COVER = 1.0


def to_map_units(coordinates: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale coordinates [M, 2] into [-1, 1], one scale for both axes, centred; far outliers are pulled in, in order."""
    pulled = np.column_stack([_pull_in(axis) for axis in coordinates.astype(np.float64).T])
    low, high = pulled.min(axis=0), pulled.max(axis=0)
    half = (high - low).max() / 2
    centred = pulled - (low + high) / 2
    scaled = centred / half if half > 0 else np.zeros_like(centred)
    return np.asarray(np.clip(scaled, -1, 1), dtype=np.float32)


def picture_side(positions: NDArray[np.float32]) -> float:
    """Side, in map units, at which pictures at positions f32 [N, 2] would just cover the area that the points take."""
    cells = np.clip(((positions + 1) / 2 * _BINS).astype(np.int64), 0, _BINS - 1)
    bins = min(_BINS, max(1, int(np.sqrt(len(positions) / 4))))
    taken = len(np.unique((cells * bins // _BINS) @ np.array([bins, 1])))
    area = taken * (2.0 / bins) ** 2
    return float(min(1.0, _COVER * np.sqrt(area / len(positions))))


def _pull_in(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.quantile(values, [_TAIL, 1 - _TAIL])
    room = (high - low) * _MARGIN
    if room <= 0:
        return values
    above, below = np.clip(values - high, 0, None), np.clip(low - values, 0, None)
    return np.asarray(np.clip(values, low, high) + above / (1 + above / room) - below / (1 + below / room))
