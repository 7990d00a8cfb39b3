"""Which slot each image has: in the spatial order of the map; and later ones behind, so that what was drawn stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.atlases import hilbert
from pixplot_steps.atlases.geometry import CELLS, RGBA_BYTES, Pages, base_cell


@dataclass(frozen=True)
class Filled:
    """`slots` i64 [M]: that of each image; `cell`: side of a slot in pixels; `count`: number of the last slot and one.

    `tail`: the first slot of images that came later, 0 where none did; `kept`: so many pages, from the first, are those of the atlas
    before; `gone`: slots of images that are gone.
    """

    slots: NDArray[np.int64]
    cell: int
    count: int
    tail: int
    kept: int
    gone: int


@dataclass(frozen=True)
class Former:
    """The atlas before: `slots` i64 [M] of the images now, -1 for new ones; its `cell`, `count` and `tail`; `gone`: of all until now."""

    slots: NDArray[np.int64]
    cell: int
    count: int
    tail: int
    gone: int


def afresh(places: NDArray[np.floating], budget_mib: int, largest: int = CELLS[-1]) -> Filled:
    """Slots in cells of `largest` pixels at most, along a curve over the map, without a gap; `places` [M, 2] are in [-1, 1].

    Images at one place follow each other by row.
    """
    count = len(places)
    return Filled(_filled(places, 0), base_cell(count, budget_mib, largest), count, 0, 0, 0)


def carry_on(places: NDArray[np.floating], former: Former, page: int, budget_mib: int, largest: int = CELLS[-1]) -> Filled | None:
    """Slots in which old images stay where they were and new ones follow behind the last slot, along a curve over the map.

    The first images that come later begin a page, if the budget has room for it: then no page of the old ones ever changes. None where
    no image is old, where more are gone than there are, or where the pages would go over the budget.
    """
    new = former.slots < 0
    if new.all() or former.gone > len(places):
        return None
    if not new.any():
        pages = Pages(page, former.cell, former.count).count
        return Filled(former.slots, former.cell, former.count, former.tail, pages, former.gone)
    fresh = Pages(page, base_cell(len(places), budget_mib, largest), len(places)).count
    most = max(fresh, (budget_mib << 20) // (RGBA_BYTES * page * page))
    per_page = Pages(page, former.cell, 0).per_page
    for begin in [former.count] if former.tail else [-(-former.count // per_page) * per_page, former.count]:
        count = begin + int(new.sum())
        if Pages(page, former.cell, count).count <= most:
            out = former.slots.copy()
            out[new] = _filled(places[new], begin)
            return Filled(out, former.cell, count, former.tail or begin, begin // per_page, former.gone)
    return None


def _filled(places: NDArray[np.floating], begin: int) -> NDArray[np.int64]:
    order = hilbert.order(places)
    slots = np.empty(len(places), dtype=np.int64)
    slots[order] = np.arange(begin, begin + len(places))
    return slots
