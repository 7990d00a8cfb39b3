"""From coordinates of any kind to map units (docs/format.md), and the size at which pictures are drawn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import islands

_BINS = 64

_COVER = 1.5
"""Side of a picture by that at which all pictures together just cover the taken area: they overlap, as prints on a table do."""


def gathered(coordinates: NDArray[np.floating]) -> NDArray[np.float64]:
    """Coordinates [M, 2] in their own unit, after islands were moved together (see `islands`)."""
    return islands.gather(coordinates.astype(np.float64))


def turned(coordinates: NDArray[np.floating], rows: NDArray[np.integer], towards: NDArray[np.floating]) -> NDArray[np.float64]:
    """Coordinates [M, 2] turned, and mirrored if need be, so that `rows` lie as `towards` [n, 2] do (Schönemann 1966)."""
    some = coordinates[rows].astype(np.float64)
    # einsum adds in one order on any number of threads.
    shared = np.einsum("ni,nj->ij", some - some.mean(axis=0), towards - towards.mean(axis=0, dtype=np.float64))
    left, _, right = np.linalg.svd(shared)
    found: NDArray[np.float64] = np.einsum("ni,ij->nj", coordinates.astype(np.float64), left @ right)
    return found


def spread_out(coordinates: NDArray[np.floating]) -> NDArray[np.float64]:
    """Coordinates [M, d] turned so that the first axis is that of most variance, and so on: what is cut off at the end is the least."""
    centred = coordinates.astype(np.float64) - coordinates.mean(axis=0, dtype=np.float64)
    directions = np.linalg.eigh(np.einsum("ni,nj->ij", centred, centred))[1][:, ::-1]
    # The sign of an axis is free; its largest part is taken as positive.
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.where(directions[largest, np.arange(len(largest))] < 0, -1.0, 1.0)
    found: NDArray[np.float64] = np.einsum("ni,ij->nj", centred, directions)
    return found


def half_span(coordinates: NDArray[np.floating]) -> float:
    """Half the longer side of the box around coordinates [M, 2]: what a map unit is in their unit; 1 where all are one point."""
    return float(np.ptp(coordinates, axis=0).max()) / 2 or 1.0


def scaled(coordinates: NDArray[np.floating]) -> NDArray[np.float32]:
    """Coordinates [M, d] in [-1, 1], one scale for all axes, centred; every distance keeps its share."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = (high - low).max() / 2
    centred = coordinates - (low + high) / 2
    within = centred / half if half > 0 else np.zeros_like(centred)
    return np.asarray(np.clip(within, -1, 1), dtype=np.float32)


def picture_side(positions: NDArray[np.float32]) -> float:
    """Side, in map units, at which pictures at positions f32 [N, 2] would just cover the area that the points take."""
    cells = np.clip(((positions + 1) / 2 * _BINS).astype(np.int64), 0, _BINS - 1)
    bins = min(_BINS, max(1, int(np.sqrt(len(positions) / 4))))
    taken = len(np.unique((cells * bins // _BINS) @ np.array([bins, 1])))
    area = taken * (2.0 / bins) ** 2
    return float(min(1.0, _COVER * np.sqrt(area / len(positions))))


@dataclass(frozen=True)
class Frame:
    """From coordinates of a layout's own to map units: less `middle`, times `scale`."""

    middle: NDArray[np.float64]
    scale: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """One place in map units."""
        return float((x - self.middle[0]) * self.scale), float((y - self.middle[1]) * self.scale)

    def points(self, coordinates: NDArray[np.floating]) -> NDArray[np.float64]:
        """Places [n, 2] in map units."""
        return np.asarray((coordinates - self.middle) * self.scale, dtype=np.float64)

    def positions(self, coordinates: NDArray[np.floating]) -> NDArray[np.float32]:
        """Places f32 [n, 2] of pictures, which rounding must not put outside [-1, 1]."""
        return np.clip(self.points(coordinates), -1, 1).astype(np.float32)


def around(coordinates: NDArray[np.floating], least: float) -> Frame:
    """The frame in which coordinates [n, 2] (n at least 1) span [-1, 1]; a span below `least` counts as `least`."""
    low, high = coordinates.min(axis=0).astype(np.float64), coordinates.max(axis=0).astype(np.float64)
    return Frame((low + high) / 2, 2 / max(least, float((high - low).max())))
