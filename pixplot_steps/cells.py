"""Pictures in square cells, made smaller.

A cell is a square in which a picture is fitted and centred as docs/format.md says, on a ground. Its rectangle in a large cell is reduced to
its rectangle in a small one by area (Pillow's BOX filter, integer arithmetic): every pixel stems from the picture, and none from the
ground or from a neighbour. Or a cell is filled with the square in the picture's middle.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pixplot_steps import fit

SMALL = 32
"""Side in pixels of the small thumbnail: what most maps are drawn with, and a sixteenth of the bytes. Still smaller cells are made of the
large one, since a picture of 25 pixels made one of 6 is less sharp than one of 99."""

_BATCH = 32
"""Cells put together before they are copied."""


def source(side: int) -> str:
    """Name of the array of a shard from which cells of a side are made."""
    return f"thumb_{SMALL}" if side == SMALL else "thumb"


def by_shard(shards: NDArray[np.int32], rows: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int32]]]:
    """Places [n] in order of where their pictures lie: of each shard its number, some places, and their rows, ascending.

    `shards` i32 [n], -1 where there is no picture; `rows` i32 [n].
    """
    order = np.lexsort((rows, shards))
    order = order[shards[order] >= 0]
    starts = np.flatnonzero(np.diff(shards[order], prepend=-1))
    for places in np.split(order, starts[1:]) if len(order) else []:
        yield int(shards[places[0]]), places, rows[places]


def reduced(cells: NDArray[np.uint8], sizes: NDArray[np.integer[Any]], side: int, ground: str | tuple[int, ...]) -> NDArray[np.uint8]:
    """Cells u8 [n, side, side, 3] of larger ones (u8 [n, s, s, 3], C order) of pictures of `sizes` ([n, 2]), with ground around them.

    Cells that have that side already are given back as they are.
    """
    if cells.shape[1] == side:
        return cells
    out = np.empty((len(cells), side, side, 3), np.uint8)
    sources, targets = fit.rectangles(sizes, cells.shape[1]).tolist(), fit.rectangles(sizes, side).tolist()
    for start in range(0, len(cells), _BATCH):
        stop = min(start + _BATCH, len(cells))
        strip = Image.new("RGB", (side, side * (stop - start)), ground)
        for place in range(start, stop):
            x, y, width, height = targets[place]
            strip.paste(_reduced(cells[place], sources[place], width, height), (x, (place - start) * side + y))
        out[start:stop] = np.asarray(strip).reshape(-1, side, side, 3)
    return out


def filled(cells: NDArray[np.uint8], sizes: NDArray[np.integer[Any]], side: int, larger: Callable[[int], bytes]) -> NDArray[np.uint8]:
    """Cells u8 [n, side, side, 3] with nothing but picture: the largest square in its middle.

    `cells` u8 [n, s, s, 3] in C order, of pictures of `sizes` [n, 2]; `larger`: the JPEG file of one whose cell has too few pixels.
    """
    out = np.empty((len(cells), side, side, 3), np.uint8)
    for place, source in enumerate(fit.rectangles(sizes, cells.shape[1]).tolist()):
        small = min(source[2:]) < side
        picture = _opened(larger(place), side) if small else _rectangle(cells[place], source)
        out[place] = np.asarray(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS if small else Image.Resampling.BOX))
    return out


def _opened(file: bytes, side: int) -> Image.Image:
    image = Image.open(io.BytesIO(file), formats=["JPEG"])
    # Decoded at no more than is needed for a reduction of good quality.
    image.draft("RGB", (2 * side, 2 * side))
    return image.convert("RGB")


def _rectangle(cell: NDArray[np.uint8], source: list[int]) -> Image.Image:
    """The picture's rectangle alone, read where it lies."""
    x, y, w, h = source
    line = 3 * cell.shape[1]
    return Image.frombuffer("RGB", (w, h), cell.reshape(-1)[y * line + 3 * x :], "raw", "RGB", line, 1)


def _reduced(cell: NDArray[np.uint8], source: list[int], width: int, height: int) -> Image.Image:
    _, _, w, h = source
    picture = _rectangle(cell, source)
    factor = w // width
    if (width * factor, height * factor) == (w, h):
        return picture.reduce(factor)
    return picture.resize((width, height), Image.Resampling.BOX)
