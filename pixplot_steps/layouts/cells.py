"""The rectangle of cells that grids fill: its shape, and where its cells lie in map units.

Cells are numbered row by row from the top left; the cells that stay empty are the last of the last row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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


def centres(cells: NDArray[np.int64], shape: Rectangle) -> NDArray[np.float32]:
    """Centres f32 [n, 2] in map units (y up) of numbered cells."""
    row, column = np.divmod(cells, shape.columns)
    x = column - (shape.columns - 1) / 2
    y = (shape.rows - 1) / 2 - row
    return np.clip(np.column_stack([x, y]) * shape.spacing, -1, 1).astype(np.float32)
