"""From the bytes of a file to pixels: any format, depth, colour space, orientation or damage ends as 8-bit grey or RGB, or as a fault.

Hostile files are expected. A format is told by content, never by name; only formats that Pillow decodes by itself are tried (EPS, for one,
would start another program); pixels are counted before any is decoded.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFile, ImageStat, UnidentifiedImageError

from pixplot_steps.ingest import fault, fit, levels, profile
from pixplot_steps.ingest.fault import Fault

FORMATS = (
    "JPEG", "PNG", "TIFF", "WEBP", "GIF", "AVIF", "JPEG2000", "BMP", "DIB", "PPM", "PSD", "SGI", "QOI", "DDS", "PCX", "ICO", "TGA",
)  # fmt: skip
"""Pillow's names of the formats that are read, tried in this order: those with the weakest signatures last."""

DECODER_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError, TypeError,
    ValueError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow's decoders raise on hostile input: they let nearly anything through."""

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of each EXIF orientation upright."""
_LARGE = 16_000_000
_one_large_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """`longest`: side in pixels that is needed; `ground`: colour under transparency; `max_megapixels`: larger pictures are refused."""

    longest: int
    ground: tuple[int, int, int]
    max_megapixels: int

    @property
    def max_pixels(self) -> int:
        """The limit in pixels."""
        return self.max_megapixels * 1_000_000


@dataclass(frozen=True)
class Decoded:
    """`image`: mode L or RGB, upright, longest side at most `Wanted.longest` and never enlarged, without metadata.

    `size`: width and height of the whole picture, upright; `fit` of it gives the size of `image`. `repairs`: what had to be put right.
    """

    image: Image.Image
    size: tuple[int, int]
    repairs: tuple[Fault, ...]


@contextmanager
def pillow(wanted: Wanted, *, tolerant: bool) -> Iterator[None]:
    """Set Pillow's switches, which are global to the process, around a batch of `decode` calls from any number of threads.

    `tolerant` reads what there is of damaged files; without it they are faults. Warnings are silenced: what matters is a fault.
    """
    Image.init()
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    # Pillow refuses twice this number, also where a file hides a larger picture or tile behind a small header.
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = wanted.max_pixels // 2, tolerant
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def decode(data: bytes, wanted: Wanted) -> Decoded | Fault:
    """Decode the first picture of a file, inside `pillow`. Never raises for what is in `data`."""
    if not data:
        return fault.EMPTY
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            return _decode_opened(file, wanted)
    except UnidentifiedImageError:
        return fault.unsupported(_looks_like(data))
    except Image.DecompressionBombError:
        return fault.too_large("it has too many pixels", wanted.max_megapixels)
    except DECODER_FAULTS as error:
        return fault.unreadable(f"{error}" or type(error).__name__)


def recover(data: bytes, wanted: Wanted) -> Decoded | Fault:
    """Decode a damaged file inside `pillow(tolerant=True)`: what comes is marked as repaired, and a blank picture is a fault."""
    decoded = decode(data, wanted)
    if isinstance(decoded, Fault):
        return decoded
    if _blank(decoded.image):
        return fault.NOTHING_LEFT
    return Decoded(decoded.image, decoded.size, (fault.TRUNCATED, *decoded.repairs))


def _decode_opened(file: ImageFile.ImageFile, wanted: Wanted) -> Decoded | Fault:
    width, height = file.size
    if width * height > wanted.max_pixels:
        return fault.too_large(f"it has {width} x {height} pixels", wanted.max_megapixels)
    # JPEG decodes at 1/2, 1/4 or 1/8 for a fraction of the cost; draft never goes below the size asked for.
    file.draft(None, fit.reduced(width, height, wanted.longest))
    drafted = file.size
    with _turn(file):
        _load(file)
        if file.size != drafted:  # some formats know their size only now
            width, height = file.size
        small = _resized(_plain(file), fit.reduced(width, height, wanted.longest))
    orientation = _orientation(file)
    coloured, repairs = _coloured(small, file.info.get("icc_profile"))
    upright = _turned(_composed(coloured, small, wanted.ground), orientation)
    return Decoded(upright, (height, width) if orientation >= 5 else (width, height), repairs)


def _load(file: ImageFile.ImageFile) -> None:
    try:
        file.load()
    except DECODER_FAULTS:
        # With no tile left all pixels are there, and what failed came after them.
        if file.tile or not ImageFile.LOAD_TRUNCATED_IMAGES:
            raise


@contextmanager
def _turn(file: ImageFile.ImageFile) -> Iterator[None]:
    # Else the memory for a few huge pictures would be multiplied by the number of threads.
    if file.width * file.height <= _LARGE:
        yield
    else:
        with _one_large_at_a_time:
            yield


def _plain(file: ImageFile.ImageFile) -> Image.Image:
    """Modes that can be resampled: 8 bits per channel, no palette. Transparency, where there is any, becomes a channel."""
    if levels.deep(file):
        return levels.to_grey(file)
    if file.has_transparency_data:
        return file.convert("LA" if file.mode in ("1", "L", "LA") else "RGBA")
    if file.mode == "1":
        return file.convert("L")
    return file.convert("RGB") if file.mode in ("P", "RGBX", "HSV") else file


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _coloured(image: Image.Image, icc: Any) -> tuple[Image.Image, tuple[Fault, ...]]:
    """The colours alone, as L or RGB in sRGB."""
    opaque = image.convert({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    repairs: tuple[Fault, ...] = ()
    if icc:
        try:
            opaque = profile.to_srgb(opaque, bytes(icc))
        except profile.FAULTS:
            repairs = (fault.PROFILE,)
    return opaque if opaque.mode == "L" else opaque.convert("RGB"), repairs


def _composed(colours: Image.Image, source: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    if source.mode not in ("LA", "RGBA"):
        return colours
    canvas = Image.new("RGB", colours.size, ground)
    canvas.paste(colours.convert("RGB"), mask=source.getchannel("A"))
    return canvas


def _orientation(file: ImageFile.ImageFile) -> int:
    """EXIF orientation 1 to 8 of a loaded picture; 1 where none is given, or none that makes sense. Pillow has turned TIFFs already."""
    try:
        value = file.getexif().get(_ORIENTATION, 1)
    except DECODER_FAULTS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    upright = image.transpose(_TURNS[orientation]) if orientation in _TURNS else image.copy()
    upright.info.clear()
    return upright


def _blank(image: Image.Image) -> bool:
    return all(low == high for low, high in ImageStat.Stat(image).extrema)


def _looks_like(data: bytes) -> str:
    """Say what a file that is not read is, where its first bytes tell."""
    start = data[:512].lstrip().lower()
    if data[4:8] == b"ftyp":
        return "it is a HEIF (HEIC) picture or a film, which is not read here"
    if start.startswith(b"<svg") or b"<svg" in start:
        return "it is an SVG drawing, which is not read here"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, not a picture"
    known = {b"%pdf": "it is a PDF document, not a picture", b"%!ps": "it is a PostScript document, not a picture"}
    return known.get(start[:4], "it holds no picture in a format that is read here")
