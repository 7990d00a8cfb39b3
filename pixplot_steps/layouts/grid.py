"""A cell of its own for every point of a map: points and cells are bisected together, until one is left of each.

A rectangle of cells is cut across its longer side, and as many points as the first part has cells, the first along that
side, go there (the idea of DGrid, Hilasaca and Paulovich 2019, arXiv 1903.06262). Of several places near the middle the cut
takes the one where points lie thinnest, so that clusters stay whole: 0.02 to 0.04 more neighbours are kept than by halving.
All rectangles of one depth are cut at once, so that a million points take some 20 sorts and no loop over points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts.cells import Rectangle, full

_FRACTIONS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75)
"""Places of a cut along the longer side, nearest to the middle first: it wins where several are as thin."""

_HALVED = 6
"""Sides of so many cells are halved: among so few points density is chance."""

_WINDOW = 0.02
"""Share of a rectangle's points, on each side of a cut, by which the density there is judged."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class _Parts:
    """Rectangles [left, right) x [top, bottom) of cells, i64 [n] each."""

    left: Integers
    right: Integers
    top: Integers
    bottom: Integers

    def at(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> _Parts:
        return _Parts(self.left[chosen], self.right[chosen], self.top[chosen], self.bottom[chosen])


@dataclass(frozen=True)
class _Sorted:
    """Points in order of their rectangle, then along its longer side.

    `order`: their numbers; `starts`, `sizes`, `axis`: where each rectangle's run starts, its length, and the column of
    coordinates that it is sorted by.
    """

    order: Integers
    starts: Integers
    sizes: Integers
    axis: Integers

    def at(self, chosen: Integers) -> _Sorted:
        return _Sorted(self.order, self.starts[chosen], self.sizes[chosen], self.axis[chosen])


def assign(positions: NDArray[np.float32], shape: Rectangle, filled: NDArray[np.bool_] | None = None) -> Integers:
    """The cell, i64 [N], of each point f32 [N, 2] (y up); equal points go by index.

    Every cell below N is taken once; or every one of those N that are `filled`, bool [rows, columns].
    """
    items = len(positions)
    sums = _sums(full(shape, items) if filled is None else filled)
    axes = np.column_stack([-positions[:, 1], positions[:, 0]])
    ranks = np.column_stack([_ranks(axes[:, 0]), _ranks(axes[:, 1])])
    parts = _whole(shape)
    part = np.zeros(items, dtype=np.int64)
    while _divisible(parts).any():
        across = _width(parts) >= _height(parts)
        points = _sort(ranks, part, across)
        first, second = _cut(parts, across, _best_cut(parts, across, points, axes, sums))
        goes_second = _place_in_part(points, part) >= _capacity(first, sums)[part]
        part, parts = _drop_empty(2 * part + goes_second, _interleave(first, second), sums)
    return parts.top[part] * shape.columns + parts.left[part]


def _sort(ranks: Integers, part: Integers, across: NDArray[np.bool_]) -> _Sorted:
    order = np.argsort(part * len(part) + np.where(across[part], ranks[:, 1], ranks[:, 0]))
    sizes = np.bincount(part, minlength=len(across))
    return _Sorted(order, np.cumsum(sizes) - sizes, sizes, across.astype(np.int64))


def _best_cut(parts: _Parts, across: NDArray[np.bool_], points: _Sorted, axes: NDArray[np.float32], sums: Integers) -> Integers:
    """For each rectangle, how many cells of its longer side lie before the cut."""
    side = np.maximum(_width(parts), _height(parts))
    best = (side + 1) // 2
    large = np.flatnonzero(side > _HALVED)
    if len(large):
        cuts = np.array([np.round(side[large] * fraction).astype(np.int64) for fraction in _FRACTIONS])
        rooms = [_capacity(_cut(parts.at(large), across[large], cut)[0], sums) for cut in cuts]
        thin = [_thinness(room, points.at(large), axes) for room in rooms]
        best[large] = cuts[np.argmax(thin, axis=0), np.arange(len(large))]
    return best


def _thinness(before: Integers, points: _Sorted, axes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean distance of points along the side, around the place with `before` of a rectangle's points before it."""
    reach = np.maximum(1, (points.sizes * _WINDOW).astype(np.int64))
    low = np.clip(before - reach, 0, points.sizes - 1)
    high = np.clip(before + reach - 1, 0, points.sizes - 1)
    last, first = points.order[points.starts + high], points.order[points.starts + low]
    span = axes[last, points.axis].astype(np.float64) - axes[first, points.axis]
    return np.asarray(span / np.maximum(1, high - low))


def _whole(shape: Rectangle) -> _Parts:
    zero = np.zeros(1, dtype=np.int64)
    return _Parts(zero, zero + shape.columns, zero, zero + shape.rows)


def _ranks(values: NDArray[np.float32]) -> Integers:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _width(parts: _Parts) -> Integers:
    return parts.right - parts.left


def _height(parts: _Parts) -> Integers:
    return parts.bottom - parts.top


def _divisible(parts: _Parts) -> NDArray[np.bool_]:
    return (_width(parts) > 1) | (_height(parts) > 1)


def _cut(parts: _Parts, across: NDArray[np.bool_], before: Integers) -> tuple[_Parts, _Parts]:
    # The first part of a single cell is the whole cell, its second part is empty.
    x = np.where(across, parts.left + before, parts.right)
    y = np.where(across, parts.bottom, parts.top + before)
    first = _Parts(parts.left, x, parts.top, y)
    second = _Parts(np.where(across, x, parts.left), parts.right, np.where(across, parts.top, y), parts.bottom)
    return first, second


def _sums(filled: NDArray[np.bool_]) -> Integers:
    """How many filled cells lie above and left of each corner, i64 [rows + 1, columns + 1]."""
    sums = np.zeros((filled.shape[0] + 1, filled.shape[1] + 1), dtype=np.int64)
    np.cumsum(np.cumsum(filled, axis=0, dtype=np.int64), axis=1, out=sums[1:, 1:])
    return sums


def _capacity(parts: _Parts, sums: Integers) -> Integers:
    above = sums[parts.top, parts.right] - sums[parts.top, parts.left]
    return np.asarray(sums[parts.bottom, parts.right] - sums[parts.bottom, parts.left] - above)


def _place_in_part(points: _Sorted, part: Integers) -> Integers:
    place = np.empty(len(part), dtype=np.int64)
    place[points.order] = np.arange(len(part)) - points.starts[part[points.order]]
    return place


def _interleave(first: _Parts, second: _Parts) -> _Parts:
    def both(a: Integers, b: Integers) -> Integers:
        return np.column_stack([a, b]).ravel()

    return _Parts(
        both(first.left, second.left), both(first.right, second.right), both(first.top, second.top), both(first.bottom, second.bottom)
    )


def _drop_empty(part: Integers, parts: _Parts, sums: Integers) -> tuple[Integers, _Parts]:
    kept = _capacity(parts, sums) > 0
    return (np.cumsum(kept) - 1)[part], parts.at(kept)
