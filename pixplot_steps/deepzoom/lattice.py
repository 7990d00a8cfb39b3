"""From the positions of a grid to the columns and rows of its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lattice:
    """`columns` by `rows` cells; `cell` i64 [N]: the cell of each picture, numbered row by row from the top left, no two the same."""

    columns: int
    rows: int
    cell: NDArray[np.int64]

    def by_cell(self, values: NDArray[np.integer]) -> NDArray[np.int32]:
        """A value of each picture by its cell, i32 [rows * columns]; -1 in those that are empty."""
        out = np.full(self.rows * self.columns, -1, np.int32)
        out[self.cell] = values
        return out


def of(positions: NDArray[np.floating], spacing: float) -> Lattice | None:
    """The lattice of positions [N, 2] (N at least 1, y up) whose neighbours are `spacing` apart; None where two share a cell.

    Rows and columns may be shifted against each other by less than half a cell.
    """
    places = positions.astype(np.float64)
    low, high = places.min(axis=0), places.max(axis=0)
    column = np.rint((places[:, 0] - low[0]) / spacing).astype(np.int64)
    row = np.rint((high[1] - places[:, 1]) / spacing).astype(np.int64)
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    cell = row * columns + column
    if len(np.unique(cell)) < len(cell):
        return None
    return Lattice(columns, rows, cell)
