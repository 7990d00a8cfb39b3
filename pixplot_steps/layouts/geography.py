"""Pictures where they were made: longitude and latitude on an equidistant cylindrical map, with outlines below them.

The map is true to shape at the middle latitude of the pictures (Snyder 1987, section 12), and has a place for every coordinate.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame, placed, spread
from pixplot_steps.layouts.marks import Arranged, Lines, lines_of, no_lines

_FARTHEST = 0.02
"""How far from its place a picture may stand where there are others, in map units."""

_STEEPEST = 60.0
"""Middle latitude in degrees beyond which the map is no more narrowed."""

_WINDOW = 2.0
"""Lines are drawn to here, in map units: beyond the pictures on all sides, as far as a screen may show."""

_LEAST = 0.02
"""Degrees that the pictures span at least: those of one spot are not shown as if from space, nor from an inch."""


def arrange(lat: NDArray[np.float64], lng: NDArray[np.float64], outlines: Lines) -> Arranged:
    """Items (at least 1) at coordinates f64 [N] in degrees, NaN where not given; those without a place stand below the map.

    `outlines` in degrees: longitude, latitude.
    """
    known = np.isfinite(lat) & np.isfinite(lng)
    narrowed = math.cos(math.radians(min(_STEEPEST, abs(float(np.median(lat[known])))))) if known.any() else 1.0
    places = np.column_stack([np.where(known, lng, 0.0) * narrowed, np.where(known, lat, 0.0)])
    if not known.any():
        coordinates = placed.rows(len(places), 1.5)
        framed = frame.around(coordinates, 1e-9)
        return Arranged(framed.positions(coordinates), frame.picture_side(framed.positions(coordinates)))
    complete = placed.complete(places, known)
    framed = frame.around(complete, _LEAST)
    positions = framed.points(complete)
    cell = frame.picture_side(positions.astype(np.float32))
    positions[known] = spread.around(positions[known], cell / 2, _FARTHEST)
    within = np.clip(positions, -1, 1).astype(np.float32)
    floor = float(within[known, 1].min())
    drawn = clipped(framed.points(outlines.points * [narrowed, 1.0]), outlines.ends, floor if not known.all() else -_WINDOW)
    return Arranged(within, cell, tuple(placed.label(within, known)), drawn)


def clipped(points: NDArray[np.float64], ends: NDArray[np.int64], bottom: float) -> Lines:
    """Lines cut to [-2, 2] by [bottom, 2] (Liang and Barsky 1984), where a segment leaves it."""
    if not len(points):
        return no_lines()
    segment = np.ones(len(points) - 1, dtype=np.bool_)
    segment[ends[:-1] - 1] = False
    first = np.flatnonzero(segment)
    start, step = points[first], points[first + 1] - points[first]
    enter, leave = np.zeros(len(first)), np.ones(len(first))
    outside = np.zeros(len(first), dtype=np.bool_)
    for axis, (low, high) in enumerate(((-_WINDOW, _WINDOW), (bottom, _WINDOW))):
        moving = step[:, axis] != 0
        with np.errstate(divide="ignore", invalid="ignore"):
            a, b = (low - start[:, axis]) / step[:, axis], (high - start[:, axis]) / step[:, axis]
        enter = np.where(moving, np.maximum(enter, np.minimum(a, b)), enter)
        leave = np.where(moving, np.minimum(leave, np.maximum(a, b)), leave)
        outside |= ~moving & ((start[:, axis] < low) | (start[:, axis] > high))
    kept = (enter < leave) & ~outside
    first, start, step, enter, leave = first[kept], start[kept], step[kept], enter[kept], leave[kept]
    if not len(first):
        return no_lines()
    begin, end = start + enter[:, None] * step, start + leave[:, None] * step
    # A line goes on where the next segment starts at the point at which this one ends, uncut.
    broken = np.flatnonzero((np.diff(first) != 1) | (leave[:-1] < 1) | (enter[1:] > 0)) + 1
    cuts = [0, *broken.tolist(), len(first)]
    return lines_of([np.vstack([begin[a : a + 1], end[a:b]]) for a, b in pairwise(cuts)])
