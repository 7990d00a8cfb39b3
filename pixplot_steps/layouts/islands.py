"""Islands of a map: groups of points with empty space all around, moved together until only narrow water is left between them.

How far apart UMAP leaves its islands means nothing (its forces do not reach so far), but a few far ones squeeze all others into a corner
of the screen. Within an island nothing moves, and each keeps its direction from the largest one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WATER = 0.03
"""Width of the water between islands, as a share of the map's span, among many points."""

_SHORE = 2
"""Cells of the raster by which each point's land reaches out: half the water, and so half the distance at which points are one island."""

_FEW = 50
"""Fewer points are no islands: they stay as they are."""

_ROUNDS = 3
"""Each round measures the water by the span that the last one left."""

Cells = NDArray[np.int64]


def gather(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move the islands among coordinates [M, 2] together; returns coordinates [M, 2] in the same unit."""
    for _ in range(_ROUNDS if len(coordinates) >= _FEW else 0):
        coordinates = _gather_once(coordinates)
    return coordinates


def _gather_once(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    low = coordinates.min(axis=0)
    span = float(np.ptp(coordinates, axis=0).max())
    if span <= 0:
        return coordinates
    # Among few points neighbours are farther apart than the water between islands of many.
    water = max(_WATER, float(1 / np.sqrt(len(coordinates))))
    size = int(np.ceil(2 * _SHORE / water))
    cells = np.minimum(((coordinates - low) / span * size).astype(np.int64), size - 1)
    moves = _moves(cells, size)
    return coordinates + moves * (span / size)


def _moves(cells: Cells, size: int) -> NDArray[np.float64]:
    """How many cells [M, 2] each point moves: the same for all points of an island."""
    from scipy import ndimage

    land = _land(cells, size)
    labels, count = ndimage.label(land, np.ones((3, 3)))
    island = labels[cells[:, 0] + _SHORE, cells[:, 1] + _SHORE] - 1
    shift = np.zeros((count, 2), np.int64)
    sizes = np.bincount(island, minlength=count)
    centres = np.column_stack([np.bincount(island, weights=cells[:, axis], minlength=count) / sizes for axis in (0, 1)]) + _SHORE
    main = int(np.argmax(sizes))
    taken = labels == main + 1
    pieces = ndimage.find_objects(labels)
    for i in np.argsort(np.linalg.norm(centres - centres[main], axis=1), kind="stable"):
        if i != main:
            piece = _cells_of(labels, pieces[i], int(i) + 1)
            shift[i] = _slide(piece, centres[main] - centres[i], taken)
            moved = piece + shift[i]
            taken[moved[:, 0], moved[:, 1]] = True
    moves: NDArray[np.float64] = shift[island].astype(np.float64)
    return moves


def _land(cells: Cells, size: int) -> NDArray[np.bool_]:
    """The raster of land: every point's cell and all within `_SHORE` cells of it; a border of that width lies around the points."""
    from scipy import ndimage

    land = np.zeros((size + 2 * _SHORE, size + 2 * _SHORE), np.bool_)
    land[cells[:, 0] + _SHORE, cells[:, 1] + _SHORE] = True
    grown: NDArray[np.bool_] = ndimage.binary_dilation(land, iterations=_SHORE)
    return grown


def _cells_of(labels: NDArray[np.int32], box: tuple[slice, slice], label: int) -> Cells:
    piece: Cells = np.argwhere(labels[box] == label) + np.array([box[0].start, box[1].start])
    return piece


def _slide(piece: Cells, way: NDArray[np.float64], taken: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The last free place on the straight way [2] of a piece of land [n, 2] towards the largest island, step by step of one cell.

    Where the way leads a broad piece over the edge of the raster, it slides along the edge.
    """
    least, most = -piece.min(axis=0), np.array(taken.shape) - 1 - piece.max(axis=0)
    steps = int(np.ceil(np.abs(way).max()))
    free = np.zeros(2, np.int64)
    for step in range(1, steps + 1):
        move = np.clip(np.rint(way * (step / steps)).astype(np.int64), least, most)
        moved = piece + move
        if taken[moved[:, 0], moved[:, 1]].any():
            return free
        free = move
    return free
