"""What is written and drawn under a layout's pictures: labels in any script, and lines such as coasts. Map units throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MISSING = ""
"""Text of the label where those stand of which nothing is known; a reader says so in its own language."""

TOP, RIGHT = "top", "right"
"""Anchors: the text hangs below its point, centred; or it ends at its point."""


@dataclass(frozen=True)
class Label:
    """`x`, `y`: its point; `level`: 0 is shown first, higher ones where there is room; `anchor`: TOP or RIGHT."""

    text: str
    x: float
    y: float
    level: int
    anchor: str = TOP


@dataclass(frozen=True)
class Lines:
    """`points` f64 [P, 2] of all lines one after another; `ends` i64 [L]: for each line the index after its last point."""

    points: NDArray[np.float64]
    ends: NDArray[np.int64]


def no_lines() -> Lines:
    """None."""
    return Lines(np.empty((0, 2)), np.empty(0, dtype=np.int64))


def lines_of(parts: Sequence[NDArray[np.float64]]) -> Lines:
    """Lines of points f64 [n, 2] each; those of fewer than two points are none."""
    kept = [part for part in parts if len(part) > 1]
    if not kept:
        return no_lines()
    return Lines(np.concatenate(kept), np.cumsum([len(part) for part in kept]))


@dataclass(frozen=True)
class Note:
    """What happened in a year, told below its column: `x`, `y` is where the column's label hangs."""

    year: int
    title: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Arranged:
    """A layout: positions f32 [N, 2] in map units, the side of a picture there, and its marks."""

    positions: NDArray[np.float32]
    cell: float
    labels: tuple[Label, ...] = ()
    lines: Lines = field(default_factory=no_lines)
    notes: tuple[Note, ...] = ()
