"""A map that carries on from the one that was shown before: old images stay where they were, as far as that is true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame, placing, umap
from pixplot_steps.spec import Umap

_FEW = 0.1
"""Share of the images that may be placed among fixed ones, since the map was last laid out as a whole."""


@dataclass(frozen=True)
class Fit:
    """What a map is made from: `vectors` f32 [M, d], their graph, the parameters, and what a person says of the images, if anything."""

    vectors: NDArray[np.float32]
    graph: umap.Graph
    wanted: Umap
    seed: int
    reproducible: bool
    labels: umap.Labels | None = None

    def embed(self, start: NDArray[np.floating] | None = None) -> NDArray[np.float32]:
        """Coordinates f32 [M, 2], from `start` where there is one."""
        return umap.embed(self.vectors, self.graph, self.wanted, self.seed, self.reproducible, start, labels=self.labels)


@dataclass(frozen=True)
class Former:
    """The map before: `known` bool [M], which images it has; `places` f32 [n, 2] of these, in map units, in their order.

    `scale`: a map unit in UMAP's; `placed`: images that were put among fixed ones since the last layout of the whole; `quality`: its own.
    `relabelled`: whether any of them has another label now.
    """

    known: NDArray[np.bool_]
    places: NDArray[np.float32]
    scale: float
    placed: int
    quality: dict[str, Any] | None
    relabelled: bool = False


@dataclass(frozen=True)
class Map:
    """`places` f32 [M, 2] in map units; `told`: `scale`, `placed` and `kept` for the summary."""

    places: NDArray[np.float32]
    told: dict[str, Any]


def afresh(fit: Fit) -> Map:
    """A map that knows no other."""
    return _whole(fit.embed(), None)


def carry_on(fit: Fit, former: Former) -> Map:
    """A map on which the images of the former one lie where they lay.

    A few new ones are placed among the old ones, none of which moves at all. When these have become more than a tenth of the images, or
    old ones have other labels, the whole is laid out again from there, and turned so that old images come near their old places.
    """
    if not former.known.any():
        return afresh(fit)
    start = np.zeros((len(former.known), 2))
    start[former.known] = former.places.astype(np.float64) * former.scale
    start = placing.place(fit.graph.nearest(fit.wanted.n_neighbors - 1), start, ~former.known, fit.vectors, fit.wanted.min_dist, fit.seed)
    placed = former.placed + int((~former.known).sum())
    if placed > _FEW * len(former.known) or former.relabelled:
        return _whole(fit.embed(start), former)
    places = np.clip(start / former.scale, -1, 1).astype(np.float32)
    places[former.known] = former.places
    return Map(places, {"scale": former.scale, "placed": placed, "kept": _kept(places, former, whole=False)})


def variant(fit: Fit, places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Places f32 [M, 2] by other parameters, laid out from the `places` of a map and turned onto them: so each image moves little.

    Where the size chooses the epochs, three quarters are enough from there.
    """
    if not fit.wanted.epochs:
        fit = replace(fit, wanted=replace(fit.wanted, epochs=umap.epochs(len(places)) * 3 // 4))
    return frame.scaled(frame.turned(frame.gathered(fit.embed(places)), np.arange(len(places)), places))


def _whole(coordinates: NDArray[np.float32], former: Former | None) -> Map:
    gathered = frame.gathered(coordinates)
    if former is not None:
        gathered = frame.turned(gathered, np.flatnonzero(former.known), former.places)
    places = frame.scaled(gathered)
    told = {"scale": frame.half_span(gathered), "placed": 0, "kept": former and _kept(places, former, whole=True)}
    return Map(places, told)


def _kept(places: NDArray[np.float32], former: Former, *, whole: bool) -> dict[str, Any]:
    moves = np.linalg.norm(places[former.known].astype(np.float64) - former.places, axis=1)
    width = 2 * frame.half_span(places)
    return {
        "old": len(moves),
        "new": len(places) - len(moves),
        "laid_out_again": whole,
        "drift_percent": round(100 * float(np.median(moves)) / width, 4),
        "quality_before": former.quality,
    }
