"""Deep pixels to 8 bits: by the range of their type, never by the picture's own darkest and brightest value.

Two scans of one series must stay comparable, so no picture is stretched on its own.

| mode | from | to 0..255 |
|---|---|---|
| I;16, I;16L, I;16B, I;16N | unsigned 16 bits | value / 257 |
| I | 16 bits, as PGM and PNG give them | value / 257 |
| I | TIFF, signed 16 bits | value / (32767 / 255); negative is black |
| I | TIFF, 32 bits | value / (2**31 / 255), or 2**32 where unsigned; negative is black |
| F | floating point | value * 255 where no value is above 1, else the value itself; clipped, and NaN is black |
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIXTEEN = ((np.arange(1 << 16, dtype=np.uint32) + 128) // 257).astype(np.uint8)
_BITS_PER_SAMPLE = 258
_SAMPLE_FORMAT = 339
_UNSIGNED = 1


def deep(image: Image.Image) -> bool:
    """Whether the picture has more than 8 bits in its one channel."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def to_grey(image: Image.Image) -> Image.Image:
    """A deep picture as 8-bit grey (mode L), by the table above."""
    values = np.asarray(image)
    if image.mode == "F":
        return Image.fromarray(_float(values))
    if image.mode == "I":
        return Image.fromarray(_whole(values, image))
    return Image.fromarray(_SIXTEEN[values])


def of_samples(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Samples of any number of channels, floating or whole, by the same table: whole ones by the range of their type."""
    if np.issubdtype(values.dtype, np.floating):
        return _float(values)
    top = np.iinfo(values.dtype).max
    return np.asarray(np.rint(np.clip(values, 0, top) * (255.0 / top)), dtype=np.uint8)


def _float(values: NDArray[Any]) -> NDArray[np.uint8]:
    known = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
    scale = 255.0 if known.max(initial=0.0) <= 1.0 else 1.0
    return np.asarray(np.clip(np.rint(known * scale), 0, 255), dtype=np.uint8)


def _whole(values: NDArray[np.int32], image: Image.Image) -> NDArray[np.uint8]:
    bits, signed = _stored(image)
    if bits > 16 and not signed:
        values = values.view(np.uint32)
    top = 2.0 ** (bits - 1 if signed else bits) - 1
    return np.asarray(np.rint(np.clip(values, 0, top) * (255.0 / top)), dtype=np.uint8)


def _stored(image: Image.Image) -> tuple[int, bool]:
    """Bits per sample and signedness in the file; formats other than TIFF hold at most unsigned 16 bits."""
    tags = getattr(image, "tag_v2", {})
    bits = int(tags.get(_BITS_PER_SAMPLE, (16,))[0])
    signed = tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0] != _UNSIGNED
    return bits, signed
