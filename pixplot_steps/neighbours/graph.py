"""The graph of nearest neighbours: exact, approximate, and how well the second finds the first.

All functions take Euclidean points (see `metric.to_euclidean`), exclude a point from its own neighbours even when others lie
on it, and order neighbours by distance, then index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK_ENTRIES = 1 << 18
"""Entries of the distance matrix held at once: they and their sort keys stay in a core's cache, which is five times faster."""

_BLOCK_ROWS = 8

_MEASURE_ENTRIES = 1 << 23

_MARGIN = 8
"""Candidates taken beyond those wanted: float32 products order nearly equal distances wrongly, the measured ones do not."""


@dataclass(frozen=True)
class Graph:
    """`indices` i32 [M, k]; `distances` f64 [M, k], Euclidean, ascending."""

    indices: NDArray[np.int32]
    distances: NDArray[np.float64]


def exact(points: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> Graph:
    """The `count` nearest points of each of `rows`, found by comparing with all points; `count` is below the number of points."""
    block = max(_BLOCK_ROWS, _BLOCK_ENTRIES // len(points))
    norms = np.einsum("ij,ij->i", points, points, dtype=np.float64).astype(np.float32)
    candidates = min(count + _MARGIN, len(points) - 1) if count else 0
    parts = [_nearest(points, norms, rows[i : i + block], candidates) for i in range(0, len(rows), block)]
    graph = measured(points, rows, np.concatenate(parts))
    return Graph(np.ascontiguousarray(graph.indices[:, :count]), np.ascontiguousarray(graph.distances[:, :count]))


def approximate(points: NDArray[np.float32], count: int, seed: int, threads: int, spare: int = 0) -> Graph:
    """The `count` nearest points of each point, by nearest neighbour descent (Dong et al. 2011); `threads`: -1 takes all.

    `spare` neighbours are searched besides, and dropped: the more, the fewer true ones are missed, and the longer it takes.
    """
    import pynndescent

    index = pynndescent.NNDescent(
        points, metric="euclidean", n_neighbors=min(count + spare + 1, len(points)), random_state=seed, n_jobs=threads
    )
    found = index.neighbor_graph[0]
    rows = np.arange(len(points))
    indices = _without_self(found, rows)
    indices = np.ascontiguousarray(indices[:, :count])
    # The descent marks places that it could not fill by -1: those rows are few, and searched exactly.
    holes = rows[(indices < 0).any(axis=1)]
    if len(holes):
        indices[holes] = exact(points, holes, count).indices
    return measured(points, rows, indices)


def measured(points: NDArray[np.float32], rows: NDArray[np.int64], indices: NDArray[np.int32]) -> Graph:
    """A graph with its distances taken from the differences of the points, which are exactly 0 for equal ones."""
    distances = np.empty(indices.shape, dtype=np.float64)
    block = max(1, _MEASURE_ENTRIES // max(1, indices.shape[1] * points.shape[1]))
    for i in range(0, len(rows), block):
        part = slice(i, i + block)
        difference = points[indices[part]] - points[rows[part], None]
        distances[part] = np.sqrt(np.einsum("ijk,ijk->ij", difference, difference, dtype=np.float64))
    order = np.lexsort((indices, distances), axis=1)
    return Graph(np.take_along_axis(indices, order, axis=1), np.take_along_axis(distances, order, axis=1))


def recall(points: NDArray[np.float32], graph: Graph, rows: NDArray[np.int64]) -> float:
    """Share of the true neighbours of `rows` that the graph has; one as near as the last true one counts as true."""
    count = graph.indices.shape[1]
    if not count or not len(rows):
        return 1.0
    farthest = exact(points, rows, count).distances[:, -1:]
    return float((graph.distances[rows] <= farthest * (1 + 1e-6)).mean())


def _nearest(points: NDArray[np.float32], norms: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> NDArray[np.int32]:
    squared = points[rows] @ points.T
    squared *= -2
    squared += norms
    squared += norms[rows, None]
    np.maximum(squared, 0, out=squared)
    squared[np.arange(len(rows)), rows] = np.inf
    # Bits of a float that is not negative order as the float does; with the index below them, no two keys are equal.
    keys = squared.view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(len(points), dtype=np.uint64)
    if count:
        keys.partition(count - 1, axis=1)
    return (keys[:, :count] & np.uint64(0xFFFFFFFF)).astype(np.int32)


def _without_self(found: NDArray[np.int32], rows: NDArray[np.int64]) -> NDArray[np.int32]:
    itself = found == rows[:, None]
    # Among equal points a point may be missing from its own list: then the last one goes.
    itself[~itself.any(axis=1), -1] = True
    others: NDArray[np.int32] = found[~itself].reshape(len(found), -1).astype(np.int32)
    return others
