"""The map: UMAP (McInnes, Healy and Melville 2018) on the shared graph of neighbours."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.spec import Umap

_FEWEST = 5
"""Below so many points there is nothing to learn: they stand on a circle."""

_SPREAD = 1.0
_NEGATIVE_SAMPLES = 5
_SMALL = 10_000
_START_SIZE = 10.0
_JITTER = 1e-3
_FAR = 2.5
_FARTHEST = 1e12
"""How far labels are from each other at a weight of 0 and of 1: umap-learn's own."""


@dataclass(frozen=True)
class Graph:
    """The shared graph: `indices` i32 [M, k] and `distances` f32 [M, k], itself excluded, ascending."""

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    def nearest(self, count: int) -> Graph:
        """The graph of the `count` nearest alone."""
        return Graph(self.indices[:, :count], self.distances[:, :count])


@dataclass(frozen=True)
class Labels:
    """What a person says of the images: `of` i64 [M], a number for each label, -1 for none; `weight` in (0, 1]."""

    of: NDArray[np.int64]
    weight: float


def embed(
    vectors: NDArray[np.float32],
    graph: Graph,
    wanted: Umap,
    seed: int,
    reproducible: bool,
    start: NDArray[np.floating] | None = None,
    *,
    labels: Labels | None = None,
    components: int = 2,
) -> NDArray[np.float32]:
    """Coordinates f32 [M, components] of images, started from `start` [M, components], or else from the first columns of their vectors.

    A start from the principal components keeps the large shape of the data and does not depend on a random
    eigensolver (Kobak and Linderman 2021). `reproducible` takes one thread, since parallel descent races. With `labels`, images of
    different ones are drawn apart: the supervised form.
    Raises ConfigError where the graph has fewer neighbours than are wanted.
    """
    if len(vectors) < _FEWEST:
        return _on_circle(len(vectors), components)
    umap = import_umap()
    random = np.random.RandomState(seed)
    begin = _start(vectors if start is None else start, components, random)
    with _numba_threads(1 if reproducible else None):
        edges = fuzzy(umap, vectors, _with_self(graph, wanted.n_neighbors), random, labels)
        return _optimise(umap, begin, vectors, edges, wanted, random, not reproducible)


def epochs(count: int) -> int:
    """Rounds of descent for so many points, as umap-learn chooses them."""
    return 500 if count <= _SMALL else 200


def fuzzy(umap: ModuleType, vectors: NDArray[np.float32], graph: Graph, random: np.random.RandomState, labels: Labels | None) -> Any:
    """The graph (each point its own first neighbour) as a sparse matrix of weights; edges between images of different labels are weak."""
    found, _, _ = umap.fuzzy_simplicial_set(
        vectors, graph.indices.shape[1], random, "precomputed", knn_indices=graph.indices, knn_dists=graph.distances
    )
    if labels is None:
        return found
    far = _FAR / (1.0 - labels.weight) if labels.weight < 1 else _FARTHEST
    return umap.discrete_metric_simplicial_set_intersection(found, labels.of, far_dist=far)


def _optimise(
    umap: ModuleType,
    start: NDArray[np.float32],
    vectors: NDArray[np.float32],
    edges: Any,
    wanted: Umap,
    random: np.random.RandomState,
    parallel: bool,
) -> NDArray[np.float32]:
    a, b = umap.find_ab_params(_SPREAD, wanted.min_dist)
    coordinates, _ = umap.simplicial_set_embedding(
        vectors,
        edges,
        n_components=start.shape[1],
        initial_alpha=1.0,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=_NEGATIVE_SAMPLES,
        n_epochs=wanted.epochs or epochs(len(vectors)),
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


def _start(vectors: NDArray[np.floating], components: int, random: np.random.RandomState) -> NDArray[np.float32]:
    start = np.zeros((len(vectors), components))
    start[:, : min(components, vectors.shape[1])] = vectors[:, :components]
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


def _on_circle(count: int, components: int) -> NDArray[np.float32]:
    circle = np.zeros((count, components), dtype=np.float32)
    if count > 1:
        angles = np.pi - 2 * np.pi * np.arange(count) / count
        circle[:, :2] = np.column_stack([np.cos(angles), np.sin(angles)]).round(6)
    return circle


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
