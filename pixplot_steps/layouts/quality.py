"""How well a layout tells the truth: numbers in [0, 1] that go into the site.

A map is judged by a fixed sample of points; each is compared with all others, so that the sample estimates the true value
without bias. The sample shrinks when the collection grows, so that at most 10^9 distances are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10
CELLS = 24
_MOST, _LEAST = 10_000, 1_000
_BUDGET = 10**9
_BLOCK_ENTRIES = 1 << 18
_BLOCK_ROWS = 8
_ROUNDING = 1e-6
_QUERY = 1 << 16
_FEW = 250
_NORM = 16


@dataclass(frozen=True)
class MapQuality:
    """`trustworthiness` (Venna and Kaski 2001) and `neighbours_kept`, from `sample` points."""

    trustworthiness: float
    neighbours_kept: float
    sample: int


def sample(rows: int, seed: int) -> NDArray[np.int64]:
    """Row numbers, ascending, on which a map of so many rows is judged."""
    count = min(rows, _MOST, max(_LEAST, _BUDGET // rows))
    return np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))


def of_map(points: NDArray[np.float32], positions: NDArray[np.float32], rows: NDArray[np.int64]) -> MapQuality | None:
    """Judge positions [M, 2] of Euclidean points [M, d] by the sampled `rows`; None where too few points make it meaningless.

    With k = min(10, (M - 1) // 2), and r the rank in feature space of each of a point's k nearest on the map:
    trustworthiness is 1 - 2 / (n k (2M - 3k - 1)) * sum max(0, r - k); neighbours_kept is the share with r <= k.
    """
    total = len(points)
    count = min(NEIGHBOURS, (total - 1) // 2)
    if count < 1:
        return None
    ranks = _feature_ranks(points, rows, _nearest(positions, rows, count))
    penalty = np.clip(ranks - count, 0, None).sum()
    trust = 1 - 2 / (len(rows) * count * (2 * total - 3 * count - 1)) * float(penalty)
    return MapQuality(trust, float((ranks <= count).mean()), len(rows))


def kept_by_grid(positions: NDArray[np.float32], cells: NDArray[np.float32], rows: NDArray[np.int64]) -> float | None:
    """Share of the 10 nearest points on the map, of sampled `rows`, that are among the 24 nearest cells; None below 2 points."""
    total = len(positions)
    if total < 2:
        return None
    on_map = _nearest(positions, rows, min(NEIGHBOURS, total - 1))
    on_grid = _nearest(cells, rows, min(CELLS, total - 1))
    return float(_contained(on_map, on_grid).mean())


def kept_of_features(points: NDArray[np.float32], cells: NDArray[np.float32], rows: NDArray[np.int64]) -> float | None:
    """Share of the 10 nearest of Euclidean points [N, d], of sampled `rows`, that are among the 24 nearest cells; None below 3 points."""
    total = len(points)
    if total < 3:
        return None
    count = min(NEIGHBOURS, (total - 1) // 2)
    ranks = _feature_ranks(points, rows, _nearest(cells, rows, min(CELLS, total - 1)))
    # Among equal distances more than `count` may share the last rank.
    found = np.minimum((ranks <= count).sum(axis=1), count)
    return float(found.mean() / count)


def near(graph: NDArray[np.int32], positions: NDArray[np.float32]) -> NDArray[np.uint8]:
    """For each image the share, as u8 of 255, of its 10 nearest in feature space that are among the 24 nearest on the map.

    `graph`: i32 [M, k], nearest first; `positions`: of the images, f32 [M, 2]. All 255 where there are no neighbours.
    """
    from scipy.spatial import cKDTree

    total, count = len(graph), min(NEIGHBOURS, graph.shape[1])
    if count < 1 or total < 2:
        return np.full(total, 255, dtype=np.uint8)
    tree, share = cKDTree(positions), np.empty(total)
    for start in range(0, total, _QUERY):
        block = slice(start, start + _QUERY)
        around = np.atleast_2d(tree.query(positions[block], k=min(CELLS + 1, total))[1])
        share[block] = _contained(graph[block, :count].astype(np.int64), around).mean(axis=1)
    return np.round(255 * share).astype(np.uint8)


def distance_preservation(points: NDArray[np.float32], cells: NDArray[np.float32], spacing: float, rows: NDArray[np.int64]) -> float | None:
    """DPQ16 (Barthel, Hezel, Jung and Schall 2023) of a grid: 1 is a grid that keeps all distances, 0 a random one.

    Euclidean points [N, d], their `cells` [N, 2], `spacing` apart. The mean distance to the k nearest cells is compared, for all k,
    with that to the k nearest points, for sampled `rows`. None below 3 points, and where all points are equal.
    """
    if len(points) < 3:
        return None
    on_grid, ideal = np.zeros(len(points) - 1), np.zeros(len(points) - 1)
    counts = np.arange(1, len(points))
    for row in rows:
        distances = np.linalg.norm(points - points[row], axis=1).astype(np.float64)
        distances[row] = -1
        # Cells as far away as each other go by the points' distance, as the authors have it.
        away = np.round(((cells - cells[row]) ** 2).sum(axis=1) / spacing**2)
        away[row] = -1
        on_grid += np.cumsum(distances[np.lexsort((distances, away))][1:]) / counts
        ideal += np.cumsum(np.sort(distances)[1:]) / counts
    mean = ideal[-1]
    if mean <= 0:
        return None
    gains = [np.clip((mean - found) / mean, 0, None) for found in (on_grid, ideal)]
    best = np.linalg.norm(gains[1], _NORM)
    return float(np.linalg.norm(gains[0], _NORM) / best) if best > 0 else None


def few(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Some of a sample, evenly: so many as DPQ16, which sorts all points for each, can take."""
    return rows[:: max(1, -(-len(rows) // _FEW))]


def _nearest(positions: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    from scipy.spatial import cKDTree

    found = cKDTree(positions).query(positions[rows], k=count + 1)[1]
    itself = found == rows[:, None]
    # Among points that lie on each other a point may not find itself: then the last one goes.
    itself[~itself.any(axis=1), -1] = True
    others: NDArray[np.int64] = found[~itself].reshape(len(rows), count).astype(np.int64)
    return others


def _contained(wanted: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.bool_]:
    contained: NDArray[np.bool_] = (wanted[:, :, None] == among[:, None, :]).any(axis=2)
    return contained


def _feature_ranks(points: NDArray[np.float32], rows: NDArray[np.int64], neighbours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank, 1 for the nearest, of each of `neighbours` [n, k] among all points as seen from `rows` [n]; equal distances share it."""
    centred = points - points.mean(axis=0, dtype=np.float64).astype(np.float32)
    norms = np.einsum("ij,ij->i", centred, centred)
    slack = _ROUNDING * float(norms.max())
    block = max(_BLOCK_ROWS, _BLOCK_ENTRIES // len(points))
    parts = [_block_ranks(centred, norms, rows[i : i + block], neighbours[i : i + block], slack) for i in range(0, len(rows), block)]
    return np.concatenate(parts)


def _block_ranks(
    points: NDArray[np.float32], norms: NDArray[np.float32], rows: NDArray[np.int64], neighbours: NDArray[np.int64], slack: float
) -> NDArray[np.int64]:
    # Squared distance less the query's own norm, which does not change the order.
    distances = points[rows] @ points.T
    distances *= -2
    distances += norms
    limits = np.take_along_axis(distances, neighbours, axis=1) - np.float32(slack)
    distances[np.arange(len(rows)), rows] = np.inf
    return 1 + np.column_stack([np.count_nonzero(distances < limits[:, j, None], axis=1) for j in range(neighbours.shape[1])])
