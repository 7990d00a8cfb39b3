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

    Parts of the grid may be shifted against each other by a part of a cell, as the boxes of categories are.
    """
    column, row = (_numbers(sign * positions[:, axis] / spacing) for axis, sign in ((0, 1.0), (1, -1.0)))
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    cell = row * columns + column
    if len(np.unique(cell)) < len(cell):
        return None
    return Lattice(columns, rows, cell)


def _numbers(places: NDArray[np.floating]) -> NDArray[np.int64]:
    """The number, from 0, of the cell of each place, whose neighbours are 1 apart. Cells are cut where the fewest places are near."""
    places = places.astype(np.float64)
    fractions = np.sort(places % 1)
    gaps = np.diff(fractions, append=fractions[0] + 1)
    widest = int(np.argmax(gaps))
    numbers = np.floor(places - fractions[widest] - gaps[widest] / 2).astype(np.int64)
    return np.asarray(numbers - numbers.min())
