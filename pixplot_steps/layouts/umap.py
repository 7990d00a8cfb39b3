"""The map: UMAP (McInnes, Healy and Melville 2018) on the shared graph of neighbours: its ties (`fuzzy`) and the descent (`descent`)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.layouts import fuzzy
from pixplot_steps.spec import Umap

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_FEWEST = 5
"""Below so many points there is nothing to learn: they stand on a circle."""

_SPREAD = 1.0
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
    from pixplot_steps.layouts import descent

    begin = _start(vectors if start is None else start, components, np.random.RandomState(seed))
    edges = ties(_of_size(graph, wanted.n_neighbors), labels)
    rounds = wanted.epochs or epochs(len(vectors))
    return descent.descend(begin, edges, curve(wanted.min_dist), rounds, seed, parallel=not reproducible)


def epochs(count: int) -> int:
    """Rounds of descent for so many points, as umap-learn chooses them."""
    return 500 if count <= _SMALL else 200


def ties(graph: Graph, labels: Labels | None) -> csr_array:
    """The graph as a matrix of strengths; ties between images of different labels are weak."""
    found = fuzzy.tied(graph.indices, graph.distances)
    if labels is None:
        return found
    far = _FAR / (1.0 - labels.weight) if labels.weight < 1 else _FARTHEST
    return fuzzy.parted(found, labels.of, far)


@functools.cache
def curve(min_dist: float) -> tuple[float, float]:
    """The a and b for which 1 / (1 + a x^2b) is nearest to UMAP's wanted fall of strength with distance on the map."""
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3 * _SPREAD, 300)
    wanted = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist) / _SPREAD))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)


def _start(vectors: NDArray[np.floating], components: int, random: np.random.RandomState) -> NDArray[np.float32]:
    start = np.zeros((len(vectors), components))
    start[:, : min(components, vectors.shape[1])] = vectors[:, :components]
    span = np.ptp(start, axis=0).max()
    # Equal vectors must not start on one spot, where they would stay together and no axis would have a length.
    return (start * (_START_SIZE / span if span > 0 else 1.0) + random.normal(scale=_JITTER, size=start.shape)).astype(np.float32)


def _of_size(graph: Graph, wanted: int) -> Graph:
    """The graph of the nearest alone; each point counts as its own first neighbour."""
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
    return graph.nearest(count - 1)


def _on_circle(count: int, components: int) -> NDArray[np.float32]:
    circle = np.zeros((count, components), dtype=np.float32)
    if count > 1:
        angles = np.pi - 2 * np.pi * np.arange(count) / count
        circle[:, :2] = np.column_stack([np.cos(angles), np.sin(angles)]).round(6)
    return circle
