"""Where a picture lies in its cell, and a cell on its page: the arithmetic of docs/format.md, "Atlas". All units are pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.fit import rectangles

CELLS = (8, 16, 32, 64, 128)
"""Sides of cells that a base level may have."""

RGBA_BYTES = 4


@dataclass(frozen=True)
class Pages:
    """`page`: side of a page; `cell`: side of a cell, which divides `page`; `slots`: how many cells are used."""

    page: int
    cell: int
    slots: int

    @property
    def columns(self) -> int:
        """Cells in a row of a page."""
        return self.page // self.cell

    @property
    def per_page(self) -> int:
        """Cells on a full page."""
        return self.columns**2

    @property
    def count(self) -> int:
        """Pages needed."""
        return -(-self.slots // self.per_page)

    def height(self, number: int) -> int:
        """Height of a page: full, but for the last one, which is just high enough."""
        on_page = min(self.slots - number * self.per_page, self.per_page)
        return -(-on_page // self.columns) * self.cell


def base_cell(slots: int, budget_mib: int, largest: int = CELLS[-1]) -> int:
    """The largest cell, `largest` at most, for which all slots together take at most `budget_mib` as RGBA; 8 where even that takes more."""
    fitting = [cell for cell in CELLS if cell <= largest and slots * cell * cell * RGBA_BYTES <= budget_mib << 20]
    return max(fitting, default=CELLS[0])


def sharper(base: int, levels: list[int]) -> list[int]:
    """Those of `levels` whose cells are larger than those of the base level, ascending, each once."""
    return sorted({cell for cell in levels if cell > base})


def on_pages(pages: Pages, slots: range) -> range:
    """The pages that hold some slots, which begin with a page and end with one or with the last slot."""
    return range(slots.start // pages.per_page, -(-slots.stop // pages.per_page))


def fit(sizes: NDArray[np.integer], cell: int) -> NDArray[np.int64]:
    """The rectangles of pictures of `sizes` ([n, 2], width and height) in their cells: i64 [n, 4], x, y, width and height."""
    return rectangles(sizes, cell)


def corners(slots: NDArray[np.integer], pages: Pages) -> NDArray[np.int64]:
    """The page of each slot and the corner of its cell: i64 [n, 3], page number, x and y."""
    number, place = np.divmod(slots.astype(np.int64), pages.per_page)
    row, column = np.divmod(place, pages.columns)
    return np.stack([number, column * pages.cell, row * pages.cell], axis=1)
