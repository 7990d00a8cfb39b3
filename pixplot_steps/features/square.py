"""The picture alone: its rectangle of the thumbnail, without the ground around it, squashed to a square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import fit


def rectangles(sizes: NDArray[np.uint32], cell: int) -> NDArray[np.int64]:
    """Left, top, right and bottom of pictures of `sizes` [b, 2] in their cell, i64 [b, 4], by the formula of docs/format.md."""
    corner, drawn = np.hsplit(fit.rectangles(sizes, cell), 2)
    return np.hstack([corner, corner + drawn])


def squares(thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32], side: int) -> NDArray[np.uint8]:
    """u8 [b, side, side, 3] from thumbs u8 [b, s, s, 3]: every picture fills its square, whatever its aspect."""
    boxes = rectangles(sizes, thumbs.shape[1])
    out = np.empty((len(thumbs), side, side, 3), np.uint8)
    for row, (left, top, right, bottom) in enumerate(boxes.tolist()):
        # Cropped first: resizing a box of a larger picture lets the pixels around it into its rim.
        picture = Image.fromarray(thumbs[row, top:bottom, left:right])
        out[row] = np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
    return out
