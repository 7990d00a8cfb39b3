"""Metrics: what "near" means between two vectors, written so that every stage can compute with plain Euclidean distances.

`cosine` and `correlation` become Euclidean distances between unit vectors: |u - v|^2 / 2 = 1 - cos(u, v). A vector without a
direction (zero, or constant for `correlation`) gets an axis of its own: distance 1 from all others and 0 from its like.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError

METRICS = ("euclidean", "cosine", "correlation")

_NO_DIRECTION = 1e-12
"""Norms below this share of the largest one are rounding, not direction."""


def to_euclidean(vectors: NDArray[np.float32], metric: str) -> NDArray[np.float32]:
    """Map vectors [M, k] to points [M, k or k + 1] whose Euclidean distances rank as `metric` does. Raises ConfigError."""
    if metric not in METRICS:
        raise ConfigError("no such metric", expected=" or ".join(METRICS), found=repr(metric), where="neighbours.metric")
    if metric == "euclidean":
        return vectors
    values = vectors.astype(np.float64)
    largest = np.linalg.norm(values, axis=1).max(initial=0.0)
    if metric == "correlation":
        values -= values.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(values, axis=1)
    lost = norms <= _NO_DIRECTION * largest
    unit = np.where(lost[:, None], 0.0, values / np.where(lost, 1.0, norms)[:, None])
    return np.column_stack([unit, lost]).astype(np.float32) if lost.any() else unit.astype(np.float32)


def from_euclidean(distances: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Turn Euclidean distances between points of `to_euclidean` into distances of `metric`."""
    return distances if metric == "euclidean" else distances**2 / 2
