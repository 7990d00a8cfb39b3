"""A cell of its own for every point of a map: points and cells are bisected together, until one is left of each.

A rectangle of cells is halved across its longer side, and as many points as the first half has cells, the first along that
side, go there (the idea of DGrid, Hilasaca and Paulovich 2019, arXiv 1903.06262). All rectangles of one depth are halved at
once, so that a million points take some 20 sorts and no loop over points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts.cells import Rectangle

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


def assign(positions: NDArray[np.float32], shape: Rectangle) -> Integers:
    """The cell, i64 [N], of each point f32 [N, 2] (y up). Every cell below N is taken once; equal points go by index."""
    items = len(positions)
    rank_x, rank_y = _ranks(positions[:, 0]), _ranks(-positions[:, 1])
    parts = _whole(shape)
    part = np.zeros(items, dtype=np.int64)
    while _divisible(parts).any():
        across = _width(parts) >= _height(parts)
        first, second = _halves(parts, across)
        room = _capacity(first, shape, items)
        goes_second = _place_in_part(np.where(across[part], rank_x, rank_y), part, len(room)) >= room[part]
        part, parts = _drop_empty(2 * part + goes_second, _interleave(first, second), shape, items)
    return parts.top[part] * shape.columns + parts.left[part]


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


def _halves(parts: _Parts, across: NDArray[np.bool_]) -> tuple[_Parts, _Parts]:
    # The first half of a single cell is the whole cell, its second half is empty.
    x = np.where(across, (parts.left + parts.right + 1) // 2, parts.right)
    y = np.where(across, parts.bottom, (parts.top + parts.bottom + 1) // 2)
    first = _Parts(parts.left, x, parts.top, y)
    second = _Parts(np.where(across, x, parts.left), parts.right, np.where(across, parts.top, y), parts.bottom)
    return first, second


def _capacity(parts: _Parts, shape: Rectangle, items: int) -> Integers:
    used_in_last_row = items - (shape.rows - 1) * shape.columns
    missing = np.clip(parts.right - np.maximum(parts.left, used_in_last_row), 0, None)
    return _width(parts) * _height(parts) - np.where((parts.bottom == shape.rows) & (_height(parts) > 0), missing, 0)


def _place_in_part(ranks: Integers, part: Integers, parts: int) -> Integers:
    order = np.argsort(part * len(ranks) + ranks)
    sizes = np.bincount(part, minlength=parts)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(ranks), dtype=np.int64)
    place[order] = np.arange(len(ranks)) - starts[part[order]]
    return place


def _interleave(first: _Parts, second: _Parts) -> _Parts:
    def both(a: Integers, b: Integers) -> Integers:
        return np.column_stack([a, b]).ravel()

    return _Parts(
        both(first.left, second.left), both(first.right, second.right), both(first.top, second.top), both(first.bottom, second.bottom)
    )


def _drop_empty(part: Integers, parts: _Parts, shape: Rectangle, items: int) -> tuple[Integers, _Parts]:
    kept = _capacity(parts, shape, items) > 0
    return (np.cumsum(kept) - 1)[part], parts.at(kept)
