"""The model `builtin`: a small neural network that comes with the package, and needs no other software.

It was trained by `training/` to see pictures alike where MobileNetV2 does: see docs/model-card.md.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pixplot_steps import digest, networks
from pixplot_steps.errors import DamagedError
from pixplot_steps.features import residual
from pixplot_steps.features.square import squares

VERSION = 2
DESCRIPTION = (
    "A small neural network that comes with PixPlot: it learned from MobileNetV2, on some 5,000 photographs, paintings and drawings, "
    "what looks alike"
)

WEIGHTS = Path(__file__).with_name("builtin.npz")
SIDES = (64, 96)
"""Sides in pixels of the squares that each picture is squashed to: those it was trained on. The features are the mean over both."""

_TOGETHER = 8
"""Pictures that go through the network at once, on each thread: some 20 MB."""


@cache
def network() -> residual.Network:
    """The network of the package. Raises DamagedError where its file is not the one that belongs to this version."""
    content = WEIGHTS.read_bytes()
    found = digest.of_bytes(content)
    if found != networks.BUILTIN:
        raise DamagedError(
            "the weights of the model builtin are not those of this version",
            expected=f"a file whose digest is {networks.BUILTIN}",
            found=found,
            where=str(WEIGHTS),
            action="install the package again",
        )
    return residual.read(content)


def dimensions() -> int:
    """Numbers for each picture."""
    return len(network().layers["head"].bias)


def describe(thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32], threads: int) -> residual.Floats:
    """Features f32 [b, d] from thumbs u8 [b, s, s, 3] and the pictures' sizes u32 [b, 2]."""
    found = network()
    starts = range(0, len(thumbs), _TOGETHER)
    # One thread of the products each: several would wait for each other, and may add up in another order.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as workers:
        parts = workers.map(lambda s: _mean(found, thumbs[s : s + _TOGETHER], sizes[s : s + _TOGETHER]), starts)
        return np.concatenate(list(parts))


def _mean(found: residual.Network, thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32]) -> residual.Floats:
    return np.asarray(sum(found(squares(thumbs, sizes, side)) for side in SIDES) / np.float32(len(SIDES)), np.float32)
