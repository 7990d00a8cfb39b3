"""Drawing: thumbnails reduced into the cells of pages, and pages encoded.

A thumbnail is a square of `THUMB` pixels in which the picture is fitted as docs/format.md says for a cell of that size. Its rectangle
there is reduced to the rectangle of the cell by area (Pillow's BOX filter, integer arithmetic): every pixel of a cell stems from the
picture, and none from the ground or from a neighbour.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.atlases import geometry
from pixplot_steps.atlases.geometry import Pages

THUMB = 128

_BATCH = 21
"""Thumbnails per Pillow image: about 1 MB, which stays in the cache of one core."""

_WEBP_METHOD = 2
"""Measured on photographs at quality 80, cells of 64: method 2 needs 0.19 s a page, the default 4 needs 0.44 s for 3 % fewer bytes."""


class Canvas:
    """Some consecutive pages in memory, `page`² * 4 bytes each."""

    def __init__(self, pages: Pages, numbers: range, ground: str) -> None:
        self.pages = pages
        self.numbers = numbers
        self.images = [Image.new("RGB", (pages.page, pages.height(number)), ground) for number in numbers]

    def draw(self, slots: NDArray[np.integer], thumbs: NDArray[np.uint8], sizes: NDArray[np.integer]) -> None:
        """Draw thumbnails (u8 [n, 128, 128, 3]) of pictures of `sizes` ([n, 2]) into `slots` ([n]), which lie on these pages."""
        for start in range(0, len(slots), _BATCH):
            part = slice(start, start + _BATCH)
            self._draw_batch(slots[part], thumbs[part], sizes[part])

    def _draw_batch(self, slots: NDArray[np.integer], thumbs: NDArray[np.uint8], sizes: NDArray[np.integer]) -> None:
        stack = Image.fromarray(np.ascontiguousarray(thumbs).reshape(-1, THUMB, 3))
        sources, targets = geometry.fit(sizes, THUMB).tolist(), geometry.fit(sizes, self.pages.cell).tolist()
        corners = geometry.corners(slots, self.pages).tolist()
        for place, ((x, y, w, h), (dx, dy, dw, dh), (number, cx, cy)) in enumerate(zip(sources, targets, corners, strict=True)):
            top = place * THUMB + y
            # Cropped first: with `resize(box=...)` the rounding of weights depends on where in the stack the picture lies.
            cell = stack.crop((x, top, x + w, top + h)).resize((dw, dh), Image.Resampling.BOX)
            self.images[number - self.numbers.start].paste(cell, (cx + dx, cy + dy))

    def encoded(self, form: str, quality: int) -> Iterator[tuple[int, bytes]]:
        """Each page's number and file."""
        for number, image in zip(self.numbers, self.images, strict=True):
            yield number, encode(image, form, quality)


def encode(image: Image.Image, form: str, quality: int) -> bytes:
    """A page as `webp` or `jpeg`. JPEG keeps full colour resolution: its blocks of 8 pixels then never mix two cells."""
    buffer = io.BytesIO()
    if form == "webp":
        image.save(buffer, "WEBP", quality=quality, method=_WEBP_METHOD)
    else:
        image.save(buffer, "JPEG", quality=quality, subsampling=0, optimize=True)
    return buffer.getvalue()
