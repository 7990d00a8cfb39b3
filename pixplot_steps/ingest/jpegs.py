"""JPEG files as they are, but for what is not the picture: metadata, previews and whatever follows the end (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_START = b"\xff\xd8"
_END = b"\xff\xd9"
_SCAN = 0xDA
_KEPT = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD, 0xE0, 0xEE}) - {0xC8, 0xCC}
"""Frames, tables and scans, restart intervals, and the two APP segments that say how colours are stored: JFIF and Adobe."""

# In a scan a marker is 0xFF and neither a stuffed 0x00, nor a restart, nor a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def bare(data: bytes) -> bytes | None:
    """The same picture without metadata, not decoded and so without loss; None where the file is not built as JPEG files are."""
    try:
        return b"".join((_START, *_segments(data), _END)) if data[:2] == _START else None
    except (IndexError, ValueError):
        return None


def _segments(data: bytes) -> Iterator[bytes]:
    place = 2
    while (marker := _marker(data, place)) != _END[1]:
        begin = data.index(bytes((0xFF, marker)), place)
        end = begin + 2 + int.from_bytes(data[begin + 2 : begin + 4], "big")
        if end < begin + 4 or end > len(data):
            raise ValueError("a segment beyond the file's end")
        if marker == _SCAN:
            end = _after_scan(data, end)
        if marker in _KEPT:
            yield data[begin:end]
        place = end


def _marker(data: bytes, place: int) -> int:
    if data[place] != 0xFF:
        raise ValueError("no marker between segments")
    while data[place] == 0xFF:
        place += 1
    return data[place]


def _after_scan(data: bytes, place: int) -> int:
    found = _MARKER.search(data, place)
    if found is None:
        raise ValueError("no end of the last scan")
    return found.start()
