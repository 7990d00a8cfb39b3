"""Drawn pictures as thumbnails, for models that look at these."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.ingest import render


def thumbs(*values: NDArray[np.uint8], ground: tuple[int, int, int] = (255, 255, 255)) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    sizes = [(picture.shape[1], picture.shape[0]) for picture in values]
    cells = [render.thumbnail(Image.fromarray(picture), size, 128, ground) for picture, size in zip(values, sizes, strict=True)]
    return np.stack(cells), np.array(sizes, np.uint32)


def drawn(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(0, 255, (4, 4, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))
