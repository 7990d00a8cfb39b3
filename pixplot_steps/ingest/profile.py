"""ICC colour profiles to sRGB (ICC.1:2022, IEC 61966-2-1), through littleCMS."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

_MODES = ("L", "RGB", "CMYK")
"""Modes that a profile is applied to; a profile of Lab or YCbCr data says nothing that their conversion does not know."""

FAULTS = (ImageCms.PyCMSError, OSError, ValueError, TypeError, SyntaxError)
"""What a profile that is broken, or that is of another kind of picture, raises."""


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """A picture of mode L, RGB or CMYK in sRGB, as L where it was L (grey stays grey) and RGB otherwise.

    Other modes come back unchanged. Raises one of FAULTS where the profile cannot be used.
    """
    if image.mode not in _MODES:
        return image
    if image.mode == "L":
        return image.point(_greys(profile))
    return _applied(image, profile)


@lru_cache(maxsize=32)
def _greys(profile: bytes) -> list[int]:
    """What becomes of each of the 256 greys: for a picture of one channel that is the whole transform."""
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    return list(_applied(ramp, profile).convert("L").tobytes())


def _applied(image: Image.Image, profile: bytes) -> Image.Image:
    changed = ImageCms.applyTransform(image, _transform(profile, image.mode))
    if changed is None:
        raise ValueError("no picture came from the colour transform")
    return changed


# A collection has few profiles, each in thousands of pictures; building a transform costs more than using it.
@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
