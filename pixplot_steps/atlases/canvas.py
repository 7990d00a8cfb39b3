"""Pages in the making.

The cells of a page come from many shards. So that no shard is opened for each page, and no more than a page is in memory, cells lie in a
file in the order of their slots until all are there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from pixplot_steps import cells
from pixplot_steps.atlases.geometry import Pages
from pixplot_steps.atlases.pages import encode


class Canvas:
    """Some consecutive pages, whose cells lie in `file` (empty, open for reading and writing) until they are encoded."""

    def __init__(self, pages: Pages, numbers: range, ground: str, file: IO[bytes]) -> None:
        self.pages = pages
        self.numbers = numbers
        self.ground = ground
        self._file = file.fileno()
        self._first = numbers.start * pages.per_page
        self._filled = np.zeros(len(numbers) * pages.per_page, bool)

    def draw(self, slots: NDArray[np.integer], thumbs: NDArray[np.uint8], sizes: NDArray[np.integer]) -> None:
        """Draw thumbnails (u8 [n, s, s, 3]) of pictures of `sizes` ([n, 2]) into `slots` ([n]), which lie on these pages."""
        places = slots.astype(np.int64) - self._first
        for place, cell in zip(places.tolist(), cells.reduced(thumbs, sizes, self.pages.cell, self.ground), strict=True):
            os.pwrite(self._file, cell, place * cell.nbytes)
        self._filled[places] = True

    def image(self, number: int) -> Image.Image:
        """A page; slots in which nothing was drawn are ground."""
        pages = self.pages
        cell, columns = pages.cell, pages.columns
        lines = pages.height(number) // cell
        drawn = np.empty((lines * columns, cell, cell, 3), np.uint8)
        begin = (number - self.numbers.start) * pages.per_page
        filled = self._filled[begin : begin + len(drawn)]
        _read(self._file, drawn[: _last(filled)], begin * drawn[:1].nbytes)
        drawn[~filled] = ImageColor.getrgb(self.ground)
        pixels = drawn.reshape(lines, columns, cell, cell, 3).swapaxes(1, 2)
        return Image.fromarray(np.ascontiguousarray(pixels).reshape(lines * cell, pages.page, 3))

    def encoded(self, form: str, quality: int) -> Iterator[tuple[int, bytes]]:
        """Each page's number and file."""
        for number in self.numbers:
            yield number, encode(self.image(number), form, quality)


def _last(filled: NDArray[np.bool_]) -> int:
    """The number of slots up to the last one filled."""
    found = np.flatnonzero(filled)
    return int(found[-1]) + 1 if len(found) else 0


def _read(file: int, into: NDArray[np.uint8], offset: int) -> None:
    left = into.reshape(-1).data
    while len(left):
        count = os.preadv(file, [left], offset)
        if count == 0:
            raise EOFError(f"cells end at byte {offset}, {len(left)} bytes early")
        left, offset = left[count:], offset + count
