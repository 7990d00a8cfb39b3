"""The model `builtin`: shapes and colours described without a neural network, so that it runs anywhere and needs no weights.

Three blocks, each of length 1 times its weight, then the whole of length 1:

* gradients: histograms of oriented gradients of CIE lightness over grids of cells, normalised against their neighbours
  (Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005);
* layout: mean CIE L*a*b* colour over a grid (CIE 15, Colorimetry);
* palette: a joint colour histogram over L*a*b* (Swain and Ballard, "Color indexing", IJCV 1991), as square roots, which makes
  Euclidean distance the Hellinger distance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from pixplot_steps.features.square import squares

VERSION = 1
DESCRIPTION = "gradients, colour layout and palette, computed without a neural network"

SIDE = 64
CELLS = 8
DIRECTIONS = 9
LAYOUT = 8
PALETTE = (6, 8, 8)

_GRADIENTS = (CELLS - 1) ** 2 * 4 * DIRECTIONS
DIMENSIONS = _GRADIENTS + LAYOUT**2 * 3 + PALETTE[0] * PALETTE[1] * PALETTE[2]

Floats = NDArray[np.float32]


def describe(thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32]) -> Floats:
    """Features f32 [b, DIMENSIONS] of length 1 from thumbs u8 [b, s, s, 3] and the pictures' sizes u32 [b, 2]."""
    lab = rgb2lab(squares(thumbs, sizes, SIDE)).astype(np.float32)
    blocks = [
        1.0 * _unit(gradients(lab[..., 0])),
        0.7 * _unit(layout(lab)),
        0.7 * _unit(palette(lab)),
    ]
    return _unit(np.hstack(blocks))


def gradients(lightness: Floats) -> Floats:
    """f32 [b, 1764]: overlapping blocks of 2 x 2 cells, each clipped and normalised, from lightness [b, SIDE, SIDE]."""
    cells = _oriented(lightness)
    blocks = np.concatenate([cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:]], axis=-1)
    clipped = np.minimum(_unit(blocks, floor=1.0), 0.2)
    return np.asarray(_unit(clipped).reshape(len(cells), -1))


def _oriented(lightness: Floats) -> Floats:
    """[b, CELLS, CELLS, DIRECTIONS]: gradient magnitude per cell and direction, shared between the two nearest directions."""
    dy, dx = np.gradient(lightness, axis=(1, 2))
    magnitude = np.hypot(dx, dy).ravel()
    position = (np.arctan2(dy, dx).ravel() % np.pi) * (DIRECTIONS / np.pi)
    lower = np.floor(position)
    share = position - lower
    first = lower.astype(np.int64) % DIRECTIONS
    where = _cell_index(len(lightness)) * DIRECTIONS
    length = len(lightness) * CELLS**2 * DIRECTIONS
    counts = np.bincount(where + first, magnitude * (1 - share), length)
    counts += np.bincount(where + (first + 1) % DIRECTIONS, magnitude * share, length)
    return counts.reshape(-1, CELLS, CELLS, DIRECTIONS).astype(np.float32)


def _cell_index(pictures: int) -> NDArray[np.int64]:
    line = np.arange(SIDE) * CELLS // SIDE
    cell = line[:, None] * CELLS + line
    return np.asarray((np.arange(pictures)[:, None, None] * CELLS**2 + cell).ravel())


def layout(lab: Floats) -> Floats:
    """f32 [b, 192]: mean colour of each cell, as L* - 50, a*, b*."""
    step = SIDE // LAYOUT
    means = lab.reshape(-1, LAYOUT, step, LAYOUT, step, 3).mean(axis=(2, 4))
    return np.asarray((means - np.float32([50, 0, 0])).reshape(len(lab), -1))


def palette(lab: Floats) -> Floats:
    """f32 [b, 384]: square roots of the shares of colours."""
    bins = np.array(PALETTE)
    low, high = np.float32([0, -80, -80]), np.float32([100.01, 80, 80])
    index = np.clip(((lab - low) / (high - low) * bins).astype(np.int64), 0, bins - 1)
    flat = (index[..., 0] * bins[1] + index[..., 1]) * bins[2] + index[..., 2]
    flat += (np.arange(len(lab)) * bins.prod())[:, None, None]
    counts = np.bincount(flat.ravel(), minlength=len(lab) * bins.prod())
    return np.sqrt(counts.reshape(len(lab), -1) / SIDE**2).astype(np.float32)


def _unit(values: Floats, floor: float = 1e-6) -> Floats:
    length = np.sqrt((values * values).sum(axis=-1, keepdims=True))
    return np.asarray(values / np.maximum(length, np.float32(floor)), dtype=np.float32)
