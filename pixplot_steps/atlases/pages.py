"""Drawing: thumbnails reduced to cells, and pages encoded.

A thumbnail is a square of `THUMB` pixels in which the picture is fitted as docs/format.md says for a cell of that size. Its rectangle
there is reduced to the rectangle of the cell by area (Pillow's BOX filter, integer arithmetic): every pixel of a cell stems from the
picture, and none from the ground or from a neighbour.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.atlases import geometry

THUMB = 128

_BATCH = 21
"""Thumbnails per Pillow image: about 1 MB, which stays in the cache of one core."""

_WEBP_METHOD = 0
"""Measured on photographs at quality 90. Cells of 128: 0.13 s a page, method 2 needs 0.20 s for 4 % fewer bytes at 0.3 dB less, method 4
0.39 s for 6 % fewer. Cells of 32: all methods agree within 3 % of the bytes. JPEG takes a third of the time for 40 % more bytes; AVIF
eight times the time for a fifth fewer."""


def reduced(thumbs: NDArray[np.uint8], sizes: NDArray[np.integer], cell: int, ground: str) -> NDArray[np.uint8]:
    """Cells u8 [n, cell, cell, 3] of thumbnails (u8 [n, 128, 128, 3]) of pictures of `sizes` ([n, 2]), with ground around them."""
    cells = np.empty((len(thumbs), cell, cell, 3), np.uint8)
    for start in range(0, len(thumbs), _BATCH):
        part = slice(start, start + _BATCH)
        cells[part] = _reduced_batch(thumbs[part], sizes[part], cell, ground)
    return cells


def _reduced_batch(thumbs: NDArray[np.uint8], sizes: NDArray[np.integer], cell: int, ground: str) -> NDArray[np.uint8]:
    stack = Image.fromarray(np.ascontiguousarray(thumbs).reshape(-1, THUMB, 3))
    strip = Image.new("RGB", (cell, cell * len(thumbs)), ground)
    sources, targets = geometry.fit(sizes, THUMB).tolist(), geometry.fit(sizes, cell).tolist()
    for place, ((x, y, w, h), (dx, dy, dw, dh)) in enumerate(zip(sources, targets, strict=True)):
        top = place * THUMB + y
        # Cropped first: with `resize(box=...)` the rounding of weights depends on where in the stack the picture lies.
        picture = stack.crop((x, top, x + w, top + h))
        if (w, h) != (dw, dh):
            factor = w // dw
            exact = (dw * factor, dh * factor) == (w, h)
            picture = picture.reduce(factor) if exact else picture.resize((dw, dh), Image.Resampling.BOX)
        strip.paste(picture, (dx, place * cell + dy))
    return np.asarray(strip).reshape(-1, cell, cell, 3)


def encode(image: Image.Image, form: str, quality: int) -> bytes:
    """A page as `webp` or `jpeg`. JPEG keeps full colour resolution: its blocks of 8 pixels then never mix two cells."""
    buffer = io.BytesIO()
    if form == "webp":
        image.save(buffer, "WEBP", quality=quality, method=_WEBP_METHOD)
    else:
        image.save(buffer, "JPEG", quality=quality, subsampling=0, optimize=True)
    return buffer.getvalue()
