"""The map: UMAP (McInnes, Healy and Melville 2018) on the shared graph of neighbours."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.spec import Umap

_FEWEST = 5
"""Below so many points there is nothing to learn: they stand on a circle."""

_SPREAD = 1.0
_NEGATIVE_SAMPLES = 5
_START_SIZE = 10.0
_JITTER = 1e-3


@dataclass(frozen=True)
class Graph:
    """The shared graph: `indices` i32 [M, k] and `distances` f32 [M, k], itself excluded, ascending."""

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    def nearest(self, count: int) -> Graph:
        """The graph of the `count` nearest alone."""
        return Graph(self.indices[:, :count], self.distances[:, :count])


def embed(
    vectors: NDArray[np.float32],
    graph: Graph,
    wanted: Umap,
    seed: int,
    reproducible: bool,
    start: NDArray[np.floating] | None = None,
) -> NDArray[np.float32]:
    """Coordinates f32 [M, 2] of images, started from `start` [M, 2], or else from the first two columns of their vectors [M, d].

    A start from the principal components keeps the large shape of the data and does not depend on a random
    eigensolver (Kobak and Linderman 2021). `reproducible` takes one thread, since parallel descent races.
    Raises ConfigError where the graph has fewer neighbours than are wanted.
    """
    if len(vectors) < _FEWEST:
        return _on_circle(len(vectors))
    umap = import_umap()
    random = np.random.RandomState(seed)
    begin = _start(vectors if start is None else start, random)
    with _numba_threads(1 if reproducible else None):
        return _optimise(umap, begin, vectors, _with_self(graph, wanted.n_neighbors), wanted, random, not reproducible)


def _optimise(
    umap: ModuleType,
    start: NDArray[np.float32],
    vectors: NDArray[np.float32],
    graph: Graph,
    wanted: Umap,
    random: np.random.RandomState,
    parallel: bool,
) -> NDArray[np.float32]:
    fuzzy, _, _ = umap.fuzzy_simplicial_set(
        vectors, graph.indices.shape[1], random, "precomputed", knn_indices=graph.indices, knn_dists=graph.distances
    )
    a, b = umap.find_ab_params(_SPREAD, wanted.min_dist)
    coordinates, _ = umap.simplicial_set_embedding(
        vectors,
        fuzzy,
        n_components=2,
        initial_alpha=1.0,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=_NEGATIVE_SAMPLES,
        n_epochs=wanted.epochs or None,
        init=start,
        random_state=random,
        metric="euclidean",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        parallel=parallel,
    )
    return np.asarray(coordinates, dtype=np.float32)


def _start(vectors: NDArray[np.floating], random: np.random.RandomState) -> NDArray[np.float32]:
    start = np.zeros((len(vectors), 2))
    start[:, : min(2, vectors.shape[1])] = vectors[:, :2]
    span = np.ptp(start, axis=0).max()
    # Equal vectors must not start on one spot, where they would stay together and no axis would have a length.
    return (start * (_START_SIZE / span if span > 0 else 1.0) + random.normal(scale=_JITTER, size=start.shape)).astype(np.float32)


def _with_self(graph: Graph, wanted: int) -> Graph:
    """The graph as UMAP expects it: each point is its own first neighbour, and counts."""
    rows, available = graph.indices.shape
    count = min(wanted, rows)
    if count > available + 1:
        raise ConfigError(
            "the graph has too few neighbours for the map",
            expected=f"neighbours.count of at least {wanted - 1}",
            found=str(available),
            where="layouts.umap.n_neighbors",
            action="raise neighbours.count, or lower n_neighbors",
        )
    itself = np.arange(rows, dtype=np.int32)[:, None]
    indices = np.hstack([itself, graph.indices[:, : count - 1]])
    return Graph(indices, np.hstack([np.zeros((rows, 1), dtype=np.float32), graph.distances[:, : count - 1]]))


def _on_circle(count: int) -> NDArray[np.float32]:
    if count == 1:
        return np.zeros((1, 2), dtype=np.float32)
    angles = np.pi - 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angles), np.sin(angles)]).round(6).astype(np.float32)


def import_umap() -> ModuleType:
    """The functions of umap-learn, imported without TensorFlow, which it would load (11 s, 900 MB) for a class not used here."""
    absent = "tensorflow" not in sys.modules
    if absent:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)
            import umap.umap_ as umap
    finally:
        if absent:
            del sys.modules["tensorflow"]
    return umap  # type: ignore[no-any-return]


@contextmanager
def _numba_threads(count: int | None) -> Iterator[None]:
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(count or before)
    try:
        yield
    finally:
        numba.set_num_threads(before)
