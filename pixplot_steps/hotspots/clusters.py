"""Dense regions of a map and what represents them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FEWEST = 10
"""Below so many images there is no density to speak of."""

_SMALLEST = 5
_SHARE = 20
_MIN_SAMPLES = 5
_INNER = (0.05, 0.95)


@dataclass(frozen=True)
class Hotspot:
    """`rows`: members' row numbers, ascending; `medoid`: one of them; `centre` and `bounds` (x0, y0, x1, y1) in map units."""

    rows: NDArray[np.int64]
    medoid: int
    centre: tuple[float, float]
    bounds: tuple[float, float, float, float]


def smallest_size(asked: int, points: int) -> int:
    """Members that a hotspot must have: as asked, but at most a twentieth of the collection, and at least 5."""
    return max(2, min(asked, max(_SMALLEST, points // _SHARE)))


def label(positions: NDArray[np.float32], min_cluster_size: int) -> NDArray[np.int64]:
    """Cluster number i64 [M] of each position [M, 2], or -1 (HDBSCAN, Campello et al. 2013, excess of mass).

    A cluster of more than half of all points says nothing: the hierarchy is cut below it.
    """
    if len(positions) < _FEWEST or not np.ptp(positions, axis=0).any():
        return np.full(len(positions), -1, dtype=np.int64)
    import hdbscan

    size = smallest_size(min_cluster_size, len(positions))
    finder = hdbscan.HDBSCAN(
        min_cluster_size=size,
        min_samples=min(_MIN_SAMPLES, size),
        max_cluster_size=len(positions) // 2,
        core_dist_n_jobs=1,
        gen_min_span_tree=False,
    )
    return np.asarray(finder.fit_predict(positions.astype(np.float64)), dtype=np.int64)


def describe(rows: NDArray[np.int64], positions: NDArray[np.float32], vectors: NDArray[np.float32]) -> Hotspot:
    """Medoid, centre and bounds of members.

    The medoid is the member nearest to the members' mean vector: what the cluster has in common, at the cost of one pass.
    The centre is the median and the bounds hold the inner 90 % of each axis, so that stragglers do not move them.
    """
    centre = np.median(positions[rows], axis=0)
    low, high = np.quantile(positions[rows], _INNER, axis=0)
    return Hotspot(rows, _medoid(rows, vectors), _rounded(centre), (*_rounded(low), *_rounded(high)))


def _medoid(rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> int:
    members = vectors[rows].astype(np.float64)
    distances = ((members - members.mean(axis=0)) ** 2).sum(axis=1)
    return int(rows[distances.argmin()])


def _rounded(point: NDArray[np.floating]) -> tuple[float, float]:
    return round(float(point[0]), 6), round(float(point[1]), 6)
