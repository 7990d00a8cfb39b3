"""The descent of UMAP (McInnes, Healy and Melville 2018, section 3.2): tied points draw each other near, points drawn at random push.

Each tie is drawn in its share of the epochs, and moves both its ends; its first end is then pushed by five other points at once.
The forces are read from tables, the random numbers are those of a counter (SplitMix64: Steele, Lea and Flood 2014), and which ties an epoch
draws follows from its number: so no state but the places is kept, and one thread gives the same bytes each time.

This module imports numba, which compiles the descent in a second for each number of dimensions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Curve: TypeAlias = tuple[float, float]
"""The a and b of the strength 1 / (1 + a x^2b) that a tie of length x has on the map."""

Places: TypeAlias = NDArray[np.float32]
Axis: TypeAlias = NDArray[np.float32]
Table: TypeAlias = NDArray[np.float32]
"""[M, dimensions]; [dimensions]; [entries, 2]."""

PUSHES = 5
"""Points at random that push for each tie drawn."""

_LONGEST = np.float32(4.0)
"""Limit of a force along each axis."""

_NEAR = 1e-3
"""Added to the squared distance of points that push each other, so that the force has a limit."""

_FINE = 6
_SHIFT = 23 - _FINE
_LOW, _HIGH = ((127 + power) << _FINE for power in (-40, 40))
_ENTRIES = _HIGH - _LOW
_REST = (1 << _SHIFT) - 1
"""A table has 64 entries for each power of two of the squared distance, from 2^-40 to 2^40: a float32's high bits are the place in it."""

_CHUNK = 4096
"""Points of a thread at a time."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = (np.uint64(bits) for bits in (30, 27, 31, 32))


def descend(
    start: NDArray[np.float32], edges: csr_array, curve: Curve, epochs: int, seed: int, *, parallel: bool = False
) -> NDArray[np.float32]:
    """Places f32 [M, d] of points, moved from `start` [M, d] by their ties `edges` [M, M], symmetric.

    `parallel` takes all cores, whose moves race with each other: the places differ a little each time.
    """
    share = edges.data / edges.data.max() if edges.nnz else edges.data
    drawn = share * np.float32(epochs) >= 1
    ends = np.concatenate([[0], np.cumsum(drawn)])[edges.indptr]
    tail, share = edges.indices[drawn], np.ascontiguousarray(share[drawn], dtype=np.float32)
    places = np.array(start, dtype=np.float32, order="C")
    epoch = _epoch(places.shape[1], parallel)
    pull, push = tables(curve)
    for number in range(epochs):
        epoch(places, ends, tail, share, pull, push, np.uint64(seed), number, np.float32(1 - number / epochs))
    return places


def tables(curve: Curve) -> tuple[Table, Table]:
    """What draws and what pushes, f32 [entries, 2] each: the force over the distance, and its slope, by the squared distance."""
    a, b = curve
    squares = (np.arange(_LOW, _HIGH + 1, dtype=np.int32) << _SHIFT).view(np.float32).astype(np.float64)
    fall = 1 + a * squares**b
    pull, push = -2 * a * b * squares ** (b - 1) / fall, 2 * b / ((_NEAR + squares) * fall)
    first, second = (np.column_stack([one[:-1], np.diff(one) / (1 << _SHIFT)]).astype(np.float32) for one in (pull, push))
    return first, second


def _looked_up(table: Table, square: np.float32) -> np.float32:
    bits: Any = np.float32(square).view(np.int32)
    place = min(max((bits >> _SHIFT) - _LOW, 0), _ENTRIES - 1)
    force: np.float32 = table[place, 0] + table[place, 1] * np.float32(bits & _REST)
    return force


def _limited(force: np.float32) -> np.float32:
    return min(max(force, -_LONGEST), _LONGEST)


def _mixed(state: np.uint64) -> np.uint64:
    state = (state ^ (state >> _30)) * _MIX_1
    state = (state ^ (state >> _27)) * _MIX_2
    return state ^ (state >> _31)


looked_up = numba.njit(_looked_up)
_limit = numba.njit(_limited)
_mix = numba.njit(_mixed)


def _drawn(places: Places, j: int, k: int, pull: Table, rate: np.float32, dimensions: int, way: Axis) -> None:
    square = np.float32(0)
    for axis in range(dimensions):
        way[axis] = places[j, axis] - places[k, axis]
        square += way[axis] * way[axis]
    force = looked_up(pull, square)
    for axis in range(dimensions):
        step = _limit(force * way[axis]) * rate
        places[j, axis] += step
        places[k, axis] -= step


def _pushed(places: Places, j: int, state: np.uint64, push: Table, rate: np.float32, dimensions: int, way: Axis, move: Axis) -> None:
    for axis in range(dimensions):
        move[axis] = np.float32(0)
    for number in range(PUSHES):
        k = ((_mix(state + np.uint64(number) * _STEP) >> _32) * np.uint64(len(places))) >> _32
        square = np.float32(0)
        for axis in range(dimensions):
            way[axis] = places[j, axis] - places[k, axis]
            square += way[axis] * way[axis]
        force = looked_up(push, square)
        for axis in range(dimensions):
            move[axis] += _limit(force * way[axis])
    for axis in range(dimensions):
        places[j, axis] += move[axis] * rate


_draw = numba.njit(_drawn)
_push = numba.njit(_pushed)


@functools.cache
def _epoch(dimensions: int, parallel: bool) -> Callable[..., Any]:
    """One epoch, compiled for a number of dimensions, which is a constant in it."""
    over = numba.prange if parallel else range

    def epoch(places: Any, ends: Any, tail: Any, share: Any, pull: Any, push: Any, seed: np.uint64, number: int, rate: np.float32) -> None:
        now, next_ = np.float32(number), np.float32(number + 1)
        key = _mix(_mix(seed) + np.uint64(number) * _STEP)
        for chunk in over((len(places) + _CHUNK - 1) // _CHUNK):
            way, move = np.empty(dimensions, np.float32), np.empty(dimensions, np.float32)
            for j in range(chunk * _CHUNK, min(len(places), (chunk + 1) * _CHUNK)):
                state = _mix(key + np.uint64(j) * _STEP)
                for edge in range(ends[j], ends[j + 1]):
                    if int(next_ * share[edge]) > int(now * share[edge]):
                        _draw(places, j, tail[edge], pull, rate, dimensions, way)
                        _push(places, j, state, push, rate, dimensions, way, move)
                        state += np.uint64(PUSHES) * _STEP

    compiled: Callable[..., Any] = numba.njit(parallel=parallel)(epoch)
    return compiled
