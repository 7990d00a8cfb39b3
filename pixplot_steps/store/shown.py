"""Which items are shown, and which row of the vectors belongs to each: the one answer that all later stages share.

An item is shown when its image could be read. Rows of every layout, and of the site, are the shown items in the catalogue's order.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.store import tables


@dataclass(frozen=True)
class Shown:
    """`items`: the shown rows of items.parquet; `image_row`: i64 [N], for each the row of its image in the vectors."""

    items: pa.Table
    image_row: NDArray[np.int64]

    @property
    def first_items(self) -> NDArray[np.int64]:
        """i64 [M]: the first item of each image of the vectors, which are all shown by some item: their rows are 0 .. M - 1."""
        return np.unique(self.image_row, return_index=True)[1]


def read(catalog: Path, vectors: Path, columns: list[str] | None = None) -> Shown:
    """Read the shown items (all columns, or those named besides `item` and `image`)."""
    wanted = None if columns is None else ["item", "image", *(c for c in columns if c not in ("item", "image"))]
    items = tables.read(catalog / "items.parquet", tables.ITEMS, wanted)
    images = tables.read(vectors / "images.parquet", tables.IMAGES, ["image"])
    rows = pa.compute.index_in(items["image"], value_set=images["image"].combine_chunks())
    mask = pa.compute.is_valid(rows)
    image_row = np.asarray(rows.filter(mask), dtype=np.int64)
    return Shown(items.filter(mask), image_row)
