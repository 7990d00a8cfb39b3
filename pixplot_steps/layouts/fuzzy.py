"""How strongly near points are tied: the fuzzy graph of UMAP (McInnes, Healy and Melville 2018, section 3.1).

Each point is tied to its nearest one with strength 1, and to all its neighbours together with log2(k + 1); a tie told from both
ends is the probability that one of the two holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_STEPS = 64
_CLOSE = 1e-5
"""How near a sum of strengths must come to the one wanted."""

_LEAST_WIDTH = 1e-3
"""Of the mean distance: where points are equal, no width would be small enough."""

_TINY = np.finfo(np.float32).tiny

_BLOCK = 1 << 13

_UNKNOWN = 1.0
"""How far a point without a label is from all others; umap-learn's own."""


def strengths(distances: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength f32 [M, k], in (0, 1], of each point's tie to its neighbours at `distances` [M, k], ascending."""
    mean = float(distances.mean(dtype=np.float64)) * _other(distances.shape[1]) if distances.size else 0.0
    found = np.empty(distances.shape, dtype=np.float32)
    for begin in range(0, len(distances), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        found[part] = _strengths(np.ascontiguousarray(distances[part].T), mean)
    return found


def tied(indices: NDArray[np.int32], distances: NDArray[np.float32]) -> csr_array:
    """The graph of M points, each with neighbours [M, k], as a symmetric matrix f32 [M, M] of strengths p + q - p q; rows in order."""
    from scipy.sparse import csr_array

    rows, count = indices.shape
    ends = np.arange(0, rows * count + 1, count) if count else np.zeros(rows + 1, dtype=np.int32)
    told = csr_array((strengths(distances).ravel(), indices.ravel(), ends), shape=(rows, rows))
    told.sort_indices()
    return _either(told)


def parted(edges: csr_array, labels: NDArray[np.int64], far: float) -> csr_array:
    """The graph [M, M] with ties between points of different `labels` [M] (-1: none) weak, the more so the larger `far`.

    Then each point's strongest tie is raised to 1 again, so that none is cut off.
    """
    head, tail = np.repeat(labels, np.diff(edges.indptr)), labels[edges.indices]
    apart = np.where((head < 0) | (tail < 0), _UNKNOWN, np.where(head == tail, 0.0, far))
    weak = edges.copy()
    weak.data = (edges.data * np.exp(-apart)).astype(np.float32)
    weak.eliminate_zeros()
    most = weak.max(axis=1).toarray().ravel()
    weak.data /= np.repeat(most, np.diff(weak.indptr))
    return _either(weak)


def _strengths(far: NDArray[np.float32], mean: float) -> NDArray[np.float32]:
    """Of distances [k, n], so that what is added up for a point lies in columns; the result is [n, k]."""
    count, rows = far.shape
    nearest = np.where(far > 0, far, np.inf).min(axis=0, initial=np.inf)
    known = np.isfinite(nearest)
    excess = np.maximum(far - np.where(known, nearest, 0), 0)
    widths, low, high = np.ones(rows, np.float32), np.zeros(rows, np.float32), np.full(rows, np.inf, np.float32)
    wanted = np.float32(np.log2(count + 1))
    open_, left = np.arange(rows), excess
    for _ in range(_STEPS):
        width = widths[open_]
        over = np.exp(-left / width).sum(axis=0) - wanted
        still = np.abs(over) >= _CLOSE
        open_, left, width, over = open_[still], left[:, still], width[still], over[still]
        high[open_] = np.where(over > 0, width, high[open_])
        low[open_] = np.where(over > 0, low[open_], width)
        widths[open_] = np.where(np.isinf(high[open_]), 2 * low[open_], (low[open_] + high[open_]) / 2)
    least = _LEAST_WIDTH * np.where(known, far.mean(axis=0) * _other(count) if count else 0.0, mean)
    found = np.exp(-excess / np.maximum(np.maximum(widths, least), _TINY))
    return np.asarray(found.T, dtype=np.float32)


def _other(count: int) -> float:
    """A mean over `count` neighbours as UMAP takes it, which counts the point itself."""
    return count / (count + 1)


def _either(told: csr_array) -> csr_array:
    back = told.T.tocsr()
    both = told + back - told.multiply(back)
    both.eliminate_zeros()
    both.sort_indices()
    return both
