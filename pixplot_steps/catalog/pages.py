"""The pages of a TIFF file (TIFF 6.0, and BigTIFF), by its chain of directories alone."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

_SUBFILE_TYPE = 254
_REDUCED = 1
_MOST = 10_000
"""Pages after which a chain counts as endless."""


def of_bytes(data: bytes) -> list[int]:
    """`of_tiff` of a file in memory."""
    return of_tiff(io.BytesIO(data))


def of_tiff(file: BinaryIO) -> list[int]:
    """Numbers, from 0, of the pages that are pictures of their own; reduced copies of others are not. [0] for any other file."""
    try:
        found = [number for number, kind in enumerate(_kinds(file)) if not kind & _REDUCED]
    except struct.error:
        return [0]
    return found or [0]


def _kinds(file: BinaryIO) -> list[int]:
    """The subfile type of each directory of the chain; nothing where there is no TIFF."""
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return []
    version = struct.unpack(order + "H", head[2:4])[0]
    if version not in (42, 43):
        return []
    big = version == 43
    place = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    kinds: list[int] = []
    seen: set[int] = set()
    while place and place not in seen and len(kinds) < _MOST:
        seen.add(place)
        kind, place = _directory(file, place, order, big=big)
        kinds.append(kind)
    return kinds


def _directory(file: BinaryIO, place: int, order: str, *, big: bool) -> tuple[int, int]:
    """The subfile type of a directory, and where the next one is. Raises struct.error beyond the file's end."""
    number, entry, link = ("Q", "HHQQ", "Q") if big else ("H", "HHII", "I")
    file.seek(place)
    (count,) = struct.unpack(order + number, file.read(struct.calcsize(number)))
    size = struct.calcsize(order + entry)
    data = file.read(count * size)
    fields = dict(struct.unpack_from(order + entry, data, i * size)[::3] for i in range(count))
    (following,) = struct.unpack(order + link, file.read(struct.calcsize(order + link)))
    value = fields.get(_SUBFILE_TYPE, 0)
    return value & 0xFF if order == "<" else value, following
