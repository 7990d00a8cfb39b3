"""A model of one's own, as small as can be: the mean brightness of each of 8 x 8 regions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Greys:
    """What pixplot asks of a model."""

    side: int = 64
    version: str = "1"
    description: str = "Brightness of 8 x 8 regions"

    def load(self, threads: int) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
        """Load weights and heavy libraries here; `threads` is what may compute at the same time."""
        del threads  # numpy needs none of its own for this
        return describe


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Features f32 [n, 64] of pixels u8 [n, 64, 64, 3]."""
    regions = pixels.reshape(len(pixels), 8, 8, 8, 8, 3)
    return np.asarray(regions.mean(axis=(2, 4, 5)).reshape(len(pixels), 64) / 255, dtype=np.float32)


MODEL = Greys()
