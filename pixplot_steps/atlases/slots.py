"""Which slot each shown item has: one slot per distinct image, in the spatial order of the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.atlases import hilbert


def assign(image_row: NDArray[np.int64], positions: NDArray[np.floating]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The slot of each item (u32 [N]) and the image row behind each slot (i64 [S]).

    `image_row` is i64 [N], `positions` is [N, 2] in [-1, 1]. An image lies where the first of its items lies; images at
    one place follow each other by row.
    """
    rows, first, item_image = np.unique(image_row, return_index=True, return_inverse=True)
    order = hilbert.order(positions[first])
    slot_of_image = np.empty(len(rows), dtype=np.uint32)
    slot_of_image[order] = np.arange(len(rows), dtype=np.uint32)
    return slot_of_image[item_image], rows[order]
