"""Coarse positions: half as many bytes for the first view of a large collection (docs/format.md, "Layouts")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FROM = 16_384
"""Of more rows than this, positions are also written coarsely; of fewer, all files together are small."""

_STEPS = 65_535


def steps(positions: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Positions in [-1, 1] as the nearest of 65,536 steps, u16 of the same shape; off by half a step of 2/65,535 at most."""
    return np.rint((np.clip(positions.astype(np.float64), -1, 1) + 1) * (_STEPS / 2)).astype(np.uint16)


def spread(values: NDArray[np.uint16]) -> NDArray[np.float64]:
    """The positions that the steps stand for."""
    return values.astype(np.float64) * (2 / _STEPS) - 1
