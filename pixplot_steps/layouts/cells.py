"""The cells that grids fill: a rectangle or a part of one, and where its cells lie in map units.

Cells are numbered row by row from the top left; the cells that stay empty are the last ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
Inside = Callable[[Places, Places], NDArray[np.bool_]]
"""Whether places (x and y in [-1, 1], y up) belong to a figure."""


@dataclass(frozen=True)
class Rectangle:
    """`columns` by `rows` cells; all but the last row are full."""

    columns: int
    rows: int

    @property
    def spacing(self) -> float:
        """Distance of neighbouring cells in map units: the centres of the longer side span [-1, 1]."""
        return 2.0 / max(1, self.columns - 1, self.rows - 1)


def rectangle(items: int, aspect: float) -> Rectangle:
    """The rectangle for `items` (at least 1), about `aspect` times as wide as high."""
    columns = min(items, max(1, math.ceil(math.sqrt(items * aspect))))
    return Rectangle(columns, math.ceil(items / columns))


def full(shape: Rectangle, items: int) -> NDArray[np.bool_]:
    """Which cells bool [rows, columns] of a rectangle are filled by so many items: the first ones."""
    return np.asarray((np.arange(shape.rows * shape.columns) < items).reshape(shape.rows, shape.columns))


def circle(x: Places, y: Places) -> NDArray[np.bool_]:
    """Whether places in [-1, 1] lie in the circle that fits there."""
    return np.asarray(np.hypot(x, y) <= 1)


def hexagon(x: Places, y: Places) -> NDArray[np.bool_]:
    """Whether places in [-1, 1] lie in the hexagon whose corners are left and right, stretched to fit there."""
    return np.asarray(np.abs(x) <= 1 - np.abs(y) / 2)


def bitmap(picture: NDArray[np.bool_]) -> Inside:
    """Whether places in [-1, 1] lie on the true pixels of a picture bool [height, width]."""
    height, width = picture.shape

    def inside(x: Places, y: Places) -> NDArray[np.bool_]:
        row = np.clip(((1 - y) / 2 * height).astype(np.int64), 0, height - 1)
        column = np.clip(((x + 1) / 2 * width).astype(np.int64), 0, width - 1)
        return np.asarray(picture[row, column])

    return inside


def masked(items: int, aspect: float, inside: Inside) -> tuple[Rectangle, NDArray[np.bool_]]:
    """The smallest rectangle, about `aspect` times as wide as high, with `items` cells inside a figure, and which cells those are.

    At least one place is inside. What is too many is left out at the end.
    """
    low, high = 0, 1
    while _count(high, aspect, inside) < items:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _count(middle, aspect, inside) >= items else (middle, high)
    shape, open_ = _raster(high, aspect, inside)
    return shape, open_ & (np.cumsum(open_).reshape(open_.shape) <= items)


def _count(columns: int, aspect: float, inside: Inside) -> int:
    return int(_raster(columns, aspect, inside)[1].sum())


def _raster(columns: int, aspect: float, inside: Inside) -> tuple[Rectangle, NDArray[np.bool_]]:
    shape = Rectangle(columns, max(1, round(columns / aspect)))
    x = (2 * np.arange(shape.columns) + 1) / shape.columns - 1
    y = 1 - (2 * np.arange(shape.rows) + 1) / shape.rows
    return shape, inside(*np.meshgrid(x, y))


def centres(cells: NDArray[np.int64], shape: Rectangle) -> NDArray[np.float32]:
    """Centres f32 [n, 2] in map units (y up) of numbered cells."""
    row, column = np.divmod(cells, shape.columns)
    x = column - (shape.columns - 1) / 2
    y = (shape.rows - 1) / 2 - row
    return np.clip(np.column_stack([x, y]) * shape.spacing, -1, 1).astype(np.float32)
