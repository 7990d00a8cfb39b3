"""Positions of one's own, and a place below them for pictures that have none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.marks import MISSING, Arranged, Label

_GAP = 0.05
"""Between the map and the pictures without a place, as a share of the map's longer side."""

_LABEL = 0.03
"""From the pictures without a place to their label, in map units."""


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


def arrange(coordinates: NDArray[np.float64]) -> Arranged:
    """Items (at least 1) where coordinates f64 [N, 2] say, all distances in proportion; those with a NaN stand below all others."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(coordinates).all(axis=1))
    complete_ = complete(np.where(known[:, None], coordinates, 0.0), known) if known.any() else rows(len(coordinates), 1.5)
    positions = frame.scaled(complete_)
    return Arranged(positions, frame.picture_side(positions), tuple(label(positions, known)) if known.any() else ())


def rows(count: int, aspect: float) -> NDArray[np.float64]:
    """Places f64 [count, 2] (count at least 1) in rows, about `aspect` times as wide as high, for when none has a place of its own."""
    columns = max(1, math.ceil(math.sqrt(count * aspect)))
    row, column = np.divmod(np.arange(count), columns)
    return np.column_stack([column / columns, -row / columns]).astype(np.float64)


def label(positions: NDArray[np.float32], known: NDArray[np.bool_]) -> list[Label]:
    """The label of those not `known`, below them; none where all are."""
    if known.all():
        return []
    low, high = positions[~known].min(axis=0), positions[~known].max(axis=0)
    return [Label(MISSING, float(low[0] + high[0]) / 2, float(low[1]) - _LABEL, 0)]
