"""Dense regions of a map and what represents them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.hotspots import levels, outline, spanning

_FEWEST = 10
"""Below so many images there is no density to speak of."""

_SMALLEST = 5
_SHARE = 20
_MIN_SAMPLES = 5
_INNER = (0.05, 0.95)
_PLANE = 2


@dataclass(frozen=True)
class Hotspot:
    """`rows`: members' row numbers, ascending; `medoid`: one of them; `centre` and `bounds` (x0, y0, x1, y1) in map units.

    `outline`: rings around most members, see `outline.outline`.
    """

    rows: NDArray[np.int64]
    medoid: int
    centre: tuple[float, float]
    bounds: tuple[float, float, float, float]
    outline: list[outline.Ring]


def smallest_size(asked: int, points: int) -> int:
    """Members that a hotspot must have: as asked, but at most a twentieth of the collection, and at least 5."""
    return max(2, min(asked, max(_SMALLEST, points // _SHARE)))


@dataclass(frozen=True)
class Labels:
    """`hotspot` i64 [M] and `region` i64 [M], the coarse level: the number that each position has, or -1."""

    hotspot: NDArray[np.int64]
    region: NDArray[np.int64]


def none(points: int) -> NDArray[np.int64]:
    """No position has a number."""
    return np.full(points, -1, dtype=np.int64)


def by_density(positions: NDArray[np.float32], min_cluster_size: int) -> Labels:
    """Clusters of positions [M, d] (HDBSCAN, Campello et al. 2013, excess of mass), and the branches of the hierarchy that they lie on.

    A cluster of more than half of all points says nothing: the hierarchy is cut below it.
    """
    if len(positions) < _FEWEST or not np.ptp(positions, axis=0).any():
        return Labels(none(len(positions)), none(len(positions)))
    from hdbscan._hdbscan_tree import compute_stability, condense_tree, get_clusters

    size = smallest_size(min_cluster_size, len(positions))
    condensed = condense_tree(_hierarchy(positions.astype(np.float64), min(_MIN_SAMPLES, size)), size)
    found, _, _ = get_clusters(condensed, compute_stability(condensed), "eom", max_cluster_size=len(positions) // 2)
    parent, child, members = (condensed[name].astype(np.int64) for name in ("parent", "child", "child_size"))
    tree = levels.Tree(parent, child, members, len(positions))
    return Labels(np.asarray(found, dtype=np.int64), levels.regions(tree, found, levels.wanted(int(found.max()) + 1)))


def _hierarchy(points: NDArray[np.float64], min_samples: int) -> NDArray[np.float64]:
    """The single linkage of mutual reachability, as scipy.cluster.hierarchy writes it.

    On the plane hdbscan's own search takes five times as long for a million points (docs/decisions/2026-11-21-hotspots-at-a-million.md).
    """
    import hdbscan
    from hdbscan._hdbscan_linkage import label
    from scipy.spatial import QhullError

    if points.shape[1] == _PLANE:
        with suppress(QhullError):
            return np.asarray(label(spanning.tree(points, min_samples)), dtype=np.float64)
    finder = hdbscan.HDBSCAN(min_samples=min_samples, min_cluster_size=2, approx_min_span_tree=False, core_dist_n_jobs=1)
    return np.asarray(finder.fit(points).single_linkage_tree_.to_numpy(), dtype=np.float64)


def by_kmeans(positions: NDArray[np.float32], count: int, seed: int) -> Labels:
    """So many compact parts of the map, every position in one (k-means, Lloyd 1982, from k-means++ starts); one level."""
    if len(positions) < max(count, _FEWEST):
        return Labels(none(len(positions)), none(len(positions)))
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    # One thread: how sums are divided among threads must not change the last bits.
    with threadpool_limits(1):
        found = KMeans(count, n_init=1, random_state=seed).fit_predict(positions)
    return Labels(np.asarray(found, dtype=np.int64), none(len(positions)))


def describe(rows: NDArray[np.int64], positions: NDArray[np.float32], vectors: NDArray[np.float32], picture: float) -> Hotspot:
    """Medoid, centre, bounds and outline of members; `picture` is the side of a picture in map units.

    The medoid is the member nearest to the members' mean vector: what the cluster has in common, at the cost of one pass.
    The centre is the median and the bounds hold the inner 90 % of each axis, so that stragglers do not move them.
    """
    centre = np.median(positions[rows], axis=0)
    low, high = np.quantile(positions[rows], _INNER, axis=0)
    around = outline.outline(positions[rows], picture)
    return Hotspot(rows, _medoid(rows, vectors), _rounded(centre), (*_rounded(low), *_rounded(high)), around)


def _medoid(rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> int:
    members = vectors[rows].astype(np.float64)
    distances = ((members - members.mean(axis=0)) ** 2).sum(axis=1)
    return int(rows[distances.argmin()])


def _rounded(point: NDArray[np.floating]) -> tuple[float, float]:
    return round(float(point[0]), 6), round(float(point[1]), 6)
