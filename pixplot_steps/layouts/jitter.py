"""The map with its overlaps removed: a cell of its own for every picture, near where the map has it.

The map is covered with more cells than there are points and halved again and again, points and cells together. On each cut the points
stay on their side, but for those that find no room there: the nearest to the cut cross it. So points in open places do not move
but to the middle of their cell, and dense places grow just as far as they must. All parts of one depth are cut at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_FINEST = 1e-3
"""Least share of the cells that are filled: finer ones would be too small to see."""

_LEAST_SPAN = 0.5
"""Side, in map units, of the room that points on one spot get; more points get less each."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Jittered:
    """`positions` f32 [N, 2]; `cell`: distance of neighbouring cells; `moved` f64 [N]: how far each went, all in map units."""

    positions: NDArray[np.float32]
    cell: float
    moved: NDArray[np.float64]


def arrange(positions: NDArray[np.float32], fill: float, farthest: float) -> Jittered:
    """Points f32 [N, 2] (N at least 1), each in a cell of its own; at most the share `fill` of all cells is filled.

    Where a point would move by more than `farthest` (map units), the cells are made smaller, down to a thousandth filled.
    """
    found = _once(positions, fill)
    while found.moved.max() > farthest and fill / 2 >= _FINEST:
        fill /= 2
        found = _once(positions, fill)
    return found


def _once(positions: NDArray[np.float32], fill: float) -> Jittered:
    points = positions.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    # Points on a line, or on one spot, need room beside it.
    span = np.maximum(high - low, max(float((high - low).max()), _LEAST_SPAN) / math.sqrt(len(points)))
    low = (low + high - span) / 2
    cell = math.sqrt(float(span[0] * span[1]) / math.ceil(len(points) / fill))
    sides = np.maximum(1, np.ceil(span / cell - _ROUNDING)).astype(np.int64)
    taken = _assign((points - low) / cell, int(sides[0]), int(sides[1]))
    middles = low + (taken + 0.5) * cell
    # The outermost cells may reach out of the map by a part of a cell.
    shrink = min(1.0, 1 / float(np.abs(middles).max(initial=1e-9)))
    within = np.clip(middles * shrink, -1, 1)
    return Jittered(within.astype(np.float32), cell * shrink, np.hypot(*(within - points).T))


def _assign(places: NDArray[np.float64], wide: int, high: int) -> Integers:
    """Cells i64 [N, 2] (column, row) of places f64 [N, 2], measured in cells; each cell at most once."""
    count = len(places)
    ranks = np.column_stack([_ranks(places[:, 0]), _ranks(places[:, 1])])
    part = np.zeros(count, dtype=np.int64)
    box = np.array([[0, wide, 0, high]])
    while True:
        width, height = box[:, 1] - box[:, 0], box[:, 3] - box[:, 2]
        if (width * height == 1).all():
            break
        across = width >= height
        axis = np.where(across, 0, 1)
        start = np.where(across, box[:, 0], box[:, 2])
        cut = start + (np.where(across, width, height) + 1) // 2
        order = np.argsort(part * count + np.where(across[part], ranks[:, 0], ranks[:, 1]))
        sizes = np.bincount(part, minlength=len(box))
        place = np.empty(count, dtype=np.int64)
        place[order] = np.arange(count) - (np.cumsum(sizes) - sizes)[part[order]]
        before = np.bincount(part, weights=places[np.arange(count), axis[part]] < cut[part], minlength=len(box)).astype(np.int64)
        first, second = _halves(box, across, cut)
        stay = np.clip(before, sizes - _room(second), _room(first))
        goes_second = place >= stay[part]
        both = np.stack([first, second], axis=1).reshape(-1, 4)
        part = 2 * part + goes_second
        kept = np.bincount(part, minlength=len(both)) > 0
        part, box = (np.cumsum(kept) - 1)[part], both[kept]
    return np.column_stack([box[part, 0], box[part, 2]])


def _halves(box: Integers, across: NDArray[np.bool_], cut: Integers) -> tuple[Integers, Integers]:
    first, second = box.copy(), box.copy()
    first[across, 1], second[across, 0] = cut[across], cut[across]
    first[~across, 3], second[~across, 2] = cut[~across], cut[~across]
    return first, second


def _room(box: Integers) -> Integers:
    return np.asarray((box[:, 1] - box[:, 0]) * (box[:, 3] - box[:, 2]))


def _ranks(values: NDArray[np.float64]) -> Integers:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks
