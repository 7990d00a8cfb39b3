"""A digest that near-duplicates share, or nearly: 256 signs of the lowest frequencies of the grey picture (Zauner 2010, "pHash").

Of 365 museum pictures, copies of half the size at JPEG quality 50 differ in 20 bits at most, and different pictures in 40 at least; with
the usual 64 bits both differ in 4 to 6. All in whole numbers, so that every machine gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.fit import Rectangle

WORDS = 4
"""Of 64 bits: the lowest 8 x 8 frequencies, then those higher in x, in y, and in both."""

_SIDE = 32
_KEPT = 16
_FLAT = 16
"""A picture whose grey values lie closer together than this has no digest: its signs would be those of noise."""

_ANGLES = np.pi / _SIDE * (np.arange(_SIDE) + 0.5)[None, :] * np.arange(_KEPT)[:, None]
_COSINES = np.rint(1024 * np.cos(_ANGLES)).astype(np.int64)
_BITS = np.left_shift(np.uint64(1), np.arange(64, dtype=np.uint64))


def of(thumb: NDArray[np.uint8], place: Rectangle) -> NDArray[np.uint64]:
    """The digest of the picture at `place` of a thumbnail, u8 [s, s, 3]: u64 [4], all 0 for one colour all over."""
    picture = Image.fromarray(thumb[place.y : place.y + place.height, place.x : place.x + place.width]).convert("L")
    grey = np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.int64)
    if np.ptp(grey) < _FLAT:
        return np.zeros(WORDS, np.uint64)
    frequencies: NDArray[np.int64] = _COSINES @ grey @ _COSINES.T
    frequencies[0, 0] = 0  # the mean: a brighter copy is the same picture
    signs = frequencies > np.median(frequencies)
    blocks = signs.reshape(2, _KEPT // 2, 2, _KEPT // 2).swapaxes(1, 2).reshape(WORDS, 64)
    return np.asarray(np.where(blocks, _BITS, np.uint64(0)).sum(axis=1), dtype=np.uint64)
