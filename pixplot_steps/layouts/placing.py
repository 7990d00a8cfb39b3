"""New points on a map whose other points stay where they are.

Each new point starts among its nearest neighbours and is then moved by the forces of UMAP (McInnes, Healy and Melville 2018, section 3.2):
towards its neighbours in the graph, away from points drawn at random. The forces on a point are averaged over its neighbours and all
new points move at once, so that one array operation does each pass; the points that were there before are never moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import fuzzy
from pixplot_steps.layouts.umap import Graph, curve

_PASSES = 100
_RATE = 0.25
"""Of the first pass; it falls to 0, as in UMAP, which also moves points new to a map at a quarter of its usual rate."""

_NEGATIVES = 1
"""Random points that push each point away in each pass. UMAP draws five, which drive single points away from islands that stand fixed."""

_LONGEST = 4.0
"""Limit of a force along each axis, as in UMAP."""

_SCATTER = 0.02
"""How far, in the optimiser's units, new points start from the point they start at: equal places would exert no force."""

_NEAR = 1e-3
_SURE = 1 - 1e-12
_BLOCK = 1 << 14


@dataclass(frozen=True)
class Edges:
    """Edges of the fuzzy graph that start at a new point: `head`, `tail` i64 [E] rows, `strength` f64 [E] in (0, 1]; by head, then tail."""

    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    strength: NDArray[np.float64]


def place(
    graph: Graph,
    places: NDArray[np.float64],
    new: NDArray[np.bool_],
    vectors: NDArray[np.float32],
    min_dist: float,
    seed: int,
) -> NDArray[np.float64]:
    """Places [M, 2], in the optimiser's units, with those of `new` points filled in; some point is not new.

    `vectors` [M, d] tell where points belong that no edge of the graph joins to others.
    """
    if not new.any():
        return places
    random = np.random.default_rng(seed)
    placed = _start(graph, places, new, vectors)
    placed[new] += random.normal(scale=_SCATTER, size=(int(new.sum()), 2))
    return _moved(placed, edges(graph, new), np.flatnonzero(new), curve(min_dist), random)


def edges(graph: Graph, new: NDArray[np.bool_]) -> Edges:
    """The edges that start at new points; a tie told from both ends has the strength p + q - p q."""
    rows, count = graph.indices.shape
    head, tail = np.repeat(np.arange(rows), count), graph.indices.astype(np.int64).ravel()
    near = new[head] | new[tail]
    head, tail, strength = head[near], tail[near], fuzzy.strengths(graph.distances).astype(np.float64).ravel()[near]
    key = np.concatenate([head * rows + tail, tail * rows + head])
    keys, place = np.unique(key, return_inverse=True)
    # One minus the product of what each end leaves: p + q - p q.
    left = np.bincount(place, np.log1p(-np.minimum(np.concatenate([strength, strength]), _SURE)), minlength=len(keys))
    heads, tails = np.divmod(keys, rows)
    kept = new[heads]
    return Edges(heads[kept], tails[kept], -np.expm1(left[kept]))


def _start(graph: Graph, places: NDArray[np.float64], new: NDArray[np.bool_], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Every new point at the most central of its neighbours' places; neighbours of new points only follow when those are placed."""
    indices, strengths = graph.indices, fuzzy.strengths(graph.distances).astype(np.float64)
    out, known = places.copy(), ~new
    while not known.all():
        waiting = np.flatnonzero(~known)
        weights = strengths[waiting] * known[indices[waiting]]
        joined = (weights > 0).any(axis=1)
        if joined.any():
            rows = waiting[joined]
            out[rows] = _central(out[indices[rows]], weights[joined])
        else:
            # An island of its own: its first point takes the place of the nearest point that has one.
            rows = waiting[:1]
            candidates = np.flatnonzero(known)
            out[rows] = out[candidates[((vectors[candidates] - vectors[rows]) ** 2).sum(axis=1).argmin()]]
        known = known.copy()
        known[rows] = True
    return out


def _central(places: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of places [n, k, 2] with weights [n, k], the one [n, 2] nearest to all others: unlike their mean, it never lies between islands."""
    out = np.empty((len(places), 2))
    for begin in range(0, len(places), _BLOCK):
        near, weight = places[begin : begin + _BLOCK], weights[begin : begin + _BLOCK]
        apart = np.linalg.norm(near[:, :, None] - near[:, None], axis=3)
        cost = np.where(weight > 0, (apart * weight[:, None]).sum(axis=2), np.inf)
        out[begin : begin + _BLOCK] = near[np.arange(len(near)), cost.argmin(axis=1)]
    return out


def _moved(
    places: NDArray[np.float64], forces: Edges, rows: NDArray[np.int64], ab: tuple[float, float], random: np.random.Generator
) -> NDArray[np.float64]:
    a, b = ab
    out = places.copy()
    head = np.searchsorted(rows, forces.head)
    total = np.bincount(head, weights=forces.strength, minlength=len(rows))
    share = forces.strength / total[head]
    for step in range(_PASSES):
        way = out[forces.head] - out[forces.tail]
        square = (way**2).sum(axis=1)
        pull = -2 * a * b * np.maximum(square, np.finfo(float).tiny) ** (b - 1) / (1 + a * square**b)
        force = _limited(pull[:, None] * way) * share[:, None]
        moved = np.column_stack([np.bincount(head, weights=force[:, axis], minlength=len(rows)) for axis in (0, 1)])
        way = out[rows, None] - out[random.integers(0, len(out), (len(rows), _NEGATIVES))]
        square = (way**2).sum(axis=2)
        push = 2 * b / ((_NEAR + square) * (1 + a * square**b))
        moved += _limited(push[:, :, None] * way).sum(axis=1)
        out[rows] += _RATE * moved * (1 - step / _PASSES)
    return out


def _limited(force: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(force, -_LONGEST, _LONGEST)
