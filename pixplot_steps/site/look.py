"""The look that a collection gives its page: its sign, and the view that opens.

The sign is drawn anew, so that nothing of the file but its pixels reaches the page: no script of an SVG, no address, no metadata.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import parse_qs

from PIL import Image, ImageOps

from pixplot_steps.errors import SiteError

HEIGHT, WIDTH = 160, 960
"""Pixels of the sign, at most: three times as many as the page gives it."""

_MEGAPIXELS = 100


class Picture(NamedTuple):
    """A PNG file, and its sides in pixels."""

    data: bytes
    width: int
    height: int


def sign(data: bytes, where: str) -> Picture:
    """The collection's sign from the bytes of an SVG, PNG, JPEG or WebP file. Raises SiteError where it cannot be drawn."""
    try:
        image = _from_svg(data) if _is_svg(data) else _from_pixels(data)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SiteError(
            "the collection's sign cannot be drawn",
            expected="a picture: SVG, PNG, JPEG or WebP",
            found=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
            where=where,
            action="save it as PNG, some 160 pixels high, and name that as site.logo",
        ) from None
    image.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return Picture(buffer.getvalue(), *image.size)


def _is_svg(data: bytes) -> bool:
    return b"<svg" in data[:4096].lower()


def _from_svg(data: bytes) -> Image.Image:
    """Drawn by librsvg out of memory: it has no folder from which a drawing could take other files, and asks no server."""
    import pyvips

    try:
        drawn = pyvips.Image.thumbnail_buffer(data, WIDTH, height=HEIGHT, size="both")
        pixels = drawn.colourspace("srgb").cast("uchar")
        pixels = pixels if pixels.hasalpha() else pixels.addalpha()
        return Image.frombytes("RGBA", (pixels.width, pixels.height), pixels.write_to_memory())
    except pyvips.Error as error:
        raise ValueError(str(error)) from None


def _from_pixels(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as image:
        if image.width * image.height > _MEGAPIXELS * 10**6:
            raise ValueError(f"{image.width} x {image.height} pixels")
        return ImageOps.exif_transpose(image).convert("RGBA")


def strangers(opening: str, layouts: Collection[str], hotspots: Collection[str]) -> list[str]:
    """What an opening view names that the site has not, in words."""
    asked = parse_qs(opening)
    known = (("layout", layouts), ("hotspot", {*hotspots, *own_clusters(asked.get("own", []))}))
    return [f"{key} {name!r}" for key, names in known for name in asked.get(key, []) if name not in names]


def own_clusters(texts: Iterable[str]) -> set[str]:
    """Ids of a reader's own clusters that a view brings along: each is told as mark:id:rows:name."""
    return {f"own-{text.split(':')[1]}" for text in texts if text.count(":") >= 3}
