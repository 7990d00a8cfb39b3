"""The fit of a picture into a square cell, exactly as docs/format.md states it: whole pixels, aspect kept, never a side of 0."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rectangle(NamedTuple):
    """Left, top, width and height in pixels, from the cell's top left corner."""

    x: int
    y: int
    width: int
    height: int


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """Size of a picture (sides at least 1) whose longer side is made `longest`, enlarged or reduced; each side in [1, longest]."""
    longer = max(width, height)
    return _scaled(width, longest, longer), _scaled(height, longest, longer)


def reduced(width: int, height: int, longest: int) -> tuple[int, int]:
    """Like `fitted`, but a picture that is small enough keeps its size."""
    return (width, height) if max(width, height) <= longest else fitted(width, height, longest)


def centred(width: int, height: int, cell: int) -> Rectangle:
    """Where a picture lies in its cell: fitted, and centred with the odd pixel to the right and below."""
    drawn_width, drawn_height = fitted(width, height, cell)
    return Rectangle((cell - drawn_width) // 2, (cell - drawn_height) // 2, drawn_width, drawn_height)


def rectangles(sizes: NDArray[np.integer[Any]], cell: int) -> NDArray[np.int64]:
    """`centred` for pictures of `sizes` [n, 2]: i64 [n, 4], x, y, width and height."""
    sides = np.maximum(sizes.astype(np.int64), 1)
    longer = sides.max(axis=1, keepdims=True)
    drawn = np.maximum((2 * cell * sides + longer) // (2 * longer), 1)
    return np.concatenate([(cell - drawn) // 2, drawn], axis=1)


def _scaled(side: int, target: int, longer: int) -> int:
    # round_half_up(target * side / longer) in integers: floating point would round some halves down.
    return max(1, (2 * target * side + longer) // (2 * longer))
