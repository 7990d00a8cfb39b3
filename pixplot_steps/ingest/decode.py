"""From the bytes of a file to pixels: which decoder is asked, and what is tried when one fails.

1. A drawing (SVG), and a PNG, TIFF or WebP so large that Pillow would need too much memory, go to libvips.
2. All else goes to Pillow, and what Pillow does not read to libvips.
3. What both find damaged is read once more, tolerantly: what comes is marked as repaired, and a blank picture is a fault.

So a file is decoded once, but for damaged ones.
"""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageStat

from pixplot_steps.ingest import fault, jpeg2000, pillow, vips
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import Bytes
from pixplot_steps.ingest.picture import Decoded, Later, Wanted

_RECOVERABLE = ("unreadable", "unsupported")
_HEAD = 4096
_HEIF = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands of AVIF and HEIC (ISO/IEC 23008-12)."""


def decode(data: Bytes, wanted: Wanted, page: int = 0) -> Decoded | Fault:
    """Decode one picture of a file. Raises Later, unless `wanted.patient`, and nothing else for what is in `data`."""
    if not len(data):
        return fault.EMPTY
    try:
        return _decode(data, wanted, page)
    except MemoryError:
        if wanted.patient:
            return fault.MEMORY
        raise Later from None


def _decode(data: Bytes, wanted: Wanted, page: int) -> Decoded | Fault:
    decoders = [pillow.decode, vips.decode]
    if _is_drawing(data) or (wanted.patient and pillow.streamed(data, wanted)):
        decoders.reverse()
    faults: list[Fault] = []
    for tolerant in (False, True):
        for decoder in decoders:
            decoded = decoder(data, wanted, page, tolerant=tolerant)
            # What the decoder that knows the format best calls damaged is not whole because another is less strict.
            if isinstance(decoded, Decoded) and (tolerant or any(found.kind == "unreadable" for found in faults)):
                decoded = _recovered(decoded)
            if isinstance(decoded, Decoded) or decoded.kind not in _RECOVERABLE:
                return decoded
            if not wanted.patient and decoded.kind == "unreadable" and _hides_want_of_memory(data):
                raise Later
            faults.append(decoded)
    return _clearest(faults, data)


def _hides_want_of_memory(data: Bytes) -> bool:
    """Whether the format's decoders may say that a file is damaged when they got no memory: so do those of AVIF, HEIC and JPEG 2000."""
    head = bytes(data[:12])
    return (head[4:8] == b"ftyp" and head[8:] in _HEIF) or jpeg2000.begins(head)


def _recovered(decoded: Decoded) -> Decoded | Fault:
    if _blank(decoded.image):
        return fault.NOTHING_LEFT
    return replace(decoded, repairs=(fault.TRUNCATED, *decoded.repairs))


def _blank(image: Image.Image) -> bool:
    return all(low == high for low, high in ImageStat.Stat(image).extrema)


def _clearest(faults: list[Fault], data: Bytes) -> Fault:
    """The first fault of a decoder that knew the format; else what the file is, as far as its first bytes tell."""
    if fault.NOTHING_LEFT in faults:
        return fault.NOTHING_LEFT
    known = next((found for found in faults if found.kind == "unreadable" and "not in a known format" not in found.reason), None)
    return known or fault.unsupported(_looks_like(bytes(data[:512])))


def _is_drawing(data: Bytes) -> bool:
    return b"<svg" in bytes(data[:_HEAD])


def _looks_like(head: bytes) -> str:
    """Say what a file that is not read is, where its first bytes tell."""
    start = head.lstrip().lower()
    if head[4:8] == b"ftyp":
        return "it is a film, or a picture of a kind that is not read here"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, not a picture"
    known = {b"%pdf": "it is a PDF document, not a picture", b"%!ps": "it is a PostScript document, not a picture"}
    return known.get(start[:4], "it holds no picture in a format that is read here")
