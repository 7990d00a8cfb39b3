"""The spanning tree from which density clusters of a plane follow (HDBSCAN, Campello, Moulavi and Sander 2013), for a million points.

The distance of two points is at least the distance of each to its k-th neighbour (mutual reachability). Of the plain distance the
shortest spanning tree lies in the Delaunay triangulation (Preparata and Shamos 1985). Of mutual reachability it need not, but then the edge
that lacks is one between points with close neighbours, so the edges to these are added. On all that was measured the tree is then as
short as the one of an exhaustive search (tests/hotspots/test_spanning.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 12
"""Nearest points to each of which there is an edge."""


def tree(points: NDArray[np.float64], min_samples: int) -> NDArray[np.float64]:
    """Edges f64 [M - 1, 3] of a spanning tree of points [M, 2], M at least 4: two rows and their mutual reachability, ascending.

    One thread, so that the edges are the same each time. Raises scipy.spatial.QhullError where all points lie on one line.
    """
    # Points that lie together are near in memory: half the time.
    order = _along(points)
    first, second, weights = _edges(points[order], min_samples)
    kept = _shortest(len(points), first, second, weights)
    return np.column_stack([order[first[kept]], order[second[kept]], weights[kept]])


def _edges(points: NDArray[np.float64], min_samples: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The edges that the tree may have, each once: two rows [E] and [E], and their mutual reachability [E]."""
    from scipy.spatial import cKDTree

    count = len(points)
    near = max(min_samples, min(NEIGHBOURS, count - 1))
    distances, rows = cKDTree(points).query(points, near + 1)
    core = distances[:, min_samples]
    first, second = _unique(count, np.repeat(np.arange(count), near + 1), rows.ravel(), *_triangles(points))
    return first, second, np.maximum(np.linalg.norm(points[first] - points[second], axis=1), np.maximum(core[first], core[second]))


def _shortest(count: int, first: NDArray[np.int64], second: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which edges the shortest spanning tree takes, in order of weight (Kruskal)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    order = np.argsort(weights, kind="stable")
    # Ranks tell equal weights apart, and none is 0, which a sparse matrix does not hold.
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    found = minimum_spanning_tree(csr_array((ranks, (first, second)), shape=(count, count))).data
    return order[np.sort(found).astype(np.int64) - 1]


def _along(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows in the order of a curve that fills the plane (Morton 1966)."""
    span = float(np.ptp(points, axis=0).max()) or 1.0
    bits = ((points - points.min(axis=0)) / span * 0xFFFF).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return np.argsort(bits[:, 0] | (bits[:, 1] << np.uint64(1)), kind="stable")


def _triangles(points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The edges of the triangulation, and those from points that it leaves out, as they lie on another, to that one."""
    from scipy.spatial import Delaunay

    made = Delaunay(points)
    corners, left_out = made.simplices.astype(np.int64), made.coplanar.astype(np.int64)
    return (
        np.concatenate([corners[:, 0], corners[:, 1], corners[:, 2], left_out[:, 0]]),
        np.concatenate([corners[:, 1], corners[:, 2], corners[:, 0], left_out[:, 2]]),
    )


def _unique(count: int, *ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each edge once, the lesser row first; `ends`: rows at the one end and the other, in turn."""
    first, second = np.concatenate(ends[::2]), np.concatenate(ends[1::2])
    keys = np.minimum(first, second) * count + np.maximum(first, second)
    # numpy.unique counts by hash, which takes ten times as long.
    keys.sort()
    lesser, greater = np.divmod(keys[np.diff(keys, prepend=-1) > 0], count)
    different = lesser != greater
    return lesser[different], greater[different]
