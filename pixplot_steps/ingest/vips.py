"""Pictures that libvips reads: drawings (SVG), formats and depths that Pillow does not know, and very large files, piece by piece."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import fit
from pixplot_steps.ingest import fault, levels, pillow
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import Bytes
from pixplot_steps.ingest.picture import Decoded, Later, Wanted

_LOADERS = tuple(f"{name}load_source" for name in ("gif", "heif", "jpeg", "png", "svg", "tiff", "webp"))
"""What is read: libvips knows formats that are no pictures, too."""

_DRAWING = "svgload_source"
_LONGEST_REASON = 100
_NO_MEMORY = ("out of memory", "could not create decoder object")
"""What libvips says where memory is short; the second of WebP, whose decoder is sound before that."""

_SHALLOW = ("uchar", "ushort")
"""Samples of 8 and 16 bits, which libvips itself scales by the range of their type."""


def decode(data: Bytes, wanted: Wanted, page: int = 0, *, tolerant: bool = False) -> Decoded | Fault:
    """Decode one picture of a file. Never raises for what is in `data`, but Later and MemoryError."""
    vips = _vips()
    try:
        source = vips.Source.new_from_memory(data)  # which copies nothing, so that long files stay on the disk
        header = vips.Image.new_from_source(source, "", access="sequential", **_page(page))
        loader = header.get("vips-loader")
        if loader not in _LOADERS:
            return fault.unsupported("it holds no picture in a format that is read here")
        if header.width * header.height > wanted.max_pixels:
            return fault.too_large(f"it has {header.width} x {header.height} pixels", wanted.max_megapixels)
        if loader != _DRAWING and wanted.large(header.width, header.height) and not wanted.patient:
            raise Later
        return _decoded(_reduced(vips, source, header, wanted, page, tolerant=tolerant), header, wanted)
    except vips.Error as error:
        if any(words in str(error) for words in _NO_MEMORY):
            raise MemoryError from None
        return fault.unreadable(_words(str(error)))


def _reduced(vips: Any, source: Any, header: Any, wanted: Wanted, page: int, *, tolerant: bool) -> Any:
    """The picture at the size wanted, in sRGB where it has a profile; deep pixels that `levels` scales come whole."""
    fail_on = "none" if tolerant else "error"
    if header.get("vips-loader") == _DRAWING:
        # A drawing has no pixels: a small one is drawn large enough for the thumbnail.
        longest = max(header.width, header.height)
        return vips.Image.new_from_source(source, "", scale=max(wanted.enough, min(longest, wanted.longest)) / longest)
    if header.format not in _SHALLOW:
        return vips.Image.new_from_source(source, "", access="sequential", fail_on=fail_on, **_page(page))
    width, height = fit.reduced(header.width, header.height, wanted.longest)
    profile = {"output_profile": "srgb"} if header.get_typeof("icc-profile-data") else {}
    text = f"page={page}" if page else ""
    return vips.Image.thumbnail_source(
        source, width, height=height, size="force", no_rotate=True, fail_on=fail_on, option_string=text, **profile
    )


def _page(page: int) -> dict[str, int]:
    # Formats of one picture know no such option.
    return {"page": page} if page else {}


def _decoded(image: Any, header: Any, wanted: Wanted) -> Decoded:
    small = _eight_bits(image)
    orientation = header.get("orientation") if header.get_typeof("orientation") else 1
    colours, repairs = pillow.coloured(small, None)
    upright = pillow.turned(pillow.composed(colours, small, wanted.ground), orientation)
    size = (header.height, header.width) if orientation >= 5 else (header.width, header.height)
    # Deep pixels come in full size, and drawings that are small come enlarged.
    longest = wanted.enough if max(size) < wanted.enough else wanted.longest
    return Decoded(pillow.resized(upright, fit.reduced(*upright.size, longest)), size, repairs)


def _eight_bits(image: Any) -> Image.Image:
    """Mode L, LA, RGB or RGBA; deep pixels by the table of `levels`."""
    if image.format in _SHALLOW or image.interpretation in ("lab", "xyz"):
        image = image.colourspace("b-w" if image.bands <= 2 else "srgb").cast("uchar")
        values = np.asarray(image.numpy())
    else:
        values = levels.of_samples(image.numpy())
    return _with_mode(values if values.ndim == 3 else values[..., None])


def _words(error: str) -> str:
    """The last thing that libvips says, without the names of its parts."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    words = lines[-1].rpartition(": ")[2][:_LONGEST_REASON]
    return "its content is damaged" if words.startswith("unable to call") else words


def _with_mode(values: NDArray[np.uint8]) -> Image.Image:
    bands = min(values.shape[2], 4)
    samples = values[..., :bands] if bands > 1 else values[..., 0]
    return Image.fromarray(np.ascontiguousarray(samples), ("L", "LA", "RGB", "RGBA")[bands - 1])


@cache
def _vips() -> Any:
    import pyvips

    # One process decodes one picture at a time; nothing is asked for twice.
    pyvips.concurrency_set(1)
    pyvips.cache_set_max(0)
    return pyvips
