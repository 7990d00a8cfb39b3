"""Outlines of hotspots: the regions in which most members lie, with bays and islands, not a hull around all of them.

Members are counted in a fine grid over their bounds and smoothed; the outline is the line of equal density (marching squares, Lorensen and
Cline 1987) that holds most of them. What it costs depends on the grid and hardly on the members.
"""

from __future__ import annotations

import numpy as np
import skimage.measure
from numpy.typing import NDArray

Ring = list[list[float]]

_CELLS = (12, 96)
"""Fewest and most of the grid along the longer side of the members' bounds: few members make no fine line."""

_EDGE = 8
_HELD = 0.95
"""Share of the members inside."""

_MARGIN = 0.6
"""Of the density at the outermost member held: where the line runs."""

_TOLERANCE = 0.4
"""By which a simplified line may leave the true one, in cells."""

_SMALLEST_RING = 12.0
"""Cells that a ring must enclose."""

_DIGITS = 5


def outline(points: NDArray[np.floating], picture: float) -> list[Ring]:
    """Closed rings [[x, y], ...] around points [m, 2] in map units, first vertex not repeated; inner rings are holes (even-odd rule).

    `picture`: side of a picture in map units; the line keeps about that far from members. Empty where all points are one.
    """
    from scipy import ndimage

    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    cells = np.clip(3 * np.sqrt(len(points)), *_CELLS)
    cell = max(float((high - low).max() / cells), picture / 3)
    if cell <= 0:
        return []
    origin = low - _EDGE * cell
    shape = np.ceil((high - low) / cell).astype(np.int64) + 2 * _EDGE + 1
    place = np.floor((points - origin) / cell).astype(np.int64)
    counts = np.bincount(place[:, 0] * shape[1] + place[:, 1], minlength=int(shape.prod())).reshape(shape).astype(np.float64)
    smooth = ndimage.gaussian_filter(counts, _width(counts, len(points)), mode="constant", truncate=3.0)
    level = _level(smooth, smooth[place[:, 0], place[:, 1]])
    rings = [skimage.measure.approximate_polygon(ring, _TOLERANCE)[:-1] for ring in skimage.measure.find_contours(smooth, level)]
    # A cell's count stands for its middle.
    return [((ring + 0.5) * cell + origin).round(_DIGITS).tolist() for ring in rings if _area(ring) >= _SMALLEST_RING]


def _width(counts: NDArray[np.float64], members: int) -> float:
    """Standard deviation in cells: half of how far apart members usually are, so that few of them make one region and not as many."""
    taken = int(np.count_nonzero(counts))
    spacing = np.sqrt(counts.size / max(1, min(members, taken)))
    return float(np.clip(spacing / 2, 1.2, _EDGE / 2.2))


def _level(smooth: NDArray[np.float64], at_members: NDArray[np.float64]) -> float:
    # A margin around the outermost of those held; and never so low that all is inside.
    return max(_MARGIN * float(np.quantile(at_members, 1 - _HELD)), float(smooth.max()) * 1e-3)


def _area(ring: NDArray[np.floating]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
