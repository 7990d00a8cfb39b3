"""What is kept of a decoded picture: the thumbnail in its square, squares for networks, the JPEG for the panel, the mean colour."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import fit

_FULL_CHROMA_BELOW = 256
"""Pictures up to this side keep full colour resolution: in small ones halved colour shows, and costs little to avoid."""


def thumbnail(image: Image.Image, size: tuple[int, int], cell: int, ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """u8 [cell, cell, 3]: the picture (L or RGB) fitted and centred on the ground, enlarged where it is smaller.

    `size` is the whole picture's: `image` may be a reduced one, whose aspect is rounded.
    """
    place = fit.centred(*size, cell)
    canvas = Image.new("RGB", (cell, cell), ground)
    canvas.paste(_resized(image, (place.width, place.height)), (place.x, place.y))
    return np.asarray(canvas, dtype=np.uint8)


def square(image: Image.Image, size: tuple[int, int], side: int, aspect: str, ground: tuple[int, int, int]) -> NDArray[np.uint8]:
    """u8 [side, side, 3] for a network, of a picture of `size`.

    `squash` distorts the whole picture into it, `crop` takes the middle, `pad` fits it on the ground.
    """
    if aspect == "pad":
        return thumbnail(image, size, side, ground)
    box = (0, 0, *image.size) if aspect == "squash" else _middle(*image.size)
    # Triangles reduce without ringing and enlarge bilinearly: what networks were trained on.
    reduced = image.resize((side, side), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)
    return np.asarray(reduced.convert("RGB"), dtype=np.uint8)


def _middle(width: int, height: int) -> tuple[float, float, float, float]:
    shorter = min(width, height)
    left, top = (width - shorter) / 2, (height - shorter) / 2
    return left, top, left + shorter, top + shorter


def picture(image: Image.Image, longest: int, quality: int) -> bytes:
    """The picture (L or RGB) as a JPEG file: longest side at most `longest`, never enlarged, without metadata."""
    small = _resized(image, fit.reduced(*image.size, longest))
    if small.info:
        small = small.copy()
        small.info.clear()
    buffer = io.BytesIO()
    chroma = "4:4:4" if max(small.size) <= _FULL_CHROMA_BELOW else "4:2:0"
    # Tables of its own (`optimize`) would save a 20th of the bytes and take three times as long.
    small.save(buffer, "JPEG", quality=quality, subsampling=chroma)
    return buffer.getvalue()


def mean_colour(thumb: NDArray[np.uint8], place: fit.Rectangle) -> NDArray[np.uint8]:
    """u8 [3]: mean sRGB value, rounded, of the picture at `place` of its thumbnail."""
    pixels = thumb[place.y : place.y + place.height, place.x : place.x + place.width]
    # Row by row: numpy adds whole rows many times as fast as it adds up along two axes at once.
    total = np.add.reduce(np.add.reduce(pixels, axis=0, dtype=np.uint32), axis=0)
    return np.asarray(np.rint(total / (place.width * place.height)), dtype=np.uint8)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image
    # Lanczos keeps detail when it reduces, but rings when it enlarges.
    enlarges = max(size) > max(image.size)
    return image.resize(size, Image.Resampling.BICUBIC if enlarges else Image.Resampling.LANCZOS, reducing_gap=None if enlarges else 2.0)
