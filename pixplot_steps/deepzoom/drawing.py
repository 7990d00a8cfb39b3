"""Tiles from cells, and tiles of half the size from tiles: no more than a few tiles of each level are in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.deepzoom.pyramid import Pyramid, Tile

Draw: TypeAlias = Callable[[Tile], Image.Image]
Emit: TypeAlias = Callable[[Tile, Image.Image], None]


def up_to(pyramid: Pyramid, top: Tile, lowest: int, draw: Draw, emit: Emit) -> Image.Image:
    """Draw `top`, and emit it after all tiles that it shows of the levels from `lowest` on; `draw` gives those of that level.

    A pixel is the mean of the four (fewer at the right and at the bottom) below it.
    """
    image = draw(top) if top.level == lowest else _joined(pyramid, top, lowest, draw, emit).reduce(2)
    emit(top, image)
    return image


def _joined(pyramid: Pyramid, top: Tile, lowest: int, draw: Draw, emit: Emit) -> Image.Image:
    x, y, width, height = pyramid.box(top)
    below = pyramid.size(top.level - 1)
    joined = Image.new("RGB", (min(2 * width, below[0] - 2 * x), min(2 * height, below[1] - 2 * y)))
    for child in filter(pyramid.has, top.children):
        place = (child.column % 2 * pyramid.tile, child.row % 2 * pyramid.tile)
        joined.paste(up_to(pyramid, child, lowest, draw, emit), place)
    return joined


def cells_of(pyramid: Pyramid, tile: Tile, side: int, columns: int) -> NDArray[np.int64]:
    """The cells i64 [rows, columns] that a tile shows, of a lattice of so many columns; cells of `side`, of which a tile holds whole ones.

    A tile of another level than 0 has those of all the tiles of level 0 that it shows.
    """
    x, y, width, height = (value // side for value in pyramid.region(tile))
    return (np.arange(y, y + height) * columns)[:, None] + np.arange(x, x + width)


def mosaic(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels u8 [rows * s, columns * s, 3] of cells u8 [rows, columns, s, s, 3]."""
    rows, columns, side = cells.shape[:3]
    return np.ascontiguousarray(cells.swapaxes(1, 2)).reshape(rows * side, columns * side, 3)


def encode(image: Image.Image, quality: int) -> bytes:
    """A tile as a JPEG file. Cells are multiples of 16 pixels, so halved colours do not mix two of them."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()
