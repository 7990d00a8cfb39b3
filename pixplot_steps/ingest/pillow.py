"""Pictures that Pillow reads: any depth, colour space, orientation or damage ends as 8-bit grey or RGB, or as a fault.

A format is told by content, never by name; only formats that Pillow decodes by itself are tried (EPS, for one, would start another
program); pixels are counted before any is decoded. Pillow's switches are global, so one process decodes one picture at a time.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import pi_heif
from PIL import Image, ImageFile, UnidentifiedImageError

from pixplot_steps import fit
from pixplot_steps.ingest import fault, jpeg2000, jpegs, levels, profile
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import Bytes
from pixplot_steps.ingest.picture import Decoded, Later, Wanted

FORMATS = (
    "JPEG", "PNG", "TIFF", "WEBP", "GIF", "AVIF", "HEIF", "JPEG2000", "BMP", "DIB", "PPM", "PSD", "SGI", "QOI", "DDS", "PCX", "ICO", "TGA",
)  # fmt: skip
"""Pillow's names of the formats that are read, tried in this order: those with the weakest signatures last."""

DECODER_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError,
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
_STREAMED = ("PNG", "TIFF", "WEBP")
"""Formats that libvips reads piece by piece where Pillow needs the whole picture in memory."""

_LUMINANCE = 3683
"""Sum of the luminance table of JPEG at quality 50 (ITU-T T.81, table K.1)."""

pi_heif.register_heif_opener(thumbnails=False)


@contextmanager
def switches(wanted: Wanted, *, tolerant: bool) -> Iterator[None]:
    """Set Pillow's switches around a decoding. `tolerant` reads what there is of damaged files; without it they are faults.

    Warnings are silenced: what matters is a fault.
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


def decode(data: Bytes, wanted: Wanted, page: int = 0, *, tolerant: bool = False) -> Decoded | Fault:
    """Decode one picture of a file, the first one or that of a page. Never raises for what is in `data`, but Later and MemoryError.

    Later: it takes more memory than one of many may take, and is to be decoded alone.
    """
    with switches(wanted, tolerant=tolerant):
        try:
            with Image.open(_stream(data), formats=FORMATS) as file:
                file.seek(page)
                return _decode_opened(file, data, wanted, strict=not tolerant)
        except UnidentifiedImageError:
            return fault.unsupported("it holds no picture in a format that is read here")
        except Image.DecompressionBombError:
            return fault.too_large("it has too many pixels", wanted.max_megapixels)
        except DECODER_FAULTS as error:
            return fault.unreadable(f"{error}" or type(error).__name__)


def streamed(data: Bytes, wanted: Wanted) -> bool:
    """Whether the file is so large a picture that only libvips reads it within the memory given."""
    with switches(wanted, tolerant=True):
        try:
            with Image.open(_stream(data), formats=_STREAMED) as file:
                return wanted.large(*file.size)
        except (UnidentifiedImageError, Image.DecompressionBombError, *DECODER_FAULTS):
            return False


def _stream(data: Bytes) -> IO[bytes]:
    # A mapped file has the methods of a file that Pillow calls.
    return io.BytesIO(data) if isinstance(data, bytes) else cast("IO[bytes]", data)


def _decode_opened(file: ImageFile.ImageFile, data: Bytes, wanted: Wanted, *, strict: bool) -> Decoded | Fault:
    width, height = file.size
    if width * height > wanted.max_pixels:
        return fault.too_large(f"it has {width} x {height} pixels", wanted.max_megapixels)
    kept = jpegs.bare(bytes(data)) if strict and _is_kept(file, wanted) else None
    longest = wanted.enough if kept else wanted.longest
    # JPEG decodes at 1/2, 1/4 or 1/8 for a fraction of the cost. Draft never goes below the size asked for, and one that is
    # smaller than wanted by a 16th is taken as it is: 4,000 pixels, the commonest length, become 1,000 in place of 1,024.
    smaller = fit.reduced(width, height, longest)
    file.draft(None, (max(1, smaller[0] * 15 // 16), max(1, smaller[1] * 15 // 16)))
    drafted = file.size
    halved = _halve(file, data, max(smaller)) if strict else 0
    # A progressive JPEG is held whole, whatever the draft.
    held = (width, height) if file.info.get("progressive") else (file.size[0] >> halved, file.size[1] >> halved)
    if wanted.large(*held) and not wanted.patient:
        raise Later
    _load(file)
    if file.size != drafted and not halved:  # some formats know their size only now
        width, height = file.size
    smaller = fit.reduced(width, height, longest)
    small = resized(_plain(file), smaller if max(smaller) < max(file.size) else file.size)
    orientation = _orientation(file)
    colours, repairs = coloured(small, file.info.get("icc_profile"))
    upright = turned(composed(colours, small, wanted.ground), orientation)
    return Decoded(upright, (height, width) if orientation >= 5 else (width, height), repairs, kept)


def _halve(file: ImageFile.ImageFile, data: Bytes, longest: int) -> int:
    """Have a JPEG 2000 picture read at half its size, so many times that it stays at least `longest`; how many."""
    if file.format != "JPEG2000":
        return 0
    sizes = [times for times in range(jpeg2000.halvings(data) + 1) if max(file.size) >> times >= longest]
    # The format rounds up, and Pillow to the nearest: where they differ, it fails.
    times = max(
        (times for times in sizes if all((side + (1 << times >> 1)) >> times == -(-side >> times) for side in file.size)), default=0
    )
    # The plugin's own, beside the method of this name that all pictures have.
    file.reduce = times  # type: ignore[method-assign,assignment]
    return times


def _is_kept(file: ImageFile.ImageFile, wanted: Wanted) -> bool:
    """Whether the panel can show the file as it is: a small upright sRGB JPEG of a quality not much above the one wanted."""
    if file.format not in ("JPEG", "MPO") or file.mode not in ("L", "RGB") or max(file.size) > wanted.longest:
        return False
    finest = _LUMINANCE * (200 - 2 * wanted.quality if wanted.quality >= 50 else 5000 / wanted.quality) / 100 / 2
    tables = getattr(file, "quantization", {})
    return _orientation(file) == 1 and not file.info.get("icc_profile") and sum(tables.get(0, ())) >= finest


def _load(file: ImageFile.ImageFile) -> None:
    try:
        file.load()
    except DECODER_FAULTS:
        # With no tile left all pixels are there, and what failed came after them.
        if file.tile or not ImageFile.LOAD_TRUNCATED_IMAGES:
            raise


def _plain(file: ImageFile.ImageFile) -> Image.Image:
    """Modes that can be resampled: 8 bits per channel, no palette. Transparency, where there is any, becomes a channel."""
    if levels.deep(file):
        return levels.to_grey(file)
    if file.has_transparency_data:
        return file.convert("LA" if file.mode in ("1", "L", "LA") else "RGBA")
    if file.mode == "1":
        return file.convert("L")
    return file.convert("RGB") if file.mode in ("P", "RGBX", "HSV") else file


def resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at another size, or as it is."""
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def coloured(image: Image.Image, icc: Any) -> tuple[Image.Image, tuple[Fault, ...]]:
    """The colours alone, as L or RGB in sRGB."""
    opaque = _as({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode), image)
    repairs: tuple[Fault, ...] = ()
    if icc:
        try:
            opaque = profile.to_srgb(opaque, bytes(icc))
        except profile.FAULTS:
            repairs = (fault.PROFILE,)
    return opaque if opaque.mode == "L" else _as("RGB", opaque), repairs


def _as(mode: str, image: Image.Image) -> Image.Image:
    # Pillow converts to the same mode by a copy of all pixels.
    return image if image.mode == mode else image.convert(mode)


def composed(colours: Image.Image, source: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    """The colours on the ground, by the transparency of the source."""
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


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The picture upright, without metadata; an upright one is not copied, and loses its metadata."""
    upright = image.transpose(_TURNS[orientation]) if orientation in _TURNS else image
    upright.info = {}
    return upright
