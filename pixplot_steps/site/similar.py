"""The pictures most like each picture: the graph of images (docs/architecture.md, neighbours) told in rows of the site."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COUNT = 10
"""Neighbours given per row, at most: a panel shows no more, and a million rows then take 40 MB."""


def rows(graph: NDArray[np.int32], image_row: NDArray[np.int64], count: int = COUNT) -> NDArray[np.uint32]:
    """The first `count` neighbours of each row's image, u32 [N, k], as rows, nearest first.

    `graph`: i32 [M, K], the neighbours of each image, nearest first, itself excluded; `image_row`: i64 [N], the image of each
    row. An image that several rows show is told by the first of them. k = min(count, K).
    """
    first = np.zeros(len(graph), dtype=np.uint32)
    images, shown = np.unique(image_row, return_index=True)
    first[images] = shown
    return np.ascontiguousarray(first[graph[:, :count]][image_row])
