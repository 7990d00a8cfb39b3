"""The model `descriptor`: shapes and colours described without a neural network, so that it runs anywhere and needs no weights.

Three blocks, each of length 1 (less where there is next to nothing to describe) times its weight, then the whole of length 1:

* gradients: histograms of oriented gradients of CIE lightness over a grid of cells, normalised against their neighbours
  (Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005), in the compact form with signed and unsigned
  directions of Felzenszwalb et al., "Object detection with discriminatively trained part-based models", PAMI 2010;
* layout: mean CIE L*a*b* colour of each cell of a grid (CIE 15, Colorimetry);
* palette: a joint colour histogram over L*a*b* (Swain and Ballard, "Color indexing", IJCV 1991), as square roots, which makes
  Euclidean distance the Hellinger distance.

It sees the coarse shape, where edges run, and which colours lie where. It does not know what a thing is: a pear and a light bulb on
white are alike to it, and a chair from the front and from the side are not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from pixplot_steps.features.square import squares

VERSION = 1
DESCRIPTION = "Shapes and colours: edge directions, colour layout and palette, computed without a neural network"

SIDE = 48
"""Side of the square that each picture is squashed to: the coarse shape says more about likeness than fine texture."""
CELLS = 8
DIRECTIONS = 9
PALETTE = (4, 8, 8)
"""Bins of L*, a* and b*."""
COLOUR_WEIGHT = 0.25
"""Of layout and of palette, against 1 for gradients. Measured by benchmarks/quality.py; nearly flat from 0.2 to 0.3."""

DIMENSIONS = CELLS**2 * 3 * DIRECTIONS + CELLS**2 * 3 + PALETTE[0] * PALETTE[1] * PALETTE[2]

Floats = NDArray[np.float32]

_CLIP = 0.2
"""No single edge makes up more than this share of its neighbourhood (Dalal and Triggs, section 6.4)."""
_QUIET = 30.0
"""Gradient energy, in L* summed over a neighbourhood, below which noise is not blown up to look like edges."""
_FAINT = 7.0
"""Length of the gradients before normalisation below which they stay faint: real pictures have 9 to 16, noise in an even one far less."""
_FLAT = 40.0
"""Length of a layout, in L*a*b* units, below which it counts as even grey and is not blown up."""
_LOW = np.array([0, -80, -80], np.float32)
_HIGH = np.array([100, 80, 80], np.float32)


def describe(thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32]) -> Floats:
    """Features f32 [b, DIMENSIONS] of length 1 from thumbs u8 [b, s, s, 3] and the pictures' sizes u32 [b, 2]."""
    lab = rgb2lab(squares(thumbs, sizes, SIDE)).astype(np.float32)
    colour = np.hstack([layout(lab), palette(lab)])
    return _unit(np.hstack([gradients(lab[..., 0]), COLOUR_WEIGHT * colour]))


def gradients(lightness: Floats) -> Floats:
    """f32 [b, 1728] of length 1 (less for a nearly even picture) from lightness [b, SIDE, SIDE] in 0..100.

    Each cell has 18 signed and 9 unsigned directions, clipped and averaged over the four neighbourhoods of 2 x 2 cells that hold it.
    """
    signed = _pooled(_directed(lightness))
    unsigned = signed[..., :DIRECTIONS] + signed[..., DIRECTIONS:]
    both = np.concatenate([signed, unsigned], axis=-1)
    energy = _neighbourhoods((unsigned * unsigned).sum(axis=-1))
    clipped = [np.minimum(both / energy[:, y : y + CELLS, x : x + CELLS, None], _CLIP) for y in (0, 1) for x in (0, 1)]
    return _unit(np.sum(clipped, axis=0).reshape(len(lightness), -1), floor=_FAINT)


def _directed(lightness: Floats) -> Floats:
    """[b, SIDE, SIDE, 18]: gradient magnitude of each pixel, shared between the two nearest signed directions."""
    dy, dx = np.gradient(lightness, axis=(1, 2))
    magnitude = np.hypot(dx, dy).ravel()
    count = 2 * DIRECTIONS
    position = (np.arctan2(dy, dx).ravel() % np.float32(2 * np.pi)) * np.float32(count / (2 * np.pi))
    lower = np.floor(position)
    share = position - lower
    first = lower.astype(np.int64) % count
    directed = np.zeros((len(magnitude), count), np.float32)
    pixel = np.arange(len(magnitude))
    directed[pixel, first] = magnitude * (1 - share)
    directed[pixel, (first + 1) % count] = magnitude * share
    return directed.reshape(*lightness.shape, count)


def _pooled(pixels: Floats) -> Floats:
    """[b, CELLS, CELLS, 18] from [b, SIDE, SIDE, 18]: each pixel counts for the cells around it by its nearness to their centres."""
    centre = (np.arange(SIDE) + 0.5) * CELLS / SIDE - 0.5
    near = np.maximum(0, 1 - np.abs(centre - np.arange(CELLS)[:, None])).astype(np.float32)
    rows = np.matmul(near, pixels.reshape(len(pixels), SIDE, -1))
    return np.asarray(np.matmul(near, rows.reshape(len(pixels), CELLS, SIDE, -1)))


def _neighbourhoods(energy: Floats) -> Floats:
    """[b, CELLS + 1, CELLS + 1]: square root of the energy of each 2 x 2 cells, those at the rim repeated beyond it."""
    padded = np.pad(energy, ((0, 0), (1, 1), (1, 1)), mode="edge")
    total = padded[:, :-1, :-1] + padded[:, :-1, 1:] + padded[:, 1:, :-1] + padded[:, 1:, 1:]
    return np.asarray(np.sqrt(total) + np.float32(_QUIET))


def layout(lab: Floats) -> Floats:
    """f32 [b, 192] of length at most 1: mean L* - 50, 2 a*, 2 b* of each cell, from [b, SIDE, SIDE, 3].

    Twice, because a* and b* of real pictures spread half as far as L*.
    """
    step = SIDE // CELLS
    means = lab.reshape(-1, CELLS, step, CELLS, step, 3).mean(axis=(2, 4))
    balanced = (means - np.array([50, 0, 0], np.float32)) * np.array([1, 2, 2], np.float32)
    return _unit(balanced.reshape(len(lab), -1), floor=_FLAT)


def palette(lab: Floats) -> Floats:
    """f32 [b, 256] of length 1: square roots of the shares of colours, each pixel shared between the nearest bins."""
    bins = np.array(PALETTE)
    place = (lab - _LOW) / (_HIGH - _LOW) * bins.astype(np.float32) - np.float32(0.5)
    place = np.clip(place, 0, bins.astype(np.float32) - 1).reshape(-1, 3)
    lower = np.minimum(place.astype(np.int64), bins - 2)
    share = place - lower
    picture = np.repeat(np.arange(len(lab)), SIDE**2)
    counts = np.zeros(len(lab) * bins.prod())
    for corner in np.ndindex(2, 2, 2):
        weight = np.abs(1 - np.array(corner, np.float32) - share).prod(axis=1)
        index = np.ravel_multi_index((picture, *(lower + corner).T), (len(lab), *PALETTE))
        counts += np.bincount(index, weight, len(counts))
    return _unit(np.sqrt(counts).reshape(len(lab), -1).astype(np.float32))


def _unit(values: Floats, floor: float = 1e-6) -> Floats:
    """Rows of length 1; those shorter than `floor` become shorter than 1 instead."""
    length = np.sqrt((values * values).sum(axis=-1, keepdims=True))
    return np.asarray(values / np.maximum(length, np.float32(floor)), dtype=np.float32)
