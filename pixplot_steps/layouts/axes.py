"""Two columns of numbers as the axes of a plane, with round numbers along them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame, placed, spread
from pixplot_steps.layouts.marks import RIGHT, Arranged, Label, Lines, lines_of

_ASPECT = 1.5
_TICKS = 6
_PAD = 0.02
"""From the plane's edge to the numbers, in map units."""

_TITLE = 0.075
"""From the plane's edge to an axis's name."""

_BELOW = 0.12
"""Room for the numbers and the name below the plane, which is 1 high."""

_FARTHEST = 0.03
"""How far from its place a picture may stand where others have the same numbers, in map units."""

_MINUS = "\u2212"


@dataclass(frozen=True)
class Axis:
    """Numbers f64 [N], NaN where not given, and the column's name."""

    values: NDArray[np.float64]
    name: str


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    ticks: tuple[float, ...]
    length: float

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return (values - self.low) / (self.high - self.low) * self.length


def arrange(x: Axis, y: Axis) -> Arranged:
    """Items (at least 1) where their numbers say; those that lack one stand below the plane."""
    known = np.isfinite(x.values) & np.isfinite(y.values)
    across, up = _scale(x.values[known], _ASPECT), _scale(y.values[known], 1.0)
    places = np.zeros((len(known), 2))
    places[known] = np.column_stack([across.place(x.values[known]), up.place(y.values[known])])
    # Those without numbers stand below the plane's own numbers and name.
    corners, both = np.array([[0, -_BELOW], [_ASPECT, 1]]), np.ones(2, dtype=np.bool_)
    if known.any():
        complete = placed.complete(np.vstack([places, corners]), np.concatenate([known, both]))[:-2]
    else:
        complete = placed.rows(len(known), _ASPECT)
    framed = frame.around(np.vstack([complete, [[0, 0], [_ASPECT, 1]]]), 1e-9)
    positions = framed.points(complete)
    cell = frame.picture_side(positions.astype(np.float32))
    positions[known] = spread.around(positions[known], cell / 2, _FARTHEST)
    within = np.clip(positions, -1, 1).astype(np.float32)
    missing = placed.label(within, known)
    labels = [*_numbers(across, framed, RIGHT, up=False), *_numbers(up, framed, RIGHT, up=True), *_titles(x, y, framed), *missing]
    return Arranged(within, cell, tuple(labels) if known.any() else (), _grid(across, up, framed))


def ticks(low: float, high: float) -> tuple[float, ...]:
    """Round numbers, about six, that lie in [low, high] and at or beyond its ends."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, last + 1))


def written(value: float) -> str:
    """A number without needless zeros; a minus that is one."""
    return f"{value:.10g}".replace("-", _MINUS)


def _scale(values: NDArray[np.float64], length: float) -> _Scale:
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        half = abs(low) / 10 or 1.0
        low, high = low - half, high + half
    found = ticks(low, high)
    return _Scale(found[0], found[-1], found, length)


def _numbers(scale: _Scale, framed: frame.Frame, anchor: str, *, up: bool) -> list[Label]:
    places = scale.place(np.array(scale.ticks)).tolist()
    if up:
        return [
            Label(written(tick), *_moved(framed.point(0, place), -_PAD, 0), 0, anchor)
            for tick, place in zip(scale.ticks, places, strict=True)
        ]
    return [Label(written(tick), *_moved(framed.point(place, 0), 0, -_PAD), 0) for tick, place in zip(scale.ticks, places, strict=True)]


def _titles(x: Axis, y: Axis, framed: frame.Frame) -> list[Label]:
    return [Label(x.name, *_moved(framed.point(_ASPECT / 2, 0), 0, -_TITLE), 1), Label(y.name, *_moved(framed.point(0, 1), 0, _TITLE), 1)]


def _moved(point: tuple[float, float], right: float, up: float) -> tuple[float, float]:
    return point[0] + right, point[1] + up


def _grid(across: _Scale, up: _Scale, framed: frame.Frame) -> Lines:
    vertical = [np.array([[place, 0], [place, 1]]) for place in across.place(np.array(across.ticks)).tolist()]
    level = [np.array([[0, place], [_ASPECT, place]]) for place in up.place(np.array(up.ticks)).tolist()]
    return lines_of([framed.points(line) for line in (*vertical, *level)])
