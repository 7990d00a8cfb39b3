"""t-SNE (van der Maaten and Hinton 2008) by openTSNE, on the shared graph of neighbours."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts.umap import Graph

_FEWEST = 5
"""Fewer points keep the places of their principal components."""

_SPREAD = 1e-4
"""Standard deviation of the start (Kobak and Berens 2019)."""

_EARLY, _LATE = 250, 500
_EXAGGERATION = 12
_INTERPOLATED = 10_000
"""From so many points on repulsion is interpolated on a raster: FIt-SNE (Linderman and others 2019). Of three components it never is."""


def embed(vectors: NDArray[np.float32], graph: Graph, perplexity: float, components: int, seed: int, jobs: int) -> NDArray[np.float32]:
    """Coordinates f32 [M, components] (1 to 3) of images, started from the first columns of their vectors [M, d].

    The graph has at least `perplexity` neighbours of each; three times as many make the perplexity exact. One job gives the same bytes
    each time.
    """
    start = _start(vectors, components)
    if len(vectors) < _FEWEST:
        return start
    import openTSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    known = PrecomputedNeighbors(graph.indices, graph.distances)
    count = graph.indices.shape[1]
    # Where neighbours are few, all of them count as alike.
    affinities = PerplexityBasedNN(knn_index=known, perplexity=min(perplexity, count), k_neighbors=count, n_jobs=jobs)
    method = "fft" if len(vectors) >= _INTERPOLATED and components < 3 else "bh"
    embedding = openTSNE.TSNEEmbedding(
        start, affinities, negative_gradient_method=method, n_jobs=jobs, random_state=seed, learning_rate="auto"
    )
    embedding = embedding.optimize(_EARLY, exaggeration=_EXAGGERATION, momentum=0.5)
    embedding = embedding.optimize(_LATE, exaggeration=1, momentum=0.8)
    return np.asarray(embedding, dtype=np.float32)


def stacked(line: NDArray[np.float32], aspect: float) -> NDArray[np.float64]:
    """Cells f64 [N, 2] of points on a line f32 [N]: columns of equal width, in which pictures stand, about `aspect` as wide as high."""
    count = max(1, math.ceil(math.sqrt(len(line) * aspect)))
    low, span = float(line.min()), float(np.ptp(line)) or 1.0
    column = np.minimum(((line - low) / span * count).astype(np.int64), count - 1)
    order = np.lexsort((line, column))
    sizes = np.bincount(column, minlength=count)
    rank = np.empty(len(line), dtype=np.int64)
    rank[order] = np.arange(len(line)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.column_stack([column, rank]).astype(np.float64)


def _start(vectors: NDArray[np.float32], components: int) -> NDArray[np.float32]:
    start = np.zeros((len(vectors), components), dtype=np.float32)
    start[:, : vectors.shape[1]] = vectors[:, :components]
    deviation = float(start[:, 0].std())
    return start * np.float32(_SPREAD / deviation) if deviation > 0 else start
